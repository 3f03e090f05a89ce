import pytest

from pipelines.mentions.scope import tells_of_war

WORDS = {
    "killed": "war",
    "army": "war",
    "air strike": "war",
    "market": "business",
    "shares": "business",
    "investor": "business",
    "storm": "weather",
}


@pytest.mark.parametrize(
    ("words", "war"),
    [
        (["air strike", "killed", "army", *["market"] * 9], True),
        (["killed", "army", "market", "shares", "investor"], False),
        (["killed", "army", "air strike", "market", "market", "shares", "investor"], False),
        (["killed", "army", "storm", "storm"], False),
        (["killed"] * 9 + ["market", "shares", "investor"], True),
        ([], True),
    ],
)
def test_a_repeated_word_of_another_field_counts_twice_at_most(words: list[str], war: bool) -> None:
    assert tells_of_war(words, WORDS) is war
