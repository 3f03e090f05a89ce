"""The command: which reports it writes, where, and that they are whole, also when the package is bad or cannot be read."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from seeded import seeded, with_articles
from small_package import ABOUT, HARBOUR, prepare, real_schemas

from pipelines.__main__ import main
from pipelines.checks import Problem
from pipelines.errors import DataError, UsageError
from pipelines.package import stage
from pipelines.paths import Paths
from pipelines.report import Findings, Targets, wanted, write_reports
from pipelines.swap import swap

FORMATS = ("json", "junit", "markdown", "html")


@pytest.fixture
def bad_package(tmp_path: Path) -> Paths:
    paths = prepare(Paths(tmp_path / "bad"))
    swap(stage(seeded(), real_schemas(), ABOUT, paths), paths)
    return with_articles(paths)


def every(folder: Path) -> list[str]:
    return [word for form in FORMATS for word in (f"--{form}", str(folder / f"report.{form}"))]


def test_a_bad_package_is_reported_in_every_format(
    bad_package: Paths, good_package: Paths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (out := tmp_path / "out").mkdir()
    before = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    against = ["--against", str(good_package.descriptor)]
    assert main(["check", str(bad_package.root), *against, *every(out), "--annotate", "--quiet"]) == 1
    assert sorted(path.name for path in out.iterdir()) == sorted(f"report.{form}" for form in FORMATS)
    assert sorted(p for p in tmp_path.rglob("*") if p.is_file() and p.parent != out) == before
    told = capsys.readouterr()
    assert told.out.startswith("::error file=data/articles/harbour-2031.txt,line=1,title=casualty_estimates row 3 count_best::")
    assert "[[about 600 killed]]" in told.err
    assert "factpack: 2 problems in 2 of 8 layers" in told.err
    content = json.loads((out / "report.json").read_text("utf-8"))
    assert [(p["layer"], p["table"], p["column"]) for p in content["problems"]] == [
        ("readings", "casualty_estimates", "count_best"),
        ("continuity", "casualty_estimates", "count_best"),
    ]
    assert [t["table"] for t in content["difference"]] == ["casualty_estimates", "changes", "discrepancies"]
    assert ElementTree.parse(out / "report.junit").getroot().get("failures") == "2"
    assert "<mark>about 600 killed</mark>" in (out / "report.html").read_text("utf-8")
    assert good_package.root.name in (out / "report.markdown").read_text("utf-8")


def test_a_package_that_cannot_be_read_is_reported_too(good_package: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    (good_package.tables / "evidence.parquet").write_bytes(b"\xff" * 100)
    (good_package.tables / "actors.parquet").unlink()
    assert main(["check", str(good_package.root), "--against", str(good_package.root), "--json", "-", "--annotate"]) == 1
    told = capsys.readouterr()
    content = json.loads(told.out)
    assert {("evidence", "file"), ("actors", "file")} <= {(p["table"], p["rule"]) for p in content["problems"]}
    assert any(note.startswith("not compared: evidence.parquet") for note in content["notes"])
    assert content["difference"] == []
    assert "::error" in told.err


def test_a_good_package_with_a_note_is_reported(good_package: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(good_package.root), "--markdown", "-"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("<!-- factpack check -->\n## ✅")
    assert "not verified" in told.out and "not verified" in told.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--json", "nowhere/report.json"], "--json nowhere/report.json: the folder nowhere is missing"),
        (["--html", "."], "--html .: is no file"),
        (["--html", ""], "--html '': is no file"),
        (["--json", "-", "--markdown", "-"], "standard output holds one report"),
        (["--json", "same", "--html", "./same"], "is the file of --json as well"),
        (["--against", "nowhere"], "no package"),
    ],
)
def test_a_place_that_cannot_be_written_is_named_before_the_check(
    good_package: Paths, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(good_package.root), *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "checking" not in told


EMPTY = Findings.__new__(Findings)


def test_a_report_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("old", "utf-8")
    with pytest.raises(AttributeError):
        write_reports(EMPTY, Targets({"json": str(tmp_path / "report.json")}))
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text("utf-8") == "old"


def test_a_disk_that_is_full_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.report import files

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full)
    monkeypatch.setattr(files, "_FORMATS", {"json": lambda _: "new"})
    (tmp_path / "report.json").write_text("old", "utf-8")
    with pytest.raises(OSError, match="No space"):
        write_reports(EMPTY, Targets({"json": str(tmp_path / "report.json")}))
    assert [(path.name, path.read_text("utf-8")) for path in tmp_path.iterdir()] == [("report.json", "old")]


def test_a_link_stays_a_link_and_rights_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.report import files

    monkeypatch.setattr(files, "_FORMATS", {"json": lambda _: "new"})
    (tmp_path / "real").write_text("old", "utf-8")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    write_reports(EMPTY, wanted({"json": str(tmp_path / "link"), "html": None}, False))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text("utf-8") == "new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640
    write_reports(EMPTY, Targets({"json": "/dev/null"}))
    assert not Path("/dev/null").is_file()


def test_a_dangling_place_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--json"):
        wanted({"json": str(tmp_path / "no" / "such" / "r.json")}, False)


def test_a_build_that_fails_shows_the_words(fault: Problem, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def failing(*_: object) -> None:
        raise DataError("1 problems: nothing was published", [fault], seeded(), {HARBOUR.article_id: HARBOUR})

    monkeypatch.setattr("pipelines.build.build", failing)
    assert main(["build", "--quiet"]) == 1
    told = capsys.readouterr().err
    assert "[[about 600 killed]]" in told
    assert told.endswith("factpack: 1 problems: nothing was published\n")
