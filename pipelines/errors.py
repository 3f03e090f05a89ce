"""What can go wrong, and the exit code that says so.

::

    FactpackError
    |-- InputError    exit 1   what people wrote (article, lexicon, review, about.yaml) cannot be read
    |-- DataError     exit 1   the rows break a check; holds the list of problems
    |-- UsageError    exit 2   the command was called wrongly
    `-- ToolError     exit 2   a tool or a schema is broken: says nothing about the data
"""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any


class FactpackError(Exception):
    """Base of all errors that factpack raises on purpose; its text is shown as it is."""

    exit_code = 1


class InputError(FactpackError):
    """A file that people write cannot be used; the text is *where: what (expected ...)*."""


class DataError(FactpackError):
    """Rows break a check; ``problems`` lists them, ``tables`` and ``articles`` hold what they are about, by name, to show it."""

    def __init__(
        self,
        message: str,
        problems: Iterable[object] = (),
        tables: Mapping[str, Any] | None = None,
        articles: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.problems = tuple(problems)
        self.tables = tables or {}
        self.articles = articles


class UsageError(FactpackError):
    """The command was called wrongly."""

    exit_code = 2


class ToolError(FactpackError):
    """A tool that the checks or the build rely on is broken."""

    exit_code = 2


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint ``; did you mean 'x'?`` for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def visible(text: str) -> str:
    """The text with control and bidirectional characters escaped, safe to show in a terminal or a page."""
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in text)
