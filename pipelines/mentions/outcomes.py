"""Outcomes: which numbers count people who were killed, wounded, captured or the like, by which words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.mentions.actors import Meaning
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.numbers import Number
from pipelines.mentions.outcome_patterns import PATTERNS
from pipelines.mentions.patterns import Pattern, compiled
from pipelines.mentions.singles import ONE, Single, find_singles
from pipelines.mentions.victims import people_beside
from pipelines.mentions.words import Tagged, Token

Span = tuple[int, int]


_COMPILED = compiled(PATTERNS)
_TOLL_VERB = frozenset(
    (
        "at to reached reaching hit exceeded exceeding topped stood of is was were are as totalled totaled passed surpassed : "
        "above from numbering numbered stands rose climbed"
    ).split()
)
_COUNTERS = frozenset(["number", "numbers", "figure", "figures", "count", "tally", "total", "estimate"])
_MAYBE = frozenset("could would may might can will".split())
# "Two separate killings" counts events.
_EVENTS = frozenset("separate different such similar other alleged suspected".split())
# Verbs that mean deaths where people are their object: "cost them eight men", "buried seven soldiers".
_LOST = frozenset("lost losing lose loses cost costing costs buried bury burying".split())
_FREED = frozenset("rescued freed released free rescue liberated release".split())
_FORECAST = re.compile(r"\b(?:could|would|will|may|might|can) (?:\w+ly )?(?:be|kill|die|lose)\b")


@dataclass(frozen=True)
class OutcomeCount:
    """A number of people to whom one outcome befell; token positions in its sentence.

    ``number`` is the number's position, ``trigger`` that of the word that states the outcome, ``people`` the span of
    the words for the victims (None: not named beside the number), ``container`` the number that includes this one.
    """

    sentence: int
    number: int
    trigger: int
    outcome: str
    people: Span | None
    pattern: str
    container: tuple[int, int] | None = None
    single: Single | None = None
    stated: int | None = None


def outcome_tags(tagged: Tagged) -> str:
    """The sentence's tags with those for outcomes in place."""
    tags = "".join(_tag(t) for t in tagged.tokens)
    for index, token in enumerate(tagged.tokens):
        # "Eight displaced people were slain", "killed eight prisoners": here the fugitives and captives are the victims.
        if token.word and token.word.outcome in ("displaced", "captured") and tags[index] in "OP" and _are_victims(tags, index):
            tags = f"{tags[:index]}{'G' if tags[index] == 'O' else 'w'}{tags[index + 1 :]}"
    return tags


_HARMED_AFTER = re.compile(r"[^,;.R]{0,14}?[PETI]")
_HARMED_BEFORE = re.compile(r"(?:[TPL]|O[oi])[adc]{0,2}N[^OPNB,]{0,3}$")


def _are_victims(tags: str, index: int) -> bool:
    """Whether words for captives or fugitives name those to whom something else befell."""
    if tags[index] == "P" and (index == 0 or tags[index - 1] != "N"):
        return False
    return bool(_HARMED_AFTER.match(tags, index + 1) or _HARMED_BEFORE.search(tags, 0, index))


def _tag(token: Token) -> str:
    if token.word is not None and token.word.outcome:
        uses = token.word.outcome_uses
        for use, tag in (
            ("toll", "H"),
            ("token", "M"),
            ("intransitive", "I"),
            ("adjective", "E"),
            ("participle", "P"),
            ("people_participle", "U"),
            ("transitive", "T"),
        ):
            if use in uses:
                return tag
        return "E" if "fall" in uses else "O"
    if token.lower in _LOST:
        return "L"
    if token.lower in ("remain", "remained", "remains"):
        return "B"
    if token.lower in _COUNTERS:
        return "C"
    return token.tag


def find_outcomes(text: str, sentences: Sequence[Tagged], meanings: Mapping[int, Meaning], lexicon: Lexicon) -> list[OutcomeCount]:
    """All counted outcomes of an article in order of the text."""
    found: list[OutcomeCount] = []
    singles: list[Single] = []
    letters = text[:4000]
    small = sum(map(str.isupper, letters)) < 0.012 * len(letters)
    for position, tagged in enumerate(sentences):
        if "N" in tagged.tags:
            previous = [f for f in found[-100:] if f.sentence >= position - 3]
            found.extend(replace(c, stated=_stated(tagged, c)) for c in _in_sentence(position, tagged, previous, sentences))
        singles.extend(find_singles(position, tagged, outcome_tags(tagged), meanings, lexicon, small))
    return _with_singles(found, singles, sentences)


