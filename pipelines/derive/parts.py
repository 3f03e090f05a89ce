"""Tables in parts: above ``PART_ROWS`` rows a table is several files of so many rows each, ``evidence-00001.csv`` and on."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.derive.sql import literal
from pipelines.spill import ROW_GROUP

# A file of so many rows of evidence weighs about 250 MB as CSV: a stranger can still copy it, open it and get it again.
PART_ROWS = 8 * ROW_GROUP
_PART = re.compile(r"(?P<table>.+)-[0-9]{5}")
_BLOCK = 1 << 20


def cut(rows: pa.Table, folder: Path, table: str, ending: str) -> Iterator[tuple[Path, pa.Table]]:
    """Each file that the table is published as, and the rows in it."""
    for number, start in enumerate(range(0, max(1, rows.num_rows), PART_ROWS), start=1):
        yield folder / file_name(table, rows.num_rows, ending, number), rows.slice(start, PART_ROWS)


def file_name(table: str, rows: int, ending: str, number: int = 1) -> str:
    """The name of the ``number``-th file of a table with so many rows."""
    return f"{table}-{number:05}.{ending}" if rows > PART_ROWS else f"{table}.{ending}"


def stored(folder: Path, table: str, ending: str) -> list[Path]:
    """The files on disk that hold the table, in order; where there are none, the one that should be there."""
    whole = folder / f"{table}.{ending}"
    return [whole] if whole.exists() else by_table(folder, ending).get(table, [whole])


def by_table(folder: Path, ending: str) -> dict[str, list[Path]]:
    """The files of each table in the folder, in order: the whole one where there is one, else its parts."""
    whole: dict[str, list[Path]] = {}
    parts: dict[str, list[Path]] = {}
    for path in sorted(folder.glob(f"*.{ending}")):
        if match := _PART.fullmatch(path.stem):
            parts.setdefault(match["table"], []).append(path)
        else:
            whole[path.stem] = [path]
    return parts | whole


def parquet(paths: Sequence[str | Path], options: str = "") -> str:
    """The SQL of the rows of Parquet files, one after the other."""
    files = ", ".join(literal(str(path)) for path in paths)
    return f"read_parquet({files if len(paths) == 1 else f'[{files}]'}{options})"


def numbered(paths: Sequence[str | Path], columns: str = "*", rows: Sequence[int] = ()) -> str:
    """The query of the rows of Parquet files with the number of each row, from 1, as ``_row``; ``rows`` are those of each file, where
    it need not be cut as here."""
    starts = [sum(rows[:n]) if rows else n * PART_ROWS for n in range(len(paths))]
    return " UNION ALL ".join(
        f"SELECT file_row_number + {start + 1} AS _row, {columns} FROM {parquet([path], ', file_row_number = true')}"
        for path, start in zip(paths, starts, strict=True)
    )


def rows_in(paths: Sequence[Path]) -> list[int]:
    """How many rows each Parquet file holds; an error of Arrow or OSError where one cannot be read."""
    return [pq.read_metadata(path).num_rows for path in paths]


def digest(paths: Sequence[Path]) -> tuple[str, int]:
    """The SHA-256 and size in bytes of CSV files as the one file that they would be: with one header."""
    sha256, size = hashlib.sha256(), 0
    for number, path in enumerate(paths):
        with path.open("rb") as stream:
            if number:
                stream.readline()
            while block := stream.read(_BLOCK):
                sha256.update(block)
                size += len(block)
    return sha256.hexdigest(), size
