"""A resource opened: its header against its fields, and its cells as SQL with text, value and fault of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.derive.sql import literal, name
from pipelines.tableschema.cells import Cell, present, present_typed, read_text, read_typed
from pipelines.tableschema.declared import Column, Refused, Resource
from pipelines.tableschema.error import TableError
from pipelines.tableschema.source import Relation, copied_relation, fast_relation, parquet_relation, readable


@dataclass(frozen=True)
class Table:
    """A resource in SQL: ``plain`` has ``__r0, __t0, __v0, __f0`` for each field (raw, present, value, fault) and ``__blank``.

    ``numbered`` has ``__row`` from 1 too; ``header`` is what to add to it for the row number in the file. ``places`` are where the fields
    stand in the file: those without a column, None, are null throughout. ``nothing`` is the SQL that is true for blank rows, and
    perhaps for others too.
    """

    resource: Resource
    relation: Relation
    places: list[int | None]
    cells: list[Cell]
    plain: str
    numbered: str
    nothing: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the file."""
        return self.relation.labels

    @property
    def lengths(self) -> tuple[int, int] | None:
        """The least and greatest number of cells of a row, where it is not that of the labels."""
        return self.relation.lengths

    @property
    def header(self) -> int:
        """The number of rows that the header takes."""
        return 1 if self.resource.format == "parquet" or self.resource.header else 0

    def key(self, places: tuple[int, ...]) -> str:
        """The SQL of the columns' values as one text or row of texts, equal for equal values however they are spelled."""
        texts = ", ".join(self._text(n) for n in places)
        return texts if len(places) == 1 else f"({texts})"

    def given(self, places: tuple[int, ...]) -> str:
        """The SQL that is true for a row in which all these columns have a value."""
        sound = [f"NOT __f{n}" for n in places if self.cells[n].fault != "false"]
        return " AND ".join([*(f"__t{n} IS NOT NULL" for n in places), *sound])

    def _text(self, n: int) -> str:
        kind = self.resource.columns[n].type
        if kind == "number" and self.cells[n].floating:
            # Up to 15 digits survive as a float; of longer numbers what is written is compared.
            return f"CASE WHEN length(CAST(__t{n} AS VARCHAR)) > 15 THEN CAST(__t{n} AS VARCHAR) ELSE CAST(__v{n} + 0.0 AS VARCHAR) END"
        return f"CAST({'t' if kind == 'string' else 'v'}{n} AS VARCHAR)".replace("(", "(__", 1)


