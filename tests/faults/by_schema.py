"""Faults that follow from the schemas: a new column, constraint, key or rule brings its own."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from small_package import real_schemas

from faults.fault import GOOD, Damage, Expected, Fault, Tables, filled, keep_rows, set_values
from pipelines.derive.arrow import arrow_schema
from pipelines.package import write_csv
from pipelines.paths import Paths
from pipelines.schema import CrossCheck, Field, RowCheck, Schema

SCHEMAS = real_schemas()


def faults() -> Iterator[Fault]:
    """Those of every table."""
    for schema in SCHEMAS.values():
        yield from _of_fields(schema)
        yield from _of_keys(schema)
        yield from _of_rules(schema)
        yield from _of_files(schema)


# --- fields ---------------------------------------------------------------------------------------------------------------


def _of_fields(schema: Schema) -> Iterator[Fault]:
    row = 1 if GOOD[schema.name].num_rows else None
    for f in schema.fields if row else ():
        for rule, value in _bad_values(schema, f):
            expected = Expected("table schema", schema.name, row, f.name, rule)
            yield Fault(f"{schema.name}.{f.name}: {rule}", expected, set_values(schema.name, row, **{f.name: value}))
        if f.unique and GOOD[schema.name].num_rows > 1:
            first = GOOD[schema.name].column(f.name)[0].as_py()
            rule = "primaryKey" if schema.primary_key == (f.name,) else "unique"
            expected = Expected("table schema", schema.name, 2, f.name, rule)
            yield Fault(f"{schema.name}.{f.name}: repeats", expected, set_values(schema.name, 2, **{f.name: first}))


def _bad_values(schema: Schema, f: Field) -> Iterator[tuple[str, object]]:
    """For each constraint of the column a value that breaks it."""
    if schema.required(f):
        yield "required", None
    if f.enum:
        yield "enum", "no such word"
    if f.pattern is not None:
        yield "pattern", "§ §"
    if f.minimum is not None:
        yield "minimum", date(1000, 1, 1) if f.type == "date" else Decimal(-1) if f.type == "number" else -1
    if f.maximum is not None:
        yield "maximum", Decimal(10**6) if f.type == "number" else 10**6


# --- keys -----------------------------------------------------------------------------------------------------------------


def _of_keys(schema: Schema) -> Iterator[Fault]:
    rows = GOOD[schema.name].num_rows
    if rows:
        expected = Expected("table schema", schema.name, rows + 1, schema.primary_key[0], "primaryKey")
        yield Fault(f"{schema.name}: a row doubled", expected, keep_rows(schema.name, lambda rows: [*rows, rows[0]]))
    if rows > 1:
        expected = Expected("relations", schema.name, 2, schema.primary_key[0], "order")
        swapped = keep_rows(schema.name, lambda rows: [rows[1], rows[0], *rows[2:]])
        yield Fault(f"{schema.name}: two rows swapped", expected, swapped, promise=7)
    if schema.minimum_rows:
        expected = Expected("table schema", schema.name, None, None, "x-minimum-rows")
        yield Fault(f"{schema.name}: emptied", expected, keep_rows(schema.name, lambda _: []))
    for key in schema.foreign_keys if rows else ():
        expected = Expected("table schema", schema.name, 1, key.fields[0], "foreignKey")
        lost = dict.fromkeys(key.fields, "f" + "9" * 16)
        yield Fault(f"{schema.name}.{key.fields[0]}: dangling", expected, set_values(schema.name, 1, **lost))


# --- rules of one row, and across rows ---------------------------------------------------------------------------------------

# Values that break a rule; one that no function below covers needs a line here.
BROKEN: dict[str, dict[str, object]] = {
    "found <= gold": {"found": 5},
    "precision_low <= precision_high": {"precision_low": Decimal("0.9"), "precision_high": Decimal("0.8")},
    "recall_low <= recall_high": {"recall_low": Decimal("0.9"), "recall_high": Decimal("0.8")},
    "f1_low <= f1_high": {"f1_low": Decimal("0.9"), "f1_high": Decimal("0.8")},
    "abs(precision - found / (found + invented)) <= 0.000051": {"precision": Decimal("0.9999")},
    "abs(recall - found / gold) <= 0.000051": {"recall": Decimal("0.7499")},
    "abs(f1 - 2 * found / (gold + found + invented)) <= 0.000051": {"f1": Decimal("0.8572")},
    "count_low IS NOT NULL OR count_best IS NOT NULL OR count_high IS NOT NULL": dict.fromkeys(("count_low", "count_best", "count_high")),
    "count_low <= count_high": {"count_low": 13, "count_high": 12},
    "personnel_low <= personnel_high": {"personnel_low": 13, "personnel_high": 12},
    "place_text IS NULL OR place_precision IS NOT NULL": {"place_precision": None, "place_text": "Lind"},
    "started_on <= ended_on": {"started_on": date(2031, 1, 2), "ended_on": date(2031, 1, 1)},
    "coalesce(started_on, started_earliest) <= coalesce(ended_on, ended_latest)": {
        "started_on": date(2031, 1, 2),
        "ended_on": date(2031, 1, 1),
    },
    "smaller_stated < larger_stated": {"smaller_stated": 700},
    "difference = larger_stated - smaller_stated": {"difference": 1},
    "abs(ratio - larger_stated / smaller_stated) <= 0.005001": {"ratio": Decimal(2)},
    "smaller_fact_id <> larger_fact_id": {"smaller_fact_id": "f" + "1" * 16, "larger_fact_id": "f" + "1" * 16},
    "char_start < char_end": {"char_start": 9, "char_end": 9},
    "quote IS NULL OR length(quote) = char_end - char_start": {"quote": "x" * 99},
    "quote IS NOT NULL OR (prefix IS NULL AND suffix IS NULL)": {"quote": None, "prefix": "x"},
    "merged_into <> fact_id": {"fact_id": "f" + "1" * 16, "merged_into": "f" + "1" * 16},
    "part_of_fact_id <> fact_id": {"fact_id": "f" + "1" * 16, "part_of_fact_id": "f" + "1" * 16},
    "status NOT IN ('corrected', 'stale', 'retracted') OR reason IS NOT NULL": {"status": "retracted", "reason": None},
    "extractor <> 'human' OR reason IS NOT NULL": {"extractor": "human", "reason": None},
    "(op = 'declare') = (row_key IS NULL)": {"op": "declare", "row_key": "x"},
    "op <> 'add' OR (old IS NULL AND new IS NOT NULL AND column_name IS NULL)": {"op": "add", "row_key": "x", "old": "1", "new": "2"},
    "op <> 'remove' OR (old IS NOT NULL AND new IS NULL AND column_name IS NULL)": {"op": "remove", "row_key": "x", "old": "1", "new": "2"},
    "op <> 'change' OR column_name IS NOT NULL": {"op": "change", "row_key": "x", "old": "1", "new": "2", "column_name": None},
    "old IS DISTINCT FROM new": {"old": "1", "new": "1"},
}
# Rules of counts, by the qualifier that they speak of.
BROKEN_COUNTS: dict[str, dict[str, object]] = {
    "(qualifier IS NULL)": {"qualifier": None, "_low": 1},
    "'exact'": {"qualifier": "exact", "_low": 1, "_best": 2, "_high": 3},
    "'about'": {"qualifier": "about", "_low": 1, "_best": 2, "_high": None, "_stated": 2},
    "'at_least'": {"qualifier": "more_than", "_low": 1, "_best": 1, "_high": None, "_stated": 1},
    "'at_most'": {"qualifier": "less_than", "_low": 1, "_best": None, "_high": 1, "_stated": 1},
    "'range'": {"qualifier": "range", "_low": 3, "_best": None, "_high": 3, "_stated": None},
    "'vague'": {"qualifier": "vague", "_low": 3, "_best": None, "_high": None, "_stated": 3},
}


def _of_rules(schema: Schema) -> Iterator[Fault]:
    for n, check in enumerate(schema.row_checks, start=1):
        values = _breaking(schema, check)
        named = sorted((f.name for f in schema.fields if _named(check.sql, f.name) >= 0), key=lambda column: _named(check.sql, column))
        expected = Expected("table schema", schema.name, 1, named[0], f"rowCheck {n}")
        promise = 13 if schema.kind == "evaluation" else 10
        yield Fault(f"{schema.name}.{named[0]}: {check.message}", expected, set_values(schema.name, 1, **values), promise=promise)
    for n, across in enumerate(schema.cross_checks, start=1):
        change = _contradicting(schema, across)
        expected = Expected("relations", schema.name, 1, across.column, f"crossCheck {n}")
        yield Fault(f"{schema.name}.{across.column}: {across.message}", expected, change, promise=3)


def _named(sql: str, column: str) -> int:
    import re

    found = re.search(rf"\b{column}\b", sql)
    return found.start() if found else -1


def _breaking(schema: Schema, check: RowCheck) -> dict[str, object]:
    if check.sql in BROKEN:
        return BROKEN[check.sql]
    for start, values in BROKEN_COUNTS.items():
        if start in check.sql:
            stem = next(f.name.removesuffix("_low") for f in schema.fields if f.name.endswith("_low"))
            return {stem + column if column.startswith("_") else column: value for column, value in values.items()}
    stem = check.sql.split("_earliest")[0].split("_on IS NULL")[0]
    both = {f"{stem}_earliest": date(2031, 1, 2), f"{stem}_latest": date(2031, 1, 1)}
    return both if check.sql.startswith(f"{stem}_earliest") else both | {f"{stem}_on": date(2031, 1, 1)}


def _contradicting(schema: Schema, check: CrossCheck) -> Callable[[Tables], Tables]:
    """The change by which row 1 contradicts another row or table."""
    table, column = schema.name, check.column
    if "published_on" in check.sql:
        return set_values(table, 1, **{column: date(2099, 1, 1), "article_id": "harbour-2031"})
    if column == "char_end":
        return set_values(table, 1, char_end=10**6)
    if column == "reason":
        return set_values(table, 1, reason="so it is")
    if column == "honoured_count":
        return set_values(table, 1, honoured_count=3)
    if column == "participant_text":
        nameless = set_values(table, 1, participant_text=None)
        gone = keep_rows("evidence", lambda rows: [row for row in rows if row["column_name"] != "participant_text"])
        return lambda tables: nameless(gone(tables))
    if column == "ordinal":
        return set_values(table, 1, ordinal=7)
    if column == "status":
        article = GOOD["ledger"].column("article_id")[0].as_py()
        return set_values("articles", GOOD["articles"].column("article_id").to_pylist().index(article) + 1, withdrawn="taken back")
    if column == "merged_into":
        gone = GOOD["ledger"].column("fact_id")[1].as_py()
        return lambda tables: set_values(table, 1, merged_into=gone)(set_values(table, 2, status="retracted", reason="x")(tables))
    if column == "occasion_fact_id":
        return set_values(table, 1, article_id="note-1")
    other = GOOD[table].column("fact_id")[1].as_py()
    if "count_low" in check.sql:
        small = set_values(table, 2, count_low=1, count_best=1, count_high=1)
        return lambda tables: set_values(table, 1, part_of_fact_id=other, count_low=99)(small(tables))
    return lambda tables: set_values(table, 1, part_of_fact_id=other, article_id="x")(tables)


# --- the two files of a table -----------------------------------------------------------------------------------------------


# A value of each type, for columns that the good package leaves empty.
SOME: dict[str, object] = {"string": "x", "integer": 1, "number": Decimal(1), "boolean": True, "date": date(2000, 1, 1)}


def _of_files(schema: Schema) -> Iterator[Fault]:
    """A cell changed in one file alone, a cell of another type, a column retyped, renamed, swapped or gone, a row lost."""
    table = schema.name
    for f in schema.fields:
        if row := filled(table, f.name):
            expected = Expected("files", table, row, f.name, "csv")
            yield Fault(f"{table}.{f.name}: CSV and Parquet differ", expected, damage=_csv_cell(schema, row, f), promise=8)
            if f.type != "string":
                expected = Expected("table schema", table, row, f.name, "type")
                yield Fault(f"{table}.{f.name}: no {f.type} in the CSV", expected, damage=_csv_text(schema, row, f, "no value"))
        expected = Expected("files", table, None, f.name, "embedded schema")
        yield Fault(f"{table}.{f.name}: retyped in Parquet", expected, damage=_retyped(schema, f), promise=7)
    yield from _of_columns(schema)


def _of_columns(schema: Schema) -> Iterator[Fault]:
    table, first, second = schema.name, schema.fields[0].name, schema.fields[1].name
    swapped = Expected("table schema", table, None, first, "columns")
    yield Fault(f"{table}: two columns swapped in the CSV", swapped, damage=_csv_header(schema, lambda h: [h[1], h[0], *h[2:]]))
    gone = Expected("table schema", table, None, schema.fields[-1].name, "columns")
    yield Fault(f"{table}: the last column missing in Parquet", gone, damage=_parquet(table, lambda t: t.select(t.column_names[:-1])))
    extra = Expected("table schema", table, None, "more", "columns")
    yield Fault(f"{table}: a column too many in Parquet", extra, damage=_parquet(table, lambda t: t.append_column("more", t.column(0))))
    renamed = Expected("files", table, None, second, "embedded schema")
    yield Fault(
        f"{table}: a column renamed in Parquet",
        renamed,
        damage=_parquet(table, lambda t: t.rename_columns([first, "other", *t.column_names[2:]])),
    )
    if GOOD[table].num_rows:
        lost = Expected("files", table, None, None, "csv")
        yield Fault(f"{table}: a row lost in Parquet", lost, damage=_parquet(table, lambda t: t.slice(1)), promise=8)
        counted = Expected("files", table, None, None, "descriptor x-rows")
        yield Fault(f"{table}: fewer rows than declared", counted, damage=_parquet(table, lambda t: t.slice(1)), promise=8)
        short = Expected("table schema", table, 1, second, "missing cell")
        yield Fault(f"{table}: a row cut short in the CSV", short, damage=_csv_line(table, lambda line: line.split(",")[0]))
        long = Expected("table schema", table, 1, None, "extra cell")
        yield Fault(f"{table}: a cell too many in the CSV", long, damage=_csv_line(table, lambda line: line + ",x"))


def _csv_cell(schema: Schema, row: int, f: Field) -> Damage:
    """Another value of the same type in the CSV alone."""

    def other(value: object) -> object:
        if value is None:
            return SOME[f.type]
        if isinstance(value, bool):
            return not value
        if isinstance(value, int | Decimal):
            return value + 1
        return date(2000, 1, 1) if isinstance(value, date) else f"{value}x"

    def damage(paths: Paths) -> None:
        rows = GOOD[schema.name].to_pylist()
        rows[row - 1][f.name] = other(rows[row - 1][f.name])
        plain = pa.schema([pa.field(field.name, field.arrow) for field in schema.fields])
        write_csv(pa.Table.from_pylist(rows, schema=plain), paths.tables / f"{schema.name}.csv")

    return damage


def _csv_text(schema: Schema, row: int, f: Field, text: str) -> Damage:
    """Text in the CSV that is no value of the column's type."""

    def damage(paths: Paths) -> None:
        table = GOOD[schema.name]
        column = [value if n != row - 1 else text for n, value in enumerate(map(_spelled, table.column(f.name).to_pylist()))]
        place = table.schema.get_field_index(f.name)
        write_csv(table.set_column(place, f.name, pa.array(column, pa.string())), paths.tables / f"{schema.name}.csv")

    return damage


