"""A package against the last release: nothing vanishes, changes or empties without a word. Reviewed entries accept what is meant."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.acceptances import Acceptance
from pipelines.checks.gone import Life, Tables, forgotten, lives_of, merged_away, missing, told, vanished, without
from pipelines.checks.problem import Problem
from pipelines.derive.sql import name
from pipelines.schema import Schema
from pipelines.spill import connect, each_row

# A fill share that fell by more than a tenth, in so many rows; a column that is empty now, in so many.
FILL_ROWS = 20
EMPTY_ROWS = 5
# Fewer rows than nine tenths of the last release's; more than three times as many and so many more.
MORE, MANY = 3, 100
# Tables that people keep by key, and tables that are computed anew and checked by being so.
KEPT = ("source", "lexicon")
COMPUTED = ("derived", "evaluation", "changes")


@dataclass(frozen=True)
class _Break:
    """One break with the last release; ``which`` says which fact, extractor, column or key an acceptance must name.

    ``told``: the ledger says what became of it, so that it is no problem, with an acceptance or without.
    """

    rule: str
    table: str
    message: str
    row: str | None = None
    column: str | None = None
    value: object = None
    which: Mapping[str, str | None] = field(default_factory=dict)
    told: bool = False


def check_continuity(new: Tables, last: Tables, schemas: Mapping[str, Schema], accepted: Sequence[Acceptance]) -> Iterator[Problem]:
    """A problem for each break with the last release that no entry accepts, and for each entry that accepts none."""
    used: set[str] = set()
    for found in _breaks(new, last, schemas):
        accepting = [a.where for a in accepted if a.accepts(found.rule, found.table, found.which)]
        used.update(accepting)
        if not (accepting or found.told):
            yield Problem(found.table, found.row, found.column, found.rule, found.value, found.message, _remedy(found))
    yield from _broken_merges(new, schemas)
    for a in accepted:
        if a.where not in used:
            what = ", ".join([a.rule, a.table, *filter(None, (a.fact, a.extractor, a.column, a.key))])
            message = f"the entry accepts what is no break with the last release (any more): {what}"
            yield Problem(a.table, a.fact or a.key, a.column, "acceptance", a.where, message, f"Remove the entry at {a.where}.")


def without_told(new: Tables, last: Tables, schemas: Mapping[str, Schema]) -> Tables:
    """The tables of the last release without the facts of which the ledger says now why they are gone: nothing is to be compared with them."""
    facts = told(new, last, schemas)
    if not len(facts):
        return last
    follow = {s.name for s in schemas.values() if s.kind in ("fact", "link", "evidence")}
    return {**last, **{t: without(rows, facts) for t, rows in last.items() if t in follow}}


def _breaks(new: Tables, last: Tables, schemas: Mapping[str, Schema]) -> Iterator[_Break]:
    left = without_told(new, last, schemas)
    yield from _removed(new, last)
    for schema in (s for s in schemas.values() if s.name in new and s.name in last):
        if schema.kind == "fact":
            yield from _vanished(schema.name, new, last)
            yield from _corrected(schema, new, last)
        if schema.kind in KEPT:
            yield from _removed_keys(schema, new, last)
        if schema.kind not in COMPUTED:
            yield from _row_count(schema, new[schema.name].num_rows, left[schema.name].num_rows)
            yield from _lost_fill(schema, new[schema.name], left[schema.name])
    yield from _lost_lives(new, last, schemas)


def _removed(new: Tables, last: Tables) -> Iterator[_Break]:
    for table in last:
        if table not in new:
            yield _Break("removed table", table, f"the table of the last release is gone, with its {last[table].num_rows} rows")
            continue
        for column in last[table].schema.names:
            if column not in new[table].schema.names:
                yield _Break("removed column", table, "the column of the last release is gone", column=column, which={"column": column})


def _vanished(table: str, new: Tables, last: Tables) -> Iterator[_Break]:
    gone = vanished(table, new, last)
    words = _words(last, gone.filter(pc.invert(gone.column("told"))).column("fact_id"))
    for row in each_row(gone):
        message = "the fact of the last release is gone, and the ledger does not say that it was retracted or merged, and why"
        which = {"fact": row["fact_id"], "extractor": row["extractor"]}
        yield _Break("vanished", table, message, row["fact_id"], "fact_id", words.get(row["fact_id"]), which, row["told"])


def _words(tables: Tables, facts: pa.ChunkedArray) -> dict[str, str]:
    """The published words of each of these few facts, in the order of the article."""
    if not len(facts) or "evidence" not in tables:
        return {}
    wanted = facts.combine_chunks().cast(pa.string())
    batches = tables["evidence"].select(["fact_id", "char_start", "quote"]).to_batches()
    spans = [s for b in batches for s in b.filter(pc.is_in(b.column("fact_id"), wanted)).to_pylist() if s["quote"]]
    found: dict[str, dict[str, None]] = {}
    for span in sorted(spans, key=lambda s: (s["char_start"], -len(s["quote"]))):
        quotes = found.setdefault(span["fact_id"], {})
        if not any(span["quote"] in known for known in quotes):
            quotes[span["quote"]] = None
    return {fact: " … ".join(quotes) for fact, quotes in found.items()}


def _corrected(schema: Schema, new: Tables, last: Tables) -> Iterator[_Break]:
    """Numbers and dates that are other now. What a better grammar judges anew, such as the claimant, may change."""
    names = set(new[schema.name].schema.names) & set(last[schema.name].schema.names)
    columns = [f.name for f in schema.fields if f.evidence in ("count", "date") and f.name in names]
    found = _pairs(new[schema.name], last[schema.name], columns)
    lives, were = (lives_of(tables, [fact for fact, *_ in found]) for tables in (new, last))
    for fact, *pairs in found:
        values = zip(columns, pairs[::2], pairs[1::2], strict=True)
        changed = {c: f"{c} was {was}, is {now}" for c, was, now in values if was is not None and was != now}
        if changed and not _reasoned(lives.get(fact), were.get(fact)):
            message = "a published number or date is other than in the last release, and the ledger gives no new reason for a correction"
            which = {"fact": fact, "extractor": were.get(fact, {}).get("extractor")}
            yield _Break("silent correction", schema.name, message, fact, next(iter(changed)), "; ".join(changed.values()), which)


def _pairs(new: pa.Table, last: pa.Table, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """For each fact in both tables of which a column that had a value changed: its identifier, and each column as it was and as it is."""
    both_equal = all(new.column(c).equals(last.column(c)) for c in ("fact_id", *columns))
    if both_equal or not columns:
        return []
    was, now = ([f"CAST({side}.{name(c)} AS VARCHAR)" for c in columns] for side in "ln")
    differ = " OR ".join(f"{one} IS NOT NULL AND {one} IS DISTINCT FROM {other}" for one, other in zip(was, now, strict=True))
    both = ", ".join(f"{one}, {other}" for one, other in zip(was, now, strict=True))
    with connect() as connection:
        connection.register("n", new.select(["fact_id", *columns]))
        connection.register("l", last.select(["fact_id", *columns]))
        return connection.execute(f"SELECT n.fact_id, {both} FROM n JOIN l USING (fact_id) WHERE {differ} ORDER BY ALL").fetchall()


def _reasoned(life: Life | None, was: Life | None) -> bool:
    """Whether the ledger says corrected, with a reason that the last release did not give already."""
    if life is None or life["status"] != "corrected":
        return False
    return was is None or was["status"] != "corrected" or life["reason"] != was["reason"]


def _removed_keys(schema: Schema, new: Tables, last: Tables) -> Iterator[_Break]:
    (column,) = schema.primary_key
    if column not in last[schema.name].schema.names or column not in new[schema.name].schema.names:
        return
    for value in missing(column, new[schema.name], last[schema.name]):
        key = value.as_py()
        yield _Break("removed key", schema.name, f"{column} of the last release is gone", str(key), column, key, {"key": str(key)})


def _row_count(schema: Schema, rows: int, before: int) -> Iterator[_Break]:
    if 10 * rows < 9 * before and schema.kind not in KEPT:
        yield _Break("row count", schema.name, f"the table has fewer than nine tenths of the last release's {before} rows", value=rows)
    if rows > MORE * before and rows > before + MANY:
        yield _Break("row count", schema.name, f"the table has more than {MORE} times the last release's {before} rows", value=rows)


def _lost_fill(schema: Schema, new: pa.Table, last: pa.Table) -> Iterator[_Break]:
    # What people decide stands in the ledger: it empties as facts are added.
    for column in [] if schema.kind == "ledger" else [c for c in last.schema.names if c in new.schema.names]:
        filled, before = (t.num_rows - t.column(column).null_count for t in (new, last))
        fell = 10 * (before * new.num_rows - filled * last.num_rows) > last.num_rows * new.num_rows
        enough = min(new.num_rows, last.num_rows) >= FILL_ROWS
        if (fell and enough) or (before and not filled and new.num_rows >= EMPTY_ROWS):
            message = f"{filled} of {new.num_rows} rows have a value, in the last release {before} of {last.num_rows}"
            yield _Break("lost fill", schema.name, message, column=column, which={"column": column})


def _lost_lives(new: Tables, last: Tables, schemas: Mapping[str, Schema]) -> Iterator[_Break]:
    """Lives that the ledger forgot; of facts that stood in a table it is said already that they are gone."""
    for life in forgotten(new, last, schemas):
        message = (
            f"the ledger of the last release held this fact of {life['table_name']} as {life['status']}: identifiers are kept for ever"
        )
        yield _Break("lost ledger row", "ledger", message, life["fact_id"], "fact_id", which={"fact": life["fact_id"]})


def _broken_merges(new: Tables, schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    """A problem for each merged fact from which no chain leads to a fact that stands."""
    away, onward = merged_away(new, schemas)
    for fact, into in away.items():
        at: str | None = into
        stands, path = False, [fact]
        while at is not None and not stands and at not in path:
            path.append(at)
            at, stands = onward.get(at, (None, False))
        if not stands:
            message = "the fact was merged into one that stands in no table and was not merged on"
            remedy = "Merge it into a fact that stands, or retract it with a reason."
            yield Problem("ledger", fact, "merged_into", "broken merge", " -> ".join([*path, *([at] if at else [])]), message, remedy)


def _remedy(found: _Break) -> str:
    """The entry to write where the break is meant."""
    key = next((k for k, value in found.which.items() if value is not None), None)
    which = "" if key is None else f", {key}: {json.dumps(found.which[key], ensure_ascii=False)}"
    entry = f"- {{accept: {found.rule}, table: {found.table}{which}, reason: ...}}"
    return f"Undo the change that caused it; where it is meant, write to data/continuity.yaml: {entry}"
