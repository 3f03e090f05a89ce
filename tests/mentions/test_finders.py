"""Finders: what is looked for only at anchors is what a search of the whole text finds."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.mentions import dates, numbers, words
from pipelines.mentions.finders import Finder, Stems, lowered, matches, small

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
