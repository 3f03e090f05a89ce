"""Rules across rows and tables in DuckDB, with the rows that break them; rows that run in circles; derived tables recomputed."""

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.checks.problem import Problem, listed
from pipelines.derive.casualties import derive_tables
from pipelines.derive.sql import name
from pipelines.errors import ToolError
from pipelines.schema import CrossCheck, ForeignKey, Schema
from pipelines.spill import connect, numbered

CORRECT = "Correct the value in data/reviews/, or in the lexicon or schema that it comes from, and build again."


def check_relations(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    """A problem for each row that contradicts another, and for each derived row that the claims do not yield."""
    with connect() as connection:
        for table, rows in tables.items():
            connection.register(table, numbered(rows))
        for schema in schemas.values():
            for n, check in enumerate(schema.cross_checks, start=1):
                yield from listed(_contradictions(connection, schema, n, check))
        for schema in schemas.values():
            yield from listed(_unsorted(connection, schema))
        for schema in schemas.values():
            for key in schema.foreign_keys:
                if key.table == schema.name and len(key.fields) == 1:
                    yield from _circles(connection, schema, key)
    yield from _check_derived(tables, schemas)


def count_relations(schemas: Mapping[str, Schema]) -> int:
    """How many rules ``check_relations`` judges."""
    inner = sum(key.table == s.name and len(key.fields) == 1 for s in schemas.values() for key in s.foreign_keys)
    return inner + len(schemas) + sum(len(s.cross_checks) + (s.kind == "derived") for s in schemas.values())


def _contradictions(connection: duckdb.DuckDBPyConnection, schema: Schema, n: int, check: CrossCheck) -> Iterator[Problem]:
    rule = f"crossCheck {n}"
    sql = f"SELECT t._row, t.{name(check.column)} FROM {name(schema.name)} AS t WHERE NOT ({check.sql}) ORDER BY t._row"
    try:
        found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise ToolError(f"schemas/{schema.name}.json {rule}: cannot be evaluated: {error}") from error
    for row, value in found:
        yield Problem(schema.name, row, check.column, rule, value, check.message, CORRECT)


def _unsorted(connection: duckdb.DuckDBPyConnection, schema: Schema) -> Iterator[Problem]:
    """A problem for each row that stands behind one of a greater key: the same rows are published in one order only."""
    keys = ", ".join(name(column) for column in schema.primary_key)
    before = ", ".join(f"lag({name(column)}) OVER (ORDER BY _row)" for column in schema.primary_key)
    first = name(schema.primary_key[0])
    sql = f"SELECT _row, {first} FROM (SELECT _row, {first}, ROW({keys}) < ROW({before}) AS late FROM {name(schema.name)}) WHERE late AND _row > 1 ORDER BY _row"
    for row, value in connection.execute(sql).fetchall():
        message = "stands behind a row with a greater key (expected rows in the order of their key)"
        yield Problem(schema.name, row, schema.primary_key[0], "order", value, message, "Run 'factpack build': it sorts the rows.")


def _circles(connection: duckdb.DuckDBPyConnection, schema: Schema, key: ForeignKey) -> Iterator[Problem]:
    """A problem for each row from which following the key leads back to the row itself; rows that point nowhere, or at such a row, are in no circle."""
    own, target = name(key.target_fields[0]), name(key.fields[0])
    pointing = f"SELECT _row, {own}, {target} FROM {name(schema.name)} WHERE {target} IS NOT NULL"
    on = f"{target} IN (SELECT {own} FROM pointing)"
    rows = connection.execute(f"WITH pointing AS ({pointing}) FROM pointing WHERE {on} ORDER BY _row").fetchall()
    following = {a: b for _, a, b in rows}
    settled: set[object] = set()
    for row, start, _ in rows:
        path: dict[object, None] = {}
        at: object = start
        while at is not None and at not in settled and at not in path:
            path[at] = None
            at = following.get(at)
        if at is not None and at in path:
            chain = [*list(path)[list(path).index(at) :], at]
            yield Problem(
                schema.name, row, key.fields[0], "circle", " -> ".join(map(str, chain)), "rows point at each other in a circle", CORRECT
            )
        settled |= path.keys()


def _check_derived(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    published = {table: rows for table, rows in tables.items() if schemas[table].kind == "derived"}
    try:
        derived = derive_tables({t: rows for t, rows in tables.items() if t not in published}, schemas)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        # A number so large that its ratio has no place in the column.
        message = f"cannot be derived from the claims: {str(error).splitlines()[0]}"
        yield from (Problem(table, None, None, "derived", None, message, CORRECT) for table in published)
        return
    for table, expected in derived.items():
        if published[table].equals(expected):
            continue
        key = schemas[table].primary_key
        stands, should = _by_key(published[table], key), _by_key(expected, key)
        for where in sorted({*stands, *should}):
            if stands.get(where) != should.get(where):
                row, column, value, what = _difference(where, stands, should)
                yield Problem(
                    table, row, column or key[0], "derived", value, what, "Run 'factpack build': derived tables are never edited."
                )


Numbered = dict[tuple[str, ...], tuple[int, dict[str, object]]]


def _by_key(rows: pa.Table, key: tuple[str, ...]) -> Numbered:
    return {tuple(str(row[column]) for column in key): (n, row) for n, row in enumerate(rows.to_pylist(), start=1)}


def _difference(where: tuple[str, ...], stands: Numbered, should: Numbered) -> tuple[int | str, str | None, object, str]:
    """Row (its key where it is missing), column, value and message of the first difference between what stands and what is derived."""
    if where not in stands:
        return ", ".join(where), None, None, "the claims yield this row, but it is missing"
    row, values = stands[where]
    if where not in should:
        return row, None, ", ".join(where), "the claims do not yield this row"
    column, value = next((c, v) for c, v in values.items() if v != should[where][1][c])
    return row, column, value, f"is not what its SQL derives from the claims (expected {should[where][1][column]})"
