"""Where a ceremony is held: the venue and the place that the words about it give."""

import re
from collections.abc import Iterator

from pipelines.mentions.event_mentions import EventMention
from pipelines.mentions.events import Event
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.tokens import Tagged

Span = tuple[int, int]
Place = tuple[Span, str | None]

# Nouns of places where ceremonies are held, which need no name: "the square outside the regional hall".
_SITES = frozenset(
    (
        "square cemetery church cathedral chapel mosque ground grounds hall club barracks camp base airport airfield stadium palace house theatre theater philharmonic "
        "institute park academy school monument tomb garrison headquarters memorial arcade depot building fort fortress castle field plaza avenue boulevard parliament "
        "museum mausoleum necropolis cenotaph compound post station port quay pier harbour dockyard shipyard hangar hospital university college embassy residence mansion "
        "crypt basilica abbey temple green parade-ground centre center arena auditorium opera gate bridge steps courthouse street road quayside dockside waterfront esplanade promenade beach pier garden gardens shrine synagogue arboretum armoury armory gym gymnasium legion graveside churchyard graveyard cantonment town-hall library polo statue wall"
    ).split()
)
_AT = frozenset(
    ("at", "in", "inside", "on", "outside", "before", "through", "across", "over", "along", "among", "down", "off", "beside", "around")
)
_IN = frozenset(("in", "near", "outside", "around", "through", "at", "over"))
_FAR = frozenset(("to", "of", "from"))
_PHRASE = "dwJAGson'D-X"
_WEAK = frozenset(
    "wednesday time occasion presence ceremony front honour honor memory tribute attendance way war battle fighting row arms rain downpour".split()
)
_SAME = re.compile(r"\b(?:there|at the same (?:\w+ )?(?:base|post|place|venue|square|site|camp|cemetery))\b")


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
        if found and not found[2] and mention.kind == "decoration" and tagged.tokens[index].lower == "on":
            continue  # "pinned it on Leonard Ochoa"
        if found and (found[2] or best is None):
            best = found[0], found[1]
            if found[2]:
                return best
    return best


def _prepositions(tagged: Tagged, mention: EventMention, words: frozenset[str]) -> Iterator[int]:
    """The prepositions of a mention's sentence, those behind it first."""
    here = [i for i in range(len(tagged.tokens) - 1) if tagged.tokens[i].lower in words and not is_aside(tagged, mention, i)]
    anchor = max((i for i, t in enumerate(tagged.tokens) if t.start < mention.name[1]), default=mention.noun)
    behind = [i for i in here if anchor < i < anchor + 24 and ";" not in tagged.tags[anchor + 1 : i]]
    yield from behind
    yield from (i for i in reversed(here) if i <= anchor)
    yield from (i for i in here if i > anchor and i not in behind)


# What stands behind these tells of the dead, or why a medal was given: "killed in the Baltic", "for their part in the battle".
_ASIDE = frozenset("killed died fell drowned slain wounded born missing fought served fighting hit sunk shot who whose perished".split())
_NEXT_CLAUSE = re.compile(r",c[pQ]")
_DEEDS = frozenset("part role bravery courage gallantry heroism valour valor actions service operations".split())


def is_aside(tagged: Tagged, mention: EventMention, index: int) -> bool:
    """Whether the words at a token, behind a ceremony's, tell of the dead or of the deed that it honours."""
    if index < mention.noun:  # "the gendarmes killed last week are being buried"
        return index > 1 and tagged.tokens[index - 1].lower in _ASIDE and tagged.tags[index - 2] != "d"
    for at in range(index - 1, max(mention.noun, index - _CLOSE), -1):
        word = tagged.tokens[at].lower
        if _NEXT_CLAUSE.match(tagged.tags, at):
            return True
        if tagged.tags[at] == "," or tagged.tokens[at].start < mention.name[1]:
            return False
        if word == "for" and tagged.tokens[at + 1].lower.endswith("ing"):
            return True
        if word in _ASIDE and tagged.tags[at - 1] != "d":
            return True
        if word in _DEEDS and any(t.lower == "for" for t in tagged.tokens[max(0, at - 3) : at]):
            return True
    return False


# So many words behind "killed" or "who", a place or a date still belongs to it.
_CLOSE = 8


def _venue(mentions: Mentions, tagged: Tagged, start: int) -> tuple[Span, str | None, bool] | None:
    """(span, identifier, whether its noun says that it is a site) of the phrase at a token."""
    end = start
    while (
        end < len(tagged.tokens)
        and tagged.tags[end] in _PHRASE
        and end - start < 14
        and not _is_verb(tagged, end)
        and not _begins_anew(tagged, start, end)
    ):
        end += 1
    while start < end and tagged.tags[start] == "d":
        start += 1
    while end > start and tagged.tags[end - 1] in "dons'D":
        end -= 1
    if start == end or tagged.tags[start] == "D":
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


def _begins_anew(tagged: Tagged, start: int, end: int) -> bool:
    """Whether another phrase begins at a token: "at the base | the flag came down"."""
    return tagged.tags[end] == "d" and end > start and (tagged.tags[end - 1] == "A" or tagged.tokens[end - 1].lower in _SITES)


def _is_verb(tagged: Tagged, index: int) -> bool:
    token = tagged.tokens[index]
    return token.tag == "w" and (
        token.lower.endswith(("ed", "ing")) or token.lower in ("which", "led", "held", "shook", "saw", "took", "gave")
    )


def named_venue(mentions: Mentions, mention: EventMention) -> Place | None:
    """A site that the lexicon knows, named anywhere in the sentence of a mention."""
    places = mentions.lexicon.places
    tagged = mentions.sentences[mention.sentence]
    for index, token in enumerate(tagged.tokens):
        meaning = mentions.meanings.get(token.start) if token.tag == "A" else None
        if meaning and meaning.place_id and places[meaning.place_id].kind == "venue" and not is_aside(tagged, mention, index):
            return (token.start, token.end), meaning.place_id
    return None


def place_of(mentions: Mentions, mention: EventMention) -> Place | None:
    """The city, region or country behind "in" or the like, or a site by name."""
    tagged = mentions.sentences[mention.sentence]
    if tagged.tokens[0].lower in ("in", "at", "near") and (head := _named_place(mentions, tagged, 1)):
        return head
    for words in (_IN, _FAR):
        for index in _prepositions(tagged, mention, words):
            found = _named_place(mentions, tagged, index + 1)
            if found:
                return found
    return None


_FORENAMES = frozenset(("st", "saint", "mount", "sir"))


def _named_place(mentions: Mentions, tagged: Tagged, start: int) -> Place | None:
    for index in range(start, min(start + 4, len(tagged.tokens))):
        token = tagged.tokens[index]
        if token.tag == "A":
            meaning = mentions.meanings.get(token.start)
            known = mentions.lexicon.places.get(meaning.place_id) if meaning and meaning.place_id else None
            preposition = tagged.tokens[start - 1].lower
            if (
                meaning is None
                or (meaning.actor_id and not meaning.place_id)
                or (known is None and preposition not in ("in", "near") and tagged.tokens[start - 2].lower != "freedom")
            ):
                return None
            if token.lower in _FORENAMES or (known and known.kind == "venue"):
                return None
            if known and known.kind == "country" and preposition in ("of", "from", "to", "at"):
                return None
            if preposition == "of" and (known is None or known.kind == "country") and tagged.tokens[start - 2].lower != "freedom":
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
