"""The layers as a whole, and what is no fault: what they must let pass, and how a broken tool is told apart. Faults: tests/faults/."""

import dataclasses
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from faults.fault import GOOD, Tables, row_of, set_values
from small_package import ABOUT, HARBOUR, NOTE, as_given, prepare, real_schemas

from pipelines.checks import LAYERS, CheckReport, Problem, check_package
from pipelines.checks.evidence import check_coverage, check_spans, gather
from pipelines.checks.files import read_tables
from pipelines.checks.ledger import check_ledger
from pipelines.checks.problem import LISTED
from pipelines.checks.relations import check_relations
from pipelines.checks.reparse import check_readings
from pipelines.checks.tableschema import check_table_schema
from pipelines.derive.evaluator import Evaluator
from pipelines.errors import ToolError
from pipelines.package import stage
from pipelines.paths import Paths
from pipelines.schema import CrossCheck, Schema

ARTICLES = {article.article_id: article for article in (HARBOUR, NOTE)}
WITHOUT_LAST = tuple(layer for layer in LAYERS if layer != "continuity")
EXACT = row_of("casualty_estimates", qualifier="exact")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, schemas: dict[str, Schema]) -> tuple[CheckReport, list[str]]:
    paths = prepare(Paths(tmp_path_factory.mktemp("good")))
    staged = Paths(stage(GOOD, schemas, ABOUT, paths))
    said: list[str] = []
    return check_package(staged, said.append, ARTICLES), said


def test_a_good_package_has_no_problems(report: tuple[CheckReport, list[str]]) -> None:
    assert report[0].problems == ()
    assert report[0].notes == ()
    assert tuple(report[0].passed) == WITHOUT_LAST
    assert all(count > 0 for count in report[0].passed.values())
    assert len(report[1]) == len(WITHOUT_LAST)


def test_a_good_package_follows_itself(good_package: Paths, tmp_path: Path) -> None:
    before = prepare(Paths(tmp_path / "before"))
    shutil.copytree(good_package.root / "data", before.root / "data")
    shutil.copy(good_package.descriptor, before.descriptor)
    found = check_package(good_package, [].append, ARTICLES, last=before)
    assert found.problems == ()
    assert tuple(found.passed) == LAYERS


@pytest.mark.parametrize("broken", ["actors.parquet", "datapackage.json"])
def test_a_package_that_mends_a_broken_one_is_checked_all_the_same(good_package: Paths, tmp_path: Path, broken: str) -> None:
    before = Paths(tmp_path / "before")
    shutil.copytree(good_package.root / "data", before.root / "data")
    shutil.copy(good_package.descriptor, before.descriptor)
    next(before.root.rglob(broken)).write_bytes(b"PAR1")
    found = check_package(good_package, [].append, ARTICLES, last=before)
    assert found.problems == ()
    assert tuple(found.passed) == WITHOUT_LAST
    assert any(note.startswith("not compared with") for note in found.notes)


def test_numbers_too_large_for_their_ratio_are_a_problem(schemas: dict[str, Schema]) -> None:
    tables = set_values("casualty_estimates", EXACT, **dict.fromkeys(("count_low", "count_best", "count_high", "count_stated"), 2**63 - 1))
    found = list(check_relations(tables(dict(GOOD)), schemas))
    assert ("discrepancies", "derived") in {(p.table, p.rule) for p in found}


def test_layers_and_tables_can_be_left_out(good_package: Paths) -> None:
    for table in ("actors", "places"):
        (good_package.tables / f"{table}.csv").write_text("x\n", encoding="utf-8")
    found = check_package(good_package, [].append, ARTICLES, only=["table schema"], only_tables=["actors"])
    assert [layer.name for layer in found.layers] == ["table schema"]
    assert {problem.table for problem in found.problems} == {"actors"}


def test_a_package_that_lacks_a_table_stops_early(good_package: Paths) -> None:
    (good_package.tables / "ledger.parquet").unlink()
    found = check_package(good_package, [].append, ARTICLES)
    assert [layer.name for layer in found.layers] == ["files", "table schema"]
    assert ("ledger", "file") in {(p.table, p.rule) for p in found.problems}


def test_without_texts_a_note_says_so(good_package: Paths) -> None:
    found = check_package(good_package, [].append, None, only=["evidence"])
    assert found.problems == ()
    assert "not verified" in found.notes[0]


def test_an_evaluator_that_dies_is_a_broken_tool(good_package: Paths) -> None:
    evaluator = Evaluator()
    with evaluator:
        pass
    with pytest.raises((ToolError, ValueError)):
        check_package(good_package, [].append, ARTICLES, evaluator)


def test_a_problem_reads_as_a_sentence_and_hides_no_character() -> None:
    problem = Problem("actors", 3, "name", "pattern", "\u202ex", "name has a form", "Correct it.")
    assert str(problem) == "actors row 3 name: pattern: name has a form (found '\\u202ex'). Correct it."


