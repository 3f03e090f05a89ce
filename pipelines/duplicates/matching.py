"""Which texts are copies of which: rare runs of words propose pairs, the share of equal runs decides.

Every article is linked to the first of its group, in order of identifiers, and only to one that is linked to nothing itself: each
link was compared, so that no chain of small changes leads from one text to another. In memory are about a hundred bytes an article;
what grows faster goes to disk, a part at a time.
"""

import itertools
import operator
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.duplicates.buckets import Buckets, Keys
from pipelines.duplicates.signature import LEAST_RUNS, Numbers

# A copy: at least half of the runs of five words of the shorter text stand in the longer, which is at most five times as long.
# Measured on agency copies as papers print them: 0.64 to 0.90; on reports of one event by other agencies: up to 0.10.
LEAST_PERCENT = 50
MOST_TIMES = 5
_LEAST_SHARE_OF_ANCHORS = 6
_MOST_CANDIDATES = 8
_KEPT = 4096
_LOW = np.uint64(0xFFFFFFFF)
_UP = np.uint64(32)
# What was compared: two texts by the hashes of their runs, and the percentage that they share.
COMPARED = pa.schema([("later", pa.binary(16)), ("earlier", pa.binary(16)), ("percent", pa.int8())])
LINKS = pa.schema(
    [("article_id", pa.string()), ("same_text_as", pa.string()), ("same_text_kind", pa.string()), ("same_text_percent", pa.int64())]
)

_Ranks = npt.NDArray[np.int64]


def find_copies(signatures: Sequence[Path], folder: Path, known: Path | None = None) -> tuple[Path, Path]:
    """``links.parquet`` with a row for each article that is a copy, and ``compared.parquet`` for the ``known`` of a later search.

    ``signatures`` are Parquet files of signatures, all in order of article_id. Both files stand in ``folder``, with nothing else.
    What was compared before is not compared again; it changes nothing of what is found.
    """
    texts = _Texts(signatures)
    with (
        Buckets(folder / "anchors", 1 << 32) as anchors,
        Buckets(folder / "pairs", texts.count) as pairs,
        _Runs(signatures, folder / "runs") as runs,
    ):
        texts.read(anchors)
        for keys in anchors.each():
            pairs.add(_pairs(_of_first(keys, texts.first)))
        comparisons = _Comparisons(runs, texts.runs_hash, known)
        leader, percent = _near(_candidates(pairs, texts), comparisons.percent, texts.count)
    links, compared = folder / "links.parquet", folder / "compared.parquet"
    pq.write_table(_links(texts, leader, percent), links)
    pq.write_table(comparisons.table(), compared)
    return links, compared


class _Texts:
    """By rank, which is the place in order of identifiers: the first article with the same text, how many anchors the text has, the hash of its runs."""

    def __init__(self, signatures: Sequence[Path]) -> None:
        self._signatures = signatures
        self.count = sum(pq.read_metadata(path).num_rows for path in signatures)
        self.identifiers: pa.ChunkedArray = pa.chunked_array([], pa.string())
        self.first: _Ranks = np.empty(0, np.int64)
        self.anchors: npt.NDArray[np.uint16] = np.empty(0, np.uint16)
        self.runs_hash: npt.NDArray[np.bytes_] = np.empty(0, "S16")

    def read(self, anchors: Buckets) -> None:
        """Nothing; all is known of the texts, and ``anchors`` holds the anchor, above, and the rank of each."""
        identifiers, texts, counts, hashes = [], [], [], []
        rank = 0
        for path in self._signatures:
            rows = pq.read_table(path, columns=["article_id", "text_sha256", "anchors", "runs_hash"]).combine_chunks()
            ends, numbers = flat(_chunk(rows, "anchors"))
            lengths = np.diff(ends)
            ranks = np.repeat(np.arange(rank, rank + rows.num_rows, dtype=np.uint64), lengths)
            anchors.add((numbers.astype(np.uint64) << _UP) | ranks)
            counts.append(lengths.astype(np.uint16))
            identifiers += rows["article_id"].chunks
            texts.append(_digests(_chunk(rows, "text_sha256").to_pylist()))
            hashes.append(_hashes_of(rows["runs_hash"]))
            rank += rows.num_rows
        self.identifiers = pa.chunked_array(identifiers, pa.string())
        if rank:
            self.first, self.anchors, self.runs_hash = _first(np.concatenate(texts)), np.concatenate(counts), np.concatenate(hashes)


