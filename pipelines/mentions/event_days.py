"""When a ceremony is held: the day that the words about it give, or those just before."""

import re
from collections.abc import Sequence

from pipelines.mentions.dates import DateMention
from pipelines.mentions.event_mentions import EventMention
from pipelines.mentions.event_places import is_aside
from pipelines.mentions.events import Event, day_of
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.tokens import Tagged

Span = tuple[int, int]

_YEARLY = re.compile(r"\b(?:every year|each year|since (?:18|19|20)\d\d\b)")
_HELD_BACK = frozenset("had once previously formerly separate earlier previous another annual similar".split())
_AHEAD = re.compile(
    r"\b(?:will|would|to be|is to|are to|due|planned|plans|scheduled|set for|next|tomorrow|upcoming|expect(?:s|ed)?|invited|ahead of|take[s]? place|follow)\b"
)


def day_held(text: str, mentions: Mentions, event: Event, before: DateMention | None) -> DateMention | None:
    """The day of a ceremony: of its own words, of its sentence, or of what is told just before it."""
    days = [d for d in (_day_in(mentions, m) for m in event.mentions) if d and d.reading]
    if any(_YEARLY.search(text, *_bounds(mentions, m.sentence)) for m in event.mentions):
        return None
    if days:
        day = next((d for d in days if d.on), days[0])
        return before if before and text[day.start : day.end].lower() == "the same day" else day
    first = event.mentions[0]
    tokens = mentions.sentences[first.sentence].tokens
    if _HELD_BACK & {t.lower for t in tokens if not first.act or t.start < first.name[1]}:
        return None
    if _AHEAD.search(text, _bounds(mentions, first.sentence)[0], first.name[1]):
        # "Before that, in the church, he will present": of the day of what is planned beside it.
        dated = any(t.tag == "D" or t.lower in _OTHER_DAYS for t in tokens)
        return before if before and not dated and _is_planned(mentions, before) else None
    if any((t.tag == "A" and t.lower.endswith(_FEASTS)) or t.lower in _SEASONS or _is_unread(t.value) for t in tokens):
        return None
    told = _day_told(mentions, first.sentence)
    return told if told and (before is None or not before.on or told.start > before.start) else before if before and before.on else None


_SEASONS = frozenset("ago autumn spring summer winter decade decades".split())
_FEASTS = (" day", " sunday", " diwas")
_OTHER_DAYS = frozenset("day week month year date dates eve later annual annually yearly every soon".split())


def _is_unread(value: object) -> bool:
    """Whether it is a date that cannot be resolved: the ceremony has a day of its own that nobody knows."""
    return isinstance(value, DateMention) and value.reading is None


def _is_planned(mentions: Mentions, day: DateMention) -> bool:
    """Whether a day is still to come."""
    return bool(day.on and mentions.article.published_on and day.on > mentions.article.published_on)


def _day_in(mentions: Mentions, mention: EventMention) -> DateMention | None:
    """The day that a mention's sentence gives it."""
    day = day_of(mention, mentions.sentences)
    tagged = mentions.sentences[mention.sentence]
    if day and _dates_the_dead(tagged, mention, next((i for i, t in enumerate(tagged.tokens) if t.value is day), 0), day):
        day = None
    return day or _day_beside(mentions, mention)


def _dates_the_dead(tagged: Tagged, mention: EventMention, index: int, day: DateMention) -> bool:
    """Whether a date is of those whom the ceremony honours: "killed in 1944", "the martyrs of 1971"."""
    return is_aside(tagged, mention, index) or (not day.on and tagged.tags[index - 1 : index] == "o")


def _bounds(mentions: Mentions, position: int) -> Span:
    sentence = mentions.sentences[position].sentence
    return sentence.start, sentence.end


def _day_beside(mentions: Mentions, mention: EventMention) -> DateMention | None:
    """The date nearest to a mention in its sentence that does not date a report."""
    tagged = mentions.sentences[mention.sentence]
    own = [(i, d) for i, d in _own_days(mentions, mention.sentence) if not _dates_the_dead(tagged, mention, i, d)]
    days = [(abs(i - mention.noun), i, d) for i, d in own if d.on] or [(abs(i - mention.noun), i, d) for i, d in own]
    before = [d for d in days if d[1] < mention.noun and ";" not in tagged.tags[d[1] : mention.noun]]
    # "A delegation leaves on 9 November for Busan, where the service will be held on 11 November"
    outside = [d for d in before if "W" in tagged.tags[d[1] : mention.noun]]
    near = ([d for d in before if d not in outside] or [d for d in days if d not in before] or before) if outside else before or days
    return min(near, key=lambda d: d[0])[2] if near else None


# "Gave a concert" and "put on a parade" are no reports.
_GAVE = 4


def _own_days(mentions: Mentions, position: int) -> list[tuple[int, DateMention]]:
    reported = {
        a.day for a in mentions.attributions[position] if a.verb[1] - a.verb[0] > _GAVE and not (a.day and _is_planned(mentions, a.day))
    }
    tagged = mentions.sentences[position]
    return [(i, day) for i, day in tagged.days() if day not in reported and day.reading and not _OF_WEEK.match(tagged.tags, i + 1)]


# "An encounter on 15 July, in which five died": the day is that of something else; so is "Friday of next week".
_BEHIND = re.compile(r",p?W")
_OF_WEEK = re.compile(r"oD")


def _day_told(mentions: Mentions, position: int) -> DateMention | None:
    """The day named in the sentences just before, where the text goes on with it."""
    for back in range(position - 1, max(-1, position - 3), -1):
        days: Sequence[tuple[int, DateMention]] = _own_days(mentions, back)
        tags = mentions.sentences[back].tags
        known = [d for i, d in days if d.on and i < 24 and not _BEHIND.match(tags, i + 1)]
        if known:
            return known[-1]
    return None


def is_ahead(text: str, mentions: Mentions, event: Event) -> bool:
    """Whether the words say that the ceremony is still to come."""
    return any(_AHEAD.search(text, *_bounds(mentions, m.sentence)) for m in event.mentions)
