"""Ceremonies: one row each, as reported, with those who took part."""

import re
from collections.abc import Iterable, Sequence

from pipelines.article import Article
from pipelines.facts.columns import Draft, actor_at, claim_at, place_after, put_conflict, put_place_span
from pipelines.facts.fact import Evidence, Fact, Row, Span
from pipelines.mentions import Mentions
from pipelines.mentions.dates import DateMention
from pipelines.mentions.events import Event, EventMention, day_of, find_events
from pipelines.mentions.numbers import Number
from pipelines.mentions.speakers import speaker_of, subject_before
from pipelines.mentions.words import Tagged

_UNDATED = re.compile(
    r"\b(?:without|not|no|nor|never|undisclosed|unspecified|unclear|withheld)\b[^.]{0,60}\bdate\b|\bdate\b[^.]{0,30}\b(?:not|undisclosed|unknown|unclear|withheld)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|took|attended|held|laid|received|pinned|presided|awarded|watched|honou?red|buried|paid)\b", re.IGNORECASE
)
_HOST_BEFORE = re.compile(
    r"\b(?:attended|attends|presided|hosted|led|laid|pinned|conferred|handed|decorated|hung|bestowed|unveiled|addressed|opened|received|bowed|spoke|watched|reviewed|awarded|presented|unveiled)\b",
    re.IGNORECASE,
)
_HOST_AFTER = re.compile(
    r"\b(?:attended by|(?:unveiled|decorated|laid|conferred|presented|pinned|inaugurated|opened|awarded) by|presided over by|led by|hosted by|in the presence of|addressed by)\s+",
    re.IGNORECASE,
)
_ATTENDANCE = re.compile(r"\b[Ww]ith (?P<host>[^,]{2,60}?) in attendance\b")
_HONOURED = re.compile(
    r"\b(?:in hono(?:u)?r of|hono(?:u)?ring|in memory of|in tribute to|commemorating|for|to hono(?:u)?r|of)\s+(?:the\s+)?", re.IGNORECASE
)
_FAMILY = re.compile(
    r"\b(?:(?:bereaved|grieving|mourning|soldiers'|their) (?:families|relatives|family members|parents)|families of (?:the )?\w+|widows|next of kin)\b",
    re.IGNORECASE,
)
_CHILDREN = re.compile(r"\bchildren\b(?=[^.]*\b(?:fallen|dead|bereaved|killed|deceased|slain)\b)", re.IGNORECASE)
_AWARDEE = re.compile(
    r"\b(?:giving|gave|presented|presenting|handed|handing|awarded|awarding)\s+(?:\w+\s+){0,2}?(?:awards|medals|decorations|orders|titles)\s+to\s+(?P<who>(?:the\s+)?\w+)",
    re.IGNORECASE,
)
_PERFORMER = re.compile(r"\bperformed by (?:the )?(?P<who>[^,.]{3,60})", re.IGNORECASE)


def find_facts(article: Article, mentions: Mentions) -> Iterable[Fact]:
    """The ceremonies of the article, each with its words."""
    events = find_events(article.text, mentions.sentences) if mentions.of_war else []
    return [_draft(article, mentions, event, events).fact() for event in events]


def _draft(article: Article, mentions: Mentions, event: Event, events: Sequence[Event]) -> Draft:
    sentences = mentions.sentences
    first = event.mentions[0]
    draft = Draft("ceremonies", article, first.name)
    draft.pattern = "act" if first.act else "noun"
    nouns = [sentences[m.sentence].tokens[m.noun] for m in event.mentions if m.kind == event.kind]
    draft.put("kind", event.kind, *[(t.start, t.end) for t in nouns])
    draft.words("name", None)
    best = max((m for m in event.mentions if m.kind == event.kind), key=lambda m: m.name[1] - m.name[0])
    draft.put("name", article.text[slice(*best.name)], best.name)
    _put_day(draft, mentions, event)
    _put_where(draft, mentions, event)
    _put_host(draft, mentions, event)
    _put_honoured(draft, mentions, event)
    put_conflict(draft, mentions, first.sentence)
    # What follows is told of the article's first ceremony: where it has several, only beside their own mentions.
    near = {s for m in event.mentions for s in range(m.sentence, m.sentence + (5 if event is events[0] else 2))}
    taken = {s for e in events if e is not event for m in e.mentions for s in (m.sentence,)}
    draft.links["ceremony_participants"] = _participants(mentions, article, sorted(near - taken))
    return draft


