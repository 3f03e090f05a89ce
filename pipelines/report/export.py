"""The findings for other programs: JSON, and JUnit XML with a test suite a layer."""

import json
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from pipelines.difference import Difference, TableDifference
from pipelines.errors import visible
from pipelines.report.context import Context
from pipelines.report.findings import Finding, Findings

# Problems written out in one test case; the rest is counted.
_IN_A_CASE = 100


def as_json(findings: Findings) -> str:
    """The findings as JSON: verdict, counts a layer, every problem with its words and the place to mend it, the difference, notes."""
    content = {
        "package": findings.name,
        "passed": not findings.found,
        "verdict": findings.verdict,
        "layers": [
            {"name": layer.name, "checks": layer.checks, "passed": layer.passed, "problems": len(layer.problems), "skipped": layer.skipped}
            for layer in findings.report.layers
        ],
        "problems": [_problem(finding) for finding in findings.found],
        "base": findings.base,
        "difference": None if findings.difference is None else _difference(findings.difference),
        "notes": list(findings.notes),
    }
    # Escapes all that is not ASCII, lone surrogates too: readable by every parser.
    return json.dumps(content, indent=2) + "\n"


def as_junit(findings: Findings) -> str:
    """The findings as JUnit XML: a test suite a layer, a test case for each rule and table that failed, one for what passed."""
    root = ElementTree.Element("testsuites", {"name": _xml(f"factpack check {findings.name}")})
    tests = failed = 0
    for layer in findings.report.layers:
        groups: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings.found:
            if finding.layer == layer.name:
                groups.setdefault((finding.problem.table, finding.problem.rule), []).append(finding)
        counts = _counts(len(groups) + 1, len(groups))
        suite = ElementTree.SubElement(root, "testsuite", {"name": _xml(layer.name), **counts})
        _add_cases(suite, layer.name, groups)
        ElementTree.SubElement(suite, "testcase", {"name": f"{layer.passed:,} checks passed", "classname": _xml(layer.name), "time": "0"})
        tests, failed = tests + len(groups) + 1, failed + len(groups)
    for name, value in _counts(tests, failed).items():
        root.set(name, value)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _problem(finding: Finding) -> dict[str, object]:
    problem, context, place = finding.problem, finding.context, finding.place
    return {
        "layer": finding.layer,
        "table": problem.table,
        "row": problem.row,
        "column": problem.column,
        "rule": problem.rule,
        "found": _plain(problem.value),
        "message": problem.message,
        "remedy": problem.remedy,
        "key": context.key,
        "fact_id": context.fact_id,
        "article_id": context.article_id,
        "mend": None if place is None else {"file": place.file, "line": place.line},
        "words": _words(context),
    }


def _words(context: Context) -> list[dict[str, object]]:
    """The sentences with the offsets of what is marked in them."""
    found: list[dict[str, object]] = []
    for passage in context.passages:
        at, marked = 0, []
        for words, is_marked in passage.parts:
            marked += [[at, at + len(words)]] if is_marked else []
            at += len(words)
        found.append({"article_id": passage.article_id, "sentence": "".join(words for words, _ in passage.parts), "marked": marked})
    return found


def _difference(difference: Difference) -> list[dict[str, object]]:
    return [_table(table) for table in difference.tables]


def _table(table: TableDifference) -> dict[str, object]:
    return {
        "table": table.table,
        "state": table.state,
        "columns": [{"column": c.column, "kind": c.kind, "old": c.old, "new": c.new} for c in table.columns],
        "added": list(table.added.keys),
        "removed": list(table.removed.keys),
        "changed": table.changed.to_pylist(),
    }


def _plain(value: object) -> object:
    """The value as JSON holds it; what it has no type for is text."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _add_cases(suite: ElementTree.Element, layer: str, groups: Mapping[tuple[str, str], Sequence[Finding]]) -> None:
    for (table, rule), ours in groups.items():
        case = ElementTree.SubElement(suite, "testcase", {"name": _xml(f"{table}: {rule}"), "classname": _xml(layer), "time": "0"})
        if ours[0].place is not None:
            case.set("file", _xml(ours[0].place.file))
            case.set("line", str(ours[0].place.line))
        count = f"{len(ours):,} problems, the first: " if len(ours) > 1 else ""
        failure = ElementTree.SubElement(case, "failure", {"type": _xml(rule), "message": _xml(count + ours[0].problem.message)})
        lines = [line for finding in ours[:_IN_A_CASE] for line in _lines(finding)]
        lines += [f"... and {len(ours) - _IN_A_CASE:,} more"] if len(ours) > _IN_A_CASE else []
        failure.text = "\n".join(map(_xml, lines))


def _lines(finding: Finding) -> list[str]:
    """A failure as lines: the problem, its sentences with the marked words in double brackets, the place to mend it."""
    lines = [str(finding.problem)]
    for passage in finding.context.passages:
        shown = "".join(f"[[{words}]]" if marked else words for words, marked in passage.parts)
        lines.append(f"  {passage.article_id}: {' '.join(shown.split())}")
    return lines + ([f"  mend it in {finding.place}"] if finding.place else [])


def _counts(tests: int, failed: int) -> dict[str, str]:
    return {"tests": str(tests), "failures": str(failed), "errors": "0", "skipped": "0", "time": "0"}


def _xml(text: str) -> str:
    """The text without what XML cannot hold, escaped or not: control characters, surrogates and non-characters."""
    return visible(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
