"""Movements with a number, where the words that move a force stand beside it: "sent 15,000 troops to Russia"."""

import re

from pipelines.mentions.denials import REPORTS
from pipelines.mentions.forces import CALLED_UP, FORCE_KINDS, GENERIC, Force
from pipelines.mentions.lexicon import Named
from pipelines.mentions.movement import NEAR_HERE, Movement, count_of
from pipelines.mentions.movement_status import is_called_false, is_last_home, status_at, status_for, status_of_strength
from pipelines.mentions.patterns import Pattern, Patterns
from pipelines.mentions.tokens import Tagged

_FORCE = r"(?:m?(?:od?)?[wJAamd-]{0,5}?G{1,2}|m?J|m?)"
_BETWEEN = r"[^SFVKR;\"()W]{0,12}?"
NUMBERED = (
    Pattern("active", r"[SF][admwo,]{0,5}", _FORCE, "North Korea had dispatched a total of 15,000 troops to Russia.", ("SF",)),
    Pattern(
        "passive", r"", rf"{_FORCE}{_BETWEEN}[ahB]*B[aBx]*S", "Around 15,000 North Korean labourers have been sent to Russia.", ("S", "B")
    ),
    Pattern("arrival", r"", rf"{_FORCE}{_BETWEEN}[ahBt]*[VF]", "Some 3,000 soldiers arrived in Mali.", ("VF",)),
    Pattern("reduced", r"", rf"{_FORCE},?(?:Wh?B?)?a?S", "The 11,000 men sent to Kursk held the line.", ("S",)),
    Pattern(
        "whom_sent", r"", rf"{_FORCE}[qW]?[dJ]?A[ha]{{0,2}}S", "Some of the 600 soldiers whom Kenya sent to Haiti came home.", ("S", "A")
    ),
    Pattern("who_served", r"", rf"{_FORCE},?Wh?a?[VS]", "Of the 700 Dutch soldiers who served there none came back.", ("VS", "W")),
    Pattern("noun_of", r"K(?:o|t|p)[adm]{0,2}", r"", "A contingent of 200 engineers was there.", ("K",)),
    Pattern("list", r"[SF][^SFVKR;\"(]{1,12}?(?:,c?|c)[ad]{0,2}", _FORCE, "France sent 200 soldiers and 30 engineers to Chad.", ("SF",)),
    Pattern("had_back", r"h[ad]{0,2}", r"[wJAam-]{0,3}?G{1,2}(?=w)", "Chad had its 1,400 soldiers back by March.", ("h", "G")),
    Pattern("has_in", r"h[ad]{0,2}", r"[wJAam-]{0,3}?G{1,2}[wa]{0,2}(?:[p,.;w]|$)", "Turkey has 3,000 soldiers in Syria.", ("h", "G")),
    Pattern("there_are", r"B[ad]{0,2}", r"[wJAam-]{0,3}?G{1,2}[wa]{0,2}(?:[p,.;w]|$)", "There are 5,000 soldiers in Sulu.", ("B", "G")),
    Pattern(
        "with_in",
        r"p[ad]{0,2}",
        r"[wJAam-]{0,3}?G{1,2}[wa]{0,2}p",
        "Ethiopia, with 2,500 soldiers in the mission, is its largest contributor.",
        ("p", "G"),
    ),
    Pattern(
        "reported",
        r"[RwA]o[adm]{0,2}",
        r"m?[JwA]{0,3}G",
        'The embassy dismissed the report of 300 extra soldiers in Chad as "fiction".',
        ("o", "G"),
    ),
    Pattern("joined", r"[SV]p[dm]{0,2}", _FORCE, "They were joined by 120 Italian paratroopers.", ("SV",)),
    Pattern("sized", r"", r"-[wG]", "A 2,500-strong American contingent is leaving Iraq.", ("-",)),
)
_PATTERNS = Patterns(NUMBERED)
_PARTICLES = frozenset("out back off home away".split())
# Verbs that move people who are no force as well: "moving a million people", "joined by 30 villagers".
# So many men are a force wherever they go.
_MANY = 500
_CLEAR = frozenset("shipped sent deployed dispatched despatched withdrawn flown stationed airlifted redeployed".split())
_SENT_OUT = frozenset(
    "send sent sending sends dispatch dispatched dispatching despatch despatched despatching ship shipped shipping".split()
)
_UNCLEAR = frozenset(
    "moving moved move transferred evacuated removed approved offered left joined followed entered reached came come go went training operating".split()
)


