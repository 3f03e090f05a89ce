"""Faults of files: truncated, missing, undeclared, stale, in another encoding; descriptors that are not what the disk holds."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from small_package import real_schemas

from faults.fault import Damage, Expected, Fault
from pipelines.checksums import CHECKSUMS, checksums, sha256_of
from pipelines.paths import Paths

Descriptor = dict[str, Any]


def faults() -> Iterator[Fault]:
    """Those of each table's files, and those of the descriptor."""
    for table in real_schemas():
        yield from _of_table(table)
    yield from _of_descriptor()
    yield from _of_checksums()


def _of_checksums() -> Iterator[Fault]:
    """Those of a release, in which every file has its line in checksums.txt."""
    readme = Expected("files", "data/README.md", None, None, "checksum")
    yield _fault("a file of a release has a letter more", readme, _released(lambda p: _append(p.dictionary, b"x")))
    yield _fault("a file of a release is missing", readme, _released(lambda p: p.dictionary.unlink()))
    stray = Expected("files", "data/notes.txt", None, None, "checksum")
    yield _fault("a release holds a file that is not in its checksums", stray, _released(lambda p: (p.root / stray.table).write_text("x")))
    sums = Expected("files", CHECKSUMS, None, None, "checksum")
    for name, line in {"leads out of the folder": f"{'0' * 64}  ../outside", "is no line of sha256sum": "data/README.md"}.items():
        yield _fault(
            f"a line of checksums.txt {name}", sums, _released(lambda p, line=line: _append(p.root / CHECKSUMS, f"{line}\n".encode()))
        )


def _released(damage: Damage) -> Damage:
    """The damage done to the package as a release."""

    def done(paths: Paths) -> None:
        # A link to the schemas, and files of a repository, are in no release.
        paths.schemas.unlink()
        paths.about.unlink()
        (paths.root / ".zenodo.json").unlink()
        shutil.rmtree(paths.database.parent)
        found = [p for p in paths.root.rglob("*") if p.is_file()]
        (paths.root / CHECKSUMS).write_text(checksums({p.relative_to(paths.root).as_posix(): sha256_of(p) for p in found}), "utf-8")
        damage(paths)

    return done


def _of_table(table: str) -> Iterator[Fault]:
    csv, parquet = f"{table}.csv", f"{table}.parquet"
    missing = Expected("files", table, None, None, "file")
    yield _fault(f"{csv} is missing", missing, lambda p: (p.tables / csv).unlink())
    yield _fault(f"{parquet} is missing", missing, lambda p: (p.tables / parquet).unlink())
    yield _fault(f"{parquet} is cut short", missing, lambda p: _cut(p.tables / parquet))
    yield _fault(f"{parquet} is another file", missing, lambda p: (p.tables / parquet).write_bytes(b"\x89PNG\r\n\x1a\n" * 9))
    hashed = Expected("files", table, None, None, "descriptor hash")
    yield _fault(f"{csv} has a line feed more", hashed, lambda p: _append(p.tables / csv, b"\n"))
    sized = Expected("files", table, None, None, "descriptor bytes")
    yield _fault(f"{csv} has another size", sized, lambda p: _append(p.tables / csv, b"\n"))
    yield _fault(f"{parquet} was written by another writer", hashed, lambda p: _rewrite(p.tables / parquet))
    encoded = Expected("table schema", table, None, None, "file")
    yield _fault(f"{csv} is in another encoding", encoded, lambda p: _append(p.tables / csv, "Müller\n".encode("latin-1")))
    stripped = Expected("files", table, None, None, "embedded schema")
    yield _fault(f"{parquet} lost the meaning of the table", stripped, lambda p: _stripped(p.tables / parquet))


