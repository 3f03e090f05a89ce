"""Who leads a ceremony: the principal figure who attends, presides, lays the wreath, pins the medals or plays."""

import re
from dataclasses import dataclass

from pipelines.mentions.actors import Meaning
from pipelines.mentions.event_mentions import EventMention
from pipelines.mentions.events import Event
from pipelines.mentions.finders import caseless
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.speakers import speaker_of, subject_after, subject_before
from pipelines.mentions.tokens import Tagged, Token

Span = tuple[int, int]

_DID = (
    r"attended|attends|presided|presides|hosted|hosts|led|leads|laid|lays|pinned|conferred|confers|handed|decorated|hung|bestowed|unveiled|addressed|opened|received|bowed|spoke|watched|reviewed|awarded"
    r"|presented|inaugurated|turned|saluted|inspected|greeted|knelt|gave|met|held|took the salute|placed|read|speaking|looked on|was there|were there|told|led|officiated|joined|lit|welcomed|welcomes|dedicated|dedicates|triggered|takes the salute|took|takes|saw off|sees off|waved off|observed|paid|decorates|awards|presents|receives|pins|unveils|hands|opens|inaugurates|bestows|reviews|addresses|lights|reads|places|greets|buried|blessed|celebrated|celebrates|commissioned|christened|flagged off|broke ground"
    r"|said (?:a |the )?[Mm]ass|(?:said|bade|bid) (?:a )?(?:goodbye|farewell)|delivered|threw|thr[eo]w|cast|hoisted|raised|lowered|cut|kept"
    r"|(?:(?<=to )|(?<=will )|(?<=would ))(?:present|lay|pin|award|confer|unveil|lead|attend|host|open|take|say|celebrate|receive|decorate|dedicate|preside|welcome|inaugurate|hand|review|commission|christen|light|speak|deliver)"
)
_HOST_BEFORE = caseless(rf"\b(?:{_DID})\b")
_HOST_AFTER = caseless(
    r"\b(?:attended|unveiled|decorated|laid|conferred|presented|pinned|inaugurated|opened|awarded|presided over|led|hosted|addressed|sung|celebrated|conducted|reviewed|received|given|handed over|seen off|waved off|met|welcomed|greeted|christened|commissioned|said|offered|read|sworn|administered)\b"
    r"(?: (?:in|at|on|to) [^,.;]{3,90}?)? by (?:the )?|\bpresided over by (?:the )?|\bwith (?=[^,.;]{3,50}? (?:presiding|in attendance|as (?:reviewing officer|guest of honou?r|chief guest)))"
)
_PLAYS = re.compile(r"\b(?:concert|performance|gala|recital)\b[^.;,]{0,30}? by (?:the )?", re.IGNORECASE)
# Who is only named as there, where nobody is said to do anything.
_PRESENT = re.compile(
    r"\bunder the (?:patronage|auspices|leadership) of (?:the )?|\bin the presence(?:, [^,.;]{2,30},)? of (?:the )?|\b(?<!treaty )(?<!talks )(?<!meeting )(?<!war )(?<!agreement )(?<!deal )(?<!alliance )(?<!pact )(?<!ties )(?:with|alongside|beside|joined by) (?:the )?(?=[A-Z][^,.;]{3,60})"
)
_PLAYED = re.compile(r"\b(?:performed|played|sang|gave)\b")
_HOLDS = re.compile(
    r"\b(?:is to hold|are to hold|will hold|holds|held|staged|will stage|is to stage|gave a|gave an|give a|hosted|will host|organi[sz]ed|put on)\b"
)
_ATTENDS = re.compile(
    r"\b(?:takes? the salute|(?:will|is to) (?:attend|preside|lead|speak)|presides|officiated|conducted the|gave the (?:eulogy|address)|delivered|attended|presided|received the|met the (?:aircraft|plane|coffins|families)|looked on|was there|were there|reviewed|handed over|handed out|laid|inspected|watched|saluted|greeted|pinned|addressed"
    r"|knelt|bowed|led the|gave the keys|spoke at|told the (?:crowd|mourners|families|ceremony|gathering|troops)|hug|embraced|took the salute)\b"
)
_WATCH = 4
_MARCHED = re.compile(r"\bmarch(?:ed|ing)? past (?:the )?(?=[A-Z])")


