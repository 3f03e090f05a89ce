"""Dates: which stretch of text names a day or a period, resolved against a dateline or an earlier date."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {
    name: i
    for i, name in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], 1
    )
}
MONTHS |= {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12}
WEEKDAYS = {name: i for i, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])}
SMALL = {
    word: i for i, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1)
} | {"a": 1, "an": 1}

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?:[0-3]?\d)(?:st|nd|rd|th)?\b"
_WEEKDAY = "(?:" + "|".join(WEEKDAYS) + ")"
_PART = r"(?:early|late|mid|the (?:beginning|start|middle|end) of)"
_TIME_OF_DAY = r"(?:\s+(?:morning|afternoon|evening|night))?"
_DATE = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|\b(?P<mday>{_MONTH})\s+(?P<mday_d>{_DAY})(?:\s*[-–]\s*(?P<mday_e>{_DAY}))?(?:,?\s+(?P<mday_y>(?:18|19|20)\d\d)\b)?(?!,?\d)"
    rf"|\b(?P<dmon_d>{_DAY})(?:\s*(?:[-–]|to|and)\s*(?P<dmon_e>{_DAY}))?\s+(?:of\s+)?(?P<dmon>{_MONTH})(?:,?\s+(?P<dmon_y>(?:(?:18|19|20)\d\d|\d\d)\b))?"
    rf"|\b(?:(?P<part>{_PART})[\s-]+)?(?:(?P<rel_m>last|this|next)\s+)?(?P<month>{_MONTH})(?:,?\s+(?:of\s+)?(?P<month_y>(?:18|19|20)\d\d|last year|this year|that year|next year)\b)?"
    rf"|\b(?:(?P<wd_rel>last|this|next|previous|earlier on|on)\s+)?(?:(?:early|late)\s+(?:on\s+)?)?(?P<weekday>{_WEEKDAY})\b{_TIME_OF_DAY}(?:\s+(?P<wd_week>last week|next week))?"
    rf"|\b(?P<day>today|yesterday|tomorrow|tonight|the day before yesterday|this (?:morning|afternoon|evening)|last night|(?:the )?(?:previous|preceding) (?:day|evening|night)|the day before|the (?:next|following) day|a day (?:earlier|later)|the same day)\b"
    rf"|\b(?P<ago>(?P<ago_n>{'|'.join(SMALL)}|\d{{1,3}})\s+(?P<ago_u>days?|weeks?|months?|years?)\s+(?P<ago_w>ago|earlier|before|later))\b"
    rf"|\b(?P<period>(?:earlier\s+|later\s+)?(?P<per_rel>last|this|next|the past|the previous|the last)\s+(?P<per_u>week|weekend|month|year|summer|winter|spring|autumn|fall))\b"
    rf"|\b(?:in|since|by|of|until|from|during|late|early|mid-)\s*(?P<year>(?:18|19|20)\d\d)\b(?!,\d)"
    rf"|\A(?P<bare_year>(?:18|19|20)\d\d)\Z",
    re.IGNORECASE,
)
# "April 25 House of Culture": the date is a part of a name.
_NAMED_AFTER = re.compile(
    r"\s+(?:House|Hall|Square|Museum|Street|Avenue|University|School|Brigade|Regiment|Division|Company|Movement|Bridge|Stadium|Theatre|Theater|Palace|Park|Factory|Hospital|Highway|Airport|Revolution)\b"
)
_ANCHORED = ("previous", "preceding", "day before", "following", "earlier", "later", "before", "same day", "next day")


@dataclass(frozen=True)
class DateReading:
    """The first and the last day that words can mean; equal where they name one day."""

    earliest: date
    latest: date


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
    for match in _DATE.finditer(words):
        for future in (False, True):
            reading = _resolve(match, anchor, anchor, future)
            if reading and reading not in readings:
                readings.append(reading)
    return readings


def _scan(text: str, dateline: date | None, start: int) -> Iterator[DateMention]:
    named, anchors = dateline, tuple[tuple[int, int], ...]()
    for match in _DATE.finditer(text, start):
        if _is_may_the_verb(match, text) or _NAMED_AFTER.match(text, match.end()):
            continue
        reading = _resolve(match, dateline, named, future=_points_ahead(text, match.start()))
        begin, end = _trimmed(match)
        mention = DateMention(begin, end, reading, anchors if reading and _is_anchored(match) else ())
        if mention.on:
            named, anchors = mention.on, (*mention.anchors, (begin, end))
        yield mention


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """The span without the preposition that only helped to recognise it."""
    if match["year"]:
        return match.span("year")
    if match["weekday"] and (match["wd_rel"] or "").lower() == "on":
        return match.end("wd_rel") + 1, match.end()
    return match.span()


def _is_may_the_verb(match: re.Match[str], text: str) -> bool:
    """'may', 'march' and the like in lower case without a day or a year are verbs; so is 'May' at a sentence's start."""
    word = match["month"]
    if (
        not word
        or match["month_y"]
        or match["part"]
        or match["rel_m"]
        or word.rstrip(".").lower() not in ("may", "march", "mar", "dec", "sep")
    ):
        return False
    if word[0].islower() or word.lower().startswith("mar"):
        return not re.search(r"\b(?:in|since|until|by|of|from|during)\s+$", text[max(0, match.start() - 8) : match.start()])
    return not re.search(r"\b(?:in|since|until|by|of|from|during|and|to)\s+$", text[max(0, match.start() - 8) : match.start()])


