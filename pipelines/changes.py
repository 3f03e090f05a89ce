"""Changes: the steps from one package to the next as rows of the table ``changes``, and what they make of a package.

Declarations travel as JSON: the table's own (its columns by name only), and each column's. Values travel as text, as
SQL casts them; a whole row is a JSON object of its values as text, without those that are null.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.derive.sql import key_text, literal, name
from pipelines.difference import Rows, compare_table, in_order
from pipelines.errors import DataError
from pipelines.schema import TYPES
from pipelines.snapshot import Declaration, Snapshot, arrow_types, as_json
from pipelines.spill import connect, kept, numbered, run

CHANGES = "changes"
COLUMNS = ("table_name", "row_key", "op", "column_name", "old", "new", "reason")
_TEXTS = pa.schema([(column, pa.string()) for column in COLUMNS])
_NUMBERED = pa.schema([pa.field("change_number", pa.int64()), *_TEXTS])


def changes(old: Snapshot, new: Snapshot) -> pa.Table:
    """The steps from the old package to the new one, numbered from 1; none where nothing differs.

    Declarations come first in each table, then rows: removed, changed, added, each in order of key.
    """
    reasons = _reasons(old, new)
    return _numbered(part for table in sorted({*old.declared, *new.declared}) for part in _changes_of(table, old, new, reasons))


def renewed(steps: pa.Table, table: str, old: Snapshot, new: Snapshot) -> pa.Table:
    """The steps from the old package to the new one, given those to a new one of which only this table has been changed since."""
    before, after = (_beyond(steps, table, side) for side in (pc.less, pc.greater))
    return _numbered(chain(before, _changes_of(table, old, new, _reasons(old, new)), after))


def _beyond(steps: pa.Table, table: str, side: Callable[..., pa.Array]) -> Iterator[pa.Table]:
    """The steps of the tables before or behind this one, some at a time."""
    for batch in steps.select(COLUMNS).to_batches():
        yield pa.Table.from_batches([batch.filter(side(batch.column("table_name"), table))])


def _numbered(parts: Iterable[pa.Table]) -> pa.Table:
    def batches() -> Iterator[pa.RecordBatch]:
        before = 0
        for batch in (batch for part in parts for batch in part.to_batches()):
            numbers = pa.array(np.arange(before + 1, before + batch.num_rows + 1, dtype=np.int64))
            yield pa.RecordBatch.from_arrays([numbers, *batch.columns], schema=_NUMBERED)
            before += batch.num_rows

    return kept(batches(), _NUMBERED)


def apply(steps: pa.Table, old: Snapshot) -> Snapshot:
    """The package that the steps make of the old one, each table in order of its key.

    A DataError names the first step that does not fit: the steps are then from another package, or were changed.
    """
    tables, declared = dict(old.tables), dict(old.declared)
    with connect() as connection:
        for table in sorted(set(pc.unique(steps.column("table_name")).to_pylist())):
            own = steps.filter(pc.equal(steps.column("table_name"), table))
            declaration = _declared(table, own, old.declared.get(table))
            if declaration is None:
                tables.pop(table, None), declared.pop(table, None)
                continue
            declared[table] = declaration
            after = Snapshot({}, {table: declaration})
            tables[table] = _Application(table, own, old, after).rows(connection)
    return Snapshot(tables, declared)


def _changes_of(table: str, old: Snapshot, new: Snapshot, reasons: pa.Table) -> Iterator[pa.Table]:
    before, after = old.declared.get(table), new.declared.get(table)
    yield _rows_of((table, None, "declare", *step, None) for step in _declarations(before, after))
    was, now = old.tables.get(table), new.tables.get(table)
    if was is None or now is None or old.key(table) == new.key(table):
        pairs = [(was, now, new.key(table) or old.key(table))]
    else:
        # Rows that are told apart by something else are no longer the same rows.
        pairs = [(was, None, old.key(table)), (None, now, new.key(table))]
    for one, other, key in pairs:
        if key and not (one and other and one.num_rows and other.num_rows):
            # Nothing to compare with: the rows need not come into memory together.
            yield from (_all(table, op, rows, key) for op, rows in (("remove", one), ("add", other)) if rows is not None)
            continue
        difference = compare_table(table, one, other, key)
        yield _whole(table, "remove", difference.removed)
        yield _changed(table, difference.changed, reasons if key == ("fact_id",) else _NO_REASONS)
        yield _whole(table, "add", difference.added)


def _rows_of(steps: Iterable[tuple[str | None, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(COLUMNS, step, strict=True)) for step in steps], schema=_TEXTS)


def _declarations(old: Declaration | None, new: Declaration | None) -> Iterator[tuple[str | None, str | None, str | None]]:
    """(column, old, new) of each declaration that differs; the table's own has no column."""
    before, after = _split(old), _split(new)
    for column in (None, *dict.fromkeys(c for side in (after, before) for c in side if c is not None)):
        one, other = before.get(column), after.get(column)
        if one != other:
            was, now = (None if side is None else as_json(side) for side in (one, other))
            yield column, was, now


