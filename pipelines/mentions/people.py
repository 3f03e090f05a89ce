"""People: which words beside a number or an outcome name those whom it counts."""

import re
from collections.abc import Mapping

from pipelines.mentions.actors import Meaning
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.tokens import Tagged

Span = tuple[int, int]

# "five wounded civilians", "four of its own soldiers", "101 fallen troops".
_BESIDE = re.compile(r"\"?(?:oq|od?N|m?o?d?)([wJAEPUn-]{0,4}?[GJ]{1,2}|m?[wJA]{0,3}?G)")
# "Thirteen were children", "of whom 387 were civilians".
_PREDICATE = re.compile(r"(?:oq)?Ba?d?([wJA]{0,2}G)")
# "the number of gunmen killed … at twelve".
_COUNTED = re.compile(r"Cod?([wJA]{0,3}G)")
_NUMBER_OF = re.compile(r"d?Cod?([wJA]{0,3}G)")
# "Russian troops, he said then, were taking 1,200 casualties": an aside hides nobody.
_ASIDE = re.compile(r",[QAGwd]{1,3}R[aD]{0,2},")
# "Of the 11,000 men sent …, about 4,000 have been killed".
_SHARE = re.compile(r"od?N[wJ]{0,2}(G)[^N]{0,16},a?$")
_SUBJECT = re.compile(r"m?([wJA]{0,2}[wA])(?=,?[WahB])")
_PLAIN = re.compile(r"[JA]?w")
_BEHIND = re.compile(r"[io]d?(?P<who>[wJA]{0,3}[GJ](?:c[wJ]{0,2}G)?(?:od?[wJA]{1,4})?)")
_SUFFER = frozenset("lost suffered sustained losing suffering sustaining taken taking took takes take had incurred losses".split())
_ATTRIBUTE = re.compile(r"(?P<who>d?[wJ]?A|J)(?:s)?[wJ]{0,2}$")


def people_beside(tagged: Tagged, tags: str, number: int, trigger: int) -> Span | None:
    """The words for the victims beside the number, without determiners: "North Korean soldiers"."""
    tokens = tagged.tokens
    predicate = _PREDICATE.match(tags, number + 1)
    if predicate and not re.match(r"[^,;]{0,3}[PE]", tags[predicate.end() :]):
        return tokens[predicate.start(1)].start, tokens[predicate.end(1) - 1].end
    # "101 fallen troops": the people stand behind the word for what befell them.
    end = trigger if trigger > number and tags[trigger + 1 : trigger + 2] not in ("G", "J") else len(tags)
    match = _BESIDE.match(tags, number + 1, end)
    if match:
        return tokens[match.start(1)].start, tokens[match.end(1) - 1].end
    named = trigger > number + 1 and re.fullmatch(r"[wJA]{1,3}", tags[number + 1 : trigger]) is not None
    if named and (tags[trigger - 1] in "JA" or tokens[trigger - 1].lower.endswith("s")):
        return tokens[number + 1].start, tokens[trigger - 1].end
    if tokens[number + 1 : number + 2] and tokens[number + 1].lower == "others":
        return tokens[number + 1].start, tokens[number + 1].end
    if share := _SHARE.search(tags, 0, number):
        return tokens[share.start(1)].start, tokens[share.end(1) - 1].end
    if (subject := _SUBJECT.match(tags, number + 1)) and tokens[subject.end(1) - 1].lower.endswith("s"):
        return tokens[subject.start(1)].start, tokens[subject.end(1) - 1].end
    if trigger < number:
        counted = _COUNTED.search(tags, 0, number)
        if counted:
            return tokens[counted.start(1)].start, tokens[counted.end(1) - 1].end
        plain = _PLAIN.match(tags, number + 1)
        if plain and tokens[plain.end() - 1].lower.endswith("s"):
            return tokens[plain.start()].start, tokens[plain.end() - 1].end
    elif counted := _NUMBER_OF.match(tags, number + 1):
        return tokens[counted.start(1)].start, tokens[counted.end(1) - 1].end
    return _civilians(tagged, trigger)


def _civilians(tagged: Tagged, trigger: int) -> Span | None:
    """The adjective in "civilian deaths"."""
    token = tagged.tokens[trigger]
    if token.lower.startswith("civilian "):
        return token.start, token.start + len("civilian")
    return None


def people_behind(tagged: Tagged, number: int, trigger: int) -> Span | None:
    """The victims behind a noun of outcome: "deaths among unarmed residents"."""
    match = _BEHIND.match(tagged.tags, max(trigger, number) + 1)
    if not match:
        return None
    return tagged.tokens[match.start("who")].start, tagged.tokens[match.end("who") - 1].end


def losing_side(tagged: Tagged, tags: str, number: int, trigger: int, meanings: Mapping[int, Meaning], lexicon: Lexicon) -> Span | None:
    """The side that lost or suffered: "Kyiv had lost more than 76,000 killed", "Taliban losses at 200"."""
    tokens = tagged.tokens

    def is_side(index: int) -> bool:
        meaning = meanings.get(tokens[index].start)
        return bool(meaning and meaning.actor_id and lexicon.actors[meaning.actor_id].kind in ("state", "armed_force", "armed_group"))

    noun = (
        trigger
        if trigger < number
        else next((i for i in range(max(0, number - 6), number) if tokens[i].lower in ("losses", "casualties")), None)
    )
    if noun is not None and (match := _ATTRIBUTE.search(tags, 0, noun)):
        last = match.end("who") - 1
        if is_side(last):
            return tokens[last].start, tokens[noun].end
    tags = _ASIDE.sub(lambda m: "a" * len(m[0]), tags)
    verb = next((i for i in range(number - 1, -1, -1) if tokens[i].lower in _SUFFER), None)
    if verb is None or number - verb > (1 if tokens[verb].lower == "had" else 5):
        return None
    for index in range(verb - 1, -1, -1):
        if is_side(index):
            return tokens[index].start, tokens[index].end
        if tags[index] == "G" and (index < 2 or tags[index - 1] not in "pto"):
            first = index - 1 if index and tags[index - 1] in "JA" else index
            return tokens[first].start, tokens[index].end
        if tags[index] in ";RW,":
            return None
    return None
