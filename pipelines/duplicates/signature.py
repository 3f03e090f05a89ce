"""What is kept of a text to find its copies: a number for each run of five words, the same on every machine."""

import hashlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.article import Article

# One row an article; the numbers are unsigned, of four bytes, little end first: the shingles in the order of the text, the anchors sorted.
SIGNATURES = pa.schema(
    [
        ("article_id", pa.string()),
        ("text_sha256", pa.string()),
        ("shingles", pa.binary()),
        ("anchors", pa.binary()),
        ("runs_hash", pa.binary(16)),
    ]
)
# Fewer runs prove nothing: a sentence can stand in two reports by chance.
LEAST_RUNS = 32
# Anchors propose copies: of the first runs every eighth number, of the others every 32nd, the same ones in each text.
_HEAD, _HEAD_EVERY, _TAIL_EVERY = 256, 8, 32
# Of copies that were cut, the beginning is there: what stands behind so many characters is not looked at.
_MOST_CHARACTERS = 8_000
_RUN = 5
_GAP, _LETTER, _DROPPED = 0, 1, 2
_WORD_LIMIT = 64
_MULTIPLIER = 0x9E3779B97F4A7C15
_POWERS = np.array([pow(_MULTIPLIER, n + 1, 1 << 64) for n in range(_WORD_LIMIT)], np.uint64)

Numbers = npt.NDArray[np.uint32]
_Wide = npt.NDArray[np.uint64]


def _kinds() -> npt.NDArray[np.uint8]:
    """What each character is to us. Python's own classes are not asked, since they differ from one version to the next."""
    kinds = np.full(0x10000, _LETTER, np.uint8)
    kinds[:0xC0] = _GAP
    for first, last in ((0x30, 0x39), (0x61, 0x7A), (0xAA, 0xAA), (0xB5, 0xB5), (0xBA, 0xBA)):
        kinds[first : last + 1] = _LETTER
    # Signs: multiplied, divided; punctuation; currencies, arrows and pictures; punctuation of East Asia.
    for first, last in (
        (0xD7, 0xD7),
        (0xF7, 0xF7),
        (0x2000, 0x206F),
        (0x20A0, 0x20CF),
        (0x2190, 0x2BFF),
        (0x2E00, 0x2E7F),
        (0x3000, 0x303F),
    ):
        kinds[first : last + 1] = _GAP
    # "U.S." is "US", "3,576" is "3576", "army’s" is "army's"; the others are not seen.
    for dropped in ".,'’‘\u00ad\u200b\u200c\u200d\u2060\ufeff":
        kinds[ord(dropped)] = _DROPPED
    return kinds


_KINDS = _kinds()


def signatures(articles: Iterable[Article]) -> pa.Table:
    """The signature of each article's prose, with the hash of its whole text."""
    rows = [(a.article_id, a.text_sha256, *packed(shingles(a.text[a.body_start :]))) for a in articles]
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(_columns(rows), SIGNATURES, strict=True)], schema=SIGNATURES
    )


def _columns(rows: list[tuple[str, str, bytes, bytes, bytes]]) -> list[tuple[object, ...]]:
    return list(zip(*rows, strict=True)) if rows else [()] * len(SIGNATURES)


def packed(runs: Numbers) -> tuple[bytes, bytes, bytes]:
    """The columns of a text with these runs: all, its anchors (none of a text that is too short), and a hash of all."""
    content = runs.tobytes()
    return content, anchors(runs).tobytes(), hashlib.blake2b(content, digest_size=16).digest()


def anchors(runs: Numbers) -> Numbers:
    """The runs by which copies of the text are looked for, each once, sorted."""
    if len(runs) < LEAST_RUNS:
        return np.empty(0, "<u4")
    head, tail = runs[:_HEAD], runs[_HEAD:]
    return np.unique(np.concatenate((head[head % _HEAD_EVERY == 0], tail[tail % _TAIL_EVERY == 0])))


def shingles(text: str) -> Numbers:
    """A number for each run of five words, in order; letter case, punctuation and white space do not count."""
    points = np.frombuffer(text[:_MOST_CHARACTERS].lower().encode("utf-32-le"), "<u4")
    kinds = _KINDS.take(points, mode="clip")
    seen = kinds != _DROPPED
    points, letter = points[seen], kinds[seen] == _LETTER
    edges = np.flatnonzero(np.concatenate(([False], letter)) != np.concatenate((letter, [False])))
    words = _words(points[letter].astype(np.uint64), edges)
    count = len(words) - _RUN + 1
    if count < 1:
        return np.empty(0, "<u4")
    runs = words[:count] * _POWERS[0]
    for place in range(1, _RUN):
        runs = runs + words[place : place + count] * _POWERS[place]
    return (_mixed(runs) >> np.uint64(32)).astype("<u4")


def _words(letters: _Wide, edges: npt.NDArray[np.intp]) -> _Wide:
    """A number for each word, of its letters and their places; ``edges`` are where each begins and ends among all characters."""
    if not len(edges):
        return np.empty(0, np.uint64)
    lengths = edges[1::2] - edges[::2]
    heads = np.cumsum(lengths) - lengths
    places = np.minimum(np.arange(len(letters)) - np.repeat(heads, lengths), _WORD_LIMIT - 1)
    return _mixed(np.add.reduceat(letters * _POWERS[places], heads))


def _mixed(numbers: _Wide) -> _Wide:
    """The numbers with every bit dependent on every other, as splitmix64 ends."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
