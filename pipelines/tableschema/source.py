"""The cells of a resource as a relation in DuckDB: CSV as text, Parquet as typed, without loading either.

DuckDB reads a well-formed CSV in parallel, but skips blank lines, strips blanks before a quote and stops at the first row of another
length. Where a file may hold such a thing it is read by Python's csv module instead, which is slow but keeps every row, and passed on
through a temporary Parquet file.
"""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.derive.sql import literal, name
from pipelines.tableschema.declared import Refused, Resource
from pipelines.tableschema.error import TableError

# No cell holds it, so that DuckDB makes no cell null: what is missing is for the schema to say.
_NO_NULL = "\x01\x02"
_BLOCK = 1 << 20
_BATCH = 50_000
_LONGEST_CELL = 64 << 20
# Rows of another length or cells out of form: after so many one hears only how many more there are.
_LISTED = 1000


@dataclass(frozen=True)
class Relation:
    """A resource in SQL: ``rows`` is a query of one column a field, in order; ``kinds`` their types; ``numbered`` adds ``_row`` from 1."""

    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: str
    numbered: str


def doubtful(path: Path, delimiter: str) -> bool:
    """Whether the file, read once block by block, holds what DuckDB's reader of CSV and Python's may see differently."""
    tail = b"\n"
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if _doubts(block, delimiter) or _doubts(tail + block[:3], delimiter):
                return True
            tail = block[-3:]
    return False


def _doubts(block: bytes, delimiter: str) -> bool:
    """Blank lines, blanks before a quote, our mark of nothing. One character is found ten times as fast as two, so it is asked first."""
    if b"\n\n" in block or (b"\r" in block and (b"\n\r" in block or b"\r\r" in block)):
        return True
    if b' "' in block and (b'\n "' in block or f'{delimiter} "'.encode() in block):
        return True
    return b"\x01" in block and _NO_NULL.encode() in block


def parquet_relation(connection: duckdb.DuckDBPyConnection, resource: Resource) -> Relation:
    """The relation of a Parquet resource; Refused where it cannot be read as Parquet."""
    files = f"[{', '.join(literal(str(path)) for path in resource.paths)}]"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({files})").fetchall()
    except duckdb.Error as error:
        raise Refused(f"is no Parquet that can be read: {_first_line(error)}") from None
    labels, kinds = tuple(str(row[0]) for row in described), tuple(str(row[1]) for row in described)
    renamed = ", ".join(f"{name(label)} AS r{n}" for n, label in enumerate(labels))
    numbered = f"SELECT row_number() OVER () AS _row, {renamed} FROM read_parquet({files})"
    return Relation(labels, kinds, f"SELECT {renamed} FROM read_parquet({files})", numbered)


def csv_relation(connection: duckdb.DuckDBPyConnection, resource: Resource, scratch: Path) -> tuple[Relation, list[TableError]]:
    """The relation of a CSV resource and the errors of its rows' form; Refused where it is no text in its encoding."""
    labels = _labels(resource)
    width = len(labels)
    columns = ", ".join(f"'r{n}': 'VARCHAR'" for n in range(width))
    options = (
        f"header={'true' if resource.header else 'false'}, auto_detect=false, delim={literal(resource.delimiter)}, quote={literal(resource.quote)}, "
        f"escape={literal(resource.quote)}, nullstr={literal(_NO_NULL)}, strict_mode=true, max_line_size={_LONGEST_CELL}, columns={{{columns}}}"
    )
    source = f"read_csv({literal(str(resource.paths[0]))}, {options})"
    plain = Relation(labels, ("VARCHAR",) * width, f"SELECT * FROM {source}", f"SELECT row_number() OVER () AS _row, * FROM {source}")
    utf8 = resource.encoding.lower().replace("_", "-") in ("utf-8", "utf8")
    if width and utf8 and not doubtful(resource.paths[0], resource.delimiter) and _readable(connection, plain):
        return plain, []
    copy = scratch / f"{hashlib.sha256(resource.name.encode()).hexdigest()[:16]}.parquet"
    errors = list(_copied(resource, labels, copy))
    listed = ", ".join(f"r{n}" for n in range(width)) or "NULL AS r0"
    copied = f"read_parquet({literal(str(copy))})"
    return Relation(labels, ("VARCHAR",) * width, f"SELECT {listed} FROM {copied}", f"SELECT _row, {listed} FROM {copied}"), errors


def _readable(connection: duckdb.DuckDBPyConnection, relation: Relation) -> bool:
    try:
        connection.execute(f"SELECT count(*) FROM ({relation.rows})").fetchall()
    except duckdb.Error:
        return False
    return True


def _labels(resource: Resource) -> tuple[str, ...]:
    if not resource.header:
        return tuple(column.name for column in resource.columns)
    first = next(_lines(resource), [])
    return tuple(first)


def _lines(resource: Resource) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    encoding = "utf-8-sig" if resource.encoding.lower() in ("utf-8", "utf8") else resource.encoding
    try:
        with resource.paths[0].open(encoding=encoding, newline="") as stream:
            yield from csv.reader(stream, delimiter=resource.delimiter, quotechar=resource.quote)
    except UnicodeDecodeError as error:
        raise Refused(f"is no text in {resource.encoding}: {error.reason} at byte {error.start}") from None
    except LookupError:
        raise Refused(f"the encoding {resource.encoding!r} is unknown") from None
    except csv.Error as error:
        raise Refused(f"is no CSV that can be read: {error}") from None


def _copied(resource: Resource, labels: tuple[str, ...], target: Path) -> Iterator[TableError]:
    """Writes every row of the CSV to ``target`` with its number; yields an error for each that is blank, too short or too long."""
    width = len(labels)
    schema = pa.schema([("_row", pa.int64()), *((f"r{n}", pa.string()) for n in range(max(width, 1)))])
    lines = _lines(resource)
    if resource.header:
        next(lines, None)
    faults = 0
    with pq.ParquetWriter(target, schema) as writer:
        batch: list[list[str | int | None]] = []
        for row, cells in enumerate(lines, start=1):
            error = _form(resource, labels, row, cells)
            if error is not None:
                faults += 1
                if faults <= _LISTED:
                    yield error
                if error.type == "blank-row":
                    continue
            batch.append([row, *cells[:width], *([None] * (max(width, 1) - len(cells)))])
            if len(batch) == _BATCH:
                _write(writer, batch, schema)
                batch = []
        _write(writer, batch, schema)
    if faults > _LISTED:
        yield TableError(resource.name, "row-error", "form", None, None, faults, f"{faults - _LISTED} more rows are out of form")


def _write(writer: pq.ParquetWriter, batch: list[list[str | int | None]], schema: pa.Schema) -> None:
    columns: list[Sequence[str | int | None]] = list(zip(*batch, strict=True)) if batch else [[] for _ in schema]
    writer.write_batch(pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema))


def _form(resource: Resource, labels: tuple[str, ...], row: int, cells: list[str]) -> TableError | None:
    number = row + 1 if resource.header else row
    if not any(cells):
        return TableError(resource.name, "blank-row", "blank row", number, None, None, "the row is blank")
    if len(cells) < len(labels):
        note = f"the row has {len(cells)} cells (expected {len(labels)})"
        return TableError(resource.name, "missing-cell", "missing cell", number, labels[len(cells)], None, note)
    if len(cells) > len(labels):
        note = f"the row has {len(cells)} cells (expected {len(labels)})"
        return TableError(resource.name, "extra-cell", "extra cell", number, None, cells[len(labels)], note)
    return None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
