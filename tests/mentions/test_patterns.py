"""Patterns: those that are not tried for the tags that a sentence lacks could not have fitted it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.mentions.numbered import NUMBERED
from pipelines.mentions.outcome_patterns import PATTERNS
from pipelines.mentions.patterns import Pattern, Patterns, compiled
from pipelines.mentions.singles import PATTERNS as SINGLES
from pipelines.mentions.singles import SMALL_PATTERNS, SinglePattern
from pipelines.mentions.unnumbered import UNNUMBERED


@pytest.mark.parametrize("pattern", (*PATTERNS, *NUMBERED, *UNNUMBERED), ids=lambda p: p.name)
@settings(max_examples=20)
@given(data=st.data())
def test_a_pattern_needs_the_tags_that_it_says(pattern: Pattern, data: st.DataObject) -> None:
    """A text that its expressions match is made from them; without the tags that it needs there is none."""
    before = compiled([pattern])[0][1]
    tags = (data.draw(st.from_regex(before)) if before else "") + data.draw(st.from_regex(re.compile(r"\A(?:" + pattern.after + ")")))
    assert all(set(needed) & set(tags) for needed in pattern.needs), tags
    assert pattern in [p for p, *_ in Patterns([pattern]).possible(tags)]


@pytest.mark.parametrize("pattern", (*SINGLES, *SMALL_PATTERNS), ids=lambda p: p.name)
@settings(max_examples=20)
@given(data=st.data())
def test_a_pattern_of_one_victim_needs_the_tags_that_it_says(pattern: SinglePattern, data: st.DataObject) -> None:
    tags = data.draw(st.from_regex(pattern.expression))
    assert all(set(needed) & set(tags) for needed in pattern.needs), tags


def test_only_the_patterns_whose_tags_a_sentence_has_are_tried() -> None:
    patterns = Patterns([Pattern("both", "", "", "", ("AB", "C")), Pattern("any", "", "", "")])
    assert [p.name for p, *_ in patterns.possible("wwBwC")] == ["both", "any"]
    assert [p.name for p, *_ in patterns.possible("wwBw")] == ["any"]
