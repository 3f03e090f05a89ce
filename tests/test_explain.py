"""Explanation: what the grammar sees in an article, and for each fact its words and the pattern that made it."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from golden_cases import fact_tables, lexicon
from hypothesis import example, given
from hypothesis import strategies as st
from reading import article, facts, movements
from rich.cells import cell_len

from pipelines.__main__ import main
from pipelines.article.readers import read_folder
from pipelines.engines.extraction import extract
from pipelines.explain import Explanation, as_json, as_text, explain, read_one
from pipelines.explain.lines import lines_of
from pipelines.explain.patterns import EXAMPLES, example_of
from pipelines.paths import REPOSITORY
from pipelines.schema import load_schemas

SEED = REPOSITORY.articles / "000_a1897fbb557d1132.txt"


@cache
def explained(text: str) -> Explanation:
    return explain(article(text), lexicon(), load_schemas(REPOSITORY.schemas))


@cache
def seed() -> Explanation:
    return explain(read_one(SEED), lexicon(), load_schemas(REPOSITORY.schemas))


def notes(text: str, width: int = 200) -> str:
    """The explanation of a text, before its facts."""
    return as_text(explained(text), width=width).split("\nBelow:")[0]


def spans(content: Any) -> list[dict[str, Any]]:
    """Every span of an explanation in JSON."""
    if isinstance(content, dict):
        mine = [content] if {"start", "end", "words"} <= content.keys() else []
        return mine + [s for value in content.values() for s in spans(value)]
    return [s for value in content for s in spans(value)] if isinstance(content, list) else []


# What it says


def test_the_facts_are_those_that_are_extracted() -> None:
    found = extract(seed().article, lexicon(), fact_tables())
    assert sorted((f.table, f.trigger) for f in seed().facts) == sorted((f.table, f.trigger) for f in found)
    assert [f.number for f in seed().facts] == list(range(1, len(found) + 1))


def test_every_span_holds_its_words() -> None:
    text = seed().article.text
    found = spans(json.loads(as_json(seed())))
    assert len(found) > 300
    assert all(text[s["start"] : s["end"]] == s["words"] for s in found)


def test_a_fact_has_its_pattern_and_the_words_of_each_value() -> None:
    shown = as_text(explained("Five soldiers were killed on Monday, the army said."), width=100)
    assert 'passive: "Five soldiers and two civilians were killed."' in shown
    for column, value in (
        ("outcome", "“killed”"),
        ("count_best", "5 ← ″"),
        ("count_low", "5 ← “Five soldiers”"),
        ("victims_text", "“soldiers”"),
    ):
        assert re.search(rf"^     {column} +1  {value}$", shown, re.MULTILINE), column
    assert re.search(r"not said +stance, scope, basis, completeness", shown)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("At least 300 soldiers died.", "people   At least 300 → fact 1"),
        ("Dozens of civilians were killed.", "people   Dozens = 24 or more → fact 1"),
        ("Between 300 and 500 soldiers were killed.", "people   Between 300 and 500 = 300 to 500 → fact 1"),
        ("The army said on Monday that it rained.", "date  Monday = Mon 2025-08-18"),
        ("It began in March 2024 in Kyiv.", "date  March 2024 = 2024-03-01 to 2024-03-31"),
        (
            "Russia, Moscow and Rwenzibar spoke.",
            "Russia (state, country) · Moscow = Russia (state), Moscow (city) · Rwenzibar = not in the lexicon",
        ),
        (
            "KCNA said that 40 men died.",
            "said by “KCNA” (Korean Central News Agency), covers “that 40 men died.”",
        ),
        ("The figures were disclosed.", "disclosed by nobody: claims nothing"),
        ("The Red Cross denied that 40 men died.", "who denied it"),
        ("Three soldiers were wounded.", "outcome  wounded"),
        ("Uganda sent 300 soldiers to Somalia.", "movement  sent = completed (participle)"),
        ("A state funeral was held for the soldiers.", "ceremony  state funeral = funeral"),
        ("The minister laid a wreath for the fallen soldiers.", "“laid a wreath” = done at one: memorial"),
        ("The war began in 1998 at 5 km from Goma.", "number  5"),
    ],
)
def test_words_say_what_they_mean(text: str, note: str) -> None:
    assert note in notes(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("The army lost 12 tanks near Kyiv.", "12 → no fact: it counts things: “tanks”"),
        ("A woman, 60, was killed near Kyiv.", "60 → no fact: it says how old somebody is"),
        (
            "The village has 212 inhabitants.",
            "212 → no fact: no pattern fits: the sentence has no word for what befell people or where they went",
        ),
        ("In Goma 12 sang for those killed.", "12 → no fact: no pattern fits it together with “killed”"),
    ],
)
def test_a_number_that_made_no_fact_says_why(text: str, why: str) -> None:
    assert why in notes(text)


def test_an_article_on_another_field_says_so() -> None:
    text = (REPOSITORY.gold / "articles" / "g30.txt").read_text("utf-8")
    shown = notes(text)
    assert "The article does not tell of war" in shown
    assert "no fact: the article does not tell of war" in shown


def test_tags_stand_under_their_words() -> None:
    lines = as_text(explained("Five soldiers were killed on Monday."), tags=True, width=80).splitlines()
    text = next(i for i, line in enumerate(lines) if "Five soldiers" in line)
    assert lines[text + 1] == "     N    G        B    w      p  D     ;"
    assert any(re.search(r"outcome tags +NGBPpD;$", line) for line in lines)


def test_marks_stand_under_their_words() -> None:
    lines = as_text(explained("Five soldiers were killed on Monday."), width=80).splitlines()
    text = next(i for i, line in enumerate(lines) if "Five soldiers" in line)
    assert lines[text + 1] == "     N───               O─────    D─────"


# Patterns


def test_every_pattern_that_made_a_fact_has_its_example() -> None:
    for folder in (REPOSITORY.gold / "articles", REPOSITORY.articles):
        for read in read_folder(folder):
            for fact in extract(read, lexicon(), fact_tables()):
                where = f"{read.article_id}: a fact of {fact.table}"
                assert fact.pattern, f"{where} does not say which pattern made it"
                assert example_of(fact, read.text), (
                    f"{where} was made by {fact.pattern!r}: add its example to pipelines/explain/patterns.py"
                )


@pytest.mark.parametrize(
    ("table", "pattern"), [(table, pattern) for table in EXAMPLES for pattern in EXAMPLES[table] if table != "deployments"]
)
def test_an_example_shows_its_pattern(table: str, pattern: str) -> None:
    assert pattern in [f.pattern for f in facts(EXAMPLES[table][pattern], table)]


@pytest.mark.parametrize("pattern", EXAMPLES["deployments"])
def test_an_example_of_a_movement_shows_its_pattern(pattern: str) -> None:
    assert pattern in [m.pattern for m in movements(EXAMPLES["deployments"][pattern])]


# How it looks


@pytest.mark.parametrize("width", [20, 40, 80, 140])
@pytest.mark.parametrize("tags", [True, False])
def test_it_fits_the_terminal(width: int, tags: bool) -> None:
    assert max(cell_len(line) for line in as_text(seed(), tags, width).splitlines()) <= width


@example("00\x08 ", 8)
@given(st.text(min_size=1), st.integers(min_value=8, max_value=60))
def test_lines_hold_the_whole_text_and_no_more_than_fits(text: str, width: int) -> None:
    lines = list(lines_of(text, 0, len(text), width))
    assert lines[0].start == 0
    # A line that is full ends at a space, which is shown in neither line: the last one may be such a space too.
    for line, following in zip(lines, [*(line.start for line in lines[1:]), len(text)], strict=True):
        assert text[line.end : following].strip() == ""
        assert following - line.end <= 1
    assert all(line.cells[-1] <= width for line in lines)


def test_what_is_shown_is_safe_for_a_terminal() -> None:
    text = "Five sol\u202ediers\x1b[31m of [red]Ghoma[/red] were killed\u2028 in 北京市 on Monday."
    for shown in (as_text(explained(text)), as_text(explained(text), tags=True)):
        assert not {"\u202e", "\x1b", "\u2028"} & set(shown)
        assert "\\u202e" in shown
        assert "[red]Ghoma[/red]" in shown


def test_marks_count_the_cells_of_wide_characters() -> None:
    lines = as_text(explained("北京市 Five soldiers were killed."), width=80).splitlines()
    text = next(i for i, line in enumerate(lines) if "Five soldiers" in line)
    assert cell_len(lines[text].split("Five")[0]) == lines[text + 1].index("N───")


# The command


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it, piped."""
    variables = {"PATH": "", "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color", **environment}
    command = [sys.executable, "-m", "pipelines", "explain", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=REPOSITORY.root, env=variables, check=False)


