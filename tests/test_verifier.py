"""The verifier for strangers: good packages pass, every fault is named, and data/verify.sql says the same."""

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from small_package import ABOUT, HARBOUR, NOTE, as_given, good_tables, real_schemas

from pipelines.derive.casualties import DISCREPANCIES
from pipelines.derive.verification import verification_sql
from pipelines.package import stage, write_csv
from pipelines.paths import REPOSITORY, Paths
from pipelines.schema import CrossCheck, Schema, load_schemas
from pipelines.verifier import SOURCE, verify

TABLES = good_tables(real_schemas())
Place = tuple[str, int | None, str | None, str]
Tables = dict[str, pa.Table]
LINE = re.compile(r"(\S+?)(?: row (\d+))?(?: ([a-z_0-9\[\]]+))?: ([^:]+): ")


def run(capsys: pytest.CaptureFixture[str], root: Path, *more: str) -> tuple[int, set[Place], str]:
    """(exit code, where the faults are, what was printed)."""
    code = verify.main([str(root), *more])
    told = capsys.readouterr().out
    found = set()
    for line in told.splitlines():
        if not line.startswith(("verify: ", "NOT CHECKED: ")):
            place = LINE.match(line)
            assert place, line
            found.add((place[1], int(place[2]) if place[2] else None, place[3], place[4]))
    assert code == (1 if found else 0), told
    return code, found, told


def with_texts(root: Path) -> Path:
    folder = root / "articles"
    folder.mkdir()
    for article in (HARBOUR, NOTE):
        (folder / f"{article.article_id}.txt").write_text(article.text, encoding="utf-8", newline="")
    return root


def staged(tables: Tables, folder: Path, monkeypatch: pytest.MonkeyPatch, schemas: dict[str, Schema] | None = None) -> Path:
    """A package of these rows, with hashes that are right; its database is not looked at here."""
    monkeypatch.setattr("pipelines.package.write_database", lambda *_: True)
    return stage(tables, schemas or real_schemas(), ABOUT, Paths(folder))


