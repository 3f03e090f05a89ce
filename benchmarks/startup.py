"""How long the command takes to start: ``factpack --help``, and ``factpack build`` where nothing changed, beside Python that does nothing.

    python -m benchmarks.startup [--repeat 7]

The runs take turns and the median counts. The package is one that is built first in a folder of its own.
"""

import argparse
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measured import measured
from benchmarks.small_root import make_root

AIMS = {"factpack --help": 0.3, "factpack build, nothing changed": 3.0}


def measure(repeat: int) -> dict[str, float]:
    """Median seconds by what was run."""
    taken: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        root = make_root(Path(folder) / "small").root
        build = [sys.executable, "-m", "pipelines", "build", "--root", str(root)]
        measured(build)
        commands = {
            "python, nothing": [sys.executable, "-c", "pass"],
            "factpack --help": [sys.executable, "-m", "pipelines", "--help"],
            "factpack build, nothing changed": build,
        }
        for _ in range(repeat):
            for name, command in commands.items():
                taken[name].append(measured(command).seconds)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.startup", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeat", type=int, default=7, metavar="N", help="runs of each (default %(default)s)")
    options = parser.parse_args(arguments)
    seconds = measure(options.repeat)
    floor = seconds["python, nothing"]
    for name, taken in seconds.items():
        aim = f"  (aim under {AIMS[name]:g} s)" if name in AIMS else ""
        print(f"{name:34}{taken:7.3f} s{taken / floor:8.1f} x{aim}")


if __name__ == "__main__":
    main()
