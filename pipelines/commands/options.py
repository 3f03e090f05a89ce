"""What several commands share: progress, the package at a path, names of tables."""

import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import UsageError, did_you_mean, visible
from pipelines.paths import Paths

MAX_BYTES = 5_000_000
MEMORY = "1GB"


class Progress:
    """Says what is being done: at once in a terminal, only after a second elsewhere, never when quiet."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._started = time.monotonic()

    def __call__(self, line: str) -> None:
        if not self._quiet and (sys.stderr.isatty() or time.monotonic() - self._started > 1):
            try:
                print(f"  {visible(line)}", file=sys.stderr, flush=True)
            except BrokenPipeError:
                # Whoever read along has seen enough; the work goes on.
                self._quiet = True


def memory(text: str) -> str:
    """A size such as 1GB, as DuckDB reads it; a ValueError where it is none."""
    if not re.fullmatch(r"\d+(\.\d+)?\s*[KMGT]i?B", text):
        raise ValueError
    return text


def known_table(table: str | None, known: Sequence[str]) -> None:
    """Nothing; a UsageError where the table that was asked for is none of those known."""
    if table is not None and table not in known:
        raise UsageError(f"--table {visible(table)}: no such table (expected one of {', '.join(known)}{did_you_mean(table, known)})")


def package(path: Path) -> Paths:
    """The package at a folder or at its datapackage.json."""
    root = path.parent if path.name == "datapackage.json" else path
    return Paths(root.resolve())
