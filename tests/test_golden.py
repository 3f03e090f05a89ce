"""Golden articles: exactly the rows that people read in them, each value beside words that say so."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from golden_cases import Case, cases, lexicon, read_case, shown

from pipelines.article import Article
from pipelines.facts import Evidence, Fact
from pipelines.mentions.dates import read_dates
from pipelines.mentions.numbers import read_count
from pipelines.paths import REPOSITORY
from pipelines.schema import load_schemas

CASES = cases()
by_case = pytest.mark.parametrize("case", CASES, ids=str)


@by_case
def test_the_article_yields_exactly_its_rows(case: Case) -> None:
    _, facts = read_case(case.path)
    got = Counter(tuple(shown(f, c, facts) for c in case.columns) for f in facts if f.table == case.table)
    wanted = Counter(case.rows)
    differences = [f"{sign} {_row(case, row)}" for sign, rows in (("-", wanted - got), ("+", got - wanted)) for row in rows.elements()]
    assert not differences, f"{case.path}: rows expected (-) and read (+):\n" + "\n".join(differences)


def _row(case: Case, row: tuple[str, ...]) -> str:
    return ", ".join(f"{column}={value}" for column, value in zip(case.columns, row, strict=True) if value)


@by_case
def test_every_value_from_text_stands_on_a_span(case: Case) -> None:
    article, facts = read_case(case.path)
    schemas = load_schemas(REPOSITORY.schemas)
    for fact in facts:
        covered = {e.column for e in fact.evidence}
        for field in schemas[fact.table].fields:
            value = fact.values.get(field.name, fact.refers.get(field.name))
            if field.evidence and value is not None and value != field.unstated:
                assert field.name in covered, f"{case}: {fact.table}.{field.name} = {value!r} has no words"
            if field.evidence == "verbatim" and value is not None:
                assert value in [article.text[e.start : e.end] for e in fact.evidence if e.column == field.name]


@by_case
def test_every_span_lies_in_the_prose(case: Case) -> None:
    article, facts = read_case(case.path)
    for fact in facts:
        for evidence in _evidence(fact):
            assert article.body_start <= evidence.start < evidence.end <= len(article.text)
            words = article.text[evidence.start : evidence.end]
            assert words == words.strip(), f"{case}: {words!r} supports {evidence.column} with white space"


@by_case
def test_counts_read_back_from_their_spans(case: Case) -> None:
    article, facts = read_case(case.path)
    for fact in facts:
        prefix = {"casualty_estimates": "count", "deployments": "personnel"}.get(fact.table)
        for words in _words(article, fact, f"{prefix}_low", f"{prefix}_best", f"{prefix}_high", f"{prefix}_stated", "qualifier"):
            count = read_count(words, lexicon().vague)
            assert count is not None, f"{case}: {words!r} is no count"
            stored = tuple(fact.values.get(f"{prefix}_{end}") for end in ("low", "best", "high", "stated"))
            assert (count.low, count.best, count.high, count.stated) == stored
            assert count.qualifier == fact.values["qualifier"]
        for column in ("waves", "honoured_count"):
            for words in _words(article, fact, column):
                count = read_count(words, lexicon().vague)
                assert count is not None
                assert count.best == fact.values[column]


@by_case
def test_dates_read_back_from_their_spans(case: Case) -> None:
    article, facts = read_case(case.path)
    for fact in facts:
        for column in [c for c in fact.values if isinstance(fact.values[c], date)]:
            for words in _words(article, fact, column):
                readings = read_dates(words, article.published_on)
                days = [d for r in readings for d in ((r.latest,) if column.endswith("_latest") else (r.earliest,))]
                assert fact.values[column] in days, f"{case}: {words!r} does not read as {column} {fact.values[column]}"


def _evidence(fact: Fact) -> Iterator[Evidence]:
    yield from fact.evidence
    for rows in fact.links.values():
        for row in rows:
            yield from row.evidence


def _words(article: Article, fact: Fact, *columns: str) -> list[str]:
    return [article.text[e.start : e.end] for e in fact.evidence if e.column in columns]