def _points_ahead(text: str, start: int) -> bool:
    """Whether the words before a date speak of what is still to come."""
    before = text[max(0, start - 90) : start].lower()
    before = re.split(r"[.;!?]\s", before)[-1]
    return bool(
        re.search(
            r"\b(?:will|would|is to|are to|due to|plans? to|planned|expected?|scheduled|upcoming|ahead of|travel to|next|until|set for)\b[^,]*$|\bby\s*$",
            before,
        )
    )


def _resolve(match: re.Match[str], dateline: date | None, named: date | None, future: bool) -> DateReading | None:
    """What one match means, or None where it cannot be told."""
    try:
        if match["iso"]:
            return _day(date.fromisoformat(match["iso"]))
        if match["mday"]:
            return _month_day(match["mday"], match["mday_d"], match["mday_e"], match["mday_y"], dateline, future)
        if match["dmon"]:
            return _month_day(match["dmon"], match["dmon_d"], match["dmon_e"], match["dmon_y"], dateline, future)
        if match["year"] or match["bare_year"]:
            year = int(match["year"] or match["bare_year"])
            return DateReading(date(year, 1, 1), date(year, 12, 31))
        if match["month"]:
            return _month(match, dateline, future)
    except (ValueError, OverflowError):
        return None  # 31 April: no such day
    if dateline is None:
        return None
    anchor = (named if _is_anchored(match) else dateline) or dateline
    try:
        if match["weekday"]:
            return _weekday(match, dateline, future)
        if match["day"]:
            return _near_day(match["day"].lower(), anchor)
        if match["ago"]:
            return _ago(match, anchor)
        return _period(match, dateline)
    except (ValueError, OverflowError):
        return None


def _is_anchored(match: re.Match[str]) -> bool:
    """Whether the words count from a date that was named before."""
    return bool(match["day"] or match["ago"]) and any(w in match[0].lower() for w in _ANCHORED)


def _day(day: date) -> DateReading:
    return DateReading(day, day)


def _number(words: str) -> int:
    return int(re.sub(r"\D", "", words))


def _month_day(month: str, first: str, last: str | None, year: str | None, dateline: date | None, future: bool) -> DateReading | None:
    m = MONTHS[month.lower().rstrip(".")]
    if year:
        y = int(year) if len(year) == 4 else _century(int(year), dateline)
    elif dateline is None:
        return None
    else:
        y = _year_near(dateline, m, _number(first), future)
    start = date(y, m, _number(first))
    return DateReading(start, date(y, m, _number(last))) if last else _day(start)


def _century(year: int, dateline: date | None) -> int:
    pivot = dateline.year if dateline else 1999
    return next(c + year for c in (2000, 1900, 1800) if c + year <= pivot + 1)


def _year_near(dateline: date, month: int, day: int, future: bool) -> int:
    """The year of the latest such day on or before the dateline, or of the next one after it."""
    if future:
        return dateline.year if (month, day) >= (dateline.month, dateline.day) else dateline.year + 1
    return dateline.year if (month, day) <= (dateline.month, dateline.day) else dateline.year - 1


