"""Parquet with a column of texts, read a few rows at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.article.made import META, make_article
from pipelines.article.text import Article
from pipelines.errors import InputError, did_you_mean, visible

_ALSO = {"id": "article_id", "date": "published_on", "license": "licence"}
# Rows held at once: a text may be as large as --max-bytes.
_ROWS = 16
_MOST_TIMES = 1000
_FREE = 100_000_000


def read_parquet(path: Path, max_bytes: int) -> Iterator[tuple[str, Article | str]]:
    """The article of each row, or why there is none; the row's number is part of where."""
    where, number = visible(str(path)), 0
    try:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            columns = _columns(file)
            for batch in file.iter_batches(_ROWS, columns=list(columns)):
                for row in range(batch.num_rows):
                    number += 1
                    place = f"{where}:{number}"
                    yield place, _article(batch, row, columns, max_bytes, f"{path.stem}-{number}", place)
    except InputError as error:
        yield where, str(error)
    except (pa.ArrowException, OSError, ValueError) as error:
        yield f"{where}:{number + 1}" if number else where, f"no Parquet: {str(error).splitlines()[0]} (expected a whole file)"


def _columns(file: Any) -> dict[str, str]:
    """The columns to read, and what each is for."""
    schema = file.schema_arrow
    known = {name: _ALSO.get(name, name) for name in schema.names if _ALSO.get(name, name) in ("text", "article_id", *META)}
    if "text" not in known:
        raise InputError(f"no column 'text' (expected one with the articles' texts{did_you_mean('text', schema.names)})")
    kind = schema.field("text").type
    if str(kind.value_type if pa.types.is_dictionary(kind) else kind) not in ("string", "large_string", "string_view"):
        raise InputError(f"the column 'text' is of type {kind} (expected string)")
    if len(set(known.values())) < len(known):
        raise InputError(f"two columns for one thing: {', '.join(known)} (expected each once)")
    for group in range(file.metadata.num_row_groups):
        for index in range(file.metadata.num_columns):
            chunk = file.metadata.row_group(group).column(index)
            if chunk.total_uncompressed_size > max(_FREE, _MOST_TIMES * chunk.total_compressed_size):
                raise InputError(f"row group {group + 1} is more than {_MOST_TIMES} times as large unpacked as packed")
    return known


def _article(batch: Any, row: int, columns: dict[str, str], max_bytes: int, default_id: str, where: str) -> Article | str:
    try:
        values = {to: batch.column(name)[row].as_py() for name, to in columns.items()}
        text = values.pop("text")
        if not isinstance(text, str):
            return "no text (expected a string in the column 'text')"
        size = len(text.encode("utf-8", "replace"))
        if size > max_bytes:
            return f"{size:,} bytes are too many (expected at most {max_bytes:,}; --max-bytes sets the limit)"
        given = {key: value for key, value in values.items() if value is not None}
        return make_article(str(given.pop("article_id", default_id)), text, 0, given, where)
    except InputError as error:
        return str(error).removeprefix(f"{where}: ")
    except UnicodeDecodeError as error:
        return f"not UTF-8 at byte {error.start} of a value (expected text in UTF-8)"
