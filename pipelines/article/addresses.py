"""Corpora at addresses: objects of a store, listed as they are read, and files on the web; one at a time is fetched to this machine."""

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pipelines.errors import InputError, UsageError, visible
from pipelines.fetch import NotThere, TooLarge, clean, save, session, shown

if TYPE_CHECKING:
    from pipelines.stores.bucket import Bucket, Object

_LONGEST_NAME = 255
_ATTEMPTS = 3
_GLOB = re.compile(r"[*?\[]")
# How many bytes a file of this name may have, or why it is not worth fetching.
Limit = Callable[[str], int | str]


def expect_address(address: str) -> None:
    """Nothing; an InputError where no object is there, a UsageError where it is no address."""
    if not _on_the_web(address):
        next(_objects(address, patient=False)[1], None)


def fetched_files(address: str, limit: Limit) -> Iterator[tuple[str, Path | str]]:
    """Where each file of the corpus stands, and its content in a file of the same name, which is gone when the next one is asked for;
    or why it has none. What is wrong with one object is said in its place; an address or a line that fails is an InputError."""
    with TemporaryDirectory(prefix="factpack-") as scratch:
        if _on_the_web(address):
            yield shown(address), _from_web(address, Path(scratch), limit)
            return
        bucket, objects = _objects(address, patient=True)
        for found in objects:
            file = _from_bucket(bucket, found, Path(scratch), limit)
            yield bucket.where(found.key), file
            if isinstance(file, Path):
                file.unlink()


def _from_web(address: str, scratch: Path, limit: Limit) -> Path | str:
    name = PurePosixPath(unquote(urlsplit(clean(address)).path)).name
    most = _unnamable(name) or limit(name)
    if isinstance(most, str):
        return most
    for attempt in range(_ATTEMPTS):
        try:
            with session() as client:
                save(client, address, scratch / name, most)
            break
        except TooLarge as error:
            return str(error).removeprefix(f"{shown(address)}: ")
        except InputError as error:
            if isinstance(error, NotThere) or attempt == _ATTEMPTS - 1:
                raise
    return scratch / name


def _from_bucket(bucket: "Bucket", found: "Object", folder: Path, limit: Limit) -> Path | str:
    from pipelines.stores.bucket import Unfit

    name = found.key.rpartition("/")[2]
    most = _unnamable(name) or limit(name)
    if isinstance(most, str):
        return most
    if found.size > most:
        return f"{found.size:,} bytes are too many (expected at most {most:,})"
    try:
        bucket.save(found, folder / name)
    except Unfit as error:
        return str(error).removeprefix(f"{bucket.where(found.key)}: ")
    return folder / name


def _unnamable(name: str) -> str | None:
    if len(name.encode("utf-8", "replace")) > _LONGEST_NAME or re.search(r"[\x00/]", name) or name in ("", ".", ".."):
        return f"no file can have this name (expected one of at most {_LONGEST_NAME} bytes)"
    return None


def _on_the_web(address: str) -> bool:
    scheme = address.partition("://")[0].lower()
    if scheme not in ("http", "https", "s3", "gs", "az"):
        raise UsageError(f"{visible(scheme)}://...: unknown kind of address (expected a path, s3://, gs://, az:// or http(s)://)")
    return scheme.startswith("http")


def _objects(address: str, patient: bool) -> "tuple[Bucket, Iterator[Object]]":
    """The bucket, and the object at the address, or those of the folder, or those that the glob finds."""
    from pipelines.stores.bucket import Bucket

    scheme, name, path = _judged(address)
    bucket = Bucket(scheme, name, patient)
    return bucket, _found(bucket, path)


def _judged(address: str) -> tuple[str, str, str]:
    """Scheme, bucket and path of the address; a UsageError where it is none, said without what may be secret."""
    scheme, _, rest = address.partition("://")
    name, _, path = rest.partition("/")
    if "@" in name or re.search(r"\?[^/]*=", rest):
        raise UsageError(
            f"{scheme}://...: holds more than a bucket and a path (expected credentials in the environment, not in the address)"
        )
    parts = path.removesuffix("/").split("/") if path else []
    sound = re.fullmatch(r"(?!\.+$)[A-Za-z0-9._-]+", name) and not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", path)
    if not sound or any(part in ("", ".", "..") for part in parts):
        raise UsageError(f"{visible(address)}: is no address (expected one such as {scheme}://bucket/folder)")
    return scheme.lower(), name, path


def _found(bucket: "Bucket", path: str) -> "Iterator[Object]":
    if path and not path.endswith("/") and (one := bucket.find(path)):
        yield one
        return
    wanted = path.removesuffix("/").split("/") if path else []
    fixed = next((n for n, part in enumerate(wanted) if _GLOB.search(part)), len(wanted))
    some = False
    for found in bucket.listed("/".join(wanted[:fixed])):
        parts = found.key.split("/")[fixed:]
        if not any(part.startswith(".") for part in parts) and _matches(parts, wanted[fixed:]):
            some = True
            yield found
    if not some:
        raise InputError(f"{bucket.where(path)}: not found (expected an object, a folder with objects or a glob that finds some)")


def _matches(parts: list[str], wanted: list[str]) -> bool:
    """Whether the name, or a folder that it is in, is one that the glob means."""
    if not wanted:
        return True
    if wanted[0] == "**":
        return any(_matches(parts[n:], wanted[1:]) for n in range(len(parts)))
    return bool(parts) and fnmatchcase(parts[0], wanted[0]) and _matches(parts[1:], wanted[1:])
