"""What a run costs where little changed, beside a run that extracts everything: ``python -m benchmarks.incremental [--articles N]``.

Each line is one run of the command, start-up and all; the tables of the last are compared, byte by byte, with those of a run that keeps nothing.
"""

import argparse
import filecmp
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.generated import articles
from pipelines.paths import REPOSITORY

# The command with the lexicon of another folder: that of the repository stays as it is.
_COMMAND = """
import sys
from pathlib import Path
from pipelines import paths
from pipelines.commands import extract
lexicon, *arguments = sys.argv[1:]
class Other(paths.Paths):
    lexicon = Path(lexicon)
extract.REPOSITORY = Other(paths.REPOSITORY.root)
from pipelines.__main__ import main
sys.exit(main(["extract", *arguments]))
"""
Lines = list[str]


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        bench = _Bench(Path(folder), options)
        full = bench.seconds("everything for the first time", lambda lines: lines)
        for name, edit in (
            ("nothing changed", lambda lines: lines),
            ("one article added", lambda lines: [*lines, _line(10**9)]),
            ("one article changed", _changed),
            ("one article removed", lambda lines: lines[: len(lines) // 2] + lines[len(lines) // 2 + 1 :]),
        ):
            bench.compare(name, full, edit)
        bench.new_word("Tarn Bridge land force")
        bench.compare("one word added to the lexicon, in no text", full, lambda lines: lines)
        bench.new_word("Upper Dale")
        bench.compare("one word added to the lexicon, in some texts", full, lambda lines: lines, last=True)
    return 0


class _Bench:
    """A corpus, its tables, and a lexicon, which change from run to run."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self._folder, self._options = folder, options
        self._corpus, self._lexicon = folder / "corpus.jsonl", folder / "lexicon"
        shutil.copytree(REPOSITORY.lexicon, self._lexicon)
        with self._corpus.open("w", encoding="utf-8") as file:
            file.writelines(_lines(options.articles))
        size = self._corpus.stat().st_size / 1e6
        print(f"{options.articles:,} generated articles, {size:,.1f} MB, {options.format}, two worker processes")

    def new_word(self, alias: str) -> None:
        """Nothing; the lexicon has a name more for an army."""
        with (self._lexicon / "actor_aliases.csv").open("a", encoding="utf-8") as file:
            file.write(f"armed-forces-ukr,{alias},anywhere\n")

    def compare(self, name: str, full: float, edit: Callable[[Lines], Lines], last: bool = False) -> None:
        """Nothing; the time of a run after the edit is printed, its share of the full run, and whether the bytes are the same."""
        took = self.seconds(name, edit)
        same = ""
        if self._options.compare == "each" or (self._options.compare == "last" and last):
            self._run("full", "--no-store")
            files = sorted(path.name for path in (self._folder / "full").iterdir())
            differ = [f for f in files if not filecmp.cmp(self._folder / "full" / f, self._folder / "out" / f, shallow=False)]
            same = f"; differs: {', '.join(differ)}" if differ else "; equal to a full run, to the byte"
        print(f"  {100 * took / full:.2f} % of the full run{same}", flush=True)

    def seconds(self, name: str, edit: Callable[[Lines], Lines]) -> float:
        """The seconds that a run takes after the edit."""
        with self._corpus.open(encoding="utf-8") as file:
            lines = edit(file.readlines())
        self._corpus.write_text("".join(lines), "utf-8")
        began = time.monotonic()
        counts = self._run("out")
        took = time.monotonic() - began
        print(f"{name:<45} {took:>8.2f} s   {counts['articles'] - counts['reused']:>9,} extracted, {counts['reused']:>9,} kept", flush=True)
        return took

    def _run(self, out: str, *more: str) -> dict[str, int]:
        place = ["--out", str(self._folder / out), "--format", self._options.format, "--workers", "2", "--log", "json", "--quiet", *more]
        command = [sys.executable, "-c", _COMMAND, str(self._lexicon), str(self._corpus), *place]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY.root)
        found: dict[str, int] = json.loads(done.stderr.splitlines()[-1])
        return found


def _lines(count: int) -> Iterator[str]:
    return (json.dumps(made.row, ensure_ascii=False) + "\n" for made in articles(count))


def _line(number: int) -> str:
    return next(json.dumps(made.row, ensure_ascii=False) + "\n" for made in itertools.islice(articles(1, first=number), 1))


def _changed(lines: Lines) -> Lines:
    at = len(lines) // 3
    row = json.loads(lines[at])
    row["text"] += " Shelling killed 7 soldiers in Esker, the army said."
    return [*lines[:at], json.dumps(row, ensure_ascii=False) + "\n", *lines[at + 1 :]]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.incremental", description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000, metavar="N", help="articles in the corpus (default: %(default)s)")
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", help="form of the tables (default: %(default)s)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where to work (default: the system's folder for temporary files)")
    parser.add_argument("--compare", choices=("each", "last", "none"), default="last", help="runs that are compared with a full one")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
