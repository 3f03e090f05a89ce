"""A resource opened: its header against its fields, and its cells as SQL with text, value and fault of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.derive.sql import name
from pipelines.tableschema.cells import Cell, present, read_text, read_typed
from pipelines.tableschema.declared import Refused, Resource
from pipelines.tableschema.error import TableError
from pipelines.tableschema.source import Relation, csv_relation, parquet_relation


@dataclass(frozen=True)
class Table:
    """A resource in SQL: ``plain`` has ``r0, t0, v0, f0`` for each field (raw, text, value, fault); ``numbered`` has ``_row`` from 1 too.

    ``header`` is what to add to ``_row`` for the row number in the file. Fields without a column are null throughout.
    """

    resource: Resource
    cells: list[Cell]
    plain: str
    numbered: str
    header: int

    def key(self, places: tuple[int, ...]) -> str:
        """The SQL of the columns' values as one text or row of texts, equal for equal values however they are spelled."""
        texts = ", ".join(self._text(n) for n in places)
        return texts if len(places) == 1 else f"({texts})"

    def given(self, places: tuple[int, ...]) -> str:
        """The SQL that is true for a row in which all these columns have a value."""
        return " AND ".join(f"{self._text(n)} IS NOT NULL" for n in places)

    def _text(self, n: int) -> str:
        # A number would lose digits as a float; what is written of it is compared.
        exact = self.resource.columns[n].type not in ("number", "string")
        return f"CAST({'v' if exact else 't'}{n} AS VARCHAR)"


class Opened:
    """The resources of one run in one DuckDB of bounded memory: each is opened once, each set of key values made once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, resources: Mapping[str, Resource], scratch: Path) -> None:
        self.connection = connection
        self._resources = resources
        self._scratch = scratch
        self._tables: dict[str, tuple[Table | None, list[TableError]]] = {}
        self._values: dict[tuple[str, tuple[str, ...]], str] = {}

    def table(self, resource: str) -> tuple[Table | None, list[TableError]]:
        """The resource opened and the errors of its form; Refused where it is not declared or cannot be read."""
        if resource not in self._resources:
            raise Refused("no such resource is declared")
        if resource not in self._tables:
            self._tables[resource] = open_table(self.connection, self._resources[resource], self._scratch)
        return self._tables[resource]

    def values(self, resource: str, columns: tuple[str, ...]) -> str:
        """The name of a DuckDB table of the distinct values, in one column, that these columns hold."""
        if (resource, columns) not in self._values:
            table, _ = self.table(resource)
            if table is None:
                raise Refused("it has no columns")
            place = {column.name: n for n, column in enumerate(table.resource.columns)}
            if unknown := [column for column in columns if column not in place]:
                raise Refused(f"it has no column {unknown[0]!r}")
            made, places = f"values_{len(self._values)}", tuple(place[column] for column in columns)
            self.connection.execute(
                f"CREATE TABLE {made} AS SELECT DISTINCT {table.key(places)} FROM ({table.plain}) WHERE {table.given(places)}"
            )
            self._values[resource, columns] = made
        return self._values[resource, columns]


def open_table(connection: duckdb.DuckDBPyConnection, resource: Resource, scratch: Path) -> tuple[Table | None, list[TableError]]:
    """The resource opened, with the errors of its header and of its rows' form; no table where it has no column to judge."""
    for path in resource.paths:
        if not path.is_file():
            raise Refused(f"the file {path.name} is missing")
    if resource.format == "parquet":
        relation, out_of_form = parquet_relation(connection, resource), list[TableError]()
    else:
        relation, out_of_form = csv_relation(connection, resource, scratch)
    errors = [*_header(resource, relation.labels), *out_of_form]
    return (_table(resource, relation) if relation.labels else None), errors


def _table(resource: Resource, relation: Relation) -> Table:
    places = _places(resource, relation)
    cells, raws, texts = [], [], []
    for n, (column, place) in enumerate(zip(resource.columns, places, strict=True)):
        raw, kind = ("NULL", "VARCHAR") if place is None else (f"r{place}", relation.kinds[place])
        raws.append(f"{raw} AS r{n}")
        if kind in ("VARCHAR", "JSON", "UUID"):
            texts.append(f"{present(column, f'r{n}')} AS t{n}")
            cells.append(read_text(column, f"t{n}"))
        else:
            cells.append(read_typed(column, f"r{n}", kind))
            texts.append(f"{cells[-1].value if cells[-1].value != 'NULL' else f'r{n}'} AS t{n}")
    values = ", ".join(f"{cell.value} AS v{n}, {cell.fault} AS f{n}" for n, cell in enumerate(cells))
    aliases = f", {', '.join(f'v{n} AS {name(c.name)}' for n, c in enumerate(resource.columns))}" if resource.row_checks else ""

    def layered(source: str, number: str) -> str:
        inner = f"SELECT {number}{', '.join(raws)} FROM ({source})"
        typed = f"SELECT *, {values} FROM (SELECT *, {', '.join(texts)} FROM ({inner}))"
        return f"SELECT *{aliases} FROM ({typed})" if aliases else typed

    header = 1 if resource.format == "parquet" or resource.header else 0
    return Table(resource, cells, layered(relation.rows, ""), layered(relation.numbered, "_row, "), header)


def _places(resource: Resource, relation: Relation) -> list[int | None]:
    """Where each field stands: in Parquet by its name, in CSV by its place, as Table Schema has it."""
    if resource.format == "parquet":
        return [relation.labels.index(column.name) if column.name in relation.labels else None for column in resource.columns]
    return [n if n < len(relation.labels) else None for n in range(len(resource.columns))]


def _header(resource: Resource, labels: tuple[str, ...]) -> list[TableError]:
    """What is wrong with the labels: another number, another order, other names, blanks, doubles."""
    expected = [column.name for column in resource.columns]
    if list(labels) == expected:
        return []
    if not labels:
        return [TableError(resource.name, "source-error", "file", None, None, None, "the file is empty (expected a header)")]
    errors = []
    for n, label in enumerate(expected):
        if n >= len(labels):
            errors.append(("missing-label", label, f"the column {label!r} is missing"))
        elif labels[n] != label:
            kind = "blank-label" if not labels[n] else "incorrect-label"
            errors.append((kind, label, f"column {n + 1} is {labels[n]!r} (expected {label!r})"))
    errors += [("extra-label", label, f"the column {label!r} is not declared") for label in labels[len(expected) :]]
    errors += [
        ("duplicate-label", label, f"two columns bear the name {label!r}") for label in sorted({x for x in labels if labels.count(x) > 1})
    ]
    return [TableError(resource.name, kind, "columns", None, field, None, note) for kind, field, note in errors]
