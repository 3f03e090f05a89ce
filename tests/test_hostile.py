"""Whatever a text holds, extraction neither fails nor invents words: every span slices and every fact has its row."""

from datetime import date

import pytest
from golden_cases import fact_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.article import Article
from pipelines.engines.extraction import extract
from pipelines.mentions.lexicon import load_lexicon
from pipelines.paths import REPOSITORY
from pipelines.records import identify
from pipelines.schema import load_schemas
from pipelines.tables import fact_rows

LEXICON = load_lexicon(REPOSITORY.lexicon)
SCHEMAS = load_schemas(REPOSITORY.schemas)
WORDS = (
    "12 a an the killed wounded soldiers people Army said on Monday, . \n\n at least between 300 and 500 North Korea's troops sent to Russia in two waves ceremony medal "
    'pinned "we will win" “never” including of whom children dead deaths toll rose from 30 to 31 May 2025 the previous day he it denied that 1,000,000 1.5 million dozens of '
    "( ) — ; : ’ ' - % $ 3rd 41-year-old \u202e \u00a0 İ ß 99999999999999999999 1, 123,456,789,123,456 funeral wreath parade"
).split(" ")


def facts_of(text: str) -> None:
    article = Article("hostile", text, 0, published_on=date(2025, 8, 22))
    records = identify(article, extract(article, LEXICON, fact_tables()))
    rows = fact_rows(records, {"hostile": article}, SCHEMAS)
    assert len({r.fact_id for r in records}) == len(records)
    for row in rows["evidence"]:
        assert row["quote"] is None or text[slice(row["char_start"], row["char_end"])] == row["quote"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=80))
def test_words_of_the_field_in_any_order(words: list[str]) -> None:
    facts_of(" ".join(words))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_any_characters(text: str) -> None:
    facts_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "1," * 4000,
        "123," * 4000,
        "9" * 5000 + " people were killed",
        "“abc " * 1500,
        "12 killed, " * 800,
        "the ceremony " * 500,
        "\n" * 5000 + "x",
        "a" * 50000,
    ],
)
def test_noise_of_any_length(text: str) -> None:
    facts_of(text)
