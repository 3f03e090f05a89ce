"""Where and when a ceremony is held: the venue, the place and the day that the words about it give."""

import re
from collections.abc import Iterator, Sequence

from pipelines.mentions.dates import DateMention
from pipelines.mentions.event_mentions import EventMention
from pipelines.mentions.events import Event, day_of
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.words import Tagged

Span = tuple[int, int]
Place = tuple[Span, str | None]

# Nouns of places where ceremonies are held, which need no name: "the square outside the regional hall".
_SITES = frozenset(
    (
        "square cemetery church cathedral chapel mosque ground grounds hall club barracks camp base airport airfield stadium palace house theatre theater philharmonic "
        "institute park academy school monument tomb garrison headquarters memorial arcade depot building fort fortress castle field plaza avenue boulevard parliament "
        "museum mausoleum necropolis cenotaph compound post station port quay pier harbour dockyard shipyard hangar hospital university college embassy residence mansion "
        "crypt basilica abbey temple green parade-ground centre center arena auditorium opera gate bridge"
    ).split()
)
_AT = frozenset(("at", "in", "inside", "on", "outside", "before", "through", "across", "over", "along", "among"))
_IN = frozenset(("in", "near", "outside", "around", "through", "at", "over"))
_FAR = frozenset(("to", "of", "from"))
_PHRASE = "dwJAGson'D-X"
_WEAK = frozenset(
    "wednesday time occasion presence ceremony front honour honor memory tribute attendance way war battle fighting row arms rain downpour".split()
)
_SAME = re.compile(r"\b(?:there|at the same (?:\w+ )?(?:base|post|place|venue|square|site|camp|cemetery))\b")
_YEARLY = re.compile(r"\b(?:every year|each year|since (?:18|19|20)\d\d\b)")
_HELD_BACK = frozenset("had once previously formerly separate earlier previous another annual similar".split())
_AHEAD = re.compile(
    r"\b(?:will|would|to be|is to|are to|due|planned|plans|scheduled|set for|next|tomorrow|upcoming|expect(?:s|ed)?|invited|ahead of|take[s]? place|follow)\b"
)


def venue_of(mentions: Mentions, mention: EventMention) -> Place | None:
    """The building or site behind "at" or the like: first behind the mention, then anywhere in its sentence."""
    tagged = mentions.sentences[mention.sentence]
    best: Place | None = None
    if mention.noun + 2 < len(tagged.tokens) and tagged.tokens[mention.noun + 1].lower == "of":
        # "The handover of the Kossei base"
        whole = _venue(mentions, tagged, mention.noun + 2)
        best = (whole[0], whole[1]) if whole and whole[2] else None
    for index in _prepositions(tagged, mention, _AT):
        found = _venue(mentions, tagged, index + 1)
        if found and (found[2] or best is None):
            best = found[0], found[1]
            if found[2]:
                return best
    return best


def _prepositions(tagged: Tagged, mention: EventMention, words: frozenset[str]) -> Iterator[int]:
    """The prepositions of a mention's sentence, those behind it first."""
    here = [i for i in range(len(tagged.tokens) - 1) if tagged.tokens[i].lower in words]
    anchor = max((i for i, t in enumerate(tagged.tokens) if t.start < mention.name[1]), default=mention.noun)
    behind = [i for i in here if anchor < i < anchor + 24 and ";" not in tagged.tags[anchor + 1 : i]]
    yield from behind
    yield from (i for i in reversed(here) if i <= anchor)
    yield from (i for i in here if i > anchor and i not in behind)


def _venue(mentions: Mentions, tagged: Tagged, start: int) -> tuple[Span, str | None, bool] | None:
    """(span, identifier, whether its noun says that it is a site) of the phrase at a token."""
    end = start
    while end < len(tagged.tokens) and tagged.tags[end] in _PHRASE and end - start < 14 and not _is_verb(tagged, end):
        end += 1
    while start < end and tagged.tags[start] == "d":
        start += 1
    while end > start and tagged.tags[end - 1] in "dons'D":
        end -= 1
    if start == end or (tagged.tags[start] == "D" and end - start == 1):
        return None
    tokens = tagged.tokens[start:end]
    span = (tokens[0].start, tokens[-1].end)
    words = [w for t in tokens for w in t.lower.split()]
    site = bool(_SITES & set(words)) and not _WEAK & set(words)
    named = [m for m in mentions.names_within(*span) if not m.actor_id or m.place_id or site]
    if "same" in words or (not site and (not named or all(m.place_id for m in named))):
        return None
    if not site and not any(t.tag == "A" and t.value is None for t in tokens):
        return None
    place_id = next((m.place_id for m in named if m.place_id and mentions.lexicon.places[m.place_id].kind == "venue"), None)
    return span, place_id, site


def _is_verb(tagged: Tagged, index: int) -> bool:
    token = tagged.tokens[index]
    return token.tag == "w" and (
        token.lower.endswith(("ed", "ing")) or token.lower in ("which", "led", "held", "shook", "saw", "took", "gave")
    )


