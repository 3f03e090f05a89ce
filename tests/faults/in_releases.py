"""Faults of the step from one release to the next: what vanished, fell, was changed in silence or lost its fill."""

from collections.abc import Iterator

import pyarrow as pa
from small_package import as_given, good_tables, real_schemas

from faults.fault import Expected, Fault

SCHEMAS = real_schemas()
TABLES = good_tables(SCHEMAS)
Tables = dict[str, pa.Table]
ESTIMATES = "casualty_estimates"


def fact_of(table: str, **values: object) -> str:
    row = next(row for row in TABLES[table].to_pylist() if all(row[c] == v for c, v in values.items()))
    return str(row.get("fact_id"))


EXACT = fact_of(ESTIMATES, qualifier="exact")
ABOUT = fact_of(ESTIMATES, qualifier="about")


def without(tables: Tables, table: str, column: str, *values: object) -> Tables:
    return tables | {table: as_given(SCHEMAS[table], [row for row in tables[table].to_pylist() if row[column] not in values])}


def changed(tables: Tables, table: str, fact: str, **values: object) -> Tables:
    rows = [row | (values if row["fact_id"] == fact else {}) for row in tables[table].to_pylist()]
    return tables | {table: as_given(SCHEMAS[table], rows)}


def repeated(tables: Tables, table: str, times: int, **values: object) -> Tables:
    """The tables with the rows of one so many times, each with a key of its own, and some values replaced."""
    key = SCHEMAS[table].primary_key[0]
    rows = [row | {key: f"{row[key]}{n or ''}"} | values for n in range(times) for row in tables[table].to_pylist()]
    return tables | {table: as_given(SCHEMAS[table], rows)}


GONE = without(TABLES, ESTIMATES, "fact_id", EXACT)
FORGOTTEN = without(GONE, "ledger", "fact_id", EXACT)
SHIFTED = changed(TABLES, ESTIMATES, EXACT, count_stated=13)
MERGED = {"status": "stale", "reason": "said twice"}

# new, last, and table, row, column and rule of the problem.
FAULTS: list[tuple[Tables, Tables, tuple[str, str | None, str | None, str]]] = [
    (GONE, TABLES, (ESTIMATES, EXACT, "fact_id", "vanished")),
    (FORGOTTEN, TABLES, (ESTIMATES, EXACT, "fact_id", "vanished")),
    (changed(GONE, "ledger", EXACT, merged_into=ABOUT), TABLES, (ESTIMATES, EXACT, "fact_id", "vanished")),
    (FORGOTTEN, GONE, ("ledger", EXACT, "fact_id", "lost ledger row")),
    (without(TABLES, "ledger", "fact_id", EXACT), GONE, ("ledger", EXACT, "fact_id", "lost ledger row")),
    (SHIFTED, TABLES, (ESTIMATES, EXACT, "count_stated", "silent correction")),
    (changed(TABLES, ESTIMATES, EXACT, reported_on=None), TABLES, (ESTIMATES, EXACT, "reported_on", "silent correction")),
    (
        changed(TABLES, "ceremonies", fact_of("ceremonies"), held_on=None),
        TABLES,
        ("ceremonies", fact_of("ceremonies"), "held_on", "silent correction"),
    ),
    (without(TABLES, "actors", "actor_id", "vint"), TABLES, ("actors", "vint", "actor_id", "removed key")),
    (without(TABLES, "places", "place_id", "lind"), TABLES, ("places", "lind", "place_id", "removed key")),
    (without(TABLES, "conflicts", "conflict_id", "lind-war"), TABLES, ("conflicts", "lind-war", "conflict_id", "removed key")),
    (without(TABLES, "articles", "article_id", "note-1"), TABLES, ("articles", "note-1", "article_id", "removed key")),
    (TABLES | {"evidence": TABLES["evidence"].slice(9)}, TABLES, ("evidence", None, None, "row count")),
    (repeated(TABLES, ESTIMATES, 27), TABLES, (ESTIMATES, None, None, "row count")),
    ({t: rows for t, rows in TABLES.items() if t != "statements"}, TABLES, ("statements", None, None, "removed table")),
    (TABLES | {"actors": TABLES["actors"].drop_columns("kind")}, TABLES, ("actors", None, "kind", "removed column")),
    (repeated(TABLES, "actors", 1, kind=None), TABLES, ("actors", None, "kind", "lost fill")),
    (
        repeated(TABLES, ESTIMATES, 20) | {"ledger": TABLES["ledger"]},
        repeated(TABLES, ESTIMATES, 20, place_text="Lind"),
        (ESTIMATES, None, "place_text", "lost fill"),
    ),
]


def faults() -> Iterator[Fault]:
    """Each break with the last release."""
    for n, (new, last, (table, row, column, rule)) in enumerate(FAULTS, start=1):
        expected = Expected("continuity", table, row, column, rule)
        yield Fault(f"{table}: {rule} ({n})", expected, lambda _, new=new: new, last=last, promise=4)
