"""Every benchmark, one after the other, written to ``benchmarks/RESULTS.md``.

    python -m benchmarks [NAME ...]

With names only those are run, and only their sections of the page are written anew.
"""

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from pipelines.paths import REPOSITORY

RESULTS = REPOSITORY.root / "benchmarks" / "RESULTS.md"
HEAD = """# Results of the benchmarks

`make bench` runs all of them and writes this page; `python -m benchmarks NAME` runs one and writes its section. Times are of a shared
machine and sway by a third: compare what one section says with the rest of that section, since it was measured in one run.
"""


@dataclass(frozen=True)
class Benchmark:
    """A benchmark: the heading of its section, and what it is started with."""

    heading: str
    arguments: tuple[str, ...] = ()


BENCHMARKS: Mapping[str, Benchmark] = {
    "extraction": Benchmark("Extraction beside spaCy and a plain expression"),
    "numbers": Benchmark("Numbers in words"),
    "dates": Benchmark("Dates"),
    "engines": Benchmark("Engines beside each other", ("--articles", "10000", "--repeat", "3")),
    "growth": Benchmark("Growth from a thousand articles to a million"),
    "archive": Benchmark("Pages of a web archive"),
    "incremental": Benchmark("Incremental against full", ("--articles", "100000")),
    "building": Benchmark("Building a package"),
    "validation": Benchmark("Validation beside frictionless"),
    "release": Benchmark("Releases beside plain COPY"),
    "questions": Benchmark("Questions at a million facts"),
    "startup": Benchmark("Start-up of the command"),
    "kills": Benchmark("Runs killed at random moments", ("--kills", "100")),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)} (default: all)")
    names = parser.parse_args(arguments).names
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"{unknown[0]}: no benchmark (expected {', '.join(BENCHMARKS)})")
    for name in names or BENCHMARKS:
        print(f"\n{name}", flush=True)
        section = _section(name, _run(name))
        sections = {**_sections(RESULTS), name: section}
        RESULTS.write_text(HEAD + "".join(sections[n] for n in BENCHMARKS if n in sections), "utf-8")


def _run(name: str) -> str:
    """What the benchmark printed, which is shown as it comes."""
    command = [sys.executable, "-u", "-m", f"benchmarks.{name}", *BENCHMARKS[name].arguments]
    lines = []
    with subprocess.Popen(command, cwd=REPOSITORY.root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        raise SystemExit(f"{name}: exit code {process.returncode}; its section is left as it was")
    return "".join(lines).strip("\n")


def _section(name: str, printed: str) -> str:
    benchmark = BENCHMARKS[name]
    command = " ".join(("python -m", f"benchmarks.{name}", *benchmark.arguments))
    chart = "".join(_chart(printed)) if name == "growth" else ""
    return f"\n## {benchmark.heading}\n<!-- {name} -->\n\n`{command}`, {datetime.date.today()}, {_machine()}:\n\n```text\n{printed}\n```\n{chart}"


def _machine() -> str:
    memory = round(psutil.virtual_memory().total / 2**30)
    cores = os.cpu_count()
    return f"{cores} cores, {memory} GiB of memory, {platform.system()}, Python {platform.python_version()}"


def _chart(printed: str) -> Iterator[str]:
    """Articles a second by size, as a chart that code forges draw from the text."""
    rows = [line.split() for line in printed.splitlines() if re.match(r" *[\d,]+ +[\d,.]+ +[\d,.]+ +[\d,.]+ +[\d,]+ +[\d,.]+ ", line)]
    if rows:
        sizes, speeds, peaks = ([row[at] for row in rows] for at in (0, 4, 6))
        yield _bars("Articles a second, by articles in the archive", sizes, speeds)
        yield _bars("Peak memory of all processes in MB, by articles in the archive", sizes, peaks)


def _bars(title: str, names: Sequence[str], values: Sequence[str]) -> str:
    plain = [value.replace(",", "") for value in values]
    labels = ", ".join(f'"{name}"' for name in names)
    return f'\n```mermaid\nxychart-beta\n  title "{title}"\n  x-axis [{labels}]\n  y-axis 0 --> {round(1.2 * max(map(float, plain)))}\n  bar [{", ".join(plain)}]\n```\n'


def _sections(page: Path) -> dict[str, str]:
    """The sections of the page by the name of their benchmark."""
    text = page.read_text("utf-8") if page.is_file() else ""
    parts = re.split(r"(?=\n## )", text)[1:]
    return {match[1]: part for part in parts if (match := re.search(r"<!-- (\w+) -->", part))}


if __name__ == "__main__":
    main()
