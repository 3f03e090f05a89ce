"""Patterns: constructions of the language as expressions over tags, each with a sentence that it catches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    """One construction around a number or a noun: ``before`` ends at it, ``after`` begins behind it.

    ``example`` is a sentence that it catches, and a test. ``needs``: sets of tags; a sentence that it fits holds one of each.
    """

    name: str
    before: str
    after: str
    example: str
    needs: tuple[str, ...] = ()


Compiled = tuple[Pattern, re.Pattern[str] | None, re.Pattern[str]]


def compiled(patterns: Sequence[Pattern]) -> tuple[Compiled, ...]:
    """The patterns with their expressions ready: (pattern, before or None where it asks for nothing, after)."""
    return tuple((p, re.compile(p.before + "$") if p.before else None, re.compile(p.after)) for p in patterns)


class Patterns:
    """Patterns with their expressions ready, that know which of them can fit a sentence at all: few are left to be tried."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._compiled = compiled(patterns)
        self._letters = frozenset("".join(tags for p in patterns for tags in p.needs))
        self._possible: dict[frozenset[str], list[Compiled]] = {}

    def possible(self, tags: str) -> list[Compiled]:
        """Those that can fit a sentence by the tags that it has."""
        present = self._letters.intersection(tags)
        if (found := self._possible.get(present)) is None:
            found = self._possible[present] = [p for p in self._compiled if not any(map(present.isdisjoint, p[0].needs))]
        return found
