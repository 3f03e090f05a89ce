"""Schema to DuckDB: tables with keys, checks and comments, and the rules of one row as SQL. Runs on DuckDB 1.5 and 2.0."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter

from pipelines.errors import ToolError
from pipelines.schema import Field, Schema


@dataclass(frozen=True)
class Rule:
    """A rule that each row keeps: ``sql`` is true or null for a good row; ``column`` is None for a rule across columns."""

    name: str
    column: str | None
    sql: str
    message: str


def name(identifier: str) -> str:
    """The identifier quoted for SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: object) -> str:
    """The value as an SQL literal."""
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def key_text(columns: Sequence[str]) -> str:
    """SQL for a key as text over the SQL of its columns; in a key of several, a comma or backslash of a value is escaped, so that
    no two keys read alike."""
    texts = [f"CAST({column} AS VARCHAR)" for column in columns]
    if len(texts) > 1:
        texts = [f"replace(replace({text}, '\\', '\\\\'), ',', '\\,')" for text in texts]
    return " || ', ' || ".join(f"coalesce({text}, 'null')" for text in texts) or "''"


def ordered(schemas: Mapping[str, Schema]) -> list[Schema]:
    """The schemas with each table behind those that its foreign keys point at."""
    targets = {s.name: sorted({key.table for key in s.foreign_keys} - {s.name}) for s in schemas.values()}
    try:
        return [schemas[table] for table in TopologicalSorter(dict(sorted(targets.items()))).static_order()]
    except CycleError as error:
        raise ToolError(f"schemas: foreign keys run in a circle: {' -> '.join(error.args[1])}") from error


def rules(schema: Schema) -> list[Rule]:
    """Every rule that can be judged from one row alone: required, enum, pattern, bounds and rowChecks."""
    return [rule for f in schema.fields for rule in _field_rules(schema, f)] + [
        Rule(f"rowCheck {n}", None, check.sql, check.message) for n, check in enumerate(schema.row_checks, start=1)
    ]


def create_table(schema: Schema) -> str:
    """The CREATE TABLE statement with types, keys and checks."""
    lines = [
        f"{name(f.name)} {f.duckdb}{' NOT NULL' if schema.required(f) else ''}{' UNIQUE' if _alone_unique(schema, f) else ''}"
        for f in schema.fields
    ]
    lines.append(f"PRIMARY KEY ({_names(schema.primary_key)})")
    lines += [
        f"FOREIGN KEY ({_names(key.fields)}) REFERENCES {name(key.table)} ({_names(key.target_fields)})" for key in schema.foreign_keys
    ]
    lines += [f"CHECK ({rule.sql})" for rule in rules(schema) if rule.name != "required"]
    return f"CREATE TABLE {name(schema.name)} (\n  " + ",\n  ".join(lines) + "\n)"


def comments(schema: Schema, kind: str = "TABLE") -> list[str]:
    """The statements that attach the table's and the columns' meaning."""
    table = name(schema.name)
    columns = [f"COMMENT ON COLUMN {table}.{name(f.name)} IS {literal(f.description)}" for f in schema.fields]
    return [f"COMMENT ON {kind} {table} IS {literal(schema.description)}", *columns]


def fill_table(schema: Schema, source: str) -> str:
    """The statement that copies rows of ``source`` into the table; to be run until it copies none.

    DuckDB checks a key that points into its own table against earlier statements only, so such rows come in waves:
    first those that point nowhere, then those that point at rows that are in.
    """
    table, key = name(schema.name), _names(schema.primary_key)
    own = ", ".join(f"s.{name(column)}" for column in schema.primary_key)
    conditions = [f"({own}) NOT IN (SELECT ({key}) FROM {table})"]
    for inner in schema.foreign_keys:
        if inner.table == schema.name:
            column, target = f"s.{name(inner.fields[0])}", name(inner.target_fields[0])
            conditions.append(f"({column} IS NULL OR {column} IN (SELECT {target} FROM {table}))")
    return f"INSERT INTO {table} SELECT * FROM {source} AS s WHERE {' AND '.join(conditions)}"


def _field_rules(schema: Schema, f: Field) -> Iterator[Rule]:
    column = name(f.name)
    if schema.required(f):
        yield Rule("required", f.name, f"{column} IS NOT NULL", f"{f.name} must be given")
    if f.enum:
        yield Rule("enum", f.name, f"{column} IN ({', '.join(map(literal, f.enum))})", f"{f.name} is one of {', '.join(f.enum)}")
    if f.pattern is not None:
        yield Rule("pattern", f.name, f"regexp_full_match({column}, {literal(f.pattern)})", f"{f.name} has the form {f.pattern}")
    if f.minimum is not None:
        yield Rule("minimum", f.name, f"{column} >= {literal(f.minimum)}", f"{f.name} is at least {f.minimum}")
    if f.maximum is not None:
        yield Rule("maximum", f.name, f"{column} <= {literal(f.maximum)}", f"{f.name} is at most {f.maximum}")


def _alone_unique(schema: Schema, f: Field) -> bool:
    return f.unique and schema.primary_key != (f.name,)


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(map(name, columns))
