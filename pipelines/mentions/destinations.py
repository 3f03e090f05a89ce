"""Destinations: where a force is, goes or leaves, by the words beside it or before."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.mentions.lexicon import Named
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.movement import EXPELS, HOSTS, UNIT_NAMES, Movement, asks_to_leave
from pipelines.mentions.tokens import Tagged, Token

Span = tuple[int, int]

TOWARDS = frozenset("to into in at across near towards toward around round on inside through for along outside over".split())
_THEATRE = frozenset(("in", "into", "inside", "through"))
_INSIDE = frozenset(("in", "inside"))
_FROM = frozenset(("from",))
_HOMES = frozenset("base bases barracks garrison garrisons home homes station stations".split())
_TOURED = _INSIDE | {"of"}
_AWAY = frozenset(("from", "in", "out", "of", "at", "on"))
_BEFORE = frozenset(("in", "into", "inside", "across", "through", "for", "at", "near"))
# People and bodies "in" a place tell of a force and are none: "a source in Seoul".
_SOURCES = re.compile(
    r"(?:source|sources|ministry|officials?|staff|government|diplomats?|embassy|spokes\w+|authorities|committee|analysts?|lawmakers|experts?|headquarters|reporters|court|parliament|office)$"
)
_SITES = re.compile(r"(?:airport|air base|airbase|airfield|railway station|hotel)$")
_NO_PLACE = re.compile(
    r"(?:christmas|easter|ramadan|eve|day|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
)
_REACH = 16


@dataclass(frozen=True)
class Destination:
    """A place that a force is bound to: its words and identifier."""

    span: Span
    place_id: str | None


def destination_of(
    mentions: Mentions, movement: Movement, home: str | None, teller: Span | None, earlier: Sequence[Destination] = ()
) -> Destination | None:
    """The place beside a movement: the object of its verb, or behind a preposition of its direction.

    ``home`` is the force's own country, which is no destination; ``teller`` the words of whoever tells of it; ``earlier``
    the places of the movements before, which "the region" means.
    """
    tagged = mentions.sentences[movement.sentence]
    first = min(movement.cue, movement.number if movement.number is not None else movement.trigger)
    last = max(movement.cue, movement.number if movement.number is not None else movement.trigger)
    away = movement.status == "withdrawn"
    end, prepositions, around = _end(tagged, last), _AWAY if away else TOWARDS, _INSIDE if away else _THEATRE
    if away and any(t.lower in _HOMES for t in tagged.tokens[last + 1 : last + 7]):
        prepositions = around = _FROM  # "returned to their base in Samara"
    apposed = tagged.tags[first - 1 : first] == "," and "," in tagged.tags[last + 1 : last + 4]
    for found in (
        _object(mentions, tagged, movement),
        _left(mentions, tagged, last) if away else None,
        _before(mentions, tagged, first) if apposed else None,  # "the mission in Mali, some 13,000 strong, left"
        _behind(mentions, tagged, last, end, prepositions),
        _meant(mentions, movement, first, tagged.tokens[last + 1 : end], home, earlier),
        _behind(mentions, tagged, first, last, prepositions),
        _before(mentions, tagged, first),
        _behind(mentions, tagged, max(0, first - 60), min(len(tagged.tokens), last + 60), around),
    ):
        if found and not _at_home(mentions, found, home, away) and not (teller and teller[0] <= found.span[0] < teller[1]):
            return found
    return None


def _at_home(mentions: Mentions, place: Destination, home: str | None, away: bool) -> bool:
    """Whether a place is the force's own country, or for those who return a place in it."""
    known = mentions.lexicon.places.get(place.place_id) if home and away and place.place_id else None
    return home is not None and (place.place_id == home or (known is not None and known.country_code == home))


def _left(mentions: Mentions, tagged: Tagged, last: int) -> Destination | None:
    """Where those who come back were: "landed at Brize Norton after six months in Estonia", "flew home from Mali"."""
    for index in range(last + 1, min(len(tagged.tokens) - 1, last + 2 * _REACH)):
        if tagged.tags[index] in ';"N':
            return None
        if tagged.tokens[index].lower == "from":
            return _after(mentions, tagged, index + 1, len(tagged.tokens))
        if tagged.tokens[index].lower in ("after", "following"):
            return _behind(mentions, tagged, index + 1, min(len(tagged.tokens), index + _REACH), _TOURED)
    return None


