"""Movement: a force that is sent, stays or leaves, as its sentence tells of it.

Patterns are matched on tags (see ``words``), with these on top for movements:

=====  ==================================  =====  ==================================
``S``  sent, deployed, withdrawn           ``V``  arrived, went, returned home
``F``  send, deploying, withdraw           ``K``  deployment, contingent, withdrawal
=====  ==================================  =====  ==================================
"""

import re
from dataclasses import dataclass

from pipelines.mentions.numbers import Number
from pipelines.mentions.tokens import Tagged

Span = tuple[int, int]


@dataclass(frozen=True)
class Movement:
    """A force that moves or stays; token positions in its sentence.

    ``number`` is None where no number is given; ``trigger`` is the deciding word, ``force`` the span of the words for
    the people, ``personnel`` what kind they are, ``cue`` the token that gave the status, ``head`` the noun for them.
    ``again``: it goes on telling of the force before it.
    """

    sentence: int
    number: int | None
    trigger: int
    force: Span | None
    personnel: str
    personnel_at: Span
    status: str
    cue: int
    pattern: str
    head: str = ""
    again: bool = False


_TAGS = {"participle": "S", "transitive": "F", "intransitive": "V", "noun": "K"}


def movement_tags(tagged: Tagged) -> str:
    """The sentence's tags with those for movements in place."""
    tokens, letters = tagged.tokens, list(tagged.tags)
    for index in tagged.told:
        word = tokens[index].word
        if word and word.movement_use:
            # "In the presence of three generals" is none.
            here = tokens[index].lower != "presence" or index < 2 or tokens[index - 2].lower != "in"
            letters[index] = _TAGS[word.movement_use] if here or word.movement_use != "noun" else "w"
    return "".join(letters)


NEAR_HERE = frozenset(("there", "here", "abroad", "overseas", "ashore"))


def count_of(tagged: Tagged, number: int) -> int:
    """The number at a token, or the bound that it states."""
    value = tagged.tokens[number].value
    count = value.count if isinstance(value, Number) else None
    return (count.best or count.high or count.low or 0) if count else 0


UNIT_NAMES = frozenset(
    (
        "regiment battalion brigade division corps rifles guards fusiliers highlanders gurkhas cavalry infantry legion artillery squadron group unit company "
        "companies battery army navy guard command marines force carrier frigate destroyer warship ship cruiser battlegroup team contingent platoon flotilla wing"
    ).split()
)
_OF_UNIT = re.compile(r"(?:cG)?od?(?:nw)?[JwA]{0,3}?[AX](?![XGA])")
_APPOSED = re.compile(r"(?:d?N?[JwAXGnK]{1,4}(?:od?(?:nw)?[JwA]{0,2}A)?),[ad]{0,2}$")
_CARRIED = re.compile(r"(?:d?[JwAXGnK]{1,6}),(?:Ww{1,3})?(?:pad?|pd?|wpdGo|pdGo)$")
_CONSISTS = frozenset("made consisting consists composed numbering".split())
_ITS = re.compile(r"od")
# "The battalion served there in 2009 with 560 soldiers".
_MADE_UP = re.compile(r"(?:d?[JwAXGnK]{1,6}),?W?B?(?:w[pw]?o|i)[ad]?$")
_WITH = re.compile(r"(?<=d)[wXG][ha]{0,2}w[^;\"NRW]{0,9}p$")


def whole_force(tagged: Tagged, movement: Movement) -> Span | None:
    """The words for a force with the unit that it is or belongs to: "380 soldiers of the Royal Wolds Regiment"."""
    span, number = movement.force, movement.number
    if span is None or number is None or movement.again:
        return span
    near = range(max(0, number - 40), min(len(tagged.tokens), number + 40))
    first = next((i for i in near if tagged.tokens[i].start >= span[0]), number)
    last = next((i for i in near if i >= first and tagged.tokens[i].end >= span[1]), first)
    unit = _OF_UNIT.match(tagged.tags, last + 1)
    if unit and _is_unit(tagged, unit.start(), unit.end()):
        return span[0], tagged.tokens[unit.end() - 1].end
    if not number < first <= number + 5:
        return span
    led = _WITH.search(tagged.tags, max(0, number - 14), number)
    if led and tagged.tokens[number - 1].lower == "with" and tagged.tokens[led.start()].lower in UNIT_NAMES:
        return tagged.tokens[led.start()].start, tagged.tokens[led.start()].end
    possessed = _ITS.match(tagged.tags, number + 1) and tagged.tokens[number + 2].lower in ("its", "their")
    if possessed:
        named = next((i for i in range(number - 1, max(-1, number - 25), -1) if tagged.tags[i] == "A" and _is_unit(tagged, i, i + 1)), None)
        return (tagged.tokens[named].start, tagged.tokens[named].end) if named is not None else span
    for pattern in (_APPOSED, _CARRIED, _MADE_UP):
        before = pattern.search(tagged.tags, max(0, number - 14), number)
        closed = last + 1 >= len(tagged.tokens) or tagged.tags[last + 1] in "ap,.;" or pattern is not _APPOSED
        if before and closed and _is_unit(tagged, before.start(), before.end()):
            comma = next(
                (i for i in range(before.start(), number) if tagged.tags[i] in ",Wio" or tagged.tokens[i].lower in _CONSISTS), number
            )
            start = before.start() + (tagged.tags[before.start()] == "d")
            return tagged.tokens[start].start, tagged.tokens[comma - 1].end
    return span


def _is_unit(tagged: Tagged, first: int, end: int) -> bool:
    """Whether the name of a unit or a ship stands in the words from a token on."""
    return any(w in UNIT_NAMES for t in tagged.tokens[first:end] for w in t.lower.split())


# Verbs whose subject is the country where a force is or has to leave: "Mali saw off the last 2,400", "Chad hosts 1,000".
EXPELS = frozenset(("saw off", "expelled", "evicted", "shown the door", "expel", "expels", "kicked out", "threw out"))
HOSTS = frozenset(("plays host to", "play host to", "played host to", "is home to", "hosts", "hosting", "hosted", "host"))
# A country that wants a force to leave is where the force is.
_DEMANDS = frozenset("demanded demands ordered orders told asked asks gave wants wanted".split())
_LEAVE = frozenset("leave withdraw depart go out".split())


def asks_to_leave(tagged: Tagged, movement: Movement) -> int | None:
    """The name of the country that a force has to leave by its own demand: "Mali demanded that all 12,000 leave"."""
    if movement.status != "withdrawn" or tagged.tokens[movement.cue].lower not in _LEAVE:
        return None
    asks = (i for i in range(movement.cue - 1, max(0, movement.cue - 14), -1) if tagged.tokens[i].lower in _DEMANDS)
    verb = next(asks, None)
    while verb and tagged.tags[verb - 1] in "ha":
        verb -= 1
    return verb - 1 if verb and tagged.tags[verb - 1] == "A" else None