def strict_movement(position: int, tagged: Tagged, tags: str, number: int, force: Force | None, context: bool) -> Movement | None:
    """The movement of the force that a number counts by the nearest pattern that fits."""
    best: tuple[int, Movement] | None = None
    if force is not None and force.shape == "grown":
        return None
    edge = _edge(tagged, number, force)
    for pattern, before, after in _PATTERNS.possible(tags):
        here = number if pattern.name == "noun_of" else edge
        left = before.search(tags, max(0, here - 20), here) if before else None
        right = after.match(tags, number + 1)
        if (before and not left) or not right:
            continue
        trigger = left.start() if left else right.end() - 1
        if not _fits(tagged, tags, number, trigger, pattern.name, force, context):
            continue
        distance = abs(number - trigger)
        if best is None or distance < best[0]:
            status, cue = _status_by(tagged, tags, number, trigger, pattern.name)
            if is_called_false(tagged, number):
                status = "denied"
            elif is_last_home(tagged, number):
                status = "withdrawn"
            known = force or _implied(tagged, number, trigger)
            best = distance, movement_of(position, number, trigger, known, status, cue, pattern.name)
    return best[1] if best else None


def movement_of(position: int, number: int, trigger: int, force: Force, status: str, cue: int, pattern: str) -> Movement:
    """The movement of a force that a number counts."""
    return Movement(position, number, trigger, force.span, force.personnel, force.at, status, cue, pattern, force.head)


def _status_of_noun(tagged: Tagged, tags: str, number: int, noun: int) -> tuple[str, int]:
    """The status of a deployment or contingent: as the verb behind it says, or else as the noun does."""
    governing = _GOVERNS.search(tags, max(0, noun - 6), noun)
    if governing and not tagged.tokens[noun].lower.endswith(("deployment", "withdrawal", "arrival")):
        return status_at(tagged, governing.start())
    behind = [t.lower for t in tagged.tokens[number + 1 : number + 10]]
    if {"due", "expected", "scheduled"} & set(behind):
        return "planned", noun
    cue = next((i for i in range(number + 1, min(len(tags), number + 9)) if tags[i] in "SFV" and not _is_purpose(tagged, i)), None)
    if cue is not None and not re.search(r'[;"RNW]', tags[number + 1 : cue]):
        return status_at(tagged, cue)
    return status_at(tagged, noun)


# "Will send a contingent of", "put an end to a presence of".
_GOVERNS = re.compile(r"[SF][dawJAn]{0,4}$")
_AHEAD_OF_TO = frozenset("is are was were due set ready going".split())


def _is_purpose(tagged: Tagged, verb: int) -> bool:
    """Whether an infinitive says what for: "to replace the brigade", but not "is to follow", "expected to arrive"."""
    before = tagged.tokens[verb - 2].lower if verb > 1 and tagged.tags[verb - 1] == "t" else "due"
    return before not in _AHEAD_OF_TO and not before.endswith("ed")


def _edge(tagged: Tagged, number: int, force: Force | None) -> int:
    """Where the words of a force begin: at its number, or with the unit that the number measures."""
    if force is None or force.span is None or force.shape not in ("unit", "strong"):
        return number
    first = number
    while first and tagged.tokens[first - 1].start >= force.span[0]:
        first -= 1
    while first and tagged.tags[first - 1] == "d":
        first -= 1
    return min(number, first)


def _stands(tagged: Tagged, tags: str, number: int, trigger: int, pattern: str, force: Force, context: bool) -> bool:
    """Whether a pattern without a verb of movement tells of a force: "has 3,000 soldiers in Syria"."""
    verb, near = tagged.tokens[trigger].lower, {t.lower for t in tagged.tokens[max(0, number - 20) : number + 20]}
    if pattern == "has_in":
        return verb in ("has", "have", "had") and (context or _is_placed(tagged, tags, number) or _names_unit(tagged, trigger))
    if pattern == "had_back":
        return _comes_back(tagged, tags, number) and verb in ("has", "have", "had", "having")
    if pattern == "with_in":
        return verb == "with" and (_names_unit(tagged, number + 5) or "contributor" in near)
    if pattern == "there_are":
        there = trigger > 0 and tagged.tokens[trigger - 1].lower == "there" and _is_placed(tagged, tags, number)
        return there and (context or force.head not in GENERIC)
    if pattern == "reported":
        return verb in REPORTS and is_called_false(tagged, number)
    if pattern == "joined":
        return tagged.tokens[trigger + 1].lower == "by"
    return force.shape == "sized" and (context or nearest_cue(tags, number) is not None)


