"""Whether a package, a release or a publication is whole, judged from its files alone; None: nothing is wrong."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from pipelines.__main__ import main as factpack
from pipelines.derive.logical import logical_hash
from pipelines.derive.sql import literal, name

# Never the same bytes twice, and what names their bytes.
_OTHER_BYTES = (".duckdb", ".sha256")


def files(root: Path) -> dict[str, str]:
    """What stands below the root but scratch folders, by path; a database is compared by its rows, and its sums with it."""
    found = (p for p in sorted(root.rglob("*")) if not p.is_dir() or p.is_symlink())
    paths = {p.relative_to(root).as_posix(): p for p in found if ".factpack" not in p.parts[len(root.parts) :]}
    return {path: _content(p) for path, p in paths.items()}


def _content(path: Path) -> str:
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    # A publication is of a release that is there already, so that its databases are the same.
    return "there" if path.suffix in _OTHER_BYTES and "published" not in path.parts else _sha256(path)


def mixed(seen: Mapping[str, str], *whole: Mapping[str, str]) -> bool:
    """Whether tables and descriptor are those of no whole package, as a reader sees them who recovers nothing."""
    found, *wanted = ({path: content for path, content in side.items() if _of_the_package(path)} for side in (seen, *whole))
    return found not in wanted


def _of_the_package(path: str) -> bool:
    return path.startswith("data/tables/") or path == "datapackage.json"


def release_fault(dist: Path, title: str) -> str | None:
    """What is wrong with a release in its folder, or with its zip, its database and their sums."""
    for sums, beside in ((dist / title / "checksums.txt", dist / title), (dist / f"{title}.sha256", dist)):
        if not sums.is_file():
            return f"{sums.name} of {title} is missing"
        for line in sums.read_text("utf-8").splitlines():
            expected, _, path = line.partition("  ")
            if not (beside / path).is_file() or _sha256(beside / path) != expected:
                return f"{title}: {path} is not as {sums.name} says"
    return None


def database_fault(root: Path) -> str | None:
    """What is wrong with the database of the package: it is another one than the descriptor's, or its rows are."""
    descriptor = json.loads((root / "datapackage.json").read_text("utf-8"))
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(str(root / 'build' / 'factpack.duckdb'))} AS package (READ_ONLY)")
        if connection.execute("SELECT descriptor_sha256 FROM package.package").fetchall() != [(_sha256(root / "datapackage.json"),)]:
            return "the database is of another package"
        for resource in (r for r in descriptor["resources"] if r["format"] == "csv"):
            types = {f["name"]: f["type"] for f in resource["schema"]["fields"]}
            found = connection.execute(logical_hash(types, f"package.{name(resource['name'])}")).fetchall()[0][0]
            if f"sha256:{found}" != resource["x-logical-hash"]:
                return f"the database holds other rows of {resource['name']}"
    return None


def publication_fault(address: Path, out: Path) -> str | None:
    """What is wrong with anything that a publication lists: each release is fetched, and what the newest descriptor names is compared."""
    index = json.loads((address / "index.json").read_text("utf-8"))
    for entry in index["releases"]:
        shutil.rmtree(out, ignore_errors=True)
        if factpack(["fetch", str(address), "--out", str(out), "--version", entry["version"], "--quiet"]):
            return f"{entry['version']} is listed and cannot be fetched"
    shutil.rmtree(out, ignore_errors=True)
    for place in (address, address / "latest"):
        for resource in json.loads((place / "datapackage.json").read_text("utf-8"))["resources"]:
            if f"sha256:{_sha256(place / resource['path'])}" != resource["hash"]:
                return f"{place.name}: {resource['path']} is not as datapackage.json says"
    return None


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
