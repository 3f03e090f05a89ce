"""A command that is run to its end, with its time and the memory that all its processes held together."""

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
    """What a command took: seconds on the clock, the peak of all its processes in MB, and what it printed."""

    seconds: float
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
    peaks = [0]
    watch = threading.Thread(target=_watch, args=(process, peaks), daemon=True)
    watch.start()
    printed, told = process.communicate()
    seconds = time.perf_counter() - begun
    watch.join()
    if process.returncode not in good:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{told}")
    return Run(seconds, peaks[0] // 1_000_000, printed, told)


def _watch(process: subprocess.Popen[str], peaks: list[int]) -> None:
    while process.poll() is None:
        peaks[0] = max(peaks[0], _held(process.pid))
        time.sleep(_EVERY)


def _held(pid: int) -> int:
    """The bytes that a process and all below it hold: what two of them share counts once where the system can say so."""
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(_own(one) for one in family)


def _own(process: psutil.Process) -> int:
    try:
        full: Any = process.memory_full_info()
        return int(getattr(full, "pss", 0) or full.uss)
    except psutil.Error:
        return 0


def last_line(told: str) -> dict[str, Any]:
    """The last of the JSON Lines that ``--log json`` wrote."""
    found: dict[str, Any] = json.loads(told.strip().splitlines()[-1])
    return found
