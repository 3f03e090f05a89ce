"""Short texts read by the grammar, for tests of one behaviour each."""

from datetime import date

from golden_cases import lexicon

from pipelines.article import Article
from pipelines.engines.extraction import extract
from pipelines.facts import Fact
from pipelines.mentions.claims import Attribution
from pipelines.mentions.counts import OutcomeCount
from pipelines.mentions.mentions import Mentions, find_mentions
from pipelines.mentions.movement import Movement
from pipelines.mentions.movements import find_movements

FRIDAY = date(2025, 8, 22)


def article(text: str, published_on: date | None = FRIDAY) -> Article:
    """A text as an article."""
    return Article("note", text, published_on=published_on)


def mentions(text: str, published_on: date | None = FRIDAY) -> Mentions:
    """The mentions of a text."""
    return find_mentions(article(text, published_on), lexicon())


def tags(text: str) -> str:
    """The tags of the only sentence of a text."""
    (tagged,) = mentions(text).sentences
    return tagged.tags


def facts(text: str, table: str, published_on: date | None = FRIDAY) -> list[Fact]:
    """The facts of one table that a text yields."""
    return extract(article(text, published_on), lexicon(), [table])


def claims(text: str, published_on: date | None = FRIDAY) -> list[Attribution]:
    """The acts of claiming of a text, in order."""
    return [a for row in mentions(text, published_on).attributions for a in row]


def words(text: str, span: tuple[int, int] | None) -> str | None:
    """The words of a span."""
    return text[slice(*span)] if span else None


def speaker(text: str, claim: Attribution | None) -> str | None:
    """The longest name of who claims it."""
    return words(text, claim.by.name) if claim else None


def outcomes(text: str) -> list[OutcomeCount]:
    """The counted outcomes of a text, in order."""
    return list(mentions(text).outcomes)


def movements(text: str) -> list[Movement]:
    """The movements of people of a text, in order; what counts casualties counts no force."""
    taken = {(o.sentence, o.number) for o in outcomes(text)}
    return find_movements(text, mentions(text).sentences, taken)
