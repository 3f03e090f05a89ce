"""Where tables are cut into pieces: between certain articles, known by their names, so that an article more or less leaves the others alone."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.article.kept import Kept

# A piece has so many articles on average, and never more than the other.
_ARTICLES = 2_048
_MOST_ARTICLES = 8_192


@dataclass(frozen=True)
class Piece:
    """Articles that follow each other: the first and the last, and a hash of all that their rows depend on."""

    digest: str
    first: str
    last: str


def plan(entries: Iterable[Kept], writers: str) -> Iterator[Piece]:
    """The pieces of a result in order; ``writers`` names what else decides on the bytes of a piece."""
    first = last = ""
    count, digest = 0, hashlib.sha256()
    for entry in entries:
        if count and (count >= _MOST_ARTICLES or _begins(entry.article_id)):
            yield Piece(digest.hexdigest()[:32], first, last)
            count = 0
        if not count:
            first, digest = entry.article_id, hashlib.sha256(writers.encode())
        count, last = count + 1, entry.article_id
        digest.update(f"\n{last} {entry.origin} ".encode() + entry.key)
    if count:
        yield Piece(digest.hexdigest()[:32], first, last)


def _begins(article_id: str) -> bool:
    """Whether a piece begins with this article, whatever stands around it."""
    return int.from_bytes(hashlib.sha256(article_id.encode()).digest()[:4], "big") % _ARTICLES == 0
