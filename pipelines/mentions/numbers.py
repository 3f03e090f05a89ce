"""Numbers: which stretch of text states a number, what it bounds, and whether it can count people."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ONES = {
    word: value
    for value, word in enumerate(
        (
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
        ).split(),
        1,
    )
}
TENS = {word: 10 * value for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)}
SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "k": 1_000,
    "m": 1_000_000,
    "bn": 1_000_000_000,
}
DOZENS = {"dozen": 12, "score": 20}

# What a hedge says of the number behind it; the longest phrase that fits wins.
HEDGES: Mapping[str, str] = {
    **dict.fromkeys(
        [
            "about",
            "around",
            "some",
            "roughly",
            "approximately",
            "nearly",
            "almost",
            "close to",
            "an estimated",
            "estimated",
            "circa",
            "something like",
            "in the region of",
            "in the order of",
            "on the order of",
            "well nigh",
            "near",
            "perhaps",
            "maybe",
            "possibly",
            "just about",
            "as good as",
        ],
        "about",
    ),
    **dict.fromkeys(
        ["at least", "no fewer than", "no less than", "not fewer than", "not less than", "a minimum of", "at the very least"], "at_least"
    ),
    **dict.fromkeys(
        [
            "more than",
            "over",
            "upwards of",
            "upward of",
            "in excess of",
            "above",
            "exceeding",
            "north of",
            "well over",
            "just over",
            "well above",
        ],
        "more_than",
    ),
    **dict.fromkeys(["up to", "as many as", "no more than", "not more than", "at most", "a maximum of", "at the most"], "at_most"),
    **dict.fromkeys(
        ["fewer than", "less than", "under", "just under", "below", "just below", "short of", "just short of", "well under"], "less_than"
    ),
}
# More people than ever lived are no count of people.
_MOST = 100_000_000_000
# Words that stand before a number without bounding it.
PLAIN = "a total of|a combined|a record|an additional|a further|a reported|another|exactly|precisely"

_SPACE = r"[ \t\u00a0\u202f\u2009]"
_GAP = r"(?:\s|\u00a0|\u202f)+"
_ONE, _TEN = "|".join(ONES), "|".join(TENS)
_SMALL = rf"(?:(?:{_TEN})(?:[-\u2010\u2011 ](?:one|two|three|four|five|six|seven|eight|nine)\b)?|(?:{_ONE})\b)"
_WORDS = (
    rf"(?:an?{_GAP}(?:million|billion){_GAP}and{_GAP}a{_GAP}half\b|half{_GAP}a{_GAP}(?:dozen|million|billion)\b|a{_GAP}quarter{_GAP}of{_GAP}a{_GAP}million\b"
    rf"|(?:{_SMALL}|an?){_GAP}(?:and{_GAP}a{_GAP}half{_GAP})?(?:dozen|score|hundred|thousand|million|billion)\b(?:{_GAP}(?:thousand|million|billion)\b)?"
    rf"(?:,?{_GAP}(?:and{_GAP})?{_SMALL}(?:{_GAP}(?:hundred|thousand)\b)?(?:{_GAP}(?:and{_GAP})?{_SMALL})?)?"
    rf"|{_SMALL})"
)
_DIGITS = rf"\d{{1,3}}(?:(?:,|{_SPACE})\d{{3}}(?!\d)){{1,4}}(?:\.\d+)?|\d{{1,3}}(?:\.\d{{3}}){{2,4}}|\d+(?:\.\d+)?"
_SCALED = rf"(?:{_DIGITS})(?:(?:-|{_SPACE})?(?:hundred|thousand|million|billion)\b|(?:k|m|bn)\b)?"
_NUMBER = rf"(?:{_SCALED}|{_WORDS})"
_VAGUE = (
    rf"(?:several|a{_GAP}few|many|some){_GAP}(?:dozens?|scores?|hundreds?|thousands?)\b(?:{_GAP}of{_GAP}thousands\b)?"
    rf"|tens{_GAP}of{_GAP}(?:thousands|millions)\b|hundreds{_GAP}of{_GAP}thousands\b|dozens\b|scores\b|hundreds\b|thousands\b|millions\b"
)


def _phrases(words: str) -> str:
    ordered = sorted(words.split("|"), key=len, reverse=True)
    return "|".join(re.escape(p).replace(r"\ ", _GAP) for p in ordered)


_HEDGE = rf"(?:{_phrases('|'.join(HEDGES))})"
_COUNT = re.compile(
    rf"(?<![\w.$€£¥/'’-])(?<!\d:)(?:(?:{_phrases(PLAIN)}){_GAP})?(?P<hedge>(?:{_HEDGE}{_GAP}){{0,2}})"
    rf"(?:(?P<vague>{_VAGUE})|(?:(?P<between>between|from|anywhere{_GAP}between){_GAP})?(?P<a>{_NUMBER})"
    rf"(?:(?P<link>{_GAP}to{_GAP}|{_GAP}or{_GAP}|{_GAP}and{_GAP}|{_SPACE}?[-–—]{_SPACE}?)(?P<hedge_b>{_HEDGE}{_GAP})?(?P<b>{_NUMBER}))?)"
    rf"(?P<again>{_SPACE}\(\d[\d,.]{{0,9}}\))?"
    rf"(?P<after>{_GAP}or{_GAP}(?:so|more|fewer|less)\b|\+|-plus\b|-odd\b)?",
    re.IGNORECASE,
)
_DISTRACTOR_BEFORE = re.compile(
    r"(?:[$€£¥₩]|\b(?:usd|eur|us\$|rs\.?|no\.?|nos\.?|number|article|section|chapter|page|resolution|paragraph|clause|phase|version|route|highway|road|room|block"
    r"|unit|brigade|division|flight|channel|group|category|type|level|class|grade|size|aged?|age of|ages|camp|bureau|hall|gate|sector|area|zone|protocol|law|decree"
    r"|form|point|part|episode|lap|round|week|day|year|since|born in|kilometre|km|mile)\s*)$",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"(?:[-\s\u00a0]*(?:%|per\s?cent|percent|percentage|pc\b|km|kms|kilomet|mile|meter|metre|cm\b|mm\b|mph|kph|kg|kilogram|kilo\b|kilos\b|tonne|ton\b|tons\b|pound|lb|feet|foot|ft\b"
    r"|inch|yard|acre|hectare|square|litre|liter|gallon|barrel|degree|dollar|euro|cents?\b|rupee|rouble|ruble|peso|won\b|yen|yuan|shekel|franc|dinar"
    r"|year|month|week|day|hour|minute|second|decade|centur|quarter-|a\.?m\b|p\.?m\b|gmt|utc|o'clock|local time|hrs|times\b|fold\b|-?fold|mb\b|gb\b|mw\b|megawatt|-?caliber|-?calibre"
    r"|points?\b|goals?\b|runs?\b|wickets?\b|votes?\b|seats?\b|percentage)|\s?[/:]\s?\d|°)",
    re.IGNORECASE,
)
_ORDINAL_AFTER = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)


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


def find_numbers(text: str, vague: Mapping[str, int], start: int = 0, end: int | None = None) -> list[Number]:
    """All numbers of ``text[start:end]`` in order; ``vague`` says what "dozens" and the like mean."""
    return list(_scan(text, vague, start, len(text) if end is None else end))


def read_count(words: str, vague: Mapping[str, int]) -> Count | None:
    """The first number in the words that can count people, or None."""
    return next((n.count for n in _scan(words, vague, 0, len(words)) if n.count), None)


def _scan(text: str, vague: Mapping[str, int], start: int, end: int) -> Iterator[Number]:
    at = start
    while match := _COUNT.search(text, at, end):
        number = _judge(text, match, vague)
        yield number
        at = max(number.end, at + 1)


def _judge(text: str, match: re.Match[str], vague: Mapping[str, int]) -> Number:
    """The number that a match of the expression states."""
    start, end = match.start(), match.end()
    hedge = _qualifier(match["hedge"] or "")
    if match["vague"]:
        count = Count(_vague_low(match["vague"], vague), None, None, None, "vague")
        return Number(start, end, None if _counts_no_people(text, match.start("vague"), end) else count)
    a = _value(match["a"])
    if a is None:
        return Number(start, end, None)
    if match["b"]:
        b = _value(_with_scale(match["b"], match["a"]))
        wide = _value(_with_scale(match["a"], match["b"]))
        if _is_range(match) and b is not None and wide is not None and wide < b:
            distracted = _counts_no_people(text, match.start("a"), end) or (1900 <= a <= 2100 and b < 2100 and "," not in match["a"])
            return Number(start, end, None if distracted or wide != int(wide) else Count(int(wide), None, int(b), None, "range"))
        # Two numbers that only stand together: this one ends before the link.
        end = match.end("a")
        if match["between"]:
            start = match.start("a")
    elif match["between"]:
        start = match.start("a")
    after = (match["after"] or "").lower() if not match["b"] else ""
    if a != int(a) or a < 1 or _counts_no_people(text, match.start("a"), end) or _is_year(text, match, end):
        return Number(start, end, None)
    return Number(start, end, _bounded(int(a), _after_qualifier(after) or hedge))


def _bounded(n: int, qualifier: str) -> Count:
    return {
        "exact": Count(n, n, n, n, "exact"),
        "about": Count(None, n, None, n, "about"),
        "at_least": Count(n, None, None, n, "at_least"),
        "more_than": Count(n, None, None, n, "more_than"),
        "at_most": Count(None, None, n, n, "at_most"),
        "less_than": Count(None, None, n, n, "less_than"),
    }[qualifier]


def _qualifier(hedge: str) -> str:
    """The bound that the hedges set: a bound beats an approximation ("up to about 500" is at most 500)."""
    words = " ".join(hedge.lower().replace("\u00a0", " ").split())
    found = []
    while words:
        phrase = next((p for p in _BY_LENGTH if words == p or words.startswith(p + " ")), None)
        if phrase is None:
            break
        found.append(HEDGES[phrase])
        words = words[len(phrase) :].strip()
    return next((q for q in found if q != "about"), found[0] if found else "exact")


_BY_LENGTH = sorted(HEDGES, key=len, reverse=True)


def _after_qualifier(after: str) -> str | None:
    if not after:
        return None
    if after.endswith("so") or after == "-odd":
        return "about"
    return "at_most" if after.endswith(("fewer", "less")) else "at_least"


def _is_range(match: re.Match[str]) -> bool:
    link = match["link"].strip().lower()
    between = (match["between"] or "").lower()
    if match["hedge_b"]:
        return False
    if link == "and":
        return between.endswith("between")
    if between == "from":
        return False  # "rose from 300 to 500" states two numbers
    if link == "or":
        return abs((_value(match["b"]) or 0) - (_value(match["a"]) or 0)) <= max(5, (_value(match["a"]) or 0))
    return True


def _with_scale(words: str, other: str) -> str:
    """A number with the scale that only its partner names: the 2 of "2 to 3 million"."""
    scale = re.search(r"(hundred|thousand|million|billion|k|bn)$", other, re.IGNORECASE)
    if scale and re.fullmatch(r"[\d.]+|" + _SMALL, words, re.IGNORECASE) and (_value(words) or 0) < 1000:
        return f"{words} {scale[1]}"
    return words


def _vague_low(words: str, vague: Mapping[str, int]) -> int:
    plain = re.sub(r"^(?:several|a\s+few|many|some)\s+", "", " ".join(words.lower().split()))
    return vague[plain if plain in vague else plain + "s"]


def _value(words: str) -> float | None:
    """The value of a number in digits or words; None where the words are none."""
    plain = re.sub(r"[-\u2010\u2011\u00a0\u202f]", " ", words.lower())
    digits = re.match(rf"\s*(?:{_DIGITS})", plain)
    if digits:
        number = re.sub(rf",|{_SPACE}", "", digits[0])
        if number.count(".") > 1:
            number = number.replace(".", "")
        scale = plain[digits.end() :].strip()
        value = float(number[:20]) * SCALES.get(scale, 1)
        return value if value <= _MOST else None
    return _in_words([w for w in plain.replace(",", " ").split() if w not in ("and", "of")])


def _in_words(words: list[str]) -> float | None:
    if words == ["a", "quarter", "a", "million"]:
        return 250_000
    if words[-1:] == ["half"] and len(words) == 4 and words[1] in SCALES:
        return SCALES[words[1]] * 1.5  # "a million and a half"
    total = current = 0.0
    half = False
    for i, word in enumerate(words):
        if word == "half":
            half = True
        elif word in ("a", "an"):
            if not half and (i + 1 < len(words) and words[i + 1] != "half"):
                current = 1
        elif word in ONES or word in TENS:
            current += ONES.get(word) or TENS[word]
        elif word in DOZENS or word in SCALES:
            factor = DOZENS.get(word) or SCALES[word]
            current = (current + 0.5 if half and current else 0.5 if half else current or 1) * factor
            half = False
            if factor >= 1000:
                total, current = total + current, 0.0
        else:
            return None
    return total + current or None


def _counts_no_people(text: str, start: int, end: int) -> bool:
    """Whether the words around a number say that it measures, names or dates something."""
    after = text[end : end + 24]
    if _UNIT_AFTER.match(after) or _ORDINAL_AFTER.match(after):
        return True
    return bool(_DISTRACTOR_BEFORE.search(text[max(0, start - 24) : start])) or bool(re.match(r"[-–]?year", after))


_PEOPLE_AFTER = re.compile(
    r"\s+(?:(?:more|other|of its|of the|of their|[A-Z]\w+|civilian|enemy|armed|foreign|government|rebel)\s+){0,2}(?:people|civilians|soldiers|troops|deaths|dead|killed|wounded|injured|fighters|men"
    r"|women|children|others|persons|militants|casualties|fatalities|prisoners|refugees|officers|members|residents|servicemen|personnel|lives|bodies|rebels|insurgents|police|policemen|victims"
    r"|[A-Z]\w+(?:s|ese)\b)"
)


def _is_year(text: str, match: re.Match[str], end: int) -> bool:
    """A bare number from 1800 to 2099 is a year unless people follow it, or a total leads to it."""
    if match["hedge"] or not re.fullmatch(r"(?:1[89]|20)\d\d", match["a"]) or _PEOPLE_AFTER.match(text, end):
        return False
    before = text[max(0, match.start("a") - 24) : match.start("a")].lower()
    return not re.search(
        r"(?:toll|total|number|casualties|killed|rose|risen|stands?|put|wounding|killing|lost|reached|numbering)\b[^.,;]{0,14}$", before
    )
