"""``data/views.sql``: the same answers from the Parquet files alone as from the database, in the duckdb shell and in DuckDB 2.0."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.paths import REPOSITORY, Paths
from pipelines.schema import Schema

README = (REPOSITORY.root / "README.md").read_text(encoding="utf-8")
QUESTIONS = [
    # Past releases are in the database only.
    *(sql for sql in re.findall(r'factpack query "(SELECT .*)"', README) if "as_of_release" not in sql),
    "SELECT * FROM claims ORDER BY fact_id",
    "SELECT * FROM casualty_timeline",
    "SELECT * FROM known_on('2031-03-03')",
    "SELECT view_name, comment FROM duckdb_views() WHERE view_name IN ('claims', 'casualty_timeline') ORDER BY 1",
    "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE table_name IN ('actors', 'evidence') ORDER BY ALL",
]


def shell(folder: Path, *words: str) -> str:
    """What the duckdb shell prints, as CSV."""
    found = shutil.which(str(Path(sys.executable).parent / "duckdb"))
    if found is None:
        pytest.skip("the duckdb shell is not here: make .venv/.ready installs it")
    done = subprocess.run([found, "-csv", *words], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def built(package: Paths) -> Paths:
    if not package.database.is_file():
        pytest.skip(f"{package.database.name} is not built: 'make data' builds it")
    return package


def test_the_readme_asks_some() -> None:
    assert len(QUESTIONS) >= 10


def test_the_shell_gives_the_same_answers(built: Paths) -> None:
    script = ";\n".join(QUESTIONS) + ";"
    views = shell(built.root, "-init", "data/views.sql", "-c", script)
    # Rows of one day come in any order.
    assert sorted(views.splitlines()) == sorted(shell(built.root, "-c", script, str(built.database)).splitlines())
    assert len(views.splitlines()) > 2 * len(QUESTIONS)


def test_it_is_read_into_a_session_too_and_twice(built: Paths) -> None:
    count = shell(built.root, "-c", ".read data/views.sql", "-c", ".read data/views.sql", "-c", "SELECT count(*) AS n FROM claims")
    assert count == shell(built.root, str(built.database), "SELECT count(*) AS n FROM claims")


def test_duckdb_2_gives_the_same_answers(built: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built.root)
    with duckdb.connect() as views, duckdb.connect(str(built.database), read_only=True) as database:
        views.execute(built.views_sql.read_text(encoding="utf-8"))
        for question in QUESTIONS:
            found, expected = (sorted(map(repr, connection.execute(question).fetchall())) for connection in (views, database))
            assert found == expected, question


def test_every_table_and_view_is_there_with_its_meaning(built: Paths, schemas: dict[str, Schema], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built.root)
    with duckdb.connect() as connection:
        connection.execute(built.views_sql.read_text(encoding="utf-8"))
        found = dict(connection.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
    assert set(found) == {*schemas, "claims", "casualty_timeline"}
    assert {table: found[table] for table in schemas} == {table: schema.description for table, schema in schemas.items()}
