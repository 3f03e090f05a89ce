"""Schema to a Great Expectations suite, and what it finds. The only importer of great_expectations, which takes seconds: lazily."""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.derive.sql import name
from pipelines.errors import ToolError
from pipelines.schema import Schema

# Great Expectations takes about 1.5 kB a row and 20 columns: this many rows stay below half a gigabyte.
CHUNK = 200_000


@dataclass(frozen=True)
class Finding:
    """One value (or, with row None, one table) that an expectation refuses; rows count from 1."""

    table: str
    row: int | None
    column: str | None
    rule: str
    value: object
    message: str


@dataclass(frozen=True)
class Expectation:
    """One expectation by its Great Expectations name, with its arguments, and what it means in words."""

    kind: str
    arguments: Mapping[str, Any]
    column: str | None
    rule: str
    message: str
    whole_table: bool = False


def expectations(schema: Schema) -> list[Expectation]:
    """The suite of the table: columns, row minimum, required, unique, enum, pattern, bounds and rowChecks."""
    columns = [f.name for f in schema.fields] + [_flag(n) for n in range(1, len(schema.row_checks) + 1)]
    least = f"the table has at least {schema.minimum_rows} rows"
    suite = [
        Expectation("ExpectTableColumnsToMatchOrderedList", {"column_list": columns}, None, "columns", "the columns in order", True),
        Expectation("ExpectTableRowCountToBeBetween", {"min_value": schema.minimum_rows}, None, "x-minimum-rows", least, True),
    ]
    suite += _of_fields(schema)
    for n, check in enumerate(schema.row_checks, start=1):
        column = _flag(n)
        suite.append(
            Expectation("ExpectColumnValuesToBeInSet", {"column": column, "value_set": [True]}, None, f"rowCheck {n}", check.message)
        )
    return suite


