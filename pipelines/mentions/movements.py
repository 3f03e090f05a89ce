"""Movements: which people were sent, are stationed, are to go or came back, by which words."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import islice

from pipelines.mentions.forces import GENERIC, Force, force_of
from pipelines.mentions.movement import Movement, count_of, movement_tags, whole_force
from pipelines.mentions.movement_status import is_about_peacekeeping, is_called_false, is_peace_force, is_private_force
from pipelines.mentions.numbered import is_foreign, strict_movement
from pipelines.mentions.numbers import Number
from pipelines.mentions.strengths import again, strength
from pipelines.mentions.unnumbered import find_unnumbered
from pipelines.mentions.words import Tagged

# An article speaks of deployments where it uses such words again and again.
_CONTEXT = re.compile(
    r"\b(?:deploy\w*|contingents?|reinforcements?|withdr[ae]w\w*|pull(?:ed|ing)?[- ]?out|peacekeep\w*|blue helmets?|rotation\w*|battle ?group\w*|garrison\w*|stationed|dispatch\w*|multinational force"
    r"|expeditionary|troops? (?:to|in|already in)|advance party|task force|brigade|battalion|mission|(?:sent|sending|send) (?:\w+ ){0,3}(?:troops|soldiers|men))\b"
)
# One such word makes its sentence one about deployments.
_LOCAL = re.compile(
    r"\b(?:battle ?groups?|contingents?|peacekeep\w+|expeditionary"
    r"|(?:UN|U\.N\.|United Nations|African Union|AU|ECOWAS|SADC|NATO|EU|G5 Sahel|regional|multinational|international|police|training|stabili[sz]ation|observer)(?:['’]s)? (?:force|mission)s?)\b"
)
_CONTEXT_NEEDED = 2
# So many sentences on, a number can still count the force told of before.
_MEMORY = 3
# More people than this who bear a people's name are that people and no force.
_MOST_NAMED = 100_000
_NOT_SENT = re.compile(
    r"\b(?:march(?:ed|ing)? past|parad\w+|recruit\w*|conscript(?!s\b)\w*|mobili[sz]\w+|population|medals?|decorat\w+|awarded|recipients?|honou?r\w*|inhabitants|trained by|graduat\w+"
    r"|built around|(?:the|their|his|human|of) remains|coffins?|corpses|bodies|prisoners?|went the other way|to their deaths?|oath|funerals?|buried|villagers|hostages?)\b"
)


def find_movements(text: str, sentences: Sequence[Tagged], taken: AbstractSet[tuple[int, int]]) -> list[Movement]:
    """All movements of people in order of the text, with and without numbers.

    ``taken`` holds (sentence, token) of the numbers that count something else, such as the dead.
    """
    tags = [movement_tags(tagged) for tagged in sentences]
    counted = [
        [
            n
            for n, tag in enumerate(tags[i])
            if tag == "N" and not _is_taken(tagged, i, n, taken) and not _is_one(tagged, n) and not _not_sent(tagged, n)
        ]
        for i, tagged in enumerate(sentences)
    ]
    context = len(list(islice(_CONTEXT.finditer(text.lower()), _CONTEXT_NEEDED))) == _CONTEXT_NEEDED
    context = context or any(_strict(i, sentences[i], tags[i], n, False) for i, ns in enumerate(counted) for n in ns)
    moved = [list(find_unnumbered(i, s, tags[i], context)) for i, s in enumerate(sentences)]
    context = context or any(moved)
    found: list[Movement] = []
    peace = context and is_about_peacekeeping(text)
    for position, tagged in enumerate(sentences):
        numbered: list[Movement] = []
        unnumbered = moved[position]
        for number in counted[position]:
            before = [*found[-4:], *unnumbered, *numbered]
            here = context or _LOCAL.search(text, tagged.sentence.start, tagged.sentence.end) is not None
            movement = _numbered(position, tagged, tags[position], number, here, before)
            if movement:
                numbered.append(_of_kind(text, sentences, movement, before, peace))
        if not numbered:
            numbered = [_of_kind(text, sentences, m, found[-1:], peace) for m in unnumbered]
        found.extend(_with_force(sentences, m, found) for m in numbered)
    return found


def _with_force(sentences: Sequence[Tagged], movement: Movement, found: Sequence[Movement]) -> Movement:
    """The movement with the whole words for its force: those of the one before it, where it has none."""
    if movement.force is None and movement.number is not None and found:
        return replace(movement, force=found[-1].force, again=True)
    tagged = sentences[movement.sentence]
    if movement.number is not None and is_called_false(tagged, movement.number):
        movement = replace(movement, status="denied")
    return replace(movement, force=whole_force(tagged, movement))


def _is_taken(tagged: Tagged, position: int, number: int, taken: AbstractSet[tuple[int, int]]) -> bool:
    """Whether a number counts the dead or the like: not where another number, which does, stands between it and their word."""
    if (position, number) not in taken:
        return False
    first = max(0, number - 40)
    outcomes = [i for i, t in enumerate(tagged.tokens[first : number + 40], first) if t.word and t.word.outcome]
    if not outcomes:
        return not tagged.tags.startswith("oq", number + 1)
    nearest = min(outcomes, key=lambda i: abs(i - number))
    between = range(min(number, nearest) + 1, max(number, nearest))
    return not any((position, i) in taken for i in between)


def _is_one(tagged: Tagged, number: int) -> bool:
    value = tagged.tokens[number].value
    return isinstance(value, Number) and value.count is not None and value.count.stated == 1


def _not_sent(tagged: Tagged, number: int) -> bool:
    clause = tagged.tokens[max(0, number - 10) : number + 9]
    return _NOT_SENT.search(" ".join(t.lower for t in clause)) is not None


def _strict(position: int, tagged: Tagged, tags: str, number: int, context: bool) -> Movement | None:
    force = force_of(tagged, tags, number)
    return strict_movement(position, tagged, tags, number, force, context or is_foreign(tagged, number, force))


def _numbered(position: int, tagged: Tagged, tags: str, number: int, context: bool, before: Sequence[Movement]) -> Movement | None:
    """The movement of the force that a number counts: by a strict pattern, or in an article about deployments by less."""
    force = force_of(tagged, tags, number)
    if force and force.shape == "name" and count_of(tagged, number) > _MOST_NAMED:
        return None
    context = context or is_foreign(tagged, number, force) or _is_garrison(tagged, number, force)
    strict = strict_movement(position, tagged, tags, number, force, context)
    last = before[-1] if before and position - before[-1].sentence <= _MEMORY else None
    if strict and last and tagged.tokens[strict.cue].lower in _FOLLOWS and last.status == "withdrawn":
        strict = replace(strict, status="withdrawn")
    if strict or not context:
        return replace(strict, force=last.force, again=True) if strict and strict.force is None and last else strict
    if force and force.head != "people":
        return strength(position, tagged, tags, number, force, before)
    return again(position, tagged, tags, number, last) if last else None


# Those who follow do what those before them did.
_FOLLOWS = frozenset("follow followed follows".split())
_MILITARY_UNITS = frozenset("contingent garrison corps battalion brigade battlegroup regiment detachment".split())


def _is_garrison(tagged: Tagged, number: int, force: Force | None) -> bool:
    """Whether a military unit of so many is named: "the garrison, 200 strong"."""
    if force is None or force.span is None or force.shape not in ("strong", "sized", "grown"):
        return False
    return any(
        t.lower.split()[-1] in _MILITARY_UNITS
        for t in tagged.tokens[max(0, number - 12) : number + 12]
        if force.span[0] <= t.start < force.span[1]
    )


def _of_kind(text: str, sentences: Sequence[Tagged], movement: Movement, before: Sequence[Movement], peace: bool) -> Movement:
    """The movement with the kind of people that its surroundings give to "officers", "soldiers" and the like."""
    last = before[-1] if before and movement.sentence - before[-1].sentence <= _MEMORY else None
    generic = (movement.head in GENERIC or not movement.head) and movement.head != "people"
    if generic and movement.personnel == "troops" and last and last.personnel in ("police", "peacekeepers", "advisers"):
        unit = movement.force and "battalion" in text[slice(*movement.force)].lower()
        if not unit or last.personnel == "peacekeepers":
            return replace(movement, personnel=last.personnel)
    if movement.personnel == "troops" and not movement.again and is_private_force(text, sentences, movement.sentence):
        return replace(movement, personnel="other")
    if movement.personnel == "troops" and (peace or is_peace_force(text, sentences, movement.sentence)):
        return replace(movement, personnel="peacekeepers")
    return movement