def _chunk(rows: pa.Table, column: str) -> Any:
    return rows[column].chunk(0) if rows.num_rows else pa.array([], rows[column].type)


def _digests(texts: Sequence[str]) -> Keys:
    """The first 128 bits of each hash, as two numbers."""
    return np.frombuffer(bytes.fromhex("".join(text[:32] for text in texts)), np.uint64).reshape(-1, 2)


def _first(digests: Keys) -> _Ranks:
    """The first rank with the same digest, for each rank."""
    order = np.lexsort((digests[:, 1], digests[:, 0]))  # of equal ones the first stays first
    ordered = digests[order]
    begins = np.concatenate(([True], (ordered[1:] != ordered[:-1]).any(axis=1)))
    first = np.empty(len(order), np.int64)
    first[order] = order[begins][np.cumsum(begins) - 1]
    return first


def flat(column: Any) -> tuple[_Ranks, Numbers]:
    """Where the numbers of each text end among all of a column, with a zero before, and all its numbers."""
    _, ends, data = column.buffers()
    if not len(column):
        return np.zeros(1, np.int64), np.empty(0, "<u4")
    bytes_at = np.frombuffer(ends, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    content = memoryview(data)[bytes_at[0] : bytes_at[-1]] if data else b""
    return (bytes_at - bytes_at[0]) // 4, np.frombuffer(content, "<u4")


def _of_first(keys: Keys, first: _Ranks) -> Keys:
    """The anchors of texts that are not the same as an earlier one."""
    ranks = (keys & _LOW).astype(np.int64)
    kept: Keys = keys[first[ranks] == ranks]
    return kept


def _pairs(keys: Keys) -> Keys:
    """The later, above, and the earlier of two texts for each anchor that both have; the anchors are sorted.

    Of all texts with an anchor only the first and the one before are proposed: a million with the same words cost a million pairs, not
    the square.
    """
    anchor, rank = keys >> _UP, keys & _LOW
    same = np.flatnonzero(anchor[1:] == anchor[:-1]) + 1
    begins = np.concatenate(([True], anchor[1:] != anchor[:-1])) if len(keys) else np.empty(0, bool)
    start = rank[np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))] if len(keys) else rank
    later, before, first = rank[same] << _UP, rank[same - 1], start[same]
    return np.concatenate((later | first, (later | before)[before != first]))


def _candidates(pairs: Buckets, texts: _Texts) -> Iterator[tuple[int, list[int]]]:
    """Each text with the few earlier ones that share most anchors with it, in order; the later texts in order of rank."""
    for stretch in pairs.each():
        keys, shared = np.unique(stretch, return_counts=True)
        later, earlier = (keys >> _UP).astype(np.int64), (keys & _LOW).astype(np.int64)
        enough = shared * _LEAST_SHARE_OF_ANCHORS >= np.minimum(texts.anchors[later], texts.anchors[earlier])
        later, earlier, shared = later[enough], earlier[enough], shared[enough]
        order = np.lexsort((earlier, -shared, later))
        ordered = zip(later[order].tolist(), earlier[order].tolist(), strict=True)
        for text, group in itertools.groupby(ordered, key=operator.itemgetter(0)):
            yield text, [other for _, other in itertools.islice(group, _MOST_CANDIDATES)]


def _near(candidates: Iterator[tuple[int, list[int]]], percent_of: Callable[[int, int], int], count: int) -> tuple[_Ranks, _Ranks]:
    """By rank, the text that each is nearly (itself, where there is none) and the percentage that they share."""
    leader, percent = array("q", range(count)), array("q", bytes(8 * count))
    for later, earlier in candidates:
        # The copy of a copy is compared with what that was compared with.
        others = sorted({leader[place] for place in earlier})
        share, negative = max((percent_of(later, other), -other) for other in others)
        if share >= LEAST_PERCENT:
            percent[later], leader[later] = share, -negative
    return np.frombuffer(leader, np.int64), np.frombuffer(percent, np.int64)


