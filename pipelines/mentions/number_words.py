"""Number words: how English writes a number in digits and words, and its value."""

import re

_UNITS = "one two three four five six seven eight nine"
ONES = {
    word: n for n, word in enumerate(f"{_UNITS} ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), 1)
}
TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
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
_FACTORS = SCALES | DOZENS
# One of these, or a digit, stands in every number, vague ones included.
ANCHORS = (*ONES, *TENS, *DOZENS, "hundred", "thousand", "million", "billion")
# More people than ever lived are no count of people.
_MOST = 100_000_000_000

SPACE = r"[ \t\u00a0\u202f\u2009]"
GAP = r"(?:\s|\u00a0|\u202f)+"
_ONE, _TEN = "|".join(ONES), "|".join(TENS)
_SMALL = rf"(?:(?:{_TEN})(?:[-\u2010\u2011 ](?:{_UNITS.replace(' ', '|')})\b)?|(?:{_ONE})\b)"
_AND = rf",?{GAP}(?:and{GAP})?"
_BELOW_THOUSAND = rf"(?:{_SMALL}{GAP}hundred\b(?:{_AND}{_SMALL})?|{_SMALL})"
_BELOW_MILLION = rf"(?:{_BELOW_THOUSAND}{GAP}thousand\b(?:{_AND}{_BELOW_THOUSAND})?|{_BELOW_THOUSAND})"
# Another number with a scale of its own adds nothing: "between two hundred and five hundred".
_ALONE = rf"(?!{GAP}(?:dozen|hundred|thousand|million|billion)\b)"
_WORDS = (
    rf"(?:an?{GAP}(?:million|billion){GAP}and{GAP}a{GAP}half\b|half{GAP}a{GAP}(?:dozen|million|billion)\b|a{GAP}quarter{GAP}of{GAP}a{GAP}million\b"
    rf"|(?:{_SMALL}|an?){GAP}(?:and{GAP}a{GAP}half{GAP})?"
    rf"(?:(?:hundred{GAP})?(?:million|billion)\b(?:{_AND}{_BELOW_MILLION}{_ALONE})?|(?:hundred{GAP})?thousand\b(?:{_AND}{_BELOW_THOUSAND}{_ALONE})?"
    rf"|hundred\b(?:{_AND}{_SMALL}(?:{GAP}thousand\b(?:{_AND}{_BELOW_THOUSAND})?)?{_ALONE})?|(?:dozen|score)\b(?:{GAP}(?:thousand|million|billion)\b)?)"
    rf"|{_SMALL})"
)
_DIGITS = rf"\d{{1,3}}(?:(?:,|{SPACE})\d{{3}}(?!\d)){{1,4}}(?:\.\d+)?|\d{{1,3}}(?:\.\d{{3}}){{2,4}}|\d+(?:\.\d+)?"
_SCALED = rf"(?:{_DIGITS})(?:(?:-|{SPACE})?(?:dozen|hundred|thousand|million|billion)\b|(?:k|m|bn)\b)?"
NUMBER = rf"(?:{_SCALED}|{_WORDS})"
VAGUE = (
    rf"(?:several|a{GAP}few|many|some){GAP}(?:dozens?|scores?|hundreds?|thousands?)\b(?:{GAP}of{GAP}thousands\b)?"
    rf"|tens{GAP}of{GAP}(?:thousands|millions)\b|hundreds{GAP}of{GAP}thousands\b|dozens\b|scores\b|hundreds\b|thousands\b|millions\b"
)
# Words of a number that stand before the first of its anchors.
LEADING = "several a few many some an and half quarter of".split()

_IN_DIGITS = re.compile(rf"\s*(?:{_DIGITS})")
_JOINED = re.compile(r"[-\u2010\u2011\u00a0\u202f]")
_GROUPED = re.compile(rf",|{SPACE}")
_SCALE_AT_END = re.compile(r"(dozen|score|hundred|thousand|million|billion|k|bn)$")
_UNSCALED = re.compile(r"[\d.]+|" + _SMALL)


def value_of(words: str) -> float | None:
    """The value of a number in digits or small letters; None where the words are none."""
    plain = words.replace(",", "")
    if plain.isdecimal() and len(plain) < 12:
        return float(plain)  # most are digits alone
    plain = _JOINED.sub(" ", words)
    digits = _IN_DIGITS.match(plain)
    if not digits:
        return _in_words([w for w in plain.replace(",", " ").split() if w not in ("and", "of")])
    number = _GROUPED.sub("", digits[0])
    if number.count(".") > 1:
        number = number.replace(".", "")
    value = float(number[:20]) * _FACTORS.get(plain[digits.end() :].strip(), 1)
    return value if value <= _MOST else None


def with_scale(words: str, other: str) -> str:
    """A number with the scale that only its partner names: the 2 of "2 to 3 million"."""
    scale = _SCALE_AT_END.search(other)
    if scale and _UNSCALED.fullmatch(words) and (value_of(words) or 0) < 1000:
        return f"{words} {scale[1]}"
    return words


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
        elif word in _FACTORS:
            factor = _FACTORS[word]
            current = (current + 0.5 if half and current else 0.5 if half else current or 1) * factor
            half = False
            if factor >= 1000:
                total, current = total + current, 0.0
        else:
            return None
    return total + current or None
