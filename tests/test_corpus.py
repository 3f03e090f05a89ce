"""A corpus becomes tables by the command: whatever is in it, every table is written; one bad article stops nothing."""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.__main__ import main
from pipelines.schema import Schema

DIED = "The Red Cross said on Monday that 40 men died in Goma."
WRITTEN = {"fact", "link", "evidence"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "good.txt").write_text(f" date 2025-08-22 {DIED}", "utf-8")
    return folder


def extract(corpus: Path, out: Path, *options: str) -> int:
    return main(["extract", str(corpus), "--out", str(out), *options])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_table_is_written_with_its_header(corpus: Path, tmp_path: Path, schemas: dict[str, Schema]) -> None:
    assert extract(corpus, tmp_path / "out") == 0
    tables = {name: schema for name, schema in schemas.items() if schema.kind in WRITTEN}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{name}.csv" for name in tables}
    for name, schema in tables.items():
        header = (tmp_path / "out" / f"{name}.csv").read_text("utf-8").splitlines()[0]
        assert header.split(",") == [f.name for f in schema.fields]
    assert rows(tmp_path / "out" / "deployments.csv") == []


def test_the_facts_stand_in_the_tables(corpus: Path, tmp_path: Path) -> None:
    extract(corpus, tmp_path / "out")
    (row,) = rows(tmp_path / "out" / "casualty_estimates.csv")
    assert (row["article_id"], row["count_stated"], row["claimant_text"], row["reported_on"]) == ("good", "40", "Red Cross", "2025-08-18")
    text = (corpus / "good.txt").read_text("utf-8")
    spans = [e for e in rows(tmp_path / "out" / "evidence.csv") if e["fact_id"] == row["fact_id"]]
    assert {e["column_name"] for e in spans} >= {"count_best", "claimant_text", "reported_on", "outcome"}
    assert all(text[int(e["char_start"]) : int(e["char_end"])] == e["quote"] for e in spans)


def test_a_corpus_without_facts_gives_headers(tmp_path: Path, schemas: dict[str, Schema]) -> None:
    (tmp_path / "rain.txt").write_text("It rained.", "utf-8")
    assert extract(tmp_path / "rain.txt", tmp_path / "out") == 0
    for name in (n for n, s in schemas.items() if s.kind in WRITTEN):
        assert len((tmp_path / "out" / f"{name}.csv").read_text("utf-8").splitlines()) == 1


def test_parquet_has_the_same_rows_with_types(corpus: Path, tmp_path: Path, schemas: dict[str, Schema]) -> None:
    assert extract(corpus, tmp_path / "out", "--format", "parquet") == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {f"{n}.parquet" for n, s in schemas.items() if s.kind in WRITTEN}
    (row,) = pq.read_table(tmp_path / "out" / "casualty_estimates.parquet").to_pylist()
    assert row["count_stated"] == 40
    assert row["reported_on"].isoformat() == "2025-08-18"
    assert row["count_low"] == row["count_high"] == 40
    empty = pq.read_table(tmp_path / "out" / "deployments.parquet")
    assert (empty.num_rows, empty.column_names) == (0, [f.name for f in schemas["deployments"].fields])


def test_one_bad_article_is_listed_and_stops_nothing(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (corpus / "bad.txt").write_bytes(b"One line.\nIt \xff rained.")
    assert extract(corpus, tmp_path / "out") == 3
    captured = capsys.readouterr()
    assert "bad.txt:2" in captured.err
    assert "not UTF-8" in captured.err
    assert "1 articles read, 1 rejected" in captured.out
    assert len(rows(tmp_path / "out" / "casualty_estimates.csv")) == 1


def test_one_bad_line_is_listed_and_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps({"text": DIED, "date": "2025-08-22"}), "{", json.dumps({"text": DIED, "id": "x"})]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    assert extract(tmp_path / "corpus.jsonl", tmp_path / "out") == 3
    assert "corpus.jsonl:2" in capsys.readouterr().err
    found = rows(tmp_path / "out" / "casualty_estimates.csv")
    assert {r["article_id"]: r["reported_on"] for r in found} == {"corpus-1": "2025-08-18", "x": ""}


def test_nothing_hidden_is_left_beside_the_tables(corpus: Path, tmp_path: Path) -> None:
    extract(corpus, tmp_path / "out")
    assert not list((tmp_path / "out").glob(".*"))


def test_extracting_again_gives_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    for out in ("one", "two", "two"):
        extract(corpus, tmp_path / out)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_quiet_prints_nothing(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(corpus, tmp_path / "out", "--quiet") == 0
    assert capsys.readouterr().out == ""


def test_a_missing_corpus_is_an_input_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(tmp_path / "nowhere", tmp_path / "out") == 1
    assert "nowhere: not found" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_is_wrong_use(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("mine", "utf-8")
    assert extract(corpus, tmp_path / "out") == 2
    assert "expected a folder" in capsys.readouterr().err
    assert (tmp_path / "out").read_text("utf-8") == "mine"


def test_the_limit_can_be_set(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(corpus, tmp_path / "out", "--max-bytes", "20") == 3
    assert "too many" in capsys.readouterr().err
