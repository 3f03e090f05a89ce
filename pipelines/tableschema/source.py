"""The cells of a resource as a relation in DuckDB: CSV as text, Parquet as typed, without loading either.

DuckDB reads a well-formed CSV in parallel, but skips blank lines, strips blanks before a quote and stops at the first row of another
length. Where a file may hold such a thing it is read by Python's csv module instead, which is slow but keeps every row, and passed on
through a temporary Parquet file.
"""

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.derive.sql import literal
from pipelines.tableschema.declared import Refused, Resource

# No cell holds it, so that DuckDB makes no cell null: what is missing is for the schema to say.
_NO_NULL = "\x01\x02"
_BLOCK = 1 << 20
_BATCH = 50_000
_LONGEST_CELL = 64 << 20


@dataclass(frozen=True)
class Relation:
    """A resource in SQL: ``rows`` is a query of ``__r0, __r1`` … in the file's order, ``kinds`` their types; ``numbered`` adds ``__row`` from 1.

    Where rows may be of another length than the header, ``lengths`` are the least and greatest, and the query has ``__cells``, each
    row's, and ``__extra``, its first cell too many. ``proven`` is false where DuckDB has yet to read the file without refusing it.
    """

    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: str
    numbered: str
    lengths: tuple[int, int] | None = None
    proven: bool = True


def parquet_relation(connection: duckdb.DuckDBPyConnection, resource: Resource) -> Relation:
    """The relation of a Parquet resource; Refused where it cannot be read as Parquet."""
    files = f"read_parquet([{', '.join(literal(str(path)) for path in resource.paths)}])"
    try:
        labels = tuple(pq.read_schema(resource.paths[0]).names)
        aliases = ", ".join(f"__r{n}" for n in range(len(labels)))
        rows = f"SELECT * FROM {files} AS file({aliases})" if labels else f"SELECT NULL AS __r0 FROM {files}"
        described = connection.execute(f"DESCRIBE {rows}").fetchall()
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise Refused(f"is no Parquet that can be read: {_first_line(error)}") from None
    return Relation(
        labels, tuple(str(row[1]) for row in described), rows, f"SELECT row_number() OVER () AS __row, * FROM ({rows})", proven=False
    )


def fast_relation(resource: Resource) -> Relation | None:
    """The relation of a CSV resource as DuckDB reads it; None where that and Python's reading may differ."""
    labels = _labels(resource)
    if (
        not labels
        or resource.encoding not in ("utf-8", "utf8", "ascii", "us-ascii")
        or any(doubtful(path, resource.delimiter) for path in resource.paths)
    ):
        return None
    columns = ", ".join(f"'__r{n}': 'VARCHAR'" for n in range(len(labels)))
    options = (
        f"header={'true' if resource.header else 'false'}, auto_detect=false, delim={literal(resource.delimiter)}, quote={literal(resource.quote)}, "
        f"escape={literal(resource.quote)}, nullstr={literal(_NO_NULL)}, strict_mode=true, max_line_size={_LONGEST_CELL}, columns={{{columns}}}"
    )
    source = f"read_csv([{', '.join(literal(str(path)) for path in resource.paths)}], {options})"
    numbered = f"SELECT row_number() OVER () AS __row, * FROM {source}"
    return Relation(labels, ("VARCHAR",) * len(labels), f"SELECT * FROM {source}", numbered, proven=False)


def copied_relation(resource: Resource, scratch: Path) -> Relation:
    """The relation of a CSV resource as Python reads it, by way of a copy in Parquet; Refused where it is no text in its encoding."""
    labels = _labels(resource)
    copy = scratch / f"{hashlib.sha256(resource.name.encode()).hexdigest()[:16]}.parquet"
    try:
        lengths = _copy(resource, len(labels), copy)
    except UnicodeError as error:
        raise Refused(f"is no text in {resource.encoding}: {_first_line(error)}", "encoding-error") from None
    rows = f"SELECT * EXCLUDE (__row) FROM read_parquet({literal(str(copy))})"
    return Relation(labels, ("VARCHAR",) * len(labels), rows, f"SELECT * FROM read_parquet({literal(str(copy))})", lengths)


def readable(connection: duckdb.DuckDBPyConnection, relation: Relation) -> bool:
    """Whether DuckDB reads every cell of the file."""
    try:
        connection.execute(f"SELECT max(hash(COLUMNS(*))) FROM ({relation.rows})").fetchall()
    except duckdb.Error:
        return False
    return True


