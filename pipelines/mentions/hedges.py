"""Hedges: the words before and behind a number that say what it leaves open."""

import re
from collections.abc import Mapping

# What a hedge says of the number behind it; the longest phrase that fits wins.
_SAID = {
    "about": "about|around|some|roughly|approximately|nearly|almost|close to|an estimated|estimated|circa|something like|in the region of"
    "|in the order of|on the order of|well nigh|near|perhaps|maybe|possibly|just about|as good as|just on|not far off|in the vicinity of|closer to|nearer to|nearer",
    "at_least": "at least|no fewer than|no less than|not fewer than|not less than|a minimum of|at the very least",
    "more_than": "more than|over|upwards of|upward of|in excess of|above|exceeding|north of|well over|just over|well above|greater than",
    "at_most": "up to|as many as|no more than|not more than|at most|a maximum of|at the most",
    "less_than": "fewer than|less than|under|just under|below|just below|short of|just short of|well under",
}
HEDGES: Mapping[str, str] = {phrase: qualifier for qualifier, phrases in _SAID.items() for phrase in phrases.split("|")}
# Words that stand before a number without bounding it.
PLAIN = "a total of|a combined|a record|an additional|a further|a reported|another|exactly|precisely".split("|")
_LONGEST_FIRST = sorted(HEDGES, key=len, reverse=True)
_NEXT = re.compile(rf"({'|'.join(_LONGEST_FIRST)})(?=\s|$)\s*".replace(" ", r"\s+"))


def qualifier_before(hedges: str) -> str:
    """The bound that the hedges before a number set: a bound beats an approximation ("up to about 500" is at most 500)."""
    found, at = [], 0
    while match := _NEXT.match(hedges, at):
        found.append(HEDGES[" ".join(match[1].split())])
        at = match.end()
    return next((q for q in found if q != "about"), found[0] if found else "exact")


def qualifier_behind(words: str) -> str | None:
    """The bound that words behind a number set, as in "500 or more"; None where there are none."""
    if not words:
        return None
    if words.endswith(("so", "odd", "take")):
        return "about"
    return "at_most" if words.endswith(("fewer", "less", "most")) else "at_least"
