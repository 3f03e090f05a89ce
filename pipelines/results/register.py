"""Which articles earlier runs left and which this one has; what is new lies in a database that lies on disk where it grows."""

import heapq
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import starmap
from operator import attrgetter

import numpy as np

from pipelines.article.kept import NOWHERE, SKIPPED, Kept, Key, Ranks
from pipelines.results.entries import Entries, Span, no_entries

_COLUMNS = "article_id, key, origin, facts, part"
_STEP = 10_000


class Register:
    """The entries of the last run and of runs that were cut short, by their keys, and those of this run by identifier."""

    def __init__(self) -> None:
        self.entries = no_entries()
        self._taken = np.zeros(0, np.bool_)
        # A database without a name lies on disk where it grows, and is gone with its connection.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA cache_size = -131072")  # KiB; with the two thousand of the library each look-up reads from disk
        self._database.executescript(
            "CREATE TABLE known (key BLOB PRIMARY KEY, article_id TEXT, origin TEXT, facts INT, part TEXT) WITHOUT ROWID;"
            "CREATE TABLE result (article_id TEXT PRIMARY KEY, key BLOB, origin TEXT, facts INT, part TEXT) WITHOUT ROWID;"
            "BEGIN"
        )

    def close(self) -> None:
        """Nothing; the database is gone."""
        self._database.close()

    def begin_with(self, entries: Entries) -> None:
        """Nothing; these entries of the last run can be found."""
        self.entries, self._taken = entries, np.zeros(entries.count, np.bool_)

    def know(self, entries: Iterable[Kept]) -> None:
        """Nothing; these entries of runs that were cut short can be found, before those of the last run. Of two with one key the last counts."""
        rows = ((e.key, e.article_id, e.origin, e.facts, e.part) for e in entries)
        self._database.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?, ?)", rows)

    def find(self, key: Key) -> Kept | None:
        """What an earlier run left of the content with that key."""
        row = self._database.execute(f"SELECT {_COLUMNS} FROM known WHERE key = ?", (key,)).fetchone()
        return Kept(*row) if row else self.entries.find(key)

    def knows(self, article_id: str) -> bool:
        """Whether an earlier run left something of an article of that name."""
        rank = self.entries.rank_of(article_id)
        if rank is not None and self.entries.usable[rank]:
            return True
        self._database.execute("CREATE INDEX IF NOT EXISTS by_name ON known (article_id)")
        return self._database.execute("SELECT 1 FROM known WHERE article_id = ?", (article_id,)).fetchone() is not None

    def compared(self, article_ids: Iterable[str]) -> tuple[int, list[str]]:
        """How many these articles are, and those that earlier runs left and that are not among them, in order."""
        for table in ("these", "before"):
            self._database.execute(f"CREATE TEMP TABLE {table} (article_id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.executemany("INSERT OR IGNORE INTO these VALUES (?)", ((i,) for i in article_ids))
        ((count,),) = self._database.execute("SELECT count(*) FROM these")
        self._database.execute("INSERT OR IGNORE INTO before SELECT article_id FROM known")
        usable = np.flatnonzero(self.entries.usable)
        for start in range(0, len(usable), _STEP):
            names = self.entries.identifiers(usable[start : start + _STEP])
            self._database.executemany("INSERT OR IGNORE INTO before VALUES (?)", ((name,) for name in names))
        query = "SELECT article_id FROM before WHERE article_id NOT IN (SELECT article_id FROM these) ORDER BY 1"
        return count, [row[0] for row in self._database.execute(query)]

    def take(self, entries: Iterable[Kept]) -> None:
        """Nothing; the articles belong to what this run gives."""
        new = []
        for entry in entries:
            if entry.rank == NOWHERE:
                new.append(entry[:-1])
            else:
                self._taken[entry.rank] = True
        self._database.executemany("INSERT INTO result VALUES (?, ?, ?, ?, ?)", new)

    def take_all(self, ranks: Ranks) -> list[int]:
        """The number of facts of each of these articles, or SKIPPED; they belong to what this run gives."""
        self._taken[ranks] = True
        return self.entries.facts(ranks)

    def result(self) -> Iterator[Kept]:
        """What this run gives, in order of identifiers."""
        return self.between("", None)

    def between(self, first: str, end: str | None) -> Iterator[Kept]:
        """What this run gives from that identifier to before the other, in order; to the last where there is no other."""
        start, stop = self._ranks(first, end)
        until, bound = ("", ()) if end is None else (" AND article_id < ?", (end,))
        rows = self._database.execute(f"SELECT {_COLUMNS} FROM result WHERE article_id >= ?{until} ORDER BY article_id", (first, *bound))
        return heapq.merge(self._taken_between(start, stop), starmap(Kept, rows), key=attrgetter("article_id"))

    def _ranks(self, first: str, end: str | None) -> tuple[int, int]:
        return self.entries.from_(first), self.entries.count if end is None else self.entries.from_(end)

    def _taken_between(self, start: int, stop: int) -> Iterator[Kept]:
        for at in range(start, stop, _STEP):
            yield from self.entries.at(at + np.flatnonzero(self._taken[at : min(stop, at + _STEP)]))

    def is_whole(self, span: Span, end: str | None) -> bool:
        """Whether this run gives all of the span, and nothing else from its first identifier to before the other."""
        if not self._taken[span.start : span.end].all():
            return False
        until, bound = ("", ()) if end is None else (" AND article_id < ?", (end,))
        query = f"SELECT 1 FROM result WHERE article_id >= ?{until} LIMIT 1"
        return self._database.execute(query, (self.entries.name(span.start), *bound)).fetchone() is None

    def takes(self, rank: int) -> bool:
        """Whether the article of that rank belongs to what this run gives."""
        return bool(self._taken[rank])

    def kept(self, first: str, last: str) -> dict[str, list[str]]:
        """The articles with rows that the last run left and this one gives, from the first to the last identifier, by their part."""
        found: dict[str, list[str]] = {}
        for entry in self._taken_between(*self._ranks(first, f"{last}\0")):
            if entry.facts != SKIPPED:
                found.setdefault(entry.part, []).append(entry.article_id)
        return found

    def count_of_new(self) -> int:
        """The number of articles with rows that this run gives and the last did not leave."""
        ((found,),) = self._database.execute("SELECT count(*) FROM result WHERE facts >= 0")
        return int(found)

    def new(self) -> Iterator[tuple[str, str]]:
        """(part, identifier) of these."""
        return self._database.execute("SELECT part, article_id FROM result WHERE facts >= 0")
