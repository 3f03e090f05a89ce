"""What of the last release is gone, and what the ledger says of it: asked of whole tables in DuckDB, so that only answers are objects of Python.

Where a fact stands twice in a ledger, its last row counts; a column that a ledger of an older release lacks is null.
"""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.derive.sql import literal, name
from pipelines.ledger import GONE
from pipelines.schema import Schema
from pipelines.spill import connect, each_row, numbered, pick, run, stored

Tables = Mapping[str, pa.Table]
Life = Mapping[str, str | None]

_LIFE = pa.schema([(column, pa.string()) for column in ("fact_id", "table_name", "extractor", "status", "reason", "merged_into")])
_STATUS = f"status IN ({', '.join(map(literal, GONE))})"
# Each is null or false where a part is null.
_GONE = f"reason <> '' AND {_STATUS}"
_TOLD = f"reason <> '' AND ({_STATUS} OR merged_into <> '')"


def vanished(table: str, new: Tables, last: Tables) -> pa.Table:
    """The facts of a table that stand in it no more, in its order: ``fact_id``, the ``extractor`` that found it, and whether the ledger
    says what became of it, ``told``."""
    query = f"""
        WITH gone AS (FROM l WHERE NOT EXISTS (FROM n WHERE n.fact_id IS NOT DISTINCT FROM l.fact_id)),
        telling AS (SELECT gone._row, arg_max({{'told': {_TOLD}}}, lives._row) AS life
            FROM gone JOIN lives ON lives.fact_id IS NOT DISTINCT FROM gone.fact_id GROUP BY ALL),
        finding AS (SELECT gone._row, arg_max({{'extractor': extractor}}, were._row) AS life
            FROM gone JOIN were ON were.fact_id IS NOT DISTINCT FROM gone.fact_id GROUP BY ALL)
        SELECT gone.fact_id, finding.life.extractor AS extractor, coalesce(telling.life.told, false) AS told
        FROM gone LEFT JOIN telling USING (_row) LEFT JOIN finding USING (_row) ORDER BY _row"""
    same = new[table].column("fact_id").equals(last[table].column("fact_id"))
    facts = {"n": new[table].select(["fact_id"]), "l": numbered(last[table].select(["fact_id"]).slice(0, 0 if same else None))}
    return _asked(query, facts | {"lives": _ledger(new), "were": _ledger(last)})


def told(new: Tables, last: Tables, schemas: Mapping[str, Schema]) -> pa.ChunkedArray:
    """The facts of the last release of which the ledger says now that they are gone, and why, each once."""
    query = f"""
        WITH perhaps AS (SELECT DISTINCT fact_id FROM lives WHERE {_GONE})
        SELECT fact_id FROM lives WHERE EXISTS (FROM perhaps WHERE perhaps.fact_id IS NOT DISTINCT FROM lives.fact_id)
            AND EXISTS (FROM stood WHERE stood.fact_id IS NOT DISTINCT FROM lives.fact_id)
        GROUP BY fact_id HAVING coalesce(arg_max({{'gone': {_GONE}}}, _row).gone, false)"""
    return _asked(query, {"lives": _ledger(new), "stood": _facts(last, schemas)}).column("fact_id").cast(pa.string())


def without(rows: pa.Table, facts: pa.ChunkedArray) -> pa.Table:
    """The rows that are of none of these facts; a table that is large lies in a file, as before."""
    one = facts.combine_chunks()
    left = (batch.filter(pc.invert(pc.is_in(batch.column("fact_id"), one))) for batch in rows.to_batches())
    return stored(left, rows.schema)


def forgotten(new: Tables, last: Tables, schemas: Mapping[str, Schema]) -> Iterator[Life]:
    """Each life that the ledger has no row of any more, and that stood in no table; in the order of the last ledger."""
    query = """
        SELECT fact_id, life.table_name AS table_name, life.status AS status FROM (
            SELECT fact_id, min(_row) AS first, arg_max({'table_name': table_name, 'status': status}, _row) AS life FROM were
            WHERE NOT EXISTS (FROM lives WHERE lives.fact_id IS NOT DISTINCT FROM were.fact_id)
                AND NOT EXISTS (FROM stood WHERE stood.fact_id IS NOT DISTINCT FROM were.fact_id)
            GROUP BY fact_id)
        ORDER BY first"""
    yield from each_row(_asked(query, {"lives": _ledger(new), "were": _ledger(last), "stood": _facts(last, schemas)}))


