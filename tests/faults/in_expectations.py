"""Faults of whole tables: for each expectation, derived or written by hand, rows of which every one breaks it."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import duckdb
import pyarrow as pa
from small_package import as_given, real_schemas

from faults.fault import Expected, Fault, Tables
from pipelines.derive.editorial import KINDS, Expectation, read_editorial
from pipelines.derive.suites import Last, suite
from pipelines.paths import REPOSITORY
from pipelines.schema import Field, Schema

SCHEMAS = {name: schema for name, schema in real_schemas().items() if schema.kind != "changes"}
DAY = date(2031, 3, 3)


def last_release(schema: Schema) -> Last:
    """A release of the table in which the last columns are filled and every value of an enum is common."""
    values = {f.name: {value: 100 + 100 * n for n, value in enumerate(f.enum)} for f in schema.fields if f.enum}
    return Last(1000, {f.name: 1000 for f in schema.fields[-3:]}, values)


def declared() -> Iterator[tuple[str, Expectation]]:
    for schema in SCHEMAS.values():
        for expectation in suite(schema, read_editorial(REPOSITORY.schemas, schema), last_release(schema)):
            yield schema.name, expectation


DECLARED = list(declared())


# Rows of a table in the release before: enough for every expectation that compares with it.
ROWS_BEFORE = 200


def faults() -> Iterator[Fault]:
    """One for each expectation of a table by itself, and one for each that compares it with the release before."""
    for schema in SCHEMAS.values():
        written = read_editorial(REPOSITORY.schemas, schema)
        alone = suite(schema, written)
        for expectation in alone:
            yield _fault(schema, expectation, None)
        before = rows_before(schema)
        for expectation in suite(schema, written, last_of(schema, before)):
            if expectation.same not in {other.same for other in alone}:
                yield _fault(schema, expectation, before)


def _fault(schema: Schema, expectation: Expectation, before: pa.Table | None) -> Fault:
    about_rows = KINDS[expectation.kind].judges == "rows" and expectation.mostly == 1
    rule, row = f"expectation {expectation.rule}", 1 if about_rows else None
    name = f"{schema.name}.{expectation.column or ''}: not as expected ({expectation.place}, {expectation.rule})"
    expected = Expected("expectations", schema.name, row, expectation.column, rule)
    last = None if before is None else {schema.name: before}
    return Fault(name, expected, partial(_with_rows, schema.name, expectation), last=last)


def rows_before(schema: Schema) -> pa.Table:
    """Rows in which every column is filled and every value of an enum is as common as the others."""
    rows = [one(schema.name) | {f.name: f.enum[n % len(f.enum)] for f in schema.fields if f.enum} for n in range(ROWS_BEFORE)]
    return as_given(schema, rows)


def last_of(schema: Schema, rows: pa.Table) -> Last:
    """What a suite is made from, counted here for the rows of a release."""
    values = {f.name: Counter(rows.column(f.name).to_pylist()) for f in schema.fields if f.enum}
    return Last(rows.num_rows, {f.name: rows.num_rows for f in schema.fields}, values)


def _with_rows(table: str, expectation: Expectation, tables: Tables) -> Tables:
    return tables | {table: faulty(table, expectation)}


def one(table: str) -> dict[str, object]:
    return {
        f.name: f.enum[0] if f.enum else {"integer": 5, "number": Decimal(1), "date": DAY, "boolean": True}.get(f.type, "words")
        for f in SCHEMAS[table].fields
    }


def selected(row: dict[str, object], table: str, where: str | None) -> dict[str, object]:
    """The row with the value of an enum that the condition selects."""
    for f in SCHEMAS[table].fields if where is not None else ():
        for value in f.enum:
            tried = row | {f.name: value}
            with duckdb.connect() as connection:
                connection.register("rows", as_given(SCHEMAS[table], [tried]))
                if connection.sql(f"SELECT * FROM rows WHERE {where}").fetchall():
                    return tried
    return row


def bad_value(e: Expectation, f: Field) -> object:
    """A value of the column that the expectation refuses."""
    if "null" in e.kind:
        return "words" if e.kind.endswith("to_be_null") else None
    if "length" in e.kind:
        return "x" * (e.arguments["max_value"] + 1)
    if "regex" in e.kind:
        return " words"
    if "partition_object" in e.arguments:
        weights = e.arguments["partition_object"]["weights"]
        return e.arguments["partition_object"]["values"][weights.index(min(weights))]
    if "value_set" in e.arguments:
        return e.arguments["value_set"][0] if "_not_" in e.kind else next(v for v in f.enum if v not in e.arguments["value_set"])
    if "unique" in e.kind:
        return "words"
    bound = e.arguments["max_value"]
    return bound + (timedelta(days=1) if isinstance(bound, date) else 1)


def faulty(table: str, e: Expectation) -> pa.Table:
    """Rows of which each one breaks the expectation, as many as it needs to say something."""
    if e.column is None:
        return as_given(SCHEMAS[table], [one(table)] * (e.arguments["min_value"] - 1))
    f = next(f for f in SCHEMAS[table].fields if f.name == e.column)
    return as_given(SCHEMAS[table], [selected(one(table), table, e.where) | {e.column: bad_value(e, f)}] * max(1, e.minimum_rows))
