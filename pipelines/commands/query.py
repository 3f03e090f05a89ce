"""The command that answers in SQL."""

import argparse
import sys
from pathlib import Path

from pipelines.commands.options import package
from pipelines.paths import REPOSITORY


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the command is known to the parser."""
    query = commands.add_parser(
        "query",
        help="ask the package in SQL",
        description="Runs SQL (DuckDB) over the package. Without SQL: a prompt in a terminal, otherwise the list of tables and example questions.",
    )
    query.add_argument("sql", nargs="?", metavar="SQL", help='such as "SELECT * FROM claims"')
    query.add_argument(
        "--format", choices=("table", "csv", "json", "markdown"), default="table", help="how rows are printed (default: %(default)s)"
    )
    query.add_argument("--root", type=Path, default=REPOSITORY.root, metavar="DIR", help="folder of the package (default: this repository)")
    query.set_defaults(run=_query)


def _query(options: argparse.Namespace) -> int:
    from pipelines import query
    from pipelines.swap import recover

    paths = package(options.root)
    recover(paths)
    if options.sql is not None:
        print(query.show(query.run(paths, options.sql), options.format))
    elif sys.stdin.isatty():
        query.prompt(paths, options.format)
    else:
        print(query.tables_overview(paths))
    return 0
