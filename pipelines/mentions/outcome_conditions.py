"""What each pattern of ``outcome_patterns`` asks for beyond its tags before a number counts people whom something befell."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from pipelines.mentions.counts import counted_noun
from pipelines.mentions.outcome_patterns import SEVERAL, TO_DEATH, TOLL_VERBS
from pipelines.mentions.patterns import Pattern
from pipelines.mentions.singles import ONE_DEATH
from pipelines.mentions.tokens import Tagged

# (sentence, its tags, position of the number, position of the deciding word)
Condition = Callable[[Tagged, str, int, int], bool]

_MAYBE = frozenset("could would may might can will".split())
# "Two separate killings" counts events.
_EVENTS = frozenset("separate different such similar other alleged suspected".split())
_FORECAST = re.compile(r"\b(?:could|would|will|may|might|can) (?:\w+ly )?(?:be|kill|die|lose)\b")
# "Tried to kill 12", "an attack meant to kill 12".
_AIMS = re.compile(
    r"(?:aim|threat|fail|attempt|plan|vow|want|plot|conspir|order|intend|hope|seek|sought|swore|sworn|refus|expect|promis|pledg|prepar|design)\w*"
    r"|tr(?:y|ied|ies|ying)|meant|unable|likely|ready|due"
)
_IF = frozenset("if unless whether expect expects expected expecting".split())
_SPARES = frozenset("save saved saves saving spare spared spares sparing rescued".split())
_OF_THEM = re.compile(r"oq\"?$")
_TOGETHER = re.compile(r"\b(?:along|together) with\b")
_ANOTHER_COUNT = re.compile(r"oqN|[,c]N[ahB]")
_NO_NUMBER_OF = frozenset("by at in on from after within near with for".split())


def holds(pattern: Pattern, tagged: Tagged, tags: str, number: int, trigger: int) -> bool:
    """Whether a pattern that fits the tags around a number counts people with it; ``trigger``: the word that states the outcome."""
    words = tagged.tokens
    if pattern.before and any(t.lower in _MAYBE for t in words[max(0, trigger - 2) : trigger]):
        return False
    if _is_unreal(tagged, tags, number, trigger):
        return False
    if alone := _ALONE.get(pattern.name):
        return alone(tagged, tags, number, trigger)
    if words[trigger].lower in ("loss", "fell"):
        return pattern.name == "number_of" or tags[number + 1 : number + 2] == "A" or _of_people(tagged, tags, number, trigger)
    named = pattern.name in ("passive", "number_of", "number_before")
    if tags[trigger] == "U" and not named and not _of_people(tagged, tags, number, trigger):
        return False
    further = _FURTHER.get(pattern.name)
    return further is None or further(tagged, tags, number, trigger)


def _is_unreal(tagged: Tagged, tags: str, number: int, trigger: int) -> bool:
    """Whether the words say that it did not happen, or not yet: an aim, a condition, lives that were saved."""
    words = tagged.tokens
    aimed = trigger > 1 and tags[trigger - 1] == "t" and _AIMS.fullmatch(words[trigger - 2].lower) is not None
    spared = words[trigger].lower == "lives" and any(t.lower in _SPARES for t in words[max(0, number - 3) : number])
    return aimed or spared or (number > 0 and words[number - 1].lower in _IF)


def _of_people(tagged: Tagged, tags: str, number: int, _: int) -> bool:
    """Whether people stand beside the number: what is lost or destroyed can be things."""
    return (
        counted_noun(tags, number) == "G"
        or _OF_THEM.search(tags, 0, number) is not None
        or tags[number + 1 : number + 2] in ("J", "m")
        or tags[number + 1 : number + 3] == "oq"
        or [t.lower for t in tagged.tokens[number + 1 : number + 2]] == ["victims"]
    )


def _with_wounds(tagged: Tagged, _: str, number: int, trigger: int) -> bool:
    word = tagged.tokens[trigger].word
    return bool(word and word.outcome == "wounded") and "with" in (t.lower for t in tagged.tokens[number + 1 : trigger])


def _along_with(tagged: Tagged, _: str, number: int, __: int) -> bool:
    return _TOGETHER.search(" ".join(t.lower for t in tagged.tokens[max(0, number - 4) : number])) is not None


def _group_of(tagged: Tagged, _: str, number: int, __: int) -> bool:
    return tagged.tokens[number - 2].lower in SEVERAL


def _to_death(tagged: Tagged, _: str, number: int, trigger: int) -> bool:
    return tagged.tokens[trigger].lower in TO_DEATH and "death" in (t.lower for t in tagged.tokens[number : number + 9])


def _noun(tagged: Tagged, tags: str, number: int, trigger: int) -> bool:
    """Not "two separate killings", which counts events, and not "four assassination attempts"."""
    if any(t.lower in _EVENTS for t in tagged.tokens[number + 1 : trigger]):
        return False
    return tagged.tokens[trigger].lower not in ONE_DEATH or tags[trigger + 1 : trigger + 2] != "w"


def _toll(tagged: Tagged, _: str, number: int, __: int) -> bool:
    return tagged.tokens[number - 1].lower in TOLL_VERBS


def _clause(tagged: Tagged, tags: str, number: int, trigger: int) -> bool:
    """Whether number and verb stand in one clause that states what happened."""
    between = tagged.tokens[number + 1 : trigger]
    if _ANOTHER_COUNT.search(tags, number + 1, trigger):
        return False  # "of whom 14 were killed"
    words = " ".join(t.lower for t in tagged.tokens[number + 1 : trigger + 1])
    if any(t.lower in ("not", "no", "never") for t in between[-4:]) or _FORECAST.search(words):
        return False
    # "by" before the verb: another clause has begun.
    verb = next((i for i, t in enumerate(between) if t.tag in "Bh"), len(between))
    return "by" not in (t.lower for t in between[max(0, verb - 3) : verb])


def _noun_of(tagged: Tagged, _: str, number: int, __: int) -> bool:
    return tagged.tokens[number - 1].lower not in _NO_NUMBER_OF


# Conditions that alone decide, and those that what is lost or destroyed must meet as well.
_ALONE: Mapping[str, Condition] = MappingProxyType(
    {
        "with_wounds": _with_wounds,
        "along_with": _along_with,
        "group_of": _group_of,
        "to_death": _to_death,
        "lost": _of_people,
        "lost_list": _of_people,
    }
)
_FURTHER: Mapping[str, Condition] = MappingProxyType(
    {
        "noun": _noun,
        "toll": _toll,
        "noun_at": _toll,
        "number_of": _toll,
        "passive": _clause,
        "intransitive": _clause,
        "noun_of": _noun_of,
    }
)
