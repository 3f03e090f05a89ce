"""Changes applied to a package give the next one, whatever happened between them; and they refuse every other package."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_package import good_tables, real_schemas

from pipelines import changelog
from pipelines.as_of import write_history
from pipelines.changes import CHANGES, apply, changes
from pipelines.derive.logical import logical_hash
from pipelines.errors import DataError
from pipelines.history import History, Release, read_changes
from pipelines.package import write_csv, write_parquet
from pipelines.snapshot import Snapshot, arrow_types, snapshot

SCHEMAS = {name: schema for name, schema in real_schemas().items() if name != CHANGES}
GOOD = snapshot({name: rows for name, rows in good_tables(real_schemas()).items() if name != CHANGES}, SCHEMAS)

# --- packages that grow at random -------------------------------------------------------------------------------------------

WORDS = st.one_of(st.none(), st.sampled_from(["a", "b, c", "d\\", 'e "f"', "g\nh", "null", "{}", "'", "ü → ж", " "]))
VALUES = {
    "string": WORDS,
    "integer": st.one_of(st.none(), st.integers(-(2**40), 2**40)),
    "number": st.one_of(st.none(), st.integers(-(10**6), 10**6).map(lambda n: Decimal(n) / 10000)),
    "date": st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2100, 1, 1))),
    "boolean": st.sampled_from([None, True, False]),
}
# A type that every value of the other can be cast to.
WIDER = {"integer": ("string", "number"), "number": ("string",), "date": ("string",), "boolean": ("string",), "string": ()}
LEDGER = {"fact_id": "string", "status": "string", "reason": "string", "merged_into": "string"}
Table = dict[str, Any]


def new_table(key: Mapping[str, str], columns: Mapping[str, str]) -> Table:
    return {"types": dict(key) | dict(columns), "key": tuple(key), "rows": {}, "title": "A table"}


def as_snapshot(state: Mapping[str, Table]) -> Snapshot:
    """The package of the state, in no particular order of rows."""
    tables, declared = {}, {}
    for name, table in state.items():
        fields = [{"name": column, "type": kind, "title": column} for column, kind in table["types"].items()]
        declared[name] = {"name": name, "title": table["title"], "fields": fields, "primaryKey": list(table["key"])}
        tables[name] = pa.Table.from_pylist(list(table["rows"].values()), schema=arrow_types(table["types"]))
    return Snapshot(tables, declared)


@st.composite
def steps_of_state(draw: st.DrawFn, state: dict[str, Table]) -> dict[str, Table]:
    """The state after a few things happened to it."""
    state = {name: {**t, "types": dict(t["types"]), "rows": {k: dict(r) for k, r in t["rows"].items()}} for name, t in state.items()}
    for what in draw(
        st.lists(
            st.sampled_from(["add", "add", "correct", "retract", "merge", "column", "drop", "retype", "order", "table", "words"]),
            max_size=6,
        )
    ):
        happen(draw, state, what)
    return state


def happen(draw: st.DrawFn, state: dict[str, Table], what: str) -> None:
    facts, lives = state["facts"], state["ledger"]["rows"]
    standing = sorted(facts["rows"])
    free = [c for c in facts["types"] if c not in facts["key"]]
    if what == "add":
        identifier = f"f{len(lives)}"
        facts["rows"][identifier] = {"fact_id": identifier} | {c: draw(VALUES[facts["types"][c]]) for c in free}
        lives[identifier] = {"fact_id": identifier, "status": "candidate", "reason": None, "merged_into": None}
    elif what == "correct" and standing and free:
        identifier, column = draw(st.sampled_from(standing)), draw(st.sampled_from(free))
        facts["rows"][identifier][column] = draw(VALUES[facts["types"][column]])
        lives[identifier] |= {"status": "corrected", "reason": draw(st.sampled_from(["read again", "a, b"]))}
    elif what in ("retract", "merge") and standing:
        identifier = draw(st.sampled_from(standing))
        del facts["rows"][identifier]
        lives[identifier] |= {
            "status": "retracted",
            "reason": "gone",
            "merged_into": draw(st.sampled_from(standing)) if what == "merge" else None,
        }
    elif what == "column":
        name, kind = f"c{draw(st.integers(0, 3))}", draw(st.sampled_from(sorted(VALUES)))
        if name not in facts["types"]:
            facts["types"][name] = kind
            for row in facts["rows"].values():
                row[name] = draw(VALUES[kind])
    elif what == "drop" and free:
        column = draw(st.sampled_from(free))
        del facts["types"][column]
        for row in facts["rows"].values():
            del row[column]
    elif what == "retype" and (narrow := [c for c in free if WIDER[facts["types"][c]]]):
        column = draw(st.sampled_from(narrow))
        kind = draw(st.sampled_from(WIDER[facts["types"][column]]))
        facts["types"][column] = kind
        for row in facts["rows"].values():
            row[column] = draw(VALUES[kind])
    elif what == "order":
        facts["types"] = {c: facts["types"][c] for c in draw(st.permutations(list(facts["types"])))}
    elif what == "table":
        if "others" in state and draw(st.booleans()):
            del state["others"]
        else:
            state["others"] = new_table({"one": "integer", "two": "string"}, {"value": "string"})
            for n in range(draw(st.integers(0, 3))):
                state["others"]["rows"][n] = {"one": n, "two": draw(WORDS.filter(lambda w: w is not None)), "value": draw(WORDS)}
    elif what == "words":
        facts["title"] = draw(st.sampled_from(["A table", "Facts, all of them"]))


@st.composite
def histories(draw: st.DrawFn) -> list[Snapshot]:
    """Two to five states of a package, each grown from the one before."""
    state = {"facts": new_table({"fact_id": "string"}, {"count": "integer"}), "ledger": new_table({"fact_id": "string"}, {})}
    state["ledger"]["types"] = dict(LEDGER)
    states = []
    for _ in range(draw(st.integers(2, 5))):
        state = draw(steps_of_state(state))
        states.append(as_snapshot(state))
    return states


def same(one: Snapshot, other: Snapshot) -> bool:
    return one.logical_hashes() == other.logical_hashes() and one.declared == other.declared


QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@QUICK
@given(states=histories())
def test_the_changes_of_each_step_give_the_next_package(states: list[Snapshot], tmp_path: Path) -> None:
    before = Snapshot()
    for state in states:
        steps = changes(before, state)
        write_csv(steps, tmp_path / "changes.csv")
        write_parquet(steps, tmp_path / "changes.parquet")
        read = read_changes(tmp_path / "changes.csv")
        assert read.equals(steps.cast(read.schema)) and read_changes(tmp_path / "changes.parquet").equals(read)
        assert same(apply(read, before), state)
        assert (steps.num_rows == 0) == same(before, state)
        before = state


@QUICK
@given(states=histories())
def test_every_past_release_can_be_asked_for_in_one_database(states: list[Snapshot]) -> None:
    history = History()
    for n, state in enumerate(states):
        release = Release(f"0.{n}.0", None, date(2031, 1, 1 + n), "minor", (), None, {}, {}, {}, {}, {})
        history = history.followed_by(release, changes(history.last, state))
    with duckdb.connect() as connection:
        write_history(connection, history)
        for release, state in zip(history.releases, states, strict=True):
            for table in state.tables:
                source = f"as_of_release('{release.version}', table_name := '{table}')"
                found = connection.execute(logical_hash(state.types(table), source)).fetchall()[0][0]
                assert f"sha256:{found}" == state.logical_hashes()[table], (release.version, table)
                assert connection.sql(f"FROM {source}").columns == list(state.types(table))


@QUICK
@given(states=histories())
def test_changes_of_another_package_are_refused_or_do_the_same(states: list[Snapshot]) -> None:
    """What fits by chance may be applied; what removes or changes a row that is not there, or other than it was, may not."""
    first, second = states[0], states[-1]
    steps = changes(first, second)
    try:
        made = apply(steps, second)
    except DataError as error:
        assert "is not what the changes begin with" in str(error)
    else:
        assert same(made, second) or steps.num_rows == 0


# --- the small package ------------------------------------------------------------------------------------------------------


def test_the_first_release_adds_everything() -> None:
    steps = changes(Snapshot(), GOOD)
    assert set(steps.column("op").to_pylist()) == {"declare", "add"}
    assert same(apply(steps, Snapshot()), GOOD)
    assert steps.column("change_number").to_pylist() == list(range(1, steps.num_rows + 1))


def corrected(reason: str = "the next sentence says so") -> Snapshot:
    """The package with one count corrected, and the ledger that says why."""
    estimates, ledger = (GOOD.tables[t].to_pylist() for t in ("casualty_estimates", "ledger"))
    fact = estimates[0]["fact_id"]
    estimates[0]["count_stated"] = 13
    for life in ledger:
        if life["fact_id"] == fact:
            life |= {"status": "corrected", "reason": reason}
    tables = {
        t: pa.Table.from_pylist(rows, schema=GOOD.tables[t].schema) for t, rows in (("casualty_estimates", estimates), ("ledger", ledger))
    }
    return Snapshot({**GOOD.tables, **tables}, GOOD.declared)


def test_a_correction_is_one_step_with_its_reason() -> None:
    steps = changes(GOOD, corrected()).to_pylist()
    (step,) = [s for s in steps if s["table_name"] == "casualty_estimates"]
    assert (step["op"], step["column_name"], step["new"], step["reason"]) == ("change", "count_stated", "13", "the next sentence says so")
    # A reason that was given before says nothing of a change that comes later.
    again = changes(corrected(), GOOD).to_pylist()
    assert {s["reason"] for s in again if s["table_name"] == "casualty_estimates"} == {None}


def test_a_row_is_a_json_object_of_its_values_without_those_that_are_null() -> None:
    steps = changes(Snapshot(), GOOD).to_pylist()
    step = next(s for s in steps if s["table_name"] == "discrepancies" and s["op"] == "add")
    row = GOOD.tables["discrepancies"].to_pylist()[0]
    assert json.loads(step["new"]) == {k: str(v) for k, v in row.items() if v is not None}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda s: s.set_column(5, "old", pc.if_else(pc.equal(s["op"], "change"), pa.scalar("9"), s["old"])), "the value of"),
        (
            lambda s: s.set_column(2, "row_key", pc.if_else(pc.equal(s["op"], "change"), pa.scalar("nobody"), s["row_key"])),
            "a row that changes",
        ),
        (
            lambda s: s.set_column(4, "column_name", pc.if_else(pc.equal(s["op"], "change"), pa.scalar("nothing"), s["column_name"])),
            "the column nothing",
        ),
    ],
)
def test_forged_changes_are_refused(change: Any, named: str) -> None:
    with pytest.raises(DataError, match=named):
        apply(change(changes(GOOD, corrected())), GOOD)


def test_a_key_of_other_columns_takes_all_rows_out_and_puts_them_back() -> None:
    types = {"a": "integer", "b": "integer"}
    rows = pa.table({"a": [1, 2], "b": [3, 4]}, schema=arrow_types(types))
    fields = [{"name": c, "type": "integer"} for c in types]
    one, other = (Snapshot({"t": rows}, {"t": {"name": "t", "fields": fields, "primaryKey": key}}) for key in ("a", ["b"]))
    steps = changes(one, other)
    assert sorted(steps.column("op").to_pylist()) == ["add", "add", "declare", "remove", "remove"]
    assert same(apply(steps, one), other)


def test_the_changelog_says_a_reason_once_for_a_row() -> None:
    reason, other = "the next sentence says so", "the date was misread"
    told = [
        ("deployments", "f1", "origin_text", None, "North", reason),
        ("deployments", "f1", "origin_id", None, "NOR", reason),
        ("deployments", "f1", "review_status", "candidate", "corrected", reason),
        ("deployments", "f2", "origin_id", None, "NOR", reason),
        ("deployments", "f1", "arrived_on", "2031-03-01", "2031-03-02", other),
        ("deployments", "f3", "status", "sent", "arrived", None),
        ("ledger", "f1", "reason", None, reason, reason),
    ]
    names = ("table_name", "row_key", "column_name", "old", "new", "reason")
    steps = pa.Table.from_pylist([{"op": "change", **dict(zip(names, step, strict=True))} for step in told])
    assert list(changelog._corrected(steps)) == [
        f"`deployments` f1 `origin_text`: nothing → North, `origin_id`: nothing → NOR ({reason})",
        f"`deployments` f2 `origin_id`: nothing → NOR ({reason})",
        f"`deployments` f1 `arrived_on`: 2031-03-01 → 2031-03-02 ({other})",
    ]
