"""The rules of one row as SQL over its cells: ``__t0`` is the text of the first field, ``__v0`` its value, ``__f0`` true where that is none."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.derive.sql import literal
from pipelines.errors import ToolError
from pipelines.tableschema.cells import Cell, read_text
from pipelines.tableschema.declared import Column
from pipelines.tableschema.relation import Opened, Table

_BOUNDS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
# Up to so many words stand in the query itself; more of them are a table, which is looked into by hash.
_FEW = 40


@dataclass(frozen=True)
class CellRule:
    """A rule of one row: ``broken`` is true for a row that breaks it; ``column`` is the field's place, None for one across fields."""

    type: str
    rule: str
    column: int | None
    broken: str
    note: str


BLANK_ROW = CellRule("blank-row", "blank row", None, "__blank", "the row is blank")


def cell_rules(opened: Opened, table: Table) -> list[CellRule]:
    """Every rule that one row alone can break; Refused where a constraint cannot be read, a ToolError where a rowCheck is no expression."""
    fields = zip(table.resource.columns, table.cells, table.places, strict=True)
    # A field whose column is missing is said once, of the header.
    rules = [rule for n, (column, cell, place) in enumerate(fields) if place is not None for rule in _rules(opened, table, column, cell, n)]
    return rules + list(_row_checks(table))


def form_rules(table: Table) -> Iterator[CellRule]:
    """The rule of a row's form that a table may break: as many cells as labels."""
    if table.lengths is None:
        return
    least, most = table.lengths
    width = len(table.labels)
    for n in range(least, width):
        note = f"the row has too few cells (expected {width})"
        yield CellRule("missing-cell", "missing cell", n, f"__cells <= {n}", note)
    if most > width:
        yield CellRule("extra-cell", "extra cell", None, f"__cells > {width}", f"the row has too many cells (expected {width})")


def _rules(opened: Opened, table: Table, column: Column, cell: Cell, n: int) -> Iterator[CellRule]:
    if column.type in ("date", "datetime", "time") and column.format not in ("default", "any"):
        opened.refuse_if(column, "format", f"try_strptime('', {literal(column.format)}) > TIMESTAMP '9999-12-31'")
    if cell.fault != "false":
        yield CellRule("type-error", "type", n, f"__f{n}", f"type is {column.type}/{column.format}")
    if column.constraints.get("required") is True or column.name in table.resource.primary_key:
        yield CellRule("constraint-error", "required", n, f"__t{n} IS NULL", f"{column.name} must be given")
    for constraint, value in column.constraints.items():
        if (condition := _condition(opened, column, cell, constraint, value, n)) is not None:
            note = f"{constraint} is {value if not isinstance(value, list) else ', '.join(map(str, value[:_FEW]))}"
            sound = "" if cell.fault == "false" else f"NOT __f{n} AND "
            yield CellRule("constraint-error", constraint, n, f"{sound}NOT ({condition})", note)


def _row_checks(table: Table) -> Iterator[CellRule]:
    for n, check in enumerate(table.resource.row_checks, start=1):
        try:
            statements = duckdb.extract_statements(f"SELECT ({check.sql})")
        except duckdb.Error as error:
            raise ToolError(f"{table.resource.name}: rowCheck {n}: {str(error).splitlines()[0]}") from error
        if len(statements) != 1:
            raise ToolError(f"{table.resource.name}: rowCheck {n} is more than one expression")
        if ours := re.search(r"\b__([rtvf]\d+|row|cells|extra|blank)\b", check.sql.lower()):
            raise ToolError(f"{table.resource.name}: rowCheck {n} names {ours[0]!r}, which is no field")
        yield CellRule("row-check", f"rowCheck {n}", None, f"NOT ({check.sql})", check.message)


def _condition(opened: Opened, column: Column, cell: Cell, constraint: str, value: Any, n: int) -> str | None:
    """The SQL that holds for a good cell or is null; None for what is judged elsewhere."""
    if constraint in _BOUNDS:
        (bound,) = _constants(opened, column, constraint, [value])
        # DuckDB holds NaN for greater than all else; it keeps no bound.
        number = f" AND __v{n} <= CAST('inf' AS DOUBLE)" if cell.floating and constraint in ("minimum", "exclusiveMinimum") else ""
        return f"__v{n} {_BOUNDS[constraint]} {bound}{number}"
    if constraint == "enum":
        return _enum(opened, column, list(value), n)
    if constraint == "pattern":
        opened.refuse_if(column, constraint, f"regexp_full_match('', {literal(str(value))}) IS NULL")
        return f"regexp_full_match(CAST(__t{n} AS VARCHAR), {literal(str(value))})"
    if constraint in ("minLength", "maxLength"):
        return f"{_length(column, n)} {'>=' if constraint == 'minLength' else '<='} {int(value)}"
    return None


def _enum(opened: Opened, column: Column, words: list[Any], n: int) -> str:
    value = f"CAST(__v{n} AS VARCHAR)" if column.type == "any" else f"__v{n}"
    if not words:
        return f"{value} IS NULL"
    texts = [word for word in words if isinstance(word, str)]
    if len(words) <= _FEW or len(texts) < len(words):
        return f"{value} IN ({', '.join(_constants(opened, column, 'enum', words))})"
    table = opened.words(texts, _sound(read_text(column, "word")))
    opened.refuse_if(column, "enum", f"EXISTS (FROM {table} WHERE word IS NULL)")
    return f"{value} IN (FROM {table})"


def _length(column: Column, n: int) -> str:
    if column.type == "array":
        return f"json_array_length(TRY_CAST(__t{n} AS JSON))"
    if column.type == "object":
        return f"len(json_keys(TRY_CAST(__t{n} AS JSON)))"
    if column.type == "list":
        return f"len(string_split(__t{n}, {literal(str(column.options.get('delimiter', ',')))}))"
    return f"length(CAST(__t{n} AS VARCHAR))"


def _constants(opened: Opened, column: Column, constraint: str, values: list[Any]) -> list[str]:
    """Bounds or members of an enum as SQL of the column's type; Refused where one is no such value."""
    constants = [_constant(column, value) for value in values]
    if column.type not in ("string", "any"):
        opened.refuse_if(column, constraint, f"list_contains([{', '.join(f'{constant} IS NULL' for constant in constants)}], true)")
    return constants


def _constant(column: Column, value: Any) -> str:
    if isinstance(value, bool) and column.type == "boolean":
        return str(value).lower()
    if column.type in ("integer", "number", "year") and isinstance(value, int | float) and not isinstance(value, bool):
        whole = column.type != "number" and value == value and abs(value) < float("inf") and value == int(value)
        return f"TRY_CAST({literal(str(int(value) if whole else value))} AS {'HUGEINT' if whole else 'DOUBLE'})"
    text = value if isinstance(value, str) else _json(value)
    return _sound(read_text(column, literal(text)))


def _sound(cell: Cell) -> str:
    return f"(CASE WHEN NOT {cell.fault} THEN {cell.value} END)" if cell.fault != "false" else cell.value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
