"""How long the checks of a million rows take, beside stock frictionless on the same CSV.

    python -m benchmarks.validation [--rows 1000000]

A package of generated facts (20 columns: a key, four foreign keys, enums, patterns, bounds, five rowChecks) with the tables that it points
at, as CSV and as Parquet. Ours judges both; frictionless judges the CSV, without the rowChecks, which it does not know. The layer of
expectations judges the same facts against themselves as the last release: what follows from their schema (row counts, fill shares,
distributions) and six expectations by hand. Each side is a process of its own, imports included, and says its time and its peak memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.derive.sql import literal

ROWS = 1_000_000
EXPECTATIONS = """
- {expect: expect_column_values_to_be_between, column: count_stated, max_value: 10000, where: outcome = 'killed', reason: a bound of one outcome}
- {expect: expect_column_values_to_be_between, column: count_stated, max_value: 5000, where: outcome = 'wounded', mostly: 0.9, reason: a share}
- {expect: expect_column_median_to_be_between, column: count_best, min_value: 2, max_value: 4000, reason: a median}
- {expect: expect_column_values_to_not_be_null, column: claimant_text, mostly: 0.5, minimum_rows: 30, reason: few claims are without a claimant}
- {expect: expect_column_value_lengths_to_be_between, column: victims_text, max_value: 100, reason: names are short}
- {expect: expect_column_values_to_not_match_regex, column: claimant_text, regex: '^ ', reason: no blank in front}
"""
_OUTCOMES, _QUALIFIERS, _KINDS = ["killed", "wounded", "missing", "captured"], ["exact", "about", "at_least"], ["military", "civilian"]

FACTS = """
SELECT 'f' || lpad(lower(to_hex(i * 7919 + 1)), 16, '0') AS fact_id, 'article-' || (i % 50000) AS article_id,
  ['killed', 'wounded', 'missing', 'captured'][1 + i % 4] AS outcome, i % 5000 + 1 AS count_low, i % 5000 + 2 AS count_best,
  i % 5000 + 9 AS count_high, CASE WHEN i % 3 > 0 THEN i % 5000 + 2 END AS count_stated, ['exact', 'about', 'at_least'][1 + i % 3] AS qualifier,
  'soldiers of unit ' || (i % 997) AS victims_text, 'actor-' || (i % 3000) AS victims_id, ['military', 'civilian'][1 + i % 2] AS victims_kind,
  CASE WHEN i % 5 > 0 THEN 'The ministry of ' || (i % 77) END AS claimant_text, CASE WHEN i % 5 > 0 THEN 'actor-' || (i % 3000) END AS claimant_id,
  DATE '2020-01-01' + CAST(i % 2000 AS INT) AS reported_on, DATE '2019-01-01' + CAST(i % 2000 AS INT) AS period_earliest,
  DATE '2019-06-01' + CAST(i % 2000 AS INT) AS period_latest, 'place-' || (i % 900) AS place_id,
  CAST((i % 1000) / 1000 AS DECIMAL(18,4)) AS share, i % 2 = 0 AS reviewed, CASE WHEN i % 4 = 0 THEN 'seen, and "noted"' END AS note
