"""Counts: a number of people to whom one outcome befell, and which numbers of a sentence can be one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.mentions.numbers import Number
from pipelines.mentions.singles import ONE, Single
from pipelines.mentions.words import Tagged

Span = tuple[int, int]

_COUNTERS = frozenset(["number", "numbers", "figure", "figures", "count", "tally", "total", "estimate"])
# Verbs that mean deaths where people are their object: "cost them eight men", "buried seven soldiers".
_LOST = frozenset("lost losing lose loses cost costing costs buried bury burying".split())


@dataclass(frozen=True)
class OutcomeCount:
    """A number of people to whom one outcome befell; token positions in its sentence.

    ``number`` is the number's position, ``trigger`` that of the word that states the outcome, ``people`` the span of
    the words for the victims (None: not named beside the number), ``container`` the number that includes this one.
    """

    sentence: int
    number: int
    trigger: int
    outcome: str
    people: Span | None
    pattern: str
    container: tuple[int, int] | None = None
    single: Single | None = None
    stated: int | None = None


def outcome_tags(tagged: Tagged) -> str:
    """The sentence's tags with those for outcomes in place."""
    words = [(i, word) for i in tagged.told if (word := tagged.tokens[i].word) and word.outcome]
    plain = _SPECIAL.keys().isdisjoint(tagged.words)
    if plain and not words:
        return tagged.tags
    letters = list(tagged.tags) if plain else [_SPECIAL.get(t.lower, t.tag) for t in tagged.tokens]
    for index, word in words:
        letters[index] = word.outcome_tag
    tags = "".join(letters)
    for index, word in words:
        # "Eight displaced people were slain", "killed eight prisoners": here the fugitives and captives are the victims.
        if word.outcome in ("displaced", "captured") and tags[index] in "OP" and _are_victims(tags, index):
            tags = f"{tags[:index]}{'G' if tags[index] == 'O' else 'w'}{tags[index + 1 :]}"
    return tags


_HARMED_AFTER = re.compile(r"[^,;.R]{0,14}?[PETI]")
_HARMED_BEFORE = re.compile(r"(?:[TPL]|O[oi])[adc]{0,2}N[^OPNB,]{0,3}$")


def _are_victims(tags: str, index: int) -> bool:
    """Whether words for captives or fugitives name those to whom something else befell."""
    if tags[index] == "P" and (index == 0 or tags[index - 1] != "N"):
        return False
    return bool(_HARMED_AFTER.match(tags, index + 1) or _HARMED_BEFORE.search(tags, 0, index))


_SPECIAL = dict.fromkeys(_LOST, "L") | dict.fromkeys(("remain", "remained", "remains"), "B") | dict.fromkeys(_COUNTERS, "C")
_ONE_OF = re.compile(r"[mwJAa-]{0,3}?[GOPEoJM]")
_NOUN = re.compile(r"m?(?:od?)?[wJAamn-]{0,4}?([GXO])")
_APPOSITION = re.compile(r"[Aw],$")


@dataclass(frozen=True, slots=True)
class CountedSentence:
    """A sentence with its tags for outcomes and the positions of the numbers that may count people."""

    position: int
    tagged: Tagged
    tags: str
    numbers: tuple[int, ...]


def counted_sentence(position: int, tagged: Tagged, tags: str) -> CountedSentence:
    """The sentence ready for counting."""
    return CountedSentence(position, tagged, tags, tuple(_numbers(tagged, tags)))


def _numbers(tagged: Tagged, tags: str) -> Iterator[int]:
    """Positions of the numbers that may count people here."""
    for match in _NUMBER.finditer(tagged.tags):
        index = match.start()
        token = tagged.tokens[index]
        if counted_noun(tags, index) == "X":
            continue
        if token.lower == "one" and not _ONE_OF.match(tags, index + 1):
            continue
        if index and tagged.tokens[index - 1].lower in ("every", "each"):
            continue
        if index and tags[index - 1] == "q" and token.lower.startswith("under "):
            continue  # "most of them under 18"
        if _AGE.search(tags, 0, index) or (tags[index + 1 : index + 2] == "," and _APPOSITION.search(tags, 0, index)):
            continue  # "boys of 9 and 13", "Corporal Mere Tiko, 26, …"
        if _BASE.search(tags, 0, index) and not _WHO_DIED.match(tags, index + 1):
            continue
        if index and tags[index - 1] == "x" and tagged.tokens[index - 1].lower in ("no", "not", "none"):
            continue
        yield index


_NUMBER = re.compile("N")
# "Of the 11,000 men sent, about 4,000 …": the number that others are a share of.
_BASE = re.compile(r"(?:^|[,;W\"kN])od?$")


_AGE = re.compile(r"Go(?:Nc)?$")
_WHO_DIED = re.compile(r"[wJA]{0,3}G?(?:,?W[ahB]*)?[PUIE]")


def counted_noun(tags: str, number: int) -> str:
    """The tag of the noun that a number counts, as far as the words show it."""
    match = _NOUN.match(tags, number + 1)
    return match[1] if match else ""


def number_of(tagged: Tagged, count: OutcomeCount) -> Number:
    """The number that a counted outcome states."""
    if count.single:
        return Number(tagged.tokens[count.single.first].start, tagged.tokens[count.single.last].end, ONE)
    value = tagged.tokens[count.number].value
    assert isinstance(value, Number)
    return value


def stated_at(tagged: Tagged, number: int) -> int:
    value = tagged.tokens[number].value
    return (value.count.stated or 0) if isinstance(value, Number) and value.count else 0


def stated(tagged: Tagged, count: OutcomeCount) -> int | None:
    return stated_at(tagged, count.number) or None
