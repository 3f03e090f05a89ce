"""The findings as workflow commands of GitHub Actions, which show them beside the lines of a pull request."""

import hashlib

from pipelines.errors import visible
from pipelines.report.findings import Finding, Findings

# GitHub shows ten errors a step and keeps the others in the log, where more than these help nobody.
_MOST = 50
_LONGEST = 1000


def as_annotations(findings: Findings) -> str:
    """A line for each of the first problems, those with a place to mend in front, then one that sums up."""
    placed = sorted(findings.found, key=lambda finding: finding.place is None)
    lines = [_line(finding) for finding in placed[:_MOST]]
    return "\n".join([*lines, _summary(findings)]) + "\n"


def without_commands(text: str) -> str:
    """The text between two lines that keep GitHub from taking any of it for a command; the word that ends this follows from the text."""
    word = f"factpack-{hashlib.sha256(text.encode()).hexdigest()}"
    return f"::stop-commands::{word}\n{text}\n::{word}::"


def _line(finding: Finding) -> str:
    problem, place = finding.problem, finding.place
    where = f"file={_property(place.file)},line={place.line}," if place else ""
    title = problem.table + (f" row {problem.row}" if problem.row is not None else "") + (f" {problem.column}" if problem.column else "")
    found = "" if finding.value is None else f" (found {_short(finding.value)})"
    message = f"{problem.rule}: {_short(problem.message)}{found}. {problem.remedy}"
    return f"::error {where}title={_property(_short(title))}::{_data(message)}"


def _summary(findings: Findings) -> str:
    more = f" (the first {_MOST} are annotated)" if len(findings.found) > _MOST else ""
    return f"::{'error' if findings.found else 'notice'} title=factpack check::{_data(findings.verdict + more)}"


def _data(text: str) -> str:
    # '##[' is an older form of command, which the log obeys anywhere in a line.
    return visible(text).replace("##[", "# #[").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"
