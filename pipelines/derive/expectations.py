"""What the suites of expectations find in a package. The only importer of great_expectations, which takes seconds: lazily.

Frames of a few columns are read from Parquet and judged one after the other, integers as doubles where these are exact.
Measured on a million rows of 20 columns with 44 expectations: see CONTRIBUTING.md, Decisions.
"""

import logging
import os
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.derive.editorial import KINDS, Expectation
from pipelines.derive.parts import numbered, rows_in, stored
from pipelines.derive.sql import name
from pipelines.derive.suites import suites
from pipelines.errors import ToolError
from pipelines.spill import connect

# So many cells are in a frame at once: a million rows are judged column by column, a small table as a whole.
CELLS = 1_000_000
# So many rows that break one expectation are named; the rest is counted.
LISTED = 1000
# Above it a double cannot hold every integer.
EXACT = 2**53


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
class Skipped:
    """An expectation that says nothing, since its selection has too few rows (with a value, unless nulls are judged)."""

    table: str
    column: str | None
    rule: str
    rows: int
    minimum_rows: int


@dataclass(frozen=True)
class Verdict:
    """What the suites found, and how many of the declared expectations were evaluated; a ToolError where some got lost."""

    found: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    evaluated: int
    declared: int

    def __post_init__(self) -> None:
        if self.evaluated + len(self.skipped) != self.declared:
            raise ToolError(
                f"Great Expectations evaluated {self.evaluated} and skipped {len(self.skipped)} of {self.declared} declared expectations"
            )
        if not self.declared:
            raise ToolError("no expectation is declared (expected at least one a table)")


def findings(tables: Path, schemas: Path, base: Path | None = None, only: Collection[str] | None = None) -> Verdict:
    """What the suites find in the Parquet files of ``tables``, against those of the last release in ``base``; ``only`` of some tables.

    An expectation that cannot be judged is a ToolError: it says nothing of the data.
    """
    declared = suites(schemas, base, only)
    frames = frames_source()
    judged = [judge(frames, stored(tables, table, "parquet"), table, suite) for table, suite in declared.items()]
    found = tuple(finding for one, _, _ in judged for finding in one)
    skipped = tuple(item for _, items, _ in judged for item in items)
    return Verdict(found, skipped, sum(evaluated for _, _, evaluated in judged), sum(map(len, declared.values())))


def judge(frames: Any, files: Sequence[Path], table: str, suite: Sequence[Expectation]) -> tuple[list[Finding], list[Skipped], int]:
    """What the suite finds in the Parquet files of one table, what of it says nothing there, and how many expectations were evaluated."""
    found: list[Finding] = []
    skipped: list[Skipped] = []
    evaluated = 0
    for part in _frames(files, table, suite):
        judged = [e for e in part.suite if part.rows_for(e) >= e.minimum_rows]
        skipped += [Skipped(table, e.column, e.rule, part.rows_for(e), e.minimum_rows) for e in part.suite if e not in judged]
        found += _evaluate(frames, part, judged)
        evaluated += len(judged)
    return found, skipped, evaluated


@dataclass(frozen=True)
class _Part:
    """Some columns of the rows that a condition selects, with what is expected of them."""

    table: str
    rows: pa.Table
    suite: Sequence[Expectation]

    def rows_for(self, expectation: Expectation) -> int:
        """How many rows the expectation judges."""
        nulls = 0 if KINDS[expectation.kind].nulls else self.rows.column(expectation.column).null_count
        return int(self.rows.num_rows - nulls)


