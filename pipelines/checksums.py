"""checksums.txt: the SHA-256 of every file of a release, one line a file as ``sha256sum`` writes them; whoever wrote it is not trusted."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NoReturn

from pipelines.errors import InputError

CHECKSUMS = "checksums.txt"
SIGNATURE = "checksums.txt.minisig"
MAX_CHECKSUMS = 20_000_000
_MAX_FILES = 100_000


def parse_checksums(content: bytes, where: str) -> dict[str, str]:
    """The SHA-256 by path, in the order of the lines; each path stays inside the folder and stands once."""
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        _refuse(where, f"not UTF-8 at byte {error.start}", "text as sha256sum writes it")
    if lines.pop() != "" or not lines:
        _refuse(where, "is empty or ends in the middle of a line", "lines such as '<sha256>  data/README.md'")
    if len(lines) > _MAX_FILES:
        _refuse(where, f"names {len(lines):,} files", f"at most {_MAX_FILES:,}")
    sums: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        match = re.fullmatch(r"([0-9a-f]{64}) [ *]([^\r]+)", line)
        if match is None:
            _refuse(f"{where}:{number}", f"{line[:100]!r}", "a line such as '<sha256>  data/README.md'")
        if not plain(match[2]) or match[2] in (CHECKSUMS, SIGNATURE):
            _refuse(f"{where}:{number}", f"path {match[2][:200]!r}", "a path inside the folder, of a file that is not hidden")
        sums[match[2]] = match[1]
    if len(sums) < len(lines):
        _refuse(where, "names a file twice", "each file once")
    _no_collision(sums, where)
    return sums


def plain(path: str) -> bool:
    """Whether the path is the plainest way to name a file inside the folder, none of its parts hidden."""
    return inside(path) and PurePosixPath(path).as_posix() == path and not any(p.startswith(".") for p in PurePosixPath(path).parts)


def checksums(files: Mapping[str, str]) -> str:
    """One line a file as ``sha256sum`` writes and checks them, in order of path."""
    return "".join(f"{files[path]}  {path}\n" for path in sorted(files))


def inside(path: str) -> bool:
    """Whether the path is a relative one that stays below its folder, on every system."""
    pure = PurePosixPath(path)
    return bool(pure.parts) and not (pure.is_absolute() or ".." in pure.parts or re.search(r"[\\:\x00-\x1f]", path)) and len(path) < 1000


def difference(folder: Path, sums: Mapping[str, str]) -> str | None:
    """What first differs between the files of the folder and their sums, as *file: what (expected ...)*; nothing where they are equal."""
    return next((f"{path}: {what}" for path, what in differences(folder, sums)), None)


def differences(folder: Path, sums: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(file, what is wrong with it) for each difference between the files of the folder and their sums."""
    present = set(_walk(folder))
    for path, expected in sums.items():
        if path not in present:
            yield path, f"is missing (expected the file that {CHECKSUMS} names)"
        elif (found := sha256_of(folder / path)) != expected:
            yield path, f"sha256 is {found} (expected {expected})"
    for path in sorted(present - set(sums) - {CHECKSUMS, SIGNATURE}):
        yield path, f"is not in {CHECKSUMS} (expected no other file)"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _walk(folder: Path) -> Iterator[str]:
    """Every file of the folder by its path in it; links to folders count as files, so that nothing outside is followed."""
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in (*files, *links):
            path = Path(place) / name
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file():
                _refuse(str(path), "is a link or no plain file", "files and folders only")
            yield relative


def _no_collision(paths: Iterable[str], where: str) -> None:
    """Nothing; refused where two paths are one on some systems, or a file is also a folder."""
    seen: set[str] = set()
    for path in paths:
        folded = _folded(path)
        if folded in seen:
            _refuse(where, f"path {path!r} differs from another one in case only", "paths that differ on every system")
        seen.add(folded)
    for path in paths:
        for parent in PurePosixPath(path).parents:
            if _folded(str(parent)) in seen:
                _refuse(where, f"path {str(parent)!r} is a file and a folder", "one of the two")


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _refuse(where: str, what: str, expected: str) -> NoReturn:
    raise InputError(f"{where}: {what} (expected {expected})")
