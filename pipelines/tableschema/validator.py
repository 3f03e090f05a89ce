"""Resources against their Table Schemas: one scan counts what is broken, and only what is broken is looked at again, row by row."""

import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.derive.sql import literal
from pipelines.errors import ToolError
from pipelines.tableschema.declared import Refused, Resource, read_resources
from pipelines.tableschema.error import TableError
from pipelines.tableschema.keys import Key, broken_count, list_broken, read_keys
from pipelines.tableschema.relation import Opened, Table
from pipelines.tableschema.rules import CellRule, cell_rules

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
        yield TableError(resource.name, "source-error", "file", None, None, None, str(error))
    except duckdb.Error as error:
        raise ToolError(f"{resource.name}: cannot be judged: {str(error).splitlines()[0]}") from error


def _judge(opened: Opened, table: Table, limit: int | None) -> Iterator[TableError]:
    resource = table.resource
    rules = list(cell_rules(resource, table.cells))
    keys, errors = read_keys(opened, table)
    yield from errors
    rows, *counts = _counts(opened, table, rules, keys)
    if rows < resource.minimum_rows:
        note = f"the table has fewer rows than its schema demands (expected at least {resource.minimum_rows})"
        yield TableError(resource.name, "row-count", "x-minimum-rows", None, None, rows, note)
    for rule, count in zip(rules, counts[: len(rules)], strict=True):
        if count:
            yield from _cut(_broken(opened, table, rule, limit), count, limit)
    for key, count in zip(keys, counts[len(rules) :], strict=True):
        if count:
            yield from _cut(list_broken(opened, table, key, limit), count, limit)


def _counts(opened: Opened, table: Table, rules: list[CellRule], keys: list[Key]) -> list[int]:
    """The number of rows and, for each rule and key, of rows that break it: all in one scan."""
    wanted = ["count(*)", *(f"count(*) FILTER (WHERE {rule.broken})" for rule in rules), *(broken_count(table, key) for key in keys)]
    try:
        return [int(n) for n in opened.connection.execute(f"SELECT {', '.join(wanted)} FROM ({table.plain})").fetchall()[0]]
    except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException, duckdb.ConversionException) as error:
        raise ToolError(f"{table.resource.name}: {_culprit(opened, table, rules)}: cannot be evaluated: {error}") from error


def _culprit(opened: Opened, table: Table, rules: list[CellRule]) -> str:
    """The first rule that DuckDB refuses when asked for it alone."""
    for rule in rules:
        try:
            opened.connection.execute(f"SELECT count(*) FILTER (WHERE {rule.broken}) FROM ({table.plain} LIMIT 0)")
        except duckdb.Error:
            return rule.rule if rule.column is None else f"{rule.rule} of {table.resource.columns[rule.column].name}"
    return "a key"


def _broken(opened: Opened, table: Table, rule: CellRule, limit: int | None) -> Iterator[TableError]:
    resource = table.resource
    shown = f"CAST(r{rule.column} AS VARCHAR)" if rule.column is not None else _named_values(resource, rule.broken)
    most = f" LIMIT {limit}" if limit is not None else ""
    sql = f"SELECT _row, {shown} FROM ({table.numbered}) WHERE {rule.broken} ORDER BY _row{most}"
    field = None if rule.column is None else resource.columns[rule.column].name
    found = opened.connection.cursor().execute(sql)
    while batch := found.fetchmany(1000):
        for row, cell in batch:
            yield TableError(resource.name, rule.type, rule.rule, int(row) + table.header, field, cell, rule.note)


def _named_values(resource: Resource, sql: str) -> str:
    """The SQL of the values that a rule across columns names, as one text."""
    words = set(re.findall(r"[A-Za-z0-9_]+", sql))
    named = [(n, column.name) for n, column in enumerate(resource.columns) if column.name in words]
    parts = [f"{literal(label + ' = ')} || coalesce(CAST(r{n} AS VARCHAR), 'null')" for n, label in named]
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
        try:
            yield Opened(connection, resources, Path(scratch))
        finally:
            connection.close()
