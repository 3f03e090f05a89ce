"""From staged to published, all or nothing: a journal says what is to be replaced, and a kill is rolled forward.

Until the journal stands the old files are whole; from then on the new ones are, once ``recover`` has run.
"""

import fcntl
import filecmp
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pipelines.errors import ToolError
from pipelines.paths import Paths


def swap(staged: Path, paths: Paths) -> list[str]:
    """The paths, from the root, of the files that changed; ``staged`` is gone and its files are in place."""
    if not Paths(staged).database.exists():
        raise ToolError(f"{staged}: the database is missing though the checks passed (the DuckDB keys and the checks disagree)")
    files = [path.relative_to(staged) for path in _units(staged)]
    changed = [file for file in files if not _equal(staged / file, paths.root / file)]
    kept = {paths.root / file for file in files}
    stale = [path.relative_to(paths.root) for path in sorted(paths.tables.glob("*")) if path.is_file() and path not in kept]
    for file in changed:
        for path in (staged / file, *(staged / file).rglob("*")):
            _sync(path)
    _write_journal(paths, staged, changed, stale)
    roll_forward(paths)
    return [file.as_posix() for file in (*changed, *stale)]


def recover(paths: Paths) -> None:
    """Nothing; a swap that was cut short is completed. Waits for a build that is at work."""
    if _journal(paths).exists():
        with locked(paths):
            pass


@contextmanager
def locked(paths: Paths, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """A context in which no other build works on the same folder; one that was cut short is completed first.

    The lock is the operating system's, so it ends with its process: none can go stale.
    """
    paths.scratch.mkdir(parents=True, exist_ok=True)
    with (paths.scratch / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            if say:
                say(f"waiting for another build in {paths.root} (process {lock.read().strip() or 'unknown'}) ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        roll_forward(paths)
        yield


def roll_forward(paths: Paths) -> None:
    """Nothing; what a journal lists is done, and it is gone. For callers that hold the lock."""
    journal = _journal(paths)
    if not journal.exists():
        return
    staged, replace, remove = _read_journal(paths)
    for file in replace:
        # A staged file that is gone was moved before the kill.
        if (staged / file).exists():
            (paths.root / file).parent.mkdir(parents=True, exist_ok=True)
            _clear(paths.root / file)
            (staged / file).replace(paths.root / file)
    for file in remove:
        (paths.root / file).unlink(missing_ok=True)
    for folder in sorted({(paths.root / file).parent for file in (*replace, *remove)}):
        _sync(folder)
    journal.unlink()
    _sync(paths.scratch)
    shutil.rmtree(staged, ignore_errors=True)


def _journal(paths: Paths) -> Path:
    return paths.scratch / "journal.json"


def _write_journal(paths: Paths, staged: Path, replace: list[Path], remove: list[Path]) -> None:
    content = {
        "staged": staged.relative_to(paths.root).as_posix(),
        "replace": [file.as_posix() for file in replace],
        "remove": [file.as_posix() for file in remove],
    }
    draft = paths.scratch / "journal.draft"
    draft.write_text(json.dumps(content), encoding="utf-8")
    _sync(draft)
    draft.replace(_journal(paths))
    _sync(paths.scratch)


def _read_journal(paths: Paths) -> tuple[Path, list[str], list[str]]:
    try:
        content = json.loads(_journal(paths).read_text(encoding="utf-8"))
        staged, replace, remove = content["staged"], content["replace"], content["remove"]
    except (ValueError, KeyError, TypeError) as error:
        raise ToolError(f"{_journal(paths)}: cannot be read ({error}); remove it and build again") from error
    for file in (staged, *replace, *remove):
        if not _inside(paths, file):
            raise ToolError(f"{_journal(paths)}: {file!r} leads out of the folder; remove the journal and build again")
    if (paths.root / staged).resolve().parent != paths.scratch.resolve():
        raise ToolError(f"{_journal(paths)}: {staged!r} is no folder of a build; remove the journal and build again")
    return paths.root / staged, replace, remove


def _inside(paths: Paths, file: object) -> bool:
    """Whether the path stays below the root, links followed: a journal that came with somebody's package may say anything."""
    if not isinstance(file, str) or PurePosixPath(file).is_absolute() or ".." in PurePosixPath(file).parts:
        return False
    return (paths.root / file).resolve().is_relative_to(paths.root.resolve())


def _units(staged: Path) -> list[Path]:
    """What is moved at once: every file, but the folder of a release as a whole, so that none is ever seen half there."""
    dist = Paths(staged).dist
    files = [path for path in sorted(staged.rglob("*")) if path.is_file() and not path.is_relative_to(dist)]
    return [*files, *(sorted(dist.iterdir()) if dist.is_dir() else ())]


def _clear(path: Path) -> None:
    """Nothing; no folder is in the way of one that takes its place."""
    if path.is_dir():
        shutil.rmtree(path)


def _equal(one: Path, other: Path) -> bool:
    if one.is_file():
        return other.is_file() and filecmp.cmp(one, other, shallow=False)
    inside = [{path.relative_to(side) for path in side.rglob("*")} for side in (one, other)]
    return (
        other.is_dir() and inside[0] == inside[1] and all((one / path).is_dir() or _equal(one / path, other / path) for path in inside[0])
    )


def _sync(path: Path) -> None:
    """Nothing; the file or folder is on the disk, not only in its cache."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
