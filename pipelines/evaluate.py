"""Evaluation: how far extracted facts agree with gold facts that people read in the same articles."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.article.readers import read_folder
from pipelines.engines import extract
from pipelines.errors import InputError
from pipelines.mentions.lexicon import Lexicon
from pipelines.tables import Record, identify

Gold = Mapping[str, Any]

# Which column answers a gold key, and how: equal, naming the same, or only both present.
_COLUMNS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "casualty_estimates": (
        ("qualifier", "qualifier", "equal"),
        ("victims", "victims_text", "names"),
        ("claimant", "claimant_text", "names"),
        ("reported_on", "reported_on", "equal"),
        ("stance", "stance", "equal"),
        ("part_of", "part_of_fact_id", "present"),
    ),
    "deployments": (
        ("status", "status", "equal"),
        ("personnel_kind", "personnel_kind", "equal"),
        ("force", "force_text", "names"),
        ("destination", "destination_text", "names"),
        ("waves", "waves", "equal"),
        ("claimant", "claimant_text", "names"),
        ("reported_on", "reported_on", "equal"),
    ),
    "ceremonies": (
        ("kind", "kind", "equal"),
        ("held_on", "held_on", "equal"),
        ("place", "place_text", "names"),
        ("host", "host_text", "names"),
        ("honoured_count", "honoured_count", "equal"),
    ),
}
_COUNTS = {"casualty_estimates": "count", "deployments": "personnel"}
_ANCHORS = ("count_", "personnel_", "status", "kind", "name")


@dataclass
class Score:
    """Gold values, those of them that were found, and values that no gold value answers."""

    gold: int = 0
    found: int = 0
    invented: int = 0

    def row(self, table: str, column: str) -> dict[str, object]:
        """The score as a row of the table ``accuracy``."""
        extracted = self.found + self.invented
        return {
            "table_name": table,
            "column_name": column,
            "gold": self.gold,
            "found": self.found,
            "invented": self.invented,
            "precision": _share(self.found, extracted),
            "recall": _share(self.found, self.gold),
        }


@dataclass
class Scores:
    """The scores of one table: of finding the facts, and of each column of those found."""

    facts: Score = field(default_factory=Score)
    columns: dict[str, Score] = field(default_factory=dict)


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001")) if whole else None


def evaluate(folder: Path, lexicon: Lexicon) -> list[dict[str, object]]:
    """The rows of the table ``accuracy`` for the gold corpus in ``folder``: articles/<id>.txt beside gold/<id>.json."""
    scores = {table: Scores() for table in _COLUMNS}
    for article in read_folder(folder / "articles"):
        gold = _read_gold(folder / "gold" / f"{article.article_id}.json")
        records = identify(article, extract(article, lexicon, tuple(_COLUMNS)))
        for table in _COLUMNS:
            here = [r for r in records if r.fact.table == table]
            _score(scores[table], table, gold.get(table, []), here, article.text)
    return [row for table, found in sorted(scores.items()) for row in _rows(table, found)]


def _read_gold(path: Path) -> Gold:
    try:
        gold: Gold = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: not found (expected the gold facts of the article of that name)") from None
    except ValueError as error:
        raise InputError(f"{path}: no JSON: {error}") from None
    return gold


def _rows(table: str, scores: Scores) -> Iterator[dict[str, object]]:
    yield scores.facts.row(table, "row")
    for column, score in scores.columns.items():
        yield score.row(table, column)


def _score(scores: Scores, table: str, gold: Sequence[Gold], records: Sequence[Record], text: str) -> None:
    free = list(records)
    for fact in gold:
        fits = [r for r in free if _same_fact(table, fact, r, text)]
        scores.facts.gold += 1
        if not fits:
            continue
        best = max(fits, key=lambda r: sum(_agrees(fact, r, c) for c in _COLUMNS[table]))
        free.remove(best)
        scores.facts.found += 1
        for column in _COLUMNS[table]:
            score = scores.columns.setdefault(column[1], Score())
            right = _agrees(fact, best, column)
            stated, extracted = fact.get(column[0]) is not None, best.fact.values.get(column[1]) is not None
            score.gold += stated
            score.found += stated and right
            score.invented += extracted and not right
    scores.facts.invented += len(free)


def _same_fact(table: str, gold: Gold, record: Record, text: str) -> bool:
    """Whether a record tells what a gold fact tells: its number and outcome, or, without a number, its place in the text."""
    values = record.fact.values
    prefix = _COUNTS.get(table)
    if prefix:
        wanted = {gold.get(f"{prefix}_{end}") for end in ("low", "best", "high")} - {None}
        got = {values.get(f"{prefix}_{end}") for end in ("low", "best", "high")} - {None}
        if wanted != got or gold.get("outcome") != values.get("outcome"):
            return False
        if wanted:
            return True
    start = text.find(gold["evidence"])
    return any(e.start < start + len(gold["evidence"]) and start < e.end for e in record.fact.evidence if e.column.startswith(_ANCHORS))


def _agrees(gold: Gold, record: Record, column: tuple[str, str, str]) -> bool:
    wanted, got = gold.get(column[0]), record.fact.values.get(column[1])
    if column[2] == "present":
        return (wanted is None) == (got is None)
    if column[2] == "names":
        mine, theirs = _words(wanted), _words(got)
        return mine <= theirs or theirs <= mine if mine and theirs else mine == theirs
    return (None if wanted is None else str(wanted)) == (None if got is None else str(got))


def _words(name: object) -> set[str]:
    return set(re.findall(r"\w+", str(name or "").lower())) - {
        "the",
        "a",
        "an",
        "of",
        "s",
        "in",
        "at",
        "its",
        "and",
        "for",
        "from",
        "on",
        "by",
        "to",
    }
