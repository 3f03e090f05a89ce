"""The findings as Markdown for a pull request: the verdict, what failed, and what changed in the data."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipelines.difference import TableDifference
from pipelines.errors import visible
from pipelines.report.findings import Finding, Findings

# GitHub refuses comments of more than 65,536 characters; each of the three tables has its share.
_LIMIT = 65_000
_SHARES = {"problems": 32_000, "tables": 12_000, "changes": 16_000}
_MOST = 50
_LONGEST = 200
# By this the workflow finds its own comment again.
MARKER = "<!-- factpack check -->"


def as_markdown(findings: Findings) -> str:
    """The summary, short enough for a comment on GitHub; everything from the data is escaped."""
    parts = [MARKER, f"## {'❌' if findings.found else '✅'} {_prose(findings.verdict)}", "", *_layers(findings), *_failed(findings)]
    parts += [*_changed(findings), *(f"> {_prose(note)}\n" for note in findings.notes[:_MOST])]
    text = "\n".join(parts).rstrip() + "\n"
    return text if len(text) <= _LIMIT else text[: _LIMIT - 20].rpartition("\n")[0] + "\n\n…\n"


def _layers(findings: Findings) -> Iterator[str]:
    rows = [
        (_prose(layer.name), f"{layer.passed:,}", f"**{len(layer.problems):,}**" if layer.problems else "0")
        for layer in findings.report.layers
    ]
    yield from _table(("layer", "checks passed", "problems"), rows, _SHARES["tables"])


def _failed(findings: Findings) -> Iterator[str]:
    if findings.found:
        yield "### What failed\n"
        rows = map(_failure, findings.found)
        head = ("table", "row", "column", "rule", "found", "what is wrong", "mend it in")
        yield from _table(head, rows, _SHARES["problems"], len(findings.found), "problems")
        yield "**Remedies**\n"
        yield from (f"- {_prose(remedy)}" for remedy in list(dict.fromkeys(f.problem.remedy for f in findings.found))[:10])
        yield ""


def _failure(finding: Finding) -> tuple[str, ...]:
    problem, place = finding.problem, finding.place
    row = "" if problem.row is None else _code(problem.row)
    found = "" if finding.value is None else _code(finding.value)
    cells = (_code(problem.table), row, _code(problem.column) if problem.column else "", _prose(problem.rule), found)
    return (*cells, _prose(problem.message), _code(place) if place else "")


def _changed(findings: Findings) -> Iterator[str]:
    """What differs from the base: a row a table, then a row a changed value."""
    difference = findings.difference
    if difference is None:
        return
    yield f"### What changed against {_code(findings.base or 'the base')}\n"
    if difference.empty:
        yield "Nothing.\n"
        return
    head = ("table", "rows added", "rows removed", "rows changed", "schema")
    yield from _table(head, map(_summed, difference.tables), _SHARES["tables"], len(difference.tables), "tables")
    cells = sum(table.changed.num_rows for table in difference.tables)
    if cells:
        yield from _table(
            ("table", "key", "column", "old", "new"), _cells(difference.tables), _SHARES["changes"], cells, "values that changed"
        )


def _summed(table: TableDifference) -> tuple[str, ...]:
    schema = [f"table {table.state}"] if table.state != "kept" else [f"{c.column} {c.kind}" for c in table.columns]
    counts = (len(table.added), len(table.removed), table.changed_rows)
    return (_code(table.table), *(f"{n:,}" for n in counts), _prose(", ".join(schema)))


def _cells(tables: Sequence[TableDifference]) -> Iterator[tuple[str, ...]]:
    for table in tables:
        for c in table.changed.slice(0, _MOST).to_pylist():
            values = (_code("null" if value is None else value) for value in (c["old"], c["new"]))
            yield (_code(table.table), _code(c["row_key"]), _code(c["column"]), *values)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], budget: int, total: int = 0, what: str = "") -> Iterator[str]:
    """The lines of a table, cut after some rows or when the budget of characters is spent; what is cut is counted."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    shown = 0
    for row in rows:
        line = f"| {' | '.join(row)} |"
        budget -= len(line) + 1
        if shown >= _MOST or budget < 0:
            break
        yield line
        shown += 1
    yield f"\n… and {total - shown:,} more {what}.\n" if total > shown else ""


def _code(value: object) -> str:
    """A value from the data as code, in which nothing is a mention, a reference or an address."""
    text = _short(str(value))
    return f"<code>{_entities(text)}</code>" if text else ""


def _prose(text: str) -> str:
    """Words that may quote the data; a zero-width space keeps GitHub from reading a mention, a reference or an address."""
    return re.sub(r"(&#64;|&#35;|&#58;|www)", "\\1&#8203;", _entities(_short(text)))


def _entities(text: str) -> str:
    """The text with the punctuation that Markdown or HTML could read as more than itself written as numbers."""
    return re.sub(r'[!"#$&*:<=>?@\[\\\]^_`{|}~]|^[+-]', lambda match: f"&#{ord(match[0])};", visible(text))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"
