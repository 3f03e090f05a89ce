"""Reviews: decisions of people, read, matched and applied; one that fits nothing any more fails by name."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines.article import Article
from pipelines.errors import InputError
from pipelines.facts import Evidence, Fact
from pipelines.records import Record, identify, review
from pipelines.reviews import read_reviews
from pipelines.schema import Schema
from pipelines.tables import fact_rows

TEXT = "The Red Cross said on Monday that 40 men died. The Red Cross said that 12 men fled. A vigil was held in Osk; families came."
ARTICLE = Article("note-1", TEXT, published_on=date(2025, 8, 22))
AT = TEXT.index("40 men"), TEXT.index("40 men") + 6
VALUES: dict[str, object] = {"article_id": "note-1", "outcome": "killed", "stance": "asserted", "qualifier": "exact", "scope": "unknown"}
FOUND = identify(
    ARTICLE,
    [
        Fact(
            "casualty_estimates",
            AT,
            VALUES | {f"count_{end}": 40 for end in ("low", "best", "high", "stated")},
            [Evidence("outcome", *AT), *(Evidence(f"count_{end}", *AT) for end in ("low", "best", "high", "stated"))],
        )
    ],
)
FACT = FOUND[0].fact_id

Decide = Callable[[str], list[Record]]


@pytest.fixture
def decide(tmp_path: Path, schemas: dict[str, Schema]) -> Decide:
    """The records after a review file's decisions."""

    def after(content: str) -> list[Record]:
        (tmp_path / "note-1.yaml").write_text(content.replace("FACT", FACT), "utf-8")
        return review(ARTICLE, FOUND, read_reviews(tmp_path, ["note-1", "note-2"]), schemas)

    return after


def fails(decide: Decide, content: str, *expected: str) -> None:
    with pytest.raises(InputError) as caught:
        decide(content)
    for words in ("note-1.yaml", *expected):
        assert words in str(caught.value)


def test_without_reviews_all_are_candidates(tmp_path: Path, schemas: dict[str, Schema]) -> None:
    assert review(ARTICLE, FOUND, read_reviews(tmp_path / "nowhere", []), schemas) == FOUND
    assert FOUND[0].status == "candidate"


def test_an_empty_file_decides_nothing(decide: Decide) -> None:
    assert decide("# nothing yet\n") == FOUND


def test_confirm(decide: Decide) -> None:
    (record,) = decide("- confirm: FACT\n")
    assert record.status == "confirmed"
    assert record.fact.values == FOUND[0].fact.values


def test_retract_takes_the_row_out_and_keeps_the_reason(decide: Decide, schemas: dict[str, Schema]) -> None:
    (record,) = decide("- retract: FACT\n  reason: the men were of another war\n")
    assert (record.status, record.reason) == ("retracted", "the men were of another war")
    rows = fact_rows([record], {"note-1": ARTICLE}, schemas)
    assert rows["casualty_estimates"] == rows["evidence"] == []


def test_correct_changes_the_value_and_points_at_the_words(decide: Decide) -> None:
    (record,) = decide(
        "- correct: FACT\n  column: reported_on\n  value: 2025-08-18\n  quote: Monday\n  reason: a weekday before the dateline\n"
    )
    assert record.status == "corrected"
    assert record.fact.values["reported_on"] == date(2025, 8, 18)
    (span,) = [e for e in record.fact.evidence if e.column == "reported_on"]
    assert TEXT[span.start : span.end] == "Monday"
    assert span.reason == "a weekday before the dateline"
    assert "a weekday before the dateline" in str(record.reason)


def test_correct_without_quote_keeps_the_words(decide: Decide) -> None:
    (record,) = decide("- correct: FACT\n  column: outcome\n  value: missing\n  reason: none was found\n")
    (span,) = [e for e in record.fact.evidence if e.column == "outcome"]
    assert (span.start, span.end) == AT


def test_correct_to_null_takes_the_words_out(decide: Decide) -> None:
    (record,) = decide("- correct: FACT\n  column: count_high\n  value: null\n  reason: at least forty\n")
    assert record.fact.values["count_high"] is None
    assert not [e for e in record.fact.evidence if e.column == "count_high"]


def test_two_corrections_keep_both_reasons(decide: Decide) -> None:
    one = "- correct: FACT\n  column: outcome\n  value: missing\n  reason: none was found\n"
    two = "- correct: FACT\n  column: scope\n  value: incident\n  reason: one night\n  quote: 40 men\n"
    (record,) = decide(one + two)
    assert "none was found" in str(record.reason)
    assert "one night" in str(record.reason)


ADD = """- add: ceremonies
  trigger: A vigil
  reason: the grammar does not know vigils
  columns:
    kind: {quote: vigil, value: memorial}
    name: {quote: vigil}
    place_text: {quote: Osk}
    place_precision: {quote: Osk, value: unknown}
  links:
    ceremony_participants:
      - participant_text: {quote: families}
        role: {quote: families, value: family}
"""


def test_add_makes_a_fact_of_a_person(decide: Decide, schemas: dict[str, Schema]) -> None:
    record = decide(ADD)[-1]
    assert (record.extractor, record.status, record.fact.table) == ("human", "confirmed", "ceremonies")
    assert {k: record.fact.values[k] for k in ("kind", "name", "place_text")} == {"kind": "memorial", "name": "vigil", "place_text": "Osk"}
    rows = fact_rows([record], {"note-1": ARTICLE}, schemas)
    assert [r["participant_text"] for r in rows["ceremony_participants"]] == ["families"]
    assert [e["quote"] for e in rows["evidence"]] == [TEXT[e.start : e.end] for e in _all_evidence(record)]
    assert {e["column_name"] for e in rows["evidence"]} == {"kind", "name", "place_text", "place_precision", "participant_text", "role"}


