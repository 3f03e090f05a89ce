"""Parts: numbers that count some of those counted before, add up to them, or count them anew."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.mentions.counts import CountedSentence, OutcomeCount, counted_noun, stated, stated_at
from pipelines.mentions.outcome_patterns import TOLL_VERBS
from pipelines.mentions.people import people_beside
from pipelines.mentions.tokens import Tagged

_PART = re.compile(
    r"(?:(?:^|;)oq,?|(?:^|;)od[EP],|i[adq,]{0,3}|i[^PETLBhRIHW;\"(]{1,12}?(?:,c?|c)[ad]?|oq,?a?|oq[^;\"(]{1,14}?(?:,c?|c)[ad]?)$"
)

_OPENING = re.compile(r"(?:^|;)(?:oq,?|od[EP],)")
_WERE = re.compile(r"Ba?[wJ]{0,2}G")


def add_parts(here: CountedSentence, found: dict[int, OutcomeCount], previous: Sequence[OutcomeCount]) -> None:
    """Numbers that count a part of another: "including 12 children", "of whom 12 were women", "four of them"."""
    position, tagged, tags = here.position, here.tagged, here.tags
    for number in here.numbers:
        part = _PART.search(tags, 0, number) is not None
        opening = (number <= 3 or part) and _OPENING.search(tags, 0, number) is not None
        behind = opening or tags.startswith("oq", number + 1) or _WERE.match(tags, number + 1) is not None
        pointing = number in found and found[number].pattern in _POINTING
        if not behind and not pointing and not part:
            continue
        container = next((found[n] for n in sorted(found, reverse=True) if n < number and found[n].container is None), None)
        own = found.get(number)
        if container is None and own and own.pattern in _POINTING:
            container = next((p for p in reversed(previous) if p.outcome == own.outcome and p.container is None), None)
        if container is None and behind and previous:
            alike = [p for p in previous if own and p.outcome == own.outcome and p.container is None]
            container = alike[-1] if opening and alike else previous[-1]
        if container is None:
            continue
        if own and own.outcome != container.outcome and container.outcome != "killed_or_wounded":
            if container.sentence != position:
                where = (container.sentence, container.number)
                found[number] = OutcomeCount(position, number, own.trigger, own.outcome, own.people, own.pattern, where)
            continue
        if tags[number + 1 : number + 3] == "oq" and any(n not in found for n in _counted_groups(tags, number)):
            continue  # "347 Fijians serve there, 55 of them police"
        if tags[number + 1 : number + 3] == "oq" and re.search(r"G,$", tags[:number]) and container.sentence != position:
            continue  # "In their place came advisers, nearly 200 of them"
        if not own and opening and tags[number + 1 : number + 2] != "B":
            continue
        if not own and behind and _tells_else(tagged, tags, number):
            continue
        where = (container.sentence, container.number)
        if own and own.pattern in ("direct", "noun", "passive", "intransitive", "relative") and _near(own):
            if own.outcome != container.outcome and container.outcome != "killed_or_wounded":
                continue
            found[number] = OutcomeCount(position, number, own.trigger, own.outcome, own.people, own.pattern, where)
        elif own and (opening or own.pattern in _POINTING):
            found[number] = OutcomeCount(position, number, own.trigger, own.outcome, own.people, own.pattern, where)
        elif container.sentence == position or behind:
            trigger = container.trigger if container.sentence == position else number
            found[number] = OutcomeCount(
                position, number, trigger, container.outcome, people_beside(tagged, tags, number, number), "part", where
            )


def _counted_groups(tags: str, end: int) -> list[int]:
    return [m.start() for m in re.finditer(r"N[wJ]{0,2}[GJ]", tags[:end])]


# "The dead included seven children", "320 of the dead", "15 children among the dead".
_POINTING = frozenset(["included", "of_the", "among"])


def _tells_else(tagged: Tagged, tags: str, number: int) -> bool:
    """Whether another verb follows: "272 of them tested positive"."""
    after = tagged.tokens[number + 3 : number + 4]
    return tags[number + 1 : number + 4] == "oqw" and after[0].lower.endswith("ed") and not re.match(r"w[wJ]?G", tags[number + 3 :])


_GROUP = re.compile(r"N[wJA-]{0,3}G")


def add_breakdown(here: CountedSentence, found: dict[int, OutcomeCount], previous: Sequence[OutcomeCount]) -> None:
    """Groups that add up to a count told of before are its parts: "43 dead: 19 women, 15 men and nine children"."""
    position, tagged, tags = here.position, here.tagged, here.tags
    groups = [m.start() for m in _GROUP.finditer(tags) if m.start() not in found]
    listed = [found[n] for n in sorted(found) if ":" in (t.lower for t in tagged.tokens[:n])] if ":" in tagged.words else []
    wholes = [*(found[n] for n in sorted(found)), *reversed(previous)]
    for whole in wholes if len(groups) > 1 else ():
        own = stated(tagged, whole) if whole.sentence == position else None
        parts = [n for n in groups if whole.sentence != position or n > whole.number]
        if whole.container is not None or len(parts) < 2:
            continue
        total = whole.stated if whole.sentence != position else own
        if total is not None and sum(stated_at(tagged, n) for n in parts) == total:
            for n in parts:
                people = people_beside(tagged, tags, n, n)
                trigger = n if whole.sentence != position else whole.trigger
                found[n] = OutcomeCount(position, n, trigger, whole.outcome, people, "breakdown", (whole.sentence, whole.number))
            return
    if listed:
        _add_listed(tagged, found, listed)


def _add_listed(tagged: Tagged, found: dict[int, OutcomeCount], listed: Sequence[OutcomeCount]) -> None:
    """Counts behind a colon that do not exceed the one before it are its parts."""
    colon = next((i for i, t in enumerate(tagged.tokens) if t.lower == ":"), 0)
    whole = next((found[n] for n in sorted(found, reverse=True) if n < colon), None)
    alike = [c for c in listed if whole and c.outcome == whole.outcome and c.container is None]
    if whole is None or len(alike) < 2 or sum(stated_at(tagged, c.number) for c in alike) > (stated(tagged, whole) or 0):
        return
    for c in alike:
        found[c.number] = replace(c, container=(whole.sentence, whole.number))


# "JNIM put the number at over 100", "up from 650": what is counted was said before.
_RISE = frozenset(["rose", "risen", "rising", "climbed", "jumped", "increased", "grew", "fell", "up", "down"])
_GIVES = frozenset(["gave", "gives", "counted", "counts", "cited", "cites", "listed", "lists", "estimated", "reported"])
_SPEAKS = frozenset(["spoke", "speak", "speaks", "speaking", "talked", "talk", "told"])


def add_further(here: CountedSentence, found: dict[int, OutcomeCount], previous: Sequence[OutcomeCount]) -> None:
    """Numbers that say again, or anew, how many: their outcome is that of the count before them."""
    position, tagged, tags = here.position, here.tagged, here.tags
    for number in here.numbers:
        if number in found or counted_noun(tags, number) or tags[number + 1 : number + 2] in ("w", "o", "n"):
            continue
        earlier = [*previous, *(found[n] for n in sorted(found) if n < number)]
        if not earlier:
            continue
        words = [t.lower for t in tagged.tokens[max(0, number - 8) : number]]
        again = re.search(r"[CH][^;\"N]{0,8}$", tags[:number]) and words and words[-1] in TOLL_VERBS
        put = re.search(r"R[qQ]p$", tags[:number]) is not None and words[-1:] == ["at"]
        spoken = words[-2:-1] and words[-2] in _SPEAKS and words[-1] == "of"
        risen = words and words[-1] in ("from", "to") and any(w in _RISE for w in words)
        gave = words[-1:] and words[-1] in _GIVES and tags[number + 1 : number + 2] in ("", ";", ",")
        if again or risen or spoken or put or gave:
            whole = [e for e in earlier if e.container is None] or earlier
            pair = whole[-2:] if re.match(r"cN", tags[number + 1 :]) else earlier[-1:]
            two = len(pair) == 2 and pair[0].outcome != pair[1].outcome
            found[number] = OutcomeCount(position, number, number, (pair[0] if two else pair[-1]).outcome, None, "again")
            if two:
                found[number + 2] = OutcomeCount(position, number + 2, number + 2, pair[1].outcome, None, "again")


def _near(count: OutcomeCount) -> bool:
    return 0 < count.trigger - count.number <= 6
