"""The command line: the commands of ``pipelines.commands``, and what their errors become."""

import argparse
import sys
from collections.abc import Sequence

from pipelines.commands import build, check, diff, evaluate, explain, extract, publish, query, release
from pipelines.errors import DataError, FactpackError, UsageError, visible


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code is 0, 1 for bad data, 2 for wrong use or a broken tool, 3 for a partial extract."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except DataError as error:
        if error.problems:
            from pipelines.report import failures

            print(failures(error.problems, error.tables, error.articles), file=sys.stderr)
        print(f"factpack: {error}", file=sys.stderr)
        return error.exit_code
    except FactpackError as error:
        print(f"factpack: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of a pipe such as `head` has seen enough.
        sys.stderr.close()
        return 0
    except OSError as error:
        print(
            f"factpack: {visible(str(error.filename or 'file'))}: {error.strerror or error} (expected a place that can be read and written)",
            file=sys.stderr,
        )
        return UsageError.exit_code
    except (KeyboardInterrupt, RuntimeError) as error:
        # DuckDB and Arrow turn Ctrl-C into errors of their own.
        if isinstance(error, RuntimeError) and "interrupted" not in str(error).lower():
            raise
        print("factpack: stopped; the last good files are as they were", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="factpack",
        description="Publishes facts read from news articles as a validated data package: every value beside its words.",
        epilog="Start with: factpack build, then: factpack query",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in (build, extract, check, query, explain, evaluate, release, diff, publish):
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