def only(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judges the rules of one table: those of the others are tested elsewhere, and take their time."""
    every = verify.relational
    monkeypatch.setattr(verify, "relational", lambda tables: [check for check in every(tables) if check.table == table])


def by_sql(root: Path, monkeypatch: pytest.MonkeyPatch) -> set[Place]:
    """Where data/verify.sql finds faults."""
    monkeypatch.chdir(root)
    with duckdb.connect() as connection:
        rows = connection.execute((root / "data" / "verify.sql").read_text("utf-8")).fetchall()
    return {(row[0], row[1], row[2], row[3]) for row in rows}


def row_of(table: str, **values: object) -> int:
    rows = TABLES[table].to_pylist()
    return next(n for n, row in enumerate(rows, start=1) if all(row[column] == value for column, value in values.items()))


def changed(table: str, row: int, **changes: object) -> Tables:
    content = TABLES[table].to_pylist()
    content[row - 1] |= changes
    return TABLES | {table: as_given(real_schemas()[table], content)}


def without(table: str, **values: object) -> Tables:
    kept = [row for row in TABLES[table].to_pylist() if not all(row[column] == value for column, value in values.items())]
    return TABLES | {table: as_given(real_schemas()[table], kept)}


@pytest.fixture
def package(tmp_path: Path, staged_once: Path) -> Path:
    return shutil.copytree(staged_once, tmp_path / "package")


# --- good packages ----------------------------------------------------------------------------------------------------


def test_it_needs_nothing_but_python_and_duckdb() -> None:
    names = set()
    for node in ast.walk(ast.parse(SOURCE.read_text("utf-8"), feature_version=(3, 9))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add((node.module or "").partition(".")[0])
    assert names - set(sys.stdlib_module_names) == {"duckdb"}


def test_a_good_package_with_its_texts_passes(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found, told = run(capsys, with_texts(package))
    assert (code, found) == (0, set())
    assert "no fault" in told and "NOT CHECKED" not in told
    assert all(int(n) > 0 for n in re.findall(r"[a-z ]+ (\d+)[,)]", told))
    assert "spans" in told


def test_without_texts_it_says_so(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, told = run(capsys, package)
    assert code == 0
    assert "NOT CHECKED: the texts of 2 of 2 articles are not in articles/" in told


def test_the_copy_in_the_package_runs_alone(package: Path) -> None:
    texts = with_texts(package).rename(package.parent / "moved") / "articles"
    root = texts.parent
    texts.rename(root.parent / "texts")
    command = [sys.executable, "-I", str(root / "data" / "verify.py"), "--texts", str(root.parent / "texts")]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "texts 2" in done.stdout
    (root / "data" / "tables" / "ledger.csv").unlink()
    again = subprocess.run([*command, str(root / "datapackage.json")], cwd="/", capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr) == (1, "")
    assert "ledger: file: is missing" in again.stdout


def test_the_package_of_the_repository_passes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, found, told = run(capsys, REPOSITORY.root)
    assert (code, found) == (0, set()), told
    assert "NOT CHECKED" not in told
    assert by_sql(REPOSITORY.root, monkeypatch) == set()


def test_what_the_repository_publishes_is_what_its_sources_say(schemas: dict[str, Schema]) -> None:
    assert REPOSITORY.verifier.read_bytes() == SOURCE.read_bytes(), "run 'factpack build'"
    places = {table: [f"data/tables/{table}.parquet"] for table in schemas}
    assert REPOSITORY.verification_sql.read_text("utf-8") == verification_sql(schemas, places), "run 'factpack build'"


def test_contradictions_are_derived_by_the_published_query() -> None:
    assert verify.DISCREPANCIES == DISCREPANCIES


def test_the_sql_runs_in_the_duckdb_shell(package: Path) -> None:
    shell = Path(sys.executable).parent / "duckdb"
    if not shell.is_file():
        pytest.skip("the duckdb shell is not here: make .venv/.ready installs it")

    def ask() -> list[dict[str, Any]]:
        with (package / "data" / "verify.sql").open() as script:
            done = subprocess.run([str(shell), "-json"], stdin=script, cwd=package, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return [row for row in json.loads(done.stdout or "[]") if row]

    assert ask() == []
    schema = real_schemas()["ledger"]
    rows = as_given(schema, [*TABLES["ledger"].to_pylist(), TABLES["ledger"].to_pylist()[0]])
    pq.write_table(rows, package / "data" / "tables" / "ledger.parquet")
    assert {(row["table_name"], row["row_number"], row["rule"]) for row in ask()} == {
        ("ledger", 1, "primaryKey"),
        ("ledger", 8, "primaryKey"),
    }


@pytest.mark.parametrize("arguments", [["/nowhere"], ["--texts", "/nowhere"], ["{here}/data"], ["{here}/data/README.md"]])
def test_wrong_use_is_exit_code_2(package: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main([a.replace("{here}", str(package)) for a in arguments]) == 2
    assert "expected" in capsys.readouterr().err


# --- rows that are wrong in both files, with hashes that are right ----------------------------------------------------

EXACT = row_of("casualty_estimates", qualifier="exact")
ABOUT_600 = row_of("casualty_estimates", qualifier="about")
QUOTED = row_of("evidence", column_name="claimant_text", quote="Ministry of Defence")
WITHHELD = row_of("evidence", article_id="note-1")
FACT = TABLES["casualty_estimates"].to_pylist()[EXACT - 1]["fact_id"]
LIFE = row_of("ledger", fact_id=FACT)
ALL_COUNTS = ("count_low", "count_best", "count_high", "count_stated")
RELATIONAL: list[tuple[str, Tables, Place]] = [
    ("low over high", changed("casualty_estimates", EXACT, count_low=13), ("casualty_estimates", EXACT, None, "rowCheck 2")),
    (
        "number changed",
        changed("casualty_estimates", EXACT, **dict.fromkeys(ALL_COUNTS, 21)),
        ("casualty_estimates", EXACT, "count_stated", "digits"),
    ),
    (
        "number and hedge disagree",
        changed("casualty_estimates", ABOUT_600, count_stated=601),
        ("casualty_estimates", ABOUT_600, None, "rowCheck 5"),
    ),
    ("derived number stale", changed("casualty_estimates", ABOUT_600, count_stated=601), ("discrepancies", 1, "larger_stated", "derived")),
    ("contradiction left out", TABLES | {"discrepancies": TABLES["discrepancies"].slice(0, 0)}, ("discrepancies", None, None, "derived")),
    ("contradiction invented", changed("discrepancies", 1, larger_fact_id=FACT), ("discrepancies", 1, "smaller_fact_id", "derived")),
    ("unknown word", changed("casualty_estimates", EXACT, outcome="slain"), ("casualty_estimates", EXACT, "outcome", "enum")),
    ("null where a value must be", changed("casualty_estimates", EXACT, stance=None), ("casualty_estimates", EXACT, "stance", "required")),
    ("malformed identifier", changed("ledger", LIFE, extractor="grammar"), ("ledger", LIFE, "extractor", "pattern")),
    ("pattern only inside", changed("ledger", LIFE, extractor="x human"), ("ledger", LIFE, "extractor", "pattern")),
    ("below the minimum", changed("deployments", 1, waves=0), ("deployments", 1, "waves", "minimum")),
    ("over the maximum", changed("accuracy", 1, recall=2), ("accuracy", 1, "recall", "maximum")),
    (
        "key doubled",
        TABLES | {"actors": pa.concat_tables([TABLES["actors"], TABLES["actors"].slice(0, 1)])},
        ("actors", 1, "actor_id", "primaryKey"),
    ),
    (
        "actor unknown",
        changed("casualty_estimates", EXACT, claimant_id="nobody"),
        ("casualty_estimates", EXACT, "claimant_id", "foreignKey"),
    ),
    (
        "circle",
        changed("actors", row_of("actors", actor_id="northland"), part_of_actor_id="A.navy"),
        ("actors", 1, "part_of_actor_id", "circle"),
    ),
    ("empty table", TABLES | {"articles": TABLES["articles"].slice(0, 0)}, ("articles", None, None, "x-minimum-rows")),
    ("value without words", without("evidence", fact_id=FACT, column_name="outcome"), ("casualty_estimates", EXACT, "outcome", "evidence")),
    (
        "value is not its words",
        changed("casualty_estimates", EXACT, claimant_text="The Ministry"),
        ("casualty_estimates", EXACT, "claimant_text", "verbatim"),
    ),
    (
        "value over the quote limit",
        changed("casualty_estimates", row_of("casualty_estimates", qualifier="vague"), victims_text="fishermen"),
        ("casualty_estimates", row_of("casualty_estimates", qualifier="vague"), "victims_text", "quote limit"),
    ),
    ("evidence of no fact", changed("evidence", QUOTED, fact_id="f" + "0" * 16), ("evidence", QUOTED, "fact_id", "supports")),
    ("evidence of no table", changed("evidence", QUOTED, table_name="claims"), ("evidence", QUOTED, "table_name", "supports")),
    ("evidence of no column", changed("evidence", QUOTED, column_name="claimant"), ("evidence", QUOTED, "column_name", "supports")),
    ("evidence of a null", changed("evidence", QUOTED, column_name="place_text"), ("evidence", QUOTED, "column_name", "supports")),
    ("evidence of another article", changed("evidence", QUOTED, article_id="note-1"), ("evidence", QUOTED, "article_id", "supports")),
    ("evidence of no ordinal", changed("evidence", QUOTED, ordinal=1), ("evidence", QUOTED, "fact_id", "supports")),
    ("evidence of an unknown article", changed("evidence", QUOTED, article_id="lost"), ("evidence", QUOTED, "article_id", "foreignKey")),
    ("quote changed", changed("evidence", QUOTED, quote="Ministry of Defense"), ("evidence", QUOTED, "quote_sha256", "hash")),
    ("hash of the quote changed", changed("evidence", QUOTED, quote_sha256="0" * 64), ("evidence", QUOTED, "quote_sha256", "hash")),
    ("span moved", changed("evidence", QUOTED, char_start=5, char_end=24), ("evidence", QUOTED, "evidence_id", "evidence_id")),
    ("span longer than its quote", changed("evidence", QUOTED, char_end=9000), ("evidence", QUOTED, None, "rowCheck 2")),
    ("too much quoted", changed("evidence", WITHHELD, quote="Dozens of fishermen"), ("evidence", WITHHELD, "quote", "quote limit")),
    ("too little quoted", changed("evidence", QUOTED, quote=None, prefix=None, suffix=None), ("evidence", QUOTED, "quote", "withheld")),
    ("fact without a life", without("ledger", fact_id=FACT), ("casualty_estimates", EXACT, "fact_id", "ledger")),
    ("life tells another status", changed("ledger", LIFE, status="confirmed"), ("casualty_estimates", EXACT, "review_status", "ledger")),
    ("life tells another article", changed("ledger", LIFE, article_id="note-1"), ("casualty_estimates", EXACT, "article_id", "ledger")),
    (
        "life without a fact",
        without("statements", kind="quote"),
        ("ledger", row_of("ledger", table_name="statements"), "fact_id", "ledger"),
    ),
    ("retracted without a reason", changed("ledger", LIFE, status="retracted"), ("ledger", LIFE, None, "rowCheck 2")),
]


def batches() -> list[list[tuple[str, Tables, Place]]]:
    """The faults in as few packages as can be: none has two in one table, and one that empties a table stands alone."""
    made: list[tuple[set[str], list[tuple[str, Tables, Place]]]] = []
    for case in RELATIONAL:
        touched = {table for table, rows in case[1].items() if rows is not TABLES[table]}
        if any(case[1][table].num_rows == 0 for table in touched):
            touched = set(TABLES)
        home = next((batch for batch in made if not batch[0] & touched), None)
        if home is None:
            made.append((touched, [case]))
        else:
            home[0].update(touched)
            home[1].append(case)
    return [cases for _, cases in made]


@pytest.mark.parametrize("cases", batches(), ids=lambda cases: ", ".join(case[0] for case in cases))
def test_rows_that_are_wrong(
    cases: list[tuple[str, Tables, Place]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = dict(TABLES)
    for _, faulted, _ in cases:
        tables |= {table: rows for table, rows in faulted.items() if rows is not TABLES[table]}
    root = staged(tables, tmp_path, monkeypatch)
    _, found, told = run(capsys, root)
    assert [name for name, _, place in cases if place not in found] == [], told
    assert by_sql(root, monkeypatch) == found


def test_rules_across_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(REPOSITORY.schemas, tmp_path / "schemas")
    raw = json.loads((folder / "casualty_estimates.json").read_text("utf-8"))
    later = "EXISTS (SELECT 1 FROM articles AS a WHERE a.article_id = t.article_id AND t.reported_on > a.published_on)"
    raw["crossChecks"] = [{"sql": f"NOT {later}", "message": "is reported before it is published", "column": "reported_on"}]
    (folder / "casualty_estimates.json").write_text(json.dumps(raw), encoding="utf-8")
    schemas = load_schemas(folder)
    assert schemas["casualty_estimates"].cross_checks == (CrossCheck(f"NOT {later}", "is reported before it is published", "reported_on"),)
    _, found, _ = run(capsys, staged(TABLES, tmp_path / "good", monkeypatch, schemas))
    assert found == set()
    tables = changed("casualty_estimates", EXACT, reported_on=date(2031, 3, 5))
    root = staged(tables, tmp_path / "bad", monkeypatch, schemas)
    _, found, _ = run(capsys, root)
    assert found == {("casualty_estimates", EXACT, "reported_on", "crossCheck 1")} == by_sql(root, monkeypatch)


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"char_start": 5, "char_end": 24}, "quote", "slice"),
        ({"prefix": "A "}, "prefix", "slice"),
        ({"suffix": None}, "suffix", "slice"),
        ({"char_end": 9999}, "char_end", "span"),
        ({"quote": "Ministry of Defense", "quote_sha256": hashlib.sha256(b"Ministry of Defense").hexdigest()}, "quote", "slice"),
        ({"quote_sha256": "0" * 64}, "quote_sha256", "hash"),
    ],
)
def test_spans_that_are_wrong(
    change: dict[str, object], column: str, rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only("evidence", monkeypatch)
    _, found, told = run(capsys, with_texts(staged(changed("evidence", QUOTED, **change), tmp_path, monkeypatch)))
    assert ("evidence", QUOTED, column, rule) in found, told


@pytest.mark.parametrize(("content", "column"), [(b"Another text.", "text_sha256"), (b"\xff\xfe", "article_id"), (b"", "text_chars")])
def test_texts_that_are_wrong(
    content: bytes, column: str, package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only("articles", monkeypatch)
    (with_texts(package) / "articles" / "note-1.txt").write_bytes(content)
    _, found, _ = run(capsys, package)
    assert ("articles", 2, column, "text") in found


# --- files that are wrong ---------------------------------------------------------------------------------------------


def edit(root: Path, change: Callable[[dict[str, Any]], object], resource: str | None = None) -> None:
    """Changes the descriptor, or one of its resources."""
    raw = json.loads((root / "datapackage.json").read_text("utf-8"))
    change(raw if resource is None else next(r for r in raw["resources"] if r["name"] == resource))
    (root / "datapackage.json").write_text(json.dumps(raw), encoding="utf-8")


def rehash(root: Path) -> None:
    """Makes the hashes and sizes of the descriptor those of the files."""

    def true(raw: dict[str, Any]) -> None:
        for resource in raw["resources"]:
            content = (root / resource["path"]).read_bytes()
            resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
            if "bytes" in resource:
                resource["bytes"] = len(content)

    edit(root, true)


def csv_text(root: Path, table: str, change: Callable[[str], str], honest: bool = True) -> None:
    path = root / "data" / "tables" / f"{table}.csv"
    path.write_text(change(path.read_text("utf-8")), encoding="utf-8", newline="")
    if honest:
        rehash(root)


def parquet(root: Path, table: str, change: Callable[[pa.Table], pa.Table], csv: bool = True) -> None:
    """Rewrites a table, by default in both files, and hashes them."""
    rows = change(pq.read_table(root / "data" / "tables" / f"{table}.parquet"))
    pq.write_table(rows, root / "data" / "tables" / f"{table}.parquet")
    if csv:
        write_csv(rows, root / "data" / "tables" / f"{table}.csv")
    rehash(root)


def raw_bytes(root: Path, file: str, change: Callable[[bytes], bytes]) -> None:
    path = root / file
    path.write_bytes(change(path.read_bytes()))


VAGUE, TABLE = "vague_numbers", "data/tables/vague_numbers"
Edit = Callable[[Path], object]
FILES: list[tuple[str, Edit, Place]] = [
    ("digit in the CSV only", lambda r: csv_text(r, VAGUE, lambda t: t.replace("24", "25")), (VAGUE, 1, "count_low", "csv")),
    ("digit in the CSV, hash stale", lambda r: csv_text(r, VAGUE, lambda t: t.replace("24", "25"), False), (VAGUE, None, None, "hash")),
    ("number as a fraction", lambda r: csv_text(r, VAGUE, lambda t: t.replace("24", "24.2")), (VAGUE, 1, "count_low", "csv")),
    (
        "empty string for null",
        lambda r: csv_text(r, "conflicts", lambda t: re.sub(r",$", ',""', t, flags=re.M)),
        ("conflicts", 1, "ended_on", "csv"),
    ),
    ("row doubled in the CSV", lambda r: csv_text(r, VAGUE, lambda t: t + t.splitlines()[1] + "\n"), (VAGUE, None, None, "csv")),
    ("row doubled, count stale", lambda r: csv_text(r, VAGUE, lambda t: t + t.splitlines()[1] + "\n"), (VAGUE, None, None, "x-rows")),
    ("row lost from the Parquet file", lambda r: parquet(r, VAGUE, lambda t: t.slice(1), False), (VAGUE, None, None, "x-rows")),
    (
        "rows swapped in the CSV",
        lambda r: csv_text(r, VAGUE, lambda t: "\n".join([(s := t.splitlines())[0], s[2], s[1], ""])),
        (VAGUE, 1, "words", "csv"),
    ),
    (
        "columns swapped in the CSV",
        lambda r: csv_text(r, VAGUE, lambda t: t.replace("words,count_low", "count_low,words")),
        (VAGUE, None, "words", "csv"),
    ),
    ("columns swapped in both", lambda r: parquet(r, VAGUE, lambda t: t.select(["count_low", "words"])), (VAGUE, None, "words", "type")),
    ("cell added in the CSV", lambda r: csv_text(r, VAGUE, lambda t: t.replace("24", "24,1")), (VAGUE, None, None, "csv")),
    ("binary CSV", lambda r: raw_bytes(r, f"{TABLE}.csv", lambda _: bytes(range(256)) * 9), (VAGUE, None, None, "csv")),
    ("empty CSV", lambda r: raw_bytes(r, f"{TABLE}.csv", lambda _: b""), (VAGUE, None, "words", "csv")),
    (
        "retyped column",
        lambda r: parquet(r, VAGUE, lambda t: t.set_column(1, "count_low", pc.cast(t["count_low"], pa.int32()))),
        (VAGUE, None, "count_low", "type"),
    ),
    (
        "column as text",
        lambda r: parquet(r, VAGUE, lambda t: t.set_column(1, "count_low", pa.array(["a", "b"]))),
        (VAGUE, None, None, "file"),
    ),
    ("column lost", lambda r: parquet(r, VAGUE, lambda t: t.select(["words"])), (VAGUE, None, "count_low", "type")),
    ("column added", lambda r: parquet(r, VAGUE, lambda t: t.append_column("more", t["words"])), (VAGUE, None, "more", "type")),
    ("truncated Parquet", lambda r: raw_bytes(r, f"{TABLE}.parquet", lambda b: b[:-9]), (VAGUE, None, None, "file")),
    ("empty Parquet", lambda r: raw_bytes(r, f"{TABLE}.parquet", lambda _: b""), (VAGUE, None, None, "file")),
    ("broken Parquet", lambda r: raw_bytes(r, f"{TABLE}.parquet", lambda b: b[:8] + bytes(60) + b[68:]), (VAGUE, None, None, "hash")),
    ("file missing", lambda r: (r / f"{TABLE}.parquet").unlink(), (VAGUE, None, None, "file")),
    ("file a folder", lambda r: ((r / f"{TABLE}.csv").unlink(), (r / f"{TABLE}.csv").mkdir()), (VAGUE, None, None, "file")),
    ("file added", lambda r: (r / "data/tables/old.csv").write_text("x\n"), ("old.csv", None, None, "undeclared")),
    ("wrong hash", lambda r: edit(r, lambda d: d.update(hash="sha256:" + "0" * 64), VAGUE), (VAGUE, None, None, "hash")),
    ("wrong size", lambda r: edit(r, lambda d: d.update(bytes=1), VAGUE), (VAGUE, None, None, "bytes")),
    ("wrong rows", lambda r: edit(r, lambda d: d.update({"x-rows": 3}), f"{VAGUE}-parquet"), (VAGUE, None, None, "x-rows")),
    ("rows not given", lambda r: edit(r, lambda d: d.pop("x-rows"), VAGUE), (VAGUE, None, None, "x-rows")),
    (
        "another logical hash",
        lambda r: edit(r, lambda d: d.update({"x-logical-hash": "sha256:" + "0" * 64}), f"{VAGUE}-parquet"),
        (VAGUE, None, None, "x-logical-hash"),
    ),
    ("hash not given", lambda r: edit(r, lambda d: d.pop("hash"), VAGUE), (VAGUE, None, None, "descriptor")),
    ("path upward", lambda r: edit(r, lambda d: d.update(path=f"../package/{TABLE}.csv"), VAGUE), (VAGUE, None, None, "file")),
    ("path longer than a name can be", lambda r: edit(r, lambda d: d.update(path="x" * 5000), VAGUE), (VAGUE, None, None, "file")),
    (
        "endlessly many rows demanded",
        lambda r: edit(r, lambda d: d["schema"].update({"x-minimum-rows": float("inf")}), VAGUE),
        (VAGUE, None, None, "descriptor"),
    ),
    ("path from the root", lambda r: edit(r, lambda d: d.update(path="/etc/passwd"), VAGUE), (VAGUE, None, None, "file")),
    ("link out", lambda r: ((r / f"{TABLE}.csv").unlink(), (r / f"{TABLE}.csv").symlink_to("/etc/passwd")), (VAGUE, None, None, "file")),
    ("resource lost", lambda r: edit(r, lambda d: d["resources"].pop()), (VAGUE, None, None, "descriptor")),
    ("resource twice", lambda r: edit(r, lambda d: d["resources"].append(d["resources"][0])), ("accuracy", None, None, "descriptor")),
    ("schema without fields", lambda r: edit(r, lambda d: d["schema"].pop("fields"), VAGUE), (VAGUE, None, None, "descriptor")),
    (
        "schema of unknown type",
        lambda r: edit(r, lambda d: d["schema"]["fields"][0].update(type="any"), VAGUE),
        (VAGUE, None, None, "descriptor"),
    ),
    ("schema no object", lambda r: edit(r, lambda d: d.update(schema=7), VAGUE), (VAGUE, None, None, "descriptor")),
    (
        "schemas differ",
        lambda r: edit(r, lambda d: d["schema"].update(rowChecks=[]), "ledger-parquet"),
        ("ledger", None, None, "descriptor"),
    ),
    ("no resources", lambda r: edit(r, lambda d: d.pop("resources")), ("datapackage.json", None, None, "descriptor")),
    ("resources empty", lambda r: edit(r, lambda d: d.update(resources=[])), ("datapackage.json", None, None, "descriptor")),
    (
        "evidence struck",
        lambda r: edit(r, lambda d: d.update(resources=[x for x in d["resources"] if "evidence" not in x["name"]])),
        ("evidence", None, None, "descriptor"),
    ),
    ("no JSON", lambda r: raw_bytes(r, "datapackage.json", lambda b: b[:-40]), ("datapackage.json", None, None, "descriptor")),
    (
        "binary descriptor",
        lambda r: raw_bytes(r, "datapackage.json", lambda _: b"\xff\x00"),
        ("datapackage.json", None, None, "descriptor"),
    ),
    (
        "deep descriptor",
        lambda r: raw_bytes(r, "datapackage.json", lambda _: b"[" * 100_000),
        ("datapackage.json", None, None, "descriptor"),
    ),
]


@pytest.mark.parametrize(("change", "place"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_files_that_are_wrong(
    change: Edit, place: Place, package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(VAGUE, monkeypatch)
    change(package)
    _, found, told = run(capsys, package)
    assert place in found, told


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("(SELECT count(*) FROM read_text('/etc/passwd')) = 0", "disabled"),
        ("true); COPY (SELECT 1) TO '{out}'; SELECT (true", "more than one statement"),
        ("true); SET enable_external_access = true; SELECT (true", "more than one statement"),
        ("nonsense", "cannot be evaluated"),
    ],
)
def test_rules_reach_nothing_outside(
    sql: str, words: str, package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(VAGUE, monkeypatch)
    out = package.parent / "stolen.csv"
    rule = {"sql": sql.replace("{out}", str(out)), "message": "x"}
    for name in (VAGUE, f"{VAGUE}-parquet"):
        edit(package, lambda d: d["schema"].update(rowChecks=[rule]), name)
    _, found, told = run(capsys, package)
    assert (VAGUE, None, None, "rowCheck 1") in found
    assert words in told
    assert not out.exists()


def test_what_is_printed_is_safe_and_counted(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    csv_text(package, VAGUE, lambda t: t.replace("dozens", "do\u202ez\x1b[31mens"))
    _, _, told = run(capsys, package)
    assert "\u202e" not in told and "\x1b" not in told
    assert "\\u202e" in told