def _frames(files: Sequence[Path], table: str, suite: Sequence[Expectation]) -> Iterator[_Part]:
    """The selections that the suite speaks of, a few columns at a time."""
    if not files[0].is_file():
        raise ToolError(f"{table}: {files[0].name} is missing (expected the Parquet file of the table)")
    try:
        every = numbered(files, rows=rows_in(files))
    except (OSError, pa.ArrowException) as error:
        raise ToolError(f"{table}: {suite[0].place}: the rows cannot be read: {str(error).splitlines()[0]}") from None
    with connect() as connection:
        for where, group in groupby(sorted(suite, key=lambda e: e.where or ""), key=lambda e: e.where):
            expected = list(group)
            condition = "" if where is None else f" WHERE (\n{where}\n)"
            source = f"FROM ({every}){condition}"
            rows = _run(connection, f"SELECT count(*) AS rows {source}", table, expected).column("rows")[0].as_py()
            columns = list(dict.fromkeys(e.column for e in expected if e.column is not None))
            width = max(1, CELLS // max(1, rows))
            for start in range(0, max(1, len(columns)), width):
                some = columns[start : start + width]
                listing = ", ".join(["_row", *map(name, some)])
                read = _run(connection, f"SELECT {listing} {source}", table, expected)
                yield _Part(table, read, [e for e in expected if e.column in some or (e.column is None and not start)])


def _run(connection: duckdb.DuckDBPyConnection, query: str, table: str, expected: Sequence[Expectation]) -> pa.Table:
    try:
        return connection.sql(query).to_arrow_table()
    except duckdb.Error as error:
        raise ToolError(f"{table}: {expected[0].place}: the rows cannot be read: {str(error).splitlines()[0]}") from None


def frames_source() -> Any:
    """What makes batches of frames: Great Expectations loaded, silent and without analytics."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        from great_expectations.execution_engine import pandas_execution_engine
    # A hash of every frame that nothing here reads: a fifth of the time for a million rows.
    pandas_execution_engine.hash_pandas_dataframe = lambda _: "unread"
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    # One for all frames: Great Expectations writes down its whole configuration whenever it learns of another.
    return context.data_sources.add_pandas("frames").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")


def _evaluate(frames: Any, part: _Part, suite: Sequence[Expectation]) -> list[Finding]:
    """What the suite refuses in these rows; the failing expectations run twice, since listing rows costs more than judging."""
    if not suite:
        return []
    frame = _frame(part)
    refused = [expectation for expectation, outcome in _outcomes(frames, frame, suite, "BOOLEAN_ONLY") if not outcome.success]
    if not refused:
        return []
    outcomes = _outcomes(frames, frame, refused, "SUMMARY")
    return [finding for expectation, outcome in outcomes for finding in _read(part, expectation, outcome.result)]


def _frame(part: _Part) -> Any:
    """The rows for Great Expectations, in the types that it judges fastest: doubles six times as fast as nullable integers."""
    import pandas as pd

    looked_into = {e.column for e in part.suite if not KINDS[e.kind].nulls}
    names = [c for c in part.rows.schema.names if c != "_row"] or ["_row"]
    columns = [_fast(part.rows.column(c)) if c in looked_into else _given(part.rows.column(c)) for c in names]
    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return pa.table(columns, names=names).to_pandas(types_mapper=nullable.get)


def _given(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """1 for each value, null for null: enough where nothing but nulls is judged."""
    return pc.if_else(column.is_valid(), pa.scalar(1.0), pa.scalar(None, pa.float64()))


def _fast(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as doubles; integers as they are where a double cannot hold them."""
    if pa.types.is_integer(column.type) and (pc.max(pc.abs(column)).as_py() or 0) > EXACT:
        return column.cast(pa.int64())
    return column.cast(pa.float64()) if pa.types.is_integer(column.type) or pa.types.is_decimal(column.type) else column


def _outcomes(frames: Any, frame: Any, suite: Sequence[Expectation], detail: str) -> list[tuple[Expectation, Any]]:
    """Each expectation with its outcome; an exception inside Great Expectations is a ToolError that names the expectation."""
    import great_expectations as gx

    try:
        made = gx.ExpectationSuite(name="suite", expectations=[_made(gx, n, e) for n, e in enumerate(suite)])
        batch = frames.get_batch(batch_parameters={"dataframe": frame})
        with warnings.catch_warnings():
            # A pattern with groups is meant as it is.
            warnings.simplefilter("ignore")
            result = batch.validate(made, result_format={"result_format": detail, "partial_unexpected_count": LISTED})
    except Exception as error:
        raise ToolError(f"{suite[0].place}: Great Expectations raised: {error}") from error
    if len(result.results) != len(suite):
        raise ToolError(f"{suite[0].place}: Great Expectations evaluated {len(result.results)} of {len(suite)} expectations")
    outcomes = [(suite[outcome.expectation_config.meta["n"]], outcome) for outcome in result.results]
    for expectation, outcome in outcomes:
        if (raised := _raised(outcome.exception_info)) is not None:
            raise ToolError(f"{expectation.place} ({expectation.kind}): Great Expectations raised: {raised}")
    return outcomes


def _made(gx: Any, n: int, expectation: Expectation) -> Any:
    """The expectation as an object of Great Expectations, with its number in the suite."""
    words = (word.upper() if word == "kl" else word.capitalize() for word in expectation.kind.split("_"))
    column = {} if expectation.column is None else {"column": expectation.column}
    mostly = {"mostly": expectation.mostly} if KINDS[expectation.kind].judges == "rows" else {}
    return getattr(gx.expectations, "".join(words))(**expectation.arguments, **column, **mostly, meta={"n": n})


def _read(part: _Part, expectation: Expectation, result: Mapping[str, Any]) -> Iterator[Finding]:
    """The rows that break a rule about each row; one finding with what was observed where the rule is about shares or the table."""
    table, column, rule = part.table, expectation.column, expectation.rule
    message = expectation.reason + ("" if expectation.where is None else f" (where {expectation.where})")
    if KINDS[expectation.kind].judges != "rows":
        observed = result.get("observed_value")
        yield Finding(table, None, column, rule, observed, f"{message}; observed {_number(observed)}")
        return
    broken = result["unexpected_count"]
    if expectation.mostly < 1:
        judged = part.rows_for(expectation)
        allowed = f"at most {1 - expectation.mostly:.1%} may"
        yield Finding(table, None, column, rule, broken, f"{message}; {broken} of {judged} rows ({broken / judged:.1%}) do not, {allowed}")
        return
    for index in result["partial_unexpected_index_list"]:
        row, value = (part.rows.column(c)[int(index)].as_py() for c in ("_row", column))
        yield Finding(table, row, column, rule, value, message)
    if broken > LISTED:
        yield Finding(table, None, column, rule, None, f"{message}; {broken - LISTED} more rows do not")


def _number(observed: object) -> str:
    return f"{observed:.4g}" if isinstance(observed, float) else str(observed)


def _raised(info: Mapping[str, Any]) -> str | None:
    """The message of an exception in the outcome: one record, or one for each metric."""
    records = [info] if "raised_exception" in info else list(info.values())
    return next((str(record["exception_message"]) for record in records if record["raised_exception"]), None)
