"""Sentences: spans of prose between stops, which never cross a paragraph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.article.sentences import find_sentences


def split(text: str, start: int = 0) -> list[str]:
    return [text[s.start : s.end] for s in find_sentences(text, start)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["It rained.", "The men left."],
        ["Was it true?", "Nobody knew!", "It went on."],
        ['"It rained."', "He left."],
        ["“It rained.”", "He left."],
        ['He said, "It rained."', '"It snowed," she said.'],
        ["Gen. Baro of the U.S. Army spoke.", "He left."],
        ["They met at 7 a.m. on Monday.", "It rained."],
        ["They left at 7 a.m.", "The men were tired."],
        ["It cost 3.5 million.", "It rained."],
        ["Mr. J. R. Vey spoke.", "It rained."],
        ["Colonel Idris Baro of the North Army waited… and left.", "It rained."],
        ["He waited… and left.", "It rained."],
        ["No. 5 was empty.", "It rained."],
        ["It rained.", "12 men left."],
        ["It rained (so he said).", "He left."],
    ],
)
def test_a_text_is_cut_where_its_sentences_end(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


def test_a_paragraph_ends_a_sentence_without_a_stop() -> None:
    text = "A headline without a stop\n\nThe men left. It rained.\n \nThe end"
    assert split(text) == ["A headline without a stop", "The men left.", "It rained.", "The end"]
    assert [s.paragraph for s in find_sentences(text)] == [0, 1, 1, 2]


def test_a_line_break_alone_ends_nothing() -> None:
    assert split("The men of the\nNorth left.") == ["The men of the\nNorth left."]


def test_a_text_in_lower_case_is_cut_at_every_stop() -> None:
    assert split("it rained. the men left.") == ["it rained.", "the men left."]


def test_what_stands_before_the_start_is_left_out() -> None:
    assert split(" date 2025-08-22 It rained.", 17) == ["It rained."]


@pytest.mark.parametrize("text", ["", " ", "\n\n\n"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert split(text) == []


@given(st.text(alphabet=st.sampled_from(list("abcABC .!?\n\"“”'0123,—")), max_size=300))
def test_every_character_but_space_is_in_exactly_one_sentence(text: str) -> None:
    covered = [0] * len(text)
    last = (0, 0)
    for sentence in find_sentences(text):
        assert (sentence.paragraph, sentence.start) >= (last[0], last[1])
        assert text[sentence.start : sentence.end] == text[sentence.start : sentence.end].strip() != ""
        last = (sentence.paragraph, sentence.end)
        for i in range(sentence.start, sentence.end):
            covered[i] += 1
    assert all(c == 1 or (c == 0 and text[i].isspace()) for i, c in enumerate(covered))


def test_the_points_of_a_list_are_sentences_of_their_own() -> None:
    text = "HIGHLIGHTS\n\n• Five people died, the WHO says. • Three are missing\n• Two were hurt"
    found = [text[s.start : s.end] for s in find_sentences(text)]
    assert found == ["HIGHLIGHTS", "Five people died, the WHO says.", "Three are missing", "Two were hurt"]
