"""Status: whether a force is to go, is there, has come or has left, by the words around it."""

import re
from collections.abc import Sequence

from pipelines.mentions.words import Tagged

_AHEAD = re.compile(
    r"\b(?:will|would|shall|to be|plans?|planned|planning|expected|expects|prepar\w+|ready|readied|going to|intends?|intended|set to|due to|authori[sz]ed|approved|pledged|promised|offered|agreed"
    r"|decided|resolved|waiting for|bracing for|wants?|can|could|may|might|about to|considering|earmarked|looking at|undertaken|asked|requested|is to|are to|weighing|vowed|yet to|ordered|orders|order|scheduled)\b"
)
_AHEAD_OF_NUMBER = re.compile(
    r"\b(?:due|to follow|will|promised|pledged|offered|wants?|expects?|expected|is to|are to|to reach|to climb|climb to|rise to|undertaken|intends?|by the end of|waiting for|bracing for)\b"
)
_PAST = re.compile(
    r"\b(?:at its (?:height|peak)|at the (?:height|peak)|ago|once|at (?:one|its) peak|in (?:18|19)\d\d|from (?:18|19|20)\d\d (?:to|until)|between (?:19|20)\d\d and|served|formerly|until (?:19|20)\d\d)\b"
)
_PAST_YEAR = re.compile(r"\bin (?:1[89]\d\d|200\d|201[0-5])\b")
_PEAK = re.compile(r"\b(?:at (?:its|the|their) (?:height|peak)|at one time|ago|once)\b")
_LEAVES = frozenset("leave leaves left depart departs departed fly-out".split())
_TOWARDS_HOME = re.compile(r"\s*(?:for|to) (?:home|their (?:country|homes?|base)|barracks|its base|good|ever)\b")
_PEACE = re.compile(
    r"\b(?:peacekeep\w*|blue helmets?|blue berets?|UN flag|U\.N\. flag|observer force|stabili[sz]ation mission"
    r"|(?:UN|U\.N\.|United Nations|African Union|AU|ECOWAS)(?:['’]s)? (?:\w+ ){0,2}?(?:force|mission|troops|contingent)|inside the mission)\b",
    re.IGNORECASE,
)


def lower_words(tagged: Tagged, start: int, end: int) -> list[str]:
    """The words between two tokens, in lower case."""
    return [t.lower for t in tagged.tokens[start:end]]


def status_at(tagged: Tagged, trigger: int) -> tuple[str, int]:
    """(status, token that says so) by the movement word at a token: what is still to come is planned, whatever its verb."""
    token = tagged.tokens[trigger]
    status = token.word.status if token.word and token.word.status else "under_way"
    first = max(0, trigger - 12)
    words, at = lower_words(tagged, first, trigger + 18), trigger - first
    if token.lower == "left" and at and words[at - 1] in ("are", "were", "was", "is", "be"):
        return "under_way", trigger
    homewards = words[at + 1 : at + 2] == ["home"] or (
        words[at + 1 : at + 2] == ["back"] and words[at + 2 : at + 3] not in (["to"], ["in"])
    )
    if homewards and token.lower not in ("send", "sent", "flown", "fly"):
        return "withdrawn", trigger
    if status == "under_way" and (
        (words[at].startswith("were ") and "R" not in tagged.tags) or _PAST_YEAR.search(" ".join(words[at : at + 12]))
    ):
        return "completed", trigger
    if token.lower == "came back" and words[at + 1 : at + 2] == ["to"]:
        return "completed", trigger
    if status == "withdrawn" and _goes_out(words, at):
        status = "completed"
    before = " ".join(words[max(0, at - 7) : at])
    clause = re.split(r"[,;]|\b(?:that|who|which|and)\b", before)[-1]
    if status != "withdrawn" and _AHEAD.search(clause) and not re.search(r"\bhad (?:already )?$", clause):
        return "planned", trigger
    if token.lower in ("provide", "contribute", "supply", "host") and trigger and tagged.tags[trigger - 1] not in "tha":
        return "under_way", trigger
    if status == "planned":
        return _after_ability(clause, token.lower), trigger
    if status == "completed" and re.search(r"\b(?:is|are|being)\s+(?:\w+ly )?$", clause + " "):
        return "under_way", trigger
    if status == "under_way" and _PEAK.search(" ".join(words[max(0, at - 2) : at + 14])):
        return "completed", trigger
    return status, trigger


_REPLACES = frozenset("replace replaces replaced replacing relieve relieves relieved relieving".split())


def status_for(tagged: Tagged, cue: int, number: int) -> tuple[str, int]:
    """The status by a movement word of the force that a number counts: those who are replaced leave."""
    if cue < number and tagged.tokens[cue].lower in _REPLACES and tagged.tokens[cue + 1].lower != "by":
        return "withdrawn", cue
    return status_at(tagged, cue)


def _after_ability(clause: str, word: str) -> str:
    """ "having to send" is planned, "did send" and "helped to send" are done."""
    return (
        "completed"
        if re.search(r"\b(?:did|began to|helped(?: to)?|continued to|started to)\s*$", clause) and not word.endswith("ed")
        else "planned"
    )


def _goes_out(words: Sequence[str], trigger: int) -> bool:
    """Whether a departure is one towards the mission: "left for Busovaca", "returned to Umm Qasr to train"."""
    rest = " ".join(words[trigger + 1 : trigger + 4])
    behind = " ".join(words[trigger + 1 : trigger + 11])
    head = words[trigger]
    if head in _LEAVES or head.split()[0] in ("leave", "left", "leaves", "departed", "depart"):
        purpose = re.search(r"\bto (?:replace|relieve|join|serve|take over|reinforce)\b|\bfor (?:a|the) (?:mission|tour)\b", behind)
        return (rest.startswith("for ") and not _TOWARDS_HOME.match(rest)) or purpose is not None
    if head == "returned":
        return re.match(r"to (?:the (?:front|line|field|fight|area|region)|action|duty)", rest) is not None or (
            rest.startswith("to ") and " to " in " " + " ".join(words[trigger + 3 : trigger + 10]) + " "
        )
    return False


def status_of_strength(tagged: Tagged, number: int) -> str:
    """The status of a force of which the words only say how many there are, were or are to be."""
    first = max(0, number - 10)
    words, number = lower_words(tagged, first, number + 14), number - first
    if _AHEAD_OF_NUMBER.search(" ".join(words[max(0, number - 9) : number])) or "due" in words[number : number + 7]:
        return "planned"
    around = " ".join(words[max(0, number - 10) : number + 14])
    return "completed" if _PAST.search(around) or "fought" in words[number : number + 8] else "under_way"


_PEACE_NEEDED = 3


def is_about_peacekeeping(text: str) -> bool:
    """Whether an article speaks of peacekeepers again and again."""
    return len(_PEACE.findall(text)) >= _PEACE_NEEDED


def is_peace_force(text: str, sentences: Sequence[Tagged], position: int) -> bool:
    """Whether the sentence, or the one before it in its paragraph, speaks of peacekeepers or a force of the United Nations."""
    here = sentences[position].sentence
    first = position - 1 if position and sentences[position - 1].sentence.paragraph == here.paragraph else position
    return _PEACE.search(text, sentences[first].sentence.start, here.end) is not None
