"""Denials: words that call a number false without a verb of denial: "it is not true that 300 died", "reports of 300 dead were false"."""

import re
from collections.abc import Sequence

from pipelines.mentions.tokens import Token

Span = tuple[int, int]

FALSE = frozenset(
    (
        "false fake fiction fictitious invention propaganda lie lies nonsense exaggerated baseless untrue fabricated fabrication fantasy absurd wrong "
        "rubbish unfounded groundless incorrect"
    ).split()
)
_DOUBTFUL = frozenset(("exaggerated", "inflated", "misleading", "implausible"))
# What is only talked of.
REPORTS = frozenset(
    "report reports talk rumour rumours rumor rumors claim claims suggestion suggestions allegation allegations speculation story stories".split()
)
_NO = frozenset("evidence truth proof indication sign".split())
# From "that" or "of" to the number: its own words, or a subject and the verb that the number is the object of.
_CLAUSE = re.compile(r"(?P<link>[Wop])[dJAGahQ]{0,5}[PT]?[ad]{0,2}$")
_CALLED = re.compile(r"B[ax]{0,2}d?w")


def called_false(tokens: Sequence[Token], tags: str, number: int) -> tuple[str, Span] | None:
    """(stance, words) where the clause of a number is called false or doubtful, or None; ``tags`` are those of outcomes."""
    clause = _CLAUSE.search(tags, 0, number)
    head = clause.start() - 1 if clause else -1
    if head < 0 or tokens[head + 1].lower not in ("that", "of", "in"):
        return None
    return _before(tokens, tags, head) or (_behind(tokens, tags, number) if tokens[head].lower in REPORTS else None)


def _before(tokens: Sequence[Token], tags: str, head: int) -> tuple[str, Span] | None:
    """ "There is no evidence that", "it is not true that", "no truth in reports that"."""
    if tokens[head].lower in REPORTS and head > 1 and tokens[head - 1].lower in ("in", "to"):
        head -= 2  # "no truth in reports that"
    word = tokens[head].lower
    span = (tokens[max(0, head - 1)].start, tokens[head].end)
    if word in _NO and head and tokens[head - 1].lower == "no":
        return "denied", span
    negated = head > 0 and tokens[head - 1].lower in ("not", "n't", "never")
    if (word == "true" and negated) or (word in FALSE and not negated and "B" in tags[max(0, head - 3) : head]):
        return "denied", span
    return None


def _behind(tokens: Sequence[Token], tags: str, number: int) -> tuple[str, Span] | None:
    """ "Reports that 300 had died were false", "the claim … was not true"."""
    for match in _CALLED.finditer(tags, number + 1):
        called = tokens[match.end() - 1]
        between = tags[number + 1 : match.start()]
        if ";" in between or '"' in between:
            return None
        negated = "x" in match[0]
        if (called.lower in FALSE | _DOUBTFUL and not negated) or (called.lower == "true" and negated):
            return ("disputed" if called.lower in _DOUBTFUL else "denied"), (tokens[match.start()].start, called.end)
    return None
