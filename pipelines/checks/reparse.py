"""Every published count and date read again from its own words, by the grammar of this version."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby

import pyarrow as pa

from pipelines.checks.evidence import Span, Supported
from pipelines.checks.problem import Problem
from pipelines.mentions.dates import DateReading, read_dates
from pipelines.mentions.numbers import Count, read_count
from pipelines.mentions.singles import read_one
from pipelines.schema import Field

PARTS = ("low", "best", "high", "stated")
CORRECT = "Correct the value in data/reviews/ with a reason, or the grammar in pipelines/mentions/, and build again."


def check_readings(rows: list[Supported], tables: Mapping[str, pa.Table]) -> Iterator[Problem]:
    """A problem for each count and each date that no span of it reads as, unless a reviewer gave his reason."""
    words = (tables["vague_numbers"].column(column).to_pylist() for column in ("words", "count_low"))
    vague = dict(zip(*words, strict=True))
    for supported in rows:
        yield from _counts(supported, vague)
        for f in supported.schema.fields:
            if f.evidence == "date" and supported.values[f.name] is not None:
                yield from _date(supported, f)


def _counts(supported: Supported, vague: Mapping[str, int]) -> Iterator[Problem]:
    """A count is read as a whole: its bounds, best value, stated number and hedge belong to the same words."""
    fields = [f for f in supported.schema.fields if f.evidence == "count"]
    for _, group in groupby(fields, key=lambda f: _part(f) != "best" or f.name.endswith("_best")):
        columns = {f.name: _part(f) for f in group}
        together = [columns] if any(part != "best" for part in columns.values()) else [{c: p} for c, p in columns.items()]
        for parts in together:
            yield from _count(supported, parts, vague)


def _count(supported: Supported, parts: Mapping[str, str], vague: Mapping[str, int]) -> Iterator[Problem]:
    spans = {column: _words_of(supported, column) for column in parts}
    if all(supported.values[column] is None for column in parts) or not any(spans.values()):
        return
    # Columns that a reviewer corrected with a reason are his; the others must still be read as they stand.
    judged = [c for c in parts if not any(span.reason for span in supported.spans.get(c, []))]
    published = {column: supported.values[column] for column in judged}
    readings = [read_count(words, vague) or read_one(words) for words in dict.fromkeys(w for found in spans.values() for w in found)]
    if any(count is not None and published == _as_columns(count, parts, judged) for count in readings):
        return
    if not judged or all(value is None for value in published.values()):
        return
    column = next(c for c in judged if published[c] is not None)
    seen = _told(_as_columns(readings[0], parts, judged)) if readings[0] else "no number"
    message = f"the words {_first(spans)!r} do not read so (expected {seen})"
    yield Problem(supported.schema.name, supported.row, column, "count", _told(published), message, CORRECT)


def _told(columns: Mapping[str, object]) -> str:
    return ", ".join(f"{column} {value}" for column, value in columns.items() if value is not None)


def _part(f: Field) -> str:
    """Which part of a count the column holds; a lone column holds the number itself."""
    return "qualifier" if f.name == "qualifier" else next((part for part in PARTS if f.name.endswith(f"_{part}")), "best")


def _as_columns(count: Count, parts: Mapping[str, str], columns: list[str]) -> dict[str, object]:
    return {column: getattr(count, parts[column]) for column in columns}


def _first(spans: Mapping[str, list[str]]) -> str:
    return next(words[0] for words in spans.values() if words)


def _words_of(supported: Supported, column: str) -> list[str]:
    return [span.words for span in supported.spans.get(column, []) if span.words is not None]


def _date(supported: Supported, f: Field) -> Iterator[Problem]:
    spans: list[Span] = supported.spans.get(f.name, [])
    words = _words_of(supported, f.name)
    if not words or any(span.reason for span in spans):
        return
    day: date = supported.values[f.name]
    readings = _readings(words, supported.published_on)
    if any(_fits(f.name, day, reading) for reading in readings):
        return
    seen = ", ".join(sorted({f"{r.earliest} to {r.latest}" for r in readings})) or "no date"
    yield Problem(
        supported.schema.name, supported.row, f.name, "date", str(day), f"the words {words[0]!r} do not read so (they read {seen})", CORRECT
    )


def _readings(words: list[str], published_on: date | None) -> list[DateReading]:
    """What the spans can mean, seen from the dateline, and each from every day that another span names."""
    first = [read_dates(one, published_on) for one in words]
    readings = [reading for found in first for reading in found]
    for n, one in enumerate(words):
        days = {r.earliest for m, found in enumerate(first) if m != n for r in found if r.earliest == r.latest}
        readings += [reading for day in sorted(days) for reading in read_dates(one, day)]
    return readings


def _fits(column: str, day: date, reading: DateReading) -> bool:
    if column.endswith("_earliest"):
        return reading.earliest == day
    if column.endswith("_latest"):
        return reading.latest == day
    return reading.earliest == reading.latest == day
