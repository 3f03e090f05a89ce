"""Scope: whether an article tells of war, or borrows its words for sport, software or business."""

from collections import Counter
from collections.abc import Iterable, Mapping

# So many words of another field make it suspicious, and it must then hold its own against the words of war.
_SUSPICIOUS = 3
_WEIGHT = 1.25
# Storms and quakes kill as well: fewer of their words suffice.
_SUSPICIOUS_WEATHER = 2
_WEIGHT_WEATHER = 1.5
# A word of another field counts twice at most: a strike on a market names the market again and again.
_REPEATS = 2


def tells_of_war(words: Iterable[str], domains: Mapping[str, str]) -> bool:
    """False where words of one other field outweigh those of war: "the patch killed 1,200 processes"; each occurrence is given."""
    fields: Counter[str] = Counter()
    for word, times in Counter(words).items():
        field = domains[word]
        fields[field] += times if field == "war" else min(times, _REPEATS)
    war = fields.pop("war", 0)
    weather = fields.pop("weather", 0)
    if weather >= _SUSPICIOUS_WEATHER and weather * _WEIGHT_WEATHER >= war:
        return False
    other = max(fields.values(), default=0)
    return other < _SUSPICIOUS or other * _WEIGHT < war
