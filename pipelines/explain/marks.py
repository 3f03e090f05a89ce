"""Marks: the words of a sentence that the grammar reads as something, and what it takes them to mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipelines.article import Article
from pipelines.mentions.claims import Attribution
from pipelines.mentions.counts import outcome_tags
from pipelines.mentions.dates import DateMention
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.numbers import Count, Number
from pipelines.mentions.tokens import Token

Span = tuple[int, int]

# Kind of mark -> the letter that stands under it where there are no colours. The grammar's own tags, where it has one.
KINDS: Mapping[str, str] = {
    "people": "N",
    "number": "n",
    "date": "D",
    "name": "A",
    "says": "R",
    "outcome": "O",
    "movement": "M",
    "ceremony": "C",
}
_HEDGES = {"about": "about ", "at_least": "at least ", "more_than": "more than ", "at_most": "at most ", "less_than": "fewer than "}


@dataclass(frozen=True)
class Mark:
    """Words that mean something: ``kind`` is one of ``KINDS``, ``token`` their position in the sentence."""

    kind: str
    start: int
    end: int
    means: str
    token: int


@dataclass(frozen=True)
class Act:
    """What is done at one kind of ceremony and tells of it without its name."""

    start: int
    end: int
    means: str


@dataclass(frozen=True)
class Claim:
    """One act of claiming: the verb, who speaks by it, and from where to where its claim goes."""

    verb: Span
    start: int
    end: int
    means: str


def marks_of(mentions: Mentions, sentence: int, article: Article) -> list[Mark]:
    """The marks of one sentence in order; no two overlap."""
    tagged = mentions.sentences[sentence]
    tags = outcome_tags(tagged)
    found = (_mark(mentions, article, tagged.tokens[i], tags[i], i) for i in range(len(tagged.tokens)))
    return [mark for mark in found if mark]


def _mark(mentions: Mentions, article: Article, token: Token, tag: str, index: int) -> Mark | None:
    kind, means = _meaning(mentions, article, token, tag)
    return Mark(kind, token.start, token.end, means, index) if kind else None


def _meaning(mentions: Mentions, article: Article, token: Token, tag: str) -> tuple[str, str]:
    """(kind, meaning) of a token; two empty strings where the grammar takes it for a plain word."""
    word = token.word
    if isinstance(token.value, Number):
        return ("people", counted(token.value.count)) if token.value.count else ("number", "counts no people")
    if isinstance(token.value, DateMention):
        return "date", _resolved(token.value, article)
    if tag in "PUEOITHML":
        return "outcome", word.outcome if word and word.outcome else "killed, if it goes with people"
    if word and word.movement_use:
        return "movement", f"{word.status} ({word.movement_use})"
    if word and word.ceremony:
        return "ceremony", word.ceremony
    if token.tag == "R":
        return "says", word.stance if word else "asserted"
    meaning = mentions.meanings.get(token.start)
    return ("name", named(meaning.actor_id, meaning.place_id, mentions.lexicon)) if meaning else ("", "")


def counted(count: Count) -> str:
    """A number of people in the grammar's own words: "at least 300"."""
    bounds = [n for n in (count.low, count.high) if n is not None]
    if count.qualifier == "vague":
        return f"{bounds[0]:,} or more" if bounds else "an open number"
    if count.qualifier == "range":
        return " to ".join(f"{n:,}" for n in bounds)
    return f"{_HEDGES.get(count.qualifier, '')}{count.stated:,}"


def _resolved(mention: DateMention, article: Article) -> str:
    if mention.reading is None:
        return "no day that exists" if article.published_on else "unknown: the article has no date to count from"
    from_there = "".join(f", counted from “{article.text[slice(*span)]}”" for span in mention.anchors)
    if mention.on:
        return f"{mention.on:%a} {mention.on}{from_there}"
    return f"{mention.reading.earliest} to {mention.reading.latest}{from_there}"


def named(actor_id: str | None, place_id: str | None, lexicon: Lexicon) -> str:
    """What a name means: the actor with its kind, the place with its kind, or that the lexicon knows neither."""
    actor, place = lexicon.actors.get(actor_id or ""), lexicon.places.get(place_id or "")
    if actor and place and actor.name == place.name:
        return f"{actor.name} ({actor.kind}, {place.kind})"
    return ", ".join(f"{m.name} ({m.kind})" for m in (actor, place) if m) or "not in the lexicon"


def claims_of(mentions: Mentions, sentence: int, article: Article) -> list[Claim]:
    """The acts of claiming of one sentence, each with what the grammar knows of it."""
    return [Claim(a.verb, a.start, a.end, ", ".join(_told(a, article, mentions.lexicon))) for a in mentions.attributions[sentence]]


def _told(claim: Attribution, article: Article, lexicon: Lexicon) -> Iterator[str]:
    def words(span: Span) -> str:
        return f"“{' '.join(article.text[slice(*span)].split())}”"

    actor = lexicon.actors.get(claim.by.actor_id or "")
    name = words(claim.by.name or claim.by.words)
    yield f"by {name}" + (f" ({actor.name})" if actor and f"“{actor.name}”" != name else "")
    if claim.by.name is None:
        yield "who is not named"
    if claim.stance != "asserted":
        yield f"who {claim.stance} it"
    if claim.relayed_by:
        yield f"passed on by {words(claim.relayed_by)}"
    if claim.reported_to:
        yield f"told to {words(claim.reported_to)}"
    if claim.day:
        yield f"on {claim.day.on}" if claim.day.on else f"“{article.text[claim.day.start : claim.day.end]}”"
    if claim.contests:
        yield "rejecting what stands before"
