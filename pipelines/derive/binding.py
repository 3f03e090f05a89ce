"""Rules that come with somebody else's package: each must be one expression over its tables that reaches no file or network."""

from collections.abc import Mapping

import duckdb

from pipelines.derive.sql import name, rules
from pipelines.errors import InputError
from pipelines.schema import Schema


def bind_rules(schemas: Mapping[str, Schema]) -> None:
    """Nothing; an InputError names the first rule that DuckDB does not take over empty tables with all access shut off."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}) as connection:
        for schema in schemas.values():
            columns = ", ".join(f"{name(f.name)} {f.duckdb}" for f in schema.fields)
            connection.execute(f"CREATE TABLE {name(schema.name)} ({columns}, _row BIGINT)")
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        for schema in schemas.values():
            named = [(rule.name, rule.sql) for rule in rules(schema)]
            named += [(f"crossCheck {n}", check.sql) for n, check in enumerate(schema.cross_checks, start=1)]
            for rule, sql in named:
                _bind(connection, schema.name, rule, sql)


def _bind(connection: duckdb.DuckDBPyConnection, table: str, rule: str, sql: str) -> None:
    # Brackets and a condition on a line of their own: what only closes them early, or comments them out, is no expression.
    query = f"SELECT 1 FROM {name(table)} AS t WHERE NOT (\n{sql}\n)"
    try:
        statements = connection.extract_statements(f"SELECT (\n{sql}\n)") + connection.extract_statements(query)
        if len(statements) != 2:
            raise InputError(f"{table} {rule}: is more than one statement (expected one expression)")
        connection.execute(f"EXPLAIN {query}")
    except duckdb.Error as error:
        raise InputError(
            f"{table} {rule}: cannot be evaluated: {str(error).splitlines()[0]} (expected SQL over the package's tables)"
        ) from error
