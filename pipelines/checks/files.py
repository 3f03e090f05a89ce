"""The descriptor against the disk: every file declared, hashed and counted, CSV and Parquet with equal rows and types."""

import json
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.checks.described import REMEDY as REBUILD
from pipelines.checks.described import check_described
from pipelines.checks.problem import LISTED, Problem
from pipelines.checksums import CHECKSUMS, differences, parse_checksums
from pipelines.derive.arrow import arrow_schema
from pipelines.derive.descriptors import TableFiles, resources, sources
from pipelines.derive.parts import parquet, stored
from pipelines.derive.sql import literal, name
from pipelines.errors import InputError
from pipelines.package import tables_on_disk
from pipelines.paths import Paths
from pipelines.schema import Schema
from pipelines.spill import ROW_GROUP, connect, each_row, kept


def read_tables(paths: Paths, schemas: Mapping[str, Schema]) -> tuple[dict[str, pa.Table], list[Problem]]:
    """The published Parquet tables by name, and a problem for each that is missing or cannot be read as declared."""
    tables, problems = {}, []
    for schema in schemas.values():
        files = stored(paths.tables, schema.name, "parquet")
        try:
            tables[schema.name] = _read(files, pa.schema([pa.field(f.name, f.arrow) for f in schema.fields]))
        except (OSError, pa.ArrowException, ValueError, KeyError) as error:
            what = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read as the schema declares: {error}"
            problems.append(Problem(schema.name, None, None, "file", files[0].name, what, REBUILD))
    return tables, problems


def _read(files: Sequence[Path], wanted: pa.Schema) -> pa.Table:
    """The rows with these types, in the order of the files; an error of Arrow where that cannot be."""
    return kept(chain.from_iterable(_batches(path, wanted) for path in files), wanted)


def _batches(path: Path, wanted: pa.Schema) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        # Other columns are refused in a file without rows too.
        file.schema_arrow.empty_table().cast(wanted)
        yield from file.iter_batches(ROW_GROUP)


def check_files(
    paths: Paths, schemas: Mapping[str, Schema], tables: Mapping[str, pa.Table], only: Collection[str] | None = None
) -> Iterator[Problem]:
    """A problem for each difference between descriptor and disk, and between the two files of a table; ``only`` compares those alone."""
    yield from _undeclared(paths, schemas)
    if only is None:
        yield from _checksums(paths)
    missing = {table for table in schemas if not stored(paths.tables, table, "csv")[0].is_file()}
    for table in sorted(missing):
        yield Problem(table, None, None, "file", f"{table}.csv", "is missing", REBUILD)
    present = set(tables) - missing
    with connect() as connection:
        for table, schema in schemas.items():
            if only is None or table in only:
                yield from _embedded(paths, schema)
                yield from _same_rows(connection, paths, schema) if table in present else ()
    found = tables_on_disk([schemas[table] for table in schemas if table in present], paths)
    written = yield from _descriptor(paths, schemas, found, tables.get("articles"))
    if written is not None and only is None and len(found) == len(schemas):
        yield from check_described(paths, schemas, found, tables, written)


