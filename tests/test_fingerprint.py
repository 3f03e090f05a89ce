"""A build runs when anything that it reads or writes has changed, says what, and otherwise leaves everything as it is."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from repository import small_repository

from pipelines import fingerprint
from pipelines.__main__ import main
from pipelines.build import build, why
from pipelines.errors import DataError
from pipelines.paths import Paths

MAX = 5_000_000


def made(paths: Paths, force: bool = False) -> bool:
    """Whether the build had something to do."""
    return build(paths, lambda _: None, MAX, force) is not None


def published(paths: Paths) -> dict[str, bytes]:
    """Every file that a build writes but the database, whose bytes are never the same."""
    beside = [paths.descriptor, paths.croissant, paths.schema_org, paths.citation, paths.zenodo, paths.dictionary, paths.views_sql]
    return {p.relative_to(paths.root).as_posix(): p.read_bytes() for p in [*sorted(paths.tables.iterdir()), *beside]}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    paths = small_repository(tmp_path_factory.mktemp("once") / "repository")
    assert made(paths)
    return paths.root


@pytest.fixture
def paths(once: Path, tmp_path: Path) -> Paths:
    # With the times of its files, as they were built.
    return Paths(shutil.copytree(once, tmp_path / "repository", symlinks=True))


def test_a_second_build_has_nothing_to_do(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    before, stamps = published(paths), {p: p.stat().st_mtime_ns for p in paths.root.rglob("*")}
    assert why(paths, MAX) == [] and not made(paths)
    assert main(["build", "--root", str(paths.root)]) == 0
    assert "there is nothing to do" in capsys.readouterr().out
    assert published(paths) == before
    assert {p: p.stat().st_mtime_ns for p in paths.root.rglob("*") if p in stamps and p.name != "lock"} == {
        p: t for p, t in stamps.items() if p.name != "lock"
    }


def append(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")


CHANGES: list[tuple[str, Callable[[Paths], object], str]] = [
    ("an article edited", lambda p: append(p.articles / "wire.txt", "\nIt rained."), "data/articles/wire.txt changed"),
    ("an article added", lambda p: append(p.articles / "more.txt", "It rained."), "data/articles/more.txt was added"),
    ("an article gone", lambda p: (p.articles / "wire.txt").unlink(), "data/articles/wire.txt is gone"),
    ("the lexicon", lambda p: append(p.lexicon / "topics.csv", "\n"), "data/lexicon/topics.csv changed"),
    ("a review", lambda p: append(p.reviews / "wire.yaml", "[]"), "data/reviews/wire.yaml was added"),
    ("a schema", lambda p: append(p.schemas / "actors.json", "\n"), "schemas/actors.json changed"),
    ("an expectation", lambda p: append(p.schemas / "expectations" / "actors.yaml", "\n"), "schemas/expectations/actors.yaml changed"),
    ("about.yaml", lambda p: append(p.about, "\n"), "about.yaml and continuity.yaml changed (data/about.yaml)"),
    ("continuity.yaml", lambda p: append(p.continuity, "[]"), "about.yaml and continuity.yaml changed (data/continuity.yaml)"),
    ("a gold article", lambda p: append(next((p.gold / "articles").iterdir()), " "), "gold articles changed (tests/gold/articles/"),
    ("a table changed", lambda p: append(p.tables / "actors.csv", "x"), "data/tables/actors.csv is not what the last build wrote"),
    ("a table gone", lambda p: (p.tables / "actors.csv").unlink(), "data/tables/actors.csv is missing"),
    ("a stray table", lambda p: append(p.tables / "stray.csv", "x"), "data/tables/stray.csv was not written by a build"),
    ("the database gone", lambda p: p.database.unlink(), "build/factpack.duckdb is missing"),
    ("nothing remembered", lambda p: (p.scratch / "built.json").unlink(), "nothing is known of an earlier build"),
    ("a memory cut short", lambda p: (p.scratch / "built.json").write_text('{"inputs"', "utf-8"), "nothing is known"),
    ("a memory of another kind", lambda p: (p.scratch / "built.json").write_text("[]", "utf-8"), "nothing is known"),
]


@pytest.mark.parametrize(("change", "told"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_what_changed_is_a_reason(paths: Paths, change: Callable[[Paths], object], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    change(paths)
    assert main(["build", "--explain", "--root", str(paths.root)]) == 0
    assert told in capsys.readouterr().out


def test_reasons_are_told_before_an_input_is_refused(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    append(paths.releases / "x", "")
    assert main(["build", "--explain", "--root", str(paths.root)]) == 1
    told = capsys.readouterr()
    assert told.out == "data/releases/x was added\n"
    assert "'x' is no version" in told.err


def test_the_program_its_libraries_and_options_are_reasons(paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert why(paths, MAX + 1) == ["options changed (max-bytes)"]
    version = fingerprint.metadata.version
    monkeypatch.setattr(fingerprint.metadata, "version", lambda name: "99" if name == "duckdb" else version(name))
    assert why(paths, MAX) == ["libraries changed (duckdb)"]
    monkeypatch.undo()
    program = shutil.copytree(fingerprint._PROGRAM, tmp_path / "program")
    append(program / "mentions" / "numbers.py", "\n")
    monkeypatch.setattr(fingerprint, "_PROGRAM", program)
    assert why(paths, MAX) == ["program changed (mentions/numbers.py)"]


def test_a_file_that_was_only_touched_is_no_reason(paths: Paths) -> None:
    for path in (paths.tables / "actors.csv", paths.articles / "wire.txt"):
        path.touch()
    assert why(paths, MAX) == []


def test_a_build_that_failed_is_tried_again(paths: Paths) -> None:
    wire = paths.articles / "wire.txt"
    text = wire.read_text("utf-8")
    append(
        paths.schemas / "expectations" / "articles.yaml",
        "- {expect: expect_column_values_to_not_be_null, column: url, minimum_rows: 1, reason: so}\n",
    )
    for _ in range(2):
        with pytest.raises(DataError):
            made(paths)
    assert wire.read_text("utf-8") == text and why(paths, MAX)


def test_what_a_killed_build_spilled_is_gone_when_there_is_nothing_to_do(paths: Paths) -> None:
    (paths.scratch / "spill" / "duckdb").mkdir(parents=True)
    assert not made(paths)
    assert not (paths.scratch / "spill").exists()


@pytest.mark.parametrize("seed", [2])
def test_after_any_edits_the_bytes_are_those_of_a_full_build(paths: Paths, seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    says = ["The army declined to comment.", "About 30 soldiers were killed near Kursk, the army said.", "It rained."]
    for n in range(3):
        what = rng.choice(["add", "edit", "nothing", "review"])
        if what == "add":
            append(paths.articles / f"more-{n}.txt", f" date 2025-03-0{n + 1} {rng.choice(says)}")
        elif what == "edit":
            append(rng.choice(sorted(paths.articles.iterdir())), f"\n{rng.choice(says)}")
        elif what == "review":
            paths.reviews.mkdir(exist_ok=True)
            (paths.reviews / "river.yaml").write_text(f"# seen {n} times\n- confirm: {_some_fact(paths)}\n", "utf-8")
        assert made(paths) == (what != "nothing")
    full = Paths(tmp_path / "full")
    for folder in ("data/articles", "data/lexicon", "data/reviews", "schemas", "tests/gold"):
        if (paths.root / folder).is_dir():
            shutil.copytree(paths.root / folder, full.root / folder)
    shutil.copy(paths.about, full.about)
    assert made(full)
    assert published(paths) == published(full)


def _some_fact(paths: Paths) -> str:
    import pyarrow.parquet as pq

    rows = pq.read_table(paths.tables / "ledger.parquet").to_pylist()
    return str(next(row["fact_id"] for row in rows if row["article_id"] == "river"))
