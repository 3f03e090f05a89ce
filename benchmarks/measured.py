"""A command that is run to its end, with its time and the memory that all its processes held together."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from pipelines.paths import REPOSITORY

_EVERY = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    """What a command took: seconds on the clock, processor seconds of its first process alone, the peak of all its processes in MB, and what
    it printed."""

    seconds: float
    own: float
    peak: int
    printed: str
    told: str


def factpack(*arguments: str) -> Run:
    """The run of a ``factpack`` command; a command that fails ends the benchmark, but articles that were set aside are no failure."""
    return measured([sys.executable, "-m", "pipelines", *arguments], (0, 3))


def measured(command: Sequence[str], good: Sequence[int] = (0,)) -> Run:
    """The run of a command in the repository."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=REPOSITORY.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seen = _Seen()
    watch = threading.Thread(target=_watch, args=(process, seen), daemon=True)
    watch.start()
    printed, told = process.communicate()
    seconds = time.perf_counter() - begun
    watch.join()
    if process.returncode not in good:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{told}")
    return Run(seconds, seen.own, seen.peak // 1_000_000, printed, told)


@dataclass
class _Seen:
    """The most bytes that were held at once, and the processor seconds of the first process when it was last looked at."""

    peak: int = 0
    own: float = 0.0


def _watch(process: subprocess.Popen[str], seen: _Seen) -> None:
    first = psutil.Process(process.pid)
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            times = first.cpu_times()
            seen.own = max(seen.own, times.user + times.system)
            # What two processes share counts once where the system can say so.
            seen.peak = max(seen.peak, sum(map(_held, [first, *first.children(recursive=True)])))
        time.sleep(_EVERY)


def _held(process: psutil.Process) -> int:
    try:
        full: Any = process.memory_full_info()
        return int(getattr(full, "pss", 0) or full.uss)
    except psutil.Error:
        return 0


def last_line(told: str) -> dict[str, Any]:
    """The last of the JSON Lines that ``--log json`` wrote."""
    found: dict[str, Any] = json.loads(told.strip().splitlines()[-1])
    return found
