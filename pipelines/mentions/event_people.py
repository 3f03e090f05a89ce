"""Who is at a ceremony: the principal figure, and those whom it honours with their number."""

import re
from dataclasses import dataclass

from pipelines.mentions.event_mentions import EventMention
from pipelines.mentions.events import Event
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.numbers import Number
from pipelines.mentions.speakers import speaker_of, subject_after, subject_before
from pipelines.mentions.words import Tagged

Span = tuple[int, int]

_DID = (
    r"attended|attends|presided|presides|hosted|hosts|led|leads|laid|lays|pinned|conferred|confers|handed|decorated|hung|bestowed|unveiled|addressed|opened|received|bowed|spoke|watched|reviewed|awarded"
    r"|presented|inaugurated|turned|saluted|inspected|greeted|knelt|gave|met|held|took the salute|placed|read|speaking|looked on|was there|were there|told|led|officiated|joined|lit"
)
_HOST_BEFORE = re.compile(rf"\b(?:{_DID})\b", re.IGNORECASE)
_HOST_AFTER = re.compile(
    r"\b(?:attended|unveiled|decorated|laid|conferred|presented|pinned|inaugurated|opened|awarded|presided over|led|hosted|addressed|sung|celebrated|conducted|reviewed|received|given|handed over)\b"
    r"(?: (?:in|at|on) [^,.;]{3,50}?)? by (?:the )?|\bin the presence of (?:the )?|\bpresided over by (?:the )?|\bwith (?=[^,.;]{3,50}? (?:presiding|in attendance|as (?:reviewing officer|guest of honou?r|chief guest)))",
    re.IGNORECASE,
)
_PLAYS = re.compile(r"\b(?:concert|performance|gala|recital)\b[^.;,]{0,30}? by (?:the )?", re.IGNORECASE)
_HOLDS = re.compile(
    r"\b(?:is to hold|are to hold|will hold|holds|held|staged|will stage|is to stage|gave a|gave an|give a|hosted|will host|organi[sz]ed|put on)\b"
)
_ATTENDS = re.compile(
    r"\b(?:attended|presided|received the|met the (?:aircraft|plane|coffins|families)|looked on|was there|were there|reviewed|handed over|handed out|laid|inspected|watched|saluted|greeted|pinned|addressed"
    r"|knelt|bowed|led the|gave the keys|spoke at|told the (?:crowd|mourners|families|ceremony|gathering|troops)|hug|embraced|took the salute)\b"
)
_WATCH = 4
_MARCHED = re.compile(r"\bmarch(?:ed|ing)? past (?:the )?(?=[A-Z])")
_NOT_HONOURED = frozenset(
    "guests people spectators mourners residents onlookers visitors diplomats dignitaries schoolchildren children pupils invitees worshippers inhabitants villagers relatives cases years journalists".split()
)


@dataclass(frozen=True)
class Person:
    """A figure at a ceremony: the longest name, identifier and words here."""

    name: Span
    actor_id: str | None
    words: Span


@dataclass(frozen=True)
class Honoured:
    """Those whom a ceremony honours: their words, and their number where it is theirs."""

    words: Span
    number: Number | None


def host_of(text: str, mentions: Mentions, event: Event, others: frozenset[int]) -> Person | None:
    """The principal figure: who attended, presided, laid the wreath or plays; also named in the sentences that follow."""
    for mention in event.mentions:
        found = _host_here(text, mentions, mention, event.kind)
        if found:
            return found
    last = event.mentions[0]
    for position in range(last.sentence + 1, min(last.sentence + 1 + _WATCH, len(mentions.sentences))):
        if position in others:
            return None
        tagged = mentions.sentences[position]
        verb = _ATTENDS.search(text, tagged.sentence.start, tagged.sentence.end)
        found = (
            _subject(text, mentions, tagged, verb.start()) or _named(mentions, tagged, tagged.sentence.start, verb.start(), last=False)
            if verb
            else None
        )
        if found:
            return found
    return None


def _host_here(text: str, mentions: Mentions, mention: EventMention, kind: str) -> Person | None:
    tagged = mentions.sentences[mention.sentence]
    start, end = tagged.sentence.start, tagged.sentence.end
    if kind == "concert" and (plays := _PLAYS.search(text, start, end)):
        return _phrase(text, mentions, tagged, plays.end())
    marched = _MARCHED.search(text, start, end) if kind == "parade" else None
    if marched:
        return _phrase(text, mentions, tagged, marched.end()) or _named(mentions, tagged, marched.end(), marched.end() + 40)
    after = _HOST_AFTER.search(text, start, end)
    if after:
        found = _named(mentions, tagged, after.end(), min(end, after.end() + 70)) or _phrase(text, mentions, tagged, after.end())
        if found:
            return found
    for before in _HOST_BEFORE.finditer(text, start, max(mention.name[1], start)):
        found = _subject(text, mentions, tagged, before.start()) or _named(mentions, tagged, start, before.start(), last=True)
        if found:
            return found
    holds = _HOLDS.search(text, start, end)
    return _subject(text, mentions, tagged, holds.start(), body=True) if holds else None


