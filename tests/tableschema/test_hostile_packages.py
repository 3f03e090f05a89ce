"""Packages that mean harm or are broken: each ends in an error that says where, none in a crash, and none reaches beyond the package."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from packages_on_disk import DIALECT, describe, ours, resource

from pipelines.errors import ToolError

FIELDS = [{"name": "a", "type": "string"}, {"name": "b", "type": "integer"}]


def only(folder: Path, described: dict[str, Any]) -> tuple[str, str, str]:
    """Resource, type and note of the one error of the package."""
    (error,) = ours(describe(folder, described))
    assert (error.row_number, error.field) == (None, None)
    return error.resource, error.type, error.note


@pytest.mark.parametrize(
    "path", ["../t.csv", "/etc/passwd", "x/../../t.csv", "http://a.b/t.csv", "a\\b.csv", "", "t\0.csv", ["t.csv", "../u.csv"]]
)
def test_paths_that_leave_the_package(tmp_path: Path, path: object) -> None:
    (tmp_path / "t.csv").write_text("a,b\nx,1\n")
    name, kind, note = only(tmp_path, {**resource("t", FIELDS), "path": path})
    assert (name, kind) == ("t", "resource-error")
    assert "leaves the package" in note


def test_links_that_leave_the_package(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a,b\nx,y\n")
    inside = tmp_path / "package"
    inside.mkdir()
    (inside / "t.csv").symlink_to(tmp_path / "secret.csv")
    assert only(inside, resource("t", FIELDS))[2] == "the path 't.csv' is a link that leaves the package"


def test_a_link_within_the_package_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("a,b\nx,1\n")
    (tmp_path / "t.csv").symlink_to(tmp_path / "real.csv")
    assert ours(describe(tmp_path, resource("t", FIELDS))) == []


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        (None, "scheme-error", "the file t.csv is missing"),
        (b"", "source-error", "empty"),
        (b"PK\x03\x04\x00\x00\xfe\xff\x00\n" * 9, "encoding-error", "is no text in utf-8"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "encoding-error", "is no text in utf-8"),
        ("a,b\ncafé,1\n".encode("latin-1"), "encoding-error", "is no text in utf-8"),
        (("a,b\n" + "x,1\n" * 300_000 + "é,1\n").encode("latin-1"), "encoding-error", "is no text in utf-8"),
    ],
)
def test_files_that_are_no_csv(tmp_path: Path, content: bytes | None, kind: str, told: str) -> None:
    if content is not None:
        (tmp_path / "t.csv").write_bytes(content)
    found = only(tmp_path, resource("t", FIELDS))
    assert found[:2] == ("t", kind)
    assert told in found[2]


@pytest.mark.parametrize(
    ("encoding", "content", "kind"),
    [
        ("latin-1", "a,b\ncafé,1\n".encode("latin-1"), None),
        ("utf-16", "a,b\ncafé,1\n".encode("utf-16"), None),
        ("UTF_8", "a,b\ncafé,1\n".encode(), None),
        ("ascii", "a,b\ncafé,1\n".encode(), "encoding-error"),
        ("klingon", b"a,b\nx,1\n", "encoding-error"),
        ("hex", b"a,b\nx,1\n", "encoding-error"),
        ("unicode_escape", b"a,b\n\\ud800,1\n", "encoding-error"),
        ("utf-8\0", b"a,b\nx,1\n", "encoding-error"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, content: bytes, kind: str | None) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    errors = ours(describe(tmp_path, {**resource("t", FIELDS), "encoding": encoding}))
    assert [error.type for error in errors] == ([kind] if kind else [])


@pytest.mark.parametrize("cut", [0, 3, 40, -1, -9])
def test_parquet_that_is_cut_off(tmp_path: Path, cut: int) -> None:
    pq.write_table(pa.table({"a": ["x"], "b": [1]}), tmp_path / "t.parquet")
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(whole[:cut])
    assert only(tmp_path, resource("t", FIELDS, "t.parquet"))[:2] == ("t", "source-error")


def test_parquet_whose_pages_are_broken(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [f"text {n}" for n in range(9999)], "b": list(range(9999))}), tmp_path / "t.parquet", compression="zstd")
    content = bytearray((tmp_path / "t.parquet").read_bytes())
    content[200:3000] = b"\xff" * 2800
    (tmp_path / "t.parquet").write_bytes(bytes(content))
    assert only(tmp_path, resource("t", FIELDS, "t.parquet"))[:2] == ("t", "source-error")


def test_parquet_of_nested_columns_is_no_text(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [["x"]], "b": [{"c": 1}]}), tmp_path / "t.parquet")
    errors = ours(describe(tmp_path, resource("t", FIELDS, "t.parquet")))
    assert [(error.row_number, error.field, error.type) for error in errors] == [(2, "a", "type-error"), (2, "b", "type-error")]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"resources": 3}', '{"name": "p"}', "\ufeff{}", "[" * 100_000, '{"resources": {"a": 1}}']
)
def test_descriptors_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "datapackage.json").write_text(text)
    assert [error.type for error in ours(tmp_path / "datapackage.json")] == ["resource-error"]


def test_a_descriptor_that_is_missing_or_binary(tmp_path: Path) -> None:
    assert ours(tmp_path / "datapackage.json")[0].type == "resource-error"
    (tmp_path / "datapackage.json").write_bytes(b"\xff\xfe\x00")
    assert ours(tmp_path / "datapackage.json")[0].type == "resource-error"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": "schema.json"}, "its schema is str"),
        ({"schema": None}, "its schema is NoneType"),
        ({"schema": {"fields": 3}}, "TypeError"),
        ({"schema": {"fields": [{"type": "string"}]}}, "KeyError"),
        ({"schema": {"fields": [{"name": "a", "type": "blob"}]}}, "has the type 'blob'"),
        ({"schema": {"fields": [{"name": "a", "type": []}]}}, "has the type []"),
        ({"schema": {"fields": [{"name": "a"}, {"name": "a"}]}}, "two fields bear one name"),
        ({"schema": {"fields": FIELDS, "primaryKey": ["z"]}}, "names the column 'z'"),
        ({"schema": {"fields": FIELDS, "foreignKeys": [{"fields": ["a"], "reference": {"fields": ["a", "b"]}}]}}, "unequal numbers"),
        ({"schema": {"fields": FIELDS, "x-minimum-rows": "many"}}, "ValueError"),
        ({"schema": {"fields": [{"name": "a", "type": "string", "format": "wkt"}]}}, "the format 'wkt'"),
        ({"schema": {"fields": [{"name": "a", "type": "array", "arrayItem": {"type": "integer"}}]}}, "arrayItem"),
        ({"schema": {"fields": [{"name": "a", "type": "list", "itemType": "list"}]}}, "the itemType 'list'"),
        ({"schema": {"fields": [{"name": "a", "type": "string", "constraints": {"jsonSchema": {}}}]}}, "the constraint 'jsonSchema'"),
        ({"schema": {"fields": [{"name": "\ud800"}]}}, "UnicodeEncodeError"),
        ({"dialect": {"commentChar": "#"}}, "the dialect's commentChar is '#'"),
        ({"dialect": {"skipInitialSpace": True}}, "skipInitialSpace"),
        ({"dialect": {**DIALECT, "delimiter": "ab"}}, "the delimiter 'ab'"),
        ({"dialect": {**DIALECT, "quoteChar": ","}}, "the quote ','"),
        ({"dialect": {**DIALECT, "delimiter": "\n"}}, "the delimiter"),
        ({"format": "xlsx"}, "format 'xlsx' is not read"),
        ({"path": ["t.csv", "t.csv"], "format": "tsv"}, "several TSV files"),
        ({"path": []}, "it has no path"),
    ],
)
def test_declarations_that_cannot_be_judged(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    (tmp_path / "t.csv").write_text("a,b\nx,1\n")
    name, kind, note = only(tmp_path, {**resource("t", FIELDS), **change})
    assert (name, kind) == ("t", "resource-error")
    assert told in note


@pytest.mark.parametrize(
    ("kind", "constraints"),
    [
        ("string", {"pattern": "("}),
        ("string", {"pattern": "a(?=b)"}),
        ("string", {"pattern": "a{1,99999}"}),
        ("integer", {"minimum": "x"}),
        ("integer", {"maximum": None}),
        ("integer", {"minimum": [1]}),
        ("date", {"minimum": "2020-1-1"}),
        ("date", {"enum": ["2020-01-01", "'; DROP TABLE t; --"]}),
        ("string", {"minLength": "many"}),
        ("string", {"enum": 3}),
    ],
)
def test_constraints_that_cannot_be_read(tmp_path: Path, kind: str, constraints: dict[str, Any]) -> None:
    (tmp_path / "t.csv").write_text("a,b\nx,1\n")
    field = {"name": "a", "type": kind, "constraints": constraints}
    name, type, note = only(tmp_path, resource("t", [field, FIELDS[1]]))
    assert (name, type) == ("t", "resource-error")
    assert note.startswith("field 'a'")


@pytest.mark.parametrize("form", ["%Q", "%", "'; DROP TABLE t; --"])
def test_formats_of_dates_that_cannot_be_read(tmp_path: Path, form: str) -> None:
    (tmp_path / "t.csv").write_text("a,b\nx,1\n")
    errors = ours(describe(tmp_path, resource("t", [{"name": "a", "type": "date", "format": form}, FIELDS[1]])))
    assert [error.type for error in errors] in (["resource-error"], ["type-error"])


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("unknown > 1", "unknown"),
        ("b >", "syntax error"),
        ("b > 1) OR (", "cannot be evaluated"),
        ("CAST(a AS INTEGER) > 1", "Could not convert"),
        ("b > 1; SELECT 1", "syntax error"),
        ("true); DROP TABLE __values_0; SELECT (true", "more than one expression"),
        ("(SELECT content FROM read_text('/etc/passwd')) = a", "disabled"),
        ("__v0 = a", "'__v0'"),
    ],
)
@pytest.mark.parametrize("dirt", ["", "\n\n"])
def test_row_checks_that_cannot_be_evaluated(tmp_path: Path, sql: str, told: str, dirt: str) -> None:
    (tmp_path / "t.csv").write_text("a,b\nx,1\n" + dirt)
    check = {"sql": sql, "message": "m"}
    with pytest.raises(ToolError) as raised:
        ours(describe(tmp_path, resource("t", FIELDS, rowChecks=[{"sql": "b > 0", "message": "good"}, check])))
    assert str(raised.value).startswith("t: rowCheck 2")
    assert told in str(raised.value)


def test_a_broken_resource_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\nx,y\n")
    (tmp_path / "u.csv").write_bytes(b"\xff")
    resources = [resource("u", FIELDS), resource("v", [{"name": "a", "type": "blob"}]), resource("t", FIELDS)]
    found = [(error.resource, error.type) for error in ours(describe(tmp_path, *resources))]
    assert found == [("v", "resource-error"), ("u", "encoding-error"), ("t", "type-error")]


@pytest.mark.parametrize("name", ["'; DROP TABLE t; --", "../t", "", "t\0u", "日本", "a" * 5000])
def test_names_of_resources(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.csv").write_text("a,b\nx,y\n\n")
    (error, _) = ours(describe(tmp_path, resource(name, FIELDS, "t.csv")))[::-1]
    assert (error.resource, error.type) == (name, "type-error")


def test_a_resource_named_twice(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\nx,1\n")
    assert "declared twice" in json.dumps([e.note for e in ours(describe(tmp_path, resource("t", FIELDS), resource("t", FIELDS)))])