def doubtful(path: Path, delimiter: str) -> bool:
    """Whether the file, read once block by block, holds what DuckDB's reader of CSV and Python's may see differently, or is no UTF-8."""
    tail, decoder = b"\n", codecs.getincrementaldecoder("utf-8")()
    mark = re.escape(delimiter.encode())
    blank = re.compile(rb' "(?<=[\n' + mark + rb'] ")|"(?: [\r\n' + mark + rb"]|  )")
    returns = None
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if b"\r" in block or b"\n" in block:
                returns = b"\r" in tail[-1:] + block if returns is None else returns
                if returns != (b"\r" in tail[-1:] + block) or (returns and _lone_ends(tail[-1:] + block)):
                    return True
            if _doubts(block, blank) or _doubts(tail + block[:3], blank):
                return True
            try:
                if decoder.getstate()[0] or not block.isascii():
                    decoder.decode(block)
            except UnicodeDecodeError:
                return True
            tail = block[-3:]
    return bool(decoder.getstate()[0]) or tail.endswith((b"\r", b'" '))


def _doubts(block: bytes, blank: re.Pattern[bytes]) -> bool:
    """Blank lines, blanks before and after quotes, our mark of nothing. ``rfind`` is the fastest of the ways to look for two characters."""
    if block.rfind(b"\n\n") >= 0 or (b"\r" in block and (b"\n\r" in block or b"\r\r" in block)):
        return True
    if (b' "' in block or b'" ' in block) and blank.search(block):
        return True
    return b"\0" in block or (b"\x01" in block and _NO_NULL.encode() in block)


def _lone_ends(block: bytes) -> bool:
    """Whether lines end in more than one way: DuckDB takes the first it sees for all. A block may end between the two characters."""
    pairs = block.count(b"\r\n")
    return pairs < block.count(b"\r", 0, -1) or pairs < block.count(b"\n", 1)


def _labels(resource: Resource) -> tuple[str, ...]:
    if not resource.header:
        return tuple(column.name for column in resource.columns)
    return tuple(next(_lines(resource), []))


def _lines(resource: Resource) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    encoding = "utf-8-sig" if resource.encoding in ("utf-8", "utf8") else resource.encoding
    try:
        yield from csv.reader(_text(resource, encoding), delimiter=resource.delimiter, quotechar=resource.quote)
    except UnicodeError as error:
        raise Refused(f"is no text in {resource.encoding}: {_first_line(error)}", "encoding-error") from None
    except (LookupError, ValueError):
        raise Refused(f"the encoding {resource.encoding!r} is unknown", "encoding-error") from None
    except csv.Error as error:
        raise Refused(f"is no CSV that can be read: {error}") from None


def _text(resource: Resource, encoding: str) -> Iterator[str]:
    """The lines of the files as of one: the first line of each but the first is its header again."""
    for number, path in enumerate(resource.paths):
        with path.open(encoding=encoding, newline="") as stream:
            yield from islice(stream, 1 if number and resource.header else 0, None)


def _copy(resource: Resource, width: int, target: Path) -> tuple[int, int]:
    """Writes every row of the CSV to ``target`` with its number and its number of cells; returns the least and the greatest of these."""
    texts = [f"__r{n}" for n in range(width)]
    schema = pa.schema([("__row", pa.int64()), ("__cells", pa.int64()), ("__extra", pa.string()), *((text, pa.string()) for text in texts)])
    lines = _lines(resource)
    if resource.header:
        next(lines, None)
    least, most = width, width
    with pq.ParquetWriter(target, schema) as writer:
        batch: list[list[str | int | None]] = []
        for row, cells in enumerate(lines, start=1):
            least, most = min(least, len(cells)), max(most, len(cells))
            extra = cells[width] if len(cells) > width else None
            batch.append([row, len(cells), extra, *cells[:width], *([None] * (width - len(cells)))])
            if len(batch) == _BATCH:
                _write(writer, batch, schema)
                batch = []
        _write(writer, batch, schema)
    return least, most


def _write(writer: pq.ParquetWriter, batch: list[list[str | int | None]], schema: pa.Schema) -> None:
    columns: list[Sequence[str | int | None]] = list(zip(*batch, strict=True)) if batch else [[] for _ in schema]
    writer.write_batch(pa.record_batch([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
