"""Which days the facts speak of, for descriptors that say so."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.schema import Schema


def coverage(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> str | None:
    """The first and the last day that a fact or a publication is dated on, as an ISO 8601 interval; None where none is."""
    dated = [
        tables[schema.name].column(f.name)
        for schema in schemas.values()
        for f in schema.fields
        if f.type == "date" and (schema.kind == "fact" or (schema.name, f.name) == ("articles", "published_on"))
    ]
    ends = [pc.min_max(column).as_py() for column in dated if column.null_count < len(column)]
    return f"{min(end['min'] for end in ends)}/{max(end['max'] for end in ends)}" if ends else None
