"""The command that releases the package, and the one that takes a fact out of it."""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands.options import MAX_BYTES, MEMORY, Progress, memory, package
from pipelines.commands.progress import add_log, event, reading, stage
from pipelines.errors import UsageError, visible
from pipelines.paths import REPOSITORY

if TYPE_CHECKING:
    from pipelines.release import Outcome


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the command is known to the parser."""
    release = commands.add_parser(
        "release",
        help="release the package: version, changes, changelog, archive",
        description="Builds and checks the package, compares it with the last release, computes the version that the changes demand, and writes data/releases/,"
        " CHANGELOG.md and dist/. Where nothing changed it assembles the archive of the last release again.",
    )
    release.add_argument("--version", metavar="V", help="a greater version than the changes demand (a smaller one is refused)")
    release.add_argument("--note", metavar="TEXT", help="what the changelog says of it first")
    release.add_argument("--date", type=_day, default=None, metavar="DAY", help="day of the release as YYYY-MM-DD (default: today)")
    release.add_argument("--dry-run", action="store_true", help="print all of it and write nothing")
    release.add_argument(
        "--root", type=Path, default=REPOSITORY.root, metavar="DIR", help="folder that holds data/ and schemas/ (default: this repository)"
    )
    release.add_argument(
        "--memory",
        type=memory,
        default=MEMORY,
        metavar="SIZE",
        help="memory in which tables are sorted, joined and checked (default: %(default)s)",
    )
    release.add_argument("--max-bytes", type=int, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    release.add_argument("--quiet", action="store_true", help="print problems only")
    add_log(release)
    release.set_defaults(run=_release)
    retract = commands.add_parser(
        "retract",
        help="take a fact or an article out, with a reason",
        description="Writes the decision to data/reviews/: the next build leaves the fact out of its table, and the ledger keeps it with the reason.",
    )
    retract.add_argument("fact", nargs="?", metavar="FACT", help="fact_id of the fact to retract")
    retract.add_argument("--reason", required=True, metavar="TEXT", help="why: it is published in the ledger")
    retract.add_argument("--into", metavar="FACT", help="the fact that takes its place, where both are the same")
    retract.add_argument("--article", metavar="ID", help="withdraw this whole article in place of one fact")
    retract.add_argument(
        "--root", type=Path, default=REPOSITORY.root, metavar="DIR", help="folder that holds data/ (default: this repository)"
    )
    retract.set_defaults(run=_retract)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} (expected a day as YYYY-MM-DD)") from None


def _release(options: argparse.Namespace) -> int:
    from pipelines.release import Wish, release

    # The one clock of the project: a release happened on a day, and data/releases/ keeps it.
    wish = Wish(options.date or date.today(), options.version, options.note, options.dry_run)
    say = Progress(options.quiet) if options.log == "text" else stage
    with reading(options) as tell:
        done = release(package(options.root), say, options.max_bytes, wish, options.memory, tell)
    if options.log == "json":
        _log_json(done, options.dry_run)
        return 0
    if options.quiet:
        return 0
    if done.new:
        print(visible_lines(done.entry))
    else:
        print(f"nothing changed since {done.release.version}, so there is nothing to release")
    files = f"{len(done.release.files)} files"
    if options.dry_run:
        print(f"dry run: nothing was written (would be {files} in {done.archive})")
    else:
        print(f"{done.archive}: {files}; beside it the .zip, the .duckdb and their .sha256")
    return 0


def _log_json(done: "Outcome", dry_run: bool) -> None:
    one = done.release
    told = {"step": one.step, "reasons": [*one.reasons], "rows": dict(one.rows), "archive": str(done.archive), "files": len(one.files)}
    event("done", version=one.version, new=done.new, dry_run=dry_run, **told)


def _retract(options: argparse.Namespace) -> int:
    from pipelines.retraction import retract, withdraw

    if not options.reason.strip():
        raise UsageError("--reason: is empty (expected why, in words)")
    if (options.fact is None) == (options.article is None) or (options.article and options.into):
        raise UsageError("retract: expected either a FACT, with or without --into, or --article ID")
    paths = package(options.root)
    if options.article:
        where = withdraw(paths, options.article, options.reason)
    else:
        where = retract(paths, options.fact, options.reason, options.into)
    print(f"{visible(str(where))}: written; run 'factpack build'")
    return 0


def visible_lines(text: str) -> str:
    """The text with what could act on a terminal escaped, line by line."""
    return "\n".join(map(visible, text.splitlines()))