def _split(declaration: Declaration | None) -> dict[str | None, object]:
    """The table's own declaration, which names its columns in order, and that of each column."""
    if declaration is None:
        return {}
    fields = {f["name"]: f for f in declaration["fields"]}
    return {None: {**declaration, "fields": list(fields)}, **fields}


def _declared(table: str, steps: pa.Table, old: Declaration | None) -> Declaration | None:
    """The declaration after the steps; None where the table is gone."""
    parts = _split(old)
    for step in steps.filter(pc.equal(steps.column("op"), "declare")).to_pylist():
        column, was, now = (step[c] for c in ("column_name", "old", "new"))
        if parts.get(column) != (None if was is None else json.loads(was)):
            raise _misfit(table, f"the declaration of {column or 'the table'}")
        parts[column] = None if now is None else json.loads(now)
    own = parts.get(None)
    if own is None:
        return None
    assert isinstance(own, dict)
    return {**own, "fields": [parts[column] for column in own["fields"]]}


def _whole(table: str, op: str, rows: Rows) -> pa.Table:
    """A step for each whole row, added or removed."""
    if not len(rows):
        return _TEXTS.empty_table()
    with connect() as connection:
        connection.register("found", rows.values)
        objects = connection.sql(f"SELECT {row_json(rows.values.column_names)} AS row FROM found").to_arrow_table().column("row")
    nothing = pa.nulls(len(rows), pa.string())
    sides = (nothing, objects) if op == "add" else (objects, nothing)
    constant = (pa.repeat(pa.scalar(text), len(rows)) for text in (table, op))
    return pa.table([next(constant), rows.texts, next(constant), nothing, *sides, nothing], schema=_TEXTS)


def _all(table: str, op: str, rows: pa.Table, key: Sequence[str]) -> pa.Table:
    """A step for every row, in order of key."""
    columns = list(map(name, key))
    row = row_json(rows.column_names)
    sides = ("NULL", row) if op == "add" else (row, "NULL")
    values = (literal(table), key_text(columns), literal(op), "NULL", *sides, "NULL")
    listing = ", ".join(f"CAST({value} AS VARCHAR) AS {name(column)}" for value, column in zip(values, COLUMNS, strict=True))
    with connect() as connection:
        connection.register("found", numbered(rows))
        order = "" if in_order(rows, key) else f" ORDER BY {', '.join(f'found.{column}' for column in columns)}, _row"
        return run(connection, f"SELECT {listing} FROM found{order}", _TEXTS)


def row_json(columns: Sequence[str]) -> str:
    """SQL for a row as a JSON object of its values as text, without those that are null."""
    cells = [f"""{literal(json.dumps(column) + ":")} || to_json(CAST({name(column)} AS VARCHAR))""" for column in columns]
    return f"'{{' || concat_ws(',', {', '.join(cells)}) || '}}'"


def _changed(table: str, cells: pa.Table, reasons: pa.Table) -> pa.Table:
    keys = cells.column("row_key")
    why = reasons.column("reason").take(pc.index_in(keys, reasons.column("fact_id").combine_chunks()))
    constant = (pa.repeat(pa.scalar(text), len(keys)) for text in (table, "change"))
    columns = [next(constant), keys, next(constant), *(cells.column(c) for c in ("column", "old", "new")), why]
    return pa.table(columns, schema=_TEXTS)


def _reasons(old: Snapshot, new: Snapshot) -> pa.Table:
    """The reason of each fact of which the ledger gives another one than before."""
    query = """
        SELECT fact_id, new.reason AS reason FROM new LEFT JOIN old USING (fact_id)
        WHERE new.reason <> '' AND new.reason IS DISTINCT FROM nullif(old.reason, '')"""
    with connect() as connection:
        connection.register("old", _reasoned(old))
        connection.register("new", _reasoned(new))
        return run(connection, query, _NO_REASONS.schema)


_NO_REASONS = pa.table({"fact_id": pa.array([], pa.string()), "reason": pa.array([], pa.string())})


def _reasoned(of: Snapshot) -> pa.Table:
    """The facts of the ledger and their reasons."""
    return of.tables["ledger"].select(_NO_REASONS.column_names).cast(_NO_REASONS.schema) if "ledger" in of.tables else _NO_REASONS


def _misfit(table: str, what: str) -> DataError:
    return DataError(f"{table}: {what} is not what the changes begin with (expected the changes that follow this very package)")


