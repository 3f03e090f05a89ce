"""The version step that a difference demands, by the Data Package recipe for versions.

MAJOR: a table or column removed, a column added, re-ordered, retyped or constrained harder, a key changed, data gone that other tables
refer to. MINOR: a new table, new rows, a looser constraint, another reference. PATCH: corrected values and descriptions.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipelines.errors import UsageError
from pipelines.snapshot import Declaration, Snapshot
from pipelines.spill import connect
from pipelines.version_numbers import parse_version

LEVELS = ("patch", "minor", "major")
FIRST = "0.1.0"
# Rows that follow from others: they come and go with facts, so they demand nothing of their own.
_FOLLOWING = ("evidence", "ledger", "derived", "evaluation", "changes")
# Rows that others point at by key.
_REFERRED = ("source", "lexicon")
_DESCRIPTIVE = ("$schema", "title", "description", "example", "rdfType")


@dataclass(frozen=True)
class Demand:
    """One thing that changed, in words, and the step that it demands: patch, minor or major."""

    level: str
    what: str


def demands(old: Snapshot, new: Snapshot, steps: pa.Table, about: tuple[Mapping[str, Any], Mapping[str, Any]]) -> list[Demand]:
    """What changed from the old package to the new one, the greatest first; ``about`` is what people said of it, old and new."""
    found = [
        demand
        for table in sorted({*old.declared, *new.declared})
        for demand in _table(table, old.declared.get(table), new.declared.get(table))
    ]
    found += _rows(steps, {**old.declared, **new.declared}, {*old.declared} & {*new.declared})
    found += _about(*about)
    return sorted(found, key=lambda demand: -LEVELS.index(demand.level))


def next_version(last: str | None, found: Sequence[Demand]) -> tuple[str, str]:
    """(version, step) after the last release; the first one is 0.1.0, its step is 'first'."""
    if last is None:
        return FIRST, "first"
    level = found[0].level if found else "patch"
    major, minor, patch = parse_version(last, "last release")
    stepped = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1)}[level]
    return ".".join(map(str, stepped)), level


def at_least(wanted: str, needed: str, found: Sequence[Demand]) -> str:
    """The wanted version; a UsageError where it is a smaller step than the changes demand."""
    if parse_version(wanted, "--version") < parse_version(needed, "version"):
        why = f": {found[0].what}" if found else ""
        raise UsageError(f"--version {wanted}: too small a step (expected {needed} or more{why})")
    return wanted


def _table(table: str, old: Declaration | None, new: Declaration | None) -> Iterator[Demand]:
    if old is None or new is None:
        yield Demand("minor", f"table {table} added") if old is None else Demand("major", f"table {table} removed")
        return
    before, after = ({f["name"]: f for f in side["fields"]} for side in (old, new))
    yield from (Demand("major", f"column {table}.{c} removed") for c in before if c not in after)
    yield from (Demand("major", f"column {table}.{c} added") for c in after if c not in before)
    if [c for c in before if c in after] != [c for c in after if c in before]:
        yield Demand("major", f"columns of {table} re-ordered")
    for column in (c for c in after if c in before):
        yield from _column(f"{table}.{column}", before[column], after[column])
    for key in sorted({*old, *new} - {"fields"}):
        if old.get(key) != new.get(key):
            yield from _property(table, key, old.get(key), new.get(key))


def _property(table: str, key: str, old: Any, new: Any) -> Iterator[Demand]:
    if key in ("foreignKeys", "rowChecks", "crossChecks", "uniqueKeys"):
        yield from _rules(table, key, old or [], new or [])
    elif key in _DESCRIPTIVE or key.startswith("x-"):
        yield Demand("patch", f"{key} of {table} changed")
    else:
        yield Demand("major", f"{key} of {table} changed")


def _rules(table: str, key: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Demand]:
    """A new rule is harder, one that is gone looser; of a foreign key, other columns to point at are another reference."""
    before, after = ({_identity(key, rule): rule for rule in side} for side in (old, new))
    yield from (Demand("major", f"{key} of {table}: rule added ({what})") for what in after if what not in before)
    yield from (Demand("minor", f"{key} of {table}: rule removed ({what})") for what in before if what not in after)
    level = "minor" if key == "foreignKeys" else "patch"
    yield from (Demand(level, f"{key} of {table} changed ({w})") for w in after if w in before and after[w] != before[w])


def _identity(key: str, rule: Any) -> str:
    if key == "uniqueKeys":
        return ", ".join(rule)
    fields = rule.get("fields") if key == "foreignKeys" else rule.get("sql")
    return fields if isinstance(fields, str) else ", ".join(fields)


def _column(where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Demand]:
    for key in sorted({*old, *new} - {"constraints"}):
        if old.get(key) != new.get(key):
            level = "patch" if key in _DESCRIPTIVE or key.startswith("x-") else "major"
            yield Demand(level, f"{key} of {where} changed")
    before, after = (side.get("constraints", {}) for side in (old, new))
    for constraint in sorted({*before, *after}):
        if before.get(constraint) != after.get(constraint):
            harder = _harder(constraint, before.get(constraint), after.get(constraint))
            yield Demand("major" if harder else "minor", f"{constraint} of {where} is {'harder' if harder else 'looser'}")


def _harder(constraint: str, old: Any, new: Any) -> bool:
    """Whether a value that kept the old constraint may break the new one."""
    if constraint in ("required", "unique"):
        return bool(new)
    if new is None:
        return False
    if old is None:
        return True
    if constraint == "enum":
        return not set(old) <= set(new)
    if constraint in ("minimum", "minLength"):
        return bool(new > old)
    if constraint in ("maximum", "maxLength"):
        return bool(new < old)
    return True


def _rows(steps: pa.Table, declared: Mapping[str, Declaration], kept: Iterable[str]) -> Iterator[Demand]:
    """What the rows of tables that were there before and are there still demand."""
    for (table, op), count in count_rows(steps).items():
        if table not in kept:
            continue
        kind, rows = declared[table].get("x-kind"), f"{count:,} row{'s' if count > 1 else ''}"
        done = {"add": "added to", "remove": "removed from", "change": "changed in"}[op]
        level = "patch"
        if op == "add" and kind not in _FOLLOWING:
            level = "minor"
        elif op == "remove" and (kind in _REFERRED or kind is None):
            level = "major"
        yield Demand(level, f"{rows} {done} {table}")


def count_rows(steps: pa.Table) -> dict[tuple[str, str], int]:
    """How many rows of each table are removed, changed and added, by (table, op), in order."""
    with connect() as connection:
        connection.register("steps", steps)
        # A row that comes or goes is one step; one that changes has a step for each value.
        rows = "count(DISTINCT row_key) FILTER (WHERE op = 'change') + count(*) FILTER (WHERE op <> 'change')"
        query = f"SELECT table_name, op, {rows} FROM steps WHERE op <> 'declare' GROUP BY table_name, op ORDER BY table_name, op"
        return {(table, op): count for table, op, count in connection.execute(query).fetchall()}


def _about(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Demand]:
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            yield Demand("major" if key == "name" else "patch", f"{key} of the package changed")
