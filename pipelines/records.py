"""Records: facts with identifiers and lives, as the grammar found them and people decided on them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.article import Article
from pipelines.errors import InputError, did_you_mean, visible
from pipelines.facts import Evidence, Fact, Row
from pipelines.facts.fact import GRAMMAR_VERSION, Span, fact_id
from pipelines.reviews import LEAVING, Decision, Quote
from pipelines.schema import Field, Schema


@dataclass(frozen=True)
class Record:
    """A fact with its identifier and its life: ``extractor`` found it, ``status`` is where it stands, ``reason`` why.

    ``merged_into`` is the fact that took its place.
    """

    fact_id: str
    fact: Fact
    extractor: str
    status: str = "candidate"
    reason: str | None = None
    merged_into: str | None = None
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
    if not fact.refers:
        return fact
    targets = {column: ids.get(target) for column, target in fact.refers.items()}
    values = {**fact.values, **{c: t for c, t in targets.items() if t and t != own}}
    lost = {c for c, t in targets.items() if not t or t == own}
    return replace(fact, values=values, evidence=[e for e in fact.evidence if e.column not in lost], refers={})


def review(
    article: Article,
    records: Sequence[Record],
    decisions: Sequence[Decision],
    schemas: Mapping[str, Schema],
    released: Collection[str] = (),
) -> list[Record]:
    """The records after the decisions on their article; a decision that matches nothing is an InputError that names it.

    ``released`` are facts that a release held: one that is not found any more can still be retracted or merged.
    """
    current = {r.fact_id: r for r in records}
    for decision in decisions:
        if decision.kind == "withdraw":
            current = {
                i: r if r.status == "retracted" else replace(r, status="retracted", reason=withdrawal(decision)) for i, r in current.items()
            }
            continue
        if decision.kind == "add":
            record = _added(article, decision, schemas)
            if record.fact_id in current:
                raise InputError(
                    f"{decision.where}: the addition is found by {current[record.fact_id].extractor} as well (expected one of the two: take it out)"
                )
            current[record.fact_id] = record
            continue
        if decision.fact not in current and decision.kind in LEAVING and decision.fact in released:
            continue
        if decision.fact not in current:
            gone = decision.fact in released
            expected = "; a release held it: take the decision out, or retract the fact" if gone else did_you_mean(decision.fact, current)
            raise InputError(
                f"{decision.where}: {decision.kind} matches nothing: {article.article_id} has no fact {decision.fact!r} (any more){expected}"
                if gone
                else f"{decision.where}: {decision.kind} matches nothing: {article.article_id} has no fact {decision.fact!r}{expected}"
            )
        before = current[decision.fact].status
        if before == "retracted":
            raise InputError(
                f"{decision.where}: {decision.kind} contradicts an earlier decision on {decision.fact} (expected one of the two: take the other out)"
            )
        current[decision.fact] = _decided(article, current[decision.fact], decision, schemas)
    return list(current.values())


def withdrawal(decision: Decision) -> str:
    """The reason in the ledger of the facts of an article that was withdrawn."""
    return f"the article was withdrawn: {decision.reason}"


def _decided(article: Article, record: Record, decision: Decision, schemas: Mapping[str, Schema]) -> Record:
    if decision.kind == "confirm":
        return replace(record, status="confirmed", reason=decision.reason or record.reason)
    if decision.kind in LEAVING:
        return replace(record, status="retracted", reason=decision.reason, merged_into=decision.into)
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
