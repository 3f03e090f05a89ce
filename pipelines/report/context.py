"""What a reader needs to see of a problem: the row's key, its fact, and the sentence of the article with the offending words marked."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.article import Article
from pipelines.article.sentences import find_sentences
from pipelines.checks.problem import Problem

_FACT = re.compile(r"\bf[0-9a-f]{16}\b")
# Passages a problem, and characters shown on each side of marked words in a sentence that is longer than all of them.
_MOST = 3
_AROUND = 200

Row = Mapping[str, Any]
Offsets = tuple[int, int]


@dataclass(frozen=True)
class Span:
    """One span of evidence: what it supports, and where its words stand."""

    column: str
    article_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A sentence of an article: ``parts`` are its words in order, each with whether they are marked."""

    article_id: str
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Context:
    """What is known of a problem's row; everything is empty where the row or its table cannot be read."""

    key: str | None = None
    fact_id: str | None = None
    article_id: str | None = None
    spans: tuple[Span, ...] = ()
    passages: tuple[Passage, ...] = ()


def find_contexts(
    problems: Sequence[Problem], tables: Mapping[str, pa.Table], articles: Mapping[str, Article] | None
) -> tuple[Context, ...]:
    """The context of each problem; without ``articles`` the published quotes stand for the sentences."""
    rows = [_row(problem, tables) for problem in problems]
    facts = [_facts(problem, row) for problem, row in zip(problems, rows, strict=True)]
    evidence = _evidence({fact for found in facts for fact in found}, tables)
    texts = _Texts(articles or {})
    keys = {table: _key_columns(tables[table]) for table in {p.table for p, row in zip(problems, rows, strict=True) if row}}
    return tuple(
        _context(problem, row, found, evidence, texts, keys.get(problem.table, []))
        for problem, row, found in zip(problems, rows, facts, strict=True)
    )


def _context(
    problem: Problem, row: Row, facts: Sequence[str], evidence: Mapping[str, list[Row]], texts: "_Texts", key: Sequence[str]
) -> Context:
    if problem.table == "evidence" and row:
        shown = [row] if _whole(row) else []
    else:
        shown = [e for fact in facts for e in _offending(problem, row, evidence.get(fact, []))]
    spans = tuple(Span(str(e["column_name"]), str(e["article_id"]), e["char_start"], e["char_end"]) for e in shown)
    named = problem.row if isinstance(problem.row, str) else ", ".join(str(row[column]) for column in key if row) or None
    article = row.get("article_id") or (spans[0].article_id if spans else None)
    return Context(named, facts[0] if facts else None, None if article is None else str(article), spans, tuple(texts.passages(shown)))


def _row(problem: Problem, tables: Mapping[str, pa.Table]) -> Row:
    """The values of the problem's row; empty where it names none that is there."""
    rows = tables.get(problem.table)
    if rows is None or not isinstance(problem.row, int) or not 1 <= problem.row <= rows.num_rows:
        return {}
    values: Row = rows.slice(problem.row - 1, 1).to_pylist()[0]
    return values


def _key_columns(rows: pa.Table) -> list[str]:
    """The shortest run of columns in front that tells the rows apart; the first one where no run does."""
    for length in range(1, 4):
        columns = rows.column_names[:length]
        if rows.group_by(columns).aggregate([]).num_rows == rows.num_rows:
            return list(columns)
    return list(rows.column_names[:1])


def _facts(problem: Problem, row: Row) -> list[str]:
    """The facts that the row is or is made of."""
    if row.get("fact_id"):
        return [str(row["fact_id"])]
    named = [str(value) for column, value in row.items() if column.endswith("fact_id") and value]
    return named or (_FACT.findall(problem.row) if isinstance(problem.row, str) else [])


def _evidence(facts: Iterable[str], tables: Mapping[str, pa.Table]) -> dict[str, list[Row]]:
    """The usable evidence of these facts, by fact."""
    found: dict[str, list[Row]] = defaultdict(list)
    if "evidence" in tables:
        rows = tables["evidence"]
        for row in rows.filter(pc.is_in(rows.column("fact_id"), pa.array(sorted(facts), pa.string()))).to_pylist():
            if _whole(row):
                found[row["fact_id"]].append(row)
    return found