def named_venue(mentions: Mentions, mention: EventMention) -> Place | None:
    """A site that the lexicon knows, named anywhere in the sentence of a mention."""
    places = mentions.lexicon.places
    for token in mentions.sentences[mention.sentence].tokens:
        meaning = mentions.meanings.get(token.start) if token.tag == "A" else None
        if meaning and meaning.place_id and places[meaning.place_id].kind == "venue":
            return (token.start, token.end), meaning.place_id
    return None


def place_of(mentions: Mentions, mention: EventMention) -> Place | None:
    """The city, region or country behind "in" or the like, or a site by name."""
    tagged = mentions.sentences[mention.sentence]
    for words in (_IN, _FAR):
        for index in _prepositions(tagged, mention, words):
            found = _named_place(mentions, tagged, index + 1)
            if found:
                return found
    return None


def _named_place(mentions: Mentions, tagged: Tagged, start: int) -> Place | None:
    for index in range(start, min(start + 4, len(tagged.tokens))):
        token = tagged.tokens[index]
        if token.tag == "A":
            meaning = mentions.meanings.get(token.start)
            known = mentions.lexicon.places.get(meaning.place_id) if meaning and meaning.place_id else None
            preposition = tagged.tokens[start - 1].lower
            if meaning is None or (meaning.actor_id and not meaning.place_id) or (known is None and preposition not in ("in", "near")):
                return None
            if known and known.kind == "venue":
                return None
            if known and known.kind == "country" and preposition in ("of", "from", "to", "at"):
                return None
            if preposition == "of" and (known is None or known.kind == "country"):
                return None
            after = tagged.tokens[index + 1 : index + 4]
            if after and after[0].tag == "s" and len(after) > 1 and after[1].tag == "A":
                end = after[2].end if len(after) > 2 and after[2].lower in ("area", "district", "region", "quarter") else after[1].end
                inner = mentions.meanings.get(after[1].start)
                return (token.start, end), inner.place_id if inner and inner.place_id else meaning.place_id
            return (token.start, token.end), meaning.place_id
        if token.tag not in "dwJ":
            return None
    return None


def is_same_place(text: str, mentions: Mentions, event: Event) -> bool:
    """Whether the words say that it is held where the ceremony before was: "there", "at the same base"."""
    sentences = (mentions.sentences[m.sentence].sentence for m in event.mentions)
    return any(_SAME.search(text, s.start, s.end) for s in sentences)


def day_held(text: str, mentions: Mentions, event: Event, before: DateMention | None) -> DateMention | None:
    """The day of a ceremony: of its own words, of its sentence, or of what is told just before it."""
    days = [d for d in (day_of(m, mentions.sentences) or _day_beside(mentions, m) for m in event.mentions) if d and d.reading]
    if any(_YEARLY.search(text, *_bounds(mentions, m.sentence)) for m in event.mentions):
        return None
    if days:
        day = next((d for d in days if d.on), days[0])
        return before if before and text[day.start : day.end].lower() == "the same day" else day
    first = event.mentions[0]
    words = {t.lower for t in mentions.sentences[first.sentence].tokens}
    if words & _HELD_BACK or _AHEAD.search(text, _bounds(mentions, first.sentence)[0], first.name[1]):
        return None
    return before if before and before.on else _day_told(mentions, first.sentence)


def _bounds(mentions: Mentions, position: int) -> Span:
    sentence = mentions.sentences[position].sentence
    return sentence.start, sentence.end


def _day_beside(mentions: Mentions, mention: EventMention) -> DateMention | None:
    """The date nearest to a mention in its sentence that does not date a report."""
    tagged = mentions.sentences[mention.sentence]
    days = [(abs(i - mention.noun), i, d) for i, d in _own_days(mentions, mention.sentence)]
    before = [d for d in days if d[1] < mention.noun and ";" not in tagged.tags[d[1] : mention.noun]]
    near = before or days
    return min(near, key=lambda d: d[0])[2] if near else None


# "Gave a concert" and "put on a parade" are no reports.
_GAVE = 4


def _own_days(mentions: Mentions, position: int) -> list[tuple[int, DateMention]]:
    reported = {a.day for a in mentions.attributions[position] if a.verb[1] - a.verb[0] > _GAVE}
    tokens = mentions.sentences[position].tokens
    return [(i, t.value) for i, t in enumerate(tokens) if isinstance(t.value, DateMention) and t.value not in reported and t.value.reading]


def _day_told(mentions: Mentions, position: int) -> DateMention | None:
    """The day named in the sentences just before, where the text goes on with it."""
    for back in range(position - 1, max(-1, position - 3), -1):
        days: Sequence[tuple[int, DateMention]] = _own_days(mentions, back)
        known = [d for i, d in days if d.on and i < 24]
        if known:
            return known[-1]
    return None


def is_ahead(text: str, mentions: Mentions, event: Event) -> bool:
    """Whether the words say that the ceremony is still to come."""
    return any(_AHEAD.search(text, *_bounds(mentions, m.sentence)) for m in event.mentions)
