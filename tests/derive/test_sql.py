"""The database that follows from the schemas: views over whatever fact tables there are, contradictions by one rule."""

import dataclasses
from datetime import date

import duckdb
import pyarrow as pa
import pytest
from small_package import as_table, good_rows, good_tables

from pipelines.derive.casualties import derive_tables
from pipelines.derive.sql import create_table, ordered
from pipelines.derive.views import views
from pipelines.errors import ToolError
from pipelines.paths import Paths
from pipelines.schema import ForeignKey, Schema


def database(path: Paths) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path.database), read_only=True)


def test_tables_stand_behind_what_they_point_at(schemas: dict[str, Schema]) -> None:
    names = [schema.name for schema in ordered(schemas)]
    for schema in schemas.values():
        assert all(names.index(key.table) <= names.index(schema.name) for key in schema.foreign_keys)


def test_foreign_keys_in_a_circle_are_refused(schemas: dict[str, Schema]) -> None:
    articles = dataclasses.replace(schemas["articles"], foreign_keys=(ForeignKey(("title",), "ledger", ("fact_id",)),))
    with pytest.raises(ToolError, match="circle"):
        ordered(schemas | {"articles": articles})


def test_claims_hold_every_fact_once(good_package: Paths) -> None:
    with database(good_package) as connection:
        found = connection.execute("SELECT table_name, count(*), count(DISTINCT fact_id) FROM claims GROUP BY ALL ORDER BY ALL").fetchall()
    assert found == [("casualty_estimates", 4, 4), ("ceremonies", 1, 1), ("deployments", 1, 1), ("statements", 1, 1)]


def test_a_claim_reads_as_a_sentence_beside_its_words(good_package: Paths) -> None:
    with database(good_package) as connection:
        claims = connection.execute("SELECT claim, quote, claimant_text, CAST(dated_on AS VARCHAR), dated_by FROM claims").fetchall()
    assert ("about 600 killed; victims: sailors", "about 600 killed", "The Lind Council", "2031-03-04", "published_on") in claims
    assert ("12 killed; victims: sailors", "12 sailors", "Ministry of Defence", "2031-03-03", "reported_on") in claims
    assert ("quote; =“We will not forget them,”", "=“We will not forget them,”", "Premier Vint", "2031-03-04", "published_on") in claims
    assert ("vaguely 24 or more missing", None, None, None, None) in claims


def test_known_on_is_what_had_been_claimed_by_that_day(good_package: Paths) -> None:
    with database(good_package) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM known_on({day})").fetchall()[0][0]
            for day in ("'2031-03-02'", "'2031-03-03'", "DATE '2031-03-04'")
        ]
    assert counts == [0, 1, 6]


def test_the_timeline_leaves_out_what_is_not_asserted(schemas: dict[str, Schema]) -> None:
    rows = good_rows()
    rows["casualty_estimates"][0]["stance"] = "denied"
    with duckdb.connect() as connection:
        for table, content in good_tables(schemas, rows).items():
            connection.register(table, content)
        for statement in views(schemas):
            if not statement.startswith("COMMENT"):
                connection.execute(statement.replace("CREATE VIEW", "CREATE TEMP VIEW"))
        assert connection.execute("SELECT count(*) FROM casualty_timeline").fetchall() == [(3,)]
        assert connection.execute("SELECT claim FROM claims WHERE stance = 'denied'").fetchall() == [
            ("denied: 12 killed; victims: sailors",)
        ]


QUOTED = [
    ([("victims_text", 0, 9, "12 sailors"), ("qualifier", 90, 99, "twelve")], "twelve"),  # its number first
    ([("claimant_text", 0, 9, "the council"), ("victims_text", 90, 99, "sailors")], "sailors"),  # else what it is named by
    ([("qualifier", 90, 99, "later"), ("qualifier", 10, 19, "earlier")], "earlier"),
    ([("qualifier", 10, 29, "longer"), ("qualifier", 10, 19, "shorter")], "shorter"),
    ([("qualifier", 10, 19, None), ("victims_text", 90, 99, "sailors")], None),  # what may not be quoted is not replaced
    ([("qualifier", None, None, "of no place"), ("qualifier", 5_000_000, 5_000_009, "far")], "far"),
    ([("no_column", 0, 9, "strange"), ("basis", 90, 99, "a count")], "a count"),
    ([("qualifier", 10, 19, "first")] * 2, "first"),
]


@pytest.mark.parametrize(("spans", "wanted"), QUOTED)
def test_which_words_stand_beside_a_claim(
    spans: list[tuple[str, int | None, int | None, str | None]], wanted: str | None, schemas: dict[str, Schema]
) -> None:
    rows = good_rows()
    fact = rows["casualty_estimates"][0]["fact_id"]
    other = [row for row in rows["evidence"] if row["fact_id"] != fact]
    blank = dict.fromkeys(schemas["evidence"].types) | {"fact_id": fact, "table_name": "casualty_estimates"}
    for backwards in (False, True):
        found = [
            blank | {"evidence_id": f"e{n:016x}", "column_name": column, "char_start": start, "char_end": end, "quote": quote}
            for n, (column, start, end, quote) in enumerate(reversed(spans) if backwards else spans)
        ]
        item = blank | {
            "evidence_id": f"e{9:016x}",
            "column_name": "qualifier",
            "ordinal": 1,
            "char_start": 0,
            "char_end": 4,
            "quote": "item",
        }
        tables = good_tables(schemas, rows | {"evidence": [*other, *found, item]})
        with duckdb.connect() as connection:
            for table, content in tables.items():
                connection.register(table, content)
            for statement in views(schemas)[:1]:
                connection.execute(statement.replace("CREATE VIEW", "CREATE TEMP VIEW"))
            assert connection.execute(f"SELECT quote FROM claims WHERE fact_id = '{fact}'").fetchall() == [(wanted,)]


