"""Movements without a number: "Uganda sent troops across the border", "The regiment left for Kursk"."""

import re
from collections.abc import Iterator

from pipelines.mentions.forces import FORCE_KINDS, IRREGULAR, PART_OF, UNITS
from pipelines.mentions.lexicon import Named
from pipelines.mentions.movement import Movement
from pipelines.mentions.movement_status import status_at
from pipelines.mentions.patterns import Pattern, Patterns
from pipelines.mentions.tokens import Tagged, Token

_BETWEEN = r"[^SFVKR;\"()Ws]{0,12}?"
_PLACE = r"[pt][dwJo]{0,4}A"
UNNUMBERED = (
    Pattern("sent", r"[SF][adm]{0,2}w?", r"", "Uganda sent troops across the border in 2021.", ("SF",)),
    Pattern("were_sent", r"", rf"{_BETWEEN}[ahB]*B[aBw]*S", "Reinforcements have been sent to the area.", ("S", "B")),
    Pattern("stationed", r"", r",?(?:Wh?B?)?a?S(?=[pt])", "American soldiers stationed in Syria came under fire.", ("S",)),
    Pattern(
        "they_went",
        r"",
        r"(?:,[^SFVKR;\"()W]{1,8},)?(?:,W[^SFVKR;\"()]{1,9},)?[ahBtw]{0,4}?[VF](?=[tpA;,.]|$|d?[wJ]*A)",
        "The contingent left for Kursk in early August.",
        ("VF",),
    ),
    Pattern("says_it", r"", r"RQ[ha]{0,2}[VF](?=[tpA])", "The Wagner Group says it has left Mali.", ("VF", "R")),
    Pattern("has_there", r"h[ad]{0,2}", rf"[wa]?{_PLACE}", "Rwanda has troops in Mozambique.", ("h", "A")),
    Pattern("are_there", r"", rf"[ha]{{0,3}}Ba?[Ba]{{0,2}}w?a?w?{_PLACE}", "His forces had now been in Kursk for a year.", ("B", "A")),
    Pattern("are_doing", r"", r"[ha]{0,3}Ba?[Ba]{0,2}[wVF]", "Burundian soldiers are fighting alongside the army in Uvira.", ("B",)),
    Pattern(
        "noun_of", r"K[^SFVK;\"()RW]{0,2}od?[wm]?", r"", "The withdrawal of French troops from Niger was completed in December.", ("K",)
    ),
)
RELIEF = Pattern("relief", "", "", "The 5th Infantry Battalion relieved the 35th Infantry Battalion in Juba.")
_PATTERNS = Patterns(UNNUMBERED)
_STATUS_WORD = {
    "ongoing": "under_way",
    "continuing": "under_way",
    "current": "under_way",
    "planned": "planned",
    "imminent": "planned",
    "impending": "planned",
    "upcoming": "planned",
    "possible": "planned",
}
# Units that are a force by themselves where they go somewhere.
_GOING_UNITS = frozenset(
    "battalion contingent regiment brigade battlegroup garrison squadron detachment flotilla division unit task-force".split()
)
# These are one where a name or a people's adjective stands before them: "the UN mission".
_NAMED_UNITS = frozenset("force mission battalion contingent regiment brigade army military troops".split())
_NO_FORCE = re.compile(
    r"\b(?:[Nn]ever|to their deaths?|to prison|to hospital|to trial|to jail|coffins?|caskets?|(?:the|their|his) (?:remains|bodies)|corpses)\b"
)
_PRIVATE = frozenset(("wagner", "wagner group", "africa corps", "russia's africa corps"))
# Bodies whose forces are abroad wherever they are.
_BODIES = frozenset("un u.n. united african au nato ecowas sadc eu european wagner".split())
_STATIONED = frozenset("stationed deployed based garrisoned posted sent".split())
_DOING = re.compile(r"(?:\w+ing|stuck|active|present|back|operating|still)$")
# Verbs that move too much to tell of a deployment without a number, unless soldiers of one country go to another by them.
_WEAK = frozenset(
    (
        "come comes came go goes went join joins joined follow follows followed moving moved move approved training entered remain remained remains reached stay "
        "stayed stays ordered pulled kept keeping removed transferred put assigned taken supplied provided provide supply relieved authorised authorized "
        "offered promised carrying carries replaced replacing flown flew used provides operating serving serve served hired want wants wanted requested "
        "requests seeks awaiting awaits expects expecting supplying hosting hosts host furnish furnished furnishing crossed returned landed fighting dropped"
    ).split()
) | frozenset(
    ("handed over to", "hand over to", "handing over to", "made way for", "make way for", "gave way to", "give way to", "passed through")
)


