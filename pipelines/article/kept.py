"""What an article is known by from run to run: the content that extraction reads of it, as a hash."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pipelines.article.page import Page
from pipelines.article.text import Article

Key = bytes
# Places of articles among all that the last run left, in order of their identifiers.
Ranks = npt.NDArray[np.int64]
SKIPPED = -1
NOWHERE = -1


class Kept(NamedTuple):
    """An article whose results are kept: its identifier, what it is known by, what it was extracted with, its number of facts, and
    the part of the store that holds its rows. A page in another language has no rows, and SKIPPED in place of a number. ``rank`` is its
    place among all that the last run left; NOWHERE where it is not of that run."""

    article_id: str
    key: Key
    origin: str
    facts: int
    part: str
    rank: int = NOWHERE


@dataclass(frozen=True)
class Raw:
    """An article that is not read yet: its bytes, the identifier that it has where it names none, and what reads it or is an InputError."""

    kind: str
    content: bytes
    default_id: str
    read: Callable[[], Article]

    @property
    def named(self) -> Key:
        """What it is known by where it names itself."""
        return hashlib.sha256(self.kind.encode() + b":" + self.content).digest()

    @property
    def unnamed(self) -> Key:
        """What it is known by where it does not."""
        return hashlib.sha256(self.named + self.default_id.encode("utf-8", "surrogatepass")).digest()


class Known(Protocol):
    """What earlier runs left."""

    def find(self, key: Key, read: Callable[[], Article | Page]) -> Kept | None:
        """The article with that key whose results can be used; ``read`` gives its content to who needs it for that."""
        ...

    def find_all(self, stretch: Key) -> Ranks | None:
        """The articles that were learnt to be known together by that key, in order, where the results of all can be used."""
        ...

    def kept(self, ranks: Ranks) -> list[Kept]:
        """What is kept of these articles, in their order."""
        ...

    @property
    def count(self) -> int:
        """How many articles the last run left."""
        ...

    def rank_of(self, article_id: str) -> int | None:
        """The place among them of the article with that identifier."""
        ...

    def learn(self, stretch: Key, keys: Sequence[Key]) -> None:
        """Nothing; the articles with these keys are known together from the next run on."""
        ...


def key_of(content: Article | Page) -> Key:
    """What an article or page is known by that was read."""
    values = (getattr(content, field.name) for field in fields(content))
    return _digest([type(content).__name__.encode(), *(_bytes(value) for value in values)])


def _bytes(value: object) -> bytes:
    # None is told from the text "None" by the letter before it.
    return value if isinstance(value, bytes) else f"{'' if value is None else '='}{value}".encode("utf-8", "surrogatepass")


def _digest(parts: Iterable[bytes]) -> Key:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.digest()
