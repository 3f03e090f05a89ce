"""From stored texts to every table: extracted batch by batch on all cores, reviewed, given their lives, and sorted on disk."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.acceptances import Acceptance
from pipelines.article import Article
from pipelines.article.kept import Kept, key_of
from pipelines.article.readers import Source
from pipelines.article.texts import Texts
from pipelines.derive.arrow import nullable_schema
from pipelines.derive.sql import literal, name
from pipelines.engines import extraction, process_pool
from pipelines.engines.batch import Extracted, batch_of, extract_batch
from pipelines.engines.setup import Loaded, Setup, fingerprint
from pipelines.errors import ToolError
from pipelines.facts.fact import GRAMMAR_VERSION
from pipelines.history import History
from pipelines.ledger import found_lives, gone_lives
from pipelines.mentions.lexicon import Lexicon
from pipelines.records import Record, identify, review
from pipelines.results.counts import Tally, Tell
from pipelines.results.layout import layout_of
from pipelines.results.reasons import Reason, reasons
from pipelines.results.store import Store, opened, prepared
from pipelines.reviews import Decision
from pipelines.schema import Schema
from pipelines.spill import connect, run, stored
from pipelines.tables import Rows, article_row, cast, complete, fact_rows

# One batch, as for any corpus; so many articles are read before workers would have started.
_MOST_ARTICLES, _MOST_CHARACTERS = 32, 500_000
_ALONE = 200
# Seconds that one article may take: a build that leaves one out would take back what was published of it.
_PATIENCE = 600.0
EXTRACTED = ("fact", "link", "evidence")
NAMED = ("claimant", "speaker", "relayed_by", "host")


@dataclass(frozen=True)
class Reading:
    """What the texts of a package are read with: lexicon, schemas and where they lie, what was released, and what people decided."""

    lexicon: Lexicon
    schemas: Mapping[str, Schema]
    setup: Setup
    history: History
    decisions: Sequence[Decision]


@dataclass(frozen=True)
class Found:
    """What came of the texts: the files of facts, lists, evidence and articles; and the records that people decided on."""

    files: Mapping[str, Sequence[Path]]
    decided: Sequence[Record]


def setup_of(lexicon: Path, schemas: Path) -> Setup:
    """The setup of a build's workers."""
    setup = Setup(lexicon, schemas, _PATIENCE)
    return replace(setup, fingerprint=fingerprint(setup))


def extracted(texts: Texts, reading: Reading, folder: Path, kept: Path, tell: Tell) -> Found:
    """What is found in the texts, in files of ``folder`` and of ``kept``, which holds what earlier builds extracted; the first decision that
    matches nothing is an InputError. ``tell`` hears the counts while they grow."""
    loaded = _loaded(reading)
    of: dict[str, list[Decision]] = defaultdict(list)
    for decision in reading.decisions:
        of[decision.article_id].append(decision)
    files, decided = _reviewed(texts, reading, of, loaded, folder)
    with _store(kept, reading.setup, reading.schemas) as store, connect() as connection:
        tally = Tally(len(texts), tell)
        tally.add(sum(article in texts for article in of), 0, len(decided))
        with closing(_run(_to_extract(texts, of, store, tally), reading.setup, loaded)) as results:
            for found in results:
                tally.add(found.articles, 0, store.add(found))
        pieces = store.pieces()
        for table in loaded.tables:
            files[table] += [path for _, path in pieces.of(table, connection)]
        store.commit(pieces, {})
    return Found(files, decided)


def explained(texts: Texts, reading: Reading, kept: Path) -> list[str]:
    """Which of the texts would be extracted, and why, a line each reason."""
    decided = {d.article_id for d in reading.decisions}
    reviewed = Reason()
    with TemporaryDirectory() as empty, _store(kept if kept.is_dir() else Path(empty), reading.setup, reading.schemas) as store:

        def sources() -> Iterator[Source]:
            nonlocal reviewed
            for place, article in texts.placed():
                if article.article_id in decided:
                    reviewed = reviewed.with_(article.article_id)
                    yield Source(place, Kept(article.article_id, b"", "", 0, ""))
                else:
                    yield _known(place, article, store)

        lines = reasons(sources(), store).lines()
    if reviewed.count:
        lines.append(f"reviewed, so extracted by each build ({reviewed})")
    return [f"articles to extract, of {len(texts):,}: {line}" for line in lines]


@contextmanager
def _store(kept: Path, setup: Setup, schemas: Mapping[str, Schema]) -> Iterator[Store]:
    layouts = {name: layout_of(s) for name, s in schemas.items() if s.kind in EXTRACTED or name == "articles"}
    with opened(prepared(kept, fresh=False), setup, layouts) as store:
        yield store


