"""Each identifier once: of articles that bear the same, the first that is read."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing

import numpy as np

from pipelines.article.kept import NOWHERE, Kept, Known
from pipelines.article.sources import Rejected, Source, Stretch


def unique(items: Iterable[Source | Stretch | Rejected], known: Known | None) -> Iterator[Source | Stretch | Rejected]:
    """The items; an article whose identifier was there before is one that could not be read."""
    with closing(_Taken(known)) as taken:
        for item in items:
            if isinstance(item, Stretch):
                yield from taken.all_first(item)
            else:
                yield item if isinstance(item, Rejected) else taken.first(item)


class _Taken:
    """The identifiers that were read, and where: those of the last run by their ranks, a byte each, the others in a database."""

    def __init__(self, known: Known | None) -> None:
        self._known = known
        self._ranks = np.zeros(known.count if known else 0, np.bool_)
        # A database without a name lies on disk where it grows, and is gone with its connection.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA cache_size = -32768;"  # KiB; with the two thousand of the library each look-up reads from disk
            "CREATE TABLE singles (id TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID;"
            "CREATE TABLE stretches (ranks BLOB, places TEXT);"
            "BEGIN"
        )

    def close(self) -> None:
        """Nothing; the database is gone."""
        self._database.close()

    def all_first(self, stretch: Stretch) -> Iterator[Source | Stretch | Rejected]:
        """The stretch, or its articles one by one where an identifier was there before."""
        if self._ranks[stretch.ranks].any() or len(np.unique(stretch.ranks)) < len(stretch):
            yield from map(self.first, stretch.sources())
            return
        self._ranks[stretch.ranks] = True
        self._database.execute("INSERT INTO stretches VALUES (?, ?)", (stretch.ranks.tobytes(), "\n".join(stretch.run.where())))
        yield stretch

    def first(self, source: Source) -> Source | Rejected:
        """The article, where its identifier was not there before."""
        identifier, rank = source.content.article_id, self._rank(source)
        if rank is not None and self._ranks[rank]:
            return _second(source, self._place(identifier, rank))
        if not self._database.execute("INSERT OR IGNORE INTO singles VALUES (?, ?)", (identifier, source.where)).rowcount:
            return _second(source, self._place(identifier, rank))
        if rank is not None:
            self._ranks[rank] = True
        return source

    def _rank(self, source: Source) -> int | None:
        """The rank of the article that had this identifier in the last run."""
        if isinstance(source.content, Kept) and source.content.rank != NOWHERE:
            return source.content.rank
        return self._known.rank_of(source.content.article_id) if self._known and len(self._ranks) else None

    def _place(self, identifier: str, rank: int | None) -> str:
        """Where the article stands that took the identifier."""
        for (place,) in self._database.execute("SELECT place FROM singles WHERE id = ?", (identifier,)):
            return str(place)
        for ranks, places in self._database.execute("SELECT ranks, places FROM stretches"):
            for at in np.flatnonzero(np.frombuffer(ranks, np.int64) == rank).tolist():
                return str(places.split("\n")[at])
        raise AssertionError("nobody took it")


def _second(source: Source, taken: str) -> Rejected:
    return Rejected(source.where, f"the identifier {source.content.article_id!r} is taken by {taken} (expected a new one)")
