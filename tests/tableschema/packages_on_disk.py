"""Packages of one or more resources written to disk, and the verdicts of both validators on them."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import frictionless

from pipelines.tableschema import TableError, validate_package

Verdict = set[tuple[int | None, str | None, str]]
# Stock guesses what a dialect leaves open; these are what every reader takes for granted.
DIALECT = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False, "header": True}
ID = {"name": "id", "type": "string"}
_OF_KEYS = ("primary-key", "unique-key", "foreign-key", "blank-row", "extra-cell")


def resource(name: str, fields: Sequence[Mapping[str, Any]], path: str | None = None, **schema: Any) -> dict[str, Any]:
    """The descriptor of a table, a CSV unless its path says otherwise."""
    path = path or f"{name}.csv"
    form = {"format": "parquet"} if path.endswith(".parquet") else {"format": "csv", "encoding": "utf-8", "dialect": DIALECT}
    return {"name": name, "type": "table", "path": path, **form, "schema": {"fields": [dict(field) for field in fields], **schema}}


def describe(folder: Path, *resources: Mapping[str, Any]) -> Path:
    """Writes the descriptor and returns its path."""
    path = folder / "datapackage.json"
    content = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "name": "p", "resources": list(resources)}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def ours(descriptor: Path, limit: int | None = None) -> list[TableError]:
    """All errors of our validator."""
    return list(validate_package(descriptor, limit))


def judge(folder: Path, field: dict[str, Any], texts: list[str], dirt: str = "", **schema: Any) -> list[TableError]:
    """The errors of a table of a key and one column of these texts; ``dirt`` behind them makes Python read the file."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([["id", field["name"]], *([f"k{n}", text] for n, text in enumerate(texts))])
    (folder / "t.csv").write_text(stream.getvalue() + dirt, encoding="utf-8", newline="")
    return ours(describe(folder, resource("t", [ID, field], **schema)))


def our_verdict(descriptor: Path) -> Verdict:
    """What ours finds, as (row, field, type); keys are named by no field, since they may have several."""
    return {(e.row_number, None if e.type in _OF_KEYS else e.field or None, e.type) for e in ours(descriptor)}


def stock_verdict(descriptor: Path) -> Verdict:
    """What frictionless finds, in the same form, or that it raised; an error of the header has no row."""
    try:
        report = frictionless.Package(str(descriptor)).validate(limit_errors=1_000_000)
    except Exception:
        return {(None, None, "crash")}
    found = [*report.errors, *(error for task in report.tasks for error in task.errors)]
    return {_stock_error(error.to_descriptor()) for error in found}


def _stock_error(error: Mapping[str, Any]) -> tuple[int | None, str | None, str]:
    kind = error["type"]
    name = error.get("label") if kind == "extra-label" else error.get("fieldName")
    return error.get("rowNumber"), None if kind in _OF_KEYS else name or None, kind