def find_unnumbered(position: int, tagged: Tagged, tags: str, context: bool) -> Iterator[Movement]:
    """The first movement of a force without a number in a sentence, if any; two where one unit relieves another."""
    if not _RELIEVES.isdisjoint(tagged.words) and (relief := _relief(position, tagged)):
        yield from relief
        return
    for index in _nouns(tagged, tags):
        tag = tags[index]
        if tag not in "GKwXA" or (tag == "A" and not _may_be_force(tagged.tokens[index].lower)):
            continue
        if tag == "K" and index and (word := _status_before(tagged, index)) is not None:
            token = tagged.tokens[index]
            span = (token.start, token.end)
            status = _STATUS_WORD[tagged.tokens[word].lower]
            yield Movement(position, None, index, span, "troops", span, status, word, "noun")
            return
        following = tagged.tokens[index + 1].lower if index + 1 < len(tags) else ""
        personnel = None if following in PART_OF else _deployable(tagged, tags, index, context)
        movement = _moved(position, tagged, tags, index, personnel) if personnel else None
        if movement and not _NO_FORCE.search(" ".join(t.lower for t in tagged.tokens)):
            yield movement
            return


def _may_be_force(name: str) -> bool:
    """Whether a name can be that of a unit or a private army."""
    return " " in name or name in _PRIVATE


def _nouns(tagged: Tagged, tags: str) -> list[int]:
    """The tokens that may name a force: names, words of which the lexicon knows something, and any word where one means a unit."""
    nouns = _NAME if _UNIT_WORDS.isdisjoint(tagged.words) else _NOUN
    return sorted({*tagged.told, *[m.start() for m in nouns.finditer(tags)]})


_NOUN, _NAME = re.compile("[wXA]"), re.compile("A")
_UNIT_WORDS = _GOING_UNITS | _NAMED_UNITS
_RELIEVES = frozenset("relieved relieves relieve replaced replaces replace replacing".split())
_UNIT = r"(?:nw?)?[JwA]{0,3}A(?:od?(?:nw?)?[JwA]{0,2}A)?"
_BEFORE = re.compile(rf"({_UNIT})[ah]*$")
_BEHIND = re.compile(rf"d?({_UNIT})")


def _relief(position: int, tagged: Tagged) -> list[Movement]:
    """The unit that comes and the one that goes: "the 5th Battalion relieved the 35th Battalion"."""
    for index, token in enumerate(tagged.tokens):
        if token.lower not in _RELIEVES:
            continue
        new, old = _BEFORE.search(tagged.tags, max(0, index - 12), index), _BEHIND.match(tagged.tags, index + 1)
        spans = [_unit_span(tagged, *match.span(1)) for match in (new, old) if match]
        if len(spans) == 2 and spans[0] and spans[1]:
            status, cue = status_at(tagged, index)
            came = "under_way" if status == "completed" else status
            return [
                Movement(position, None, index, spans[0], "troops", spans[0], came, cue, "relief"),
                Movement(position, None, index, spans[1], "troops", spans[1], "withdrawn", cue, "relief"),
            ]
    return []


def _unit_span(tagged: Tagged, first: int, end: int) -> tuple[int, int] | None:
    tokens = tagged.tokens[first:end]
    named = any(w in _GOING_UNITS for t in tokens for w in t.lower.split())
    return (tokens[0].start, tokens[-1].end) if named else None


