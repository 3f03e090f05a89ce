"""Forces: which people or unit a number counts, where it counts a force at all."""

import re
from dataclasses import dataclass, replace

from pipelines.mentions.tokens import Tagged, Token

Span = tuple[int, int]

FORCE_KINDS = ("troops", "engineers", "police", "peacekeepers", "advisers", "workers")
# Fighters of no state are not deployed in the sense of the table: they attack, hold and flee.
IRREGULAR = re.compile(
    r"(?:contra|leftist|militant|rebel|gunm[ae]n|terrorist|insurgent|guerrilla|extremist|jihadist|attacker|bomber|bandit|subversive|assailant|hostage|prisoner|detainee|suspect|veteran|recruit"
    r"|captive|deserter|defector|cadet|survivor|victim)"
)
# These are at home until a verb sends them.
CALLED_UP = frozenset("conscripts reservists draftees".split())
# Words for people of whom only what stands around them says that they are a force, and of which kind.
GENERIC = frozenset("men people personnel members officers volunteers others women staff employees specialists".split())
UNITS = frozenset(
    (
        "battalion company team contingent unit force brigade garrison rotation batch group detachment presence reserve squadron "
        "platoon regiment reinforcement reinforcements party mission strength component battlegroup flotilla corps deployment "
        "relief convoy wave task-force army division echelon tranche units forces divisions regiments battalions companies contingents "
        "teams brigades garrisons"
    ).split()
)
# Before these nouns a word for people only says what kind of unit or man is meant: "infantry brigade".
PART_OF = frozenset(
    "advisers observers officers command brigade battalion division regiment school company base academy commander commanders corps carriers carrier station chief headquarters vehicles".split()
)
_NOUN_PHRASE = "JwAnGK"


@dataclass(frozen=True)
class Force:
    """The people that a number counts: their words, what kind they are and which word says so.

    ``head`` is the noun in lower case, empty where only a unit is named. ``shape`` says how the words stand to the
    number.
    """

    span: Span | None
    personnel: str
    at: Span
    head: str
    shape: str


_THINGS = re.compile(r"[wJA-]{0,3}X")
_ENDS = re.compile(r"[,;.cpmdDhBoWSFVatRGJA)]|$|w?[wJA]{0,3}G")


def force_of(tagged: Tagged, tags: str, number: int) -> Force | None:
    """The force whose size the number at a token states: people behind it, a unit before it, or both."""
    behind = tagged.tokens[number + 1 : number + 2]
    if _THINGS.match(tags, number + 1) or (behind and behind[0].tag == "w" and behind[0].start == tagged.tokens[number].end):
        return None  # tanks, or "the 3d infantry"
    people = _sized(tagged, tags, number) or people_behind(tagged, tags, number + 1)
    unit = (
        _strong(tagged, tags, number)
        or unit_before(tagged, tags, number)
        or _numbering(tagged, tags, number)
        or _grown(tagged, tags, number)
    )
    if unit is None:
        return people or _apposition(tagged, tags, number) or _measured(tagged, tags, number)
    if people is None or people.span is None or unit.span is None or people.span[1] < unit.span[1]:
        return people if people and people.span else unit
    whole = unit.span if unit.span[1] > people.span[0] else (unit.span[0], people.span[1])
    return Force(whole, people.personnel, people.at, people.head, "unit")


_PEOPLE = re.compile(
    r"m?(?:od?[wFS]?N?|od?[wJA]{1,4}s)?((?:[wJA]c(?=[wJ]?G))?[wJAamn-]{0,4}?)(G{1,2}(?!w?[AG])|J(?![wGAXJn-])|A(?![AXGw])|G)"
)
# Soldiers whose name the lexicon of actors may hold: "U.S. Marines".
_NAMED_PEOPLE = frozenset(
    "marines guards rangers gurkhas fusiliers troops soldiers guardsmen commandos paratroopers legionnaires peacekeepers".split()
)
_SERVING = frozenset("fight fought serve served guard patrol hold held train man occupy defend".split())
_REFERS = re.compile(r"oqh?B?(G)")


def people_behind(tagged: Tagged, tags: str, start: int) -> Force | None:
    """The deployable people whom the words from token ``start`` on name: "more German soldiers", "of them police"."""
    refers = _REFERS.match(tags, start)
    if refers:
        people = _people(tagged, refers.start(1), refers.start(1), foreign=False)
        return replace(people, shape="refers") if people else None
    match = _PEOPLE.match(tags, start)
    if not match and tags[start : start + 2] == "Jw" and tagged.tokens[start + 1].lower in _SERVING:
        return _people(tagged, start, start, foreign=True)
    if not match:
        return None
    first, last = match.start(1), match.end() - 1
    if tags[last] in "JA" and not _is_people_name(tagged.tokens[last], tags[last]):
        return None
    return _people(tagged, first, last, foreign="J" in tags[match.start() : match.end()])


