"""Faults of lives: facts that the ledger does not hold or holds otherwise, rows in circles, derived rows that the claims do not yield."""

from collections.abc import Iterator

from small_package import real_schemas

from faults.fault import GOOD, Expected, Fault, keep_rows, row_of, set_values


def faults() -> Iterator[Fault]:
    """Those of the ledger, of references in a circle and of derived tables."""
    for schema in (s for s in real_schemas().values() if s.kind == "fact"):
        yield from _of_ledger(schema.name)
    living = GOOD["ledger"].column("fact_id")[0].as_py()
    table = GOOD["ledger"].column("table_name")[0].as_py()
    vanished = keep_rows(table, lambda rows: [row for row in rows if row["fact_id"] != living])
    yield Fault("ledger: a fact that lives there alone", Expected("ledger", "ledger", 1, "fact_id", "ledger"), vanished, promise=4)
    yield from _circles()
    yield from _derived()


def _of_ledger(table: str) -> Iterator[Fault]:
    fact = GOOD[table].column("fact_id")[0].as_py()
    row = row_of("ledger", fact_id=fact)
    gone = keep_rows("ledger", lambda rows: [r for r in rows if r["fact_id"] != fact])
    yield Fault(f"{table}: a fact without a life", Expected("ledger", table, 1, "fact_id", "ledger"), gone, promise=4)
    other = "statements" if table != "statements" else "ceremonies"
    for column, value, named in (
        ("table_name", other, "fact_id"),
        ("article_id", "note-2", "article_id"),
        ("status", "confirmed", "review_status"),
    ):
        expected = Expected("ledger", table, 1, named, "ledger")
        yield Fault(f"{table}: the ledger holds another {column}", expected, set_values("ledger", row, **{column: value}), promise=4)


def _circles() -> Iterator[Fault]:
    row = row_of("actors", actor_id="northland")
    circle = Expected("relations", "actors", row_of("actors", actor_id="A.navy"), "part_of_actor_id", "circle")
    yield Fault("actors: parts of each other", circle, set_values("actors", row, part_of_actor_id="A.navy"))
    row = row_of("places", place_id="northland")
    circle = Expected("relations", "places", row_of("places", place_id="aldertown"), "part_of_place_id", "circle")
    yield Fault("places: parts of each other", circle, set_values("places", row, part_of_place_id="aldertown"))


def _derived() -> Iterator[Fault]:
    table = "discrepancies"
    for schema_field in real_schemas()[table].fields:
        column = schema_field.name
        if column in real_schemas()[table].primary_key:
            continue
        value = GOOD[table].column(column)[0].as_py()
        other = f"{value}x" if isinstance(value, str) else value + 1
        expected = Expected("relations", table, 1, column, "derived")
        yield Fault(f"{table}.{column}: not what the claims yield", expected, set_values(table, 1, **{column: other}), promise=3)
    key = ", ".join(str(GOOD[table].column(c)[0].as_py()) for c in real_schemas()[table].primary_key)
    lost = Expected("relations", table, key, "smaller_fact_id", "derived")
    yield Fault(f"{table}: a contradiction left out", lost, keep_rows(table, lambda rows: rows[1:]), promise=3)
    made_up = Expected("relations", table, GOOD[table].num_rows + 1, "smaller_fact_id", "derived")
    more = keep_rows(
        table, lambda rows: [*rows, rows[0] | {"smaller_fact_id": rows[0]["larger_fact_id"], "larger_fact_id": rows[0]["smaller_fact_id"]}]
    )
    yield Fault(f"{table}: a contradiction made up", made_up, more, promise=3)
