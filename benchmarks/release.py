"""What writing a release of a million facts costs, beside plain DuckDB ``COPY`` of the same tables to CSV and to Parquet.

    python -m benchmarks.release [--rows 1000000] [--repeat 3]

The tables are those of ``benchmarks.validation`` with the table ``changes`` of the release. Two releases are written: the first one, which
follows the empty package, so that ``changes`` holds every row again; and the next one, where 1 % of the facts changed, 1 % came and 0.5 %
went. Both sides begin with Arrow tables in memory: plain ``COPY`` is given ``changes`` too, a release computes it, puts the tables in their
declared shape, and writes CSV, Parquet and descriptor. Each run is a process of its own; the median of several counts, of the time on the
clock and of the processors' time, which a busy machine sways less. Hashes (logical hashes, SHA-256 of the files), the proof that the
changes give the new tables, zip and database are told apart, from one run.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.validation import FACTS, TABLES, make
from pipelines.archive import write_zip
from pipelines.changes import CHANGES, apply, changes
from pipelines.derive.descriptors import datapackage
from pipelines.derive.metadata import read_metadata
from pipelines.derive.sql import literal
from pipelines.history import NOTHING_RELEASED
from pipelines.package import shaped, tables_on_disk, write_database, write_tables
from pipelines.paths import REPOSITORY, Paths
from pipelines.schema import Schema, load_schemas
from pipelines.snapshot import Snapshot, snapshot

ROWS = 1_000_000
AIM = 1.5
ABOUT = {
    "name": "facts",
    "title": "Generated facts",
    "description": "Generated.",
    "licences": [{"name": "CC-BY-4.0"}],
    "contributors": [{"title": "The testers"}],
}
CASES = ("first", "next")
WRITING = ("changes", "shape", "CSV and Parquet", "descriptor")
APART = ("logical hashes and SHA-256", "the changes applied", "zip", "database")

# One row in a hundred has another note, one in two hundred is gone, and one in a hundred is new.
NEXT = """
SELECT * REPLACE (CASE WHEN i % 100 = 7 THEN 'seen again' ELSE note END AS note) FROM (SELECT row_number() OVER () AS i, * FROM facts) WHERE i % 200 <> 3
UNION ALL BY NAME SELECT * REPLACE ('n' || substr(fact_id, 2) AS fact_id), 0 AS i FROM facts USING SAMPLE reservoir({more} ROWS) REPEATABLE (1)
"""


def prepare(folder: Path, rows: int) -> None:
    """Nothing; the folder holds the schemas, and for each case the tables of the release and of the one before as Parquet."""
    make(folder, 10)
    shutil.copy(REPOSITORY.schemas / f"{CHANGES}.json", folder / "schemas")
    for case in CASES:
        (folder / case).mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE facts AS SELECT * FROM ({FACTS.format(rows=rows)}) ORDER BY fact_id")
        for table, query in {"facts": "FROM facts", **TABLES}.items():
            _put(connection, f"{query} ORDER BY ALL" if table != "facts" else query, folder / "first" / f"{table}.parquet")
        following = f"SELECT * EXCLUDE (i) FROM ({NEXT.format(more=rows // 100)}) ORDER BY fact_id"
        _put(connection, following, folder / "next" / "facts.parquet")
    for table in TABLES:
        shutil.copy(folder / "first" / f"{table}.parquet", folder / "next")
    for case in CASES:
        old, new, _ = packages(folder, case)
        pq.write_table(changes(old, new), folder / case / f"{CHANGES}.parquet")


def _put(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"COPY ({query}) TO {literal(str(path))} (COMPRESSION zstd)")


def packages(folder: Path, case: str) -> tuple[Snapshot, Snapshot, Mapping[str, Schema]]:
    """The package before, the package as it is now without its changes, and the schemas."""
    schemas = load_schemas(folder / "schemas")
    first, new = (
        snapshot({t: _read(folder / of / f"{t}.parquet", schemas[t]) for t in ("facts", *TABLES)}, schemas) for of in ("first", case)
    )
    return (Snapshot() if case == "first" else first), new, schemas


def _read(path: Path, schema: Schema) -> pa.Table:
    return pq.read_table(path).cast(pa.schema([(f.name, f.arrow) for f in schema.fields]))


class Clock:
    """Seconds by what was done in them: on the clock, and of all processors."""

    def __init__(self, apart: bool) -> None:
        self.seconds: dict[str, tuple[float, float]] = {}
        self.apart = apart

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        started, used = time.perf_counter(), time.process_time()
        yield
        self.seconds[what] = (time.perf_counter() - started, time.process_time() - used)


def plain(folder: Path, case: str, out: Path, clock: Clock) -> None:
    """Nothing; every table of the case is copied to CSV and to Parquet."""
    _, new, schemas = packages(folder, case)
    tables = {**new.tables, CHANGES: _read(folder / case / f"{CHANGES}.parquet", schemas[CHANGES])}
    with clock("COPY"), duckdb.connect() as connection:
        for table, rows in tables.items():
            connection.register("rows", rows)
            connection.execute(f"COPY rows TO {literal(str(out / f'{table}.csv'))} (HEADER)")
            connection.execute(f"COPY rows TO {literal(str(out / f'{table}.parquet'))} (COMPRESSION zstd)")


def written(folder: Path, case: str, out: Path, clock: Clock) -> None:
    """Nothing; the release stands in its folder, and zip and database beside it."""
    old, new, schemas = packages(folder, case)
    there = Paths(out / "facts-1.0.0")
    there.tables.mkdir(parents=True)
    with clock("changes"):
        steps = changes(old, new)
    with clock("shape"):
        tables = {table: shaped({**new.tables, CHANGES: steps}, schema) for table, schema in schemas.items()}
    with clock("CSV and Parquet"):
        write_tables(tables, there.tables)
    with clock(APART[0]):
        files = tables_on_disk(schemas.values(), there)
    with clock("descriptor"):
        there.descriptor.write_text(json.dumps(datapackage(schemas, files, read_metadata(ABOUT), []), indent=2), "utf-8")
    if not clock.apart:
        return
    with clock(APART[1]):
        apply(steps, old)
    with clock(APART[2]):
        write_zip(there.root, out / "facts.zip")
    with clock(APART[3]):
        write_database(out / "facts.duckdb", tables, schemas, NOTHING_RELEASED, ["CREATE VIEW package AS SELECT 1 AS one"])


SIDES: Mapping[str, Callable[[Path, str, Path, Clock], None]] = {"plain": plain, "release": written}


def measured(case: str, folder: Path, repeat: int) -> list[dict[str, tuple[float, float]]]:
    """The median seconds of each part of each side, on the clock and of the processors; the sides run in turn."""
    runs: dict[str, list[dict[str, tuple[float, float]]]] = {side: [] for side in SIDES}
    for n in range(repeat):
        for side, done in runs.items():
            command = [sys.executable, "-m", "benchmarks.release", "--side", side, "--case", case, "--folder", str(folder)]
            command += ["--apart"] if n == 0 else []
            done.append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))
    return [{what: (_median(done, what, 0), _median(done, what, 1)) for what in done[0]} for done in runs.values()]


def _median(runs: Sequence[Mapping[str, tuple[float, float]]], what: str, which: int) -> float:
    return statistics.median(run[what][which] for run in runs if what in run)


def main(arguments: Sequence[str] | None = None) -> None:
    """Nothing; prints what each part of a release costs, and the ratio."""
    options = _parser().parse_args(arguments)
    if options.side:
        clock = Clock(options.apart)
        with tempfile.TemporaryDirectory(dir=options.folder) as out:
            SIDES[options.side](options.folder, options.case, Path(out), clock)
        print(json.dumps(clock.seconds))
        return
    with tempfile.TemporaryDirectory() as scratch:
        prepare(Path(scratch), options.rows)
        for case in CASES:
            print(_told(case, options.rows, *measured(case, Path(scratch), options.repeat)), flush=True)


Seconds = Mapping[str, tuple[float, float]]


def _told(case: str, rows: int, copy: Seconds, release: Seconds) -> str:
    title = {"first": "first release, from the empty package", "next": "next release: 1 % changed, 1 % added, 0.5 % removed"}[case]
    wall, used = (sum(release[what][which] for what in WRITING) for which in (0, 1))
    lines = [f"{rows:,} facts of 20 columns, {title}", f"{'':<42}    clock  processors"]
    lines += [_line("COPY of the same tables", copy["COPY"]), _line("writing the release", (wall, used))]
    lines += [_line(f"  {what}", release[what]) for what in WRITING]
    lines.append(f"ratio {wall / copy['COPY'][0]:.2f}, of processors' time {used / copy['COPY'][1]:.2f} (aim: {AIM})")
    return "\n".join([*lines, *(_line(f"apart: {what}", release[what]) for what in APART), ""])


def _line(what: str, seconds: tuple[float, float]) -> str:
    return f"{what:<42} {seconds[0]:6.2f} s    {seconds[1]:6.2f} s"


def _parser() -> Any:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.release", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the fact table (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each side, of which the median counts (default: %(default)s)")
    parser.add_argument("--apart", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--side", choices=sorted(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main()
