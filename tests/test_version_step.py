"""What changed decides the version, by the Data Package recipe; a smaller step is refused."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest

from pipelines.changes import changes
from pipelines.errors import InputError, UsageError
from pipelines.snapshot import Snapshot, arrow_types
from pipelines.version_step import at_least, demands, next_version

Declarations = dict[str, dict[str, Any]]
ABOUT = {"name": "small", "title": "Small", "description": "A package."}


def declarations() -> Declarations:
    count = {"name": "count", "type": "integer", "title": "Count", "constraints": {"minimum": 1, "maximum": 10}}
    outcome = {"name": "outcome", "type": "string", "title": "Outcome", "constraints": {"enum": ["killed", "wounded"], "required": True}}
    key = {"name": "fact_id", "type": "string", "title": "Fact", "constraints": {"pattern": "f[0-9]+"}}
    actor = {"name": "actor_id", "type": "string", "title": "Actor"}
    other = {"name": "other_id", "type": "string", "title": "Other"}
    reference = {"fields": ["actor_id"], "reference": {"resource": "actors", "fields": ["actor_id"]}}
    facts = {"title": "Facts", "x-kind": "fact", "primaryKey": ["fact_id"], "fields": [key, outcome, count, actor]}
    facts |= {"foreignKeys": [reference], "rowChecks": [{"sql": "count > 0", "message": "some"}]}
    return {
        "facts": {"name": "facts", **facts},
        "actors": {"name": "actors", "x-kind": "lexicon", "primaryKey": ["actor_id"], "fields": [actor, other]},
        "evidence": {"name": "evidence", "x-kind": "evidence", "primaryKey": ["other_id"], "fields": [other]},
    }


def rows() -> dict[str, list[dict[str, Any]]]:
    return {
        "facts": [{"fact_id": f"f{n}", "outcome": "killed", "count": n, "actor_id": "a"} for n in (1, 2)],
        "actors": [{"actor_id": "a", "other_id": "x"}, {"actor_id": "b"}],
        "evidence": [{"other_id": "1"}],
    }


def package(declared: Declarations, values: dict[str, list[dict[str, Any]]]) -> Snapshot:
    types = {table: {f["name"]: f["type"] for f in declared[table]["fields"]} for table in declared}
    kept = {table: [{c: row.get(c) for c in types[table]} for row in values.get(table, [])] for table in declared}
    return Snapshot({t: pa.Table.from_pylist(kept[t], schema=arrow_types(types[t])) for t in declared}, declared)


def column(declared: Declarations, name: str) -> dict[str, Any]:
    return next(f for f in declared["facts"]["fields"] if f["name"] == name)


@dataclass
class Parts:
    """What a change may touch."""

    declared: Declarations
    rows: dict[str, list[dict[str, Any]]]
    about: dict[str, Any]


Change = Callable[[Parts], object]


def constrain(name: str, **constraints: Any) -> Change:
    return lambda p: column(p.declared, name).setdefault("constraints", {}).update(constraints)


def relax(name: str, constraint: str) -> Change:
    return lambda p: column(p.declared, name)["constraints"].pop(constraint)


def declare(table: str, **properties: Any) -> Change:
    return lambda p: p.declared[table].update(properties)


NEW = {"name": "note", "type": "string", "title": "Note"}
# What happens to the package, the step that it needs, and words of the reason.
STEPS: list[tuple[str, Change, str | None, str]] = [
    ("nothing", lambda _: None, None, ""),
    ("a field added", lambda p: p.declared["facts"]["fields"].append(NEW), "major", "column facts.note added"),
    ("a field removed", lambda p: p.declared["facts"]["fields"].pop(2), "major", "column facts.count removed"),
    ("fields re-ordered", lambda p: p.declared["facts"]["fields"].reverse(), "major", "re-ordered"),
    ("a field retyped", lambda p: column(p.declared, "count").update(type="number"), "major", "type of facts.count"),
    ("a format changed", lambda p: column(p.declared, "count").update(format="bare"), "major", "format of facts.count"),
    ("a table removed", lambda p: p.declared.pop("evidence"), "major", "table evidence removed"),
    ("required", constrain("count", required=True), "major", "required of facts.count is harder"),
    ("unique", constrain("count", unique=True), "major", "unique of facts.count is harder"),
    ("a word of an enum less", constrain("outcome", enum=["killed"]), "major", "enum of facts.outcome is harder"),
    ("an enum where none was", constrain("actor_id", enum=["a", "b"]), "major", "enum of facts.actor_id is harder"),
    ("another pattern", constrain("fact_id", pattern="f[0-9]"), "major", "pattern of facts.fact_id is harder"),
    ("a minimum raised", constrain("count", minimum=2), "major", "minimum of facts.count is harder"),
    ("a maximum lowered", constrain("count", maximum=9), "major", "maximum of facts.count is harder"),
    ("another key", declare("facts", primaryKey=["fact_id", "outcome"]), "major", "primaryKey of facts"),
    (
        "a rule added",
        lambda p: p.declared["facts"]["rowChecks"].append({"sql": "count < 9", "message": "few"}),
        "major",
        "rule added (count < 9)",
    ),
    (
        "a foreign key added",
        lambda p: p.declared["evidence"].update(foreignKeys=p.declared["facts"]["foreignKeys"]),
        "major",
        "rule added (actor_id)",
    ),
    ("missing values", declare("facts", missingValues=["", "-"]), "major", "missingValues of facts"),
    ("an actor gone", lambda p: p.rows["actors"].pop(), "major", "1 row removed from actors"),
    ("another name", lambda p: p.about.update(name="large"), "major", "name of the package"),
    ("a table added", lambda p: p.declared.update(more=dict(p.declared["evidence"], name="more")), "minor", "table more added"),
    ("a fact added", lambda p: p.rows["facts"].append({"fact_id": "f3", "outcome": "killed"}), "minor", "1 row added to facts"),
    ("an actor added", lambda p: p.rows["actors"].append({"actor_id": "c"}), "minor", "1 row added to actors"),
    ("no longer required", relax("outcome", "required"), "minor", "required of facts.outcome is looser"),
    ("a word of an enum more", constrain("outcome", enum=["killed", "wounded", "missing"]), "minor", "enum of facts.outcome is looser"),
    ("any word", relax("outcome", "enum"), "minor", "enum of facts.outcome is looser"),
    ("any form", relax("fact_id", "pattern"), "minor", "pattern of facts.fact_id is looser"),
    ("a minimum lowered", constrain("count", minimum=0), "minor", "minimum of facts.count is looser"),
    ("a maximum raised", constrain("count", maximum=99), "minor", "maximum of facts.count is looser"),
    ("a rule gone", declare("facts", rowChecks=[]), "minor", "rule removed (count > 0)"),
    ("a foreign key gone", declare("facts", foreignKeys=[]), "minor", "rule removed (actor_id)"),
    (
        "another reference",
        lambda p: p.declared["facts"]["foreignKeys"][0]["reference"].update(fields=["other_id"]),
        "minor",
        "foreignKeys of facts changed",
    ),
    ("a value corrected", lambda p: p.rows["facts"][0].update(count=7), "patch", "1 row changed in facts"),
    ("a fact retracted", lambda p: p.rows["facts"].pop(), "patch", "1 row removed from facts"),
    ("evidence added", lambda p: p.rows["evidence"].append({"other_id": "2"}), "patch", "1 row added to evidence"),
    ("a table described", declare("facts", description="Each one."), "patch", "description of facts"),
    ("a field described", lambda p: column(p.declared, "count").update(description="How many."), "patch", "description of facts.count"),
    (
        "words of a rule",
        declare("facts", rowChecks=[{"sql": "count > 0", "message": "at least one"}]),
        "patch",
        "rowChecks of facts changed",
    ),
    ("how it is proved", lambda p: column(p.declared, "count").update({"x-evidence": "count"}), "patch", "x-evidence of facts.count"),
    ("the title of the package", lambda p: p.about.update(title="Small, and good"), "patch", "title of the package"),
]


@pytest.mark.parametrize(("change", "level", "why"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS])
def test_each_change_demands_its_step(change: Change, level: str | None, why: str) -> None:
    old = package(declarations(), rows())
    parts = Parts(copy.deepcopy(declarations()), rows(), dict(ABOUT))
    change(parts)
    new = package(parts.declared, parts.rows)
    found = demands(old, new, changes(old, new), (ABOUT, parts.about))
    assert (found[0].level if found else None) == level
    if level:
        assert any(why in demand.what and demand.level == level for demand in found), found
        expected = {"major": "2.0.0", "minor": "1.3.0", "patch": "1.2.4"}[level]
        assert next_version("1.2.3", found) == (expected, level)


def test_the_greatest_demand_decides() -> None:
    old = package(declarations(), rows())
    declared, values = copy.deepcopy(declarations()), rows()
    values["facts"][0]["count"] = 7
    values["facts"].append({"fact_id": "f3", "outcome": "killed"})
    declared["facts"]["fields"].append(NEW)
    new = package(declared, values)
    levels = [demand.level for demand in demands(old, new, changes(old, new), (ABOUT, ABOUT))]
    assert levels == ["major", "minor", "patch"]


def test_the_first_release() -> None:
    new = package(declarations(), rows())
    found = demands(Snapshot(), new, changes(Snapshot(), new), ({}, ABOUT))
    assert next_version(None, found) == ("0.1.0", "first")


@pytest.mark.parametrize("wanted", ["1.2.3", "1.2.9", "0.9.9"])
def test_a_smaller_step_is_refused_with_the_reason(wanted: str) -> None:
    old, values = package(declarations(), rows()), rows()
    values["facts"].append({"fact_id": "f3", "outcome": "killed"})
    new = package(declarations(), values)
    found = demands(old, new, changes(old, new), (ABOUT, ABOUT))
    with pytest.raises(UsageError, match=r"too small a step \(expected 1.3.0 or more: 1 row added to facts\)"):
        at_least(wanted, "1.3.0", found)
    assert [at_least(enough, "1.3.0", found) for enough in ("1.3.0", "2.0.0")] == ["1.3.0", "2.0.0"]


@pytest.mark.parametrize("text", ["", "1", "1.2", "v1.2.3", "1.2.3-dev", "01.2.3", "1.2.3\n", "1.2.x"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no version"):
        at_least(text, "1.3.0", [])