@dataclass(frozen=True)
class Person:
    """A figure at a ceremony: the longest name, identifier and words here."""

    name: Span
    actor_id: str | None
    words: Span


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
        found = verb and (_subject(text, mentions, tagged, verb.start()) or _named(mentions, tagged, tagged.sentence.start, verb.start()))
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
    after = _HOST_AFTER.search(mentions.small, start, end)
    if after:
        found = _named(mentions, tagged, after.end(), min(end, after.end() + 70)) or _phrase(text, mentions, tagged, after.end())
        if found:
            return found
    given = _giver(text, mentions, tagged, mention)
    if given:
        return given
    played = _PLAYED.search(text, start, end) if kind == "concert" else None
    if played and (found := _subject(text, mentions, tagged, played.start(), body=True)):
        return found
    clauses = [m.end() for m in _CLAUSE.finditer(text, start, mention.name[0])]
    found = next((f for at in (*clauses[-1:], start) if (f := _doer(text, mentions, mention, kind, at))), None)
    present = _PRESENT.search(text, mention.name[1], end) if found is None else None
    return _there(text, mentions, tagged, present) if present else found


_CLAUSE = re.compile(r", (?:and|while|whereas) (?=[A-Z])|; ")


def _doer(text: str, mentions: Mentions, mention: EventMention, kind: str, start: int) -> Person | None:
    """Who does, from an offset of the sentence on, what a host does; else the body that holds the ceremony."""
    tagged = mentions.sentences[mention.sentence]
    for verb in _HOST_BEFORE.finditer(mentions.small, start, max(mention.name[1], start)):
        if kind == "decoration" and verb[0].startswith(_RECIPIENTS):
            continue
        found = _subject(text, mentions, tagged, verb.start()) or _named_before(text, mentions, tagged, verb.start(), start)
        if found:
            return found
    holds = _HOLDS.search(text, start, tagged.sentence.end)
    return _subject(text, mentions, tagged, holds.start(), body=True) if holds else None


# Who receives a medal is no host; who gives it stands behind "from" or "by".
_RECIPIENTS = ("receive", "collect")
_GIVER = re.compile(r"[^.;]{0,60}?\b(?:from|by) (?:the )?")


def _giver(text: str, mentions: Mentions, tagged: Tagged, mention: EventMention) -> Person | None:
    """Who gives what others receive: "received the medal from the king", "was made a knight by the ambassador"."""
    verb = next((i for i, t in enumerate(tagged.tokens) if t.start >= mention.name[0]), 0)
    receives = text.startswith(_RECIPIENTS, mention.name[0]) or tagged.tags[:verb].rstrip("a").endswith("B")
    by = _GIVER.match(text, mention.name[1], tagged.sentence.end) if mention.act and receives else None
    if by is None:
        return None
    found = _named(mentions, tagged, by.end(), by.end() + 16) or _phrase(text, mentions, tagged, by.end())
    return found if found and text[slice(*found.name)].lower().split()[-1] not in _ALL_OF_THEM else None


def _there(text: str, mentions: Mentions, tagged: Tagged, present: re.Match[str]) -> Person | None:
    """Whom the words behind "in the presence of" or "with" name."""
    if not present[0].startswith(("in ", "under")):
        return _named(mentions, tagged, present.end(), present.end() + 3)
    return _named(mentions, tagged, present.end(), present.end() + 60) or _phrase(text, mentions, tagged, present.end())


