"""A release in its folder, with the assets beside it: read, and refused unless every file has the hash that was written down for it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelines.checksums import CHECKSUMS, MAX_CHECKSUMS, SIGNATURE, difference, parse_checksums, sha256_of
from pipelines.errors import InputError, UsageError, visible
from pipelines.fetch import DESCRIPTOR
from pipelines.version_numbers import version_key

# The most that every store takes in one put; only one put is refused when something is there already.
MAX_FILE = 5_000_000_000
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@dataclass(frozen=True)
class File:
    """A file to publish: where it is, its SHA-256 and its size in bytes."""

    place: Path
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Release:
    """A release that holds: its identity, the files of its folder by path, and the assets beside it by name."""

    folder: Path
    name: str
    version: str
    released_on: str | None
    files: Mapping[str, File]
    assets: Mapping[str, File]

    @property
    def beside(self) -> str:
        """The folder below the address that its assets go to: not that of the release, whose checksums.txt names every file there."""
        return f"assets/{self.version}"

    def path_of(self, asset: str) -> str:
        """The path below the address of an asset."""
        return f"{self.beside}/{asset}"

    @property
    def published(self) -> dict[str, File]:
        """Everything that is published, by its path below the address."""
        files = {f"{self.version}/{path}": file for path, file in self.files.items()}
        return files | {self.path_of(name): file for name, file in self.assets.items()}


def newest_release(folder: Path) -> Path:
    """The newest release in the folder, by version."""
    found: dict[tuple[int, ...], list[Path]] = {}
    for place in sorted(folder.glob("*-*.*.*")) if folder.is_dir() else ():
        key = version_key(place.name.rpartition("-")[2])
        if key is not None and (place / CHECKSUMS).is_file():
            found.setdefault(key, []).append(place)
    if not found:
        raise UsageError(
            f"{visible(str(folder))}: holds no release (expected <name>-<version>/ with a {CHECKSUMS}; make one, or name one with --release)"
        )
    newest = found[max(found)]
    if len(newest) > 1:
        raise UsageError(
            f"{visible(str(folder))}: {newest[0].name} and {newest[1].name} are equally new (expected one; name it with --release)"
        )
    return newest[0]


def read_release(folder: Path) -> Release:
    """The release in the folder; an InputError where a file or an asset is not what its sum says."""
    if not (folder / CHECKSUMS).is_file():
        raise UsageError(f"{visible(str(folder))}: is no release (expected a folder with a {CHECKSUMS})")
    if (folder / CHECKSUMS).stat().st_size > MAX_CHECKSUMS:
        raise InputError(f"{visible(str(folder / CHECKSUMS))}: is too large (expected at most {MAX_CHECKSUMS:,} bytes)")
    sums = parse_checksums((folder / CHECKSUMS).read_bytes(), visible(str(folder / CHECKSUMS)))
    if found := difference(folder, sums):
        raise InputError(f"{visible(str(folder))}/{visible(found)}")
    if DESCRIPTOR not in sums:
        raise InputError(f"{visible(str(folder / CHECKSUMS))}: does not name {DESCRIPTOR} (expected a Data Package)")
    name, version, descriptor = identity((folder / DESCRIPTOR).read_bytes(), visible(str(folder / DESCRIPTOR)))
    files = {path: _file(folder / path, sha256) for path, sha256 in sums.items()}
    for path in (CHECKSUMS, SIGNATURE):
        if (folder / path).is_file():
            files[path] = _file(folder / path, sha256_of(folder / path))
    return Release(folder, name, version, _released_on(folder, descriptor), files, _assets(folder.absolute().parent, f"{name}-{version}"))


def identity(content: bytes, where: str) -> tuple[str, str, dict[str, Any]]:
    """Name and version that the descriptor gives, fit to name a folder by, and the descriptor."""
    try:
        descriptor = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError(f"{where}: is no JSON (expected a {DESCRIPTOR})") from None
    name, version = (descriptor.get(key) if isinstance(descriptor, dict) else None for key in ("name", "version"))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InputError(f"{where}: name is {name!r} (expected lower case letters, digits, '.', '_' and '-')")
    if not isinstance(version, str) or version_key(version) is None:
        raise InputError(f"{where}: version is {version!r} (expected MAJOR.MINOR.PATCH)")
    return name, version, descriptor


def _released_on(folder: Path, descriptor: Mapping[str, Any]) -> str | None:
    """The day of the release as its own files say it: ``created`` of the descriptor, or ``date-released`` of CITATION.cff."""
    said = descriptor.get("created")
    if said is None and (folder / "CITATION.cff").is_file():
        try:
            citation = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
        except (yaml.YAMLError, ValueError):
            citation = None
        said = citation.get("date-released") if isinstance(citation, dict) else None
    match = re.match(r"\d{4}-\d{2}-\d{2}", str(said), re.ASCII)
    return match[0] if match else None


def _assets(beside: Path, stem: str) -> dict[str, File]:
    """The archive, the database and their sums, where they are there; refused where sums and files do not agree."""
    listing = beside / f"{stem}.sha256"
    there = [name for name in (f"{stem}.zip", f"{stem}.duckdb") if (beside / name).is_file()]
    if not listing.is_file():
        for name in there:
            raise InputError(f"{visible(str(beside / name))}: has no sum (expected it in {listing.name})")
        return {}
    sums = parse_checksums(listing.read_bytes(), visible(str(listing)))
    for problem in _disagreements(beside, there, sums, stem):
        raise InputError(f"{visible(str(beside))}/{problem}")
    return {name: _file(beside / name, sha256) for name, sha256 in sums.items()} | {listing.name: _file(listing, sha256_of(listing))}


def _disagreements(beside: Path, there: list[str], sums: Mapping[str, str], stem: str) -> Iterator[str]:
    for name in there:
        if name not in sums:
            yield f"{name}: has no sum (expected it in {stem}.sha256)"
    for name, expected in sums.items():
        if name not in (f"{stem}.zip", f"{stem}.duckdb"):
            yield f"{stem}.sha256: names {name!r} (expected {stem}.zip and {stem}.duckdb only)"
        elif name not in there:
            yield f"{name}: is missing (expected the file that {stem}.sha256 names)"
        elif (found := sha256_of(beside / name)) != expected:
            yield f"{name}: sha256 is {found} (expected {expected})"


def _file(place: Path, sha256: str) -> File:
    size = place.stat().st_size
    if size > MAX_FILE:
        raise InputError(
            f"{visible(str(place))}: has {size:,} bytes (expected at most {MAX_FILE:,}: more cannot be put without the risk to overwrite)"
        )
    return File(place, sha256, size)
