"""index.json at the address: which releases there are and which is the newest; read with care, since anybody may have written it."""

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import Any, NoReturn

from pipelines.checksums import plain
from pipelines.errors import InputError
from pipelines.fetch import DESCRIPTOR
from pipelines.publish.release import Release, identity
from pipelines.version_numbers import version_key

INDEX = "index.json"
MAX_INDEX = 20_000_000


@dataclass(frozen=True)
class Asset:
    """A file for download beside the release: its path below the address, size in bytes, SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    """One release: its version, day, folder, descriptor and the SHA-256 of its checksums.txt, which has those of all its files."""

    version: str
    released_on: str | None
    path: str
    descriptor: str
    checksums_sha256: str
    assets: tuple[Asset, ...]


@dataclass(frozen=True)
class Index:
    """The releases of one package in the order of their versions, and the newest."""

    name: str
    latest: str
    releases: tuple[Entry, ...]

    def entry(self, version: str) -> Entry | None:
        """The release of that version."""
        return next((entry for entry in self.releases if entry.version == version), None)


def entry_of(release: Release) -> Entry:
    """What the index says of the release."""
    version = release.version
    assets = tuple(Asset(release.path_of(name), file.bytes, file.sha256) for name, file in sorted(release.assets.items()))
    return Entry(version, release.released_on, version, f"{version}/{DESCRIPTOR}", release.files["checksums.txt"].sha256, assets)


def with_entry(index: Index | None, name: str, entry: Entry) -> Index:
    """The index with the release in it; ``latest`` is the highest version."""
    before = index.releases if index else ()
    if there := index and index.entry(entry.version):
        # An asset that was made later is listed too; what stands in the index stays.
        known = {asset.path for asset in there.assets}
        assets = sorted((*there.assets, *(asset for asset in entry.assets if asset.path not in known)), key=lambda asset: asset.path)
        entry = replace(there, assets=tuple(assets))
    releases = sorted((*(e for e in before if e.version != entry.version), entry), key=lambda e: version_key(e.version) or ())
    return Index(name, releases[-1].version, tuple(releases))


def as_json(index: Index) -> bytes:
    """The content of index.json."""
    return (json.dumps(asdict(index), ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def parse_index(content: bytes, where: str) -> Index:
    """The index that the content is; an InputError where a part of it cannot be used as what it says to be."""
    try:
        raw = json.loads(content)
        releases = tuple(_entry(entry, where) for entry in raw["releases"])
        # Name and version name folders, so they are judged as those of a descriptor are.
        name, latest, _ = identity(json.dumps({"name": raw["name"], "version": raw["latest"]}).encode(), where)
    except (ValueError, KeyError, TypeError, RecursionError):
        what = "is a page of HTML" if content.lstrip()[:1] == b"<" else "is no index of releases"
        _refuse(where, what, "JSON with name, latest and releases")
    versions = [entry.version for entry in releases]
    if latest not in versions or len(set(versions)) < len(versions):
        _refuse(where, f"latest is {latest!r}, releases are {versions[:20]}", "each version once, and the latest among them")
    return Index(name, latest, releases)


def _entry(raw: Any, where: str) -> Entry:
    version, released_on, path, descriptor, sha256 = (
        raw[key] for key in ("version", "released_on", "path", "descriptor", "checksums_sha256")
    )
    if not isinstance(version, str) or version_key(version) is None:
        _refuse(where, f"version is {version!r}", "MAJOR.MINOR.PATCH")
    assets = tuple(Asset(asset["path"], asset["bytes"], asset["sha256"]) for asset in raw["assets"])
    for place in (path, descriptor, *(asset.path for asset in assets)):
        if not isinstance(place, str) or not plain(place):
            _refuse(where, f"path {place!r} leads out of the address", "a relative path without '..'")
    for sum_ in (sha256, *(asset.sha256 for asset in assets)):
        if not isinstance(sum_, str) or not re.fullmatch("[0-9a-f]{64}", sum_):
            _refuse(where, f"sha256 is {sum_!r}", "64 hexadecimal digits")
    if not all(type(asset.bytes) is int and asset.bytes >= 0 for asset in assets) or not isinstance(released_on, str | None):
        _refuse(where, f"release {version} has a day or a size that is none", "a date or null, and bytes")
    return Entry(version, released_on, path, descriptor, sha256, assets)


def _refuse(where: str, what: str, expected: str) -> NoReturn:
    raise InputError(f"{where}: {what} (expected {expected})")
