"""The ledger against the fact tables: nothing published without a life, nothing alive without its row."""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa

from pipelines.checks.problem import Problem
from pipelines.derive.sql import literal, name
from pipelines.ledger import GONE
from pipelines.schema import Schema
from pipelines.spill import connect, numbered

REBUILD = "Run 'factpack build'; what was published before and is wrong is retracted in data/reviews/ with a reason."
# What a fact must have in common with its life.
_LIFE = ("table_name", "article_id", "status")


def check_ledger(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    """A problem for each fact without its ledger row, and for each living ledger row without its fact."""
    facts = [s.name for s in schemas.values() if s.kind == "fact"]
    with connect() as connection:
        for table in ("ledger", *facts):
            connection.register(table, numbered(tables[table]))
        last = ", ".join(f"max_by({c}, _row) AS {c}" for c in _LIFE)
        connection.execute(f"CREATE TEMP TABLE lives AS SELECT fact_id, max(_row) AS _row, {last} FROM ledger GROUP BY fact_id")
        for table in facts:
            for n, fact, life in _unlike(connection, table):
                for column, value, message in _faults(table, fact, life):
                    yield Problem(table, n, column, "ledger", value, message, REBUILD)
        for n, fact_id, status, table in _without_fact(connection, facts):
            yield Problem("ledger", n, "fact_id", "ledger", fact_id, f"has status {status} but {table} has no such row", REBUILD)


def _unlike(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[int, Mapping[str, str], Mapping[str, str] | None]]:
    """(row, fact, life or None) of each fact that the ledger does not hold as it is."""
    mine, theirs = ("fact_id", "article_id", "review_status"), tuple(_LIFE)
    same = f"l.table_name = {literal(table)} AND l.article_id IS NOT DISTINCT FROM f.article_id AND l.status IS NOT DISTINCT FROM f.review_status"
    columns = ", ".join([*(f"f.{c}" for c in mine), *(f"l.{c}" for c in theirs)])
    query = f"SELECT f._row, l._row, {columns} FROM {name(table)} AS f LEFT JOIN lives AS l USING (fact_id) WHERE ({same}) IS NOT TRUE ORDER BY f._row"
    for row, known, *values in connection.execute(query).fetchall():
        yield row, dict(zip(mine, values, strict=False)), dict(zip(theirs, values[len(mine) :], strict=True)) if known else None


def _without_fact(connection: duckdb.DuckDBPyConnection, facts: Sequence[str]) -> list[tuple[int, str, str, str]]:
    """(row, fact, status, table) of each living row of the ledger whose table does not hold its fact."""
    standing = " UNION ALL ".join(f"SELECT {literal(table)} AS table_name, fact_id FROM {name(table)}" for table in facts)
    gone = ", ".join(map(literal, GONE))
    alive = f"SELECT * FROM lives WHERE status IS NULL OR status NOT IN ({gone})"
    query = f"SELECT l._row, l.fact_id, l.status, l.table_name FROM ({alive}) AS l ANTI JOIN ({standing}) AS s USING (table_name, fact_id) ORDER BY l._row"
    return connection.execute(query).fetchall()


def _faults(table: str, fact: Mapping[str, str], life: Mapping[str, str] | None) -> Iterator[tuple[str, str, str]]:
    if life is None:
        yield "fact_id", fact["fact_id"], "the fact is not in the ledger"
        return
    for column, there, here in (
        ("fact_id", life["table_name"], table),
        ("article_id", life["article_id"], fact["article_id"]),
        ("review_status", life["status"], fact["review_status"]),
    ):
        if there != here:
            yield column, here, f"the ledger holds {there!r} for this fact"
