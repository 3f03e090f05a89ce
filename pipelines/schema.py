"""The only reader of ``schemas/``: one frozen Schema a table, and the one type table from which everything is derived."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.errors import InputError, ToolError
from pipelines.portable import ALLOWED, portable
from pipelines.strict import columns_of, known_keys, once, one_of, refuse, texts

Bound = int | Decimal | date

# Table Schema type -> Arrow, DuckDB. A number is a decimal: a float is spelled differently by each writer.
TYPES: Mapping[str, tuple[pa.DataType, str]] = {
    "string": (pa.string(), "VARCHAR"),
    "integer": (pa.int64(), "BIGINT"),
    "number": (pa.decimal128(18, 4), "DECIMAL(18,4)"),
    "date": (pa.date32(), "DATE"),
    "boolean": (pa.bool_(), "BOOLEAN"),
}
KINDS = ("source", "lexicon", "fact", "link", "evidence", "ledger", "derived", "evaluation", "changes")
EVIDENCE = ("verbatim", "count", "date", "inferred")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

_SCHEMA_KEYS = (
    "$schema",
    "name",
    "title",
    "description",
    "x-kind",
    "x-minimum-rows",
    "x-parent",
    "fields",
    "primaryKey",
    "foreignKeys",
    "rowChecks",
    "crossChecks",
)
_FIELD_KEYS = ("name", "type", "title", "description", "constraints", "x-evidence", "x-unstated")
_CONSTRAINT_KEYS = ("required", "unique", "enum", "pattern", "minimum", "maximum")


@dataclass(frozen=True)
class Field:
    """One column: its type, meaning and constraints, and which kind of words must stand behind its values."""

    name: str
    type: str
    title: str
    description: str
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    evidence: str | None = None
    unstated: str | None = None

    @property
    def arrow(self) -> pa.DataType:
        """The column's type in Arrow and Parquet."""
        return TYPES[self.type][0]

    @property
    def duckdb(self) -> str:
        """The column's type in DuckDB."""
        return TYPES[self.type][1]


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values stand in other columns of ``table``, which may be the table itself."""

    fields: tuple[str, ...]
    table: str
    target_fields: tuple[str, ...]


@dataclass(frozen=True)
class RowCheck:
    """A rule across the columns of one row, as SQL that is true or null, and what it means in words."""

    sql: str
    message: str


@dataclass(frozen=True)
class CrossCheck:
    """A rule across rows and tables, as SQL over the row alias ``t`` that is true or null, and the column that it judges."""

    sql: str
    message: str
    column: str


@dataclass(frozen=True)
class Schema:
    """One table as declared in ``schemas/``; ``descriptor`` is the file's content for publishing."""

    name: str
    title: str
    description: str
    kind: str
    minimum_rows: int
    parent: str | None
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    row_checks: tuple[RowCheck, ...]
    cross_checks: tuple[CrossCheck, ...]
    descriptor: Mapping[str, Any] = field(repr=False, compare=False)

    def has(self, column: str) -> bool:
        """Whether the table has a column of this name."""
        return any(f.name == column for f in self.fields)

    @property
    def types(self) -> dict[str, str]:
        """The Table Schema type of each column, in order."""
        return {f.name: f.type for f in self.fields}

    def required(self, column: Field) -> bool:
        """Whether the column may not be null: declared so, or part of the key."""
        return column.required or column.name in self.primary_key


def load_schemas(folder: Path) -> dict[str, Schema]:
    """Every schema of the folder by table name, in order of name; a schema that cannot be trusted is a ToolError."""
    schemas = {path.stem: _read(path) for path in sorted(folder.glob("*.json"))}
    if not schemas:
        raise ToolError(f"{folder}: no table is declared here (expected files such as articles.json)")
    for schema in schemas.values():
        _check_references(f"schemas/{schema.name}.json", schema, schemas)
    return schemas


def load_schemas_of(descriptor: Path) -> dict[str, Schema]:
    """The schemas that a package's own descriptor holds, those of its CSV resources; one that cannot be used is an InputError."""
    where = descriptor.name
    try:
        resources = json.loads(descriptor.read_bytes(), object_pairs_hook=lambda pairs: once(where, pairs))["resources"]
        raw = {r["name"]: r["schema"] for r in resources if r["format"] == "csv"}
        if len(raw) != sum(r["format"] == "csv" for r in resources) or not raw:
            raise InputError(f"{where}: its CSV resources declare {len(raw)} tables (expected one a resource, and at least one)")
        return schemas_of(raw, where)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{where}: cannot be read: {error!r} (expected a Data Package whose CSV resources hold their schemas)") from error


def schemas_of(declared: Mapping[str, Any], where: str) -> dict[str, Schema]:
    """The schemas of these declarations by table name; one that cannot be used is an InputError."""
    try:
        schemas = {table: _parse(f"{where} {table}", table, declared[table]) for table in sorted(declared)}
        for schema in schemas.values():
            _check_references(f"{where} {schema.name}", schema, schemas)
    except ToolError as error:
        raise InputError(str(error)) from error
    return schemas


def _read(path: Path) -> Schema:
    where = f"schemas/{path.name}"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=lambda pairs: once(where, pairs))
    except ValueError as error:
        refuse(where, f"is not JSON in UTF-8: {error}")
    return _parse(where, path.stem, raw)


