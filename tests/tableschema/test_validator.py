"""The columnar validator by examples: one a rule and a type, the same answers on both ways of reading, and hostile packages."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from packages_on_disk import ID, describe, judge, ours, resource


def test_a_cell_that_is_no_value_breaks_no_constraint_too(tmp_path: Path) -> None:
    field = {"name": "x", "type": "integer", "constraints": {"minimum": 5, "unique": True, "required": True}}
    assert [e.rule for e in judge(tmp_path, field, ["1.5", "1.5"])] == ["type", "type"]


def test_missing_values_of_schema_and_field(tmp_path: Path) -> None:
    number = {"name": "x", "type": "integer", "constraints": {"required": True}}
    assert [e.rule for e in judge(tmp_path, number, ["NA", "", "1"], missingValues=["NA"])] == ["type", "required"]
    assert [e.rule for e in judge(tmp_path, {**number, "missingValues": ["-"]}, ["NA", "-", "1"], missingValues=["NA"])] == [
        "type",
        "required",
    ]
    assert [e.rule for e in judge(tmp_path, number, ["", "1"], missingValues=[])] == ["type"]
    assert [e.rule for e in judge(tmp_path, number, ["n'a"], missingValues=[{"value": "n'a", "label": "none"}])] == ["required"]


def test_missing_values_of_parquet(tmp_path: Path) -> None:
    columns = {"id": ["a", "b", "c"], "n": [-999, 1, None], "x": [float("nan"), 1.5, -999.0]}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    constraints = {"constraints": {"minimum": 0, "required": True}}
    fields = [ID, {"name": "n", "type": "integer", **constraints}, {"name": "x", "type": "number", **constraints}]
    errors = ours(describe(tmp_path, resource("t", fields, "t.parquet", missingValues=["", "-999", "-999.0"])))
    assert [(e.row_number, e.field, e.rule) for e in errors] == [
        (2, "n", "required"),
        (4, "n", "required"),
        (2, "x", "required"),
        (4, "x", "required"),
    ]


def test_keys(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,n,up\na,1,\na,01,a\nb,2,z\nb,3,b\n,4,a\n")
    fields = [ID, {"name": "n", "type": "integer"}, {"name": "up", "type": "string"}]
    key = {"fields": "up", "reference": {"fields": "id"}}
    errors = ours(describe(tmp_path, resource("t", fields, primaryKey=["id", "n"], uniqueKeys=[["id"]], foreignKeys=[key])))
    assert [(e.type, e.row_number, e.cell) for e in errors] == [
        ("constraint-error", 6, ""),
        ("primary-key", 3, "a, 01"),
        ("unique-key", 3, "a"),
        ("unique-key", 5, "b"),
        ("foreign-key", 4, "z"),
    ]
    assert "row 2" in errors[1].note


def test_foreign_keys_between_csv_and_parquet_of_integers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,n\na,01\nb,2\nc,x\nd,\n")
    pq.write_table(pa.table({"n": pa.array([1, None], pa.int32())}), tmp_path / "u.parquet")
    number = {"name": "n", "type": "integer"}
    key = {"fields": ["n"], "reference": {"resource": "u", "fields": ["n"]}}
    source = resource("t", [ID, number], foreignKeys=[key])
    errors = ours(describe(tmp_path, source, resource("u", [number, ID | {"name": "b"}], "u.parquet")))
    assert [(e.resource, e.type, e.row_number) for e in errors] == [
        ("t", "type-error", 4),
        ("t", "foreign-key", 3),
        ("u", "missing-label", None),
        ("u", "blank-row", 3),
    ]


@pytest.mark.parametrize("dirt", ["", "last, \n\n"])
def test_both_ways_of_reading_give_the_same_rows(tmp_path: Path, dirt: str) -> None:
    lines = [f"k{n},{'x' if n % 700 == 0 else n}\n" for n in range(1, 5001)]
    (tmp_path / "t.csv").write_text("id,n\n" + "".join(lines) + dirt)
    field = {"name": "n", "type": "integer", "constraints": {"maximum": 4990}}
    errors = [e for e in ours(describe(tmp_path, resource("t", [ID, field]))) if e.row_number is not None and e.row_number < 5002]
    assert [e.row_number for e in errors if e.rule == "type"] == [n + 1 for n in range(700, 5001, 700)]
    assert [e.row_number for e in errors if e.rule == "maximum"] == list(range(4992, 5002))


@pytest.mark.parametrize(("dirt", "rule"), [("", "type"), ("\n\n", "type"), ("\n\n", "blank row")])
def test_every_error_is_there_and_beyond_a_limit_its_number(tmp_path: Path, dirt: str, rule: str) -> None:
    (tmp_path / "t.csv").write_text("id,n\n" + f"k,x\n{dirt}" * 2500)
    descriptor = describe(tmp_path, resource("t", [ID, {"name": "n", "type": "integer"}]))
    per = 2500 * (len(dirt) if rule == "blank row" else 1)
    assert len([e for e in ours(descriptor) if e.rule == rule]) == per
    cut = [e for e in ours(descriptor, 1000) if e.rule == rule]
    assert len(cut) == 1001
    assert (cut[-1].row_number, cut[-1].note) == (None, f"{per - 1000:,} more rows break this rule")
    assert len([e for e in ours(descriptor, 2500 * 2) if e.rule == rule]) == per


def test_short_and_long_rows(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,a,b\nk,1,2\nk\nk,1,2,3,4\n")
    errors = ours(describe(tmp_path, resource("t", [ID, {"name": "a"}, {"name": "b", "constraints": {"required": True}}])))
    assert [(e.type, e.row_number, e.field, e.cell) for e in errors] == [
        ("missing-cell", 3, "a", None),
        ("missing-cell", 3, "b", None),
        ("extra-cell", 4, None, "3"),
        ("constraint-error", 3, "b", None),
    ]


def test_row_checks_and_the_least_number_of_rows(tmp_path: Path) -> None:
    check = {"sql": '"low" <= "high"', "message": "low must not exceed high"}
    (tmp_path / "t.csv").write_text("low,high\n1,2\n3,2\n1.5,1\n,\n5,\n")
    fields = [{"name": "low", "type": "integer"}, {"name": "high", "type": "integer"}]
    errors = ours(describe(tmp_path, resource("t", fields, rowChecks=[check], **{"x-minimum-rows": 9})))
    assert [(e.type, e.row_number, e.cell) for e in errors] == [
        ("row-count", None, 5),
        ("blank-row", 5, None),
        ("type-error", 4, "1.5"),
        ("row-check", 3, "low = 3, high = 2"),
    ]


def test_the_name_of_the_file_that_has_no_header(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("k,1\nk,x\n")
    described = resource("t", [ID, {"name": "n", "type": "integer"}])
    described["dialect"] = {**described["dialect"], "header": False}
    assert [(e.row_number, e.cell) for e in ours(describe(tmp_path, described))] == [(2, "x")]


@pytest.mark.parametrize(
    "name", ["_row", "t0", "v1", "select", 'a"b', "a'b", "日本", "a b", "", "'; DROP TABLE t; --", "__values_0", "r0", "\\"]
)
@pytest.mark.parametrize("dirt", ["", "\n\n"])
def test_names_of_fields(tmp_path: Path, name: str, dirt: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    field = {"name": name, "type": "integer", "constraints": {"unique": True, "minimum": 0, "required": True}}
    check = [{"sql": f"{quoted} < 9", "message": "small"}] if name else []
    key = {"fields": [name], "reference": {"resource": "", "fields": [name]}}
    errors = judge(
        tmp_path,
        field,
        ["1", "1", "-1", "x", "", "9"],
        dirt=dirt,
        rowChecks=check,
        foreignKeys=[key],
        uniqueKeys=[[name]],
    )
    found = [(e.rule, e.row_number) for e in errors if e.type not in ("blank-row", "blank-label")]
    expected = [("type", 5), ("required", 6), ("minimum", 4), *([("rowCheck 1", 7)] if name else []), ("unique", 3), ("uniqueKeys", 3)]
    assert sorted(found) == sorted(expected)


def test_names_that_differ_only_in_case(tmp_path: Path) -> None:
    fields = [{"name": "a", "type": "integer"}, {"name": "A", "type": "string", "constraints": {"enum": ["x"]}}]
    (tmp_path / "t.csv").write_text("a,A\n1,x\ny,y\n")
    pq.write_table(pa.table({"a": [1], "A": ["y"]}), tmp_path / "u.parquet")
    errors = ours(describe(tmp_path, resource("t", fields), resource("u", fields, "u.parquet")))
    assert [(e.resource, e.row_number, e.field, e.rule) for e in errors] == [
        ("t", 3, "a", "type"),
        ("t", 3, "A", "enum"),
        ("u", 2, "A", "enum"),
    ]
    check = {"sql": "a > 0", "message": "m"}
    assert "differ only in case" in ours(describe(tmp_path, resource("t", fields, rowChecks=[check])))[0].note


def test_five_hundred_columns(tmp_path: Path) -> None:
    fields = [{"name": f"c{n}", "type": "integer", "constraints": {"minimum": 0}} for n in range(500)]
    lines = [",".join(f"c{n}" for n in range(500)), ",".join(["1"] * 500), ",".join(["1"] * 499 + ["-1"])]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    assert [(e.row_number, e.field) for e in ours(describe(tmp_path, resource("t", fields)))] == [(3, "c499")]


@pytest.mark.parametrize("end", ["\n", "\n\n"])
def test_a_cell_of_ten_megabytes(tmp_path: Path, end: str) -> None:
    (tmp_path / "t.csv").write_text(f"id,x\nk,{'a' * 10_000_000}\nk,b{end}")
    errors = ours(describe(tmp_path, resource("t", [ID, {"name": "x", "type": "string", "constraints": {"maxLength": 5}}])))
    assert [(e.type, e.row_number) for e in errors if e.type != "blank-row"] == [("constraint-error", 2)]


@pytest.mark.parametrize(
    ("kind", "column", "bad"),
    [
        ("year", pa.array([2020, 0, 9999, -5, 10000]), [5, 6]),
        ("integer", pa.array([1.0, 1.5, float("inf"), None]), [3, 4]),
        ("integer", pa.array([1, 2], pa.uint8()), []),
        ("number", pa.array([1, 2], pa.int16()), []),
        ("date", pa.array([0, 1, 86_400_000_000], pa.timestamp("us")), [3]),
        ("string", pa.array([1, 2]), [2, 3]),
        ("boolean", pa.array([1, None]), [2]),
        ("integer", pa.array(["1", "x", None]), [3]),
        ("any", pa.array([1, 2]), []),
        ("string", pa.array(["a", "b"]).dictionary_encode(), []),
    ],
)
def test_types_of_parquet(tmp_path: Path, kind: str, column: pa.Array, bad: list[int]) -> None:
    pq.write_table(pa.table({"id": ["k"] * len(column), "x": column}), tmp_path / "t.parquet")
    errors = ours(describe(tmp_path, resource("t", [ID, {"name": "x", "type": kind}], "t.parquet")))
    assert [(error.row_number, error.type) for error in errors] == [(row, "type-error") for row in bad]
