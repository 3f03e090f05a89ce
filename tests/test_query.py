"""Questions in SQL, from the database or straight from the Parquet files, and answers that are safe to show."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from small_package import good_rows

from pipelines.errors import UsageError
from pipelines.paths import Paths
from pipelines.query import EXAMPLES, list_tables, prompt, run, show, tables_overview


@pytest.mark.parametrize(("question", "sql"), EXAMPLES)
def test_the_example_questions_have_answers(good_package: Paths, question: str, sql: str) -> None:
    assert question.endswith("?")
    rows = run(good_package, sql.replace("2025-05-01", "2031-05-01"))
    assert rows.num_rows > 0


def test_without_a_database_the_parquet_files_answer(good_package: Paths) -> None:
    sql = "SELECT * FROM claims ORDER BY fact_id"
    from_database = run(good_package, sql)
    good_package.database.unlink()
    assert run(good_package, sql).to_pylist() == from_database.to_pylist()
    assert run(good_package, "SELECT count(*) AS n FROM known_on('2031-03-03')").to_pylist() == [{"n": 1}]


def test_a_database_of_another_build_is_not_asked(good_package: Paths) -> None:
    text = good_package.descriptor.read_text(encoding="utf-8")
    good_package.descriptor.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="package"):
        run(good_package, "SELECT * FROM package")


def test_a_database_that_cannot_be_read_is_passed_over(good_package: Paths) -> None:
    good_package.database.write_bytes(b"not a database")
    assert run(good_package, "SELECT count(*) AS n FROM articles").to_pylist() == [{"n": 2}]


def test_a_build_that_was_cut_short_is_completed_first(good_package: Paths) -> None:
    staged = good_package.scratch / "stage"
    staged.mkdir()
    for path in (good_package.descriptor, good_package.database):
        path.rename(staged / path.name)
    (staged / "build").mkdir()
    (staged / "factpack.duckdb").rename(staged / "build" / "factpack.duckdb")
    journal = {"staged": ".factpack/stage", "replace": ["datapackage.json", "build/factpack.duckdb"], "remove": []}
    (good_package.scratch / "journal.json").write_text(json.dumps(journal), encoding="utf-8")
    assert run(good_package, "SELECT name FROM package").to_pylist() == [{"name": "small"}]


def test_bad_sql_is_answered_in_duckdbs_words(good_package: Paths) -> None:
    with pytest.raises(UsageError, match="fact_idd") as caught:
        run(good_package, "SELECT fact_idd FROM claims")
    assert "Candidate bindings" in str(caught.value)


@pytest.mark.parametrize("sql", ["DELETE FROM claims", "DROP TABLE evidence", "INSERT INTO vague_numbers VALUES ('x', 1)"])
def test_nobody_writes_through_a_question(good_package: Paths, sql: str) -> None:
    with pytest.raises(UsageError):
        run(good_package, sql)


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"accuracy.parquet: is missing .*factpack build"):
        run(Paths(tmp_path), "SELECT 1")


def test_the_overview_lists_every_table(good_package: Paths) -> None:
    rows = {row["table"]: row["rows"] for row in list_tables(good_package).to_pylist()}
    assert rows["evidence"] == len(good_rows()["evidence"])
    assert rows["claims"] == 7
    assert len(rows) == 18
    text = tables_overview(good_package)
    assert all(table in text for table in rows)
    assert all(sql in text for _, sql in EXAMPLES)


def test_the_prompt_answers_until_an_empty_line(
    good_package: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(["SELECT count(*) AS how_many", "FROM articles;", "SELEC 1;", ""])
    monkeypatch.setattr("builtins.input", lambda _: next(lines))
    prompt(good_package, "csv")
    shown = capsys.readouterr().out
    assert "how_many\n2\n" in shown
    assert "syntax error" in shown


ROWS = pa.table({"words": ["a|b\n[red]c[/red]\u202e", None], "n": pa.array([None, 1000], pa.int64())})


def test_a_table_wraps_and_escapes() -> None:
    text = show(ROWS, "table", 40)
    assert "\\u202e" in text
    assert "\u202e" not in text
    assert "[red]" in text
    assert max(map(len, text.splitlines())) <= 40
    assert text.endswith("2 rows")


def test_rows_that_are_too_wide_are_shown_as_records() -> None:
    wide = pa.table({f"column_{n}": [n] for n in range(20)})
    assert "  column_19  19" in show(wide, "table", 80)


def test_csv_is_not_altered() -> None:
    assert show(ROWS, "csv") == 'words,n\n"a|b\n[red]c[/red]\u202e",\n,1000'


def test_json_escapes_and_still_says_the_same() -> None:
    text = show(ROWS, "json")
    assert "\u202e" not in text
    assert json.loads(text) == ROWS.to_pylist()


def test_markdown_keeps_its_cells_apart() -> None:
    assert show(ROWS, "markdown").splitlines()[2] == r"| a\|b\u000a[red]c[/red]\u202e |  |"


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean 'json'"):
        show(ROWS, "jsn")
