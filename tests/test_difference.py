"""The difference between two packages: applied to the old tables it gives the new ones, whatever these hold."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_package import as_given, good_tables, real_schemas

from pipelines.difference import Difference, TableDifference, compare

ACTORS = real_schemas()["actors"]
LINKS = real_schemas()["ceremony_participants"]
TABLES = good_tables(real_schemas())
KEYS = {name: schema.primary_key for name, schema in real_schemas().items()}

Row = dict[str, Any]


def only(difference: Difference) -> TableDifference:
    assert len(difference.tables) == 1
    return difference.tables[0]


def cells(table: TableDifference) -> list[tuple[str, str, str | None, str | None]]:
    return [(c["row_key"], c["column"], c["old"], c["new"]) for c in table.changed.to_pylist()]


def frozen(row: Row) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(row.items()))


def applied(old: pa.Table, difference: Difference, key: tuple[str, ...]) -> Counter[tuple[tuple[str, object], ...]]:
    """The old rows after the difference, without order."""
    rows = Counter(map(frozen, old.to_pylist()))
    if difference.empty:
        return rows
    table = only(difference)
    rows.subtract(map(frozen, table.removed.values.to_pylist()))
    assert min(rows.values(), default=0) >= 0
    by_key = {_written(dict(row), key): dict(row) for row in +rows}
    for row_key, column, was, value in cells(table):
        row = by_key[row_key]
        rows[frozen(row)] -= 1
        assert _text(row[column]) == was
        row[column] = None if value is None else int(value) if column in ("ordinal", "count") else value
        rows[frozen(row)] += 1
    rows.update(map(frozen, table.added.values.to_pylist()))
    return +rows


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _written(row: Row, key: tuple[str, ...]) -> str:
    parts = ["null" if row[c] is None else str(row[c]) for c in key]
    return ", ".join(p.replace("\\", "\\\\").replace(",", "\\,") for p in parts) if len(key) > 1 else parts[0]


words = st.sampled_from(["", "a", "b", "a, b", "b\\", ",", "ä\u202e", "it's", 'say "x"'])
actors = st.fixed_dictionaries({"actor_id": words, "name": words | st.none(), "kind": words | st.none()})
links = st.fixed_dictionaries({"fact_id": words, "ordinal": st.integers(1, 3), "role": words, "count": st.integers(0, 2) | st.none()})


@settings(max_examples=60, deadline=None)
@given(st.lists(actors, max_size=6), st.lists(actors, max_size=6))
def test_applying_the_difference_gives_the_new_table(one: list[Row], other: list[Row]) -> None:
    old, new = as_given(ACTORS, one), as_given(ACTORS, other)
    difference = compare({"actors": old}, {"actors": new}, {"actors": ACTORS.primary_key})
    assert applied(old, difference, ("actor_id",)) == Counter(map(frozen, new.to_pylist()))


@settings(max_examples=60, deadline=None)
@given(st.lists(links, max_size=6), st.lists(links, max_size=6))
def test_a_key_of_two_columns_is_told_apart(one: list[Row], other: list[Row]) -> None:
    old, new = as_given(LINKS, one), as_given(LINKS, other)
    difference = compare({LINKS.name: old}, {LINKS.name: new}, {LINKS.name: LINKS.primary_key})
    assert applied(old, difference, LINKS.primary_key) == Counter(map(frozen, new.to_pylist()))


@settings(max_examples=20, deadline=None)
@given(st.lists(actors, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_no_difference(rows: list[Row], random: Any) -> None:
    shuffled = random.sample(rows, len(rows))
    assert compare({"actors": as_given(ACTORS, rows)}, {"actors": as_given(ACTORS, shuffled)}, {"actors": ACTORS.primary_key}).empty


def test_equal_packages_do_not_differ() -> None:
    assert compare(TABLES, TABLES, KEYS).empty
    assert compare({}, {}, {}).empty


def test_a_changed_value_names_row_column_and_both_values() -> None:
    rows = TABLES["casualty_estimates"].to_pylist()
    rows[0] |= {"count_stated": 13, "reported_on": date(2031, 3, 5), "basis": None}
    new = TABLES | {"casualty_estimates": as_given(real_schemas()["casualty_estimates"], rows)}
    table = only(compare(TABLES, new, KEYS))
    assert (table.table, table.state, table.changed_rows, table.added.keys, table.removed.keys) == ("casualty_estimates", "kept", 1, (), ())
    was = TABLES["casualty_estimates"].to_pylist()[0]
    expected = {"count_stated": (_text(was["count_stated"]), "13"), "reported_on": (_text(was["reported_on"]), "2031-03-05")}
    expected["basis"] = ("none given", None)
    assert {(key, column): (old, new) for key, column, old, new in cells(table)} == {
        (rows[0]["fact_id"], c): v for c, v in expected.items()
    }


def test_a_table_on_one_side_only_comes_or_goes_whole() -> None:
    without = {name: rows for name, rows in TABLES.items() if name != "actors"}
    added, removed = only(compare(without, TABLES, KEYS)), only(compare(TABLES, without, KEYS))
    assert (added.state, removed.state) == ("added", "removed")
    assert added.added.keys == removed.removed.keys == tuple(sorted(TABLES["actors"].column("actor_id").to_pylist()))
    assert added.added.values.equals(TABLES["actors"])


def test_an_empty_table_that_comes_is_told() -> None:
    empty = TABLES["actors"].slice(0, 0)
    assert only(compare({}, {"actors": empty}, KEYS)).state == "added"
    assert compare({"actors": empty}, {"actors": empty}, KEYS).empty
    assert only(compare({}, {"nothing": pa.table({})}, {})).state == "added"


def test_columns_that_came_went_or_have_another_type() -> None:
    old = pa.table({"actor_id": ["a", "b"], "name": ["1", "x"], "gone": [1, 2]})
    new = pa.table({"actor_id": ["a", "b"], "name": pa.array([1, None], pa.int64()), "kind": ["k", None]})
    table = only(compare({"actors": old}, {"actors": new}, {"actors": ACTORS.primary_key}))
    assert [(c.column, c.kind, c.old, c.new) for c in table.columns] == [
        ("name", "retyped", "string", "int64"),
        ("kind", "added", None, "string"),
        ("gone", "removed", "int64", None),
    ]
    assert cells(table) == [("a", "kind", None, "k"), ("b", "name", "x", None)]


def test_numbers_of_another_type_are_compared_as_numbers() -> None:
    old = pa.table({"actor_id": ["a"], "name": pa.array([12], pa.int64())})
    new = pa.table({"actor_id": ["a"], "name": pa.array([Decimal("12.0000")], pa.decimal128(18, 4))})
    table = only(compare({"actors": old}, {"actors": new}, {"actors": ACTORS.primary_key}))
    assert (table.changed.num_rows, [c.kind for c in table.columns]) == (0, ["retyped"])


def test_a_key_that_one_side_lacks_matches_no_row() -> None:
    old = pa.table({"name": ["x"]})
    table = only(compare({"actors": old}, {"actors": TABLES["actors"].select(["actor_id", "name"])}, {"actors": ACTORS.primary_key}))
    assert (len(table.removed.values), len(table.added.values), table.changed.num_rows) == (1, TABLES["actors"].num_rows, 0)


def test_rows_of_a_table_without_a_schema_are_compared_whole() -> None:
    table = only(compare({"x": pa.table({"a": [1, 1, 2]})}, {"x": pa.table({"a": [1, 2, 2]})}, {}))
    assert (table.removed.keys, table.added.keys) == (("1",), ("2",))


def test_rows_whose_key_repeats_are_compared_whole() -> None:
    old = as_given(ACTORS, [{"actor_id": "a", "name": n} for n in ("x", "y")])
    new = as_given(ACTORS, [{"actor_id": "a", "name": n} for n in ("x", "z", "z")])
    table = only(compare({"actors": old}, {"actors": new}, {"actors": ACTORS.primary_key}))
    assert [r["name"] for r in table.removed.values.to_pylist()] == ["y"]
    assert [r["name"] for r in table.added.values.to_pylist()] == ["z", "z"]


@pytest.mark.parametrize("name", ['a"; DROP TABLE old; --', "AT", "times", "o0", "'", "ACTOR_ID", "a\x00b"])
def test_hostile_names_of_columns_are_only_names(name: str) -> None:
    old, new = (pa.table({"actor_id": ["a"], name: [value]}) for value in ("1", "2"))
    assert cells(only(compare({"actors": old}, {"actors": new}, {"actors": ACTORS.primary_key}))) == [("a", name, "1", "2")]


def test_a_column_that_stands_twice_does_not_stop_it() -> None:
    twice = pa.table([["a"], ["1"], ["2"]], names=["actor_id", "name", "name"])
    assert compare({"actors": twice}, {"actors": twice}, {"actors": ACTORS.primary_key}).empty
    assert not compare({"actors": twice}, {"actors": pa.table({"actor_id": ["b"], "name": ["1"]})}, {"actors": ACTORS.primary_key}).empty
