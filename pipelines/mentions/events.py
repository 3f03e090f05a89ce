"""Events: which ceremonies an article tells of, with every place in the text that names each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.mentions.dates import DateMention
from pipelines.mentions.event_mentions import EventMention, find_event_mentions
from pipelines.mentions.tokens import Tagged

_GENERIC = frozenset(("ceremony", "event"))


@dataclass(frozen=True)
class Event:
    """One ceremony: its kind and every mention of it, the first that names it best at the head."""

    kind: str
    mentions: tuple[EventMention, ...]


# A wreath or a march is a part of these where it is told of in the same breath.
_WITHIN = frozenset(("memorial", "parade"))
_HOLDS = frozenset(("funeral", "memorial", "commemoration", "repatriation", "parade", "inauguration"))


# The date beside each mention.
Days = dict[EventMention, DateMention | None]


def find_events(text: str, sentences: Sequence[Tagged]) -> list[Event]:
    """The ceremonies of an article; later mentions join the ceremony that they return to."""
    events: list[list[EventMention]] = []
    days: Days = {}
    for mention in find_event_mentions(text, sentences):
        days[mention] = _day_for(mention, sentences)
        home = _home(mention, events, sentences, days)
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


def _home(mention: EventMention, events: list[list[EventMention]], sentences: Sequence[Tagged], days: Days) -> list[EventMention] | None:
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
    if _goes_with(mention, last, sentences, days):
        return last
    return next((group for group in reversed(events[-_COMPARED:]) if _returns(mention, group, sentences, days)), None)


# A mention is compared with so many ceremonies before it, and so many mentions of each: more are lists and noise.
_COMPARED = 30


def _ends(group: Sequence[EventMention]) -> Sequence[EventMention]:
    """The first mentions of a ceremony and the last ones."""
    return group if len(group) <= _COMPARED else [*group[: _COMPARED // 2], *group[-_COMPARED // 2 :]]


def _goes_with(mention: EventMention, last: Sequence[EventMention], sentences: Sequence[Tagged], days: Days) -> bool:
    """Whether a mention tells of the last ceremony by another of its sides: what is done at it, or what it is called."""
    distance, day = mention.sentence - last[-1].sentence, days[mention]
    if distance > 1 or _dates_differ(day, last, days) or (distance and _ELSEWHERE.match(sentences[mention.sentence].tags)):
        return False
    last = _ends(last)
    kinds, noun = {m.kind for m in last}, sentences[mention.sentence].tokens[mention.noun].lower
    if distance == 0 and mention.act and (mention.kind in kinds or kinds == {"other"}):
        return True
    if (
        not mention.act
        and all(m.act for m in last)
        and noun.endswith("ceremony")
        and (mention.kind in kinds or noun == "ceremony" or "other" in kinds)
    ):
        return True
    if not mention.act:
        return False
    if mention.kind in _WITHIN and not day and kinds & _HOLDS and not (mention.kind == "memorial" and kinds == {"parade"}):
        return True
    alone = len(last) == 1 and sentences[last[0].sentence].tokens[last[0].noun].lower.endswith("ceremony") and not last[0].act
    return (mention.kind == "other" and bool(kinds & (_HOLDS | {"other"}))) or (alone and kinds <= {"other", mention.kind})


_JUST_BEFORE = re.compile(r"(D),?[dmawNJ]{0,4}$")
_AT_HEAD = re.compile(r"[pdawnN;]{0,6}(D)")


def _day_for(mention: EventMention, sentences: Sequence[Tagged]) -> DateMention | None:
    """The date of a mention: of its name, or at the head of its sentence: "A week ago, the leader pinned medals"."""
    day = day_of(mention, sentences)
    tagged = sentences[mention.sentence]
    head = (_AT_HEAD.match(tagged.tags) or _JUST_BEFORE.search(tagged.tags, 0, mention.noun)) if day is None else None
    value = tagged.tokens[head.start(1)].value if head else None
    return value if isinstance(value, DateMention) else day


def _dates_differ(day: DateMention | None, group: Sequence[EventMention], days: Days) -> bool:
    told = {d.reading for d in (days[m] for m in _ends(group)) if d and d.reading}
    return bool(day and day.reading and told and day.reading not in told)


# So many sentences on, what is done goes on with what was done: the coffins are carried, the bugler plays; not where a place opens the sentence.
_TOLD_ON = {"repatriation": 3, "memorial": 2}
_ELSEWHERE = re.compile(r"pd?[AJ](?!w)|pd?Jw")


def _returns(mention: EventMention, group: Sequence[EventMention], sentences: Sequence[Tagged], days: Days) -> bool:
    """Whether a mention tells again of a ceremony of its kind."""
    distance, day = mention.sentence - group[-1].sentence, days[mention]
    told = _ends(group)
    nouns = {sentences[m.sentence].tokens[m.noun].lower for m in told if not m.act}
    noun = sentences[mention.sentence].tokens[mention.noun].lower
    if mention.kind not in {m.kind for m in told} or (mention.kind == "other" and noun not in nouns and distance > 1):
        return False
    if _dates_differ(day, group, days) or _honours_others(mention, group, sentences):
        return False
    dated = any(days[m] for m in told)
    if mention.act:
        if distance <= 1 and group[-1].definite and not group[-1].act:
            return True
        # What is done is told of anew only in the same breath.
        near = _TOLD_ON.get(mention.kind, 1) if not _ELSEWHERE.match(sentences[mention.sentence].tags) else 1
        return distance <= near and not (day and not dated)
    if not mention.definite and day and not dated and distance > 1:
        return False
    return (
        (mention.definite and (not nouns or noun in nouns | _GENERIC or noun.endswith("ceremony")))
        or distance <= 1
        or (not day and distance <= 4)
    )


def _honours_others(mention: EventMention, group: Sequence[EventMention], sentences: Sequence[Tagged]) -> bool:
    """Whether another person by name is buried or decorated than at the ceremony told of before."""
    if mention.kind not in ("funeral", "decoration") or mention.definite or mention.sentence == group[-1].sentence:
        return False
    here, there = (_persons(sentences[position]) for position in (mention.sentence, group[-1].sentence))
    return bool(here and there) and not here & there


def _persons(tagged: Tagged) -> set[str]:
    return {t.lower.split()[-1] for t in tagged.tokens if t.tag == "A" and t.value is None and " " in t.lower}


_BEHIND = re.compile(r"[^D;\"R,W]{0,14}?(D)")


def day_of(mention: EventMention, sentences: Sequence[Tagged]) -> DateMention | None:
    """The date that stands in the name of the ceremony or close behind it, "held" or a place between."""
    tagged = sentences[mention.sentence]
    for _, day in tagged.days():
        if mention.name[0] <= day.start < mention.name[1]:
            return day
    match = _BEHIND.match(tagged.tags, mention.noun + 1)
    if match:
        value = tagged.tokens[match.start(1)].value
        return value if isinstance(value, DateMention) else None
    return None


def _kind(group: Sequence[EventMention]) -> str:
    return next((m.kind for m in group if m.kind != "other"), "other")
