"""The logical hash of a table: equal for equal rows, whatever wrote them, in whatever order, in CSV, Parquet or DuckDB.

A stranger can recompute it in SQL; ``data/README.md`` says how. A cell is ``n`` for null, else ``v``, the length of its text in
characters, a colon and the text: strings as they are, numbers with four decimals, dates as YYYY-MM-DD. A row is the SHA-256 of its cells in
the order of the schema. The table is the SHA-256 of its columns (``name:type``, with commas between) and the sorted hashes of its rows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.derive.parts import parquet, rows_in
from pipelines.derive.sql import literal, name
from pipelines.schema import TYPES
from pipelines.spill import connect

_FEW_CELLS = 20_000


def logical_hash(types: Mapping[str, str], source: str) -> str:
    """The SQL query of a table's logical hash, 64 hexadecimal digits, over any relation that holds its columns.

    ``types`` are the Table Schema types of its columns by name, in order.
    """
    every = "coalesce(string_agg(row_hash, '' ORDER BY row_hash), '')"
    return f"SELECT sha256({literal(_columns(types))} || {every}) FROM ({_row_hashes(types, source)})"


def hash_rows(types: Mapping[str, str], rows: pa.Table) -> str:
    """The logical hash of the rows, the same as that of the query; of many rows sorted within the limit of memory."""
    if (few := _of_few(types, rows)) is not None:
        return few
    with connect() as connection:
        connection.register("rows", rows)
        return _of_many(connection, types, "rows")[1]


def hash_files(types: Mapping[str, str], files: Sequence[Path]) -> tuple[int, str]:
    """The number of rows in Parquet files and their logical hash."""
    count = sum(rows_in(files))
    if count * len(types) <= _FEW_CELLS:
        rows = pa.concat_tables(pq.ParquetFile(path).read() for path in files)
        if (few := _of_few(types, rows)) is not None:
            return count, few
    with connect() as connection:
        return _of_many(connection, types, parquet(files))


def _of_many(connection: duckdb.DuckDBPyConnection, types: Mapping[str, str], source: str) -> tuple[int, str]:
    digest, count = hashlib.sha256(_columns(types).encode()), 0
    reader: Any = connection.sql(f"SELECT row_hash FROM ({_row_hashes(types, source)}) ORDER BY row_hash").to_arrow_reader(100_000)
    for batch in reader:
        digest.update("".join(batch.column(0).to_pylist()).encode())
        count += batch.num_rows
    return count, digest.hexdigest()


def _of_few(types: Mapping[str, str], rows: pa.Table) -> str | None:
    """The same without a database, which needs longer to begin than Python to end; None where the rows are many or not of these types."""
    named = all(name in rows.column_names and rows.schema.field(name).type == TYPES[kind][0] for name, kind in types.items())
    if not named or rows.num_rows * len(types) > _FEW_CELLS:
        return None
    try:
        columns = [[_spelled(value) for value in rows.column(name).to_pylist()] for name in types]
    except (OverflowError, ValueError):  # a day that Python does not know
        return None
    hashes = sorted(hashlib.sha256("".join(cells).encode()).hexdigest() for cells in zip(*columns, strict=True))
    return hashlib.sha256((_columns(types) + "".join(hashes)).encode()).hexdigest()


def _spelled(value: object) -> str:
    """The cell as ``_cell`` spells it."""
    if value is None:
        return "n"
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return f"v{len(text)}:{text}"


def _columns(types: Mapping[str, str]) -> str:
    return ",".join(f"{column}:{kind}" for column, kind in types.items())


def _row_hashes(types: Mapping[str, str], source: str) -> str:
    cells = ", ".join(_cell(f"CAST({name(column)} AS {TYPES[kind][1]})") for column, kind in types.items())
    return f"SELECT sha256(concat({cells})) AS row_hash FROM {source}"


def _cell(value: str) -> str:
    text = f"CAST({value} AS VARCHAR)"
    return f"coalesce('v' || length({text}) || ':' || {text}, 'n')"
