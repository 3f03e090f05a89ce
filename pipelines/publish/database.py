"""The database of a release: its bytes are never the same twice, so the one that was published first stays, if its tables are the release's."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines.archive import other_table
from pipelines.checksums import checksums, sha256_of
from pipelines.errors import visible
from pipelines.fetch import DESCRIPTOR
from pipelines.publish.place import Place, refuse
from pipelines.publish.release import MAX_FILE, File, Release


@contextmanager
def settled(place: Place, release: Release) -> Iterator[Release]:
    """The release with the database that is at the address already in place of its own, and its sum; refused where that holds other rows."""
    stem = f"{release.name}-{release.version}"
    database, listing = f"{stem}.duckdb", f"{stem}.sha256"
    path = release.path_of(database)
    if database not in release.assets or path not in place.files(release.beside):
        yield release
        return
    with tempfile.TemporaryDirectory(prefix="factpack-") as scratch:
        there = Path(scratch) / database
        place.save(path, there, MAX_FILE)
        if sha256_of(there) == release.assets[database].sha256:
            yield release
            return
        _judge(there, release, place.where(path))
        assets = {**release.assets, database: _file(there)}
        sums = Path(scratch) / listing
        sums.write_text(checksums({name: file.sha256 for name, file in assets.items() if name != listing}), "utf-8", newline="\n")
        yield replace(release, assets={**assets, listing: _file(sums)})


def _judge(there: Path, release: Release, where: str) -> None:
    try:
        table = other_table(there, json.loads((release.folder / DESCRIPTOR).read_bytes()))
    except duckdb.Error as error:
        refuse(where, f"is no database of the release: {visible(str(error).splitlines()[0])}", "a new version: none is overwritten")
    if table is not None:
        refuse(where, f"was published with another {table}", "a new version: none is overwritten")


def _file(place: Path) -> File:
    return File(place, sha256_of(place), place.stat().st_size)
