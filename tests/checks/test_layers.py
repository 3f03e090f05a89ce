"""One bad row, file or span for every rule: each is found, and named by table, row, column and rule."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_package import ABOUT, HARBOUR, NOTE, Rows, as_given, good_rows, good_tables, prepare, real_schemas

from pipelines.checks import CheckReport, Problem, check_package
from pipelines.checks.evidence import check_coverage, check_spans, gather
from pipelines.checks.files import check_files, read_tables
from pipelines.checks.ledger import check_ledger
from pipelines.checks.problem import LISTED, listed
from pipelines.checks.relations import check_relations
from pipelines.checks.reparse import check_readings
from pipelines.checks.tableschema import check_table_schema
from pipelines.derive.evaluator import Evaluator
from pipelines.errors import ToolError
from pipelines.package import stage
from pipelines.paths import Paths
from pipelines.schema import Field, RowCheck, Schema

ARTICLES = {article.article_id: article for article in (HARBOUR, NOTE)}
TABLES = good_tables(real_schemas())


def with_value(table: str, row: int, **changes: object) -> dict[str, pa.Table]:
    """The good tables with some values of one row replaced; rows count from 1."""
    content = TABLES[table].to_pylist()
    content[row - 1] |= changes
    return TABLES | {table: as_given(real_schemas()[table], content)}


def places(problems: Any) -> set[tuple[str, object, str | None, str]]:
    return {(p.table, p.row, p.column, p.rule) for p in problems}


def row_of(table: str, **values: object) -> int:
    """The number of the first row with these values."""
    rows = TABLES[table].to_pylist()
    return next(n for n, row in enumerate(rows, start=1) if all(row[column] == value for column, value in values.items()))


# --- the whole --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, schemas: dict[str, Schema]) -> tuple[CheckReport, list[str]]:
    paths = prepare(Paths(tmp_path_factory.mktemp("good")))
    staged = Paths(stage(TABLES, schemas, ABOUT, [HARBOUR, NOTE], paths))
    said: list[str] = []
    return check_package(staged, said.append, ARTICLES), said


def test_a_good_package_has_no_problems(report: tuple[CheckReport, list[str]]) -> None:
    assert report[0].problems == ()
    assert list(report[0].passed) == ["files", "table schema", "keys and rules", "evidence", "readings", "ledger", "expectations"]
    assert all(count > 0 for count in report[0].passed.values())
    assert len(report[1]) == 7


def test_a_package_that_lacks_a_table_stops_early(good_package: Paths) -> None:
    (good_package.tables / "ledger.parquet").unlink()
    found = check_package(good_package, [].append, ARTICLES)
    assert ("ledger", None, None, "file") in places(found.problems)


def test_an_evaluator_that_dies_is_a_broken_tool(good_package: Paths) -> None:
    evaluator = Evaluator()
    with evaluator:
        pass
    with pytest.raises((ToolError, ValueError)):
        check_package(good_package, [].append, ARTICLES, evaluator)


def test_a_problem_reads_as_a_sentence_and_hides_no_character() -> None:
    problem = Problem("actors", 3, "name", "pattern", "\u202ex", "name has a form", "Correct it.")
    assert str(problem) == "actors row 3 name: pattern: name has a form (found '\\u202ex'). Correct it."


def test_many_problems_of_one_kind_are_counted() -> None:
    found = list(listed(Problem("t", n, "c", "r", None, "m", "x") for n in range(LISTED + 7)))
    assert len(found) == LISTED + 1
    assert found[-1].message == "7 more problems of this kind"


# --- files ------------------------------------------------------------------------------------------------------------


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(path)), path)


FILE_FAULTS: list[tuple[Callable[[Paths], object], str, str]] = [
    (lambda p: (p.tables / "notes.txt").write_text("x"), "notes.txt", "undeclared"),
    (lambda p: (p.tables / "actors.csv").unlink(), "actors", "file"),
    (lambda p: (p.tables / "actors.parquet").unlink(), "actors", "file"),
    (lambda p: (p.tables / "actors.parquet").write_bytes(b"PAR1"), "actors", "file"),
    (lambda p: edit(p.tables / "actors.csv", "Ada Vint", "Eda Vint"), "actors", "descriptor hash"),
    (lambda p: edit(p.tables / "actors.csv", "Ada Vint", "Eda Vint"), "actors", "csv"),
    (lambda p: edit(p.tables / "actors.csv", "Ada Vint", "Ada  Vint"), "actors", "descriptor bytes"),
    (lambda p: edit(p.tables / "vague_numbers.csv", "24", "many"), "vague_numbers", "csv"),
    (lambda p: edit(p.tables / "vague_numbers.csv", "dozens,24\n", ""), "vague_numbers", "csv"),
    (lambda p: rewrite(p.tables / "vague_numbers.parquet", lambda t: t.slice(1)), "vague_numbers", "descriptor x-rows"),
    (lambda p: rewrite(p.tables / "vague_numbers.parquet", lambda t: t.replace_schema_metadata({})), "vague_numbers", "embedded schema"),
    (lambda p: p.descriptor.unlink(), "datapackage.json", "descriptor"),
    (lambda p: p.descriptor.write_text("{"), "datapackage.json", "descriptor"),
    (lambda p: edit(p.descriptor, '"name": "actors"', '"name": "actor"'), "actors", "descriptor"),
    (lambda p: edit(p.descriptor, '"name": "actors"', '"name": "actor"'), "actor", "descriptor"),
    (
        lambda p: edit(p.descriptor, '"description": "The vague number."', '"description": "A number."'),
        "vague_numbers",
        "descriptor schema",
    ),
    (lambda p: edit(p.descriptor, '"encoding": "utf-8"', '"encoding": "latin-1"'), "accuracy", "descriptor encoding"),
]


@pytest.mark.parametrize(("fault", "table", "rule"), FILE_FAULTS)
def test_files_that_are_not_what_the_descriptor_says(
    good_package: Paths, schemas: dict[str, Schema], fault: Callable[[Paths], object], table: str, rule: str
) -> None:
    fault(good_package)
    tables, unreadable = read_tables(good_package, schemas)
    assert (table, rule) in {(p.table, p.rule) for p in [*unreadable, *check_files(good_package, schemas, tables)]}


def test_frictionless_errors_name_the_row_of_the_data(good_package: Paths) -> None:
    edit(good_package.tables / "vague_numbers.csv", "hundreds,200", "hundreds,0")
    found = list(check_table_schema(good_package))
    assert ("vague_numbers", 2, "count_low", "frictionless constraint-error") in places(found)
    assert ("vague_numbers", None, None, "frictionless hash-count") in places(found)


def test_a_descriptor_that_frictionless_refuses_is_a_problem(good_package: Paths) -> None:
    good_package.descriptor.write_text('{"resources": 5}', encoding="utf-8")
    assert list(check_table_schema(good_package))


# --- rules of the schemas, one bad value each, generated -----------------------------------------------------------------


def bad_values(f: Field) -> Iterator[tuple[str, object]]:
    """For each constraint of the column a value that breaks it."""
    if f.enum:
        yield "enum", "no such word"
    if f.pattern is not None:
        yield "pattern", "§ §"
    if f.minimum is not None:
        yield "minimum", date(1000, 1, 1) if f.type == "date" else -1
    if f.maximum is not None:
        yield "maximum", 10**6


FIELD_FAULTS = [
    (schema.name, f.name, rule, value)
    for schema in real_schemas().values()
    for f in schema.fields
    for rule, value in [*bad_values(f), *([("required", None)] if schema.required(f) else [])]
]


@pytest.mark.parametrize(("table", "column", "rule", "value"), FIELD_FAULTS)
def test_every_constraint_can_fail(schemas: dict[str, Schema], table: str, column: str, rule: str, value: object) -> None:
    assert (table, 1, column, rule) in places(_rule_problems(with_value(table, 1, **{column: value}), alone(schemas, table)))


def alone(schemas: dict[str, Schema], table: str) -> dict[str, Schema]:
    """The one table without what it points at."""
    return {table: dataclasses.replace(schemas[table], foreign_keys=())}


def _rule_problems(tables: dict[str, pa.Table], schemas: dict[str, Schema]) -> list[Problem]:
    from pipelines.checks import relations

    # Only the layer's own rules: what is derived from a broken table is the concern of another test.
    derived, relations.derive_tables = relations.derive_tables, lambda *_: {}  # type: ignore[assignment]
    try:
        return list(check_relations({table: tables[table] for table in schemas}, schemas))
    finally:
        relations.derive_tables = derived


ROW_FAULTS: dict[str, dict[str, object]] = {
    "found <= gold": {"found": 5},
    "precision_low <= precision_high": {"precision_low": Decimal("0.9"), "precision_high": Decimal("0.8")},
    "recall_low <= recall_high": {"recall_low": Decimal("0.9"), "recall_high": Decimal("0.8")},
    "f1_low <= f1_high": {"f1_low": Decimal("0.9"), "f1_high": Decimal("0.8")},
    "count_low IS NOT NULL OR count_best IS NOT NULL OR count_high IS NOT NULL": dict.fromkeys(("count_low", "count_best", "count_high")),
    "count_low <= count_high": {"count_low": 13, "count_high": 12},
    "personnel_low <= personnel_high": {"personnel_low": 13, "personnel_high": 12},
    "participant_text IS NOT NULL OR participant_id IS NOT NULL": {"participant_text": None},
    "honoured_count IS NULL OR honoured_text IS NOT NULL": {"honoured_count": 3},
    "(place_precision IS NULL) = (place_text IS NULL)": {"place_precision": "city", "place_text": None},
    "started_on <= ended_on": {"started_on": date(2031, 1, 2), "ended_on": date(2031, 1, 1)},
    "coalesce(started_on, started_earliest) <= coalesce(ended_on, ended_latest)": {
        "started_on": date(2031, 1, 2),
        "ended_on": date(2031, 1, 1),
    },
    "smaller_stated < larger_stated": {"smaller_stated": 700},
    "difference = larger_stated - smaller_stated": {"difference": 1},
    "abs(ratio - larger_stated / smaller_stated) <= 0.005001": {"ratio": 2},
    "smaller_fact_id <> larger_fact_id": {"smaller_fact_id": "f" + "1" * 16, "larger_fact_id": "f" + "1" * 16},
    "char_start < char_end": {"char_start": 9, "char_end": 9},
    "quote IS NULL OR length(quote) = char_end - char_start": {"quote": "x" * 99},
    "quote IS NOT NULL OR (prefix IS NULL AND suffix IS NULL)": {"quote": None, "prefix": "x"},
    "merged_into <> fact_id": {"fact_id": "f" + "1" * 16, "merged_into": "f" + "1" * 16},
    "part_of_fact_id <> fact_id": {"fact_id": "f" + "1" * 16, "part_of_fact_id": "f" + "1" * 16},
    "status NOT IN ('corrected', 'retracted') OR reason IS NOT NULL": {"status": "retracted", "reason": None},
    "extractor <> 'human' OR reason IS NOT NULL": {"extractor": "human", "reason": None},
}
COUNT_FAULTS: dict[str, dict[str, object]] = {
    "(qualifier IS NULL)": {"qualifier": None, "_low": 1},
    "'exact'": {"qualifier": "exact", "_low": 1, "_best": 2, "_high": 3},
    "'about'": {"qualifier": "about", "_low": 1, "_best": 2, "_high": None, "_stated": 2},
    "'at_least'": {"qualifier": "more_than", "_low": 1, "_best": 1, "_high": None, "_stated": 1},
    "'at_most'": {"qualifier": "less_than", "_low": 1, "_best": None, "_high": 1, "_stated": 1},
    "'range'": {"qualifier": "range", "_low": 3, "_best": None, "_high": 3, "_stated": None},
    "'vague'": {"qualifier": "vague", "_low": 3, "_best": None, "_high": None, "_stated": 3},
}


def fault_of(schema: Schema, check: RowCheck) -> dict[str, object]:
    """Values that break the rule; a new rule needs a line in ``ROW_FAULTS``."""
    if check.sql in ROW_FAULTS:
        return ROW_FAULTS[check.sql]
    for start, values in COUNT_FAULTS.items():
        if start in check.sql:
            stem = next(f.name.removesuffix("_low") for f in schema.fields if f.name.endswith("_low"))
            return {stem + column if column.startswith("_") else column: value for column, value in values.items()}
    stem = check.sql.split("_earliest")[0].split("_on IS NULL")[0]
    both = {f"{stem}_earliest": date(2031, 1, 2), f"{stem}_latest": date(2031, 1, 1)}
    return both if check.sql.startswith(f"{stem}_earliest") else both | {f"{stem}_on": date(2031, 1, 1)}


ROW_CHECKS = [(schema.name, n) for schema in real_schemas().values() for n in range(1, len(schema.row_checks) + 1)]


@pytest.mark.parametrize(("table", "n"), ROW_CHECKS)
def test_every_row_check_can_fail(schemas: dict[str, Schema], table: str, n: int) -> None:
    fault = fault_of(schemas[table], schemas[table].row_checks[n - 1])
    found = _rule_problems(with_value(table, 1, **fault), alone(schemas, table))
    hit = next(p for p in found if (p.table, p.row, p.rule) == (table, 1, f"rowCheck {n}"))
    assert hit.message == schemas[table].row_checks[n - 1].message


FOREIGN_KEYS = [(schema.name, key.fields[0], key.table) for schema in real_schemas().values() for key in schema.foreign_keys]


@pytest.mark.parametrize(("table", "column", "target"), FOREIGN_KEYS)
def test_every_foreign_key_can_fail(schemas: dict[str, Schema], table: str, column: str, target: str) -> None:
    some = {key.table: alone(schemas, key.table)[key.table] for key in schemas[table].foreign_keys} | {table: schemas[table]}
    found = [p for p in _rule_problems(with_value(table, 1, **{column: "f" + "9" * 16}), some) if p.rule == "foreignKey"]
    assert any((p.table, p.row, p.column) == (table, 1, column) and f"in {target}" in p.message for p in found)


@pytest.mark.parametrize("table", list(real_schemas()))
def test_every_primary_key_can_repeat(schemas: dict[str, Schema], table: str) -> None:
    tables = TABLES | {table: pa.concat_tables([TABLES[table], TABLES[table].slice(0, 1)])}
    repeated = {p.row for p in _rule_problems(tables, alone(schemas, table)) if p.rule == "primaryKey"}
    assert repeated == {1, TABLES[table].num_rows + 1}


@pytest.mark.parametrize("table", [schema.name for schema in real_schemas().values() if schema.minimum_rows])
def test_every_table_that_must_not_be_empty(schemas: dict[str, Schema], table: str) -> None:
    found = _rule_problems(TABLES | {table: TABLES[table].slice(0, 0)}, alone(schemas, table))
    assert (table, None, None, "x-minimum-rows") in places(found)


def test_rows_that_point_at_each_other_in_a_circle(schemas: dict[str, Schema]) -> None:
    row = row_of("actors", actor_id="northland")
    found = _rule_problems(with_value("actors", row, part_of_actor_id="A.navy"), schemas)
    assert ("actors", "part_of_actor_id", "circle") in {(p.table, p.column, p.rule) for p in found}


def test_a_rule_that_duckdb_cannot_read_is_a_broken_tool(schemas: dict[str, Schema]) -> None:
    broken = dataclasses.replace(schemas["accuracy"], row_checks=(RowCheck("fund <= gold", "x"),))
    with pytest.raises(ToolError, match=r"accuracy\.json rowCheck 1"):
        _rule_problems(TABLES, {"accuracy": broken})


@pytest.mark.parametrize("change", [{"ratio": 49}, {"smaller_completeness": "complete"}, None])
def test_derived_rows_that_the_claims_do_not_yield(schemas: dict[str, Schema], change: dict[str, object] | None) -> None:
    tables = with_value("discrepancies", 1, **change) if change else TABLES | {"discrepancies": TABLES["discrepancies"].slice(0, 0)}
    assert ("discrepancies", "derived") in {(p.table, p.rule) for p in check_relations(tables, schemas)}


# --- words ------------------------------------------------------------------------------------------------------------


def words_problems(tables: dict[str, pa.Table], schemas: dict[str, Schema], articles: Any = ARTICLES) -> list[Problem]:
    rows = gather(tables, schemas, articles)
    return [*check_spans(tables, schemas, articles, rows), *check_coverage(rows, tables), *check_readings(rows, tables)]


def test_the_words_of_a_good_package(schemas: dict[str, Schema]) -> None:
    assert words_problems(TABLES, schemas) == []
    assert words_problems(TABLES, schemas, None) == [], "without the texts, hashes and quotes still agree"


QUOTED = row_of("evidence", column_name="claimant_text", quote="Ministry of Defence")
WITHHELD = row_of("evidence", article_id="note-1")
IN_LIST = row_of("evidence", table_name="ceremony_participants", ordinal=2)
SPAN_FAULTS: list[tuple[int, dict[str, object], str, str]] = [
    (QUOTED, {"quote": "Ministry of Defense"}, "quote", "slice"),
    (QUOTED, {"quote": "Ministry of Defense"}, "quote_sha256", "hash"),
    (QUOTED, {"quote": None, "prefix": None, "suffix": None}, "quote", "slice"),
    (QUOTED, {"prefix": "A "}, "prefix", "slice"),
    (QUOTED, {"suffix": None}, "suffix", "slice"),
    (QUOTED, {"char_start": 5, "char_end": 24}, "quote", "slice"),
    (QUOTED, {"char_start": 5, "char_end": 24}, "evidence_id", "evidence_id"),
    (QUOTED, {"char_end": 9999}, "char_end", "span"),
    (QUOTED, {"quote_sha256": "0" * 64}, "quote_sha256", "hash"),
    (QUOTED, {"evidence_id": "e" + "0" * 16}, "evidence_id", "evidence_id"),
    (QUOTED, {"article_id": "lost"}, "article_id", "article"),
    (QUOTED, {"article_id": "note-1"}, "article_id", "supports"),
    (QUOTED, {"table_name": "claims"}, "table_name", "supports"),
    (QUOTED, {"table_name": "deployments"}, "fact_id", "supports"),
    (QUOTED, {"fact_id": "f" + "0" * 16}, "fact_id", "supports"),
    (QUOTED, {"ordinal": 1}, "fact_id", "supports"),
    (QUOTED, {"column_name": "claimant"}, "column_name", "supports"),
    (QUOTED, {"column_name": "review_status"}, "column_name", "supports"),
    (QUOTED, {"column_name": "place_text"}, "column_name", "supports"),
    (IN_LIST, {"ordinal": 3}, "fact_id", "supports"),
    (IN_LIST, {"ordinal": None}, "fact_id", "supports"),
    (WITHHELD, {"quote": "Dozens of fishermen"}, "quote", "quote limit"),
    (WITHHELD, {"quote_sha256": "0" * 64}, "quote_sha256", "hash"),
]


@pytest.mark.parametrize(("row", "change", "column", "rule"), SPAN_FAULTS)
def test_evidence_that_does_not_hold(schemas: dict[str, Schema], row: int, change: dict[str, object], column: str, rule: str) -> None:
    assert ("evidence", row, column, rule) in places(words_problems(with_value("evidence", row, **change), schemas))


COVERED = [
    (schema.name, f.name)
    for schema in real_schemas().values()
    if schema.kind in ("fact", "link")
    for f in schema.fields
    if f.evidence and any(value not in (None, f.unstated) for value in TABLES[schema.name].column(f.name).to_pylist())
]


@pytest.mark.parametrize(("table", "column"), COVERED)
def test_every_column_from_text_needs_its_span(schemas: dict[str, Schema], table: str, column: str) -> None:
    kept = [row for row in TABLES["evidence"].to_pylist() if (row["table_name"], row["column_name"]) != (table, column)]
    found = words_problems(TABLES | {"evidence": as_given(schemas["evidence"], kept)}, schemas)
    assert (table, column, "evidence") in {(p.table, p.column, p.rule) for p in found}


EXACT = row_of("casualty_estimates", qualifier="exact")
ABOUT_600 = row_of("casualty_estimates", qualifier="about")
VAGUE = row_of("casualty_estimates", qualifier="vague")
VALUE_FAULTS: list[tuple[str, int, dict[str, object], str, str]] = [
    ("casualty_estimates", EXACT, {"claimant_text": "The Ministry of Defence"}, "claimant_text", "verbatim"),
    ("casualty_estimates", EXACT, dict.fromkeys(("count_low", "count_best", "count_high", "count_stated"), 13), "count_low", "count"),
    ("casualty_estimates", EXACT, {"count_high": None}, "count_low", "count"),
    ("casualty_estimates", EXACT, {"qualifier": "about"}, "count_low", "count"),
    ("casualty_estimates", ABOUT_600, {"count_stated": 601}, "count_best", "count"),
    ("casualty_estimates", ABOUT_600, {"count_low": 600}, "count_low", "count"),
    ("casualty_estimates", VAGUE, {"victims_text": "fishermen"}, "victims_text", "quote limit"),
    ("casualty_estimates", EXACT, {"reported_on": date(2031, 3, 4)}, "reported_on", "date"),
    ("casualty_estimates", EXACT, {"reported_on": date(2030, 3, 3)}, "reported_on", "date"),
    ("deployments", 1, {"waves": 3}, "waves", "count"),
    ("deployments", 1, {"personnel_stated": 500}, "personnel_low", "count"),
    ("ceremonies", 1, {"held_on": date(2031, 3, 1)}, "held_on", "date"),
    ("ceremony_participants", 2, {"count": 21}, "count", "count"),
    ("statements", 1, {"text": "We will not forget"}, "text", "verbatim"),
]


@pytest.mark.parametrize(("table", "row", "change", "column", "rule"), VALUE_FAULTS)
def test_values_that_the_words_do_not_say(
    schemas: dict[str, Schema], table: str, row: int, change: dict[str, object], column: str, rule: str
) -> None:
    assert (table, row, column, rule) in places(words_problems(with_value(table, row, **change), schemas))


def test_the_meaning_of_vague_words_is_the_published_one(schemas: dict[str, Schema]) -> None:
    tables = with_value("vague_numbers", row_of("vague_numbers", words="dozens"), count_low=36)
    assert ("casualty_estimates", VAGUE, "count_low", "count") in places(words_problems(tables, schemas))


def test_a_reviewed_value_stands_against_its_words(schemas: dict[str, Schema]) -> None:
    changes = {"reported_on": date(2031, 3, 1), "count_stated": 14, "count_low": 14, "count_best": 14, "count_high": 14}
    tables = with_value("casualty_estimates", EXACT, **changes)
    fact = TABLES["casualty_estimates"].column("fact_id")[EXACT - 1].as_py()
    rows: list[Rows] = tables["evidence"].to_pylist()
    for row in rows:
        if row["fact_id"] == fact and row["column_name"] in changes:
            row["reason"] = "the ministry corrected itself"  # type: ignore[assignment]
    reviewed = tables | {"evidence": as_given(schemas["evidence"], rows)}  # type: ignore[arg-type]
    assert words_problems(reviewed, schemas) == []
    still = with_qualifier(reviewed, schemas)
    assert ("casualty_estimates", EXACT, "qualifier", "count") in places(words_problems(still, schemas)), (
        "what he did not correct is read again"
    )


def with_qualifier(tables: dict[str, pa.Table], schemas: dict[str, Schema]) -> dict[str, pa.Table]:
    content = tables["casualty_estimates"].to_pylist()
    content[EXACT - 1]["qualifier"] = "about"
    return tables | {"casualty_estimates": as_given(schemas["casualty_estimates"], content)}


# --- ledger -----------------------------------------------------------------------------------------------------------

LEDGER_FAULTS: list[tuple[dict[str, object], str]] = [
    ({"status": "confirmed"}, "review_status"),
    ({"article_id": "note-1"}, "article_id"),
    ({"table_name": "deployments"}, "fact_id"),
    ({"fact_id": "f" + "0" * 16}, "fact_id"),
]


@pytest.mark.parametrize(("change", "column"), LEDGER_FAULTS)
def test_facts_whose_life_is_told_otherwise(schemas: dict[str, Schema], change: dict[str, object], column: str) -> None:
    fact = TABLES["ceremonies"].column("fact_id")[0].as_py()
    found = places(check_ledger(with_value("ledger", row_of("ledger", fact_id=fact), **change), schemas))
    assert ("ceremonies", 1, column, "ledger") in found


def test_a_fact_that_lives_in_the_ledger_only(schemas: dict[str, Schema]) -> None:
    gone = TABLES | {"statements": TABLES["statements"].slice(0, 0)}
    row = row_of("ledger", table_name="statements")
    assert ("ledger", row, "fact_id", "ledger") in places(check_ledger(gone, schemas))
    retracted = with_value("ledger", row, status="retracted", reason="misread") | {"statements": gone["statements"]}
    assert list(check_ledger(retracted, schemas)) == []


def test_good_rows_are_made_anew_each_time() -> None:
    assert good_rows() == good_rows()
