"""Outcomes: which numbers count people who were killed, wounded, captured or the like, by which words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipelines.mentions.actors import Meaning
from pipelines.mentions.counts import CountedSentence, OutcomeCount, counted_sentence, outcome_tags, stated
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.outcome_conditions import holds
from pipelines.mentions.outcome_patterns import PATTERNS
from pipelines.mentions.parts import add_breakdown, add_further, add_parts
from pipelines.mentions.patterns import Compiled, Patterns
from pipelines.mentions.people import people_beside
from pipelines.mentions.singles import Single, find_singles
from pipelines.mentions.tokens import Tagged

Span = tuple[int, int]


_PATTERNS = Patterns(PATTERNS)
# The share of capitals among the letters below which a text is one without capitals; news has 3 to 4 in a hundred.
_FEW_CAPITALS = 0.02
_MAYBE_CAPITAL = re.compile("[A-Z\x80-\U0010ffff]")
_FREED = frozenset("rescued freed released free rescue liberated release".split())


def find_outcomes(text: str, sentences: Sequence[Tagged], meanings: Mapping[int, Meaning], lexicon: Lexicon) -> list[OutcomeCount]:
    """All counted outcomes of an article in order of the text."""
    found: list[OutcomeCount] = []
    singles: list[Single] = []
    letters = text[:4000]
    small = sum(map(str.isupper, _MAYBE_CAPITAL.findall(letters))) < _FEW_CAPITALS * len(letters)
    for position, tagged in enumerate(sentences):
        tags = outcome_tags(tagged)
        if "N" in tags:
            previous = [f for f in found[-100:] if f.sentence >= position - 3]
            here = counted_sentence(position, tagged, tags)
            found.extend(replace(c, stated=stated(tagged, c)) for c in _in_sentence(here, previous, sentences))
        if _DECIDING.search(tags):
            singles.extend(find_singles(text, position, tagged, tags, meanings, lexicon, small))
    return _with_singles(found, singles, sentences)


def _with_singles(found: Sequence[OutcomeCount], singles: Sequence[Single], sentences: Sequence[Tagged]) -> list[OutcomeCount]:
    """The counts with the single victims that none of them counts."""
    merged = list(found)
    counted: dict[int, list[Span]] = {}
    for f in found:
        start, end = sentences[f.sentence].tokens[f.number].start, sentences[f.sentence].tokens[f.number].end
        counted.setdefault(f.sentence, []).append((start, max(end, f.people[1] if f.people else 0)))
    for s in singles:
        tokens = sentences[s.sentence].tokens
        start, end = tokens[s.first].start, tokens[s.last].end
        if any(a < end and start < b for a, b in counted.get(s.sentence, ())):
            continue
        who = s.first + (tokens[s.first].tag == "d" and s.last > s.first)
        people = tokens[who].start, end
        merged.append(OutcomeCount(s.sentence, s.first, s.trigger, s.outcome, people, f"single_{s.pattern}", single=s))
    return sorted(merged, key=lambda c: (c.sentence, c.number))


# Every pattern holds one of these tags.
_DECIDING = re.compile(r"[PUELIOTHMC]")


def _in_sentence(here: CountedSentence, previous: Sequence[OutcomeCount], sentences: Sequence[Tagged]) -> list[OutcomeCount]:
    found: dict[int, OutcomeCount] = {}
    patterns = _PATTERNS.possible(here.tags) if here.numbers else []
    for number in here.numbers if patterns else ():
        best = min(_candidates(here, patterns, number), default=None, key=lambda c: c[0])
        if best and not _means_things(here.position, here.tags, number, sentences):
            found[number] = best[1]
    if found or previous:
        add_parts(here, found, previous)
        add_further(here, found, previous)
        add_breakdown(here, found, previous)
    return [found[n] for n in sorted(found)]


def _means_things(position: int, tags: str, number: int, sentences: Sequence[Tagged]) -> bool:
    """Whether "1,200 of them" looks back at things rather than people."""
    if tags[number + 1 : number + 3] != "oq":
        return False
    before = "".join(outcome_tags(t) for t in sentences[max(0, position - 1) : position]) + tags[:number]
    return bool(re.search(r"X[^G]*$", before))


def _candidates(here: CountedSentence, patterns: Sequence[Compiled], number: int) -> Iterator[tuple[tuple[int, int], OutcomeCount]]:
    """(rank, count) for every pattern that fits the number: the nearer the deciding word, the better."""
    position, tagged, tags = here.position, here.tagged, here.tags
    for order, (pattern, before, after) in enumerate(patterns):
        left = before.search(tags, 0, number) if before else None
        if before and not left:
            continue
        right = after.match(tags, number + 1)
        if not right:
            continue
        trigger = _trigger(tags, left.start(), number) if left else _last(tags, right.end())
        if not holds(pattern, tagged, tags, number, trigger):
            continue
        distance = abs(number - trigger) + 3 * tags.count(",", min(number, trigger), max(number, trigger))
        word = tagged.tokens[trigger].word
        if word and word.outcome == "captured" and any(t.lower in _FREED for t in tagged.tokens[max(0, number - 3) : number]):
            continue
        outcome = word.outcome if word and word.outcome else "killed"
        if outcome == "killed" and _is_joined(tagged, tags, trigger):
            outcome = "killed_or_wounded"
        people = people_beside(tagged, tags, number, trigger)
        if outcome == "displaced" and people and _are_armed(tagged, people):
            continue  # "the two gunmen fled"
        yield (distance, order), OutcomeCount(position, number, trigger, outcome, people, pattern.name)


_ARMED = frozenset("assailants attackers gunmen suspects robbers perpetrators killers kidnappers hijackers thieves".split())


def _are_armed(tagged: Tagged, people: Span) -> bool:
    inside = [t for t in tagged.tokens if people[0] <= t.start < people[1]]
    return any(t.lower in _ARMED or (t.word is not None and t.word.group == "military") for t in inside)


def _is_joined(tagged: Tagged, tags: str, trigger: int) -> bool:
    """Whether the same people may also be wounded: "were killed, wounded or went missing"."""
    match = re.compile(r"(?:,|k|c)P").match(tags, trigger + 1) if tags[trigger] == "P" else None
    word = tagged.tokens[match.end() - 1].word if match else None
    return bool(word and word.outcome == "wounded" and tagged.tokens[trigger + 1].lower in (",", "or", "and"))


def _trigger(tags: str, start: int, number: int) -> int:
    """The deciding word before a number: "killed" in "the number of gunmen killed … at"."""
    return start if tags[start] != "C" else max(i for i in range(start, number) if tags[i] in "PUEOI")


def _last(tags: str, end: int) -> int:
    """The position of the deciding word: the last outcome tag before ``end``."""
    return max(i for i in range(end) if tags[i] in "PUEOIML" or (i == end - 1 and tags[i] != "G")) if tags[end - 1] == "G" else end - 1
