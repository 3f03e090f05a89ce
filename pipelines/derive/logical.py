"""The logical hash of a table: equal for equal rows, whatever wrote them, in whatever order, in CSV, Parquet or DuckDB.

A stranger can recompute it in SQL; ``data/README.md`` says how. A cell is ``n`` for null, else ``v``, the length of its text in
characters, a colon and the text: strings as they are, numbers with four decimals, dates as YYYY-MM-DD. A row is the SHA-256 of its cells in
the order of the schema. The table is the SHA-256 of its columns (``name:type``, with commas between) and the sorted hashes of its rows.
"""

from pipelines.derive.sql import literal, name
from pipelines.schema import Schema


def logical_hash(schema: Schema, source: str) -> str:
    """The SQL query of the table's logical hash, 64 hexadecimal digits, over any relation that holds its columns."""
    cells = ", ".join(_cell(f"CAST({name(f.name)} AS {f.duckdb})") for f in schema.fields)
    columns = literal(",".join(f"{f.name}:{f.type}" for f in schema.fields))
    rows = f"SELECT sha256(concat({cells})) AS row_hash FROM {source}"
    return f"SELECT sha256({columns} || coalesce(string_agg(row_hash, '' ORDER BY row_hash), '')) FROM ({rows})"


def _cell(value: str) -> str:
    text = f"CAST({value} AS VARCHAR)"
    return f"coalesce('v' || length({text}) || ':' || {text}, 'n')"
