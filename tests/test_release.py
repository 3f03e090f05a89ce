"""A release from a repository, and what follows it: corrections, retractions, edits, growth, and everything that is refused."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from repository import RIVER, small_repository

from pipelines import package
from pipelines.__main__ import main
from pipelines.changes import apply
from pipelines.engines import extraction
from pipelines.history import read_changes, read_history
from pipelines.paths import Paths
from pipelines.snapshot import Snapshot

# What is expected of a package is no matter of this; the README's commands and test_command.py are judged.
pytestmark = pytest.mark.usefixtures("without_expectations")

DAY = "2031-01-01"
Run = Callable[..., int]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with its first release."""
    paths = small_repository(tmp_path_factory.mktemp("first") / "repository")
    assert main(["release", "--root", str(paths.root), "--date", DAY, "--quiet"]) == 0
    return paths.root


@pytest.fixture
def paths(first: Path, tmp_path: Path) -> Paths:
    """A copy of it."""
    return Paths(shutil.copytree(first, tmp_path / "repository", symlinks=True))


@pytest.fixture
def release(paths: Paths) -> Run:
    return lambda *more: main(["release", "--root", str(paths.root), "--date", "2031-02-02", *more])


@pytest.fixture
def build(paths: Paths) -> Run:
    return lambda: main(["build", "--root", str(paths.root)])


def tree(root: Path) -> dict[str, str]:
    """The hash of each file that a release may touch; scratch and databases apart."""
    apart = (".factpack", "build")
    found = (p for p in sorted(root.rglob("*")) if p.is_file() and p.suffix not in (".duckdb", ".sha256"))
    kept = [p.relative_to(root) for p in found if p.relative_to(root).parts[0] not in apart]
    return {path.as_posix(): hashlib.sha256((root / path).read_bytes()).hexdigest() for path in kept}


def ask(paths: Paths, sql: str, version: str | None = None) -> list[tuple[object, ...]]:
    """The answer of the built database, or of that of a release."""
    path = paths.database if version is None else paths.dist / f"factpack-{version}.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def fact(paths: Paths, words: str) -> str:
    """The fact with these words."""
    return str(ask(paths, f"SELECT DISTINCT fact_id FROM evidence WHERE quote LIKE '%{words}%' AND column_name = 'count_stated'")[0][0])


def edit(paths: Paths, article: str, old: str, new: str) -> None:
    path = paths.articles / f"{article}.txt"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_first_release_holds_everything_that_a_stranger_needs(paths: Paths) -> None:
    folder = paths.dist / "factpack-0.1.0"
    for file in (
        *("datapackage.json", "croissant.json", "schema-org.json", "CITATION.cff", "CHANGELOG.md", "LICENSE", "LICENSE-DATA"),
        *("report.html", "checksums.txt", "data/README.md", "data/verify.py", "data/verify.sql", "data/views.sql"),
        *("data/tables/changes.csv", "data/tables/changes.parquet", "data/tables/accuracy.csv", "schemas/evidence.json"),
    ):
        assert (folder / file).is_file(), file
    # The text without a licence is not passed on.
    assert [p.name for p in (folder / "data/articles").iterdir()] == ["river.txt"]
    assert (folder / "data/articles/river.txt").read_text("utf-8") == RIVER
    sums = dict(reversed(line.split("  ", 1)) for line in (folder / "checksums.txt").read_text("utf-8").splitlines())
    files = {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}
    assert {k: v for k, v in files.items() if k != "checksums.txt"} == sums
    with zipfile.ZipFile(paths.dist / "factpack-0.1.0.zip") as packed:
        assert {name.removeprefix("factpack-0.1.0/") for name in packed.namelist()} == set(files)
        assert all(packed.read(f"factpack-0.1.0/{name}") == (folder / name).read_bytes() for name in files)
    assert not any(path.name.startswith(".") for path in folder.rglob("*"))


