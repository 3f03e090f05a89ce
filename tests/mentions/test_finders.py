"""Finders: what is looked for only at anchors is what a search of the whole text finds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts import casualty_estimates
from pipelines.mentions import dates, event_acts, event_people, movement_status, movements, numbers, words
from pipelines.mentions.finders import Cue, Finder, Stems, caseless, lowered, matches, small

WORDS = st.sampled_from(
    (
        "12 1,200 3 15-thousand 10k 1.5 million 200 2021 45 $ about some close to at least more than up as many no fewer in the region of between and from"
        " anywhere or so a an half dozen hundreds tens several few quarter twenty twenty-one three people soldiers km Article aged per cent 3rd - – , . ; ( ) '"
        " 2020-05-06 March May Mar. Monday tuesday last this next previous the day before yesterday following earlier later on early late mid- beginning end"
        " today night week month ago will by until since during 3-5 18 year that same so far as well once again first time each week fact Kim 1998 give take"
    ).split()
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", " ", "", "  ", "\n", "\u00a0", "-", ", "])), max_size=30).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)


@given(TEXTS)
def test_dates_are_found_as_by_a_search(text: str) -> None:
    lower = lowered(text)
    found = matches(dates._DATE, lower, dates._ANCHORS.starts(lower, mirror=lower[::-1]))
    assert [m.span() for m in found] == [m.span() for m in dates._DATE.finditer(lower)]


@given(TEXTS)
def test_numbers_are_found_as_by_a_search(text: str) -> None:
    lower = small(text)
    found = matches(numbers._COUNT, lower, numbers._ANCHORS.starts(lower, mirror=lower[::-1]))
    assert [m.span() for m in found] == [m.span() for m in numbers._COUNT.finditer(lower)]


@given(TEXTS)
def test_adverbials_are_found_as_by_a_search(text: str) -> None:
    lower = lowered(text)
    found = matches(words._ADVERBIALS, lower, words._ADVERBIAL_ANCHORS.starts(lower, mirror=lower[::-1]))
    assert [m.span() for m in found] == [m.span() for m in words._ADVERBIALS.finditer(lower)]


def test_several_lists_are_found_in_one_pass() -> None:
    finder = Finder(["north", "north korea"], ["korea", "north korea"])
    assert finder.find_each("north korea and korea-based, northern") == [
        [(0, 11, "north korea")],
        [(0, 11, "north korea")],
    ]
    assert Finder(["korea"], ["based"]).find_each("korea based") == [[(0, 5, "korea")], [(6, 11, "based")]]
    assert Finder([]).find("korea") == []


def test_stems_are_found_within_words_and_within_each_other() -> None:
    assert sorted(Stems(["medal", "med", "al"]).find("medals")) == [(0, 3, "med"), (0, 5, "medal"), (3, 5, "al")]


# Words of the cues and what may stand around them, in capitals too.
CUES = {
    "context": movements._CONTEXT,
    "local": movements._LOCAL,
    "peace": movement_status._PEACE,
    "private": movement_status._PRIVATE,
    **casualty_estimates._SCOPES,
}
CUE_WORDS = st.sampled_from(
    (
        "deployed contingents reinforcement withdrew withdrawal pulled out pull-out peacekeepers blue helmets berets rotations battle group battlegroup garrisons"
        " stationed dispatched multinational international force forces expeditionary troops to in advance party task brigade battalion mission sent many men"
        " soldiers UN U.N. 's ’s flag United Nations African Union AU ECOWAS SADC NATO EU G5 Sahel regional police training stabilisation observer inside the"
        " Wagner mercenaries Blackwater of fortune hired guns private military company death toll total so far date since all altogether a day per daily past 24"
        " hours last single attack strikes air raid bombs mine under australia and in: the,"
    ).split()
)
CUE_TEXTS = st.lists(st.tuples(CUE_WORDS, st.sampled_from([" ", " ", " ", "", "-", "\n", "_"]), st.booleans()), max_size=30).map(
    lambda parts: "".join((word.upper() if loud else word) + gap for word, gap, loud in parts)
)


@pytest.mark.parametrize("cue", CUES.values(), ids=list(CUES))
@settings(max_examples=60)
@given(text=CUE_TEXTS, start=st.integers(0, 40), length=st.integers(0, 80))
def test_a_cue_is_found_as_by_a_search(cue: Cue, text: str, start: int, length: int) -> None:
    expression, places = cue._expression, cue.places(lowered(text))
    found, wanted = cue.search(text, places, start, start + length), expression.search(text, start, start + length)
    assert (found and found.span()) == (wanted and wanted.span())
    assert cue.count(text, places) == len(list(expression.finditer(text)))


@given(st.from_regex(movements._NOT_SENT))
def test_what_says_that_people_are_not_sent_holds_a_word_of_doubt(text: str) -> None:
    assert movements._DOUBTS.find(text)


def test_an_expression_for_small_letters_finds_what_one_that_ignores_case_does() -> None:
    written = r"\b(?P<Who>[A-Z]\w+) (?:Said|told)\W[“I]"
    for text in ("kim TOLD “I", "KIM said!I", "Kim asked I"):
        found, wanted = caseless(written.replace("Who", "who")).search(small(text)), re.search(written, text, re.IGNORECASE)
        assert (found and found.span()) == (wanted and wanted.span())


@pytest.mark.parametrize("expression", [a.words for a in event_acts.ACTS if not a.cased] + [event_people._HOST_AFTER], ids=range(12))
def test_expressions_for_small_letters_hold_no_capitals(expression: re.Pattern[str]) -> None:
    assert not re.search(r"(?<![\\P])[A-Z]", re.sub(r"\\.|\(\?P", "", expression.pattern))
