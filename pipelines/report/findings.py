"""Findings: the report of the checks with everything that its readers see, gathered once for all formats."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from pipelines.article import Article
from pipelines.checks.problem import CheckReport, Problem
from pipelines.difference import Difference
from pipelines.paths import Paths
from pipelines.report.context import Context, find_contexts
from pipelines.report.mend import Mending, Place


@dataclass(frozen=True)
class Finding:
    """One problem with the layer that found it, its context, and where it can be mended."""

    layer: str
    problem: Problem
    context: Context
    place: Place | None

    @property
    def value(self) -> str | None:
        """What was found, as text."""
        return None if self.problem.value is None else str(self.problem.value)


@dataclass(frozen=True)
class Findings:
    """The report of the checks of the package ``name``, and where it was asked for, the difference against ``base``."""

    name: str
    report: CheckReport
    found: tuple[Finding, ...]
    difference: Difference | None = None
    base: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> int:
        """How many single checks found nothing."""
        return sum(self.report.passed.values())

    @property
    def verdict(self) -> str:
        """One line: what came of it all."""
        if not self.found:
            return f"{self.passed:,} checks passed, no problem"
        failed = sum(1 for layer in self.report.layers if layer.problems)
        count = f"{len(self.found):,} problem{'s' if len(self.found) > 1 else ''}"
        return f"{count} in {failed} of {len(self.report.layers)} layers, {self.passed:,} checks passed"


def gather(
    name: str,
    report: CheckReport,
    tables: Mapping[str, pa.Table],
    articles: Mapping[str, Article] | None,
    paths: Paths,
    difference: Difference | None = None,
    base: str | None = None,
    notes: tuple[str, ...] = (),
) -> Findings:
    """The findings of the package below ``paths``; ``notes`` are added to those of the checks."""
    layers = [(layer.name, problem) for layer in report.layers for problem in layer.problems]
    contexts = find_contexts([problem for _, problem in layers], tables, articles)
    mending = Mending(paths)
    found = [Finding(layer, problem, c, mending.place(problem, c)) for (layer, problem), c in zip(layers, contexts, strict=True)]
    return Findings(name, report, tuple(found), difference, base, (*report.notes, *notes))
