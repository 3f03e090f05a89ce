"""The engines beside each other: one process, a pool of one and of two, and a dask cluster of two, over the same generated archive.

    python -m benchmarks.engines [--articles 4000] [--repeat 3]

Each run is the command ``factpack extract`` as a user starts it, start-up included; the runs take turns, and the fastest of each counts: others
on the machine make a run slower, never faster. All engines must write the same bytes, or the benchmark ends. A plain loop, alone and twice at
once, takes its turns among them: how much faster two processes are than one on this machine at all.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.generated import write
from benchmarks.measured import Run, factpack
from pipelines.checksums import sha256_of

ENGINES = {
    "one process": ("--engine", "process"),
    "pool of 1": ("--engine", "pool", "--workers", "1"),
    "pool of 2": ("--engine", "pool", "--workers", "2"),
    "dask, 2 workers": ("--engine", "dask", "--workers", "2"),
}


LOOP = "import sys\ntotal = 0\nfor number in range(int(sys.argv[1])): total += number"
ROUNDS = 6_000  # of the loop, an article


def measure(articles: int, repeat: int) -> tuple[dict[str, list[Run]], dict[int, float]]:
    """The runs of each engine, and the seconds of the fastest of so many loops at once."""
    runs: dict[str, list[Run]] = defaultdict(list)
    loops = {1: float("inf"), 2: float("inf")}
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        write(corpus, articles)
        written: dict[str, str] = {}
        for turn in range(repeat):
            for at_once in loops:
                loops[at_once] = min(loops[at_once], loop(at_once, articles * ROUNDS))
            for engine, options in ENGINES.items():
                out = Path(folder) / f"{turn}-{engine}"
                runs[engine].append(factpack("extract", str(corpus), "--out", str(out), "--format", "parquet", *options))
                made = {path.name: sha256_of(path) for path in sorted(out.iterdir()) if path.is_file()}
                if made != (written := written or made):
                    raise SystemExit(f"{engine}: wrote other bytes than {next(iter(ENGINES))}")
    return runs, loops


def loop(at_once: int, rounds: int) -> float:
    """Seconds until so many processes that share nothing have run a plain loop each."""
    begun = time.perf_counter()
    processes = [subprocess.Popen([sys.executable, "-c", LOOP, str(rounds)]) for _ in range(at_once)]
    for process in processes:
        process.wait()
    return time.perf_counter() - begun


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.engines", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=4_000, metavar="N", help="articles in the archive (default %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="runs of each engine (default %(default)s)")
    options = parser.parse_args(arguments)
    runs, loops = measure(options.articles, options.repeat)
    seconds = {engine: min(run.seconds for run in of) for engine, of in runs.items()}
    print(f"{options.articles:,} articles, best of {options.repeat} runs; every run wrote the same bytes\n")
    print(f"{'':18}{'seconds':>9}{'articles/s':>12}{'peak MB':>9}")
    for engine, taken in seconds.items():
        print(f"{engine:18}{taken:9.1f}{options.articles / taken:12,.0f}{max(run.peak for run in runs[engine]):9,}")
    print(f"\npool of 2 is {seconds['pool of 1'] / seconds['pool of 2']:.2f} times as fast as a pool of 1 (aim at least 1.8)")
    print(f"two plain loops at once are {2 * loops[1] / loops[2]:.2f} times as fast as one after the other: what this machine gives")
    print(f"pool of 2 is {seconds['one process'] / seconds['pool of 2']:.2f} times as fast as one process without workers")
    print(f"dask takes {seconds['dask, 2 workers'] / seconds['pool of 2']:.2f} of the time of the pool of 2 (aim at most 1.15)")


if __name__ == "__main__":
    main()
