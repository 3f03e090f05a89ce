"""Tables: identifiers that hold, rows that are typed as declared, words that are withheld, a lexicon that is closed."""

from datetime import date

import pyarrow as pa
import pytest
from golden_cases import lexicon
from hypothesis import given
from hypothesis import strategies as st
from reading import FRIDAY
from tables_of import tables_of

from pipelines.article import Article
from pipelines.changes import CHANGES
from pipelines.engines.extraction import extract
from pipelines.errors import ToolError
from pipelines.facts import Evidence, Fact
from pipelines.facts.fact import evidence_id, fact_id
from pipelines.records import Record, identify
from pipelines.schema import Schema
from pipelines.tables import cast, fact_rows

TEXT = "The Red Cross said that 40 men died near Goma. In Kinshasa 12 men were killed on Monday."


def read(text: str, **meta: object) -> tuple[Article, list[Record]]:
    """An article with its identified casualty estimates."""
    article = Article("note-1", text, published_on=FRIDAY, **meta)  # type: ignore[arg-type]
    return article, identify(article, extract(article, lexicon(), ["casualty_estimates"]))


def ids(text: str) -> dict[str, list[str]]:
    """The identifiers by the words of their triggers."""
    article, records = read(text)
    found: dict[str, list[str]] = {}
    for record in records:
        found.setdefault(article.text[slice(*record.fact.trigger)], []).append(record.fact_id)
    return found


# Identifiers


def test_an_edit_elsewhere_changes_no_identifier() -> None:
    before = ids(TEXT)
    assert len(before) == 2
    assert ids("It rained all night. " + TEXT.replace("Kinshasa", "the capital") + " Nobody slept.") == before


def test_another_fact_changes_no_identifier_of_others() -> None:
    after = ids("Rebels captured 7 policemen. " + TEXT)
    assert {words: after[words] for words in ids(TEXT)} == ids(TEXT)


def test_equal_words_are_told_apart_in_order_of_the_text() -> None:
    article = Article("note-1", "12 men here, 12  Men there")
    facts = [Fact("deployments", span, {"article_id": "note-1"}, []) for span in ((13, 20), (0, 6))]
    here, there = identify(article, facts)
    assert (here.fact.trigger, there.fact.trigger) == ((0, 6), (13, 20))
    assert here.fact_id == fact_id("deployments", "note-1", "12 men", 0)
    assert there.fact_id == fact_id("deployments", "note-1", "12 men", 1)


def test_case_and_spacing_do_not_count() -> None:
    assert fact_id("t", "a", "About  600\nmen", 0) == fact_id("t", "a", "about 600 men", 0)


@pytest.mark.parametrize("other", [("u", "a", "w", 0), ("t", "b", "w", 0), ("t", "a", "v", 0), ("t", "a", "w", 1)])
def test_every_part_makes_another_identifier(other: tuple[str, str, str, int]) -> None:
    assert fact_id("t", "a", "w", 0) != fact_id(*other)


@given(st.text(max_size=20), st.text(max_size=20))
def test_identifiers_have_their_form(article_id: str, words: str) -> None:
    for identifier, letter in ((fact_id("t", article_id, words, 0), "f"), (evidence_id(words, "t", None, "c", 0, 1), "e")):
        assert identifier[0] == letter
        assert len(identifier) == 17
        assert set(identifier[1:]) <= set("0123456789abcdef")


def test_a_part_names_the_fact_of_its_whole() -> None:
    _, records = read("The blast killed 23 people, including 12 children.")
    whole, part = sorted(records, key=lambda r: r.fact.trigger)
    assert part.fact.values["part_of_fact_id"] == whole.fact_id
    assert "part_of_fact_id" not in whole.fact.values


def test_a_pointer_at_nothing_is_dropped_with_its_words() -> None:
    article = Article("note-1", TEXT)
    fact = Fact(
        "statements",
        (0, 3),
        {"article_id": "note-1"},
        [Evidence("occasion_fact_id", 0, 3)],
        {},
        {"occasion_fact_id": ("ceremonies", (4, 7))},
    )
    (record,) = identify(article, [fact])
    assert "occasion_fact_id" not in record.fact.values
    assert record.fact.evidence == []


# Types


def test_an_undeclared_column_is_refused(schemas: dict[str, Schema]) -> None:
    with pytest.raises(ToolError, match="casualty_estimates: undeclared column 'count_middle'"):
        cast([{"fact_id": "f1", "count_middle": 3}], schemas["casualty_estimates"])


