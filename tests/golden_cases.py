"""The golden articles: short invented texts, each beside the rows of one table that people read in it.

``<table>/<case>.txt`` is the article, ``<table>/<case>.csv`` its rows; the CSV's header chooses the columns that the
case is about, and an empty cell means null. Columns that are no columns of the table:

* ``part_of``: the number of the estimate that includes this one (as stated, or else its lower bound),
* ``occasion``: the name of the ceremony at which a statement was made,
* ``participants``: "role: words", joined by " | ", in order of the text.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.article import Article
from pipelines.article.readers import read_text
from pipelines.engines.extraction import extract
from pipelines.facts import Fact
from pipelines.facts.fact import Span
from pipelines.mentions.lexicon import Lexicon, load_lexicon
from pipelines.paths import REPOSITORY
from pipelines.schema import load_schemas

GOLDEN = REPOSITORY.root / "tests" / "golden"
Shown = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One golden article: its table, its text's path, the columns compared and the rows expected."""

    table: str
    path: Path
    columns: Shown
    rows: tuple[Shown, ...]

    def __str__(self) -> str:
        return f"{self.table}/{self.path.stem}"


def lexicon() -> Lexicon:
    """The repository's lexicon, read once."""
    return load_lexicon(REPOSITORY.lexicon)


@cache
def fact_tables() -> tuple[str, ...]:
    """The declared fact tables."""
    return tuple(name for name, schema in load_schemas(REPOSITORY.schemas).items() if schema.kind == "fact")


def cases() -> list[Case]:
    """Every golden case, in order of table and name; a text without its CSV is named by the convention test."""
    return [_case(path) for path in sorted(GOLDEN.glob("*/*.txt")) if path.with_suffix(".csv").is_file()]


def _case(path: Path) -> Case:
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as handle:
        header, *rows = csv.reader(handle)
    return Case(path.parent.name, path, tuple(header), tuple(tuple(row) for row in rows))


@cache
def read_case(path: Path) -> tuple[Article, tuple[Fact, ...]]:
    """The article of a case with all its facts."""
    article = read_text(path)
    return article, tuple(extract(article, lexicon(), fact_tables()))


def shown(fact: Fact, column: str, facts: Sequence[Fact]) -> str:
    """A fact's value of a column as a golden CSV writes it."""
    if column == "part_of":
        return _whole(fact, facts)
    if column == "occasion":
        return str(_target(fact, "occasion_fact_id", facts).get("name") or "")
    if column == "participants":
        rows = fact.links.get("ceremony_participants", [])
        return " | ".join(f"{row.values['role']}: {row.values['participant_text']}" for row in rows)
    value = fact.values.get(column)
    return "" if value is None else str(value)


def _whole(fact: Fact, facts: Sequence[Fact]) -> str:
    whole = _target(fact, "part_of_fact_id", facts)
    return str(whole.get("count_stated") or whole.get("count_low") or "")


def _target(fact: Fact, column: str, facts: Sequence[Fact]) -> Mapping[str, object]:
    target: tuple[str, Span] | None = fact.refers.get(column)
    return next((f.values for f in facts if target == (f.table, f.trigger)), {})
