"""Cells by examples: the lexical forms of each type and format, options of types, and each constraint."""

from pathlib import Path
from typing import Any

import pytest
from lexical_forms import FORMS
from packages_on_disk import judge

from pipelines.tableschema import TableError


def rows(errors: list[TableError]) -> list[int | None]:
    return sorted((error.row_number for error in errors), key=lambda number: number or 0)


@pytest.mark.parametrize(("kind", "form"), sorted(FORMS))
def test_lexical_forms(tmp_path: Path, kind: str, form: str) -> None:
    good, bad = FORMS[kind, form]
    errors = judge(tmp_path, {"name": "x", "type": kind, "format": form}, [*good, "", *bad])
    assert [(e.row_number, e.cell) for e in errors] == [(len(good) + 3 + n, text) for n, text in enumerate(bad)]
    assert {(e.resource, e.type, e.rule, e.field) for e in errors} <= {("t", "type-error", "type", "x")}


@pytest.mark.parametrize(
    ("options", "good", "bad"),
    [
        ({"type": "integer", "bareNumber": False}, ["95%", "€ 95", "-95 EUR"], ["EUR", "9 5"]),
        ({"type": "number", "bareNumber": False}, ["95.5%", "€-95"], ["EUR"]),
        ({"type": "number", "decimalChar": ",", "groupChar": "."}, ["1.000,5", "2"], ["a", "1,0,0"]),
        ({"type": "number", "decimalChar": ","}, ["1,5"], ["1.5"]),
        ({"type": "boolean", "trueValues": ["ja"], "falseValues": ["nein", "'"]}, ["ja", "nein", "'"], ["true", "JA"]),
        ({"type": "list", "itemType": "integer"}, ["1,2", "1"], ["a", "1,", "1,b"]),
        ({"type": "list", "itemType": "date", "delimiter": ";"}, ["2020-01-05;2020-01-06"], ["2020-01-05,2020-01-06"]),
    ],
)
def test_options_of_types(tmp_path: Path, options: dict[str, Any], good: list[str], bad: list[str]) -> None:
    errors = judge(tmp_path, {"name": "x", **options}, [*good, *bad])
    assert [error.cell for error in errors] == bad


@pytest.mark.parametrize(
    ("kind", "constraint", "value", "good", "bad"),
    [
        ("string", "required", True, ["a"], [""]),
        ("string", "required", False, ["a", ""], []),
        ("integer", "required", True, ["0"], [""]),
        ("string", "enum", ["a", "it's"], ["a", "it's", ""], ["b", "A", "its"]),
        ("string", "enum", [], [""], ["a"]),
        ("integer", "enum", [1, "2", 3.0], ["1", "02", "3", ""], ["4"]),
        ("integer", "enum", [str(n) for n in range(5000)], ["0", "4999"], ["5000"]),
        ("string", "enum", [f"w{n}" for n in range(5000)], ["w0", "w4999", ""], ["w5000"]),
        ("number", "enum", [0.1, "1e3"], ["0.1", "0.10", "1000"], ["0.2"]),
        ("boolean", "enum", [True], ["true", "1"], ["false"]),
        ("date", "enum", ["2020-01-05"], ["2020-01-05"], ["2020-01-06"]),
        ("object", "enum", [{"a": 1}], ['{"a": 1}', '{"a":1}'], ['{"a": 2}']),
        ("array", "enum", [[1, 2], "[3]"], ["[1,2]", "[3]"], ["[1]"]),
        ("string", "pattern", "[a-z]+", ["abc", ""], ["Abc", "ab1"]),
        ("string", "pattern", "a|b", ["a", "b"], ["ab", "xb"]),
        ("string", "pattern", "'; DROP TABLE t; --", ["'; DROP TABLE t; --"], ["x"]),
        ("string", "minLength", 2, ["ab", "日本", ""], ["a", "日"]),
        ("string", "maxLength", 2, ["ab", "日本", ""], ["abc"]),
        ("array", "minLength", 2, ["[1,2]"], ["[1]"]),
        ("object", "maxLength", 1, ['{"a": 1}', "{}"], ['{"a": 1, "b": 2}']),
        ("list", "minLength", 2, ["a,b"], ["a"]),
        ("integer", "minimum", 5, ["5", "6", ""], ["4", "-9"]),
        ("integer", "minimum", "5", ["5"], ["4"]),
        ("integer", "maximum", 9007199254740993, ["9007199254740993"], ["9007199254740994"]),
        ("integer", "exclusiveMinimum", 5, ["6"], ["5"]),
        ("integer", "exclusiveMaximum", "5", ["4"], ["5"]),
        ("number", "minimum", 0.5, ["0.5", "INF"], ["0.4", "-INF", "NaN"]),
        ("number", "maximum", "0.5", ["0.5", "-INF"], ["0.6", "1e400", "NaN"]),
        ("number", "exclusiveMinimum", 0, ["0.1"], ["0", "-0.0", "NaN"]),
        ("date", "minimum", "2020-01-05", ["2020-01-05"], ["2020-01-04"]),
        ("date", "exclusiveMaximum", "2020-01-05", ["2020-01-04"], ["2020-01-05"]),
        ("datetime", "maximum", "2020-01-05T10:00:00", ["2020-01-05T10:00:00"], ["2020-01-05T10:00:00.5", "2020-01-05T09:00:00-02:00"]),
        ("time", "minimum", "10:00:00", ["10:00:00"], ["09:59:59", "11:00:00+02:00"]),
        ("year", "minimum", 2000, ["2000"], ["1999"]),
        ("yearmonth", "maximum", "2020-06", ["2020-06"], ["2020-07"]),
        ("integer", "unique", True, ["1", "2", "", ""], ["01", "+2"]),
        ("number", "unique", True, ["1.0", "2", ""], ["1", "2.00"]),
        ("number", "unique", True, ["0"], ["-0.0"]),
        ("string", "unique", True, ["1", "01", "", ""], ["1"]),
    ],
)
def test_constraints(tmp_path: Path, kind: str, constraint: str, value: object, good: list[str], bad: list[str]) -> None:
    errors = judge(tmp_path, {"name": "x", "type": kind, "constraints": {constraint: value}}, [*good, *bad])
    assert rows(errors) == [len(good) + 2 + n for n in range(len(bad))]
    expected = "unique-error" if constraint == "unique" else "constraint-error"
    assert {(e.type, e.rule, e.field) for e in errors} <= {(expected, constraint, "x")}