def _is_people_name(token: Token, tag: str) -> bool:
    """Whether a name stands for people of its own: "Norwegians", "the Dutch", "Gurkhas"."""
    if token.word and token.word.group:
        return True
    if tag == "J":
        return token.lower.endswith(("s", "ese", "ch", "sh"))
    if token.lower.split()[-1] in _NAMED_PEOPLE:
        return True
    return token.value is None and token.lower.endswith("s") and " " not in token.lower and len(token.lower) > 5


def _people(tagged: Tagged, first: int, last: int, foreign: bool) -> Force | None:
    head = tagged.tokens[last]
    noun = head.lower.split()[-1]
    words = [w for t in tagged.tokens[first : last + 1] for w in t.lower.split()]
    if any(IRREGULAR.match(word) for word in words) or (head.word and head.word.outcome):
        return None
    if last + 1 < len(tagged.tokens) and tagged.tokens[last + 1].lower in PART_OF:
        return None
    span, at = (tagged.tokens[first].start, head.end), (head.start, head.end)
    joined = words[0] in ("military", "army", "soldiers", "troops") and words[1:2] == ["and"]  # "military and police personnel"
    if head.tag != "G" and not (head.word and head.word.group):
        return Force(span, "troops", at, noun, "people" if noun in _NAMED_PEOPLE else "name")
    personnel = head.word.personnel if head.word else "other"
    if personnel in FORCE_KINDS and (personnel != "workers" or foreign):
        return Force(span, "troops" if joined else personnel, at, noun, "people")
    if noun in GENERIC:
        return Force(span, "other" if noun == "employees" else "troops", at, noun, "people")
    return Force(span, "workers", at, noun, "people" if foreign else "workers") if personnel == "workers" else None


def unit_before(tagged: Tagged, tags: str, number: int) -> Force | None:
    """The unit that the number measures from behind: "a battalion of 850", "that extra unit of some 700"."""
    tokens = tagged.tokens
    verb = _word_behind(tagged, number)
    small = bool(_SMALL & {t.lower for t in tagged.tokens[max(0, number - 4) : number]})
    if (small or not verb.endswith("s")) and not _ENDS.match(tags, number + 1):
        return None  # "a deployment of 140 lorries"
    of = number - 1
    while of > 0 and tagged.tags[of] in "dam":
        of -= 1
    if of < 1 or tokens[of].lower != "of" or tokens[of - 1].lower not in (*UNITS, "crew") or (of > 2 and tokens[of - 3].lower == "in"):
        return None
    return _unit(tagged, of - 1, "unit")


def _word_behind(tagged: Tagged, number: int) -> str:
    """The word behind a number, or nothing."""
    return tagged.tokens[number + 1].lower if number + 1 < len(tagged.tokens) else ""


def _unit(tagged: Tagged, unit: int, shape: str) -> Force:
    first = unit
    while first and tagged.tags[first - 1] in _NOUN_PHRASE and unit - first < 4 and not _is_verb(tagged.tokens[first - 1]):
        first -= 1
    token = tagged.tokens[unit]
    return Force((tagged.tokens[first].start, token.end), "troops", (token.start, token.end), "", shape)


def _is_verb(token: Token) -> bool:
    return token.tag == "w" and bool((token.word and token.word.movement_use) or token.lower.endswith(("ed", "ing", "has", "includes")))


def _strong(tagged: Tagged, tags: str, number: int) -> Force | None:
    """The unit that is so many "strong", or "numbers" so many: the noun phrase before the number."""
    following = [t.lower for t in tagged.tokens[number + 1 : number + 3]]
    if following[:1] != ["strong"] and following != ["-", "strong"]:
        return None
    end = number
    meant = _MEANT.search(tags, max(0, end - 6), end)
    end = meant.start() if meant and tagged.tokens[meant.start(1)].lower in _MEANT_TO else end
    while end and tags[end - 1] in ",aBh":
        end -= 1
    sited = re.search(r"[wKG](pd?[wJ]{0,2}A)$", tags[:end])
    end = sited.start(1) if sited else end
    return _phrase_before(tagged, tags, end, "strong")


# "The mission was meant to be 2,500 strong".
_MEANT = re.compile(r"[ahB]*([wR])tB$")
_MEANT_TO = frozenset("meant supposed due planned expected intended set".split())
_HEAD = re.compile(r"([JwAnGK]{0,4}o[dJwA]{0,3})?[JwAnGK]{1,4}$")


def _phrase_before(tagged: Tagged, tags: str, end: int, shape: str) -> Force | None:
    """The noun phrase that ends before a token, as a force: "a company of Italian paratroopers"."""
    match = _HEAD.search(tags, max(0, end - 12), end)
    if not match:
        return None
    first = match.start()
    while first < end - 1 and _is_verb(tagged.tokens[first]):
        first += 1
    tokens = tagged.tokens[first:end]
    people = next((t for t in reversed(tokens) if t.tag == "G" and t.word and t.word.personnel in FORCE_KINDS), None)
    unit = next((t for t in reversed(tokens) if t.lower in UNITS or t.tag == "K"), None)
    head = people or unit or tokens[-1]
    if shape == "strong" and not people and not unit and head.tag not in "AJ":
        return None
    if IRREGULAR.match(head.lower.split()[-1]):
        return None
    personnel = people.word.personnel if people and people.word else "troops"
    return Force((tokens[0].start, tokens[-1].end), personnel, (head.start, head.end), people.lower if people else "", shape)