def _month(match: re.Match[str], dateline: date | None, future: bool) -> DateReading | None:
    m = MONTHS[match["month"].lower().rstrip(".")]
    said = (match["month_y"] or "").lower()
    if said.isdigit():
        year = int(said)
    elif dateline is None:
        return None
    elif said or match["rel_m"]:
        year = {"last": dateline.year - 1, "next": dateline.year + 1}.get(said.split()[0] if said else "", dateline.year)
        if match["rel_m"] and match["rel_m"].lower() == "last":
            year = dateline.year if m < dateline.month else dateline.year - 1
    else:
        year = _year_near(dateline, m, dateline.day if m == dateline.month else 1, future)
    last = calendar.monthrange(year, m)[1]
    first = 1
    part = (match["part"] or "").lower()
    if part:
        early, late = any(w in part for w in ("early", "beginning", "start")), any(w in part for w in ("late", "end"))
        first, last = (1, 10) if early else (21, last) if late else (11, 20)
    return DateReading(date(year, m, first), date(year, m, last))


def _weekday(match: re.Match[str], dateline: date, future: bool) -> DateReading:
    """The latest such weekday on or before the dateline; 'last' is before it, 'next' after it."""
    wanted = WEEKDAYS[match["weekday"].lower()]
    back = (dateline.weekday() - wanted) % 7
    relation = (match["wd_rel"] or "").lower()
    week = (match["wd_week"] or "").lower()
    if week:
        monday = dateline - timedelta(days=dateline.weekday() + (7 if week.startswith("last") else -7))
        return _day(monday + timedelta(days=wanted))
    if relation == "next" or (future and relation != "last"):
        return _day(dateline + timedelta(days=(wanted - dateline.weekday()) % 7 or 7))
    if relation in ("last", "previous") and back == 0:
        back = 7
    return _day(dateline - timedelta(days=back))


def _near_day(words: str, anchor: date) -> DateReading:
    if words in ("today", "tonight", "the same day") or words.startswith("this"):
        return _day(anchor)
    if words == "the day before yesterday":
        return _day(anchor - timedelta(days=2))
    ahead = words == "tomorrow" or "next" in words or "following" in words or "later" in words
    return _day(anchor + timedelta(days=1 if ahead else -1))


def _ago(match: re.Match[str], anchor: date) -> DateReading | None:
    n = SMALL.get(match["ago_n"].lower()) or int(match["ago_n"])
    unit = match["ago_u"].lower().rstrip("s")
    sign = 1 if match["ago_w"].lower() == "later" else -1
    if unit == "day":
        return _day(anchor + sign * timedelta(days=n))
    if unit == "week":
        # "A week ago" names the day roughly: the week around it.
        middle = anchor + sign * timedelta(days=7 * n)
        return DateReading(middle - timedelta(days=3), middle + timedelta(days=3))
    if unit == "month":
        index = anchor.year * 12 + anchor.month - 1 + sign * n
        year, month = index // 12, index % 12 + 1
        return DateReading(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    return DateReading(date(anchor.year + sign * n, 1, 1), date(anchor.year + sign * n, 12, 31))


def _period(match: re.Match[str], dateline: date) -> DateReading | None:
    relation, unit = match["per_rel"].lower().split()[-1], match["per_u"].lower()
    step = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1}[relation]
    if unit == "week":
        monday = dateline - timedelta(days=dateline.weekday()) + timedelta(days=7 * step)
        return DateReading(monday, monday + timedelta(days=6))
    if unit == "weekend":
        back = (dateline.weekday() - 5) % 7
        saturday = dateline - timedelta(days=back) + timedelta(days=7 * max(step, 0))
        return DateReading(saturday, saturday + timedelta(days=1))
    if unit == "month":
        index = dateline.year * 12 + dateline.month - 1 + step
        year, month = index // 12, index % 12 + 1
        return DateReading(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    if unit == "year":
        return DateReading(date(dateline.year + step, 1, 1), date(dateline.year + step, 12, 31))
    return None  # seasons differ by hemisphere
