"""Any past release in SQL: every row that a release ever held with the releases that held it, and the macro that reads them.

In the database, ``history.releases`` numbers the releases from 1, ``history.rows`` holds each row as a JSON object of its values as text:
it stands in the releases from number ``since`` on, and no longer in number ``until``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

import duckdb

from pipelines.changes import apply, row_json
from pipelines.derive.sql import key_text, literal, name
from pipelines.derive.views import claims
from pipelines.errors import FactpackError
from pipelines.history import History
from pipelines.schema import TYPES, Schema, schemas_of
from pipelines.snapshot import Declaration, Snapshot

CLAIMS = "claims"
_ROWS = "table_name VARCHAR, row_key VARCHAR, since INTEGER, until INTEGER, row JSON"
_RELEASES = "number INTEGER, version VARCHAR, released_on DATE, step VARCHAR, note VARCHAR"


def write_history(connection: duckdb.DuckDBPyConnection, history: History) -> None:
    """Nothing; the database in use has the schema ``history``, the view ``releases`` and the macro ``as_of_release``."""
    connection.execute(f"CREATE SCHEMA history; CREATE TABLE history.releases ({_RELEASES}); CREATE TABLE history.rows ({_ROWS})")
    for number, r in enumerate(history.releases, start=1):
        connection.execute("INSERT INTO history.releases VALUES (?, ?, ?, ?, ?)", [number, r.version, r.released_on, r.step, r.note])
    connection.execute("CREATE VIEW releases AS SELECT version, released_on, step, note FROM history.releases ORDER BY number")
    connection.execute("COMMENT ON VIEW releases IS 'The releases so far, from the first on.'")
    connection.execute("CREATE TEMP TABLE events (table_name VARCHAR, row_key VARCHAR, number INTEGER, row VARCHAR)")
    states = list(_states(connection, history))
    connection.execute(
        "INSERT INTO history.rows SELECT table_name, row_key, number, until, row FROM (SELECT *, lead(number) OVER (PARTITION BY table_name, row_key"
        " ORDER BY number) AS until FROM events) WHERE row IS NOT NULL ORDER BY table_name, row_key, number"
    )
    connection.execute("DROP TABLE events")
    if states:
        connection.execute(_macro(history, states))


def _states(connection: duckdb.DuckDBPyConnection, history: History) -> Iterator[Mapping[str, Declaration]]:
    """What each release declared; its events are put down on the way: a row that came or changed as it is then, one that left as null."""
    state = Snapshot()
    for number, steps in enumerate(history.changes, start=1):
        state = apply(steps, state)
        connection.register("steps", steps)
        for table in state.declared:
            _put_down(connection, table, number, state)
        connection.execute(
            f"INSERT INTO events SELECT table_name, row_key, {number}, NULL FROM steps AS s WHERE op = 'remove'"
            f" AND NOT EXISTS (FROM events AS e WHERE e.number = {number} AND e.table_name = s.table_name AND e.row_key = s.row_key)"
        )
        yield state.declared


def _put_down(connection: duckdb.DuckDBPyConnection, table: str, number: int, state: Snapshot) -> None:
    connection.register("rows_now", state.tables[table])
    key = key_text([name(column) for column in state.key(table)])
    touched = f"SELECT row_key FROM steps WHERE table_name = {literal(table)} AND op IN ('add', 'change')"
    # A column that left may come back without its values: its rows are put down anew without them.
    lost = f"SELECT 1 FROM steps WHERE table_name = {literal(table)} AND op = 'declare' AND column_name IS NOT NULL AND new IS NULL"
    connection.execute(
        f"INSERT INTO events SELECT {literal(table)}, __key, {number}, __row FROM (SELECT {key} AS __key,"
        f" {row_json(state.tables[table].column_names)} AS __row FROM rows_now) WHERE __key IN ({touched}) OR EXISTS ({lost})"
    )


def _macro(history: History, states: Sequence[Mapping[str, Declaration]]) -> str:
    """The macro: its text is chosen by version and table while the query is bound, so that each release has its own columns."""
    cases = []
    for number, (release, declared) in enumerate(zip(history.releases, states, strict=True), start=1):
        here = f"CAST(version AS VARCHAR) = {literal(release.version)}"
        texts = {table: _table_as_of(table, declared[table], number) for table in declared}
        if query := _claims_as_of(declared, texts):
            texts[CLAIMS] = query
        cases += [f"WHEN {here} AND table_name = {literal(table)} THEN {literal(text)}" for table, text in texts.items()]
        known = literal(f" (expected one of {', '.join(texts)})")
        cases.append(f"WHEN {here} THEN error('release ' || version || ' has no table ' || table_name || {known})")
    versions = literal(f" (expected one of {', '.join(r.version for r in history.releases)})")
    cases.append(f"ELSE error('there is no release ' || coalesce(CAST(version AS VARCHAR), 'null') || {versions})")
    return f"CREATE MACRO as_of_release(version, table_name := '{CLAIMS}') AS TABLE FROM query(CASE {' '.join(cases)} END)"


def _table_as_of(table: str, declaration: Declaration, number: int) -> str:
    columns = [f"CAST(row ->> {literal(f['name'])} AS {TYPES[f['type']][1]}) AS {name(f['name'])}" for f in declaration["fields"]]
    held = f"table_name = {literal(table)} AND since <= {number} AND (until IS NULL OR until > {number})"
    return f"SELECT {', '.join(columns)} FROM history.rows WHERE {held}"


def _claims_as_of(declared: Mapping[str, Declaration], texts: Mapping[str, str]) -> str | None:
    """The view ``claims`` over the tables as they were; None where the declarations of then mean nothing to this version."""
    facts = [schema for schema in _understood(declared).values() if schema.kind == "fact"]
    if not facts:
        return None
    used = ", ".join(f"{name(table)} AS ({texts[table]})" for table in [*(s.name for s in facts), "articles", "evidence"])
    return f"WITH {used} {claims(facts)}"


def _understood(declared: Mapping[str, Declaration]) -> Mapping[str, Schema]:
    try:
        return schemas_of({table: json.loads(json.dumps(declaration)) for table, declaration in declared.items()}, "release")
    except FactpackError:
        return {}
