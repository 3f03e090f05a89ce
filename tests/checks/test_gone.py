"""What is asked of whole tables of two releases: nulls, rows that stand twice, columns that an older ledger lacks, and chains of merges."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from small_package import real_schemas

from pipelines.checks import gone
from pipelines.checks.continuity import check_continuity, without_told
from pipelines.spill import spilling

SCHEMAS = real_schemas()
TABLE = "casualty_estimates"
RETRACTED = {"status": "retracted", "reason": "misread"}


def facts(*names: str | None) -> pa.Table:
    return pa.table({"fact_id": pa.array(names, pa.string())})


def ledger(*lives: tuple[str | None, dict[str, str]]) -> pa.Table:
    columns = ("table_name", "extractor", "status", "reason", "merged_into")
    rows = [{"fact_id": fact, **dict.fromkeys(columns), **life} for fact, life in lives]
    return pa.Table.from_pylist(rows, pa.schema([(c, pa.string()) for c in ("fact_id", *columns)]))


def lost(new: dict[str, pa.Table], last: dict[str, pa.Table]) -> list[dict[str, Any]]:
    return gone.vanished(TABLE, new, last).to_pylist()


def test_facts_that_vanished_come_in_the_order_of_the_table_each_as_often_as_it_stood() -> None:
    last = {TABLE: facts("d", "b", None, "a", "b"), "ledger": ledger(("b", {"extractor": "x@1"}), ("b", {"extractor": "x@2"}))}
    new = {TABLE: facts("a"), "ledger": ledger(("d", RETRACTED))}
    assert [tuple(row.values()) for row in lost(new, last)] == [
        ("d", None, True),
        ("b", "x@2", False),
        (None, None, False),
        ("b", "x@2", False),
    ]
    assert lost({TABLE: facts(None, "b", "d", "a")}, last) == []


@pytest.mark.parametrize(
    ("life", "told", "away"),
    [
        (RETRACTED, True, True),
        (RETRACTED | {"status": "stale"}, True, True),
        (RETRACTED | {"reason": ""}, False, False),
        ({"status": "retracted"}, False, False),
        (RETRACTED | {"status": "candidate"}, False, False),
        ({"status": "candidate", "reason": "twice", "merged_into": "b"}, True, False),
        ({"reason": "twice", "merged_into": "b"}, True, False),
        ({"reason": "twice", "merged_into": ""}, False, False),
        ({"merged_into": "b"}, False, False),
    ],
)
def test_what_the_ledger_tells(life: dict[str, str], told: bool, away: bool) -> None:
    new, last = {TABLE: facts(), "ledger": ledger(("a", life))}, {TABLE: facts("a")}
    assert [row["told"] for row in lost(new, last)] == [told]
    assert gone.told(new, last, SCHEMAS).to_pylist() == ["a"] * away
    assert gone.told(new, {TABLE: facts("b")}, SCHEMAS).to_pylist() == []


def test_the_last_row_of_a_fact_in_the_ledger_counts() -> None:
    last = {TABLE: facts("a")}
    for lives, told in ((({}, RETRACTED), True), ((RETRACTED, {}), False)):
        new = {TABLE: facts(), "ledger": ledger(*(("a", life) for life in lives))}
        assert [row["told"] for row in lost(new, last)] == [told]
        assert len(gone.told(new, last, SCHEMAS)) == told


def test_a_ledger_of_an_older_release_may_lack_columns_or_hold_nothing_but_nulls() -> None:
    old = {TABLE: facts("a"), "ledger": pa.table({"fact_id": ["a", "z"]})}
    empty = pa.table({"fact_id": ["a"], "status": pa.nulls(1), "reason": pa.nulls(1), "merged_into": pa.nulls(1)})
    assert lost({TABLE: facts(), "ledger": empty}, old) == [{"fact_id": "a", "extractor": None, "told": False}]
    assert [life["fact_id"] for life in gone.forgotten({"ledger": empty}, old, SCHEMAS)] == ["z"]
    assert gone.lives_of(old, ["a"])["a"]["status"] is None


def test_a_life_that_was_forgotten_is_told_once_as_it_was_last_in_the_order_of_its_ledger() -> None:
    was = ledger(("z", {"status": "stale"}), ("b", RETRACTED), ("a", {}), ("z", RETRACTED), ("stood", {}))
    last = {TABLE: facts("stood"), "ledger": was}
    assert [(life["fact_id"], life["status"]) for life in gone.forgotten({"ledger": ledger(("a", {}))}, last, SCHEMAS)] == [
        ("z", "retracted"),
        ("b", "retracted"),
    ]
    assert len(list(gone.forgotten({}, last, SCHEMAS))) == 3


@pytest.mark.parametrize(
    ("merges", "broken"),
    [
        ({"a": "stands"}, []),
        ({"a": "b", "b": "c", "c": "stands"}, []),
        ({"a": "b", "b": "c", "c": "a"}, ["a -> b -> c -> a", "b -> c -> a -> b", "c -> a -> b -> c"]),
        ({"a": "b", "b": "b"}, ["a -> b -> b", "b -> b"]),
        ({"c": "b", "b": "none"}, ["c -> b -> none", "b -> none"]),
        ({"a": ""}, ["a -> "]),
    ],
)
def test_chains_of_merges(merges: dict[str, str], broken: list[str]) -> None:
    tables = {TABLE: facts("stands"), "ledger": ledger(*((fact, RETRACTED | {"merged_into": into}) for fact, into in merges.items()))}
    assert [p.value for p in check_continuity(tables, tables, SCHEMAS, ())] == broken


def test_a_merge_into_a_fact_that_is_gone_and_was_not_merged_on() -> None:
    tables = {TABLE: facts("stands"), "ledger": ledger(("a", RETRACTED | {"merged_into": "b"}), ("b", RETRACTED))}
    assert [p.value for p in check_continuity(tables, tables, SCHEMAS, ())] == ["a -> b"]


def test_a_key_that_is_missing_keeps_its_type_and_its_place() -> None:
    last = pa.table({"key": pa.array([3, None, 1, 2, 3], pa.int64())})
    assert gone.missing("key", pa.table({"key": pa.array([2], pa.int64())}), last).to_pylist() == [3, None, 1, 3]
    assert gone.missing("key", pa.table({"key": ["1", "2", "3", None]}), last).to_pylist() == [3, None, 1, 2, 3]
    assert gone.missing("key", last, last).to_pylist() == []


def test_a_value_where_there_was_none_is_no_correction() -> None:
    last = pa.table({"fact_id": ["a", "b"], "count_stated": pa.array([None, 7], pa.int64())})
    new = pa.table({"fact_id": ["a", "b"], "count_stated": pa.array([5, None], pa.int64())})
    found = check_continuity({TABLE: new}, {TABLE: last}, SCHEMAS, ())
    assert [(p.row, p.value) for p in found if p.rule == "silent correction"] == [("b", "count_stated was 7, is None")]


def test_large_tables_are_compared_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.spill._SMALL", 100)
    names = [f"f{n:05}" for n in range(5000)]
    lives = ledger(*((fact, RETRACTED if fact == "f00007" else {}) for fact in names))
    last = {TABLE: facts(*names), "ledger": ledger(*((fact, {}) for fact in names)), "evidence": facts(*names, *names)}
    new = {TABLE: facts(*(fact for fact in names if fact not in ("f00007", "f00009"))), "ledger": lives}
    with spilling(tmp_path / "spill"):
        left = without_told(new, last, SCHEMAS)
        assert left[TABLE].to_pylist() == facts(*(fact for fact in names if fact != "f00007")).to_pylist()
        assert left["evidence"].num_rows == 9998 and left["ledger"] is last["ledger"]
        assert [p.row for p in check_continuity(new, {t: last[t] for t in new}, SCHEMAS, ())] == ["f00009"]
