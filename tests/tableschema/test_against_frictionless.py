"""Our verdicts beside those of stock frictionless: equal on generated packages, but for the differences that ``stock_differences.py`` lists."""

import csv
import io
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lexical_forms import FORMS, HEADERS
from one_difference import Difference
from packages_on_disk import Verdict, describe, our_verdict, ours, resource, stock_verdict
from stock_differences import DIFFERENCES

PATTERNS = ["[a-z]+", ".*", "[^x]{1,3}", "a.b", r"\d+", "'; DROP TABLE t; --"]
ZONES = ("Z", "+02:00", "-0130")
ORDERED = ("integer", "number", "date", "datetime", "time", "year", "yearmonth")
PLAIN_KEYS = ("string", "integer", "number", "boolean", "date", "datetime", "time", "year", "yearmonth")


@st.composite
def columns(draw: st.DrawFn, n: int) -> tuple[dict[str, Any], list[str]]:
    """A field with constraints, and the texts that its cells are drawn from."""
    kind, form = draw(st.sampled_from(sorted(FORMS)))
    good, bad = FORMS[kind, form]
    constraints: dict[str, Any] = {}
    if draw(st.booleans()):
        constraints["required"] = draw(st.booleans())
    compared = draw(st.booleans()) and kind in PLAIN_KEYS and form != "any"
    if compared:
        # What stock cannot compare (times with a zone and without) or compares in another way stands in DIFFERENCES.
        good = [word for word in good if not word.endswith(ZONES) and word != "NaN" and not (kind == "time" and word.startswith("24"))]
        constraints |= draw(_compared(kind, good))
    if kind == "string" and draw(st.booleans()):
        constraints["pattern"] = draw(st.sampled_from(PATTERNS))
    if kind in ("string", "list", "array", "object") and draw(st.booleans()):
        constraints[draw(st.sampled_from(["minLength", "maxLength"]))] = draw(st.integers(0, 4))
    field = {"name": f"c{n}", "type": kind, "format": form, "constraints": constraints}
    if draw(st.booleans()):
        field["missingValues"] = draw(st.sampled_from([["", "NA"], ["-"], ["", good[0]], []]))
    # What stands between the letters of base64 stock leaves out.
    return field, [*good, *bad, "", "NA", *(["-"] if form != "binary" else [])]


@st.composite
def _compared(draw: st.DrawFn, kind: str, good: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        found["unique"] = True
    if draw(st.booleans()):
        found["enum"] = draw(st.lists(st.sampled_from(good), min_size=1, max_size=4))
    if kind in ORDERED:
        names = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
        found |= {name: draw(st.sampled_from(good)) for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True))}
    return found


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    """The descriptor of a table ``t`` and its bytes: broken values, blank, short and long rows, other labels, other ends of lines."""
    made = [draw(columns(n)) for n in range(draw(st.integers(1, 3)))]
    key = {"name": "id", "type": "string", "constraints": {"required": True}}
    up = {"name": "up", "type": "string"}
    ids = [f"k{n}" for n in range(6)]
    fields, pools = [key, up, *(field for field, _ in made)], [ids, [*ids, "", "k9"], *(pool for _, pool in made)]
    rows = draw(st.lists(st.tuples(*map(st.sampled_from, pools)).map(list), max_size=6))
    rows = [draw(_row(row)) for row in rows]
    schema: dict[str, Any] = {"missingValues": draw(st.sampled_from([[""], ["", "NA"], [{"value": "", "label": "none"}]]))}
    if draw(st.booleans()):
        schema["primaryKey"] = draw(st.sampled_from([["id"], "id"]))
    if draw(st.booleans()):
        schema["foreignKeys"] = [{"fields": ["up"], "reference": {"resource": "", "fields": ["id"]}}]
    labels = draw(_labels([field["name"] for field in fields]))
    return resource("t", fields, **schema), draw(_written([labels, *rows]))


def _row(row: list[str]) -> st.SearchStrategy[list[str]]:
    blank, short, long = [""] * len(row), row[: len(row) - 1], [*row, "more", "x"]
    return st.sampled_from([row] * 8 + [blank, short, row[:1], long, []])


def _labels(labels: list[str]) -> st.SearchStrategy[list[str]]:
    other = [
        labels[::-1],
        labels[:-1],
        [*labels, "z"],
        [*labels[:-1], ""],
        [*labels[:-1], labels[0]],
        [*labels, "z", "y", ""],
        labels[:1] * len(labels),
    ]
    return st.sampled_from([labels] * 12 + other)


@st.composite
def _written(draw: st.DrawFn, lines: list[list[str]]) -> bytes:
    stream = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(stream, lineterminator=draw(st.sampled_from(["\n", "\r\n"])), quoting=quoting).writerows(lines)
    text = stream.getvalue()
    return draw(st.sampled_from([text] * 4 + [text.rstrip("\r\n"), text + "\n\n", text.partition("\n")[0]])).encode()


def agreed(verdict: Verdict, keys: tuple[str, ...]) -> Verdict:
    """The verdict without what stock says of the keys of rows whose key is missing: that one is required says enough."""
    without = {row for row, field, kind in verdict if kind == "blank-row" or (field in keys and kind in ("constraint-error", "type-error"))}
    return {(row, field, kind) for row, field, kind in verdict if not (kind == "primary-key" and row in without)}


