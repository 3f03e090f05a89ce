"""Releases to publish: the small package with a version, its checksums, its archive and a database beside it."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import duckdb

_TABLES = ("actors", "vague_numbers")


def make_release(
    staged: Path, dist: Path, version: str = "1.0.0", files: Mapping[str, bytes] | None = None, name: str = "small", assets: bool = True
) -> Path:
    """The folder of a release of the small package, with further files."""
    folder = dist / f"{name}-{version}"
    shutil.copytree(staged, folder, ignore=shutil.ignore_patterns(".*", "build"))
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    # A few tables will do: what is published is files.
    descriptor["resources"] = [r for r in descriptor["resources"] if r["name"].removesuffix("-parquet") in _TABLES]
    for path in (folder / "data" / "tables").iterdir():
        if path.stem not in _TABLES:
            path.unlink()
    descriptor |= {"name": name, "version": version, "created": "2031-03-04T00:00:00Z"}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    for path, content in (files or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    write_checksums(folder)
    if assets:
        write_assets(folder)
    return folder


def write_checksums(folder: Path) -> None:
    """Nothing; checksums.txt names every other file."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("checksums.txt"))
    (folder / "checksums.txt").write_text("".join(f"{sum_of(p)}  {p.relative_to(folder).as_posix()}\n" for p in paths), encoding="utf-8")


def write_assets(folder: Path) -> None:
    """Nothing; the archive, a database of its tables and their sums lie beside the folder."""
    stem = folder.parent / folder.name
    with zipfile.ZipFile(f"{stem}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            packed.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    write_database(folder)
    both = [Path(f"{stem}.{kind}") for kind in ("duckdb", "zip")]
    Path(f"{stem}.sha256").write_text("".join(f"{sum_of(path)}  {path.name}\n" for path in both), encoding="utf-8")


def write_database(folder: Path, change: str = "SELECT 1") -> None:
    """Nothing; a database of the release's tables lies beside it, after the statement ``change``; no two are the same to the byte."""
    path = folder.parent / f"{folder.name}.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS package (STORAGE_VERSION 'v1.2.0', BLOCK_SIZE 16384); USE package")
        for table in _TABLES:
            connection.execute(f"CREATE TABLE {table} AS FROM '{folder}/data/tables/{table}.parquet'")
        connection.execute(change)
        # What tells one writing from another.
        connection.execute("CREATE TABLE written AS SELECT uuid() AS at; USE memory; DETACH package")


def sum_of(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path, apart from what is hidden."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.relative_to(folder).parts[0].startswith("."))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
