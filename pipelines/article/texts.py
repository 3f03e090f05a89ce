"""The stored texts of a package: read once, kept on disk when they are many, and given back by identifier."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

import numpy as np
import pyarrow as pa

from pipelines.article.text import Article
from pipelines.spill import Index, stored

_COLUMNS = pa.schema(
    [
        ("place", pa.string()),
        ("article_id", pa.string()),
        ("text", pa.large_string()),
        ("body_start", pa.int64()),
        ("title", pa.string()),
        ("publisher", pa.string()),
        ("url", pa.string()),
        ("published_on", pa.date32()),
        ("language", pa.string()),
        ("licence", pa.string()),
        ("quote_limit", pa.int64()),
    ]
)
_MOST, _LONGEST = 512, 4_000_000


class Texts(Mapping[str, Article]):
    """Articles by identifier, in order of identifiers; each is made anew when it is asked for, so that none is held."""

    def __init__(self, articles: Iterable[tuple[str, Article]]) -> None:
        """Of each article, where it stands, in any order."""
        rows = stored(_batches(articles), _COLUMNS)
        self._batches = rows.to_batches()
        self._starts = np.cumsum([0, *(batch.num_rows for batch in self._batches)])
        self._index = Index(rows.column("article_id"))

    def __getitem__(self, article_id: str) -> Article:
        number = self._index.at(article_id) if isinstance(article_id, str) else None
        if number is None:
            raise KeyError(article_id)
        return self._row(number)[1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def placed(self) -> Iterator[tuple[str, Article]]:
        """Each article with where it stands, in order of identifiers."""
        return (self._row(self._index[place]) for place in range(len(self)))

    def _row(self, number: int) -> tuple[str, Article]:
        batch = int(np.searchsorted(self._starts, number, side="right")) - 1
        (row,) = self._batches[batch].slice(number - int(self._starts[batch]), 1).to_pylist()
        return row.pop("place"), Article(**row)


def _batches(articles: Iterable[tuple[str, Article]]) -> Iterator[pa.RecordBatch]:
    names = [f.name for f in fields(Article)]
    held: list[dict[str, object]] = []
    size = 0
    for place, article in articles:
        held.append({"place": place, **{name: getattr(article, name) for name in names}})
        size += len(article.text)
        if len(held) >= _MOST or size >= _LONGEST:
            yield pa.RecordBatch.from_pylist(held, schema=_COLUMNS)
            held, size = [], 0
    if held:
        yield pa.RecordBatch.from_pylist(held, schema=_COLUMNS)
