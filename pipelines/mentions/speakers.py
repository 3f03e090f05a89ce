"""Speakers: which noun phrase is the subject of a verb of saying, and whom it names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.mentions.actors import Meaning
from pipelines.mentions.lexicon import Lexicon, Named
from pipelines.mentions.tokens import Tagged, Token

Span = tuple[int, int]

# Nouns that stand for a speaker already named: "the agency also said".
_BODIES = frozenset(
    (
        "agency ministry army military group organisation organization mission office bulletin report statement committee "
        "government department service body monitor affiliate e-mail message watchdog outfit movement force forces command union "
        "militia communique communiqué officials lawmakers source sources newspaper paper pair two tally update count figure "
        "company network party administration authorities police team operation centre center directorate unit brigade garrison"
    ).split()
)
_PERSONS = frozenset(
    (
        "minister president general spokesman spokeswoman spokesperson official officer priest governor mayor commander chief "
        "leader diplomat envoy lawmaker source colonel captain major doctor nurse analyst director secretary premier ambassador "
        "bishop witness resident soldier man woman villager survivor"
    ).split()
)
_TALKERS = frozenset("update report estimates figures records monitors activists campaigners residents survivors relatives".split())
# Armed groups are called by what they are: "the rebels said".
_FIGHTERS = frozenset(
    "rebels insurgents militants guerrillas jihadists fighters separatists militiamen islamists forces troops men".split()
)
# Only these nouns can mean a state that was named before.
_OF_STATES = frozenset("government army military administration authorities forces side ministry".split()) | _PERSONS
# What these name has that word in its name: "the ministry" is no army.
_PARTICULAR = frozenset(
    (
        "ministry army military police government committee office service agency command mission newspaper paper council brigade "
        "administration authorities"
    ).split()
)
# Words that end like a noun phrase but name nobody.
_NOBODY = frozenset(
    (
        "last time that this there day week month year morning evening night figures figure number numbers toll which what one ones others"
    ).split()
)
_OWNERS = {"his": True, "her": True, "its": False, "their": None}
_PRONOUNS = {"he": True, "she": True, "it": False, "they": None}


@dataclass(frozen=True)
class Speaker:
    """Who speaks: ``words`` as named here, ``name`` the longest form of the name in the article, as spans."""

    words: Span
    name: Span | None
    actor_id: str | None
    person: bool
    plural: bool = False


_QUOTED_BY = re.compile(r"[Rw]pd?[JwA]{1,4}$")


def subject_before(tagged: Tagged, verb: int) -> Span | None:
    """Token range of the noun phrase that is the subject of the verb behind it, or None."""
    tags = tagged.tags
    end = verb
    going = tagged.tokens[verb].lower.endswith("ing") if verb < len(tags) else False
    while end and (tags[end - 1] in "ahxD" or (going and tags[end - 1] == "B")):
        end -= 1
        if end and tags[end - 1] == "p" and tags[end] == "D":
            end -= 1
    if end and tags[end - 1] == ")" and (opening := tags.rfind("(", 0, end - 1)) > 0 and end - opening <= 8:
        end = opening  # "the National Intelligence Service (NIS) said"
    quoted = _QUOTED_BY.search(tags[:end])
    if quoted and tagged.tokens[quoted.start() + 1].lower == "by":
        end = quoted.start()  # "officials quoted by the BBC said"
    if end and tags[end - 1] == "W":
        end -= 1
        if end and tags[end - 1] == ",":
            # "X, an affiliate of Y, which claimed": the relative pronoun means X.
            apposition = re.search(r",d[wJAGo-]{1,8}$", tags[: end - 1])
            end = apposition.start() if apposition else end - 1
            named = re.search(r"(?:d[wJ]{0,2})?A$", tags[:end])
            if apposition and named:
                return named.span()
    elif end and tags[end - 1] == ",":
        return _around_apposition(tagged, end)
    return _phrase_ending(tagged, end)


def _around_apposition(tagged: Tagged, end: int) -> Span | None:
    """The subject of "X, a spokesman for Y, said" is X; that of "India's director of operations, Lt Gen X, told" is X too."""
    # The stop of "Gen. Ocampo" ends no clause.
    tags = "".join("a" if tag == ";" and token.lower == "." else tag for tag, token in zip(tagged.tags, tagged.tokens, strict=True))
    opening = tags.rfind(",", 0, end - 1)
    if opening > 0 and tags[opening + 1] == "W":
        return _phrase_ending(tagged, opening)  # "the director, who disclosed this yesterday, said"
    if opening <= 0 or end - opening > 18 or re.search(r'(?<![Nn]);|["R]', tags[opening:end]):
        return None
    inside, before = (opening + 1, end - 1), _phrase_ending(tagged, opening)
    named = any(t.tag == "A" and not (isinstance(t.value, Named) and t.value.place_id) for t in tagged.tokens[inside[0] : inside[1]])
    if named and re.fullmatch(r"[wG]{0,3}(?:Aa)?A+", tags[inside[0] : inside[1]]):
        return inside
    return before


# A relative clause between a subject and its verb: "A soldier who was on guard gave …".
_RELATIVE = re.compile(r"(?P<np>(?:^|(?<=[,;\"]))[ack]*(?P<noun>d?[wJAG]{1,4})),?W[^R;\"]{2,16}$")
_CLAUSE = re.compile(r"[AGJwQqomdcspatnD-]+$")


def _phrase_ending(tagged: Tagged, end: int) -> Span | None:
    """Token range of the noun phrase that ends before ``end``."""
    relative = _RELATIVE.search(tagged.tags[:end])
    clause = tagged.tags.find("W", relative.end("noun"), end) if relative else -1
    who = clause > 0 and tagged.tokens[clause].lower == "who"
    if relative and (who or "B" in tagged.tags[relative.end("noun") : end]) and _is_phrase(tagged, *relative.span("noun")):
        return relative.span("noun")
    if end and tagged.tags[end - 1] == "Q":
        return end - 1, end
    match = _CLAUSE.search(tagged.tags, 0, end) if end else None
    if not match:
        return None
    start = match.start()
    for index in range(end - 1, start - 1, -1):
        token = tagged.tokens[index]
        if token.tag == "D" or (token.word and token.word.outcome and not token.word.outcome_uses & {"noun", "adjective", "token"}):
            start = index + 1
            break
    start = _behind_opening(tagged.tags, start, end)
    if re.match(r"w{1,2}d", tagged.tags[start:end]) and start and tagged.tags[start - 1] == "D":
        start = tagged.tags.index("d", start)  # "By Friday noon the health ministry"
    while start < end and tagged.tags[start] in "acp":
        start += 1
    return (start, end) if _is_phrase(tagged, start, end) else None


def _behind_opening(tags: str, start: int, end: int) -> int:
    """Where the subject begins behind an opening such as "At the same briefing | Lt Gen Ghai"."""
    if tags[start : start + 1] != "p":
        return start
    begins = [
        i for i in range(start + 2, end) if (tags[i] == "d" and tags[i - 1] not in "po") or (tags[i] in "AQ" and tags[i - 1] in "wGDn")
    ]
    # A later beginning inside a prepositional phrase of the subject is none: "the Ministry in New Delhi".
    return begins[0] if begins else start


def _is_phrase(tagged: Tagged, start: int, end: int) -> bool:
    tags = tagged.tags[start:end]
    if not tags or len(tags) > 22 or not re.search(r"[AGJwQm]", tags):
        return False
    head = tagged.tokens[end - 1]
    if head.lower in _NOBODY and len(tags) <= 2:
        return False
    if re.search(r"[AJQG]", tags):
        return True
    return tags[0] == "d" or head.lower.endswith("s") or head.lower in _BODIES | _PERSONS


_AFTER = re.compile(r"[dnmaJwAGsQo-]*(?:(?:[pc](?=[dJAGw]))[dmaJwAGso-]*)*")


def subject_after(tagged: Tagged, start: int) -> Span | None:
    """Token range of the noun phrase that begins at ``start``: up to a comma, a verb or the end."""
    if tagged.tags[start : start + 1] == "Q":
        return start, start + 1
    match = _AFTER.match(tagged.tags, start)
    if not match or match.end() == start or not re.search(r"[AGJwQ]", match[0]):
        return None
    if not re.search(r"[AGJQ]", match[0]) and _head(tagged, start, match.end()) not in _BODIES | _PERSONS | _TALKERS:
        return None
    return start, match.end()


def speaker_of(
    text: str, tagged: Tagged, subject: Span, meanings: Mapping[int, Meaning], before: Sequence[Speaker], lexicon: Lexicon
) -> Speaker | None:
    """Whom the tokens of ``subject`` name; pronouns and "the agency" mean somebody of ``before``."""
    first = subject[0]
    while first < subject[1] and tagged.tags[first] in "dnN-;":
        first += 1
    tokens = tagged.tokens[first : subject[1]]
    owner = _owner_of_document(tagged, first, subject[1]) if first < subject[1] else None
    if owner:
        return speaker_of(text, tagged, owner, meanings, before, lexicon)
    if not tokens and tagged.tokens[subject[0]].lower in _OWNERS:
        owner_word = tagged.tokens[subject[0]]
        return _earlier((owner_word.start, owner_word.end), before, _OWNERS[owner_word.lower])
    if not tokens or (tokens[-1].tag != "A" and tokens[-1].lower in ("i", "we", "you", "who", "which")):
        return None
    words = (tokens[0].start, tokens[-1].end)
    last = tokens[-1].lower
    if last in _PRONOUNS and len(tokens) <= 2:
        return _earlier(words, before, _PRONOUNS[last])
    if last in _OF_BODIES and len(tokens) <= 2 and tagged.tokens[subject[0]].lower in ("a", "an") and all(t.tag in "wG" for t in tokens):
        # "A spokesman warned": he speaks for whom the text told of before.
        found = _earlier(words, before, False)
        if found and len(tokens) == 1:
            return found
    named = [(t, meanings[t.start]) for t in tokens if t.start in meanings]
    actor_id = _actor(named, lexicon)
    if (actor_id is None or lexicon.actors[actor_id].kind == "state") and (found := _meant(text, tagged, subject, words, before, lexicon)):
        return found
    unknown_name = any(t.tag == "A" and t.value is None for t in tokens)
    person = (
        unknown_name
        or last in _PERSONS
        or _head(tagged, first, subject[1]) in _PERSONS
        or bool(actor_id and lexicon.actors[actor_id].kind == "person")
    )
    if len(tokens) == 1 and named:
        return Speaker(words, named[0][1].longest, named[0][1].actor_id, person)
    many = actor_id is None and not unknown_name and any(t.word is not None and t.word.group is not None and t.word.plural for t in tokens)
    return Speaker(words, words, actor_id, person, many)


_OF_BODIES = frozenset(["spokesman", "spokeswoman", "spokesperson", "representative"])
_DOCUMENT = re.compile(r"(?P<who>d?[wJAG]{1,5})s[wJa]{0,3}$")
_DOCUMENTS = frozenset(
    "update statement report bulletin count tally figures communique communiqué estimate estimates assessment account e-mail".split()
)


def _owner_of_document(tagged: Tagged, first: int, end: int) -> Span | None:
    """Whose document it is that speaks: "the spokesman's previous update", "a statement from the rebels"."""
    if tagged.tokens[end - 1].lower in _DOCUMENTS and (match := _DOCUMENT.match(tagged.tags[first : end - 1])):
        return first, first + match.end("who")
    attached = next((i for i in range(first + 1, end) if tagged.tokens[i].lower in _DOCUMENTS and tagged.tags[i - 1] == "A"), None)
    if attached is not None:
        return first, attached  # "a Defence Ministry communiqué read out on state television"
    if tagged.tokens[first].lower in _DOCUMENTS and first and tagged.tokens[first - 1].lower in _OWNERS:
        return first - 1, first  # "its statement on Telegram"
    if tagged.tokens[first].lower in _DOCUMENTS and first + 2 < end and tagged.tokens[first + 1].lower in ("from", "by", "of"):
        return first + 2, end
    return None


def _head(tagged: Tagged, first: int, end: int) -> str:
    """The noun that a phrase is about: the soldier of "soldier at the gate"."""
    cut = next((i for i in range(first + 1, end) if tagged.tags[i] in "poW"), end)
    return tagged.tokens[cut - 1].lower


def _meant(text: str, tagged: Tagged, subject: Span, words: Span, before: Sequence[Speaker], lexicon: Lexicon) -> Speaker | None:
    """Whom "the agency" or "the Britain-based monitor" means: somebody who was named before."""
    head = tagged.tokens[subject[1] - 1].lower
    determiner = tagged.tokens[subject[0]].lower
    if head in _FIGHTERS and determiner in ("the", "its", "their") and subject[1] - subject[0] <= 2:
        armed = [s for s in before[-40:] if s.actor_id and lexicon.actors[s.actor_id].kind == "armed_group"]
        return _earlier(words, armed if determiner == "the" else before, False)
    if head not in _BODIES | _PERSONS or determiner not in ("the", "that", "this", "its", "his", "her") or subject[1] - subject[0] > 4:
        return None
    if re.search(r"[oc]", tagged.tags[subject[0] : subject[1]]):
        return None
    if head in _PARTICULAR:
        before = [s for s in before[-40:] if s.name and (head in text[slice(*s.name)].lower() or _is_a(s.actor_id, head, lexicon))]
    if head not in _OF_STATES:
        before = [s for s in before[-40:] if not (s.name and _is_state(text[slice(*s.name)], lexicon))]
    return _earlier(words, before, None if head in _BODIES & _PERSONS else head in _PERSONS)


def _is_state(name: str, lexicon: Lexicon) -> bool:
    named = lexicon.names.get(name.lower())
    return bool(named and named.actor_id and lexicon.actors[named.actor_id].kind == "state")


# Which kind of actor a noun can mean although its name does not hold that word.
_KINDS = {
    "agency": "agency",
    "service": "agency",
    "army": "armed_force",
    "military": "armed_force",
    "newspaper": "medium",
    "paper": "medium",
    "government": "state",
}


def _is_a(actor_id: str | None, noun: str, lexicon: Lexicon) -> bool:
    return actor_id is not None and lexicon.actors[actor_id].kind == _KINDS.get(noun)


def _actor(named: Sequence[tuple[Token, Meaning]], lexicon: Lexicon) -> str | None:
    """The most particular known actor of a noun phrase: a person over a body over the state in front of it."""
    ids = [m.actor_id for _, m in named if m.actor_id]
    kinds = [lexicon.actors[i].kind for i in ids]
    if "person" in kinds:
        return ids[kinds.index("person")]
    return next((i for i, kind in zip(ids, kinds, strict=True) if kind != "state"), ids[0] if ids else None)


def _earlier(words: Span, before: Sequence[Speaker], person: bool | None) -> Speaker | None:
    """The last speaker of the kind that a pronoun or a noun such as "the ministry" stands for."""
    for speaker in reversed(before[-12:]):
        if speaker.name and (person is None or (speaker.person == person and not (speaker.plural and person is False))):
            return Speaker(words, speaker.name, speaker.actor_id, speaker.person)
    return None
