"""Fact and Evidence: values of one row, and the words of the article behind each."""

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# Names the grammar in the ledger; a change that finds other facts or values raises it.
GRAMMAR_VERSION = "0.3.1"

Span = tuple[int, int]


class Evidence(NamedTuple):
    """One span of the article that supports one column; ``reason`` is a reviewer's, where his value stands against the words."""

    column: str
    start: int
    end: int
    reason: str | None = None


# The same from its four values at once: a row has dozens, and this takes half the time.
new_evidence = functools.partial(tuple.__new__, Evidence)


@dataclass(frozen=True)
class Row:
    """One row of a list that belongs to a fact (a ceremony's participant), with its evidence."""

    values: Mapping[str, object]
    evidence: Sequence[Evidence]


@dataclass(frozen=True)
class Fact:
    """One row of a fact table before it has an identifier: ``values`` by column, ``evidence`` by span.

    ``trigger`` is the span of the fact's first value; its words make the identifier. ``links`` holds the rows of
    link tables by table name. ``refers`` maps a column to the trigger span of the fact that it points at. ``pattern``
    names the construction that made it, for ``factpack explain``; it is not published.
    """

    table: str
    trigger: Span
    values: Mapping[str, object]
    evidence: Sequence[Evidence]
    links: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    refers: Mapping[str, tuple[str, Span]] = field(default_factory=dict)
    pattern: str | None = None


def fact_id(table: str, article_id: str, words: str, ordinal: int) -> str:
    """Identifier of a fact: 'f' and 16 hexadecimal digits, stable while its words stand in the article.

    ``ordinal`` counts from 0 the facts of the same table and article whose words are equal but for case and spacing.
    """
    return "f" + _digest(table, article_id, " ".join(words.casefold().split()), ordinal)


def evidence_id(fact: str, table: str, ordinal: int | None, column: str, start: int, end: int) -> str:
    """Identifier of one span of evidence: 'e' and 16 hexadecimal digits."""
    return "e" + _digest(fact, table, ordinal or 0, column, start, end)


def _digest(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8")).hexdigest()[:16]
