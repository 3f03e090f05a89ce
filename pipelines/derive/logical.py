"""The logical hash of a table: equal for equal rows, whatever wrote them, in whatever order, in CSV, Parquet or DuckDB.

A stranger can recompute it in SQL; ``data/README.md`` says how. A cell is ``n`` for null, else ``v``, the length of its text in
characters, a colon and the text: strings as they are, numbers with four decimals, dates as YYYY-MM-DD. A row is the SHA-256 of its cells in
the order of the schema. The table is the SHA-256 of its columns (``name:type``, with commas between) and the sorted hashes of its rows.
"""

from collections.abc import Mapping

from pipelines.derive.sql import literal, name
from pipelines.schema import TYPES


def logical_hash(types: Mapping[str, str], source: str) -> str:
    """The SQL query of a table's logical hash, 64 hexadecimal digits, over any relation that holds its columns.

    ``types`` are the Table Schema types of its columns by name, in order.
    """
    cells = ", ".join(_cell(f"CAST({name(column)} AS {TYPES[kind][1]})") for column, kind in types.items())
    columns = literal(",".join(f"{column}:{kind}" for column, kind in types.items()))
    rows = f"SELECT sha256(concat({cells})) AS row_hash FROM {source}"
    return f"SELECT sha256({columns} || coalesce(string_agg(row_hash, '' ORDER BY row_hash), '')) FROM ({rows})"


def _cell(value: str) -> str:
    text = f"CAST({value} AS VARCHAR)"
    return f"coalesce('v' || length({text}) || ':' || {text}, 'n')"
