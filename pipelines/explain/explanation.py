"""The explanation of one article: its sentences with their marks, and its facts with words and patterns."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pipelines.article import Article
from pipelines.article.readers import MAX_BYTES, Rejected, scan
from pipelines.engines.extraction import extract
from pipelines.errors import InputError, UsageError, did_you_mean, visible
from pipelines.explain.made import Made, Maker
from pipelines.explain.marks import Act, Claim, Mark, claims_of, marks_of
from pipelines.explain.unused import why_unused
from pipelines.mentions.counts import outcome_tags
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.mentions import Mentions, find_mentions
from pipelines.mentions.movement import movement_tags
from pipelines.records import Record, identify
from pipelines.schema import Schema


@dataclass(frozen=True)
class Read:
    """One sentence as the grammar reads it; ``facts`` are the numbers of the facts that begin in it.

    ``tags`` holds one letter a token: plain, and, where they differ, those for outcomes and for movements; ``starts``
    says where the tokens begin. ``used`` gives, for each number of people, the facts that it made, or why it made none.
    """

    number: int
    start: int
    end: int
    starts: tuple[int, ...]
    tags: Mapping[str, str]
    marks: tuple[Mark, ...]
    claims: tuple[Claim, ...]
    acts: tuple[Act, ...]
    used: Mapping[Mark, tuple[int, ...] | str]
    facts: tuple[int, ...]


@dataclass(frozen=True)
class Explanation:
    """An article with its sentences and facts as the grammar sees them."""

    article: Article
    of_war: bool
    sentences: tuple[Read, ...]
    facts: tuple[Made, ...]

    def sentence_at(self, offset: int) -> int:
        """The number of the sentence that holds a character; 0 outside of them all."""
        index = bisect_right(self.sentences, offset, key=lambda s: s.start) - 1
        return self.sentences[index].number if index >= 0 and offset < self.sentences[index].end else 0

    def only(self, table: str | None, number: int | None) -> "Explanation":
        """The explanation with the facts of one table, or with one fact and the sentences that its words stand in."""
        facts = tuple(f for f in self.facts if table in (None, f.table))
        if number is None:
            return replace(self, facts=facts)
        chosen = tuple(f for f in facts if f.number == number)
        if not chosen:
            where = f" of {table}" if table else ""
            numbers = ", ".join(str(f.number) for f in facts)
            raise UsageError(f"--fact {number}: no such fact{where} (expected {numbers or 'nothing: the article has none'})")
        needed = {self.sentence_at(start) for start, _ in chosen[0].spans}
        return replace(self, facts=chosen, sentences=tuple(s for s in self.sentences if s.number in needed))


def read_one(path: Path, max_bytes: int = MAX_BYTES) -> Article:
    """The only article of a file."""
    where = visible(str(path))
    if path.is_dir():
        raise UsageError(f"{where}: a folder (expected the file of one article)")
    if not path.exists():
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise UsageError(f"{where}: not found (expected the file of one article{did_you_mean(path.name, near)})")
    found = list(islice(scan(path, max_bytes), 2))
    if not found:
        raise InputError(f"{where}: no article (expected one)")
    if isinstance(found[0], Rejected):
        raise InputError(f"{found[0].where}: {found[0].reason}")
    if len(found) > 1:
        raise UsageError(f"{where}: several articles (expected one: put it in a file of its own)")
    return found[0]


def explain(article: Article, lexicon: Lexicon, schemas: Mapping[str, Schema]) -> Explanation:
    """What the grammar sees in the article and what it makes of it."""
    mentions = find_mentions(article, lexicon)
    records = identify(article, extract(article, lexicon, [name for name, s in schemas.items() if s.kind == "fact"]))
    maker = Maker(article, {r.fact_id: n for n, r in enumerate(records, 1)}, lexicon, schemas)
    facts = tuple(maker.made(r) for r in records)
    begin: dict[int | None, list[int]] = {}
    for fact in facts:
        begin.setdefault(mentions.sentence_at(fact.trigger[0]), []).append(fact.number)
    acts: dict[int, list[Act]] = {}
    for mention in (m for event in mentions.events for m in event.mentions if m.act):
        acts.setdefault(mention.sentence, []).append(Act(*mention.name, mention.kind))
    counted = _counted(records, schemas)
    sentences = [_read(mentions, i, article, begin.get(i, ()), acts.get(i, ()), counted) for i in range(len(mentions.sentences))]
    return Explanation(article, mentions.of_war, tuple(sentences), facts)


def _counted(records: Sequence[Record], schemas: Mapping[str, Schema]) -> dict[int, tuple[int, ...]]:
    """The numbers of the facts that count people by the words that begin at an offset."""
    counting = {f.name for s in schemas.values() for f in s.fields if f.evidence == "count"}
    found: dict[int, tuple[int, ...]] = {}
    for number, record in enumerate(records, 1):
        rows = [record.fact.evidence, *(row.evidence for rows in record.fact.links.values() for row in rows)]
        for start in {e.start for evidence in rows for e in evidence if e.column in counting}:
            found[start] = (*found.get(start, ()), number)
    return found


def _read(
    mentions: Mentions,
    index: int,
    article: Article,
    begin: Sequence[int],
    acts: Sequence[Act],
    counted: Mapping[int, tuple[int, ...]],
) -> Read:
    tagged = mentions.sentences[index]
    marks = tuple(marks_of(mentions, index, article))
    tags = {"tags": tagged.tags, "outcome tags": outcome_tags(tagged), "movement tags": movement_tags(tagged)}
    return Read(
        index + 1,
        tagged.sentence.start,
        tagged.sentence.end,
        tuple(t.start for t in tagged.tokens),
        {name: letters for name, letters in tags.items() if name == "tags" or letters != tagged.tags},
        marks,
        tuple(claims_of(mentions, index, article)),
        tuple(acts),
        {m: counted.get(m.start) or why_unused(mentions, index, m.token) for m in marks if m.kind == "people"},
        tuple(begin),
    )
