"""The lives of facts that are gone, some at a time; and the reasons of the ledger in the changes."""

from typing import Any

import pyarrow as pa
import pytest
from faults.in_releases import ABOUT, ESTIMATES, EXACT, SCHEMAS, SHIFTED, TABLES, changed
from small_package import HARBOUR

from pipelines.acceptances import Acceptance
from pipelines.changes import changes
from pipelines.history import History
from pipelines.ledger import EDITED, gone_lives
from pipelines.snapshot import Snapshot, snapshot

LIFE: dict[str, Any] = dict.fromkeys(SCHEMAS["ledger"].types)


def were(*lives: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist([LIFE | life for life in lives], pa.schema([(column, pa.string()) for column in LIFE]))


def test_lives_of_facts_that_are_gone_come_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.ledger._FEW", 2)
    article = {"article_id": HARBOUR.article_id, "status": "candidate"}
    last = were(
        {"fact_id": "a", **article},
        {"fact_id": "b", "article_id": "other", "status": "candidate"},
        {"fact_id": "c", **article, "extractor": "x@1", "table_name": ESTIMATES},
        {"fact_id": "d", "status": "retracted", "reason": "misread", "merged_into": "a"},
        {"fact_id": "e", **article},
    )
    articles = pa.table({"article_id": ["other", HARBOUR.article_id], "text_sha256": ["x", "0" * 64]})
    history, accepted = History(last=Snapshot({"articles": articles})), [Acceptance("x:1", "vanished", ESTIMATES, "meant", extractor="x@1")]
    found = list(gone_lives(last, history, {HARBOUR.article_id: HARBOUR}, (), accepted))
    assert [[(life["fact_id"], life["status"], life["reason"]) for life in some] for some in found] == [
        [("a", "stale", EDITED)],
        [("c", "retracted", "meant"), ("d", "retracted", "misread")],
        [("e", "stale", EDITED)],
    ]
    same = History(last=Snapshot({"articles": articles.set_column(1, "text_sha256", [["x", HARBOUR.text_sha256]])}))
    assert [life["fact_id"] for some in gone_lives(last, same, {HARBOUR.article_id: HARBOUR}, (), ()) for life in some] == ["d"]


def test_which_facts_a_release_held() -> None:
    history = History(last=Snapshot({"ledger": were({"fact_id": "a"}, {"fact_id": "b"})}))
    assert history.held(["b", "x", "b"]) == {"b"} and history.held([]) == set()
    assert History().held(["a"]) == set()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, "typing error", "typing error"),
        ("misread", "typing error", "typing error"),
        ("misread", "misread", None),
        ("misread", "", None),
    ],
)
def test_a_change_carries_the_reason_that_the_ledger_gives_anew(before: str | None, after: str, told: str | None) -> None:
    old = snapshot(changed(changed(TABLES, "ledger", EXACT, reason=before), ESTIMATES, ABOUT, count_stated=1), SCHEMAS)
    new = snapshot(changed(SHIFTED, "ledger", EXACT, reason=after), SCHEMAS)
    steps = [step for step in changes(old, new).to_pylist() if step["op"] == "change" and step["table_name"] == ESTIMATES]
    assert {step["row_key"]: step["reason"] for step in steps} == {EXACT: told, ABOUT: None}


def test_the_first_ledger_gives_every_reason_anew() -> None:
    old = snapshot({table: rows for table, rows in TABLES.items() if table != "ledger"}, SCHEMAS)
    steps = changes(old, snapshot(changed(SHIFTED, "ledger", EXACT, reason="typing error"), SCHEMAS)).to_pylist()
    assert {step["reason"] for step in steps if step["op"] == "change"} == {"typing error"}


def test_without_a_ledger_changes_have_no_reason() -> None:
    bare = [snapshot({t: rows for t, rows in tables.items() if t != "ledger"}, SCHEMAS) for tables in (TABLES, SHIFTED)]
    assert [step["reason"] for step in changes(*bare).to_pylist() if step["op"] == "change"] == [None]
