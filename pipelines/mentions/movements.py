"""Movements: which people were sent, are stationed, are to go or came back, by which words."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from pipelines.mentions.finders import Cue, Stems, small
from pipelines.mentions.forces import GENERIC, Force, force_of
from pipelines.mentions.movement import Movement, count_of, movement_tags, whole_force
from pipelines.mentions.movement_status import ForceKinds, force_kinds, is_called_false
from pipelines.mentions.numbered import is_foreign, strict_movement
from pipelines.mentions.numbers import Number
from pipelines.mentions.strengths import again, strength
from pipelines.mentions.tokens import Tagged
from pipelines.mentions.unnumbered import find_unnumbered

# An article speaks of deployments where it uses such words again and again.
_CONTEXT = Cue(
    re.compile(
        r"\b(?:deploy\w*|contingents?|reinforcements?|withdr[ae]w\w*|pull(?:ed|ing)?[- ]?out|peacekeep\w*|blue helmets?|rotation\w*|battle ?group\w*|garrison\w*|stationed|dispatch\w*|multinational force"
        r"|expeditionary|troops? (?:to|in|already in)|advance party|task force|brigade|battalion|mission|(?:sent|sending|send) (?:\w+ ){0,3}(?:troops|soldiers|men))\b"
    ),
    "deploy|contingent|reinforcement|withdr|pull|peacekeep|blue helmet|rotation|battle|garrison|stationed|dispatch|multinational|expeditionary|troop"
    "|advance party|task force|brigade|battalion|mission|sent|send",
)
# One such word makes its sentence one about deployments.
_LOCAL = Cue(
    re.compile(
        r"\b(?:battle ?groups?|contingents?|peacekeep\w+|expeditionary"
        r"|(?:UN|U\.N\.|United Nations|African Union|AU|ECOWAS|SADC|NATO|EU|G5 Sahel|regional|multinational|international|police|training|stabili[sz]ation|observer)(?:['’]s)? (?:force|mission)s?)\b"
    ),
    "battle|contingent|peacekeep|expeditionary|un|u.n.|african union|au|ecowas|sadc|nato|eu|g5 sahel|regional|multinational|international|police|training|stabili|observer",
)
_CONTEXT_NEEDED = 2
# One of these stands wherever the expression above matches.
_DOUBTS = Stems(
    (
        "march parad recruit conscript mobili population medal decorat award recipient honour honor inhabitant trained graduat built remains coffin "
        "corpse bodies prisoner went deaths oath funeral buried villager hostage death"
    ).split()
)
_NUMBER = re.compile("N")
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
    lower = small(text)
    tags = [movement_tags(tagged) for tagged in sentences]
    doubts = sorted(start for start, *_ in _DOUBTS.find(lower))
    doubtful = [bisect_left(doubts, s.sentence.start) < bisect_left(doubts, s.sentence.end) for s in sentences]
    counted = [
        [
            (n, force_of(tagged, tags[i], n))
            for n in (m.start() for m in _NUMBER.finditer(tags[i]))
            if not _is_taken(tagged, i, n, taken) and not _is_one(tagged, n) and not (doubtful[i] and _not_sent(tagged, n))
        ]
        for i, tagged in enumerate(sentences)
    ]
    context = _CONTEXT.count(lower, _CONTEXT.places(lower)) >= _CONTEXT_NEEDED
    context = context or any(_strict(i, sentences[i], tags[i], n, force) for i, numbers in enumerate(counted) for n, force in numbers)
    moved = [list(find_unnumbered(i, s, tags[i], context)) for i, s in enumerate(sentences)]
    context = context or any(moved)
    found: list[Movement] = []
    local = [] if context else _LOCAL.places(lower)
    kinds = force_kinds(text, lower, sentences)
    peace = context and kinds.about_peacekeeping
    for position, tagged in enumerate(sentences):
        numbered: list[Movement] = []
        unnumbered = moved[position]
        for number, force in counted[position]:
            before = [*found[-4:], *unnumbered, *numbered]
            here = context or _LOCAL.search(text, local, tagged.sentence.start, tagged.sentence.end) is not None
            movement = _numbered(position, tagged, tags[position], number, force, here, before)
            if movement:
                numbered.append(_of_kind(text, kinds, movement, before, peace))
        if not numbered:
            numbered = [_of_kind(text, kinds, m, found[-1:], peace) for m in unnumbered]
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
    outcomes = [i for i in tagged.told if first <= i < number + 40 and (word := tagged.tokens[i].word) and word.outcome]
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


def _strict(position: int, tagged: Tagged, tags: str, number: int, force: Force | None) -> Movement | None:
    return strict_movement(position, tagged, tags, number, force, is_foreign(tagged, number, force))


def _numbered(
    position: int, tagged: Tagged, tags: str, number: int, force: Force | None, context: bool, before: Sequence[Movement]
) -> Movement | None:
    """The movement of the force that a number counts: by a strict pattern, or in an article about deployments by less."""
    if force and force.shape == "name" and count_of(tagged, number) > _MOST_NAMED:
        return None
    context = context or _is_garrison(tagged, number, force)
    # Without context each number has been tried already, in vain.
    strict = strict_movement(position, tagged, tags, number, force, context) if context else None
    context = context or is_foreign(tagged, number, force)
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


def _of_kind(text: str, kinds: ForceKinds, movement: Movement, before: Sequence[Movement], peace: bool) -> Movement:
    """The movement with the kind of people that its surroundings give to "officers", "soldiers" and the like."""
    last = before[-1] if before and movement.sentence - before[-1].sentence <= _MEMORY else None
    generic = (movement.head in GENERIC or not movement.head) and movement.head != "people"
    if generic and movement.personnel == "troops" and last and last.personnel in ("police", "peacekeepers", "advisers"):
        unit = movement.force and "battalion" in text[slice(*movement.force)].lower()
        if not unit or last.personnel == "peacekeepers":
            return replace(movement, personnel=last.personnel)
    if movement.personnel == "troops" and not movement.again and kinds.is_private(movement.sentence):
        return replace(movement, personnel="other")
    if movement.personnel == "troops" and (peace or kinds.is_peace(movement.sentence)):
        return replace(movement, personnel="peacekeepers")
    return movement
