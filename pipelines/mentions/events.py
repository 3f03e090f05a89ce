"""Events: which ceremonies an article tells of, with every place in the text that names each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.mentions.dates import DateMention
from pipelines.mentions.words import Tagged, Token

Span = tuple[int, int]

_GENERIC = frozenset(("ceremony", "event"))
# Sports, shows and the like bear the same nouns: these words beside them say that no state or army holds them.
_NO_CEREMONY = re.compile(
    r"\b(?:album|band|tour|film|match|league|economic|stock|market|sales|car|engine|academic|wedding|champions?|cup|team|poor|strong|record)\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:state|national|military|army|armed forces|navy|naval|air force|soldiers?|troops|officers?|veterans?|fallen|war|police|peacekeep\w+|regiment|brigade|battalion|president|minister|premier|king|queen"
    r"|general|commander|victims?|dead|killed|martyrs?|heroes|victory|liberation|independence|remains|coffins?|bodies|medals?|flag|guards?|troupe|anniversary|battle|fighters?|governor|mayor|bishop|parliament)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Act:
    """What is done at one kind of ceremony and tells of it without its name; ``example`` shows what it catches."""

    kind: str
    words: re.Pattern[str]
    example: str


_MEDAL = r"(?:medals?|Orders?|Cross(?:es)?|Star|Heart|titles?|decorations?|awards|Heroes? of)"
ACTS = (
    Act(
        "decoration",
        re.compile(
            rf"\b(?:pinned|awarded|confer(?:red|s)?|presented|handed|bestowed|hung|received|gave|made)\b[^.;]{{0,60}}?\b{_MEDAL}\b|\b{_MEDAL}\b[^.;]{{0,40}}?\b(?:pinned|bestowed|conferred)\b"
        ),
        "The governor conferred the Purple Heart on 17 soldiers.",
    ),
    Act(
        "decoration",
        re.compile(
            r"\b(?:decorated|were decorated by|decorated by)\b(?=[^.;]{0,40}\b(?:men|women|soldiers|officers|personnel|troops|veterans|guards|by)\b)"
        ),
        "The army commander decorated twelve wounded men.",
    ),
    Act(
        "funeral",
        re.compile(r"\b(?:was|were|be|been|being) (?:buried|laid to rest|interred)\b"),
        "The rifleman will be buried with full military honours.",
    ),
    Act(
        "memorial",
        re.compile(r"\b(?:laid|lays|lay|laying|placed) (?:[\w-]+ ){0,3}?(?:wreaths?|flowers|carnations|roses|garlands?)\b"),
        "The minister laid a wreath at the monument to the fallen soldiers.",
    ),
    Act(
        "inauguration",
        re.compile(r"\b(?:was|were|be) (?:unveiled|inaugurated)\b|\bput into service\b|\bentered service\b"),
        "A plaque for the regiment was unveiled by the governor.",
    ),
    Act(
        "oath",
        re.compile(r"\b(?:swore|took|taking|take|swear) (?:their|the|an|his|her) (?:\w+ )?oath\b|\bwere sworn in\b"),
        "Twenty-six cadets swore their oath on Sunday.",
    ),
    Act("parade", re.compile(r"\bmarched past\b"), "Some 450 veterans marched past the general."),
    Act(
        "repatriation",
        re.compile(
            r"\bcoffins?\b[^.;]{0,60}\b(?:carried|came down|flown|arrived|lowered|ramp|tarmac|received)\b|\bremains\b[^.;]{0,40}\b(?:handed over|returned home|flown home|repatriated)\b"
        ),
        "Two coffins draped in flags came down the ramp of an air force plane.",
    ),
    Act(
        "reception",
        re.compile(r"\breceived (?:the )?(?:\w+ )?(?:next of kin|families|relatives|widows)\b"),
        "The president received the families of the fallen soldiers.",
    ),
)


@dataclass(frozen=True)
class EventMention:
    """One place that names a ceremony: token position of its noun, and the span of the words that name it.

    ``act``: the words tell what is done there and do not name it.
    """

    sentence: int
    noun: int
    name: Span
    kind: str
    definite: bool
    act: bool = False


@dataclass(frozen=True)
class Event:
    """One ceremony: its kind and every mention of it, the first that names it best at the head."""

    kind: str
    mentions: tuple[EventMention, ...]


# A wreath or a march is a part of these where it is told of in the same breath.
_WITHIN = frozenset(("memorial", "parade"))
_HOLDS = frozenset(("funeral", "memorial", "commemoration", "repatriation", "parade", "inauguration"))


def find_events(text: str, sentences: Sequence[Tagged]) -> list[Event]:
    """The ceremonies of an article; later mentions join the ceremony that they return to."""
    events: list[list[EventMention]] = []
    for mention in _mentions(text, sentences):
        home = _home(mention, events, sentences)
        if home is None:
            events.append([mention])
        else:
            home.append(mention)
    found = [Event(_kind(group), tuple(group)) for group in events]
    return [e for e in found if not _only_points(e, sentences)]


def _only_points(event: Event, sentences: Sequence[Tagged]) -> bool:
    """Whether nothing but "the ceremony" or "the event" stands for it: it points at something that the article does not name."""
    words = {sentences[m.sentence].tokens[m.noun].lower for m in event.mentions}
    return words <= _GENERIC and all(m.definite for m in event.mentions)


def _mentions(text: str, sentences: Sequence[Tagged]) -> list[EventMention]:
    found: list[EventMention] = []
    for position, tagged in enumerate(sentences):
        here = [m for m in (_noun(text, position, tagged, i) for i in range(len(tagged.tokens))) if m]
        found.extend(here + _acts(text, position, tagged, {m.kind for m in here}))
    return found


def _noun(text: str, position: int, tagged: Tagged, index: int) -> EventMention | None:
    """The ceremony that the noun at ``index`` names, if it is one of state, army or mourning."""
    token, sentence = tagged.tokens[index], tagged.sentence
    kind = token.word.ceremony if token.word else ""
    if token.lower == "ceremony" or (token.lower == "event" and index and tagged.tokens[index - 1].lower in ("the", "this")):
        kind = kind or "other"
    if not kind or _NO_CEREMONY.search(text, max(sentence.start, token.start - 40), min(sentence.end, token.end + 25)):
        return None
    military = any(t.word and t.word.group == "military" for t in tagged.tokens)
    if not military and not _STATE.search(text, sentence.start, sentence.end) and token.lower not in _GENERIC:
        return None
    start = _name_start(tagged, index)
    definite = bool(start) and tagged.tokens[start - 1].lower in ("the", "this", "that", "its", "their")
    return EventMention(position, index, (tagged.tokens[start].start, token.end), kind, definite)


def _acts(text: str, position: int, tagged: Tagged, named: set[str]) -> list[EventMention]:
    """Ceremonies that a sentence tells of by what is done there, where it does not name one of that kind."""
    found: list[EventMention] = []
    for act in ACTS:
        match = act.words.search(text, tagged.sentence.start, tagged.sentence.end)
        if not match or act.kind in named or any(m.kind == act.kind for m in found):
            continue
        noun = next((i for i, t in enumerate(tagged.tokens) if t.end > match.start()), 0)
        found.append(EventMention(position, noun, match.span(), act.kind, definite=False, act=True))
    return found


def _name_start(tagged: Tagged, noun: int) -> int:
    """Where the name of a ceremony begins: with the adjectives, names and dates right before its noun."""
    start = noun
    while start and tagged.tags[start - 1] in "wJAGDn" and noun - start < 5 and not _is_verb(tagged.tokens[start - 1]):
        start -= 1
    return start


def _is_verb(token: Token) -> bool:
    return (
        token.tag == "w"
        and token.lower.endswith(("ed", "ing", "attend", "attends"))
        and token.lower not in ("wreath-laying", "swearing-in", "ground-breaking", "wedding")
    )


def _home(mention: EventMention, events: list[list[EventMention]], sentences: Sequence[Tagged]) -> list[EventMention] | None:
    """The ceremony that a mention returns to: one of its kind without another date, or, for "the event", the last one."""
    if not events:
        return None
    words = sentences[mention.sentence].tokens[mention.noun].lower
    if words in _GENERIC and mention.definite:
        return events[-1]
    day = day_of(mention, sentences)
    near = mention.sentence - events[-1][-1].sentence <= 1
    if mention.act and mention.kind in _WITHIN and near and not day and {m.kind for m in events[-1]} & _HOLDS:
        return events[-1]
    for group in reversed(events):
        kinds = {m.kind for m in group} - {"other"}
        if mention.kind not in kinds and not (mention.kind == "other" and mention.definite):
            continue
        days = {d.reading for d in (day_of(m, sentences) for m in group) if d and d.reading}
        if day and day.reading and days and day.reading not in days:
            continue
        if mention.definite or mention.sentence - group[-1].sentence <= 1 or (not day and mention.sentence - group[-1].sentence <= 4):
            return group
    return None


def day_of(mention: EventMention, sentences: Sequence[Tagged]) -> DateMention | None:
    """The date that stands in the name of the ceremony or close behind it, "held" or a place between."""
    tagged = sentences[mention.sentence]
    for token in tagged.tokens:
        if isinstance(token.value, DateMention) and mention.name[0] <= token.start < mention.name[1]:
            return token.value
    match = re.compile(r"[^D;\"R,]{0,14}?(D)").match(tagged.tags, mention.noun + 1)
    if match:
        value = tagged.tokens[match.start(1)].value
        return value if isinstance(value, DateMention) else None
    return None


def _kind(group: Sequence[EventMention]) -> str:
    return next((m.kind for m in group if m.kind != "other"), "other")
