"""Which texts are copies of which: rare runs of words propose pairs, the share of equal runs decides; on disk, within a limit of memory.

Every article is linked to the first of its group, in order of identifiers, and only to one that is linked to nothing itself: each
link was compared, so that no chain of small changes leads from one text to another.
"""

import itertools
import operator
import os
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.derive.sql import literal
from pipelines.duplicates.signature import Numbers

# A copy: at least half of the runs of five words of the shorter text stand in the longer, which is at most five times as long.
# Measured on agency copies as papers print them: 0.64 to 0.90; on reports of one event by other agencies: up to 0.10.
LEAST_PERCENT = 50
MOST_TIMES = 5
# Fewer runs prove nothing: a sentence can stand in two reports by chance.
LEAST_RUNS = 32
# Proposals: of the first runs every eighth number, of the others every 32nd, the same ones in each text.
_HEAD, _HEAD_EVERY, _TAIL_EVERY = 256, 8, 32
_LEAST_SHARE_OF_ANCHORS = 6
_MOST_CANDIDATES = 8
_KEPT = 4096
_BATCH = 50_000
_TEXTS_AT_ONCE = 2_000

_Ranks = npt.NDArray[np.int64]


def find_copies(signatures: Path, links: Path, memory: str) -> None:
    """Nothing; ``links`` has a row for each article that is a copy: article_id, same_text_as, same_text_kind, same_text_percent.

    ``signatures`` is Parquet of signatures in any order, ``links`` becomes Parquet. What grows is held beside it on disk, until the end.
    """
    runs = links.with_suffix(".runs")
    try:
        with duckdb.connect() as connection:
            spill = literal(str(links.with_suffix(".spill")))
            connection.execute(f"SET memory_limit = {literal(memory)}; SET temp_directory = {spill}; SET preserve_insertion_order = false")
            texts = _read(connection, signatures, runs)
            with runs.open("rb") as handle:
                near = _near(connection, texts, _Runs(handle, texts))
            _write(connection, near, links)
    finally:
        runs.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Texts:
    """By rank, which is the place in order of identifiers: the first article with the same text, where its runs begin and how many there are, and its anchors."""

    first: _Ranks
    offset: _Ranks
    length: _Ranks
    anchors: npt.NDArray[np.uint16]


def _read(connection: duckdb.DuckDBPyConnection, signatures: Path, runs: Path) -> _Texts:
    """The texts, once their runs lie in one file and their anchors in a table."""
    rank, first = _ranked(connection, signatures)
    length, anchors = np.zeros(len(rank), np.int64), np.zeros(len(rank), np.uint16)
    connection.execute("CREATE TEMP TABLE anchors (anchor UINTEGER, rank UINTEGER)")
    at = 0
    # Without the option all that was read would stay in memory.
    with pq.ParquetFile(signatures, pre_buffer=False) as file, runs.open("wb") as handle:
        for batch in file.iter_batches(_TEXTS_AT_ONCE, columns=["shingles"]):
            ranks = rank[at : at + batch.num_rows]
            at += batch.num_rows
            ends, numbers = _flat(batch.column(0))
            handle.write(numbers.tobytes())
            length[ranks] = np.diff(ends)
            anchors[ranks] = _add_anchors(connection, np.where(first[ranks] == ranks, ranks, -1), ends, numbers)
    offset = np.empty_like(length)
    offset[rank] = np.cumsum(length[rank]) - length[rank]
    return _Texts(first, offset, length, anchors)


def _ranked(connection: duckdb.DuckDBPyConnection, signatures: Path) -> tuple[_Ranks, _Ranks]:
    """The rank of each row of the file, and by rank the first with the same text; both stand in a table with the identifiers."""
    ranked = "row_number() OVER (ORDER BY article_id, text_sha256) - 1"
    source = f"read_parquet({literal(str(signatures))}, file_row_number = true)"
    connection.execute(
        "CREATE TEMP TABLE texts AS SELECT article_id, row, rank, min(rank) OVER (PARTITION BY text_sha256) AS first"
        f" FROM (SELECT article_id, text_sha256, file_row_number AS row, {ranked} AS rank FROM {source})"
    )
    columns = connection.sql("SELECT row, first FROM texts ORDER BY rank").fetchnumpy()
    row, first = columns["row"].astype(np.int64), columns["first"].astype(np.int64)
    rank = np.empty_like(row)
    rank[row] = np.arange(len(row))
    return rank, first


def _flat(column: Any) -> tuple[_Ranks, Numbers]:
    """Where the runs of each text end among all of a column, with a zero before, and all its runs."""
    _, ends, data = column.buffers()
    bytes_at = np.frombuffer(ends, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    content = memoryview(data)[bytes_at[0] : bytes_at[-1]] if data else b""
    return (bytes_at - bytes_at[0]) // 4, np.frombuffer(content, "<u4")


def _add_anchors(connection: duckdb.DuckDBPyConnection, ranks: _Ranks, ends: _Ranks, numbers: Numbers) -> _Ranks:
    """How many anchors each text has, once they stand in the table; none where its rank is -1 or it is too short."""
    lengths = np.diff(ends)
    text = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(numbers)) - ends[text]
    every = np.where(place < _HEAD, _HEAD_EVERY, _TAIL_EVERY).astype(np.uint32)
    chosen = ((ranks >= 0) & (lengths >= LEAST_RUNS))[text] & (numbers % every == 0)
    # One that stands twice in a text counts once.
    keys = np.unique((text[chosen].astype(np.uint64) << np.uint64(32)) | numbers[chosen])
    whose = (keys >> np.uint64(32)).astype(np.int64)
    chunk = pa.table({"anchor": (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32), "rank": ranks[whose].astype(np.uint32)})
    connection.register("chunk", chunk)
    connection.execute("INSERT INTO anchors SELECT anchor, rank FROM chunk")
    connection.unregister("chunk")
    return np.bincount(whose, minlength=len(lengths))


