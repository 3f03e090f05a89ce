"""The facts of a build's articles, kept from build to build in one file; what is damaged or of another grammar is found again."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.article import Article
from pipelines.article.kept import key_of
from pipelines.engines.setup import Setup, lexicon_of, program
from pipelines.errors import FactpackError
from pipelines.facts import Evidence, Fact, Row
from pipelines.mentions.lexicon import load_lexicon
from pipelines.mentions.touch import touches

_FORMAT = 1


class KeptFacts:
    """Facts by what they were extracted from."""

    def __init__(self, folder: Path, lexicon: Path, schemas: Path) -> None:
        setup = Setup(lexicon, schemas)
        self._folder, self._lexicon = folder, lexicon
        self._made_with = {"format": _FORMAT, "program": program(setup), "lexicon": lexicon_of(setup)}
        self._touched: Callable[[Article], bool] | None = None
        self._unusable = ""
        # By article: what it is known by, and its facts as JSON.
        self._kept: dict[str, tuple[str, Any]] = {}
        self._now: dict[str, tuple[str, Any]] = {}
        try:
            self._load()
        except (OSError, ValueError, KeyError, TypeError, FactpackError):
            self._kept, self._unusable = {}, "what is kept is damaged"

    def of(self, article: Article, extract: Callable[[], Sequence[Fact]]) -> list[Fact]:
        """The facts of the article: as they were kept, or else as they are extracted now."""
        key = key_of(article).hex()
        if not self.reason(article):
            self._now[article.article_id] = self._kept[article.article_id]
            return [_fact(row) for row in self._kept[article.article_id][1]]
        found = list(extract())
        self._now[article.article_id] = (key, [_row(fact) for fact in found])
        return found

    def reason(self, article: Article) -> str:
        """Why the article is to be extracted; empty where it is not."""
        known = self._kept.get(article.article_id)
        if known is None:
            return self._unusable or "new"
        if known[0] != key_of(article).hex():
            return "changed"
        return "the lexicon changed in words of the text" if self._touched and self._touched(article) else ""

    def reasons(self, articles: Iterable[Article]) -> list[str]:
        """Why some of the articles are to be extracted, a line each."""
        names: dict[str, list[str]] = {}
        for article in articles:
            if why := self.reason(article):
                names.setdefault(why, []).append(article.article_id)
        return [f"{why} ({len(of):,}: {', '.join(of[:3])}{', ...' if len(of) > 3 else ''})" for why, of in names.items()]

    def write(self, whole: bool = True) -> None:
        """Nothing; the next build knows what this one found; where that is not the ``whole``, also what earlier ones did."""
        if not whole and not self._touched:
            self._now = {**self._kept, **self._now}
        if self._now == self._kept and not self._unusable and not self._touched:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        lexicon = self._snapshot(str(self._made_with["lexicon"]))
        if not lexicon.is_dir():
            draft = lexicon.with_suffix(".draft")
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(self._lexicon, draft)
            draft.rename(lexicon)
        text = json.dumps(self._now, ensure_ascii=False, separators=(",", ":"))
        head = json.dumps({**self._made_with, "sha256": hashlib.sha256(text.encode()).hexdigest()})
        draft = self._folder / "facts.draft"
        draft.write_text(f"{head}\n{text}\n", "utf-8", newline="\n")
        draft.replace(self._folder / "facts.json")
        for path in self._folder.glob("lexicon-*"):
            if path != lexicon:
                shutil.rmtree(path, ignore_errors=True)

    def _snapshot(self, lexicon: str) -> Path:
        return self._folder / f"lexicon-{lexicon[:16]}"

    def _load(self) -> None:
        if not (self._folder / "facts.json").exists():
            self._unusable = "nothing is kept of an earlier build"
            return
        first, _, text = (self._folder / "facts.json").read_text("utf-8").partition("\n")
        head, text = json.loads(first), text.removesuffix("\n")
        if hashlib.sha256(text.encode()).hexdigest() != head["sha256"]:
            raise ValueError
        if (head["format"], head["program"]) != (self._made_with["format"], self._made_with["program"]):
            self._unusable = "grammar, schemas or a library changed"
            return
        if head["lexicon"] != self._made_with["lexicon"]:
            self._touched = touches(load_lexicon(self._snapshot(head["lexicon"])), load_lexicon(self._lexicon))
        self._kept = {article_id: (key, facts) for article_id, (key, facts) in json.loads(text).items()}


@contextmanager
def kept_facts(folder: Path, lexicon: Path, schemas: Path) -> Iterator[KeptFacts]:
    """A context with the facts kept in the folder; what was found when it ends is kept there, also where it ends early."""
    kept = KeptFacts(folder, lexicon, schemas)
    try:
        yield kept
    except BaseException:
        kept.write(whole=False)
        raise
    kept.write()


def _row(fact: Fact) -> list[Any]:
    links = {table: [_list(row) for row in rows] for table, rows in fact.links.items()}
    return [fact.table, fact.trigger, *_list(fact), links, fact.refers, fact.pattern]


def _list(row: Fact | Row) -> list[Any]:
    # A day is a list of one: no other value is a list.
    values = {name: [value.isoformat()] if isinstance(value, date) else value for name, value in row.values.items()}
    return [values, row.evidence]


def _fact(row: Sequence[Any]) -> Fact:
    table, trigger, values, evidence, links, refers, pattern = row
    rows = {name: [Row(_values(v), _evidence(e)) for v, e in of] for name, of in links.items()}
    targets = {column: (to, _span(span)) for column, (to, span) in refers.items()}
    return Fact(table, _span(trigger), _values(values), _evidence(evidence), rows, targets, pattern)


def _values(values: Mapping[str, Any]) -> dict[str, object]:
    return {name: date.fromisoformat(value[0]) if isinstance(value, list) else value for name, value in values.items()}


def _evidence(found: Iterable[Sequence[Any]]) -> list[Evidence]:
    return [Evidence(*one) for one in found]


def _span(span: Sequence[int]) -> tuple[int, int]:
    start, end = span
    return start, end
