"""Evaluation: how far extracted facts agree with what people read, counted by table and column."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from golden_cases import lexicon

from pipelines.errors import InputError
from pipelines.evaluate import evaluate

TEXT = " date 2025-08-22 The Red Cross said on Monday that 40 men died in Goma. The Red Cross said that 12 men fled."
DIED = {
    "outcome": "killed",
    "count_low": 40,
    "count_best": 40,
    "count_high": 40,
    "qualifier": "exact",
    "victims": "men",
    "claimant": "Red Cross",
    "reported_on": "2025-08-18",
    "stance": "asserted",
    "part_of": None,
    "evidence": "40 men died in Goma",
}
FLED = DIED | {"outcome": "displaced", "count_low": 12, "count_best": 12, "count_high": 12, "evidence": "12 men fled"}


def measured(tmp_path: Path, *estimates: dict[str, Any]) -> dict[tuple[object, object], dict[str, object]]:
    """The rows of accuracy by table and column, for one article and its gold."""
    for folder, name, content in (
        ("articles", "g1.txt", TEXT),
        ("gold", "g1.json", json.dumps({"casualty_estimates": list(estimates)})),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(content, "utf-8")
    return {(row["table_name"], row["column_name"]): row for row in evaluate(tmp_path, lexicon())}


def shares(row: dict[str, object]) -> tuple[object, ...]:
    return row["gold"], row["found"], row["invented"], row["precision"], row["recall"]


def test_all_found_is_one(tmp_path: Path) -> None:
    rows = measured(tmp_path, DIED, FLED)
    assert shares(rows["casualty_estimates", "row"]) == (2, 2, 0, Decimal(1), Decimal(1))
    assert shares(rows["casualty_estimates", "claimant_text"]) == (2, 2, 0, Decimal(1), Decimal(1))


def test_a_fact_that_no_gold_answers_is_invented(tmp_path: Path) -> None:
    row = measured(tmp_path, DIED)["casualty_estimates", "row"]
    assert shares(row) == (1, 1, 1, Decimal("0.5"), Decimal(1))


def test_a_gold_fact_that_is_not_found_is_missed(tmp_path: Path) -> None:
    row = measured(tmp_path, DIED, FLED, DIED | {"count_low": 99, "count_best": 99, "count_high": 99})["casualty_estimates", "row"]
    assert shares(row) == (3, 2, 0, Decimal(1), Decimal("0.6667"))


def test_another_outcome_is_another_fact(tmp_path: Path) -> None:
    row = measured(tmp_path, DIED | {"outcome": "wounded"}, FLED)["casualty_estimates", "row"]
    assert shares(row)[:3] == (2, 1, 1)


def test_a_wrong_column_is_invented_and_a_missing_one_only_missed(tmp_path: Path) -> None:
    rows = measured(tmp_path, DIED | {"claimant": "Ministry of Health", "part_of": 1, "reported_on": None}, FLED)
    assert shares(rows["casualty_estimates", "claimant_text"]) == (2, 1, 1, Decimal("0.5"), Decimal("0.5"))
    assert shares(rows["casualty_estimates", "part_of_fact_id"]) == (1, 0, 0, None, Decimal(0))
    assert rows["casualty_estimates", "reported_on"]["invented"] == 1
    assert shares(rows["casualty_estimates", "row"])[:3] == (2, 2, 0), "columns do not decide whether the fact was found"


def test_one_fact_answers_one_gold_fact(tmp_path: Path) -> None:
    row = measured(tmp_path, DIED, DIED, FLED)["casualty_estimates", "row"]
    assert shares(row)[:3] == (3, 2, 0)


def test_names_agree_within_each_other(tmp_path: Path) -> None:
    rows = measured(tmp_path, DIED | {"claimant": "the International Red Cross", "victims": "the men of Goma"}, FLED)
    assert rows["casualty_estimates", "claimant_text"]["found"] == 2
    assert rows["casualty_estimates", "victims_text"]["found"] == 2


def test_a_table_without_gold_has_no_share(tmp_path: Path) -> None:
    row = measured(tmp_path, DIED)["deployments", "row"]
    assert shares(row) == (0, 0, 0, None, None)


def test_gold_that_is_missing_or_no_json_is_named(tmp_path: Path) -> None:
    measured(tmp_path, DIED)
    (tmp_path / "gold" / "g1.json").write_text("{", "utf-8")
    with pytest.raises(InputError, match=r"g1\.json: no JSON"):
        evaluate(tmp_path, lexicon())
    (tmp_path / "gold" / "g1.json").unlink()
    with pytest.raises(InputError, match=r"g1\.json: not found"):
        evaluate(tmp_path, lexicon())
