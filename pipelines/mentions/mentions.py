"""Mentions of one article, found once and handed to every fact module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.article import Article
from pipelines.article.sentences import find_sentences
from pipelines.mentions.actors import Meaning, resolve_actors
from pipelines.mentions.attribution import Attribution, find_attributions
from pipelines.mentions.dates import find_dates
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.numbers import find_numbers
from pipelines.mentions.outcomes import OutcomeCount, find_outcomes
from pipelines.mentions.scope import tells_of_war
from pipelines.mentions.words import Tagged, lowered, tag_sentences


@dataclass(frozen=True)
class Mentions:
    """What was found in an article.

    ``sentences``: tagged tokens. ``meanings``: what each name means, by its first character. ``attributions``: the
    acts of claiming of each sentence. ``conflicts``: (sentence, conflict_id, span) of each conflict named.
    ``outcomes``: the numbers of people killed, wounded and the like. ``of_war``: whether the article tells of war at
    all.
    """

    lexicon: Lexicon
    sentences: Sequence[Tagged]
    meanings: Mapping[int, Meaning]
    attributions: Sequence[Sequence[Attribution]]
    conflicts: Sequence[tuple[int, str, tuple[int, int]]]
    outcomes: Sequence[OutcomeCount]
    of_war: bool


def find_mentions(article: Article, lexicon: Lexicon) -> Mentions:
    """All mentions of the article; ``article.body_start`` is where the prose begins."""
    text, start = article.text, article.body_start
    spans = find_sentences(text, start)
    numbers = find_numbers(text, lexicon.vague, start)
    dates = find_dates(text, article.published_on, start)
    sentences = tag_sentences(text, spans, numbers, dates, lexicon)
    meanings = resolve_actors(sentences, lexicon)
    attributions = find_attributions(text, sentences, meanings, lexicon)
    of_war = tells_of_war(text[start:], lexicon)
    return Mentions(lexicon, sentences, meanings, attributions, _conflicts(text, sentences, lexicon), find_outcomes(sentences), of_war)


def _conflicts(text: str, sentences: Sequence[Tagged], lexicon: Lexicon) -> list[tuple[int, str, tuple[int, int]]]:
    found = lexicon.conflict_finder.find(lowered(text))
    return [
        (index, lexicon.conflict_names[phrase], (start, end))
        for start, end, phrase in found
        for index, tagged in enumerate(sentences)
        if tagged.sentence.start <= start and end <= tagged.sentence.end
    ]
