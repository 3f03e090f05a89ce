"""A difference between two validators, and short ways to describe one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from packages_on_disk import Verdict, resource

LENIENT = "text that no other reader of the file takes for such a value"


@dataclass(frozen=True)
class Difference:
    """Files (bytes, or an Arrow table to be written as Parquet) on which the verdicts differ, both verdicts, and why ours is as it is."""

    name: str
    reason: str
    files: Mapping[str, bytes | pa.Table]
    resources: Sequence[Mapping[str, Any]]
    ours: Verdict
    stock: Verdict


def field(kind: str = "string", name: str = "a", **more: Any) -> dict[str, Any]:
    """A field of the table ``t``."""
    return {"name": name, "type": kind, **more}


def cell(name: str, reason: str, field: Mapping[str, Any], texts: Sequence[str], ours: Sequence[str], stock: Sequence[str]) -> Difference:
    """A difference on a column of these texts; of each is told by which error it is refused, or by none."""
    lines = ["id,a", *(f'k,"{text.replace(chr(34), chr(34) * 2)}"' for text in texts)]
    judged = resource("t", [{"name": "id", "type": "string"}, field])
    return Difference(name, reason, {"t.csv": "\n".join(lines).encode()}, [judged], _rows(ours), _rows(stock))


def _rows(kinds: Sequence[str]) -> Verdict:
    """The verdict: the error of each row in turn, or the only one of all for what has no row."""
    if len(kinds) == 1 and kinds[0].endswith("!"):
        return {(None, None, kinds[0][:-1])}
    return {(n, "a", kind) for n, kind in enumerate(kinds, start=2) if kind}


def lenient(name: str, kind: str, form: str, *texts: str) -> Difference:
    """Texts that stock takes for values of the type."""
    return cell(name, LENIENT, field(kind, format=form), texts, ["type-error"] * len(texts), [""])


def constrained(
    name: str, reason: str, kind: str, constraint: Mapping[str, Any], texts: Sequence[str], ours: str, stock: str
) -> Difference:
    """A difference on the constraints of a column; the last text is where the verdicts part."""
    before = [""] * (len(texts) - 1)
    told = [[kinds] if kinds.endswith("!") else [*before, kinds] for kinds in (ours, stock)]
    return cell(name, reason, field(kind, constraints=dict(constraint)), texts, *told)


def table(name: str, reason: str, lines: bytes, schema: Mapping[str, Any], ours: Verdict, stock: Verdict) -> Difference:
    """A difference on a table of two columns of text, ``a`` and ``b``."""
    fields = schema.get("fields", [field(), field(name="b")])
    rest = {key: value for key, value in schema.items() if key != "fields"}
    return Difference(name, reason, {"t.csv": lines}, [resource("t", fields, **rest)], ours, stock)


def typed(name: str, reason: str, column: pa.Array, field: Mapping[str, Any], ours: Sequence[str], stock: Sequence[str]) -> Difference:
    """A difference on a Parquet column."""
    judged = resource("t", [{"name": "id", "type": "string"}, field], "t.parquet", missingValues=["", "nan"])
    content = pa.table({"id": ["k"] * len(column), "a": column})
    return Difference(name, reason, {"t.parquet": content}, [judged], _rows(ours), _rows(stock))


def foreign_key(reference: Mapping[str, Any], *columns: str) -> dict[str, Any]:
    return {"foreignKeys": [{"fields": list(columns), "reference": reference}]}
