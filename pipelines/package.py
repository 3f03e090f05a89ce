"""The published files: every table as CSV and Parquet, descriptor, dictionary and database, staged below the scratch folder."""

import functools
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.as_of import write_history
from pipelines.checksums import sha256_of
from pipelines.derive.arrow import arrow_schema
from pipelines.derive.citation import citation_cff, zenodo
from pipelines.derive.coverage import coverage
from pipelines.derive.croissant import croissant
from pipelines.derive.descriptors import StoredFile, TableFiles, datapackage
from pipelines.derive.dictionary import dictionary
from pipelines.derive.logical import hash_files
from pipelines.derive.metadata import Metadata, read_metadata
from pipelines.derive.parts import cut, digest, stored
from pipelines.derive.schemaorg import schema_org
from pipelines.derive.sql import comments, create_table, fill_table, literal, name, ordered
from pipelines.derive.verification import verification_sql
from pipelines.derive.views import package_view, views, views_sql
from pipelines.errors import DataError, ToolError
from pipelines.history import NOTHING_RELEASED, History
from pipelines.paths import Paths
from pipelines.schema import Schema
from pipelines.spill import ROW_GROUP, connect, each_row
from pipelines.verifier import SOURCE

# Newer defaults are refused by DuckDB 1.x and by every browser build.
STORAGE_VERSION = "v1.2.0"
# Each column of each table takes a block or more: with DuckDB's own 256 KiB a small package weighs 18 MB in place of 2.
SMALL_BLOCK, BLOCK, SMALL = 16_384, 262_144, 50_000_000


def stage(
    tables: Mapping[str, pa.Table],
    schemas: Mapping[str, Schema],
    about: Mapping[str, Any],
    paths: Paths,
    history: History = NOTHING_RELEASED,
) -> Path:
    """The root of the staged tree: the same layout as the repository, with every file that a build publishes.

    For callers inside ``swap.locked``, which first completes a swap that was cut short: what it had staged goes here.

    The database is left out where its keys or checks refuse the rows: the checks name these rows, and ``swap`` refuses
    a tree without it.
    """
    metadata = read_metadata(about)
    staged = Paths(paths.scratch / "stage")
    shutil.rmtree(staged.root, ignore_errors=True)
    staged.tables.mkdir(parents=True)
    made = {table: shaped(tables, schema) for table, schema in schemas.items()}
    write_tables(made, staged.tables)
    files = tables_on_disk(schemas.values(), staged)
    descriptor = datapackage(schemas, files, metadata, each_row(made["articles"]) if "articles" in made else ())
    _write_text(staged.descriptor, json_text(descriptor))
    for path, text in companions(staged, metadata, schemas, files, made, descriptor["sources"]).items():
        _write_text(path, text)
    places = {table: [file.path for file in found.parquet] for table, found in files.items()}
    _write_text(staged.verifier, SOURCE.read_text(encoding="utf-8"))
    _write_text(staged.verification_sql, verification_sql(schemas, places))
    _write_text(staged.views_sql, views_sql(schemas, places))
    write_database(staged.database, made, schemas, history, package_view(metadata, sha256_of(staged.descriptor)))
    return staged.root


def companions(
    paths: Paths,
    metadata: Metadata,
    schemas: Mapping[str, Schema],
    files: Mapping[str, TableFiles],
    tables: Mapping[str, pa.Table],
    known: Sequence[Mapping[str, str]],
) -> dict[Path, str]:
    """The text of each file beside ``datapackage.json`` that says what the package is, by path; ``known`` are its sources."""
    covered = coverage(tables, schemas)
    in_parts = [table for table, found in files.items() if len(found.parquet) > 1]
    return {
        paths.dictionary: dictionary(schemas, tables, metadata, in_parts),
        paths.croissant: json_text(croissant(metadata, schemas, files, covered)),
        paths.schema_org: json_text(schema_org(metadata, schemas, files, known, covered)),
        paths.citation: citation_cff(metadata),
        paths.zenodo: json_text(zenodo(metadata)),
    }


