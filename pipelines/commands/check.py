"""The command that checks a package."""

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

from pipelines.commands.options import MAX_BYTES, MEMORY, Progress, memory, package
from pipelines.errors import DataError, visible
from pipelines.paths import REPOSITORY

_REPORTS = ("json", "junit", "markdown", "html")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the command is known to the parser."""
    check = commands.add_parser(
        "check",
        help="check a package: files, schema, keys, rules, evidence",
        description="Runs every check on a package and shows the first problems of each rule with table, row, column, rule and remedy.",
    )
    check.add_argument(
        "path",
        nargs="?",
        default=str(REPOSITORY.root),
        metavar="PATH_OR_URL",
        help="a package's folder, its datapackage.json or its .zip, here or at an http(s) address (default: this repository)",
    )
    check.add_argument("--texts", type=Path, metavar="DIR", help="folder of the articles' texts (default: the package's own)")
    check.add_argument("--against", metavar="BASE", help="the last release, or any other package: show and judge what changed since")
    for form in _REPORTS:
        check.add_argument(f"--{form}", metavar="FILE", help=f"write the report as {form} to FILE, or to standard output if FILE is -")
    check.add_argument("--annotate", action="store_true", help="print workflow commands by which GitHub marks the lines to mend")
    check.add_argument("--max-bytes", type=int, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    check.add_argument(
        "--memory",
        type=memory,
        default=MEMORY,
        metavar="SIZE",
        help="memory in which tables are sorted and joined; what is more goes to disk (default: %(default)s)",
    )
    check.add_argument("--quiet", action="store_true", help="print problems only")
    check.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from pipelines.fetch import fetched
    from pipelines.report import as_text, check, wanted, without_commands, write_reports
    from pipelines.spill import spilling_anywhere

    targets = wanted({form: getattr(options, form) for form in _REPORTS}, options.annotate)
    say = Progress(options.quiet)
    base_there = fetched(options.against, say) if options.against else nullcontext()
    with spilling_anywhere(options.memory), fetched(options.path, say) as place, base_there as base:
        findings = check(package(place), package(base) if base else None, options.against, options.texts, say, options.max_bytes)
        write_reports(findings, targets)
    if findings.found:
        shown = as_text(findings)
        print(without_commands(shown) if options.annotate else shown, file=sys.stderr)
        raise DataError(f"{findings.verdict}: {visible(options.path)}")
    print(*map(visible, findings.notes), sep="\n", end="\n" if findings.notes else "", file=sys.stderr)
    if not options.quiet:
        print(f"{as_text(findings, errors=False)}\n{findings.verdict}", file=sys.stderr if targets.standard_output else sys.stdout)
    return 0
