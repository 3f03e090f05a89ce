"""Where releases are published to and fetched from: what a folder, an object store and a web address have in common."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn, Protocol

from pipelines.errors import InputError

# What tells two states of a file apart, in the terms of the place.
Tag = Mapping[str, str]


class Source(Protocol):
    """A place that files can be fetched from, by their path below its address."""

    def where(self, path: str) -> str:
        """The file as messages name it, without anything secret."""

    def save(self, path: str, target: Path, most: int) -> int:
        """The bytes written to ``target``; a NotThere where there is no such file, an InputError beyond ``most`` bytes."""


class Place(Source, Protocol):
    """A place that can be published to: files are put once, and the few that change are replaced whole, by compare and swap."""

    threads: int

    def files(self, under: str) -> dict[str, int]:
        """The size in bytes of every file in the folder ``under``, by path below the address."""

    def blocks(self, path: str) -> Iterator[bytes]:
        """The content of a file; a NotThere where there is no such file."""

    def read(self, path: str) -> tuple[bytes, Tag] | None:
        """The content of a small file and the tag of this state of it, or nothing where there is none."""

    def create(self, path: str, file: Path) -> bool:
        """Whether the file was put; False where there is one already, which stays as it is."""

    def replace(self, path: str, content: bytes, tag: Tag | None) -> bool:
        """Whether the content is in place; False where the file was no longer as ``tag`` says (none: not there)."""

    def point(self, version: str) -> None:
        """Nothing; ``latest`` leads to the version, where the place has links."""


class Meter(Protocol):
    """What is told of the progress: how much there is to do, and what was done of it."""

    def start(self, what: str, files: int, size: int | None) -> None:
        """Nothing; from now on ``what`` is being done, to so many files and bytes."""

    def advance(self, files: int, size: int) -> None:
        """Nothing; so many more files and bytes are done. Called from several threads."""


class Silent:
    """A meter that shows nothing."""

    def start(self, what: str, files: int, size: int | None) -> None:
        """Nothing."""

    def advance(self, files: int, size: int) -> None:
        """Nothing."""


def scheme_of(address: str) -> str:
    """The kind of address in lower case, such as s3; empty for a path."""
    return address.partition("://")[0].lower() if "://" in address else ""


def save_blocks(blocks: Iterable[bytes], target: Path, where: str, most: int) -> int:
    """The bytes written to ``target``; an InputError beyond ``most``."""
    size = 0
    with target.open("wb") as stream:
        for block in blocks:
            size += len(block)
            if size > most:
                refuse(where, "is too large", f"at most {most:,} bytes")
            stream.write(block)
    return size


def refuse(where: str, what: str, expected: str) -> NoReturn:
    """Never returns: an InputError of the form *where: what (expected ...)*."""
    raise InputError(f"{where}: {what} (expected {expected})")
