"""What is expected of whole tables: every expectation can fail, what says nothing is told, and a broken tool is no bad data."""

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from faults.in_expectations import DECLARED, SCHEMAS, faulty, one
from small_package import as_given, good_rows, good_tables

from pipelines.derive import expectations as made
from pipelines.derive.editorial import KINDS, Expectation, Waiver
from pipelines.derive.evaluator import Evaluator
from pipelines.derive.suites import suite, suites
from pipelines.errors import ToolError
from pipelines.paths import REPOSITORY


def name_of(case: tuple[str, Expectation]) -> str:
    return f"{case[0]}-{case[1].column}-{case[1].rule}-{case[1].place.rsplit(':', 1)[-1]}"


@pytest.fixture(scope="module")
def sources() -> Any:
    return made.frames_source()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write(tmp_path / "tables", good_tables(SCHEMAS))


def write(folder: Path, tables: dict[str, pa.Table]) -> Path:
    folder.mkdir()
    for table, rows in tables.items():
        pq.write_table(rows, folder / f"{table}.parquet")
    return folder


@pytest.mark.parametrize("case", DECLARED, ids=name_of)
def test_each_expectation_can_fail(case: tuple[str, Expectation], sources: Any, tmp_path: Path) -> None:
    table, expectation = case
    pq.write_table(faulty(table, expectation), tmp_path / "rows.parquet")
    found, skipped, evaluated = made.judge(sources, [tmp_path / "rows.parquet"], table, [expectation])
    assert (skipped, evaluated) == ([], 1)
    assert {(f.table, f.column, f.rule) for f in found} == {(table, expectation.column, expectation.rule)}
    about_rows = KINDS[expectation.kind].judges == "rows" and expectation.mostly == 1
    assert found[0].row == (1 if about_rows else None)
    assert expectation.reason in found[0].message


@pytest.mark.parametrize("case", [c for c in DECLARED if c[1].minimum_rows], ids=name_of)
def test_each_expectation_says_nothing_of_too_few_rows(case: tuple[str, Expectation], sources: Any, tmp_path: Path) -> None:
    table, expectation = case
    pq.write_table(faulty(table, expectation).slice(1), tmp_path / "rows.parquet")
    found, skipped, evaluated = made.judge(sources, [tmp_path / "rows.parquet"], table, [expectation])
    assert (found, evaluated) == ([], 0)
    assert [(s.rule, s.rows, s.minimum_rows) for s in skipped] == [
        (expectation.rule, expectation.minimum_rows - 1, expectation.minimum_rows)
    ]


def test_every_kind_is_one_of_great_expectations(sources: Any) -> None:  # noqa: ARG001  # loads the library
    gx = sys.modules["great_expectations"]
    for kind, form in KINDS.items():
        known = getattr(gx.expectations, "".join("KL" if w == "kl" else w.capitalize() for w in kind.split("_"))).__fields__
        assert {*form.needed, *form.allowed} <= set(known), kind
        assert ("mostly" in known) == (form.judges == "rows"), kind
        assert ("column" in known) == (form.judges != "table"), kind


def test_a_good_package_is_as_expected_and_skips_are_counted(package: Path) -> None:
    verdict = made.findings(package, REPOSITORY.schemas, package)
    assert verdict.found == ()
    assert verdict.evaluated + len(verdict.skipped) == verdict.declared == sum(map(len, suites(REPOSITORY.schemas, package).values()))
    assert ("casualty_estimates", "scope", "unstated share", 4, 30) in {tuple(vars(s).values()) for s in verdict.skipped}


def test_an_empty_table_does_not_pass(package: Path) -> None:
    pq.write_table(as_given(SCHEMAS["vague_numbers"], []), package / "vague_numbers.parquet")
    found = made.findings(package, REPOSITORY.schemas).found
    assert [(f.table, f.row, f.rule, f.value) for f in found] == [("vague_numbers", None, "x-minimum-rows", 0)]


