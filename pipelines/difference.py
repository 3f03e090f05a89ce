"""What differs between two packages, by primary key: rows added, removed and changed, and columns and tables that came or went.

Rows are compared in DuckDB, column by column. A row whose key repeats on one of the two sides has no single partner, so such
rows are compared whole: removed and added, never changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.derive.sql import key_text, literal
from pipelines.spill import connect

_CHANGED = pa.schema([(column, pa.string()) for column in ("row_key", "column", "old", "new")])


@dataclass(frozen=True)
class ColumnChange:
    """A column that was added, removed or retyped; ``old`` and ``new`` are Arrow types, None where it is not there."""

    column: str
    old: str | None
    new: str | None

    @property
    def kind(self) -> str:
        """added, removed or retyped."""
        return "added" if self.old is None else "removed" if self.new is None else "retyped"


@dataclass(frozen=True)
class Rows:
    """Whole rows of one side in order of key, with the key of each as a readable string in ``texts``."""

    texts: pa.ChunkedArray
    values: pa.Table

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each row: for few rows, since each becomes an object of Python."""
        return tuple(self.texts.to_pylist())


@dataclass(frozen=True)
class TableDifference:
    """What differs in one table; ``state`` is added, removed or kept.

    ``changed`` has one row a changed value: row_key, column, old and new as text, null where there was or is none. The values
    of a column that was added count as changed from null.
    """

    table: str
    state: str
    columns: tuple[ColumnChange, ...]
    added: Rows
    removed: Rows
    changed: pa.Table

    @property
    def changed_rows(self) -> int:
        """How many rows hold a changed value."""
        return int(pc.count_distinct(self.changed.column("row_key"), mode="all").as_py())

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return self.state == "kept" and not (self.columns or len(self.added) or len(self.removed) or self.changed.num_rows)


