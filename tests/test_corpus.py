"""A corpus becomes tables by the command: whatever is in it, every table is written; one bad article stops nothing."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from pipelines.__main__ import main
from pipelines.paths import REPOSITORY
from pipelines.results.store import STORE
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
    return main(["extract", str(corpus), "--out", str(out), "--engine", "process", *options])


def tables(schemas: dict[str, Schema]) -> dict[str, Schema]:
    return {name: schema for name, schema in schemas.items() if schema.kind in WRITTEN or name == "articles"}


def files(folder: Path) -> dict[str, bytes]:
    """The files of a folder, without the store of results that an extraction keeps there."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != STORE}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_table_is_written_with_its_header(corpus: Path, tmp_path: Path, schemas: dict[str, Schema]) -> None:
    assert extract(corpus, tmp_path / "out") == 0
    assert set(files(tmp_path / "out")) == {f"{name}.csv" for name in tables(schemas)} | {"rejected.jsonl"}
    for name, schema in tables(schemas).items():
        header = (tmp_path / "out" / f"{name}.csv").read_text("utf-8").splitlines()[0]
        also = ["same_text_as", "same_text_kind", "same_text_percent"] if name == "articles" else []
        assert header.split(",") == [f.name for f in schema.fields] + also
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
    assert set(files(tmp_path / "out")) == {f"{name}.parquet" for name in tables(schemas)} | {"rejected.jsonl"}
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
    assert not {path.name for path in (tmp_path / "out").glob(".*")} - {STORE}


def test_extracting_again_gives_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    for out in ("one", "two", "two"):
        extract(corpus, tmp_path / out)
    assert files(tmp_path / "one") == files(tmp_path / "two")


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


def test_what_is_rejected_is_listed_beside_the_tables(corpus: Path, tmp_path: Path) -> None:
    (corpus / "z.jsonl").write_text("{\n", "utf-8")
    (corpus / "bad.txt").write_bytes(b"It \xff rained.")
    assert extract(corpus, tmp_path / "out") == 3
    listed = [json.loads(line) for line in (tmp_path / "out" / "rejected.jsonl").read_text("utf-8").splitlines()]
    assert [(row["where"], row["reason"].split(" (")[0].split(":")[0]) for row in listed] == [
        (f"{corpus / 'bad.txt'}:1", "not UTF-8 at byte 3"),
        (f"{corpus / 'z.jsonl'}:1", "no JSON"),
    ]
    (corpus / "bad.txt").unlink()
    (corpus / "z.jsonl").unlink()
    assert extract(corpus, tmp_path / "out") == 0
    assert (tmp_path / "out" / "rejected.jsonl").read_text("utf-8") == ""


def many(folder: Path, count: int) -> Path:
    """A corpus in three forms, whose articles have facts, twins and faults."""
    folder.mkdir()
    sentences = (DIED, "Ukraine sent 3,000 troops to Kursk in two waves, the army said.", "It rained.")
    texts = [f"{sentences[n % 3]} It was day {n // 2}." for n in range(count)]
    (folder / "b.jsonl").write_text("".join(json.dumps({"id": f"b{n:03}", "text": t}) + "\n" for n, t in enumerate(texts)) + "{", "utf-8")
    for n in range(4):
        (folder / f"a{n}.txt").write_text(texts[n], "utf-8")
    page = f"<html lang=en><title>Goma</title><body><article><p>{' '.join(sentences) * 4}</p></article></body></html>"
    (folder / "c.html").write_text(page, "utf-8")
    (folder / "d.html").write_text("<html>", "utf-8")
    return folder


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_every_engine_writes_the_same_bytes(form: str, tmp_path: Path) -> None:
    corpus = many(tmp_path / "corpus", 80)
    for engine in ("process", "pool", "dask"):
        out = tmp_path / engine
        assert main(["extract", str(corpus), "--out", str(out), "--engine", engine, "--workers", "2", "--format", form, "--quiet"]) == 3
    assert files(tmp_path / "process") == files(tmp_path / "pool") == files(tmp_path / "dask")
    assert len((tmp_path / "pool" / "rejected.jsonl").read_text("utf-8").splitlines()) == 2


def test_rows_stand_in_the_order_of_their_articles(tmp_path: Path) -> None:
    extract(many(tmp_path / "corpus", 30), tmp_path / "out")
    for table in ("articles", "casualty_estimates", "evidence"):
        found = [row["article_id"] for row in rows(tmp_path / "out" / f"{table}.csv")]
        assert len(set(found)) > 10
        assert found == sorted(found)