def _named_before(text: str, mentions: Mentions, tagged: Tagged, verb: int, start: int) -> Person | None:
    """The person named last before a verb, unless the verb tells what is done to him."""
    index = next((i for i, t in enumerate(tagged.tokens) if t.end > verb), 0)
    return None if _is_passive(text, tagged, index, verb) else _named(mentions, tagged, start, verb, last=True)


def _subject(text: str, mentions: Mentions, tagged: Tagged, verb: int, body: bool = False) -> Person | None:
    """The person who is the subject of the verb at an offset: "the army chief", "he"; a band or a state where ``body``."""
    index = next((i for i, t in enumerate(tagged.tokens) if t.end > verb), 0)
    if _is_passive(text, tagged, index, verb):
        return None
    while index and (tagged.tags[index - 1] in "Bhta" or tagged.tokens[index - 1].lower in _ADVERBS):
        index -= 1
    # "The padre and a party of 30": who is named first leads.
    together = _TOGETHER.search(tagged.tags, 0, index)
    index = together.start() if together and together.start() else index
    subject = subject_before(tagged, index)
    if subject is None:
        return None
    words = tagged.tokens[subject[0] : subject[1]]
    if words and words[-1].lower in ("he", "she", "who", "leader"):
        return _earlier(text, mentions, tagged, words[-1].start)
    if any((t.word and t.word.ceremony) or t.lower.endswith(("ceremony", "service")) for t in words) or (
        words and words[-1].lower in _ALL_OF_THEM
    ):
        return None
    named = _named(mentions, tagged, words[0].start, words[-1].end, last=False)
    if named and not body:
        return named
    by = speaker_of(text, tagged, subject, mentions.meanings, (), mentions.lexicon)
    if by is None or by.name is None or (re.search(r"[Nn]", tagged.tags[subject[0] : subject[1]]) and not body):
        return None
    many = words[-1].word is not None and words[-1].word.plural
    person = by.person or words[-1].lower in _OFFICIANTS
    return _by_name(text, mentions, Person(by.name, by.actor_id, by.words)) if body or (person and not many) else None


_ADVERBS = frozenset(
    "thereafter then also later afterwards personally jointly himself herself solemnly formally afterward last first once".split()
)
_TOGETHER = re.compile(r"(?<!,)c[dNn]?[wAJG]{1,3}(?:[op][dNn]?[wANnG]{0,2})?$")
_OFFICIANTS = frozenset(
    "padre chaplain mayor imam priest vicar rabbi archbishop cardinal dean king queen prince princess sultan emir provost lieutenant-governor".split()
)
_ALL_OF_THEM = frozenset(
    "nation country people town city village crowd crowds mourners thousands hundreds dozens families relatives world".split()
)
_TITLES = frozenset(
    "minister president governor mayor commander chief king queen general bishop ambassador secretary premier leader lord-lieutenant".split()
)
_TRIES = 20
_HONORIFICS = frozenset("shri smt mr mrs ms dr coun sir dame lord lady".split())


def _is_passive(text: str, tagged: Tagged, index: int, verb: int) -> bool:
    """Whether the verb at an offset is one of "was held", "was laid": what stands before it is no host."""
    before = tagged.tags[:index].rstrip("a")
    return (
        before.endswith("B")
        and bool(re.match(r"\w+(?:ed|ld|id|ng|en|ung)\b", text[verb : verb + 12]))
        and not text.startswith("speaking", verb)
    )


def _by_name(text: str, mentions: Mentions, person: Person) -> Person:
    """ "The prime minister" by the name that the article gave him before: "the Prime Minister, Shri Narendra Modi"."""
    title = text[slice(*person.name)]
    if person.actor_id or title.lower().split()[-1] not in _TITLES:
        return person
    at = -1
    for _ in range(_TRIES):
        at = text.find(title, at + 1, person.name[0])
        named = _name_behind(mentions, at + len(title)) if at >= 0 else None
        if at < 0 or named:
            return Person(named or person.name, person.actor_id, person.words)
    return person


