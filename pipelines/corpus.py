"""Corpora become tables: extraction without reviews, ledger or row minimum, by any engine, in bounded memory."""

import importlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from pipelines.article import Article
from pipelines.article.readers import MAX_BYTES, Corpus, Rejected, Source, expect, sources
from pipelines.engines.batch import Extracted, batch_of
from pipelines.engines.setup import Setup, fingerprint
from pipelines.errors import InputError, UsageError, visible
from pipelines.schema import Schema
from pipelines.shards import Shards, working_in

ENGINES: Mapping[str, str] = {"pool": "process_pool", "process": "in_process", "dask": "dask_cluster"}
# One batch: enough work for a worker that sending it costs nothing, few enough that the last ones end together.
_MOST_ARTICLES = 32
_MOST_CHARACTERS = 500_000


@dataclass(frozen=True)
class Order:
    """How a corpus is extracted: the form of the tables, the engine, its workers (None: all cores) and the limits."""

    form: str = "csv"
    engine: str = "pool"
    workers: int | None = None
    scheduler: str | None = None
    max_bytes: int = MAX_BYTES
    memory: str = "1GB"


@dataclass(frozen=True)
class Counts:
    """What came of a corpus so far."""

    articles: int = 0
    facts: int = 0
    rejected: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Extraction:
    """What came of a corpus: the counts, rows by table, and the first articles that could not be read."""

    counts: Counts
    rows: Mapping[str, int]
    rejected: tuple[Rejected, ...]


def extract_corpora(
    corpora: Sequence[Corpus], out: Path, setup: Setup, order: Order, schemas: Mapping[str, Schema], tell: Callable[[Counts], None]
) -> Extraction:
    """Writes the tables and ``rejected.jsonl`` to ``out``, all when everything is read and nothing before, and says what came of it."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{visible(str(out))}: a file (expected a folder to write tables to)")
    for corpus in corpora:
        expect(corpus)
    found = sources(corpora, order.max_bytes)
    first = next(found, None)
    if first is None:
        names = ", ".join(visible(str(corpus)) for corpus in corpora)
        raise InputError(f"{names}: no article (expected .txt, .md, .html, .jsonl, .parquet or .warc files with at least one)")
    written = {name: s for name, s in schemas.items() if s.kind in ("fact", "link", "evidence") or name == "articles"}
    setup = replace(setup, fingerprint=fingerprint(setup))
    with working_in(out) as scratch, closing(Shards(scratch, written)) as shards:
        counts = _fill(shards, itertools.chain([first], found), setup, order, [n for n, s in written.items() if s.kind == "fact"], tell)
        rows = shards.finish(out, order.form, order.memory)
        return Extraction(counts, rows, shards.first_rejected)


def _fill(
    shards: Shards,
    found: Iterable[Source | Rejected],
    setup: Setup,
    order: Order,
    facts: Sequence[str],
    tell: Callable[[Counts], None],
) -> Counts:
    """The counts, once everything that came of the sources stands in the shards."""
    run = importlib.import_module(f"pipelines.engines.{ENGINES[order.engine]}").run
    counts = Counts()
    with closing(run(_batches(found, shards), setup, order.workers, order.scheduler)) as results:
        for extracted in results:
            shards.add_all(extracted)
            counts = _counted(counts, extracted, shards.rejected, facts)
            tell(counts)
    return replace(counts, rejected=shards.rejected)


def _counted(counts: Counts, extracted: Extracted, rejected: int, facts: Sequence[str]) -> Counts:
    new = sum(extracted.tables[name].num_rows for name in facts if name in extracted.tables)
    return Counts(counts.articles + extracted.articles, counts.facts + new, rejected, counts.skipped + extracted.skipped)


def _batches(found: Iterable[Source | Rejected], shards: Shards) -> Iterator[pa.RecordBatch]:
    """The sources, a batch at a time; what could not be read goes to the shards at once."""
    batch: list[tuple[int, Source]] = []
    size = 0
    for number, item in enumerate(found):
        if isinstance(item, Rejected):
            shards.reject(number, item)
            continue
        batch.append((number, item))
        size += len(item.content.text if isinstance(item.content, Article) else item.content.html)
        if len(batch) >= _MOST_ARTICLES or size >= _MOST_CHARACTERS:
            yield batch_of(batch)
            batch, size = [], 0
    if batch:
        yield batch_of(batch)
