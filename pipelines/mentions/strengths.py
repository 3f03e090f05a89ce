"""Numbers of a force in an article about deployments, by less than a verb beside them: how many there are, were or are to be."""

import re
from collections.abc import Sequence

from pipelines.mentions.forces import CALLED_UP, GENERIC, UNITS, Force
from pipelines.mentions.movement import NEAR_HERE, Movement, count_of
from pipelines.mentions.movement_status import lower_words, status_at, status_for, status_of_strength
from pipelines.mentions.numbered import movement_of, nearest_cue
from pipelines.mentions.patterns import Pattern, compiled
from pipelines.mentions.tokens import Tagged

# Numbers that count a force told of before; the expressions stand around the number.
_SENT = "Kenya sent 200 police officers to Haiti. "
AGAIN = (
    Pattern(
        "sent_bare",
        r"[SF](?:tF)?(?:[admw]|o){0,4}",
        r"(?:[,;.)cpkD]|od|oq|m[,.;]|m?t[wVFA]|a?$|a[,;.p])",
        _SENT + "Egypt has promised 1,091, but none came.",
    ),
    Pattern("further", r"[dm]?", r"m?[hB]{1,2}[atwpVFS]*", _SENT + "A further 160 are due on Monday."),
    Pattern("more_like", r"(?:mw|wt)", r"m?(?=[,.;p\"]|$)", _SENT + "The union says it is more like 260."),
    Pattern("had_back", r"h[ad]{0,2}", r"(?=w)", _SENT + "Jamaica had its 30 back by March."),
    Pattern("of_them", r"", r"o[qd](?=[,.;tpDhBVS]|$)", _SENT + "A first flight carries 60 of them to the capital."),
    Pattern("has_bare", r"h[ad]{0,2}", r"m?(?:p|w$|w[,.;])", _SENT + "It still has 150 in the capital."),
    Pattern("who_are", r"", r"[hB]{1,2}J(?=[,.;]|$)", _SENT + "Of these about 40 are German."),
    Pattern("in_all", r"", r"(?:m?a|m)(?=[,.;p]|$)", _SENT + "Kyiv speaks of 14,000 in all."),
    Pattern("in_brackets", r"A\(", r"\)", _SENT + "The largest contingents come from Rwanda (1,350) and Pakistan (1,200)."),
    Pattern("gapped", r"[,c]d?At?", r"(?=[,.;c]|$)", "Ghana has 860 men in Lebanon, Ireland 333 and Finland 170."),
    Pattern("joined_by", r"[SV]?p[dm]?", r"m?(?=[,.;pD]|$)", _SENT + "They were joined by some 300 after the first losses."),
)
_AGAIN = compiled(AGAIN)
# The number of a force, by a noun for numbers: "doubling its strength to 400".
_MEASURES = frozenset(
    "peak contribution commitment deployment strength total number numbers figure count level size range tally complement headcount presence ceiling force contingent mission".split()
)
_GROWS = frozenset(
    (
        "climb rise grow reach reached grown risen fallen shrunk grew rose fell climbed increase total number counts numbers cut swell "
        "swelled exceed exceeds exceeded topped beyond above below raised reduced doubled trebled tripled halved lowered cap capped"
    ).split()
)
_COUNTS = frozenset("employs employed counted musters mustered counts numbers totals comprises boasts includes comprised included".split())
_SERVES = frozenset(
    (
        "protect protects protecting guard guards guarding patrol patrols patrolling train trains help helps helping fight fights fighting support supports "
        "supporting assist assists assisting advise advises advising man secure secures securing holding defend defending monitor monitoring operate course hold held fought"
    ).split()
)
_LEAVING = frozenset("outgoing departing returning homebound withdrawing remaining".split())
_PLACED = re.compile(r"[ahB,wD]{0,4}?p(?:[dwJ]{0,3}A|[dw]{1,2}(?=[,.;]|$))")


