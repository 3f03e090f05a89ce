"""The package read from its address, over http on loopback, by stock tools: frictionless, DuckDB with httpfs, pandas."""

import urllib.error
import urllib.request
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from stock.environments import answer, program, run
from stock.range_server import serving
from stock.test_descriptors import plain

from pipelines.paths import Paths

# The extension is inside its wheel: nothing is downloaded.
DUCKDB = """
import importlib.util, json, pathlib, sys, duckdb
folder = pathlib.Path(importlib.util.find_spec("duckdb_extension_httpfs").submodule_search_locations[0])
connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
connection.execute(f"LOAD '{next(folder.rglob('httpfs.duckdb_extension'))}'")
print(json.dumps([duckdb.__version__, connection.execute(sys.argv[1]).fetchall()], default=str))
"""
PANDAS = """
import json, sys, pandas
parquet = pandas.read_parquet(sys.argv[1] + ".parquet", dtype_backend="numpy_nullable")
csv = pandas.read_csv(sys.argv[1] + ".csv", dtype_backend="numpy_nullable")
plain = lambda frame: json.loads(frame.astype(object).where(frame.notna(), None).to_json(orient="records", date_format="iso", default_handler=str))
print(json.dumps([plain(parquet), plain(csv)]))
"""


def test_frictionless_validates_the_address(whole: Paths) -> None:
    with serving(whole.root) as served:
        done = run([program("stock", "frictionless"), "validate", f"{served.address}/datapackage.json"], whole.root.parent)
    assert done.returncode == 0, done.stdout
    assert {"/datapackage.json", "/data/tables/evidence.csv", "/data/tables/evidence.parquet"} <= set(served.bytes)


def test_frictionless_reads_every_part_from_the_address(in_parts: Paths) -> None:
    with serving(in_parts.root) as served:
        done = run([program("stock", "frictionless"), "validate", f"{served.address}/datapackage.json"], in_parts.root.parent)
    assert done.returncode == 0, done.stdout
    assert {f"/data/tables/{path.name}" for path in in_parts.tables.glob("evidence-*.csv")} <= set(served.bytes)


def test_frictionless_refuses_what_was_changed_there(damaged: Paths) -> None:
    path = damaged.tables / "vague_numbers.csv"
    path.write_bytes(path.read_bytes().replace(b"24", b"25"))
    with serving(damaged.root) as served:
        done = run([program("stock", "frictionless"), "validate", f"{served.address}/datapackage.json"], damaged.root.parent)
    assert done.returncode == 1


def test_duckdb_reads_the_tables_at_their_address(whole: Paths) -> None:
    columns = "fact_id, outcome, count_stated, reported_on"
    with serving(whole.root) as served:
        source = f"{served.address}/data/tables/casualty_estimates"
        query = f"SELECT {columns} FROM '{source}.parquet' ORDER BY ALL"
        version, rows = answer("stock-afar", DUCKDB, whole.root, query)
        counted = answer("stock-afar", DUCKDB, whole.root, f"SELECT count(*) FROM read_csv('{source}.csv')")[1]
    expected = duckdb.sql(f"SELECT {columns} FROM '{whole.tables / 'casualty_estimates.parquet'}' ORDER BY ALL").fetchall()
    assert version == "1.5.5"
    assert rows == [[plain(value) for value in row] for row in expected]
    assert counted == [[len(expected)]]
    assert served.ranges > 0


def test_counting_rows_afar_reads_less_than_a_tenth(tmp_path: Path) -> None:
    file, rows = tmp_path / "large.parquet", 400_000
    columns = ", ".join(f"CAST(hash(i, {n}) AS VARCHAR) AS c{n}" for n in range(6))
    duckdb.sql(f"COPY (SELECT i, {columns} FROM range({rows}) AS t(i)) TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE 122880)")
    size = file.stat().st_size
    assert size > 20_000_000
    with serving(tmp_path) as served:
        _, counted = answer("stock-afar", DUCKDB, tmp_path, f"SELECT count(*) FROM '{served.address}/large.parquet'")
        few = served.bytes["/large.parquet"]
        _, longest = answer("stock-afar", DUCKDB, tmp_path, f"SELECT max(length(c1)) FROM '{served.address}/large.parquet'")
        column = served.bytes["/large.parquet"] - few
    assert counted == [[rows]]
    assert longest == [[20]]
    assert few < size / 10, f"{few:,} of {size:,} bytes"
    assert few < column < size / 2, "the server counts: one column of seven is more than the footer, and less than half"


def test_pandas_reads_the_address(whole: Paths) -> None:
    with serving(whole.root) as served:
        parquet, csv = answer("stock-afar", PANDAS, whole.root, f"{served.address}/data/tables/evidence")
    expected = [{k: plain(v) for k, v in row.items()} for row in pq.read_table(whole.tables / "evidence.parquet").to_pylist()]
    assert parquet == expected
    assert csv == expected


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        (None, 200, b"0123456789"),
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=10-12", 416, b""),
        ("bytes=5-4", 416, b""),
    ],
)
def test_the_server_serves_and_counts_ranges(tmp_path: Path, asked: str | None, status: int, body: bytes) -> None:
    (tmp_path / "ten").write_bytes(b"0123456789")
    with serving(tmp_path) as served:
        request = urllib.request.Request(f"{served.address}/ten", headers={"Range": asked} if asked else {})
        try:
            with urllib.request.urlopen(request) as response:
                found = response.status, response.read()
        except urllib.error.HTTPError as error:
            found = error.code, error.read()
    assert found == (status, body)
    assert served.bytes.get("/ten", 0) == len(body)
    assert served.ranges == (status == 206)
