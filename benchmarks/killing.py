"""Commands of the project, each in a process group of its own that says which stage it is at, so that it can be killed there.

A run is forked from a process that has loaded everything, Great Expectations too: loading takes most of a run from the shell and writes
nothing, so that kills would fall there most of the time. What runs is the project's own code.
"""

import importlib.util
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

from pipelines.derive import evaluator, expectations

# A stage begins where this function is called.
_BEGIN = {
    ("pipelines.build", "stage"): "write",
    ("pipelines.build", "check_package"): "check",
    ("pipelines.release", "write_archive"): "archive",
    ("pipelines.build", "swap"): "sync",
    ("pipelines.release", "swap"): "sync",
    ("pipelines.swap", "_write_journal"): "journal",
    ("pipelines.swap", "_read_journal"): "move",
    ("pipelines.publish.publication", "_put"): "put",
    ("pipelines.publish.publication", "_read_back"): "read back",
    ("pipelines.publish.publication", "_list"): "list",
    ("pipelines.publish.publication", "lead"): "lead",
}
START, END = "read", "end"
T = TypeVar("T")


@dataclass(frozen=True)
class Moment:
    """When to kill: so many seconds after a stage began."""

    stage: str
    seconds: float


@dataclass(frozen=True)
class Run:
    """How a run ended: killed or with an exit code, at which stage, and when each stage began, in seconds from the start."""

    killed: bool
    code: int
    stage: str
    begun: Mapping[str, float]

    def length(self, stage: str) -> float:
        """The seconds from the beginning of the stage to that of the next."""
        names = list(self.begun)
        return self.begun[names[names.index(stage) + 1]] - self.begun[stage]


def load() -> None:
    """Nothing; everything that a run needs is in this process."""
    for module in {module for module, _ in _BEGIN}:
        if importlib.util.find_spec(module.rpartition(".")[0] or module) is not None:
            importlib.import_module(module)
    source = expectations.frames_source()
    evaluator.frames_source = lambda: source
    evaluator.subprocess = SimpleNamespace(Popen=_Forked, PIPE=-1)  # type: ignore[assignment]


def run(work: Callable[[], int], moment: Moment | None = None) -> Run:
    """The work, which gives an exit code, run to its end or killed at the moment with every process that it started."""
    reader, writer = os.pipe()
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        _silence(1, 2)
        _leave(partial(_announced, work, writer), writer)
    os.setpgid(pid, pid)
    os.close(writer)
    begun = _watch(reader, started, moment)
    if killed := END not in begun:
        os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    begun |= _told(reader, started)
    os.close(reader)
    killed = killed and os.WIFSIGNALED(status)
    return Run(killed, os.waitstatus_to_exitcode(status), list(begun)[-1], begun)


def in_child(work: Callable[[], T]) -> T:
    """What the work gives, as JSON holds it, done in a process of its own: threads of DuckDB would not survive a fork."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _silence(1)
        _leave(lambda: os.write(writer, json.dumps(work()).encode()) and 0, None)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise SystemExit("a check of the benchmark failed in itself")
    result: T = json.loads(text)
    return result


def _announced(work: Callable[[], int], writer: int) -> int:
    for (module, function), stage in _BEGIN.items():
        if module in sys.modules:
            _announce(sys.modules[module], function, stage, writer)
    return work()


def _announce(module: Any, function: str, stage: str, writer: int) -> None:
    original = getattr(module, function)

    def announcing(*arguments: Any, **options: Any) -> Any:
        os.write(writer, f"{stage}\n".encode())
        return original(*arguments, **options)

    setattr(module, function, announcing)


def _leave(work: Callable[[], int], writer: int | None) -> None:
    """Never returns: the forked process ends with what the work gives, without what its parent would do at its end."""
    code = 70
    try:
        code = work()
        if writer is not None:
            os.write(writer, f"{END}\n".encode())
    finally:
        os._exit(code)


def _watch(reader: int, started: float, moment: Moment | None) -> dict[str, float]:
    """When each stage began, up to the moment or to the end."""
    os.set_blocking(reader, False)
    begun = {START: 0.0}
    while END not in begun:
        left = None
        if moment and moment.stage in begun:
            left = started + begun[moment.stage] + moment.seconds - time.monotonic()
            if left <= 0:
                break
        ready, _, _ = select.select([reader], [], [], left)
        if ready and not (told := _told(reader, started)):
            begun[END] = time.monotonic() - started
        elif ready:
            begun |= {stage: at for stage, at in told.items() if stage not in begun}
    return begun


def _told(reader: int, started: float) -> dict[str, float]:
    """The stages that were announced since; none also where nobody is left who could."""
    try:
        text = os.read(reader, 65_536).decode()
    except BlockingIOError:
        return {}
    return dict.fromkeys(text.split("\n")[:-1], time.monotonic() - started)


def _silence(*streams: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream)


class _Forked:
    """What ``subprocess.Popen`` is to the evaluator, forked from a process that has Great Expectations loaded."""

    def __init__(self, *_: object, **__: object) -> None:
        (theirs, mine), (answers, answer) = os.pipe(), os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(mine), os.close(answers)
            sys.stdin, sys.stdout = os.fdopen(theirs), os.fdopen(answer, "w")
            _leave(lambda: evaluator.main() or 0, None)  # type: ignore[func-returns-value]
        os.close(theirs), os.close(answer)
        self.stdin, self.stdout = os.fdopen(mine, "w"), os.fdopen(answers)
        self._ended = False

    def communicate(self) -> tuple[str, str]:
        """What is left of the answers, when the process has ended."""
        if self._ended:
            return "", ""
        self._ended = True
        self.stdin.close()
        rest = self.stdout.read()
        os.waitpid(self._pid, 0)
        return rest, ""

    def kill(self) -> None:
        """Nothing; the process is to end."""
        if not self._ended:
            os.kill(self._pid, signal.SIGKILL)