def _fits(tagged: Tagged, tags: str, number: int, trigger: int, pattern: str, force: Force | None, context: bool) -> bool:
    if force and force.shape == "workers":
        return context and pattern in ("active", "passive") and tagged.tokens[trigger].lower in _SENT_OUT
    if pattern in ("has_in", "had_back", "with_in", "there_are", "joined", "sized", "reported"):
        return force is not None and _stands(tagged, tags, number, trigger, pattern, force, context)
    verb = tagged.tokens[trigger].lower
    if verb in ("pull", "pulled", "pulling", "pulls") and not _PARTICLES & {t.lower for t in tagged.tokens[number + 1 : number + 9]}:
        return False
    if verb == "put":
        behind = {t.lower for t in tagged.tokens[number + 1 : number + 5]}
        return force is not None and pattern == "active" and bool(behind & {"on", "into", "in", "ashore", "onto", "across"})
    if pattern == "active" and not _only_quantifies(tagged, trigger + 1, number if force is None else _edge(tagged, number, force)):
        return False
    if force is None:
        bare = tags[number + 1 : number + 2] in ("m", "h", "B", "p", "t", "") and pattern not in ("list", "arrival")
        arrives = context and pattern == "arrival" and re.compile(r"m?[ahB]*[VF]").match(tags, number + 1) is not None
        counted = tags[trigger] == "K" and _COUNTS_UNIT.match(tags, number + 1) is not None
        return counted or (context and bare) or arrives
    if force.head in ("people", "others", "members") or force.head.startswith(("fighter", "volunteer")):
        return verb not in _UNCLEAR and (
            pattern == "active" or (tags[trigger] == "K" and verb in _MISSIONS) or (context and pattern in ("list", "passive"))
        )
    if force.head in CALLED_UP and verb not in _CLEAR:
        return False
    if force.shape == "name" and not context:
        return (pattern == "who_served" and verb == "served") or verb in ("stationed", "deployed", "garrisoned")
    if (
        force.head in GENERIC
        and pattern not in ("active", "list", "noun_of")
        and not context
        and verb not in _CLEAR
        and count_of(tagged, number) < _MANY
    ):
        return False
    return pattern != "who_served" or verb not in _UNCLEAR


# Words between a verb and the number of those whom it sends.
_QUANTIFIES = frozenset(
    (
        "extra additional remaining last first initial total new entire whole back out in home off up down over some rest final another full combined "
        "estimated advance second third fourth initial maximum minimum massive further"
    ).split()
)


def _only_quantifies(tagged: Tagged, start: int, end: int) -> bool:
    return all(t.tag != "w" or t.lower in _QUANTIFIES for t in tagged.tokens[start:end])


_PEOPLE = re.compile(r"[wJAam-]{0,3}?G{1,2}")


def _comes_back(tagged: Tagged, tags: str, number: int) -> bool:
    """Whether "back" or "home" stands behind the people of a number."""
    people = _PEOPLE.match(tags, number + 1)
    return people is not None and people.end() < len(tags) and tagged.tokens[people.end()].lower.split()[0] in ("back", "home")


_MISSIONS = frozenset("force mission contingent battlegroup garrison operation".split())


def _names_unit(tagged: Tagged, end: int) -> bool:
    return any(t.lower in _MISSIONS for t in tagged.tokens[max(0, end - 8) : end])


# What may follow the size of a contingent; "the arrival of two light aeroplanes" is none.
_COUNTS_UNIT = re.compile(r"J?(?:[mhBpt,.;)cDWVSFqox]|$)")


