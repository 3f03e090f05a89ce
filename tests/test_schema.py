"""schemas/ is read strictly: whatever is not understood is refused with its place."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.derive.sql import rules
from pipelines.errors import ToolError
from pipelines.portable import portable
from pipelines.schema import Schema, load_schemas

GOOD: dict[str, Any] = {
    "name": "pairs",
    "title": "Pairs",
    "description": "One row is a pair.",
    "x-kind": "lexicon",
    "fields": [
        {
            "name": "pair_id",
            "type": "string",
            "title": "Pair",
            "description": "Key.",
            "constraints": {"required": True, "pattern": "[a-z]+"},
        },
        {"name": "other_id", "type": "string", "title": "Other", "description": "Another pair."},
        {"name": "born_on", "type": "date", "title": "Born", "description": "Day.", "constraints": {"minimum": "1900-01-01"}},
    ],
    "primaryKey": ["pair_id"],
    "foreignKeys": [{"fields": ["other_id"], "reference": {"resource": "", "fields": ["pair_id"]}}],
    "rowChecks": [{"sql": "pair_id <> other_id", "message": "a pair is of two"}],
}


def load(folder: Path, schema: dict[str, Any]) -> dict[str, Schema]:
    (folder / "pairs.json").write_text(json.dumps(schema), encoding="utf-8")
    return load_schemas(folder)


def test_a_schema_is_read_whole(tmp_path: Path) -> None:
    pairs = load(tmp_path, GOOD)["pairs"]
    assert [f.duckdb for f in pairs.fields] == ["VARCHAR", "VARCHAR", "DATE"]
    assert pairs.fields[0].pattern == "[a-z]+"
    assert pairs.foreign_keys[0].table == "pairs"
    assert pairs.row_checks[0].message == "a pair is of two"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.update(fieldz=[]), "'fieldz' is unknown .*did you mean 'fields'"),
        (lambda s: s["fields"][0].update(typ="string"), r"fields\[0\] key: 'typ' is unknown .*did you mean 'type'"),
        (lambda s: s["fields"][0]["constraints"].update(requird=True), "did you mean 'required'"),
        (lambda s: s["fields"][0].update(type="text"), "'text' is unknown"),
        (lambda s: s["fields"][1].update(name="otherId"), "snake_case"),
        (lambda s: s["fields"][1].update(name="pair_id"), "declared twice"),
        (lambda s: s["fields"][0]["constraints"].update(enum=["a", None]), "enum: .*expected words"),
        (lambda s: s["fields"][0]["constraints"].update(enum=[1]), "enum: .*expected words"),
        (lambda s: s["fields"][0]["constraints"].update(pattern="[a-z"), "does not compile"),
        (lambda s: s["fields"][0]["constraints"].update(pattern=r"\d+"), "read differently"),
        (lambda s: s["fields"][2]["constraints"].update(minimum="1900-02-30"), "no bound"),
        (lambda s: s["fields"][0].update({"x-evidence": "exact"}), "x-evidence: 'exact' is unknown"),
        (lambda s: s["foreignKeys"][0]["reference"].update(resource="pears"), "did you mean 'pairs'"),
        (lambda s: s["foreignKeys"][0]["reference"].update(fields=["pair"]), "did you mean 'pair_id'"),
        (lambda s: s.update(primaryKey=["id"]), "primaryKey: 'id' is unknown"),
        (lambda s: s.update({"x-kind": "fact"}), "a fact table has the key fact_id"),
        (lambda s: s.update({"x-kind": "link"}), "x-parent"),
        (lambda s: s.update(name="pair"), "expected 'pairs'"),
        (lambda s: s.pop("title"), "'title' is missing"),
    ],
)
def test_what_is_not_understood_is_refused(tmp_path: Path, change: Any, words: str) -> None:
    schema = json.loads(json.dumps(GOOD))
    change(schema)
    with pytest.raises(ToolError, match=words) as caught:
        load(tmp_path, schema)
    assert str(caught.value).startswith("schemas/pairs.json")


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pairs.json").write_text('{"name": "pairs", "name": "pairs"}', encoding="utf-8")
    with pytest.raises(ToolError, match="stands twice"):
        load_schemas(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="no table is declared"):
        load_schemas(tmp_path)


@pytest.mark.parametrize(
    "pattern", ["[A-Za-z0-9][A-Za-z0-9._-]*", "f[0-9a-f]{16}", "[a-z]{2,3}(-[A-Z]+)*", r"human|[a-z_]+@[0-9]+\.[0-9]+", ""]
)
def test_portable_patterns(pattern: str) -> None:
    assert portable(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["a.b", "^a", "a$", r"\d", r"\w", "a+?", "a++", "(?:a)", "(?i)a", "[a-z-[aeiou]]", "[a&&b]", "[^a]", "a{2000}", "(a", r"\p{L}"],
)
def test_patterns_that_mean_different_things(pattern: str) -> None:
    assert not portable(pattern)


def test_every_rule_of_the_repository_binds_in_duckdb(schemas: dict[str, Schema]) -> None:
    with duckdb.connect() as connection:
        for schema in schemas.values():
            columns = ", ".join(f"CAST(NULL AS {f.duckdb}) AS {f.name}" for f in schema.fields)
            for rule in rules(schema):
                kind = connection.execute(f"SELECT typeof(({rule.sql})) FROM (SELECT {columns})").fetchall()
                assert kind == [("BOOLEAN",)], (schema.name, rule)