def _with_singles(found: Sequence[OutcomeCount], singles: Sequence[Single], sentences: Sequence[Tagged]) -> list[OutcomeCount]:
    """The counts with the single victims that none of them counts."""
    merged = list(found)
    counted: dict[int, list[Span]] = {}
    for f in found:
        start, end = sentences[f.sentence].tokens[f.number].start, sentences[f.sentence].tokens[f.number].end
        counted.setdefault(f.sentence, []).append((start, max(end, f.people[1] if f.people else 0)))
    for s in singles:
        tokens = sentences[s.sentence].tokens
        start, end = tokens[s.first].start, tokens[s.last].end
        if any(a < end and start < b for a, b in counted.get(s.sentence, ())):
            continue
        who = s.first + (tokens[s.first].tag == "d" and s.last > s.first)
        people = tokens[who].start, end
        merged.append(OutcomeCount(s.sentence, s.first, s.trigger, s.outcome, people, f"single_{s.pattern}", single=s))
    return sorted(merged, key=lambda c: (c.sentence, c.number))


def _in_sentence(position: int, tagged: Tagged, previous: Sequence[OutcomeCount], sentences: Sequence[Tagged]) -> list[OutcomeCount]:
    tags = outcome_tags(tagged)
    found: dict[int, OutcomeCount] = {}
    for number in _numbers(tagged, tags):
        best = min(_candidates(position, tagged, tags, number), default=None, key=lambda c: c[0])
        if best and not _means_things(position, tags, number, sentences):
            found[number] = best[1]
    _add_parts(position, tagged, tags, found, previous)
    _add_further(position, tagged, tags, found, previous)
    _add_breakdown(position, tagged, tags, found, previous)
    return [found[n] for n in sorted(found)]


def _means_things(position: int, tags: str, number: int, sentences: Sequence[Tagged]) -> bool:
    """Whether "1,200 of them" looks back at things rather than people."""
    if tags[number + 1 : number + 3] != "oq":
        return False
    before = "".join(outcome_tags(t) for t in sentences[max(0, position - 1) : position]) + tags[:number]
    return bool(re.search(r"X[^G]*$", before))


def _numbers(tagged: Tagged, tags: str) -> Iterator[int]:
    """Positions of the numbers that may count people here."""
    for index, token in enumerate(tagged.tokens):
        if token.tag != "N" or _head(tags, index) == "X":
            continue
        if token.lower == "one" and not re.match(r"[mwJAa-]{0,3}?[GOPEoJM]", tags[index + 1 :]):
            continue
        if index and tagged.tokens[index - 1].lower in ("every", "each"):
            continue
        if index and tags[index - 1] == "q" and token.lower.startswith("under "):
            continue  # "most of them under 18"
        if _BASE.search(tags, 0, index) and not _WHO_DIED.match(tags, index + 1):
            continue
        if index and tags[index - 1] == "x" and tagged.tokens[index - 1].lower in ("no", "not", "none"):
            continue
        yield index


# "Of the 11,000 men sent, about 4,000 …": the number that others are a share of.
_BASE = re.compile(r"(?:^|[,;W\"k])od?$")


_WHO_DIED = re.compile(r"[wJ]{0,2}G?,?W[ahB]*[PUIE]")


def _head(tags: str, number: int) -> str:
    """The tag of the noun that a number counts, as far as the words show it."""
    match = re.match(r"m?(?:od?)?[wJAamn-]{0,4}?([GXO])", tags[number + 1 :])
    return match[1] if match else ""


def _candidates(position: int, tagged: Tagged, tags: str, number: int) -> Iterator[tuple[tuple[int, int], OutcomeCount]]:
    """(rank, count) for every pattern that fits the number: the nearer the deciding word, the better."""
    for order, (pattern, before, after) in enumerate(_COMPILED):
        left = before.search(tags, 0, number) if before else None
        if before and not left:
            continue
        right = after.match(tags, number + 1)
        if not right:
            continue
        trigger = _trigger(tags, left.start(), number) if left else _last(tags, right.end())
        if not _holds(pattern, tagged, tags, number, trigger):
            continue
        distance = abs(number - trigger) + 3 * tags.count(",", min(number, trigger), max(number, trigger))
        word = tagged.tokens[trigger].word
        if word and word.outcome == "captured" and any(t.lower in _FREED for t in tagged.tokens[max(0, number - 3) : number]):
            continue
        outcome = word.outcome if word and word.outcome else "killed"
        if outcome == "killed" and _is_joined(tagged, tags, trigger):
            outcome = "killed_or_wounded"
        people = people_beside(tagged, tags, number, trigger)
        yield (distance, order), OutcomeCount(position, number, trigger, outcome, people, pattern.name)


