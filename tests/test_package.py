"""The published files: same bytes, right types, and all or nothing however a build ends."""

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_package import ABOUT, as_given, good_rows, good_tables, prepare

from pipelines import swap as swapping
from pipelines.checks.files import csv_query
from pipelines.derive.dictionary import formula_cells
from pipelines.errors import DataError, InputError, ToolError
from pipelines.package import stage
from pipelines.paths import Paths
from pipelines.schema import Schema


def published(paths: Paths) -> dict[str, bytes]:
    """The bytes of every published file by path from the root; the database, never the same twice, only by name."""
    found = [path for path in [*paths.tables.glob("*"), *paths.root.glob("*.*"), *paths.dictionary.parent.glob("*.*")] if path.is_file()]
    return {path.relative_to(paths.root).as_posix(): path.read_bytes() for path in found} | {
        "database": str(paths.database.exists()).encode()
    }


def changed_tables(schemas: dict[str, Schema]) -> dict[str, pa.Table]:
    rows = good_rows()
    rows["articles"][0]["title"] = "Another title"
    rows["vague_numbers"].append({"words": "scores", "count_low": 40})
    return good_tables(schemas, rows)


def test_two_stagings_give_the_same_bytes(tmp_path: Path, schemas: dict[str, Schema]) -> None:
    trees = []
    for folder in ("one", "two"):
        paths = prepare(Paths(tmp_path / folder))
        trees.append(published(Paths(stage(good_tables(schemas), schemas, ABOUT, paths))))
    assert trees[0] == trees[1]
    assert len(trees[0]) == 2 * len(schemas) + 10, "tables, five descriptors, codebook, verify.py, verify.sql, views.sql and the database"


def test_csv_is_plain_and_holds_what_parquet_holds(good_package: Paths, schemas: dict[str, Schema]) -> None:
    for schema in schemas.values():
        text = (good_package.tables / f"{schema.name}.csv").read_bytes()
        assert b"\r" not in text
        assert text.endswith(b"\n")
        parquet = pq.read_table(good_package.tables / f"{schema.name}.parquet")
        assert duckdb.sql(csv_query([good_package.tables / f"{schema.name}.csv"], schema)).fetchall() == [
            tuple(r.values()) for r in parquet.to_pylist()
        ]


def test_awkward_cells_survive_csv(tmp_path: Path, schemas: dict[str, Schema]) -> None:
    words = [
        "a,b",
        'say "x"',
        "two\nlines",
        "car\rriage",
        " lead",
        "#hash",
        "=1+1",
        "\u202ertl",
        "NULL",
        "nan",
        "tab\t",
        "été",
        "\ufeffbom",
    ]
    rows = good_rows()
    rows["vague_numbers"] = [{"words": word, "count_low": n} for n, word in enumerate(words, start=1)]
    staged = Paths(stage(good_tables(schemas, rows), schemas, ABOUT, prepare(Paths(tmp_path))))
    assert sorted(
        row[0] for row in duckdb.sql(csv_query([staged.tables / "vague_numbers.csv"], schemas["vague_numbers"])).fetchall()
    ) == sorted(words)
    assert duckdb.sql(f"FROM '{staged.tables / 'vague_numbers.parquet'}'").fetchall()


def test_parquet_carries_types_and_meaning(good_package: Paths, schemas: dict[str, Schema]) -> None:
    path = good_package.tables / "casualty_estimates.parquet"
    schema, metadata = pq.read_schema(path), pq.read_metadata(path)
    assert schema.field("count_low").type == pa.int64()
    assert schema.field("reported_on").type == pa.date32()
    assert not schema.field("outcome").nullable
    assert schema.field("outcome").metadata[b"description"].startswith(b"What befell")
    assert json.loads(metadata.metadata[b"table_schema"]) == schemas["casualty_estimates"].descriptor
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_the_descriptor_stands_alone(good_package: Paths) -> None:
    descriptor = json.loads(good_package.descriptor.read_text(encoding="utf-8"))
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    assert "bytes" in resources["evidence"]
    assert "bytes" not in resources["evidence-parquet"]
    targets = [key["reference"]["resource"] for key in resources["evidence-parquet"]["schema"]["foreignKeys"]]
    assert targets == ["ledger-parquet", "articles-parquet"]
    assert descriptor["sources"][1] == {"x-article-id": "note-1"}, "nothing is made up for an article without title and address"


