"""Tokens: the words, numbers, dates, names and marks of a sentence; ``words`` says what their tags stand for."""

import re
from dataclasses import dataclass

from pipelines.article import Sentence
from pipelines.mentions.dates import DateMention
from pipelines.mentions.lexicon import Named, Word
from pipelines.mentions.numbers import Number

_DATED = re.compile("D")


@dataclass(slots=True, eq=False)
class Token:
    """One word, number, date, name or mark; ``word`` is what the lexicon says of it, ``value`` the mention that it is.

    Not frozen although nobody changes it: an article has hundreds, and a frozen one takes four times as long to make.
    """

    start: int
    end: int
    tag: str
    lower: str
    word: Word | None = None
    value: Number | DateMention | Named | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence as tokens; ``tags`` holds one letter for each, ``words`` the tokens in small letters.

    ``told`` are the positions of the tokens of which the lexicon's words say something.
    """

    sentence: Sentence
    tokens: tuple[Token, ...]
    tags: str
    words: frozenset[str]
    told: tuple[int, ...]

    def days(self) -> list[tuple[int, DateMention]]:
        """The dates, with their positions."""
        found = [(m.start(), self.tokens[m.start()].value) for m in _DATED.finditer(self.tags)]
        return [(index, value) for index, value in found if isinstance(value, DateMention)]
