"""From text and metadata to an Article, once all of it is sound; what is not is an InputError with its place."""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from pipelines.article.text import DEFAULT_QUOTE_LIMIT, Article
from pipelines.errors import InputError, visible

META = ("title", "publisher", "url", "published_on", "language", "licence", "quote_limit")
_LONGEST_QUOTE = 1_000_000
# An identifier stands in every row that its article gives.
_LONGEST_ID = 200
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def make_article(
    article_id: str, text: str, body: int, meta: dict[str, object], where: str, lines: Mapping[str, int] = MappingProxyType({})
) -> Article:
    """The article, once its identifier, text and metadata are sound; ``lines`` says in which line each key stands."""
    if len(article_id) > _LONGEST_ID:
        raise InputError(f"{where}: an identifier of {len(article_id):,} characters (expected at most {_LONGEST_ID})")
    if not _ID.fullmatch(article_id) or ".." in article_id:
        raise InputError(
            f"{where}: {visible(article_id)!r} is no identifier (expected letters, digits, '.', '_' and '-', beginning with a letter or digit, without '..')"
        )
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        # In JSON Lines the whole text stands in one line of the file.
        here = f"{where}:{line}" if lines else where
        raise InputError(f"{here}: a NUL character (expected text, not a binary file)")
    if not text[body:].strip():
        raise InputError(f"{where}: empty (expected text{' after the date or front matter' if body else ''})")
    if _half(text):
        raise InputError(f"{where}: half a surrogate pair (expected whole characters)")

    def at(key: str) -> str:
        return f"{where}:{lines[key]}" if key in lines else where

    return Article(
        article_id,
        text,
        body,
        title=_string(meta, "title", at("title")),
        publisher=_string(meta, "publisher", at("publisher")),
        url=_string(meta, "url", at("url")),
        published_on=_date(meta, at("published_on")),
        language=_string(meta, "language", at("language")),
        licence=_string(meta, "licence", at("licence")),
        quote_limit=_quote_limit(meta, at("quote_limit")),
    )


def _string(meta: dict[str, object], key: str, where: str) -> str | None:
    value = meta.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InputError(f"{where}: {key} is {value!r} (expected text)")
    if _half(value):
        raise InputError(f"{where}: half a surrogate pair in {key} (expected whole characters)")
    return value


def _half(text: str) -> bool:
    """Whether the text holds half a surrogate pair, which no encoding takes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _date(meta: dict[str, object], where: str) -> date | None:
    value = meta.get("published_on")
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10] if re.match(r"\d{4}-\d\d-\d\dT", str(value)) else str(value))
    except ValueError:
        raise InputError(f"{where}: {visible(str(value))!r} is no date (expected YYYY-MM-DD of a day that exists)") from None


def _quote_limit(meta: dict[str, object], where: str) -> int:
    value = meta.get("quote_limit", DEFAULT_QUOTE_LIMIT)
    try:
        limit = int(str(value))
    except ValueError:
        limit = -1
    if not 0 <= limit <= _LONGEST_QUOTE:
        raise InputError(f"{where}: quote_limit is {value!r} (expected a whole number of characters from 0 to 1,000,000)")
    return limit
