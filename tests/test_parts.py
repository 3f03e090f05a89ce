"""Large tables lie in several files: whoever reads the package sees one table, and a fault in any part has its table, row and column."""

import json
import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import duckdb
import frictionless
import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
import pytest
from servers import served
from small_package import ABOUT, HARBOUR, NOTE, good_tables, prepare
from tableschema.packages_on_disk import describe, our_verdict, resource, stock_verdict

from pipelines.__main__ import main
from pipelines.checks import check_package
from pipelines.derive import descriptors, parts
from pipelines.package import stage, write_parquet
from pipelines.paths import Paths
from pipelines.schema import Schema
from pipelines.swap import swap
from pipelines.verifier import verify

ARTICLES = {article.article_id: article for article in (HARBOUR, NOTE)}
FEW = 4


@pytest.fixture(scope="module")
def staged_in_parts(tmp_path_factory: pytest.TempPathFactory, schemas: dict[str, Schema]) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART_ROWS", FEW)
        return stage(good_tables(schemas), schemas, ABOUT, Paths(tmp_path_factory.mktemp("parts")))


@pytest.fixture
def in_parts(tmp_path: Path, staged_in_parts: Path) -> Paths:
    paths = prepare(Paths(tmp_path / "in_parts"))
    swap(shutil.copytree(staged_in_parts, paths.scratch / "stage"), paths)
    return paths


def resources(paths: Paths) -> dict[str, dict[str, object]]:
    return {resource["name"]: resource for resource in json.loads(paths.descriptor.read_text("utf-8"))["resources"]}


