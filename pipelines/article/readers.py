"""Readers: from a file to articles, one function a format; what cannot be read is named by file and line."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

import yaml

from pipelines.article.text import DEFAULT_QUOTE_LIMIT, Article
from pipelines.errors import InputError, did_you_mean, visible

MAX_BYTES = 5_000_000
_LONGEST_QUOTE = 1_000_000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DATE_PREFIX = re.compile(r"\ufeff?\s?date (\d{4}-\d{2}-\d{2})(?=\s)")
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?:(.*?)\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_META = ("title", "publisher", "url", "published_on", "language", "licence", "quote_limit")
_ALSO = {"id": "article_id", "date": "published_on", "license": "licence"}


@dataclass(frozen=True)
class Rejected:
    """One article that could not be read: where, and why."""

    where: str
    reason: str


def read_folder(folder: Path, max_bytes: int = MAX_BYTES) -> list[Article]:
    """Every article of a folder in order of their identifiers; the first that cannot be read is an InputError."""
    articles = []
    for found in scan(folder, max_bytes):
        if isinstance(found, Rejected):
            raise InputError(f"{found.where}: {found.reason}")
        articles.append(found)
    if not articles:
        raise InputError(f"{folder}: no article (expected at least one .txt or .md file)")
    return sorted(articles, key=lambda a: a.article_id)


def scan(corpus: Path, max_bytes: int = MAX_BYTES) -> Iterator[Article | Rejected]:
    """The articles of a folder of text files, of one text file or of a JSON Lines file; a bad one does not stop it."""
    seen: dict[str, str] = {}
    for where, found in _each(corpus, max_bytes):
        if isinstance(found, str):
            yield Rejected(where, found)
        elif found.article_id in seen:
            yield Rejected(where, f"the identifier {found.article_id!r} is taken by {seen[found.article_id]} (expected a new one)")
        else:
            seen[found.article_id] = where
            yield found


def _each(corpus: Path, max_bytes: int) -> Iterator[tuple[str, Article | str]]:
    if corpus.is_dir():
        for path in sorted(p for p in corpus.iterdir() if not p.name.startswith(".")):
            if path.is_dir():
                continue
            yield from _file(path, max_bytes)
    elif corpus.exists():
        yield from _file(corpus, max_bytes)
    else:
        raise InputError(f"{corpus}: not found (expected a folder of articles, a text file or a JSON Lines file)")


def _file(path: Path, max_bytes: int) -> Iterator[tuple[str, Article | str]]:
    if path.suffix in (".jsonl", ".ndjson"):
        yield from _json_lines(path, max_bytes)
    elif path.suffix in (".txt", ".md"):
        try:
            yield visible(str(path)), read_text(path, max_bytes)
        except InputError as error:
            where, _, reason = str(error).partition(": ")
            yield where, reason
    else:
        yield visible(str(path)), f"unknown kind of file {visible(path.suffix)!r} (expected .txt, .md or .jsonl)"


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> Article:
    """The article of one text file with a date prefix or YAML front matter; offsets count in the whole file as decoded."""
    where = visible(str(path))
    size = path.stat().st_size
    if size > max_bytes:
        raise InputError(f"{where}: {size:,} bytes are too many (expected at most {max_bytes:,}; --max-bytes sets the limit)")
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise InputError(f"{where}:{line}: not UTF-8 at byte {error.start} (expected text in UTF-8)") from None
    meta, body = _head(text, where)
    # The date prefix stands in the first line.
    lines = {"published_on": 1} | {key: text[: text.index(f"{key}:")].count("\n") + 1 for key in meta if f"{key}:" in text[:body]}
    return _article(path.stem, text, body, meta, where, lines)


def _head(text: str, where: str) -> tuple[dict[str, object], int]:
    """(metadata, offset of the prose) of a text's date prefix or front matter."""
    front = _FRONT_MATTER.match(text)
    if front:
        return _front_matter(front[1] or "", where), front.end()
    if text.removeprefix("\ufeff").startswith("---"):
        raise InputError(f"{where}:1: the front matter is not closed (expected a line '---' after it)")
    prefix = _DATE_PREFIX.match(text)
    if prefix:
        return {"published_on": prefix[1]}, prefix.end() + 1
    return {}, 0


def _front_matter(block: str, where: str) -> dict[str, object]:
    """The keys and values as text. Read as a stream: nesting and anchors cost time and memory without bound."""
    meta: dict[str, object] = {}
    key: str | None = None
    depth = 0
    try:
        for event in yaml.parse(block, Loader=yaml.SafeLoader):
            here = f"{where}:{event.start_mark.line + 2}" if event.start_mark else where
            if not depth and isinstance(event, yaml.SequenceStartEvent):
                raise InputError(f"{here}: the front matter holds no keys (expected lines such as 'title: …')")
            nested = depth and isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent)
            if nested or getattr(event, "anchor", None):
                raise InputError(f"{here}: the front matter holds more than plain values (expected lines such as 'title: …')")
            depth += isinstance(event, yaml.MappingStartEvent)
            if not isinstance(event, yaml.ScalarEvent):
                continue
            if not depth:
                raise InputError(f"{here}: the front matter holds no keys (expected lines such as 'title: …')")
            if key is None:
                key = _key(event.value, meta, here)
            else:
                meta[key], key = event.value, None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            f"{where}:{mark.line + 2 if mark else 1}: the front matter is no YAML: {getattr(error, 'problem', error)}"
        ) from None
    return meta


def _key(key: str, meta: Mapping[str, object], here: str) -> str:
    if key not in _META:
        raise InputError(f"{here}: unknown key {visible(key)!r} (expected one of {', '.join(_META)}{did_you_mean(key, _META)})")
    if key in meta:
        raise InputError(f"{here}: the key {key!r} stands twice")
    return key


def _json_lines(path: Path, max_bytes: int) -> Iterator[tuple[str, Article | str]]:
    """The article of each line; the line's number is part of where."""
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            where = f"{visible(str(path))}:{number}"
            if not line.strip():
                continue
            if len(line) > max_bytes:
                yield where, f"{len(line):,} bytes are too many (expected at most {max_bytes:,}; --max-bytes sets the limit)"
                continue
            try:
                yield where, _from_json(line, f"{path.stem}-{number}", where)
            except InputError as error:
                yield where, str(error).removeprefix(f"{where}: ")


def _from_json(line: bytes, default_id: str, where: str) -> Article:
    try:
        record = json.loads(line.decode("utf-8-sig"))  # a first line may bear a byte order mark
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 at byte {error.start} of the line (expected text in UTF-8)") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{where}: no JSON: {error}") from None
    if not isinstance(record, dict):
        raise InputError(f"{where}: a {type(record).__name__} (expected an object with the key 'text')")
    record = {_ALSO.get(key, key): value for key, value in record.items() if value is not None}
    text = record.get("text")
    if not isinstance(text, str):
        raise InputError(f"{where}: no text (expected the key 'text' with a string)")
    meta = {key: record[key] for key in _META if key in record}
    return _article(str(record.get("article_id", default_id)), text, 0, meta, where)


def _article(
    article_id: str, text: str, body: int, meta: dict[str, object], where: str, lines: Mapping[str, int] = MappingProxyType({})
) -> Article:
    """The article, once its identifier, text and metadata are sound; ``lines`` says in which line each key stands."""
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
    if any("\ud800" <= c <= "\udfff" for c in text):
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
    return value


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
