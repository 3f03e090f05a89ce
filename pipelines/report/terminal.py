"""The findings for people in a terminal: the first failures of each rule in their context, the rest counted, then the layers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import pyarrow as pa
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from pipelines.article import Article
from pipelines.checks.problem import Problem
from pipelines.errors import visible
from pipelines.report.context import Context, Passage, find_contexts
from pipelines.report.findings import Finding, Findings
from pipelines.terminal import coloured, console, rendered

# Failures shown of one rule of one table, and rules shown; more than this nobody reads in a terminal.
_EACH = 3
_RULES = 20
_LONGEST = 500


def as_text(findings: Findings, width: int | None = None, errors: bool = True) -> str:
    """The findings as they are shown, on standard error unless told otherwise: failures, layers, what differs from the base, and below failures the notes."""
    target = console(width, errors)
    plain = not coloured(target)
    return rendered(
        target, *_failures(findings.found, plain), *_layers(findings), *_difference(findings), *(_notes(findings) if findings.found else ())
    )


def failures(
    problems: Iterable[object], tables: Mapping[str, pa.Table], articles: Mapping[str, Article] | None, width: int | None = None
) -> str:
    """The first failures in their context, for a build that publishes nothing; what is no Problem is shown as it reads."""
    target = console(width, errors=True)
    given = list(problems)
    known = [p for p in given if isinstance(p, Problem)]
    others = [visible(str(p)) for p in given if not isinstance(p, Problem)]
    found = [Finding("", p, c, None) for p, c in zip(known, find_contexts(known, tables, articles), strict=True)]
    more = [f"… and {len(others) - _RULES:,} more"] if len(others) > _RULES else []
    shown = [rendered(target, *_failures(found, not coloured(target)))] if found else []
    return "\n".join([*others[:_RULES], *more, *shown])


def _failures(found: Sequence[Finding], plain: bool) -> Iterator[RenderableType]:
    """The findings by rule and table in order of their first one."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in found:
        groups.setdefault((finding.layer, finding.problem.rule, finding.problem.table), []).append(finding)
    for (layer, rule, table), ours in list(groups.items())[:_RULES]:
        head = f"{layer}: {rule}" if layer else rule
        yield Text.assemble((visible(head), "bold red"), (f" in {visible(table)}", "bold"), (f" ({len(ours):,})", "dim"))
        for finding in ours[:_EACH]:
            yield from _failure(finding, plain)
        if len(ours) > _EACH:
            yield Text(f"  … and {len(ours) - _EACH:,} more of this rule in {visible(table)}", "dim")
        for remedy in dict.fromkeys(f.problem.remedy for f in ours[:_EACH]):
            yield Padding(Text(visible(remedy), "italic"), (0, 0, 0, 2))
        yield ""
    if len(groups) > _RULES:
        rest = sum(len(ours) for ours in list(groups.values())[_RULES:])
        yield Text(f"… and {rest:,} more problems of {len(groups) - _RULES:,} other rules\n", "dim")


def _failure(finding: Finding, plain: bool) -> Iterator[RenderableType]:
    """One failure: where, what, the words, and where to mend it."""
    problem, context = finding.problem, finding.context
    yield Padding(Text.assemble((_where(problem, context), "bold"), f": {_short(problem.message)}{_found(finding.value)}"), (0, 0, 0, 2))
    for passage in context.passages:
        yield Padding(_passage(passage, plain), (0, 0, 0, 4))
    if finding.place:
        yield Padding(Text(f"mend it in {visible(str(finding.place))}", "cyan"), (0, 0, 0, 4))


def _where(problem: Problem, context: Context) -> str:
    row = f" row {problem.row}" if problem.row is not None else ""
    key = f" ({context.key})" if context.key and str(problem.row) != context.key else ""
    column = f" {problem.column}" if problem.column else ""
    return _short(f"{problem.table}{row}{key}{column}")


def _found(value: str | None) -> str:
    return "" if value is None else f" (found {_short(value)})"


def _passage(passage: Passage, plain: bool) -> Text:
    """The sentence on one line, its offending words reversed, or in double brackets where there are no colours."""
    text = Text(f"{visible(passage.article_id)}: ", "dim")
    for words, marked in passage.parts:
        shown = visible(words.replace("\r", " ").replace("\n", " ").replace("\t", " "))
        text.append(f"[[{shown}]]" if marked and plain else shown, "not dim reverse" if marked else "not dim")
    return text


def _layers(findings: Findings) -> Iterator[Text]:
    width = max((len(layer.name) for layer in findings.report.layers), default=0)
    for layer in findings.report.layers:
        bad = len(layer.problems)
        mark = ("FAILED", "bold red") if bad else ("passed", "green")
        told = f"{bad:,} problem{'s' if bad > 1 else ''}" if bad else f"{layer.passed:,} checks"
        told += f", {layer.skipped:,} more say nothing of so few rows" if layer.skipped else ""
        yield Text.assemble("  ", mark, f"  {visible(layer.name):<{width}}  {told}")


def _difference(findings: Findings) -> Iterator[Text]:
    """One line a table that differs from the base."""
    if findings.difference is None:
        return
    base = visible(findings.base or "the base")
    yield Text(f"no difference against {base}" if findings.difference.empty else f"against {base}:")
    for table in findings.difference.tables:
        state = "" if table.state == "kept" else f", table {table.state}"
        columns = "".join(f", column {_short(c.column)} {c.kind}" for c in table.columns[:5]) if table.state == "kept" else ""
        rows = f"{len(table.added):,} added, {len(table.removed):,} removed, {table.changed_rows:,} changed"
        yield Text(f"  {_short(table.table)}: {rows}{state}{columns}")


def _notes(findings: Findings) -> Iterator[Text]:
    for note, _ in groupby(findings.notes):
        yield Text(f"note: {visible(note)}", "yellow")


def _short(text: str) -> str:
    text = visible(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"
