"""Tables as files, put together from pieces: what an earlier run wrote of a piece is copied as bytes."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow.parquet as pq

from pipelines.derive.sql import literal, name
from pipelines.results.files import stamp
from pipelines.results.layout import Layout
from pipelines.results.splice import copy, splice

Parts = Iterable[tuple[str, Path]]


@dataclass(frozen=True)
class Written:
    """A file of CSV that a run wrote: its place and stamp, and where in it the rows of each piece begin and how many bytes they take."""

    path: str
    stamp: list[int]
    places: Mapping[str, tuple[int, int]]

    def open(self) -> BinaryIO | None:
        """The file, where it is as the run left it."""
        try:
            return Path(self.path).open("rb") if stamp(Path(self.path)) == self.stamp else None
        except OSError:
            return None


def write_parts_as_parquet(parts: Parts, layout: Layout, path: Path) -> None:
    """Nothing; the file holds the rows of all parts, a part a row group."""
    files = [file for _, file in parts]
    if files:
        splice(files, path)
    else:
        pq.write_table(layout.columns.empty_table(), path, compression="zstd", compression_level=3)


def write_parts_as_csv(
    parts: Parts, layout: Layout, path: Path, last: Written | None, connection: duckdb.DuckDBPyConnection
) -> dict[str, tuple[int, int]]:
    """Where the rows of each part stand in the file, which holds them all; ``last`` is where they stood before."""
    write_query_as_csv(f"SELECT {', '.join(f'NULL AS {name(f.name)}' for f in layout.columns)} WHERE false", path, connection)
    places: dict[str, tuple[int, int]] = {}
    source = last.open() if last else None
    try:
        with path.open("r+b") as target:
            at = target.seek(0, os.SEEK_END)
            for digest, file in parts:
                if source and last and digest in last.places:
                    _copy(source, target, *last.places[digest])
                else:
                    _add(file, target, connection)
                places[digest] = (at, target.tell() - at)
                at = target.tell()
    finally:
        if source:
            source.close()
    return places


def write_query_as_csv(query: str, path: Path, connection: duckdb.DuckDBPyConnection, header: bool = True) -> None:
    """Nothing; the file holds what the query gives, as ``write_csv`` writes it."""
    connection.execute(
        f"COPY ({query}) TO {literal(str(path))} (FORMAT csv, HEADER {str(header).lower()}, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '')"
    )


def _add(part: Path, target: BinaryIO, connection: duckdb.DuckDBPyConnection) -> None:
    """Nothing; the rows of the part stand at the end of the target, as ``write_csv`` writes them."""
    draft = Path(f"{target.name}.part")
    write_query_as_csv(f"SELECT * FROM read_parquet({literal(str(part))})", draft, connection, header=False)
    with draft.open("rb") as rows:
        _copy(rows, target, 0, draft.stat().st_size)
    draft.unlink()


def _copy(source: BinaryIO, target: BinaryIO, offset: int, length: int) -> None:
    """Nothing; so many bytes from the offset on stand at the end of the target. The system copies, or shares the blocks of the disk."""
    target.flush()
    end = target.tell() + length
    copied: Any = getattr(os, "copy_file_range", None)
    try:
        while copied and length and (count := copied(source.fileno(), target.fileno(), length, offset, end - length)):
            offset, length = offset + count, length - count
    except OSError:
        pass  # not on this disk
    source.seek(offset)
    target.seek(end - length)
    copy(source, target, length)
