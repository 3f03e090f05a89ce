"""The package as stock tools see it: frictionless on the descriptor, the CSV and the Parquet files."""

from collections.abc import Iterator

from pipelines.checks.problem import Problem
from pipelines.errors import ToolError
from pipelines.paths import Paths

# frictionless stops at 1,000 unless told; more than this nobody reads.
LIMIT = 1_000_000


def check_table_schema(paths: Paths) -> Iterator[Problem]:
    """A problem for each error that a stock ``frictionless validate datapackage.json`` reports."""
    import frictionless

    try:
        report = frictionless.Package(str(paths.descriptor)).validate(limit_errors=LIMIT)
    except frictionless.FrictionlessException as error:
        yield Problem("datapackage.json", None, None, error.error.type, None, error.error.message, _remedy(error.error.type))
        return
    except Exception as error:
        raise ToolError(f"datapackage.json: frictionless failed: {type(error).__name__}: {error}") from error
    for task in report.tasks:
        for fault in task.errors:
            yield _problem(task.name, fault.to_descriptor())
    for fault in report.errors:
        yield _problem("datapackage.json", fault.to_descriptor())


def _problem(resource: str, error: dict[str, object]) -> Problem:
    # frictionless counts the header as row 1.
    number = error.get("rowNumber")
    row = number - 1 if isinstance(number, int) else None
    column = error.get("fieldName")
    table, note = resource.removesuffix("-parquet"), f"{error.get('note') or error.get('message')} (resource {resource})"
    kind = str(error["type"])
    return Problem(table, row, str(column) if column else None, f"frictionless {kind}", error.get("cell"), note, _remedy(kind))


def _remedy(kind: str) -> str:
    if kind in ("hash-count", "byte-count", "scheme-error", "package-error", "resource-error"):
        return "Run 'factpack build': descriptor and files belong together."
    return "Correct the value in data/reviews/ or in the lexicon that it comes from, then build again."