def killed(stated: list[int | None]) -> pa.Table:
    row = one("casualty_estimates")
    return as_given(
        SCHEMAS["casualty_estimates"], [row | {"outcome": "killed" if n != 7 else "missing", "count_stated": n} for n in stated]
    )


def between(**changes: Any) -> Expectation:
    kind, arguments = "expect_column_values_to_be_between", {"max_value": 100}
    given: dict[str, Any] = {"where": "outcome = 'killed'", "mostly": 1.0, "minimum_rows": 1} | changes
    return Expectation("x.yaml:1", kind, "count_stated", arguments, "between", "at most a hundred", **given)


@pytest.mark.parametrize("cells", [1, 1_000_000])
def test_the_rows_of_a_selection_are_named_by_their_row_in_the_file(
    cells: int, sources: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "CELLS", cells)
    pq.write_table(killed([7, 101, None, 100, 7, 2**53 + 1]), tmp_path / "rows.parquet", row_group_size=2)
    found, _, _ = made.judge(sources, [tmp_path / "rows.parquet"], "casualty_estimates", [between(), between(where=None)])
    assert [(f.row, f.value) for f in found] == [(2, 101), (6, 2**53 + 1)] * 2
    assert found[-1].message == "at most a hundred (where outcome = 'killed')"


def test_a_share_is_one_finding_that_says_what_was_observed(sources: Any, tmp_path: Path) -> None:
    pq.write_table(killed([1, 101, 102, None]), tmp_path / "rows.parquet")
    found, _, _ = made.judge(sources, [tmp_path / "rows.parquet"], "casualty_estimates", [between(mostly=0.5)])
    assert [(f.row, f.value) for f in found] == [(None, 2)]
    assert "2 of 3 rows (66.7%) do not, at most 50.0% may" in found[0].message


def test_many_rows_are_counted(sources: Any, tmp_path: Path) -> None:
    pq.write_table(killed([101] * (made.LISTED + 3)), tmp_path / "rows.parquet")
    found, _, _ = made.judge(sources, [tmp_path / "rows.parquet"], "casualty_estimates", [between()])
    assert len(found) == made.LISTED + 1
    assert (found[-1].row, found[-1].message.endswith("3 more rows do not")) == (None, True)


# --- the last release -------------------------------------------------------------------------------------------------


def test_the_last_release_is_read_from_its_files(tmp_path: Path) -> None:
    rows = [one("casualty_estimates") | {"place_text": None, "scope": "daily"}] * 150
    base = write(tmp_path / "base", good_tables(SCHEMAS) | {"casualty_estimates": as_given(SCHEMAS["casualty_estimates"], rows)})
    now = [one("casualty_estimates") | {"place_id": None, "scope": "incident"}] * 134
    new = write(tmp_path / "new", good_tables(SCHEMAS) | {"casualty_estimates": as_given(SCHEMAS["casualty_estimates"], now)})
    found = {(f.column, f.rule) for f in made.findings(new, REPOSITORY.schemas, base).found if f.table == "casualty_estimates"}
    drift = {(c, r) for c, r in found if r in ("fill share", "distribution", "row count")}
    assert drift == {("place_id", "fill share"), ("scope", "distribution"), (None, "row count")}


def test_a_last_release_that_cannot_be_read_is_a_tool_error(package: Path, tmp_path: Path) -> None:
    base = shutil.copytree(package, tmp_path / "base")
    (base / "actors.parquet").write_bytes(b"PAR1")
    with pytest.raises(ToolError, match=r"actors: the last release's actors\.parquet cannot be read"):
        made.findings(package, REPOSITORY.schemas, base)


# --- a suite that cannot be trusted ---------------------------------------------------------------------------------


