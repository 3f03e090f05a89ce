"""Which articles earlier runs left and which this one has, in a database that lies on disk where it grows."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from pipelines.article.kept import Kept, Key


class Register:
    """The entries of earlier runs by their keys, and those of this run by identifier."""

    def __init__(self) -> None:
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

    def know(self, entries: Iterable[Kept]) -> None:
        """Nothing; the entries can be found. The last of two with one key counts."""
        rows = ((e.key, e.article_id, e.origin, e.facts, e.part) for e in entries)
        self._database.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?, ?)", rows)

    def forget(self) -> None:
        """Nothing; nothing can be found any more."""
        self._database.execute("DELETE FROM known")

    def find(self, key: Key) -> Kept | None:
        """What an earlier run left of the content with that key."""
        row = self._database.execute("SELECT article_id, key, origin, facts, part FROM known WHERE key = ?", (key,)).fetchone()
        return Kept._make(row) if row else None

    def find_all(self, keys: Sequence[Key]) -> list[Kept] | None:
        """What an earlier run left of the contents with these keys, in order; None where of one it left nothing."""
        query = f"SELECT article_id, key, origin, facts, part FROM known WHERE key IN ({', '.join('?' * len(keys))})"
        found = {row[1]: Kept._make(row) for row in self._database.execute(query, keys)}
        return [found[key] for key in keys] if all(key in found for key in keys) else None

    def knows(self, article_id: str) -> bool:
        """Whether an earlier run left something of an article of that name."""
        self._database.execute("CREATE INDEX IF NOT EXISTS by_name ON known (article_id)")
        return self._database.execute("SELECT 1 FROM known WHERE article_id = ?", (article_id,)).fetchone() is not None

    def compared(self, article_ids: Iterable[str]) -> tuple[int, list[str]]:
        """How many these articles are, and those that earlier runs left and that are not among them, in order."""
        self._database.execute("CREATE TEMP TABLE these (article_id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.executemany("INSERT OR IGNORE INTO these VALUES (?)", ((i,) for i in article_ids))
        ((count,),) = self._database.execute("SELECT count(*) FROM these")
        query = "SELECT DISTINCT article_id FROM known WHERE article_id NOT IN (SELECT article_id FROM these) ORDER BY 1"
        return count, [row[0] for row in self._database.execute(query)]

    def take(self, entries: Iterable[Kept]) -> None:
        """Nothing; the articles belong to what this run gives."""
        self._database.executemany("INSERT INTO result VALUES (?, ?, ?, ?, ?)", entries)

    def result(self) -> Iterator[Kept]:
        """What this run gives, in order of identifiers."""
        return map(Kept._make, self._database.execute("SELECT article_id, key, origin, facts, part FROM result ORDER BY article_id"))

    def outside(self, part: str, first: str, last: str) -> dict[str, list[str]]:
        """The articles of this run with rows, from the first to the last identifier, by their part where its name begins otherwise."""
        query = "SELECT part, article_id FROM result WHERE article_id BETWEEN ? AND ? AND facts >= 0 AND substr(part, 1, ?) <> ?"
        found: dict[str, list[str]] = {}
        for where, article_id in self._database.execute(query, (first, last, len(part), part)):
            found.setdefault(where, []).append(article_id)
        return found

    def count(self, part: str) -> int:
        """The number of articles of this run with rows in parts whose name begins so."""
        query = "SELECT count(*) FROM result WHERE facts >= 0 AND substr(part, 1, ?) = ?"
        ((found,),) = self._database.execute(query, (len(part), part))
        return int(found)

    def inside(self, part: str) -> Iterator[tuple[str, str]]:
        """(part, identifier) of the articles of this run with rows in parts whose name begins so."""
        query = "SELECT part, article_id FROM result WHERE facts >= 0 AND substr(part, 1, ?) = ?"
        return self._database.execute(query, (len(part), part))
