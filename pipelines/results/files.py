"""Files that must be as they were left: by size and times, and where these differ by hash."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.checksums import sha256_of

Mark = list[int | str]


def mark(path: Path) -> Mark:
    """What a file is known again by: size in bytes, times of change in nanoseconds, SHA-256."""
    return [*stamp(path), sha256_of(path)]


def is_same(path: Path, known: Mark) -> bool:
    """Whether the file is there with the same content."""
    try:
        # As git and make do: a file of the same size and times is not read again.
        return stamp(path) == known[:3] or (path.stat().st_size == known[0] and sha256_of(path) == known[3])
    except OSError:
        return False


def stamp(path: Path) -> list[int]:
    """Size in bytes, and times of change of content and of anything else in nanoseconds."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def read_json(path: Path) -> Mapping[str, Any]:
    """The object in a file of JSON; an empty one where there is none."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(value: Mapping[str, Any], path: Path) -> None:
    """Nothing; the file holds the object, from one moment to the next."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    draft.replace(path)
