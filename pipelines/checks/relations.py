"""Keys, references and rules in DuckDB, with the rows that break them; derived tables recomputed."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.checks.problem import Problem, listed
from pipelines.derive.casualties import derive_tables
from pipelines.derive.sql import Rule, name, rules
from pipelines.errors import ToolError
from pipelines.schema import ForeignKey, Schema

CORRECT = "Correct the value in data/reviews/, or in the lexicon or schema that it comes from, and build again."


def check_relations(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    """A problem for each row that breaks a rule of its schema, and for each derived row that the claims do not yield."""
    with duckdb.connect() as connection:
        for table, rows in tables.items():
            numbered = rows.append_column("_row", pa.array(range(1, rows.num_rows + 1), pa.int64()))
            connection.register(table, numbered)
        for schema in schemas.values():
            yield from _check_table(connection, schema, tables[schema.name])
    yield from _check_derived(tables, schemas)


def count_rules(schemas: Mapping[str, Schema]) -> int:
    """How many rules ``check_relations`` judges."""
    return sum(len(rules(s)) + 2 + sum(f.unique for f in s.fields) + len(s.foreign_keys) + (s.kind == "derived") for s in schemas.values())


def _check_table(connection: duckdb.DuckDBPyConnection, schema: Schema, rows: pa.Table) -> Iterator[Problem]:
    if rows.num_rows < schema.minimum_rows:
        message = f"the table has fewer rows than its schema demands (expected at least {schema.minimum_rows})"
        yield Problem(
            schema.name, None, None, "x-minimum-rows", rows.num_rows, message, "Check that data/ holds what the table is made from."
        )
    for rule in rules(schema):
        yield from listed(_broken(connection, schema, rule))
    for columns in [schema.primary_key, *((f.name,) for f in schema.fields if f.unique and schema.primary_key != (f.name,))]:
        yield from listed(_repeated(connection, schema, columns))
    for key in schema.foreign_keys:
        yield from listed(_dangling(connection, schema, key))
        if key.table == schema.name and len(key.fields) == 1:
            yield from _circles(schema, key, rows)


def _broken(connection: duckdb.DuckDBPyConnection, schema: Schema, rule: Rule) -> Iterator[Problem]:
    columns = [rule.column] if rule.column else _named(rule.sql, schema)
    for row, *values in _select(connection, schema, columns, f"NOT ({rule.sql})", rule.name):
        value = values[0] if rule.column else ", ".join(f"{c} = {v}" for c, v in zip(columns, values, strict=True))
        yield Problem(schema.name, row, rule.column, rule.name, value, rule.message, CORRECT)


def _repeated(connection: duckdb.DuckDBPyConnection, schema: Schema, columns: tuple[str, ...]) -> Iterator[Problem]:
    listing = ", ".join(map(name, columns))
    rule = "primaryKey" if columns == schema.primary_key else "unique"
    given = " AND ".join(f"{name(c)} IS NOT NULL" for c in columns)
    condition = f"{given} AND ({listing}) IN (SELECT ({listing}) FROM {name(schema.name)} GROUP BY {listing} HAVING count(*) > 1)"
    for row, *values in _select(connection, schema, columns, condition, rule):
        message = f"{', '.join(columns)} must not repeat"
        yield Problem(schema.name, row, columns[0], rule, _joined(values), message, "Remove or merge the row that says the same twice.")


def _dangling(connection: duckdb.DuckDBPyConnection, schema: Schema, key: ForeignKey) -> Iterator[Problem]:
    given = " AND ".join(f"t.{name(c)} IS NOT NULL" for c in key.fields)
    equal = " AND ".join(f"o.{name(b)} = t.{name(a)}" for a, b in zip(key.fields, key.target_fields, strict=True))
    condition = f"{given} AND NOT EXISTS (SELECT 1 FROM {name(key.table)} AS o WHERE {equal})"
    for row, *values in _select(connection, schema, key.fields, condition, "foreignKey"):
        message = f"there is no such {', '.join(key.target_fields)} in {key.table}"
        remedy = f"Add the row to {key.table} (data/lexicon/ holds actors, places and conflicts), or correct the value in data/reviews/."
        yield Problem(schema.name, row, key.fields[0], "foreignKey", _joined(values), message, remedy)


def _circles(schema: Schema, key: ForeignKey, rows: pa.Table) -> Iterator[Problem]:
    """A problem for each row from which following the key leads back to the row itself."""
    own, target = rows.column(key.target_fields[0]).to_pylist(), rows.column(key.fields[0]).to_pylist()
    following = {a: b for a, b in zip(own, target, strict=True) if b is not None}
    settled: set[object] = set()
    for row, start in enumerate(own, start=1):
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
    for table, expected in derive_tables({t: rows for t, rows in tables.items() if t not in published}, schemas).items():
        key = schemas[table].primary_key
        stands, should = _by_key(published[table], key), _by_key(expected, key)
        for where in sorted({*stands, *should}):
            if stands.get(where) != should.get(where):
                message = "is not what its SQL derives from the claims"
                what = (
                    "missing"
                    if where not in stands
                    else "not derived"
                    if where not in should
                    else _first_difference(stands[where], should[where])
                )
                yield Problem(
                    table, ", ".join(where), None, "derived", what, message, "Run 'factpack build': derived tables are never edited."
                )


def _by_key(rows: pa.Table, key: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, object]]:
    return {tuple(str(row[column]) for column in key): row for row in rows.to_pylist()}


def _first_difference(stands: Mapping[str, object], should: Mapping[str, object]) -> str:
    return next(f"{column} = {value}, derived {should[column]}" for column, value in stands.items() if value != should[column])


def _select(
    connection: duckdb.DuckDBPyConnection, schema: Schema, columns: tuple[str, ...] | list[str], condition: str, rule: str
) -> list[tuple[Any, ...]]:
    wanted = ", ".join(["t._row", *(f"t.{name(column)}" for column in columns)])
    try:
        return connection.execute(f"SELECT {wanted} FROM {name(schema.name)} AS t WHERE {condition} ORDER BY t._row").fetchall()
    except duckdb.Error as error:
        raise ToolError(f"schemas/{schema.name}.json {rule}: cannot be evaluated: {error}") from error


def _named(sql: str, schema: Schema) -> list[str]:
    words = set(re.findall(r"[a-z_0-9]+", sql))
    return [f.name for f in schema.fields if f.name in words]


def _joined(values: list[object]) -> object:
    return values[0] if len(values) == 1 else ", ".join(map(str, values))
