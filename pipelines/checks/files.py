"""The descriptor against the disk: every file declared, hashed and counted, CSV and Parquet with equal rows and types."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.checks.problem import Problem
from pipelines.derive.arrow import arrow_schema
from pipelines.derive.descriptors import TableFiles, resources
from pipelines.derive.sql import literal
from pipelines.package import table_files
from pipelines.paths import Paths
from pipelines.schema import Schema

REBUILD = "Run 'factpack build': nobody edits published files by hand."


def read_tables(paths: Paths, schemas: Mapping[str, Schema]) -> tuple[dict[str, pa.Table], list[Problem]]:
    """The published Parquet tables by name, and a problem for each that is missing or cannot be read as declared."""
    tables, problems = {}, []
    for schema in schemas.values():
        path = paths.tables / f"{schema.name}.parquet"
        try:
            rows = pq.read_table(path)
            tables[schema.name] = rows.cast(pa.schema([pa.field(f.name, f.arrow) for f in schema.fields])).combine_chunks()
        except (OSError, pa.ArrowException, ValueError, KeyError) as error:
            what = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read as the schema declares: {error}"
            problems.append(Problem(schema.name, None, None, "file", path.name, what, REBUILD))
    return tables, problems


def check_files(paths: Paths, schemas: Mapping[str, Schema], tables: Mapping[str, pa.Table]) -> Iterator[Problem]:
    """A problem for each difference between descriptor and disk, and between the two files of a table."""
    yield from _undeclared(paths, schemas)
    present = {table for table in tables if (paths.tables / f"{table}.csv").is_file()}
    for table in sorted(set(schemas) - present):
        if not (paths.tables / f"{table}.csv").is_file():
            yield Problem(table, None, None, "file", f"{table}.csv", "is missing", REBUILD)
    for table in sorted(present):
        yield from _embedded(paths, schemas[table])
        yield from _same_rows(paths, schemas[table], tables[table])
    found = {table: table_files(table, tables[table].num_rows, paths) for table in schemas if table in present}
    yield from _descriptor(paths, schemas, found)


def _undeclared(paths: Paths, schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    declared = {f"{table}.{ending}" for table in schemas for ending in ("csv", "parquet")}
    for path in sorted(paths.tables.glob("*")):
        if path.name not in declared:
            yield Problem(
                path.name, None, None, "undeclared", path.name, "is in data/tables but no schema declares it", f"Remove it. {REBUILD}"
            )


def _descriptor(paths: Paths, schemas: Mapping[str, Schema], found: Mapping[str, TableFiles]) -> Iterator[Problem]:
    try:
        written = json.loads(paths.descriptor.read_text(encoding="utf-8"))
        declared: dict[str, dict[str, Any]] = {resource["name"]: resource for resource in written["resources"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Problem("datapackage.json", None, None, "descriptor", None, f"cannot be read: {error!r}", REBUILD)
        return
    expected = {resource["name"]: resource for resource in resources({t: s for t, s in schemas.items() if t in found}, found)}
    for name in sorted({*declared, *expected}):
        table = name.removesuffix("-parquet")
        if name not in declared:
            yield Problem(table, None, None, "descriptor", name, "resource is not declared in datapackage.json", REBUILD)
        elif name not in expected and table not in schemas:
            yield Problem(table, None, None, "descriptor", name, "resource is declared in datapackage.json but has no schema", REBUILD)
        elif name in expected:
            yield from _differences(name, declared[name], expected[name])


def _differences(name: str, declared: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Problem]:
    for key in sorted({*declared, *expected}):
        if declared.get(key) != expected.get(key):
            value = None if key == "schema" else declared.get(key)
            what = "is not what schemas/ declares" if key == "schema" else f"is not what the disk holds (expected {expected.get(key)!r})"
            yield Problem(
                name.removesuffix("-parquet"), None, None, f"descriptor {key}", value, f"{key} of resource {name!r} {what}", REBUILD
            )


def _embedded(paths: Paths, schema: Schema) -> Iterator[Problem]:
    inside = pq.read_schema(paths.tables / f"{schema.name}.parquet")
    if not inside.equals(arrow_schema(schema), check_metadata=True):
        message = "the Parquet file's own types, nullability or descriptions are not those of schemas/"
        yield Problem(schema.name, None, None, "embedded schema", None, message, REBUILD)


def _same_rows(paths: Paths, schema: Schema, parquet: pa.Table) -> Iterator[Problem]:
    try:
        csv = read_csv(paths.tables / f"{schema.name}.csv", schema)
    except duckdb.Error as error:
        yield Problem(schema.name, None, None, "csv", None, f"the CSV cannot be read as declared: {str(error).splitlines()[0]}", REBUILD)
        return
    if csv.equals(parquet):
        return
    if csv.num_rows != parquet.num_rows:
        yield Problem(
            schema.name, None, None, "csv", csv.num_rows, f"CSV and Parquet differ in rows (expected {parquet.num_rows})", REBUILD
        )
        return
    for f in schema.fields:
        pairs = zip(csv.column(f.name).to_pylist(), parquet.column(f.name).to_pylist(), strict=True)
        for row, (one, other) in enumerate(pairs, start=1):
            if one != other:
                yield Problem(schema.name, row, f.name, "csv", one, f"CSV and Parquet differ (Parquet holds {other!r})", REBUILD)


def read_csv(path: Path, schema: Schema) -> pa.Table:
    """The rows of the published CSV with the declared types; an unquoted empty cell is null."""
    columns = ", ".join(f"{literal(f.name)}: {literal(f.duckdb)}" for f in schema.fields)
    options = (
        f"header=true, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr='', allow_quoted_nulls=false, columns={{{columns}}}"
    )
    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT * FROM read_csv({literal(str(path))}, {options})").to_arrow_table()
    return rows.cast(pa.schema([pa.field(f.name, f.arrow) for f in schema.fields])).combine_chunks()
