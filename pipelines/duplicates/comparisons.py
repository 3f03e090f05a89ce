"""Comparisons of two texts by their runs of words; what an earlier search compared is not compared again."""

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.duplicates.signature import LEAST_RUNS, Numbers

MOST_TIMES = 5
# What was compared: two texts by the hashes of their runs, and the percentage that they share.
COMPARED = pa.schema([("later", pa.binary(16)), ("earlier", pa.binary(16)), ("percent", pa.int8())])
_KEPT = 4096
_LOW = np.uint64(0xFFFFFFFF)
_UP = np.uint64(32)

Ranks = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.bytes_]
_Pairs = npt.NDArray[np.uint64]
_Percents = npt.NDArray[np.int8]


class Runs:
    """The runs of each text. A file of signatures is unpacked once, when the first of its texts is asked for; a few texts stay at hand."""

    def __init__(self, signatures: Sequence[Path], begins: Ranks, unpacked: Path) -> None:
        self._signatures, self._begins = signatures, begins
        self._ends: dict[int, Ranks] = {}
        self._unpacked = unpacked
        self._handle = unpacked.open("w+b")
        self._kept: OrderedDict[int, Numbers] = OrderedDict()

    def __enter__(self) -> "Runs":
        return self

    def __exit__(self, *_: object) -> None:
        self._handle.close()
        self._unpacked.unlink()

    def of(self, rank: int) -> Numbers:
        """The different numbers of the text, sorted."""
        if rank in self._kept:
            self._kept.move_to_end(rank)
            return self._kept[rank]
        part = int(np.searchsorted(self._begins, rank, side="right")) - 1
        if part not in self._ends:
            self._ends[part] = self._unpack(self._signatures[part])
        start, end = self._ends[part][rank - self._begins[part] : rank - self._begins[part] + 2].tolist()
        self._handle.seek(start)
        found = np.unique(np.frombuffer(self._handle.read(end - start), "<u4"))
        self._kept[rank] = found
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found

    def _unpack(self, path: Path) -> Ranks:
        """Where the runs of each of its texts begin in the file of all, and where the last end."""
        at = self._handle.seek(0, 2)
        ends, numbers = flat(chunk(pq.ParquetFile(path).read(["shingles"]).combine_chunks(), "shingles"))
        self._handle.write(numbers.tobytes())
        return at + 4 * ends


