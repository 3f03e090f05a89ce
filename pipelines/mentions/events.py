"""Events: which ceremonies an article tells of, with every place in the text that names each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.mentions.dates import DateMention
from pipelines.mentions.words import Tagged, Token

Span = tuple[int, int]

_GENERIC = frozenset(("ceremony", "event"))
# Sports, shows and the like bear the same nouns: these words beside them say that no state or army holds them.
_NO_CEREMONY = re.compile(
    r"\b(?:album|band|tour|film|match|league|economic|stock|market|sales|car|engine|academic|wedding|champions?|cup|team|poor|strong|record)\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:state|national|military|army|armed forces|navy|naval|air force|soldiers?|troops|officers?|veterans?|fallen|war|police|peacekeep\w+|regiment|brigade|battalion|president|minister|king|queen"
    r"|general|commander|victims?|dead|killed|martyrs?|heroes|victory|liberation|independence|remains|coffins?|bodies|medals?|flag|guards?|troupe|anniversary|battle|fighters?|governor|mayor|bishop|parliament)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class EventMention:
    """One place that names a ceremony: token position of its noun, and the span of the words that name it."""

    sentence: int
    noun: int
    name: Span
    kind: str
    definite: bool


@dataclass(frozen=True)
class Event:
    """One ceremony: its kind and every mention of it, the first that names it best at the head."""

    kind: str
    mentions: tuple[EventMention, ...]


def find_events(text: str, sentences: Sequence[Tagged]) -> list[Event]:
    """The ceremonies of an article; later mentions join the ceremony that they return to."""
    events: list[list[EventMention]] = []
    for mention in _mentions(text, sentences):
        home = _home(mention, events, sentences)
        if home is None:
            events.append([mention])
        else:
            home.append(mention)
    found = [Event(_kind(group), tuple(group)) for group in events]
    return [e for e in found if not (len(e.mentions) == 1 and e.kind == "other" and e.mentions[0].definite)]


def _mentions(text: str, sentences: Sequence[Tagged]) -> list[EventMention]:
    found = []
    for position, tagged in enumerate(sentences):
        for index, token in enumerate(tagged.tokens):
            kind = token.word.ceremony if token.word else ""
            if not kind and token.lower == "ceremony":
                kind = "other"
            if not kind and token.lower == "event" and index and tagged.tokens[index - 1].lower in ("the", "this"):
                kind = "other"
            if not kind:
                continue
            around = text[tagged.sentence.start : tagged.sentence.end]
            if _NO_CEREMONY.search(text, max(tagged.sentence.start, token.start - 40), min(tagged.sentence.end, token.end + 25)) or (
                not _STATE.search(around) and token.lower not in _GENERIC
            ):
                continue
            start = _name_start(tagged, index)
            definite = bool(start) and tagged.tokens[start - 1].lower in ("the", "this", "that", "its", "their")
            found.append(EventMention(position, index, (tagged.tokens[start].start, token.end), kind, definite))
    return found


def _name_start(tagged: Tagged, noun: int) -> int:
    """Where the name of a ceremony begins: with the adjectives, names and dates right before its noun."""
    start = noun
    while start and tagged.tags[start - 1] in "wJAGDn" and noun - start < 5 and not _is_verb(tagged.tokens[start - 1]):
        start -= 1
    return start


def _is_verb(token: Token) -> bool:
    return (
        token.tag == "w"
        and token.lower.endswith(("ed", "ing", "attend", "attends"))
        and token.lower not in ("wreath-laying", "swearing-in", "ground-breaking", "wedding")
    )


def _home(mention: EventMention, events: list[list[EventMention]], sentences: Sequence[Tagged]) -> list[EventMention] | None:
    """The ceremony that a mention returns to: one of its kind without another date, or, for "the event", the last one."""
    if not events:
        return None
    words = sentences[mention.sentence].tokens[mention.noun].lower
    if words in _GENERIC and mention.definite:
        return events[-1]
    day = day_of(mention, sentences)
    for group in reversed(events):
        kinds = {m.kind for m in group} - {"other"}
        if mention.kind not in kinds and not (mention.kind == "other" and mention.definite):
            continue
        days = {d.reading for d in (day_of(m, sentences) for m in group) if d and d.reading}
        if day and day.reading and days and day.reading not in days:
            continue
        if mention.definite or mention.sentence - group[-1].sentence <= 1 or not day:
            return group
    return None


def day_of(mention: EventMention, sentences: Sequence[Tagged]) -> DateMention | None:
    """The date that stands in the name of the ceremony or close behind it, "held" or a place between."""
    tagged = sentences[mention.sentence]
    for token in tagged.tokens:
        if isinstance(token.value, DateMention) and mention.name[0] <= token.start < mention.name[1]:
            return token.value
    match = re.compile(r"[^D;\"R,]{0,14}?(D)").match(tagged.tags, mention.noun + 1)
    if match:
        value = tagged.tokens[match.start(1)].value
        return value if isinstance(value, DateMention) else None
    return None


def _kind(group: Sequence[EventMention]) -> str:
    return next((m.kind for m in group if m.kind != "other"), "other")
