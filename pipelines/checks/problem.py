"""Problem: what is wrong with one value of a package, and what to do about it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipelines.errors import visible

# So many problems of one rule are listed one by one; the rest is counted.
LISTED = 1000


@dataclass(frozen=True)
class Problem:
    """One broken rule; ``row`` is the 1-based data row of the published file, or a key, or None for the whole table."""

    table: str
    row: int | str | None
    column: str | None
    rule: str
    value: object
    message: str
    remedy: str

    def __str__(self) -> str:
        place = self.table + (f" row {self.row}" if self.row is not None else "") + (f" {self.column}" if self.column else "")
        value = "" if self.value is None else f" (found {_short(self.value)})"
        return visible(f"{place}: {self.rule}: {self.message}{value}. {self.remedy}")


@dataclass(frozen=True)
class Layer:
    """One layer of validation: how many single checks it made, what it found, and how many could say nothing of so few rows."""

    name: str
    checks: int
    problems: tuple[Problem, ...]
    skipped: int = 0

    @property
    def passed(self) -> int:
        """How many of its checks found nothing; one check can find several problems."""
        return max(0, self.checks - len(self.problems))


@dataclass(frozen=True)
class CheckReport:
    """What every layer found in a package, and in ``notes`` what could not be checked here."""

    layers: tuple[Layer, ...]
    notes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of all layers, in their order."""
        return tuple(problem for layer in self.layers for problem in layer.problems)

    @property
    def passed(self) -> Mapping[str, int]:
        """For each layer how many of its checks found nothing."""
        return {layer.name: layer.passed for layer in self.layers}


def listed(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems of one rule, cut after ``LISTED`` with one that says how many more there are."""
    last, more = None, 0
    for n, problem in enumerate(problems):
        if n < LISTED:
            yield problem
        else:
            last, more = problem, more + 1
    if last is not None:
        yield Problem(last.table, None, last.column, last.rule, None, f"{more} more problems of this kind", last.remedy)


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 120 else text[:117] + "..."
