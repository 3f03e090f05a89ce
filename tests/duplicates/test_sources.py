"""Independent sources are counted from what an extraction writes, and no number is lost on the way."""

import json
from pathlib import Path

import duckdb
import pytest
from pairs import COPIES, OTHERS, UPDATE, WIRE

from pipelines.__main__ import main

# As the documentation has it; {0} is the ending of the tables.
QUERY = """
SELECT outcome, count_stated, string_agg(DISTINCT claimant_text, '; ' ORDER BY claimant_text) AS claimants,
       count(DISTINCT coalesce(same_text_as, article_id)) AS independent_sources, count(DISTINCT article_id) AS articles
FROM 'casualty_estimates.{0}' JOIN 'articles.{0}' USING (article_id)
GROUP BY outcome, count_stated
ORDER BY independent_sources DESC, articles DESC, outcome, count_stated
"""
TEXTS = {
    "agency": WIRE,
    "paper": COPIES["a headline and a credit"],
    "brief": COPIES["the last paragraphs cut"],
    "reprint": WIRE,
    "other": OTHERS["another agency"],
    "update": UPDATE,
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    lines = [json.dumps({"id": name, "text": text, "date": "2025-11-04"}) for name, text in TEXTS.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path / "corpus.jsonl"


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_copies_count_once_and_an_update_is_a_claim_of_its_own(
    form: str, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["extract", str(corpus), "--out", str(tmp_path / "out"), "--engine", "process", "--format", form, "--quiet"]) == 0
    monkeypatch.chdir(tmp_path / "out")
    with duckdb.connect() as connection:
        rows = connection.sql(QUERY.format(form)).fetchall()
        links = connection.sql(
            f"SELECT article_id, same_text_as, same_text_kind, same_text_percent FROM 'articles.{form}' ORDER BY ALL"
        ).fetchall()
    assert [row for row in rows if row[0] == "killed"] == [("killed", 12, "army; military", 2, 5), ("killed", 19, "army", 1, 1)]
    assert links == [
        ("agency", None, None, None),
        ("brief", "agency", "near", 100),
        ("other", None, None, None),
        ("paper", "agency", "near", 99),
        ("reprint", "agency", "exact", 100),
        ("update", "agency", "near", 91),
    ]


def test_the_order_of_a_corpus_and_the_engine_change_no_byte(corpus: Path, tmp_path: Path) -> None:
    back = corpus.with_name("back.jsonl")
    back.write_text("\n".join(reversed(corpus.read_text("utf-8").splitlines())), "utf-8")
    for name, path, engine in (("one", corpus, "process"), ("two", back, "process"), ("three", back, "pool")):
        assert main(["extract", str(path), "--out", str(tmp_path / name), "--engine", engine, "--format", "parquet", "--quiet"]) == 0
    files = [{path.name: path.read_bytes() for path in (tmp_path / name).iterdir() if path.is_file()} for name in ("one", "two", "three")]
    assert files[0] == files[1] == files[2]
