"""Every table, CSV and Parquet, against the Table Schema that the descriptor declares for it."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.checks.problem import LISTED, Problem
from pipelines.schema import Schema
from pipelines.tableschema import TableError, read_resources, validate_resources

CORRECT = "Correct the value in data/reviews/, or in the lexicon or schema that it comes from, and build again."
REBUILD = "Run 'factpack build': nobody edits published files by hand."
_REMEDIES = {
    "foreign-key": "Add the row to the table that it points at (data/lexicon/ holds actors, places and conflicts), or correct the value in data/reviews/.",
    "primary-key": "Remove or merge the row that says the same twice.",
    "unique-error": "Remove or merge the row that says the same twice.",
    "row-count": "Check that data/ holds what the table is made from.",
    "constraint-error": CORRECT,
    "row-check": CORRECT,
}


@dataclass(frozen=True)
class _Place:
    table: str
    row: int | None
    column: str | None
    rule: str


def check_table_schema(descriptor: Path, schemas: Mapping[str, Schema], tables: Collection[str] | None = None) -> Iterator[Problem]:
    """A problem for each value that its Table Schema refuses; what CSV and Parquet share is told once, else the file is named.

    ``tables`` narrows it down to these; those that their keys point at are read all the same.
    """
    chosen = None if tables is None else {resource for table in tables for resource in (table, f"{table}-parquet")}
    found: dict[_Place, dict[str, TableError]] = {}
    for error in _errors(descriptor, schemas, chosen):
        table = error.resource.removesuffix("-parquet")
        row = None if error.row_number is None else error.row_number - 1
        column = error.field or _first_named(schemas.get(table), error.rule)
        found.setdefault(_Place(table, row, column, error.rule), {})[error.resource] = error
    for place, errors in found.items():
        first = next(iter(errors.values()))
        where = "" if len(errors) > 1 else f" (in the {'Parquet' if first.resource.endswith('-parquet') else 'CSV'} file alone)"
        remedy = _REMEDIES.get(first.type, REBUILD)
        yield Problem(place.table, place.row, place.column, place.rule, first.cell, first.note + where, remedy)


def _errors(descriptor: Path, schemas: Mapping[str, Schema], chosen: Collection[str] | None) -> Iterator[TableError]:
    """The errors of the resources; a descriptor brings no rules in SQL but those of ``schemas``, which are known to reach no file."""
    resources, refused = read_resources(descriptor)
    for resource, reason in refused:
        yield TableError(resource, "resource-error", "declaration", None, None, None, reason)
    known = {check.sql for schema in schemas.values() for check in schema.row_checks}
    trusted = [replace(r, row_checks=tuple(check for check in r.row_checks if check.sql in known)) for r in resources]
    yield from validate_resources(trusted, LISTED, chosen)


def count_constraints(schemas: Mapping[str, Schema]) -> int:
    """How many rules are judged, each on both files of its table."""
    return 2 * sum(
        2
        + len(s.fields)
        + sum(s.required(f) + f.unique + bool(f.enum) + (f.pattern is not None) for f in s.fields)
        + sum((f.minimum is not None) + (f.maximum is not None) for f in s.fields)
        + len(s.foreign_keys)
        + len(s.row_checks)
        for s in schemas.values()
    )


def _first_named(schema: Schema | None, rule: str) -> str | None:
    """The first column that a rule across columns names."""
    if schema is None or not rule.startswith("rowCheck "):
        return None
    sql = schema.row_checks[int(rule.removeprefix("rowCheck ")) - 1].sql
    return next((f.name for f in sorted(schema.fields, key=lambda f: _at(sql, f.name)) if _at(sql, f.name) < len(sql)), None)


def _at(sql: str, column: str) -> int:
    found = re.search(rf"\b{column}\b", sql)
    return found.start() if found else len(sql)
