"""Event mentions: every place in a text that names a ceremony, or tells of one by what is done there."""

import re
from bisect import bisect_left
from collections.abc import Sequence, Set
from dataclasses import dataclass

from pipelines.mentions.dates import DateMention
from pipelines.mentions.event_acts import Act, possible_acts
from pipelines.mentions.finders import Stems, caseless, small
from pipelines.mentions.tokens import Tagged, Token

Span = tuple[int, int]

# Sports, shows and the like bear the same nouns: these words beside them say that no state or army holds them.
_NO_CEREMONY = re.compile(
    r"\b(?:album|band's|tour|film|match|league|economic|stock|market|sales|car|engine|academic|wedding|prize|signing|religious|initiation|protest|olympics?|olympic|tea|engagement|cool|warm|frosty|hostile|hero's(?! (?:burial|funeral|farewell|send-off|welcome))|opening night|champions?|cup|team|poor|strong|record)\b",
    re.IGNORECASE,
)
_NO_EVENT_BEHIND = re.compile(
    r"[\s-](?:grounds?|halls?|of duty|committee|hours|cent(?:re|er)s?|area|camps?|desk|room|facilit\w+|sites?|mounds?|pits?|place|of (?:witnesses|horrors|stars|(?:the )?bodies)"
    r"|of (?:an?|the) [\w\s-]{0,30}?(?:restaurant|hotel|project|plant|factory|road|hospital|school|shop|store|mall|airport|exhibition|festival))\b",
    re.IGNORECASE,
)
# A funeral or a concert that is attacked is the scene of a crime, not the news.
_ATTACKED = re.compile(
    r"\b(?:attack\w*|bomb\w*|struck|gunm[ae]n|opened fire|explosion|blast|blew|burst into|stormed|shelled|raid\w*|exploded|ambushed|suicide)\b",
    re.IGNORECASE,
)
_SCENES = frozenset("funeral funerals procession vigil concert reception banquet burial dinner luncheon gala".split())
_SINCE = re.compile(
    r"\b(?:since|after|before|until|ahead of|following|by)(?: (?:the|his|her|its|their|[A-Z][\w'’]+))?\s+(?:presidential )?$", re.IGNORECASE
)
_STAGED = re.compile(r"[^.;]{0,60}?\b(?:at the|by the|by [A-Z]|was held|attended|staged|given|troupe|singers?|theat(?:re|er)|concert)\b")
_VIGIL = re.compile(
    r"\b(?:vigil for (?:the )?(?:[\w-]+ ){0,2}(?:soldiers|troops|sailors|marines|crew|airmen|men|officers|martyrs)|candle\w*|memory|memorial|remember\w*|victims|for the (?:dead|fallen)|mourn\w*)\b",
    re.IGNORECASE,
)
_PLURALS = frozenset("funerals burials parades concerts receptions banquets ceremonies vigils commemorations".split())
_STATE = caseless(
    r"\b(?:state|national|military|army|armed forces|navy|naval|air force|soldiers?|troops|officers?|veterans?|fallen|war|police|peacekeep\w+|regiment|brigade|battalion|president|minister|premier|king|queen"
    r"|general|commander|victims?|dead|killed|martyrs?|heroes|victory|liberation|independence|remains|coffins?|bodies|medals?|flag|guards?|troupe|anniversary|battle|fighters?|governor|mayor|bishop|parliament"
    r"|defeat|contingent|unit|choirs?|orchestra|bands?|tri-services?|cadets?|widows?|marines|sailors|airmen|pilots|cenotaph|monument|recruits?|sergeant|treaty|leader|ambassador|families|handed over|base|camp|garrison)\b"
)
_ENDS = ("ceremony", "event", "service")
_NOUNS = Stems(_ENDS)
# What these words name is of a state, an army or the dead by itself; a concert or a banquet is only beside others.
_OWN_RIGHT = frozenset("funeral memorial commemoration decoration oath repatriation parade other".split())
_WEAK = frozenset("vigil vigils burial burials opening unveiling handover ceremony event gala performance naming".split())
# What the words around "ceremony" say of its kind.
_PURPOSES = (
    ("reception", re.compile(r"\b(?:to welcome|welcoming|welcome back|to greet|homecoming|for the return(?:ing)?)\b")),
    ("repatriation", re.compile(r"\b(?:remains|coffins?|caskets?|bodies|boxes|urns|transfer cases|\d+ were (?:transferred|returned))\b")),
    ("decoration", re.compile(r"\b(?:medals?|awards?|decorat\w+|awarded|to honou?r|honou?ring|honou?red|gallantry|bravery)\b")),
    ("oath", re.compile(r"\b(?:oath|sworn)\b")),
    ("memorial", re.compile(r"\b(?:remembrance|remember\w*|in memory|memorial|fallen|victims|wreaths?|mourn\w*|the dead|the killed)\b")),
    ("commemoration", re.compile(r"\b(?:anniversary|turned \d+|marking|to mark|commemorat\w+|birthday|founding|years (?:since|after))\b")),
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


def find_event_mentions(text: str, sentences: Sequence[Tagged]) -> list[EventMention]:
    """All mentions of ceremonies in order of the text."""
    found: list[EventMention] = []
    last = -9
    lower = small(text)
    acts, ends = possible_acts(lower, sentences), [start for start, *_ in _NOUNS.find(lower)]
    for position, tagged in enumerate(sentences):
        here = []
        for index in _nouns(tagged, ends):
            mention = _noun(text, lower, position, tagged, index, position - last <= 3, bool(found))
            here += [mention] if mention else []
        if position - last <= 2 and not here and found:
            here = _another(position, tagged, found[-1]) or (_it(text, position, tagged, found[-1]) if position - last == 1 else [])
        if position in acts:
            here += _acts(text, lower, position, tagged, acts[position], {m.kind for m in here})
        if here:
            last = position
        found.extend(here)
    return found


def _nouns(tagged: Tagged, ends: Sequence[int]) -> list[int]:
    """The tokens that name a ceremony or end with a word for one; ``ends``: where such words stand in the text."""
    nouns = [i for i in tagged.told if (word := tagged.tokens[i].word) and word.ceremony]
    if bisect_left(ends, tagged.sentence.start) < bisect_left(ends, tagged.sentence.end):
        nouns = sorted({*nouns, *(i for i, t in enumerate(tagged.tokens) if t.lower.endswith(_ENDS))})
    return nouns


_TOOK_PLACE = re.compile(r"(?:It|The event|The service) (?:took place|was held|is to be held|will be held|will take place|was attended)\b")


def _it(text: str, position: int, tagged: Tagged, before: EventMention) -> list[EventMention]:
    """ "It took place in the square": the ceremony of the sentence before goes on."""
    match = _TOOK_PLACE.match(text, tagged.sentence.start)
    return [EventMention(position, 0, (tagged.tokens[0].start, match.end()), before.kind, True, act=True)] if match else []


def _another(position: int, tagged: Tagged, before: EventMention) -> list[EventMention]:
    """A further ceremony of the kind told of just before: "another followed on 1 October"."""
    for index, token in enumerate(tagged.tokens[:-1]):
        if token.lower == "another" and re.match(r"(?:followed|was|is|will|took)", tagged.tokens[index + 1].lower) and "D" in tagged.tags:
            return [EventMention(position, index, (token.start, tagged.tokens[index + 1].end), before.kind, definite=False)]
    return []


def _noun(text: str, lower: str, position: int, tagged: Tagged, index: int, near: bool, some: bool) -> EventMention | None:
    """The ceremony that the noun at ``index`` names, if it is one of state, army or mourning."""
    token, sentence = tagged.tokens[index], tagged.sentence
    kind = token.word.ceremony if token.word else ""
    last = token.lower.split()[-1]
    if last == "ceremony" or (
        token.lower == "event" and index and tagged.tokens[index - 1].lower in ("the", "this", "memorial", "commemorative")
    ):
        kind = kind or "other"
    elif last == "service" and not kind:
        kind = _service(text, tagged, index)
    if not kind or _NO_CEREMONY.search(text, max(sentence.start, token.start - 30), min(sentence.end, token.end)):
        return None
    if _NO_EVENT_BEHIND.match(text, token.end) or (last.startswith("vigil") and not _VIGIL.search(text, sentence.start, sentence.end)):
        return None
    if _is_no_event(text, tagged, token, last):
        return None
    if last in _PLURALS and not any(isinstance(t.value, DateMention) for t in tagged.tokens[index : index + 8]):
        return None
    if not near and not (some and last == "ceremony") and not _is_of_state(lower, tagged, token, kind):
        return None
    start = _name_start(tagged, index)
    definite = bool(start) and tagged.tokens[start - 1].lower in ("the", "this", "that", "its", "their")
    if kind == "other" and last in ("ceremony", "event"):
        kind = _purpose(text, tagged) if not definite else kind
    if token.lower == "handover":
        kind = _handover(text, tagged, token)
        if not kind:
            return None
    return EventMention(position, index, (tagged.tokens[start].start, token.end), kind, definite)


def _is_no_event(text: str, tagged: Tagged, token: Token, last: str) -> bool:
    """Whether a noun only sets the scene or the time: a funeral that was bombed, "since his inauguration"."""
    sentence = tagged.sentence
    if last in _SCENES and _ATTACKED.search(text, sentence.start, sentence.end):
        return True
    if last == "reception" and re.search(r"(?:break|interruption) in\s+$", text[max(sentence.start, token.start - 20) : token.start]):
        return True
    if last == "performance" and not _STAGED.match(text, token.end, sentence.end):
        return True
    if last == "unveiling" and not re.match(
        r" of (?:an?|the) (?:[\w-]+ ){0,3}?(?:plaque|monument|memorial|statue|stone)\b", text[token.end : token.end + 60]
    ):
        return True
    return last in ("inauguration", "funeral") and _SINCE.search(text, max(sentence.start, token.start - 40), token.start) is not None


def _is_of_state(lower: str, tagged: Tagged, token: Token, kind: str) -> bool:
    if kind in _OWN_RIGHT and token.lower not in _WEAK:
        return True
    military = any(t.word and t.word.group == "military" for t in tagged.tokens)
    return military or _STATE.search(lower, tagged.sentence.start, tagged.sentence.end) is not None


_HELD = re.compile(
    r"[^.;]{0,20}\b(?:(?:was|is|be|been) held|took place|taken place|takes place|will take place|attended|was conducted|for the (?:fallen|dead|victims))\b"
)


_IN_CHURCH = re.compile(
    r" (?:in|at) [^;,]{0,40}\b(?:[Cc]athedral|[Cc]hurch|[Cc]hapel|[Cc]emetery|[Mm]emorial|[Aa]bbey|[Mm]inster|[Cc]enotaph)\b"
)


def _service(text: str, tagged: Tagged, index: int) -> str:
    """The kind of a service that is held: "the annual Ovillers service, which has taken place on 1 July"."""
    token = tagged.tokens[index]
    before = " ".join([*(t.lower for t in tagged.tokens[max(0, index - 5) : index]), token.lower]).removesuffix(" service")
    if re.search(
        r"\b(?:intelligence|security|secret|health|rescue|fire|press|news|military|civil|public|customs|border|prison|bus|in|of|long)$",
        before,
    ):
        return ""
    attended = re.search(r"\b(?:attend(?:ed|s)?|led|leads|joined|hosted) (?:an?|the)(?: [\w-]+)?$", before) and _IN_CHURCH.match(
        text, token.end, tagged.sentence.end
    )
    return "memorial" if attended or _HELD.match(text, token.end, tagged.sentence.end) else ""


def _handover(text: str, tagged: Tagged, token: Token) -> str:
    behind = text[token.end : min(tagged.sentence.end, token.end + 60)]
    if re.match(r" of (?:\w+ ){0,3}?(?:remains|bodies|coffins|\d+ [A-Z]\w+s|\d+ (?:soldiers|sets))\b", behind):
        return "repatriation"
    return (
        "other"
        if re.match(r" of (?:[\w'’-]+ ){0,4}?(?:base|camp|command|airfield|garrison|barracks|post|airport|authority)\b", behind)
        else ""
    )


def _purpose(text: str, tagged: Tagged) -> str:
    """The kind of "a ceremony" by what its sentence says of it."""
    sentence = tagged.sentence
    around = text[sentence.start : sentence.end]
    return next((kind for kind, words in _PURPOSES if words.search(around)), "other")


# An anniversary is kept by what is held on it: the parade is the ceremony, not the day.
_KEEPS = frozenset(("parade", "concert", "reception", "memorial", "funeral", "commemoration", "inauguration"))


def _acts(text: str, lower: str, position: int, tagged: Tagged, acts: Sequence[Act], named: Set[str]) -> list[EventMention]:
    """Ceremonies that a sentence tells of by what is done there; ``named``: the kinds that it has by name."""
    found: list[EventMention] = []
    start, end = tagged.sentence.start, tagged.sentence.end
    for act in acts:
        match = act.search(text, lower, start, end)
        if not match or any(m.kind == act.kind for m in found) or _is_no_act(text, lower, tagged, act.kind, match):
            continue
        noun = next((i for i, t in enumerate(tagged.tokens) if t.end > match.start()), 0)
        kind = "funeral" if act.kind == "repatriation" and _AT_GRAVE.search(text, match.start(), end) else act.kind
        found.append(EventMention(position, noun, match.span(), kind, definite=False, act=True))
    found.sort(key=lambda m: m.noun)
    if any(m.kind == "memorial" for m in found):
        found = [m for m in found if m.kind != "inauguration"]
    if _KEEPS & (named | {m.kind for m in found if m.kind != "commemoration"}):
        found = [m for m in found if m.kind != "commemoration"]
    return found


_GRAVES = re.compile(
    r"\b(?:rubble|bodies had been|before repatriation|mass graves?|hastily|secretly|under the|beneath|alive|debris|landslide|near the|shallow|unidentified|morgue|hospitals?|found|recovered|discovered|pulled|strewn|lined up|video|stench|bod(?:y|ies))\b"
)
_HONOURS = caseless(
    r"\b(?:honou?rs|funeral|cemetery|church|mosque|cathedral|churchyard|alley|graveside|ceremony|will be|to be|flag|escort|priest|imam|bishop|rabbi|chaplain|mourners|procession|salute|volleys?"
    r"|taps|(?:hundreds|thousands) (?:of|gathered|turned|lined)|arlington|hero['’]s|farewell|goodbye|in state)\b"
)
_SOLEMN = caseless(
    r"\b(?:flags?|draped|airport|air (?:force )?base|airbase|raf|aircraft|plane|jet|ramp|tarmac|honou?rs?|ceremony|families|salute[ds]?|guard|repatriat\w+|leader|president|prime minister)\b"
)


_FOUND = re.compile(
    r"\b(?:rubble|mass graves?|debris|landslide|shallow|unidentified|morgue|hospitals?|recovered|discovered|pulled|strewn|video|stench)\b"
)
_RANKED = re.compile(
    r"\b(?:Private|Corporal|Sergeant|Captain|Major|Lieutenant|Colonel|General|Rifleman|Guardsman|Pfc|Sgt|Cpl|Lt|Capt|Maj|Pvt|Spc)\b[^;]{3,50}$"
)
_CLEARLY = re.compile(r"coffin|casket|repatriated|honou?rs|body", re.IGNORECASE)
_AT_GRAVE = re.compile(r"\b(?:cemetery|graveyard|graves?|burial|churchyard|funeral)\b")


def _is_no_act(text: str, lower: str, tagged: Tagged, kind: str, match: re.Match[str]) -> bool:
    """Whether the dead are only buried, found or taken away, without a ceremony."""
    start, end = tagged.sentence.start, tagged.sentence.end
    if kind == "funeral":
        return _GRAVES.search(text, start, end) is not None or (
            _HONOURS.search(lower, start, end) is None
            and not _RANKED.search(text, start, match.start())
            and not (
                any(isinstance(t.value, DateMention) and match.end() <= t.start < match.end() + 60 for t in tagged.tokens)
                and any(t.word and t.word.group == "military" for t in tagged.tokens)
            )
        )
    if kind == "repatriation":
        return _FOUND.search(text, start, end) is not None or (_SOLEMN.search(lower, start, end) is None and not _CLEARLY.search(match[0]))
    if kind == "decoration":
        return (
            re.search(r"\b(?:in order|law and order|orders? to|gave orders|made (?:it|a|an|no|the|up)\b|ordered)\b(?! [Kk]night)", match[0])
            is not None
        )
    return False


def _name_start(tagged: Tagged, noun: int) -> int:
    """Where the name of a ceremony begins: with the adjectives, names and dates right before its noun."""
    start = noun
    while start and tagged.tags[start - 1] in "wJAGDn" and noun - start < 5 and not _is_verb(tagged.tokens[start - 1]):
        start -= 1
    return start


def _is_verb(token: Token) -> bool:
    return (
        token.tag == "w"
        and token.lower.endswith(("ed", "ing", "attend", "attends", "hold", "holds", "held", "led", "gave", "after", "began"))
        and token.lower not in ("wreath-laying", "swearing-in", "ground-breaking", "wedding")
    )
