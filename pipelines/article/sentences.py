"""Sentences: spans of prose between stops, which never cross a paragraph."""

import re
from collections.abc import Iterator

from pipelines.article.text import Sentence

_PARAGRAPH = re.compile(r"\n[ \t\r]*\n\s*")
# A stop, closing marks, space, and something that can begin a sentence.
_STOP = re.compile(r"(?:[.!?…]+|:(?=\s+[\"“]))[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9À-Þ\[]|[—–-]\s)")
_STOP_LOWER = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=\S)")
# Characters; the longest sentences of news and official texts stay well below.
_LONGEST = 2000
_BEGINS = re.compile(r"[a-z0-9][.!?][\"'”’)\]]*\s+([A-Za-z])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|gen|lt|col|maj|capt|sgt|cpl|brig|adm|cmdr|rep|sen|gov|pres|st|no|nos|vs|jr|sr|rev|hon|etc|inc|co|corp|ltd|dept|est|approx|art|fig"
    r"|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|u\.s|u\.n|u\.k|e\.u|a\.m|p\.m|e\.g|i\.e|d\.c|ph\.d|cf|al|ft|mt)|(?:^|[\s.(])[A-Za-z])\.$",
    re.IGNORECASE,
)


def find_sentences(text: str, start: int = 0) -> list[Sentence]:
    """The sentences of ``text[start:]`` in order, with the number of their paragraph."""
    # Where small letters follow the stops, a capital is no sign of a new sentence.
    begins = _BEGINS.findall(text, start, start + 3000)
    stop = _STOP_LOWER if sum(c.islower() for c in begins) > 3 * sum(c.isupper() for c in begins) else _STOP
    sentences: list[Sentence] = []
    paragraph = 0
    at = start
    for match in [*_PARAGRAPH.finditer(text, start), None]:
        end = match.start() if match else len(text)
        found = _in_paragraph(text, at, end, stop, paragraph)
        sentences.extend(found)
        paragraph += bool(found)
        at = match.end() if match else end
    return sentences


def _in_paragraph(text: str, start: int, end: int, stop: re.Pattern[str], paragraph: int) -> list[Sentence]:
    found = []
    at = start
    for match in stop.finditer(text, start, end):
        before = text[max(at, match.start() - 12) : match.start() + 1]
        if text[match.start()] == "." and _ABBREVIATION.search(before) and not _ends_anyway(text, match):
            continue
        found.append((at, match.end()))
        at = match.end()
    found.append((at, end))
    short = [piece for a, b in found for piece in _pieces(text, a, b)]
    return [Sentence(*_trim(text, a, b), paragraph) for a, b in short if text[a:b].strip()]


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span cut at white space where it is longer than any sentence: lists and noise must not cost squares of time."""
    while end - start > _LONGEST:
        cut = text.rfind(" ", start + 1, start + _LONGEST)
        cut = cut if cut > start else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _ends_anyway(text: str, match: re.Match[str]) -> bool:
    """Whether a stop behind 'a.m.', 'U.S.' and the like ends the sentence: a common opening word follows."""
    follows = re.match(
        r"(?:The|A|An|In|On|At|It|He|She|They|But|And|This|That|Those|These|Meanwhile|According|However)\b",
        text[match.end() : match.end() + 12],
    )
    return bool(follows) and bool(re.search(r"(?:[ap]\.m|[A-Z]\.[A-Z]|etc)\.$", text[max(0, match.start() - 5) : match.start() + 1]))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
