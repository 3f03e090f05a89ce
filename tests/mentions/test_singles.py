"""One victim without a number: "a journalist was shot dead" tells of one."""

import pytest
from reading import facts, outcomes, words

from pipelines.mentions.singles import PATTERNS, SMALL_PATTERNS, SinglePattern, read_one


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.name)
def test_each_pattern_catches_its_example(pattern: SinglePattern) -> None:
    assert [o.pattern for o in outcomes(pattern.example)] == [f"single_{pattern.name}"]


@pytest.mark.parametrize("pattern", SMALL_PATTERNS, ids=lambda p: p.name)
def test_names_without_capitals(pattern: SinglePattern) -> None:
    text = f"san salvador, 3 jan 90. {pattern.example} nobody knew why. the police are looking for two men."
    assert f"single_{pattern.name}" in [o.pattern for o in outcomes(text)]


@pytest.mark.parametrize(
    ("text", "who", "outcome"),
    [
        ("A Roman Catholic priest was killed in the capital.", "Roman Catholic priest", "killed"),
        ("Gunmen shot dead an elderly Buddhist monk on Sunday.", "elderly Buddhist monk", "killed"),
        ("Gunmen killed the mayor of a small town.", "mayor", "killed"),
        ("Judge Maria Paz was murdered in her car.", "Judge Maria Paz", "killed"),
        ("The local radio station's chief was wounded.", "local radio station's chief", "wounded"),
        ("A federal judge whose court had tried smugglers was killed in Metepec.", "federal judge", "killed"),
        ("The officer, who said nothing to reporters, was wounded.", "officer", "wounded"),
        ("A village headman was shot and killed.", "village headman", "killed"),
        ("A priest was found dead in the river.", "priest", "killed"),
        ("A priest was found murdered.", "priest", "killed"),
        ("As a result of the clash, the cook was killed.", "cook", "killed"),
        ("Luis Galan, a senator, was killed.", "Luis Galan", "killed"),
    ],
)
def test_who_it_was(text: str, who: str, outcome: str) -> None:
    (count,) = outcomes(text)
    assert (words(text, count.people), count.outcome) == (who, outcome)


@pytest.mark.parametrize(
    "text",
    [
        "Nobody was killed.",
        "A journalist was nearly killed.",
        "The general would be killed if he returned.",
        "They planned to kill the judge.",
        "A third of the battalion was killed.",
        "Gunmen killed the peasant family.",
        "Two bombs killed a dog.",
        "A pensioner died of cancer.",
        "Journalists were killed.",
        "The attempted murder of a priest shocked the town.",
        "Oil fell to 60 dollars.",
    ],
)
def test_nobody_and_nothing(text: str) -> None:
    assert outcomes(text) == []


def test_one_of_those_that_a_count_includes_is_no_row_of_its_own() -> None:
    assert [o.pattern for o in outcomes("The strike killed 12 people, including a nurse.")] == ["active"]


def test_the_number_reads_again_from_its_words() -> None:
    (fact,) = facts("A journalist was shot dead in Kabul on Monday, police said.", "casualty_estimates")
    (quote,) = [e for e in fact.evidence if e.column == "count_best"]
    text = "A journalist was shot dead in Kabul on Monday, police said."
    count = read_one(text[quote.start : quote.end])
    assert count is not None
    assert (fact.values["count_best"], fact.values["qualifier"]) == (count.best, count.qualifier) == (1, "exact")


@pytest.mark.parametrize("text", ["A 46-year-old cleric", "a 16 year old boy", "A 12- year-old\ngirl"])
def test_an_age_is_no_number_of_people(text: str) -> None:
    assert read_one(text) == read_one("a cleric")


@pytest.mark.parametrize("text", ["", "12 soldiers", "a nurse and a driver", "word " * 13])
def test_what_names_more_than_one_reads_as_none(text: str) -> None:
    assert read_one(text) is None
