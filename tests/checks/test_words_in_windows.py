"""What is found of words is the same in whatever parts the facts are looked at, in the same order."""

import random

import pyarrow as pa
import pytest
from faults.fault import GOOD
from small_package import HARBOUR, NOTE, as_given

from pipelines.checks import words
from pipelines.checks.evidence import check_coverage, check_spans, gather
from pipelines.checks.reparse import check_readings
from pipelines.checks.windows import windows
from pipelines.checks.words import Words
from pipelines.schema import Schema

ARTICLES = {article.article_id: article for article in (HARBOUR, NOTE)}
FOLLOW = ("fact", "link", "evidence")


def damaged(schemas: dict[str, Schema], seed: int) -> dict[str, pa.Table]:
    """The good tables with a few rows lost, moved or with the value of another row."""
    chance = random.Random(seed)
    tables = dict(GOOD)
    for schema in (s for s in schemas.values() if s.kind in FOLLOW):
        rows = tables[schema.name].to_pylist()
        for _ in range(1 + len(rows) // 8):
            row, column = chance.choice(rows), chance.choice([f.name for f in schema.fields if not f.name.startswith("char_")])
            row[column] = chance.choice([chance.choice(rows)[column], None])
            row["fact_id"] = row["fact_id"] or "f0"
        if "char_start" in rows[0]:
            chance.choice(rows)["char_start"] += 1
        if chance.random() < 0.5:
            chance.shuffle(rows)
        tables[schema.name] = as_given(schema, rows[1:] if chance.random() < 0.3 else rows)
    return tables


@pytest.mark.parametrize("with_texts", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_parts_find_what_the_whole_finds(schemas: dict[str, Schema], seed: int, with_texts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    tables, articles = damaged(schemas, seed), ARTICLES if with_texts else None
    rows = gather(tables, schemas, articles)
    whole = [list(check_spans(tables, schemas, articles, rows)), list(check_coverage(rows, tables)), list(check_readings(rows, tables))]
    assert whole[0]
    for size in (1, 5, 10_000):
        monkeypatch.setattr(words, "windows", lambda tables, schemas, size=size: windows(tables, schemas, size))
        found = Words(tables, schemas, articles).found
        assert [list(found.spans), list(found.coverage), list(found.readings)] == whole
        assert found.values == sum(row.needs_words(f) for row in rows for f in row.schema.fields if f.evidence in ("count", "date"))


def test_a_window_holds_whole_facts_and_all_rows_are_in_one(schemas: dict[str, Schema]) -> None:
    parts = list(windows(GOOD, schemas, 1))
    assert len(parts) > 3
    for table in (s.name for s in schemas.values() if s.kind in FOLLOW):
        facts = [set(part[table].column("fact_id").to_pylist()) for part in parts]
        assert sum(map(len, facts)) == len(set().union(*facts)), "no fact is in two parts"
        assert sorted(n for part in parts for n in part[table].column("_row").to_pylist()) == list(range(1, GOOD[table].num_rows + 1))
