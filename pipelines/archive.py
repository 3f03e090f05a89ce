"""The archive of a release: its folder with everything that a stranger needs, checksums, and a zip with the same bytes every time."""

import json
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines.article import Article
from pipelines.article.licences import may_be_shown
from pipelines.checksums import CHECKSUMS, checksums, sha256_of
from pipelines.derive.descriptors import LOGICAL_HASH_KEY
from pipelines.derive.logical import logical_hash
from pipelines.derive.sql import name
from pipelines.errors import ToolError
from pipelines.paths import Paths

# The first moment that a zip can name: an archive says nothing of when it was made.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644
_UNIX = 3
_BLOCK = 1 << 20
# What stands beside the package in the repository and goes along as it is.
_BESIDE = ("LICENSE", "LICENSE-DATA")


def write_archive(staged: Paths, paths: Paths, articles: Iterable[Article], report: str, title: str) -> dict[str, str]:
    """The SHA-256 of each file of the release by path; its folder, zip, database and their checksums stand in ``dist`` of the staged tree.

    ``staged`` holds what the build and the release wrote, ``paths`` what people wrote; ``title`` is the name with the version.
    """
    folder = staged.dist / title
    for written in _staged_files(staged):
        _copy(staged.root / written, folder / written)
    for beside in (file for file in _BESIDE if (paths.root / file).is_file()):
        _copy(paths.root / beside, folder / beside)
    for path in sorted(p for p in paths.schemas.rglob("*") if p.suffix in (".json", ".yaml")):
        _copy(path, Paths(folder).schemas / path.relative_to(paths.schemas))
    for article in articles:
        if may_be_shown(article.licence):
            _write(Paths(folder).articles / f"{article.article_id}.txt", article.text.encode("utf-8"))
    _write(folder / "report.html", report.encode("utf-8"))
    files = {p.relative_to(folder).as_posix(): sha256_of(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    _write(folder / CHECKSUMS, checksums(files).encode("utf-8"))
    if (table := other_table(staged.database, json.loads(staged.descriptor.read_text("utf-8")))) is not None:
        raise ToolError(f"{staged.database.name}: {table} has another logical hash than the files (expected the same rows in both)")
    archive, database = staged.dist / f"{title}.zip", staged.dist / f"{title}.duckdb"
    write_zip(folder, archive)
    shutil.copyfile(staged.database, database)
    assets = {path.name: sha256_of(path) for path in (archive, database)}
    _write(staged.dist / f"{title}.sha256", checksums(assets).encode("utf-8"))
    return files


def keep_assets(staged: Path, dist: Path, title: str) -> None:
    """Nothing; where zip and database of this release stand already as their checksums say, they are not replaced: a database never has
    the same bytes twice, and between two files that are replaced a reader would find a sum that does not hold."""
    database, sums = f"{title}.duckdb", f"{title}.sha256"
    assets = {path.name: sha256_of(path) for path in (staged / f"{title}.zip", dist / database) if path.is_file()}
    if len(assets) == 2 and (dist / sums).is_file() and (dist / sums).read_bytes() == checksums(assets).encode("utf-8"):
        (staged / database).unlink()
        (staged / sums).unlink()


def other_table(database: Path, descriptor: Mapping[str, Any]) -> str | None:
    """The first table that has not the logical hash in the database that the descriptor declares, or None.

    The bytes of a database are never the same twice: this is what ties it to the files of a release. It may be somebody else's.
    """
    with duckdb.connect(str(database), read_only=True, config={"enable_external_access": "false"}) as connection:
        for resource in (r for r in descriptor["resources"] if r["format"] == "csv"):
            types = {f["name"]: f["type"] for f in resource["schema"]["fields"]}
            found = connection.execute(logical_hash(types, name(resource["name"]))).fetchall()[0][0]
            if resource[LOGICAL_HASH_KEY] != f"sha256:{found}":
                return str(resource["name"])
    return None


def write_zip(folder: Path, archive: Path) -> None:
    """Nothing; the archive holds the folder under its name. Equal files give equal bytes, for one version of zlib."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", _NO_TIME)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _REGULAR_FILE << 16
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, packed.open(entry, "w") as target:
                shutil.copyfileobj(source, target, _BLOCK)


def _staged_files(staged: Paths) -> Sequence[Path]:
    """What the build and the release wrote, but the database and what the repository keeps of each release."""
    apart = (staged.database.parent, staged.releases, staged.dist)
    found = (p for p in sorted(staged.root.rglob("*")) if p.is_file() and not any(p.is_relative_to(place) for place in apart))
    # Hidden files tell services of the repository something, not its readers.
    return [path for path in (p.relative_to(staged.root) for p in found) if not path.name.startswith(".")]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