def test_the_descriptor_lists_the_parts_of_large_tables_only(in_parts: Paths, good_package: Paths) -> None:
    there, whole = resources(in_parts), resources(good_package)
    large = {name for name, resource in whole.items() if int(str(resource["x-rows"])) > FEW}
    assert {"evidence", "evidence-parquet", "ledger", "changes-parquet"} < large < set(whole)
    for name, one in there.items():
        assert isinstance(one["path"], list) == (name in large) == ("x-parts" in one)
        assert one["x-logical-hash"] == whole[name]["x-logical-hash"]
    number = -(-int(str(whole["evidence"]["x-rows"])) // FEW)
    assert there["evidence"]["path"] == [f"data/tables/evidence-{n:05}.csv" for n in range(1, number + 1)]
    # What a reader of the list reads is, to the byte, the one file.
    assert all(there[name][key] == whole[name][key] for name in large if not name.endswith("-parquet") for key in ("hash", "bytes"))
    sizes = [pq.read_metadata(path).num_rows for path in parts.stored(in_parts.tables, "evidence", "parquet")]
    assert sizes[:-1] == [FEW] * (number - 1) and sum(sizes) == whole["evidence"]["x-rows"]


def test_the_codebook_says_how_to_read_them(in_parts: Paths, good_package: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    told = in_parts.dictionary.read_text("utf-8")
    query = f"SELECT count(*) FROM '{'data/tables/evidence-*.parquet'}'"
    assert query.replace("count(*)", "*").replace("evidence", resources_in_parts(in_parts)[0]) in told
    monkeypatch.chdir(in_parts.root)
    assert duckdb.sql(query).fetchall() == [(resources(good_package)["evidence"]["x-rows"],)]
    assert "**Parts.**" not in good_package.dictionary.read_text("utf-8")


def test_what_names_a_file_names_one_that_is_there(staged_in_parts: Path) -> None:
    told = [Paths(staged_in_parts).dictionary, *staged_in_parts.glob("*.json"), *staged_in_parts.glob("data/*.sql")]
    named = {name for path in told for name in re.findall(r"data/tables/[\w*-]+\.(?:csv|parquet)", path.read_text("utf-8"))}
    assert len(named) > 30 and all(any(staged_in_parts.glob(name)) for name in named)


def test_many_articles_are_named_by_the_first_file_of_their_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptors, "LISTED_SOURCES", 2)
    rows = [{"article_id": f"a{n}", "withdrawn": "x" if n == 3 else None} for n in range(5)]
    for most, file in ((5, "articles.csv"), (4, "articles-00001.csv")):
        monkeypatch.setattr(parts, "PART_ROWS", most)
        assert descriptors.sources(rows) == [{"title": "4 articles, a row each in the table articles", "path": f"data/tables/{file}"}]


def resources_in_parts(paths: Paths) -> list[str]:
    return [name for name, one in resources(paths).items() if isinstance(one["path"], list)]


def test_keys_of_parquet_point_where_stock_frictionless_reads_to_the_end(in_parts: Paths) -> None:
    there = resources(in_parts)
    for name, one in there.items():
        for key in one["schema"].get("foreignKeys", ()):  # type: ignore[attr-defined]
            target = there[key["reference"]["resource"] or name]
            assert target["format"] == "csv" or isinstance(target["path"], str)


def test_every_check_and_every_stranger_accepts_it(in_parts: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_package(in_parts, [].append, ARTICLES).problems == ()
    assert verify.main([str(in_parts.root)]) == 0, capsys.readouterr().out
    report = frictionless.Package(str(in_parts.descriptor)).validate()
    assert report.valid, report
    counted = {task.name: task.stats["rows"] for task in report.tasks if not task.name.endswith("-parquet")}
    assert counted == {name: resource["x-rows"] for name, resource in resources(in_parts).items() if name in counted}


def test_sql_of_the_package_sees_whole_tables(in_parts: Paths, good_package: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    for paths in (in_parts, good_package):
        monkeypatch.chdir(paths.root)
        with duckdb.connect() as connection:
            assert connection.execute((paths.root / "data" / "verify.sql").read_text("utf-8")).fetchall() == []
            connection.execute(paths.views_sql.read_text("utf-8"))
            answers.append([connection.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in ("evidence", "claims", "ledger")])
    assert answers[0] == answers[1] and all(answers[0])


def test_it_is_queried_compared_and_fetched_as_one_table(in_parts: Paths, good_package: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    in_parts.database.unlink()
    assert main(["query", "SELECT count(*) AS n FROM evidence", "--root", str(in_parts.root), "--format", "csv"]) == 0
    assert capsys.readouterr().out.split() == ["n", str(resources(good_package)["evidence"]["x-rows"])]
    assert main(["diff", str(good_package.root), str(in_parts.root), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    with served(in_parts.root) as address:
        assert main(["check", f"{address}/datapackage.json", "--against", str(good_package.root)]) == 0


def test_a_table_that_shrinks_leaves_no_part_behind(in_parts: Paths, schemas: dict[str, Schema]) -> None:
    swap(stage(good_tables(schemas), schemas, ABOUT, in_parts), in_parts)
    assert {len(files) for ending in ("csv", "parquet") for files in parts.by_table(in_parts.tables, ending).values()} == {1}
    assert len(list(in_parts.tables.iterdir())) == 2 * len(schemas)


def digit_in_csv(paths: Paths) -> None:
    path = paths.tables / "evidence-00002.csv"
    rows = pv.read_csv(path).to_pylist()
    old, new = (",".join(str(n) for n in (row["char_start"] + more, row["char_end"])) for row in rows[2:3] for more in (0, 1))
    text = path.read_text("utf-8")
    assert text.count(f",{old},") == 1
    path.write_text(text.replace(f",{old},", f",{new},"), "utf-8")


def digit_in_parquet(paths: Paths) -> None:
    path = paths.tables / "evidence-00002.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    rows[2]["char_start"] += 1
    write_parquet(pa.Table.from_pylist(rows, table.schema), path)


def part_gone(paths: Paths) -> None:
    (paths.tables / "evidence-00002.csv").unlink()


def first_part_gone(paths: Paths) -> None:
    (paths.tables / "evidence-00001.parquet").unlink()


def stray_part(paths: Paths) -> None:
    shutil.copy(paths.tables / "evidence-00001.csv", paths.tables / "articles-00001.csv")


def whole_beside_parts(paths: Paths) -> None:
    shutil.copy(paths.tables / "evidence-00001.csv", paths.tables / "evidence.csv")


def parts_exchanged(paths: Paths) -> None:
    for one, other in pairwise(paths.tables / f"evidence-0000{n}.parquet" for n in (1, 2)):
        one.rename(paths.tables / "x")
        other.rename(one)
        (paths.tables / "x").rename(other)


FAULTS: list[tuple[Callable[[Paths], None], str, str]] = [
    (digit_in_csv, f"evidence row {FEW + 3} char_start: csv", f"evidence row {FEW + 3} char_start: csv"),
    (digit_in_parquet, f"evidence row {FEW + 3} char_start: csv", f"evidence row {FEW + 3} char_start: csv"),
    (part_gone, "evidence: csv", "evidence: file: is missing"),
    (first_part_gone, "evidence: csv", "evidence: file: is missing"),
    (stray_part, "articles-00001.csv: undeclared", "articles-00001.csv: undeclared"),
    (whole_beside_parts, "evidence-00001.csv: undeclared", "evidence.csv: undeclared"),
    (parts_exchanged, "evidence row 1 ", "evidence: hash: evidence-00001.parquet"),
]


@pytest.mark.parametrize(("fault", "ours", "strangers"), FAULTS, ids=[f[0].__name__ for f in FAULTS])
def test_a_fault_in_a_part_is_named(
    fault: Callable[[Paths], None],
    ours: str,
    strangers: str,
    in_parts: Paths,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verify, "relational", lambda _: [])  # rules of rows are tested elsewhere, and take their time
    fault(in_parts)
    problems = check_package(in_parts, [].append, ARTICLES, only=["files"]).problems
    assert any(str(problem).startswith(ours) for problem in problems), [*map(str, problems)]
    assert verify.main([str(in_parts.root)]) == 1
    assert strangers in capsys.readouterr().out


def test_the_hash_of_the_whole_is_checked_beside_those_of_the_parts(in_parts: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    content = json.loads(in_parts.descriptor.read_text("utf-8"))
    (evidence,) = (r for r in content["resources"] if r["name"] == "evidence")
    evidence["hash"] = "sha256:" + 64 * "0"
    in_parts.descriptor.write_text(json.dumps(content), "utf-8")
    assert verify.main([str(in_parts.root)]) == 1
    assert "evidence: hash: evidence in one file is not the file that was published" in capsys.readouterr().out
    assert any(p.rule == "descriptor hash" for p in check_package(in_parts, [].append, ARTICLES, only=["files"]).problems)


@pytest.mark.parametrize("broken", ["1\n2,b\n", "1,a\n2,b,c\n", '1,"a\n2,b"\n', "x,a\n1,b\n", "1,a\n\n2,b\n", "1,a\n1,b\n"])
def test_a_csv_in_parts_is_judged_as_frictionless_judges_it(tmp_path: Path, broken: str) -> None:
    (tmp_path / "t-00001.csv").write_text("id,word\n7,x\n8,y\n", "utf-8")
    (tmp_path / "t-00002.csv").write_text("id,word\n" + broken, "utf-8")
    fields = [{"name": "id", "type": "integer"}, {"name": "word", "type": "string"}]
    # Of a row with another fault stock says that its key is broken too.
    key = {"primaryKey": ["id"]} if broken.startswith("1,a\n1,") else {}
    table = resource("t", fields, **key) | {"path": ["t-00001.csv", "t-00002.csv"]}
    descriptor = describe(tmp_path, table)
    assert our_verdict(descriptor) == stock_verdict(descriptor)
    assert bool(our_verdict(descriptor)) == (broken != '1,"a\n2,b"\n')
