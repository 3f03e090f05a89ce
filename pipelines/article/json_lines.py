"""JSON Lines, plain or packed: one object with a text a line, read one line at a time."""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipelines.article.kept import Raw
from pipelines.article.made import META, make_article
from pipelines.article.packed import damage, unpacked
from pipelines.article.text import Article
from pipelines.errors import InputError, visible

_ALSO = {"id": "article_id", "date": "published_on", "license": "licence"}
_CHUNK = 1 << 20


def read_json_lines(path: Path, max_bytes: int) -> Iterator[tuple[str, Raw | str]]:
    """Each line, to be read as an article, or why there is none; the line's number is part of where."""
    where, number = visible(str(path)), 0
    stem = re.sub(r"\.(jsonl|ndjson)(\.\w+)?$", "", path.name)
    try:
        with unpacked(path) as handle:
            while line := handle.readline(max_bytes + 1):
                number += 1
                if line.strip():
                    yield _line(line, handle, max_bytes, f"{stem}-{number}", f"{where}:{number}")
    except OSError as error:
        yield f"{where}:{number + 1}", damage(error)


def _line(line: bytes, handle: BinaryIO, max_bytes: int, default_id: str, where: str) -> tuple[str, Raw | str]:
    if len(line) > max_bytes:
        size = len(line) if line.endswith(b"\n") else len(line) + _rest(handle)
        return where, f"{size:,} bytes are too many (expected at most {max_bytes:,}; --max-bytes sets the limit)"
    return where, Raw("line", line.rstrip(b"\r\n"), default_id, functools.partial(_from_json, line, default_id, where))


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