def _put_day(draft: Draft, mentions: Mentions, event: Event) -> None:
    """When it was held: never where the article says that the date was not given; then the report bounds it."""
    sentences = mentions.sentences
    text = draft.article.text
    undated = any(_UNDATED.search(text, sentences[m.sentence].sentence.start, sentences[m.sentence].sentence.end) for m in event.mentions)
    days = [d for d in (day_of(m, sentences) or _day_beside(mentions, m) for m in event.mentions) if d and d.reading]
    if days and not undated:
        draft.day("held", next((d for d in days if d.on), days[0]))
        return
    for mention in event.mentions:
        sentence = sentences[mention.sentence].sentence
        attribution = claim_at(mentions, mention.sentence, *mention.name)
        if attribution and attribution.day and attribution.day.on and _PAST.search(text, sentence.start, sentence.end):
            draft.date("held_latest", attribution.day.on, attribution.day)
            return


def _day_beside(mentions: Mentions, mention: EventMention) -> DateMention | None:
    """The date nearest to a mention in its sentence that does not date a report."""
    tagged = mentions.sentences[mention.sentence]
    reported = {a.day for a in mentions.attributions[mention.sentence]}
    days = [
        (abs(i - mention.noun), t.value)
        for i, t in enumerate(tagged.tokens)
        if isinstance(t.value, DateMention) and t.value not in reported
    ]
    return min(days, key=lambda d: d[0])[1] if days else None


_VENUE = re.compile(r"[dwJAGson'-]{1,14}")


def _put_where(draft: Draft, mentions: Mentions, event: Event) -> None:
    """Venue behind "at", place behind "in": first looked for behind each mention, then anywhere in its sentence."""
    for mention in event.mentions:
        tagged = mentions.sentences[mention.sentence]
        for start in (mention.noun + 1, 0):
            for index in range(start, min(start + 22, len(tagged.tokens) - 1)):
                if tagged.tags[index] == ";" and start:
                    break
                if tagged.tokens[index].lower in ("at", "inside", "on") and "venue_text" not in draft.values:
                    _put_venue(draft, mentions, tagged, index + 1)
            found = place_after(mentions, tagged.tokens, start, frozenset(("in", "near", "outside", "around")))
            if found and "place_text" not in draft.values:
                put_place_span(draft, mentions, *found)


def _put_venue(draft: Draft, mentions: Mentions, tagged: Tagged, start: int) -> None:
    match = _VENUE.match(tagged.tags, start)
    if not match:
        return
    first, last = match.start(), match.end() - 1
    while first <= last and tagged.tags[first] == "d":
        first += 1
    # "April 25 House of Culture" is one name although it holds a date.
    span = (tagged.tokens[first].start, tagged.tokens[last].end)
    named = mentions.names_within(*span)
    if not named:
        return
    place_id = next((m.place_id for m in named if m.place_id and mentions.lexicon.places[m.place_id].kind == "venue"), None)
    draft.words("venue", span, place_id)


def _put_host(draft: Draft, mentions: Mentions, event: Event) -> None:
    """The principal figure: who attended, presided or laid the wreath, by name."""
    text = draft.article.text
    for mention in event.mentions:
        tagged = mentions.sentences[mention.sentence]
        sentence = tagged.sentence
        attendance = _ATTENDANCE.search(text, sentence.start, sentence.end)
        after = _HOST_AFTER.search(text, sentence.start, sentence.end)
        before = _HOST_BEFORE.search(text, sentence.start, mention.name[1])
        if attendance:
            found = _person(mentions, tagged, attendance.start("host"), attendance.end("host"))
        elif after:
            found = _person(mentions, tagged, after.end(), min(sentence.end, after.end() + 90))
        elif before:
            found = _subject(text, mentions, tagged, before.start()) or _person(mentions, tagged, sentence.start, before.start(), last=True)
        else:
            continue
        if found:
            span, actor_id, here = found
            draft.words("host", span, actor_id)
            if actor_id:
                draft.support("host_id", here)
            return


