"""Facts as they were made: each value beside its words, and the pattern beside its example."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.article import Article
from pipelines.explain.patterns import example_of
from pipelines.facts import Evidence
from pipelines.mentions.lexicon import Lexicon
from pipelines.records import Record
from pipelines.schema import Schema

Span = tuple[int, int]
_HIDDEN = ("fact_id", "article_id", "review_status")


@dataclass(frozen=True)
class Value:
    """One value of a fact: ``means`` says what an identifier stands for, ``spans`` are the words that made it."""

    column: str
    value: object
    means: str | None
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Made:
    """One fact: its number in the article, its pattern, its values, and the rows of its lists by table.

    ``unstated`` are the columns of which the article says nothing.
    """

    number: int
    table: str
    fact_id: str
    pattern: str | None
    example: str | None
    trigger: Span
    values: tuple[Value, ...]
    unstated: tuple[str, ...]
    lists: Mapping[str, tuple[tuple[Value, ...], ...]]

    @property
    def spans(self) -> list[Span]:
        """All words of the fact."""
        rows = [self.values, *(row for rows in self.lists.values() for row in rows)]
        return [self.trigger, *(span for row in rows for value in row for span in value.spans)]


class Maker:
    """Explains the records of one article; ``numbers`` counts them by identifier."""

    def __init__(self, article: Article, numbers: Mapping[str, int], lexicon: Lexicon, schemas: Mapping[str, Schema]) -> None:
        self._article = article
        self._numbers = numbers
        self._schemas = schemas
        self._known = {"actors": lexicon.actors, "places": lexicon.places, "conflicts": lexicon.conflicts}

    def made(self, record: Record) -> Made:
        """The record, explained."""
        fact, schema = record.fact, self._schemas[record.fact.table]
        unstated = tuple(f.name for f in schema.fields if f.unstated and f.unstated == fact.values.get(f.name))
        return Made(
            self._numbers[record.fact_id],
            fact.table,
            record.fact_id,
            fact.pattern,
            example_of(fact, self._article.text),
            fact.trigger,
            self._values(schema, {c: v for c, v in fact.values.items() if c not in unstated}, fact.evidence),
            unstated,
            {t: tuple(self._values(self._schemas[t], r.values, r.evidence) for r in rows) for t, rows in fact.links.items() if rows},
        )

    def _values(self, schema: Schema, values: Mapping[str, object], evidence: Iterable[Evidence]) -> tuple[Value, ...]:
        spans: dict[str, list[Span]] = {}
        for e in evidence:
            spans.setdefault(e.column, []).append((e.start, e.end))
        shown = [f.name for f in schema.fields if f.name not in _HIDDEN and values.get(f.name) is not None]
        return tuple(Value(c, values[c], self._means(schema, c, str(values[c])), tuple(spans.get(c, ()))) for c in shown)

    def _means(self, schema: Schema, column: str, value: str) -> str | None:
        """What an identifier stands for: an actor, place or conflict by name, or a fact by its number."""
        table = next((key.table for key in schema.foreign_keys if key.fields == (column,)), "")
        if table in self._known:
            entry = self._known[table].get(value)
            return str(getattr(entry, "name", None)) if entry else None
        return f"fact {self._numbers[value]}" if value in self._numbers else None