def _loaded(reading: Reading) -> Loaded:
    facts = tuple(name for name, s in reading.schemas.items() if s.kind == "fact")
    tables = tuple(name for name, s in reading.schemas.items() if s.kind in EXTRACTED or name == "articles")
    return Loaded(reading.lexicon, reading.schemas, facts, tables)


def _reviewed(
    texts: Texts, reading: Reading, of: Mapping[str, Sequence[Decision]], loaded: Loaded, folder: Path
) -> tuple[dict[str, list[Path]], list[Record]]:
    """The file of each table with what is found in articles that people decided on, and the records: decisions are made on these."""
    released = reading.history.held(d.fact for d in reading.decisions if d.fact is not None)
    decided: list[Record] = []
    rows: dict[str, list[pa.Table]] = {table: [cast([], reading.schemas[table])] for table in loaded.tables}
    for article in (texts[a] for a in sorted(of) if a in texts):
        identified = identify(article, extraction.extract(article, loaded.lexicon, loaded.facts))
        records = review(article, identified, of[article.article_id], reading.schemas, released)
        decided += records
        found: dict[str, Any] = {**fact_rows(records, {article.article_id: article}, loaded.schemas), "articles": [article_row(article)]}
        for table in loaded.tables:
            rows[table].append(cast(found[table], reading.schemas[table]))
    for table, parts in rows.items():
        pq.write_table(pa.concat_tables(parts), folder / f"{table}.parquet")
    return {table: [folder / f"{table}.parquet"] for table in rows}, decided


def _to_extract(texts: Texts, of: Collection[str], store: Store, tally: Tally) -> Iterator[tuple[int, Source]]:
    """The texts of which nothing is kept; what is kept of the others belongs to the result."""
    for number, (place, article) in enumerate(texts.placed()):
        if article.article_id in of:
            continue
        source = _known(place, article, store)
        if isinstance(source.content, Kept):
            store.register.take([source.content])
            tally.add(1, 1, max(source.content.facts, 0))
        else:
            store.expect(number, source)
            yield number, source


def _known(place: str, article: Article, store: Store) -> Source:
    key = key_of(article)
    return Source(place, store.find(key, lambda: article) or article, key)


def _batches(numbered: Iterable[tuple[int, Source]]) -> Iterator[pa.RecordBatch]:
    batch: list[tuple[int, Source]] = []
    size = 0
    for number, source in numbered:
        assert isinstance(source.content, Article)
        batch.append((number, source))
        size += len(source.content.text)
        if len(batch) >= _MOST_ARTICLES or size >= _MOST_CHARACTERS:
            yield batch_of(batch)
            batch, size = [], 0
    if batch:
        yield batch_of(batch)


def _run(numbered: Iterator[tuple[int, Source]], setup: Setup, loaded: Loaded) -> Generator[Extracted, None, None]:
    """What came of each batch; an article that cannot be read stops the build, when all have been tried, and the first is named."""
    refused: list[pa.Table] = []
    first = list(itertools.islice(numbered, _ALONE + 1))
    batches = _batches(itertools.chain(first, numbered))
    alone = (extract_batch(batch, loaded, setup.timeout) for batch in batches)
    results: Any = alone if len(first) <= _ALONE else process_pool.run(batches, setup, None, None)
    with closing(results):
        for found in results:
            refused.append(found.rejected)
            # Copies of a text are the matter of corpora.
            yield replace(found, tables={table: rows for table, rows in found.tables.items() if table in loaded.tables})
    for row in pa.concat_tables(refused).sort_by("number").slice(0, 1).to_pylist() if refused else ():
        raise ToolError(f"{row['where']}: {row['reason']}")


def assembled(
    found: Found, texts: Texts, reading: Reading, accepted: Sequence[Acceptance], accuracy: Rows
) -> tuple[dict[str, pa.Table], list[str]]:
    """Every table but the changes, typed and in order of its key; and the names in the facts that the lexicon does not know."""
    schemas, kept = reading.schemas, _kept(texts, reading)
    with connect() as connection:
        tables = {table: _sorted(connection, files, schemas[table]) for table, files in found.files.items() if table != "articles"}
        tables["articles"] = _articles(connection, found.files["articles"], kept.pop("articles"), reading)
        facts = {table: rows for table, rows in tables.items() if schemas[table].kind == "fact"}
        tables["ledger"] = _ledger(connection, facts, found, texts, reading, accepted)
        unknown = {name for table in facts for name in _unknown(connection, schemas[table])} | _unknown_in(found.decided)
    return complete(tables, reading.lexicon, accuracy, schemas, kept), sorted(unknown)


def _sorted(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], schema: Schema) -> pa.Table:
    """The rows in order of key; the connection knows them by the name of the table."""
    listing, keys = (", ".join(map(name, columns)) for columns in (schema.types, schema.primary_key))
    rows = run(connection, f"SELECT {listing} FROM {_read(files)} ORDER BY {keys}", nullable_schema(schema))
    connection.register(schema.name, rows)
    return rows


