"""Statements: quotations, pledges, denials, refusals to comment, and what a speaker asked or felt in others' words."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipelines.article import Article
from pipelines.facts.columns import Draft, claim_at, put_conflict
from pipelines.facts.fact import Fact, Span
from pipelines.mentions.claims import Attribution
from pipelines.mentions.events import Event
from pipelines.mentions.finders import Anchors, caseless, lowered
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.speakers import speaker_of, subject_before
from pipelines.mentions.tokens import Tagged

# One set of characters first, since that is found fast.
_QUOTED = re.compile(r"[“\"](?:(?<=“)(?P<curly>[^”\n]{3,2000})”|(?<=\")(?<![\w\"]\")(?P<straight>[^\"\n]{3,2000})\")")
# Verbs that make a statement of their own kind out of what follows them, in small letters.
_ACTS = {
    "pledge": caseless(r"\b(?:pledged|vowed|promised|undertook|swore|pledges|vows|promises)\b(?=\s+(?:to|that|never)\b)"),
    "no_comment": caseless(
        r"\b(?=(?:declined|declines|refused|refuses) to (?:comment|provide|say|confirm|elaborate|give|answer|discuss|disclose|specify|be drawn)\b|(?:had|has|have) no (?:immediate )?comment\b"
        r"|(?:did|do|does) not (?:immediately )?(?:respond|reply|comment)\b|(?:was|were) not (?:immediately )?available for comment\b|could not (?:immediately )?be reached\b)"
    ),
    "paraphrase": caseless(
        r"\b(?=(?:expressed|expresses|called for|calls for|called on|calls on|urged|urges|demanded|demands|condemned|condemns|apologi[sz]ed|thanked|voiced|appealed (?:to|for)|offered (?:his|her|their|its) condolences)\b)"
    ),
}
# One of these words is in every match of the expressions above.
_ACT_ANCHORS = Anchors(
    (
        "pledge vow promise undertook swore decline refuse comment reached respond reply available expresse call urge demand condemn apologi "
        "thanked voiced appealed offered"
    ).split()
)
_CLAUSE_STOP = re.compile(r", (?:as|but|while|though|although|however|and|whereas)\b|;|, (?:he|she|it|they) ")
_SPEECH = re.compile(r"\b(?:speech|address|remarks|eulogy)\b", re.IGNORECASE)


def find_facts(article: Article, mentions: Mentions) -> Iterable[Fact]:
    """The statements of the article in order of the text, each with its words."""
    if not mentions.of_war:
        return []
    quotes = list(_quotes(article, mentions))
    drafts = quotes + list(_acts(article, mentions)) + list(_denials(article, mentions))
    _put_occasions(article, mentions, drafts)
    return [draft.fact() for draft in drafts]


def _quotes(article: Article, mentions: Mentions) -> Iterator[Draft]:
    """Every fragment in quotation marks that somebody is said to have spoken or published."""
    for match in _QUOTED.finditer(article.text, article.body_start):
        start, end = match.span("curly") if match["curly"] else match.span("straight")
        while end > start and article.text[end - 1] in ", ":
            end -= 1
        position = mentions.sentence_at(start)
        if position is None or len(article.text[start:end].split()) < 2:
            continue
        attribution = _speaker_of(mentions, position, start, end)
        if attribution is None or attribution.by.name is None:
            continue
        draft = Draft("statements", article, (start, end))
        draft.pattern = "quotation"
        draft.put("kind", "quote", (match.start(), match.end()))
        draft.put("text", article.text[start:end], (start, end))
        _put_speaker(draft, mentions, position, attribution)
        _put_topic(draft, mentions, start, end)
        yield draft


def _speaker_of(mentions: Mentions, position: int, start: int, end: int) -> Attribution | None:
    """Who speaks a quotation: by the sentence that it begins in, the one that it ends in, or the one before."""
    last = mentions.sentence_at(end - 1)
    attribution = claim_at(mentions, position, start, min(end, mentions.sentences[position].sentence.end))
    if attribution is None and last is not None and last != position:
        attribution = claim_at(mentions, last, mentions.sentences[last].sentence.start, mentions.sentences[last].sentence.start)
    if attribution is None and position and mentions.sentences[position].tags.startswith('"'):
        before = [a for a in mentions.attributions[position - 1] if a.by.name]
        same = mentions.sentences[position - 1].sentence.paragraph == mentions.sentences[position].sentence.paragraph
        attribution = before[-1] if before and same else None
    return attribution


def _acts(article: Article, mentions: Mentions) -> Iterator[Draft]:
    """Pledges, refusals to comment and reported attitudes: the words from the verb to the end of its clause."""
    hints = {mentions.sentence_at(start) for start in _ACT_ANCHORS.starts(mentions.lower)}
    for position, tagged in enumerate(mentions.sentences):
        for kind, verb in _ACTS.items() if position in hints else ():
            match = verb.search(mentions.small, tagged.sentence.start, tagged.sentence.end)
            if not match or _inside_quotes(article.text, tagged.sentence.start, match.start()):
                continue
            speaker = _subject(article.text, mentions, tagged, match.start())
            if speaker is None:
                continue
            start = match.end() + (article.text[match.end()] == " ")
            end = _clause_end(article.text, start, tagged.sentence.end)
            draft = Draft("statements", article, (start, end))
            draft.pattern = kind
            draft.put("kind", kind, (match.start(), match.end()) if match.end() > match.start() else (start, end))
            draft.put("text", article.text[start:end], (start, end))
            span, actor_id = speaker
            draft.words("speaker", span, actor_id)
            _put_day(draft, mentions, position, match.start())
            _put_topic(draft, mentions, start, end)
            put_conflict(draft, mentions, position)
            yield draft


def _denials(article: Article, mentions: Mentions) -> Iterator[Draft]:
    for position, row in enumerate(mentions.attributions):
        for attribution in row:
            if attribution.stance != "denied" or attribution.by.name is None:
                continue
            sentence = mentions.sentences[position].sentence
            end = _clause_end(article.text, attribution.verb[1], sentence.end)
            span = (attribution.verb[0], end)
            draft = Draft("statements", article, span)
            draft.pattern = "denial"
            draft.put("kind", "denial", attribution.verb)
            draft.put("text", article.text[slice(*span)], span)
            _put_speaker(draft, mentions, position, attribution)
            _put_topic(draft, mentions, *span)
            yield draft


def _put_speaker(draft: Draft, mentions: Mentions, position: int, attribution: Attribution) -> None:
    draft.words("speaker", attribution.by.name, attribution.by.actor_id)
    if attribution.by.words and attribution.by.words != attribution.by.name:
        draft.support("speaker_id" if attribution.by.actor_id else "speaker_text", attribution.by.words)
    draft.day("said", attribution.day)
    put_conflict(draft, mentions, position)


def _put_day(draft: Draft, mentions: Mentions, position: int, at: int) -> None:
    attribution = next((a for a in mentions.attributions[position] if a.verb[0] == at), None)
    if attribution:
        draft.day("said", attribution.day)


def _subject(text: str, mentions: Mentions, tagged: Tagged, verb: int) -> tuple[Span, str | None] | None:
    """(longest name, identifier) of the name that stands nearest before a verb in its clause, or of its subject."""
    for token in reversed([t for t in tagged.tokens if t.end <= verb]):
        if token.tag in ';"' or token.lower in ("that", "which"):
            return None
        meaning = mentions.meanings.get(token.start)
        if meaning and token.tag == "A":
            return meaning.longest, meaning.actor_id
        if token.tag == "R":
            return None
    subject = subject_before(tagged, next((i for i, t in enumerate(tagged.tokens) if t.end > verb), 0))
    by = speaker_of(text, tagged, subject, mentions.meanings, (), mentions.lexicon) if subject else None
    return (by.name, by.actor_id) if by and by.name else None


def _clause_end(text: str, start: int, end: int) -> int:
    """The end of the clause: before a comma that opens another one, or the sentence's stop."""
    stop = _CLAUSE_STOP.search(text, start, end)
    end = stop.start() if stop else end
    while end > start and text[end - 1] in ".,;!? \n":
        end -= 1
    return end


