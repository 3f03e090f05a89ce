"""Actors: which body, state or person each name of an article means, also where it is only a surname or a role."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.mentions.lexicon import Lexicon, Named
from pipelines.mentions.tokens import Tagged, Token

# The tags of all names that the lexicon holds, and of those that it does not.
_NAMES = re.compile("[AJG]")
# A role belongs to the country that stands this many tokens before it at most: "South Korea 's spy agency".
_REACH = 4
_TITLES = frozenset(
    (
        "mr mrs ms dr gen gen. lt lt. col col. maj maj. capt capt. rep rep. sen sen. president minister prime secretary general "
        "colonel major captain king prince pope father brigadier admiral ambassador judge governor mayor north south east west "
        "state new united first second international national"
    ).split()
)


@dataclass(frozen=True)
class Meaning:
    """What one name means: identifiers of the lexicon, and the longest form of the name in the article as a span."""

    actor_id: str | None
    place_id: str | None
    longest: tuple[int, int]


def resolve_actors(sentences: Sequence[Tagged], lexicon: Lexicon) -> Mapping[int, Meaning]:
    """The meaning of every name by its first character; roles and surnames refer to what was named before them."""
    meanings: dict[int, Meaning] = {}
    introduced: dict[str, tuple[int, int]] = {}
    longest_of: dict[str, tuple[int, int]] = {}
    parts: dict[str, Meaning] = {}
    for tagged in sentences:
        tokens = tagged.tokens
        for match in _NAMES.finditer(tagged.tags):
            index = match.start()
            token = tokens[index]
            if isinstance(token.value, Named):
                meaning = _known(tokens, index, token, lexicon, introduced, longest_of)
                if meaning.actor_id and token.value.use in ("name", "role"):
                    introduced.setdefault(meaning.actor_id, meaning.longest)
                    if lexicon.actors[meaning.actor_id].kind == "person":
                        _remember_parts(parts, token.lower, meaning)
                meanings[token.start] = meaning
            elif token.tag == "A":
                meanings[token.start] = _unknown(token, parts)
    return meanings


def _known(
    tokens: Sequence[Token],
    index: int,
    token: Token,
    lexicon: Lexicon,
    introduced: Mapping[str, tuple[int, int]],
    longest_of: dict[str, tuple[int, int]],
) -> Meaning:
    named = token.value
    assert isinstance(named, Named)
    actor_id = named.actor_id
    span = (token.start, token.end)
    if named.roles:
        actor_id = _role(tokens, index, named, lexicon, introduced)
    if actor_id and named.use in ("name", "role"):
        old = longest_of.get(actor_id)
        # An abbreviation or a role gives way to the name that the article spells out.
        if old and (named.use == "role" or old[1] - old[0] >= token.end - token.start):
            span = old
        elif named.use == "name":
            longest_of[actor_id] = span
    return Meaning(actor_id, named.place_id, span)


def _role(tokens: Sequence[Token], index: int, named: Named, lexicon: Lexicon, introduced: Mapping[str, object]) -> str | None:
    """The body that a role noun means: that of the country named just before it, or one named earlier in the article."""
    for back in range(index - 1, max(-1, index - 1 - _REACH), -1):
        value = tokens[back].value
        if isinstance(value, Named) and value.actor_id and value.use != "role":
            return _of_country(named, value.actor_id, lexicon)
        if tokens[back].tag in ",;RW":
            break
    if index + 2 < len(tokens) and tokens[index + 1].lower in ("of", "in"):
        value = tokens[min(index + 2, len(tokens) - 1)].value
        if isinstance(value, Named) and value.actor_id:
            return _of_country(named, value.actor_id, lexicon)
    return next((r for r in named.roles if r in introduced), None)


def _of_country(named: Named, actor_id: str, lexicon: Lexicon) -> str | None:
    """The body of that role in the country of an actor."""
    country = lexicon.actors[actor_id].country_code
    return next((r for r in named.roles if lexicon.actors[r].country_code == country), None)


def _unknown(token: Token, parts: dict[str, Meaning]) -> Meaning:
    """A name that the lexicon does not hold: new, or a part of one that was given in full before."""
    words = [w for w in token.lower.split() if w not in _TITLES]
    if len(words) == 1 and words[0] in parts:
        return parts[words[0]]
    meaning = Meaning(None, None, (token.start, token.end))
    if len(words) > 1:
        _remember_parts(parts, " ".join(words), meaning)
    return meaning


def _remember_parts(parts: dict[str, Meaning], name: str, meaning: Meaning) -> None:
    for part in name.replace("-", " ").split():
        if len(part) > 2 and part not in _TITLES:
            parts[part] = meaning