def _is_joined(tagged: Tagged, tags: str, trigger: int) -> bool:
    """Whether the same people may also be wounded: "were killed, wounded or went missing"."""
    match = re.compile(r"(?:,|k|c)P").match(tags, trigger + 1) if tags[trigger] == "P" else None
    word = tagged.tokens[match.end() - 1].word if match else None
    return bool(word and word.outcome == "wounded" and tagged.tokens[trigger + 1].lower in (",", "or", "and"))


def _trigger(tags: str, start: int, number: int) -> int:
    """The deciding word before a number: "killed" in "the number of gunmen killed … at"."""
    return start if tags[start] != "C" else max(i for i in range(start, number) if tags[i] in "PUEOI")


def _last(tags: str, end: int) -> int:
    """The position of the deciding word: the last outcome tag before ``end``."""
    return max(i for i in range(end) if tags[i] in "PUEOIML" or (i == end - 1 and tags[i] != "G")) if tags[end - 1] == "G" else end - 1


def _holds(pattern: Pattern, tagged: Tagged, tags: str, number: int, trigger: int) -> bool:
    """What a pattern asks for beyond its tags."""
    tokens = tagged.tokens
    people = (
        _head(tags, number) == "G"
        or re.search(r"oq\"?$", tags[:number]) is not None
        or tags[number + 1 : number + 2] in ("J", "m")
        or tags[number + 1 : number + 3] == "oq"
    )
    if pattern.before and any(t.lower in _MAYBE for t in tokens[max(0, trigger - 2) : trigger]):
        return False
    if pattern.name == "with_wounds":
        word = tokens[trigger].word
        return bool(word and word.outcome == "wounded") and "with" in (t.lower for t in tokens[number + 1 : trigger])
    if pattern.name == "noun" and any(t.lower in _EVENTS for t in tokens[number + 1 : trigger]):
        return False
    if pattern.name in ("lost", "lost_list"):
        return people
    if tokens[trigger].lower in ("loss", "fell"):
        return people or pattern.name == "number_of" or tags[number + 1 : number + 2] == "A"
    if tags[trigger] == "U" and not people and pattern.name not in ("passive", "number_of", "number_before"):
        return False
    if pattern.name in ("toll", "noun_at", "number_of"):
        return tokens[number - 1].lower in _TOLL_VERB
    if pattern.name in ("passive", "intransitive"):
        between = tokens[number + 1 : trigger]
        if "oqN" in tags[number + 1 : trigger]:
            return False  # "of whom 14 were killed"
        words = " ".join(t.lower for t in between)
        if any(t.lower in ("not", "no", "never") for t in between[-4:]) or _FORECAST.search(words + " " + tokens[trigger].lower):
            return False
        # "by" before the verb: another clause has begun.
        verb = next((i for i, t in enumerate(between) if t.tag in "Bh"), len(between))
        return "by" not in (t.lower for t in between[max(0, verb - 3) : verb])
    if pattern.name == "noun_of":
        return tokens[number - 1].lower not in ("by", "at", "in", "on", "from", "after", "within", "near", "with", "for")
    return True


_PART = re.compile(r"(?:^oq,?|^od[EP],|i[adq,]{0,3}|i[^PETLBhRIHW;\"(]{1,12}?(?:,c?|c)[ad]?|oq,?a?|oq[^;\"(]{1,14}?(?:,c?|c)[ad]?)$")


def _add_parts(position: int, tagged: Tagged, tags: str, found: dict[int, OutcomeCount], previous: Sequence[OutcomeCount]) -> None:
    """Numbers that count a part of another: "including 12 children", "of whom 12 were women", "four of them"."""
    for number in _numbers(tagged, tags):
        opening = re.match(r"oq,?|od[EP],", tags) is not None and (number <= 3 or _PART.search(tags[:number]) is not None)
        behind = opening or tags[number + 1 : number + 3] == "oq" or re.match(r"Ba?[wJ]{0,2}G", tags[number + 1 :]) is not None
        pointing = number in found and found[number].pattern in _POINTING
        if not behind and not pointing and not _PART.search(tags[:number]):
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


# "The dead included seven children", "320 of the dead", "15 children among the dead".
_POINTING = frozenset(["included", "of_the", "among"])


