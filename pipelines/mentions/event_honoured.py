"""Whom a ceremony honours, with their number."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.mentions.event_mentions import EventMention
from pipelines.mentions.events import Event
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.numbers import Number
from pipelines.mentions.tokens import Tagged, Token

Span = tuple[int, int]

_NOT_HONOURED = frozenset(
    "guests people spectators mourners residents onlookers visitors diplomats dignitaries schoolchildren children pupils invitees worshippers inhabitants villagers relatives cases years journalists pallbearers bearers buglers riflemen drummers pipers floats".split()
)


@dataclass(frozen=True)
class Honoured:
    """Those whom a ceremony honours: their words, and their number where it is theirs."""

    words: Span
    number: Number | None


_HONOURED = re.compile(
    r"\b(?:in hono(?:u)?r of|hono(?:u)?ring|in memory of|in tribute to|commemorating|for|to hono(?:u)?r|to welcome(?: back| home)?|of)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_GROUP = re.compile(r"[Nn]?(?:od?)?(?:[wJAm-]{0,4}G+|[JA](?=[,.;pc]|$))(?:c[wJA]{0,3}G+)?(?:od?[wJAs'-]{1,9})?")
_COUNTED = re.compile(r"(N)(?:od?)?((?:[wJA]{0,3}G+|J)(?:od?[wJA]{1,4})?)")
_TO_THEM = re.compile(r"[pt](N)([wJA]{0,3}G+)")
_OF_THEM = re.compile(r"[pt](N)(oq)")
_OF_THE_DEAD = re.compile(r"(N)(od?w)")
_BEARERS = re.compile(r"(N)([wJA]{0,3}[wXG])")
_REMAINS = frozenset("coffins caskets bodies boxes sets remains urns brothers".split())
_OF_KINDS = ("funeral", "memorial", "repatriation")


_REMEMBERS = ("memorial", "commemoration")
# "the 112 sailors killed", "where 649 names are cut", "the names of 87 men", "homage to the 527".
_KILLED = re.compile(
    r"\b(?:killed|died|dead|fell|fallen|drowned|lost|perished|martyred|martyrs|slain|sacrifice|identified|missing|went down|(?:come|came) back|bravehearts)\b"
)
_NAMES_OF = re.compile(
    r"\b(?:names of|faces of|portraits of|memory of|respects to|homage (?:\w+ )?to|tribute (?:\w+ )?to|(?:memorial|monument|cenotaph|statue|stone|plaque|cross|obelisk) (?:to|for)|dedicated to|[Mm]ass for"
    r"|silence for|vigil for|candles? for|wreaths? for|flowers for|relatives of|families of) (?:the |all |some )*$"
)
_WELCOMED = re.compile(
    r"\b(?:hosted|hosts|host|received|receives|welcomed|welcomes|greeted|greets|met|for|invited|honou?red|saw off|waved off|farewell to|send-off (?:for|of)|home|back)(?: home| back)? (?:the |some |about |all )*$"
)
_GREETS = ("reception", "other")


def honoured_of(text: str, mentions: Mentions, event: Event) -> Honoured | None:
    """Those whom a ceremony honours: behind "for", "in honour of" or "of", or counted in the sentence that tells of it."""
    for mention in event.mentions:
        found = _counted(mentions, event.kind, mention) or _remembered(text, mentions, event.kind, mention)
        if found and found.number:
            return found
    before = _told_before(text, mentions, event)
    for mention in event.mentions if before is None else ():
        found = _named_honoured(text, mentions, event.kind, mention)
        if found:
            return found
    return before


_THEIRS = re.compile(
    r"\b(?:their names|[Tt]hey (?:will be|were|are to be|are being) (?:buried|laid to rest)|names of the (?:dead|fallen)|[Tt]he state funeral (?:was|will|is|took|takes))\b"
)
_BACK = 4


def _words(tokens: Sequence[Token]) -> Span:
    """The words for those honoured: "of the dead" are the dead."""
    first = next((t for t in tokens if t.tag not in "od"), tokens[0])
    return first.start, tokens[-1].end


def _told_before(text: str, mentions: Mentions, event: Event) -> Honoured | None:
    """ "A stone with their names": the dead or the coffins that the sentences before count."""
    first = event.mentions[0].sentence
    sentence = mentions.sentences[first].sentence
    if event.kind not in ("funeral", "memorial") or not _THEIRS.search(text, sentence.start, sentence.end):
        return None
    for position in range(first - 1, max(-1, first - 1 - _BACK), -1):
        tagged = mentions.sentences[position]
        coffins = [m.start(1) for m in _BEARERS.finditer(tagged.tags) if tagged.tokens[m.end() - 1].lower in _REMAINS]
        start = bisect_left(mentions.outcomes, position, key=lambda o: o.sentence)
        end = bisect_right(mentions.outcomes, position, key=lambda o: o.sentence)
        dead = [o.number for o in mentions.outcomes[start:end] if o.outcome == "killed" and o.single is None]
        for index in (*coffins, *dead):
            token, behind = tagged.tokens[index], tagged.tokens[index + (index in coffins)]
            if isinstance(token.value, Number) and token.value.count and token.value.count.best:
                return Honoured((behind.start, behind.end), token.value)
    return None


def _remembered(text: str, mentions: Mentions, kind: str, mention: EventMention) -> Honoured | None:
    """The dead whom a sentence about a wreath or a stone counts, or the soldiers whom one about a welcome does."""
    if kind not in _REMEMBERS + _GREETS:
        return None
    tagged = mentions.sentences[mention.sentence]
    for match in re.finditer("N", tagged.tags):
        token = tagged.tokens[match.start()]
        if not isinstance(token.value, Number) or token.value.count is None or tagged.tags[match.start() - 1 : match.start()] == "A":
            continue
        ahead = tagged.tokens[match.end() : match.end() + 3]
        group = _GROUP.match(tagged.tags, match.start())
        words = tagged.tokens[match.end() : group.end()] if group else ()
        if _NOT_HONOURED & {t.lower for t in (*words, *ahead[:1])}:
            continue
        before = text[max(tagged.sentence.start, token.start - 40) : token.start]
        behind = text[token.end : min(tagged.sentence.end, token.end + 70)].partition(",")[0]
        named = bool(ahead) and ahead[0].lower in ("names", "portraits", "faces", "dead", "fallen")
        if kind in _GREETS:
            fits = _WELCOMED.search(before) is not None or _is_of_passive(text, mention, token.end)
        else:
            fits = named or _NAMES_OF.search(before) is not None or (bool(words) and _KILLED.search(behind) is not None)
        if fits:
            return Honoured(_words(words) if words else (token.start, token.end), token.value)
    return None


_CLAUSE = re.compile(r", and [A-Z]|;")


# So many characters before "were seen off" stands the number of who was.
_BESIDE = 12
_PASSIVE = re.compile(r" (?:was|were|are to be|will be) ")


def _is_of_passive(text: str, mention: EventMention, end: int) -> bool:
    """Whether a number counts the subject of an act: "125 peacekeepers were seen off"."""
    passive = _PASSIVE.search(text, *mention.name) if mention.act else None
    return passive is not None and mention.name[0] - _BESIDE < end < passive.start()


def _named_honoured(text: str, mentions: Mentions, kind: str, mention: EventMention) -> Honoured | None:
    tagged = mentions.sentences[mention.sentence]
    end = min(tagged.sentence.end, mention.name[1] + 90)
    clause = _CLAUSE.search(text, mention.name[1], end)
    match = _HONOURED.search(text, mention.name[1], clause.start() if clause else end)
    if not match or (match[0].lower().startswith("of") and (kind not in _OF_KINDS or mention.act)):
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
    return Honoured(_words(tokens) if number else (tokens[0].start, tokens[-1].end), number)


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
        "decoration": (_OF_THEM, _OF_THE_DEAD, _COUNTED),
        "oath": (_COUNTED,),
        "repatriation": (_BEARERS, _COUNTED),
        "funeral": (_OF_THE_DEAD, _COUNTED, _BEARERS),
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
            if kind == "decoration" and any(_is_deed(tagged, i) for i in range(start, match.start())):
                continue
            if kind in _OF_KINDS and match.start() > mention.noun and tagged.tags[match.start() - 1] == "k":
                continue  # "as six guardsmen saluted"
            if pattern is _TO_THEM and tagged.tokens[match.start()].lower not in ("on", "to", "for"):
                continue
            if isinstance(number, Number) and number.count and _may_count(pattern, kind, [t.lower for t in tokens]):
                return Honoured(_words(tokens) if number else (tokens[0].start, tokens[-1].end), number)
    return _all(tagged) or _these(tagged, kind)


def _is_deed(tagged: Tagged, index: int) -> bool:
    """ "For pulling three men from a truck": they are not decorated."""
    return tagged.tokens[index].lower == "for" and index + 1 < len(tagged.tokens) and tagged.tokens[index + 1].lower.endswith("ing")


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
