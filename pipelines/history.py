"""The releases so far, ``data/releases/``: what each one changed, from the empty package on, so that every clone knows the last one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq

from pipelines.changes import CHANGES, COLUMNS, apply
from pipelines.errors import DataError, InputError, visible
from pipelines.snapshot import Snapshot
from pipelines.spill import kept
from pipelines.version_numbers import parse_version


@dataclass(frozen=True)
class Release:
    """One release: ``step`` is first, major, minor or patch, ``reasons`` say what demands it, ``note`` is what people say of it.

    ``about`` is what ``data/about.yaml`` said, ``rows`` and ``logical_hashes`` are those of each table, ``files`` the SHA-256 of each
    file by its path. ``changes_declared`` is the declaration of the table ``changes``, which its own rows cannot tell.
    """

    version: str
    previous: str | None
    released_on: date
    step: str
    reasons: tuple[str, ...]
    note: str | None
    about: Mapping[str, Any]
    rows: Mapping[str, int]
    logical_hashes: Mapping[str, str]
    files: Mapping[str, str]
    changes_declared: Mapping[str, Any]


@dataclass(frozen=True)
class History:
    """The releases from the first on, the changes of each, and the package as the last one left it and as the one before did.

    Without releases, both are the empty package.
    """

    releases: tuple[Release, ...] = ()
    changes: tuple[pa.Table, ...] = ()
    last: Snapshot = field(default_factory=Snapshot)
    before: Snapshot = field(default_factory=Snapshot)

    @property
    def version(self) -> str | None:
        """The version of the last release."""
        return self.releases[-1].version if self.releases else None

    def followed_by(self, release: Release, steps: pa.Table) -> "History":
        """The history with one more release."""
        return History((*self.releases, release), (*self.changes, steps), apply(steps, self.last), self.last)

    def declared(self) -> Snapshot:
        """The declarations of the last release, that of its changes too; no rows."""
        own = {CHANGES: self.releases[-1].changes_declared} if self.releases else {}
        return Snapshot({}, {**self.last.declared, **own})

    def articles(self) -> set[str]:
        """The identifiers of the articles of the last release."""
        return set(self.last.tables["articles"].column("article_id").to_pylist()) if "articles" in self.last.tables else set()

    def held(self, facts: Iterable[str]) -> set[str]:
        """Those of these facts that were ever published."""
        if "ledger" not in self.last.tables:
            return set()
        published = self.last.tables["ledger"].column("fact_id")
        return set(published.filter(pc.is_in(published, pa.array(facts, pa.string()))).to_pylist())

    def lives(self) -> dict[str, Mapping[str, Any]]:
        """The ledger's row of every fact that was ever published, by fact."""
        return {row["fact_id"]: row for row in self.last.tables["ledger"].to_pylist()} if "ledger" in self.last.tables else {}


NOTHING_RELEASED = History()


def read_history(folder: Path) -> History:
    """The releases below ``folder``; a DataError where the files are not those that the releases wrote."""
    found = sorted((parse_version(p.name, str(p)), p) for p in folder.iterdir() if not p.name.startswith(".")) if folder.is_dir() else []
    releases = tuple(_release(place) for _, place in found)
    for follows, release in zip((None, *(r.version for r in releases)), releases, strict=False):
        if release.previous != follows:
            where = folder / release.version
            raise DataError(f"{where}: follows {release.previous} (expected {follows or 'none'}: no release may be taken out)")
    steps = tuple(read_changes(place / f"{CHANGES}.csv") for _, place in found)
    last = before = Snapshot()
    for place, made in zip((p for _, p in found), steps, strict=True):
        try:
            last, before = apply(made, last), last
        except DataError as error:
            raise DataError(f"{place / CHANGES}.csv: {error}") from None
    if releases and (differ := differing(last.logical_hashes(), releases[-1].logical_hashes)):
        raise DataError(
            f"{folder}: the changes give another {differ[0]} than {releases[-1].version} was released with (expected the files as released)"
        )
    return History(releases, steps, last, before)


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The tables whose logical hashes are not the same, in order of name."""
    return sorted(table for table in {*one, *other} if one.get(table) != other.get(table))


def read_changes(path: Path) -> pa.Table:
    """The changes in a CSV or Parquet file, with their columns as text."""
    try:
        rows = pq.ParquetFile(path).read() if path.suffix == ".parquet" else _read_csv(path)
        ordered = rows.select(["change_number", *COLUMNS]).sort_by("change_number")
        return kept(ordered.to_batches(), ordered.schema)
    except (OSError, KeyError, pa.ArrowException) as error:
        what = "not found" if isinstance(error, FileNotFoundError) else f"holds no changes: {visible(str(error).splitlines()[0])}"
        raise InputError(f"{visible(str(path))}: {what} (expected changes.csv or changes.parquet of a release)") from None


def _read_csv(path: Path) -> pa.Table:
    types = {"change_number": pa.int64(), **dict.fromkeys(COLUMNS, pa.string())}
    # A row that was added is one cell, and a cell must fit into one block.
    options = pv.ReadOptions(block_size=max(1 << 20, min(path.stat().st_size, 1 << 30)))
    convert = pv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False)
    return pv.read_csv(path, options, pv.ParseOptions(newlines_in_values=True), convert)


def release_json(release: Release) -> str:
    """The content of a release's ``release.json``."""
    return json.dumps(asdict(release) | {"released_on": release.released_on.isoformat()}, ensure_ascii=False, indent=2) + "\n"


def _release(place: Path) -> Release:
    path = place / "release.json"
    try:
        content = json.loads(path.read_text("utf-8"))
        release = Release(**content | {"released_on": date.fromisoformat(content["released_on"]), "reasons": tuple(content["reasons"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{visible(str(path))}: cannot be read: {visible(str(error))} (expected the file that 'factpack release' wrote)"
        ) from None
    if release.version != place.name:
        raise DataError(f"{path}: is of version {release.version} (expected {place.name})")
    return release
