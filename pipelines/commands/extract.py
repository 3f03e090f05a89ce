"""The command that extracts facts from any corpora."""

import argparse
import contextlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.options import MAX_BYTES
from pipelines.errors import visible
from pipelines.paths import REPOSITORY

if TYPE_CHECKING:
    from pipelines.corpus import Counts, Extraction

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
    extract.add_argument("--memory", type=_memory, default="1GB", metavar="SIZE", help="memory to sort tables in (default: %(default)s)")
    extract.add_argument("--max-bytes", type=_count, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    extract.add_argument("--log", choices=("text", "json"), default="text", help="json: progress and result as JSON Lines for machines")
    extract.add_argument("--quiet", action="store_true", help="print rejected articles only")
    extract.set_defaults(run=_extract, wrong=extract.error)


def _extract(options: argparse.Namespace) -> int:
    if options.scheduler and options.engine != "dask":
        options.wrong("--scheduler needs --engine dask")
    from pipelines.corpus import Order, extract_corpora
    from pipelines.engines.setup import Setup
    from pipelines.schema import load_schemas

    setup = Setup(REPOSITORY.lexicon, REPOSITORY.schemas, options.timeout)
    order = Order(options.format, options.engine, options.workers, options.scheduler, options.max_bytes, options.memory)
    with _progress(options) as tell:
        done = extract_corpora(options.corpora, options.out, setup, order, load_schemas(REPOSITORY.schemas), tell)
    (_log_json if options.log == "json" else _print)(done, options)
    return PARTIAL if done.counts.rejected else 0


def _print(done: "Extraction", options: argparse.Namespace) -> None:
    for rejected in done.rejected:
        print(f"rejected {rejected.where}: {rejected.reason}", file=sys.stderr)
    if more := done.counts.rejected - len(done.rejected):
        print(f"and {more:,} more, in {visible(str(options.out / 'rejected.jsonl'))}", file=sys.stderr)
    if options.quiet:
        return
    skipped = f", {done.counts.skipped:,} in other languages skipped" if done.counts.skipped else ""
    print(f"{done.counts.articles:,} articles read, {done.counts.rejected:,} rejected{skipped}; in {visible(str(options.out))}:")
    for name, rows in done.rows.items():
        print(f"  {name}.{options.format}  {rows:,} rows")


def _log_json(done: "Extraction", options: argparse.Namespace) -> None:  # noqa: ARG001
    for rejected in done.rejected:
        _line("rejected", where=rejected.where, reason=rejected.reason)
    _line("done", **vars(done.counts), rows=dict(done.rows))


def _line(event: str, **values: object) -> None:
    print(json.dumps({"event": event, **values}), file=sys.stderr, flush=True)


@contextmanager
def _progress(options: argparse.Namespace) -> Iterator[Callable[["Counts"], None]]:
    """A context with what tells the counts so far: as JSON Lines, as one line of a terminal, or to nobody."""
    if options.log == "json":
        yield _each_second()
    elif options.quiet or not sys.stderr.isatty():
        yield lambda _: None
    else:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        from pipelines.terminal import console

        shown = Progress(
            SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}"), console=console(errors=True), transient=True
        )
        with shown:
            task, began = shown.add_task("reading ..."), time.monotonic()
            yield lambda counts: shown.update(task, description=_described(counts, time.monotonic() - began))


def _described(counts: "Counts", seconds: float) -> str:
    each = counts.articles / max(seconds, 0.001)
    return f"{counts.articles:,} articles ({each:,.0f} a second), {counts.facts:,} facts, {counts.rejected:,} rejected"


def _each_second() -> Callable[["Counts"], None]:
    began = last = time.monotonic()

    def tell(counts: "Counts") -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= 1:
            last = now
            with contextlib.suppress(BrokenPipeError):
                _line("progress", seconds=round(now - began, 1), **vars(counts))

    return tell


def _corpus(text: str) -> Path | str:
    """An address as it is written, since a path would lose a slash of it."""
    return text if "://" in text else Path(text)


def _count(text: str) -> int:
    return _positive(int(text))


def _seconds(text: str) -> float:
    if not 0 < float(text) <= 86_400:
        raise ValueError
    return float(text)


def _memory(text: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?\s*[KMGT]i?B", text):
        raise ValueError
    return text


def _positive(number: int) -> int:
    if number < 1:
        raise ValueError
    return number