def _name_behind(mentions: Mentions, offset: int) -> Span | None:
    """The name in apposition to the title that ends at an offset."""
    position = mentions.sentence_at(offset)
    if position is None:
        return None
    tokens = mentions.sentences[position].tokens
    index = next((i for i, t in enumerate(tokens) if t.start >= offset), len(tokens))
    index += index < len(tokens) and tokens[index].lower == ","
    index += index < len(tokens) and tokens[index].lower in _HONORIFICS
    if index < len(tokens) and tokens[index].start - offset < _APPOSED and tokens[index].tag == "A" and _is_name(tokens[index].lower):
        return tokens[index].start, tokens[index].end
    return None


# So many characters at most stand between a title and the name that it is of.
_APPOSED = 8
_INSIDE = frozenset(("in", "at", "near", "from", "outside"))
_SHIPS = frozenset("cruiser frigate destroyer corvette ship submarine carrier vessel warship battleship tanker".split())


def _earlier(text: str, mentions: Mentions, tagged: Tagged, at: int) -> Person | None:
    """The person named last before an offset, at most three sentences back."""
    position = mentions.sentence_at(tagged.sentence.start) or 0
    fallback: Person | None = None
    for back in range(position, max(-1, position - 4), -1):
        found = _named(mentions, mentions.sentences[back], mentions.sentences[back].sentence.start, at, last=True)
        if found and found.actor_id:
            return found
        fallback = fallback or found or _titled(text, mentions, mentions.sentences[back], at)
    return fallback


def _titled(text: str, mentions: Mentions, tagged: Tagged, at: int) -> Person | None:
    """Who begins a sentence by title: "The Prime Minister thereafter conferred"."""
    subject = subject_after(tagged, 0)
    if subject is None or subject[1] >= len(tagged.tokens) or tagged.tokens[subject[0]].start >= at:
        return None
    words = [t for t in tagged.tokens[subject[0] : subject[1]] if t.tag != "d"]
    last = next((i for i, t in enumerate(words) if t.lower.split()[-1] in _TITLES), None)
    if last is None:
        return None
    span = (words[0].start, words[last].end)
    return _by_name(text, mentions, Person(span, None, span))


def _named(mentions: Mentions, tagged: Tagged, start: int, end: int, last: bool = False) -> Person | None:
    """The first or last person named between two offsets: known as one, or a name of several words over one of one."""
    known: list[Person] = []
    unknown: list[Person] = []
    for index, token in enumerate(tagged.tokens):
        meaning = mentions.meanings.get(token.start)
        if meaning is None or token.tag != "A" or not start <= token.start < end or meaning.place_id:
            continue
        if index and tagged.tokens[index - 1].lower in _SHIPS | _INSIDE:
            continue
        person = Person(meaning.longest, meaning.actor_id, (token.start, token.end))
        if meaning.actor_id and mentions.lexicon.actors[meaning.actor_id].kind == "person":
            known.append(person)
        elif meaning.actor_id is None and token.word is None and (_is_name(token.lower) or _is_surname(token, meaning)):
            unknown.append(person)
    found = known or unknown
    return found[-1 if last else 0] if found else None


_NO_PERSON = re.compile(
    r"\b(?:the|order|medal|cross|star|heart|park|square|plaza|place|steps|cathedral|church|day|camp|base|army|navy|force|brigade|regiment|battalion|cemetery|memorial|palace|hall|house|ministry|war|republic|academy|street|company|corps|museum|airport|flag|class|eve|saint|alley|square|avenue|service|busan)\b"
)


def _is_surname(token: Token, meaning: Meaning) -> bool:
    """Whether a word is short for a longer name of the article."""
    return meaning.longest[1] - meaning.longest[0] > token.end - token.start and _NO_PERSON.search(token.lower) is None


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