def _subject(text: str, mentions: Mentions, tagged: Tagged, verb: int) -> tuple[Span, str | None, Span] | None:
    """(longest name, identifier, words here) of the person who is the subject of the verb at an offset: "the army chief"."""
    index = next((i for i, t in enumerate(tagged.tokens) if t.end > verb), 0)
    subject = subject_before(tagged, index)
    by = speaker_of(text, tagged, subject, mentions.meanings, (), mentions.lexicon) if subject else None
    if by is None or by.name is None or not by.person or re.search(r"[Nn]", tagged.tags[subject[0] : subject[1]] if subject else ""):
        return None
    return by.name, by.actor_id, by.words


def _person(mentions: Mentions, tagged: Tagged, start: int, end: int, last: bool = False) -> tuple[Span, str | None, Span] | None:
    """(longest name, identifier, words here) of the first or last person named between two offsets."""
    found = []
    for token in tagged.tokens:
        meaning = mentions.meanings.get(token.start)
        if meaning is None or token.tag != "A" or not start <= token.start < end or meaning.place_id:
            continue
        if meaning.actor_id is None or mentions.lexicon.actors[meaning.actor_id].kind == "person":
            found.append((meaning.longest, meaning.actor_id, (token.start, token.end)))
    return found[-1 if last else 0] if found else None


def _put_honoured(draft: Draft, mentions: Mentions, event: Event) -> None:
    """Those whom it honoured: behind "for", "in honour of" or, at a funeral, "of"; their number where it is theirs."""
    for mention in event.mentions:
        tagged = mentions.sentences[mention.sentence]
        match = _HONOURED.search(draft.article.text, mention.name[1], min(tagged.sentence.end, mention.name[1] + 90))
        if not match or (match[0].lower().startswith("of") and event.kind not in ("funeral", "memorial", "repatriation")):
            continue
        first = next((i for i, t in enumerate(tagged.tokens) if t.start >= match.end()), None)
        if first is None:
            continue
        phrase = re.compile(r"[Nn]?(?:od?)?[wJAm-]{0,4}G+(?:c[wJA]{0,3}G+)?(?:od?[wJAs'-]{1,9})?").match(tagged.tags, first)
        if not phrase:
            continue
        start = first
        number = tagged.tokens[first].value
        if isinstance(number, Number) and number.count:
            start += 1
            draft.put("honoured_count", number.count.best, (number.start, number.end))
        span = (tagged.tokens[start].start, tagged.tokens[phrase.end() - 1].end)
        draft.words("honoured", span, actor_at(mentions, span))
        return
    any(_put_decorated(draft, mentions, event, mention) for mention in event.mentions)


def _put_decorated(draft: Draft, mentions: Mentions, event: Event, mention: EventMention) -> bool:
    """Those on whom a medal was pinned: the counted people of the sentence that tells of it."""
    tagged = mentions.sentences[mention.sentence]
    if event.kind not in ("decoration", "oath") or not mention.act:
        return False
    # A medal is given to whom the words behind the verb name; an oath is sworn by whom stands before it.
    start = mention.noun if event.kind == "decoration" else 0
    match = re.compile(r"(N)(?:od?)?((?:[wJA]{0,3}G+|J)(?:od?[wJA]{1,4})?)").search(tagged.tags, start)
    number = tagged.tokens[match.start(1)].value if match else None
    if match is None or not isinstance(number, Number) or number.count is None:
        return False
    span = (tagged.tokens[match.start(2)].start, tagged.tokens[match.end(2) - 1].end)
    draft.put("honoured_count", number.count.best, (number.start, number.end))
    draft.words("honoured", span, actor_at(mentions, span))
    return True


def _participants(mentions: Mentions, article: Article, sentences: Sequence[int]) -> list[Row]:
    """Groups that the sentences about the ceremony name, each once, in order of the text."""
    found: list[tuple[Span, str]] = []
    for position in sentences:
        if position >= len(mentions.sentences):
            break
        sentence = mentions.sentences[position].sentence
        for pattern, role in ((_FAMILY, "family"), (_CHILDREN, "family"), (_AWARDEE, "awardee"), (_PERFORMER, "performer")):
            for match in pattern.finditer(article.text, sentence.start, sentence.end):
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