def _inside_quotes(text: str, start: int, at: int) -> bool:
    before = text[start:at]
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def _put_topic(draft: Draft, mentions: Mentions, start: int, end: int) -> None:
    """What the words are about, by the first word of the lexicon that says so."""
    found = mentions.lexicon.topic_finder.find(lowered(draft.article.text[start:end]))
    if found:
        first, last, phrase = found[0]
        draft.put("topic", mentions.lexicon.topics[phrase], (start + first, start + last))


def _put_occasions(article: Article, mentions: Mentions, drafts: Sequence[Draft]) -> None:
    """Says at which ceremony it was spoken: from "in his speech" on, until another ceremony is named."""
    events = mentions.events
    if not events or not drafts:
        return
    speech: tuple[Event, Span, object] | None = None
    spoken: dict[int | None, list[Draft]] = {}
    for draft in drafts:
        spoken.setdefault(mentions.sentence_at(draft.trigger[0]), []).append(draft)
    named = {m.sentence for e in events for m in e.mentions}
    for position, tagged in enumerate(mentions.sentences):
        if position in named:
            speech = None
        said = spoken.get(position, [])
        cue = _SPEECH.search(article.text, tagged.sentence.start, tagged.sentence.end) if said else None
        if cue:
            before = [e for e in events if e.mentions[0].sentence <= position]
            speech = (before[0], cue.span(), said[0].values.get("speaker_text")) if before else None
        for draft in said:
            if speech and draft.values.get("speaker_text") == speech[2]:
                draft.refers["occasion_fact_id"] = ("ceremonies", speech[0].mentions[0].name)
                draft.support("occasion_fact_id", speech[1])
