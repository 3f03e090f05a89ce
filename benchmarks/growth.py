"""How time and memory grow with the archive: ``factpack extract`` over 1,000 to 1,000,000 generated articles.

    python -m benchmarks.growth [ARTICLES ...] [--seed 1]

Each size is one run of the command with a worker a core, from a JSON Lines file to Parquet tables. ``own s`` are the processor seconds of
the command itself, which reads and writes while the workers extract. Memory is that of all processes together at its peak. The exponent is the slope of a straight line through the logarithms of articles and seconds, from 10,000 articles on: 1 where
twice the articles take twice the time. What was found is held against what the generator put there.
"""

import argparse
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.generated import write
from benchmarks.measured import factpack, last_line
from pipelines.derive.sql import literal

SIZES = (1_000, 10_000, 100_000, 1_000_000)
STEADY = 10_000  # below this, what is measured is the start
FOUND = """
SELECT article_id, 'casualty_estimates' AS "table", outcome AS kind, count_low AS low, count_high AS high FROM read_parquet({folder} || '/casualty_estimates.parquet')
UNION ALL SELECT article_id, 'deployments', 'sent', personnel_low, personnel_high FROM read_parquet({folder} || '/deployments.parquet')
UNION ALL SELECT article_id, 'ceremonies', kind, NULL, NULL FROM read_parquet({folder} || '/ceremonies.parquet')
"""
KNOWN = """
SELECT article_id, fact."table", fact.kind, fact.low, fact.high
FROM (SELECT article_id, unnest(facts) AS fact FROM read_json({path}, format = 'newline_delimited',
columns = {{article_id: 'VARCHAR', facts: 'STRUCT("table" VARCHAR, kind VARCHAR, low BIGINT, high BIGINT)[]'}}))
"""


@dataclass(frozen=True)
class Size:
    """One run: articles, bytes read and written, seconds, those of the command itself, peak memory in MB, facts, and the shares of facts found and of facts that are known."""

    articles: int
    read: int
    written: int
    seconds: float
    own: float
    peak: int
    facts: int
    recall: float
    precision: float


def measure(articles: int, seed: int, folder: Path) -> Size:
    """The run over that many generated articles."""
    corpus, truth, out = folder / "corpus.jsonl", folder / "truth.jsonl", folder / "out"
    write(corpus, articles, seed, truth)
    run = factpack("extract", str(corpus), "--out", str(out), "--format", "parquet", "--log", "json")
    counts = last_line(run.told)
    recall, precision = _agreement(out, truth)
    written = sum(path.stat().st_size for path in out.glob("*.parquet"))
    return Size(articles, corpus.stat().st_size, written, run.seconds, run.own, run.peak, counts["facts"], recall, precision)


def _agreement(out: Path, truth: Path) -> tuple[float, float]:
    """The shares of known facts that were found, and of found ones that are known; equal facts of one article are counted."""
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        connection.execute(f"CREATE TABLE known AS {KNOWN.format(path=literal(str(truth)))}")
        connection.execute(f"CREATE TABLE found AS {FOUND.format(folder=literal(str(out)))}")
        both = "SELECT count(*) FROM (FROM known INTERSECT ALL FROM found)"
        row = connection.execute(f"SELECT ({both}), (SELECT count(*) FROM known), (SELECT count(*) FROM found)").fetchone()
        assert row
        return row[0] / row[1], row[0] / row[2]


def exponent(sizes: Sequence[Size]) -> float | None:
    """The slope of log seconds over log articles where the start no longer counts; None for fewer than two such sizes."""
    points = [(math.log(size.articles), math.log(size.seconds)) for size in sizes if size.articles >= STEADY]
    if len(points) < 2:
        return None
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.growth", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("articles", nargs="*", type=int, default=SIZES, metavar="ARTICLES", help="sizes of archives")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed is another archive (default %(default)s)")
    options = parser.parse_args(arguments)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    print(f"{cores} worker processes\n")
    print(
        f"{'articles':>10}{'MB read':>10}{'MB written':>12}{'seconds':>10}{'articles/s':>12}{'own s':>9}{'peak MB':>9}{'facts':>11}{'found':>8}{'known':>8}"
    )
    sizes = []
    for articles in options.articles:
        with tempfile.TemporaryDirectory() as folder:
            size = measure(articles, options.seed, Path(folder))
        sizes.append(size)
        print(
            f"{size.articles:10,}{size.read / 1e6:10,.1f}{size.written / 1e6:12,.1f}{size.seconds:10,.1f}{size.articles / size.seconds:12,.0f}"
            f"{size.own:9,.1f}{size.peak:9,}{size.facts:11,}{size.recall:8.2%}{size.precision:8.2%}",
            flush=True,
        )
    grown = exponent(sizes)
    if grown is not None:
        print(f"\ntime grows with the exponent {grown:.3f} (aim at most 1.05), from {STEADY:,} articles on")


if __name__ == "__main__":
    main()
