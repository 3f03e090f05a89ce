"""Reports on an evaluation: scores and disagreements for people in a terminal, and as JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipelines.errors import visible
from pipelines.evaluate.agreement import Mistake, Score
from pipelines.evaluate.evaluation import Evaluation
from pipelines.terminal import console, rendered

# Below this width intervals are shown in whole percents.
_WIDE = 100
_SIGNS = {"missed": ("-", "red"), "invented": ("+", "yellow"), "wrong": ("~", "cyan")}
_READING = Text("'fact' measures finding a fact at all, 'all right' finding it with every column below right.", "dim")
_KEPT = {"held_out": "; their mistakes are not shown, so that nobody tunes the grammar to them"}
_ROWS = {"row": "fact", "row_strict": "all right"}


def as_json(evaluation: Evaluation) -> str:
    """The evaluation as one JSON object: articles, resamples, scores, mistakes."""
    content = {
        "articles": dict(evaluation.articles),
        "resamples": evaluation.resamples,
        "scores": list(evaluation.rows),
        "mistakes": [asdict(m) for m in evaluation.mistakes],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=_number)


def _number(value: object) -> float:
    assert isinstance(value, Decimal)
    return float(value)


def as_text(evaluation: Evaluation, width: int | None = None) -> str:
    """The evaluation for a terminal: a table of scores, then what went wrong, article by article."""
    target = console(width)
    facts = sum(int(str(row["gold"])) for row in evaluation.rows if row["column_name"] == "row")
    head = f"{_counted(sum(evaluation.articles.values()), 'article')} with {_counted(facts, 'gold fact')}. In percent, with 95 % intervals from {evaluation.resamples:,} resamples of the articles."
    scores = [shown for part, count in evaluation.articles.items() for shown in _part(part, count, evaluation, target)]
    return rendered(target, Text(head), _READING, "", *scores, *_mistakes(evaluation.mistakes))


def _part(part: str, articles: int, evaluation: Evaluation, target: Console) -> Iterator[Text | Table | str]:
    """The scores of one part; it has a heading where there are two."""
    if len(evaluation.articles) > 1:
        yield Text(f"{part} ({_counted(articles, 'article')}{_KEPT.get(part, '')})", "bold underline")
    yield _scores([row for row in evaluation.rows if row["part"] == part], target)
    yield ""


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _scores(rows: Sequence[Mapping[str, object]], target: Console) -> Table:
    wide = target.width >= _WIDE
    grid = Table(box=None, pad_edge=False, padding=(0, 2 if wide else 1, 0, 0), header_style="dim")
    grid.add_column("")
    for name in ("gold", "found", "invented", "precision", "recall", "F1"):
        grid.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        counts = {name: int(str(row[name])) for name in ("gold", "found", "invented")}
        column = str(row["column_name"])
        if column == "row":
            grid.add_row(Text(str(row["table_name"]), "bold"))
        measures = [_measure(row, name, getattr(Score(**counts), name), wide) for name in ("precision", "recall", "f1")]
        grid.add_row(Text(f"  {_ROWS.get(column, column)}"), *(f"{n:,}" for n in counts.values()), *measures)
    return grid


def _measure(row: Mapping[str, object], name: str, share: Fraction | None, wide: bool) -> Text:
    """ "93.3 88.5–97.1", or a dash where nothing can be measured."""
    if share is None:
        return Text("–", "dim")
    text = Text.assemble((f"{float(100 * share):.1f}", "bold"))
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        digits, room = (1, 12) if wide else (0, 8)
        text.append(f"{100 * low:.{digits}f}–{100 * high:.{digits}f}".rjust(room), "dim")
    return text


def _mistakes(mistakes: Sequence[Mistake]) -> Iterator[Text | Padding]:
    """The disagreements by article, or that there is none."""
    if not mistakes:
        yield Text("No mistake: every fact was found, none invented, every column right.")
        return
    legend = Text("What went wrong:")
    for kind, (sign, style) in _SIGNS.items():
        legend.append(f"  {sign} {kind}", style)
    yield legend
    for identifier, ours in groupby(mistakes, key=lambda m: m.article_id):
        yield from _article(identifier, list(ours))


def _article(identifier: str, mistakes: Sequence[Mistake]) -> Iterator[Text | Padding]:
    kinds = Counter(m.kind for m in mistakes)
    yield Text.assemble((f"\n{visible(identifier)}", "bold"), (": " + ", ".join(f"{kinds[k]} {k}" for k in _SIGNS if kinds[k]), "dim"))
    for table, ours in groupby(mistakes, key=lambda m: m.table_name):
        yield Text(f"  {table}")
        for (_, words, kind), same in groupby(ours, key=lambda m: (m.start, m.words, m.kind)):
            yield from _fact(words, kind, same)


def _fact(words: str, kind: str, mistakes: Iterable[Mistake]) -> Iterator[Padding]:
    """One fact: its words, and below them what was wanted and what came."""
    sign, style = _SIGNS[kind]
    yield Padding(Text.assemble((f"{sign} ", style), f"“{visible(' '.join(words.split()))}”"), (0, 0, 0, 4))
    for mistake in mistakes:
        told = f"wanted {_shown(mistake.wanted)}, got {_shown(mistake.got)}" if kind == "wrong" else _shown(mistake.wanted or mistake.got)
        line = Text.assemble((f"{mistake.column_name}: " if kind == "wrong" else "", style), told)
        yield Padding(line, (0, 0, 0, 6))


def _shown(value: str | None) -> str:
    return "nothing" if value is None else visible(value)
