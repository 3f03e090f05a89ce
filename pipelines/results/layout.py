"""What results need to know of a table: its columns on disk, the order of its rows, and whose rows they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from pipelines.derive.arrow import arrow_schema
from pipelines.schema import Schema


@dataclass(frozen=True)
class Layout:
    """The columns as they are published, the key, the table whose facts its rows belong to where they do not name an article, and
    whether its rows are facts."""

    columns: pa.Schema
    key: tuple[str, ...]
    parent: str | None = None
    is_fact: bool = False

    @cached_property
    def order(self) -> list[str]:
        """The columns that the table is sorted by: its article first, also where it is that of the fact that a row belongs to."""
        return list(dict.fromkeys(["article_id", *self.key]))

    @cached_property
    def stored(self) -> pa.Schema:
        """The columns without descriptions and limits, and with the article in any case."""
        plain = [(f.name, f.type) for f in self.columns]
        return pa.schema(plain if "article_id" in self.columns.names else [*plain, ("article_id", pa.string())])


Layouts = Mapping[str, Layout]


def layout_of(schema: Schema) -> Layout:
    """The layout of a declared table; no column is bound to have a value, since nothing is checked here."""
    declared = arrow_schema(schema)
    columns = pa.schema([f.with_nullable(True) for f in declared], declared.metadata)
    return Layout(columns, tuple(schema.primary_key), schema.parent, schema.kind == "fact")