ACTORS = "- expect: expect_column_value_lengths_to_be_between\n  column: name\n  max_value: 9\n  reason: short\n"
CASES = [
    ("- expect: expect_column_value_to_be_between", r"yaml:1 expect: .*did you mean 'expect_column_values_to_be_between'"),
    ("- expect: [1]", "is unknown"),
    (ACTORS + "  mostli: 0.5", r"actors\.yaml:1: unknown key 'mostli' \(expected .*did you mean 'mostly'"),
    (ACTORS.replace("name", "nam"), "column: actors has no 'nam' .*did you mean 'name'"),
    (ACTORS.replace("  reason: short\n", ""), "lacks 'reason'"),
    (ACTORS.replace("short", "''"), "lacks 'reason'"),
    (ACTORS.replace("9", "many"), "max_value: 'many'"),
    (ACTORS.replace("  max_value: 9\n", ""), "has no bound"),
    (ACTORS + "  min_value: 10", "min_value is above max_value"),
    (ACTORS + "  mostly: 0", "mostly: 0 "),
    (ACTORS + "  mostly: true", "mostly: True"),
    (ACTORS + "  minimum_rows: 0", "minimum_rows: 0"),
    (ACTORS + "  where: knd = 'state'", "where: .* is no condition"),
    (ACTORS + "  where: kind = ", "is no condition"),
    (ACTORS + ACTORS, r"actors\.yaml:5: says the same as schemas/expectations/actors\.yaml:1"),
    ("- expect: expect_column_values_to_be_in_set\n  column: kind\n  value_set: [stat]\n  reason: x", "did you mean 'state'"),
    ("- expect: expect_column_values_to_be_in_set\n  column: kind\n  value_set: []\n  reason: x", "list of values"),
    ("- expect: expect_column_values_to_match_regex\n  column: name\n  regex: '('\n  reason: x", "does not compile"),
    ("- expect: expect_column_values_to_be_between\n  column: name\n  max_value: 3\n  reason: x", "numbers or days"),
    ("- expect: expect_column_median_to_be_between\n  column: name\n  max_value: 3\n  reason: x", "expected a number"),
    ("- waive: unstated share\n  column: name\n  reason: x", "is not derived for name"),
    ("- waive: fil share\n  column: name\n  reason: x", "did you mean 'fill share'"),
    ("name: x", "a dict"),
    ("- x", "expected an expectation such as"),
    ("- {a: 1, a: 2}", "stands twice"),
    ("- [", "no YAML"),
    ("- expect: 2025-02-30", "does not exist"),
]


