"""The logical hash of a table: equal for equal rows, whatever wrote them, in whatever order, in CSV, Parquet or DuckDB.

A stranger can recompute it in SQL; ``data/README.md`` says how. A cell is ``n`` for null, else ``v``, the length of its text in
characters, a colon and the text: strings as they are, numbers with four decimals, dates as YYYY-MM-DD. A row is the SHA-256 of its cells in
the order of the schema. The table is the SHA-256 of its columns (``name:type``, with commas between) and the sorted hashes of its rows.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import duckdb

from pipelines.derive.sql import literal, name
from pipelines.schema import TYPES


def logical_hash(types: Mapping[str, str], source: str) -> str:
    """The SQL query of a table's logical hash, 64 hexadecimal digits, over any relation that holds its columns.

    ``types`` are the Table Schema types of its columns by name, in order.
    """
    every = "coalesce(string_agg(row_hash, '' ORDER BY row_hash), '')"
    return f"SELECT sha256({literal(_columns(types))} || {every}) FROM ({_row_hashes(types, source)})"


def hash_rows(connection: duckdb.DuckDBPyConnection, types: Mapping[str, str], source: str) -> tuple[int, str]:
    """The number of rows and their logical hash, the same as that of the query; sorted within the connection's memory."""
    digest, count = hashlib.sha256(_columns(types).encode()), 0
    reader: Any = connection.sql(f"SELECT row_hash FROM ({_row_hashes(types, source)}) ORDER BY row_hash").to_arrow_reader(100_000)
    for batch in reader:
        digest.update("".join(batch.column(0).to_pylist()).encode())
        count += batch.num_rows
    return count, digest.hexdigest()


def _columns(types: Mapping[str, str]) -> str:
    return ",".join(f"{column}:{kind}" for column, kind in types.items())


def _row_hashes(types: Mapping[str, str], source: str) -> str:
    cells = ", ".join(_cell(f"CAST({name(column)} AS {TYPES[kind][1]})") for column, kind in types.items())
    return f"SELECT sha256(concat({cells})) AS row_hash FROM {source}"


def _cell(value: str) -> str:
    text = f"CAST({value} AS VARCHAR)"
    return f"coalesce('v' || length({text}) || ':' || {text}, 'n')"