def _read(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(literal(str(file)) for file in files)}])"


def _articles(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], kept: Rows, reading: Reading) -> pa.Table:
    """The articles with the reasons of those that were withdrawn, ``kept`` among them."""
    schema = reading.schemas["articles"]
    withdrawn = {d.article_id: str(d.reason) for d in reading.decisions if d.kind == "withdraw"}
    connection.register("without_text", cast(kept, schema))
    connection.register("withdrawals", pa.table({"article_id": [*withdrawn], "reason": [*withdrawn.values()]}, pa.schema(_WITHDRAWALS)))
    listing = ", ".join("w.reason AS withdrawn" if column == "withdrawn" else f"a.{name(column)}" for column in schema.types)
    every = f"(SELECT * FROM {_read(files)} UNION ALL BY NAME SELECT * FROM without_text)"
    query = f"SELECT {listing} FROM {every} AS a LEFT JOIN withdrawals AS w ON w.article_id = a.article_id ORDER BY a.article_id"
    return run(connection, query, nullable_schema(schema))


_WITHDRAWALS = [("article_id", pa.string()), ("reason", pa.string())]


def _ledger(
    connection: duckdb.DuckDBPyConnection,
    facts: Iterable[str],
    found: Found,
    texts: Texts,
    reading: Reading,
    accepted: Sequence[Acceptance],
) -> pa.Table:
    """The lives of all facts: as found, as people decided, and of those that the last release held and that are not here."""
    schema, history, decisions = reading.schemas["ledger"], reading.history, reading.decisions
    last = history.last.tables["ledger"] if "ledger" in history.last.tables else cast([], schema)
    connection.register("last", last)
    connection.register("reviewed", pa.table({"article_id": pa.array(sorted({d.article_id for d in decisions}), pa.string())}))
    were = connection.sql("FROM last WHERE article_id IN (FROM reviewed)").to_arrow_table().to_pylist() if decisions else []
    decided = found_lives(found.decided, {life["fact_id"]: life for life in were}, history.version)
    connection.register("decided", cast(decided, schema))
    each = " UNION ALL ".join(f"SELECT fact_id, {literal(t)} AS table_name, article_id FROM {name(t)}" for t in facts)
    connection.execute(f"CREATE TEMP VIEW alive AS FROM ({each}) WHERE article_id NOT IN (FROM reviewed)")
    gone = run(connection, "FROM last WHERE fact_id NOT IN (SELECT fact_id FROM alive UNION ALL SELECT fact_id FROM decided)")
    lives = (cast(some, schema) for some in gone_lives(gone, history, texts, decisions, accepted))
    connection.register("gone", stored((batch for some in lives for batch in some.to_batches()), nullable_schema(schema)))
    told = {
        "extractor": f"alive.table_name || '@' || {literal(GRAMMAR_VERSION)}",
        "status": "'candidate'",
        "first_release": "last.first_release",
    }
    told |= {column: f"alive.{column}" for column in ("fact_id", "table_name", "article_id")}
    listing = ", ".join(f"{told.get(column, 'NULL')} AS {name(column)}" for column in schema.types)
    every = f"SELECT {listing} FROM alive LEFT JOIN last ON last.fact_id = alive.fact_id UNION ALL FROM decided UNION ALL FROM gone"
    return run(connection, f"FROM ({every}) ORDER BY fact_id", nullable_schema(schema))


def _kept(texts: Texts, reading: Reading) -> dict[str, Rows]:
    """Rows of the last release that stay: identifiers that were published are not taken back because a fact is.

    An article that was withdrawn stays as a row when its text is gone, since the ledger names it.
    """
    last = reading.history.last.tables
    rows = {table: last[table].to_pylist() if table in last else [] for table in ("actors", "places", "conflicts")}
    without_text = sorted({d.article_id for d in reading.decisions if d.kind == "withdraw" and d.article_id not in texts})
    articles = (
        last["articles"].filter(pc.is_in(last["articles"].column("article_id"), pa.array(without_text, pa.string())))
        if "articles" in last
        else None
    )
    return rows | {"articles": articles.to_pylist() if articles else []}


def _unknown(connection: duckdb.DuckDBPyConnection, schema: Schema) -> Iterator[str]:
    """Claimants and speakers that the lexicon does not know, for people to add."""
    for one in NAMED:
        if schema.has(f"{one}_text") and schema.has(f"{one}_id"):
            query = f"SELECT DISTINCT {one}_text FROM {name(schema.name)} WHERE {one}_text <> '' AND {one}_id IS NULL"
            yield from (text for (text,) in connection.execute(query).fetchall())


def _unknown_in(records: Iterable[Record]) -> set[str]:
    every = (r.fact.values for r in records)
    return {str(values[f"{one}_text"]) for values in every for one in NAMED if values.get(f"{one}_text") and not values.get(f"{one}_id")}
