"""Corpora become tables: extraction without reviews, ledger or row minimum, by any engine, in bounded memory."""

import contextlib
import importlib
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from pipelines.article import Article
from pipelines.article.kept import SKIPPED, Kept
from pipelines.article.packed import PACKED
from pipelines.article.readers import MAX_BYTES, Corpus, Rejected, Source, Stretch, expect, size_of, sources
from pipelines.engines.batch import batch_of
from pipelines.engines.setup import Setup, fingerprint
from pipelines.errors import InputError, UsageError, visible
from pipelines.results.reasons import Reasons, reasons
from pipelines.results.store import STORE, Store, opened, prepared
from pipelines.schema import Schema
from pipelines.shards import Shards, alone_in, layouts, working_in

ENGINES: Mapping[str, str] = {"pool": "process_pool", "process": "in_process", "dask": "dask_cluster"}
# One batch: enough work for a worker that sending it costs nothing, few enough that the last ones end together.
_MOST_ARTICLES = 32
_MOST_CHARACTERS = 500_000
_MOST_KEPT = 1_000


@dataclass(frozen=True)
class Order:
    """How a corpus is extracted: the form of the tables, the engine, its workers (None: all cores) and the limits."""

    form: str = "csv"
    engine: str = "pool"
    workers: int | None = None
    scheduler: str | None = None
    max_bytes: int = MAX_BYTES
    memory: str = "1GB"
    # The folder with results of earlier runs (None: one in the folder that is written to), and whether they are used and kept.
    store: Path | None = None
    fresh: bool = False
    keeps: bool = True
    # Whether the counts say how much of all there is was read.
    measured: bool = False


@dataclass(frozen=True)
class Counts:
    """What came of a corpus so far."""

    articles: int = 0
    facts: int = 0
    rejected: int = 0
    skipped: int = 0
    reused: int = 0
    bytes_read: int = 0
    bytes_in_all: int = 0

    @property
    def share(self) -> float | None:
        """How much of all there is was read, by its bytes; None where that is not measured."""
        return self.bytes_read / self.bytes_in_all if self.bytes_in_all else None


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
    written = _written(schemas)
    setup = replace(setup, fingerprint=fingerprint(setup))
    with (
        working_in(out) as scratch,
        _store(out, scratch, order) as folder,
        opened(folder, setup, layouts(written)) as store,
        closing(Shards(scratch, store, written)) as shards,
    ):
        tally = _Tally(shards, tell, size_of(corpora) if order.measured else 0)
        counts = _fill(shards, store, _sources(corpora, order, store), setup, order, tally)
        rows = shards.finish(out, order.form, order.memory)
        return Extraction(counts, rows, shards.first_rejected)


def explain_corpora(corpora: Sequence[Corpus], out: Path, setup: Setup, order: Order, schemas: Mapping[str, Schema]) -> Reasons:
    """What such an extraction would extract, and why; nothing is written."""
    for corpus in corpora:
        expect(corpus)
    folder = order.store or out / STORE
    with tempfile.TemporaryDirectory() as empty, contextlib.ExitStack() as stack:
        if order.fresh or not order.keeps or not folder.is_dir():
            folder = Path(empty)
        else:
            stack.enter_context(alone_in(folder))
        store = stack.enter_context(opened(folder, setup, layouts(_written(schemas))))
        found = _sources(corpora, order, store)
        return reasons((one for item in found for one in (item.sources() if isinstance(item, Stretch) else (item,))), store)


