"""The rules of one row as SQL over its cells: ``t0`` is the text of the first field, ``v0`` its value, ``f0`` true where that is none."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pipelines.derive.sql import literal
from pipelines.tableschema.cells import Cell, read_text
from pipelines.tableschema.declared import Column, Refused, Resource

_BOUNDS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}


@dataclass(frozen=True)
class CellRule:
    """A rule of one row: ``broken`` is true for a row that breaks it; ``column`` is the field's place, None for one across fields."""

    type: str
    rule: str
    column: int | None
    broken: str
    note: str


def cell_rules(resource: Resource, cells: list[Cell]) -> Iterator[CellRule]:
    """Every rule that one row alone can break: types, constraints of fields and rowChecks."""
    for n, (column, cell) in enumerate(zip(resource.columns, cells, strict=True)):
        if cell.fault != "false":
            yield CellRule("type-error", "type", n, f"f{n}", f"type is {column.type}/{column.format}")
        required = column.constraints.get("required") is True or column.name in resource.primary_key
        if required:
            yield CellRule("constraint-error", "required", n, f"t{n} IS NULL", f"{column.name} must be given")
        for constraint, value in column.constraints.items():
            if (condition := _condition(column, constraint, value, n)) is not None:
                note = f"{constraint} is {value if not isinstance(value, list) else ', '.join(map(str, value))}"
                yield CellRule("constraint-error", constraint, n, f"NOT f{n} AND NOT ({condition})", note)
    for n, check in enumerate(resource.row_checks, start=1):
        yield CellRule("row-check", f"rowCheck {n}", None, f"NOT ({check.sql})", check.message)


def _condition(column: Column, constraint: str, value: Any, n: int) -> str | None:
    """The SQL that holds for a good cell or is null; None for what is judged elsewhere."""
    if constraint in _BOUNDS:
        return f"v{n} {_BOUNDS[constraint]} {_constant(column, value)}"
    if constraint == "enum":
        return f"v{n} IN ({', '.join(_constant(column, item) for item in value)})" if value else "false"
    if constraint == "pattern":
        return f"regexp_full_match(CAST(t{n} AS VARCHAR), {literal(str(value))})"
    if constraint in ("minLength", "maxLength"):
        return f"{_length(column, n)} {'>=' if constraint == 'minLength' else '<='} {int(value)}"
    return None


def _length(column: Column, n: int) -> str:
    if column.type in ("array", "object"):
        counted = "json_array_length" if column.type == "array" else "json_keys"
        inner = f"{counted}(TRY_CAST(t{n} AS JSON))"
        return inner if column.type == "array" else f"len({inner})"
    if column.type == "list":
        return f"len(string_split(t{n}, {literal(str(column.options.get('delimiter', ',')))}))"
    return f"length(CAST(t{n} AS VARCHAR))"


def _constant(column: Column, value: Any) -> str:
    """A bound or a member of an enum as SQL of the column's type; Refused where it is no such value."""
    if column.type in ("integer", "number", "year"):
        try:
            Decimal(str(value))
        except InvalidOperation:
            raise Refused(f"field {column.name!r}: {value!r} is no {column.type}") from None
    if isinstance(value, bool):
        return str(value).lower()
    return f"({read_text(column, literal(str(value))).value})"
