"""Mentions of one article, found once and handed to every fact module."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipelines.article import Article
from pipelines.article.sentences import find_sentences
from pipelines.mentions.actors import Meaning, resolve_actors
from pipelines.mentions.attribution import find_attributions
from pipelines.mentions.claims import Attribution
from pipelines.mentions.counts import OutcomeCount
from pipelines.mentions.dates import find_dates
from pipelines.mentions.disputes import Dispute, find_disputes
from pipelines.mentions.events import Event, find_events
from pipelines.mentions.finders import Found, lowered, small
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.numbers import find_numbers
from pipelines.mentions.outcomes import find_outcomes
from pipelines.mentions.scope import tells_of_war
from pipelines.mentions.tokens import Tagged
from pipelines.mentions.words import known_tokens, tag_sentences


@dataclass(frozen=True)
class Mentions:
    """What was found in an article.

    ``lower``: its text in small letters, of equal length. ``sentences``: tagged tokens. ``meanings``: what each name
    means, by its first character. ``attributions``: the acts of claiming of each sentence. ``conflicts``: (sentence,
    conflict_id, span) of each conflict named. ``outcomes``: the numbers of people killed, wounded and the like.
    ``disputes``: who rejects which of them. ``of_war``: whether the article tells of war at all.
    """

    article: Article
    lower: str
    lexicon: Lexicon
    sentences: Sequence[Tagged]
    meanings: Mapping[int, Meaning]
    attributions: Sequence[Sequence[Attribution]]
    conflicts: Sequence[tuple[int, str, tuple[int, int]]]
    outcomes: Sequence[OutcomeCount]
    disputes: Sequence[Dispute]
    of_war: bool
    name_starts: Sequence[int]
    conflict_ids: frozenset[str]

    @cached_property
    def small(self) -> str:
        """The text in small letters, all else as it is."""
        return small(self.article.text)

    @cached_property
    def events(self) -> Sequence[Event]:
        """The ceremonies, found when the first fact module asks for them."""
        return find_events(self.article.text, self.sentences)

    def sentence_at(self, offset: int) -> int | None:
        """The number of the sentence that holds a character, or None between sentences."""
        index = bisect_right(self.sentences, offset, key=lambda t: t.sentence.start) - 1
        return index if index >= 0 and offset < self.sentences[index].sentence.end else None

    def names_within(self, start: int, end: int) -> list[Meaning]:
        """What the names between two offsets mean, in order."""
        first, last = bisect_left(self.name_starts, start), bisect_left(self.name_starts, end)
        return [self.meanings[s] for s in self.name_starts[first:last]]


def find_mentions(article: Article, lexicon: Lexicon) -> Mentions:
    """All mentions of the article; ``article.body_start`` is where the prose begins."""
    text, start = article.text, article.body_start
    lower = lowered(text)
    spans = find_sentences(text, start)
    numbers = find_numbers(text, lexicon.vague, start)
    dates = find_dates(text, article.published_on, start)
    names, words, conflict_names, domains = lexicon.finder.find_each(lower)
    sentences = tag_sentences(text, lower, spans, known_tokens(text, lower, numbers, dates, names, words, lexicon))
    meanings = resolve_actors(sentences, lexicon)
    attributions = find_attributions(text, sentences, meanings, lexicon)
    outcomes = find_outcomes(text, sentences, meanings, lexicon)
    conflicts = _conflicts(conflict_names, sentences, lexicon)
    return Mentions(
        article,
        lower,
        lexicon,
        sentences,
        meanings,
        attributions,
        conflicts,
        outcomes,
        find_disputes(sentences, attributions, outcomes),
        tells_of_war((word for at, _, word in domains if at >= start), lexicon.domains),
        sorted(meanings),
        frozenset(c for _, c, _ in conflicts),
    )


def _conflicts(names: Sequence[Found], sentences: Sequence[Tagged], lexicon: Lexicon) -> list[tuple[int, str, tuple[int, int]]]:
    found = []
    for start, end, phrase in names:
        index = bisect_right(sentences, start, key=lambda t: t.sentence.start) - 1
        if index >= 0 and end <= sentences[index].sentence.end:
            found.append((index, lexicon.conflict_names[phrase], (start, end)))
    return found
