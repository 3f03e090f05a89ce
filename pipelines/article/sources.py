"""What a reader of corpora gives: articles that are not extracted yet, or known already, and what could not be read."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.article.kept import Kept, Key, Known, Ranks
from pipelines.article.page import Page
from pipelines.article.stretches import Run
from pipelines.article.text import Article


@dataclass(frozen=True)
class Rejected:
    """One article that could not be read: where, and why."""

    where: str
    reason: str


@dataclass(frozen=True)
class Source:
    """What one article is made of, and where it stands; a page is made an article by whoever extracts from it.

    ``key`` is what it is known by from run to run, ``size`` the bytes that it takes in its file, unpacked; 0 where that is not known.
    """

    where: str
    content: Article | Page | Kept
    key: Key = b""
    size: int = 0


@dataclass(frozen=True)
class Stretch:
    """Articles that follow each other in a corpus and whose results are all kept: where they stand, and what they are to who knows them."""

    run: Run
    ranks: Ranks
    known: Known

    def __len__(self) -> int:
        return len(self.ranks)

    def sources(self) -> Iterator[Source]:
        """The same, one by one."""
        for (where, raw), kept in zip(self.run.each(), self.known.kept(self.ranks), strict=True):
            yield Source(where, kept, kept.key, len(raw.content))
