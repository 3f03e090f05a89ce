"""Numbers that are sorted a stretch at a time: while they are few in memory, else in files by their upper bits."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

# So many numbers wait in memory, of eight bytes each; while a stretch is sorted there are a few times as many.
_MOST = 1_000_000
_FILES = 64

Keys = npt.NDArray[np.uint64]


class Buckets:
    """Keys whose upper 32 bits are below ``bound``, added in any order; given again in sorted stretches that follow each other.

    ``folder`` is made when it is needed, and gone in the end.
    """

    def __init__(self, folder: Path, bound: int) -> None:
        self._folder, self._bound = folder, np.uint64(max(1, bound))
        self._waiting: list[Keys] = []
        self._count = 0

    def __enter__(self) -> "Buckets":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, keys: Keys) -> None:
        """Nothing; the keys will be given again."""
        self._waiting.append(keys)
        self._count += len(keys)
        if self._count > _MOST:
            self._spill()

    def each(self) -> Iterator[Keys]:
        """All keys, sorted, a stretch at a time."""
        if not self._folder.exists():
            yield self._taken()
            return
        self._spill()
        for number in range(_FILES):
            path = self._folder / f"{number}"
            if path.exists():
                keys = np.fromfile(path, "<u8")
                keys.sort()
                yield keys

    def _taken(self) -> Keys:
        keys = np.concatenate([np.empty(0, np.uint64), *self._waiting])
        self._waiting, self._count = [], 0
        keys.sort()
        return keys

    def _spill(self) -> None:
        """Nothing; what waited stands in its files."""
        self._folder.mkdir(exist_ok=True)
        keys = self._taken()
        file = (keys >> np.uint64(32)) * np.uint64(_FILES) // self._bound
        ends = np.searchsorted(file, np.arange(_FILES + 1, dtype=np.uint64))
        for number in np.flatnonzero(np.diff(ends)):
            with (self._folder / f"{number}").open("ab") as stream:
                keys[ends[number] : ends[number + 1]].tofile(stream)
