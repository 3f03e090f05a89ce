"""A package at one moment: its tables and how they were declared then. Older declarations may have words that are unknown today."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipelines.derive.logical import hash_rows
from pipelines.schema import TYPES, Schema

Declaration = Mapping[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """Tables by name, and the Table Schema of each as JSON holds it; no table, no declaration: the empty package."""

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    declared: Mapping[str, Declaration] = field(default_factory=dict)

    def key(self, table: str) -> tuple[str, ...]:
        """The columns of the table's primary key; none for a table that is not there."""
        key = self.declared.get(table, {}).get("primaryKey", ())
        return (key,) if isinstance(key, str) else tuple(key)

    def types(self, table: str) -> dict[str, str]:
        """The Table Schema type of each column in order; none for a table that is not there."""
        return {f["name"]: f["type"] for f in self.declared.get(table, {}).get("fields", ())}

    def without(self, *tables: str) -> "Snapshot":
        """The same package without these tables."""
        return Snapshot(*({name: of for name, of in side.items() if name not in tables} for side in (self.tables, self.declared)))

    def logical_hashes(self) -> dict[str, str]:
        """The logical hash of each table, as in the descriptor: ``sha256:`` and 64 hexadecimal digits."""
        return {table: f"sha256:{hash_rows(self.types(table), rows)}" for table, rows in self.tables.items()}


def snapshot(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> Snapshot:
    """The package of these tables, declared by these schemas."""
    return Snapshot(tables, {name: schemas[name].descriptor for name in tables})


def declarations(schemas: Mapping[str, Schema]) -> Snapshot:
    """What these schemas declare; no rows."""
    return Snapshot({}, {name: schema.descriptor for name, schema in schemas.items()})


def arrow_types(types: Mapping[str, str]) -> pa.Schema:
    """The Arrow schema of columns with these Table Schema types, all nullable."""
    return pa.schema([pa.field(name, TYPES[kind][0]) for name, kind in types.items()])


def as_json(value: object) -> str:
    """The value as JSON in one line, letters as they are."""
    return json.dumps(value, ensure_ascii=False)
