"""Schema to Arrow: types, nullability and the meaning of each column, which travel inside the Parquet files."""

import json
from collections.abc import Mapping

import pyarrow as pa

from pipelines.schema import Schema

TABLE_SCHEMA_KEY = b"table_schema"


def arrow_schema(schema: Schema) -> pa.Schema:
    """The table's Arrow schema: columns in order, not null where required, descriptions in the metadata."""
    fields = [
        pa.field(f.name, f.arrow, nullable=not schema.required(f), metadata={"title": f.title, "description": f.description})
        for f in schema.fields
    ]
    return pa.schema(fields, metadata=_metadata(schema))


def nullable_schema(schema: Schema) -> pa.Schema:
    """The same with every column nullable: that nothing is missing is a promise that the checks prove, a missing value must reach them."""
    declared = arrow_schema(schema)
    return pa.schema([f.with_nullable(True) for f in declared], declared.metadata)


def published_schema(schema: Schema) -> Mapping[str, object]:
    """The Table Schema as it is published, custom keys included."""
    return dict(schema.descriptor)


def _metadata(schema: Schema) -> dict[str | bytes, str | bytes]:
    # Parquet has no column descriptions of its own: readers that drop Arrow's field metadata still find the Table Schema.
    text = json.dumps(published_schema(schema), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {"title": schema.title, "description": schema.description, TABLE_SCHEMA_KEY: text}