def write_tables(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Nothing; the folder holds each table as CSV and as Parquet, a large one in parts. The two are written side by side: each leaves a core idle."""

    def write(how: Callable[[pa.Table, Path], None], ending: str) -> None:
        for table, rows in tables.items():
            for path, part in cut(rows, folder, table, ending):
                how(part, path)

    with connect() as connection, ThreadPoolExecutor(2) as pool:
        list(pool.map(write, (functools.partial(_copy_csv, connection), write_parquet), ("csv", "parquet")))


def write_csv(rows: pa.Table, path: Path) -> None:
    """Nothing; the file holds the rows in UTF-8 with line feeds, quotes only where needed, null as an empty cell."""
    with connect() as connection:
        _copy_csv(connection, rows, path)


def _copy_csv(connection: duckdb.DuckDBPyConnection, rows: pa.Table, path: Path) -> None:
    # One writer for all CSV: Python's leaves a carriage return unquoted, Arrow's quotes every string.
    connection.register("rows", rows)
    connection.execute(
        f"COPY (SELECT * FROM rows) TO {literal(str(path))} (FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '')"
    )
    connection.unregister("rows")


def write_parquet(rows: pa.Table, path: Path) -> None:
    """Nothing; the file holds the rows with their descriptions, compressed with zstd."""
    pq.write_table(rows, path, compression="zstd", compression_level=3, row_group_size=ROW_GROUP)


def write_database(
    path: Path, tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema], history: History, which: Sequence[str]
) -> bool:
    """Whether the rows kept every key and check, so that the DuckDB file with tables, comments and views stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        block = SMALL_BLOCK if sum(rows.nbytes for rows in tables.values()) < SMALL else BLOCK
        with _attached(path, block) as connection:
            for schema in ordered(schemas):
                connection.execute(create_table(schema))
                _fill(connection, schema, tables[schema.name])
            for statement in [line for schema in schemas.values() for line in comments(schema)] + [*views(schemas), *which]:
                connection.execute(statement)
            write_history(connection, history)
    except duckdb.ConstraintException:
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        return False
    return True


@contextmanager
def _attached(path: Path, block: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that uses the new file, whose blocks have so many bytes."""
    with connect() as connection:
        connection.execute(f"ATTACH {literal(str(path))} AS package (STORAGE_VERSION '{STORAGE_VERSION}', BLOCK_SIZE {block})")
        try:
            connection.execute("USE package")
            yield connection
        finally:
            connection.execute("USE memory; DETACH package")


def _fill(connection: duckdb.DuckDBPyConnection, schema: Schema, rows: pa.Table) -> None:
    connection.register("incoming", rows)
    target = name(schema.name)
    if any(key.table == schema.name for key in schema.foreign_keys):
        while connection.execute(fill_table(schema, "incoming")).fetchall() != [(0,)]:
            pass
    else:
        connection.execute(f"INSERT INTO {target} SELECT * FROM incoming")
    if connection.execute(f"SELECT count(*) FROM {target}").fetchall() != [(rows.num_rows,)]:
        raise duckdb.ConstraintException(f"{schema.name}: rows point at each other in a circle, or at rows that are not there")
    connection.unregister("incoming")


def shaped(tables: Mapping[str, pa.Table], schema: Schema) -> pa.Table:
    """The table with the declared types and descriptions; a DataError where CSV could not tell what a cell holds."""
    if schema.name not in tables:
        raise ToolError(f"{schema.name}: no rows were built (expected a table, if only an empty one)")
    rows, wanted = tables[schema.name], arrow_schema(schema)
    if rows.schema.names != wanted.names or rows.schema.types != wanted.types:
        raise ToolError(
            f"{schema.name}: columns are {rows.schema.to_string(show_field_metadata=False)!r} (expected those of schemas/{schema.name}.json)"
        )
    for column in (f.name for f in schema.fields if f.type == "string"):
        if (at := pc.index(rows.column(column), "").as_py()) >= 0:
            raise DataError(f"{schema.name} row {at + 1} {column}: an empty string cannot be told from null in CSV (expected null)")
    # A null where none may be is for the checks to name; a file that cannot be written would hide it.
    fields = [f.with_nullable(f.nullable or rows.column(f.name).null_count > 0) for f in wanted]
    return pa.Table.from_arrays(rows.columns, schema=pa.schema(fields, metadata=wanted.metadata))


def tables_on_disk(schemas: Iterable[Schema], paths: Paths) -> dict[str, TableFiles]:
    """What is on disk for each table: its rows and logical hash, and the paths from the root, hashes and sizes of its files."""
    found = {}
    for schema in schemas:
        csv, parquet = (stored(paths.tables, schema.name, ending) for ending in ("csv", "parquet"))
        count, logical = hash_files(schema.types, parquet)
        one, other = ([_stored(path, paths.root) for path in files] for files in (csv, parquet))
        found[schema.name] = TableFiles(count, f"sha256:{logical}", one, other, digest(csv))
    return found


def _stored(path: Path, root: Path) -> StoredFile:
    return StoredFile(path.relative_to(root).as_posix(), sha256_of(path), path.stat().st_size)


def json_text(value: object) -> str:
    """The value as the published JSON files hold it: indented, in UTF-8, with a line feed at the end."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
