"""``make faults``: injects every fault and prints the matrix of what was caught, and whether stock frictionless refuses the same rows.

The exit code is 1 where a fault survives or a verdict differs.

PYTHONPATH=tests python -m faults [WORDS ...]     only faults whose name holds one of the words
"""

import itertools
import multiprocessing
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from faults.fault import Bench, Fault, all_faults, caught
from faults.stock import comparable, disagreement

_BENCH: Bench | None = None


@dataclass(frozen=True)
class Judged:
    """A fault by its place in the list: whether it was caught, what was reported where it was not, how stock frictionless differs."""

    place: int
    caught: bool
    reported: list[str]
    differs: str | None


def judge(place: int) -> Judged:
    """What came of one fault."""
    global _BENCH
    if _BENCH is None:
        _BENCH = Bench(Path(tempfile.mkdtemp(dir=_FOLDER)))
    fault = _FAULTS[place]
    differs: list[str | None] = [None]
    problems = _BENCH.problems(fault, lambda *faulty: differs.append(disagreement(*faulty)) if comparable(fault) else None)
    found = caught(fault, problems)
    return Judged(place, found, [] if found else [str(problem) for problem in problems[:5]], differs[-1])


def main(words: list[str]) -> int:
    """Prints a line a layer and rule, then each survivor and each difference with stock frictionless, then the sum."""
    chosen = [n for n, fault in enumerate(_FAULTS) if not words or any(word in fault.name for word in words)]
    with multiprocessing.get_context("fork").Pool() as pool:
        judged = sorted(pool.imap_unordered(judge, chosen, chunksize=4), key=lambda one: one.place)
    survivors, different = [one for one in judged if not one.caught], [one for one in judged if one.differs]
    _print_matrix([_FAULTS[place] for place in chosen], {one.place for one in survivors})
    promises = Counter(_FAULTS[place].promise for place in chosen)
    print("promises of a release that were broken:", ", ".join(f"{n} ({count} times)" for n, count in sorted(promises.items())))
    for one in survivors:
        print(f"SURVIVED {_FAULTS[one.place].name}: expected {_FAULTS[one.place].expected}; reported: {one.reported or 'nothing'}")
    for one in different:
        print(f"DIFFERS {_FAULTS[one.place].name}: {one.differs}")
    compared = sum(comparable(_FAULTS[place]) for place in chosen)
    print(f"stock frictionless: {compared} compared, {len(different)} differ")
    print(f"faults: {len(chosen)} injected, {len(survivors)} survived")
    return 1 if survivors or different or not chosen else 0


def _print_matrix(faults: list[Fault], survivors: set[int]) -> None:
    def key(fault: Fault) -> tuple[str, str]:
        return fault.expected.layer, fault.expected.rule.rstrip("0123456789 ")

    missed = Counter(key(_FAULTS[place]) for place in survivors)
    tables = Counter(key(fault) for fault in faults)
    print(f"{'layer':<14} {'rule':<22} {'tables':>6} {'injected':>8} {'caught':>7}")
    for layer, group in itertools.groupby(sorted(tables), key=lambda pair: pair[0]):
        for pair in group:
            touched = len({fault.expected.table for fault in faults if key(fault) == pair})
            print(f"{layer:<14} {pair[1]:<22} {touched:>6} {tables[pair]:>8} {tables[pair] - missed[pair]:>7}")


if __name__ == "__main__":
    _FAULTS = list(all_faults())
    with tempfile.TemporaryDirectory() as _FOLDER:
        sys.exit(main(sys.argv[1:]))
