"""The command that builds the package."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.options import MAX_BYTES, MEMORY, Progress, memory, package
from pipelines.commands.progress import add_log, event, reading, stage
from pipelines.errors import visible
from pipelines.paths import REPOSITORY

if TYPE_CHECKING:
    from pipelines.build import Built

NOTHING = "nothing changed since the last build: there is nothing to do"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the command is known to the parser."""
    build = commands.add_parser(
        "build",
        help="build the package from data/articles",
        description="Reads data/articles, lexicon and reviews, checks every row and, only if all checks pass, replaces data/tables, data/README.md, datapackage.json"
        " and build/factpack.duckdb.",
    )
    build.add_argument(
        "--root", type=Path, default=REPOSITORY.root, metavar="DIR", help="folder that holds data/ and schemas/ (default: this repository)"
    )
    build.add_argument("--force", action="store_true", help="build though nothing changed since the last build")
    build.add_argument("--explain", action="store_true", help="say whether there is something to build, and why; build nothing")
    build.add_argument("--quiet", action="store_true", help="print problems only")
    add_log(build)
    build.add_argument("--max-bytes", type=int, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    build.add_argument(
        "--memory",
        type=memory,
        default=MEMORY,
        metavar="SIZE",
        help="memory in which tables are sorted, joined and checked; what is more goes to disk (default: %(default)s)",
    )
    build.set_defaults(run=_build)


def _build(options: argparse.Namespace) -> int:
    from pipelines.build import build, to_extract, why

    started = time.monotonic()
    paths = package(options.root)
    if options.explain:
        found = why(paths, options.max_bytes)
        # Before anything is read that a build might refuse.
        print("\n".join(map(visible, found)) or NOTHING)
        for line in to_extract(paths, options.max_bytes) if found else ():
            print(visible(line))
        return 0
    say = Progress(options.quiet) if options.log == "text" else stage
    with reading(options) as tell:
        built = build(paths, say, options.max_bytes, options.force, options.memory, tell)
    if options.log == "json":
        _log_json(built)
    elif not options.quiet:
        _print(built, time.monotonic() - started)
    return 0


def _log_json(built: "Built | None") -> None:
    if built is None:
        event("done", changed=[])
        return
    told = {"unknown_actors": [*built.unknown_actors], "stale": [*built.stale]}
    event("done", version=built.version, changed=[*built.changed], rows=built.rows, passed=built.report.passed, **told)


def _print(built: "Built | None", seconds: float) -> None:
    if built is None:
        print(f"{NOTHING}, in {seconds:.1f} s (--force builds all the same)")
        return
    width = max(len(name) for name in built.rows)
    for name, rows in built.rows.items():
        print(f"  {name:<{width}}  {rows:>7,} rows")
    layers = ", ".join(f"{layer} {n:,}" for layer, n in built.report.passed.items())
    print(f"{sum(built.report.passed.values()):,} checks passed: {layers}")
    if built.unknown_actors:
        print(f"not in the lexicon ({len(built.unknown_actors)}): {visible(', '.join(built.unknown_actors))}")
    if built.stale:
        print(f"stale since their article was edited, to be reviewed or retracted ({len(built.stale)}): {', '.join(built.stale)}")
    print(
        f"version {built.version}: {len(built.changed)} files changed, in {seconds:.1f} s: data/tables/, datapackage.json, data/README.md, build/factpack.duckdb"
    )
