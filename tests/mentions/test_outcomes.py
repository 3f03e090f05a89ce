"""Outcomes: which numbers count people who were killed, wounded, missing, captured or displaced."""

import pytest
from reading import mentions, outcomes, words

from pipelines.mentions.counts import number_of
from pipelines.mentions.outcome_patterns import PATTERNS
from pipelines.mentions.patterns import Pattern


def read(text: str) -> list[tuple[int | None, str, str | None]]:
    """(stated number, outcome, victims) of each count."""
    sentences = mentions(text).sentences
    counts = [(number_of(sentences[o.sentence], o).count, o) for o in outcomes(text)]
    return [(count.stated if count else None, o.outcome, words(text, o.people)) for count, o in counts]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.name)
def test_each_pattern_catches_its_example(pattern: Pattern) -> None:
    assert pattern.name in [o.pattern for o in outcomes(pattern.example)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The blast killed 12 villagers.", [(12, "killed", "villagers")]),
        ("The blast wounded 12 villagers.", [(12, "wounded", "villagers")]),
        ("Twelve villagers are missing.", [(12, "missing", "villagers")]),
        ("Rebels captured 12 policemen.", [(12, "captured", "policemen")]),
        ("Some 12,000 people were displaced.", [(12000, "displaced", "people")]),
        ("Two gunmen fled.", []),
        ("The brigade suffered 12 casualties.", [(12, "killed_or_wounded", None)]),
        ("Twelve villagers were shot dead.", [(12, "killed", "villagers")]),
        ("Twelve villagers were injured.", [(12, "wounded", "villagers")]),
        ("The war displaced 1.5 million people.", [(1500000, "displaced", "people")]),
        ("Some 12 displaced people and members of a militia were killed.", [(12, "killed", "displaced people")]),
        ("Some 12 people were displaced and five killed.", [(12, "displaced", "people"), (5, "killed", None)]),
        ("About 1,200 people were killed and 251 taken hostage.", [(1200, "killed", "people"), (251, "captured", None)]),
        ("Rebels hacked five villagers to death.", [(5, "killed", "villagers")]),
        ("Two people were killed and one was wounded.", [(2, "killed", "people"), (1, "wounded", None)]),
        ("Ten bandits suspected to be farmers were killed.", [(10, "killed", "bandits")]),
        (
            "Five women were killed and five others (including two nurses) wounded.",
            [(5, "killed", "women"), (5, "wounded", "others"), (2, "wounded", "nurses")],
        ),
        ("The rebels are blamed for killing on August 25 at least 11 villagers.", [(11, "killed", "villagers")]),
        ("Eleven of the 12 villagers died.", [(11, "killed", "villagers")]),
        ("Police killed two of five rebels.", [(2, "killed", "rebels")]),
        ("Two-thirds of the 300 dead were women.", [(300, "killed", None)]),
        ("Half of the 40 soldiers killed were conscripts.", [(40, "killed", "soldiers")]),
        ("All of the 40 soldiers were killed.", [(40, "killed", "soldiers")]),
        ("The missile killed a family of four.", [(4, "killed", None)]),
        ("The mayor was killed along with two of his bodyguards.", [(1, "killed", "mayor"), (2, "killed", "bodyguards")]),
        ("Killed: 3.", [(3, "killed", None)]),
        ("Three children, 4, 6 and 11, were among the dead.", [(3, "killed", "children")]),
        ("The death toll rose by 15 to 47.", [(47, "killed", None)]),
        ("Residents buried 27 victims of the raid.", [(27, "killed", "victims")]),
    ],
)
def test_words_have_their_outcome(text: str, expected: list[tuple[int | None, str, str | None]]) -> None:
    assert read(text) == expected


def test_killed_and_wounded_are_two_counts() -> None:
    assert [(n, o) for n, o, _ in read("At least 23 people were killed and 41 wounded.")] == [(23, "killed"), (41, "wounded")]


@pytest.mark.parametrize("link", ["including", "among them"])
def test_a_part_points_at_its_whole(link: str) -> None:
    whole, part = outcomes(f"The blast killed 23 people, {link} 12 children.")
    assert whole.container is None
    assert part.container == (whole.sentence, whole.number)
    assert part.outcome == "killed"


def test_deaths_among_casualties_are_a_part() -> None:
    whole, part = outcomes("The battle cost around 4,700 casualties, including about 600 deaths.")
    assert (whole.outcome, part.outcome) == ("killed_or_wounded", "killed")
    assert part.container == (whole.sentence, whole.number)


def test_of_them_points_into_the_sentence_before() -> None:
    whole, part = outcomes("The blast killed 23 people. Four of them were children.")
    assert part.container == (whole.sentence, whole.number)


@pytest.mark.parametrize(
    "text",
    [
        "The army lost 40 tanks.",
        "The army destroyed 12 helicopters.",
        "Several people were killed.",
        "Many people were killed, and a few are missing.",
        "A third of the battalion was killed.",
        "Some 30 percent of the people were displaced.",
        "Forty soldiers were not killed.",
        "As many as 40 soldiers could be killed.",
        "Forty people came to the funeral.",
        "Two bombs killed a dog.",
        "He was killed in 2021.",
        "He was killed on April 25.",
        "Half of the 40 soldiers were killed.",
        "Most of the 40 soldiers were killed.",
        "All but three of the 40 soldiers were killed.",
        "Some 60 percent of the 40 soldiers were killed.",
        "Russian forces captured 12 settlements.",
        "Police looked into the burning of five buses.",
        "He survived four assassination attempts.",
        "He threatened to kill 10 hostages.",
        "The army failed to kill 20 rebels.",
        "The court heard how he tried to kill three officers.",
        "The truce has saved 200 lives.",
        "If 500 people were killed, the war would widen.",
        "Officials expect 20,000 people to flee.",
        "None of the 20 passengers was injured.",
        "Not one of the 12 sailors was hurt.",
        "One in five of those killed was a child.",
        "The court sentenced five men to death.",
    ],
)
def test_what_counts_nobody_is_no_outcome(text: str) -> None:
    assert read(text) == []


def test_a_forecast_in_the_active_voice_is_no_outcome() -> None:
    assert read("A strike on the port could kill thousands of people.") == []


def test_women_of_them_are_the_victims_of_the_part() -> None:
    assert read("The attack killed 23 people, 12 of them children.")[1] == (12, "killed", "children")


def test_those_who_kill_are_no_victims() -> None:
    assert read("Two gunmen killed 12 villagers.") == [(12, "killed", "villagers")]
