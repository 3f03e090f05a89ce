"""CHANGELOG.md: each release in words and numbers, from the newest on, made whole from ``data/releases/``."""

import json
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.history import History, Release
from pipelines.version_step import count_rows

# What is listed one by one before the rest is only counted: changes.csv holds all of it.
MOST = 20
# Tables whose values are not what people correct: they follow from facts, or say how they stand.
_FOLLOWING = ("evidence", "ledger", "derived", "evaluation", "changes")

_HEAD = """# Changelog

Written by `factpack release`. Versions follow the Data Package recipe: MAJOR when a reader's code may break, MINOR for new rows and
tables, PATCH for corrections. `changes.csv` of each release holds every step; `factpack apply` repeats it.
"""


def changelog(history: History) -> str:
    """The text of CHANGELOG.md."""
    entries = [entry(r, c) for r, c in zip(history.releases, history.changes, strict=True)]
    return "\n".join([_HEAD, *reversed(entries)])


def entry(release: Release, steps: pa.Table) -> str:
    """What a release changed, as Markdown."""
    lines = [f"## {release.version} ({release.released_on.isoformat()})", ""]
    if release.note:
        lines += [release.note, ""]
    follows = f"{release.step.upper()} step from {release.previous}" if release.previous else "First release"
    lines += [f"{follows}{': ' if release.reasons else '.'}{'; '.join(_limited(release.reasons))}", ""]
    lines += _counts(release, steps)
    for title, items in (("Corrected", list(_corrected(steps))), ("Left the tables", list(_gone(steps)))):
        lines += [f"{title}:", "", *(f"- {item}" for item in _limited(items)), ""] if items else []
    return "\n".join(lines)


def _limited(items: Sequence[str]) -> list[str]:
    rest = len(items) - MOST
    return [*items[:MOST], f"{rest:,} more"] if rest > 0 else list(items)


def _counts(release: Release, steps: pa.Table) -> Iterator[str]:
    counts = count_rows(steps)
    touched = sorted({table for table, _ in counts})
    if not touched:
        yield from ("No row changed.", "")
        return
    yield from ("| table | rows | added | removed | changed |", "|---|---:|---:|---:|---:|")
    for table in touched:
        done = (counts.get((table, op), 0) for op in ("add", "remove", "change"))
        yield f"| `{table}` | {release.rows.get(table, 0):,} | {' | '.join(f'{n:,}' for n in done)} |"
    yield ""


def _corrected(steps: pa.Table) -> Iterator[str]:
    """Values for which the ledger gives a reason: those of one row together, and the reason once."""
    values: dict[tuple[str, str, str], list[str]] = {}
    for step in _steps(steps, "change"):
        if step["reason"] and step["table_name"] != "ledger" and step["column_name"] != "review_status":
            row = str(step["table_name"]), str(step["row_key"]), step["reason"]
            values.setdefault(row, []).append(f"`{step['column_name']}`: {_said(step['old'])} → {_said(step['new'])}")
    for (table, row_key, reason), changed in values.items():
        yield f"`{table}` {row_key} {', '.join(changed)} ({reason})"


def _gone(steps: pa.Table) -> Iterator[str]:
    """Facts that the ledger says are retracted, stale or merged now, and why."""
    lives: dict[str, dict[str, str]] = {}
    for step in _steps(steps, "change"):
        if step["table_name"] == "ledger":
            lives.setdefault(str(step["row_key"]), {})[str(step["column_name"])] = str(step["new"])
    for fact, life in lives.items():
        if life.get("status") in ("retracted", "stale"):
            merged = f", merged into {life['merged_into']}" if life.get("merged_into") else ""
            yield f"{fact} is {life['status']}{merged}: {life.get('reason')}"


def _steps(steps: pa.Table, op: str) -> Iterator[Mapping[str, str | None]]:
    yield from (step for step in steps.filter(pc.equal(steps.column("op"), op)).to_pylist())


def _said(value: str | None) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False) if "\n" in value else value
