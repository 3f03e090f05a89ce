"""Keys: unique columns, primary and unique keys, foreign keys. Rows are counted in the same scan as all else, and listed only where some are bad.

Uniqueness is counted on 64-bit hashes, which takes little memory; a hash that repeats by chance is found out when the rows are listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.tableschema.declared import Refused
from pipelines.tableschema.error import TableError
from pipelines.tableschema.relation import Opened, Table


@dataclass(frozen=True)
class Key:
    """Columns, by place, that must not repeat or, where ``target`` names a DuckDB table of values, must stand in it."""

    type: str
    rule: str
    columns: tuple[int, ...]
    note: str
    target: str | None = None


def read_keys(opened: Opened, table: Table) -> tuple[list[Key], list[TableError]]:
    """The keys of the resource with their targets at hand, and an error for each whose target is not there."""
    resource = table.resource
    # A key of a column that the file lacks is not judged: the header's error says so once.
    place = {column.name: n for n, column in enumerate(resource.columns) if table.places[n] is not None}
    keys = [
        Key("unique-error", "unique", (n,), f"{column.name} must not repeat")
        for n, column in enumerate(resource.columns)
        if column.name in place and column.constraints.get("unique") is True and resource.primary_key != (column.name,)
    ]
    declared = [("primary-key", "primaryKey", resource.primary_key), *(("unique-key", "uniqueKeys", key) for key in resource.unique_keys)]
    keys += [
        Key(kind, rule, tuple(place[c] for c in key), f"{', '.join(key)} must not repeat")
        for kind, rule, key in declared
        if key and set(key) <= place.keys()
    ]
    errors = []
    for reference in resource.foreign_keys:
        if not set(reference.columns) <= place.keys():
            continue
        target = reference.resource or resource.name
        note = f"there is no such {', '.join(reference.targets)} in {target}"
        try:
            values = opened.values(target, reference.targets)
            keys.append(Key("foreign-key", "foreignKey", tuple(place[c] for c in reference.columns), note, values))
        except Refused as error:
            note = f"{target} cannot be looked into: {error}"
            errors.append(TableError(resource.name, "foreign-key", "foreignKey", None, reference.columns[0], None, note))
    return keys, errors


def broken_count(table: Table, key: Key) -> str:
    """The SQL aggregate that counts the rows that break the key."""
    given, value = table.given(key.columns), table.key(key.columns)
    if key.target is None:
        return f"count(*) FILTER (WHERE {given}) - count(DISTINCT hash({value})) FILTER (WHERE {given})"
    return f"count(*) FILTER (WHERE {given} AND {value} NOT IN (FROM {key.target}))"


def list_broken(opened: Opened, table: Table, key: Key, limit: int | None) -> Iterator[TableError]:
    """An error for each row that breaks the key; of rows that repeat one, for each but the first."""
    given, value = table.given(key.columns), table.key(key.columns)
    shown = f"concat_ws(', ', {', '.join(f'CAST(__r{n} AS VARCHAR)' for n in key.columns)})"
    if key.target is None:
        # Only rows of repeated keys are numbered and sorted, however large the table.
        repeated = f"SELECT {value} FROM ({table.plain}) WHERE {given} GROUP BY ALL HAVING count(*) > 1"
        rows = f"SELECT __row, {shown} AS shown, min(__row) OVER (PARTITION BY {value}) AS first FROM ({table.numbered}) WHERE {value} IN ({repeated})"
        sql = f"SELECT __row, shown, first FROM ({rows}) WHERE __row > first ORDER BY __row"
    else:
        sql = f"SELECT __row, {shown}, NULL FROM ({table.numbered}) WHERE {given} AND {value} NOT IN (FROM {key.target}) ORDER BY __row"
    found = opened.connection.cursor().execute(sql + (f" LIMIT {limit}" if limit is not None else ""))
    field = table.resource.columns[key.columns[0]].name
    while batch := found.fetchmany(1000):
        for row, cell, first in batch:
            note = key.note if first is None else f"{key.note} (the same stands in row {first + table.header})"
            yield TableError(table.resource.name, key.type, key.rule, int(row) + table.header, field, cell, note)