_MEANS = dict.fromkeys(("country", "nation"), "country") | dict.fromkeys(("city", "town", "capital"), "city")
_MEANS |= dict.fromkeys(("region", "area", "province", "territory", "sector", "islands", "island"), "region")
# So many sentences back, a place that is named but not gone to can be meant.
_BACK = {"country": 2, "region": 12, "city": 0}


def _meant(
    mentions: Mentions, movement: Movement, first: int, near: Sequence[Token], home: str | None, earlier: Sequence[Destination]
) -> Destination | None:
    """The place told of before that "there", "the country" or "the region" beside a movement means."""
    noun = next((b.lower for a, b in pairwise(near) if a.lower == "the" and b.lower in _MEANS), None)
    if noun is None:
        if not any(t.lower == "there" for t in near[:5]):
            return None
        here = next(_named(mentions.sentences[movement.sentence], first, home), None)
        return here or (earlier[-1] if earlier else None)
    kind = _MEANS[noun]
    told = next((p for p in reversed(earlier) if p.place_id and mentions.lexicon.places[p.place_id].kind == kind), None)
    if told and kind != "country":
        return told
    before = reversed(mentions.sentences[max(0, movement.sentence - _BACK[kind]) : movement.sentence])
    named = (place for tagged in before for place in _named(tagged, _MOST, home))
    return next((p for p in named if p.place_id and _is_of_kind(mentions, p.place_id, kind)), told)


# A sentence of more tokens is a list.
_MOST = 80


def _named(tagged: Tagged, end: int, home: str | None) -> Iterator[Destination]:
    """The known places before a token, the last first; neither the force's own country nor an owner: "Mali's army"."""
    for index in range(min(end, len(tagged.tokens)) - 1, -1, -1):
        token = tagged.tokens[index]
        place_id = token.value.place_id if token.tag == "A" and isinstance(token.value, Named) else None
        if place_id and place_id != home and tagged.tags[index + 1 : index + 2] != "s":
            yield Destination((token.start, token.end), place_id)


def _is_of_kind(mentions: Mentions, place_id: str, kind: str) -> bool:
    """Whether a place can be meant by a noun of that kind: a city can be named for the region around it."""
    place = mentions.lexicon.places[place_id]
    around = mentions.lexicon.places.get(place.part_of_place_id or "")
    return place.kind == kind or (kind == "region" and place.kind == "city" and around is not None and around.kind == "region")


def _end(tagged: Tagged, last: int) -> int:
    """Where the words about a movement end: at another number, a stop or a relative clause behind it."""
    for index in range(last + 1, min(len(tagged.tokens), last + _REACH)):
        tag = tagged.tags[index]
        if tag in ';"' or (tag == "N" and index - last > 1) or (tag == "R" and index - last > 2):
            return index
    return min(len(tagged.tokens), last + _REACH)


def _object(mentions: Mentions, tagged: Tagged, movement: Movement) -> Destination | None:
    """The object of the verb, or its subject where it expels: "left Chad", "Mali saw off the last 2,400"."""
    if tagged.tokens[movement.cue].lower in EXPELS | HOSTS:
        before = (i for i in range(movement.cue - 1, max(-1, movement.cue - 7), -1) if tagged.tags[i] == "A")
        return next((found for found in (_place(mentions, tagged, i) for i in before) if found), None)
    asker = tagged.tokens[asking] if (asking := asks_to_leave(tagged, movement)) is not None else None
    if asker and isinstance(asker.value, Named) and asker.value.place_id:
        return Destination((asker.start, asker.end), asker.value.place_id)
    behind = movement.number is None or movement.cue > movement.number
    leaves = cue_word.status == "withdrawn" if (cue_word := tagged.tokens[movement.cue].word) else False
    if leaves and movement.status != "withdrawn":
        return None  # "left Kigali to replace them"
    if behind and tagged.tags[movement.cue + 1 : movement.cue + 2] == "A":
        found = _place(mentions, tagged, movement.cue + 1)
        return found if found and found.place_id else None
    return None


def _behind(mentions: Mentions, tagged: Tagged, start: int, end: int, prepositions: frozenset[str]) -> Destination | None:
    for index in range(start, end - 1):
        if tagged.tokens[index].lower in prepositions and not tells_of(tagged, index):
            found = _after(mentions, tagged, index + 1, end)
            if found:
                return found
    return None


