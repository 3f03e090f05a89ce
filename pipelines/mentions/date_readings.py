"""Date readings: which days a date means, seen from a dateline or from a date that was named before it."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {
    name: i
    for i, name in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], 1
    )
}
MONTHS |= {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12}
# "In all 12 may have died": no day in May.
MAY_THE_VERB = r"may\s+(?:have|be|not|still|also|yet|never|well|only|now)\b"
WEEKDAYS = {name: i for i, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])}
SMALL = {
    word: i for i, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1)
} | {"a": 1, "an": 1}
_ONES = "first second third fourth fifth sixth seventh eighth ninth".split()
_TEENS = "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split()
ORDINALS = {word: n for n, word in enumerate((*_ONES, *_TEENS), 1)} | {"thirtieth": 30, "thirty-first": 31}
ORDINALS |= {f"twenty-{word}": 20 + n for n, word in enumerate(_ONES, 1)}
_ANCHORED = ("previous", "preceding", "day before", "following", "earlier", "later", "before", "same day", "next day")


@dataclass(frozen=True)
class DateReading:
    """The first and the last day that words can mean; equal where they name one day."""

    earliest: date
    latest: date


def resolve(match: re.Match[str], dateline: date | None, named: date | None, future: bool) -> DateReading | None:
    """What one match means, or None where it cannot be told."""
    try:
        if match["iso"]:
            return _day(date.fromisoformat(match["iso"]))
        if match["mday"]:
            return _month_day(match["mday"], match["mday_d"], match["mday_e"], match["mday_y"], dateline, future)
        if match["dmon"]:
            return _month_day(match["dmon"], match["dmon_d"], match["dmon_e"], match["dmon_y"], dateline, future)
        if match["year"] or match["bare_year"]:
            return _year(int(match["year"] or match["bare_year"]), match["year_part"])
        if match["month"]:
            return _month(match, dateline, future)
    except (ValueError, OverflowError):
        return None  # 31 April: no such day
    if dateline is None:
        return None
    anchor = (named if is_anchored(match) else dateline) or dateline
    try:
        if match["weekday"]:
            return _weekday(match, dateline, future)
        if match["day"]:
            return _near_day(match["day"], anchor)
        if match["ago"]:
            return _ago(match, anchor)
        return _bounded(_period(match, dateline), match["per_part"] if match["per_rel"] == "this" else None, dateline)
    except (ValueError, OverflowError):
        return None


def is_anchored(match: re.Match[str]) -> bool:
    """Whether the words count from a date that was named before."""
    return bool(match["day"] or match["ago"]) and any(w in match[0] for w in _ANCHORED)


def _year(year: int, part: str | None) -> DateReading:
    """A year, or a third of it: "early 2024" ends with April."""
    first, last = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}.get(part or "", (1, 12))
    return DateReading(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _bounded(reading: DateReading | None, part: str | None, dateline: date) -> DateReading | None:
    """A period that goes on, up to the dateline or from it: "earlier this week"."""
    if reading is None or part is None:
        return reading
    if part == "earlier":
        return DateReading(reading.earliest, min(reading.latest, dateline))
    return DateReading(max(reading.earliest, dateline), reading.latest)


def _day(day: date) -> DateReading:
    return DateReading(day, day)


def _number(words: str) -> int:
    return ORDINALS.get(words) or int(re.sub(r"\D", "", words))


def _month_day(month: str, first: str, last: str | None, year: str | None, dateline: date | None, future: bool) -> DateReading | None:
    m = MONTHS[month.rstrip(".")]
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
    m = MONTHS[match["month"].rstrip(".")]
    said = match["month_y"] or ""
    if said.isdigit():
        year = int(said)
    elif dateline is None:
        return None
    elif said or match["rel_m"]:
        year = {"last": dateline.year - 1, "next": dateline.year + 1}.get(said.split()[0] if said else "", dateline.year)
        if match["rel_m"] == "last":
            year = dateline.year if m < dateline.month else dateline.year - 1
    else:
        year = _year_near(dateline, m, dateline.day if m == dateline.month else 1, future)
    last = calendar.monthrange(year, m)[1]
    first = 1
    part = match["part"] or ""
    if part:
        early, late = any(w in part for w in ("early", "beginning", "start")), any(w in part for w in ("late", "end"))
        first, last = (1, 10) if early else (21, last) if late else (11, 20)
    return DateReading(date(year, m, first), date(year, m, last))


def _weekday(match: re.Match[str], dateline: date, future: bool) -> DateReading:
    """The latest such weekday on or before the dateline; 'last' is before it, 'next' after it."""
    wanted = WEEKDAYS[match["weekday"]]
    back = (dateline.weekday() - wanted) % 7
    relation, week = match["wd_rel"] or "", match["wd_week"] or ""
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
    n = SMALL.get(match["ago_n"]) or int(match["ago_n"])
    unit = match["ago_u"].rstrip("s")
    sign = 1 if match["ago_w"] == "later" else -1
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
    relation, unit = match["per_rel"].split()[-1], match["per_u"]
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
