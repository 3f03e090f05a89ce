"""Parquet files put together without unpacking hold the rows of all, for every reader; a single one is the same to the byte."""

import random
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.results.splice import splice

COLUMNS = pa.schema([("n", pa.int64()), ("s", pa.string()), ("d", pa.date32()), ("x", pa.float64()), ("b", pa.bool_())])


def table(rows: int, seed: int) -> pa.Table:
    rng = random.Random(seed)

    def maybe(value: object) -> object:
        return rng.choice([value, value, None])

    found = [
        {
            "n": maybe(rng.randrange(-(2**62), 2**62)),
            "s": maybe(rng.choice(["", "é" * rng.randrange(40), "same"])),
            "d": maybe(date(2025, 1, 1 + rng.randrange(28))),
            "x": maybe(rng.random()),
            "b": maybe(rng.random() < 0.5),
        }
        for _ in range(rows)
    ]
    return pa.Table.from_pylist(found, schema=COLUMNS)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=20), st.integers(1, 40), st.sampled_from(["zstd", "snappy", "none"]), st.booleans()
)
def test_all_rows_are_there(tmp_path_factory: pytest.TempPathFactory, sizes: list[int], group: int, compression: str, index: bool) -> None:
    folder = tmp_path_factory.mktemp("splice")
    tables = [table(size, number) for number, size in enumerate(sizes)]
    parts = [folder / f"{number}.parquet" for number in range(len(sizes))]
    for rows, path in zip(tables, parts, strict=True):
        pq.write_table(rows, path, compression=compression, row_group_size=group, write_page_index=index)
    splice(parts, folder / "whole.parquet")
    wanted = pa.concat_tables(tables)
    assert pq.read_table(folder / "whole.parquet").equals(wanted)
    read = duckdb.sql(f"SELECT * FROM read_parquet('{folder / 'whole.parquet'}')").to_arrow_table()
    assert read.to_pylist() == wanted.to_pylist()
    number = sum(sizes) // 2
    (found,) = duckdb.sql(
        f"SELECT count(*) FROM read_parquet('{folder / 'whole.parquet'}') WHERE n = {wanted['n'][number].as_py() or 0}"
    ).fetchall()
    assert found[0] == wanted["n"].to_pylist().count(wanted["n"][number].as_py() or 0)
    splice(parts[:1], folder / "one.parquet")
    assert (folder / "one.parquet").read_bytes() == parts[0].read_bytes()


@pytest.mark.parametrize("content", [b"", b"PAR1", b"x" * 100, b"\xff\xff\xff\x7fPAR1"])
def test_what_is_no_parquet_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(content)
    with pytest.raises((ValueError, OSError)):
        splice([tmp_path / "bad.parquet"], tmp_path / "whole.parquet")
