"""Tables that do not fit into memory: the same rows from a file, in the same batches, and nothing left behind."""

import gc
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines import spill
from pipelines.errors import UsageError
from pipelines.spill import ROW_GROUP, Index, connect, each_row, kept, numbered, pick, run, spilling, stored


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything goes to a file, in batches of seven rows."""
    monkeypatch.setattr(spill, "_SMALL", 0)
    monkeypatch.setattr(spill, "ROW_GROUP", 7)


def batches(*sizes: int) -> list[pa.RecordBatch]:
    """Batches of so many rows, numbered throughout."""
    ends = [sum(sizes[: n + 1]) for n in range(len(sizes))]
    return [pa.RecordBatch.from_pydict({"n": list(range(end - size, end))}) for end, size in zip(ends, sizes, strict=True)]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("sizes", [(3, 20, 1, 0, 7), (7, 7), (1,), (15,)])
def test_rows_come_back_in_batches_of_a_row_group(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    with spilling(tmp_path / "spill"):
        rows = kept(iter(batches(*sizes)), pa.schema([("n", pa.int64())]))
        assert not list((tmp_path / "spill").iterdir()), "the name of a file goes at once, so that a kill leaves none"
    total = sum(sizes)
    assert rows.column("n").to_pylist() == list(range(total))
    assert [b.num_rows for b in rows.to_batches()] == [7] * (total // 7) + ([total % 7] if total % 7 else [])
    assert not (tmp_path / "spill").exists()


@pytest.mark.usefixtures("small")
def test_a_file_is_given_back_with_its_table(tmp_path: Path) -> None:
    with spilling(tmp_path / "spill"):
        rows = kept(iter(batches(30)), pa.schema([("n", pa.int64())]))
        assert len(open_maps()) == 1
        spill.let_go()
        assert rows.column("n")[29].as_py() == 29, "what was let go is read again"
        del rows
        gc.collect()
        assert open_maps() == []


def open_maps() -> list[object]:
    return [mapped for one in spill._maps if (mapped := one()) is not None]


def test_few_rows_stay_in_memory(tmp_path: Path) -> None:
    with spilling(tmp_path / "spill"):
        rows = kept(iter(batches(30)), pa.schema([("n", pa.int64())]))
    assert rows.num_rows == 30
    assert open_maps() == []


def test_outside_of_it_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "_SMALL", 0)
    assert stored(iter(batches(2, 3)), pa.schema([("n", pa.int64())])).num_rows == 5
    assert open_maps() == []


def test_what_a_killed_run_left_is_removed_and_nothing_is_left_after_an_error(tmp_path: Path) -> None:
    (tmp_path / "spill").mkdir()
    (tmp_path / "spill" / "left.arrow").write_bytes(b"x")
    with pytest.raises(ZeroDivisionError), spilling(tmp_path / "spill"):
        assert not (tmp_path / "spill" / "left.arrow").exists()
        _ = 1 / 0
    assert not (tmp_path / "spill").exists()


def test_duckdb_works_within_the_limit_and_sorts_more_than_it(tmp_path: Path) -> None:
    with spilling(tmp_path / "spill", "64MB"), connect() as connection:
        (limit,) = connection.execute("SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'").fetchall()[0]
        assert limit == "61.0 MiB"
        rows = run(connection, "SELECT repeat('x', 60) || (i * 7919) % 1000003 AS word FROM range(1000000) AS r(i) ORDER BY word")
        assert rows.num_rows == 1_000_000
        assert rows.nbytes > 64_000_000


def test_too_little_memory_is_said_and_not_taken_for_a_fault_of_the_data(tmp_path: Path) -> None:
    told = pytest.raises(UsageError, match=r"--memory 10MB: too little for these rows \(expected more")
    with told, spilling(tmp_path / "spill", "10MB"), connect() as connection:
        run(connection, "SELECT string_agg(repeat('x', 100) || i, '') AS words FROM range(1000000) AS r(i)")
    assert not (tmp_path / "spill").exists()


@pytest.mark.parametrize("limit", ["64MB", "3GB"])
def test_the_inner_limit_holds(tmp_path: Path, limit: str) -> None:
    with spilling(tmp_path / "outer", "1GB"), spilling(tmp_path / "inner", limit), connect() as connection:
        (inner,) = connection.execute("SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'").fetchall()[0]
    assert inner == {"64MB": "61.0 MiB", "3GB": "2.7 GiB"}[limit]


def test_rows_are_numbered_from_one_and_picked_by_place() -> None:
    rows = numbered(pa.Table.from_batches(batches(3, 4, 5)))
    assert rows.column("_row").to_pylist() == list(range(1, 13))
    assert pick(rows, [0, 2, 3, 11]).column("n").to_pylist() == [0, 2, 3, 11]
    assert pick(rows, []).num_rows == 0
    assert [row["n"] for row in each_row(rows)] == list(range(12))


def test_an_index_finds_the_last_of_equal_values_and_no_null() -> None:
    column = pa.chunked_array([["b", "a", None], ["é", "b", ""]])
    index = Index(column)
    assert {value: index.at(value) for value in ("a", "b", "é", "", "c")} == {"a": 1, "b": 4, "é": 3, "": 5, "c": None}
    assert list(index) == ["", "a", "b", "b", "é"]
    assert Index(pa.chunked_array([], pa.string())).at("a") is None


def test_a_row_group_is_what_duckdb_reads_at_once() -> None:
    assert ROW_GROUP == 60 * 2048
