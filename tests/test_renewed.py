"""Changes of which one table is computed anew are those that would be computed whole."""

import pyarrow as pa
import pytest
from small_package import good_rows, good_tables, real_schemas

from pipelines.changes import CHANGES, changes, renewed
from pipelines.snapshot import Snapshot, snapshot

SCHEMAS = real_schemas()


def package(**rows: object) -> Snapshot:
    tables = {name: table for name, table in good_tables(SCHEMAS, {**good_rows(), **rows}).items() if name != CHANGES}  # type: ignore[dict-item]
    return snapshot(tables, {name: SCHEMAS[name] for name in tables})


LATER = package(
    ledger=[row | {"first_release": "0.1.0", "reason": "seen again"} for row in good_rows()["ledger"]][:-1],
)
GIVEN = package()
OTHER = package(vague_numbers=[{"words": "scores", "count_low": 40}], actors=good_rows()["actors"])


@pytest.mark.parametrize("old", [Snapshot(), GIVEN, OTHER], ids=["empty", "same", "other"])
def test_a_table_computed_anew_gives_the_whole(old: Snapshot) -> None:
    before = changes(old, GIVEN)
    whole = changes(old, LATER)
    assert renewed(before, "ledger", old, LATER).equals(whole)
    assert not before.equals(whole)
    assert whole.column("change_number").to_pylist() == list(range(1, whole.num_rows + 1))


def test_the_first_and_the_last_table_can_be_renewed() -> None:
    tables = dict(GIVEN.tables)
    for table in (min(tables), max(tables)):
        emptied = Snapshot(tables | {table: tables[table].slice(0, 0)}, GIVEN.declared)
        assert renewed(changes(Snapshot(), GIVEN), table, Snapshot(), emptied).equals(changes(Snapshot(), emptied))


def test_nothing_that_changed_is_nothing_anew() -> None:
    nothing = renewed(changes(GIVEN, GIVEN), "ledger", GIVEN, GIVEN)
    assert nothing.num_rows == 0
    assert nothing.schema.field("change_number").type == pa.int64()
