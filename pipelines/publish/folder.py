"""A plain folder to publish to or to fetch from: files appear whole, by rename, and one publisher works at a time."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import UsageError, visible
from pipelines.fetch import NotThere
from pipelines.publish.place import Tag, save_blocks

_BLOCK = 1 << 20
_SCRATCH = ".factpack"
LATEST = "latest"


class Folder:
    """A folder; what is written goes to a hidden scratch folder first and is then renamed."""

    threads = 1

    def __init__(self, root: Path) -> None:
        self._root = root

    def where(self, path: str) -> str:
        """The file as messages name it."""
        return visible(str(self._root / path))

    def save(self, path: str, target: Path, most: int) -> int:
        """The bytes written to ``target``."""
        return save_blocks(self.blocks(path), target, self.where(path), most)

    def blocks(self, path: str) -> Iterator[bytes]:
        """The content of the file; a link that leads out of the folder is no file of it."""
        place = self._root / path
        if not place.is_file() or not place.resolve().is_relative_to(self._root.resolve()):
            raise NotThere(f"{self.where(path)}: not found (expected a file of the release)")
        with place.open("rb") as stream:
            while block := stream.read(_BLOCK):
                yield block

    def files(self, under: str) -> dict[str, int]:
        """The size of every file below ``under``."""
        found = (path for path in sorted((self._root / under).rglob("*")) if path.is_symlink() or not path.is_dir())
        return {path.relative_to(self._root).as_posix(): path.lstat().st_size for path in found}

    def read(self, path: str) -> tuple[bytes, Tag] | None:
        """The content and its SHA-256."""
        if not (self._root / path).is_file():
            return None
        content = (self._root / path).read_bytes()
        return content, {"sha256": hashlib.sha256(content).hexdigest()}

    def create(self, path: str, file: Path) -> bool:
        """Whether the file was put."""
        if os.path.lexists(self._root / path):
            return False
        with file.open("rb") as source, self._draft.open("wb") as stream:
            shutil.copyfileobj(source, stream, _BLOCK)
        self._rename(path)
        return True

    def replace(self, path: str, content: bytes, tag: Tag | None) -> bool:
        """Whether the content is in place."""
        there = self.read(path)
        if (there and there[1]) != tag:
            return False
        self._draft.write_bytes(content)
        self._rename(path)
        return True

    def point(self, version: str) -> None:
        """Nothing; the link ``latest`` leads to the version."""
        place = self._root / LATEST
        if place.is_symlink() and os.readlink(place) == version:
            return
        self._draft.unlink(missing_ok=True)
        self._draft.symlink_to(version)
        self._draft.replace(place)

    @property
    def _draft(self) -> Path:
        return self._root / _SCRATCH / "draft"

    def _rename(self, path: str) -> None:
        """Nothing; the draft is on the disk and then, whole, at its path."""
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        _sync(self._draft)
        self._draft.replace(target)
        _sync(target.parent)


@contextmanager
def publishing(root: Path, say: Callable[[str], None]) -> Iterator[Folder]:
    """The folder, made where it is not there, while nobody else publishes to it; what a killed publisher left in its scratch is gone."""
    if os.path.lexists(root) and not root.is_dir():
        raise UsageError(f"{visible(str(root))}: is a file (expected a folder)")
    if os.path.lexists(root / LATEST) and not (root / LATEST).is_symlink():
        raise UsageError(f"{visible(str(root / LATEST))}: is no link (expected nothing there, or the link that a publication makes)")
    scratch = root / _SCRATCH
    scratch.mkdir(parents=True, exist_ok=True)
    with locked(scratch, lambda: say(f"waiting for another publication to {root} ...")):
        (scratch / "draft").unlink(missing_ok=True)
        yield Folder(root)


@contextmanager
def locked(folder: Path, wait: Callable[[], None]) -> Iterator[None]:
    """A context in which no other process holds the folder; the lock is the operating system's and ends with its process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(path: Path) -> None:
    """Nothing; the file or folder is on the disk, not only in its cache."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
