"""Which texts are copies of which: rare runs of words propose pairs, the share of equal runs decides.

Every article is linked to the first of its group, in order of identifiers, and only to one that is linked to nothing itself: each
link was compared, so that no chain of small changes leads from one text to another. In memory are about a hundred bytes an article;
what grows faster goes to disk, a part at a time.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.duplicates.buckets import Buckets, Keys
from pipelines.duplicates.comparisons import Comparisons, Hashes, Ranks, Runs, chunk, flat, hashes_of

# A copy: at least half of the runs of five words of the shorter text stand in the longer, which is at most five times as long.
# Measured on agency copies as papers print them: 0.64 to 0.90; on reports of one event by other agencies: up to 0.10.
LEAST_PERCENT = 50
_LEAST_SHARE_OF_ANCHORS = 6
_MOST_CANDIDATES = 8
# Where more than one pair in so many is not known of an earlier search, texts are compared one after the other, to compare none in vain.
_FEW = 20
_ROUNDS = 16
_LOW = np.uint64(0xFFFFFFFF)
_UP = np.uint64(32)
LINKS = pa.schema(
    [("article_id", pa.string()), ("same_text_as", pa.string()), ("same_text_kind", pa.string()), ("same_text_percent", pa.int64())]
)


def find_copies(signatures: Sequence[Path], folder: Path, known: Path | None = None) -> tuple[Path, Path]:
    """``links.parquet`` with a row for each article that is a copy, and ``compared.parquet`` for the ``known`` of a later search.

    ``signatures`` are Parquet files of signatures, all in order of article_id. Both files stand in ``folder``, with nothing else.
    What was compared before is not compared again; it changes nothing of what is found.
    """
    with Buckets(folder / "anchors", 1 << 32) as anchors:
        texts = _Texts(signatures, anchors)
        with Buckets(folder / "pairs", texts.count) as pairs, Runs(signatures, texts.begins, folder / "runs") as runs:
            for keys in anchors.each():
                pairs.add(_pairs(_of_first(keys, texts.first)))
            comparisons = Comparisons(runs, texts.runs_hash, known)
            leader, percent = _near(_candidates(pairs, texts), comparisons, texts.count)
    links, compared = folder / "links.parquet", folder / "compared.parquet"
    pq.write_table(_links(texts, leader, percent), links)
    pq.write_table(comparisons.table(), compared)
    return links, compared


class _Texts:
    """By rank, which is the place in order of identifiers: the first article with the same text, how many anchors the text has, the hash
    of its runs. ``anchors`` holds the anchor, above, and the rank of each then. ``begins``: the first rank of each file."""

    def __init__(self, signatures: Sequence[Path], anchors: Buckets) -> None:
        identifiers, texts, counts, hashes, begins = [], [], [], [], [0]
        for path in signatures:
            rows = pq.ParquetFile(path).read(["article_id", "text_sha256", "anchors", "runs_hash"]).combine_chunks()
            ends, numbers = flat(chunk(rows, "anchors"))
            lengths = np.diff(ends)
            ranks = np.repeat(np.arange(begins[-1], begins[-1] + rows.num_rows, dtype=np.uint64), lengths)
            anchors.add((numbers.astype(np.uint64) << _UP) | ranks)
            counts.append(lengths.astype(np.uint16))
            identifiers += rows["article_id"].chunks
            texts.append(_digests(chunk(rows, "text_sha256").to_pylist()))
            hashes.append(hashes_of(rows["runs_hash"]))
            begins.append(begins[-1] + rows.num_rows)
        self.count, self.begins = begins[-1], np.array(begins, np.int64)
        self.identifiers: pa.ChunkedArray = pa.chunked_array(identifiers, pa.string())
        self.first: Ranks = _first(np.concatenate(texts)) if self.count else np.empty(0, np.int64)
        self.anchors: npt.NDArray[np.uint16] = np.concatenate([np.empty(0, np.uint16), *counts])
        self.runs_hash: Hashes = np.concatenate([np.empty(0, "S16"), *hashes])


def _digests(texts: Sequence[str]) -> Keys:
    """The first 128 bits of each hash, as two numbers."""
    return np.frombuffer(bytes.fromhex("".join(text[:32] for text in texts)), np.uint64).reshape(-1, 2)


def _first(digests: Keys) -> Ranks:
    """The first rank with the same digest, for each rank."""
    order = np.lexsort((digests[:, 1], digests[:, 0]))  # of equal ones the first stays first
    ordered = digests[order]
    begins = np.concatenate(([True], (ordered[1:] != ordered[:-1]).any(axis=1)))
    first = np.empty(len(order), np.int64)
    first[order] = order[begins][np.cumsum(begins) - 1]
    return first


def _of_first(keys: Keys, first: Ranks) -> Keys:
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


def _candidates(pairs: Buckets, texts: _Texts) -> Iterator[tuple[Ranks, Ranks]]:
    """(later, earlier) for the few earlier texts that share most anchors with each later one, in order; the later in order of rank, all
    pairs of one together."""
    for stretch in pairs.each():
        keys, shared = np.unique(stretch, return_counts=True)
        later, earlier = (keys >> _UP).astype(np.int64), (keys & _LOW).astype(np.int64)
        enough = shared * _LEAST_SHARE_OF_ANCHORS >= np.minimum(texts.anchors[later], texts.anchors[earlier])
        later, earlier, shared = later[enough], earlier[enough], shared[enough]
        order = np.lexsort((earlier, -shared, later))
        later, earlier = later[order], earlier[order]
        starts = _starts(later)
        place = np.arange(len(later)) - np.repeat(starts, np.diff([*starts, len(later)]))
        yield later[place < _MOST_CANDIDATES], earlier[place < _MOST_CANDIDATES]


def _starts(sorted_: Ranks) -> Ranks:
    """Where each number begins among several that are sorted."""
    return np.flatnonzero(np.concatenate(([True], sorted_[1:] != sorted_[:-1]))) if len(sorted_) else np.empty(0, np.int64)


def _near(candidates: Iterator[tuple[Ranks, Ranks]], comparisons: Comparisons, count: int) -> tuple[Ranks, Ranks]:
    """By rank, the text that each is nearly (itself, where there is none) and the percentage that they share.

    The copy of a copy is compared with what that was compared with.
    """
    leader, percent = np.arange(count), np.zeros(count, np.int64)
    for later, earlier in candidates:
        if not len(later):
            continue
        if comparisons.is_first or not _settled(later, earlier, comparisons, leader, percent):
            _one_by_one(later, earlier, comparisons, leader, percent)
    return leader, percent


def _one_by_one(later: Ranks, earlier: Ranks, comparisons: Comparisons, leader: Ranks, percent: Ranks) -> None:
    """Nothing; what the later texts are nearly stands in ``leader`` and ``percent``."""
    starts = _starts(later)
    for text, others in zip(later[starts].tolist(), np.split(earlier, starts[1:]), strict=True):
        share, negative = max((comparisons.percent(text, other), -other) for other in sorted(set(leader[others].tolist())))
        if share >= LEAST_PERCENT:
            percent[text], leader[text] = share, -negative


def _settled(later: Ranks, earlier: Ranks, comparisons: Comparisons, leader: Ranks, percent: Ranks) -> bool:
    """Whether the same stands there, by what is known of an earlier search; where that does not suffice nothing stands there.

    A text depends on earlier ones alone. So what fits to itself is what comes of the texts one by one.
    """
    starts = _starts(later)
    texts, lengths = later[starts], np.diff([*starts, len(later)])
    for _ in range(_ROUNDS):
        others = leader[earlier]
        shared = comparisons.known(later, others)
        unknown = np.flatnonzero(shared < 0)
        if len(unknown) * _FEW > len(shared):
            break
        best = np.maximum.reduceat(shared, starts)
        first = np.minimum.reduceat(np.where(shared == np.repeat(best, lengths), others, len(leader)), starts)
        found = np.where(best >= LEAST_PERCENT, first, texts)
        fits = (found == leader[texts]).all()
        leader[texts] = found
        if fits and not len(unknown):
            percent[texts] = np.where(best >= LEAST_PERCENT, best, 0)
            comparisons.use(later, others, shared)
            return True
        if fits:
            comparisons.compute(later[unknown], others[unknown])
    leader[texts] = texts
    return False


def _links(texts: _Texts, leader: Ranks, percent: Ranks) -> pa.Table:
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
