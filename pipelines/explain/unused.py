"""Numbers that count people and made no fact, and why."""

from pipelines.mentions.counts import outcome_tags
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.movement import movement_tags
from pipelines.mentions.tokens import Tagged

_OUTCOME, _MOVEMENT = "PUEOITHML", "SFVK"


def why_unused(mentions: Mentions, sentence: int, token: int) -> str:
    """Why the number at a token made no fact, as far as the words show it."""
    tagged = mentions.sentences[sentence]
    if not mentions.of_war:
        return "the article does not tell of war: the words of another field outweigh those of war"
    if tagged.tokens[token].tag == "n":
        return "it says how old somebody is"  # any other number that is told of here can count people
    thing = _thing(tagged, token)
    if thing:
        return f"it counts things: “{thing}”"
    if token and tagged.tokens[token - 1].lower in ("no", "not", "none"):
        return f"“{tagged.tokens[token - 1].lower}” stands before it"
    words = _words(tagged, outcome_tags(tagged), _OUTCOME) + _words(tagged, movement_tags(tagged), _MOVEMENT)
    if not words:
        return "no pattern fits: the sentence has no word for what befell people or where they went"
    return f"no pattern fits it together with {', '.join(f'“{w}”' for w in dict.fromkeys(words))}"


def _thing(tagged: Tagged, number: int) -> str | None:
    """The thing that stands behind a number as what it counts: nothing but plain words and names between."""
    for token in tagged.tokens[number + 1 : number + 6]:
        if token.tag == "X":
            return token.lower
        if token.tag not in "wJAodm":
            return None
    return None


def _words(tagged: Tagged, tags: str, wanted: str) -> list[str]:
    return [token.lower for token, tag in zip(tagged.tokens, tags, strict=True) if tag in wanted]
