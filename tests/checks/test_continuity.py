"""A package against the last release: each kind of break is found and named, can be accepted, and nothing else is reported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from faults.in_releases import (
    ABOUT,
    ESTIMATES,
    EXACT,
    FAULTS,
    GONE,
    MERGED,
    SCHEMAS,
    SHIFTED,
    TABLES,
    Tables,
    changed,
    fact_of,
    without,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.acceptances import RULES, Acceptance, read_acceptances
from pipelines.checks.continuity import check_continuity
from pipelines.checks.problem import Problem
from pipelines.errors import InputError


def breaks(new: Tables, last: Tables = TABLES, accepted: tuple[Acceptance, ...] = ()) -> list[Problem]:
    return list(check_continuity(new, last, SCHEMAS, accepted))


@pytest.mark.parametrize(("new", "last", "place"), FAULTS)
def test_each_break_is_named(new: Tables, last: Tables, place: tuple[str, str | None, str | None, str]) -> None:
    assert place in {(p.table, p.row, p.column, p.rule) for p in breaks(new, last)}


def test_every_rule_has_its_fault() -> None:
    assert {place[3] for _, _, place in FAULTS} == set(RULES)


def accept(remedy: str, tmp_path: Path) -> Acceptance:
    """The entry that the remedy tells, read from a file."""
    (tmp_path / "continuity.yaml").write_text(remedy.partition("data/continuity.yaml: ")[2].replace("...", "meant"), "utf-8")
    (entry,) = read_acceptances(tmp_path / "continuity.yaml")
    return entry


@pytest.mark.parametrize(("new", "last", "place"), FAULTS)
def test_the_entry_that_the_remedy_tells_accepts_the_break(
    new: Tables, last: Tables, place: tuple[str, str | None, str | None, str], tmp_path: Path
) -> None:
    found = breaks(new, last)
    problem = next(p for p in found if (p.table, p.row, p.column, p.rule) == place)
    left = breaks(new, last, (accept(problem.remedy, tmp_path),))
    assert left == [p for p in found if p != problem]


def test_a_fact_that_vanished_is_told_with_its_words() -> None:
    (problem,) = (p for p in breaks(GONE) if p.rule == "vanished")
    assert "12 sailors" in str(problem.value)


def test_a_silent_correction_says_what_was_and_is() -> None:
    assert [(p.rule, p.value) for p in breaks(SHIFTED)] == [("silent correction", "count_stated was 12, is 13")]


def test_one_version_of_the_grammar_is_accepted_as_a_whole() -> None:
    new = without(TABLES, ESTIMATES, "fact_id", EXACT, ABOUT)
    entry = Acceptance("x:1", "vanished", ESTIMATES, "better grammar", extractor="grammar@0.1.0")
    assert not [p for p in breaks(new, accepted=(entry,)) if p.rule in ("vanished", "acceptance")]
    other = Acceptance("x:1", "vanished", ESTIMATES, "better grammar", extractor="grammar@0.2.0")
    assert [p.rule for p in breaks(new, accepted=(other,))].count("vanished") == 2


@pytest.mark.parametrize("rule", RULES)
def test_an_entry_that_accepts_nothing_is_a_problem(rule: str) -> None:
    entry = Acceptance("data/continuity.yaml:1", rule, ESTIMATES, "was meant", **dict.fromkeys(RULES[rule][:1], "x"))
    assert [(p.table, p.rule, p.value) for p in breaks(TABLES, accepted=(entry,))] == [(ESTIMATES, "acceptance", "data/continuity.yaml:1")]


GOOD: list[Callable[[], Tables]] = [
    lambda: TABLES,
    lambda: changed(GONE, "ledger", EXACT, status="retracted", reason="misread"),
    lambda: changed(GONE, "ledger", EXACT, status="stale", merged_into=ABOUT, reason="said twice"),
    lambda: changed(GONE, "ledger", EXACT, merged_into=ABOUT, reason="said twice"),
    lambda: changed(SHIFTED, "ledger", EXACT, status="corrected", reason="a typing error"),
    lambda: changed(TABLES, ESTIMATES, EXACT, claimant_text="the ministry", victims_kind="civilian"),
    lambda: changed(TABLES, ESTIMATES, ABOUT, count_low=500),
    lambda: TABLES | {"discrepancies": TABLES["discrepancies"].slice(0, 0), "accuracy": TABLES["accuracy"].slice(0, 0)},
    lambda: TABLES | {"news": TABLES["actors"]},
]


@pytest.mark.parametrize("make", GOOD)
def test_what_is_no_break(make: Callable[[], Tables]) -> None:
    assert [p for p in breaks(make()) if p.rule != "row count"] == []


@pytest.mark.parametrize(("status", "counted"), [("retracted", set()), ("candidate", {ESTIMATES, "evidence"})])
def test_facts_that_left_for_a_reason_do_not_count_as_missing_rows(status: str, counted: set[str]) -> None:
    facts = TABLES[ESTIMATES].column("fact_id").to_pylist()
    new = TABLES
    for table in (ESTIMATES, "evidence"):
        new = without(new, table, "fact_id", *facts[1:])
    for fact in facts[1:]:
        new = changed(new, "ledger", fact, status=status, reason="misread")
    assert {p.table for p in breaks(new) if p.rule == "row count"} == counted


def test_a_second_correction_has_its_own_reason() -> None:
    last = changed(SHIFTED, "ledger", EXACT, status="corrected", reason="a typing error")
    again = changed(last, ESTIMATES, EXACT, count_stated=14)
    assert [p.rule for p in breaks(again, last)] == ["silent correction"]
    assert breaks(changed(again, "ledger", EXACT, reason="the ministry wrote again"), last) == []


@pytest.mark.parametrize("target", ["f" + "0" * 16, ABOUT, EXACT])
def test_a_merge_chain_that_leads_nowhere(target: str) -> None:
    new = without(TABLES, ESTIMATES, "fact_id", EXACT, ABOUT)
    new = changed(changed(new, "ledger", ABOUT, **MERGED), "ledger", EXACT, merged_into=target, **MERGED)
    assert ("ledger", EXACT, "merged_into", "broken merge") in {(p.table, p.row, p.column, p.rule) for p in breaks(new)}


def test_a_merge_chain_is_followed() -> None:
    whole = fact_of(ESTIMATES, qualifier="at_least")
    new = without(TABLES, ESTIMATES, "fact_id", EXACT, ABOUT)
    new = changed(changed(new, "ledger", ABOUT, merged_into=whole, **MERGED), "ledger", EXACT, merged_into=ABOUT, **MERGED)
    assert [p for p in breaks(new) if p.rule != "row count"] == []


def test_an_old_release_without_ledger_and_evidence() -> None:
    last = {t: rows for t, rows in TABLES.items() if t not in ("ledger", "evidence")}
    assert breaks(TABLES, last) == []
    assert [p.value for p in breaks(GONE, last) if p.rule == "vanished"] == [None]


SUBSETS = st.fixed_dictionaries({table: st.sets(st.integers(0, rows.num_rows)) for table, rows in TABLES.items()})


def subset(rows: dict[str, set[int]]) -> Tables:
    return {t: TABLES[t].take(pa.array(sorted(n for n in kept if n < TABLES[t].num_rows), pa.int64())) for t, kept in rows.items()}


@settings(max_examples=20, deadline=None)
@given(SUBSETS)
def test_a_package_against_itself_has_no_break(rows: dict[str, set[int]]) -> None:
    tables = subset(rows)
    assert breaks(tables, tables) == []


@settings(max_examples=20, deadline=None)
@given(SUBSETS, st.sampled_from(sorted(TABLES)))
def test_additions_are_no_break(rows: dict[str, set[int]], whole: str) -> None:
    last = subset(rows)
    assert [p for p in breaks(last | {whole: TABLES[whole]}, last) if p.rule != "lost fill"] == []
    assert [p for p in breaks(TABLES, last) if p.rule != "lost fill"] == []


# --- the file ---------------------------------------------------------------------------------------------------------

ENTRY = f"- accept: vanished\n  table: {ESTIMATES}\n  fact: {EXACT}\n  reason: read twice\n"


def test_no_file_accepts_nothing(tmp_path: Path) -> None:
    assert read_acceptances(tmp_path / "continuity.yaml") == []
    (tmp_path / "continuity.yaml").write_text("# none\n")
    assert read_acceptances(tmp_path / "continuity.yaml") == []


def test_a_key_may_look_like_a_number_or_a_day(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        "".join(f"- {{accept: removed key, table: articles, key: {k}, reason: x}}\n" for k in ("12", "2025-01-02"))
    )
    assert [a.key for a in read_acceptances(tmp_path / "c.yaml")] == ["12", "2025-01-02"]


MALFORMED: list[tuple[str, str]] = [
    (ENTRY.replace("vanished", "vanishd"), r"yaml:1 accept: 'vanishd' .*did you mean 'vanished'"),
    ("- accept: [vanished]", "is unknown"),
    ("- fact: x", "accept: None"),
    (ENTRY + "  tabel: x", "unknown key 'tabel' .*did you mean 'table'"),
    (ENTRY + "  column: x", "unknown key 'column'"),
    (ENTRY.replace("  reason: read twice\n", ""), "lacks 'reason'"),
    (ENTRY.replace("read twice", "'  '"), "expected words"),
    (ENTRY.replace(f"  fact: {EXACT}\n", ""), r"accepts nothing \(expected fact or extractor\)"),
    (ENTRY + "  extractor: grammar@0.1.0", "accepts fact and extractor"),
    (ENTRY.replace(EXACT, "[1]"), "expected the fact of the break"),
    (ENTRY.replace(ESTIMATES, "3"), "table is 3"),
    (ENTRY + ENTRY, r"yaml:5: accepts the same as .*yaml:1"),
    ("accept: vanished", "a dict"),
    ("- vanished", "expected an acceptance such as"),
    ("- {accept: x, accept: y}", "stands twice"),
]


@pytest.mark.parametrize(("content", "message"), MALFORMED)
def test_a_malformed_entry_is_named_by_file_and_line(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "continuity.yaml").write_text(content, "utf-8")
    with pytest.raises(InputError, match=message):
        read_acceptances(tmp_path / "continuity.yaml")


@settings(max_examples=60, deadline=None)
@given(content=st.one_of(st.binary(max_size=60), st.recursive(st.none() | st.text(max_size=9) | st.integers(), lambda s: st.lists(s) | st.dictionaries(st.sampled_from(["accept", "table", "reason", "fact", "x"]), s)).map(lambda v: yaml.safe_dump(v).encode())))  # fmt: skip
def test_no_content_breaks_the_reader(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path: Any = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    try:
        read_acceptances(path)
    except InputError as error:
        assert "any.yaml" in str(error)