def _undeclared(paths: Paths, schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    declared = {path for table in schemas for ending in ("csv", "parquet") for path in stored(paths.tables, table, ending)}
    for path in sorted(paths.tables.glob("*")):
        if path not in declared:
            yield Problem(
                path.name, None, None, "undeclared", path.name, "is in data/tables but no schema declares it", f"Remove it. {REBUILD}"
            )


def _checksums(paths: Paths) -> Iterator[Problem]:
    """A problem for each file of a release that its checksums.txt does not name as it is; other packages have none."""
    path = paths.root / CHECKSUMS
    if not path.is_file():
        return
    try:
        sums = parse_checksums(path.read_bytes(), CHECKSUMS)
        for file, message in differences(paths.root, sums):
            yield Problem(file, None, None, "checksum", None, message, "Get the release again: nobody edits published files by hand.")
    except InputError as error:
        yield Problem(CHECKSUMS, None, None, "checksum", None, str(error), "Get the release again: nobody edits published files by hand.")


def _descriptor(
    paths: Paths, schemas: Mapping[str, Schema], found: Mapping[str, TableFiles], articles: pa.Table | None
) -> Generator[Problem, None, Mapping[str, Any] | None]:
    """A problem for each difference; returns the descriptor, None where it cannot be read."""
    try:
        written = json.loads(paths.descriptor.read_text(encoding="utf-8"))
        declared: dict[str, dict[str, Any]] = {resource["name"]: resource for resource in written["resources"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        yield Problem("datapackage.json", None, None, "descriptor", None, f"cannot be read: {error!r}", REBUILD)
        return None
    if articles is not None and written.get("sources") != (wanted := sources(each_row(articles))):
        message = f"the sources are not the rows of articles (expected {len(wanted)})"
        yield Problem("datapackage.json", None, None, "descriptor sources", len(written.get("sources") or ()), message, REBUILD)
    expected = {resource["name"]: resource for resource in resources({t: s for t, s in schemas.items() if t in found}, found)}
    for resource in sorted({*declared, *expected}):
        table = resource.removesuffix("-parquet")
        if resource not in declared:
            yield Problem(table, None, None, "descriptor", resource, "resource is not declared in datapackage.json", REBUILD)
        elif resource not in expected and table not in schemas:
            yield Problem(table, None, None, "descriptor", resource, "resource is declared in datapackage.json but has no schema", REBUILD)
        elif resource in expected:
            yield from _differences(resource, declared[resource], expected[resource])
    return written  # type: ignore[no-any-return]


def _differences(resource: str, declared: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Problem]:
    for key in sorted({*declared, *expected}):
        if declared.get(key) != expected.get(key):
            value = None if key == "schema" else declared.get(key)
            what = "is not what schemas/ declares" if key == "schema" else f"is not what the disk holds (expected {expected.get(key)!r})"
            message = f"{key} of resource {resource!r} {what}"
            yield Problem(resource.removesuffix("-parquet"), None, None, f"descriptor {key}", value, message, REBUILD)


def _embedded(paths: Paths, schema: Schema) -> Iterator[Problem]:
    """A problem for each column whose type, nullability or meaning inside the Parquet file is not the declared one."""
    for path in stored(paths.tables, schema.name, "parquet"):
        try:
            inside = pq.read_schema(path)
        except (OSError, pa.ArrowException):
            continue  # read_tables said so
        yield from _embedded_in(inside, schema)


def _embedded_in(inside: pa.Schema, schema: Schema) -> Iterator[Problem]:
    wanted = arrow_schema(schema)
    rule, different = "embedded schema", False
    for n, f in enumerate(wanted):
        there = inside.field(n) if n < len(inside) else None
        if there is None or not there.equals(f, check_metadata=True):
            different = True
            found = "nothing" if there is None else f"{there.name} {there.type}{'' if there.nullable else ' not null'}"
            message = (
                f"the Parquet file's own column is not that of schemas/ (expected {f.name} {f.type}{'' if f.nullable else ' not null'})"
            )
            yield Problem(schema.name, None, f.name, rule, found, message, REBUILD)
    if not different and not inside.equals(wanted, check_metadata=True):
        message = "the Parquet file's own columns or descriptions are not those of schemas/"
        yield Problem(schema.name, None, None, rule, None, message, REBUILD)


def _same_rows(connection: duckdb.DuckDBPyConnection, paths: Paths, schema: Schema) -> Iterator[Problem]:
    """A problem for each cell in which the two files differ; they are read side by side, neither of them whole."""
    places = range(len(schema.fields))
    csv = csv_query(stored(paths.tables, schema.name, "csv"), schema)
    typed = _parquet_cells(stored(paths.tables, schema.name, "parquet"), schema)
    try:
        rows, expected = (connection.execute(f"SELECT count(*) FROM ({cells})").fetchall()[0][0] for cells in (csv, typed))
        if rows != expected:
            yield Problem(schema.name, None, None, "csv", rows, f"CSV and Parquet differ in rows (expected {expected})", REBUILD)
            return
        both = f"FROM (SELECT row_number() OVER () AS _row, * FROM ({csv})) POSITIONAL JOIN ({typed})"
        differ = [f"c{n} IS DISTINCT FROM p{n}" for n in places]
        counts = connection.execute(f"SELECT {', '.join(f'count(*) FILTER (WHERE {d})' for d in differ)} {both}").fetchall()[0]
        for n in (n for n in places if counts[n]):
            found = connection.execute(f"SELECT _row, CAST(c{n} AS VARCHAR), CAST(p{n} AS VARCHAR) {both} WHERE {differ[n]} ORDER BY _row")
            yield from _unequal(schema, n, found.fetchmany(LISTED), counts[n])
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        yield Problem(schema.name, None, None, "csv", None, f"the CSV cannot be read as declared: {str(error).splitlines()[0]}", REBUILD)


def _unequal(schema: Schema, n: int, rows: list[tuple[int, object, object]], count: int) -> Iterator[Problem]:
    column = schema.fields[n].name
    for row, one, other in rows:
        yield Problem(schema.name, row, column, "csv", one, f"CSV and Parquet differ (Parquet holds {other!r})", REBUILD)
    if count > LISTED:
        yield Problem(schema.name, None, column, "csv", None, f"{count - LISTED:,} more cells differ", REBUILD)


def csv_query(files: Sequence[Path], schema: Schema) -> str:
    """The query of the published CSV, in one file or in parts, with the declared types; an unquoted empty cell is null."""
    columns = ", ".join(f"'c{n}': {literal(f.duckdb)}" for n, f in enumerate(schema.fields))
    options = (
        f"header=true, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr='', allow_quoted_nulls=false, columns={{{columns}}}"
    )
    return f"SELECT * FROM read_csv([{', '.join(literal(str(path)) for path in files)}], {options})"


def _parquet_cells(files: Sequence[Path], schema: Schema) -> str:
    cells = ", ".join(f"CAST({name(f.name)} AS {f.duckdb}) AS p{n}" for n, f in enumerate(schema.fields))
    return f"SELECT {cells} FROM {parquet(files)}"