def _written(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """The tables that an extraction writes."""
    return {name: s for name, s in schemas.items() if s.kind in ("fact", "link", "evidence") or name == "articles"}


def _sources(corpora: Sequence[Corpus], order: Order, store: Store) -> Iterator[Source | Stretch | Rejected]:
    """What is read; an InputError where there is nothing at all."""
    found = sources(corpora, order.max_bytes, store)
    first = next(found, None)
    if first is None:
        names = ", ".join(visible(str(corpus)) for corpus in corpora)
        raise InputError(f"{names}: no article (expected .txt, .md, .html, .jsonl, .parquet or .warc files with at least one)")
    return itertools.chain([first], found)


@contextmanager
def _store(out: Path, scratch: Path, order: Order) -> Iterator[Path]:
    """A context with the folder of the store, which nobody else uses; one in which nothing was kept is gone afterwards."""
    if not order.keeps:
        yield prepared(scratch / "store", fresh=True)
        return
    folder = order.store or out / STORE
    new = not folder.exists()
    with alone_in(prepared(folder, order.fresh)):
        try:
            yield folder
        finally:
            if new and not (folder / "layout.json").exists() and not any((folder / "log").glob("*")):
                shutil.rmtree(folder, ignore_errors=True)


class _Tally:
    """The counts so far, which are told with every change."""

    def __init__(self, shards: Shards, tell: Callable[[Counts], None], bytes_in_all: int) -> None:
        self._shards, self._tell, self.counts = shards, tell, Counts(bytes_in_all=bytes_in_all)
        self._file, self._packed, self._before, self._within = "", False, 0, 0

    def add(self, articles: int, facts: int, skipped: int, reused: int = 0) -> None:
        """Nothing; so many more were read, and of these reused."""
        c = self.counts
        counted = (c.articles + articles, c.facts + facts, self._shards.rejected, c.skipped + skipped, c.reused + reused)
        self.counts = Counts(*counted, min(self._before + self._within, c.bytes_in_all), c.bytes_in_all)
        self._tell(self.counts)

    def add_kept(self, facts: Sequence[int]) -> None:
        """Nothing; so many facts, or SKIPPED, were kept of as many articles."""
        found = [count for count in facts if count != SKIPPED]
        self.add(len(found), sum(found), len(facts) - len(found), len(facts))

    def at(self, item: Source | Stretch) -> None:
        """Nothing; reading has come to the item."""
        if not self.counts.bytes_in_all:
            return
        if isinstance(item, Stretch):
            for file, size in item.run.sizes():
                self._at(file, size)
            return
        # The place of a source is that of its file, with a number where there are more in it.
        file, _, number = item.where.rpartition(":")
        self._at(file if number.isdecimal() else item.where, item.size + 1)

    def _at(self, file: str, size: int) -> None:
        """Nothing; so many bytes more of the file were read."""
        if file != self._file:
            if self._file:
                self._before += _size(self._file)
            self._file, self._packed, self._within = file, Path(file).suffix in PACKED, 0
        # What is packed takes less room than it fills: such a file counts when it is read to its end.
        self._within += 0 if self._packed else size


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:
        return 0


def _fill(
    shards: Shards, store: Store, found: Iterable[Source | Stretch | Rejected], setup: Setup, order: Order, tally: "_Tally"
) -> Counts:
    """The counts, once everything that came of the sources belongs to the result."""
    run = importlib.import_module(f"pipelines.engines.{ENGINES[order.engine]}").run
    with closing(run(_batches(found, shards, store, tally), setup, order.workers, order.scheduler)) as results:
        for extracted in results:
            tally.add(extracted.articles, shards.add_all(extracted), extracted.skipped)
    return replace(tally.counts, rejected=shards.rejected)


def _batches(found: Iterable[Source | Stretch | Rejected], shards: Shards, store: Store, tally: _Tally) -> Iterator[pa.RecordBatch]:
    """The sources that are to be extracted, a batch at a time; what could not be read and what is kept goes where it belongs at once."""
    batch: list[tuple[int, Source]] = []
    kept: list[Kept] = []
    number = size = 0
    for item in found:
        number += len(item) if isinstance(item, Stretch) else 1
        if isinstance(item, Rejected):
            shards.reject(number, item)
            continue
        tally.at(item)
        if isinstance(item, Stretch):
            tally.add_kept(store.register.take_all(item.ranks))
            continue
        if isinstance(item.content, Kept):
            kept.append(item.content)
            if len(kept) >= _MOST_KEPT:
                _reuse(kept, store, tally)
                kept = []
            continue
        store.expect(number, item)
        batch.append((number, item))
        size += len(item.content.text if isinstance(item.content, Article) else item.content.html)
        if len(batch) >= _MOST_ARTICLES or size >= _MOST_CHARACTERS:
            yield batch_of(batch)
            batch, size = [], 0
    _reuse(kept, store, tally)
    if batch:
        yield batch_of(batch)


def _reuse(kept: Sequence[Kept], store: Store, tally: _Tally) -> None:
    """Nothing; the articles belong to the result as an earlier run left them."""
    store.register.take(kept)
    tally.add_kept([entry.facts for entry in kept])