def test_nullable_integers_stay_integers(schemas: dict[str, Schema]) -> None:
    table = cast([{"fact_id": "f1", "count_low": None}, {"fact_id": "f2", "count_low": 3_000_000_001}], schemas["casualty_estimates"])
    assert pa.types.is_integer(table.schema.field("count_low").type)
    assert table.column("count_low").to_pylist() == [None, 3_000_000_001]


def test_dates_stay_dates(schemas: dict[str, Schema]) -> None:
    table = cast([{"fact_id": "f1", "reported_on": date(2025, 8, 22)}, {"fact_id": "f2"}], schemas["casualty_estimates"])
    assert pa.types.is_date(table.schema.field("reported_on").type)
    assert table.column("reported_on").to_pylist() == [date(2025, 8, 22), None]


def test_a_number_in_a_date_column_is_refused(schemas: dict[str, Schema]) -> None:
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        cast([{"fact_id": "f1", "reported_on": "in August"}], schemas["casualty_estimates"])


def test_an_empty_table_has_its_types(schemas: dict[str, Schema]) -> None:
    for schema in schemas.values():
        table = cast([], schema)
        assert table.column_names == [f.name for f in schema.fields]
        assert not any(pa.types.is_null(f.type) for f in table.schema)


def test_rows_are_in_order_of_their_key(schemas: dict[str, Schema]) -> None:
    rows: list[dict[str, object]] = [{"fact_id": f, "ordinal": n} for f, n in (("f2", 1), ("f1", 10), ("f1", 2))]
    table = cast(rows, schemas["ceremony_participants"])
    assert [(r["fact_id"], r["ordinal"]) for r in table.select(["fact_id", "ordinal"]).to_pylist()] == [("f1", 2), ("f1", 10), ("f2", 1)]


# Words that may not be published


@pytest.mark.parametrize(("limit", "shown"), [(10, False), (22, True)])
def test_words_over_the_limit_are_withheld(schemas: dict[str, Schema], limit: int, shown: bool) -> None:
    text = "The Committee of Relief said that 40 men died."
    article, records = read(text, quote_limit=limit)
    rows = fact_rows(records, {"note-1": article}, schemas)
    (row,) = rows["casualty_estimates"]
    assert row["claimant_text"] == ("Committee of Relief" if shown else None)
    (span,) = [e for e in rows["evidence"] if e["column_name"] == "claimant_text"]
    assert (span["quote"], span["prefix"], span["suffix"]) == (
        ("Committee of Relief", "The ", " said that 40 men died.") if shown else (None,) * 3
    )
    # Hash and offsets stay, so that whoever has the text can check.
    assert span["quote_sha256"] and (span["char_start"], span["char_end"]) == (4, 23)


def test_short_words_beside_long_ones_stay(schemas: dict[str, Schema]) -> None:
    article, records = read("The Committee of Relief said that 40 men died.", quote_limit=10)
    rows = fact_rows(records, {"note-1": article}, schemas)
    assert rows["casualty_estimates"][0]["victims_text"] == "men"


def test_context_is_32_characters(schemas: dict[str, Schema]) -> None:
    text = "The river rose in the night, and in the morning the Red Cross said that 40 men died near the bridge of the old mill."
    article, records = read(text)
    rows = fact_rows(records, {"note-1": article}, schemas)
    for span in rows["evidence"]:
        start, end = span["char_start"], span["char_end"]
        assert isinstance(start, int) and isinstance(end, int)
        assert span["quote"] == text[start:end]
        assert span["prefix"] == text[max(0, start - 32) : start]
        assert span["suffix"] == text[end : end + 32]


# The lexicon


def test_the_lexicon_of_a_package_is_what_its_rows_need(schemas: dict[str, Schema]) -> None:
    text = "The National Intelligence Service said that 40 North Korean soldiers were killed near Pyongyang in the Korean War."
    article, records = read(text)
    tables = tables_of([article], records, lexicon(), [], schemas)
    for schema in schemas.values():
        for key in schema.foreign_keys:
            if key.table in ("actors", "places", "conflicts"):
                named = set(tables[schema.name].column(key.fields[0]).to_pylist()) - {None}
                assert named <= set(tables[key.table].column(0).to_pylist()), f"{schema.name}.{key.fields[0]}"
    assert "pyongyang" in tables["places"].column("place_id").to_pylist()
    assert "PRK" in tables["places"].column("place_id").to_pylist(), "what a place is part of comes with it"
    assert tables["places"].num_rows < 10
    assert tables["actors"].num_rows < 10


def test_every_schema_has_its_table(schemas: dict[str, Schema]) -> None:
    article, records = read(TEXT)
    assert set(tables_of([article], records, lexicon(), [], schemas)) == set(schemas) - {CHANGES}
