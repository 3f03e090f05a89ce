"""Finders: where phrases stand in a text, and where an expression can match at all, each found in one pass."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence

import ahocorasick_rs

# More words than these lead to no number and no date; it bounds the time that noise can take.
_MOST_LEADING = 20
_WORD_START = re.compile(r"\b\w")


def small(text: str) -> str:
    """The text in small letters, of equal length so that offsets hold."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def lowered(text: str) -> str:
    """The text in small letters with plain apostrophes and spaces, of equal length too."""
    return small(text).replace("’", "'").replace("\n", " ").replace("\u00a0", " ")


def caseless(expression: str) -> re.Pattern[str]:
    """The expression for a text in small letters: one that ignores case would take several times as long to find the same."""
    return re.compile(_CAPITALS.sub(lambda m: m[1] or m[2].lower(), expression))


# Capitals that mean themselves: not those of ``\W`` and ``(?P<``.
_CAPITALS = re.compile(r"(\\.|\(\?P)|([A-Z]+)", re.DOTALL)
Found = tuple[int, int, str]


class Finder:
    """Finds the longest of many phrases at whole words; offsets are those of the text that it is given.

    It takes one list of phrases or several, which it reads the text for in one pass.
    """

    def __init__(self, *lists: Collection[str]) -> None:
        lists_of: dict[str, list[int]] = {}
        for number, phrases in enumerate(lists):
            for phrase in phrases:
                lists_of.setdefault(phrase, []).append(number)
        self._phrases = list(lists_of)
        self._lists_of = [tuple(numbers) for numbers in lists_of.values()]
        self._lists = len(lists)
        self._automaton = ahocorasick_rs.AhoCorasick(self._phrases, matchkind=ahocorasick_rs.MatchKind.Standard) if lists_of else None

    def find(self, lowered: str) -> list[Found]:
        """(start, end, phrase) of the first list's phrases in the text, longest first at each place, none within another."""
        return self.find_each(lowered)[0]

    def find_each(self, lowered: str) -> list[list[Found]]:
        """The same for each list."""
        found: list[list[tuple[int, int, int]]] = [[] for _ in range(self._lists)]
        if self._automaton is not None:
            padded = f" {lowered} "
            for index, start, end in self._automaton.find_matches_as_indexes(lowered, overlapping=True):
                # Most stand between spaces: the rest is asked of the others alone.
                if (padded[start] == " " or _begins_word(lowered, start)) and (padded[end + 1] == " " or _ends_word(lowered, end)):
                    for number in self._lists_of[index]:
                        found[number].append((start, -end, index))
        return [self._longest(each) if each else [] for each in found]

    def _longest(self, found: list[tuple[int, int, int]]) -> list[Found]:
        found.sort()
        kept, last = [], 0
        for start, minus_end, index in found:
            if start >= last:
                kept.append((start, -minus_end, self._phrases[index]))
                last = -minus_end
        return kept


def _begins_word(text: str, start: int) -> bool:
    before = text[start - 1]
    return not (before.isalnum() or before == "-")


def _ends_word(text: str, end: int) -> bool:
    """Whether no word goes on at ``end``; words joined by a hyphen are one."""
    after = text[end : end + 2]
    return not (after[0].isalnum() or (after[0] == "-" and after[1:].isalnum() and text[end - 1] != "-"))


class Stems:
    """Where parts of words stand in a text, found in one pass."""

    def __init__(self, stems: Iterable[str]) -> None:
        self._stems = sorted(set(stems))
        self._automaton = ahocorasick_rs.AhoCorasick(self._stems, matchkind=ahocorasick_rs.MatchKind.Standard)

    def find(self, lower: str) -> list[tuple[int, int, str]]:
        """(start, end, stem) of each, those within others too."""
        return [(start, end, self._stems[i]) for i, start, end in self._automaton.find_matches_as_indexes(lower, overlapping=True)]


class Anchors:
    """Where a long expression can match: at certain words or digits that it must hold, or at words that lead to them.

    To try the expression at those places alone takes a tenth of the time of a search, and finds the same.
    """

    def __init__(self, words: Iterable[str], leading: str = "", gap: str = r"\s+", digits: str = "") -> None:
        """``leading``: what may stand before an anchor or before more of it, as an expression of mirrored text."""
        self._automaton = ahocorasick_rs.AhoCorasick(sorted(words), matchkind=ahocorasick_rs.MatchKind.LeftmostFirst)
        self._digits = re.compile(digits) if digits else None
        self._leading = re.compile(rf"(?:{gap}(?:{leading})){{1,{_MOST_LEADING}}}") if leading else None

    def starts(self, lower: str, start: int = 0, end: int | None = None, mirror: str = "") -> list[int]:
        """Offsets in order within ``lower[start:end]``.

        ``mirror`` is the lowered text from its end to its start: there the leading words are read, since expressions only read forwards.
        """
        length = len(lower)
        end = length if end is None else end
        anchors = [s for _, s, _ in self._automaton.find_matches_as_indexes(lower) if start <= s < end and not lower[s - 1 : s].isalnum()]
        if self._digits is not None:
            anchors.extend(match.start() for match in self._digits.finditer(lower, start, end))
        found = set(anchors)
        if self._leading is not None:
            for anchor in anchors:
                if leading := self._leading.match(mirror, length - anchor, length - start):
                    found.update(match.start() for match in _WORD_START.finditer(lower, length - leading.end(), anchor))
        return sorted(found)


class Cue:
    """An expression for words that say one thing, tried only where one of the words stands that all its matches begin with.

    A search tries each place of a text, and most texts hold none: the words of all are found in a pass that costs next to nothing.
    """

    def __init__(self, expression: re.Pattern[str], words: str) -> None:
        """``words``: the beginnings of all matches, in small letters, parted by ``|``."""
        self._expression = expression
        self._stems = Stems(words.split("|"))

    def places(self, lower: str) -> list[int]:
        """Where it may match in a text in small letters: what ``search`` and ``all`` ask for."""
        return sorted({start for start, _, _ in self._stems.find(lower) if not lower[start - 1 : start].isalnum()})

    def search(self, text: str, places: Sequence[int], start: int, end: int) -> re.Match[str] | None:
        """What the expression's search finds in ``text[start:end]``."""
        here = places[bisect_left(places, start) : bisect_left(places, end)]
        return next((match for place in here if (match := self._expression.match(text, place, end))), None)

    def count(self, text: str, places: Sequence[int]) -> int:
        """How often it matches in the text."""
        return sum(1 for _ in matches(self._expression, text, places))


def mirrored(words: Iterable[str]) -> str:
    """An expression of any of the words in mirrored text."""
    return "|".join(re.escape(word[::-1]) for word in sorted(words, key=len, reverse=True))


def matches(expression: re.Pattern[str], text: str, starts: Sequence[int], end: int | None = None) -> Iterator[re.Match[str]]:
    """What the expression's finditer yields in ``text[:end]``, where it can match at those offsets alone."""
    at = 0
    end = len(text) if end is None else end
    for start in starts:
        if start >= at and (match := expression.match(text, start, end)):
            yield match
            at = match.end()
