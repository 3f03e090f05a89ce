"""Ages: numbers that say how old people are, told from those that count people by where they stand.

"A woman, 60, was killed" and "the prisoners, 60, were killed" differ in one thing: an age is set off behind one person, or as many ages as
there are behind several. So it is asked of the noun before the comma whether it names one person.
"""

import re
from collections.abc import Iterator, Sequence

from pipelines.mentions.lexicon import Named
from pipelines.mentions.numbers import Number
from pipelines.mentions.tokens import Token

_OLDEST = 120
_AGED = frozenset(("aged", "age", "ages"))
_PERSONAL = frozenset(("who", "he", "she", "i"))
_END = r"(?=[,;)]|$)"
_SERIES = r"N(?:(?:,c?|[ckt])N)"
# "A woman, 60, …", "Ivan Petrenko (52)": behind one person.
_BEHIND_ONE = re.compile(rf"(?P<who>[GAw])[,(](?P<ages>N){_END}")
# "Two men, 34 and 52, …": several behind several.
_BEHIND_SEVERAL = re.compile(rf"(?P<who>[Gw])[,(](?P<ages>{_SERIES}+){_END}")
# "who was 17,", "she was 17 when".
_TOLD = re.compile(rf"(?P<who>[WQ])Ba?(?P<ages>{_SERIES}*)(?=[,;(WkPa]|$)")
# "a girl of 7", and "boys of 9 and 13".
_ONE_OF = re.compile(r"(?P<who>G)o(?P<ages>N)(?![GJXAwm])")
_SEVERAL_OF = re.compile(r"Go(?P<ages>NcN)(?![GJXAwm])")
# "aged 10 and 12", of which the first is known to be none by the word before it.
_FURTHER = re.compile(r"n?(?P<ages>(?:(?:,c?|[ckt])?N)+)(?![GJXAwmo])")


def ages(tokens: Sequence[Token], tags: str) -> set[int]:
    """Positions of the numbers of a sentence that are ages; ``tags`` holds one letter for each token."""
    return {index for index in _stated(tokens, tags) if tags[index] == "N" and _is_possible(tokens[index])}


def _stated(tokens: Sequence[Token], tags: str) -> Iterator[int]:
    for expression in (_BEHIND_ONE, _ONE_OF):
        for match in expression.finditer(tags):
            who = match.start("who")
            if _is_one(tokens[who], in_name=tags[who - 1 : who] == "w"):
                yield match.start("ages")
    for expression in (_BEHIND_SEVERAL, _SEVERAL_OF):
        for match in expression.finditer(tags):
            yield from range(*match.span("ages"))
    for match in _TOLD.finditer(tags):
        if tokens[match.start("who")].lower in _PERSONAL:
            yield from range(*match.span("ages"))
    for index, token in enumerate(tokens):
        if token.lower in _AGED and (further := _FURTHER.match(tags, index + 1)):
            yield from range(*further.span("ages"))


def _is_one(token: Token, in_name: bool) -> bool:
    """Whether a noun or a name can be that of one person; ``in_name``: a plain word stands before it, as in a name without capitals."""
    if isinstance(token.value, Named) and token.value.place_id:
        return False
    if token.tag == "G":
        return token.word is not None and not token.word.plural
    return not (token.word and token.word.outcome) and (token.tag == "A" or in_name or not token.lower.endswith("s"))


def _is_possible(token: Token) -> bool:
    """Whether somebody can be so old."""
    count = token.value.count if isinstance(token.value, Number) else None
    return count is not None and all(bound is None or bound <= _OLDEST for bound in (count.low, count.stated, count.high))
