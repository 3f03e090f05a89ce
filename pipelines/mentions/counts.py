"""Counts: a number of people to whom one outcome befell, and which numbers of a sentence can be one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.mentions.numbers import Number
from pipelines.mentions.singles import ONE, Single
from pipelines.mentions.tokens import Tagged

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
        if word.outcome in ("displaced", "captured") and tags[index] in "OPE" and _are_victims(tags, index):
            tags = f"{tags[:index]}{'G' if tags[index] == 'O' else 'w'}{tags[index + 1 :]}"
        elif tags[index] == "E" and tags.startswith("N", index + 1) and word.outcome_uses & _VERBAL:
            tags = f"{tags[:index]}P{tags[index + 1 :]}"  # "the war displaced 1.5 million people"
    return tags


_HARMED_AFTER = re.compile(r"[^,;.R]{0,14}?[PETI]")
_KILLED_AFTER = re.compile(r"[^,;.RNPETIB]{1,16}B[aB]*[PE]")
_HARMED_BEFORE = re.compile(r"(?:[TPL]|O[oi])[ad]{0,2}N[^OPNB,]{0,3}$")
_VERBAL = frozenset(("participle", "people_participle"))


def _are_victims(tags: str, index: int) -> bool:
    """Whether words for captives or fugitives name those to whom something else befell."""
    if tags[index] == "E":
        return _KILLED_AFTER.match(tags, index + 1) is not None
    if tags[index] == "P" and (index == 0 or tags[index - 1] != "N"):
        return False
    return bool(_HARMED_AFTER.match(tags, index + 1) or _HARMED_BEFORE.search(tags, 0, index))


_SPECIAL = dict.fromkeys(_LOST, "L") | dict.fromkeys(("remain", "remained", "remains"), "B") | dict.fromkeys(_COUNTERS, "C")
_ONE_OF = re.compile(r"[mwJAa-]{0,3}?[GOPEoJM]|m?[ahB]*B[aB]*[PUE]")
_NOUN = re.compile(r"m?(?:od?N?)?[wJAamn-]{0,4}?([GXO])")


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
    shares = _shares(tagged, tags)
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
        if _is_base(tagged, tags, index) and not _WHO_DIED.match(tags, index + 1):
            continue
        if [t.lower for t in tagged.tokens[max(0, index - 2) : index]] == ["all", "but"]:
            continue  # "all but three": those who were spared
        if _NOBODY.search(tags, 0, index):
            continue  # "not one", "none of the 20 passengers"
        if index not in shares:
            yield index


_NUMBER = re.compile("N")
_SHARE = re.compile(r"(?:^|(?<=[,;WRckx\"]))(?P<one>N)pN")
_BASE = re.compile(r"(^|[,;W\"kNwA])od?$")
_SHARES = frozenset(
    "half third thirds quarter quarters fifth fifths tenth most majority percent percentage part some many several few".split()
)
_NOBODY = re.compile(r"x(?:N?od?)?$")
_WHO_DIED = re.compile(r"[wJA]{0,3}G?(?:,?W[ahB]*[PUIE]|[PUEO])")


def _is_base(tagged: Tagged, tags: str, index: int) -> bool:
    """Whether others are a share of a number: "of the 11,000 men sent", "11 of the 12", "half of the 40"."""
    match = _BASE.search(tags, 0, index)
    return match is not None and (match[1] not in ("w", "A") or tagged.tokens[match.start(1)].lower in _SHARES)


def _shares(tagged: Tagged, tags: str) -> set[int]:
    """Positions of the two numbers of "one in five of those killed"."""
    found = set()
    for match in _SHARE.finditer(tags):
        one, of = match.start("one"), match.end() - 1
        if tagged.tokens[of - 1].lower == "in" and stated_at(tagged, one) < stated_at(tagged, of):
            found |= {one, of}
    return found


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
