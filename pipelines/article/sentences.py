"""Sentences: spans of prose between stops, which never cross a paragraph."""

import re
from collections.abc import Iterator

from pipelines.article.text import Sentence

# A blank line, or the bullet of a list; one set of characters first, since that is found fast.
_PARAGRAPH = re.compile(r"[\n•‣▪●](?:(?<=\n)[ \t\r]*\n\s*|(?<!\n)(?:(?<=\s.)|(?<=^.))\s+)")
# A stop, closing marks, space, and something that can begin a sentence.
_STOP = re.compile(r"[.!?…:](?:(?<!:)[.!?…]*|(?=\s+[\"“]))[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9À-Þ\[]|[—–-]\s)")
_STOP_LOWER = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=\S)")
# Characters; the longest sentences of news and official texts stay well below.
_LONGEST = 2000
_BEGINS = re.compile(r"[.!?](?<=[a-z0-9][.!?])[\"'”’)\]]*\s+([A-Za-z])")
_SHORTENED = (
    "mr mrs ms dr prof gen lt col maj capt sgt cpl brig adm cmdr rep sen gov pres st no nos vs jr sr rev hon etc inc co corp ltd dept est approx art fig"
    " jan feb mar apr jun jul aug sep sept oct nov dec u.s u.n u.k e.u a.m p.m e.g i.e d.c ph.d cf al ft mt"
).split()
# Read from the stop to what stands before it, so that it is tried at one place.
_ABBREVIATION = re.compile(rf"\.(?:(?:{'|'.join(re.escape(word[::-1]) for word in _SHORTENED)})\b|[A-Za-z](?:[\s.(]|\Z))", re.IGNORECASE)
_OPENING = re.compile(r"(?:The|A|An|In|On|At|It|He|She|They|But|And|This|That|Those|These|Meanwhile|According|However)\b")
_ENDING = re.compile(r"(?:[ap]\.m|[A-Z]\.[A-Z]|etc)\.$")


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
        if text[match.start()] == "." and _is_abbreviated(text, at, match.start()) and not _ends_anyway(text, match):
            continue
        found.append((at, match.end()))
        at = match.end()
    found.append((at, end))
    short = [piece for a, b in found for piece in _pieces(text, a, b)]
    return [Sentence(*_trim(text, a, b), paragraph) for a, b in short if text[a:b].strip()]


def _is_abbreviated(text: str, start: int, stop: int) -> bool:
    return _ABBREVIATION.match(text[max(start, stop - 12) : stop + 1][::-1]) is not None


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
    begin, end = match.span()
    return bool(_OPENING.match(text, end, end + 12)) and bool(_ENDING.search(text[max(0, begin - 5) : begin + 1]))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