def lives_of(tables: Tables, facts: Sequence[str]) -> dict[str, Life]:
    """The ledger's row of each of these few facts, by fact."""
    wanted = pa.array(facts, pa.string())
    batches = _ledger(tables).to_batches() if facts else []
    few = (batch.filter(pc.is_in(batch.column("fact_id"), wanted)) for batch in batches)
    return {row["fact_id"]: row for batch in few for row in batch.to_pylist()}


def merged_away(tables: Tables, schemas: Mapping[str, Schema]) -> tuple[dict[str, str], dict[str, tuple[str | None, bool]]]:
    """The facts that were merged into one that stands in no table, in the ledger's order, and of each of these: what it was merged into
    itself, and whether that stands."""
    query = """
        WITH perhaps AS (SELECT fact_id FROM lives
            WHERE merged_into IS NOT NULL AND NOT EXISTS (FROM stands WHERE stands.fact_id = lives.merged_into)),
        away AS (SELECT fact_id, min(_row) AS first, arg_max({'into': merged_into}, _row).into AS merged FROM lives
            WHERE EXISTS (FROM perhaps WHERE perhaps.fact_id IS NOT DISTINCT FROM lives.fact_id) GROUP BY fact_id),
        broken AS (FROM away WHERE merged IS NOT NULL AND NOT EXISTS (FROM stands WHERE stands.fact_id = away.merged)),
        onward AS (SELECT fact_id, arg_max({'into': merged_into}, _row).into AS merged FROM lives
            WHERE fact_id IN (SELECT merged FROM broken) GROUP BY fact_id)
        SELECT true AS broken, first, fact_id, merged, false AS stands FROM broken
        UNION ALL SELECT false, 0, fact_id, merged, EXISTS (FROM stands WHERE stands.fact_id = onward.merged) FROM onward
        ORDER BY first"""
    rows = list(each_row(_asked(query, {"lives": _ledger(tables), "stands": _facts(tables, schemas)})))
    broken = {row["fact_id"]: row["merged"] for row in rows if row["broken"]}
    return broken, {row["fact_id"]: (row["merged"], row["stands"]) for row in rows if not row["broken"]}


def missing(column: str, new: pa.Table, last: pa.Table) -> pa.ChunkedArray:
    """The values of the column that it has no more, in the order of the last release; a value of another type is another."""
    alike = f"CAST(n.{name(column)} AS VARCHAR) IS NOT DISTINCT FROM CAST(l.{name(column)} AS VARCHAR)"
    query = f"SELECT _row - 1 AS place FROM l WHERE NOT EXISTS (FROM n WHERE {alike}) ORDER BY _row"
    values = last.select([column])
    of_that_type = new.select([column]) if new.column(column).type == last.column(column).type else values.slice(0, 0)
    places = _asked(query, {"n": of_that_type, "l": numbered(values)}).column("place")
    return pick(values, places.to_numpy()).column(column)


def _asked(query: str, frames: Mapping[str, pa.Table]) -> pa.Table:
    with connect() as connection:
        for frame, rows in frames.items():
            connection.register(frame, rows)
        return run(connection, query)


def _ledger(tables: Tables) -> pa.Table:
    """What is asked of the ledger, as texts with the number of each row; no row where there is no ledger."""
    rows = tables["ledger"] if "ledger" in tables else _LIFE.empty_table()
    columns = [rows.column(c) if c in rows.column_names else pa.nulls(rows.num_rows, pa.string()) for c in _LIFE.names]
    return numbered(pa.table(columns, schema=_LIFE))


def _facts(tables: Tables, schemas: Mapping[str, Schema]) -> pa.Table:
    """The facts that stand in any fact table; none is copied."""
    of = [tables[s.name].column("fact_id") for s in schemas.values() if s.kind == "fact" and s.name in tables]
    return pa.table({"fact_id": pa.chunked_array([chunk for column in of for chunk in column.chunks], pa.string())})
