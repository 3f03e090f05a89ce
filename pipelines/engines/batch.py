"""Extraction from a batch of articles, Arrow in and Arrow out: the one function that every engine calls."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipelines.article import Article
from pipelines.article.page import Page, Skipped
from pipelines.article.readers import Rejected, Source, read_source
from pipelines.duplicates.signature import signatures
from pipelines.engines.limit import TooLong, limited
from pipelines.engines.setup import Loaded
from pipelines.errors import ToolError, visible
from pipelines.records import Record, identify
from pipelines.tables import article_row, cast, fact_rows

_ARTICLE: Mapping[str, pa.DataType] = {
    "text": pa.large_string(),
    "body_start": pa.int64(),
    "title": pa.string(),
    "publisher": pa.string(),
    "published_on": pa.date32(),
    "language": pa.string(),
    "licence": pa.string(),
    "quote_limit": pa.int64(),
}
_PAGE: Mapping[str, pa.DataType] = {"html": pa.large_binary(), "charset": pa.string(), "seen_on": pa.date32()}
_BOTH: Mapping[str, pa.DataType] = {"article_id": pa.string(), "url": pa.string()}
# ``number`` counts what was read, so that what is set aside is listed in that order.
SOURCES = pa.schema([("number", pa.int64()), ("place", pa.string()), *_BOTH.items(), *_ARTICLE.items(), *_PAGE.items()])
REJECTED = pa.schema([("number", pa.int64()), ("where", pa.string()), ("reason", pa.string())])
_LONGEST_REASON = 500
Read = tuple[int, str, Article, list[Record]]


@dataclass(frozen=True)
class Extracted:
    """What came of a batch: rows by table, what was set aside, and the numbers of pages in another language, which were passed over."""

    tables: Mapping[str, pa.Table]
    rejected: pa.Table
    others: tuple[int, ...]

    def __reduce__(self) -> tuple[object, ...]:
        # Tables pickle and unpickle a field at a time, which costs more than their rows: Arrow's own stream takes a sixth of it.
        return _received, ({name: _sent(table) for name, table in self.tables.items()}, _sent(self.rejected), self.others)

    @property
    def skipped(self) -> int:
        """The number of pages that were passed over."""
        return len(self.others)

    @property
    def articles(self) -> int:
        """The number of articles that were read."""
        return int(self.tables["articles"].num_rows) if self.tables else 0


def _sent(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def _received(tables: Mapping[str, pa.Buffer], rejected: pa.Buffer, others: tuple[int, ...]) -> Extracted:
    return Extracted(
        {name: pa.ipc.open_stream(sent).read_all() for name, sent in tables.items()}, pa.ipc.open_stream(rejected).read_all(), others
    )


def batch_of(numbered: Iterable[tuple[int, Source]]) -> pa.RecordBatch:
    """The sources as Arrow, with their numbers; an article has no columns of a page, nor a page those of an article."""
    numbered = list(numbered)
    sources = [source for _, source in numbered]
    columns: dict[str, list[object]] = {"number": [n for n, _ in numbered], "place": [source.where for source in sources]}
    for names, kinds in ((_BOTH, (Article, Page)), (_ARTICLE, Article), (_PAGE, Page)):
        for name in names:
            columns[name] = [getattr(s.content, name) if isinstance(s.content, kinds) else None for s in sources]
    return pa.RecordBatch.from_arrays([pa.array(columns[field.name], field.type) for field in SOURCES], schema=SOURCES)


def sources_of(batch: pa.RecordBatch) -> Iterator[tuple[int, Source]]:
    """The sources of a batch with their numbers, as they were before they became Arrow."""
    for row in batch.to_pylist():
        kind, columns = (Article, _ARTICLE) if row["html"] is None else (Page, _PAGE)
        yield row["number"], Source(row["place"], kind(**{name: row[name] for name in (*_BOTH, *columns)}))


def extract_batch(batch: pa.RecordBatch, loaded: Loaded, timeout: float, each: Callable[[], object] = lambda: None) -> Extracted:
    """The rows of a batch. An article that fails, or takes more than ``timeout`` seconds, is set aside with the reason.

    ``each`` is called before each article, for those who watch from outside.
    """
    read: list[Read] = []
    rejected: list[dict[str, object]] = []
    others: list[int] = []
    for number, source in sources_of(batch):
        each()
        found = _attempt(source, loaded, timeout)
        if isinstance(found, Rejected):
            rejected.append({"number": number, "where": found.where, "reason": found.reason})
        elif isinstance(found, Skipped):
            others.append(number)
        else:
            read.append((number, source.where, *found))
    return Extracted(_fitting(read, rejected, loaded), pa.Table.from_pylist(rejected, schema=REJECTED), tuple(others))


def _attempt(source: Source, loaded: Loaded, timeout: float) -> tuple[Article, list[Record]] | Rejected | Skipped:
    try:
        with limited(timeout):
            return _extracted(source, loaded)
    except TooLong:
        return Rejected(source.where, f"extraction took longer than {timeout:g} s (--timeout sets the limit)")
    except ToolError:
        raise
    except Exception as error:  # a fault of the grammar or of a library on one text must not cost the others theirs
        return Rejected(source.where, _short(f"extraction failed: {type(error).__name__}: {error}"))


def _extracted(source: Source, loaded: Loaded) -> tuple[Article, list[Record]] | Rejected | Skipped:
    article = read_source(source)
    if not isinstance(article, Article):
        return article
    # Here, since who only sends batches to workers extracts nothing.
    from pipelines.engines import extraction

    return article, identify(article, extraction.extract(article, loaded.lexicon, loaded.facts))


def _fitting(read: Sequence[Read], rejected: list[dict[str, object]], loaded: Loaded) -> dict[str, pa.Table]:
    """The rows by table; articles whose rows do not fit the tables are added to the rejected."""
    try:
        return _tables([a for *_, a, _ in read], [r for *_, records in read for r in records], loaded)
    except ToolError:
        raise
    except Exception:
        fitting = [one for one in read if _fits(one, rejected, loaded)]
    return _tables([a for *_, a, _ in fitting], [r for *_, records in fitting for r in records], loaded)


def _fits(one: Read, rejected: list[dict[str, object]], loaded: Loaded) -> bool:
    number, where, article, records = one
    try:
        _tables([article], records, loaded)
    except Exception as error:
        rejected.append({"number": number, "where": where, "reason": _short(f"its rows do not fit: {type(error).__name__}: {error}")})
        return False
    return True


def _tables(articles: Sequence[Article], records: Sequence[Record], loaded: Loaded) -> dict[str, pa.Table]:
    rows: dict[str, Any] = fact_rows(records, {a.article_id: a for a in articles}, loaded.schemas)
    rows["articles"] = [article_row(a) for a in articles]
    return {name: cast(rows[name], loaded.schemas[name], loaded.arrow[name]) for name in loaded.tables} | {
        "signatures": signatures(articles)
    }


def _short(text: str) -> str:
    return visible(text[:_LONGEST_REASON])


def set_aside(batch: pa.RecordBatch, reason: str) -> Extracted:
    """The batch's articles as rejected, for that reason."""
    rows = [{"number": row["number"], "where": row["place"], "reason": reason} for row in batch.select(["number", "place"]).to_pylist()]
    return Extracted({}, pa.Table.from_pylist(rows, schema=REJECTED), ())


def merged(parts: Sequence[Extracted]) -> Extracted:
    """What came of several batches as of one."""
    names = dict.fromkeys(name for part in parts for name in part.tables)
    tables = {name: pa.concat_tables([part.tables[name] for part in parts if part.tables]) for name in names}
    return Extracted(tables, pa.concat_tables([part.rejected for part in parts]), tuple(n for part in parts for n in part.others))
