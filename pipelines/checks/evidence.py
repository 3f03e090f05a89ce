"""Every published value against its words: spans sliced and hashed again, every value from text covered by a span."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.article import Article
from pipelines.article.licences import may_be_shown
from pipelines.checks.problem import Problem
from pipelines.facts.fact import evidence_id
from pipelines.schema import Field, Schema
from pipelines.spill import each_row

CONTEXT = 32
REREAD = "Run 'factpack build'; where a reviewer wrote the span, correct its quote in data/reviews/."
COVER = "Give the value a span: the fact module emits an Evidence for each column, a review a quote for each value that it sets."

RowKey = tuple[str, str, int | None]


@dataclass(frozen=True)
class Span:
    """One evidence row with its number, and its words where they can be known."""

    row: int
    values: Mapping[str, Any]
    words: str | None

    @property
    def reason(self) -> str | None:
        """The reviewer's reason where his value stands against the words."""
        reason: str | None = self.values["reason"]
        return reason


@dataclass(frozen=True)
class Supported:
    """One row of a fact or link table with the spans of each of its columns."""

    schema: Schema
    row: int
    values: Mapping[str, Any]
    spans: Mapping[str, list[Span]]
    published_on: date | None

    @property
    def key(self) -> RowKey:
        """What evidence names the row by: table, fact and, in link tables, ordinal."""
        return self.schema.name, self.values["fact_id"], self.values.get("ordinal")

    def needs_words(self, f: Field) -> bool:
        """Whether the value came from text: of an evidence column, given, and not the word for nothing said."""
        value = self.values[f.name]
        return f.evidence is not None and value is not None and value != f.unstated


def check_texts(tables: Mapping[str, pa.Table], articles: Mapping[str, Article] | None) -> Iterator[Problem]:
    """A problem for each article whose stored text is not the one that was published: missing, or of another hash or length.

    A text that may not be passed on need not be here: releases go without it.
    """
    for n, row in enumerate(each_row(tables["articles"]) if articles is not None else (), start=1):
        article = (articles or {}).get(row["article_id"])
        if article is None:
            if not may_be_shown(row["licence"]) or row.get("withdrawn") is not None:
                continue
            message = f"the text of {row['article_id']} is not here"
            yield Problem("articles", n, "article_id", "text", row["article_id"], message, "Put it back in data/articles/ and build again.")
            continue
        for column, found in (("text_sha256", article.text_sha256), ("text_chars", len(article.text))):
            if row[column] != found:
                message = f"the stored text of {row['article_id']} is another one (its {column} is {found})"
                yield Problem(
                    "articles", n, column, "text", row[column], message, "Restore the text, or build again so that its facts are read anew."
                )


def absent(tables: Mapping[str, pa.Table], articles: Mapping[str, Article] | None) -> list[str]:
    """The articles whose texts are not here and need not be, since they may not be passed on: their quotes are checked by hash only."""
    if articles is None:
        return []
    rows = each_row(tables["articles"].select(["article_id", "licence"]))
    return [row["article_id"] for row in rows if row["article_id"] not in articles and not may_be_shown(row["licence"])]


