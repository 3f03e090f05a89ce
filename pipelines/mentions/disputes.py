"""Disputes: who rejects a count that somebody else made, where the words repeat it or point at it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.mentions.claims import Attribution
from pipelines.mentions.counts import OutcomeCount, number_of
from pipelines.mentions.numbers import Number
from pipelines.mentions.words import Tagged

Span = tuple[int, int]

# Nouns that point at a number told of before.
_FIGURES = frozenset("figure figures number numbers toll total totals claim claims count tally estimate estimates report".split())
_FALSE = frozenset(
    "false fake fiction fictitious invention propaganda lie lies nonsense exaggerated baseless untrue fabricated fabrication fantasy absurd wrong".split()
)
# How many sentences back the number may stand that "the figure" means.
_NEAR = 8


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
    if not counts:
        return []
    found: list[Dispute] = []
    for position, tagged in enumerate(sentences):
        counted = {c.number for c in counts if c.sentence == position}
        acts = [a for a in attributions[position] if a.stance != "asserted" or _says_false(tagged, a)]
        for act in acts:
            found.extend(_disputes(position, tagged, act, counted, counts, sentences))
    return found


def _says_false(tagged: Tagged, act: Attribution) -> bool:
    """Whether a claim says of a bare number that it is false: "Tafur said the 19 was false"."""
    inside = [t.lower for t in tagged.tokens if act.start <= t.start < act.end]
    return bool(_FALSE & set(inside)) and re.search(r"dN[BaW]", tagged.tags) is not None


def _disputes(
    position: int, tagged: Tagged, act: Attribution, counted: set[int], counts: Sequence[OutcomeCount], sentences: Sequence[Tagged]
) -> Iterator[Dispute]:
    if act.by.name is None:
        return
    stance = act.stance if act.stance != "asserted" else "denied"
    act = replace(act, stance=stance)
    earlier = [i for i, c in enumerate(counts) if c.sentence < position and not c.single]
    if act.contests:
        same = [i for i, c in enumerate(counts) if c.sentence == position and sentences[position].tokens[c.number].end <= act.end]
        noun = next((t for t in reversed(tagged.tokens) if t.end <= act.end and t.lower in _FIGURES), None)
        if noun and (same or earlier):
            yield Dispute((same or earlier)[-1], (noun.start, noun.end), act)
        return
    inside = [(i, t) for i, t in enumerate(tagged.tokens) if act.start <= t.start < act.end]
    if any(i in counted for i, _ in inside):
        return
    for index, token in inside:
        if isinstance(token.value, Number) and token.value.count and tagged.tags[index + 1 : index + 2] not in ("G", "J", "X", "O"):
            again = [i for i in earlier if _states(counts[i], token.value, sentences)]
            if again:
                yield Dispute(again[-1], (token.start, token.end), act)
                return
    noun = next((t for _, t in inside if t.lower in _FIGURES), None)
    near = [i for i in earlier if position - counts[i].sentence <= _NEAR and counts[i].container is None]
    if noun and near and not any(t.tag == "N" for _, t in inside):
        both = any(t.lower == "both" for _, t in inside)
        for offset, original in enumerate(near[-2:] if both else near[-1:]):
            words = (noun.start, noun.end) if not offset else (inside[0][1].start, noun.end)
            yield Dispute(original, words, act)


def _states(count: OutcomeCount, number: Number, sentences: Sequence[Tagged]) -> bool:
    stated = number_of(sentences[count.sentence], count).count
    return bool(stated and number.count and stated.stated is not None and stated.stated == number.count.stated)