def strength(position: int, tagged: Tagged, tags: str, number: int, force: Force, before: Sequence[Movement]) -> Movement | None:
    """A force in an article about deployments whose clause moves it, or says where it is."""
    behind = lower_words(tagged, number + 1, number + 12)
    if {"apiece", "each", "home"} & set(behind[:2]) or _is_harmed(tagged, tags, number):
        return None
    if force.head in GENERIC and not before and count_of(tagged, number) < _FEW:
        return None
    counted = bool(before) and before[-1].number is not None and position - before[-1].sentence <= 1
    if (
        force.head in ("others", *CALLED_UP)
        or force.shape == "workers"
        or (force.head == "women" and "i" in tags[max(0, number - 2) : number])
        or (force.shape == "refers" and not counted)
    ):
        return None
    cue = nearest_cue(tags, number) if force.shape != "grown" else None
    if cue is not None and tagged.tokens[cue].lower == "put":
        cue = None
    if cue is not None and tagged.tokens[cue].lower in ("contingent", "contingents", "detachment"):
        return movement_of(position, number, number, force, status_of_strength(tagged, number), number, "placed")
    if cue is None and status_of_strength(tagged, number) == "planned":
        return movement_of(position, number, number, force, "planned", number, "placed")
    part = re.compile(r"m?[wJA]{0,3}G+od?[wJA]{0,3}").match(tags, number + 1)
    inside = set(behind[: part.end() - number - 1]) if part else set()
    if cue is None and UNITS & inside:
        status = "withdrawn" if _LEAVING & inside else status_of_strength(tagged, number)
        return movement_of(position, number, number, force, status, number, "part_of")
    if cue is None and force.shape != "grown" and before and before[-1].sentence == position and _in_list(tags, before[-1], number):
        return movement_of(position, number, number, force, before[-1].status, before[-1].cue, "placed")
    if cue is not None:
        status, cue = status_for(tagged, cue, number)
        return movement_of(position, number, number, force, status, cue, "placed")
    if not _is_present(tagged, tags, number, force):
        return None
    return movement_of(position, number, number, force, status_of_strength(tagged, number), number, "placed")


_COUNTED = re.compile(r"m?[wJA]{0,3}G{1,2}")


def _is_harmed(tagged: Tagged, tags: str, number: int) -> bool:
    """Whether the word behind the people of a number says what befell them: "nine Wolds men killed in Helmand"."""
    people = _COUNTED.match(tags, number + 1)
    word = tagged.tokens[people.end()].word if people and people.end() < len(tags) else None
    return word is not None and bool(word.outcome) and not word.movement_use


# So few "men" are a force only where one was told of before.
_FEW = 100


def _is_present(tagged: Tagged, tags: str, number: int, force: Force) -> bool:
    """Whether the words around a number say that its force is somewhere, or how big it is."""
    if force.shape in ("refers", "strong", "apposition", "unit", "sized", "measured", "grown") or (
        force.personnel == "peacekeepers" and count_of(tagged, number) >= _FEW
    ):
        return True
    if any(t.lower in _SERVES for t in tagged.tokens[number + 1 : number + 10]):
        return True
    if "K" in tags[number : number + 10] or (number and tagged.tokens[number - 1].lower in _COUNTS):
        return True
    return _says_where(tagged, tags, number)


def _in_list(tags: str, last: Movement, number: int) -> bool:
    return last.number is not None and not re.search(r'"', tags[last.number : number])


def _says_where(tagged: Tagged, tags: str, number: int) -> bool:
    end = number + 1
    while end < len(tags) and tags[end] in "mowJAGdn-" and end - number < 7:
        end += 1
    if _PLACED.match(tags, end) or any(t.lower in NEAR_HERE for t in tagged.tokens[number : end + 8]):
        return True
    return re.search(r"(?:(?:^|[,;c])w?p[dwJ]{0,2}A,?[dawJ]{0,2}|[AwGK]p[dwJ]{0,2}A;)$", tags[max(0, number - 8) : number]) is not None