def _all_evidence(record: Record) -> list[Evidence]:
    links = [row for rows in record.fact.links.values() for row in rows]
    return [*record.fact.evidence, *(e for row in links for e in row.evidence)]


def test_add_fills_what_the_words_leave_unstated(decide: Decide) -> None:
    record = decide(
        "- add: casualty_estimates\n  trigger: 12 men\n  reason: missed\n  columns:\n    outcome: {quote: fled, value: displaced}\n"
    )[-1]
    assert {k: record.fact.values[k] for k in ("scope", "stance", "basis", "victims_kind")} == {
        "scope": "unknown",
        "stance": "asserted",
        "basis": "none given",
        "victims_kind": "unknown",
    }


def test_add_what_the_grammar_finds_as_well_is_refused(decide: Decide) -> None:
    fails(
        decide,
        "- add: casualty_estimates\n  trigger: 40 men\n  reason: missed\n  columns:\n    outcome: {quote: died, value: killed}\n",
        ":1:",
        "is found by casualty_estimates@",
    )


@pytest.mark.parametrize(
    "kind", ["confirm: {}", "retract: {}\n  reason: gone", "correct: {}\n  column: scope\n  value: daily\n  reason: gone"]
)
def test_a_decision_that_matches_nothing_is_named(decide: Decide, kind: str) -> None:
    fails(decide, f"# first line\n- {kind.format('f0000000000000000')}\n", ":2:", "matches nothing", "f0000000000000000")


def test_a_correction_that_corrects_nothing_any_more_is_named(decide: Decide) -> None:
    fails(decide, "- correct: FACT\n  column: outcome\n  value: killed\n  reason: it was so\n", ":1:", "already")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("- confirm: [\n", "no YAML"),
        ("confirm: FACT\n", "expected a list"),
        ("- FACT\n", "expected a decision"),
        ("- confirn: FACT\n", "did you mean 'confirm'"),
        ("- confirm: FACT\n  because: so\n", "unknown key 'because'"),
        ("- retract: FACT\n", "lacks 'reason'"),
        ("- retract: FACT\n  reason: ''\n", "lacks 'reason'"),
        ("- correct: FACT\n  column: scope\n  reason: so\n", "lacks 'value'"),
        ("- confirm: FACT\n  confirm: FACT\n", "stands twice"),
        ("- correct: FACT\n  column: scpoe\n  value: daily\n  reason: so\n", "did you mean 'scope'"),
        ("- correct: FACT\n  column: fact_id\n  value: f1\n  reason: so\n", "no column 'fact_id'"),
        ("- correct: FACT\n  column: scope\n  value: dayly\n  quote: 40 men\n  reason: so\n", "did you mean 'daily'"),
        ("- correct: FACT\n  column: count_low\n  value: forty\n  reason: so\n", "of type integer"),
        ("- correct: FACT\n  column: count_low\n  value: true\n  reason: so\n", "of type integer"),
        ("- correct: FACT\n  column: reported_on\n  value: Monday\n  quote: Monday\n  reason: so\n", "of type date"),
        ("- correct: FACT\n  column: reported_on\n  value: 2025-08-18\n  reason: so\n", "has no words yet"),
        ("- correct: FACT\n  column: claimant_text\n  value: Red Cross\n  quote: Red Crescent\n  reason: so\n", "does not hold the words"),
        ("- correct: FACT\n  column: claimant_text\n  value: Red Cross\n  quote: Red Cross\n  reason: so\n", "stand 2 times"),
        ("- correct: FACT\n  column: claimant_text\n  value: Red Cross\n  quote: Red Cross\n  occurrence: 3\n  reason: so\n", "1 to 2"),
        (ADD.replace("ceremonies", "ceremony"), "did you mean 'ceremonies'"),
        (ADD.replace("ceremony_participants", "guests"), "has no list 'guests'"),
        (ADD.replace("place_text", "plaice_text"), "did you mean 'place_text'"),
        (ADD.replace("{quote: Osk}", "Osk"), "expected {quote: the words"),
        (ADD.replace("trigger: A vigil", "trigger: A wake"), "does not hold the words"),
    ],
)
def test_a_malformed_decision_is_named(decide: Decide, content: str, expected: str) -> None:
    fails(decide, content, expected)


def test_the_second_of_equal_words_is_found(decide: Decide) -> None:
    content = "- correct: FACT\n  column: claimant_text\n  value: Red Cross\n  quote: Red Cross\n  occurrence: 2\n  reason: so\n"
    (record,) = decide(content)
    (span,) = [e for e in record.fact.evidence if e.column == "claimant_text"]
    assert span.start == TEXT.rindex("Red Cross")


def test_a_review_of_an_unknown_article_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note-3.yaml").write_text("[]", "utf-8")
    with pytest.raises(InputError, match=r"note-3\.yaml: no article 'note-3'.*did you mean"):
        read_reviews(tmp_path, ["note-1"])


def test_a_file_that_is_no_review_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note-1.yml").write_text("[]", "utf-8")
    with pytest.raises(InputError, match="not a review"):
        read_reviews(tmp_path, ["note-1"])


def test_a_review_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note-1.yaml").write_bytes(b"# \xff\n")
    with pytest.raises(InputError, match="not UTF-8"):
        read_reviews(tmp_path, ["note-1"])