def gather(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema], articles: Mapping[str, Article] | None) -> list[Supported]:
    """Every row of every fact and link table with its spans. For some rows of a package: see ``windows``."""
    spans: dict[RowKey, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for n, values in _numbered(tables["evidence"]):
        span = Span(n, values, _words(values, articles))
        spans[values["table_name"], values["fact_id"], values["ordinal"]][values["column_name"]].append(span)
    published = dict(zip(*(tables["articles"].column(c).to_pylist() for c in ("article_id", "published_on")), strict=True))
    facts = [s for s in schemas.values() if s.kind == "fact"]
    article_of = {row["fact_id"]: row["article_id"] for s in facts for row in tables[s.name].select(["fact_id", "article_id"]).to_pylist()}
    supported = []
    for schema in (s for s in schemas.values() if s.kind in ("fact", "link")):
        for n, values in _numbered(tables[schema.name]):
            day = published.get(article_of.get(values["fact_id"]))
            supported.append(Supported(schema, n, values, spans.get((schema.name, values["fact_id"], values.get("ordinal")), {}), day))
    return supported


def _numbered(rows: pa.Table) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row with its number: its own, where the rows are some of a table, else its place."""
    for n, values in enumerate(rows.to_pylist(), start=1):
        yield values.pop("_row", n), values


def check_spans(
    tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema], articles: Mapping[str, Article] | None, rows: list[Supported]
) -> Iterator[Problem]:
    """A problem for each evidence row that does not say what stands in its article, or that supports nothing."""
    limits = dict(zip(*(tables["articles"].column(c).to_pylist() for c in ("article_id", "quote_limit")), strict=True))
    known = {supported.key: supported for supported in rows}
    withheld = set(absent(tables, articles))
    for n, values in _numbered(tables["evidence"]):
        here = None if values["article_id"] in withheld else articles
        for column, rule, value, message in _span_faults(values, limits, here):
            yield Problem("evidence", n, column, rule, value, message, REREAD)
        for column, value, message in _target_faults(values, schemas, known):
            yield Problem("evidence", n, column, "supports", value, message, COVER)


def check_coverage(rows: list[Supported], tables: Mapping[str, pa.Table]) -> Iterator[Problem]:
    """A problem for each value from text that has no span, is not its words, or is longer than may be quoted."""
    limits = dict(zip(*(tables["articles"].column(c).to_pylist() for c in ("article_id", "quote_limit")), strict=True))
    for supported in rows:
        for f in supported.schema.fields:
            if not supported.needs_words(f):
                continue
            value, spans = supported.values[f.name], supported.spans.get(f.name, [])
            place = (supported.schema.name, supported.row, f.name)
            if not spans:
                yield Problem(*place, "evidence", value, "no span of the article supports the value", COVER)
            elif f.evidence == "verbatim":
                if all(span.words is not None for span in spans) and value not in [span.words for span in spans]:
                    yield Problem(*place, "verbatim", value, f"the value is not the words of its evidence ({spans[0].words!r})", REREAD)
                if any(len(value) > limits.get(span.values["article_id"], len(value)) for span in spans):
                    yield Problem(
                        *place, "quote limit", len(value), "the words are longer than the article's quote limit allows", "Publish null."
                    )


def _span_faults(
    values: Mapping[str, Any], limits: Mapping[str, int], articles: Mapping[str, Article] | None
) -> Iterator[tuple[str, str, object, str]]:
    article_id, quote, start, end = values["article_id"], values["quote"], values["char_start"], values["char_end"]
    expected = evidence_id(values["fact_id"], values["table_name"], values["ordinal"], values["column_name"], start, end)
    if values["evidence_id"] != expected:
        yield "evidence_id", "evidence_id", values["evidence_id"], f"is not the hash of its fact, column and span (expected {expected})"
    if quote is not None and len(quote) > limits.get(article_id, len(quote)):
        yield "quote", "quote limit", len(quote), f"the quote is longer than the article allows (at most {limits[article_id]})"
    if quote is not None and _sha256(quote) != values["quote_sha256"]:
        yield "quote_sha256", "hash", values["quote_sha256"], "is not the hash of the quote"
    if articles is None:
        return
    if article_id not in articles:
        yield "article_id", "article", article_id, "there is no stored text of this article"
        return
    text = articles[article_id].text
    if end > len(text):
        yield "char_end", "span", end, f"the span ends behind the text (which has {len(text)} characters)"
        return
    words = text[start:end]
    withheld = len(words) > limits.get(article_id, len(words))
    wanted = {"quote": words, "prefix": text[max(0, start - CONTEXT) : start] or None, "suffix": text[end : end + CONTEXT] or None}
    for column, there in wanted.items():
        if values[column] != (None if withheld else there):
            what = "must be withheld: the words are over the quote limit" if withheld else f"is not what stands in the article ({there!r})"
            yield column, "slice", values[column], what
    if _sha256(words) != values["quote_sha256"]:
        yield "quote_sha256", "hash", values["quote_sha256"], "is not the hash of the words at these offsets"


def _target_faults(
    values: Mapping[str, Any], schemas: Mapping[str, Schema], known: Mapping[RowKey, Supported]
) -> Iterator[tuple[str, object, str]]:
    table, column = values["table_name"], values["column_name"]
    schema = schemas.get(table)
    if schema is None or schema.kind not in ("fact", "link"):
        yield "table_name", table, "there is no fact table of this name"
        return
    supported = known.get((table, values["fact_id"], values["ordinal"]))
    if supported is None:
        yield "fact_id", values["fact_id"], f"{table} has no such row (ordinal {values['ordinal']})"
        return
    if schema.has("article_id") and supported.values["article_id"] != values["article_id"]:
        yield "article_id", values["article_id"], f"the fact was read from another article ({supported.values['article_id']})"
    if not any(f.name == column and f.evidence is not None for f in schema.fields):
        yield "column_name", column, f"{table} has no column of this name that comes from text"
    # Words over the quote limit are withheld, and so is the value that would repeat them.
    elif supported.values[column] is None and values["quote"] is not None:
        yield "column_name", column, f"the value that it supports is null in {table}"


def _words(values: Mapping[str, Any], articles: Mapping[str, Article] | None) -> str | None:
    article = (articles or {}).get(values["article_id"])
    if article is not None:
        return article.text[values["char_start"] : values["char_end"]]
    quote: str | None = values["quote"]
    return quote


def _sha256(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8")).hexdigest()
