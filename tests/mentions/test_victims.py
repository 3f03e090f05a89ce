"""Victims: which words name the people that a count counts."""

import pytest
from reading import facts, outcomes, words


def victims(text: str) -> list[object]:
    """The words for the victims of each casualty estimate."""
    return [f.values.get("victims_text") for f in facts(text, "casualty_estimates")]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Medics carried five wounded civilians to the aid station.", "wounded civilians"),
        ("He put the number of gunmen killed in the raids at twelve.", "gunmen"),
        ("That pushed to 1,965 the number of people killed.", "people"),
        ("The strikes caused 28 civilian deaths.", "civilian"),
        ("There were 28 deaths among unarmed residents.", "unarmed residents"),
        ("It put Taliban losses at more than 200 killed.", "Taliban losses"),
        ("Russian troops, he said then, were taking 1,200 casualties a day.", "Russian troops"),
    ],
)
def test_the_words_for_the_victims(text: str, who: str) -> None:
    assert victims(text) == [who]


def test_what_they_were_says_who_died() -> None:
    _, part = outcomes("The strike killed 23 people. Thirteen of them were children.")
    assert words("The strike killed 23 people. Thirteen of them were children.", part.people) == "children"


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Eleven soldiers were killed and 78 wounded.", ["soldiers", "soldiers"]),
        ("The toll rose to 26 dead and 46 injured.", ["dead", "injured"]),
        ("Seven passengers were killed and 23 others were injured.", ["passengers", "others"]),
        (
            "About 600 North Korean soldiers died. That is up from 300 killed and 2,700 injured.",
            ["North Korean soldiers", "North Korean soldiers", "North Korean soldiers"],
        ),
        ("Two children were killed in the rocket attack. The death toll has risen to nine.", ["children", None]),
        ("Two paramedics were killed in the rocket attack. He put the number of dead at nine.", ["paramedics", "dead"]),
        ("The army counted 40 fallen soldiers. Another 12 were killed on Monday.", ["fallen soldiers", "fallen soldiers"]),
    ],
)
def test_victims_are_shared_or_named_by_the_outcome(text: str, who: list[str]) -> None:
    assert victims(text) == who