def _moved(position: int, tagged: Tagged, tags: str, index: int, personnel: str) -> Movement | None:
    start = _start(tagged, tags, index)
    edge = start - 1 if start and tags[start - 1] == "d" else start
    # "Weapons taken by troops were sent" tells of the weapons.
    no_subject = edge > 0 and tags[edge - 1] in "po" and tagged.tokens[max(0, edge - 2)].lower not in UNITS
    foreign = _is_foreign(tagged, start, index)
    for pattern, before, after in _PATTERNS.possible(tags):
        left = before.search(tags, max(0, edge - 6), edge) if before else None
        right = after.match(tags, index + 1)
        if (before and not left) or not right or (no_subject and before is None and pattern.name != "stationed"):
            continue
        trigger = left.start() if left else right.end() - 1
        if pattern.name in ("are_there", "are_doing"):
            trigger = tags.index("B", index)
        if not _fits(tagged, tags, index, trigger, right.end(), pattern.name, foreign):
            continue
        head = tagged.tokens[index]
        under_way = pattern.name in ("are_there", "has_there", "are_doing") or (
            pattern.name == "stationed" and tagged.tokens[trigger].lower != "sent"
        )
        status, cue = ("under_way", trigger) if under_way else status_at(tagged, trigger)
        span = (tagged.tokens[start].start, head.end)
        noun = head.lower if head.tag == "G" else ""
        return Movement(position, None, trigger, span, personnel, (head.start, head.end), status, cue, pattern.name, noun)
    return None


def _start(tagged: Tagged, tags: str, index: int) -> int:
    start = index
    while (
        start
        and tags[start - 1] in "wJAGn"
        and index - start < 5
        and not tagged.tokens[start - 1].lower.endswith(("ed", "ing", "has", "with", "wants"))
    ):
        start -= 1
    return start


def _fits(tagged: Tagged, tags: str, index: int, trigger: int, end: int, pattern: str, foreign: bool) -> bool:
    """Whether a pattern tells of a deployment: verbs that move anything need soldiers of one country in another."""
    verb, head = tagged.tokens[trigger].lower, tagged.tokens[index]
    if any(t.word and t.word.outcome for t in tagged.tokens[index + 1 : end + 1]):
        return False  # "were killed at Yater"
    if pattern == "has_there":
        return verb in ("has", "have")
    if pattern == "are_there":
        done = any(t.lower.endswith("ed") and t.lower not in _STATIONED for t in tagged.tokens[index + 1 : end])
        return not done and (foreign or head.tag != "A")
    if pattern == "are_doing":
        doing = tagged.tokens[end - 1].lower
        return foreign and _DOING.match(doing) is not None and "A" in tags[end : end + 8]
    if pattern == "stationed":
        return foreign and verb in _STATIONED
    if pattern == "noun_of":
        return foreign and verb not in ("force", "contingent", "reinforcements")
    if verb in _WEAK:
        directed = re.match(r"d?[wJ]{0,2}A|[pt][dwJo]{0,4}A", tags[end if pattern != "sent" else index + 1 :]) is not None
        return foreign and directed and pattern in ("they_went", "sent", "were_sent") and tags[trigger] in "VSF"
    return pattern != "they_went" or head.tag != "G" or "A" in tags[end:][:4] or foreign


def _is_foreign(tagged: Tagged, start: int, index: int) -> bool:
    """Whether a people's or a body's name stands in the words for a force, and the sentence names another place."""
    inside = tagged.tokens[start : index + 1]
    own = {t.value.place_id for t in inside if isinstance(t.value, Named) and t.value.place_id}
    named = bool(own) or any(t.lower.split()[0] in _BODIES for t in inside if t.tag == "A")
    return named and any(isinstance(t.value, Named) and t.value.place_id and t.value.place_id not in own for t in tagged.tokens)


def _deployable(tagged: Tagged, tags: str, index: int, context: bool) -> str | None:
    """What kind of force a noun without a number names, or None: troops, peacekeepers, reinforcements."""
    token, tag = tagged.tokens[index], tags[index]
    if tag == "K":
        return "troops" if token.lower.endswith(("reinforcements", "contingent", "contingents", "force", "detachment")) else None
    if tag == "G":
        personnel = token.word.personnel if token.word and token.word.plural else ""
        return personnel if personnel in FORCE_KINDS[:5] and not IRREGULAR.match(token.lower.split()[-1]) else None
    last = token.lower.split()[-1]
    if tag in "wX" and context and token.lower in _GOING_UNITS:
        return "troops"
    named = tag == "A" and ((" " in token.lower and last in _NAMED_UNITS) or token.lower in _PRIVATE)
    return "troops" if named or (tag != "A" and last in _NAMED_UNITS and index and _is_named(tagged.tokens[index - 1])) else None


def _is_named(token: Token) -> bool:
    return isinstance(token.value, Named)


def _status_before(tagged: Tagged, noun: int) -> int | None:
    return next((i for i in range(noun - 1, max(-1, noun - 4), -1) if tagged.tokens[i].lower in _STATUS_WORD), None)
