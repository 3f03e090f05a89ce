"""The hand-written expectations of ``schemas/expectations/<table>.yaml``, read strictly."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.derive.binding import bind, without_access
from pipelines.entries import Entry, check_keys, read_entries, words
from pipelines.errors import InputError, ToolError, did_you_mean
from pipelines.schema import Schema

BOUNDS = ("min_value", "max_value")


@dataclass(frozen=True)
class Kind:
    """What a Great Expectations name judges (rows, column or table), its arguments, and whether nulls count for it."""

    judges: str
    needed: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    nulls: bool = False
    # The bounds are values of the column, of its type; elsewhere they are numbers.
    typed: bool = False


KINDS: Mapping[str, Kind] = {
    "expect_column_values_to_be_between": Kind("rows", (), (*BOUNDS, "strict_min", "strict_max"), typed=True),
    "expect_column_values_to_be_in_set": Kind("rows", ("value_set",)),
    "expect_column_values_to_not_be_in_set": Kind("rows", ("value_set",)),
    "expect_column_values_to_be_null": Kind("rows", nulls=True),
    "expect_column_values_to_not_be_null": Kind("rows", nulls=True),
    "expect_column_values_to_match_regex": Kind("rows", ("regex",)),
    "expect_column_values_to_not_match_regex": Kind("rows", ("regex",)),
    "expect_column_value_lengths_to_be_between": Kind("rows", (), BOUNDS),
    "expect_column_proportion_of_non_null_values_to_be_between": Kind("column", (), BOUNDS, nulls=True),
    "expect_column_proportion_of_unique_values_to_be_between": Kind("column", (), BOUNDS),
    "expect_column_unique_value_count_to_be_between": Kind("column", (), BOUNDS),
    "expect_column_min_to_be_between": Kind("column", (), BOUNDS, typed=True),
    "expect_column_max_to_be_between": Kind("column", (), BOUNDS, typed=True),
    "expect_column_mean_to_be_between": Kind("column", (), BOUNDS),
    "expect_column_median_to_be_between": Kind("column", (), BOUNDS),
    "expect_column_sum_to_be_between": Kind("column", (), BOUNDS),
    "expect_column_stdev_to_be_between": Kind("column", (), BOUNDS),
    "expect_column_distinct_values_to_contain_set": Kind("column", ("value_set",)),
    "expect_column_most_common_value_to_be_in_set": Kind("column", ("value_set",)),
    "expect_column_kl_divergence_to_be_less_than": Kind("column", ("partition_object", "threshold")),
    "expect_table_row_count_to_be_between": Kind("table", (), BOUNDS, nulls=True),
}
_NUMERIC = ("mean", "median", "sum", "stdev")


@dataclass(frozen=True)
class Expectation:
    """One expectation by its Great Expectations name, with its arguments, where it stands and what it means in words.

    ``minimum_rows``: where fewer rows of the selection (with a value, unless nulls are judged) are there, it says nothing.
    """

    place: str
    kind: str
    column: str | None
    arguments: Mapping[str, Any]
    rule: str
    reason: str
    where: str | None = None
    mostly: float = 1.0
    minimum_rows: int = 1

    @property
    def same(self) -> tuple[str, str | None, str, str | None]:
        """What two equal expectations share, whatever their reasons."""
        return self.kind, self.column, repr(sorted(self.arguments.items())), self.where


@dataclass(frozen=True)
class Waiver:
    """A derived expectation that does not hold for this column, with the reason."""

    place: str
    rule: str
    column: str
    reason: str


def read_editorial(folder: Path, schema: Schema) -> list[Expectation | Waiver]:
    """The entries for the table below the folder of schemas, in order; a ToolError names file and line of what is malformed."""
    path = folder / "expectations" / f"{schema.name}.yaml"
    if not path.exists():
        return []
    try:
        entries = read_entries(path, "expectation", "expect: expect_column_values_to_be_between", f"schemas/expectations/{path.name}")
        return [_waiver(entry, schema) if "waive" in entry.values else _expectation(entry, schema) for entry in entries]
    except InputError as error:
        raise ToolError(str(error)) from None


def check_folder(folder: Path, tables: Mapping[str, Schema]) -> None:
    """Nothing; a ToolError for a file of expectations that belongs to no table."""
    for path in sorted((folder / "expectations").glob("[!.]*")):
        if path.suffix != ".yaml" or path.stem not in tables:
            expected = f"expected the name of a table and .yaml{did_you_mean(path.stem, tables)}"
            raise ToolError(f"schemas/expectations/{path.name}: belongs to no table ({expected})")


def _waiver(entry: Entry, schema: Schema) -> Waiver:
    check_keys(entry, "a waiver", ("waive", "column", "reason"), ())
    return Waiver(entry.where, words(entry, "waive"), _column(entry, schema), words(entry, "reason"))


def _expectation(entry: Entry, schema: Schema) -> Expectation:
    kind = entry.values.get("expect")
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(
            f"{entry.where} expect: {kind!r} is unknown (expected one of {', '.join(KINDS)}{did_you_mean(str(kind), KINDS)}; or a waiver)"
        )
    form = KINDS[kind]
    column = ("column",) if form.judges != "table" else ()
    mostly = ("mostly",) if form.judges == "rows" else ()
    check_keys(entry, kind, ("expect", *column, *form.needed, "reason"), (*form.allowed, "where", *mostly, "minimum_rows"))
    arguments = {key: entry.values[key] for key in (*form.needed, *form.allowed) if key in entry.values}
    made = Expectation(
        entry.where,
        kind,
        _column(entry, schema) if column else None,
        arguments,
        kind.removeprefix("expect_"),
        words(entry, "reason"),
        _condition(entry, schema),
        _share(entry),
        _minimum_rows(entry, form),
    )
    for problem in _misfits(made, form, schema):
        raise InputError(f"{entry.where} {problem}")
    return made


def _column(entry: Entry, schema: Schema) -> str:
    column, known = words(entry, "column"), [f.name for f in schema.fields]
    if column not in known:
        raise InputError(f"{entry.where} column: {schema.name} has no {column!r} (expected a column{did_you_mean(column, known)})")
    return column


def _condition(entry: Entry, schema: Schema) -> str | None:
    """The condition, tried on a table without rows."""
    if "where" not in entry.values:
        return None
    condition = words(entry, "where")
    with without_access({schema.name: schema}) as connection:
        try:
            bind(connection, schema.name, condition)
        except InputError as error:
            raise InputError(f"{entry.where} where: {condition!r} is no condition: {error}") from None
    return condition


def _share(entry: Entry) -> float:
    mostly = entry.values.get("mostly", 1.0)
    if isinstance(mostly, bool) or not isinstance(mostly, int | float) or not 0 < mostly <= 1:
        raise InputError(f"{entry.where} mostly: {mostly!r} (expected a share above 0 and at most 1)")
    return float(mostly)


def _minimum_rows(entry: Entry, form: Kind) -> int:
    rows = entry.values.get("minimum_rows", 0 if form.judges == "table" else 1)
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < (form.judges != "table"):
        raise InputError(f"{entry.where} minimum_rows: {rows!r} (expected a number of rows)")
    return rows


def _misfits(made: Expectation, form: Kind, schema: Schema) -> Iterator[str]:
    """Why the arguments cannot mean anything for the column."""
    field = next((f for f in schema.fields if f.name == made.column), None)
    kind = field.type if field is not None else "integer"
    textual = "lengths" in made.kind or "regex" in made.kind
    if textual and kind != "string":
        yield f"column: {made.column} is of type {kind} (expected a string)"
    if any(f"_{word}_" in made.kind for word in _NUMERIC) and kind not in ("integer", "number"):
        yield f"column: {made.column} is of type {kind} (expected a number)"
    bounds = [key for key in BOUNDS if key in made.arguments]
    if set(BOUNDS) <= set(form.allowed) and not bounds:
        yield f"{made.kind} has no bound (expected min_value or max_value)"
    for key in bounds:
        yield from _misfit(key, made.arguments[key], kind if form.typed else "number")
    if len(bounds) == 2 and made.arguments["min_value"] > made.arguments["max_value"]:
        yield "min_value is above max_value"
    yield from _misfit_sets(made.arguments, field.enum if field is not None else ())


def _misfit(key: str, value: object, kind: str) -> Iterator[str]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {"integer": number, "number": number, "date": type(value) is date}
    if not fits.get(kind, False):
        yield f"{key}: {value!r} (expected {'a day as YYYY-MM-DD' if kind == 'date' else 'a number'}, for a column of numbers or days)"


def _misfit_sets(arguments: Mapping[str, Any], enum: tuple[str, ...]) -> Iterator[str]:
    values = arguments.get("value_set", ["-"])
    if not isinstance(values, list) or not values:
        yield f"value_set: {values!r} (expected a list of values)"
    elif enum and "value_set" in arguments:
        for value in values:
            if value not in enum:
                yield f"value_set: {value!r} is unknown (expected {', '.join(enum)}{did_you_mean(str(value), enum)})"
    try:
        re.compile(arguments.get("regex", ""))
    except (re.error, TypeError) as error:
        yield f"regex: {arguments['regex']!r} does not compile: {error}"
