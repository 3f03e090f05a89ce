"""Faults of words: spans that are not what stands in the article, values that their words do not say, values without words."""

import dataclasses
from collections.abc import Iterator
from datetime import date

from small_package import HARBOUR, NOTE, real_schemas

from faults.fault import ARTICLES, GOOD, Change, Expected, Fault, Tables, keep_rows, row_of, set_values

QUOTED = row_of("evidence", column_name="claimant_text", quote="Ministry of Defence")
WITHHELD = row_of("evidence", article_id="note-1")
IN_LIST = row_of("evidence", table_name="ceremony_participants", ordinal=2)
EXACT = row_of("casualty_estimates", qualifier="exact")
ABOUT_600 = row_of("casualty_estimates", qualifier="about")
VAGUE = row_of("casualty_estimates", qualifier="vague")

SPANS: list[tuple[str, int, dict[str, object], str, str, int]] = [
    ("a letter changed in a quote", QUOTED, {"quote": "Ministry of Defense"}, "quote", "slice", 1),
    ("a quote that is not its hash", QUOTED, {"quote": "Ministry of Defense"}, "quote_sha256", "hash", 1),
    ("a quote withheld without need", QUOTED, {"quote": None, "prefix": None, "suffix": None}, "quote", "slice", 1),
    ("a prefix from elsewhere", QUOTED, {"prefix": "A "}, "prefix", "slice", 1),
    ("a suffix lost", QUOTED, {"suffix": None}, "suffix", "slice", 1),
    ("a span shifted by one", QUOTED, {"char_start": 5, "char_end": 24}, "quote", "slice", 1),
    ("a span shifted, its identifier kept", QUOTED, {"char_start": 5, "char_end": 24}, "evidence_id", "evidence_id", 1),
    ("a span one character short", QUOTED, {"char_end": 22}, "quote", "slice", 1),
    ("a span behind the text", QUOTED, {"char_end": 9999}, "char_end", "span", 1),
    ("a wrong hash of a quote", QUOTED, {"quote_sha256": "0" * 64}, "quote_sha256", "hash", 1),
    ("an identifier of nothing", QUOTED, {"evidence_id": "e" + "0" * 16}, "evidence_id", "evidence_id", 1),
    ("an article that is not there", QUOTED, {"article_id": "lost"}, "article_id", "article", 1),
    ("a span in another article", QUOTED, {"article_id": "note-1"}, "article_id", "supports", 1),
    ("evidence of no table", QUOTED, {"table_name": "claims"}, "table_name", "supports", 1),
    ("evidence of another table", QUOTED, {"table_name": "deployments"}, "fact_id", "supports", 1),
    ("orphan evidence", QUOTED, {"fact_id": "f" + "0" * 16}, "fact_id", "supports", 1),
    ("evidence of a participant that a table has not", QUOTED, {"ordinal": 1}, "fact_id", "supports", 1),
    ("evidence of no column", QUOTED, {"column_name": "claimant"}, "column_name", "supports", 1),
    ("evidence of a column that has no words", QUOTED, {"column_name": "review_status"}, "column_name", "supports", 1),
    ("evidence of a null", QUOTED, {"column_name": "place_text"}, "column_name", "supports", 1),
    ("evidence of a participant too many", IN_LIST, {"ordinal": 3}, "fact_id", "supports", 1),
    ("evidence of a participant without number", IN_LIST, {"ordinal": None}, "fact_id", "supports", 1),
    ("a quote over its limit", WITHHELD, {"quote": "Dozens of fishermen"}, "quote", "quote limit", 14),
    ("a withheld quote with another hash", WITHHELD, {"quote_sha256": "0" * 64}, "quote_sha256", "hash", 1),
]
VALUES: list[tuple[str, str, int, dict[str, object], str, str, str]] = [
    (
        "words with one more",
        "casualty_estimates",
        EXACT,
        {"claimant_text": "The Ministry of Defence"},
        "claimant_text",
        "evidence",
        "verbatim",
    ),
    ("words over the limit", "casualty_estimates", VAGUE, {"victims_text": "fishermen"}, "victims_text", "evidence", "quote limit"),
    ("words without a mark", "statements", 1, {"text": "We will not forget"}, "text", "evidence", "verbatim"),
    (
        "a digit changed",
        "casualty_estimates",
        EXACT,
        dict.fromkeys(("count_low", "count_best", "count_high", "count_stated"), 13),
        "count_low",
        "readings",
        "count",
    ),
    ("a bound lost", "casualty_estimates", EXACT, {"count_high": None}, "count_low", "readings", "count"),
    ("another hedge", "casualty_estimates", EXACT, {"qualifier": "about"}, "count_low", "readings", "count"),
    ("one digit of a round number", "casualty_estimates", ABOUT_600, {"count_stated": 601}, "count_best", "readings", "count"),
    ("a bound made up", "casualty_estimates", ABOUT_600, {"count_low": 600}, "count_low", "readings", "count"),
    ("the next day", "casualty_estimates", EXACT, {"reported_on": date(2031, 3, 4)}, "reported_on", "readings", "date"),
    ("another year", "casualty_estimates", EXACT, {"reported_on": date(2030, 3, 3)}, "reported_on", "readings", "date"),
    ("a wave too many", "deployments", 1, {"waves": 3}, "waves", "readings", "count"),
    ("a nought lost", "deployments", 1, {"personnel_stated": 500}, "personnel_low", "readings", "count"),
    ("the day before", "ceremonies", 1, {"held_on": date(2031, 3, 1)}, "held_on", "readings", "date"),
    ("digits turned round", "ceremony_participants", 2, {"count": 21}, "count", "readings", "count"),
]


