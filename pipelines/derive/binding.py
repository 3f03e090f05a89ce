"""Rules in SQL that others may have written: each must be one expression over the tables that reaches no file or network."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb

from pipelines.derive.sql import name, rules
from pipelines.errors import InputError
from pipelines.schema import Schema


def bind_rules(schemas: Mapping[str, Schema]) -> None:
    """Nothing; an InputError names the first rule that DuckDB does not take over empty tables with all access shut off."""
    with without_access(schemas) as connection:
        for schema in schemas.values():
            named = [(rule.name, rule.sql) for rule in rules(schema)]
            named += [(f"crossCheck {n}", check.sql) for n, check in enumerate(schema.cross_checks, start=1)]
            for rule, sql in named:
                try:
                    bind(connection, schema.name, sql)
                except InputError as error:
                    raise InputError(f"{schema.name} {rule}: {error}") from None


@contextmanager
def without_access(schemas: Mapping[str, Schema]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the tables, empty, that can reach neither files nor the network and cannot be told otherwise."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}) as connection:
        for schema in schemas.values():
            columns = ", ".join(f"{name(f.name)} {f.duckdb}" for f in schema.fields)
            connection.execute(f"CREATE TABLE {name(schema.name)} ({columns}, _row BIGINT)")
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        yield connection


def bind(connection: duckdb.DuckDBPyConnection, table: str, sql: str) -> None:
    """Nothing; an InputError where the SQL is no single expression over the row ``t`` of the table."""
    # Brackets and a condition on a line of their own: what only closes them early, or comments them out, is no expression.
    query = f"SELECT 1 FROM {name(table)} AS t WHERE NOT (\n{sql}\n)"
    try:
        statements = connection.extract_statements(f"SELECT (\n{sql}\n)") + connection.extract_statements(query)
        if len(statements) != 2:
            raise InputError("is more than one statement (expected one expression)")
        connection.execute(f"EXPLAIN {query}")
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise InputError(f"cannot be evaluated: {first} (expected SQL over the package's tables)") from error
