"""Tables: records become rows, cast to the declared types and sorted by key."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, fields
from operator import itemgetter
from types import MappingProxyType

import pyarrow as pa

from pipelines.article import Article
from pipelines.derive.arrow import nullable_schema
from pipelines.derive.casualties import derive_tables
from pipelines.errors import ToolError
from pipelines.facts import Evidence
from pipelines.facts.fact import Span, evidence_id
from pipelines.mentions.lexicon import Lexicon
from pipelines.records import Record
from pipelines.schema import Schema

CONTEXT = 32
Rows = list[dict[str, object]]


def complete(
    tables: Mapping[str, pa.Table],
    lexicon: Lexicon,
    accuracy: Rows,
    schemas: Mapping[str, Schema],
    kept: Mapping[str, Rows] = MappingProxyType({}),
) -> dict[str, pa.Table]:
    """These tables, of facts, their lists, evidence, articles and the ledger, and every other that is declared but the changes.

    ``kept`` are rows of the last release, by table, that stay though no fact needs them: of the lexicon, as far as that still knows them.
    """
    rows = _lexicon_rows(tables, lexicon, schemas, kept)
    rows["vague_numbers"] = [{"words": w, "count_low": n} for w, n in lexicon.vague.items()]
    rows["accuracy"] = accuracy
    unknown = {*tables, *rows} ^ {name for name, s in schemas.items() if s.kind not in ("derived", "changes")}
    if unknown:
        raise ToolError(f"schemas: {', '.join(sorted(unknown))} declared and filled differ (expected a schema and rows for each table)")
    every = {**tables, **{name: cast(found, schemas[name]) for name, found in rows.items()}}
    return every | derive_tables(every, schemas)


def fact_rows(records: Iterable[Record], articles: Mapping[str, Article], schemas: Mapping[str, Schema]) -> dict[str, Rows]:
    """The rows of the fact tables, their link tables and evidence; withheld quotes are null."""
    rows: dict[str, Rows] = {name: [] for name, s in schemas.items() if s.kind in ("fact", "link", "evidence")}
    verbatim = {name: frozenset(f.name for f in schemas[name].fields if f.evidence == "verbatim") for name in rows}
    for record in records:
        if record.status in ("retracted", "stale"):
            continue
        article, fact = articles[record.fact.values["article_id"]], record.fact  # type: ignore[index]
        values = {**_withheld(fact.values, article, verbatim[fact.table]), "fact_id": record.fact_id, "review_status": record.status}
        rows[fact.table].append(values)
        rows["evidence"].extend(_evidence_rows(record.fact_id, fact.table, None, fact.evidence, article))
        for table, links in fact.links.items():
            for ordinal, link in enumerate(links, 1):
                rows[table].append({**_withheld(link.values, article, verbatim[table]), "fact_id": record.fact_id, "ordinal": ordinal})
                rows["evidence"].extend(_evidence_rows(record.fact_id, table, ordinal, link.evidence, article))
    return rows


def _columns(rows: Rows, names: Sequence[str]) -> Iterable[Sequence[object]]:
    """The values of each column in order; null where a row has none."""
    if rows and len(names) > 1 and all(len(row) == len(names) for row in rows):
        return zip(*map(itemgetter(*names), rows), strict=True)  # rows without gaps, as of evidence, take half the time so
    return ([row.get(name) for row in rows] for name in names)


def _withheld(values: Mapping[str, object], article: Article, verbatim: Set[str]) -> dict[str, object]:
    """The values without words that are longer than the article's publisher allows; ``verbatim``: the columns that quote it."""
    return {k: None if k in verbatim and isinstance(v, str) and len(v) > article.quote_limit else v for k, v in values.items()}


def _evidence_rows(
    identifier: str, table: str, ordinal: int | None, evidence: Iterable[Evidence], article: Article
) -> Iterator[dict[str, object]]:
    quotes: dict[Span, dict[str, object]] = {}  # several columns rest on the same words
    for column, start, end, reason in evidence:
        quote = quotes.get((start, end)) or quotes.setdefault((start, end), _quote(article, start, end))
        yield {
            "evidence_id": evidence_id(identifier, table, ordinal, column, start, end),
            "fact_id": identifier,
            "table_name": table,
            "ordinal": ordinal,
            "column_name": column,
            **quote,
            "reason": reason,
        }


def _quote(article: Article, start: int, end: int) -> dict[str, object]:
    """The columns of evidence that the words alone give."""
    text = article.text
    quote = text[start:end]
    shown = len(quote) <= article.quote_limit
    return {
        "article_id": article.article_id,
        "char_start": start,
        "char_end": end,
        "quote": quote if shown else None,
        "prefix": (text[max(0, start - CONTEXT) : start] or None) if shown else None,
        "suffix": (text[end : end + CONTEXT] or None) if shown else None,
        "quote_sha256": hashlib.sha256(quote.encode("utf-8")).hexdigest(),
    }


def article_row(article: Article) -> dict[str, object]:
    row = {f.name: getattr(article, f.name) for f in fields(article) if f.name not in ("text", "body_start")}
    return {**row, "text_sha256": article.text_sha256, "text_chars": len(article.text)}


def _lexicon_rows(
    tables: Mapping[str, pa.Table], lexicon: Lexicon, schemas: Mapping[str, Schema], kept: Mapping[str, Rows]
) -> dict[str, Rows]:
    """The actors, places and conflicts that rows point at or a release held, and what these are a part of."""
    entries: dict[str, Mapping[str, object]] = {"actors": lexicon.actors, "places": lexicon.places, "conflicts": lexicon.conflicts}
    named = {table: {str(r[schemas[table].primary_key[0]]) for r in kept.get(table, ())} & set(entries[table]) for table in entries}
    for table, found in tables.items():
        for key in schemas[table].foreign_keys:
            if key.table in named:
                named[key.table] |= {str(value) for value in found.column(key.fields[0]).unique().to_pylist() if value is not None}
    for table, known in entries.items():
        for identifier in list(named[table]):
            while identifier := str(getattr(known[identifier], f"part_of_{table[:-1]}_id", None) or ""):
                named[table].add(identifier)
    return {table: [asdict(known[i]) for i in named[table]] for table, known in entries.items()}  # type: ignore[call-overload]


def cast(rows: Rows, schema: Schema, loose: pa.Schema | None = None) -> pa.Table:
    """The rows as a typed table, sorted by key; a column that the schema does not declare is refused.

    ``loose``: what ``nullable_schema`` makes of the schema, for those who cast rows to it again and again.
    """
    loose = loose or nullable_schema(schema)
    if unknown := set[str]().union(*rows).difference(loose.names):
        raise ToolError(f"{schema.name}: undeclared column {sorted(unknown)[0]!r} (expected one of {', '.join(loose.names)})")
    columns = zip(loose, _columns(rows, loose.names), strict=True)
    table = pa.Table.from_arrays([pa.array(values, field.type) for field, values in columns], schema=loose)
    return table.sort_by([(name, "ascending") for name in schema.primary_key])
