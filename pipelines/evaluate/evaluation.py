"""The evaluation of a corpus: its articles extracted, compared with their gold and counted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipelines.article import Article
from pipelines.engines.extraction import extract
from pipelines.evaluate.agreement import Agreement, Mistake, Score, compare
from pipelines.evaluate.gold import KEYS, PARTS, part_of, read_gold
from pipelines.evaluate.intervals import Interval, intervals
from pipelines.mentions.lexicon import Lexicon
from pipelines.records import identify
from pipelines.schema import Schema

RESAMPLES = 2000


@dataclass(frozen=True)
class Evaluation:
    """What a corpus scores: ``rows`` are those of the table ``accuracy``; mistakes in held-out articles are not told.

    ``articles``: how many there are of each part.
    """

    articles: Mapping[str, int]
    resamples: int
    rows: list[dict[str, object]]
    mistakes: Sequence[Mistake]


def evaluate(
    articles: Sequence[Article],
    gold: Path,
    lexicon: Lexicon,
    schemas: Mapping[str, Schema],
    tables: Sequence[str] = tuple(KEYS),
    resamples: int = RESAMPLES,
) -> Evaluation:
    """The agreement of what is extracted from the articles with the facts in ``gold``/<article_id>.json."""
    wanted = read_gold(gold, articles, schemas)
    agreements = [compare(a, wanted[a.article_id], identify(a, extract(a, lexicon, tables)), tables) for a in articles]
    parts = {part: [a for a in agreements if part_of(wanted[a.article_id]) == part] for part in PARTS}
    rows = [row for part, ours in parts.items() if ours for row in _rows(part, ours, tables, resamples)]
    mistakes = [m for a in sorted(parts[PARTS[0]], key=lambda a: a.article_id) for m in a.mistakes]
    return Evaluation({part: len(ours) for part, ours in parts.items() if ours}, resamples, rows, mistakes)


def _rows(part: str, agreements: Sequence[Agreement], tables: Sequence[str], resamples: int) -> list[dict[str, object]]:
    names = [(t, c) for t in sorted(tables) for c in ("row", "row_strict", *(k.columns[0] for k in KEYS[t] if k.compared))]
    scores = [[a.scores[name] for name in names] for a in agreements]
    bounds = intervals(np.array([[(s.gold, s.found, s.invented) for s in row] for row in scores], np.int64), resamples)
    totals = [Score(sum(s.gold for s in c), sum(s.found for s in c), sum(s.invented for s in c)) for c in zip(*scores, strict=True)]
    return [{"part": part, **_row(name, total, *around)} for name, total, around in zip(names, totals, bounds, strict=True)]


def _row(name: tuple[str, str], score: Score, precision: Interval, recall: Interval, f1: Interval) -> dict[str, object]:
    """The score as a row of the table ``accuracy``."""
    return {
        "table_name": name[0],
        "column_name": name[1],
        **asdict(score),
        **_measure("precision", score.precision, precision),
        **_measure("recall", score.recall, recall),
        **_measure("f1", score.f1, f1),
    }


def _measure(name: str, share: Fraction | None, around: Interval) -> dict[str, Decimal | None]:
    exact = None if share is None else (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("0.0001"))
    return {name: exact, f"{name}_low": around[0], f"{name}_high": around[1]}