def _subject(text: str, mentions: Mentions, tagged: Tagged, verb: int, body: bool = False) -> Person | None:
    """The person who is the subject of the verb at an offset: "the army chief", "he"; a band or a state where ``body``."""
    index = next((i for i, t in enumerate(tagged.tokens) if t.end > verb), 0)
    if (
        index
        and tagged.tags[index - 1] == "B"
        and re.match(r"\w+(?:ed|ld|id|ng|en|ung)\b", text[verb : verb + 12])
        and not text.startswith("speaking", verb)
    ):
        return None  # "was held", "was laid"
    while index and tagged.tags[index - 1] in "Bhta":
        index -= 1
    subject = subject_before(tagged, index)
    if subject is None:
        return None
    words = tagged.tokens[subject[0] : subject[1]]
    if words and words[-1].lower in ("he", "she", "who", "leader"):
        return _earlier(mentions, tagged, words[-1].start)
    if any((t.word and t.word.ceremony) or t.lower.endswith(("ceremony", "service")) for t in words):
        return None
    named = _named(mentions, tagged, words[0].start, words[-1].end, last=False)
    if named and not body:
        return named
    by = speaker_of(text, tagged, subject, mentions.meanings, (), mentions.lexicon)
    if by is None or by.name is None or (re.search(r"[Nn]", tagged.tags[subject[0] : subject[1]]) and not body):
        return None
    many = words[-1].word is not None and words[-1].word.plural
    return Person(by.name, by.actor_id, by.words) if body or (by.person and not many) else None


def _earlier(mentions: Mentions, tagged: Tagged, at: int) -> Person | None:
    """The person named last before an offset, at most three sentences back."""
    position = mentions.sentence_at(tagged.sentence.start) or 0
    fallback: Person | None = None
    for back in range(position, max(-1, position - 4), -1):
        found = _named(mentions, mentions.sentences[back], mentions.sentences[back].sentence.start, at, last=True)
        if found and found.actor_id:
            return found
        fallback = fallback or found
    return fallback


def _named(mentions: Mentions, tagged: Tagged, start: int, end: int, last: bool = False) -> Person | None:
    """The first or last person named between two offsets: known as one, or a name of several words over one of one."""
    known: list[Person] = []
    unknown: list[Person] = []
    for token in tagged.tokens:
        meaning = mentions.meanings.get(token.start)
        if meaning is None or token.tag != "A" or not start <= token.start < end or meaning.place_id:
            continue
        person = Person(meaning.longest, meaning.actor_id, (token.start, token.end))
        if meaning.actor_id and mentions.lexicon.actors[meaning.actor_id].kind == "person":
            known.append(person)
        elif meaning.actor_id is None and token.word is None and _is_name(token.lower):
            unknown.append(person)
    found = known or unknown
    return found[-1 if last else 0] if found else None


_NO_PERSON = re.compile(
    r"\b(?:the|order|medal|cross|star|heart|park|square|cathedral|church|day|camp|base|army|navy|force|brigade|regiment|battalion|cemetery|memorial|palace|hall|house|ministry|war|republic|academy|street|company|corps|museum|airport|flag|class|eve|saint|alley|square|avenue|service|busan)\b"
)


def _is_name(words: str) -> bool:
    return " " in words and _NO_PERSON.search(words) is None


def _phrase(text: str, mentions: Mentions, tagged: Tagged, start: int) -> Person | None:
    """Whom the noun phrase at an offset names: "the armed forces minister", "the army's orchestra"."""
    first = next((i for i, t in enumerate(tagged.tokens) if t.start >= start), None)
    subject = subject_after(tagged, first) if first is not None else None
    if subject is None:
        return None
    end = next((i for i in range(subject[0] + 1, subject[1]) if tagged.tags[i] in "pc"), subject[1])
    by = speaker_of(text, tagged, (subject[0], end), mentions.meanings, (), mentions.lexicon)
    return Person(by.name, by.actor_id, by.words) if by and by.name else None