def test_stock_frictionless_agrees(good_package: Paths) -> None:
    command = [str(Path(sys.executable).parent / "frictionless"), "validate", "datapackage.json", "--json"]
    done = subprocess.run(command, cwd=good_package.root, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["valid"]


def test_the_dictionary_counts_what_a_spreadsheet_would_run(good_package: Paths, schemas: dict[str, Schema]) -> None:
    rows = [{"words": word, "count_low": 1} for word in ("=1", "+1", "-1", "@x", "\tx", "\rx", "plain", "a=b")]
    assert formula_cells(as_given(schemas["vague_numbers"], rows)) == 6
    text = good_package.dictionary.read_text(encoding="utf-8")
    assert "2 CSV cells (`evidence` 1, `statements` 1) begin with" in text
    assert all(f"| `{f.name}` | {f.type} |" in text for schema in schemas.values() for f in schema.fields)


def test_an_empty_string_is_refused(tmp_path: Path, schemas: dict[str, Schema]) -> None:
    rows = good_rows()
    rows["articles"][0]["publisher"] = ""
    with pytest.raises(DataError, match="articles row 1 publisher: an empty string"):
        stage(good_tables(schemas, rows), schemas, ABOUT, Paths(tmp_path))


def test_tables_of_another_shape_are_refused(tmp_path: Path, schemas: dict[str, Schema]) -> None:
    tables = good_tables(schemas)
    with pytest.raises(ToolError, match="articles: columns are"):
        stage(tables | {"articles": tables["articles"].drop_columns(["title"])}, schemas, ABOUT, Paths(tmp_path))
    with pytest.raises(ToolError, match="no rows were built"):
        stage({"articles": tables["articles"]}, schemas, ABOUT, Paths(tmp_path))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("titel", "x", "did you mean 'title'"), ("licences", [], "'licences' is missing"), ("contributors", ["x"], "a list of objects")],
)
def test_about_is_read_strictly(tmp_path: Path, schemas: dict[str, Schema], key: str, value: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        stage(good_tables(schemas), schemas, ABOUT | {key: value}, Paths(tmp_path))


def test_rows_that_break_a_key_leave_no_database_and_are_not_published(tmp_path: Path, schemas: dict[str, Schema]) -> None:
    rows = good_rows()
    rows["actors"][0]["part_of_actor_id"] = "nobody"
    paths = prepare(Paths(tmp_path))
    staged = stage(good_tables(schemas, rows), schemas, ABOUT, paths)
    assert not Paths(staged).database.exists()
    with pytest.raises(ToolError, match="database is missing"):
        swapping.swap(staged, paths)
    assert not paths.descriptor.exists()


def test_a_swap_touches_only_what_changed_and_removes_what_is_stale(good_package: Paths, schemas: dict[str, Schema]) -> None:
    (good_package.tables / "old.csv").write_text("x\n", encoding="utf-8")
    untouched = (good_package.tables / "places.csv").stat().st_ino
    changed = swapping.swap(stage(changed_tables(schemas), schemas, ABOUT, good_package), good_package)
    assert "data/tables/old.csv" in changed
    assert "data/tables/places.csv" not in changed
    assert not (good_package.tables / "old.csv").exists()
    assert (good_package.tables / "places.csv").stat().st_ino == untouched
    assert "scores" in (good_package.tables / "vague_numbers.csv").read_text(encoding="utf-8")
    assert [path.name for path in good_package.scratch.iterdir()] == ["lock"] or list(good_package.scratch.iterdir()) == []


def killed_at(paths: Paths, staged: Path, nth: int) -> None:
    """The swap, in a process that dies before the nth call that touches the disk."""
    left = iter(range(nth, -1, -1))

    def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return call

    Path.replace = deadly(Path.replace)  # type: ignore[method-assign]
    os.fsync = deadly(os.fsync)
    Path.unlink = deadly(Path.unlink)  # type: ignore[method-assign]
    swapping.shutil.rmtree = deadly(swapping.shutil.rmtree)  # type: ignore[assignment]
    swapping.swap(staged, paths)


def lay(root: Path, files: dict[str, str]) -> Path:
    """The folder with these files and no others."""
    shutil.rmtree(root, ignore_errors=True)
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")
    return root


def read(root: Path, ending: str = "") -> dict[str, str]:
    """Every file below the folder but the scratch, by path."""
    files = (path for path in root.rglob(f"*{ending}") if path.is_file())
    found = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in files}
    return {file: text for file, text in found.items() if not file.startswith(".factpack/")}


