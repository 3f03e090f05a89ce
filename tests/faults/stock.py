"""The fault suite by stock frictionless: it must refuse the rows of the CSV that our validator refuses, and name the same cells."""

import json

from faults.fault import Fault
from pipelines.paths import Paths
from pipelines.tableschema import validate_package

# What stock frictionless cannot say, by the first word of the rule, and why.
UNKNOWN = {
    "rowCheck": "rules across columns are an addition of ours",
    "x-minimum-rows": "an empty table passes",
    "declaration": "the descriptor is refused before any row is read",
}
Cell = tuple[int | None, str | None]


def comparable(fault: Fault) -> bool:
    """Whether stock frictionless has a word to say on the fault."""
    return fault.expected.layer == "table schema" and fault.expected.rule.split()[0] not in UNKNOWN


def disagreement(fault: Fault, paths: Paths) -> str | None:
    """How the verdicts on the CSV differ, None where they agree: on every row, and on the column where stock names one."""
    table = fault.expected.table
    mine = [e for e in validate_package(paths.descriptor, only=[table]) if e.rule.split()[0] not in UNKNOWN]
    theirs = _stock(paths, table)
    rows, cells = {e.row_number for e in mine}, {(e.row_number, e.field) for e in mine}
    if rows != {row for row, _ in theirs}:
        return f"rows {sorted(map(str, rows))} against stock's {sorted(str(row) for row, _ in theirs)}"
    unnamed = {cell for cell in theirs if cell[1] is not None} - cells
    return f"stock names {sorted(map(str, unnamed))}" if unnamed else None


def _stock(paths: Paths, table: str) -> set[Cell]:
    import frictionless

    resources = {resource["name"]: resource for resource in json.loads(paths.descriptor.read_text("utf-8"))["resources"]}
    # What the table points at is all that it needs of the others: to read the whole descriptor takes stock most of its time.
    needed = {table, *(key["reference"]["resource"] or table for key in resources[table]["schema"].get("foreignKeys", ()))}
    some = {"name": "some", "resources": [resources[name] for name in sorted(needed)]}
    report = frictionless.Package(some, basepath=str(paths.root)).get_resource(table).validate()
    errors = [e.to_descriptor() for task in report.tasks for e in task.errors] + [e.to_descriptor() for e in report.errors]
    # Hashes and sizes are the business of another layer.
    return {(e.get("rowNumber"), e.get("fieldName") or None) for e in errors if e["type"] not in ("hash-count", "byte-count")}