def _parse(where: str, table: str, raw: Any) -> Schema:
    known_keys(where, raw, _SCHEMA_KEYS, ("name", "title", "description", "x-kind", "fields", "primaryKey"))
    texts(where, raw, "title", "description")
    if not isinstance(raw.get("x-minimum-rows", 0), int):
        refuse(f"{where} x-minimum-rows", f"{raw['x-minimum-rows']!r} (expected a whole number)")
    if raw["name"] != table or not NAME.fullmatch(table):
        refuse(f"{where} name", f"{raw['name']!r} (expected {table!r}, the file's name, in snake_case)")
    one_of(f"{where} x-kind", raw["x-kind"], KINDS)
    fields = tuple(_field(f"{where} fields[{n}]", item) for n, item in enumerate(raw["fields"]))
    names = [f.name for f in fields]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        refuse(f"{where} fields", f"{twice[0]!r} is declared twice")
    return Schema(
        raw["name"],
        raw["title"],
        raw["description"],
        raw["x-kind"],
        raw.get("x-minimum-rows", 0),
        raw.get("x-parent"),
        fields,
        columns_of(f"{where} primaryKey", raw["primaryKey"], names),
        tuple(_foreign_key(f"{where} foreignKeys[{n}]", item, raw["name"], names) for n, item in enumerate(raw.get("foreignKeys", ()))),
        tuple(_row_check(f"{where} rowChecks[{n}]", item) for n, item in enumerate(raw.get("rowChecks", ()))),
        tuple(_cross_check(f"{where} crossChecks[{n}]", item, names) for n, item in enumerate(raw.get("crossChecks", ()))),
        raw,
    )


def _field(where: str, raw: dict[str, Any]) -> Field:
    known_keys(where, raw, _FIELD_KEYS, ("name", "type", "title", "description"))
    texts(where, raw, "name", "type", "title", "description")
    where = f"{where} ({raw['name']})"
    if not NAME.fullmatch(raw["name"]):
        refuse(where, "is no column name (expected snake_case)")
    one_of(f"{where} type", raw["type"], TYPES)
    constraints = raw.get("constraints", {})
    known_keys(f"{where} constraints", constraints, _CONSTRAINT_KEYS)
    pattern, enum = constraints.get("pattern"), tuple(constraints.get("enum", ()))
    if (pattern is not None or enum) and raw["type"] != "string":
        refuse(where, f"pattern and enum are for strings (expected none on type {raw['type']})")
    if not all(isinstance(word, str) and word for word in enum):
        refuse(f"{where} enum", f"{list(enum)!r} (expected words)")
    if pattern is not None and not portable(pattern):
        refuse(
            f"{where} pattern", f"{pattern!r} does not compile or is read differently by XML Schema, Python and RE2 (expected {ALLOWED})"
        )
    if "x-evidence" in raw:
        one_of(f"{where} x-evidence", raw["x-evidence"], EVIDENCE)
    if "x-unstated" in raw and enum:
        one_of(f"{where} x-unstated", raw["x-unstated"], enum)
    return Field(
        raw["name"],
        raw["type"],
        raw["title"],
        raw["description"],
        constraints.get("required", False),
        constraints.get("unique", False),
        enum,
        pattern,
        _bound(f"{where} minimum", raw["type"], constraints.get("minimum")),
        _bound(f"{where} maximum", raw["type"], constraints.get("maximum")),
        raw.get("x-evidence"),
        raw.get("x-unstated"),
    )


def _bound(where: str, kind: str, value: object) -> Bound | None:
    if value is None:
        return None
    try:
        if kind == "date":
            return date.fromisoformat(str(value))
        if kind == "integer" and isinstance(value, int):
            return value
        if kind == "number" and isinstance(value, int | float):
            return Decimal(str(value))
    except ValueError:
        pass
    refuse(where, f"{value!r} is no bound for type {kind}")


def _foreign_key(where: str, raw: dict[str, Any], table: str, names: Sequence[str]) -> ForeignKey:
    known_keys(where, raw, ("fields", "reference"), ("fields", "reference"))
    reference = raw["reference"]
    known_keys(f"{where} reference", reference, ("resource", "fields"), ("resource", "fields"))
    if len(raw["fields"]) != len(reference["fields"]):
        refuse(where, "has unequal numbers of columns on its two sides")
    return ForeignKey(columns_of(where, raw["fields"], names), reference["resource"] or table, tuple(reference["fields"]))


def _row_check(where: str, raw: dict[str, Any]) -> RowCheck:
    known_keys(where, raw, ("sql", "message"), ("sql", "message"))
    texts(where, raw, "sql", "message")
    return RowCheck(raw["sql"], raw["message"])


def _cross_check(where: str, raw: dict[str, Any], names: Sequence[str]) -> CrossCheck:
    known_keys(where, raw, ("sql", "message", "column"), ("sql", "message", "column"))
    texts(where, raw, "sql", "message")
    one_of(f"{where} column", raw["column"], names)
    return CrossCheck(raw["sql"], raw["message"], raw["column"])


def _check_references(where: str, schema: Schema, schemas: Mapping[str, Schema]) -> None:
    for n, key in enumerate(schema.foreign_keys):
        one_of(f"{where} foreignKeys[{n}] resource", key.table, schemas)
        columns_of(f"{where} foreignKeys[{n}] reference", key.target_fields, [f.name for f in schemas[key.table].fields])
    if schema.parent is not None:
        one_of(f"{where} x-parent", schema.parent, schemas)
    if (schema.kind == "link") != (schema.parent is not None):
        refuse(where, "x-parent is for tables of kind link, which need it")
    if schema.kind == "fact" and (schema.primary_key != ("fact_id",) or not schema.has("article_id") or not schema.has("review_status")):
        refuse(where, "a fact table has the key fact_id and the columns article_id and review_status")