def again(position: int, tagged: Tagged, tags: str, number: int, last: Movement) -> Movement | None:
    """A number that counts again the force told of before, or a part of it."""
    if any(t.word and t.word.outcome and t.lower != "fallen" for t in tagged.tokens[max(0, number - 8) : number + 8]):
        return None
    pattern = _shape(tagged, tags, number, last.sentence == position)
    if pattern is None or (re.search(r"QBa?$", tags[:number]) and tagged.tokens[number - 1].lower in ("was", "is")):
        return None
    cue = nearest_cue(tags, number)
    if pattern == "measure" and tagged.tokens[number - 1].lower == "by" and _SHRINKS & set(lower_words(tagged, max(0, number - 8), number)):
        status, cue = "withdrawn", number
    elif "peak" in lower_words(tagged, max(0, number - 3), number):
        status, cue = "completed", number
    elif cue is not None and tags[cue] in "SFV" and tagged.tokens[cue].lower != "put":
        status, cue = status_at(tagged, cue)
    else:
        status, cue = status_of_strength(tagged, number), number
        if pattern == "had_back":
            status = "withdrawn"
        if (pattern in ("of_them", "from", "in_all", "gapped", "more_like") and last.status != "denied") or (
            pattern == "further" and last.status == "withdrawn"
        ):
            status = last.status
        if pattern == "from" and _EARLIER & set(lower_words(tagged, number + 1, number + 6)):
            status = "completed"
    return Movement(position, number, number, last.force, last.personnel, last.personnel_at, status, cue, pattern, last.head, again=True)


def _shape(tagged: Tagged, tags: str, number: int, same: bool) -> str | None:
    first = max(0, number - 20)
    words, at = lower_words(tagged, first, number + 12), number - first
    near = set(words[max(0, at - 7) : at])
    measured = re.match(r"[,;.cpkD)aW]|$|od", tags[number + 1 :]) is not None
    stands = re.search(r"[tpoBdVahF]$", tags[:number]) or (at > 0 and words[at - 1] in _STANDS)
    if measured and near & (_MEASURES | _GROWS) and stands:
        return "measure"
    if same and measured and words[max(0, at - 2) : at] in _THAN_BEFORE:
        return "from"
    for pattern, before, after in _AGAIN:
        if (before is None or before.search(tags, max(0, number - 8), number)) and after.match(tags, number + 1):
            if pattern.name == "further" and not _goes_on(words, at):
                continue
            if pattern.name == "more_like" and words[at - 2 : at] not in _CLOSER:
                continue
            if pattern.name == "had_back" and words[at + 1 : at + 2] not in (["back"], ["home"], ["out"]):
                continue
            if pattern.name == "in_brackets" and not _CONTRIBUTE & set(words):
                continue
            if pattern.name == "gapped" and not same:
                continue
            if pattern.name == "joined_by" and words[at - 1] != "by":
                continue
            return pattern.name
    return None


_CONTRIBUTE = frozenset(
    "contingent contingents contributor contributors troops soldiers peacekeepers contribute contributes provide provides police".split()
)
_ON = frozenset("due left remain remained expected follow there home sent gone arrive arrived join scheduled back".split())
_ONWARDS = re.compile(
    r"\b(?:on (?:the|its|their) way|en route|off to|bound|heading|headed|flown|flying|shipped|leave|leaving|depart\w*|withdrawn|deployed|deploy|stationed|based|posted|stay|waiting|standby|ready|fly|go|pulled out|brought)\b"
)
_THAN_BEFORE = (["up", "from"], ["down", "from"], ["compared", "with"], ["compared", "to"])
_SHRINKS = frozenset("cut cuts cutting reduce reduced reducing shrink shrunk trim trimmed lower lowered drew down".split())
_EARLIER = frozenset("before ago earlier previously".split())
_CLOSER = (["more", "like"], ["closer", "to"], ["nearer", "to"])
_STANDS = frozenset("lie stand stands reach exceed exceeds exceeded topped number".split())


def _goes_on(words: Sequence[str], number: int) -> bool:
    return bool(_ON & set(words[number + 1 : number + 6])) or _ONWARDS.search(" ".join(words[number + 1 : number + 7])) is not None
