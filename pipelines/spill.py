"""What does not fit into memory: DuckDB within a limit, and tables that lie in a file and are read where they are needed.

The limit is that of the process, as its memory is: whoever begins the work sets it once (``spilling``), and every stage works within it.
Outside of it nothing is limited and everything is in memory, as is right for a few rows.
"""

import mmap
import os
import shutil
import tempfile
import weakref
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import UsageError

# DuckDB reads one row group a thread; this is its own vector size times 60. So many rows are in one batch of a table.
ROW_GROUP = 122_880
MEMORY = "1GB"
# Tables up to this size, in bytes, stay in memory.
_SMALL = 16_000_000
# So many rows are objects of Python at once.
_FEW = 5000


@dataclass(frozen=True)
class _Room:
    """A folder to spill to, and the memory that DuckDB may use."""

    folder: Path
    memory: str


_rooms: list[_Room] = []
# The database in memory that all connections of a process share, by its room: to make one takes longer than most questions.
_databases: dict[tuple[int, _Room | None], duckdb.DuckDBPyConnection] = {}
_maps: list[weakref.ref[mmap.mmap]] = []


@contextmanager
def spilling(folder: Path, memory: str = MEMORY) -> Iterator[None]:
    """A context in which work that does not fit into ``memory`` goes to ``folder``; it is gone afterwards, tables that lie in it stay readable."""
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir(parents=True)
    _rooms.append(_Room(folder, memory))
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        what = str(error).splitlines()[0].removeprefix("Out of Memory Error: ")
        raise UsageError(f"--memory {memory}: too little for these rows (expected more: {what})") from None
    finally:
        if database := _databases.pop((os.getpid(), _rooms.pop()), None):
            database.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def spilling_anywhere(memory: str = MEMORY) -> Iterator[None]:
    """The same in a folder for temporary files, which ``TMPDIR`` names."""
    with tempfile.TemporaryDirectory(prefix="factpack-") as folder, spilling(Path(folder) / "spill", memory):
        yield


def place() -> tempfile.TemporaryDirectory[str]:
    """An empty folder to spill to, gone after its context."""
    return tempfile.TemporaryDirectory(dir=_rooms[-1].folder if _rooms else None)


def connect() -> duckdb.DuckDBPyConnection:
    """A DuckDB without a file, within the limit, which nobody else uses as long as only temporary tables and views are made in it."""
    let_go()
    room = _rooms[-1] if _rooms else None
    # Of a process that was forked the threads are not there.
    if (mine := (os.getpid(), room)) not in _databases:
        config: dict[str, Any] = {"memory_limit": room.memory, "temp_directory": str(room.folder / "duckdb")} if room else {}
        _databases[mine] = duckdb.connect(config=config)
    return _databases[mine].cursor()


def run(connection: duckdb.DuckDBPyConnection, query: str, schema: pa.Schema | None = None) -> pa.Table:
    """The rows of the query, with the types of ``schema`` where one is given."""
    rows: Any = connection.sql(query).to_arrow_reader(ROW_GROUP)
    return kept(rows, schema or rows.schema)


def kept(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    """The rows as a table with these types, in batches of the size of a row group: in memory while they are few, else in a file."""
    return stored(_aligned(_cast(batches, schema)), schema)


def stored(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    """The batches as they are, as one table: in memory while they are small, else in a file that is gone with the table."""
    held: list[pa.RecordBatch] = []
    coming = iter(batches)
    for batch in coming:
        held.append(batch)
        if _rooms and sum(b.nbytes for b in held) > _SMALL:
            return _in_a_file(held, coming, schema)
    return pa.Table.from_batches(held, schema)


def each_row(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Each row as Python has it, few at a time."""
    for batch in table.to_batches(_FEW):
        yield from batch.to_pylist()


def numbered(table: pa.Table) -> pa.Table:
    """The table with the number of each row, from 1, in the column ``_row``."""
    return table.append_column("_row", pa.array(np.arange(1, table.num_rows + 1)))


def pick(table: pa.Table, places: Sequence[int]) -> pa.Table:
    """The rows at these places, which are in order and count from 0; no other is copied."""
    wanted, start, found = np.array(places, dtype=np.int64), 0, []
    for batch in table.to_batches():
        inside = wanted[np.searchsorted(wanted, start) : np.searchsorted(wanted, start + batch.num_rows)]
        found.append(batch.take(pa.array(inside - start)))
        start += batch.num_rows
    return pa.Table.from_batches(found, table.schema)


class Index:
    """Where each value of a column of texts stands; of equal ones, the last. Takes eight bytes a row and a copy of the column."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._order = pc.sort_indices(column).to_numpy()[: len(column) - column.null_count]
        self._values = pa.chunked_array([column.take(pa.array(self._order))]).combine_chunks() if len(column) else []

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[str]:
        return (value.as_py() for value in self._values)

    def at(self, value: str) -> int | None:
        """The number of its row, from 0."""
        place = bisect_right(self._values, value, key=_text) - 1
        return int(self._order[place]) if place >= 0 and self._values[place].as_py() == value else None

    def __getitem__(self, place: int) -> int:
        return int(self._order[place])


def _in_a_file(held: list[pa.RecordBatch], coming: Iterator[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    with tempfile.NamedTemporaryFile(dir=_rooms[-1].folder, suffix=".arrow") as file:
        with pa.ipc.new_file(file, schema) as writer:
            while held:
                writer.write_batch(held.pop(0))
            for batch in coming:
                writer.write_batch(batch)
        file.flush()
        pa.default_memory_pool().release_unused()
        # The name goes at once; the rows stay as long as somebody looks at them.
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    _maps[:] = [*(one for one in _maps if one()), weakref.ref(mapped)]
    return pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))).read_all()


def let_go() -> None:
    """Nothing; of tables that lie in files no page counts as memory of this process until it is read again."""
    for one in _maps:
        if (mapped := one()) is not None:
            mapped.madvise(mmap.MADV_DONTNEED)


def _cast(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        if batch.num_rows:
            yield batch if batch.schema.equals(schema, check_metadata=True) else batch.cast(schema)


def _aligned(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of a row group each, but for the last."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        while count >= ROW_GROUP:
            rows = pa.Table.from_batches(held)
            yield _one(rows.slice(0, ROW_GROUP))
            held, count = rows.slice(ROW_GROUP).to_batches(), count - ROW_GROUP
    if count:
        yield _one(pa.Table.from_batches(held))


def _one(rows: pa.Table) -> pa.RecordBatch:
    """The rows as one batch."""
    batches = rows.to_batches()
    return batches[0] if len(batches) == 1 else rows.combine_chunks().to_batches()[0]


def _text(value: pa.Scalar) -> Any:
    return value.as_py()
