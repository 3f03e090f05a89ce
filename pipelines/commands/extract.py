"""The command that extracts facts from any corpora."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.options import MAX_BYTES, MEMORY, memory
from pipelines.commands.progress import add_log, event, is_told, reading
from pipelines.errors import visible
from pipelines.paths import REPOSITORY

if TYPE_CHECKING:
    from pipelines.corpus import Counts, Extraction
    from pipelines.results.reasons import Reasons

PARTIAL = 3


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the command is known to the parser."""
    extract = commands.add_parser(
        "extract",
        help="extract facts from any corpus of articles",
        description="Writes every fact table, the evidence behind it and the articles to a folder, without reviews and without checks. Articles that cannot be"
        " read are listed in rejected.jsonl and give exit code 3.",
    )
    extract.add_argument(
        "corpora",
        type=_corpus,
        nargs="+",
        metavar="CORPUS",
        help="a folder of articles, a glob, or a file: text (.txt, .md), a web page (.html), JSON Lines (.jsonl), Parquet with a column text, WARC (.warc);"
        " .jsonl and .warc also packed as .gz or .zst; or an address of such: s3://bucket/folder, gs://, az://, globs in them too, or an"
        " http(s):// file",
    )
    extract.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write the tables to")
    extract.add_argument("--format", choices=("csv", "parquet"), default="csv", help="file format (default: %(default)s)")
    extract.add_argument(
        "--engine",
        choices=("pool", "process", "dask"),
        default="pool",
        help="where it runs: worker processes, this process alone, or a dask cluster (default: %(default)s)",
    )
    extract.add_argument(
        "--scheduler", metavar="ADDRESS", help="address of the scheduler of a dask cluster (default: a cluster on this machine)"
    )
    extract.add_argument("--workers", type=_count, metavar="N", help="number of workers on this machine (default: one a core)")
    extract.add_argument(
        "--timeout", type=_seconds, default=10.0, metavar="S", help="seconds that one article may take (default: %(default)g)"
    )
    extract.add_argument("--memory", type=memory, default=MEMORY, metavar="SIZE", help="memory to sort tables in (default: %(default)s)")
    extract.add_argument("--max-bytes", type=_count, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    extract.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="folder that keeps results for the next run (default: .factpack-extract in the folder of --out)",
    )
    extract.add_argument("--fresh", action="store_true", help="extract everything again, whatever is kept")
    extract.add_argument("--no-store", action="store_true", help="use no results of earlier runs, and keep none")
    extract.add_argument("--explain", action="store_true", help="say which articles would be extracted, and why; extract none")
    add_log(extract)
    extract.add_argument("--quiet", action="store_true", help="print rejected articles only")
    extract.set_defaults(run=_extract, wrong=extract.error)


def _extract(options: argparse.Namespace) -> int:
    if options.scheduler and options.engine != "dask":
        options.wrong("--scheduler needs --engine dask")
    if options.no_store and options.store:
        options.wrong("--store and --no-store exclude each other")
    from pipelines.corpus import Order, explain_corpora, extract_corpora
    from pipelines.engines.setup import Setup
    from pipelines.schema import load_schemas

    setup = Setup(REPOSITORY.lexicon, REPOSITORY.schemas, options.timeout)
    order = Order(options.format, options.engine, options.workers, options.scheduler, options.max_bytes, options.memory)
    order = replace(order, store=options.store, fresh=options.fresh, keeps=not options.no_store, measured=is_told(options))
    schemas = load_schemas(REPOSITORY.schemas)
    if options.explain:
        return _explain(explain_corpora(options.corpora, options.out, setup, order, schemas))
    with reading(options) as tell, _stoppable(options) as seen:
        done = extract_corpora(options.corpora, options.out, setup, order, schemas, seen(tell))
    (_log_json if options.log == "json" else _print)(done, options)
    return PARTIAL if done.counts.rejected else 0


def _explain(found: "Reasons") -> int:
    count = sum(reason.count for reason in found.extracted.values())
    print(f"{count:,} of {found.articles:,} articles would be extracted{':' if found.lines() else ''}")
    for line in found.lines():
        print(f"  {line}")
    if found.rejected:
        print(f"{found.rejected:,} cannot be read")
    return 0


@contextmanager
def _stoppable(options: argparse.Namespace) -> Iterator[Callable[[Callable[["Counts"], None]], Callable[["Counts"], None]]]:
    """A context with what listens to the counts; Ctrl-C in it says how many articles are kept."""
    last: list[Counts] = []

    def listening(tell: Callable[["Counts"], None]) -> Callable[["Counts"], None]:
        def both(counts: "Counts") -> None:
            last[:] = [counts]
            tell(counts)

        return both

    try:
        yield listening
    except KeyboardInterrupt:
        if last and not options.no_store:
            kept = f"the results of {last[0].articles:,} articles are kept; the same command goes on from there"
            print(f"factpack: {kept}", file=sys.stderr)
        raise


def _print(done: "Extraction", options: argparse.Namespace) -> None:
    for rejected in done.rejected:
        print(f"rejected {rejected.where}: {rejected.reason}", file=sys.stderr)
    if more := done.counts.rejected - len(done.rejected):
        print(f"and {more:,} more, in {visible(str(options.out / 'rejected.jsonl'))}", file=sys.stderr)
    if options.quiet:
        return
    skipped = f", {done.counts.skipped:,} in other languages skipped" if done.counts.skipped else ""
    skipped += f", {done.counts.reused:,} unchanged since an earlier run" if done.counts.reused else ""
    print(f"{done.counts.articles:,} articles read, {done.counts.rejected:,} rejected{skipped}; in {visible(str(options.out))}:")
    for name, rows in done.rows.items():
        print(f"  {name}.{options.format}  {rows:,} rows")


def _log_json(done: "Extraction", options: argparse.Namespace) -> None:  # noqa: ARG001
    for rejected in done.rejected:
        event("rejected", where=rejected.where, reason=rejected.reason)
    event("done", **vars(done.counts), rows=dict(done.rows))


def _corpus(text: str) -> Path | str:
    """An address as it is written, since a path would lose a slash of it."""
    return text if "://" in text else Path(text)


def _count(text: str) -> int:
    return _positive(int(text))


def _seconds(text: str) -> float:
    if not 0 < float(text) <= 86_400:
        raise ValueError
    return float(text)


def _positive(number: int) -> int:
    if number < 1:
        raise ValueError
    return number
