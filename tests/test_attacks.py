"""What an attacker found: each was a traceback, a silent loss or a wrong row once."""

import json
from datetime import date
from pathlib import Path

import pytest
from small_package import HARBOUR, NOTE

from pipelines.__main__ import main
from pipelines.article import Article
from pipelines.article.readers import Rejected, read_text, scan
from pipelines.engines import extraction
from pipelines.engines.extraction import extract
from pipelines.errors import InputError
from pipelines.mentions.lexicon import load_lexicon
from pipelines.paths import REPOSITORY, Paths
from pipelines.records import Record, identify, review
from pipelines.reviews import read_reviews
from pipelines.schema import load_schemas

TEXT = "The army said that 14 soldiers were killed on Monday."


def records(text: str, day: date) -> tuple[Article, list[Record]]:
    article = Article("one", text, 0, published_on=day)
    return article, identify(article, extract(article, load_lexicon(REPOSITORY.lexicon), ["casualty_estimates"]))


@pytest.fixture
def with_texts(good_package: Paths) -> Paths:
    good_package.articles.mkdir(parents=True)
    for article in (HARBOUR, NOTE):
        (good_package.articles / f"{article.article_id}.txt").write_text(article.text, encoding="utf-8", newline="")
    return good_package


def test_a_good_package_with_its_texts_passes(with_texts: Paths) -> None:
    assert main(["check", "--quiet", str(with_texts.root)]) == 0


@pytest.mark.parametrize("change", ["another text", "no text"])
def test_a_text_that_is_not_the_published_one_is_named(with_texts: Paths, change: str, capsys: pytest.CaptureFixture[str]) -> None:
    # A text whose licence lets it be passed on; without one it need not be here.
    path = with_texts.articles / f"{HARBOUR.article_id}.txt"
    if change == "no text":
        path.unlink()
    else:
        path.write_text(HARBOUR.text + "\n", encoding="utf-8", newline="")
    assert main(["check", "--quiet", str(with_texts.root)]) == 1
    told = capsys.readouterr().err
    assert "articles row" in told
    assert HARBOUR.article_id in told


def test_without_texts_the_check_says_so_even_when_quiet(good_package: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--quiet", str(good_package.root)]) == 0
    assert "not verified" in capsys.readouterr().err


@pytest.mark.parametrize(
    "block",
    [
        "title: &a x\nurl: *a",
        "title: [" + "[" * 3000,
        "title: {a: b}",
        "title: one\ntitle: two",
        "quote_limit: 99999999999999999999999",
    ],
)
def test_front_matter_holds_plain_values_once(tmp_path: Path, block: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"---\n{block}\n---\n{TEXT}", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.txt:\d+"):
        read_text(path)


def test_empty_front_matter_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"---\n---\n{TEXT}", encoding="utf-8")
    assert read_text(path).title is None


def test_json_lines_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"id": "a", "text": TEXT}).encode())
    assert not any(isinstance(found, Rejected) for found in scan(path))


@pytest.mark.parametrize("day", [date(1, 1, 2), date(9999, 12, 31)])
@pytest.mark.parametrize("words", ["on Friday", "next week", "two months ago", "last year", "tomorrow", "the previous day"])
def test_the_calendar_has_edges(day: date, words: str) -> None:
    records(f"The army said that 14 soldiers were killed {words}.", day)


def test_one_article_that_fails_costs_the_others_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    for name in ("bad", "good"):
        (tmp_path / "in" / f"{name}.txt").write_text(TEXT, encoding="utf-8")

    def fails(article: Article, *others: object) -> object:
        if article.article_id == "bad":
            raise RecursionError("too deep")
        return extract(article, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(extraction, "extract", fails)
    assert main(["extract", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--engine", "process", "--quiet"]) == 3
    rows = (tmp_path / "out" / "casualty_estimates.csv").read_text("utf-8")
    assert ",good," in rows and ",bad," not in rows


@pytest.mark.parametrize(
    "text",
    [
        "14 soldiers expected to return were killed on Monday.",
        "The army said on Monday that 30 soldiers were killed and will be buried on Friday.",
    ],
)
def test_nobody_was_killed_after_the_article_was_published(text: str) -> None:
    day = date(2024, 3, 5)
    _, found = records(text, day)
    days = [v for r in found for v in r.fact.values.values() if isinstance(v, date)]
    assert found
    assert all(d <= day for d in days)


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ("- retract: {id}\n  reason: x\n- retract: {id}\n  reason: x", "contradicts"),
        ("- retract: {id}\n  reason: x\n- confirm: {id}", "contradicts"),
        ("- correct: {id}\n  column: review_status\n  value: confirmed\n  reason: x", "no column 'review_status'"),
        ("- correct: {id}\n  column: reported_on\n  value: 2025-02-31\n  reason: x", "does not exist"),
        ("- correct: {id}\n  column: count_best\n  value: 99999999999999999999\n  reason: x", "below 2^63"),
    ],
)
def test_decisions_that_cannot_be(tmp_path: Path, decisions: str, message: str) -> None:
    article, found = records(TEXT, date(2024, 3, 5))
    (tmp_path / "one.yaml").write_text(decisions.replace("{id}", found[0].fact_id), encoding="utf-8")
    with pytest.raises(InputError, match=r"one\.yaml") as error:
        review(article, found, read_reviews(tmp_path, ["one"]), load_schemas(REPOSITORY.schemas))
    assert message in str(error.value)