def _of_descriptor() -> Iterator[Fault]:
    whole = Expected("files", "datapackage.json", None, None, "descriptor")
    yield _fault("datapackage.json is missing", whole, lambda p: p.descriptor.unlink())
    yield _fault("datapackage.json is cut short", whole, lambda p: _cut(p.descriptor))
    yield _fault("datapackage.json is a list", whole, lambda p: p.descriptor.write_text("[]", encoding="utf-8"))
    yield _fault("datapackage.json is nested without end", whole, lambda p: p.descriptor.write_text("[" * 100_000, encoding="utf-8"))
    yield _fault("a file that nobody declares", Expected("files", "notes.txt", None, None, "undeclared"), _stray)
    for key, value in {
        "hash": "sha256:" + "0" * 64,
        "path": "data/tables/places.csv",
        "x-rows": 7,
        "x-logical-hash": "sha256:" + "0" * 64,
        "bytes": 7,
        "encoding": "latin-1",
        "format": "tsv",
        "title": "Another",
        "description": "Another.",
        "mediatype": "text/plain",
        "dialect": {"delimiter": ";"},
    }.items():
        expected = Expected("files", "actors", None, None, f"descriptor {key}")
        yield _fault(f"datapackage.json: another {key}", expected, _edited(lambda d, k=key, v=value: _resource(d).update({k: v})))
    stale = Expected("files", "actors", None, None, "descriptor schema")
    yield _fault("datapackage.json: a column renamed", stale, _edited(lambda d: _resource(d)["schema"]["fields"][0].update(name="id")))
    yield _fault("datapackage.json: a constraint dropped", stale, _edited(lambda d: _resource(d)["schema"]["fields"][0].pop("constraints")))
    yield _fault("datapackage.json: a foreign key dropped", stale, _edited(lambda d: _resource(d)["schema"].pop("foreignKeys")))
    forged = Expected("files", "datapackage.json", None, None, "descriptor sources")
    yield _fault("datapackage.json: a source forged", forged, _edited(lambda d: d["sources"][0].update({"x-publisher": "Another"})))
    yield _fault("datapackage.json: a source dropped", forged, _edited(lambda d: d["sources"].pop()))
    undeclared = Expected("files", "actors", None, None, "descriptor")
    yield _fault("datapackage.json: a resource dropped", undeclared, _edited(lambda d: d["resources"].remove(_resource(d))))
    unknown = Expected("files", "actor", None, None, "descriptor")
    yield _fault("datapackage.json: a resource renamed", unknown, _edited(lambda d: _resource(d).update(name="actor")))
    twice = Expected("table schema", "actors", None, None, "declaration")
    yield _fault("datapackage.json: a resource declared twice", twice, _edited(lambda d: d["resources"].append(_resource(d))))
    outside = Expected("table schema", "actors", None, None, "declaration")
    for path in ("/etc/passwd", "../actors.csv", "https://example.org/actors.csv"):
        yield _fault(f"datapackage.json: the path {path}", outside, _edited(lambda d, v=path: _resource(d).update(path=v)))


def _fault(name: str, expected: Expected, damage: Callable[[Paths], object]) -> Fault:
    def done(paths: Paths) -> None:
        damage(paths)

    return Fault(name, expected, damage=done, promise=8)


def _edited(change: Callable[[Descriptor], object]) -> Damage:
    def damage(paths: Paths) -> None:
        content = json.loads(paths.descriptor.read_text(encoding="utf-8"))
        change(content)
        paths.descriptor.write_text(json.dumps(content), encoding="utf-8")

    return damage


def _resource(descriptor: Descriptor) -> Descriptor:
    found: Descriptor = next(resource for resource in descriptor["resources"] if resource["name"] == "actors")
    return found


def _stray(paths: Paths) -> None:
    (paths.tables / "notes.txt").write_text("x", encoding="utf-8")


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _append(path: Path, more: bytes) -> None:
    path.write_bytes(path.read_bytes() + more)


def _rewrite(path: Path) -> None:
    pq.write_table(pq.read_table(path), path, compression="snappy")


def _stripped(path: Path) -> None:
    pq.write_table(pq.read_table(path).replace_schema_metadata({}), path)
