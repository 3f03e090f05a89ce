"""Questions to the package in SQL, and answers that are safe to show."""

import contextlib
import io
import json
import shutil
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from pipelines.checksums import sha256_of
from pipelines.derive.parts import parquet, stored
from pipelines.derive.sql import comments, name
from pipelines.derive.views import views
from pipelines.errors import UsageError, did_you_mean, visible
from pipelines.package import write_csv
from pipelines.paths import REPOSITORY, Paths
from pipelines.schema import load_schemas
from pipelines.swap import recover

FORMATS = ("table", "csv", "json", "markdown")

EXAMPLES = (
    ("Who said what, when, and in which words?", "SELECT dated_on, claimant_text, claim, quote FROM claims ORDER BY dated_on"),
    ("What was known by a given day?", "SELECT dated_on, claimant_text, claim FROM known_on('2025-05-01')"),
    ("How did the casualty estimates develop?", "SELECT dated_on, outcome, qualifier, count_stated, claimant_text FROM casualty_timeline"),
    (
        "Which estimates contradict each other, and by how much?",
        "SELECT outcome, smaller_stated, larger_stated, ratio FROM discrepancies ORDER BY ratio DESC",
    ),
    (
        "Which words stand behind each number?",
        "SELECT table_name, column_name, quote, article_id, char_start, char_end FROM evidence WHERE column_name LIKE '%_stated'",
    ),
)

# Narrower columns than this are not read but guessed: then each row is shown as a record of its own.
_NARROWEST = 12


def run(paths: Paths, sql: str) -> pa.Table:
    """The rows that the statement selects from the package; bad SQL is a UsageError with DuckDB's own words."""
    with connected(paths) as connection:
        try:
            relation = connection.sql(sql)
            return pa.table({}) if relation is None else relation.to_arrow_table()
        except duckdb.Error as error:
            raise UsageError("\n".join(visible(line) for line in str(error).splitlines())) from error


def prompt(paths: Paths, form: str) -> None:
    """Nothing; answers statements typed at a prompt, each ended by a semicolon, until an empty line or the end of input."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (loaded, it lets input() recall and edit lines)
    print(tables_overview(paths) + "\n\nSQL, ended by ; (an empty line leaves)")
    statement = ""
    while True:
        try:
            line = input("   ...> " if statement else "factpack> ")
        except (EOFError, KeyboardInterrupt):
            print()
            return
        if not line.strip() and not statement:
            return
        statement = f"{statement}\n{line}".strip()
        if statement.endswith(";"):
            try:
                print(show(run(paths, statement), form))
            except UsageError as error:
                print(error)
            statement = ""


def tables_overview(paths: Paths) -> str:
    """The list of tables and five questions with their SQL, to be printed."""
    questions = [f"  {question}\n    {sql}" for question, sql in EXAMPLES]
    return "\n".join([show(list_tables(paths)), "", "Questions to begin with:", "", *questions])


def list_tables(paths: Paths) -> pa.Table:
    """Every table and view with its number of rows and its title."""
    schemas = load_schemas(_declared(paths))
    titles = {schema.name: schema.title for schema in schemas.values()} | {
        "claims": "Every fact in one row",
        "casualty_timeline": "Asserted estimates by day",
        "releases": "The releases so far",
    }
    with connected(paths) as connection:
        there = {
            row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'").fetchall()
        }
        shown = [table for table in titles if table in there]
        rows = [connection.execute(f"SELECT count(*) FROM {name(table)}").fetchall()[0][0] for table in shown]
    return pa.table({"table": shown, "rows": rows, "title": [titles[table] for table in shown]})


@contextlib.contextmanager
def connected(paths: Paths) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the package's database; where that is missing or older than the files, to the Parquet files."""
    recover(paths)
    connection = _database(paths) or _parquet(paths)
    try:
        yield connection
    finally:
        connection.close()


def show(table: pa.Table, form: str = "table", width: int | None = None) -> str:
    """The rows as text in one of ``FORMATS``, without the last line feed.

    Control and bidirectional characters are escaped; in CSV, which programs read, they are left as they are.
    """
    if form == "csv":
        return _csv(table).removesuffix("\n")
    if form == "json":
        return _json(table)
    if form == "markdown":
        return _markdown(table)
    if form == "table":
        return _readable(table, width or shutil.get_terminal_size((120, 24)).columns)
    raise UsageError(f"--format {form}: unknown (expected {', '.join(FORMATS)}{did_you_mean(form, FORMATS)})")


def _database(paths: Paths) -> duckdb.DuckDBPyConnection | None:
    if not (paths.database.is_file() and paths.descriptor.is_file()):
        return None
    try:
        connection = duckdb.connect(str(paths.database), read_only=True)
        if connection.execute("SELECT descriptor_sha256 FROM package").fetchall() == [(sha256_of(paths.descriptor),)]:
            return connection
        connection.close()
    except duckdb.Error:
        pass  # a database that another version wrote: the Parquet files say the same
    return None


def _parquet(paths: Paths) -> duckdb.DuckDBPyConnection:
    schemas = load_schemas(_declared(paths))
    connection = duckdb.connect()
    for schema in schemas.values():
        files = stored(paths.tables, schema.name, "parquet")
        if not files[0].is_file():
            raise UsageError(f"{files[0]}: is missing (expected a built package; 'factpack build' makes it)")
        connection.execute(f"CREATE VIEW {name(schema.name)} AS SELECT * FROM {parquet(files)}")
        for statement in comments(schema, "VIEW"):
            connection.execute(statement)
    for statement in views(schemas):
        connection.execute(statement)
    return connection


def _declared(paths: Paths) -> Path:
    return paths.schemas if paths.schemas.is_dir() else REPOSITORY.schemas


def _csv(table: pa.Table) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        write_csv(table, path)
        return path.read_bytes().decode("utf-8")


def _json(table: pa.Table) -> str:
    text = json.dumps(table.to_pylist(), ensure_ascii=False, indent=2, default=_plain)
    return "".join(json.dumps(c)[1:-1] if unicodedata.category(c) == "Cf" else c for c in text)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else str(value)


def _markdown(table: pa.Table) -> str:
    lines = [table.column_names, ["---"] * table.num_columns, *([_shown(v) for v in row.values()] for row in table.to_pylist())]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _readable(table: pa.Table, width: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if table.num_rows and table.num_columns * _NARROWEST > width:
        return _records(table)
    grid = Table()
    for column in table.column_names:
        grid.add_column(Text(visible(column)), overflow="fold")
    for row in table.to_pylist():
        grid.add_row(*(Text(_shown(value), overflow="fold") for value in row.values()))
    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None, legacy_windows=False).print(grid)
    return f"{stream.getvalue()}{_counted(table)}"


def _records(table: pa.Table) -> str:
    """Each row as a list of its columns that are not null."""
    wide = max(map(len, table.column_names))
    blocks = []
    for n, row in enumerate(table.to_pylist(), start=1):
        lines = [f"  {column:<{wide}}  {_shown(value)}" for column, value in row.items() if value is not None]
        blocks.append("\n".join([f"row {n}", *lines]))
    return "\n\n".join(blocks) + f"\n\n{_counted(table)}"


def _counted(table: pa.Table) -> str:
    return f"{table.num_rows:,} row{'' if table.num_rows == 1 else 's'}"


def _shown(value: object) -> str:
    return "" if value is None else visible(str(value))
