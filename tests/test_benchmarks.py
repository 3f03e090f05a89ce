"""The benchmarks run, and say what they promise to say; how fast it is here is no matter of a test."""

import re
import subprocess
import sys
from pathlib import Path

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