_HONOURED = re.compile(
    r"\b(?:in hono(?:u)?r of|hono(?:u)?ring|in memory of|in tribute to|commemorating|for|to hono(?:u)?r|to welcome(?: back| home)?|of)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_GROUP = re.compile(r"[Nn]?(?:od?)?(?:[wJAm-]{0,4}G+|[JA](?=[,.;pc]|$))(?:c[wJA]{0,3}G+)?(?:od?[wJAs'-]{1,9})?")
_COUNTED = re.compile(r"(N)(?:od?)?((?:[wJA]{0,3}G+|J)(?:od?[wJA]{1,4})?)")
_TO_THEM = re.compile(r"[pt](N)([wJA]{0,3}G+)")
_OF_THE_DEAD = re.compile(r"(N)(od?w)")
_BEARERS = re.compile(r"(N)([wJA]{0,3}[wXG])")
_REMAINS = frozenset("coffins caskets bodies boxes sets remains urns brothers".split())
_OF_KINDS = ("funeral", "memorial", "repatriation")


def honoured_of(text: str, mentions: Mentions, event: Event) -> Honoured | None:
    """Those whom a ceremony honours: behind "for", "in honour of" or "of", or counted in the sentence that tells of it."""
    for mention in event.mentions:
        found = _counted(mentions, event.kind, mention)
        if found and found.number:
            return found
    for mention in event.mentions:
        found = _named_honoured(text, mentions, event.kind, mention)
        if found:
            return found
    return None


def _named_honoured(text: str, mentions: Mentions, kind: str, mention: EventMention) -> Honoured | None:
    tagged = mentions.sentences[mention.sentence]
    match = _HONOURED.search(text, mention.name[1], min(tagged.sentence.end, mention.name[1] + 90))
    if not match or (match[0].lower().startswith("of") and kind not in _OF_KINDS):
        return None
    first = next((i for i, t in enumerate(tagged.tokens) if t.start >= match.end()), None)
    phrase = _GROUP.match(tagged.tags, first) if first is not None else None
    if first is None or not phrase:
        return None
    value = tagged.tokens[first].value
    number = value if isinstance(value, Number) and value.count and kind != "concert" else None
    start = first + (number is not None)
    tokens = tagged.tokens[start : phrase.end()]
    if not tokens or (len(tokens) == 1 and tokens[0].tag == "A" and number is None) or _NOT_HONOURED & {t.lower for t in tokens}:
        return None
    return Honoured((tokens[0].start, tokens[-1].end), number)


def _counted(mentions: Mentions, kind: str, mention: EventMention) -> Honoured | None:
    """The counted people of the sentence: those on whom a medal was pinned, those who swear, those in the coffins."""
    if kind not in ("decoration", "oath", "repatriation", "funeral"):
        return None
    tagged = mentions.sentences[mention.sentence]
    # A medal is given to whom the words behind the verb name; an oath is sworn by whom stands before it.
    start = mention.noun if kind == "decoration" and mention.act else 0
    if tagged.tokens[0].lower == "all" and tagged.tags[1:2] == "N":
        start = 0
    patterns = {
        "decoration": (_OF_THE_DEAD, _COUNTED),
        "oath": (_COUNTED,),
        "repatriation": (_BEARERS, _COUNTED),
        "funeral": (_COUNTED, _BEARERS),
    }
    if kind == "decoration" and not mention.act:
        patterns["decoration"], start = (_TO_THEM,), 0
    elif kind == "decoration" and "N" not in tagged.tags[start:]:
        start = 0  # "Seven soldiers were decorated"
    for pattern in patterns[kind]:
        for match in pattern.finditer(tagged.tags, start):
            number = tagged.tokens[match.start(1)].value
            tokens = tagged.tokens[match.start(2) : match.end(2)]
            if kind == "funeral" and match.end() > mention.noun + 12:
                continue
            if pattern is _TO_THEM and tagged.tokens[match.start()].lower not in ("on", "to", "for"):
                continue
            if isinstance(number, Number) and number.count and _may_count(pattern, kind, [t.lower for t in tokens]):
                return Honoured((tokens[0].start, tokens[-1].end), number)
    return _all(tagged) or _these(tagged, kind)


def _may_count(pattern: re.Pattern[str], kind: str, words: list[str]) -> bool:
    if pattern is _OF_THE_DEAD:
        return words[-1] in ("dead", "fallen")
    if pattern is _BEARERS:
        return words[-1] in _REMAINS
    return not _NOT_HONOURED & set(words) and (kind != "repatriation" or words[-1] not in ("others", "americans"))


def _all(tagged: Tagged) -> Honoured | None:
    """ "All nine were made Heroes": the number stands for them."""
    if len(tagged.tokens) < 3 or tagged.tokens[0].lower != "all" or tagged.tags[1] != "N" or tagged.tags[2] != "B":
        return None
    number = tagged.tokens[1].value
    return Honoured((tagged.tokens[0].start, tagged.tokens[1].end), number) if isinstance(number, Number) and number.count else None


def _these(tagged: Tagged, kind: str) -> Honoured | None:
    """ "another 55 were received with full honours": the number stands for those who came home."""
    match = re.search(r"(N)B", tagged.tags) if kind == "repatriation" else None
    number = tagged.tokens[match.start(1)].value if match else None
    if match is None or not isinstance(number, Number) or number.count is None:
        return None
    token = tagged.tokens[match.start(1)]
    return Honoured((token.start, token.end), number)