class _Runs:
    """The runs of each text. A file of signatures is unpacked once, when the first of its texts is asked for; a few texts stay at hand."""

    def __init__(self, signatures: Sequence[Path], unpacked: Path) -> None:
        self._signatures = signatures
        self._begins = np.cumsum([0, *(pq.read_metadata(path).num_rows for path in signatures)])
        self._ends: dict[int, _Ranks] = {}
        self._unpacked = unpacked
        self._handle = unpacked.open("w+b")
        self._kept: OrderedDict[int, Numbers] = OrderedDict()

    def __enter__(self) -> "_Runs":
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

    def _unpack(self, path: Path) -> _Ranks:
        """Where the runs of each of its texts begin in the file of all, and where the last end."""
        at = self._handle.seek(0, 2)
        ends, numbers = flat(_chunk(pq.read_table(path, columns=["shingles"]).combine_chunks(), "shingles"))
        self._handle.write(numbers.tobytes())
        return at + 4 * ends


class _Comparisons:
    """The percentages of pairs of texts: what is known of an earlier search is not computed again.

    A text is named by a number that all with the same runs have: its place among the sorted hashes.
    """

    def __init__(self, runs: _Runs, hashes: npt.NDArray[np.bytes_], known: Path | None) -> None:
        self._runs = runs
        self._hashes, number = np.unique(hashes, return_inverse=True)
        self._number: list[int] = number.tolist()
        self._pairs, self._percents = array("Q"), array("b")
        self._known = self._read(known) if known else {}

    def percent(self, later: int, earlier: int) -> int:
        """The percentage that the two texts share."""
        pair = self._number[later] << 32 | self._number[earlier]
        found = self._known.get(pair)
        if found is None:
            found = shared_percent(self._runs.of(later), self._runs.of(earlier))
        self._pairs.append(pair)
        self._percents.append(found)
        return found

    def _read(self, known: Path) -> dict[int, int]:
        """The percentages of pairs of which both texts are still there."""
        rows = pq.read_table(known, schema=COMPARED)
        (later, here), (earlier, there) = (self._numbers(rows[side]) for side in ("later", "earlier"))
        both = here & there
        pairs = (later[both].astype(np.uint64) << _UP) | earlier[both].astype(np.uint64)
        return dict(zip(pairs.tolist(), rows["percent"].to_numpy()[both].tolist(), strict=True))

    def _numbers(self, column: pa.ChunkedArray) -> tuple[_Ranks, npt.NDArray[np.bool_]]:
        """The number of each hash, and whether it has one."""
        wanted = _hashes_of(column)
        places = np.minimum(np.searchsorted(self._hashes, wanted), max(0, len(self._hashes) - 1))
        return places, self._hashes[places] == wanted if len(self._hashes) else np.zeros(len(wanted), np.bool_)

    def table(self) -> pa.Table:
        """What was asked for, each pair once."""
        pairs, first = np.unique(np.frombuffer(self._pairs, np.uint64), return_index=True)
        percents = np.frombuffer(self._percents, np.int8)[first]
        sides = [self._hashes[(side).astype(np.int64)] for side in (pairs >> _UP, pairs & _LOW)]
        columns = [pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(side), [None, pa.py_buffer(side.tobytes())]) for side in sides]
        return pa.table([*columns, pa.array(percents)], schema=COMPARED)


def _hashes_of(column: pa.ChunkedArray) -> npt.NDArray[np.bytes_]:
    """The hashes of a column, of 16 bytes each."""
    return np.concatenate([np.empty(0, "S16"), *(_bytes_of(chunk) for chunk in column.chunks if len(chunk))])


def _bytes_of(chunk: Any) -> npt.NDArray[np.bytes_]:
    return np.frombuffer(chunk.buffers()[1], "S16")[chunk.offset : chunk.offset + len(chunk)]


def shared_percent(one: Numbers, other: Numbers) -> int:
    """The percentage, rounded down, of the shorter text's runs that stand in the longer; 0 where the two cannot be copies."""
    less, more = sorted((len(one), len(other)))
    if less < LEAST_RUNS or more > MOST_TIMES * less:
        return 0
    both = np.concatenate((one, other))
    both.sort()
    return 100 * int(np.count_nonzero(both[1:] == both[:-1])) // less


def _links(texts: _Texts, leader: _Ranks, percent: _Ranks) -> pa.Table:
    """A row for each article that is a copy."""
    first = texts.first
    origin = leader[first] if len(first) else first
    copies = np.flatnonzero(origin != np.arange(len(first)))
    near = percent[first[copies]] > 0
    columns = [
        texts.identifiers.take(pa.array(copies)),
        texts.identifiers.take(pa.array(origin[copies])),
        pa.array(np.where(near, "near", "exact"), pa.string()),
        pa.array(np.where(near, percent[first[copies]], 100), pa.int64()),
    ]
    return pa.table(columns, schema=LINKS)