class _Runs:
    """The runs of each text, read from the file when they are asked for; a few stay at hand."""

    def __init__(self, handle: BinaryIO, texts: _Texts) -> None:
        self._handle, self._texts = handle.fileno(), texts
        self._kept: OrderedDict[int, Numbers] = OrderedDict()

    def of(self, rank: int) -> Numbers:
        """The different numbers of the text, sorted."""
        if rank in self._kept:
            self._kept.move_to_end(rank)
            return self._kept[rank]
        content = os.pread(self._handle, 4 * int(self._texts.length[rank]), 4 * int(self._texts.offset[rank]))
        found = np.unique(np.frombuffer(content, "<u4"))
        self._kept[rank] = found
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found


def shared_percent(one: Numbers, other: Numbers) -> int:
    """The percentage, rounded down, of the shorter text's runs that stand in the longer; 0 where the two cannot be copies."""
    less, more = sorted((len(one), len(other)))
    if less < LEAST_RUNS or more > MOST_TIMES * less:
        return 0
    both = np.concatenate((one, other))
    both.sort()
    return 100 * int(np.count_nonzero(both[1:] == both[:-1])) // less


def _near(connection: duckdb.DuckDBPyConnection, texts: _Texts, runs: _Runs) -> pa.Table:
    """Rank, leader and percentage of each text that is nearly an earlier one."""
    leader = np.arange(len(texts.first))
    percent = np.zeros(len(leader), np.int64)
    for later, earlier in _candidates(connection, texts):
        # The copy of a copy is compared with what that was compared with.
        others = sorted({int(leader[place]) for place in earlier})
        share, negative = max((shared_percent(runs.of(later), runs.of(other)), -other) for other in others)
        if share >= LEAST_PERCENT:
            percent[later], leader[later] = share, -negative
    linked = np.flatnonzero(percent)
    return pa.table({"rank": linked, "leader": leader[linked], "percent": percent[linked]})


def _candidates(connection: duckdb.DuckDBPyConnection, texts: _Texts) -> Iterator[tuple[int, list[int]]]:
    """Each text with the few earlier ones that share most anchors with it, in order."""
    for later, group in itertools.groupby(_pairs(connection, texts), key=operator.itemgetter(0)):
        yield later, [earlier for _, earlier in itertools.islice(group, _MOST_CANDIDATES)]


def _pairs(connection: duckdb.DuckDBPyConnection, texts: _Texts) -> Iterator[tuple[int, int]]:
    """Later and earlier of two texts that share anchors enough, in order of the later; those that share most first.

    Of all texts with an anchor only the first and the one before are proposed: a million with the same words cost a million pairs, not
    the square.
    """
    connection.execute(
        "CREATE TEMP TABLE pairs AS SELECT later, earlier, count(*) AS shared FROM ("
        " SELECT rank AS later, unnest(CASE WHEN start = before THEN [start] ELSE [start, before] END) AS earlier FROM ("
        " SELECT rank, first_value(rank) OVER anchored AS start, lag(rank) OVER anchored AS before FROM anchors"
        " WINDOW anchored AS (PARTITION BY anchor ORDER BY rank)) WHERE before IS NOT NULL)"
        " GROUP BY later, earlier; DROP TABLE anchors"
    )
    rows: Any = connection.sql("SELECT later, earlier, shared FROM pairs ORDER BY later, shared DESC, earlier").to_arrow_reader(_BATCH)
    for batch in rows:
        later, earlier, shared = (column.to_numpy().astype(np.int64) for column in batch.columns)
        enough = shared * _LEAST_SHARE_OF_ANCHORS >= np.minimum(texts.anchors[later], texts.anchors[earlier])
        yield from zip(later[enough].tolist(), earlier[enough].tolist(), strict=True)


def _write(connection: duckdb.DuckDBPyConnection, near: pa.Table, links: Path) -> None:
    """Nothing; the links stand in their file."""
    connection.register("near", near)
    connection.execute(
        "COPY (SELECT texts.article_id, origin.article_id AS same_text_as,"
        " CASE WHEN near.rank IS NULL THEN 'exact' ELSE 'near' END AS same_text_kind,"
        " CAST(coalesce(near.percent, 100) AS BIGINT) AS same_text_percent"
        " FROM texts LEFT JOIN near ON near.rank = texts.first"
        " JOIN texts AS origin ON origin.rank = coalesce(near.leader, texts.first)"
        f" WHERE origin.rank <> texts.rank) TO {literal(str(links))} (FORMAT parquet)"
    )