def test_a_new_fact_table_shows_up_in_claims(schemas: dict[str, Schema]) -> None:
    kept = [f for f in schemas["statements"].fields if f.name in ("fact_id", "article_id", "kind", "text", "review_status")]
    new = dataclasses.replace(schemas["statements"], name="rumours", fields=tuple(kept), foreign_keys=(), row_checks=())
    row = {"fact_id": "f" + "0" * 16, "article_id": "harbour-2031", "kind": "quote", "text": "They left.", "review_status": "candidate"}
    with duckdb.connect() as connection:
        for table, content in (good_tables(schemas) | {"rumours": as_table(new, [row])}).items():
            connection.register(f"_{table}", content)
            connection.execute(f"CREATE TABLE {table} AS FROM _{table}")
        for statement in views(schemas | {"rumours": new}):
            connection.execute(statement)
        found = connection.execute("SELECT claim, claimant_text, dated_on FROM claims WHERE table_name = 'rumours'").fetchall()
    assert found == [("quote; They left.", None, date(2031, 3, 4))]


def test_comments_and_checks_travel_with_the_database(good_package: Paths, schemas: dict[str, Schema]) -> None:
    with database(good_package) as connection:
        meant = dict(
            connection.execute("SELECT table_name, comment FROM duckdb_tables() WHERE NOT internal AND schema_name = 'main'").fetchall()
        )
        columns = connection.execute("SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND comment IS NOT NULL").fetchall()[0][0]
        keys = connection.execute("SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY'").fetchall()[0][0]
    assert meant == {schema.name: schema.description for schema in schemas.values()}
    assert columns == sum(len(schema.fields) for schema in schemas.values())
    assert keys == sum(len(schema.foreign_keys) for schema in schemas.values())


def test_create_table_refuses_a_bad_row(schemas: dict[str, Schema]) -> None:
    with duckdb.connect() as connection:
        connection.execute(create_table(schemas["vague_numbers"]))
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("INSERT INTO vague_numbers VALUES ('dozens', 0)")


def discrepancies(schemas: dict[str, Schema], one: dict[str, object], other: dict[str, object]) -> list[dict[str, object]]:
    shared = {
        "article_id": "harbour-2031",
        "outcome": "killed",
        "victims_id": "A.navy",
        "victims_kind": "military",
        "conflict_id": "lind-war",
        "stance": "asserted",
        "scope": "unknown",
        "basis": "none given",
        "completeness": "not_stated",
    }
    exact = {"count_low": 101, "count_best": 101, "count_high": 101, "count_stated": 101, "qualifier": "exact"}
    about = {"count_best": 600, "count_stated": 600, "qualifier": "about"}
    rows = [
        shared | exact | {"fact_id": "f" + "1" * 16, "claimant_text": "the ministry"} | one,
        shared | about | {"fact_id": "f" + "2" * 16, "claimant_text": "the council"} | other,
    ]
    tables = {"casualty_estimates": as_table(schemas["casualty_estimates"], rows)}
    found: pa.Table = derive_tables(tables, schemas)["discrepancies"]
    return found.to_pylist()  # type: ignore[no-any-return]


AT_LEAST = {"count_best": None, "count_low": 300, "count_stated": 300, "qualifier": "at_least"}
AT_MOST = {"count_best": None, "count_low": None, "count_high": 90, "count_stated": 90, "qualifier": "at_most"}


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ({}, {}, "5.9400"),
        ({}, AT_LEAST, "2.9700"),
        ({}, AT_MOST, "1.1200"),
        ({"claimant_id": "northland", "claimant_text": "it"}, {"claimant_id": "lind.council", "claimant_text": "it"}, "5.9400"),
        ({"scope": "daily"}, {}, "5.9400"),
        ({"period_earliest": date(2031, 1, 1), "period_latest": date(2031, 2, 1)}, {"period_earliest": date(2031, 2, 1)}, "5.9400"),
    ],
)
def test_claims_that_exclude_each_other(schemas: dict[str, Schema], one: dict[str, object], other: dict[str, object], ratio: str) -> None:
    assert [str(row["ratio"]) for row in discrepancies(schemas, one, other)] == [ratio]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"outcome": "wounded"}, {}),
        ({"victims_id": "northland"}, {}),
        ({"victims_id": None}, {"victims_id": None}),
        ({"conflict_id": None}, {"conflict_id": None}),
        ({"stance": "denied"}, {}),
        ({"claimant_text": "the council"}, {}),
        ({"claimant_id": "lind.council"}, {"claimant_id": "lind.council"}),
        ({"scope": "daily"}, {"scope": "cumulative"}),
        ({"period_latest": date(2031, 1, 1)}, {"period_earliest": date(2031, 2, 1)}),
        ({"period_earliest": date(2031, 2, 1)}, {"period_latest": date(2031, 1, 1)}),
        ({"part_of_fact_id": "f" + "2" * 16}, {}),
        ({}, {"part_of_fact_id": "f" + "1" * 16}),
        ({}, AT_LEAST | {"count_low": 101, "count_stated": 101}),
        ({}, AT_LEAST | {"count_low": 24, "count_stated": None, "qualifier": "vague"}),
        ({}, AT_MOST | {"count_high": 500, "count_stated": 500}),
    ],
)
def test_claims_that_can_both_be_true_or_are_not_comparable(
    schemas: dict[str, Schema], one: dict[str, object], other: dict[str, object]
) -> None:
    assert discrepancies(schemas, one, other) == []
