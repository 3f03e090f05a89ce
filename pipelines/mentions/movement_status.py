"""Status: whether a force is to go, is there, has come or has left, by the words around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.mentions.denials import REPORTS
from pipelines.mentions.finders import Cue
from pipelines.mentions.tokens import Tagged

_AHEAD = re.compile(
    r"\b(?:will|would|shall|to be|plans?|planned|planning|expected|expects|prepar\w+|ready|readied|going to|intends?|intended|set to|due to|authori[sz]ed|approved|pledged|promised|offered|agreed"
    r"|decided|resolved|waiting for|bracing for|wants?|can|could|may|might|about to|considering|earmarked|looking at|undertaken|asked|requested|is to|are to|weighing|voted|vowed|yet to|slated|poised|gearing up|on course|on track|likely|hopes?|aims?|proposed?|proposes|proposal|propos\w+|if|unless|whether|recommend\w*|call(?:s|ed|ing)? (?:for|on)|urg(?:e|es|ed|ing)|mull\w*|debat\w+|paved? the way for|pav(?:es|ing) the way for|conditional on|provided that|options?|ordered|orders|order|scheduled)\b"
)
_AHEAD_OF_NUMBER = re.compile(
    r"\b(?:due|to follow|will|meant to|talk(?:s|ed)? of|envisag\w+|foresee\w*|proposed?|planned|promised|pledged|offered|wants?|expects?|expected|is to|are to|to reach|to climb|climb to|rise to|undertaken|intends?|by the end of|waiting for|bracing for)\b"
)
_PAST = re.compile(
    r"\b(?:never (?:got|went|rose|grew|exceeded|topped|reached|numbered|passed|more than)|at its (?:height|peak)|at the (?:height|peak)|ago|once|at (?:one|its) peak|peak of|in (?:18|19)\d\d|from (?:18|19|20)\d\d (?:to|until)|between (?:19|20)\d\d and|served|formerly|until (?:19|20)\d\d)\b"
)
_PAST_YEAR = re.compile(r"\bin (?:1[89]\d\d|200\d|201[0-5])\b")
_PEAK = re.compile(r"\b(?:at (?:its|the|their) (?:height|peak)|at one time|ago|once)\b")
_LEAVES = frozenset("leave leaves left depart departs departed fly-out".split())
# Present tense of a journey: what is still to come.
_WILL_GO = frozenset("leave leaves depart departs go goes arrive arrives sail sails land lands".split())
_SOON = re.compile(
    r"\b(?:tomorrow|next (?:week|month|year|spring|summer|autumn|fall|winter|\w+day)|in the new year|in the coming (?:days|weeks|months)|later this (?:week|month|year))\b"
)
_UNTIL = re.compile(r"\b(?:last (?:week|month|year|spring|summer|autumn|fall|winter)|ago|until)\b")
# Whoever comes off an aircraft after months away has come back.
_AFTER_TOUR = re.compile(
    r"\bafter (?:[\w-]+ ){0,4}?(?:months?|years?|weeks?|days|tours?|deployments?|missions?|stints?)\b|\b(?:returning|back|home) from\b"
)
_LANDS = frozenset("arrived landed disembarked ashore".split()) | frozenset(
    (
        "stepped off",
        "walked off",
        "filed off",
        "touched down",
        "came ashore",
        "pulled into",
        "rolled into",
        "flew in",
        "boarded",
        "flew into",
    )
)
_OUT = re.compile(r"\bout (?:of )?")
# "Troops deployed along the border" are there, "troops deployed to Mali" went.
_THERE_NOW = re.compile(
    r"(?:currently|now|still|presently) (?:deployed|posted)|(?:deployed|posted) (?:in|across|along|around|at|near|with|throughout)$"
)
_AND_TO = re.compile(r"\band to $")
_IS = re.compile(r"\b(?:is|are) (?:\w+ly |also |now )?$")
_BEING = re.compile(r"\b(?:is|are|being)\s+(?:\w+ly )?$")
# "Is sending" announces, "has been sending" and "by sending" do not.
_SENDING = frozenset("sending dispatching despatching committing rushing".split())
# A journey that is none: "is not sending", "no plans to send", "refused to send", "cancelled the planned deployment".
_NOT = re.compile(
    r"\b(?:(?:refus|declin)\w+ to|never|(?:cancel|scrap|halt|block|suspend|veto|abandon|shelv|oppos|reject)\w*|called off|ruled out|no (?:plans?|intention|question|thought)|(?:do|does|did|is|are|was|were|has|have|will|would|shall) not|\w+n['’]t)(?: (?:to|of|be|been|being|have|also|going|planning|a|the|its|any|further|new|planned|proposed|plans?|proposals?|requests?|for))* ?$|\bno$"
)
_TOWARDS_HOME = re.compile(r"\s*(?:for|to) (?:home|their (?:country|homes?|base)|barracks|its base|good|ever)\b")
_PEACE = Cue(
    re.compile(
        r"\b(?:peacekeep\w*|blue helmets?|blue berets?|UN flag|U\.N\. flag|observer force|stabili[sz]ation mission"
        r"|(?:UN|U\.N\.|United Nations|African Union|AU|ECOWAS)(?:['’]s)? (?:\w+ ){0,2}?(?:forces?|missions?|troops|contingents?)|inside the mission)\b",
        re.IGNORECASE,
    ),
    "peacekeep|blue helmet|blue beret|un|u.n.|observer force|stabili|united nations|african union|au|ecowas|inside the mission",
)
_PRIVATE = Cue(
    re.compile(
        r"\b(?:Wagner|[Mm]ercenar(?:y|ies)|Blackwater|soldiers of fortune|hired guns|private (?:military|security) (?:company|companies|contractors?|firm))\b"
    ),
    "wagner|mercenar|blackwater|soldiers of fortune|hired guns|private",
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
    if plain := _plain_status(tagged, words, at, status):
        return plain, trigger
    if status == "withdrawn" and _goes_out(words, at, tagged.tags[trigger + 1 : trigger + 2] == "A"):
        status = "planned" if token.lower in _WILL_GO else "completed"
    if token.lower in _WILL_GO and status == "completed" and _SOON.search(" ".join(words)):
        return "planned", trigger
    before = " ".join(words[max(0, at - 7) : at])
    clause = re.split(r"[,;]|\b(?:that|who|which|and)\b", before)[-1]
    if _NOT.search(clause) and "yet" not in words:
        return ("under_way" if status == "withdrawn" else "denied"), trigger
    if status != "withdrawn" and _AHEAD.search(clause) and not re.search(r"\bhad (?:already )?$", clause):
        return "planned", trigger
    if _AND_TO.search(before + " ") and status == "completed":
        return "planned", trigger
    if token.lower in _SENDING and _IS.search(clause + " "):
        return "planned", trigger
    if token.lower in ("provide", "contribute", "supply", "host") and trigger and tagged.tags[trigger - 1] not in "tha":
        return "under_way", trigger
    if status == "planned":
        return _after_ability(clause, token.lower), trigger
    if status == "completed" and (_is_there_now(words, at, tagged.tags[max(0, trigger - 1)]) or _BEING.search(clause + " ")):
        return "under_way", trigger
    if status == "under_way" and (_PEAK.search(" ".join(words[max(0, at - 2) : at + 14])) or _began(words, at)):
        return "completed", trigger
    return status, trigger


def _plain_status(tagged: Tagged, words: Sequence[str], at: int, status: str) -> str | None:
    """The status that the verb and the words behind it settle, whatever stands before them."""
    verb, behind = words[at], words[at + 1 : at + 3]
    if verb == "left" and at and words[at - 1] in ("are", "were", "was", "is", "be"):
        return "under_way"
    homewards = behind[:1] == ["home"] or (behind[:1] == ["back"] and behind[1:] not in (["to"], ["in"]))
    if homewards and verb not in ("send", "sent", "flown", "fly"):
        return "withdrawn"
    were = verb.startswith("were ") and ("R" not in tagged.tags or _UNTIL.search(" ".join(words[at : at + 7])))
    if status == "under_way" and (were or _PAST_YEAR.search(" ".join(words[at : at + 12]))):
        return "completed"
    if status in ("completed", "planned") and verb in _LANDS and _AFTER_TOUR.search(" ".join(words[at : at + 18])):
        return "withdrawn"
    if verb == "boarded" and _OUT.search(" ".join(words[at : at + 6])):
        return "withdrawn"
    return "completed" if verb == "came back" and behind[:1] == ["to"] else None


def _is_there_now(words: Sequence[str], at: int, tag: str) -> bool:
    """Whether "deployed" stands behind its noun and before a place: "troops deployed along the border"; ``tag`` is that before it."""
    return words[at] in ("deployed", "posted") and tag in "GaAJ" and _THERE_NOW.search(" ".join(words[at - 1 : at + 2])) is not None


def _began(words: Sequence[str], at: int) -> bool:
    """Whether a participle tells of what came first: "initially deploying 260 troops"."""
    return words[at].endswith("ing") and words[at - 1 : at] in (["initially"], ["first"], ["after"], ["since"])


# Words that call a report false.
_FALSE = re.compile(
    r"\b(?:tosh|nonsense|rubbish|untrue|not true|false|fiction|fake|baseless|unfounded|groundless|fantasy|invention|invented|fabricat\w+|lies?|propaganda|no truth|dismiss\w*|reject\w*|rubbish\w+|scotch\w+|hogwash|wide of the mark)\b"
)


def is_called_false(tagged: Tagged, number: int) -> bool:
    """Whether the report that a number stands in is called false: "Talk that 200 are off to Cyprus is nonsense"."""
    words = lower_words(tagged, max(0, number - 12), number)
    return bool(REPORTS & set(words)) and _FALSE.search(" ".join(lower_words(tagged, max(0, number - 20), number + 30))) is not None


_REPLACES = frozenset("replace replaces replaced replacing relieve relieves relieved relieving".split())


def status_for(tagged: Tagged, cue: int, number: int) -> tuple[str, int]:
    """The status by a movement word of the force that a number counts: those who are replaced leave."""
    behind = {"by", "with"} & set(lower_words(tagged, cue + 1, min(number, cue + 6)))
    if cue < number and tagged.tokens[cue].lower in _REPLACES and not behind:
        return "withdrawn", cue
    return status_at(tagged, cue)


_LAST = frozenset("last final remaining".split())


def is_last_home(tagged: Tagged, number: int) -> bool:
    """Whether the last of a force are said to leave, fly out or land: "the last of the 1,500 men whom Paris kept there flew out of Niamey"."""
    if not _LAST & set(lower_words(tagged, max(0, number - 4), number)):
        return False
    behind = tagged.tokens[number + 1 : number + 16]
    leaves = any(
        (t.word and t.word.status == "withdrawn" and t.word.movement_use) or t.lower in ("boarded", "touched down", "took off")
        for t in behind
    )
    return leaves and not any(t.lower in ("remain", "remains", "stay") for t in behind)


def _after_ability(clause: str, word: str) -> str:
    """ "having to send" is planned, "did send" and "helped to send" are done."""
    return (
        "completed"
        if re.search(r"\b(?:did|began to|helped(?: to)?|continued to|started to)\s*$", clause) and not word.endswith("ed")
        else "planned"
    )


# "Left Rostov for Syria", "left on Sunday for the mission in Sudan".
_ON_TO = re.compile(r"(?:[^ ]+ )?[^ ]+ for (?!home|good|ever|the (?:first|last|second))")
_THAT_DAY = re.compile(r"(?:on|early|late|today|yesterday|last \w+)\b.* for ")
_FOR_GOOD = re.compile(r" for (?:home|good|ever)\b")


def _goes_out(words: Sequence[str], trigger: int, place: bool) -> bool:
    """Whether a departure is one towards the mission: "left for Busovaca", "returned to Umm Qasr to train"."""
    rest = " ".join(words[trigger + 1 : trigger + 4])
    behind = " ".join(words[trigger + 1 : trigger + 17])
    head = words[trigger]
    if head in _LEAVES or head.split()[0] in ("leave", "left", "leaves", "departed", "depart"):
        purpose = re.search(
            r"\bto (?:replace|relieve|join|serve|take over|reinforce|take part)\b|\b(?:for|on) (?:\w+ ){0,3}(?:mission|tour|deployment)\b",
            behind,
        )
        if place and _ON_TO.match(rest):
            return True
        if _THAT_DAY.match(behind[:40]) and not _FOR_GOOD.search(behind):
            return True
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
    if _READY.search(" ".join(words[number : number + 12])):
        return "planned"
    around = " ".join(words[max(0, number - 10) : number + 14])
    return "completed" if _PAST.search(around) or "fought" in words[number : number + 8] else "under_way"


_READY = re.compile(r"\b(?:getting ready|making ready|ready to (?:go|leave|deploy)|preparing to (?:go|leave|deploy|depart)|awaiting)\b")
_PEACE_NEEDED = 3


@dataclass(frozen=True, slots=True)
class ForceKinds:
    """Where an article speaks of peacekeepers and of mercenaries."""

    text: str
    sentences: Sequence[Tagged]
    peace: Sequence[int]
    private: Sequence[int]

    @property
    def about_peacekeeping(self) -> bool:
        """Whether the article speaks of peacekeepers again and again."""
        return len(self.peace) >= _PEACE_NEEDED and _PEACE.count(self.text, self.peace) >= _PEACE_NEEDED

    def is_private(self, position: int) -> bool:
        """Whether the sentence, or the one before it in its paragraph, speaks of mercenaries."""
        return bool(self.private) and _PRIVATE.search(self.text, self.private, *self._near(position)) is not None

    def is_peace(self, position: int) -> bool:
        """Whether the sentence, or the one before it in its paragraph, speaks of peacekeepers or a force of the United Nations."""
        return bool(self.peace) and _PEACE.search(self.text, self.peace, *self._near(position)) is not None

    def _near(self, position: int) -> tuple[int, int]:
        here, last = self.sentences[position].sentence, self.sentences[position - 1].sentence
        return (last.start if position and last.paragraph == here.paragraph else here.start), here.end


def force_kinds(text: str, lower: str, sentences: Sequence[Tagged]) -> ForceKinds:
    """What the article says of the kinds of its forces; ``lower`` is its text in small letters."""
    return ForceKinds(text, sentences, _PEACE.places(lower), _PRIVATE.places(lower))
