"""Attribution: who says what a stretch of text states, through whom, to whom and when."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.mentions.actors import Meaning
from pipelines.mentions.dates import DateMention
from pipelines.mentions.lexicon import Lexicon, Named
from pipelines.mentions.words import Tagged, Token

Span = tuple[int, int]

# Nouns that stand for a speaker already named: "the agency also said".
_BODIES = frozenset(
    [
        "agency",
        "ministry",
        "army",
        "military",
        "group",
        "organisation",
        "organization",
        "mission",
        "office",
        "bulletin",
        "report",
        "statement",
        "committee",
        "government",
        "department",
        "service",
        "body",
        "monitor",
        "watchdog",
        "outfit",
        "movement",
        "force",
        "forces",
        "command",
        "union",
        "militia",
        "communique",
        "communiqué",
        "officials",
        "lawmakers",
        "source",
        "sources",
        "newspaper",
        "paper",
        "pair",
        "two",
    ]
)
_PERSONS = frozenset(
    [
        "minister",
        "president",
        "general",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "official",
        "officer",
        "priest",
        "governor",
        "mayor",
        "commander",
        "chief",
        "leader",
        "diplomat",
        "envoy",
        "lawmaker",
    ]
)
_MEDIA_LISTENERS = re.compile(
    r"\b(?:afp|bbc|reuters|ap|cnn|al jazeera|news agency|television|tv|radio|newspaper|magazine|economist|times|post|guardian|telegraph|news|agency|kbs|war zone)\b"
)
_BODY_LISTENERS = re.compile(
    r"\b(?:parliament|committee|lawmakers|assembly|council|senate|congress|house|knesset|duma|rada|deputies|legislators|mps|senators)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Attribution:
    """One act of claiming: its speaker and the span of text that it covers.

    ``speaker`` is the span of the longest form of the speaker's name (None: not named), ``words`` the span where he
    is named here. ``day`` is the date of the claim; ``stance`` is asserted, denied or disputed.
    """

    start: int
    end: int
    verb: Span
    words: Span | None
    speaker: Span | None
    speaker_id: str | None
    stance: str
    day: DateMention | None
    relayed_by: Span | None = None
    reported_to: Span | None = None
    person: bool = False


def find_attributions(text: str, sentences: Sequence[Tagged], meanings: Mapping[int, Meaning], lexicon: Lexicon) -> list[list[Attribution]]:
    """The acts of claiming of each sentence; speakers that are only "he" or "the agency" are looked up in what came before."""
    found: list[list[Attribution]] = []
    said_before: list[Attribution] = []
    for tagged in sentences:
        here = []
        for index, token in enumerate(tagged.tokens):
            attribution = _at(text, tagged, index, token, meanings, said_before, lexicon)
            if attribution:
                here.append(attribution)
        here = _nested(here)
        said_before.extend(a for a in here if a.speaker)
        found.append(here)
    return _carry_days(found)


def _at(
    text: str, tagged: Tagged, index: int, token: Token, meanings: Mapping[int, Meaning], before: Sequence[Attribution], lexicon: Lexicon
) -> Attribution | None:
    """The act of claiming whose verb stands at ``index``, if any."""
    tags = tagged.tags
    if token.lower == "according" and tags[index + 1 : index + 2] == "t":
        subject = _right_subject(tagged, index + 2)
        return _according(tagged, index, subject, meanings, before, lexicon)
    if token.tag != "R" or (token.word is None and token.lower != "said"):
        return None
    uses = token.word.reporting_uses if token.word else frozenset(("says",))
    stance = token.word.stance if token.word else "asserted"
    if tags[index - 1 : index] == "d" or (index and tags[index - 1] in "op" and token.lower in ("reports", "report", "claims", "claim")):
        return None  # "the report", "of reports": nouns
    if re.search(r"B[ax]*$", tags[:index]) and token.lower not in ("saying",):
        return None
    if "counts" in uses and "says" not in uses and not _measures(tags, index):
        return None
    subject = _left_subject(tagged, index)
    inverted = False
    if subject is None:
        subject = _right_subject(tagged, index + 1)
        inverted = subject is not None
        if subject is None:
            return None
        if not (index == 0 or tags[index - 1] in ',"(;'):
            return None
    start, end = _scope(tagged, index, subject, inverted)
    words, speaker, speaker_id, person = _speaker(tagged, subject, meanings, before, lexicon)
    if speaker is None and words is None:
        return None
    listener = _listener(tagged, subject[1] if inverted else index + 1, uses)
    relayed, told = (
        (listener, None) if listener and _is_medium(text, listener) else (None, listener if listener and _is_body(text, listener) else None)
    )
    day = _day(tagged, index, subject)
    return Attribution(start, end, (token.start, token.end), words, speaker, speaker_id, stance, day, relayed, told, person)


def _measures(tags: str, index: int) -> bool:
    """Whether a verb such as 'put' or 'counted' has a number behind it."""
    return "N" in tags[index + 1 : index + 12]


def _according(
    tagged: Tagged,
    index: int,
    subject: Span | None,
    meanings: Mapping[int, Meaning],
    before: Sequence[Attribution],
    lexicon: Lexicon,
) -> Attribution | None:
    if subject is None:
        return None
    words, speaker, speaker_id, person = _speaker(tagged, subject, meanings, before, lexicon)
    tokens = tagged.tokens
    verb = (tokens[index].start, tokens[index + 1].end)
    return Attribution(
        tagged.sentence.start,
        tagged.sentence.end,
        verb,
        words,
        speaker,
        speaker_id,
        "asserted",
        _day(tagged, index, subject),
        person=person,
    )


def _left_subject(tagged: Tagged, verb: int) -> Span | None:
    """Token range of the noun phrase before a verb, or None."""
    tags = tagged.tags
    end = verb
    while end and tags[end - 1] in "ahxD":
        end -= 1
    while end and tags[end - 1] == "p" and tags[end : end + 1] == "D":
        end -= 1
    if end and tags[end - 1] == "W":
        end -= 1
        if end and tags[end - 1] == ",":
            end -= 1
    elif end and tags[end - 1] == ",":
        # "X, a spokesman for Y, said": the subject stands before the apposition.
        opening = tags.rfind(",", 0, end - 1)
        if opening <= 0 or end - opening > 16 or re.search(r'[;"R]', tags[opening:end]):
            return None
        end = opening
    return _phrase_ending(tagged, end)


_PHRASE_END = re.compile(r"[AGJwQqomdcspatnD-]+$")


def _phrase_ending(tagged: Tagged, end: int) -> Span | None:
    """Token range of the noun phrase that ends before ``end``: back to a comma, a verb or the start of the clause."""
    if not end:
        return None
    match = _PHRASE_END.search(tagged.tags, 0, end)
    if not match:
        return None
    start = match.start()
    segment = tagged.tags[start:end]
    # Prepositional openings and dates are no part of the subject: "In a report last month | the NIS".
    cut = max(segment.rfind("D"), -1) + 1
    start += cut
    segment = segment[cut:]
    if segment[:1] in ("p",) or segment[:1] == "c":
        start += 1
    while start < end and tagged.tags[start] in "acp":
        start += 1
    if start >= end or not re.search(r"[AGJwQqm]", tagged.tags[start:end]) or end - start > 22:
        return None
    return start, end


def _right_subject(tagged: Tagged, start: int) -> Span | None:
    """Token range of the noun phrase that begins at ``start``: up to a comma, a verb or the end."""
    match = re.compile(r"[dmaJwAGsQo-]*(?:(?:[pc](?=[dJAGw]))[dmaJwAGso-]*)*").match(tagged.tags, start)
    if not match or match.end() == start or not re.search(r"[AGJwQ]", match[0]):
        return None
    return start, match.end()


def _scope(tagged: Tagged, verb: int, subject: Span, inverted: bool) -> Span:
    """The characters that the claim covers: what follows the verb, or, where it trails, what stands before."""
    tokens, tags = tagged.tokens, tagged.tags
    sentence = tagged.sentence
    rest_start = subject[1] if inverted else verb + 1
    rest = tags[rest_start:]
    # Only a date, a listener or a manner follows: the claim stands before.
    trailing = inverted or (re.fullmatch(r"(?:[Dap]|[dwAGJos]|t)*[;.]?\"?", rest) is not None and "N" not in rest and subject[0] > 1)
    before = tags[subject[0] - 1 : subject[0]] if subject[0] else ""
    if trailing and (subject[0] > 1 or inverted):
        return sentence.start, sentence.end
    if before == "," and rest[:1] == "," and subject[0] > 2:
        return sentence.start, sentence.end  # ", he said,"
    return tokens[verb].end, sentence.end


def _speaker(
    tagged: Tagged, subject: Span, meanings: Mapping[int, Meaning], before: Sequence[Attribution], lexicon: Lexicon
) -> tuple[Span | None, Span | None, str | None, bool]:
    """(words, longest name, identifier, is a person) of the speaker whom the tokens of ``subject`` name."""
    tokens = tagged.tokens[subject[0] : subject[1]]
    tags = tagged.tags[subject[0] : subject[1]]
    while tokens and tags[0] == "d":
        tokens, tags = tokens[1:], tags[1:]
    if not tokens:
        return None, None, None, False
    words = (tokens[0].start, tokens[-1].end)
    if tags in ("Q", "aQ") or (tokens[-1].lower in ("he", "she", "it", "they") and len(tokens) <= 2):
        wants_person = tokens[-1].lower in ("he", "she")
        return _earlier(words, before, wants_person if tokens[-1].lower != "they" else None)
    if tokens[-1].lower in ("i", "we", "you", "who", "which"):
        return None, None, None, False
    if (
        not any(t.tag in "AJ" for t in tokens)
        and tokens[-1].lower in _BODIES | _PERSONS
        and tagged.tags[subject[0]] == "d"
        and len(tokens) <= 2
    ):
        found = _earlier(words, before, tokens[-1].lower in _PERSONS)
        if found[1]:
            return found
    named = [(t, meanings[t.start]) for t in tokens if t.start in meanings]
    actor_id = _speaker_id(named, lexicon)
    person = any(t.tag == "A" and not isinstance(t.value, Named) for t in tokens) or bool(
        actor_id and lexicon.actors[actor_id].kind == "person"
    )
    if len(tokens) == 1 and named:
        return words, named[0][1].longest, named[0][1].actor_id, person
    return words, words, actor_id, person


def _speaker_id(named: Sequence[tuple[Token, Meaning]], lexicon: Lexicon) -> str | None:
    """The most particular known actor of a noun phrase: a person over a body over the state in front of it."""
    ids = [m.actor_id for _, m in named if m.actor_id]
    for wanted in (
        ("person",),
        ("agency", "armed_force", "government", "legislature", "medium", "armed_group", "organisation", "party"),
        ("state",),
    ):
        found = next((i for i in ids if lexicon.actors[i].kind in wanted), None)
        if found:
            return found
    return None


def _earlier(words: Span, before: Sequence[Attribution], person: bool | None) -> tuple[Span | None, Span | None, str | None, bool]:
    for attribution in reversed(before[-12:]):
        if attribution.speaker and (person is None or attribution.person == person):
            return words, attribution.speaker, attribution.speaker_id, attribution.person
    return words, None, None, bool(person)


def _listener(tagged: Tagged, start: int, uses: frozenset[str]) -> Span | None:
    """The noun phrase to which it was said: behind 'told', or behind a 'to'."""
    tags = tagged.tags
    at = start
    while at < len(tags) and tags[at] in "aD":
        at += 1
    if at < len(tags) and tags[at] == "t":
        at += 1
    elif "tells" not in uses:
        return None
    match = re.compile(r"d?[JAwGsm-]{1,7}").match(tags, at)
    if not match:
        return None
    first = match.start() + (tags[match.start()] == "d")
    return tagged.tokens[first].start, tagged.tokens[match.end() - 1].end


def _is_medium(text: str, span: Span) -> bool:
    return bool(_MEDIA_LISTENERS.search(text[span[0] : span[1]].lower()))


def _is_body(text: str, span: Span) -> bool:
    return bool(_BODY_LISTENERS.search(text[span[0] : span[1]]))


def _day(tagged: Tagged, verb: int, subject: Span) -> DateMention | None:
    """The date of the claim: beside the verb, or at the head of the sentence in front of the speaker."""
    tokens, tags = tagged.tokens, tagged.tags
    end = max(verb, subject[1] - 1)
    after = re.compile(r"[^D;\"WNR]{0,8}?(D)").match(tags, end + 1)
    if after and not re.search(r"[,].*[wAG]|N|[BhI]", tags[end + 1 : after.start(1)]) and _beside(tokens, end, after.start(1)):
        return _as_date(tokens[after.start(1)])
    first = min(verb, subject[0])
    between = re.search(r"(D)[aw]?[pw]?,?[dQ]*$", tags[:first])
    if between:
        return _as_date(tokens[between.start(1)])
    inside = re.search(r"D", tags[subject[1] : verb]) if subject[1] <= verb else None
    if inside:
        return _as_date(tokens[subject[1] + inside.start()])
    opening = re.match(r"[^,N]{0,6}?(D)[^N]{0,3}$|p?(D),", tags[:first])
    if opening:
        return _as_date(tokens[opening.start(1) if opening[1] else opening.start(2)])
    return None


def _beside(tokens: Sequence[Token], verb: int, day: int) -> bool:
    """Whether a date behind a verb belongs to it: no 'that' and no clause begins between them."""
    return not any(t.lower in ("that", "had", "has", "have", "were", "was") for t in tokens[verb + 1 : day])


def _as_date(token: Token) -> DateMention | None:
    return token.value if isinstance(token.value, DateMention) else None


def _nested(here: list[Attribution]) -> list[Attribution]:
    """Inner claims learn who passed them on: the speaker of the claim around them."""
    result = []
    for inner in here:
        around = [
            a
            for a in here
            if a is not inner and a.verb != inner.verb and a.start <= inner.verb[0] and inner.verb[1] <= a.end and a.words != inner.words
        ]
        outer = next(
            (
                a
                for a in around
                if not (inner.start <= a.verb[0] and a.verb[1] <= inner.end) or (a.verb[0] > inner.verb[0] and a.start < inner.start)
            ),
            None,
        )
        if outer and outer.speaker and outer.speaker != inner.speaker and inner.relayed_by is None:
            inner = replace(inner, relayed_by=outer.speaker, day=inner.day or outer.day)
        result.append(inner)
    return result


def _carry_days(found: list[list[Attribution]]) -> list[list[Attribution]]:
    """A claim without a date takes that of the nearest claim of the same speaker before it, or else of the next one."""
    flat = [(i, j, a) for i, row in enumerate(found) for j, a in enumerate(row)]
    last: dict[object, DateMention] = {}
    for i, j, a in flat:
        key = a.speaker_id or a.speaker
        if a.day and a.day.on:
            last[key] = a.day
        elif a.day is None and key in last:
            found[i][j] = replace(a, day=last[key])
    upcoming: dict[object, DateMention] = {}
    for i, j, _ in reversed(flat):
        a = found[i][j]
        key = a.speaker_id or a.speaker
        if a.day and a.day.on:
            upcoming[key] = a.day
        elif a.day is None and key in upcoming:
            found[i][j] = replace(a, day=upcoming[key])
    return found
