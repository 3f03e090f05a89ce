"""Where tables are cut into pieces: between certain articles, known by their names, so that an article more or less leaves the others alone."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.article.kept import NOWHERE, Kept, Ranks
from pipelines.results.entries import Span, as_rows, writing
from pipelines.results.register import Register

# A piece has so many articles on average, and never more than the other.
_ARTICLES = 2_048
_MOST_ARTICLES = 8_192


@dataclass(frozen=True)
class Piece:
    """Articles that follow each other: a hash of all that their rows depend on, the first and the last, how many they are, and the
    span of the last run that is the same."""

    digest: str
    first: str
    last: str
    articles: int
    span: Span | None = None


def plan(register: Register, writers: str, before: str) -> Iterator[Piece]:
    """The pieces of a result in order; ``writers`` names what else decides on the bytes of a piece, ``before`` what did in the last run.

    Spans of the last run from which nothing went and to which nothing came are pieces as they are: their articles are not looked at.
    """
    cut = _Cut(writers)
    entries, spans = register.entries, register.entries.spans
    firsts = [entries.name(span.start) for span in spans]
    yield from cut.all(register.between("", firsts[0] if firsts else None))
    for number, span in enumerate(spans):
        end = firsts[number + 1] if span.end < entries.count else None
        begins = cut.is_empty or _begins(firsts[number])
        ends = end is None or register.takes(span.end)
        if writers == before and begins and ends and register.is_whole(span, end):
            yield from cut.rest()
            yield Piece(span.part, firsts[number], entries.name(span.end - 1), span.end - span.start, span)
        else:
            yield from cut.all(register.between(firsts[number], end))
    yield from cut.rest()


def write_entries(path: Path, pieces: Iterable[Piece], register: Register) -> Ranks:
    """The rank that each entry of the last run has now, or NOWHERE; the file holds the entries of all pieces."""
    moved = np.full(register.entries.count, NOWHERE, np.int64)
    with writing(path) as writer:
        for piece in pieces:
            if piece.span:
                moved[piece.span.start : piece.span.end] = np.arange(writer.count, writer.count + piece.articles)
                writer.add(register.entries.between(piece.span.start, piece.span.end))
                continue
            entries = list(register.between(piece.first, f"{piece.last}\0"))
            for rank, entry in enumerate(entries, writer.count):
                if entry.rank != NOWHERE:
                    moved[entry.rank] = rank
            writer.add(as_rows(entries))
    return moved


class _Cut:
    """A piece that grows."""

    def __init__(self, writers: str) -> None:
        self._writers = writers
        self._first = self._last = ""
        self._count, self._digest = 0, hashlib.sha256()

    @property
    def is_empty(self) -> bool:
        """Whether nothing belongs to it yet."""
        return not self._count

    def all(self, entries: Iterable[Kept]) -> Iterator[Piece]:
        """The pieces that end with one of these entries or before it."""
        for entry in entries:
            if self._count >= _MOST_ARTICLES or _begins(entry.article_id):
                yield from self.rest()
            if not self._count:
                self._first, self._digest = entry.article_id, hashlib.sha256(self._writers.encode())
            self._count, self._last = self._count + 1, entry.article_id
            self._digest.update(f"\n{self._last} {entry.origin} ".encode() + entry.key)

    def rest(self) -> Iterator[Piece]:
        """The piece, where anything belongs to it; it is empty then."""
        if self._count:
            yield Piece(self._digest.hexdigest()[:32], self._first, self._last, self._count)
            self._count = 0


def _begins(article_id: str) -> bool:
    """Whether a piece begins with this article, whatever stands around it."""
    return int.from_bytes(hashlib.sha256(article_id.encode()).digest()[:4], "big") % _ARTICLES == 0
