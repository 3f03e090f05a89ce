"""``data/verify.sql``: every rule that SQL can judge, for whoever has a duckdb shell; the same rules as in ``data/verify.py``."""

from collections.abc import Iterator, Mapping, Sequence

from pipelines.derive.parts import numbered, parquet
from pipelines.derive.sql import literal, name
from pipelines.schema import Schema
from pipelines.verifier.verify import MISSING, TYPES, Check, Table, declared, relational, select_underived

HEAD = """-- Checks the package's Parquet files. From the folder that holds datapackage.json: duckdb < data/verify.sql
-- The one result holds a line for each fault; no line: every rule holds. Rows count from 1. Runs on DuckDB 1.5 and newer.
-- Hashes, CSV files and the articles' texts are for data/verify.py.
"""
FAULTS = "verification_faults"
SHAPE = "table_name VARCHAR, row_number BIGINT, column_name VARCHAR, rule VARCHAR, value VARCHAR, message VARCHAR"


def verification_sql(schemas: Mapping[str, Schema], places: Mapping[str, Sequence[str]]) -> str:
    """The script: temporary copies of the Parquet files at ``places``, one statement a rule, and one final query for what broke them."""
    tables = {schema.name: declared(schema.name, schema.descriptor) for schema in schemas.values()}
    statements = [f"CREATE OR REPLACE TEMP TABLE {FAULTS} ({SHAPE})"]
    for table in tables.values():
        statements += [*_types(table, places[table.name]), _rows(table, places[table.name])]
    statements += [_few(table) for table in tables.values()]
    statements += [_insert(check) for check in relational(tables)]
    if "discrepancies" in tables and "casualty_estimates" in tables:
        statements.append(_underived(tables["discrepancies"]))
    statements.append(f"SELECT * FROM {FAULTS} ORDER BY table_name, row_number, column_name, rule, value, message")
    return HEAD + "".join(f"{statement};\n" for statement in statements)


def _rows(table: Table, files: Sequence[str]) -> str:
    """The statement that gives the table its name, with the number of each row."""
    columns = ", ".join(f"CAST({name(c.name)} AS {TYPES[c.type]}) AS {name(c.name)}" for c in table.columns)
    return f"CREATE OR REPLACE TEMP TABLE {name(table.name)} AS {numbered(files, columns)}"


def _types(table: Table, files: Sequence[str]) -> Iterator[str]:
    for c in table.columns:
        found = f"SELECT typeof(any_value({name(c.name)})) AS found FROM {parquet(files)}"
        values = f"{literal(table.name)}, NULL, {literal(c.name)}, 'type', found, {literal(f'the Parquet column is not {TYPES[c.type]}')}"
        yield f"INSERT INTO {FAULTS} SELECT {values} FROM ({found}) WHERE found <> {literal(TYPES[c.type])}"


def _few(table: Table) -> str:
    message = f"has too few rows (expected at least {table.minimum_rows})"
    values = f"{literal(table.name)}, NULL, NULL, 'x-minimum-rows', count(*), {literal(message)}"
    return f"INSERT INTO {FAULTS} SELECT {values} FROM {name(table.name)} HAVING count(*) < {table.minimum_rows}"


def _insert(check: Check) -> str:
    column = "NULL" if check.column is None else literal(check.column)
    values = f"{literal(check.table)}, t._row, {column}, {literal(check.rule)}, CAST({check.value} AS VARCHAR), {literal(check.message)}"
    return f"INSERT INTO {FAULTS} SELECT {values} FROM {name(check.table)} AS t WHERE {check.fault}"


def _underived(table: Table) -> str:
    values = f"{literal(table.name)}, NULL, NULL, 'derived', missing.value, {literal(MISSING)}"
    return f"INSERT INTO {FAULTS} SELECT {values} FROM ({select_underived(table)}) AS missing(value)"
