"""The suite of expectations of a table: derived from its schema and the last release, and written by hand."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.derive.editorial import Expectation, Waiver, check_folder, read_editorial
from pipelines.derive.parts import parquet, stored
from pipelines.derive.sql import name
from pipelines.errors import ToolError, did_you_mean
from pipelines.schema import Field, Schema, load_schemas, load_schemas_of
from pipelines.spill import connect

# The share of rows whose words say nothing of a column; on the development articles it lies between 0.5 and 0.92.
UNSTATED = 0.95
UNSTATED_ROWS = 30
# A fill share may fall by so much, judged from so many rows on both sides.
FILL_FALL = 0.1
FILL_ROWS = 20
# Rows against the last release; a small table may always gain ROOM rows.
FEWER, MORE, ROOM = 0.9, 3, 100
# Kullback-Leibler divergence in nats; two samples of 100 from one distribution of 6 values differ by about 0.05.
DIVERGENCE = 0.1
DIVERGENCE_ROWS = 100


@dataclass(frozen=True)
class Last:
    """One table of the last release: its rows, how many have a value for each column, and the values of each enum column."""

    rows: int
    filled: Mapping[str, int]
    values: Mapping[str, Mapping[str, int]]


def suites(declared: Path, base: Path | None, only: Collection[str] | None = None) -> dict[str, list[Expectation]]:
    """The suite of each table by its name, or of ``only`` some; ``base`` holds the Parquet files of the last release.

    ``declared`` is the folder of schemas, or a descriptor that holds them: nothing is written by hand there.
    """
    own = declared.is_dir()
    schemas = load_schemas(declared) if own else load_schemas_of(declared)
    if own:
        check_folder(declared, schemas)
    return {
        table: suite(
            schema,
            read_editorial(declared, schema) if own else [],
            None if base is None else read_last(stored(base, table, "parquet"), schema),
        )
        for table, schema in schemas.items()
        # What changed since the last release follows no pattern.
        if schema.kind != "changes" and (only is None or table in only) and (own or any(True for _ in _derived(schema)))
    }


def suite(schema: Schema, written: Sequence[Expectation | Waiver], last: Last | None = None) -> list[Expectation]:
    """What is expected of the table; a ToolError where that is nothing, or the same twice, or a waiver waives nothing."""
    waived = [entry for entry in written if isinstance(entry, Waiver)]
    derived = list(_derived(schema))
    against = [] if last is None or schema.kind in ("derived", "evaluation") else list(_against(schema, last))
    for waiver in waived:
        _check_waiver(waiver, schema)
    left = {(w.rule, w.column) for w in waived}
    made = [e for e in derived + against if (e.rule, e.column) not in left] + [e for e in written if isinstance(e, Expectation)]
    if not made:
        raise ToolError(f"{schema.name}: nothing is expected (expected x-minimum-rows 1, or schemas/expectations/{schema.name}.yaml)")
    seen: dict[object, Expectation] = {}
    for expectation in made:
        first = seen.setdefault(expectation.same, expectation)
        if first is not expectation:
            raise ToolError(f"{expectation.place}: says the same as {first.place} (expected each expectation once)")
    return made


def read_last(files: Sequence[Path], schema: Schema) -> Last | None:
    """The table as the last release held it, None where it had none; a ToolError where its file cannot be read."""
    if not files[0].exists():
        return None
    try:
        with connect() as connection:
            source = parquet(files)
            present = {str(row[0]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
            fields = [f for f in schema.fields if f.name in present]
            counts = ", ".join(["count(*)", *(f"count({name(f.name)})" for f in fields)])
            (rows, *filled), *_ = connection.execute(f"SELECT {counts} FROM {source}").fetchall()
            values = {f.name: _values(connection, source, f) for f in fields if f.enum}
    except duckdb.Error as error:
        raise ToolError(f"{schema.name}: the last release's {files[0].name} cannot be read: {str(error).splitlines()[0]}") from None
    return Last(rows, dict(zip([f.name for f in fields], filled, strict=True)), values)


def _values(connection: duckdb.DuckDBPyConnection, source: str, f: Field) -> dict[str, int]:
    column = name(f.name)
    counted = f"SELECT CAST({column} AS VARCHAR), count(*) FROM {source} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
    return dict(connection.execute(counted).fetchall())


def _derived(schema: Schema) -> Iterator[Expectation]:
    place = f"schemas/{schema.name}.json"
    if schema.minimum_rows:
        least = f"the table has at least {schema.minimum_rows} rows"
        kind = "expect_table_row_count_to_be_between"
        yield Expectation(
            f"{place} x-minimum-rows", kind, None, {"min_value": schema.minimum_rows}, "x-minimum-rows", least, minimum_rows=0
        )
    for f in schema.fields:
        if f.evidence is not None and f.unstated is not None:
            reason = f"the words leave {f.name} open ({f.unstated!r}) in at most {UNSTATED:.0%} of rows"
            kind, arguments = "expect_column_values_to_not_be_in_set", {"value_set": [f.unstated]}
            where = f"{place} {f.name} x-unstated"
            yield Expectation(where, kind, f.name, arguments, "unstated share", reason, None, round(1 - UNSTATED, 6), UNSTATED_ROWS)


def _against(schema: Schema, last: Last) -> Iterator[Expectation]:
    place = f"{schema.name} of the last release"
    kind = "expect_table_row_count_to_be_between"
    least, most = math.ceil(FEWER * last.rows), max(MORE * last.rows, last.rows + ROOM)
    reason = f"the last release had {last.rows} rows: at least {least} and at most {most} are expected"
    yield Expectation(f"{place} rows", kind, None, {"min_value": least, "max_value": most}, "row count", reason, minimum_rows=0)
    for f in schema.fields:
        if last.rows >= FILL_ROWS and last.filled.get(f.name, 0) / last.rows > FILL_FALL:
            yield _fill(f, last, place)
        if _distributed(schema, f) and sum(last.values.get(f.name, {}).values()) >= DIVERGENCE_ROWS:
            yield _distribution(f, last.values[f.name], place)


def _fill(f: Field, last: Last, place: str) -> Expectation:
    share = last.filled[f.name] / last.rows
    # Rounded down, so that a fall of exactly the bound is none.
    least = math.floor((share - FILL_FALL) * 1e6) / 1e6
    reason = f"{f.name} was given in {share:.0%} of the rows of the last release: at least {least:.0%} are expected"
    kind = "expect_column_proportion_of_non_null_values_to_be_between"
    return Expectation(f"{place} {f.name}", kind, f.name, {"min_value": least}, "fill share", reason, minimum_rows=FILL_ROWS)


def _distributed(schema: Schema, f: Field) -> bool:
    """Whether the values come from texts or the lexicon, so that they should spread alike; what people decide on is left out."""
    return bool(f.enum) and (f.evidence is not None or schema.kind in ("lexicon", "source"))


def _distribution(f: Field, counts: Mapping[str, int], place: str) -> Expectation:
    values = list(dict.fromkeys((*f.enum, *counts)))
    # Half a row more for each value: one that is new then costs little, instead of infinitely much.
    smooth = [counts.get(value, 0) + 0.5 for value in values]
    partition = {"values": values, "weights": [weight / sum(smooth) for weight in smooth]}
    reason = f"{f.name} spreads over its values as in the last release (divergence at most {DIVERGENCE})"
    arguments = {"partition_object": partition, "threshold": DIVERGENCE}
    kind = "expect_column_kl_divergence_to_be_less_than"
    return Expectation(f"{place} {f.name}", kind, f.name, arguments, "distribution", reason, minimum_rows=DIVERGENCE_ROWS)


def _check_waiver(waiver: Waiver, schema: Schema) -> None:
    """Nothing; a ToolError where no schema or release could ever derive what is waived."""
    f = next(f for f in schema.fields if f.name == waiver.column)
    possible = {
        "fill share": True,
        "distribution": _distributed(schema, f),
        "unstated share": f.evidence is not None and f.unstated is not None,
    }
    known = [rule for rule, derivable in possible.items() if derivable]
    if waiver.rule not in known:
        raise ToolError(
            f"{waiver.place} waive: {waiver.rule!r} is not derived for {waiver.column} "
            f"(expected {' or '.join(known)}{did_you_mean(waiver.rule, known)})"
        )
