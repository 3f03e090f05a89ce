"""Ages: "a woman, 60, was killed" tells of one, "the prisoners, 60, were killed" of sixty."""

import pytest
from reading import facts, mentions

from pipelines.mentions.numbers import Number


def counted(text: str) -> list[int | None]:
    """The numbers of a text that can count people."""
    tokens = [t for tagged in mentions(text).sentences for t in tagged.tokens if t.tag == "N"]
    return [t.value.count.stated for t in tokens if isinstance(t.value, Number) and t.value.count]


@pytest.mark.parametrize(
    "text",
    [
        "The man, 34, was hurt.",
        "A woman, about 60, was killed.",
        "Ivan Petrenko (52) was wounded.",
        "A mother and her son, 8, were killed.",
        "His grandmother, 66, died in the blast.",
        "A girl of 7 was wounded.",
        "Boys of 9 and 13 were wounded.",
        "The brothers, 10, 12 and 15, were killed.",
        "Brothers aged 10 and 12 were killed.",
        "Children aged between 4 and 11 were killed.",
        "The teenager, who was 17, was killed.",
        "She was 34 when she died.",
        "the terrorist, gonzalo pinzon flores, 24, was captured.",
        "A man in his 40s was killed.",
    ],
)
def test_ages_count_nobody(text: str) -> None:
    assert counted(text) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The prisoners, 60, were killed.", [60]),
        ("The wounded, 34, were taken away.", [34]),
        ("The soldiers, 60 of them, were killed.", [60]),
        ("A crew of 95 came with it.", [95]),
        ("A gunman killed one policeman, 12 villagers and a nurse.", [1, 12]),
        ("A nurse, 29, and three others were wounded.", [3]),
        ("A mayor, 300, was killed.", [300]),
        ("The boys, aged 10, and 12 women were killed.", [12]),
        ("In Aleppo, 34, and in Homs, 12, were killed.", [34, 12]),
    ],
)
def test_other_numbers_still_do(text: str, numbers: list[int]) -> None:
    assert counted(text) == numbers


def test_no_row_says_that_sixty_were_killed() -> None:
    found = facts("Shelling hit Kharkiv. A woman, 60, was killed, police said.", "casualty_estimates")
    assert [f.values["count_best"] for f in found] == [1]
