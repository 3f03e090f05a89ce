"""The Great Expectations suite: as long as what is declared, and every expectation can fail."""

import shutil
import sys
from datetime import date
from pathlib import Path

import pytest
from small_package import as_given, good_rows, good_tables

from pipelines.derive import expectations as made
from pipelines.derive.evaluator import Evaluator
from pipelines.errors import ToolError
from pipelines.schema import Schema

# One bad row for each kind of rule; the suite of each table is derived alike.
BAD = [
    ("articles", 1, "published_on", date(1800, 1, 1), "published_on", "minimum"),
    ("articles", 2, "article_id", "../up", "article_id", "pattern"),
    ("articles", 1, "text_sha256", None, "text_sha256", "required"),
    ("actors", 3, "actor_id", "A.navy", "actor_id", "unique"),
    ("casualty_estimates", 2, "outcome", "kiled", "outcome", "enum"),
    ("accuracy", 1, "recall", 2, "recall", "maximum"),
    ("accuracy", 2, "found", 9, None, "rowCheck 1"),
]


@pytest.fixture(scope="module")
def found(schemas: dict[str, Schema]) -> tuple[list[made.Finding], int]:
    rows = good_rows()
    rows["vague_numbers"] = []
    tables = good_tables(schemas, rows)
    for table, row, bad, value, _, _ in BAD:
        content = tables[table].to_pylist()
        content[row - 1][bad] = value
        tables[table] = as_given(schemas[table], content)
    return made.findings(tables, schemas)


def test_every_declared_expectation_is_evaluated(found: tuple[list[made.Finding], int], schemas: dict[str, Schema]) -> None:
    declared = 0
    for schema in schemas.values():
        declared += 2 + len(schema.row_checks)
        for f in schema.fields:
            declared += (
                schema.required(f) + f.unique + bool(f.enum) + (f.pattern is not None) + (f.minimum is not None) + (f.maximum is not None)
            )
    assert found[1] == declared


@pytest.mark.parametrize(("table", "row", "_bad", "_value", "column", "rule"), BAD)
def test_each_kind_of_rule_names_its_row(
    found: tuple[list[made.Finding], int], table: str, row: int, _bad: str, _value: object, column: str | None, rule: str
) -> None:
    assert (row, column) in {(f.row, f.column) for f in found[0] if f.table == table and f.rule == rule}


def test_an_empty_table_does_not_pass(found: tuple[list[made.Finding], int]) -> None:
    assert [(f.table, f.row, f.rule, f.value) for f in found[0] if f.table == "vague_numbers"] == [
        ("vague_numbers", None, "x-minimum-rows", 0)
    ]


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch, schemas: dict[str, Schema]) -> None:
    only = {table: schemas[table] for table in ("actors", "articles")}
    rows = good_rows()
    rows["actors"][4]["kind"] = "ship"
    tables = {table: good_tables(schemas, rows)[table] for table in only}
    whole = made.findings(tables, only)
    monkeypatch.setattr(made, "CHUNK", 2)
    assert made.findings(tables, only) == whole
    assert [(f.row, f.rule) for f in whole[0]] == [(5, "enum")]


def test_a_process_that_does_not_answer_is_a_broken_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with Evaluator() as evaluator:
        evaluator.start(tmp_path, tmp_path)
        with pytest.raises(ToolError, match="did not finish"):
            evaluator.findings()
