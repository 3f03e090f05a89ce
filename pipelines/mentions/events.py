"""Events: which ceremonies an article tells of, with every place in the text that names each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.mentions.dates import DateMention
from pipelines.mentions.event_mentions import EventMention, find_event_mentions
from pipelines.mentions.words import Tagged

_GENERIC = frozenset(("ceremony", "event"))


@dataclass(frozen=True)
class Event:
    """One ceremony: its kind and every mention of it, the first that names it best at the head."""

    kind: str
    mentions: tuple[EventMention, ...]


# A wreath or a march is a part of these where it is told of in the same breath.
_WITHIN = frozenset(("memorial", "parade"))
_HOLDS = frozenset(("funeral", "memorial", "commemoration", "repatriation", "parade", "inauguration"))


def find_events(text: str, sentences: Sequence[Tagged]) -> list[Event]:
    """The ceremonies of an article; later mentions join the ceremony that they return to."""
    events: list[list[EventMention]] = []
    for mention in find_event_mentions(text, sentences):
        home = _home(mention, events, sentences)
        if home is None:
            events.append([mention])
        else:
            home.append(mention)
    found = [Event(_kind(group), tuple(group)) for group in events]
    return [e for e in found if not _only_points(e, sentences)]


def _only_points(event: Event, sentences: Sequence[Tagged]) -> bool:
    """Whether nothing but "the ceremony" or "the event" stands for it: it points at something that the article does not name."""
    words = {sentences[m.sentence].tokens[m.noun].lower for m in event.mentions}
    return words <= _GENERIC and all(m.definite and m.kind == "other" for m in event.mentions)


def _home(mention: EventMention, events: list[list[EventMention]], sentences: Sequence[Tagged]) -> list[EventMention] | None:
    """The ceremony that a mention returns to: one of its kind without another date, or, for "the event", the last one."""
    if not events:
        return None
    last = events[-1]
    token = sentences[mention.sentence].tokens[mention.noun]
    if token.lower in _GENERIC and mention.definite:
        return last
    if token.lower == "another":
        return None
    if mention.act and mention.definite:
        return last
    if (
        mention.act
        and mention.kind == "funeral"
        and any(t.lower in ("later", "afterwards", "after") for t in sentences[mention.sentence].tokens[mention.noun :])
    ):
        return None
    day = _day_for(mention, sentences)
    if _goes_with(mention, last, day, sentences):
        return last
    return next((group for group in reversed(events[-_COMPARED:]) if _returns(mention, group, day, sentences)), None)


# A mention is compared with so many ceremonies before it, and so many mentions of each: more are lists and noise.
_COMPARED = 30


def _ends(group: Sequence[EventMention]) -> Sequence[EventMention]:
    """The first mentions of a ceremony and the last ones."""
    return group if len(group) <= _COMPARED else [*group[: _COMPARED // 2], *group[-_COMPARED // 2 :]]


def _goes_with(mention: EventMention, last: Sequence[EventMention], day: DateMention | None, sentences: Sequence[Tagged]) -> bool:
    """Whether a mention tells of the last ceremony by another of its sides: what is done at it, or what it is called."""
    distance = mention.sentence - last[-1].sentence
    if distance > 1 or _dates_differ(day, last, sentences):
        return False
    last = _ends(last)
    kinds, noun = {m.kind for m in last}, sentences[mention.sentence].tokens[mention.noun].lower
    if distance == 0 and mention.act and (mention.kind in kinds or kinds == {"other"}):
        return True
    if (
        not mention.act
        and all(m.act for m in last)
        and noun.endswith("ceremony")
        and (mention.kind in kinds or "other" in (mention.kind, *kinds))
    ):
        return True
    if not mention.act:
        return False
    if mention.kind in _WITHIN and not day and kinds & _HOLDS:
        return True
    alone = len(last) == 1 and sentences[last[0].sentence].tokens[last[0].noun].lower.endswith("ceremony") and not last[0].act
    return (mention.kind == "other" and bool(kinds & (_HOLDS | {"other"}))) or (alone and kinds <= {"other", mention.kind})


_JUST_BEFORE = re.compile(r"(D),?[dmawNJ]{0,4}$")
_AT_HEAD = re.compile(r"[pdaw]{0,4}(D)")


def _day_for(mention: EventMention, sentences: Sequence[Tagged]) -> DateMention | None:
    """The date of a mention: of its name, or at the head of its sentence: "A week ago, the leader pinned medals"."""
    day = day_of(mention, sentences)
    tagged = sentences[mention.sentence]
    head = (_AT_HEAD.match(tagged.tags) or _JUST_BEFORE.search(tagged.tags, 0, mention.noun)) if day is None else None
    value = tagged.tokens[head.start(1)].value if head else None
    return value if isinstance(value, DateMention) else day


def _dates_differ(day: DateMention | None, group: Sequence[EventMention], sentences: Sequence[Tagged]) -> bool:
    days = {d.reading for d in (_day_for(m, sentences) for m in _ends(group)) if d and d.reading}
    return bool(day and day.reading and days and day.reading not in days)


def _returns(mention: EventMention, group: Sequence[EventMention], day: DateMention | None, sentences: Sequence[Tagged]) -> bool:
    """Whether a mention tells again of a ceremony of its kind."""
    distance = mention.sentence - group[-1].sentence
    told = _ends(group)
    nouns = {sentences[m.sentence].tokens[m.noun].lower for m in told if not m.act}
    noun = sentences[mention.sentence].tokens[mention.noun].lower
    if mention.kind not in {m.kind for m in told} or (mention.kind == "other" and noun not in nouns and distance > 1):
        return False
    if _dates_differ(day, group, sentences) or _honours_others(mention, group, sentences):
        return False
    dated = any(_day_for(m, sentences) for m in told)
    if mention.act:
        # What is done is told of anew only in the same breath.
        return distance <= (3 if mention.kind == "repatriation" else 1) and not (day and not dated)
    if not mention.definite and day and not dated and distance > 1:
        return False
    return (mention.definite and (noun in nouns | _GENERIC or noun.endswith("ceremony"))) or distance <= 1 or (not day and distance <= 4)


def _honours_others(mention: EventMention, group: Sequence[EventMention], sentences: Sequence[Tagged]) -> bool:
    """Whether another person by name is buried or decorated than at the ceremony told of before."""
    if mention.kind not in ("funeral", "decoration") or mention.definite or mention.sentence == group[-1].sentence:
        return False
    here, there = (_persons(sentences[position]) for position in (mention.sentence, group[-1].sentence))
    return bool(here and there) and not here & there


def _persons(tagged: Tagged) -> set[str]:
    return {t.lower.split()[-1] for t in tagged.tokens if t.tag == "A" and t.value is None and " " in t.lower}


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
