"""Resources against their Table Schemas: one scan counts what is broken, and only what is broken is looked at again, row by row."""

import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.derive.sql import literal
from pipelines.errors import ToolError
from pipelines.tableschema.declared import Refused, Resource, read_resources
from pipelines.tableschema.error import TableError
from pipelines.tableschema.keys import Key, broken_count, list_broken, read_keys
from pipelines.tableschema.relation import Opened, Table
from pipelines.tableschema.rules import BLANK_ROW, CellRule, cell_rules, form_rules

# What DuckDB may hold; beyond it sorts and sets of keys go to a temporary folder.
MEMORY = "512MB"


def validate_package(descriptor: Path, limit: int | None = None, only: Collection[str] | None = None) -> Iterator[TableError]:
    """Every error of every tabular resource of a ``datapackage.json``; of one rule at most ``limit`` rows, then how many more there are.

    ``only`` names the resources to judge; the others are read as far as foreign keys point at them.
    """
    resources, refused = read_resources(descriptor)
    for name, reason in refused:
        yield TableError(name, "resource-error", "declaration", None, None, None, reason)
    yield from validate_resources(resources, limit, only)


def validate_resources(
    resources: Sequence[Resource], limit: int | None = None, only: Collection[str] | None = None
) -> Iterator[TableError]:
    """Every error of the resources, one after the other, each with the others at hand for its foreign keys."""
    with _opened({resource.name: resource for resource in resources}) as opened:
        for resource in resources if only is None else [r for r in resources if r.name in only]:
            yield from _validate(opened, resource, limit)


def _validate(opened: Opened, resource: Resource, limit: int | None) -> Iterator[TableError]:
    try:
        table, errors = opened.table(resource.name)
        yield from errors
        if table is not None:
            yield from _judge(opened, table, limit)
    except Refused as error:
        yield TableError(resource.name, error.type, "file", None, None, None, str(error))
    except duckdb.Error as error:
        raise ToolError(f"{resource.name}: cannot be judged: {str(error).splitlines()[0]}") from error


def _judge(opened: Opened, table: Table, limit: int | None) -> Iterator[TableError]:
    resource = table.resource
    try:
        rules = cell_rules(opened, table)
    except Refused as error:
        yield TableError(resource.name, "resource-error", "declaration", None, None, None, str(error))
        return
    keys, errors = read_keys(opened, table)
    yield from errors
    table, scan = _scanned(opened, table, rules, keys)
    if scan.rows < resource.minimum_rows:
        note = f"the table has fewer rows than its schema demands (expected at least {resource.minimum_rows})"
        yield TableError(resource.name, "row-count", "x-minimum-rows", None, None, scan.rows, note)
    if scan.nothing:
        yield from _listed(opened, table, [BLANK_ROW], limit)
    yield from _listed(opened, table, list(form_rules(table)), limit)
    yield from _listed(opened, table, [rule for rule in rules if rule.column in scan.suspects], limit)
    for key, count in zip(keys, scan.keys, strict=True):
        if count:
            yield from _cut(list_broken(opened, table, key, limit), count, limit)


@dataclass(frozen=True)
class _Scan:
    """What one reading of a table says: its rows, whether some may be blank, in which fields (None: across them) a rule is broken, how often a key."""

    rows: int
    nothing: bool
    suspects: frozenset[int | None]
    keys: list[int]


def _scanned(opened: Opened, table: Table, rules: list[CellRule], keys: list[Key]) -> tuple[Table, _Scan]:
    """The scan of the table; of one copied by Python where DuckDB refuses its file."""
    try:
        return table, _scan(opened, table, rules, keys)
    except duckdb.Error as error:
        if (copied := opened.reopened(table)) is not None:
            return copied, _scan(opened, copied, rules, keys)
        reason = str(error).splitlines()[0]
        raise ToolError(f"{table.resource.name}: {_culprit(opened, table, rules)}: cannot be evaluated: {reason}") from error


def _scan(opened: Opened, table: Table, rules: list[CellRule], keys: list[Key]) -> _Scan:
    places = list(dict.fromkeys(rule.column for rule in rules))
    broken = [" OR ".join(f"({rule.broken})" for rule in rules if rule.column == place) for place in places]
    wanted = ["count(*)", f"bool_or({table.nothing})", *(f"bool_or({sql})" for sql in broken), *(broken_count(table, key) for key in keys)]
    row = opened.connection.execute(f"SELECT {', '.join(wanted)} FROM ({table.plain})").fetchall()[0]
    found = dict(zip(places, row[2 : 2 + len(places)], strict=True))
    return _Scan(int(row[0]), bool(row[1]), frozenset(place for place in places if found[place]), [int(n) for n in row[2 + len(places) :]])