def test_piped_it_is_plain_and_as_wide_as_asked() -> None:
    done = run(str(SEED), COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert max(map(cell_len, done.stdout.splitlines())) <= 80
    assert "around 4,700 = about 4,700 → fact 2" in done.stdout


def test_colours_take_the_place_of_letters_unless_they_are_not_wanted() -> None:
    coloured, without = (run(str(SEED), "--fact", "2", FORCE_COLOR="1", **more).stdout for more in ({}, {"NO_COLOR": "1"}))
    assert "\x1b[1;32maround 4,700\x1b[0m" in coloured
    assert "N───" not in coloured
    assert "N───" in without
    assert not re.search(r"\x1b\[[\d;]*3\dm", without)


def test_one_fact_comes_with_its_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(SEED), "--fact", "2", "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    (fact,) = content["facts"]
    assert (fact["number"], fact["table"], fact["pattern"]) == (2, "casualty_estimates", "noun")
    assert [s["number"] for s in content["sentences"]] == [1, 10]


def test_one_table_keeps_the_numbers_of_its_facts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(SEED), "--table", "deployments", "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert {f["table"] for f in content["facts"]} == {"deployments"}
    assert content["facts"][0]["number"] > 1
    assert len(content["sentences"]) == len(seed().sentences)


def test_an_article_may_stand_in_json_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"id": "a1", "text": "Five soldiers were killed."}) + "\n\n", "utf-8")
    assert main(["explain", str(path)]) == 0
    assert "a1 · no date" in capsys.readouterr().out
    path.write_text((json.dumps({"text": "Five soldiers were killed."}) + "\n") * 2, "utf-8")
    assert main(["explain", str(path)]) == 2
    assert "one.jsonl: several articles (expected one" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.txt: empty"),
        (b"\xff\xfe", "a.txt:1: not UTF-8 at byte 0"),
        (b"Five\x00men", "a.txt:1: a NUL character"),
        (b" date 2025-02-30 It rained.", "a.txt:1: '2025-02-30' is no date"),
        (b"---\ntitel: x\n---\nIt rained.", "did you mean 'title'?"),
    ],
)
def test_an_article_that_cannot_be_read_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    assert main(["explain", str(tmp_path / "a.txt")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([str(SEED.parent)], "articles: a folder (expected the file of one article)"),
        (
            [str(SEED.with_name("000_a1897fbb557d1123.txt"))],
            "not found (expected the file of one article; did you mean '000_a1897fbb557d1132.txt'?)",
        ),
        ([str(SEED), "--table", "casualties"], "--table casualties: no such table (expected one of casualty_estimates, "),
        ([str(SEED), "--fact", "0"], "--fact 0: no such fact (expected 1, 2, "),
        ([str(SEED), "--table", "ceremonies", "--fact", "1"], "--fact 1: no such fact of ceremonies (expected 4, 5)"),
    ],
)
def test_wrong_use_is_exit_code_2(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert main(["explain", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


def test_a_text_without_anything_to_see_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("it rained.", "utf-8")
    assert main(["explain", str(tmp_path / "a.txt")]) == 0
    shown = capsys.readouterr().out
    assert "no fact" in shown
    assert "  1  it rained." in shown


def test_the_help_says_what_is_shown() -> None:
    shown = " ".join(run("--help").stdout.split())
    for words in ("ARTICLE", "--table", "--fact", "--tags", "the pattern that made it"):
        assert words in shown