@pytest.mark.parametrize(("content", "message"), CASES)
def test_a_malformed_suite_is_named_by_file_and_line(content: str, message: str, tmp_path: Path) -> None:
    folder = shutil.copytree(REPOSITORY.schemas, tmp_path / "schemas")
    (folder / "expectations" / "actors.yaml").write_text(content, "utf-8")
    with pytest.raises(ToolError, match=message) as error:
        suites(folder, None)
    assert str(error.value).startswith("schemas/expectations/actors.yaml:")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[" * 5000])
def test_a_binary_suite_is_a_tool_error(content: bytes, tmp_path: Path) -> None:
    folder = shutil.copytree(REPOSITORY.schemas, tmp_path / "schemas")
    (folder / "expectations" / "actors.yaml").write_bytes(content)
    with pytest.raises(ToolError, match=r"actors\.yaml"):
        suites(folder, None)


def test_a_suite_of_no_table_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(REPOSITORY.schemas, tmp_path / "schemas")
    shutil.move(folder / "expectations" / "actors.yaml", folder / "expectations" / "actor.yaml")
    with pytest.raises(ToolError, match=r"actor\.yaml: belongs to no table .*did you mean 'actors'"):
        suites(folder, None)


def test_an_empty_suite_is_refused() -> None:
    with pytest.raises(ToolError, match="discrepancies: nothing is expected"):
        suite(SCHEMAS["discrepancies"], [])


def test_an_expectation_that_repeats_a_derived_one_is_refused() -> None:
    derived = suite(SCHEMAS["casualty_estimates"], [])
    with pytest.raises(ToolError, match="says the same as"):
        suite(SCHEMAS["casualty_estimates"], [derived[1]])


def test_a_waiver_takes_the_derived_expectation_away() -> None:
    waiver = Waiver("x", "unstated share", "scope", "why not")
    left = {e.column for e in suite(SCHEMAS["casualty_estimates"], [waiver]) if e.rule == "unstated share"}
    assert left == {"victims_kind", "stance", "basis", "completeness"}


# --- broken tools -----------------------------------------------------------------------------------------------------


def test_an_exception_inside_great_expectations_is_no_bad_data(sources: Any, tmp_path: Path) -> None:
    pq.write_table(killed([1, 2]), tmp_path / "rows.parquet")
    broken = between()
    object.__setattr__(broken, "arguments", {"max_value": date(2000, 1, 1)})
    with pytest.raises(ToolError, match=r"x\.yaml:1.*Great Expectations raised"):
        made.judge(sources, [tmp_path / "rows.parquet"], "casualty_estimates", [broken])


def test_arguments_that_great_expectations_refuses_are_no_bad_data(sources: Any, tmp_path: Path) -> None:
    pq.write_table(killed([1, 2]), tmp_path / "rows.parquet")
    broken = between()
    object.__setattr__(broken, "arguments", {"maximum": 1})
    with pytest.raises(ToolError, match="Great Expectations raised"):
        made.judge(sources, [tmp_path / "rows.parquet"], "casualty_estimates", [broken])


def test_an_expectation_that_gets_lost_is_missed(sources: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gx = sys.modules["great_expectations"]
    pq.write_table(killed([1, 2]), tmp_path / "rows.parquet")
    whole = gx.ExpectationSuite
    monkeypatch.setattr(gx, "ExpectationSuite", lambda name, expectations: whole(name=name, expectations=expectations[1:]))
    with pytest.raises(ToolError, match="evaluated 1 of 2 expectations"):
        made.judge(sources, [tmp_path / "rows.parquet"], "casualty_estimates", [between(), between(minimum_rows=2)])


@pytest.mark.parametrize("content", [None, b"", b"PAR1"])
def test_a_table_that_cannot_be_read_is_a_tool_error(content: bytes | None, sources: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ToolError, match="casualty_estimates: "):
        made.judge(sources, [path], "casualty_estimates", [between()])


def test_a_missing_column_is_a_tool_error(sources: Any, tmp_path: Path) -> None:
    pq.write_table(killed([1]).drop_columns("count_stated"), tmp_path / "rows.parquet")
    with pytest.raises(ToolError, match="the rows cannot be read"):
        made.judge(sources, [tmp_path / "rows.parquet"], "casualty_estimates", [between()])


def test_lost_expectations_are_a_tool_error() -> None:
    with pytest.raises(ToolError, match="evaluated 1 and skipped 0 of 2"):
        made.Verdict((), (), 1, 2)
    with pytest.raises(ToolError, match="no expectation is declared"):
        made.Verdict((), (), 0, 0)


# --- in a process of its own ------------------------------------------------------------------------------------------


def test_a_process_says_the_same(package: Path) -> None:
    rows = good_rows()
    rows["deployments"][0]["waves"] = 1000
    pq.write_table(as_given(SCHEMAS["deployments"], rows["deployments"]), package / "deployments.parquet")
    with Evaluator() as evaluator:
        evaluator.start(package, REPOSITORY.schemas, package)
        verdict = evaluator.findings()
    own = made.findings(package, REPOSITORY.schemas, package)
    assert [(f.table, f.row, f.column, f.value) for f in verdict.found] == [("deployments", 1, "waves", "1000")]
    assert (verdict.skipped, verdict.evaluated, verdict.declared) == (own.skipped, own.evaluated, own.declared)


def test_a_process_tells_a_broken_tool_apart(package: Path) -> None:
    (package / "actors.parquet").unlink()
    with Evaluator() as evaluator:
        evaluator.start(package, REPOSITORY.schemas)
        with pytest.raises(ToolError, match=r"actors: actors\.parquet is missing"):
            evaluator.findings()


def test_a_process_that_does_not_answer_is_a_broken_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with Evaluator() as evaluator:
        evaluator.start(tmp_path, tmp_path)
        with pytest.raises(ToolError, match="did not finish"):
            evaluator.findings()
