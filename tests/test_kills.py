"""The benchmark of kills: what it calls broken is broken, and a few kills break nothing."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.killing import END, START, Moment, in_child, run
from benchmarks.kills import Tally, table
from benchmarks.last_good import database_fault, files, mixed, publication_fault, release_fault
from pipelines.archive import checksums
from pipelines.package import sha256_of
from pipelines.paths import REPOSITORY, Paths


def write(root: Path, contents: dict[str, str]) -> Path:
    for file, text in contents.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, "utf-8")
    return root


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A release as ``factpack release`` lays it out."""
    write(tmp_path, {"p-1.0.0/data/a.csv": "a", "p-1.0.0/datapackage.json": "{}", "p-1.0.0.zip": "zip", "p-1.0.0.duckdb": "rows"})
    folder = tmp_path / "p-1.0.0"
    inside = {path: sha256_of(folder / path) for path in ("data/a.csv", "datapackage.json")}
    beside = {path: sha256_of(tmp_path / path) for path in ("p-1.0.0.zip", "p-1.0.0.duckdb")}
    write(tmp_path, {"p-1.0.0/checksums.txt": checksums(inside), "p-1.0.0.sha256": checksums(beside)})
    return tmp_path


def test_a_release_that_holds_has_no_fault(dist: Path) -> None:
    assert release_fault(dist, "p-1.0.0") is None


@pytest.mark.parametrize("file", ["p-1.0.0/data/a.csv", "p-1.0.0/datapackage.json", "p-1.0.0.zip", "p-1.0.0.duckdb"])
@pytest.mark.parametrize("damage", [lambda p: p.write_text("other"), lambda p: p.write_bytes(b""), lambda p: p.unlink()])
def test_a_damaged_file_of_a_release_is_a_fault(dist: Path, file: str, damage: Callable[[Path], object]) -> None:
    damage(dist / file)
    assert file.removeprefix("p-1.0.0/") in str(release_fault(dist, "p-1.0.0"))


@pytest.mark.parametrize("sums", ["p-1.0.0/checksums.txt", "p-1.0.0.sha256"])
def test_a_release_without_sums_is_a_fault(dist: Path, sums: str) -> None:
    (dist / sums).unlink()
    assert "is missing" in str(release_fault(dist, "p-1.0.0"))


def test_tables_of_two_packages_are_mixed(tmp_path: Path) -> None:
    names = ("data/tables/a.csv", "data/tables/b.csv", "datapackage.json", "CHANGELOG.md")
    old, new = (files(write(tmp_path / word, dict.fromkeys(names, word))) for word in ("old", "new"))
    assert not mixed(old, old, new) and not mixed(new, old, new)
    assert not mixed(old | {"CHANGELOG.md": new["CHANGELOG.md"]}, old, new), "no table is another one"
    for name in names[:3]:
        assert mixed(old | {name: new[name]}, old, new)
    assert mixed({name: content for name, content in old.items() if name != names[0]}, old, new)


def test_files_are_told_apart_by_content_but_for_databases(tmp_path: Path) -> None:
    seen = files(write(tmp_path, {"a": "1", "b": "2", "c.duckdb": "x", ".factpack/stage/a": "0", "published/d.duckdb": "x"}))
    assert set(seen) == {"a", "b", "c.duckdb", "published/d.duckdb"}
    assert seen["a"] != seen["b"] and seen["c.duckdb"] == "there" != seen["published/d.duckdb"]
    write(tmp_path, {"published/d.duckdb": "y"})
    assert files(tmp_path)["published/d.duckdb"] != seen["published/d.duckdb"]


def test_a_database_of_another_package_is_a_fault(good_package: Paths) -> None:
    assert database_fault(good_package.root) is None
    good = good_package.descriptor.read_text("utf-8")
    good_package.descriptor.write_text(good + "\n", "utf-8")
    assert database_fault(good_package.root) == "the database is of another package"


def test_a_publication_that_lists_what_cannot_be_fetched_is_a_fault(tmp_path: Path) -> None:
    entry = {"version": "1.0.0", "released_on": None, "path": "1.0.0", "descriptor": "1.0.0/datapackage.json", "checksums_sha256": "0" * 64}
    index = {"name": "p", "latest": "1.0.0", "releases": [entry | {"assets": []}]}
    write(tmp_path / "published", {"index.json": json.dumps(index)})
    assert publication_fault(tmp_path / "published", tmp_path / "out") == "1.0.0 is listed and cannot be fetched"


def test_a_run_is_killed_at_its_moment_with_what_it_started() -> None:
    reader, writer = os.pipe()

    def work() -> int:
        if os.fork() == 0:
            time.sleep(5)
            os.write(writer, b"outlived the kill")
            os._exit(0)
        time.sleep(60)
        return 0

    done = run(work, Moment(START, 0.2))
    assert (done.killed, done.code, done.stage) == (True, -9, START)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        assert answer.read() == b"", "the end of the pipe comes when nobody is left who could write"


def test_a_run_that_ends_is_not_killed() -> None:
    done = run(lambda: 3, Moment(START, 30))
    assert (done.killed, done.code, done.stage) == (False, 3, END)
    assert run(lambda: 1 // 0).code == 70


def test_a_check_runs_in_a_process_of_its_own() -> None:
    assert in_child(lambda: [os.getpid() != os.getppid(), "ü"]) == [True, "ü"]
    with pytest.raises(SystemExit, match="failed in itself"):
        in_child(lambda: 1 // 0)


def test_the_table_names_what_is_broken() -> None:
    tally = Tally(broken=["build    move: torn"])
    tally.kills.update({"build    move": 2})
    shown = table(tally)
    assert re.search(r"^build    move +2 +0$", shown, re.MULTILINE)
    assert "broken packages               1" in shown and shown.endswith("build    move: torn")


@pytest.mark.parametrize(("command", "kills"), [("swap", 6)])
def test_kills_break_nothing(command: str, kills: int) -> None:
    run_ = [sys.executable, "-m", "benchmarks.kills", "--kills", str(kills), "--only", command]
    done = subprocess.run(run_, cwd=REPOSITORY.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"^kills +{kills}$", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^broken packages +0$", done.stdout, re.MULTILINE)
    assert re.search(r"^next runs that failed +0$", done.stdout, re.MULTILINE)
