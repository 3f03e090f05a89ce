"""Dates: which stretch of text names a day or a period, resolved against a dateline or an earlier date."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.mentions.date_readings import MAY_THE_VERB, MONTHS, ORDINALS, SMALL, WEEKDAYS, DateReading, is_anchored, resolve
from pipelines.mentions.finders import Anchors, lowered, matches, mirrored

__all__ = ["DateMention", "DateReading", "find_dates", "read_dates"]

_MONTH = f"(?!{MAY_THE_VERB}|mar del )(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = rf"(?:(?:[0-3]?\d)(?:st|nd|rd|th)?\b|(?:{'|'.join(sorted(ORDINALS, key=len, reverse=True))})(?=\s+of\b))"
_WEEKDAY = "(?:" + "|".join(WEEKDAYS) + ")"
_PART = r"(?:early|late|mid|the (?:beginning|start|middle|end) of)"
_TIME_OF_DAY = r"(?:\s+(?:morning|afternoon|evening|night))?"
# "On March 3 and 4 soldiers were killed" names one day.
_COUNTED = r"\s+(?:\w+s|people|men|women|children|more|were|of)\b"
_DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|\b(?:(?:on\s+)?{_WEEKDAY},?\s+)?(?P<mday>{_MONTH})\s+(?P<mday_d>{_DAY})(?:(?:\s*[-–]\s*|\s+(?:and|to)\s+)(?P<mday_e>{_DAY})(?!{_COUNTED}))?(?:,?\s+(?P<mday_y>(?:18|19|20)\d\d)\b)?(?!,?\d)"
    rf"|\b(?:(?:on\s+)?{_WEEKDAY},?\s+(?:the\s+)?)?(?P<dmon_d>{_DAY})(?:\s*(?:[-–]|to|and)\s*(?P<dmon_e>{_DAY}))?\s+(?:of\s+)?(?P<dmon>{_MONTH})(?:,?\s+(?P<dmon_y>(?:(?:18|19|20)\d\d|\d\d)\b))?"
    rf"|\b(?:(?P<part>{_PART})[\s-]+)?(?:(?P<rel_m>last|this|next)\s+)?(?P<month>{_MONTH})(?:,?\s+(?:of\s+)?(?P<month_y>(?:18|19|20)\d\d|last year|this year|that year|next year)\b)?"
    rf"|\b(?:(?P<wd_rel>last|this|next|previous|earlier on|on)\s+)?(?:(?:early|late)\s+(?:on\s+)?)?(?P<weekday>{_WEEKDAY})\b{_TIME_OF_DAY}(?:\s+(?:of\s+)?(?P<wd_week>last week|next week))?"
    rf"|\b(?P<day>today|yesterday|tomorrow|tonight|the day before yesterday|this (?:morning|afternoon|evening)|last night|(?:the )?(?:previous|preceding) (?:day|evening|night)|the day before|the (?:next|following) day|a day (?:earlier|later)|the same day)\b"
    rf"|\b(?P<ago>(?P<ago_n>{'|'.join(SMALL)}|\d{{1,3}})\s+(?P<ago_u>days?|weeks?|months?|years?)\s+(?P<ago_w>ago|earlier|before|later))\b"
    rf"|\b(?P<period>(?:(?P<per_part>earlier|later)\s+)?(?P<per_rel>last|this|next|the past|the previous|the last)\s+(?P<per_u>week|weekend|month|year|summer|winter|spring|autumn|fall))\b"
    rf"|\b(?:in|since|by|of|until|from|during|(?P<year_part>late|early|mid)(?:-|\b))\s*(?P<year>(?:18|19|20)\d\d)\b(?!,\d)"
    rf"|\A(?P<bare_year>(?:18|19|20)\d\d)\Z"
)
_DAYS = "today yesterday tomorrow tonight morning afternoon evening night day week month year summer winter spring autumn fall"
_BEFORE_DAYS = "last this next previous preceding following past same earlier later early late mid beginning start middle end the in on of to and since by until from during"
_ANCHORS = Anchors(
    {*MONTHS, *WEEKDAYS, *_DAYS.split()},
    mirrored({*SMALL, *ORDINALS, *_BEFORE_DAYS.split()}) + r"|(?:ts|dn|dr|ht)?\d{1,3}",
    gap=r"[\s–-]*",
    digits=r"[12]\d{3}",
)
# "April 25 House of Culture": the date is a part of a name.
_NAMED_AFTER = re.compile(
    r"\s+(?:House|Hall|Square|Museum|Street|Avenue|University|School|Brigade|Regiment|Division|Company|Movement|Bridge|Stadium|Theatre|Theater|Palace|Park|Factory|Hospital|Highway|Airport|Revolution)\b"
)
_STOP = re.compile(r"[.;!?]\s")
_AHEAD = re.compile(
    r"\b(?:will|would|is to|are to|due to|plans? to|planned|expected?|scheduled|upcoming|ahead of|travel to|next|until|set for)\b|\bby\s*$"
)
# Days of the church and of remembrance that bear the name of a weekday.
_FEAST = re.compile(r"\b(?:remembrance|palm|easter|bloody|good|ash|black|shrove|maundy|holy|whit|mothering|orthodox)\s+$")
# "On 28 April the president will lay …": what is done then lies ahead, unless somebody said so then.
_AHEAD_BEHIND = re.compile(r",?\s(?:(?!said|told|spoke)[a-z'-]+(?<!ed)\s){1,8}?(?:will|is to|are to|is due|are due)\b")
_OPENS = re.compile(r"(?:^|[.;!?\n]\s*)(?:on\s+)?$")
_LEADS_TO_MONTH = re.compile(r"\b(?:in|since|until|by|of|from|during)\s+$")
_LEADS_TO_MAY = re.compile(r"\b(?:in|since|until|by|of|from|during|and|to)\s+$")


@dataclass(frozen=True)
class DateMention:
    """A stretch of text that names a day or a period; ``reading`` is None where it cannot be resolved.

    ``anchors`` are the spans of the dates from which it counts, as in "three days earlier".
    """

    start: int
    end: int
    reading: DateReading | None
    anchors: tuple[tuple[int, int], ...] = ()

    @property
    def on(self) -> date | None:
        """The day, where the words name one."""
        return self.reading.earliest if self.reading and self.reading.earliest == self.reading.latest else None


def find_dates(text: str, dateline: date | None, start: int = 0) -> list[DateMention]:
    """All dates of ``text[start:]`` in order; those without a year are the latest on or before the dateline.

    "The previous day" and the like count from the day named last before them, or else from the dateline.
    """
    return list(_scan(text, dateline, start))


def read_dates(words: str, anchor: date | None) -> list[DateReading]:
    """All that the words can mean, seen from the anchor: also the future reading of a date without a year."""
    readings = []
    for match in _DATE.finditer(lowered(words)):
        for future in (False, True):
            reading = resolve(match, anchor, anchor, future)
            if reading and reading not in readings:
                readings.append(reading)
    return readings


def _scan(text: str, dateline: date | None, start: int) -> Iterator[DateMention]:
    named, anchors = dateline, tuple[tuple[int, int], ...]()
    lower = lowered(text)
    for match in matches(_DATE, lower, _ANCHORS.starts(lower, start, mirror=lower[::-1])):
        if _is_may_the_verb(match, text) or _NAMED_AFTER.match(text, match.end()):
            continue
        if match["weekday"] and _FEAST.search(lower, max(0, match.start() - 14), match.start()):
            continue
        ahead = _depends(match) and (_points_ahead(lower, match.start()) or _is_head_of_plan(match, lower))
        reading = resolve(match, dateline, named, future=ahead)
        begin, end = _trimmed(match)
        mention = DateMention(begin, end, reading, anchors if reading and is_anchored(match) else ())
        if mention.on:
            named, anchors = mention.on, (*mention.anchors, (begin, end))
        yield mention


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """The span without the preposition that only helped to recognise it."""
    if match["year"] and not match["year_part"]:
        return match.span("year")
    return match.start() + (3 if match[0].startswith("on ") else 0), match.end()


def _is_may_the_verb(match: re.Match[str], text: str) -> bool:
    """'may', 'march' and the like in lower case without a day or a year are verbs; so is 'May' at a sentence's start."""
    word = match["month"]
    if not word or match["month_y"] or match["part"] or match["rel_m"] or word.rstrip(".") not in ("may", "march", "mar", "dec", "sep"):
        return False
    leads = _LEADS_TO_MONTH if text[match.start("month")].islower() or word.startswith("mar") else _LEADS_TO_MAY
    return not leads.search(text[max(0, match.start() - 8) : match.start()])


def _depends(match: re.Match[str]) -> bool:
    """Whether words can mean a day before or after the dateline: a weekday, or a day or month without its year."""
    if match["mday"] or match["dmon"]:
        return not (match["mday_y"] or match["dmon_y"])
    return bool(match["weekday"] or (match["month"] and not match["month_y"] and not match["rel_m"]))


def _is_head_of_plan(match: re.Match[str], lower: str) -> bool:
    """Whether a day or month opens a sentence about what is still to come."""
    opens = not match["weekday"] and _OPENS.search(lower[max(0, match.start() - 8) : match.start()])
    return bool(opens and _AHEAD_BEHIND.match(lower, match.end()))


def _points_ahead(lower: str, start: int) -> bool:
    """Whether the words before a date, in its clause, speak of what is still to come."""
    before = _STOP.split(lower[max(0, start - 90) : start])[-1]
    return _AHEAD.search(before, before.rfind(",") + 1) is not None
