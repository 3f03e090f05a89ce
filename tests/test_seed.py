"""The seed article, worked: every row that the data model lists stands in the published tables, with its words, by SQL."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
from golden_cases import fact_tables

from pipelines.article.readers import read_folder
from pipelines.paths import REPOSITORY

SEED = "000_a1897fbb557d1132"
REPORT, BRIEFING = date(2025, 8, 22), date(2025, 4, 30)


@pytest.fixture(scope="module")
def package() -> Iterator[duckdb.DuckDBPyConnection]:
    """The published Parquet files as views."""
    with duckdb.connect() as connection:
        for path in sorted(REPOSITORY.tables.glob("*.parquet")):
            connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path}'")
        yield connection


@pytest.fixture(scope="module")
def ask(package: duckdb.DuckDBPyConnection) -> Any:
    return lambda sql, *values: package.execute(sql, list(values)).fetchall()


def quotes(ask: Any, table: str, where: str, column: str) -> set[str]:
    """The words behind a column of the facts of the seed that fulfil a condition."""
    sql = f"SELECT quote FROM evidence e JOIN {table} t USING (fact_id) WHERE t.article_id = ? AND ({where}) AND column_name = ? AND e.table_name = ?"
    return {quote for (quote,) in ask(sql, SEED, column, table)}


def test_there_are_three_estimates_and_no_more(ask: Any) -> None:
    sql = "SELECT outcome, qualifier, count_low, count_best, count_high, count_stated FROM casualty_estimates WHERE article_id = ? ORDER BY count_stated"
    assert ask(sql, SEED) == [
        ("killed", "exact", 101, 101, 101, 101),
        ("killed", "about", None, 600, None, 600),
        ("killed_or_wounded", "about", None, 4700, None, 4700),
    ]


def test_the_portraits(ask: Any) -> None:
    sql = "SELECT basis, completeness, claimant_id, claimant_text, relayed_by_id, reported_on, stance FROM casualty_estimates WHERE article_id = ? AND count_stated = 101"
    ((basis, completeness, claimant, words, relayed, reported, stance),) = ask(sql, SEED)
    assert (basis, completeness, reported, stance) == ("named list", "not_stated", REPORT, "asserted")
    assert (claimant, relayed) == ("PRK", "state-media-prk")
    assert words in ("Pyongyang", "North Korea", "North Korean")
    assert quotes(ask, "casualty_estimates", "count_stated = 101", "count_stated") == {"101 fallen troops", "a total of 101 portraits"}


def test_the_briefing(ask: Any) -> None:
    sql = "SELECT claimant_text, claimant_id, reported_to_text, reported_on FROM casualty_estimates WHERE article_id = ? AND count_stated IN (600, 4700)"
    row = ("National Intelligence Service", "national-intelligence-service-kor", "National Assembly’s Intelligence Committee", BRIEFING)
    assert ask(sql, SEED) == [row, row]
    assert quotes(ask, "casualty_estimates", "count_stated = 4700", "count_best") == {"around 4,700 casualties"}
    assert quotes(ask, "casualty_estimates", "count_stated = 600", "count_best") == {"about 600 deaths"}
    assert quotes(ask, "casualty_estimates", "count_stated = 600", "reported_on") == {"April 30"}


def test_the_deaths_are_part_of_the_casualties(ask: Any) -> None:
    sql = "SELECT part.count_stated, whole.count_stated FROM casualty_estimates part JOIN casualty_estimates whole ON part.part_of_fact_id = whole.fact_id WHERE part.article_id = ?"
    assert ask(sql, SEED) == [(600, 4700)]


def test_the_implied_victims_point_at_the_deployment(ask: Any) -> None:
    assert ask("SELECT DISTINCT victims_id FROM casualty_estimates WHERE article_id = ?", SEED) == [("PRK",)]
    for stated in (600, 4700):
        assert quotes(ask, "casualty_estimates", f"count_stated = {stated}", "victims_id") == {"North Korea’s troop deployment"}


def test_the_deployments(ask: Any) -> None:
    sql = """SELECT personnel_stated, qualifier, waves, status, origin_id, destination_id, claimant_text, reported_on, personnel_kind
        FROM deployments WHERE article_id = ? ORDER BY personnel_stated NULLS LAST"""
    numbered, under_way = ask(sql, SEED)
    assert numbered == (15000, "exact", 2, "completed", "PRK", "RUS", "National Intelligence Service", BRIEFING, "troops")
    assert under_way[:4] == (None, None, None, "under_way")
    assert under_way[6] == "Kim Jong-un"
    assert quotes(ask, "deployments", "waves = 2", "waves") == {"two separate deployments"}
    assert quotes(ask, "deployments", "waves = 2", "reported_on") == {"April 30"}, "the day is carried over from the sentence before"
    assert quotes(ask, "deployments", "status = 'under_way'", "status") == {"ongoing"}


def test_the_decoration_ceremony(ask: Any) -> None:
    sql = """SELECT name, held_on, held_latest, venue_text, place_id, host_text, host_id, honoured_text, honoured_count
        FROM ceremonies WHERE article_id = ? AND kind = 'decoration'"""
    ((name, held_on, latest, venue, place, host, host_id, honoured, count),) = ask(sql, SEED)
    assert name == "state decoration ceremony"
    assert (held_on, latest) == (None, REPORT), "the date was not given; Wednesday is the meeting's"
    assert venue == "headquarters of the Central Committee of the Workers’ Party of Korea"
    assert (place, host, host_id) == ("pyongyang", "Kim Jong-un", "kim-jong-un")
    assert honoured == "commanders and soldiers of the Korean People’s Army overseas operations unit"
    assert count is None, "101 counts portraits, not those honoured"


def test_the_participants(ask: Any) -> None:
    sql = """SELECT participant_text, role FROM ceremony_participants JOIN ceremonies USING (fact_id)
        WHERE article_id = ? AND kind = 'decoration' ORDER BY ordinal"""
    assert ask(sql, SEED) == [("bereaved families", "family"), ("children", "family"), ("soldiers", "awardee")]


def test_the_performance(ask: Any) -> None:
    sql = "SELECT kind, venue_text, host_id, held_on FROM ceremonies WHERE article_id = ? AND kind <> 'decoration'"
    assert ask(sql, SEED) == [("concert", "April 25 House of Culture", "kim-jong-un", None)]


KIM = [
    "The reality that we can now meet",
    "Standing before the bereaved families",
    "victorious conclusion of overseas military operations",
    "the fighters who, even at this moment",
    "fully prepared for war",
    "most rigorous verification",
    "The key is to break the enemy’s will",
    "more impeccable and overwhelming readiness",
    "very grave and unpredictable security crisis",
]


@pytest.mark.parametrize("beginning", KIM)
def test_a_quotation_of_kim(ask: Any, beginning: str) -> None:
    sql = "SELECT speaker_id, text FROM statements WHERE article_id = ? AND kind = 'quote' AND starts_with(text, ?)"
    ((speaker, text),) = ask(sql, SEED, beginning)
    assert speaker == "kim-jong-un"
    assert quotes(ask, "statements", f"starts_with(text, '{beginning}')", "text") == {text}


def test_kim_has_no_other_quotation(ask: Any) -> None:
    sql = "SELECT count(*) FROM statements WHERE article_id = ? AND kind = 'quote' AND speaker_id = 'kim-jong-un'"
    assert ask(sql, SEED) == [(len(KIM),)]


def test_the_state_media_speak_for_themselves(ask: Any) -> None:
    sql = "SELECT speaker_id, kind FROM statements WHERE article_id = ? AND starts_with(text, 'clarified the major tasks')"
    assert ask(sql, SEED) == [("state-media-prk", "quote")]


def test_the_pledge_and_the_refusal(ask: Any) -> None:
    sql = "SELECT kind, speaker_id FROM statements WHERE article_id = ? AND kind IN ('pledge', 'no_comment') ORDER BY kind"
    assert ask(sql, SEED) == [("no_comment", "unification-ministry-kor"), ("pledge", "kim-jong-un")]
    (pledge,) = quotes(ask, "statements", "kind = 'pledge'", "text")
    assert "a museum and a monument" in pledge
    assert "Pyongyang" in pledge


@pytest.mark.parametrize("words", ["sorrow and remorse", "called for"])
def test_a_paraphrase(ask: Any, words: str) -> None:
    sql = "SELECT speaker_id FROM statements WHERE article_id = ? AND kind = 'paraphrase' AND contains(text, ?)"
    assert ask(sql, SEED, words) == [("kim-jong-un",)]


def test_the_discrepancy(ask: Any) -> None:
    sql = """SELECT smaller_stated, larger_stated, ratio::DOUBLE, smaller_completeness FROM discrepancies d
        JOIN casualty_estimates s ON d.smaller_fact_id = s.fact_id WHERE s.article_id = ?"""
    assert ask(sql, SEED) == [(101, 600, 5.94, "not_stated")]


@pytest.mark.parametrize("number", [25, 70])
def test_a_number_that_counts_nobody_is_in_no_row(ask: Any, number: int) -> None:
    for table, columns in {
        "casualty_estimates": ("count_low", "count_best", "count_high", "count_stated"),
        "deployments": ("personnel_low", "personnel_best", "personnel_high", "personnel_stated", "waves"),
        "ceremonies": ("honoured_count",),
    }.items():
        for column in columns:
            assert ask(f"SELECT count(*) FROM {table} WHERE article_id = ? AND {column} = ?", SEED, number) == [(0,)]


def test_no_day_is_guessed(ask: Any) -> None:
    assert ask("SELECT DISTINCT held_on FROM ceremonies WHERE article_id = ?", SEED) == [(None,)]
    assert ask("SELECT count(*) FROM deployments WHERE article_id = ? AND started_on IS NOT NULL", SEED) == [(0,)]
    days = {d for (d,) in ask("SELECT reported_on FROM casualty_estimates WHERE article_id = ?", SEED)}
    assert days == {REPORT, BRIEFING}


def test_the_date_prefix_supports_nothing(ask: Any) -> None:
    assert ask("SELECT count(*) FROM evidence WHERE article_id = ? AND char_start < 17", SEED) == [(0,)]


def test_everything_belongs_to_the_war(ask: Any) -> None:
    for table in fact_tables():
        assert ask(f"SELECT DISTINCT conflict_id FROM {table} WHERE article_id = ?", SEED) == [("russia-ukraine-war",)]


def test_every_span_slices(ask: Any) -> None:
    texts = {a.article_id: a.text for a in read_folder(REPOSITORY.articles)}
    spans = ask("SELECT article_id, char_start, char_end, quote FROM evidence WHERE quote IS NOT NULL")
    assert len(spans) > 100
    assert [s for s in spans if texts[s[0]][s[1] : s[2]] != s[3]] == []


def test_the_ledger_names_what_people_added(ask: Any) -> None:
    sql = "SELECT count(*) FROM ledger JOIN casualty_estimates USING (fact_id) WHERE extractor = 'human'"
    assert ask(sql) == [(0,)], "no number was added by hand"
    assert ask("SELECT count(*) FROM ledger JOIN deployments USING (fact_id) WHERE extractor = 'human'") == [(0,)]
