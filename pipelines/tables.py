"""Tables: facts get identifiers, reviews are applied, rows are cast to the declared types and sorted by key."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date

import pyarrow as pa

from pipelines.article import Article
from pipelines.derive.arrow import arrow_schema
from pipelines.derive.casualties import derive_tables
from pipelines.errors import InputError, ToolError, did_you_mean, visible
from pipelines.facts import Evidence, Fact, Row
from pipelines.facts.fact import GRAMMAR_VERSION, Span, evidence_id, fact_id
from pipelines.mentions.lexicon import Lexicon
from pipelines.reviews import Decision, Quote
from pipelines.schema import Field, Schema

CONTEXT = 32
Rows = list[dict[str, object]]


@dataclass(frozen=True)
class Record:
    """A fact with its identifier and its life: ``extractor`` found it, ``status`` is where it stands, ``reason`` why."""

    fact_id: str
    fact: Fact
    extractor: str
    status: str = "candidate"
    reason: str | None = None
    corrections: Mapping[str, str] = field(default_factory=dict)


def identify(article: Article, facts: Sequence[Fact]) -> list[Record]:
    """The facts of one article with their identifiers, in order of table and text; references between them resolved."""
    ordinals: Counter[tuple[str, str]] = Counter()
    ids: dict[tuple[str, Span], str] = {}
    identified: list[tuple[str, Fact]] = []
    for fact in sorted(facts, key=lambda f: (f.table, f.trigger)):
        words = article.text[slice(*fact.trigger)]
        key = (fact.table, " ".join(words.casefold().split()))
        identifier = fact_id(fact.table, article.article_id, words, ordinals[key])
        ordinals[key] += 1
        ids.setdefault((fact.table, fact.trigger), identifier)
        identified.append((identifier, fact))
    return [Record(i, _resolved(fact, i, ids), f"{fact.table}@{GRAMMAR_VERSION}") for i, fact in identified]


def _resolved(fact: Fact, own: str, ids: Mapping[tuple[str, Span], str]) -> Fact:
    """The fact with the facts that it points at as identifiers; a pointer to a fact that is not there is dropped."""
    targets = {column: ids.get(target) for column, target in fact.refers.items()}
    values = {**fact.values, **{c: t for c, t in targets.items() if t and t != own}}
    lost = {c for c, t in targets.items() if not t or t == own}
    return replace(fact, values=values, evidence=[e for e in fact.evidence if e.column not in lost], refers={})


def review(article: Article, records: Sequence[Record], decisions: Sequence[Decision], schemas: Mapping[str, Schema]) -> list[Record]:
    """The records after the decisions on their article; a decision that matches nothing is an InputError that names it."""
    current = {r.fact_id: r for r in records}
    for decision in decisions:
        if decision.kind == "add":
            record = _added(article, decision, schemas)
            if record.fact_id in current:
                raise InputError(
                    f"{decision.where}: the addition is found by {current[record.fact_id].extractor} as well (expected one of the two: take it out)"
                )
            current[record.fact_id] = record
            continue
        if decision.fact not in current:
            raise InputError(
                f"{decision.where}: {decision.kind} matches nothing: {article.article_id} has no fact {decision.fact!r}{did_you_mean(decision.fact, current)}"
            )
        before = current[decision.fact].status
        if before == "retracted" or (decision.kind == "reject" and before != "candidate"):
            raise InputError(
                f"{decision.where}: {decision.kind} contradicts an earlier decision on {decision.fact} (expected one of the two: take the other out)"
            )
        current[decision.fact] = _decided(article, current[decision.fact], decision, schemas)
    return list(current.values())


def _decided(article: Article, record: Record, decision: Decision, schemas: Mapping[str, Schema]) -> Record:
    if decision.kind == "confirm":
        return replace(record, status="confirmed", reason=decision.reason or record.reason)
    if decision.kind == "reject":
        return replace(record, status="retracted", reason=decision.reason)
    column = _field(schemas[record.fact.table], decision.column or "", decision.where)
    assert decision.reason is not None
    value = _typed(decision.value, column, decision.where)
    if record.fact.values.get(column.name) == value:
        raise InputError(f"{decision.where}: {column.name} is {value!r} already (expected a correction that still corrects: take it out)")
    spans = [(e.start, e.end) for e in record.fact.evidence if e.column == column.name]
    if decision.quote:
        spans = [_find(article, decision.quote, decision.where)]
    if column.evidence and value is not None and not spans:
        raise InputError(f"{decision.where}: {column.name} has no words yet (expected 'quote:' with the words for {value!r})")
    kept = [e for e in record.fact.evidence if e.column != column.name]
    mine = [Evidence(column.name, *span, decision.reason) for span in spans] if value is not None else []
    values = {**record.fact.values, column.name: value}
    corrections = {**record.corrections, column.name: decision.reason}
    reason = "; ".join(f"{name}: {why}" for name, why in corrections.items())
    return replace(
        record,
        fact=replace(record.fact, values=values, evidence=[*kept, *mine]),
        status="corrected",
        reason=reason,
        corrections=corrections,
    )


def _added(article: Article, decision: Decision, schemas: Mapping[str, Schema]) -> Record:
    """A fact that a person read in the article; every column stands on a quote."""
    facts = [name for name, s in schemas.items() if s.kind == "fact"]
    if decision.fact not in facts:
        raise InputError(
            f"{decision.where}: no fact table {decision.fact!r} (expected one of {', '.join(facts)}{did_you_mean(decision.fact, facts)})"
        )
    assert decision.quote is not None
    schema = schemas[decision.fact]
    values, evidence = _quoted(article, decision, decision.columns, schema)
    defaults = {f.name: f.unstated for f in schema.fields if f.required and f.unstated}
    links = {
        table: [Row(*_quoted(article, decision, row, _link(table, decision, schemas))) for row in rows]
        for table, rows in decision.links.items()
    }
    trigger = _find(article, decision.quote, decision.where)
    identifier = fact_id(decision.fact, article.article_id, article.text[slice(*trigger)], 0)
    full = {"article_id": article.article_id, "review_status": "confirmed", **defaults, **values}
    return Record(identifier, Fact(decision.fact, trigger, full, evidence, links), "human", "confirmed", decision.reason)


def _link(table: str, decision: Decision, schemas: Mapping[str, Schema]) -> Schema:
    links = [name for name, s in schemas.items() if s.kind == "link" and s.parent == decision.fact]
    if table not in links:
        raise InputError(
            f"{decision.where}: {decision.fact} has no list {table!r} (expected one of {', '.join(links) or 'none'}{did_you_mean(table, links)})"
        )
    return schemas[table]


def _quoted(article: Article, decision: Decision, columns: Mapping[str, Quote], schema: Schema) -> tuple[dict[str, object], list[Evidence]]:
    values: dict[str, object] = {}
    evidence: list[Evidence] = []
    for name, quote in columns.items():
        column = _field(schema, name, decision.where)
        span = _find(article, quote, decision.where)
        values[name] = article.text[slice(*span)] if quote.value is None else _typed(quote.value, column, decision.where)
        evidence.append(Evidence(name, *span))
    return values, evidence


def _field(schema: Schema, name: str, where: str) -> Field:
    names = [f.name for f in schema.fields]
    found = next((f for f in schema.fields if f.name == name), None)
    if found is None or name in ("fact_id", "article_id", "ordinal", "review_status"):
        raise InputError(
            f"{where}: {schema.name} has no column {name!r} to decide on (expected one of {', '.join(names)}{did_you_mean(name, names)})"
        )
    return found


def _find(article: Article, quote: Quote, where: str) -> Span:
    """The span of a reviewer's quote; words that stand more than once need 'occurrence'."""
    times = article.text.count(quote.quote)
    if not quote.quote or times == 0:
        raise InputError(f"{where}: the article does not hold the words {visible(quote.quote)!r} (expected an exact quote)")
    if times > 1 and quote.occurrence is None:
        raise InputError(
            f"{where}: the words {visible(quote.quote)!r} stand {times} times (expected 'occurrence: 1' to {times}, or more words)"
        )
    wanted = quote.occurrence or 1
    if not isinstance(wanted, int) or not 1 <= wanted <= times:
        raise InputError(f"{where}: occurrence is {wanted!r} (expected 1 to {times})")
    start = -1
    for _ in range(wanted):
        start = article.text.index(quote.quote, start + 1)
    return start, start + len(quote.quote)


