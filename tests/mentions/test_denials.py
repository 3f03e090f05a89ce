"""Denials without a verb of denial: a number that is called false is no assertion of whoever says so."""

import pytest
from reading import facts


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("There is no evidence that 12 civilians were killed, the army said.", "denied"),
        ("There is no evidence that Israel killed 12 civilians, the army said.", "denied"),
        ("It is not true that 300 soldiers died, the army said.", "denied"),
        ("The army said it was false that 300 soldiers had died.", "denied"),
        ("There is no truth in reports that 40 soldiers were killed, the army said.", "denied"),
        ("Reports that 300 soldiers had died were false, the army said.", "denied"),
        ("The army said the claim that 300 soldiers had died was not true.", "denied"),
        ("Reports that 300 soldiers had died were exaggerated, the army said.", "disputed"),
        ("It is true that 300 soldiers died, the army said.", "asserted"),
        ("A claim that 12 soldiers were killed was confirmed, the army said.", "asserted"),
        ("There is no evidence that Russia was behind the attack that killed 12 civilians, the army said.", "asserted"),
        ("The army said the report was not false: 12 soldiers were killed.", "asserted"),
    ],
)
def test_what_is_called_false_is_not_asserted(text: str, stance: str) -> None:
    (fact,) = facts(text, "casualty_estimates")
    assert fact.values["stance"] == stance


def test_the_words_that_call_it_false_are_its_evidence() -> None:
    text = "It is not true that 300 soldiers died, the army said."
    (fact,) = facts(text, "casualty_estimates")
    assert [text[e.start : e.end] for e in fact.evidence if e.column == "stance"] == ["not true"]