def _before(mentions: Mentions, tagged: Tagged, start: int) -> Destination | None:
    """The place that the clause begins with, or that stands with the noun before: "In Chad, …", "the count in Kursk at"."""
    told = False
    for index in range(start - 2, max(-1, start - 26), -1):
        if tagged.tags[index] in ';"':
            return None
        if tagged.tokens[index].lower == "where" and (place := _place(mentions, tagged, index - 1 - (tagged.tags[index - 1] == ","))):
            return place  # "Mali, where the UN has 13,000 men"
        told = told or tagged.tags[index] == "R"
        if told and index:
            continue  # "For Russia as a whole, he said, the range was …"
        if tagged.tokens[index].lower in _BEFORE and not tells_of(tagged, index):
            found = _after(mentions, tagged, index + 1, start)
            if found:
                return found
    return None


def tells_of(tagged: Tagged, preposition: int) -> bool:
    """Whether a preposition belongs to people or bodies that tell of a force: "a source in Seoul"."""
    return preposition > 0 and _SOURCES.search(tagged.tokens[preposition - 1].lower) is not None


def _after(mentions: Mentions, tagged: Tagged, start: int, end: int) -> Destination | None:
    """The place that the noun phrase at a token names: "Russia's Kursk region", "Ivorian soil"."""
    for index in range(start, min(start + 5, end)):
        tag = tagged.tags[index]
        if tag == "A" and tagged.tokens[index].lower not in TOWARDS:
            return _place(mentions, tagged, index)
        if tag == "J" and tagged.tokens[index + 1 : index + 2] and tagged.tokens[index + 1].lower in ("soil", "territory", "waters"):
            value = tagged.tokens[index].value
            place_id = value.place_id if isinstance(value, Named) else None
            return Destination((tagged.tokens[index].start, tagged.tokens[index + 1].end), place_id)
        if tag not in "dwJo":
            return None
    return None


def _place(mentions: Mentions, tagged: Tagged, index: int) -> Destination | None:
    token = tagged.tokens[index]
    meaning = mentions.meanings.get(token.start)
    if token.lower in TOWARDS or meaning is None or (meaning.actor_id and not meaning.place_id) or _NO_PLACE.search(token.lower):
        return None
    if meaning.place_id is None and (token.word is not None or _SITES.search(token.lower) or token.lower.split()[-1] in UNIT_NAMES):
        return None
    following = tagged.tokens[index + 1 : index + 4]
    if len(following) > 1 and following[0].tag == "s":
        region = next((t for t in following[1:] if t.tag == "A"), None)
        inner = mentions.meanings.get(region.start) if region else None
        if region and inner and inner.place_id:
            return Destination((token.start, region.end), inner.place_id)
        if meaning.actor_id and not (region and inner):
            return None
    if _SITES.search(token.lower):
        return None
    return Destination((token.start, token.end), meaning.place_id)


_SITED = frozenset(("in", "at", "into", "inside", "across"))
_ANAPHORS = frozenset("it its they their he his the these those of that".split())


def destination_before(mentions: Mentions, position: int) -> Destination | None:
    """The place beside the force of the sentence before, where this one goes on with it: "It currently counts 1,700"."""
    tagged = mentions.sentences[position]
    if not position or not tagged.tokens or tagged.tokens[0].lower not in _ANAPHORS:
        return None
    last = mentions.sentences[position - 1]
    if last.sentence.paragraph != tagged.sentence.paragraph:
        return None
    return _behind(mentions, last, 0, len(last.tokens), _SITED)


def destination_after(mentions: Mentions, movement: Movement) -> Destination | None:
    """The place that the next sentence gives to a force: "The company is going back. It leaves for Kuwait in August"."""
    here, *behind = mentions.sentences[movement.sentence : movement.sentence + 2]
    if not behind or movement.status not in ("planned", "completed") or behind[0].sentence.paragraph != here.sentence.paragraph:
        return None
    tagged = behind[0]
    goes = next((i for i, t in enumerate(tagged.tokens[:8]) if t.word and t.word.movement_use), None)
    if goes is None or tagged.tokens[0].lower not in ("it", "they"):
        return None
    return _behind(mentions, tagged, goes, min(len(tagged.tokens), goes + 6), TOWARDS)
