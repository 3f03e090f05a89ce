"""Ceremonies: one row each, as reported, with those who took part."""

import re
from collections.abc import Iterable, Mapping, Sequence

from pipelines.article import Article
from pipelines.facts.columns import Draft, actor_at, claim_at, put_conflict, put_place_span
from pipelines.facts.fact import Evidence, Fact, Row, Span
from pipelines.mentions.dates import DateMention
from pipelines.mentions.event_days import day_held, is_ahead
from pipelines.mentions.event_honoured import honoured_of
from pipelines.mentions.event_people import host_of
from pipelines.mentions.event_places import is_same_place, named_venue, place_of, venue_of
from pipelines.mentions.events import Event
from pipelines.mentions.finders import caseless
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.tokens import Token

_UNDATED = caseless(
    r"\b(?:without|not|no|nor|never|undisclosed|unspecified|unclear|withheld)\b[^.]{0,60}\bdate\b|\bdate\b[^.]{0,30}\b(?:not|undisclosed|unknown|unclear|withheld)\b"
)
_AHEAD = re.compile(r"\b(?:will|would|to be|is to|are to|due|planned|plans|scheduled)\b")
_FAMILY = caseless(
    r"\b(?:(?:bereaved|grieving|mourning|soldiers'|their) (?:families|relatives|family members|parents)|families of (?:the )?\w+|widows|next of kin)\b"
)
_CHILDREN = caseless(r"\bchildren\b(?=[^.]*\b(?:fallen|dead|bereaved|killed|deceased|slain)\b)")
_AWARDEE = caseless(
    r"\b(?:giving|gave|presented|presenting|handed|handing|awarded|awarding)\s+(?:\w+\s+){0,2}?(?:awards|medals|decorations|orders|titles)\s+to\s+(?P<who>(?:the\s+)?\w+)"
)
_PERFORMER = caseless(r"\bperformed by (?:the )?(?P<who>[^,.]{3,60})")


def find_facts(article: Article, mentions: Mentions) -> Iterable[Fact]:
    """The ceremonies of the article, each with its words."""
    events = mentions.events if mentions.of_war else []
    owners = {m.sentence: e for e in events for m in e.mentions}
    drafts: list[Draft] = []
    day: DateMention | None = None
    for index, event in enumerate(events):
        draft = _draft(article, mentions, event, owners, leads=index == 0)
        near = index > 0 and event.mentions[0].sentence - events[index - 1].mentions[-1].sentence <= _NEAR
        before, day = day, _put_day(draft, mentions, event, day if near else None)
        goes_on = bool(drafts) and day is not None and day is before and draft.values.get("kind") in ("decoration", "memorial", "oath")
        _put_where(draft, mentions, event, drafts[-1] if drafts else None, goes_on)
        drafts.append(draft)
    return [draft.fact() for draft in drafts]


# So many sentences behind a ceremony, another without a day can be of the same day.
_NEAR = 6


def _draft(article: Article, mentions: Mentions, event: Event, owners: Mapping[int, Event], leads: bool) -> Draft:
    sentences = mentions.sentences
    first = event.mentions[0]
    draft = Draft("ceremonies", article, first.name)
    draft.pattern = "act" if first.act else "noun"
    kinds = [m for m in event.mentions if m.kind == event.kind]
    nouns = [m.name if m.act else _span_of(sentences[m.sentence].tokens[m.noun]) for m in kinds]
    draft.put("kind", event.kind, *nouns)
    best = max(kinds, key=lambda m: (not m.act, m.name[1] - m.name[0]))
    draft.put("name", article.text[slice(*best.name)], best.name)
    others = frozenset(s for s in _around(event) if owners.get(s, event) is not event)
    _put_host(draft, mentions, event, others)
    _put_honoured(draft, mentions, event)
    put_conflict(draft, mentions, first.sentence)
    # What follows is told of the article's first ceremony: where it has several, only beside their own mentions.
    near = {s for m in event.mentions for s in range(m.sentence, m.sentence + (5 if leads else 2))}
    draft.links["ceremony_participants"] = _participants(mentions, article, sorted(near - others))
    return draft