def faults() -> Iterator[Fault]:
    """Those of spans, of values and of texts."""
    for name, row, values, column, rule, promise in SPANS:
        expected = Expected("evidence", "evidence", row, column, rule)
        yield Fault(f"evidence: {name}", expected, set_values("evidence", row, **values), promise=promise)
    for name, table, row, values, column, layer, rule in VALUES:
        yield Fault(f"{table}.{column}: {name}", Expected(layer, table, row, column, rule), set_values(table, row, **values), promise=2)
    yield from _uncovered()
    yield from _texts()
    meaning = Expected("readings", "casualty_estimates", VAGUE, "count_low", "count")
    dozens = set_values("vague_numbers", row_of("vague_numbers", words="dozens"), count_low=36)
    yield Fault("vague_numbers: another meaning of dozens", meaning, dozens, promise=2)


def _uncovered() -> Iterator[Fault]:
    """A value of each column from text whose evidence is gone."""
    for schema in (s for s in real_schemas().values() if s.kind in ("fact", "link")):
        for f in schema.fields:
            values = GOOD[schema.name].column(f.name).to_pylist()
            row = next((n for n, value in enumerate(values, start=1) if value not in (None, f.unstated)), None)
            if f.evidence and row is not None:
                expected = Expected("evidence", schema.name, row, f.name, "evidence")
                yield Fault(f"{schema.name}.{f.name}: its words are gone", expected, _without(schema.name, f.name), promise=1)


def _without(table: str, column: str) -> Change:
    def rows(content: list[dict[str, object]]) -> list[dict[str, object]]:
        return [row for row in content if (row["table_name"], row["column_name"]) != (table, column)]

    def change(tables: Tables) -> Tables:
        return keep_rows("evidence", rows)(tables)

    return change


def _texts() -> Iterator[Fault]:
    place = row_of("articles", article_id="note-1")
    # Of an article whose licence lets its text be passed on; the others need not be here.
    gone = Expected("evidence", "articles", row_of("articles", article_id="harbour-2031"), "article_id", "text")
    yield Fault("articles: a text that may be passed on is gone", gone, damage=lambda _: None, texts=(NOTE,), promise=1)
    edited = dataclasses.replace(NOTE, text=NOTE.text + " ")
    for column in ("text_sha256", "text_chars"):
        expected = Expected("evidence", "articles", place, column, "text")
        yield Fault(f"articles: a text was edited ({column})", expected, damage=lambda _: None, texts=(HARBOUR, edited), promise=1)
    assert ARTICLES == (HARBOUR, NOTE)