class Opened:
    """The resources of one run in one DuckDB of bounded memory: each is opened once, each set of key values made once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, resources: Mapping[str, Resource], scratch: Path) -> None:
        self.connection = connection
        self._resources = resources
        self._scratch = scratch
        self._tables: dict[str, tuple[Table | None, list[TableError]]] = {}
        self._values: dict[tuple[str, tuple[str, ...]], str] = {}
        self._words = 0

    def table(self, resource: str) -> tuple[Table | None, list[TableError]]:
        """The resource opened and the errors of its header; Refused where it is not declared or cannot be read."""
        if resource not in self._resources:
            raise Refused("no such resource is declared")
        if resource not in self._tables:
            self._tables[resource] = open_table(self._resources[resource], self._relation(self._resources[resource]))
        return self._tables[resource]

    def reopened(self, table: Table) -> Table | None:
        """The same table read by Python where DuckDB refuses its file, None where it does not; Refused where nobody reads it."""
        if table.relation.proven or readable(self.connection, table.relation):
            return None
        resource = table.resource
        if resource.format == "parquet":
            raise Refused("is no Parquet that can be read to its end")
        self._tables[resource.name] = open_table(resource, copied_relation(resource, self._scratch))
        return self._tables[resource.name][0]

    def values(self, resource: str, columns: tuple[str, ...]) -> str:
        """The name of a DuckDB table of the distinct values, in one column, that these columns hold."""
        if (resource, columns) not in self._values:
            table, _ = self.table(resource)
            if table is None:
                raise Refused("it has no columns")
            place = {column.name: n for n, column in enumerate(table.resource.columns)}
            if unknown := [column for column in columns if column not in place]:
                raise Refused(f"it has no column {unknown[0]!r}")
            made, places = f"__values_{len(self._values)}", tuple(place[column] for column in columns)
            try:
                self._collect(made, table, places)
            except duckdb.Error as error:
                if (copied := self.reopened(table)) is None:
                    raise Refused(str(error).splitlines()[0]) from error
                self._collect(made, copied, places)
            self._values[resource, columns] = made
        return self._values[resource, columns]

    def words(self, texts: list[str], value: str) -> str:
        """The name of a DuckDB table of the values, each once, that ``value`` makes of these texts, which it calls ``word``."""
        self._words += 1
        made = f"__words_{self._words}"
        listed = f"SELECT unnest([{', '.join(map(literal, texts))}]) AS word"
        self.connection.execute(f"CREATE TABLE {made} AS SELECT DISTINCT {value} AS word FROM ({listed})")
        return made

    def refuse_if(self, column: Column, constraint: str, sql: str) -> None:
        """Nothing; Refused where the condition, which needs no table, is true or cannot be evaluated."""
        reason = "is no value of its type"
        try:
            row = self.connection.execute(f"SELECT {sql}").fetchone()
            broken = bool(row and row[0])
        except duckdb.Error as error:
            broken, reason = True, str(error).splitlines()[0]
        if broken:
            raise Refused(f"field {column.name!r}: its {constraint} cannot be read: {reason}")

    def _collect(self, made: str, table: Table, places: tuple[int, ...]) -> None:
        given = table.given(places)
        self.connection.execute(f"CREATE TABLE {made} AS SELECT DISTINCT {table.key(places)} FROM ({table.plain}) WHERE {given}")

    def _relation(self, resource: Resource) -> Relation:
        for path in resource.paths:
            if not path.is_file():
                raise Refused(f"the file {path.name} is missing", "scheme-error")
        if resource.format == "parquet":
            return parquet_relation(self.connection, resource)
        return fast_relation(resource) or copied_relation(resource, self._scratch)


def open_table(resource: Resource, relation: Relation) -> tuple[Table | None, list[TableError]]:
    """The resource opened, with the errors of its header; no table where it has no column to judge."""
    return (_table(resource, relation) if relation.labels else None), header_errors(resource, relation.labels)


def _table(resource: Resource, relation: Relation) -> Table:
    places = _places(resource, relation)
    cells, raws, texts = [], [], []
    for n, (column, place) in enumerate(zip(resource.columns, places, strict=True)):
        kind = "VARCHAR" if place is None else relation.kinds[place]
        raws.append(f"{_raw(place, kind)} AS __r{n}")
        text = kind in ("VARCHAR", "JSON", "UUID")
        texts.append(f"{present(column, f'__r{n}') if text else present_typed(column, f'__r{n}', kind)} AS __t{n}")
        cells.append(read_text(column, f"__t{n}") if text else read_typed(column, f"__t{n}", kind))
    more = _undeclared(relation, places)
    raws += [f"{sql} AS __x{n}" for n, sql in enumerate(more)]
    nothing = _nothing(places, len(more))
    values = ", ".join([*(f"{cell.value} AS __v{n}, {cell.fault} AS __f{n}" for n, cell in enumerate(cells)), f"{nothing} AS __blank"])

    def layered(source: str, *kept: str) -> str:
        inner = f"SELECT {', '.join([*kept, *raws])} FROM ({source})"
        typed = f"SELECT *, {values} FROM (SELECT *, {', '.join(texts)} FROM ({inner}))"
        return f"SELECT *, {_aliases(resource, cells)} FROM ({typed})" if resource.row_checks else typed

    kept = ["__cells", "__extra"] if relation.lengths else []
    plain, numbered = layered(relation.rows, *kept), layered(relation.numbered, "__row", *kept)
    return Table(resource, relation, places, cells, plain, numbered, _perhaps_nothing(resource, places, nothing))


def _raw(place: int | None, kind: str) -> str:
    raw = "NULL" if place is None else f"__r{place}"
    return f"CAST({raw} AS VARCHAR)" if place is None or kind in ("JSON", "UUID") else raw


def _aliases(resource: Resource, cells: list[Cell]) -> str:
    """The fields by their names, as rowChecks know them: null where there is no value."""
    values = (f"__v{n}" if cell.fault == "false" else f"CASE WHEN NOT __f{n} THEN __v{n} END" for n, cell in enumerate(cells))
    return ", ".join(f"{value} AS {name(column.name)}" for value, column in zip(values, resource.columns, strict=True))


def _undeclared(relation: Relation, places: list[int | None]) -> list[str]:
    """The SQL of the columns that are no fields, which take part in whether a row is blank."""
    rest = [n for n in range(len(relation.labels)) if n not in places]
    return [f"nullif(__r{n}, '')" if relation.kinds[n] == "VARCHAR" else f"__r{n}" for n in rest]


def _nothing(places: list[int | None], more: int) -> str:
    """The SQL that is true for a blank row; asked column by column, so that the first value ends it."""
    asked = [*(f"__t{n}" for n, place in enumerate(places) if place is not None), *(f"__x{n}" for n in range(more))]
    return f"CASE {' '.join(f'WHEN {sql} IS NOT NULL THEN false' for sql in asked)} ELSE true END" if asked else "false"


def _perhaps_nothing(resource: Resource, places: list[int | None], nothing: str) -> str:
    """A condition that is cheaper to ask: a blank row lacks its required columns too."""
    for n, (column, place) in enumerate(zip(resource.columns, places, strict=True)):
        if place is not None and (column.constraints.get("required") is True or column.name in resource.primary_key):
            return f"__t{n} IS NULL"
    return nothing


def _places(resource: Resource, relation: Relation) -> list[int | None]:
    """Where each field stands: in Parquet by its name, in CSV by its place, as Table Schema has it."""
    if resource.format == "parquet":
        return [relation.labels.index(column.name) if column.name in relation.labels else None for column in resource.columns]
    return [n if n < len(relation.labels) else None for n in range(len(resource.columns))]


def header_errors(resource: Resource, labels: tuple[str, ...]) -> list[TableError]:
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
        elif not labels[n]:
            errors.append(("blank-label", label, f"column {n + 1} has no label (expected {label!r})"))
        elif labels[n] in labels[:n]:
            errors.append(("duplicate-label", label, f"column {n + 1} is {labels[n]!r} again (expected {label!r})"))
        elif labels[n] != label:
            errors.append(("incorrect-label", label, f"column {n + 1} is {labels[n]!r} (expected {label!r})"))
    errors += [("extra-label", label, f"the column {label!r} is not declared") for label in labels[len(expected) :]]
    return [TableError(resource.name, kind, "columns", None, field, None, note) for kind, field, note in errors]
