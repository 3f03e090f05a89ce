"""The context of a problem: its row's key, its fact, and the sentence with the offending words marked."""

import dataclasses

import pyarrow as pa
import pytest
from seeded import ARTICLES, GOOD
from small_package import HARBOUR, real_schemas

from pipelines.checks import Problem
from pipelines.report.context import Context, find_contexts


def of(table: str, row: int | str | None, column: str | None = None, articles: object = ARTICLES) -> Context:
    problem = Problem(table, row, column, "rule", None, "message", "remedy")
    return find_contexts([problem], GOOD, articles)[0]  # type: ignore[arg-type]


def row_of(table: str, **values: object) -> int:
    return next(n for n, row in enumerate(GOOD[table].to_pylist(), 1) if all(row[c] == v for c, v in values.items()))


def marked(context: Context) -> list[str]:
    return [words for passage in context.passages for words, is_marked in passage.parts if is_marked]


def sentence(context: Context) -> str:
    return "".join(words for words, _ in context.passages[0].parts)


def test_the_words_are_those_of_the_column() -> None:
    row = row_of("casualty_estimates", count_stated=12)
    context = of("casualty_estimates", row, "reported_on")
    assert marked(context) == ["March 3"]
    assert sentence(context) == HARBOUR.text.partition(" The Lind")[0]
    assert context.key == context.fact_id == GOOD["casualty_estimates"].to_pylist()[row - 1]["fact_id"]
    assert [(s.column, s.article_id) for s in context.spans] == [("reported_on", "harbour-2031")]


def test_a_column_without_words_shows_those_that_make_the_fact() -> None:
    row = row_of("casualty_estimates", count_stated=600)
    assert marked(of("casualty_estimates", row)) == marked(of("casualty_estimates", row, "basis")) == ["about 600 killed"]


def test_a_row_of_a_list_shows_its_own_words() -> None:
    row = row_of("ceremony_participants", ordinal=2)
    context = of("ceremony_participants", row, "count")
    assert marked(context) == ["12 cadets"]
    assert context.key == f"{context.fact_id}, 2"


def test_a_row_is_named_by_as_many_columns_as_tell_it_apart() -> None:
    assert of("accuracy", 1).key == "development, casualty_estimates"
    assert of("vague_numbers", 1).key == "dozens"
    twice = GOOD | {"actors": pa.concat_tables([GOOD["actors"], GOOD["actors"]])}
    assert find_contexts([Problem("actors", 1, None, "r", None, "m", "x")], twice, None)[0].key == "A.navy"


def test_a_problem_of_the_evidence_shows_its_own_span() -> None:
    row = row_of("evidence", quote="two waves")
    context = of("evidence", row, "quote")
    assert marked(context) == ["two waves"]
    assert context.key == GOOD["evidence"].to_pylist()[row - 1]["evidence_id"]


def test_a_derived_row_shows_both_of_its_facts() -> None:
    context = of("discrepancies", 1)
    assert marked(context) == ["12 sailors", "about 600 killed"]
    by_key = of("discrepancies", ", ".join(GOOD["discrepancies"].to_pylist()[0][c] for c in ("smaller_fact_id", "larger_fact_id")))
    assert marked(by_key) == marked(context)


def test_the_ledger_shows_the_fact() -> None:
    fact = GOOD["deployments"].to_pylist()[0]["fact_id"]
    assert marked(of("ledger", row_of("ledger", fact_id=fact), "status")) == ["5,000 sailors"]


def test_without_the_texts_the_published_quote_stands() -> None:
    row = row_of("casualty_estimates", count_stated=600)
    context = of("casualty_estimates", row, "count_best", None)
    assert marked(context) == ["about 600 killed"]
    at = HARBOUR.text.index("about 600 killed")
    assert sentence(context) == HARBOUR.text[at - 32 : at + len("about 600 killed") + 32]


def test_withheld_words_are_not_shown_without_the_text() -> None:
    row = row_of("casualty_estimates", count_low=24)
    assert of("casualty_estimates", row, "count_low", None).passages == ()


@pytest.mark.parametrize("row", [None, 0, 999, -1, "no key"])
def test_a_row_that_is_not_there_has_no_context(row: int | str | None) -> None:
    assert of("casualty_estimates", row, "count_best").passages == ()
    assert of("no such table", row).spans == ()


def test_a_problem_of_a_row_and_one_of_the_whole_table_go_together() -> None:
    problems = [Problem("actors", row, None, "rule", None, "message", "remedy") for row in (1, None, 999)]
    assert [c.key for c in find_contexts(problems, GOOD, None)] == ["A.navy", None, None]


def test_tables_that_cannot_be_read_leave_it_empty() -> None:
    problem = Problem("casualty_estimates", 1, "outcome", "rule", None, "message", "remedy")
    assert find_contexts([problem], {}, None) == (Context(),)
    without = {name: rows for name, rows in GOOD.items() if name != "evidence"}
    found = find_contexts([problem], without, ARTICLES)[0]
    assert found.fact_id and not found.passages


@pytest.mark.parametrize("offsets", [(0, 10**9), (10**9, 10**9 + 5), (5, 5), (9, 2), (-3, 4), (None, None)])
def test_a_span_that_leads_nowhere_breaks_nothing(offsets: tuple[int | None, int | None]) -> None:
    rows = GOOD["evidence"].to_pylist()
    for row in rows:
        row |= {"char_start": offsets[0], "char_end": offsets[1], "quote": None}
    schema = pa.schema([pa.field(f.name, f.arrow) for f in real_schemas()["evidence"].fields])
    tables = GOOD | {"evidence": pa.Table.from_pylist(rows, schema=schema)}
    problem = Problem("evidence", 1, "char_end", "span", None, "message", "remedy")
    context = find_contexts([problem], tables, ARTICLES)[0]
    assert sum(len(words) for passage in context.passages for words, _ in passage.parts) < 2000


def test_a_long_sentence_is_cut_around_its_words() -> None:
    long = dataclasses.replace(HARBOUR, text="word " * 300 + HARBOUR.text.partition(".")[0] + " word" * 300)
    at = long.text.index("12 sailors")
    rows = [r | {"char_start": at, "char_end": at + 10} for r in GOOD["evidence"].to_pylist()[:1]]
    tables = GOOD | {"evidence": pa.Table.from_pylist(rows, schema=GOOD["evidence"].schema)}
    context = find_contexts([Problem("evidence", 1, None, "r", None, "m", "x")], tables, {long.article_id: long})[0]
    assert marked(context) == ["12 sailors"]
    assert sentence(context).startswith("… ") and sentence(context).endswith(" …") and len(sentence(context)) < 500


@pytest.mark.parametrize("limit", [5, 40])
def test_no_more_is_shown_than_the_article_may_be_quoted(limit: int) -> None:
    row = row_of("casualty_estimates", count_stated=12)
    limited = {HARBOUR.article_id: dataclasses.replace(HARBOUR, quote_limit=limit)}
    context = of("casualty_estimates", row, "reported_on", limited)
    if limit < len("March 3"):
        assert context.passages == ()
    else:
        assert marked(context) == ["March 3"]
        assert len(sentence(context).removeprefix("… ").removesuffix(" …")) <= limit
