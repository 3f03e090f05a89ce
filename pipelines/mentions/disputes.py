"""Disputes: who rejects a count that somebody else made, where the words repeat it or point at it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.mentions.claims import Attribution
from pipelines.mentions.counts import OutcomeCount, number_of
from pipelines.mentions.denials import FALSE
from pipelines.mentions.numbers import Number
from pipelines.mentions.tokens import Tagged

Span = tuple[int, int]

# Nouns that point at a number told of before.
_FIGURES = frozenset("figure figures number numbers toll total totals claim claims count tally estimate estimates report".split())
# How many sentences back the number may stand that "the figure" means.
_NEAR = 8
# A number that is repeated is looked for among so many counts before.
_LOOKED_AT = 200


@dataclass(frozen=True)
class Dispute:
    """One rejection of the count at ``original`` in the list of counts; ``words`` repeat that count or point at it."""

    original: int
    words: Span
    by: Attribution


def find_disputes(
    sentences: Sequence[Tagged], attributions: Sequence[Sequence[Attribution]], counts: Sequence[OutcomeCount]
) -> list[Dispute]:
    """The rejections of counts, in order of the text."""
    found: list[Dispute] = []
    for position, tagged in enumerate(sentences if counts else ()):
        for act in attributions[position]:
            if act.by.name is not None and (act.stance != "asserted" or _says_false(tagged, act)):
                act = replace(act, stance="denied" if act.stance == "asserted" else act.stance)
                first = bisect_left(counts, position, key=lambda c: c.sentence)
                here = range(first, bisect_right(counts, position, key=lambda c: c.sentence))
                before = [i for i in range(max(0, first - _LOOKED_AT), first) if not counts[i].single]
                found.extend(
                    _contested(tagged, act, here, before, counts)
                    if act.contests
                    else _rejected(position, act, here, before, counts, sentences)
                )
    return found


def _says_false(tagged: Tagged, act: Attribution) -> bool:
    """Whether a claim says of a bare number that it is false: "Tafur said the 19 was false"."""
    inside = [t.lower for t in tagged.tokens if act.start <= t.start < act.end]
    return bool(FALSE & set(inside)) and re.search(r"dN[BaW]", tagged.tags) is not None


def _contested(
    tagged: Tagged, act: Attribution, here: Sequence[int], before: Sequence[int], counts: Sequence[OutcomeCount]
) -> Iterator[Dispute]:
    """The count told of before that somebody rejects without a word of his own: "a figure that Israel disputes"."""
    same = [i for i in here if tagged.tokens[counts[i].number].end <= act.end]
    noun = next((t for t in reversed(tagged.tokens) if t.end <= act.end and t.lower in _FIGURES), None)
    if noun and (same or before):
        yield Dispute((same or before)[-1], (noun.start, noun.end), act)


def _rejected(
    position: int, act: Attribution, here: Sequence[int], before: Sequence[int], counts: Sequence[OutcomeCount], sentences: Sequence[Tagged]
) -> Iterator[Dispute]:
    """The counts that the words of a rejection repeat by their number or mean by "the figure"; none where they count anew."""
    tagged = sentences[position]
    inside = [(i, t) for i, t in enumerate(tagged.tokens) if act.start <= t.start < act.end]
    if {counts[i].number for i in here} & {i for i, _ in inside}:
        return
    for index, token in inside:
        if isinstance(token.value, Number) and token.value.count and tagged.tags[index + 1 : index + 2] not in ("G", "J", "X", "O"):
            again = next((i for i in reversed(before) if _states(counts[i], token.value, sentences)), None)
            if again is not None:
                yield Dispute(again, (token.start, token.end), act)
                return
    noun = next((t for _, t in inside if t.lower in _FIGURES), None)
    near = [i for i in before if position - counts[i].sentence <= _NEAR and counts[i].container is None]
    if noun is None or any(t.tag == "N" for _, t in inside):
        return
    both = any(t.lower == "both" for _, t in inside)
    for offset, original in enumerate(near[-2:] if both else near[-1:]):
        yield Dispute(original, (inside[0][1].start if offset else noun.start, noun.end), act)


def _states(count: OutcomeCount, number: Number, sentences: Sequence[Tagged]) -> bool:
    stated = number_of(sentences[count.sentence], count).count
    return bool(stated and number.count and stated.stated is not None and stated.stated == number.count.stated)