def _culprit(opened: Opened, table: Table, rules: list[CellRule]) -> str:
    """The first rule that DuckDB refuses when asked for it alone."""
    for rule in rules:
        try:
            opened.connection.execute(f"SELECT count(*) FILTER (WHERE {rule.broken}) FROM ({table.plain})").fetchall()
        except duckdb.Error:
            return rule.rule if rule.column is None else f"{rule.rule} of {table.resource.columns[rule.column].name}"
    return "a key"


def _listed(opened: Opened, table: Table, rules: list[CellRule], limit: int | None) -> Iterator[TableError]:
    """The errors of rules that may be broken; of a blank row it is only said that it is blank."""
    if not rules:
        return
    counts = ", ".join(f"count(*) FILTER (WHERE {_where(rule)})" for rule in rules)
    row = opened.connection.execute(f"SELECT {counts} FROM ({table.plain})").fetchall()[0]
    for rule, count in zip(rules, row, strict=True):
        if count:
            yield from _cut(_broken(opened, table, rule, limit), int(count), limit)


def _where(rule: CellRule) -> str:
    return "__blank" if rule is BLANK_ROW else f"NOT __blank AND ({rule.broken})"


def _broken(opened: Opened, table: Table, rule: CellRule, limit: int | None) -> Iterator[TableError]:
    most = f" LIMIT {limit}" if limit is not None else ""
    sql = f"SELECT __row, {_shown(table, rule)} FROM ({table.numbered}) WHERE {_where(rule)} ORDER BY __row{most}"
    field = None if rule.column is None else _label(table, rule.column)
    found = opened.connection.cursor().execute(sql)
    while batch := found.fetchmany(1000):
        for row, cell in batch:
            yield TableError(table.resource.name, rule.type, rule.rule, int(row) + table.header, field, cell, rule.note)


def _label(table: Table, n: int) -> str:
    return table.resource.columns[n].name if n < len(table.resource.columns) else table.labels[n]


def _shown(table: Table, rule: CellRule) -> str:
    """The SQL of what stands in a row that breaks the rule, as text."""
    if rule.type == "row-check":
        return _named_values(table.resource, rule.broken)
    if rule.type == "extra-cell":
        return "__extra"
    return "NULL" if rule.column is None or rule.type == "missing-cell" else f"CAST(__r{rule.column} AS VARCHAR)"


def _named_values(resource: Resource, sql: str) -> str:
    """The SQL of the values that a rule across columns names, as one text."""
    words = set(re.findall(r"\w+", sql))
    named = [(n, column.name) for n, column in enumerate(resource.columns) if column.name in words]
    parts = [f"{literal(label + ' = ')} || coalesce(CAST(__r{n} AS VARCHAR), 'null')" for n, label in named]
    return f"concat_ws(', ', {', '.join(parts)})" if parts else "NULL"


def _cut(errors: Iterator[TableError], count: int, limit: int | None) -> Iterator[TableError]:
    last = None
    for error in errors:
        last = error
        yield error
    if last is not None and limit is not None and count > limit:
        yield TableError(last.resource, last.type, last.rule, None, last.field, None, f"{count - limit:,} more rows break this rule")


@contextmanager
def _opened(resources: Mapping[str, Resource]) -> Iterator[Opened]:
    """The resources in a DuckDB of bounded memory with a folder for what does not fit; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="factpack-") as scratch:
        connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(Path(scratch) / "spill")})
        connection.execute("SET TimeZone = 'UTC'")
        # Statistics of Parquet leave NaN out, and DuckDB 2.0 concludes from them that there is none.
        connection.execute("SET disabled_optimizers = 'statistics_propagation'")
        _close_off(connection, resources, Path(scratch))
        try:
            yield Opened(connection, resources, Path(scratch))
        finally:
            connection.close()


def _close_off(connection: duckdb.DuckDBPyConnection, resources: Mapping[str, Resource], scratch: Path) -> None:
    """Leaves the connection with the files of the resources and its own folder: rowChecks are SQL that others wrote."""
    paths = ", ".join(literal(str(path)) for resource in resources.values() for path in resource.paths)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute(f"SET allowed_directories = [{literal(str(scratch))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