def _typed(value: object, column: Field, where: str) -> object:
    """A reviewer's value in the column's type."""
    kinds = {"string": str, "integer": int, "date": date}
    wanted = kinds[column.type]
    if value is None or (isinstance(value, wanted) and not isinstance(value, bool)):
        if column.enum and value not in (*column.enum, None):
            raise InputError(
                f"{where}: {column.name} is {value!r} (expected one of {', '.join(column.enum)}{did_you_mean(str(value), column.enum)})"
            )
        if isinstance(value, int) and abs(value) >= 2**63:
            raise InputError(f"{where}: {column.name} is {value} (expected a number below 2^63)")
        return value
    raise InputError(f"{where}: {column.name} is {value!r} (expected a value of type {column.type})")


def build_tables(
    articles: Sequence[Article], records: Sequence[Record], lexicon: Lexicon, accuracy: Rows, schemas: Mapping[str, Schema]
) -> dict[str, pa.Table]:
    """Every declared table, typed and sorted by its key."""
    by_id = {a.article_id: a for a in articles}
    rows: dict[str, Rows] = fact_rows(records, by_id, schemas)
    rows["articles"] = [_article_row(a) for a in articles]
    rows["ledger"] = [_ledger_row(r) for r in records]
    rows |= _lexicon_rows(rows, lexicon, schemas)
    rows["vague_numbers"] = [{"words": w, "count_low": n} for w, n in lexicon.vague.items()]
    rows["accuracy"] = accuracy
    unknown = set(rows) ^ {name for name, s in schemas.items() if s.kind != "derived"}
    if unknown:
        raise ToolError(f"schemas: {', '.join(sorted(unknown))} declared and filled differ (expected a schema and rows for each table)")
    tables = {name: cast(found, schemas[name]) for name, found in rows.items()}
    return tables | derive_tables(tables, schemas)