class Comparisons:
    """The percentages of pairs of texts: what is known of an earlier search is not computed again.

    A text is named by a number that all with the same runs have: its place among the sorted hashes.
    """

    def __init__(self, runs: Runs, hashes: Hashes, known: Path | None) -> None:
        self._runs = runs
        self._hashes, number = np.unique(hashes, return_inverse=True)
        self._number = number.astype(np.uint64)
        self._pairs, self._percents = self._read(known) if known else (np.empty(0, np.uint64), np.empty(0, np.int8))
        self.is_first = not len(self._pairs)
        # What a stretch of texts asked for that was not known.
        self._computed: dict[int, int] = {}
        # What this search asked for, for the next one.
        self._asked: list[tuple[_Pairs, _Percents]] = []
        self._asked_singly, self._percents_singly = array("Q"), array("b")

    def percent(self, later: int, earlier: int) -> int:
        """The percentage that the two texts share."""
        pair = int(self._number[later]) << 32 | int(self._number[earlier])
        found = self._known(pair)
        if found is None:
            found = shared_percent(self._runs.of(later), self._runs.of(earlier))
        self._asked_singly.append(pair)
        self._percents_singly.append(found)
        return found

    def _known(self, pair: int) -> int | None:
        if self.is_first:
            return None
        at = int(np.searchsorted(self._pairs, np.uint64(pair)))
        return int(self._percents[at]) if at < len(self._pairs) and int(self._pairs[at]) == pair else None

    def compute(self, later: Ranks, earlier: Ranks) -> None:
        """Nothing; these pairs are known, until ``use`` is called."""
        for pair, one, other in zip(self._named(later, earlier).tolist(), later.tolist(), earlier.tolist(), strict=True):
            self._computed[pair] = shared_percent(self._runs.of(one), self._runs.of(other))

    def known(self, later: Ranks, earlier: Ranks) -> Ranks:
        """The percentage of each pair that is known; -1 where it is not."""
        pairs = self._named(later, earlier)
        at = np.minimum(np.searchsorted(self._pairs, pairs), max(0, len(self._pairs) - 1))
        found = np.where(self._pairs[at] == pairs, self._percents[at], -1).astype(np.int64)
        if self._computed:
            missing = np.flatnonzero(found < 0)
            found[missing] = [self._computed.get(pair, -1) for pair in pairs[missing].tolist()]
        return found

    def use(self, later: Ranks, earlier: Ranks, percents: Ranks) -> None:
        """Nothing; these pairs were asked for."""
        self._computed = {}
        self._asked.append((self._named(later, earlier), percents.astype(np.int8)))

    def _named(self, later: Ranks, earlier: Ranks) -> _Pairs:
        return (self._number[later] << _UP) | self._number[earlier]

    def _read(self, known: Path) -> tuple[_Pairs, _Percents]:
        """The pairs of which both texts are still there, sorted, and their percentages."""
        rows = pq.ParquetFile(known).read().cast(COMPARED)
        (later, here), (earlier, there) = (self._numbers(rows[side]) for side in ("later", "earlier"))
        both = here & there
        pairs = (later[both].astype(np.uint64) << _UP) | earlier[both].astype(np.uint64)
        order = np.argsort(pairs)
        return pairs[order], rows["percent"].to_numpy()[both][order]

    def _numbers(self, column: pa.ChunkedArray) -> tuple[Ranks, npt.NDArray[np.bool_]]:
        """The number of each hash, and whether it has one."""
        wanted = hashes_of(column)
        places = np.minimum(np.searchsorted(self._hashes, wanted), max(0, len(self._hashes) - 1))
        return places, self._hashes[places] == wanted if len(self._hashes) else np.zeros(len(wanted), np.bool_)

    def table(self) -> pa.Table:
        """What was asked for, each pair once."""
        singly = np.frombuffer(self._asked_singly, np.uint64), np.frombuffer(self._percents_singly, np.int8)
        every = [np.concatenate(side) for side in zip(*self._asked, singly, strict=True)]
        pairs, first = np.unique(every[0], return_index=True)
        sides = [self._hashes[(side).astype(np.int64)] for side in (pairs >> _UP, pairs & _LOW)]
        columns = [pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(side), [None, pa.py_buffer(side.tobytes())]) for side in sides]
        return pa.table([*columns, pa.array(every[1][first])], schema=COMPARED)


def shared_percent(one: Numbers, other: Numbers) -> int:
    """The percentage, rounded down, of the shorter text's runs that stand in the longer; 0 where the two cannot be copies."""
    less, more = sorted((len(one), len(other)))
    if less < LEAST_RUNS or more > MOST_TIMES * less:
        return 0
    both = np.concatenate((one, other))
    both.sort()
    return 100 * int(np.count_nonzero(both[1:] == both[:-1])) // less


def chunk(rows: pa.Table, column: str) -> Any:
    """A column of rows that are one chunk."""
    return rows[column].chunk(0) if rows.num_rows else pa.array([], rows[column].type)


def flat(column: Any) -> tuple[Ranks, Numbers]:
    """Where the numbers of each text end among all of a column, with a zero before, and all its numbers."""
    _, ends, data = column.buffers()
    if not len(column):
        return np.zeros(1, np.int64), np.empty(0, "<u4")
    bytes_at = np.frombuffer(ends, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    content = memoryview(data)[bytes_at[0] : bytes_at[-1]] if data else b""
    return (bytes_at - bytes_at[0]) // 4, np.frombuffer(content, "<u4")


def hashes_of(column: pa.ChunkedArray) -> Hashes:
    """The hashes of a column, of 16 bytes each."""
    return np.concatenate([np.empty(0, "S16"), *(_bytes_of(chunk) for chunk in column.chunks if len(chunk))])


def _bytes_of(chunk: Any) -> Hashes:
    return np.frombuffer(chunk.buffers()[1], "S16")[chunk.offset : chunk.offset + len(chunk)]