FROM range({rows}) AS r(i)
"""
TABLES = {
    "articles": "SELECT 'article-' || i AS article_id FROM range(50000) AS r(i)",
    "actors": "SELECT 'actor-' || i AS actor_id FROM range(3000) AS r(i)",
    "places": "SELECT 'place-' || i AS place_id FROM range(900) AS r(i)",
}
ROW_CHECKS = (
    ("count_low <= count_high", "low must not exceed high"),
    ("count_low <= count_best AND count_best <= count_high", "best lies between low and high"),
    ("count_stated IS NULL OR count_stated = count_best", "what is stated is the best"),
    ("period_earliest <= period_latest", "the period does not end before it begins"),
    ("(claimant_text IS NULL) = (claimant_id IS NULL)", "a claimant has words and an identifier"),
)


def make(folder: Path, rows: int) -> None:
    """Writes the package: CSV, Parquet and a descriptor of both, and ``csv.json``, a descriptor of the CSV files alone."""
    with duckdb.connect() as connection:
        for table, query in {"facts": FACTS.format(rows=rows), **TABLES}.items():
            connection.execute(f"CREATE TEMP TABLE made AS {query}")
            connection.execute(f"COPY made TO {literal(str(folder / f'{table}.csv'))} (HEADER)")
            connection.execute(f"COPY made TO {literal(str(folder / f'{table}.parquet'))} (COMPRESSION zstd)")
            connection.execute("DROP TABLE made")
    csv = [_resource(table, "csv") for table in ("facts", *TABLES)]
    parquet = [_resource(table, "parquet") for table in ("facts", *TABLES)]
    (folder / "csv.json").write_text(json.dumps({"name": "facts", "resources": csv}))
    (folder / "datapackage.json").write_text(json.dumps({"name": "facts", "resources": csv + parquet}))
    (folder / "schemas" / "expectations").mkdir(parents=True)
    for declared in csv:
        (folder / "schemas" / f"{declared['name']}.json").write_text(json.dumps(declared["schema"]))
    (folder / "schemas" / "expectations" / "facts.yaml").write_text(EXPECTATIONS)


def _resource(table: str, form: str) -> dict[str, object]:
    suffix = "" if form == "csv" else "-parquet"
    content = _facts_schema(suffix) if table == "facts" else _key_schema(f"{table.removesuffix('s')}_id")
    about = {"name": table, "title": table, "description": f"Generated {table}.", "x-kind": "source", "x-minimum-rows": 1}
    schema = about | content
    return {"name": f"{table}{suffix}", "type": "table", "path": f"{table}.{form}", "format": form, "encoding": "utf-8", "schema": schema}


def _key_schema(column: str) -> dict[str, object]:
    return {"fields": [_field(column, required=True, unique=True)], "primaryKey": [column]}


def _facts_schema(suffix: str) -> dict[str, object]:
    words = {"pattern": "[a-z]+-[0-9]+"}
    fields = [
        _field("fact_id", required=True, unique=True, pattern="f[0-9a-f]{16}"),
        _field("article_id", required=True, **words),
        _field("outcome", required=True, enum=_OUTCOMES),
        *(_field(f"count_{part}", "integer", minimum=1, maximum=10_000) for part in ("low", "best", "high", "stated")),
        _field("qualifier", enum=_QUALIFIERS),
        _field("victims_text", required=True),
        _field("victims_id", **words),
        _field("victims_kind", required=True, enum=_KINDS),
        _field("claimant_text"),
        _field("claimant_id", **words),
        *(_field(day, "date", minimum="2000-01-01") for day in ("reported_on", "period_earliest", "period_latest")),
        _field("place_id", required=True, **words),
        _field("share", "number", minimum=0, maximum=1),
        _field("reviewed", "boolean", required=True),
        _field("note"),
    ]
    keys = {"article_id": "articles", "victims_id": "actors", "claimant_id": "actors", "place_id": "places"}
    return {
        "fields": fields,
        **({"missingValues": ["", "nan"]} if suffix else {}),
        "primaryKey": ["fact_id"],
        "foreignKeys": [
            {"fields": [column], "reference": {"resource": f"{table}{suffix}", "fields": [f"{table.removesuffix('s')}_id"]}}
            for column, table in keys.items()
        ],
        "rowChecks": [{"sql": sql, "message": message} for sql, message in ROW_CHECKS],
    }


def _field(name: str, kind: str = "string", **constraints: object) -> dict[str, object]:
    return {"name": name, "type": kind, "title": name, "description": f"Generated {name}.", "constraints": constraints}


def judge_ours(folder: Path) -> int:
    """The number of errors that the columnar validator finds in CSV and Parquet."""
    from pipelines.tableschema import validate_package

    return sum(1 for _ in validate_package(folder / "datapackage.json", 1000))


def judge_stock(folder: Path) -> int:
    """The number of errors that frictionless finds in the CSV."""
    import frictionless

    report = frictionless.Package(str(folder / "csv.json")).validate()
    return sum(len(task.errors) for task in report.tasks) + len(report.errors)


def judge_expectations(folder: Path) -> int:
    """The number of findings of Great Expectations in the Parquet files, against themselves."""
    from pipelines.derive.expectations import findings

    return len(findings(folder, folder / "schemas", folder).found)


SIDES = {"ours": judge_ours, "stock": judge_stock, "expectations": judge_expectations}


def measured(side: str, folder: Path) -> tuple[float, float]:
    """Seconds and peak memory in MB of one side in a process of its own; it must find nothing wrong."""
    command = [sys.executable, "-m", "benchmarks.validation", "--side", side, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    if answer["errors"]:
        raise SystemExit(f"{side}: {answer['errors']} errors in a package that has none")
    return answer["seconds"], answer["megabytes"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Nothing; prints the table of times and memory, and the ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the fact table (default: %(default)s)")
    parser.add_argument("--side", choices=sorted(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.side:
        _one_side(options.side, options.folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        make(Path(scratch), options.rows)
        ours, stock, expected = (measured(side, Path(scratch)) for side in SIDES)
    print(f"{options.rows:,} rows of 20 columns: schema, keys, foreign keys")
    print(f"ours, CSV and Parquet, with rowChecks   {ours[0]:8.2f} s  {ours[1]:6.0f} MB")
    print(f"frictionless, CSV                       {stock[0]:8.2f} s  {stock[1]:6.0f} MB")
    print(
        f"ratio                                   1/{stock[0] / ours[0]:.1f} of the time (aim: 1/20), peak memory {ours[1]:.0f} MB (aim: 1,000)"
    )
    print(f"Great Expectations, import included     {expected[0]:8.2f} s  {expected[1]:6.0f} MB  (aim: 10 s)")


def _one_side(side: str, folder: Path) -> None:
    started = time.perf_counter()
    errors = SIDES[side](folder)
    seconds = time.perf_counter() - started
    print(json.dumps({"errors": errors, "seconds": seconds, "megabytes": _peak()}))


def _peak() -> float:
    """Peak memory of this process in MB; Linux counts a parent's into the common measure, so its own is asked for where it is there."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
