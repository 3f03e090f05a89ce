"""Agreement: which extracted fact answers which gold fact, and which of its columns say the same."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pipelines.article import Article
from pipelines.evaluate.gold import KEYS, Gold, Key
from pipelines.records import Record

# What stands where a fact stands in the text: the words of these columns.
_ANCHORS = ("count_", "personnel_", "status", "kind", "name")
_DULL = frozenset("the a an of s in at its and for from on by to".split())


@dataclass
class Score:
    """Gold values, those of them that were found, and extracted values that no gold value answers."""

    gold: int = 0
    found: int = 0
    invented: int = 0

    @property
    def precision(self) -> Fraction | None:
        """The share of what was extracted that is right."""
        return _share(self.found, self.found + self.invented)

    @property
    def recall(self) -> Fraction | None:
        """The share of the gold that was found."""
        return _share(self.found, self.gold)

    @property
    def f1(self) -> Fraction | None:
        """The harmonic mean of precision and recall."""
        return _share(2 * self.found, self.gold + self.found + self.invented)


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


@dataclass(frozen=True)
class Mistake:
    """One disagreement: a fact that was ``missed`` or ``invented``, or a ``wrong`` column of one that was found.

    ``start`` is where its ``words`` stand in the article; ``wanted`` and ``got`` are None where there is nothing.
    """

    article_id: str
    table_name: str
    kind: str
    column_name: str
    start: int
    words: str
    wanted: str | None
    got: str | None


@dataclass
class Agreement:
    """What one article scores, by (table, column), and where it disagrees; ``row`` stands for finding the fact at all,
    ``row_strict`` for finding it with all compared columns right."""

    article_id: str
    scores: defaultdict[tuple[str, str], Score] = field(default_factory=lambda: defaultdict(Score))
    mistakes: list[Mistake] = field(default_factory=list)


def compare(article: Article, gold: Gold, records: Sequence[Record], tables: Sequence[str]) -> Agreement:
    """The agreement of the extracted facts of one article with its gold facts."""
    agreement = Agreement(article.article_id)
    for table in tables:
        # Between equals the first identifier wins, as in the published tables, which are sorted by it.
        here = sorted((r for r in records if r.fact.table == table), key=lambda r: r.fact_id)
        _Comparison(article, table, gold[table], {r.fact_id: r for r in records}, agreement).run(here)
    agreement.mistakes.sort(key=lambda m: (m.table_name, m.start))
    return agreement


@dataclass
class _Comparison:
    """One article's facts of one table beside its gold facts."""

    article: Article
    table: str
    gold: Sequence[Gold]
    records: Mapping[str, Record]
    agreement: Agreement

    def run(self, free: list[Record]) -> None:
        row, strict = (self.agreement.scores[self.table, name] for name in ("row", "row_strict"))
        row.gold = strict.gold = len(self.gold)
        row.invented = strict.invented = len(free)
        for fact in self.gold:
            fits = [r for r in free if _same_fact(self.table, fact, r, self.article.text)]
            if not fits:
                self._mistake("missed", "row", fact, _told(self.table, fact.get), None)
                continue
            best = max(fits, key=lambda r: sum(_agrees(k, fact, r) for k in KEYS[self.table] if k.compared))
            free.remove(best)
            row.found, row.invented = row.found + 1, row.invented - 1
            if self._columns(fact, best):
                strict.found, strict.invented = strict.found + 1, strict.invented - 1
        for record in free:
            self._invented(record)

    def _columns(self, fact: Gold, record: Record) -> bool:
        """Whether all columns of a fact that was found are right; each is scored."""
        right = True
        for key in (k for k in KEYS[self.table] if k.compared):
            agrees, wanted, got = _agrees(key, fact, record), fact[key.name], _values(key, record)
            score = self.agreement.scores[self.table, key.columns[0]]
            score.gold += wanted is not None
            score.found += wanted is not None and agrees
            score.invented += bool(got) and not agrees
            if not agrees:
                right = False
                self._mistake("wrong", key.columns[0], fact, self._shown(key, wanted), " / ".join(self._shown(key, v) or "" for v in got))
        return right

    def _shown(self, key: Key, value: object) -> str | None:
        """A value for people: the number of the whole, where it is a reference to one."""
        if value is None or key.how != "present":
            return None if value is None else str(value)
        if isinstance(value, int):
            return _told(self.table, self.gold[value].get)
        return _told(self.table, self.records[str(value)].fact.values.get)

    def _mistake(self, kind: str, column: str, fact: Gold, wanted: str | None, got: str | None) -> None:
        words = fact["evidence"]
        start = self.article.text.find(words)
        self.agreement.mistakes.append(Mistake(self.article.article_id, self.table, kind, column, start, words, wanted, got or None))

    def _invented(self, record: Record) -> None:
        start, end = min(_spans(record), default=record.fact.trigger)
        words, told = self.article.text[start:end], _told(self.table, record.fact.values.get)
        self.agreement.mistakes.append(Mistake(self.article.article_id, self.table, "invented", "row", start, words, None, told))


def _told(table: str, value: Callable[[str], object]) -> str:
    """The heart of a fact in a few words: "killed, at_least 38"."""
    numbers = {value(k.columns[0]) for k in KEYS[table] if k.how == "number"} - {None}
    counted = "–".join(f"{n:,}" for n in sorted(int(str(n)) for n in numbers))
    heart = next(str(value(name)) for name in ("outcome", "status", "kind") if value(name))
    return f"{heart}, {value('qualifier') or 'number'} {counted}" if counted else heart


def _same_fact(table: str, gold: Gold, record: Record, text: str) -> bool:
    """Whether a record tells what a gold fact tells: its numbers and outcome, or, without numbers, its place in the text."""
    values = record.fact.values
    numbers = [k.name for k in KEYS[table] if k.how == "number"]
    wanted, got = ({v.get(n) for n in numbers} - {None} for v in (gold, values))
    if wanted != got or any(gold[k.name] != values.get(k.columns[0]) for k in KEYS[table] if k.how == "fact"):
        return False
    start = text.find(gold["evidence"])
    return bool(wanted) or any(a < start + len(gold["evidence"]) and start < b for a, b in _spans(record))


def _spans(record: Record) -> list[tuple[int, int]]:
    """Where a fact stands: the words of its number, status, kind or name; all its words where it has none of these."""
    evidence = [*record.fact.evidence, *(e for rows in record.fact.links.values() for row in rows for e in row.evidence)]
    anchors = [(e.start, e.end) for e in evidence if e.column.startswith(_ANCHORS)]
    return anchors or [(e.start, e.end) for e in evidence]


def _values(key: Key, record: Record) -> list[object]:
    return [v for c in key.columns if (v := record.fact.values.get(c)) is not None]


def _agrees(key: Key, gold: Gold, record: Record) -> bool:
    wanted = gold[key.name]
    got = [record.fact.values.get(column) for column in key.columns]
    if key.how == "present":
        return (wanted is None) == (got[0] is None)
    if key.how == "names":
        return any(_name_the_same(wanted, g) for g in got)
    return (None if wanted is None else str(wanted)) == (None if got[0] is None else str(got[0]))


def _name_the_same(one: object, other: object) -> bool:
    """Whether all words of one name lie in the other (North Korea is not South Korea), or both are empty."""
    if not one or not other:
        return not one and not other
    mine, theirs = _words(one), _words(other)
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def _words(name: object) -> set[str]:
    return set(re.findall(r"\w+", str(name).lower())) - _DULL
