"""Singles: one person killed or wounded who is told of without a number: "a journalist was shot dead".

Patterns are matched on the tags of ``outcome_patterns`` with these on top:

=====  ==========================================  =====  ==========================================
``1``  one person: journalist, mayor, woman        ``@``  a name of a place, a state or a body
=====  ==========================================  =====  ==========================================
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.mentions.actors import Meaning
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.numbers import Count
from pipelines.mentions.tokens import Tagged, Token

Span = tuple[int, int]

ONE = Count(1, 1, 1, 1, "exact")

# Where a noun phrase begins, and one person as its head: a noun for people, with or without a name, or a name alone.
_BEGINS = r"(?<![opdtwJn1A@sNx-])"
_PERSON = r"(?:d|m)?(?:[wJnaA@-]{0,5}s)?[wJnaA@1G-]{0,5}1A*"
_ONE = rf"{_PERSON}|m|A+"
# With verbs that are said of people alone, any noun behind an article is a person: "a conservationist".
_SOMEBODY = rf"{_ONE}|d(?:[wJnaA@-]{{0,5}}s)?[wJnaA@-]{{0,5}}w"
# In texts without capitals a name is a row of unknown words, alone or behind a title.
_SMALL_NAME = r"(?:d|m)?[wJna@1G-]{0,5}1[wA@]{0,6}|d?[w@A]{1,6}"
# What may stand between a subject and its verb: no other clause but a relative one, no number and no verb of saying.
_BETWEEN = r"(?:,[Wq][^;\"]{3,30}?,|,?[Wq][^PETLINRkxQ;\"]{3,24}?,?)?(?:[^PETLIBNRkxQ;\"OW,]|,[nN](?=,)|,(?![dm]?[wJaA]{0,3}1[^,]{0,12}B)){0,24}?(?:B[aB]*[Pw][^PETLIBNRkx;\"]{0,12}c)?"
_WAS = r"(?P<aux>[ahB]*B[aB]*)(?:[wPpda,]{1,6}c)?(?P<found>w(?=[PE]))?"


@dataclass(frozen=True)
class SinglePattern:
    """One construction with one victim: ``np`` is the victim, ``out`` the word for what befell it; ``example`` is a test.

    ``needs``: sets of tags; a sentence that it fits holds one of each.
    """

    name: str
    expression: str
    example: str
    needs: tuple[str, ...]


PATTERNS = (
    SinglePattern(
        "passive", rf"{_BEGINS}(?P<np>{_SOMEBODY}){_BETWEEN}{_WAS}(?P<out>P|(?<=w)E)", "A journalist was shot dead.", ("PE", "B")
    ),
    SinglePattern(
        "active",
        rf"(?<![Btd])(?P<out>[TP])a*(?P<np>{_SOMEBODY})(?:s[wJ]{{0,3}}1A*)?(?<!A(?=[wGJ1@-]))(?![GJ1-])",
        "Gunmen killed a judge.",
        ("TP",),
    ),
    SinglePattern(
        "noun_of",
        rf"(?P<out>[OT])(?:pD)?o(?P<np>{_ONE})(?<!A(?=[wGJ1@-]))(?![GJ1-])",
        "The murder of a priest shocked the town.",
        ("OT", "o"),
    ),
    SinglePattern("possessive", rf"{_BEGINS}(?P<np>{_ONE})s[wJ]{{0,2}}(?P<out>O)", "The mayor's assassination was condemned.", ("O", "s")),
    SinglePattern("intransitive", rf"{_BEGINS}(?P<np>{_ONE}){_BETWEEN}[ahB]*(?P<out>I)", "A policeman died of his wounds.", ("I",)),
    SinglePattern(
        "reduced", rf"{_BEGINS}(?P<np>{_PERSON}|m)a*(?P<out>[PE])(?=[pD,;.]|$)", "A nurse wounded in the raid was flown out.", ("PE",)
    ),
    SinglePattern("adjective", r"(?P<np>d[wJ]{0,2}(?P<out>[EP])[wJ]{0,2}1A*)", "They buried the slain commander.", ("PE", "1")),
)
SMALL_PATTERNS = (
    SinglePattern("passive", rf"{_BEGINS}(?P<np>{_SMALL_NAME}){_BETWEEN}{_WAS}(?P<out>P)", "judge lara bonilla was murdered.", ("P", "B")),
    SinglePattern("active", rf"(?<![Btd])(?P<out>[TP])a*(?P<np>{_SMALL_NAME})(?![GJw-])", "they assassinated hector oqueli.", ("TP",)),
    SinglePattern(
        "noun_of", rf"(?P<out>[OT])(?:pD)?o(?P<np>{_SMALL_NAME})(?![GJw-])", "the murder of monsignor romero shocked the town.", ("OT", "o")
    ),
    SinglePattern(
        "possessive", rf"{_BEGINS}(?P<np>{_SMALL_NAME})s[wJ]{{0,2}}(?P<out>O)", "oqueli's assassination was condemned.", ("O", "s")
    ),
)
_COMPILED = tuple((p, re.compile(p.expression)) for p in PATTERNS)
_COMPILED_SMALL = (*_COMPILED, *((p, re.compile(p.expression)) for p in SMALL_PATTERNS))
# Verbs and nouns said of people alone: what they befell is a person even where the word for it is unknown.
_OF_PEOPLE = re.compile(r"assassinat|murder|slay|slain|death|gunned|shot|wound|injur|kill|dead")
# Nouns of one death; "deaths" and "casualties" are said of several.
ONE_DEATH = frozenset(
    "murder assassination killing death execution slaying beheading lynching body corpse murdering killing assassinating beheading".split()
)
_SINGULAR = frozenset(("was", "is", "has", "being", "getting", "got"))
_UNREAL = frozenset("would could will may might can should must nearly almost if never not cannot to be".split())
# Heads of phrases that mean a share or a group, not a person.
_NO_PERSON = frozenset(
    (
        "third half quarter fifth tenth majority part share number handful group couple family household crowd village town battalion "
        "company unit brigade patrol convoy platoon regiment force army team plan bill deal hope idea process crew band gang"
    ).split()
)
_NATURAL = re.compile(r"\b(?:natural causes|cancer|heart|illness|old age|disease|stroke)\b")


@dataclass(frozen=True)
class Single:
    """One victim without a number: token positions of the noun phrase and of the word for the outcome."""

    sentence: int
    first: int
    last: int
    trigger: int
    outcome: str
    pattern: str
    definite: bool


def find_singles(
    text: str, position: int, tagged: Tagged, tags: str, meanings: Mapping[int, Meaning], lexicon: Lexicon, small: bool
) -> list[Single]:
    """The single victims of one sentence; ``tags`` are those of outcomes, ``small`` says that the text has no capitals."""
    if not _DECIDING.search(tags):
        return []
    letters = list(tags)
    for match in _PEOPLE.finditer(tags):
        letters[match.start()] = _tag(tagged.tokens[match.start()], match[0], meanings, lexicon)
    tags = "".join(letters)
    found: dict[int, Single] = {}
    present = set(tags)
    for pattern, expression in _COMPILED_SMALL if small else _COMPILED:
        for match in () if any(map(present.isdisjoint, pattern.needs)) else expression.finditer(tags):
            single = _single(text, position, tagged, tags, pattern, match)
            if single and single.trigger not in found:
                found[single.trigger] = single
    return [found[t] for t in sorted(found)]


_PEOPLE = re.compile("[GAm]")
_DECIDING = re.compile("[PETIO]")


def _tag(token: Token, tag: str, meanings: Mapping[int, Meaning], lexicon: Lexicon) -> str:
    if tag == "G":
        return "1" if token.word and token.word.group and not token.word.plural else "G"
    if tag == "A":
        meaning = meanings.get(token.start)
        if meaning and meaning.actor_id:
            return "A" if lexicon.actors[meaning.actor_id].kind == "person" else "@"
        return "@" if meaning and meaning.place_id else "A"
    return "m" if token.lower == "another" else "w" if tag == "m" else tag


def _single(text: str, position: int, tagged: Tagged, tags: str, pattern: SinglePattern, match: re.Match[str]) -> Single | None:
    tokens, trigger = tagged.tokens, match.start("out")
    word = tokens[trigger].word
    if word is None or word.outcome not in ("killed", "wounded"):
        return None
    first, last = match.start("np"), match.end("np") - 1
    if re.search(r"iq?,?$", tags[:first]) or tokens[trigger].lower == "fell":
        return None  # one of those that a count includes; "Oil fell"
    before = {t.lower for t in tokens[max(0, trigger - 3) : trigger]}
    if pattern.name == "passive":
        aux = [t.lower for t in tokens[match.start("aux") : match.end("aux")]]
        if not _SINGULAR & set(aux) or before & _UNREAL:
            return None
        if match["found"] and tokens[match.start("found")].lower != "found":
            return None  # "was found murdered", "was found dead"
    elif pattern.name in ("noun_of", "possessive"):
        if tokens[trigger].lower not in ONE_DEATH or "attempted" in before:
            return None
    elif before & _UNREAL:
        return None
    if pattern.name == "intransitive" and _NATURAL.search(" ".join(t.lower for t in tokens[trigger : trigger + 5])):
        return None
    if "1" not in match["np"] and "A" not in match["np"] and not _OF_PEOPLE.search(tokens[trigger].lower):
        return None
    if "1" not in match["np"] and "A" in match["np"] and not _has_small(text, tagged):
        return None  # in capitals, any word may look like a name
    if match["np"].strip("A") == "" and pattern.name == "intransitive" and last == first and " " not in tokens[first].lower:
        return None  # one bare capitalised word may be anything: "Oil fell"
    if last + 1 < len(tokens) and tokens[last + 1].lower in _NO_PERSON:
        return None  # "killing the peasant family"
    if match["np"].endswith("w") and tokens[last].lower in _NO_PERSON:
        return None
    if not _names_one(tokens[first : last + 1]):
        return None
    definite = tokens[first].lower not in ("a", "an", "another")
    return Single(position, first, last, trigger, word.outcome, pattern.name, definite)


def _has_small(text: str, tagged: Tagged) -> bool:
    return any(c.islower() for c in text[tagged.sentence.start : tagged.sentence.end])


def _names_one(tokens: Sequence[Token]) -> bool:
    head = tokens[-1].lower
    if tokens[-1].tag == "w":
        # A row of words without an article is a name, which may end in s: "ms dolores porras".
        named = len(tokens) > 1 and tokens[0].tag != "d"
        return (named or not head.endswith("s")) and len(head) > 2
    return tokens[0].lower not in ("these", "those", "all", "both", "each", "every", "our")


_AGE = re.compile(r"\b[0-9]{1,3}[\s-]*years?[\s-]*old\b", re.IGNORECASE)


def read_one(words: str) -> Count | None:
    """One, where the words describe or name a single person without a number: "a journalist", "Judge Maria Paz"."""
    # An age counts no people: "a 46-year-old cleric" is one.
    words = _AGE.sub("", words)
    plain = words.lower().split()
    if not plain or len(plain) > 12 or " and " in f" {' '.join(plain)} " or any(c.isdigit() for c in words):
        return None
    return ONE
