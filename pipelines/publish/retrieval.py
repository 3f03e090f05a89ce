"""A release is fetched from where it was published, verified file by file, and put in place by one rename."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from pipelines.checksums import CHECKSUMS, MAX_CHECKSUMS, SIGNATURE, difference, parse_checksums, sha256_of
from pipelines.errors import InputError, UsageError, did_you_mean, visible
from pipelines.fetch import DESCRIPTOR, MAX_BYTES, NotThere, beside, clean, fetched, save, session, shown
from pipelines.publish.folder import Folder, locked
from pipelines.publish.index import INDEX, MAX_INDEX, Entry, parse_index
from pipelines.publish.place import Meter, Silent, Source, refuse, scheme_of
from pipelines.publish.release import identity
from pipelines.publish.signature import verify_signature

_SCRATCH = ".factpack-fetch"
_MAX_SIGNATURE = 10_000


@dataclass(frozen=True)
class Fetched:
    """Where the release is, its number of files, whether it was there already, and the key where a signature was verified."""

    folder: Path
    files: int
    was_there: bool
    key: str | None


class Web:
    """An http(s) address that a publication or a release lies at."""

    def __init__(self, address: str, client: requests.Session) -> None:
        parts = urlsplit(address)
        folder = parts.path.removesuffix(DESCRIPTOR).removesuffix(INDEX).rstrip("/") + "/"
        self._address, self._folder, self._client = address, folder, client

    def where(self, path: str) -> str:
        """The address of the file."""
        return shown(beside(self._address, self._folder, path))

    def save(self, path: str, target: Path, most: int) -> int:
        """The bytes written to ``target``."""
        return save(self._client, beside(self._address, self._folder, path), target, most)


def fetch_release(
    address: str, out: Path, version: str | None = None, key: str | None = None, meter: Meter | None = None, max_bytes: int = MAX_BYTES
) -> Fetched:
    """The release, in ``out``; the newest unless a version is named, signed with ``key`` where one is given.

    Nothing appears in ``out`` unless all of it holds. Errors say *where: what (expected ...)*.
    """
    with _opened(address, max_bytes) as source, _scratch(out) as scratch:
        entry = _chosen(source, version, scratch / "index")
        under = f"{entry.path}/" if entry else ""
        folder = scratch / "release"
        folder.mkdir()
        sums = _sums(source, under, entry, folder)
        signer = _signer(source, under, folder, key) if key else None
        left = max_bytes - _saved(source, under, DESCRIPTOR, folder, sums, max_bytes)
        name, found, _ = identity((folder / DESCRIPTOR).read_bytes(), source.where(under + DESCRIPTOR))
        if found != (entry.version if entry else version or found):
            refuse(source.where(under + DESCRIPTOR), f"is version {found}", f"version {entry.version if entry else version}")
        target = out / f"{name}-{found}"
        if target.exists() or target.is_symlink():
            _equal(target, folder, sums)
            return Fetched(target, len(sums) + 1, True, signer)
        _rest(source, under, folder, sums, left, meter or Silent())
        folder.rename(target)
        return Fetched(target, len(sums) + 1, False, signer)


@contextmanager
def _opened(address: str, max_bytes: int) -> Iterator[Source]:
    scheme = scheme_of(address)
    path = urlsplit(clean(address)).path if scheme in ("http", "https") else address
    if path.lower().endswith(".zip") and scheme in ("", "http", "https"):
        with fetched(address, lambda _: None, max_bytes) as folder:
            yield Folder(folder)
    elif scheme in ("http", "https"):
        with session() as client:
            yield Web(address, client)
    elif "://" not in address:
        place = Path(address)
        yield Folder(place.parent if place.name in (DESCRIPTOR, INDEX) else place)
    else:
        from pipelines.publish.store import Store
        from pipelines.stores.opening import SCHEMES

        if scheme not in SCHEMES:
            raise UsageError(
                f"{visible(scheme)}://...: unknown kind of address (expected a folder, a .zip, http(s)://, s3://, gs:// or az://)"
            )
        yield Store(address)


@contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    """An empty hidden folder in ``out``, gone afterwards; one that a killed run has left is emptied."""
    out.mkdir(parents=True, exist_ok=True)
    scratch = out / _SCRATCH
    with locked(out, lambda: None):
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _chosen(source: Source, version: str | None, target: Path) -> Entry | None:
    """The release that the index at the address lists, or nothing where there is no index, as in the folder of one release."""
    try:
        source.save(INDEX, target, MAX_INDEX)
    except NotThere:
        return None
    index = parse_index(target.read_bytes(), source.where(INDEX))
    entry = index.entry(version or index.latest)
    if entry is None:
        known = [entry.version for entry in index.releases]
        hint = did_you_mean(str(version), known)
        raise UsageError(f"{source.where(INDEX)}: no release {visible(str(version))} (expected one of {', '.join(known[-20:])}{hint})")
    return entry


def _sums(source: Source, under: str, entry: Entry | None, folder: Path) -> dict[str, str]:
    """The sums of the release, which are those that the index knows, where there is one."""
    where = source.where(under + CHECKSUMS)
    try:
        source.save(under + CHECKSUMS, folder / CHECKSUMS, MAX_CHECKSUMS)
    except NotThere as error:
        if entry:
            raise
        raise NotThere(f"{error}: there is neither {INDEX} nor {CHECKSUMS} (expected a publication or a release)") from None
    found = sha256_of(folder / CHECKSUMS)
    if entry and found != entry.checksums_sha256:
        refuse(where, f"sha256 is {found}", f"{entry.checksums_sha256}, as {INDEX} says")
    sums = parse_checksums((folder / CHECKSUMS).read_bytes(), where)
    if DESCRIPTOR not in sums:
        refuse(where, f"does not name {DESCRIPTOR}", "a Data Package")
    return sums


def _signer(source: Source, under: str, folder: Path, key: str) -> str:
    where = source.where(under + SIGNATURE)
    try:
        source.save(under + SIGNATURE, folder / SIGNATURE, _MAX_SIGNATURE)
    except NotThere:
        raise InputError(f"{where}: there is no signature (expected one, since --public-key is given)") from None
    return verify_signature((folder / CHECKSUMS).read_bytes(), (folder / SIGNATURE).read_bytes(), key, where)


def _rest(source: Source, under: str, folder: Path, sums: Mapping[str, str], left: int, meter: Meter) -> None:
    meter.start("fetching", len(sums), None)
    meter.advance(1, (folder / DESCRIPTOR).stat().st_size)
    for path in sums:
        if path != DESCRIPTOR:
            size = _saved(source, under, path, folder, sums, left)
            left -= size
            meter.advance(1, size)


def _saved(source: Source, under: str, path: str, folder: Path, sums: Mapping[str, str], most: int) -> int:
    """The size of the file, which was fetched and has its sum."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    size = source.save(under + path, target, most)
    found = sha256_of(target)
    if found != sums[path]:
        refuse(source.where(under + path), f"sha256 is {found}", f"{sums[path]}, as {CHECKSUMS} says")
    return size


def _equal(target: Path, folder: Path, sums: Mapping[str, str]) -> None:
    """Nothing; refused where what is there is not the release, and left as it is. A signature that was asked for is put beside."""
    if target.is_symlink() or not target.is_dir():
        refuse(visible(str(target)), "is there and no folder", "nothing there, or the same release")
    if found := difference(target, sums):
        refuse(visible(f"{target}/{found}"), "the folder is there and is not the release", "nothing there, or the same release")
    if not (target / CHECKSUMS).is_file() or sha256_of(target / CHECKSUMS) != sha256_of(folder / CHECKSUMS):
        refuse(visible(str(target / CHECKSUMS)), "differs", "nothing there, or the same release")
    if (folder / SIGNATURE).is_file():
        (folder / SIGNATURE).replace(target / SIGNATURE)