def _spelled(value: object) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _csv_header(schema: Schema, change: Callable[[list[str]], list[str]]) -> Damage:
    def damage(paths: Paths) -> None:
        path = paths.tables / f"{schema.name}.csv"
        head, _, rest = path.read_text(encoding="utf-8").partition("\n")
        path.write_text(",".join(change(head.split(","))) + "\n" + rest, encoding="utf-8", newline="")

    return damage


def _csv_line(table: str, change: Callable[[str], str]) -> Damage:
    """The first row of the CSV changed as a line; the tables' first rows hold no line feed and no comma in their first cell."""

    def damage(paths: Paths) -> None:
        path = paths.tables / f"{table}.csv"
        head, first, *rest = path.read_text(encoding="utf-8").split("\n")
        path.write_text("\n".join([head, change(first), *rest]), encoding="utf-8", newline="")

    return damage


def _retyped(schema: Schema, f: Field) -> Damage:
    """The column as text, or, where it is text, as a dictionary of texts: what a careless writer leaves."""
    kind = pa.dictionary(pa.int32(), pa.string()) if f.type == "string" else pa.string()

    def change(table: pa.Table) -> pa.Table:
        place = table.schema.get_field_index(f.name)
        column = table.column(f.name).cast(pa.string()) if f.type != "string" else table.column(f.name).cast(kind)
        return table.set_column(place, pa.field(f.name, kind, metadata=arrow_schema(schema).field(f.name).metadata), column)

    return _parquet(schema.name, change)


def _parquet(table: str, change: Callable[[pa.Table], pa.Table]) -> Damage:
    def damage(paths: Paths) -> None:
        path: Path = paths.tables / f"{table}.parquet"
        pq.write_table(change(pq.read_table(path)), path)

    return damage