_SMALL = frozenset("group team party patrol crew squad".split())


def _last_word(token: Token) -> str:
    """The last word of a token."""
    return token.lower.split()[-1]


_SIZED = frozenset("strong man member person soldier troop officer".split())


def _sized(tagged: Tagged, tags: str, number: int) -> Force | None:
    """The unit of so many: "a 2,500-strong contingent", "the 850-man Nigerian battalion"."""
    if tags[number + 1 : number + 2] != "-" or tagged.tokens[min(number + 2, len(tags) - 1)].lower not in _SIZED:
        return None
    for unit in range(number + 3, min(number + 9, len(tags))):
        token = tagged.tokens[unit]
        if tags[unit] == "K" or token.lower.split()[-1] in UNITS:
            inside = tagged.tokens[number + 3 : unit + 1]
            if any(IRREGULAR.match(w) or w == "armed" for t in inside for w in t.lower.split()) or _last_word(token) in _SMALL:
                return None
            people = next((t for t in inside if t.tag == "G" and t.word and t.word.personnel in FORCE_KINDS), None)
            personnel = people.word.personnel if people and people.word else "troops"
            return Force((inside[0].start, token.end), personnel, (token.start, token.end), "", "sized")
        if tags[unit] not in "JwAG-":
            return None
    return None


_NUMBERS = frozenset("number numbers numbering numbered totalling totaling totalled totals comprising comprises".split())


def _numbering(tagged: Tagged, tags: str, number: int) -> Force | None:
    """The unit or mission that numbers so many: "The mission, which numbers 12,000"."""
    if not number or tagged.tokens[number - 1].lower not in _NUMBERS or tags[max(0, number - 2)] in "do":
        return None
    end = number - 1
    while end and tags[end - 1] in ",Wah":
        end -= 1
    sited = re.search(r"[wKG](pd?[wJ]{0,2}A)$", tags[:end])
    end = sited.start(1) if sited else end
    return _phrase_before(tagged, tags, end, "strong")


_GROWS = frozenset("bringing grown grew raised rise rose reduced cut down up climbed strength swell swelled swollen doubled".split())
_GROWING_UNITS = frozenset("force mission contingent battalion brigade garrison battlegroup".split())


def _grown(tagged: Tagged, tags: str, number: int) -> Force | None:
    """The unit that has come to so many: "The mission is down to 8,500", "bringing the force to 980"."""
    near = tagged.tokens[max(0, number - 10) : number]
    if not number or near[-1].lower not in ("to", "at") or not _GROWS & {t.lower for t in near}:
        return None
    unit = next((i for i in range(number - 1, max(-1, number - 10), -1) if tagged.tokens[i].lower in _GROWING_UNITS), None)
    return _unit(tagged, unit, "grown") if unit is not None and re.match(r"[,.;cp]|$", tags[number + 1 :]) else None


_MEASURED = re.compile(r"wod?([JwA]{0,3}G)[^;\"RN]{0,8}?[tpB]d?$")


def _measured(tagged: Tagged, tags: str, number: int) -> Force | None:
    """The people whose number a noun gives: "The number of American soldiers in Somalia rose to 500"."""
    match = _MEASURED.search(tags, max(0, number - 16), number)
    nouns = [t.lower for t in tagged.tokens[match.start() : match.start(1)]] if match else []
    if match is None or not {"number", "numbers", "strength", "total", "contingent"} & set(nouns):
        return None
    people = _people(tagged, match.start(1), match.end(1) - 1, foreign="J" in match[1])
    return replace(people, shape="measured") if people else None


_AFTER_APPOSITION = re.compile(r"oq[,p]?|[,;]|$|p")


def _apposition(tagged: Tagged, tags: str, number: int) -> Force | None:
    """The people before a comma whom the number counts: "The police, 8,000 of them, left"."""
    end = number - 1 if number and tags[number - 1] == "o" else number
    if end < 2 or tags[end - 1] != "," or not _AFTER_APPOSITION.match(tags, number + 1):
        return None
    head = tagged.tokens[end - 2]
    from_there = re.search(r"Gpd?A$", tags[: end - 1])
    if from_there:
        return _people(tagged, from_there.start(), from_there.start(), foreign=False)
    ordinal = head.lower in ("st", "nd", "rd", "th") and end >= 3 and tags[end - 3] == "n"
    people = tags[end - 2] == "G" and head.word is not None and head.word.personnel in FORCE_KINDS
    name = tags[end - 2] == "J" and head.lower.endswith(("s", "ese", "ch", "sh"))
    if not (people or name or ordinal or head.lower in UNITS or tags[end - 2] == "K"):
        return None
    return _phrase_before(tagged, tags, end - 1, "apposition")
