"""An object store (S3, Google Cloud Storage, Azure): conditional puts, so that nothing that is there is ever overwritten."""

import math
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError

from pipelines.errors import UsageError, visible
from pipelines.fetch import NotThere
from pipelines.publish.place import Tag, save_blocks
from pipelines.stores import opening
from pipelines.stores.told import told

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore

# A put has the time that it needs on a slow line.
_SLOWEST_BYTES_A_SECOND = 100_000
_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "html": "text/html",
    "md": "text/markdown",
    "txt": "text/plain",
    "zip": "application/zip",
}


class Store:
    """A bucket, or a folder in it; endpoint, region and credentials come from the usual environment variables."""

    threads = 8

    def __init__(self, address: str) -> None:
        self._address = judged(address)
        self._reader = self._opened({"read_timeout": timedelta(seconds=opening.ONE), "timeout": timedelta(days=1)})
        self._writers: dict[int, ObjectStore] = {}

    def where(self, path: str) -> str:
        """The file as messages name it."""
        return f"{visible(self._address)}/{visible(path)}"

    def save(self, path: str, target: Path, most: int) -> int:
        """The bytes written to ``target``."""
        return save_blocks(self.blocks(path), target, self.where(path), most)

    def blocks(self, path: str) -> Iterator[bytes]:
        """The content of the object."""
        with told(self.where(path)):
            yield from obstore.get(self._reader, path)

    def files(self, under: str) -> dict[str, int]:
        """The size of every object below ``under``."""
        with told(self.where(under)):
            return {meta["path"]: meta["size"] for batch in obstore.list(self._reader, prefix=f"{under}/") for meta in batch}

    def read(self, path: str) -> tuple[bytes, Tag] | None:
        """The content and its tag."""
        try:
            with told(self.where(path)):
                found = obstore.get(self._reader, path)
                # S3 and Azure compare the entity tag, Google Cloud Storage the version.
                tag = {"e_tag": found.meta["e_tag"], "version": found.meta["version"]}
                return bytes(found.bytes()), {key: value for key, value in tag.items() if value is not None}
        except NotThere:
            return None

    def create(self, path: str, file: Path) -> bool:
        """Whether the object was put, in one put, since only that is refused when something is there."""
        try:
            with told(self.where(path)):
                obstore.put(
                    self._writer(file.stat().st_size),
                    path,
                    file,
                    mode="create",
                    attributes=_attributes(path, "public, max-age=31536000, immutable"),
                )
        except AlreadyExistsError:
            return False
        return True

    def replace(self, path: str, content: bytes, tag: Tag | None) -> bool:
        """Whether the content is in place."""
        try:
            with told(self.where(path)):
                # The stub wants both halves of the tag, the function refuses one that is None.
                mode: Any = "create" if tag is None else dict(tag)
                obstore.put(self._writer(0), path, content, mode=mode, attributes=_attributes(path, "no-cache"))
        except (AlreadyExistsError, PreconditionError, NotThere):
            return False
        return True

    def point(self, version: str) -> None:
        """Nothing; object stores have no links."""

    def _writer(self, size: int) -> "ObjectStore":
        """The store with as much patience as a put of that size needs, while others share the line; one for each doubling of it."""
        seconds = math.ceil(opening.ONE * 2 ** math.ceil(math.log2(2 + size * self.threads / _SLOWEST_BYTES_A_SECOND / opening.ONE)))
        if seconds not in self._writers:
            self._writers[seconds] = self._opened({"timeout": timedelta(seconds=seconds)})
        return self._writers[seconds]

    def _opened(self, client: "ClientConfig") -> "ObjectStore":
        return opening.opened(self._address, client)


def judged(address: str) -> str:
    """The same address without a slash at its end; a UsageError where it is no bucket and path, said without what may be secret."""
    scheme, _, rest = address.partition("://")
    bucket, _, path = rest.rstrip("/").partition("/")
    if re.search("[@?#]", rest):
        raise UsageError(
            f"{scheme}://...: holds more than a bucket and a path (expected credentials in the environment, not in the address)"
        )
    if not re.fullmatch(r"[A-Za-z0-9._-]+", bucket) or not re.fullmatch(r"(?!.*(^|/)\.{0,2}(/|$))[^\x00-\x20\x7f%\\]+|", path):
        raise UsageError(f"{visible(address)}: is no address (expected one such as {scheme}://bucket/folder)")
    return f"{scheme.lower()}://{bucket}/{path}".rstrip("/")


def _attributes(path: str, cached: str) -> dict[str, str]:
    kind = _TYPES.get(path.rpartition(".")[2], "application/octet-stream")
    return {"Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, "Cache-Control": cached}
