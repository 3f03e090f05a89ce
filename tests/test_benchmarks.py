"""The benchmarks run, and say what they promise to say; how fast it is here is no matter of a test."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as results
from benchmarks.building import Measured, _line, article
from benchmarks.generated import articles
from pipelines.paths import REPOSITORY


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=REPOSITORY.root, capture_output=True, text=True, check=True)
    return done.stdout


def test_extraction_is_compared_and_taken_apart(tmp_path: Path) -> None:
    for name, text in {"one": "Shelling killed 12 civilians on Monday, the army said.", "two": "Mali sent 300 soldiers to Chad."}.items():
        (tmp_path / f"{name}.txt").write_text(f" date 2025-08-22 {text}", encoding="utf-8")
    shown = run("benchmarks.extraction", str(tmp_path), "--repeat", "1")
    assert "2 articles" in shown
    assert re.search(r"^plain expression .* times (slower|as fast)$", shown, re.MULTILINE)
    assert re.search(r"^spaCy.* (times as fast|times slower|pip install spacy .*)$", shown, re.MULTILINE)
    assert re.search(r"^peak memory: \d+ MB", shown, re.MULTILINE)
    for stage in (
        "sentences",
        "numbers",
        "dates",
        "names and words",
        "tags",
        "attribution",
        "outcomes",
        "casualty_estimates",
        "statements",
    ):
        assert re.search(rf"^{stage} +\d+\.\d+ +\d+\.\d%$", shown, re.MULTILINE), stage


def test_hand_made_numbers_are_read_right() -> None:
    shown = run("benchmarks.numbers")
    share, cases = re.search(r"^read right: ([\d.]+)% of (\d+) number", shown, re.MULTILINE).groups()  # type: ignore[union-attr]
    assert int(cases) >= 150
    assert float(share) >= 98, shown
    running, counts = re.search(r"^in running text: ([\d.]+)% of (\d+) counts", shown, re.MULTILINE).groups()  # type: ignore[union-attr]
    assert int(counts) >= 400
    assert float(running) >= 97, shown


def test_hand_made_dates_are_read_right() -> None:
    shown = run("benchmarks.dates")
    share, cases = re.search(r"^read right: ([\d.]+)% of (\d+) date", shown, re.MULTILINE).groups()  # type: ignore[union-attr]
    assert int(cases) >= 80
    assert float(share) >= 98, shown


def test_validation_is_compared_with_frictionless_and_says_its_memory() -> None:
    shown = run("benchmarks.validation", "--rows", "2000")
    for side in ("ours, CSV and Parquet", "frictionless, CSV", "Great Expectations"):
        assert re.search(rf"^{side}.* \d+\.\d\d s +\d+ MB", shown, re.MULTILINE), side
    assert re.search(r"^ratio +1/\d+\.\d of the time .*, peak memory \d+ MB", shown, re.MULTILINE)


def test_writing_a_release_is_compared_with_plain_copy_and_taken_apart() -> None:
    shown = run("benchmarks.release", "--rows", "2000", "--repeat", "1")
    assert len(re.findall(r"^2,000 facts of 20 columns, (first|next) release", shown, re.MULTILINE)) == 2
    assert len(re.findall(r"^ratio \d+\.\d\d, of processors' time \d+\.\d\d \(aim: 1\.5\)$", shown, re.MULTILINE)) == 2
    for part in ("COPY of the same tables", "writing the release", "  changes", "  CSV and Parquet", "apart: zip", "apart: database"):
        assert len(re.findall(rf"^{part} +\d+\.\d\d s +\d+\.\d\d s$", shown, re.MULTILINE)) == 2, part


def test_the_generated_archive_is_the_same_everywhere() -> None:
    rows = [dict(made.row) for made in articles(200)]
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    assert digest == "3dd0cd643745a2a421fdb097997423c70facdc19f937d1bfff59aa0a18ff5868"  # as measured: growth is compared over machines
    assert [dict(made.row) for made in articles(50, first=150)] == rows[150:]
    assert [dict(made.row) for made in articles(200, seed=2)] != rows
    assert len({row["article_id"] for row in rows}) == 200


def test_growth_finds_what_was_generated() -> None:
    shown = run("benchmarks.growth", "60", "120")
    for size in (60, 120):
        assert re.search(rf"^ +{size} .* 100\.00% +100\.00%$", shown, re.MULTILINE), shown


def test_a_page_of_a_web_archive_is_taken_apart() -> None:
    shown = run("benchmarks.archive", "--pages", "6", "--repeat", "1")
    for step in ("reading", "main text", "facts"):
        assert re.search(rf"^{step} +\d+\.\d\d +\d+\.\d%$", shown, re.MULTILINE), shown
    assert re.search(r"^\d+ pages a second and core$", shown, re.MULTILINE)


def test_engines_write_the_same_and_are_compared() -> None:
    shown = run("benchmarks.engines", "--articles", "60", "--repeat", "1")
    assert "every run wrote the same bytes" in shown
    assert re.search(r"^pool of 2 is \d+\.\d\d times as fast", shown, re.MULTILINE)
    assert re.search(r"^dask takes \d+\.\d\d of the time", shown, re.MULTILINE)


def test_questions_are_those_of_the_readme() -> None:
    shown = run("benchmarks.questions", "--facts", "500", "--repeat", "1")
    assert re.search(r"^[\d,]{3,} facts, \d+ MB of Parquet", shown)
    assert "FROM known_on(DATE" in shown
    assert len(re.findall(r"^ +\d+\.\d +\d+\.\d +\d+\.\d   SELECT ", shown, re.MULTILINE)) >= 6


def test_start_up_is_compared_with_python_that_does_nothing() -> None:
    shown = run("benchmarks.startup", "--repeat", "1")
    assert re.search(r"^factpack build, nothing changed +\d+\.\d+ s +\d+\.\d x", shown, re.MULTILINE)


def test_the_page_of_results_keeps_the_sections_that_were_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "RESULTS.md"
    page.write_text("# Old head\n\n## Dates\n<!-- dates -->\n\nread right: 1%\n\n## Engines\n<!-- engines -->\n\nfast\n", "utf-8")
    monkeypatch.setattr(results, "RESULTS", page)
    results.main(["dates"])
    text = page.read_text("utf-8")
    assert "read right: 1%" not in text
    assert re.search(r"## Dates\n<!-- dates -->\n\n`python -m benchmarks\.dates`, .* cores, .*\n\n```text\nread right: \d+", text)
    assert text.endswith("## Engines\n<!-- engines -->\n\nfast\n")


def test_growth_is_drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    printed = "  articles   MB read\n     1,000       2.3         0.6      29.1          34      1.3      275      1,667 100.00% 100.00%"
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(results, "_run", lambda _: printed)
    results.main(["growth"])
    text = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert 'x-axis ["1,000"]' in text
    assert "bar [34]" in text
    assert "bar [275]" in text


def test_a_build_says_its_memory_and_how_it_grows() -> None:
    shown = run("benchmarks.building", "--articles", "4", "--memory", "200MB")
    assert re.search(r"^ +4 articles +[\d,]+ rows +[\d.]+ s +[\d.]+ s of processors +\d+ MiB own +\d+ MiB whole$", shown, re.MULTILINE), (
        shown
    )
    found = [Measured(articles, articles / 5, articles / 10, 300, 200.0, 10 * articles) for articles in (100, 1000)]
    assert _line(found).endswith("exponents: processors 1.00, own memory 0.00")


def test_a_generated_article_is_the_same_for_the_same_number() -> None:
    assert article(7) == article(7) != article(8)
