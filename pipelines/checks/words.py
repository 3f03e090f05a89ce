"""What the checks of words find in a whole package: in one pass, some facts at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from pipelines.article import Article
from pipelines.checks.evidence import check_coverage, check_spans, gather
from pipelines.checks.problem import Problem
from pipelines.checks.reparse import check_readings
from pipelines.checks.windows import articles_of, windows
from pipelines.schema import Schema


@dataclass(frozen=True)
class Found:
    """The problems of spans, of values without them and of readings, each in order of tables and rows, and how many values are read."""

    spans: Sequence[Problem]
    coverage: Sequence[Problem]
    readings: Sequence[Problem]
    values: int


class Words:
    """The words of a package; they are looked at when somebody first asks."""

    def __init__(self, tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema], articles: Mapping[str, Article] | None) -> None:
        self._tables, self._schemas, self._articles = tables, schemas, articles

    @cached_property
    def found(self) -> Found:
        """What is found."""
        spans: list[Problem] = []
        coverage: list[Problem] = []
        readings: list[Problem] = []
        values = 0
        for part in windows(self._tables, self._schemas):
            texts = self._texts(part)
            rows = gather(part, self._schemas, texts)
            spans += check_spans(part, self._schemas, texts, rows)
            coverage += check_coverage(rows, part)
            readings += check_readings(rows, self._tables)
            values += sum(row.needs_words(f) for row in rows for f in row.schema.fields if f.evidence in ("count", "date"))
        return Found(self._ordered(spans), self._ordered(coverage), self._ordered(readings), values)

    def _texts(self, part: Mapping[str, pa.Table]) -> Mapping[str, Article] | None:
        every = self._articles
        return None if every is None else {a: every[a] for a in articles_of(part) if a in every}

    def _ordered(self, problems: Sequence[Problem]) -> Sequence[Problem]:
        place = {table: n for n, table in enumerate(self._schemas)}
        return sorted(problems, key=lambda problem: (place[problem.table], problem.row))
