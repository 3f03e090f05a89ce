"""`factpack diff` and `factpack apply`: what people and programs see, and what is refused."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from small_package import ABOUT, good_tables, prepare, with_changes

from pipelines.__main__ import main
from pipelines.changes import CHANGES, changes
from pipelines.package import stage, write_csv, write_parquet
from pipelines.paths import Paths
from pipelines.schema import Schema
from pipelines.snapshot import snapshot
from pipelines.swap import swap

HOSTILE = "`<b>bold</b>`\n\u202e| x"


@pytest.fixture
def later(tmp_path: Path, schemas: dict[str, Schema]) -> Paths:
    """The small package with another toll, an actor more and a hostile title."""
    tables = {name: rows for name, rows in good_tables(schemas).items() if name != CHANGES}
    estimates, actors, articles = (tables[t].to_pylist() for t in ("casualty_estimates", "actors", "articles"))
    next(e for e in estimates if e["count_stated"] == 12)["count_stated"] = 13
    actors.append({"actor_id": "zulu", "name": "Zulu", "kind": "person"})
    articles[0]["title"] = HOSTILE
    new = {"casualty_estimates": estimates, "actors": actors, "articles": articles}
    tables |= {t: pa.Table.from_pylist(rows, schema=tables[t].schema) for t, rows in new.items()}
    paths = prepare(Paths(tmp_path / "later"))
    staged = stage(with_changes(tables, schemas), schemas, {**ABOUT, "version": "0.2.0"}, paths)
    # Its database refuses the toll that is no longer exact: it is there to be compared, not to be published.
    shutil.rmtree(paths.root / "later", ignore_errors=True)
    Paths(staged).database.parent.mkdir(exist_ok=True)
    Paths(staged).database.touch()
    swap(staged, paths)
    return paths


def test_text_says_what_changed_and_which_step_it_needs(good_package: Paths, later: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(good_package.root), str(later.descriptor)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("0.1.0 to 0.2.0: a MINOR step")
    assert "1 row added to actors" in told and "1 row changed in casualty_estimates" in told
    assert "count_stated: 12 -> 13" in told and "+ actors zulu" in told
    assert "  actors                  1        0        0" in told
    assert "\u202e" not in told


def test_markdown_keeps_hostile_values_in_their_place(good_package: Paths, later: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(good_package.root), str(later.root), "--format", "markdown"]) == 0
    told = capsys.readouterr().out
    assert "| actors | 1 | 0 | 0 |" in told
    assert "<b>" not in told and "\u202e" not in told
    (line,) = [line for line in told.splitlines() if "bold" in line]
    assert line.count("`") == 2


def test_json_holds_every_step(good_package: Paths, later: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(good_package.root), str(later.root), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["old"], told["new"], told["level"]) == ("0.1.0", "0.2.0", "minor")
    assert {"level": "minor", "what": "1 row added to actors"} in told["demands"]
    steps = {(s["table_name"], s["op"], s["column_name"]): s for s in told["changes"]}
    assert steps["articles", "change", "title"]["new"] == HOSTILE
    assert json.loads(steps["actors", "add", None]["new"]) == {"actor_id": "zulu", "name": "Zulu", "kind": "person"}


def test_equal_packages_hold_the_same(good_package: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(good_package.root), str(good_package.root)]) == 0
    assert capsys.readouterr().out == "0.1.0 and 0.1.0 hold the same\n"


def damaged(paths: Paths, how: str) -> None:
    if how == "no descriptor":
        paths.descriptor.unlink()
    elif how == "a list":
        paths.descriptor.write_text("[]", "utf-8")
    elif how == "binary":
        paths.descriptor.write_bytes(b"\x00\xff" * 99)
    elif how == "no table":
        paths.descriptor.write_text('{"resources": []}', "utf-8")
    elif how == "a file is gone":
        (paths.tables / "actors.parquet").unlink()
    elif how == "cut short":
        path = paths.tables / "actors.parquet"
        path.write_bytes(path.read_bytes()[:-9])
    else:
        text = paths.descriptor.read_text("utf-8")
        paths.descriptor.write_text(text.replace("data/tables/actors.parquet", "../../actors.parquet"), "utf-8")


HARM = ("no descriptor", "a list", "binary", "no table", "a file is gone", "cut short", "leads out")


@pytest.mark.parametrize("how", HARM)
def test_what_cannot_be_compared_is_named(good_package: Paths, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    damaged(good_package, how)
    assert main(["diff", str(good_package.root), str(good_package.root)]) == 1
    told = capsys.readouterr().err
    assert "datapackage.json" in told and "(expected a package that holds each table as CSV and as Parquet)" in told


def test_changes_make_the_next_package(
    good_package: Paths, later: Paths, schemas: dict[str, Schema], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import pyarrow.parquet as pq

    states = []
    for paths in (good_package, later):
        rows = {name: pq.read_table(paths.tables / f"{name}.parquet") for name in schemas if name != CHANGES}
        states.append(snapshot(rows, schemas))
    steps = changes(*states)
    write_csv(steps, tmp_path / "changes.csv")
    write_parquet(steps, tmp_path / "changes.parquet")
    # What a run that was killed left does not stand in the way.
    (tmp_path / ".made.draft" / "data").mkdir(parents=True)
    assert main(["apply", str(tmp_path / "changes.csv"), str(good_package.root), "--out", str(tmp_path / "made")]) == 0
    assert f"casualty_estimates     {states[1].logical_hashes()['casualty_estimates']}" in capsys.readouterr().out
    assert main(["diff", str(tmp_path / "made"), str(later.root)]) == 0
    assert "title of the package" not in capsys.readouterr().out
    assert main(["apply", str(tmp_path / "changes.parquet"), str(good_package.root), "--out", str(tmp_path / "made")]) == 2
    assert "is there already" in capsys.readouterr().err
    assert main(["apply", str(tmp_path / "changes.csv"), str(later.root), "--out", str(tmp_path / "other")]) == 1
    assert "is not what the changes begin with" in capsys.readouterr().err
    assert not (tmp_path / "other").exists() and not (tmp_path / ".other.draft").exists()


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"a,b\n1,2\n", "change_number\nx\n".encode("utf-16")])
def test_what_holds_no_changes_is_refused(good_package: Paths, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("changes.csv", "changes.parquet"):
        (tmp_path / name).write_bytes(content)
        assert main(["apply", str(tmp_path / name), str(good_package.root), "--out", str(tmp_path / "made")]) == 1
        assert "holds no changes" in capsys.readouterr().err
        assert not (tmp_path / "made").exists()
