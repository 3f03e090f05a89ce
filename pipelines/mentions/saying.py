"""Saying: which words are verbs by which somebody claims, and whose claim they only pass on."""

import re
from collections.abc import Set as AbstractSet

from pipelines.mentions.claim_days import DOCUMENTS
from pipelines.mentions.denials import FALSE
from pipelines.mentions.speakers import Span
from pipelines.mentions.tokens import Tagged

# Forms that are as often a noun as a verb: verbs only right behind a name, a pronoun or people.
_NOUN_LIKE = frozenset(
    (
        "dispute disputes contest challenge doubt note add warn guess report reports claim claims count counts question questions document documents record records estimate estimates release releases"
    ).split()
)


def is_claim(tagged: Tagged, index: int, uses: AbstractSet[str]) -> bool:
    """Whether the word at ``index`` is a verb by which somebody claims something; ``uses``: how it can report."""
    tags, tokens = tagged.tags, tagged.tokens
    token = tokens[index]
    if tags[index - 1 : index] == "t" or (tokens[index + 1 : index + 2] and tokens[index + 1].lower == "by"):
        return False  # "the first to announce", "a truce announced by"
    if index and tokens[index - 1].lower in DOCUMENTS and (token.lower.endswith("ed") or token.lower in ("put", "sent", "given")):
        return False  # "said in a statement posted on its page"
    return _is_verb(tagged, index) and ("counts" not in uses or "says" in uses or _counts(tagged, index))


def _counts(tagged: Tagged, verb: int) -> bool:
    """Whether a number, or a word for one, follows a verb that claims only with it: "gave a toll of 23", "put it at 40"."""
    return "N" in tagged.tags[verb + 1 : verb + 12] or any(t.lower in _ACCOUNTS for t in tagged.tokens[verb + 1 : verb + 7])


_ACCOUNTS = frozenset("account accounts version story breakdown toll figure figures number numbers tally count".split())
_CALLS = frozenset("called calls calling branded labelled labeled termed".split())
LEADS = _CALLS | frozenset(["according", "found"])
_POINTS = _ACCOUNTS | frozenset(["claim", "claims", "total", "totals", "estimate", "estimates", "report", "reports", "which"])


def calls_false(tagged: Tagged, index: int) -> bool:
    """Whether a number is called what it is not: "M23 called both figures 'theatre'"."""
    token = tagged.tokens[index]
    if token.lower not in _CALLS or token.tag == "R":
        return False
    after, around = tagged.tokens[index + 1 : index + 14], tagged.tokens[max(0, index - 8) : index + 10]
    return any(t.lower in FALSE or t.tag == '"' for t in after) and any(t.lower in _POINTS or t.tag == "N" for t in around)


def finds(tagged: Tagged, index: int) -> bool:
    """Whether "found" tells what somebody says that he found out."""
    return tagged.tokens[index].lower == "found" and tagged.tags[index + 1 : index + 2] in (",", "W") and "N" in tagged.tags[index:]


_CITED = re.compile(r"[dN]?[JwAGs]{1,7}")
_BRIEFING = re.compile(r"(?P<who>d?[wJA]{1,4})s[wJ-]{0,4}$")


def cited_at(tagged: Tagged, verb: int) -> Span | None:
    """Whom a speaker only passes on: "lawmakers quoted the NIS as saying", "he said, citing the ministry", "told reporters after the agency's briefing"."""
    tokens, tags = tagged.tokens, tagged.tags
    start = None
    if tokens[verb].lower in ("quoted", "quotes", "quoting") and any(t.lower == "as" for t in tokens[verb + 2 : verb + 12]):
        start = verb + 1
    else:
        first = verb - 12 if tags[verb - 1 : verb] == "," else verb + 1  # "Reuters, citing two officials, said"
        citing = next((i for i in range(max(0, first), min(len(tokens), verb + 14)) if tokens[i].lower in ("citing", "quoting")), None)
        start = citing + 1 if citing else None
        briefing = next((i for i in range(verb + 1, len(tokens)) if tokens[i].lower == "briefing"), None)
        if start is None and briefing and any(t.lower in ("after", "following", "from", "at") for t in tokens[verb + 1 : briefing]):
            owner = _BRIEFING.search(tags, verb + 1, briefing)
            return owner.span("who") if owner else None
    match = _CITED.match(tags, start) if start else None
    if match is None or not (re.search(r"[AG]", match[0]) or tokens[match.end() - 1].lower in ("source", "sources")):
        return None
    return match.span()


_PASSIVE = re.compile(r"B[ax]*$")
_ASIDE = re.compile(r"[AG],p[dwJAG]{1,3},$")


def _is_verb(tagged: Tagged, index: int) -> bool:
    """Whether a form of saying is the verb of an active clause here: not "the report", not "was reported"."""
    tags, token = tagged.tags, tagged.tokens[index]
    before = tags[index - 1 : index]
    if token.lower == "described" and ";" not in tags[index:]:
        return False
    if before == "d" or (_PASSIVE.search(tags, 0, index) and not token.lower.endswith("ing")):
        return False
    if any(t.lower in ("lives", "life") for t in tagged.tokens[index + 1 : index + 7]):
        return False  # "claimed the lives of"
    aside = before == "," and _ASIDE.search(tags, 0, index)
    return token.lower not in _NOUN_LIKE or before in ("A", "Q", "G", "W", "h", ")") or bool(aside)


def claims_nothing(tagged: Tagged, verb: int) -> bool:
    """Whether a verb of denial or doubt stands without the claim that it rejects: at the end of its clause."""
    following = tagged.tags[verb + 1 : verb + 2]
    return following in ("", ",", ";", ")", '"', "a")
