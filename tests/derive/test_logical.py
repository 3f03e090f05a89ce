"""The logical hash: one for CSV, Parquet and DuckDB, blind to order, and another for any other value."""

from datetime import date
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_package import as_given, good_tables, real_schemas

from pipelines.checks.files import csv_query
from pipelines.derive import logical
from pipelines.derive.logical import hash_rows, logical_hash
from pipelines.derive.sql import literal, name
from pipelines.paths import Paths
from pipelines.schema import Schema
from pipelines.snapshot import arrow_types
from pipelines.spill import connect

SCHEMAS = real_schemas()
PLACES = SCHEMAS["places"]


def of_rows(rows: pa.Table, schema: Schema = PLACES) -> str:
    with connect() as connection:
        connection.register("made", rows)
        return str(connection.execute(logical_hash(schema.types, "made")).fetchall()[0][0])


@pytest.mark.parametrize("table", list(SCHEMAS))
def test_csv_parquet_and_duckdb_have_one(good_package: Paths, table: str) -> None:
    schema, files = SCHEMAS[table], good_package.tables
    named = ", ".join(f"c{n} AS {name(f.name)}" for n, f in enumerate(schema.fields))
    csv = f"(SELECT {named} FROM ({csv_query([files / f'{table}.csv'], schema)}))"
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(str(good_package.database))} AS package (READ_ONLY)")
        sources = [csv, f"read_parquet({literal(str(files / f'{table}.parquet'))})", f"package.{name(table)}"]
        hashes = {connection.execute(logical_hash(schema.types, source)).fetchall()[0][0] for source in sources}
    assert hashes == {hash_rows(schema.types, pq.read_table(files / f"{table}.parquet"))}
    assert len(hashes.pop()) == 64


CELLS = st.one_of(st.none(), st.text(alphabet="av1:n\u00e9,\n", min_size=1, max_size=4))
ROWS = st.lists(st.fixed_dictionaries({f.name: CELLS for f in PLACES.fields}), max_size=4)


@settings(max_examples=60, deadline=None)
@given(one=ROWS, other=ROWS)
def test_equal_rows_and_only_they_have_equal_hashes(one: list[dict[str, object]], other: list[dict[str, object]]) -> None:
    def alike(rows: list[dict[str, object]]) -> list[str]:
        return sorted(repr(row) for row in rows)

    assert (of_rows(as_given(PLACES, one)) == of_rows(as_given(PLACES, other))) == (alike(one) == alike(other))
    assert of_rows(as_given(PLACES, one[::-1])) == of_rows(as_given(PLACES, one))


ALL_KINDS = {"word": "string", "count": "integer", "share": "number", "day": "date", "known": "boolean"}
KINDS = st.fixed_dictionaries(
    {
        "word": st.one_of(st.none(), st.text(min_size=1, max_size=4)),
        "count": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
        "share": st.one_of(st.none(), st.decimals(-(10**14) + 1, 10**14 - 1, allow_nan=False, places=4)),
        "day": st.one_of(st.none(), st.dates()),
        "known": st.one_of(st.none(), st.booleans()),
    }
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(KINDS, max_size=4), many=st.booleans())
def test_few_rows_have_the_hash_that_sql_gives(rows: list[dict[str, object]], many: bool) -> None:
    table = pa.Table.from_pylist(rows, schema=arrow_types(ALL_KINDS))
    with pytest.MonkeyPatch.context() as patch, connect() as connection:
        patch.setattr(logical, "_FEW_CELLS", 0 if many else 100)
        connection.register("made", table)
        by_sql = connection.execute(logical_hash(ALL_KINDS, "made")).fetchall()[0][0]
        assert hash_rows(ALL_KINDS, table) == by_sql


def test_a_column_of_another_name_or_type_is_another_table() -> None:
    empty = as_given(PLACES, [])
    assert of_rows(empty) != of_rows(as_given(SCHEMAS["vague_numbers"], []), SCHEMAS["vague_numbers"])
    tables = good_tables(SCHEMAS)
    assert len({of_rows(tables[table], schema) for table, schema in SCHEMAS.items()}) == len(SCHEMAS)


def test_what_a_writer_spells_otherwise_is_the_same() -> None:
    schema = SCHEMAS["accuracy"]
    rows = [{"part": "development", "table_name": "a", "column_name": "b", "gold": 1, "precision": Decimal("0.5")}]
    plain = as_given(schema, rows)
    wide = plain.set_column(plain.schema.get_field_index("precision"), "precision", pa.array([Decimal("0.5")], pa.decimal128(30, 10)))
    assert of_rows(wide, schema) == of_rows(plain, schema)
    day = as_given(SCHEMAS["conflicts"], [{"conflict_id": "x", "started_on": date(2020, 1, 2)}])
    stamp = day.set_column(day.schema.get_field_index("started_on"), "started_on", day.column("started_on").cast(pa.timestamp("ms")))
    assert of_rows(stamp, SCHEMAS["conflicts"]) == of_rows(day, SCHEMAS["conflicts"])


def test_a_hand_made_table_hashes_as_the_documentation_says() -> None:
    import hashlib

    def sha256(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    schema = SCHEMAS["vague_numbers"]
    rows = as_given(schema, [{"words": "scores", "count_low": 40}, {"words": "dozens", "count_low": None}])
    hashes = sorted([sha256("v6:scoresv2:40"), sha256("v6:dozensn")])
    assert of_rows(rows, schema) == sha256("words:string,count_low:integer" + "".join(hashes))