def test_a_rule_that_a_thousand_rows_break_is_listed_so_often_and_then_counted(good_package: Paths, schemas: dict[str, Schema]) -> None:
    rows = ["words,count_low", *(f"w{n},{-n}" for n in range(1, LISTED + 8))]
    (good_package.tables / "vague_numbers.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = [p for p in check_table_schema(good_package.descriptor, schemas, ["vague_numbers"]) if p.rule == "minimum"]
    assert len(found) == LISTED + 1
    assert [p.row for p in found[:2]] == [1, 2]
    assert "7 more rows" in found[-1].message


def test_what_both_files_share_is_told_once(good_package: Paths, schemas: dict[str, Schema]) -> None:
    tables = set_values("actors", 1, kind="ship")(dict(GOOD))
    staged = Paths(stage(tables, schemas, ABOUT, good_package))
    found = list(check_table_schema(staged.descriptor, schemas, ["actors"]))
    assert [(p.row, p.column, p.rule) for p in found] == [(1, "kind", "enum")]
    assert "alone" not in found[0].message


def test_a_descriptor_brings_no_rules_of_its_own(good_package: Paths) -> None:
    content = json.loads(good_package.descriptor.read_text(encoding="utf-8"))
    rule = {"sql": "(SELECT count(*) FROM read_csv('/no/such/file.csv')) = 0", "message": "x"}
    content["resources"][0]["schema"]["rowChecks"].append(rule)
    good_package.descriptor.write_text(json.dumps(content), encoding="utf-8")
    found = check_package(good_package, [].append, ARTICLES, only=["files", "table schema"]).problems
    assert [(p.table, p.rule) for p in found] == [("accuracy", "descriptor schema")]


def test_a_cross_check_that_duckdb_cannot_read_is_a_broken_tool(schemas: dict[str, Schema]) -> None:
    broken = dataclasses.replace(schemas["accuracy"], cross_checks=(CrossCheck("t.fund <= t.gold", "x", "gold"),))
    with pytest.raises(ToolError, match=r"accuracy\.json crossCheck 1"):
        list(check_relations(GOOD, schemas | {"accuracy": broken}))


def test_unreadable_tables_are_named(good_package: Paths, schemas: dict[str, Schema]) -> None:
    (good_package.tables / "actors.parquet").write_bytes(b"PAR1")
    tables, problems = read_tables(good_package, schemas)
    assert set(schemas) - set(tables) == {"actors"} == {p.table for p in problems}


# --- words that hold ----------------------------------------------------------------------------------------------------------


def words_problems(tables: Tables, schemas: dict[str, Schema], with_texts: bool = True) -> list[Problem]:
    articles = ARTICLES if with_texts else None
    rows = gather(tables, schemas, articles)
    return [*check_spans(tables, schemas, articles, rows), *check_coverage(rows, tables), *check_readings(rows, tables)]


@pytest.mark.parametrize("with_texts", [True, False])
def test_the_words_of_a_good_package(schemas: dict[str, Schema], with_texts: bool) -> None:
    assert words_problems(dict(GOOD), schemas, with_texts) == []


def test_a_reviewed_value_stands_against_its_words(schemas: dict[str, Schema]) -> None:
    changes = {"count_stated": 14, "count_low": 14, "count_best": 14, "count_high": 14}
    tables = reviewed(set_values("casualty_estimates", EXACT, **changes)(dict(GOOD)), set(changes))
    assert words_problems(tables, schemas) == []
    still = set_values("casualty_estimates", EXACT, qualifier="about")(tables)
    found = {(p.table, p.row, p.column, p.rule) for p in words_problems(still, schemas)}
    assert ("casualty_estimates", EXACT, "qualifier", "count") in found, "what he did not correct is read again"


def reviewed(tables: Tables, columns: set[str]) -> Tables:
    """The tables with a reviewer's reason for these columns of the exact estimate."""
    fact = GOOD["casualty_estimates"].column("fact_id")[EXACT - 1].as_py()
    rows = tables["evidence"].to_pylist()
    for row in rows:
        if row["fact_id"] == fact and row["column_name"] in columns:
            row["reason"] = "the ministry corrected itself"
    return tables | {"evidence": as_given(real_schemas()["evidence"], rows)}


def test_what_was_retracted_lives_in_the_ledger_only(schemas: dict[str, Schema]) -> None:
    row = row_of("ledger", table_name="statements")
    without: dict[str, pa.Table] = GOOD | {"statements": GOOD["statements"].slice(0, 0)}
    assert [(p.row, p.column) for p in check_ledger(without, schemas)] == [(row, "fact_id")]
    retracted = set_values("ledger", row, status="retracted", reason="misread")(without)
    assert list(check_ledger(retracted, schemas)) == []


def test_the_database_of_a_bad_package_is_left_out(tmp_path: Path, schemas: dict[str, Schema]) -> None:
    tables = set_values("actors", 1, kind="ship")(dict(GOOD))
    staged = Paths(stage(tables, schemas, ABOUT, prepare(Paths(tmp_path))))
    assert not staged.database.exists()
