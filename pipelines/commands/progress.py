"""How far reading articles is: one line of a terminal, or JSON Lines for machines, or nothing."""

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar


class Counts(Protocol):
    """What was read so far; its fields are told to machines under their names."""

    @property
    def articles(self) -> int:
        """Articles read."""

    @property
    def facts(self) -> int:
        """Facts found in them."""

    @property
    def share(self) -> float | None:
        """How much of all there is was read, up to 1; None where that is not known."""


C = TypeVar("C", bound=Counts)


def add_log(parser: argparse.ArgumentParser) -> None:
    """Nothing; the command has the option ``--log``."""
    parser.add_argument("--log", choices=("text", "json"), default="text", help="json: progress and result as JSON Lines for machines")


def is_told(options: argparse.Namespace) -> bool:
    """Whether anybody wants to know how far it is."""
    return options.log == "json" or (not options.quiet and sys.stderr.isatty())


def event(name: str, /, **values: object) -> None:
    """Nothing; the event is a line of standard error."""
    print(json.dumps({"event": name, **values}), file=sys.stderr, flush=True)


def stage(line: str) -> None:
    """Nothing; machines are told what is being done."""
    with contextlib.suppress(BrokenPipeError):
        event("stage", name=line.removesuffix(" ..."))


@contextmanager
def reading(options: argparse.Namespace) -> Iterator[Callable[[C], None]]:
    """A context with what tells the counts so far: as JSON Lines, as one line of a terminal, or to nobody."""
    if options.log == "json":
        yield _each_second()
    elif not is_told(options):
        yield lambda _: None
    else:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        from pipelines.terminal import console

        columns = (BarColumn(20), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=console(errors=True), transient=True) as shown:
            task, began = shown.add_task("reading ...", total=None), time.monotonic()

            def update(counts: C) -> None:
                described = _described(counts, time.monotonic() - began)
                if counts.share == 1:  # how long the rest takes is not known
                    shown.update(task, description=f"{described}; now the tables", completed=0, total=None)
                else:
                    shown.update(task, description=described, completed=counts.share or 0, total=1.0 if counts.share else None)

            yield update


def _described(counts: Counts, seconds: float) -> str:
    each = counts.articles / max(seconds, 0.001)
    rejected = f", {counts.rejected:,} rejected" if hasattr(counts, "rejected") else ""
    return f"{counts.articles:,} articles ({each:,.0f} a second), {counts.facts:,} facts{rejected}"


def _each_second() -> Callable[[Any], None]:
    began = last = time.monotonic()

    def tell(counts: Any) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= 1:
            last = now
            with contextlib.suppress(BrokenPipeError):
                event("progress", seconds=round(now - began, 1), seconds_left=_left(counts, now - began), **vars(counts))

    return tell


def _left(counts: Counts, seconds: float) -> float | None:
    """The seconds that are left where the rest goes on as what was read so far; None before anything was."""
    return round(seconds * (1 / counts.share - 1), 1) if counts.share else None
