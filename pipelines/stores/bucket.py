"""A bucket to read from: its objects are listed a page at a time, and had as the listing saw them or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import PreconditionError

from pipelines.errors import FactpackError, InputError, visible
from pipelines.fetch import NotThere
from pipelines.stores.opening import opened
from pipelines.stores.told import told

if TYPE_CHECKING:
    from obstore.store import ClientConfig

# Seconds that a store may be out of reach before a run of hours is given up, and that it may keep silent in the middle of an answer.
PATIENCE, SILENCE = 120, 30
_PAGE = 1000
_BLOCK = 1 << 20
_EXPECTED = "an object, a folder with objects or a glob that finds some"
# In an archive that takes hours to answer.
_ARCHIVED = ("InvalidObjectState", "BlobArchived")


class Unfit(InputError):
    """This object cannot be had; the others may be."""


@dataclass(frozen=True)
class Object:
    """One object as the listing had it: its key, its size in bytes, and the tag of that state, where the store has such."""

    key: str
    size: int
    tag: str | None


class Bucket:
    """A bucket of a store; a ``patient`` one waits for a store that is out of reach, which at the start of a run is likely a mistake."""

    def __init__(self, scheme: str, name: str, patient: bool) -> None:
        self._address = f"{scheme}://{name}"
        waiting: ClientConfig = {"read_timeout": timedelta(seconds=SILENCE), "timeout": timedelta(days=1)}
        self._store = opened(self._address, waiting, timedelta(seconds=PATIENCE) if patient else None)

    def where(self, key: str) -> str:
        """The object as messages name it."""
        return f"{self._address}/{visible(key)}"

    def find(self, key: str) -> Object | None:
        """The object with this key, or nothing."""
        try:
            with told(self.where(key), _EXPECTED):
                return _object(obstore.head(self._store, key))
        except NotThere:
            return None

    def listed(self, folder: str) -> Iterator[Object]:
        """The objects below the folder, in the order of the store, which is that of their names; no more than a page is held."""
        with told(self.where(folder), _EXPECTED):
            for page in obstore.list(self._store, prefix=folder or None, chunk_size=_PAGE):
                for meta in page:
                    yield _object(meta)

    def save(self, found: Object, target: Path) -> None:
        """Nothing; the file has the object's content. Unfit where the object is not any more as it was listed; a line that breaks off is
        taken up again by the library, and an InputError in the end."""
        where = self.where(found.key)
        try:
            with told(where, _EXPECTED), target.open("wb") as file:
                got = obstore.get(self._store, found.key, options={"if_match": found.tag} if found.tag else {})
                size = sum(file.write(block) for block in got.stream(min_chunk_size=_BLOCK))
        except PreconditionError:
            raise Unfit(f"{where}: changed since it was listed (expected objects that stay as they are; run it again)") from None
        except NotThere:
            raise Unfit(f"{where}: is gone since it was listed (expected objects that stay; run it again)") from None
        except FactpackError as error:
            if any(code in str(error) for code in _ARCHIVED):
                raise Unfit(f"{where}: lies in an archive (expected it restored)") from None
            raise
        if size != found.size:
            raise InputError(f"{where}: the download ended after {size:,} bytes (expected {found.size:,})")


def _object(meta: Any) -> Object:
    return Object(meta["path"], meta["size"], meta["e_tag"])
