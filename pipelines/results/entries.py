"""What the last run left of each article: a file in order of identifiers that is mapped into memory, not read."""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.article.kept import NOWHERE, Kept, Key, Ranks

# The part that holds the rows of an entry is that of the span that the entry stands in.
ENTRIES = pa.schema([("article_id", pa.string()), ("key", pa.binary(32)), ("origin", pa.string()), ("facts", pa.int32())])
_BATCH = 1 << 17
# The column of the keys, and the bytes of one by which it is looked for.
_KEY, _HEAD = 1, 8
_Numbers = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Span:
    """Entries of one part: its name, the rank of the first of them, and the rank after the last."""

    part: str
    start: int
    end: int


class Entries:
    """The entries of a run; each is known by its rank, its place in order of identifiers.

    ``parts``: how many entries each part holds, in order. ``usable``: the parts whose rows are there.
    """

    def __init__(self, batches: Sequence[pa.RecordBatch], parts: Mapping[str, int], usable: frozenset[str]) -> None:
        self._batches = batches
        self._starts = np.cumsum([0, *(batch.num_rows for batch in batches)])
        ends = np.cumsum([*parts.values()]).tolist()
        self.spans = [Span(part, end - parts[part], end) for part, end in zip(parts, ends, strict=True)]
        self._begins: list[int] = self._starts.tolist()
        self._columns = [batch.columns for batch in batches]
        self.count: int = self._begins[-1]
        if self.count != (ends[-1] if ends else 0):
            raise ValueError("the parts do not hold the entries")
        self._ends: list[int] = ends
        self.usable = np.repeat([part in usable for part in parts], list(parts.values())).astype(np.bool_)

    def find(self, key: Key) -> Kept | None:
        """The entry of the content with that key, where its rows are there."""
        rank = self._rank(key)
        if rank == NOWHERE or not self.usable[rank]:
            return None
        # One by one, as here, tables of Arrow would cost ten times as much.
        batch, row = self._place(rank)
        part = self.spans[bisect_right(self._ends, rank)].part
        article_id, _, origin, facts = (column[row].as_py() for column in self._columns[batch])
        return Kept(article_id, key, origin, facts, part, rank)

    def ranks(self, keys: Sequence[Key]) -> Ranks:
        """The rank of each key; NOWHERE where it has none."""
        return np.array([self._rank(key) for key in keys], np.int64)

    def _rank(self, key: Key) -> int:
        order, heads = self._index
        head = np.uint64(int.from_bytes(key[:_HEAD], sys.byteorder))
        place = int(heads.searchsorted(head))
        while place < len(heads) and heads[place] == head:
            batch, row = self._place(int(order[place]))
            if self._columns[batch][_KEY][row].as_py() == key:
                return int(order[place])
            place += 1
        return NOWHERE

    @cached_property
    def _index(self) -> tuple[Ranks, _Numbers]:
        """The ranks in order of the first bytes of the keys, and these bytes."""
        heads = np.concatenate([np.empty(0, np.uint64), *(_heads(_bytes_of(batch["key"])) for batch in self._batches)])
        order = np.argsort(heads, kind="stable")
        return order, heads[order]

    def rank_of(self, article_id: str) -> int | None:
        """The rank of the article of that name."""
        rank = self.from_(article_id)
        return rank if rank < self.count and self.name(rank) == article_id else None

    def from_(self, article_id: str) -> int:
        """The rank of the first entry whose identifier is not before that."""
        return bisect_left(range(self.count), article_id, key=self.name)

    def name(self, rank: int) -> str:
        """The identifier of an entry."""
        batch, row = self._place(rank)
        return str(self._columns[batch][0][row])

    def at(self, ranks: Ranks) -> list[Kept]:
        """The entries of these ranks."""
        table = self.rows(ranks)
        parts = [self.spans[bisect_right(self._ends, rank)].part for rank in ranks.tolist()]
        columns = [column.to_pylist() for column in table.columns]
        return list(map(Kept._make, zip(*columns, parts, ranks.tolist(), strict=True)))

    def identifiers(self, ranks: Ranks) -> list[str]:
        """The identifiers of these ranks."""
        return list(map(str, self.rows(ranks).column("article_id").to_pylist()))

    def facts(self, ranks: Ranks) -> list[int]:
        """The number of facts of these ranks."""
        return list(map(int, self.rows(ranks).column("facts").to_pylist()))

    def rows(self, ranks: Ranks) -> pa.Table:
        """The rows of these ranks, in their order."""
        if len(ranks) and (np.diff(ranks) == 1).all():
            return self.between(int(ranks[0]), int(ranks[-1]) + 1)
        places = np.searchsorted(self._starts, ranks, side="right") - 1
        order = np.argsort(places, kind="stable")
        cuts = np.flatnonzero(np.diff(places[order])) + 1
        parts = [
            self._batches[places[some[0]]].take(pa.array(ranks[some] - self._starts[places[some[0]]]))
            for some in np.split(order, cuts)
            if len(some)
        ]
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return pa.Table.from_batches(parts, ENTRIES).take(pa.array(back))

    def between(self, start: int, end: int) -> pa.Table:
        """The rows from one rank to before another."""
        batches = zip(self._batches, self._starts.tolist(), strict=False)
        parts = [
            batch.slice(max(0, start - at), min(end - at, batch.num_rows) - max(0, start - at))
            for batch, at in batches
            if at < end and at + batch.num_rows > start
        ]
        return pa.Table.from_batches(parts, ENTRIES)

    def _place(self, rank: int) -> tuple[int, int]:
        """(batch, row in it) of a rank."""
        batch = bisect_right(self._begins, rank) - 1
        return batch, rank - self._begins[batch]


def _bytes_of(keys: Any) -> npt.NDArray[np.uint8]:
    width = keys.type.byte_width
    return np.frombuffer(keys.buffers()[1], np.uint8)[keys.offset * width : (keys.offset + len(keys)) * width]


def _heads(keys: npt.NDArray[np.uint8]) -> _Numbers:
    """The first bytes of each of several keys, as a number."""
    return keys.view(np.uint64)[::4]


def no_entries() -> Entries:
    """None."""
    return Entries([], {}, frozenset())


def mapped(path: Path, parts: Mapping[str, int], usable: frozenset[str]) -> Entries:
    """The entries in a file; a ValueError where it holds something else."""
    reader = pa.ipc.open_file(pa.memory_map(str(path)))
    if reader.schema != ENTRIES:
        raise ValueError("no entries")
    return Entries([reader.get_batch(n) for n in range(reader.num_record_batches)], parts, usable)


class Writer:
    """Rows of entries on their way to a file."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._waiting: list[pa.Table] = []
        self.count = 0

    def add(self, rows: pa.Table) -> None:
        """Nothing; the rows follow those before."""
        self._waiting.append(rows)
        self.count += rows.num_rows
        if sum(rows.num_rows for rows in self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Nothing; what waited is in the file."""
        rows = pa.concat_tables([ENTRIES.empty_table(), *self._waiting]).combine_chunks()
        self._file.write_table(rows)
        self._waiting = []


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A context with what writes entries to the file."""
    with pa.ipc.new_file(str(path), ENTRIES) as file:
        writer = Writer(file)
        yield writer
        writer.flush()


def as_rows(entries: Sequence[Kept], schema: pa.Schema = ENTRIES) -> pa.Table:
    """The entries as rows, with the first columns of theirs that the schema has."""
    columns = list(zip(*entries, strict=True))[: len(schema)] or [()] * len(schema)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)
