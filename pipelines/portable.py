"""Patterns that mean the same everywhere: to XML Schema, which Table Schema names, to Python and to RE2, which DuckDB has."""

import re

ALLOWED = "literals, plain classes such as [a-z0-9], groups, | and greedy quantifiers"

# What XML Schema, Python and RE2 read alike: literals, plain classes, groups, alternation, greedy quantifiers.
# Left out on purpose: anchors (literal in XML Schema), '.', \d \w \s (Unicode in some, ASCII in others), lazy
# quantifiers, look-around, and '[', '&', '~' or '--' in a class (set operations in some).
_ESCAPE = r"\\[.\\\-+*?()\[\]{}|]"
_PORTABLE_PATTERN = re.compile(
    rf"""(?: (?: {_ESCAPE} | [^\\.^$*+?()\[\]{{}}|]              # one literal character
           | \[ (?: {_ESCAPE} | [^\\\[\]\^&~-]                 # a class: characters and ranges
                  | (?<=\w)-(?=\w) | -(?=\]) )+ \]
           | \) ) (?: [*+?] | \{{[0-9]{{1,3}}(?:,(?:[0-9]{{1,3}})?)?\}} )? (?![*+?{{])
         | \((?![?*+{{]) | \| )*""",
    re.VERBOSE,
)


def portable(pattern: str) -> bool:
    """Whether XML Schema, Python and RE2 read the pattern alike."""
    if _PORTABLE_PATTERN.fullmatch(pattern) is None:
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
