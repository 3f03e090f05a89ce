"""How fast the README's questions are answered at a million facts, from the published Parquet files and from the database.

    python -m benchmarks.questions [--facts 1000000] [--repeat 5]

The tables of the package are repeated under other identifiers until they hold that many facts, and are written as a release writes them.
Each question is asked in a connection of its own that is already open, as in a shell; the median counts, and beside it stands a plain count
of the claims' table, which is the least that a query can cost.
"""

import argparse
import os
import re
import shlex
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.derive.parts import cut, stored
from pipelines.derive.sql import name
from pipelines.derive.views import views_sql
from pipelines.history import NOTHING_RELEASED
from pipelines.package import write_database, write_parquet
from pipelines.paths import REPOSITORY
from pipelines.schema import Schema, load_schemas

FLOOR = "SELECT count(*) FROM casualty_estimates"
# The kinds of tables that grow with the facts; the lexicon's do not.
_OF_FACTS = ("source", "fact", "link", "evidence", "ledger", "derived")


def questions() -> list[str]:
    """The SQL of the README that asks the package as it is now."""
    text = (REPOSITORY.root / "README.md").read_text("utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    asked = [shlex.split(line)[2] for line in lines if line.startswith(".venv/bin/factpack query ")]
    return [sql for sql in asked if "as_of_release" not in sql]


def make(folder: Path, facts: int) -> tuple[int, float]:
    """The facts in the package that was made in the folder, and the size of its Parquet files in MB."""
    schemas = load_schemas(REPOSITORY.schemas)
    tables = {table: pq.read_table(REPOSITORY.tables / f"{table}.parquet") for table in schemas}
    one = sum(tables[table].num_rows for table, schema in schemas.items() if schema.kind == "fact")
    times = -(-facts // one)
    place = folder / "data" / "tables"
    place.mkdir(parents=True)
    grown = {table: _repeated(table, rows, schemas, times) for table, rows in tables.items()}
    for table, rows in grown.items():
        for path, part in cut(rows, place, table, "parquet"):
            write_parquet(part, path)
    places = {table: [str(path) for path in stored(place, table, "parquet")] for table in schemas}
    (folder / "views.sql").write_text(views_sql(schemas, places), "utf-8")
    if not write_database(folder / "package.duckdb", grown, schemas, NOTHING_RELEASED, ()):
        raise SystemExit("the package that was made breaks a key of its own")
    return one * times, sum(path.stat().st_size for path in place.iterdir()) / 1e6


def _repeated(table: str, rows: pa.Table, schemas: Mapping[str, Schema], times: int) -> pa.Table:
    """The rows ``times`` times, each time with identifiers of its own, in the order of their key."""
    schema = schemas[table]
    if schema.kind not in _OF_FACTS:
        return rows
    pointing = {key.fields[0] for key in schema.foreign_keys if schemas[key.table].kind in _OF_FACTS}
    ours = pointing | ({schema.primary_key[0]} if schema.kind != "link" else set())
    # Identifiers are a letter and 16 hexadecimal digits, as those of facts are.
    columns = ", ".join(
        f"left({name(f.name)}, 1) || left(md5(n || {name(f.name)}), 16) AS {name(f.name)}" if f.name in ours else name(f.name)
        for f in schema.fields
    )
    order = ", ".join(map(name, schema.primary_key))
    with duckdb.connect() as connection:
        connection.register("once", rows)
        query = f"SELECT {columns} FROM (SELECT CAST(range AS VARCHAR) AS n FROM range({times})), once ORDER BY {order}"
        return connection.sql(query).to_arrow_table().cast(rows.schema)


def timed(ask: Callable[[str], object], sql: str, repeat: int) -> float:
    """Median milliseconds to the last row."""
    taken = []
    for _ in range(repeat):
        begun = time.perf_counter()
        ask(sql)
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


def report(folder: Path, repeat: int) -> None:
    """Prints the time of each question from both."""
    there = Path.cwd()
    os.chdir(folder)  # the views name their files from the folder of the package
    try:
        with duckdb.connect() as files, duckdb.connect("package.duckdb", read_only=True) as database:
            files.execute(Path("views.sql").read_text("utf-8"))
            sides: Mapping[str, duckdb.DuckDBPyConnection] = {"Parquet": files, "database": database}
            print("".join(f"{side:>10}" for side in sides) + f"{'ratio':>8}   milliseconds to the last row, as Arrow")
            for sql in [FLOOR, *questions()]:
                taken = [timed(lambda q, c=c: c.sql(q).to_arrow_table(), sql, repeat) for c in sides.values()]  # type: ignore[misc]
                print("".join(f"{each:10.1f}" for each in taken) + f"{taken[0] / taken[1]:8.1f}   {sql}")
    finally:
        os.chdir(there)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.questions", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--facts", type=int, default=1_000_000, metavar="N", help="facts in the package (default %(default)s)")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="times each question is asked (default %(default)s)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        facts, size = make(Path(folder), options.facts)
        print(f"{facts:,} facts, {size:,.0f} MB of Parquet; median of {options.repeat}\n")
        report(Path(folder), options.repeat)


if __name__ == "__main__":
    main()
