"""JSON Lines, plain or packed: one object with a text a line, read one line at a time."""

import functools
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.article.kept import Key, Raw
from pipelines.article.made import META, make_article
from pipelines.article.packed import damage, unpacked
from pipelines.article.stretches import End
from pipelines.article.text import Article
from pipelines.errors import InputError, visible

_ALSO = {"id": "article_id", "date": "published_on", "license": "licence"}
_CHUNK = 1 << 20


def read_json_lines(path: Path, max_bytes: int) -> Iterator[tuple[str, "Lines | str"]]:
    """Lines that follow each other, each to be read as an article, or why there is none; the number of a line is part of where."""
    file, stem = visible(str(path)), re.sub(r"\.(jsonl|ndjson)(\.\w+)?$", "", path.name)
    held: list[bytes] = []
    end, number, damaged = End(), 0, ""
    try:
        with unpacked(path) as handle:
            while line := handle.readline(max_bytes + 1):
                number += 1
                is_article = len(line) <= max_bytes and not line.isspace()
                if is_article:
                    held.append(line)
                if not is_article or end.after(line):
                    yield from _held(file, stem, number + is_article, held)
                    held = []
                if len(line) > max_bytes:
                    yield f"{file}:{number}", _too_long(line, handle, max_bytes)
    except OSError as error:
        damaged = damage(error)
    yield from _held(file, stem, number + 1, held)
    if damaged:
        yield f"{file}:{number + 1}", damaged


def _held(file: str, stem: str, end: int, lines: Sequence[bytes]) -> Iterator[tuple[str, "Lines"]]:
    """The lines before that number, where there are any."""
    if lines:
        yield file, Lines(file, stem, end - len(lines), lines)


@dataclass(frozen=True)
class Lines:
    """Lines of one file that follow each other: the file, what articles without a name are called after, the number of the first."""

    file: str
    stem: str
    first: int
    lines: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.lines)

    def keys(self) -> tuple[Key, Key]:
        """Hashes of what they are, and of what they are and where they stand."""
        content = hashlib.sha256(b"lines:" + b"".join(self.lines)).digest()
        return content, hashlib.sha256(content + f"{self.stem}-{self.first}".encode("utf-8", "surrogatepass")).digest()

    def where(self) -> list[str]:
        """Where each stands."""
        return [f"{self.file}:{number}" for number in range(self.first, self.first + len(self.lines))]

    def sizes(self) -> Iterator[tuple[str, int]]:
        """(file, bytes of it)."""
        yield self.file, sum(map(len, self.lines))

    def each(self) -> Iterator[tuple[str, Raw]]:
        """Each line by itself, with where it stands."""
        for number, (where, line) in enumerate(zip(self.where(), self.lines, strict=True), self.first):
            default_id = f"{self.stem}-{number}"
            yield where, Raw("line", line.rstrip(b"\r\n"), default_id, functools.partial(_from_json, line, default_id, where))


def _too_long(line: bytes, handle: BinaryIO, max_bytes: int) -> str:
    size = len(line) if line.endswith(b"\n") else len(line) + _rest(handle)
    return f"{size:,} bytes are too many (expected at most {max_bytes:,}; --max-bytes sets the limit)"


def _rest(handle: BinaryIO) -> int:
    """The bytes to the end of the line, which are passed over."""
    size = 0
    while part := handle.readline(_CHUNK):
        size += len(part)
        if part.endswith(b"\n"):
            break
    return size


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
    meta = {key: record[key] for key in META if key in record}
    return make_article(str(record.get("article_id", default_id)), text, 0, meta, where)
