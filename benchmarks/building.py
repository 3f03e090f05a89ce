"""How much memory and time a build takes as its articles grow.

    python -m benchmarks.building [--articles 2000 20000] [--memory 1GB] [--keep DIR]

Generated articles in our own words, one file each, become a package with ``factpack build``, in a process of its own for each number. Shown are
seconds, the most memory that the build and its workers held at one moment (sampled ten times a second; *own* leaves out pages of files,
which the system takes back when it needs them), rows, and the exponents with which time and own memory grow from one number to the next.

No claim names a conflict: claims about the same people in the same conflict give a discrepancy a pair, which is a square of their own.
"""

import argparse
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.small_root import make_root
from pipelines.paths import Paths

_SEED = 6
_PEOPLE = "fishermen workers villagers teachers drivers miners farmers students nurses builders soldiers policemen".split()
_CAUSES = "shelling, a rocket attack, an air strike, an explosion, a fire, a mine".split(", ")
_OUTCOMES = ("killed", "wounded", "killed", "injured", "captured")
_WHO = ("Lind Council", "The Ministry of Defence of Northland", "A spokesman", "The mayor", "Northland")
_PLACES = ("Aldertown", "Northland", "Lind")
_PADDING = (
    "The road along the river stayed closed, and the market opened an hour later than it does in other weeks.",
    "Rain is expected towards the evening, and the ferry will not run before the wind has dropped.",
    "The school by the mill took in families for the night, and the bakers of the old town brought bread.",
    "Nobody at the station wanted to say more, and the two reporters on the spot were asked to wait outside.",
)


@dataclass(frozen=True)
class Measured:
    """One build: seconds, those of processors, the most memory in MiB (whole and own), and the rows of its tables."""

    articles: int
    seconds: float
    worked: float
    whole: float
    own: float
    rows: int


def article(number: int) -> str:
    """The text of one generated article, the same for the same number."""
    chance = random.Random(f"{_SEED} {number}")
    day = date(2031, 1, 1) + timedelta(chance.randrange(700))
    head = f"---\ntitle: Report {number}\npublisher: The Northland Post\npublished_on: {day}\nlanguage: en\nlicence: CC-BY-4.0\n---\n"
    return head + "\n\n".join(_paragraph(chance, day) for _ in range(4)) + "\n"


def _paragraph(chance: random.Random, day: date) -> str:
    who, place, people = chance.choice(_WHO), chance.choice(_PLACES), chance.choice(_PEOPLE)
    count, more = chance.randrange(2, 900), chance.randrange(10, 5000)
    on = day - timedelta(chance.randrange(1, 20))
    sentences = [
        f"{who} said on {on:%B} {on.day} that {count} {people} were {chance.choice(_OUTCOMES)} by {chance.choice(_CAUSES)} in {place}.",
        chance.choice(_PADDING),
        f"Northland sent {more:,} soldiers to {chance.choice(_PLACES)}.",
        f"A funeral was held in Aldertown on {on:%B} {on.day}; families of the fallen attended.",
        f"“We will count the days until number {chance.randrange(10**6)},” Premier Ada Vint said.",
    ]
    return " ".join([*sentences[:2], *chance.sample(sentences[2:], chance.randrange(1, 3)), chance.choice(_PADDING)])


def write_articles(paths: Paths, number: int) -> None:
    """Nothing; so many articles stand in ``data/articles``, besides those that are there."""
    for n in range(number):
        (paths.articles / f"report-{n:07}.txt").write_text(article(n), "utf-8")


def measure(root: Path, articles: int, options: Sequence[str]) -> Measured:
    """What the build of so many articles below ``root`` takes."""
    paths = make_root(root)
    write_articles(paths, articles)
    began, before = time.monotonic(), _worked()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "build", "--root", str(root), *options], stdout=subprocess.PIPE, text=True
    )
    whole = own = 0.0
    while process.poll() is None:
        held = [_held(pid) for pid in _family(process.pid)]
        whole, own = max(whole, sum(w for w, _ in held)), max(own, sum(o for _, o in held))
        time.sleep(0.1)
    seconds, worked = time.monotonic() - began, _worked() - before
    told = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"the build of {articles:,} articles failed")
    return Measured(
        articles,
        seconds,
        worked,
        whole,
        own,
        sum(int(line.split()[1].replace(",", "")) for line in told.splitlines() if line.endswith(" rows")),
    )


def _worked() -> float:
    """The processor seconds of all that was started and has ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _family(pid: int) -> Iterator[int]:
    """The process and all that it started."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        threads = [p.name for p in Path(f"/proc/{pid}/task").iterdir() if p.name != str(pid)]
        children += [c for t in threads for c in Path(f"/proc/{pid}/task/{t}/children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _held(pid: int) -> tuple[float, float]:
    """MiB that a process holds: with pages of files, and without."""
    try:
        lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        return int(lines["VmRSS"].split()[0]) / 1024, int(lines["RssAnon"].split()[0]) / 1024
    except (OSError, KeyError):
        return 0.0, 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Nothing but lines on standard output."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.building", description="memory and time of a build as its articles grow")
    parser.add_argument("--articles", type=int, nargs="+", default=[2000, 20_000], metavar="N")
    parser.add_argument("--memory", metavar="SIZE", help="as for factpack build")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="folder to leave the packages in")
    options = parser.parse_args(arguments)
    found: list[Measured] = []
    for number in options.articles:
        with tempfile.TemporaryDirectory() as scratch:
            root = options.keep / str(number) if options.keep else Path(scratch)
            root.mkdir(parents=True, exist_ok=True)
            found.append(measure(root, number, ["--memory", options.memory] if options.memory else []))
        print(_line(found), flush=True)
    return 0


def _line(found: Sequence[Measured]) -> str:
    one = found[-1]
    shown = f"{one.articles:>9,} articles  {one.rows:>11,} rows  {one.seconds:7.1f} s  {one.worked:7.1f} s of processors  {one.own:7,.0f} MiB own  {one.whole:7,.0f} MiB whole"
    if len(found) < 2:
        return shown
    before = found[-2]
    step = math.log(one.articles / before.articles)
    grown = [math.log(now / then) / step for now, then in ((one.worked, before.worked), (one.own, before.own))]
    return f"{shown}  exponents: processors {grown[0]:.2f}, own memory {grown[1]:.2f}"


if __name__ == "__main__":
    sys.exit(main())