def _tells_else(tagged: Tagged, tags: str, number: int) -> bool:
    """Whether another verb follows: "272 of them tested positive"."""
    after = tagged.tokens[number + 3 : number + 4]
    return tags[number + 1 : number + 4] == "oqw" and after[0].lower.endswith("ed") and not re.match(r"w[wJ]?G", tags[number + 3 :])


_GROUP = re.compile(r"N[wJA-]{0,3}G")


def _add_breakdown(position: int, tagged: Tagged, tags: str, found: dict[int, OutcomeCount], previous: Sequence[OutcomeCount]) -> None:
    """Groups that add up to a count told of before are its parts: "43 dead: 19 women, 15 men and nine children"."""
    groups = [m.start() for m in _GROUP.finditer(tags) if m.start() not in found]
    listed = [found[n] for n in sorted(found) if ":" in (t.lower for t in tagged.tokens[:n])]
    wholes = [*(found[n] for n in sorted(found)), *reversed(previous)]
    for whole in wholes:
        stated = _stated(tagged, whole) if whole.sentence == position else None
        parts = [n for n in groups if whole.sentence != position or n > whole.number]
        if whole.container is not None or len(parts) < 2:
            continue
        total = whole.stated if whole.sentence != position else stated
        if total is not None and sum(_value(tagged, n) for n in parts) == total:
            for n in parts:
                people = people_beside(tagged, tags, n, n)
                trigger = n if whole.sentence != position else whole.trigger
                found[n] = OutcomeCount(position, n, trigger, whole.outcome, people, "breakdown", (whole.sentence, whole.number))
            return
    _add_listed(tagged, found, listed)


def _add_listed(tagged: Tagged, found: dict[int, OutcomeCount], listed: Sequence[OutcomeCount]) -> None:
    """Counts behind a colon that do not exceed the one before it are its parts."""
    colon = next((i for i, t in enumerate(tagged.tokens) if t.lower == ":"), 0)
    whole = next((found[n] for n in sorted(found, reverse=True) if n < colon), None)
    alike = [c for c in listed if whole and c.outcome == whole.outcome and c.container is None]
    if whole is None or len(alike) < 2 or sum(_value(tagged, c.number) for c in alike) > (_stated(tagged, whole) or 0):
        return
    for c in alike:
        found[c.number] = replace(c, container=(whole.sentence, whole.number))


def _value(tagged: Tagged, number: int) -> int:
    value = tagged.tokens[number].value
    return (value.count.stated or 0) if isinstance(value, Number) and value.count else 0


def _stated(tagged: Tagged, count: OutcomeCount) -> int | None:
    return _value(tagged, count.number) or None


# "JNIM put the number at over 100", "up from 650": what is counted was said before.
_RISE = frozenset(["rose", "risen", "rising", "climbed", "jumped", "increased", "grew", "fell", "up", "down"])
_SPEAKS = frozenset(["spoke", "speak", "speaks", "speaking", "talked", "talk", "told"])


def _add_further(position: int, tagged: Tagged, tags: str, found: dict[int, OutcomeCount], previous: Sequence[OutcomeCount]) -> None:
    """Numbers that say again, or anew, how many: their outcome is that of the count before them."""
    for number in _numbers(tagged, tags):
        if number in found or _head(tags, number) or tags[number + 1 : number + 2] in ("w", "o", "n"):
            continue
        earlier = [*previous, *(found[n] for n in sorted(found) if n < number)]
        if not earlier:
            continue
        words = [t.lower for t in tagged.tokens[max(0, number - 8) : number]]
        again = re.search(r"[CH][^;\"N]{0,8}$", tags[:number]) and words and words[-1] in _TOLL_VERB
        spoken = words[-2:-1] and words[-2] in _SPEAKS and words[-1] == "of"
        risen = words and words[-1] in ("from", "to") and any(w in _RISE for w in words)
        if again or risen or spoken:
            pair = earlier[-2:] if risen and re.match(r"cN", tags[number + 1 :]) else earlier[-1:]
            found[number] = OutcomeCount(position, number, number, pair[0].outcome, None, "again")
            if len(pair) == 2 and pair[0].outcome != pair[1].outcome:
                found[number + 2] = OutcomeCount(position, number + 2, number + 2, pair[1].outcome, None, "again")


def _near(count: OutcomeCount) -> bool:
    return 0 < count.trigger - count.number <= 6


def number_of(tagged: Tagged, count: OutcomeCount) -> Number:
    """The number that a counted outcome states."""
    if count.single:
        return Number(tagged.tokens[count.single.first].start, tagged.tokens[count.single.last].end, ONE)
    value = tagged.tokens[count.number].value
    assert isinstance(value, Number)
    return value
