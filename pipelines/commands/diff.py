"""The commands that compare two packages and that apply what changed."""

import argparse
from pathlib import Path

from pipelines.commands.options import Progress, package
from pipelines.errors import visible


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the commands are known to the parser."""
    diff = commands.add_parser(
        "diff",
        help="show what differs between two packages",
        description="Compares two packages: declarations, rows and values by key, and the version step that the difference demands.",
    )
    for which in ("old", "new"):
        diff.add_argument(
            which, metavar=which.upper(), help="a package's folder, its datapackage.json or its .zip, here or at an http(s) address"
        )
    diff.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="how it is printed (default: %(default)s)")
    diff.set_defaults(run=_diff)
    apply = commands.add_parser(
        "apply",
        help="apply the changes of a release to the release before it",
        description="Writes the tables of the next release, made from a release and the changes that the next one ships with.",
    )
    apply.add_argument("changes", type=Path, metavar="CHANGES", help="changes.csv or changes.parquet of the next release")
    apply.add_argument("package", metavar="RELEASE", help="the release before it: a folder, .zip or http(s) address")
    apply.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to, which may not exist yet")
    apply.set_defaults(run=_apply)


def _diff(options: argparse.Namespace) -> int:
    from pipelines.comparison import as_markdown, as_object, as_text, compared, read_published
    from pipelines.fetch import fetched

    say = Progress(False)
    with fetched(options.old, say) as old, fetched(options.new, say) as new:
        comparison = compared(read_published(package(old)), read_published(package(new)))
    print({"text": as_text, "json": as_object, "markdown": as_markdown}[options.format](comparison))
    return 0


def _apply(options: argparse.Namespace) -> int:
    from pipelines.comparison import read_published, write_applied
    from pipelines.fetch import fetched
    from pipelines.history import read_changes

    with fetched(options.package, Progress(False)) as place:
        hashes = write_applied(read_changes(options.changes), read_published(package(place)), options.out)
    width = max(map(len, hashes))
    for table, logical in hashes.items():
        print(f"  {table:<{width}}  {logical}")
    print(f"{len(hashes)} tables in {visible(str(options.out))}")
    return 0