def test_articles_with_the_same_text_name_the_first(tmp_path: Path) -> None:
    lines = [json.dumps({"id": i, "text": t}) + "\n" for i, t in (("c", DIED), ("a", DIED), ("b", DIED), ("d", "It rained."))]
    (tmp_path / "wire.jsonl").write_text("".join(lines), "utf-8")
    extract(tmp_path / "wire.jsonl", tmp_path / "out")
    assert [(r["article_id"], r["same_text_as"]) for r in rows(tmp_path / "out" / "articles.csv")] == [
        ("a", ""),
        ("b", "a"),
        ("c", "a"),
        ("d", ""),
    ]


def test_several_corpora_at_once(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "more.jsonl").write_text(json.dumps({"text": DIED}) + "\n", "utf-8")
    assert (
        main(["extract", str(corpus / "*.txt"), str(tmp_path / "more.jsonl"), "--out", str(tmp_path / "out"), "--engine", "process"]) == 0
    )
    assert [r["article_id"] for r in rows(tmp_path / "out" / "articles.csv")] == ["good", "more-1"]


def test_the_log_for_machines(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (corpus / "bad.txt").write_bytes(b"\xff")
    assert extract(corpus, tmp_path / "out", "--log", "json") == 3
    captured = capsys.readouterr()
    rejected, done = [json.loads(line) for line in captured.err.splitlines()]
    assert captured.out == ""
    assert (rejected["event"], done["event"], done["articles"], done["rejected"], done["skipped"]) == ("rejected", "done", 1, 1, 0)
    assert done["rows"]["casualty_estimates"] == done["facts"] == 1


@pytest.mark.parametrize(
    "options",
    [
        ["--scheduler", "tcp://x:1"],
        ["--workers", "0"],
        ["--timeout", "0"],
        ["--timeout", "nan"],
        ["--memory", "much"],
        ["--max-bytes", "-1"],
        ["--engine", "ray"],
    ],
)
def test_wrong_options(options: list[str], corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["extract", str(corpus), "--out", str(tmp_path / "out"), *options])
    assert caught.value.code == 2
    assert not (tmp_path / "out").exists()


def started(corpus: Path, out: Path, *options: str) -> "subprocess.Popen[str]":
    """The command at work in a process group of its own, its first rows written."""
    run = [sys.executable, "-m", "pipelines", "extract", str(corpus), "--out", str(out), "--workers", "2", *options]
    process = subprocess.Popen(run, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY.root, start_new_session=True)
    while process.poll() is None and not (out / ".extracting").exists():
        time.sleep(0.02)
    return process


def endless(path: Path) -> Path:
    """A corpus that takes minutes."""
    with path.open("w", encoding="utf-8") as handle:
        handle.writelines(json.dumps({"text": f"{n} {DIED} " * 40}) + "\n" for n in range(20_000))
    return path


@pytest.mark.parametrize("engine", ["process", "pool", "dask"])
def test_ctrl_c_leaves_no_half_table_and_no_process(engine: str, corpus: Path, tmp_path: Path) -> None:
    extract(corpus, tmp_path / "out")
    before = files(tmp_path / "out")
    for out in (tmp_path / "new", tmp_path / "out"):
        process = started(endless(tmp_path / "news.jsonl"), out, "--engine", engine)
        time.sleep(1)
        below = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)
        # An exit with 130, or ended by the signal itself, which a shell shows as 130 too.
        assert process.returncode in (130, -signal.SIGINT), told
        assert "Traceback" not in told
        assert psutil.wait_procs(below, timeout=30)[1] == []
    assert not (tmp_path / "new").exists() or files(tmp_path / "new") == {}
    assert files(tmp_path / "out") == before


def test_after_a_kill_the_next_run_is_whole(corpus: Path, tmp_path: Path) -> None:
    process = started(endless(tmp_path / "news.jsonl"), tmp_path / "out")
    below = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    assert psutil.wait_procs(below, timeout=30)[1] == []
    assert {path.name for path in (tmp_path / "out").iterdir()} == {".extracting", STORE}
    assert extract(corpus, tmp_path / "out") == 0
    assert extract(corpus, tmp_path / "fresh") == 0
    assert files(tmp_path / "out") == files(tmp_path / "fresh")


def test_two_runs_do_not_write_to_one_folder(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    process = started(endless(tmp_path / "news.jsonl"), tmp_path / "out")
    try:
        assert extract(corpus, tmp_path / "out") == 2
        assert "another extraction is writing there" in capsys.readouterr().err
        assert process.poll() is None
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
