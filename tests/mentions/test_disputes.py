"""Who rejects a number has a row of his own, with his stance."""

import pytest
from reading import facts

CLAIM = "The rebels said on Monday that 61 soldiers had been killed at Usulutan. "


@pytest.mark.parametrize(
    ("rejection", "claimant", "stance"),
    [
        ('Colonel Reynaldo Arce rejected the 61 as "a number from a novel".', "Colonel Reynaldo Arce", "denied"),
        ("Colonel Reynaldo Arce said the 61 was false.", "Colonel Reynaldo Arce", "denied"),
        ('The Defence Ministry called the figure "theatre".', "Defence Ministry", "denied"),
        ("The Defence Ministry disputed the figure.", "Defence Ministry", "disputed"),
        ("It is a number that the Defence Ministry disputes.", "Defence Ministry", "disputed"),
    ],
)
def test_a_rejection_is_a_row(rejection: str, claimant: str, stance: str) -> None:
    first, second = facts(CLAIM + rejection, "casualty_estimates")
    assert first.values["stance"] == "asserted"
    assert (second.values["claimant_text"], second.values["stance"]) == (claimant, stance)
    assert (second.values["outcome"], second.values["count_best"]) == ("killed", 61)


def test_both_figures_are_two_rows() -> None:
    text = "The army said 700 rebels were killed. A mission counted 2,000 dead. M23 called both figures a lie."
    rows = sorted((f.values["count_stated"], f.values["stance"]) for f in facts(text, "casualty_estimates"))
    assert rows == [(700, "asserted"), (700, "denied"), (2000, "asserted"), (2000, "denied")]


@pytest.mark.parametrize("text", ["He disputed the result of the election.", "The minister called the offer false.", "The army denied it."])
def test_what_rejects_no_count_is_no_row(text: str) -> None:
    assert len(facts(CLAIM + text, "casualty_estimates")) == 1