class _Application:
    """The rows of one table after its steps; columns of the old table are read as text and cast to the type that they have now."""

    def __init__(self, table: str, steps: pa.Table, old: Snapshot, new: Snapshot) -> None:
        self.table, self.steps = table, steps
        self.key = [name(column) for column in new.key(table)]
        self.old_key = [name(column) for column in old.key(table)] or self.key
        self.old_types, self.types = old.types(table), new.types(table)
        self.ops = set(pc.unique(steps.column("op")).to_pylist())
        values = steps.filter(pc.equal(steps.column("op"), "change"))
        self.changed = sorted(pc.unique(values.column("column_name")).to_pylist(), key=str)
        self.old_rows = old.tables.get(table)
        if self.old_rows is None:
            self.old_rows, self.old_types = arrow_types(self.types).empty_table(), self.types

    def rows(self, connection: duckdb.DuckDBPyConnection) -> pa.Table:
        """The rows, in order of key."""
        connection.register("given", self.old_rows)
        connection.register("steps", self.steps)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE old_rows AS SELECT *, {key_text(self.old_key)} AS __key FROM given")
        try:
            self._refuse_misfits(connection)
            order = ", ".join(self.key) or "ALL"
            query = f"SELECT * FROM ({self._kept()} UNION ALL {self._added()}) ORDER BY {order}"
            return run(connection, query, arrow_types(self.types))
        except duckdb.ConversionException as error:
            raise _misfit(self.table, f"a value ({str(error).splitlines()[0]})") from None

    def _refuse_misfits(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Nothing; a DataError where a step does not begin with what is there."""
        row = row_json(list(self.old_types))
        gone = "SELECT row_key FROM steps WHERE op = 'remove'"
        queries = {
            (
                "remove",
                "a removed row",
            ): f"SELECT s.row_key FROM steps AS s LEFT JOIN (SELECT __key, {row} AS __row FROM old_rows WHERE __key IN ({gone}))"
            " AS o ON o.__key = s.row_key WHERE s.op = 'remove' AND s.old IS DISTINCT FROM o.__row",
            (
                "change",
                "a row that changes",
            ): "SELECT row_key FROM steps WHERE op = 'change' AND row_key NOT IN (SELECT __key FROM old_rows)",
            ("add", "an added row"): "SELECT row_key FROM steps WHERE op = 'add' AND row_key IN"
            f" (SELECT __key FROM old_rows WHERE __key NOT IN ({gone}))",
        }
        for column in (c for c in self.old_types if c in self.changed):
            queries["change", f"the value of {column}"] = (
                f"SELECT row_key FROM steps AS s JOIN old_rows AS o ON o.__key = s.row_key WHERE s.op = 'change'"
                f" AND s.column_name = {literal(column)} AND s.old IS DISTINCT FROM CAST(o.{name(column)} AS VARCHAR)"
            )
        for (op, what), query in queries.items():
            if op in self.ops and (found := connection.execute(f"{query} LIMIT 1").fetchall()):
                raise _misfit(self.table, f"{what} ({found[0][0]})")

    def _kept(self) -> str:
        """SQL for the old rows that stay, with their new values."""
        if unknown := [c for c in self.changed if c not in self.types]:
            raise _misfit(self.table, f"the column {unknown[0]}")
        cells = []
        for column, kind in self.types.items():
            was = f"CAST(o.{name(column)} AS VARCHAR)" if column in self.old_types else "NULL"
            at = self.changed.index(column) if column in self.changed else None
            value = was if at is None else f"CASE WHEN n.h{at} THEN n.v{at} ELSE {was} END"
            cells.append(f"CAST({value} AS {TYPES[kind][1]}) AS {name(column)}")
        here = [f"column_name = {literal(column)}" for column in self.changed]
        new = "".join(f", max(new) FILTER (WHERE {h}) AS v{n}, coalesce(bool_or({h}), false) AS h{n}" for n, h in enumerate(here))
        wide = f"SELECT row_key{new} FROM steps WHERE op = 'change' GROUP BY row_key"
        return (
            f"SELECT {', '.join(cells)} FROM old_rows AS o LEFT JOIN ({wide}) AS n ON n.row_key = o.__key"
            " WHERE o.__key NOT IN (SELECT row_key FROM steps WHERE op = 'remove')"
        )

    def _added(self) -> str:
        """SQL for the rows that are new."""
        form = as_json(dict.fromkeys(self.types, "VARCHAR"))
        cells = [f"CAST(row.{name(column)} AS {TYPES[kind][1]}) AS {name(column)}" for column, kind in self.types.items()]
        return f"SELECT {', '.join(cells)} FROM (SELECT json_transform(new, {literal(form)}) AS row FROM steps WHERE op = 'add')"
