"""The command line: help that a newcomer can work from, exit codes that a script can trust, and a quick start."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.__main__ import main
from pipelines.commands.options import Progress
from pipelines.paths import REPOSITORY, Paths

COMMANDS = ("build", "extract", "check", "query")


def helped(*arguments: str) -> str:
    """The help text of a command, run as a user runs it."""
    run = [sys.executable, "-m", "pipelines", *arguments, "--help"]
    done = subprocess.run(run, capture_output=True, text=True, cwd=REPOSITORY.root, check=False)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


def test_the_help_names_every_command() -> None:
    text = helped()
    for command in COMMANDS:
        assert command in text
    assert "factpack" in text


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("build", ("data/articles", "--root", "--quiet", "--max-bytes")),
        ("extract", ("CORPUS", "--out", "--format", "JSON Lines", "exit code 3")),
        ("check", ("datapackage.json", "table, row, column, rule", "--against", "--json", "--junit", "--markdown", "--html", "--annotate")),
        ("query", ("SELECT", "--format", "markdown")),
    ],
)
def test_the_help_of_a_command_says_what_it_does(command: str, words: tuple[str, ...]) -> None:
    text = helped(command)
    for word in words:
        assert word in text


def test_the_start_is_light() -> None:
    code = (
        "import json, sys, pipelines.__main__ as m; m._parser();"
        "print(json.dumps(sorted({'frictionless', 'great_expectations', 'pandas', 'duckdb', 'pyarrow', 'pycountry'} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY.root, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize(
    "arguments", [[], ["publish"], ["extract"], ["extract", "corpus"], ["build", "--max-bytes", "many"], ["query", "--format", "xml"]]
)
def test_wrong_use_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: factpack" in capsys.readouterr().err


def test_a_good_package_is_exit_code_0(good_package: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(good_package.root)]) == 0
    assert "checks passed, no problem" in capsys.readouterr().out


def test_bad_data_is_exit_code_1_and_named_even_when_quiet(good_package: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    path = good_package.tables / "vague_numbers.csv"
    path.write_text(path.read_text("utf-8").replace("24", "25"), "utf-8")
    assert main(["check", str(good_package.descriptor), "--quiet"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "vague_numbers" in captured.err
    assert "problems in" in captured.err


def test_an_article_that_cannot_be_read_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("lexicon", "schemas"):
        source = REPOSITORY.lexicon if folder == "lexicon" else REPOSITORY.schemas
        target = tmp_path / ("data/lexicon" if folder == "lexicon" else "schemas")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source)
    (tmp_path / "data" / "about.yaml").write_bytes(REPOSITORY.about.read_bytes())
    articles = tmp_path / "data" / "articles"
    articles.mkdir()
    (articles / "a1.txt").write_text(" date 2025-02-30 It rained.", "utf-8")
    assert main(["build", "--root", str(tmp_path)]) == 1
    assert "a1.txt" in capsys.readouterr().err
    assert not (tmp_path / "datapackage.json").exists()
    assert not (tmp_path / "data" / "tables").exists()


def test_a_build_with_nothing_to_build_from_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--root", str(tmp_path)]) in (1, 2)
    assert "factpack: " in capsys.readouterr().err


def test_a_build_is_judged_by_what_is_expected_in_its_own_schemas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("data/articles", "data/lexicon", "schemas", "tests/gold"):
        shutil.copytree(REPOSITORY.root / folder, tmp_path / folder)
    shutil.copy(REPOSITORY.about, tmp_path / "data")
    assert main(["build", "--root", str(tmp_path), "--quiet"]) == 0
    good = (tmp_path / "datapackage.json").read_bytes()
    written = tmp_path / "schemas" / "expectations" / "articles.yaml"
    rule = "{expect: expect_column_values_to_not_be_null, column: url, minimum_rows: 1, reason: readers want the address}"
    written.write_text(f"{written.read_text('utf-8')}- {rule}\n", "utf-8")
    assert main(["build", "--root", str(tmp_path), "--quiet"]) == 1
    told = capsys.readouterr().err
    assert "articles row 1" in told and "readers want the address" in told
    assert (tmp_path / "datapackage.json").read_bytes() == good


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_a_stop_is_no_bad_data(error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(*_: object) -> int:
        raise error

    monkeypatch.setattr("pipelines.commands.check._check", stopped)
    assert main(["check"]) == 130
    assert "the last good files are as they were" in capsys.readouterr().err


def test_another_error_is_not_taken_for_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr("pipelines.commands.check._check", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        main(["check"])


def test_work_goes_on_when_nobody_reads_its_progress_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    class Closed:
        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            told.append(text)
            raise BrokenPipeError

        def flush(self) -> None: ...

    monkeypatch.setattr(sys, "stderr", Closed())
    progress = Progress(False)
    progress("one")
    progress("two")
    assert len(told) == 1


def test_a_wrong_query_says_so(good_package: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "SELECT nonsense FROM claims", "--root", str(good_package.root)]) in (1, 2)
    assert "factpack: " in capsys.readouterr().err


def test_what_is_shown_is_safe_for_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a\u202eb\x1b[31m.txt").write_text("It rained.", "utf-8")
    assert main(["extract", str(tmp_path), "--out", str(tmp_path / "out")]) == 3
    shown = capsys.readouterr().err
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "\\u202e" in shown


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It rained.", "utf-8")
    run = [sys.executable, "-m", "pipelines", "extract", str(tmp_path), "--out", str(tmp_path / "out")]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY.root) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_a_place_without_a_package_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        assert main(["check", str(place)]) == 2
        assert f"{place}: no package" in capsys.readouterr().err
