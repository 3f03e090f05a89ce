"""Numbers: which stretch of text states a number, what it bounds, and whether it can count people."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipelines.mentions.date_readings import MAY_THE_VERB
from pipelines.mentions.finders import Anchors, mirrored, small
from pipelines.mentions.hedges import HEDGES, PLAIN, qualifier_before, qualifier_behind
from pipelines.mentions.number_words import ANCHORS, GAP, LEADING, NUMBER, SPACE, VAGUE, value_of, with_scale

__all__ = ["HEDGES", "Count", "Number", "find_numbers", "read_count"]


def _phrases(phrases: list[str]) -> str:
    return "|".join(re.escape(p).replace(r"\ ", GAP) for p in sorted(phrases, key=len, reverse=True))


_HEDGE = rf"(?:{_phrases([*HEDGES])})"
_COUNT = re.compile(
    rf"(?<![\w.$€£¥/'’-])(?<!\d:)(?:(?:{_phrases(PLAIN)}){GAP})?(?P<hedge>(?:{_HEDGE}{GAP}){{0,2}})"
    rf"(?:(?P<vague>{VAGUE})|(?:(?P<between>between|from|anywhere{GAP}(?:between|from)){GAP})?(?P<a>{NUMBER})"
    rf"(?:(?P<link>{GAP}to{GAP}|{GAP}or{GAP}|{GAP}and{GAP}|{SPACE}?[-–—]{SPACE}?)(?P<hedge_b>{_HEDGE}{GAP})?(?P<b>{NUMBER}))?)"
    rf"(?P<again>{SPACE}\(\d[\d,.]{{0,9}}\))?"
    rf"(?P<after>{GAP}or{GAP}(?:so|more|fewer|less)\b|\+|-plus\b|-odd\b|,?{GAP}give{GAP}or{GAP}take\b"
    rf"|{GAP}at{GAP}(?:the{GAP}(?:very{GAP})?)?(?:least|most)\b(?!{GAP}\d))?"
)
_ANCHORS = Anchors(
    ANCHORS,
    mirrored({word for phrase in (*HEDGES, *PLAIN, *LEADING, "anywhere between", "from") for word in phrase.split()}),
    digits=r"\d+",
)
_MONTHS = "january february march april may june july august september october november december".split()
# So many characters around a number tell what it measures or names.
_NEAR = 24
_NAMES = (
    "usd eur us$ rs rs. no no. nos nos. number article section chapter page resolution paragraph clause phase version route highway road room block"
    " unit brigade division flight channel group category type level class grade size age aged ages camp bureau hall gate sector area zone protocol"
    " law decree form point part episode lap round week day year since kilometre km mile"
).split()
# In mirrored text: "$", "Article", "aged".
_NAMED_BEFORE = re.compile(rf"\s*(?:[$€£¥₩]|(?:{mirrored([*_NAMES, 'age of', 'born in', 'half past', 'quarter past'])})\b)")
_MEASURED_AFTER = re.compile(
    r"[-\s]*(?:%|per\s?cent|percent|percentage|pc\b|km|kms|kilomet|mile|meter|metre|cm\b|mm\b|mph|kph|kg|kilogram|kilo\b|kilos\b|tonne|ton\b|tons\b|pound|lb|feet|foot|ft\b"
    r"|inch|yard|acre|hectare|square|litre|liter|gallon|barrel|degree|dollar|euro|cents?\b|rupee|rouble|ruble|peso|won\b|yen|yuan|shekel|franc|dinar"
    r"|year|month|week|day|hour|minute|second|decade|centur|quarter-|a\.?m\b|p\.?m\b|gmt|utc|o['’]clock|local time|hrs|times\b|fold\b|mb\b|gb\b|mw\b|megawatt|caliber|calibre"
    r"|points?\b|goals?\b|runs?\b|wickets?\b|votes?\b|seats?\b)|\s?[/:]\s?\d|°|–year|(?:st|nd|rd|th|['’]?s)\b"
)
# "The Group of Seven" is a name.
_BODY_BEFORE = re.compile(r"\b(?:Group|Gang|Council|Committee) of $")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_DAY = re.compile(r"\d\d?")
_MONTH_AFTER = re.compile(rf"\s(?!{MAY_THE_VERB})(?:{'|'.join(_MONTHS)})\b")
_MONTH_BEFORE = re.compile(rf"\s(?:{mirrored(_MONTHS)})\b")
_SCORE = re.compile(r"\d+[-–]\d+")
_PEOPLE_AFTER = re.compile(
    r"\s+(?:(?:more|other|of its|of the|of their|[A-Z]\w+|civilian|enemy|armed|foreign|government|rebel)\s+){0,2}(?:people|civilians|soldiers|troops|deaths|dead|killed|wounded|injured|fighters|men"
    r"|women|children|others|persons|militants|casualties|fatalities|prisoners|refugees|officers|members|residents|servicemen|personnel|lives|bodies|rebels|insurgents|police|policemen|victims"
    r"|[A-Z]\w+(?:s|ese)\b)"
)
_RISEN_BY = re.compile(r"\b(?:rose|risen|rising|climbed|jumped|grew|grown|increased|up|fell|fallen|dropped|down)(?: again)?\s+by\s+$")
_TOLL_BEFORE = re.compile(
    r"(?:toll|total|number|casualties|killed|rose|risen|stands?|put|wounding|killing|lost|reached|numbering)\b[^.,;]{0,14}$"
)


@dataclass(frozen=True)
class Count:
    """What words say of a number of people: bounds that they leave open are None."""

    low: int | None
    best: int | None
    high: int | None
    stated: int | None
    qualifier: str


@dataclass(frozen=True)
class Number:
    """One number in a text; ``count`` is None where it cannot count people (a year, money, an age, a unit's number)."""

    start: int
    end: int
    count: Count | None


@dataclass(frozen=True)
class _Text:
    """A text, in small letters, and those from the last to the first: what stands before a number is read in these."""

    text: str
    lower: str
    mirror: str

    def counts_no_people(self, start: int, end: int) -> bool:
        """Whether the words around a number say that it measures, names or dates something."""
        if _MEASURED_AFTER.match(self.lower, end, end + _NEAR):
            return True
        if _BODY_BEFORE.search(self.text, max(0, start - _NEAR), start):
            return True
        before = len(self.text) - start
        return _NAMED_BEFORE.match(self.mirror, before, before + _NEAR) is not None

    def is_day(self, match: re.Match[str], end: int) -> bool:
        """Whether a bare number of one or two digits stands beside the name of a month."""
        if match["hedge"] or not _DAY.fullmatch(match["a"]):
            return False
        before = len(self.text) - match.start("a")
        return bool(_MONTH_AFTER.match(self.lower, end) or _MONTH_BEFORE.match(self.mirror, before))

    def is_year(self, match: re.Match[str], end: int) -> bool:
        """Whether a bare number from 1800 to 2099 is a year: unless people follow it, or a total leads to it."""
        if match["hedge"] or not _YEAR.fullmatch(match["a"]) or _PEOPLE_AFTER.match(self.text, end):
            return False
        at = match.start("a")
        return not _TOLL_BEFORE.search(self.lower[max(0, at - _NEAR) : at])


def find_numbers(text: str, vague: Mapping[str, int], start: int = 0, end: int | None = None) -> list[Number]:
    """All numbers of ``text[start:end]`` in order; ``vague`` says what "dozens" and the like mean."""
    return list(_scan(text, vague, start, len(text) if end is None else end))


def read_count(words: str, vague: Mapping[str, int]) -> Count | None:
    """The first number in the words that can count people, or None."""
    return next((n.count for n in _scan(words, vague, 0, len(words)) if n.count), None)


def _scan(text: str, vague: Mapping[str, int], start: int, end: int) -> Iterator[Number]:
    lower = small(text)
    whole = _Text(text, lower, lower[::-1])
    at = start
    for begin in _ANCHORS.starts(lower, start, end, whole.mirror):
        if begin >= at and (match := _COUNT.match(lower, begin, end)):
            number = _judge(whole, match, vague)
            yield number
            at = number.end


def _judge(whole: _Text, match: re.Match[str], vague: Mapping[str, int]) -> Number:
    """The number that a match of the expression states."""
    start, end = match.span()
    if match["vague"]:
        low = None if whole.counts_no_people(match.start("vague"), end) else _vague_low(match["vague"], vague)
        return Number(start, end, Count(low, None, None, None, "vague") if low else None)
    a = value_of(match["a"])
    if a is None:
        return Number(start, end, None)
    if match["b"]:
        bounds = _range(match)
        if bounds:
            years = 1900 <= a <= 2100 and bounds[1] < 2100 and "," not in match["a"]
            counts = bounds[0] == int(bounds[0]) and not years and not whole.counts_no_people(match.start("a"), end)
            return Number(start, end, Count(int(bounds[0]), None, int(bounds[1]), None, "range") if counts else None)
        if _SCORE.fullmatch(match[0]):
            return Number(start, end, None)  # "they won 3-1"
        # Two numbers that only stand together: this one ends before the link.
        end = match.end("a")
    if match["between"]:
        start = match.start("a")
    if (
        a != int(a)
        or a < 1
        or match["a"].startswith("0")
        or whole.counts_no_people(match.start("a"), end)
        or whole.is_year(match, end)
        or whole.is_day(match, end)
    ):
        return Number(start, end, None)
    behind = qualifier_behind(match["after"] or "") if not match["b"] else None
    return Number(start, end, _bounded(int(a), behind or qualifier_before(match["hedge"])))


def _bounded(n: int, qualifier: str) -> Count:
    """The count of a stated n, with the bounds that its qualifier sets."""
    low = n if qualifier in ("exact", "at_least", "more_than") else None
    best = n if qualifier in ("exact", "about") else None
    high = n if qualifier in ("exact", "at_most", "less_than") else None
    return Count(low, best, high, n, qualifier)


def _range(match: re.Match[str]) -> tuple[float, float] | None:
    """The ends of a range, the scale of one given to the other; None where the two numbers are no range."""
    b = value_of(with_scale(match["b"], match["a"]))
    low = value_of(with_scale(match["a"], match["b"]))
    if b is None or low is None or low >= b or not _is_range(match, low, b):
        return None
    if match["link"] in "-–" and low < b / 1000 and b % 1000 == 0:
        low *= 1000  # "10-12,000"
    return low, b


def _is_range(match: re.Match[str], low: float, high: float) -> bool:
    link, between = match["link"].strip(), match["between"] or ""
    if match["hedge_b"]:
        return False
    if link == "to" and _RISEN_BY.search(match.string, max(0, match.start() - _NEAR), match.start()):
        return False  # "rose by 15 to 47"
    if link == "and":
        return between.endswith("between")
    if between == "from":
        return False  # "rose from 300 to 500" states two numbers
    if link == "or":
        return high - low <= max(5, low)
    return True


def _vague_low(words: str, vague: Mapping[str, int]) -> int:
    plain = re.sub(r"^(?:several|a few|many|some) ", "", " ".join(words.split()))
    return vague[plain if plain in vague else plain + "s"]