def test_a_kill_at_any_moment_leaves_the_old_or_the_new_package(tmp_path: Path) -> None:
    same = {"data/tables/same.csv": "same"}
    old = same | dict.fromkeys(("data/tables/a.csv", "data/tables/stale.csv", "datapackage.json", "build/factpack.duckdb"), "old")
    new = same | dict.fromkeys(
        ("data/tables/a.csv", "data/tables/added.csv", "data/README.md", "datapackage.json", "build/factpack.duckdb"), "new"
    )
    paths = Paths(tmp_path / "package")
    fork, outcomes, ended = multiprocessing.get_context("fork"), [], False
    while not ended:
        lay(paths.root, old)
        staged = lay(paths.scratch / "stage", new)
        process = fork.Process(target=killed_at, args=(paths, staged, len(outcomes)))
        process.start()
        process.join()
        ended = process.exitcode == 0
        journal = (paths.scratch / "journal.json").exists()
        swapping.recover(paths)
        outcomes.append("old" if read(paths.root) == old else "new" if read(paths.root) == new else "torn")
        assert outcomes[-1] == "new" or (outcomes[-1] == "old" and not journal), (len(outcomes), outcomes[-1], journal)
        assert not (paths.scratch / "journal.json").exists()
    assert outcomes == sorted(outcomes, reverse=True), "old up to the journal, new from then on"
    assert min(outcomes.count("old"), outcomes.count("new")) > 5


def test_a_recovery_that_is_killed_is_recovered(good_package: Paths, schemas: dict[str, Schema], monkeypatch: pytest.MonkeyPatch) -> None:
    staged = stage(changed_tables(schemas), schemas, ABOUT, good_package)
    wanted = published(Paths(staged))
    replace, calls = Path.replace, []

    def failing(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) in (3, 5):
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(KeyboardInterrupt):
        swapping.swap(staged, good_package)
    with pytest.raises(KeyboardInterrupt):
        swapping.recover(good_package)
    swapping.recover(good_package)
    assert published(good_package) == wanted


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"staged": "../x", "replace": [], "remove": []}',
        '{"staged": "s", "replace": ["/etc/x"], "remove": []}',
        '{"staged": ".", "replace": [], "remove": []}',
        '{"staged": "data", "replace": [], "remove": []}',
        '{"staged": ".factpack/s", "replace": ["out/x"], "remove": []}',
        '{"staged": ".factpack/s", "replace": [], "remove": ["out/x", 1]}',
    ],
)
def test_a_journal_that_cannot_be_trusted_is_refused(good_package: Paths, tmp_path: Path, content: str) -> None:
    victim = lay(tmp_path / "victim", {"x": "mine"})
    (good_package.root / "out").symlink_to(victim)
    lay(good_package.scratch / "s", {"out/x": "theirs"})
    (good_package.scratch / "journal.json").write_text(content, encoding="utf-8")
    before = read(good_package.root / "data" / "tables", ".csv")
    with pytest.raises(ToolError, match="remove"):
        swapping.recover(good_package)
    assert read(victim) == {"x": "mine"}, "a link leads out of the folder"
    assert read(good_package.root / "data" / "tables", ".csv") == before


def test_a_second_build_waits_and_says_for_whom(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    holder = "import sys,time; from pathlib import Path; from pipelines.paths import Paths; from pipelines.swap import locked\n"
    holder += "root = Path(sys.argv[1])\n"
    holder += "with locked(Paths(root)): print('held', flush=True); time.sleep(1); (root / 'done').touch()"
    said: list[str] = []
    with subprocess.Popen([sys.executable, "-c", holder, str(tmp_path)], stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with swapping.locked(paths, said.append):
            assert (tmp_path / "done").exists()
    assert len(said) == 1
    assert f"process {process.pid}" in said[0]
