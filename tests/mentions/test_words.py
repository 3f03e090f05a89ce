"""Words: each sentence as tokens whose tags the patterns of the grammar are matched on."""

import pytest
from golden_cases import lexicon
from hypothesis import given
from hypothesis import strategies as st
from reading import FRIDAY, mentions, tags

from pipelines.article import Article
from pipelines.mentions.finders import lowered
from pipelines.mentions.lexicon import Named
from pipelines.mentions.mentions import find_mentions
from pipelines.mentions.tokens import Tagged


def token_at(tagged: Tagged, words: str) -> str:
    """The tag of the token that holds the words, and nothing else."""
    (found,) = [t for t in tagged.tokens if t.lower == words]
    return found.tag


@pytest.mark.parametrize(
    ("text", "words", "tag"),
    [
        ("They counted 40 people.", "40", "N"),
        ("It cost $40 in the end.", "40", "n"),
        ("They left on 3 May 2024 by train.", "3 may 2024", "D"),
        ("They left for Pyongyang by train.", "pyongyang", "A"),
        ("They met Zorvan Kelt by chance.", "zorvan kelt", "A"),
        ("They met North Korean singers.", "north korean", "J"),
        ("They met soldiers there.", "soldiers", "G"),
        ("They met helicopters there.", "helicopters", "X"),
        ("The colonel insisted that it held.", "insisted", "R"),
        ("The army, according to him, left.", "he", ""),
        ("They were tired.", "were", "B"),
        ("They may leave.", "may", "h"),
        ("They did not leave.", "not", "x"),
        ("The house of the priest stood.", "of", "o"),
        ("Soldiers as well as priests left.", "as well as", "c"),
        ("Twelve people, including priests, left.", "including", "i"),
        ("The men who left were tired.", "who", "W"),
        ("The city slowly emptied.", "slowly", "a"),
    ],
)
def test_a_word_has_its_tag(text: str, words: str, tag: str) -> None:
    (tagged,) = mentions(text).sentences
    if tag:
        assert token_at(tagged, words) == tag
    else:
        assert words not in [t.lower for t in tagged.tokens]


def test_a_date_inside_a_name_belongs_to_the_name() -> None:
    (tagged,) = mentions("They sang at the April 25 House of Culture.").sentences
    assert token_at(tagged, "april 25 house of culture") == "A"
    assert "D" not in tagged.tags


def test_a_number_inside_a_name_is_no_count() -> None:
    assert "N" not in tags("They sang at the April 25 House of Culture.")


def test_unknown_capitalised_words_are_one_name() -> None:
    (tagged,) = mentions("They waited for Ottoline Brask Vey.").sentences
    assert [t.lower for t in tagged.tokens if t.tag == "A"] == ["ottoline brask vey"]


def test_an_abbreviation_counts_only_in_its_own_capitals() -> None:
    (lower,) = mentions("He told us nothing.").sentences
    (upper,) = mentions("He told US officers nothing.").sentences
    assert not any(isinstance(t.value, Named) for t in lower.tokens)
    assert any(isinstance(t.value, Named) and t.value.actor_id == "USA" for t in upper.tokens)


def test_typographic_apostrophes_read_as_plain_ones() -> None:
    assert tags("South Korea’s spy agency spoke.") == tags("South Korea's spy agency spoke.")


def test_both_kinds_of_quotation_marks_have_one_tag() -> None:
    assert tags("He said “no more” again.") == tags('He said "no more" again.')


@given(st.text(max_size=80))
def test_lowering_keeps_every_offset(text: str) -> None:
    assert len(lowered(text)) == len(text)


@given(st.text(alphabet=st.sampled_from(list("abc XYZ12,.'’“”\"-\n—éßİ")), max_size=120))
def test_tokens_stand_in_order_within_their_sentence(text: str) -> None:
    for tagged in mentions(text).sentences:
        assert len(tagged.tags) == len(tagged.tokens)
        end = tagged.sentence.start
        for token in tagged.tokens:
            assert end <= token.start < token.end <= tagged.sentence.end
            assert not text[token.start : token.end].isspace()
            end = token.end


def test_the_date_prefix_is_no_prose() -> None:
    found = find_mentions(Article("note", " date 2025-08-22 Five men left.", 17, published_on=FRIDAY), lexicon())
    assert [t.lower for t in found.sentences[0].tokens][:2] == ["five", "men"]