def _around(event: Event) -> set[int]:
    """The sentences of a ceremony's mentions and those just behind each."""
    return {s for m in event.mentions for s in range(m.sentence, m.sentence + 6)}


def _span_of(token: Token) -> Span:
    return token.start, token.end


def _put_day(draft: Draft, mentions: Mentions, event: Event, before: DateMention | None) -> DateMention | None:
    """When it was held, and the date that says so: never where the article says that it was not given; then the report bounds it."""
    sentences = mentions.sentences
    text, published = draft.article.text, draft.article.published_on
    undated = any(
        _UNDATED.search(mentions.small, sentences[m.sentence].sentence.start, sentences[m.sentence].sentence.end) for m in event.mentions
    )
    day = None if undated else day_held(text, mentions, event, before)
    if day and day.reading and not (published and day.reading.earliest > published and not is_ahead(text, mentions, event)):
        draft.day("held", day)
        return day
    for mention in event.mentions:
        sentence = sentences[mention.sentence].sentence
        attribution = claim_at(mentions, mention.sentence, *mention.name)
        if attribution and attribution.day and attribution.day.on and not _AHEAD.search(text, sentence.start, sentence.end):
            draft.date("held_latest", attribution.day.on, attribution.day)
            return None
    return None


def _put_where(draft: Draft, mentions: Mentions, event: Event, before: Draft | None, goes_on: bool) -> None:
    """Venue behind "at", place behind "in"; "there" is where the ceremony before was held."""
    for mention in event.mentions:
        venue = venue_of(mentions, mention) or named_venue(mentions, mention)
        if venue and "venue_text" not in draft.values:
            draft.words("venue", *venue)
        place = place_of(mentions, mention)
        if place and "place_text" not in draft.values:
            put_place_span(draft, mentions, *place)
    if before is None or "venue_text" in draft.values or "place_text" in draft.values:
        return
    if not goes_on and not is_same_place(draft.article.text, mentions, event):
        return
    for column in ("venue_text", "venue_id", "place_text", "place_id", "place_precision"):
        draft.put(column, before.values.get(column), *[(e.start, e.end) for e in before.evidence if e.column == column])


def _put_host(draft: Draft, mentions: Mentions, event: Event, others: frozenset[int]) -> None:
    """The principal figure, by the longest name."""
    host = host_of(draft.article.text, mentions, event, others)
    if host is None:
        return
    draft.words("host", host.name, host.actor_id)
    if host.actor_id:
        draft.support("host_id", host.words)


def _put_honoured(draft: Draft, mentions: Mentions, event: Event) -> None:
    """Those whom it honoured, and their number where it is theirs."""
    honoured = honoured_of(draft.article.text, mentions, event)
    if honoured is None:
        return
    draft.words("honoured", honoured.words, actor_at(mentions, honoured.words))
    if honoured.number and honoured.number.count:
        draft.put("honoured_count", honoured.number.count.best, (honoured.number.start, honoured.number.end))


def _participants(mentions: Mentions, article: Article, sentences: Sequence[int]) -> list[Row]:
    """Groups that the sentences about the ceremony name, each once, in order of the text."""
    found: list[tuple[Span, str]] = []
    for position in sentences:
        if position >= len(mentions.sentences):
            break
        sentence = mentions.sentences[position].sentence
        for pattern, role in ((_FAMILY, "family"), (_CHILDREN, "family"), (_AWARDEE, "awardee"), (_PERFORMER, "performer")):
            for match in pattern.finditer(mentions.small, sentence.start, sentence.end):
                found.append((match.span("who") if "who" in pattern.groupindex else match.span(), role))
    rows: list[Row] = []
    groups: dict[tuple[str, str], int] = {}
    for span, role in sorted(found):
        words = article.text[slice(*span)]
        head = (words.lower().split()[-1], role)
        evidence = [Evidence("participant_text", *span), Evidence("role", *span)]
        if head in groups:
            # Named again: one participant, with more evidence for the role.
            old = rows[groups[head]]
            rows[groups[head]] = Row(old.values, [*old.evidence, evidence[1]])
        else:
            groups[head] = len(rows)
            rows.append(Row({"participant_text": words, "role": role}, evidence))
    return rows
