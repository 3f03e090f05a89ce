"""Stretches: articles that follow each other in a corpus and are known together from run to run."""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipelines.article.kept import Key, Raw

# So many articles on average, and never more, or of more bytes, than the others.
_ARTICLES = 256
# So many bytes from the middle of an article say whether a stretch ends with it: what stands at its ends may be the same in all.
_BYTES = 64
_MOST_ARTICLES = 1024
_MOST_BYTES = 4_000_000


class End:
    """Where stretches end: after certain articles, whatever stands around them, so that one more or less leaves the others alone."""

    def __init__(self) -> None:
        self._count = self._size = 0

    def after(self, content: bytes) -> bool:
        """Whether a stretch ends with the article of that content, the next one of a corpus."""
        self._count += 1
        self._size += len(content)
        middle = len(content) // 2
        if zlib.crc32(content[middle : middle + _BYTES]) % _ARTICLES and self._count < _MOST_ARTICLES and self._size < _MOST_BYTES:
            return False
        self._count = self._size = 0
        return True


class Run(Protocol):
    """Articles that follow each other in a corpus and are not read yet."""

    def __len__(self) -> int: ...

    def keys(self) -> tuple[Key, Key]:
        """What they are known by together: a hash of what they are, and one of what they are and what those without a name are called."""
        ...

    def where(self) -> list[str]:
        """Where each stands."""
        ...

    def sizes(self) -> Iterator[tuple[str, int]]:
        """(file, bytes of it) for each file that they stand in."""
        ...

    def each(self) -> Iterator[tuple[str, Raw]]:
        """Each by itself, with where it stands."""
        ...


@dataclass(frozen=True)
class Files:
    """Articles that are a file each: where each stands, and what is there."""

    found: Sequence[tuple[str, Raw]]

    def __len__(self) -> int:
        return len(self.found)

    def keys(self) -> tuple[Key, Key]:
        """Hashes of what they are, and of what they are and what their files are called."""
        content = hashlib.sha256(b"".join(raw.named for _, raw in self.found)).digest()
        names = "\n".join(raw.default_id for _, raw in self.found)
        return content, hashlib.sha256(content + names.encode("utf-8", "surrogatepass")).digest()

    def where(self) -> list[str]:
        """Where each stands."""
        return [where for where, _ in self.found]

    def sizes(self) -> Iterator[tuple[str, int]]:
        """(file, bytes of it)."""
        for where, raw in self.found:
            yield where, len(raw.content)

    def each(self) -> Iterator[tuple[str, Raw]]:
        """Each by itself, with where it stands."""
        return iter(self.found)