def findings(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> tuple[list[Finding], int]:
    """What the suites refuse, and how many expectations were evaluated; a suite that did not run is a ToolError."""
    sources = frames_source()
    found: list[Finding] = []
    evaluated = 0
    for schema in schemas.values():
        suite, rows = expectations(schema), _with_row_checks(schema, tables[schema.name])
        whole, local = [e for e in suite if e.whole_table], [e for e in suite if not e.whole_table]
        # Slices cannot change what a rule about one row says; what speaks of the whole table sees all of it.
        parts = [(0, rows, suite)] if rows.num_rows <= CHUNK else [(0, _only(rows, whole), whole)]
        if rows.num_rows > CHUNK:
            parts += [(offset, rows.slice(offset, CHUNK), local) for offset in range(0, rows.num_rows, CHUNK)]
        for offset, part, expected in parts:
            found += _evaluate(sources, schema.name, part, expected, offset)
        evaluated += len(suite)
    return found, evaluated


def _only(rows: pa.Table, suite: list[Expectation]) -> pa.Table:
    """The rows with every column emptied that the suite does not look into: a large table fits into one frame so."""
    needed = {e.column for e in suite}
    columns = [rows.column(f.name) if f.name in needed else pa.nulls(rows.num_rows, f.type) for f in rows.schema]
    return pa.Table.from_arrays(columns, names=rows.schema.names)


def _of_fields(schema: Schema) -> Iterator[Expectation]:
    for f in schema.fields:
        column = {"column": f.name}
        if schema.required(f):
            yield Expectation("ExpectColumnValuesToNotBeNull", column, f.name, "required", f"{f.name} must be given")
        if f.unique:
            yield Expectation("ExpectColumnValuesToBeUnique", column, f.name, "unique", f"{f.name} must not repeat", True)
        if f.enum:
            one_of = f"{f.name} is one of {', '.join(f.enum)}"
            yield Expectation("ExpectColumnValuesToBeInSet", {**column, "value_set": list(f.enum)}, f.name, "enum", one_of)
        if f.anchored is not None:
            form = f"{f.name} has the form {f.pattern}"
            yield Expectation("ExpectColumnValuesToMatchRegex", {**column, "regex": f.anchored}, f.name, "pattern", form)
        for rule, bound in (("minimum", f.minimum), ("maximum", f.maximum)):
            if bound is not None:
                limit = {"min_value" if rule == "minimum" else "max_value": bound}
                yield Expectation("ExpectColumnValuesToBeBetween", {**column, **limit}, f.name, rule, f"{f.name}: {rule} {bound}")


def _with_row_checks(schema: Schema, table: pa.Table) -> pa.Table:
    """The table with a true, false or null column for each rowCheck: GX runs no SQL on frames, so DuckDB judges."""
    if not schema.row_checks:
        return table
    flags = ", ".join(f"({check.sql}) AS {name(_flag(n))}" for n, check in enumerate(schema.row_checks, start=1))
    with duckdb.connect() as connection:
        connection.register("rows", table)
        try:
            return connection.sql(f"SELECT *, {flags} FROM rows").to_arrow_table()
        except duckdb.Error as error:
            raise ToolError(f"schemas/{schema.name}.json rowChecks: cannot be evaluated: {error}") from error


def _flag(n: int) -> str:
    return f"row_check_{n}"


def frames_source() -> Any:
    """Great Expectations loaded and ready for frames, silent and without analytics."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context.data_sources.add_pandas("frames")


def _evaluate(sources: Any, table: str, rows: pa.Table, suite: list[Expectation], offset: int) -> list[Finding]:
    """What the suite refuses in these rows; the failing expectations run twice, since listing rows costs more than judging."""
    import pandas as pd

    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame = rows.to_pandas(types_mapper=nullable.get)
    batch = sources.add_dataframe_asset(f"{table}-{offset}-{len(suite)}").add_batch_definition_whole_dataframe("all")
    batch = batch.get_batch(batch_parameters={"dataframe": frame})
    refused = [expectation for expectation, outcome in _outcomes(batch, table, suite, "BOOLEAN_ONLY") if not outcome.success]
    if not refused:
        return []
    return [
        finding
        for expectation, outcome in _outcomes(batch, table, refused, "COMPLETE")
        for finding in _read(table, expectation, outcome, offset)
    ]


def _outcomes(batch: Any, table: str, suite: list[Expectation], detail: str) -> list[tuple[Expectation, Any]]:
    import great_expectations as gx

    made = [getattr(gx.expectations, e.kind)(**e.arguments, meta={"n": n}) for n, e in enumerate(suite)]
    with warnings.catch_warnings():
        # A pattern with groups is meant as it is.
        warnings.simplefilter("ignore")
        result = batch.validate(gx.ExpectationSuite(name=table, expectations=made), result_format={"result_format": detail})
    if len(result.results) != len(suite):
        raise ToolError(f"{table}: Great Expectations evaluated {len(result.results)} of {len(suite)} expectations")
    outcomes = [(suite[outcome.expectation_config.meta["n"]], outcome) for outcome in result.results]
    for expectation, outcome in outcomes:
        if _raised(outcome.exception_info):
            raise ToolError(f"{table} {expectation.column or ''} {expectation.rule}: Great Expectations raised: {outcome.exception_info}")
    return outcomes


def _read(table: str, expectation: Expectation, outcome: Any, offset: int) -> Iterator[Finding]:
    rows = outcome.result.get("unexpected_index_list")
    if rows is None:
        yield Finding(table, None, expectation.column, expectation.rule, outcome.result.get("observed_value"), expectation.message)
        return
    for row, value in zip(rows, outcome.result["unexpected_list"], strict=True):
        yield Finding(table, offset + int(row) + 1, expectation.column, expectation.rule, value, expectation.message)


def _raised(info: Mapping[str, Any]) -> bool:
    """Whether the outcome is an exception: one record, or one for each metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    return any(record["raised_exception"] for record in records)