def _whole(row: Row) -> bool:
    """Whether the evidence says where its words stand."""
    start, end = row.get("char_start"), row.get("char_end")
    return isinstance(start, int) and isinstance(end, int) and 0 <= start < end and row.get("article_id") is not None


def _offending(problem: Problem, row: Row, evidence: list[Row]) -> list[Row]:
    """The evidence of the problem's column; where it has none, that of the words which support most columns of the fact."""
    own = [e for e in evidence if e["table_name"] == problem.table and e["ordinal"] == row.get("ordinal")]
    of_column = [e for e in own if e["column_name"] == problem.column]
    if of_column:
        return of_column
    rest = own or [e for e in evidence if e["ordinal"] is None] or evidence
    if not rest:
        return []
    counted = Counter((e["char_start"], e["char_end"]) for e in rest)
    most = min(counted, key=lambda span: (-counted[span], span))
    return [next(e for e in rest if (e["char_start"], e["char_end"]) == most)]


class _Texts:
    """The articles with their sentences, split when they are first asked for."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self._articles = articles
        self._sentences: dict[str, list[Offsets]] = {}

    def passages(self, evidence: Sequence[Row]) -> list[Passage]:
        """The sentences of the evidence with its words marked, at most a few."""
        marks: dict[tuple[str, Offsets], set[Offsets]] = defaultdict(set)
        quoted: list[Passage] = []
        for e in evidence:
            article = self._articles.get(e["article_id"])
            if article is not None and e["char_start"] < len(article.text):
                span = e["char_start"], min(e["char_end"], len(article.text))
                if span[1] - span[0] > article.quote_limit:
                    continue  # a report is published too: what may not be quoted is not shown
                marks[article.article_id, self._around(article, *span)].add(span)
            elif e.get("quote"):
                parts = ((e.get("prefix") or "", False), (e["quote"], True), (e.get("suffix") or "", False))
                quoted.append(Passage(e["article_id"], tuple(p for p in parts if p[0])))
        found = [Passage(a, tuple(_parts(self._articles[a], *where, sorted(spans)))) for (a, where), spans in marks.items()]
        return list(dict.fromkeys(found + quoted))[:_MOST]

    def _around(self, article: Article, start: int, end: int) -> Offsets:
        """The sentences that the span stands in."""
        if article.article_id not in self._sentences:
            self._sentences[article.article_id] = [(s.start, s.end) for s in find_sentences(article.text, article.body_start)]
        sentences = self._sentences[article.article_id]
        first = bisect_right(sentences, (start, len(article.text))) - 1
        last = bisect_right(sentences, (end - 1, len(article.text))) - 1
        begin = sentences[first][0] if first >= 0 else start
        return min(begin, start), max(sentences[last][1] if last >= 0 else end, end)


def _parts(article: Article, start: int, end: int, marks: Sequence[Offsets]) -> Iterable[tuple[str, bool]]:
    """The words from start to end, marked and not in turn; what is far from any mark, or more than may be quoted, is left out."""
    if marks[-1][1] - marks[0][0] > article.quote_limit:
        marks = marks[:1]
    text, around = article.text, min(_AROUND, (article.quote_limit - (marks[-1][1] - marks[0][0])) // 2)
    first, last = max(start, marks[0][0] - around), min(end, marks[-1][1] + around)
    at = first
    yield from [("… ", False)] if first > start else []
    for begin, stop in marks:
        if stop <= at:
            continue
        begin = max(begin, at)
        yield from [(text[at:begin], False)] if at < begin else []
        yield _shortened(text[begin:stop]), True
        at = stop
    yield from [(text[at:last], False)] if at < last else []
    yield from [(" …", False)] if last < end else []


def _shortened(words: str) -> str:
    return words if len(words) <= 3 * _AROUND else f"{words[:_AROUND]} … {words[-_AROUND:]}"