def fact_rows(records: Iterable[Record], articles: Mapping[str, Article], schemas: Mapping[str, Schema]) -> dict[str, Rows]:
    """The rows of the fact tables, their link tables and evidence; withheld quotes are null."""
    rows: dict[str, Rows] = {name: [] for name, s in schemas.items() if s.kind in ("fact", "link", "evidence")}
    for record in records:
        if record.status in ("retracted", "stale"):
            continue
        article, fact = articles[record.fact.values["article_id"]], record.fact  # type: ignore[index]
        schema = schemas[fact.table]
        values = {**_withheld(fact.values, article, schema), "fact_id": record.fact_id, "review_status": record.status}
        rows[fact.table].append(values)
        rows["evidence"].extend(_evidence_rows(record.fact_id, fact.table, None, fact.evidence, article))
        for table, links in fact.links.items():
            for ordinal, link in enumerate(links, 1):
                rows[table].append({**_withheld(link.values, article, schemas[table]), "fact_id": record.fact_id, "ordinal": ordinal})
                rows["evidence"].extend(_evidence_rows(record.fact_id, table, ordinal, link.evidence, article))
    return rows


def _withheld(values: Mapping[str, object], article: Article, schema: Schema) -> dict[str, object]:
    """The values without words that are longer than the article's publisher allows."""
    verbatim = {f.name for f in schema.fields if f.evidence == "verbatim"}
    return {k: None if k in verbatim and isinstance(v, str) and len(v) > article.quote_limit else v for k, v in values.items()}


def _evidence_rows(
    identifier: str, table: str, ordinal: int | None, evidence: Iterable[Evidence], article: Article
) -> Iterator[dict[str, object]]:
    for e in evidence:
        quote = article.text[e.start : e.end]
        shown = len(quote) <= article.quote_limit
        yield {
            "evidence_id": evidence_id(identifier, table, ordinal, e.column, e.start, e.end),
            "fact_id": identifier,
            "table_name": table,
            "ordinal": ordinal,
            "column_name": e.column,
            "article_id": article.article_id,
            "char_start": e.start,
            "char_end": e.end,
            "quote": quote if shown else None,
            "prefix": (article.text[max(0, e.start - CONTEXT) : e.start] or None) if shown else None,
            "suffix": (article.text[e.end : e.end + CONTEXT] or None) if shown else None,
            "quote_sha256": hashlib.sha256(quote.encode("utf-8")).hexdigest(),
            "reason": e.reason,
        }


def _article_row(article: Article) -> dict[str, object]:
    row = {k: v for k, v in asdict(article).items() if k not in ("text", "body_start")}
    return {**row, "text_sha256": article.text_sha256, "text_chars": len(article.text)}


def _ledger_row(record: Record) -> dict[str, object]:
    return {
        "fact_id": record.fact_id,
        "table_name": record.fact.table,
        "article_id": record.fact.values["article_id"],
        "extractor": record.extractor,
        "status": record.status,
        "reason": record.reason,
    }


def _lexicon_rows(rows: Mapping[str, Rows], lexicon: Lexicon, schemas: Mapping[str, Schema]) -> dict[str, Rows]:
    """The actors, places and conflicts that rows point at, and what these are a part of."""
    entries: dict[str, Mapping[str, object]] = {"actors": lexicon.actors, "places": lexicon.places, "conflicts": lexicon.conflicts}
    named: dict[str, set[str]] = {table: set() for table in entries}
    for table, found in rows.items():
        for key in schemas[table].foreign_keys:
            if key.table in named:
                named[key.table] |= {str(r[key.fields[0]]) for r in found if r.get(key.fields[0]) is not None}
    for table, known in entries.items():
        for identifier in list(named[table]):
            while identifier := str(getattr(known[identifier], f"part_of_{table[:-1]}_id", None) or ""):
                named[table].add(identifier)
    return {table: [asdict(known[i]) for i in named[table]] for table, known in entries.items()}  # type: ignore[call-overload]


def cast(rows: Rows, schema: Schema) -> pa.Table:
    """The rows as a typed table, sorted by key; a column that the schema does not declare is refused."""
    declared = arrow_schema(schema)
    for row in rows:
        unknown = set(row) - set(declared.names)
        if unknown:
            raise ToolError(f"{schema.name}: undeclared column {sorted(unknown)[0]!r} (expected one of {', '.join(declared.names)})")
    # Nullability is a promise that the checks prove: a missing value must reach them, not stop the build here.
    loose = pa.schema([pa.field(f.name, f.type, metadata=f.metadata) for f in declared], declared.metadata)
    table = pa.Table.from_pylist([{n: row.get(n) for n in declared.names} for row in rows], schema=loose)
    return table.sort_by([(name, "ascending") for name in schema.primary_key])