@dataclass(frozen=True)
class Difference:
    """What differs in each table that differs, in order of name."""

    tables: tuple[TableDifference, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not self.tables


def compare(old: Mapping[str, pa.Table], new: Mapping[str, pa.Table], keys: Mapping[str, Sequence[str]]) -> Difference:
    """The steps from the old tables to the new ones; ``keys`` are the primary keys by table, without one it is all columns."""
    found = [compare_table(table, old.get(table), new.get(table), keys.get(table, ())) for table in sorted({*old, *new})]
    return Difference(tuple(table for table in found if not table.empty))


def compare_table(table: str, old: pa.Table | None, new: pa.Table | None, key: Sequence[str]) -> TableDifference:
    """What differs in one table; the side that it is missing on counts as the same table without rows."""
    state = "added" if old is None else "removed" if new is None else "kept"
    before, after = (new.slice(0, 0) if old is None else old), (old.slice(0, 0) if new is None else new)  # type: ignore[union-attr]
    if state == "kept" and before.equals(after):
        return TableDifference(table, state, (), _no_rows(after), _no_rows(after), _CHANGED.empty_table())
    pair = _Pair(before, after, key)
    with connect() as connection:
        pair.load(connection)
        added, removed = pair.alone(connection, "new", "old"), pair.alone(connection, "old", "new")
        changed = pair.changed(connection)
    return TableDifference(table, state, _columns(before, after), added, removed, changed)


def in_order(rows: pa.Table, key: Sequence[int | str]) -> bool:
    """Whether the rows stand in order of a key of one column that never repeats, as tables do when they are published."""
    column = rows.column(key[0])
    return len(key) == 1 and bool(len(column)) and not column.null_count and pc.all(pc.less(column[:-1], column[1:]), min_count=0).as_py()


def _no_rows(table: pa.Table) -> Rows:
    return Rows(pa.chunked_array([], pa.string()), table.slice(0, 0))


def _columns(old: pa.Table, new: pa.Table) -> tuple[ColumnChange, ...]:
    before, after = ({f.name: str(f.type) for f in side.schema} for side in (old, new))
    names = [*after, *(c for c in before if c not in after)]
    return tuple(ColumnChange(c, before.get(c), after.get(c)) for c in names if before.get(c) != after.get(c))


class _Pair:
    """Two versions of one table in DuckDB; columns go by number there, since names may be anything: o0, o1 ... and n0, n1 ..."""

    def __init__(self, old: pa.Table, new: pa.Table, key: Sequence[str]) -> None:
        self.sides = {"old": old, "new": new}
        self.lined: dict[str, pa.Table] = {}
        self.names = {side: list(rows.column_names) for side, rows in self.sides.items()}
        self.shared = [c for c in self.names["new"] if c in self.names["old"]]
        known = bool(key) and all(c in self.names["new"] or c in self.names["old"] for c in key)
        self.key = list(key) if known else [*self.shared, *(c for c in self.names["new"] + self.names["old"] if c not in self.shared)]
        self.keyed = known and all(c in self.shared for c in key)

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Nothing; both sides stand as ``old`` and ``new``, and in ``pairs`` the rows that share a key which repeats on neither; where no
        key repeats, only those that differ, and ``single`` lists the lines without a partner."""
        for side, rows in self.sides.items():
            columns = [f"{side[0]}{n}" for n in range(rows.num_columns)]
            self.lined[side] = rows.rename_columns(columns).append_column("line", pa.array(np.arange(rows.num_rows)))
            connection.register(f"{side}_rows", self.lined[side])
        self.unique = self.keyed and not any(self._repeats(connection, side) for side in self.sides)
        if self.unique:
            self._load_unique(connection)
            return
        for side in self.sides:
            times = f"count(*) OVER (PARTITION BY {self._listing(self.key, side)})" if self.keyed else "1"
            connection.execute(f"CREATE TEMP TABLE {side} AS SELECT *, {times} AS times FROM {side}_rows")
        on = self._equal(self.key) if self.keyed else "false"
        connection.execute(
            "CREATE TEMP TABLE pairs AS SELECT old.* EXCLUDE (line, times), new.* EXCLUDE (line, times), old.line AS old_line,"
            f" new.line AS new_line FROM old JOIN new ON {on} WHERE old.times = 1 AND new.times = 1"
        )

    def _load_unique(self, connection: duckdb.DuckDBPyConnection) -> None:
        # One pass over all columns, in place of a copy of each side and a table of all pairs.
        differ = " OR ".join(f"NOT ({self._same(c)})" for c in self.shared if c not in self.key) or "false"
        differ = " OR ".join([differ, *(f"n{n} IS NOT NULL" for n, c in enumerate(self.names["new"]) if c not in self.shared)])
        connection.execute(
            "CREATE TEMP TABLE single AS SELECT old.line AS old_line, new.line AS new_line FROM old_rows AS old FULL JOIN new_rows AS new"
            f" ON {self._equal(self.key)} WHERE old.line IS NULL OR new.line IS NULL OR {differ}"
        )
        met = connection.sql("FROM single WHERE old_line IS NOT NULL AND new_line IS NOT NULL").to_arrow_table()
        pairs = met
        for side in self.sides:
            rows = self.lined[side].drop_columns("line").take(met.column(f"{side}_line"))
            for column in rows.column_names:
                pairs = pairs.append_column(column, rows.column(column))
        connection.register("pairs", pairs)

    def _repeats(self, connection: duckdb.DuckDBPyConnection, side: str) -> bool:
        if in_order(self.sides[side], [self.names[side].index(column) for column in self.key]):
            return False
        query = f"SELECT 1 FROM {side}_rows GROUP BY {self._listing(self.key, side)} HAVING count(*) > 1 LIMIT 1"
        return bool(connection.execute(query).fetchall())

    def alone(self, connection: duckdb.DuckDBPyConnection, side: str, other: str) -> Rows:
        """The rows of a side that have no partner: none with their key, or, where the key repeats, none that is equal."""
        if self.unique:
            lines = connection.sql(f"SELECT {side}_line AS line FROM single WHERE {other}_line IS NULL").to_arrow_table().column("line")
            every = self.lined[side]
            connection.register("apart", every if len(lines) == len(every) else every.take(lines))
            source = f"apart AS {side}"
        else:
            source = self._without_partner(side, other)
        order = self._listing(self.key, side) or "1"
        found = connection.sql(
            f"SELECT {side}.line AS line, {self._row_key(side, side)} AS row_key FROM {source} ORDER BY {order}, {side}.line"
        ).to_arrow_table()
        lines, rows = found.column("line").combine_chunks(), self.sides[side]
        whole = lines.equals(pa.array(np.arange(rows.num_rows)))
        return Rows(found.column("row_key"), rows if whole else rows.take(lines))

    def _without_partner(self, side: str, other: str) -> str:
        rest = "SELECT *, row_number() OVER (PARTITION BY {columns} ORDER BY line) AS nth FROM {side} WHERE line NOT IN (SELECT {side}_line FROM pairs)"
        mine, theirs = (rest.format(side=s, columns=self._listing(self.shared, s) or "1") for s in (side, other))
        same_columns = set(self.names["old"]) == set(self.names["new"])
        partner = f"{self._equal(self.shared)} AND old.nth = new.nth" if same_columns else "false"
        return f"({mine}) AS {side} ANTI JOIN ({theirs}) AS {other} ON {partner}"

    def changed(self, connection: duckdb.DuckDBPyConnection) -> pa.Table:
        """Every value that differs between the two rows of a pair, in order of row and column."""
        selects = []
        for n, column in enumerate(self.names["new"]):
            if column in self.key:
                continue
            was = self._column(column, "old") if column in self.shared else "NULL"
            differs = f"NOT ({self._same(column)})" if column in self.shared else f"n{n} IS NOT NULL"
            selects.append(
                f'SELECT new_line, {n} AS nth, {self._row_key("new", "pairs")} AS row_key, {literal(column)} AS "column",'
                f" CAST({was} AS VARCHAR) AS old, CAST(n{n} AS VARCHAR) AS new FROM pairs WHERE {differs}"
            )
        if not selects or not self.keyed:
            return _CHANGED.empty_table()
        order = ", ".join(self._column(c, "new") for c in self.key)
        ordered = (
            f"SELECT found.* FROM ({' UNION ALL '.join(selects)}) AS found JOIN pairs USING (new_line) ORDER BY {order}, new_line, nth"
        )
        return connection.sql(f'SELECT row_key, "column", old, new FROM ({ordered})').to_arrow_table().cast(_CHANGED)

    def _column(self, column: str, side: str) -> str:
        return f"{side[0]}{self.names[side].index(column)}"

    def _listing(self, columns: Sequence[str], side: str) -> str:
        return ", ".join(self._column(c, side) for c in columns if c in self.names[side])

    def _equal(self, columns: Sequence[str]) -> str:
        return " AND ".join(map(self._same, columns)) or "true"

    def _same(self, column: str) -> str:
        """That old and new value are the same, null being equal to null; values of other types are compared as they are written."""
        kinds = [self.sides[side].schema.field(self.names[side].index(column)).type for side in ("old", "new")]
        one, other = self._column(column, "old"), self._column(column, "new")
        alike = kinds[0] == kinds[1] or all(pa.types.is_integer(k) or pa.types.is_decimal(k) for k in kinds)
        return f"{one} IS NOT DISTINCT FROM {other}" if alike else f"CAST({one} AS VARCHAR) IS NOT DISTINCT FROM CAST({other} AS VARCHAR)"

    def _row_key(self, side: str, source: str) -> str:
        return key_text([f"{source}.{self._column(c, side)}" for c in self.key if c in self.names[side]])
