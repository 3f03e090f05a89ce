"""Patterns: constructions of the language as expressions over tags, each with a sentence that it catches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    """One construction around a number or a noun: ``before`` ends at it, ``after`` begins behind it.

    ``example`` is a sentence that it catches, and a test.
    """

    name: str
    before: str
    after: str
    example: str


Compiled = tuple[Pattern, re.Pattern[str] | None, re.Pattern[str]]


def compiled(patterns: Sequence[Pattern]) -> tuple[Compiled, ...]:
    """The patterns with their expressions ready: (pattern, before or None where it asks for nothing, after)."""
    return tuple((p, re.compile(p.before + "$") if p.before else None, re.compile(p.after)) for p in patterns)