def test_a_release_passes_its_checks_and_its_own_verifier(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    for place in ("factpack-0.1.0", "factpack-0.1.0.zip"):
        assert main(["check", str(paths.dist / place)]) == 0
        assert "1 articles that may not be passed on" in capsys.readouterr().err
    run = [sys.executable, "data/verify.py"]
    for texts, told in (((), "NOT CHECKED"), (("--texts", str(paths.articles)), "no fault")):
        done = subprocess.run([*run, *texts], cwd=paths.dist / "factpack-0.1.0", capture_output=True, text=True, check=False)
        assert done.returncode == 0 and told in done.stdout


def test_a_database_that_is_not_its_files_is_not_released(paths: Paths, release: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    written = package.write_database

    def wrong(path: Path, *rest: object) -> bool:
        good = written(path, *rest)  # type: ignore[arg-type]
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE vague_numbers SET count_low = 25 WHERE words = 'dozens'")
        return good

    monkeypatch.setattr(package, "write_database", wrong)
    edit(paths, "wire", "it said.", "it said. The army declined to comment.")
    before = tree(paths.root)
    assert release() == 2
    assert tree(paths.root) == before


def test_building_after_a_release_changes_nothing(paths: Paths, build: Run) -> None:
    before = tree(paths.root)
    assert build() == 0
    assert tree(paths.root) == before
    assert json.loads(paths.descriptor.read_text("utf-8"))["version"] == "0.1.0"


def test_the_archive_is_the_same_to_the_byte_each_time(paths: Paths, release: Run, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(paths.root)
    shutil.rmtree(paths.dist)
    assert release() == 0
    assert "nothing changed since 0.1.0" in capsys.readouterr().out
    assert tree(paths.root) == before


def test_another_machine_gives_the_same_release(first: Path, tmp_path: Path) -> None:
    other = small_repository(tmp_path / "elsewhere" / "repository")
    assert main(["release", "--root", str(other.root), "--date", DAY, "--quiet"]) == 0
    assert tree(other.root) == tree(first)


def test_a_correction_is_a_patch_with_its_reason(paths: Paths, release: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    identifier = fact(paths, "40 Russian")
    review = f"- correct: {identifier}\n  column: victims_kind\n  value: mixed\n  reason: militia were among them\n"
    paths.reviews.mkdir()
    (paths.reviews / "river.yaml").write_text(review, "utf-8")
    assert release("--note", "One correction.") == 0
    told = capsys.readouterr().out
    assert "## 0.1.1 (2031-02-02)" in told and "One correction." in told and "PATCH step from 0.1.0" in told
    correction = f"`casualty_estimates` {identifier} `victims_kind`: military → mixed (victims_kind: militia were among them)"
    assert correction in told and correction in paths.changelog.read_text("utf-8")
    assert ask(paths, f"SELECT status, first_release, last_release FROM ledger WHERE fact_id = '{identifier}'") == [
        ("corrected", "0.1.0", None)
    ]
    # What was published before is still there to be asked for.
    for version, kind in (("0.1.0", "military"), ("0.1.1", "mixed")):
        past = f"as_of_release('{version}', table_name := 'casualty_estimates')"
        assert ask(paths, f"SELECT victims_kind FROM {past} WHERE fact_id = '{identifier}'", "0.1.1") == [(kind,)]
    assert ask(paths, "SELECT version FROM releases") == [("0.1.0",), ("0.1.1",)]
    # The changes that it ships with make it out of the one before.
    folders = [str(paths.dist / f"factpack-{version}") for version in ("0.1.0", "0.1.1")]
    assert main(["apply", f"{folders[1]}/data/tables/changes.csv", folders[0], "--out", str(tmp_path / "applied")]) == 0
    assert main(["diff", str(tmp_path / "applied"), folders[1]]) == 0
    assert "hold the same" in capsys.readouterr().out
    assert main(["apply", f"{folders[1]}/data/tables/changes.csv", folders[1], "--out", str(tmp_path / "again")]) == 1
    assert not (tmp_path / "again").exists()


def test_each_release_is_what_its_changes_make_of_the_one_before(paths: Paths, release: Run) -> None:
    edit(paths, "wire", "at least 55", "at least 57")
    assert release("--quiet") == 0
    main(["retract", fact(paths, "57 Russian"), "--reason", "a slip", "--root", str(paths.root)])
    assert release("--quiet", "--version", "2.0.0") == 0
    state = Snapshot()
    for version in ("0.1.0", "0.2.0", "2.0.0"):
        archived = paths.dist / f"factpack-{version}"
        state = apply(read_changes(archived / "data/tables/changes.parquet"), state)
        declared = {r["name"]: r for r in json.loads((archived / "datapackage.json").read_text("utf-8"))["resources"]}
        for table, logical in state.logical_hashes().items():
            assert declared[table]["x-logical-hash"] == logical
            kept = ask(paths, f"SELECT count(*) FROM as_of_release('{version}', table_name := '{table}')", "2.0.0")
            assert kept == [(state.tables[table].num_rows,)]
        # known_on of a past release, from the newest database.
        then = ask(paths, "SELECT fact_id FROM known_on(DATE '2025-03-05') ORDER BY 1", version)
        now = f"SELECT fact_id FROM as_of_release('{version}') WHERE dated_on <= DATE '2025-03-05' ORDER BY 1"
        assert ask(paths, now, "2.0.0") == then


def test_a_retracted_fact_leaves_its_table_and_stays_in_the_ledger(paths: Paths, release: Run, capsys: pytest.CaptureFixture[str]) -> None:
    identifier = fact(paths, "55 Russian")
    assert main(["retract", identifier, "--reason", "counts vehicles: “all of them”", "--root", str(paths.root)]) == 0
    assert release() == 0
    told = capsys.readouterr().out
    assert f"{identifier} is retracted: counts vehicles: “all of them”" in told
    assert ask(paths, f"SELECT count(*) FROM casualty_estimates WHERE fact_id = '{identifier}'") == [(0,)]
    life = ask(paths, f"SELECT status, reason, first_release, last_release FROM ledger WHERE fact_id = '{identifier}'")
    assert life == [("retracted", "counts vehicles: “all of them”", "0.1.0", "0.1.0")]
    assert main(["retract", identifier, "--reason", "again", "--root", str(paths.root)]) == 2


def test_a_fact_can_be_merged_into_another(paths: Paths, release: Run) -> None:
    one, other = fact(paths, "55 Russian"), fact(paths, "40 Russian")
    assert main(["retract", one, "--into", other, "--reason", "the same attack", "--root", str(paths.root)]) == 0
    assert release("--quiet") == 0
    assert ask(paths, f"SELECT status, merged_into, last_release FROM ledger WHERE fact_id = '{one}'") == [("retracted", other, "0.1.0")]


def test_an_edited_article_makes_its_lost_facts_stale(paths: Paths, build: Run, release: Run, capsys: pytest.CaptureFixture[str]) -> None:
    identifier, kept = fact(paths, "55 Russian"), ask(paths, "SELECT fact_id FROM casualty_estimates WHERE outcome = 'wounded'")
    edit(paths, "wire", "at least 55 Russian soldiers were killed", "Russian soldiers were killed")
    assert build() == 0
    assert f"to be reviewed or retracted (1): {identifier}" in capsys.readouterr().out
    assert release("--quiet") == 0
    life = f"SELECT status, first_release, last_release FROM ledger WHERE fact_id = '{identifier}'"
    assert ask(paths, life) == [("stale", "0.1.0", "0.1.0")]
    # What the edit left alone is the same fact as before.
    assert ask(paths, "SELECT fact_id FROM casualty_estimates WHERE outcome = 'wounded'") == kept
    edit(paths, "wire", "Russian soldiers were killed", "at least 55 Russian soldiers were killed")
    assert release("--quiet") == 0
    assert ask(paths, life) == [("candidate", "0.1.0", None)]


def test_an_article_that_is_gone_without_a_word_fails_the_build(paths: Paths, build: Run, capsys: pytest.CaptureFixture[str]) -> None:
    identifier = fact(paths, "55 Russian")
    (paths.articles / "wire.txt").unlink()
    before = tree(paths.root)
    assert build() == 1
    told = capsys.readouterr().err
    assert "vanished" in told and identifier in told
    assert tree(paths.root) == before


@pytest.mark.parametrize("text_goes_too", [False, True])
def test_a_withdrawn_article_retracts_its_facts(paths: Paths, release: Run, text_goes_too: bool) -> None:
    assert main(["retract", "--article", "wire", "--reason", "the agency took it back", "--root", str(paths.root)]) == 0
    if text_goes_too:
        (paths.articles / "wire.txt").unlink()
    assert release("--quiet") == 0
    lives = ask(paths, "SELECT DISTINCT status, reason, last_release FROM ledger WHERE article_id = 'wire'")
    assert lives == [("retracted", "the article was withdrawn: the agency took it back", "0.1.0")]
    assert ask(paths, "SELECT withdrawn FROM articles ORDER BY article_id") == [(None,), ("the agency took it back",)]
    assert main(["check", str(paths.dist / "factpack-0.1.1"), "--quiet"]) == 0
    sources = json.loads(paths.descriptor.read_text("utf-8"))["sources"]
    assert [source["x-article-id"] for source in sources] == ["river"]


def test_the_text_of_a_withdrawn_article_is_not_passed_on(paths: Paths, release: Run) -> None:
    edit(paths, "wire", "language: en", "language: en\nlicence: CC0-1.0")
    assert release("--quiet") == 0
    texts = paths.dist / f"factpack-{read_history(paths.releases).version}" / "data/articles"
    assert sorted(p.name for p in texts.iterdir()) == ["river.txt", "wire.txt"]
    assert main(["retract", "--article", "wire", "--reason", "taken back", "--root", str(paths.root)]) == 0
    assert release("--quiet") == 0
    texts = paths.dist / f"factpack-{read_history(paths.releases).version}" / "data/articles"
    assert [p.name for p in texts.iterdir()] == ["river.txt"]


def test_a_fact_that_the_grammar_lost_fails_until_it_is_accepted(
    paths: Paths, build: Run, release: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    identifier = fact(paths, "55 Russian")
    extract = extraction.extract

    def worse(*arguments: object) -> list[object]:
        return [f for f in extract(*arguments) if f.values.get("count_stated") != 55]  # type: ignore[arg-type]

    monkeypatch.setattr(extraction, "extract", worse)
    shutil.rmtree(paths.kept)  # as with any change of the grammar
    assert build() == 1
    assert f"{identifier}" in capsys.readouterr().err
    extractor = ask(paths, f"SELECT extractor FROM ledger WHERE fact_id = '{identifier}'")[0][0]
    entry = f"- {{accept: vanished, table: casualty_estimates, extractor: {extractor}, reason: counted vehicles}}\n"
    paths.continuity.write_text(entry, "utf-8")
    assert release("--quiet") == 0
    assert ask(paths, f"SELECT status, reason FROM ledger WHERE fact_id = '{identifier}'") == [("retracted", "counted vehicles")]
    # The entry may stay until something else changes; then it accepts nothing any more.
    assert build() == 0
    edit(paths, "wire", "it said.", "it said. The army declined to comment.")
    assert build() == 1
    assert "accepts what is no break" in capsys.readouterr().err


def test_a_smaller_step_is_refused_and_a_greater_one_is_taken(paths: Paths, release: Run, capsys: pytest.CaptureFixture[str]) -> None:
    edit(paths, "wire", "it said.", "it said. The army declined to comment.")
    before = tree(paths.root)
    assert release("--version", "0.1.1") == 2
    told = capsys.readouterr().err
    assert "too small a step (expected 0.2.0 or more: 1 row added to statements)" in told
    assert tree(paths.root) == before
    assert release("--version", "1.0.0", "--quiet") == 0
    assert read_history(paths.releases).version == "1.0.0"


def test_a_dry_run_tells_all_and_writes_nothing(paths: Paths, release: Run, capsys: pytest.CaptureFixture[str]) -> None:
    edit(paths, "wire", "it said.", "it said. The army declined to comment.")
    before = tree(paths.root)
    assert release("--dry-run") == 0
    told = capsys.readouterr().out
    assert "## 0.2.0 (2031-02-02)" in told and "1 row added to statements" in told and "nothing was written" in told
    assert tree(paths.root) == before
    assert release("--dry-run", "--log", "json") == 0
    *stages, done = map(json.loads, capsys.readouterr().err.splitlines())
    assert {"reading 2 articles", "writing tables", "writing the archive"} <= {
        event["name"] for event in stages if event["event"] == "stage"
    }
    assert (done["event"], done["version"], done["new"], done["dry_run"], done["step"]) == ("done", "0.2.0", True, True, "minor")
    assert any("1 row added to statements" in reason for reason in done["reasons"])
    assert tree(paths.root) == before


def test_a_looser_rule_is_a_minor_step(paths: Paths, release: Run) -> None:
    path = paths.schemas / "deployments.json"
    schema = json.loads(path.read_text("utf-8"))
    schema["fields"][0]["title"] = "The fact"
    path.write_text(json.dumps(schema), "utf-8")
    assert release("--quiet") == 0
    assert read_history(paths.releases).releases[-1].step == "patch"
    kind = next(f for f in schema["fields"] if f["name"] == "personnel_kind")
    kind["constraints"]["enum"].append("miners")
    path.write_text(json.dumps(schema), "utf-8")
    assert release("--quiet") == 0
    last = read_history(paths.releases).releases[-1]
    assert (last.version, last.step, last.reasons[0]) == ("0.2.0", "minor", "enum of deployments.personnel_kind is looser")


def test_a_harder_rule_of_the_table_of_changes_is_a_major_step(paths: Paths, release: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Its rows are not compared, but who reads it depends on its columns as on any."""
    path = paths.schemas / "changes.json"
    schema = json.loads(path.read_text("utf-8"))
    next(f for f in schema["fields"] if f["name"] == "reason")["constraints"] = {"pattern": "[A-Za-z][A-Za-z0-9 ,.;:()-]*"}
    path.write_text(json.dumps(schema), "utf-8")
    assert release("--dry-run") == 0
    assert "pattern of changes.reason is harder" in (told := capsys.readouterr().out) and "## 1.0.0" in told


def test_a_file_that_changed_beside_the_data_needs_a_release_of_its_own(
    paths: Paths, build: Run, release: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    (paths.root / "LICENSE-DATA").write_text("Other terms.\n", "utf-8")
    assert release() == 0
    assert "file LICENSE-DATA changed" in capsys.readouterr().out
    assert read_history(paths.releases).version == "0.1.1"
    assert (paths.dist / "factpack-0.1.0" / "LICENSE-DATA").read_text("utf-8") == "The LICENSE-DATA.\n"
    before = tree(paths.root)
    assert build() == 0 and release() == 0
    assert tree(paths.root) == before


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda p: (p / "0.1.0" / "release.json").unlink(), "cannot be read"),
        (lambda p: (p / "0.1.0" / "release.json").write_text("{}", "utf-8"), "cannot be read"),
        (lambda p: (p / "0.1.0" / "changes.csv").write_bytes(b"\xff\xfe"), "holds no changes"),
        (lambda p: (p / "0.1.0" / "changes.csv").unlink(), "not found"),
        (
            lambda p: (p / "0.1.0" / "changes.csv").write_text(_changed(p), "utf-8"),
            "another casualty_estimates than 0.1.0 was released with",
        ),
        (lambda p: (p / "0.1.0").rename(p / "0.3.0"), "is of version 0.1.0"),
        (lambda p: (p / "0.1.0").rename(p / "newest"), "is no version"),
    ],
)
def test_a_damaged_history_is_named_and_nothing_is_built(
    paths: Paths, build: Run, damage: Callable[[Path], object], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(paths.releases)
    assert build() == 1
    assert told in capsys.readouterr().err


def _changed(releases: Path) -> str:
    """The changes of the first release with one digit changed."""
    text = (releases / "0.1.0" / "changes.csv").read_text("utf-8")
    assert text.count('""count_stated"":""40""') == 1
    return text.replace('""count_stated"":""40""', '""count_stated"":""41""')


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["f0123456789abcdef", "--reason", "x"], 2, "no such fact"),
        (["--article", "nothing", "--reason", "x"], 2, "no such article"),
        (["--reason", "x"], 2, "expected either a FACT"),
        (["f0123456789abcdef", "--article", "wire", "--reason", "x"], 2, "expected either a FACT"),
        (["f0123456789abcdef", "--reason", " "], 2, "is empty"),
    ],
)
def test_what_cannot_be_retracted_is_refused(
    paths: Paths, arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["retract", *arguments, "--root", str(paths.root)]) == code
    assert told in capsys.readouterr().err
    assert not paths.reviews.exists()