@settings(max_examples=60, deadline=None)
@given(tables())
def test_generated_tables_are_judged_as_stock_judges_them(table: tuple[dict[str, Any], bytes]) -> None:
    described, content = table
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.csv").write_bytes(content)
        descriptor = describe(Path(folder), described)
        assert our_verdict(descriptor) == agreed(stock_verdict(descriptor), ("id",))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_generated_tables_without_fault_pass_both(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(sorted(FORMS)), min_size=1, max_size=5))
    fields = [{"name": f"c{n}", "type": kind, "format": form} for n, (kind, form) in enumerate(kinds)]
    pools = [[*FORMS[kind][0], ""] for kind in kinds]
    rows = data.draw(st.lists(st.tuples(*map(st.sampled_from, pools)).map(list), max_size=6))
    lines = [["id", *(field["name"] for field in fields)], *([f"k{n}", *row] for n, row in enumerate(rows))]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.csv").write_bytes(data.draw(_written(lines)).rstrip(b"\r\n"))
        key = {"name": "id", "type": "string", "constraints": {"required": True, "unique": True}}
        descriptor = describe(Path(folder), resource("t", [key, *fields], uniqueKeys=[["id"]]))
        assert ours(descriptor) == []
        assert stock_verdict(descriptor) == set()


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_keys_of_several_columns_are_judged_as_stock_judges_them(data: st.DataObject) -> None:
    pair = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["1", "2", "01", "x"])).map(list)
    targets, rows = data.draw(st.lists(pair, max_size=5)), data.draw(st.lists(pair, max_size=5))
    fields = [{"name": "s", "type": "string"}, {"name": "n", "type": "integer"}]
    key = {"fields": ["s", "n"], "reference": {"resource": "u", "fields": ["s", "n"]}}
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in (("t", rows), ("u", targets)):
            (Path(folder) / f"{name}.csv").write_text("s,n\n" + "".join(f"{s},{n}\n" for s, n in lines))
        descriptor = describe(Path(folder), resource("t", fields, foreignKeys=[key]), resource("u", fields, primaryKey=["s", "n"]))
        broken = {row for row, _, kind in our_verdict(descriptor) if kind == "type-error"}
        # Of a row with a broken part stock also says that its key is not found or stands there twice.
        stock = {(row, field, kind) for row, field, kind in stock_verdict(descriptor) if row not in broken or kind == "type-error"}
        assert {e for e in our_verdict(descriptor) if e[0] not in broken or e[2] in ("type-error",)} == stock


TYPED: dict[str, tuple[pa.DataType, list[Any], dict[str, Any]]] = {
    "string": (pa.string(), ["a", "b", "é"], {"enum": ["a", "b"], "pattern": "[a-z]", "minLength": 1}),
    "integer": (pa.int64(), [1, 5, -3], {"minimum": 0, "exclusiveMaximum": "5", "enum": [1, "5"]}),
    "number": (pa.float64(), [1.5, 0.25, -2.0], {"minimum": 0, "maximum": 1.25}),
    "boolean": (pa.bool_(), [True, False], {"enum": [True]}),
    "date": (pa.date32(), [date(2020, 1, 5), date(1999, 12, 31)], {"minimum": "2000-01-01"}),
    "datetime": (pa.timestamp("us"), [datetime(2020, 1, 5, 10), datetime(1999, 1, 1)], {"maximum": "2010-01-01T00:00:00"}),
}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_generated_parquet_is_judged_as_stock_judges_it(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(sorted(TYPED)), min_size=1, max_size=3))
    declared = (
        data.draw(st.lists(st.sampled_from(sorted(TYPED)), min_size=len(kinds), max_size=len(kinds))) if data.draw(st.booleans()) else kinds
    )
    size = data.draw(st.integers(1, 5))
    columns = {"id": pa.array([f"k{data.draw(st.integers(0, 9))}" for _ in range(size)])}
    fields: list[dict[str, Any]] = [{"name": "id", "type": "string", "constraints": {"required": True}}]
    for n, (kind, told) in enumerate(zip(kinds, declared, strict=True)):
        values = [data.draw(st.sampled_from([*TYPED[kind][1], None])) for _ in range(size)]
        columns[f"c{n}"] = pa.array(values, TYPED[kind][0])
        constraints = {name: value for name, value in TYPED[told][2].items() if data.draw(st.booleans())}
        fields.append({"name": f"c{n}", "type": told, "constraints": {**constraints, "required": data.draw(st.booleans())}})
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(pa.table(columns), Path(folder) / "t.parquet")
        described = resource("t", fields, "t.parquet", primaryKey=["id"], missingValues=["", "nan", "NaT", "None"])
        descriptor = describe(Path(folder), described)
        assert our_verdict(descriptor) == stock_verdict(descriptor)


@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda case: case.name)
def test_each_listed_difference_is_still_there(tmp_path: Path, case: Difference) -> None:
    for name, content in case.files.items():
        if isinstance(content, bytes):
            (tmp_path / name).write_bytes(content)
        else:
            pq.write_table(content, tmp_path / name)
    descriptor = describe(tmp_path, *case.resources)
    assert case.reason
    assert our_verdict(descriptor) == case.ours
    assert stock_verdict(descriptor) == case.stock
    assert case.ours != case.stock


@pytest.mark.parametrize("content", HEADERS)
def test_headers_are_judged_as_stock_judges_them(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    fields = [{"name": "a", "type": "integer"}, {"name": "b", "type": "string", "constraints": {"required": True}}]
    descriptor = describe(tmp_path, resource("t", fields, primaryKey=["a"]))
    assert our_verdict(descriptor) == agreed(stock_verdict(descriptor), ("a",))
