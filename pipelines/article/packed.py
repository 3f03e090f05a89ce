"""Files as a stream of bytes, unpacked where they are packed; one that unpacks without end is refused."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

PACKED = {".gz": "gzip", ".zst": "zstd"}
_CHUNK = 1 << 18
# News packs to a tenth or a twentieth; what gives hundreds of bytes for each is made to fill a disk.
_MOST_TIMES = 200
_FREE = 100_000_000


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """A context with the file's bytes, unpacked as they are read; an OSError says what is wrong with them."""
    with path.open("rb") as packed:
        if path.suffix not in PACKED:
            yield packed
            return
        with pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), PACKED[path.suffix]) as stream:
            yield io.BufferedReader(_Bounded(stream, packed), _CHUNK)


def damage(error: OSError) -> str:
    """What is wrong with a packed file, in one line."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"{text.rstrip('.')} (expected a whole file; what stands before is read)"


class _Bounded(io.RawIOBase):
    """The unpacked bytes, until they are too many for those that were read."""

    def __init__(self, stream: Any, packed: BinaryIO) -> None:
        self._stream, self._packed, self._given = stream, packed, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The place, further on: there is no way back."""
        if whence == io.SEEK_END or (whence == io.SEEK_SET and offset < self._given) or (whence == io.SEEK_CUR and offset < 0):
            raise io.UnsupportedOperation("a packed file is read forwards only")
        left = offset - self._given if whence == io.SEEK_SET else offset
        while left and (read := self.readinto(bytearray(min(left, _CHUNK)))):
            left -= read
        return self._given

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(min(len(buffer), _CHUNK))
        self._given += len(data)
        if self._given > _FREE and self._given > _MOST_TIMES * self._packed.tell():
            raise OSError(f"more than {_MOST_TIMES} times as large unpacked as packed")
        buffer[: len(data)] = data
        return len(data)