def _is_placed(tagged: Tagged, tags: str, number: int) -> bool:
    """Whether a place by name, "there" or the like follows the people of a number."""
    match = re.compile(r"[wJAam-]{0,3}?G{1,2}a{0,2}").match(tags, number + 1)
    end = match.end() if match else number + 1
    return re.compile(r"(?:od?[wJA]{1,4})?(?:p[dwJ]{0,3}A|p[dwX]{0,2}[wX])").match(tags, end) is not None or any(
        t.lower in NEAR_HERE for t in tagged.tokens[end : end + 2]
    )


def _implied(tagged: Tagged, number: int, trigger: int) -> Force:
    token = tagged.tokens[trigger]
    following = tagged.tokens[number + 1] if number + 1 < len(tagged.tokens) else token
    span = (following.start, following.end) if following.tag == "J" else None
    return Force(span, "troops", (token.start, token.end), "", "implied")


def _status_by(tagged: Tagged, tags: str, number: int, trigger: int, pattern: str) -> tuple[str, int]:
    if pattern == "joined":
        return ("planned" if status_at(tagged, trigger)[0] == "planned" else "completed"), trigger
    if pattern == "had_back":
        return "withdrawn", trigger
    if pattern == "with_in":
        return status_of_strength(tagged, number), trigger
    if pattern == "noun_of":
        return _status_of_noun(tagged, tags, number, trigger)
    behind = [t.lower for t in tagged.tokens[number + 1 : number + 8]]
    if (
        pattern == "active"
        and "home" in behind
        and tagged.tokens[trigger].lower in ("flew", "flown", "fly", "flying", "brought", "taking", "moved")
    ):
        return "withdrawn", trigger
    if pattern == "there_are":
        return ("under_way" if tagged.tokens[trigger].lower in ("is", "are") else status_of_strength(tagged, number)), trigger
    if pattern == "has_in":
        if tagged.tokens[trigger].lower == "had":
            told = "R" in tags[:trigger] or "R" in tags[number + 1 :][-8:]
            return ("under_way" if told and status_of_strength(tagged, number) == "under_way" else "completed"), trigger
        ahead = re.search(r"(?:Bt|h)h?a?$", tags[:trigger]) is not None and tagged.tokens[trigger - 1].lower not in ("has", "have", "had")
        return ("planned" if ahead or status_at(tagged, trigger)[0] == "planned" else "under_way"), trigger
    if pattern == "sized":
        cue = nearest_cue(tags, number)
        if cue is None and "had" in [t.lower for t in tagged.tokens[max(0, number - 3) : number]]:
            return "completed", number
        return status_at(tagged, cue) if cue is not None else (status_of_strength(tagged, number), number)
    return status_for(tagged, trigger, number)


# "With the added reinforcements, the force will grow to 4,000".
_NEW_CLAUSE = re.compile(r"K.*,.*[hB]")


def nearest_cue(tags: str, number: int) -> int | None:
    """The movement word that governs a number: behind it, or before it in its clause."""
    left = next((i for i in range(number - 1, max(-1, number - 9), -1) if tags[i] in "SFVK"), None)
    right = next((i for i in range(number + 1, min(len(tags), number + 12)) if tags[i] in "SFV"), None)
    if left is not None and (re.search(r'[;"RN]|,.{0,2}W', tags[left + 1 : number]) or _NEW_CLAUSE.match(tags[left:number])):
        left = None
    if right is not None and re.search(r'[;"RN]|,[pk][wd]?Q|,?c[dwJA]*$', tags[number + 1 : right]):
        right = None
    if left is None or right is None:
        return left if right is None else right
    return left if tags[left] in "SF" and number - left <= 4 else right


def is_foreign(tagged: Tagged, number: int, force: Force | None) -> bool:
    """Whether a people's soldiers are named beside another country or its places, or they are peacekeepers."""
    if force is None or force.span is None or force.shape == "name":
        return False
    if force.personnel == "peacekeepers":
        return True
    if force.personnel not in FORCE_KINDS:
        return False
    values = [(t.start, t.value) for t in tagged.tokens[max(0, number - 40) : number + 40]]
    named = [(at, v.place_id) for at, v in values if isinstance(v, Named) and v.place_id]
    own = {place for at, place in named if force.span[0] <= at < force.span[1]}
    return bool(own) and any(place not in own for _, place in named)
