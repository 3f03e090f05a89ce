"""Text files: a date prefix or YAML front matter, then prose."""

import functools
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from pipelines.article.kept import Raw
from pipelines.article.made import META, make_article
from pipelines.article.text import Article
from pipelines.errors import InputError, did_you_mean, visible

MAX_BYTES = 5_000_000
_DATE_PREFIX = re.compile(r"\ufeff?\s?date (\d{4}-\d{2}-\d{2})(?=\s)")
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?:(.*?)\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> Article:
    """The article of one text file with a date prefix or YAML front matter; offsets count in the whole file as decoded."""
    return raw_text(path, max_bytes).read()


def raw_text(path: Path, max_bytes: int) -> Raw:
    """The bytes of one text file, to be read as an article; an InputError where there are too many."""
    where = visible(str(path))
    if not path.is_file():
        raise InputError(f"{where}: no regular file (expected a text)")
    with path.open("rb") as handle:
        content = handle.read(max_bytes + 1)
    if len(content) > max_bytes:
        size = path.stat().st_size
        raise InputError(f"{where}: {size:,} bytes are too many (expected at most {max_bytes:,}; --max-bytes sets the limit)")
    return Raw("text", content, path.stem, functools.partial(_article, content, path.stem, where))


def _article(content: bytes, stem: str, where: str) -> Article:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{where}:{line}: not UTF-8 at byte {error.start} (expected text in UTF-8)") from None
    meta, body = _head(text, where)
    # The date prefix stands in the first line.
    lines = {"published_on": 1} | {key: text[: text.index(f"{key}:")].count("\n") + 1 for key in meta if f"{key}:" in text[:body]}
    return make_article(stem, text, body, meta, where, lines)


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
    if key not in META:
        raise InputError(f"{here}: unknown key {visible(key)!r} (expected one of {', '.join(META)}{did_you_mean(key, META)})")
    if key in meta:
        raise InputError(f"{here}: the key {key!r} stands twice")
    return key
