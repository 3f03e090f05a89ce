"""Each format of a report: it names table, row, column and rule, shows the words, and no value from the data breaks out of it."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from seeded import GOOD, HOSTILE, seeded

from pipelines.checks import Problem
from pipelines.report import Findings, as_text, failures
from pipelines.report.annotations import as_annotations, without_commands
from pipelines.report.export import as_json, as_junit
from pipelines.report.markdown import MARKER, as_markdown
from pipelines.report.page import as_page

Given = Callable[..., Findings]
FORMATS = [as_text, as_json, as_junit, as_markdown, as_annotations, as_page]
SENTENCE = "The Lind Council put the toll at about 600 killed, of at least 900 casualties among the sailors."


def many(n: int, value: object = "v") -> list[Problem]:
    return [Problem("actors", row, "name", "pattern", value, "message", "remedy") for row in range(1, n + 1)]


def unescaped(text: str) -> str:
    return re.sub(r"&#8203;|</?\w+>", "", text).replace("&#95;", "_")


# --- the seeded fault -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_each_report_names_table_row_column_and_rule(form: Callable[[Findings], str], given: Given, fault: Problem) -> None:
    text = unescaped(form(given(fault)))
    for word in ("casualty_estimates", "count_best", "count", "601", "data/articles/harbour-2031.txt", str(fault.row)):
        assert word in text


@pytest.mark.parametrize("form", FORMATS)
def test_equal_findings_give_equal_reports(form: Callable[[Findings], str], given: Given, fault: Problem) -> None:
    assert form(given(fault)) == form(given(fault))


def test_the_terminal_shows_the_sentence_with_its_words_marked(given: Given, fault: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = as_text(given(fault), width=300)
    assert SENTENCE.replace("about 600 killed", "[[about 600 killed]]") in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = as_text(given(fault), width=300)
    assert "\x1b[7mabout 600 killed\x1b[0m" in coloured
    assert "[[" not in coloured


def test_the_terminal_has_one_line_a_layer_and_the_notes(given: Given, fault: Problem) -> None:
    lines = as_text(given(fault, notes=("not verified: something",)), width=300).splitlines()
    assert "  passed  files     28 checks" in lines
    assert "  FAILED  readings  1 problem" in lines
    assert "note: not verified: something" in lines
    assert "  casualty_estimates: 0 added, 0 removed, 1 changed" in lines


def test_the_terminal_counts_what_it_does_not_show(given: Given) -> None:
    text = as_text(given(*many(50), tables=GOOD), width=300)
    assert text.count("message (found v)") == 3
    assert "… and 47 more of this rule in actors" in text
    rules = [Problem("actors", 1, "name", f"rule {n}", None, "message", "remedy") for n in range(30)]
    assert "… and 10 more problems of 10 other rules" in as_text(given(*rules, tables=GOOD), width=300)


def test_a_build_that_fails_shows_its_problems_alike(fault: Problem) -> None:
    text = failures([fault, "a line that is no problem\x1b[0m"], seeded(), None, width=300)
    assert "a line that is no problem\\u001b[0m" in text
    assert "casualty_estimates row 3" in text
    assert "[[about 600 killed]]" in text
    assert failures([], {}, None) == ""


def test_json_holds_everything(given: Given, fault: Problem) -> None:
    content = json.loads(as_json(given(fault, notes=("a note",))))
    assert [layer["problems"] for layer in content["layers"]] == [0, 1]
    assert (content["passed"], content["notes"], content["base"]) == (False, ["a note"], "base")
    problem = content["problems"][0]
    assert (problem["table"], problem["row"], problem["column"], problem["rule"]) == (
        "casualty_estimates",
        fault.row,
        "count_best",
        "count",
    )
    assert problem["mend"] == {"file": "data/articles/harbour-2031.txt", "line": 1}
    words = problem["words"][0]
    assert words["sentence"] == SENTENCE
    assert [words["sentence"][a:b] for a, b in words["marked"]] == ["about 600 killed"]
    changed = next(t for t in content["difference"] if t["table"] == "casualty_estimates")["changed"]
    assert [(c["column"], c["old"], c["new"]) for c in changed] == [("count_best", "600", "601"), ("count_stated", "600", "601")]


def test_junit_has_a_suite_a_layer_and_a_case_a_rule_and_table(given: Given, fault: Problem) -> None:
    root = ElementTree.fromstring(as_junit(given(fault, *many(3))))
    assert (root.get("tests"), root.get("failures")) == ("4", "2")
    files, readings = root.findall("testsuite")
    assert (files.get("name"), files.get("tests"), files.get("failures")) == ("files", "1", "0")
    assert [case.get("name") for case in readings] == ["casualty_estimates: count", "actors: pattern", "18 checks passed"]
    failure = readings[0].find("failure")
    assert failure is not None and failure.text is not None
    assert SENTENCE.replace("about 600 killed", "[[about 600 killed]]") in failure.text


def test_markdown_shows_what_failed_and_what_changed(given: Given, fault: Problem) -> None:
    text = unescaped(as_markdown(given(fault)))
    assert text.startswith(MARKER + "\n## ❌ 1 problem in 1 of 2 layers")
    assert "| casualty_estimates | 0 | 0 | 1 |  |" in text
    fact = seeded()["casualty_estimates"].to_pylist()[2]["fact_id"]
    assert f"| casualty_estimates | {fact} | count_best | 600 | 601 |" in text
    assert "## ✅" in as_markdown(given(tables=GOOD)) and "Nothing." in as_markdown(given(tables=GOOD))


def test_markdown_is_cut_with_a_count(given: Given) -> None:
    text = as_markdown(given(*many(70), tables=GOOD))
    assert text.count("| pattern |") == 50
    assert "… and 20 more problems." in text
    assert len(as_markdown(given(*many(500, "|" * 900), tables=GOOD))) < 65_536


def test_markdown_cuts_the_values_that_changed(given: Given) -> None:
    tables = GOOD | {"evidence": GOOD["evidence"].set_column(9, "prefix", GOOD["evidence"].column("quote_sha256"))}
    changed = len(GOOD["evidence"])
    assert f"… and {changed - 50:,} more values that changed." in as_markdown(given(tables=tables))


def test_annotations_point_at_file_and_line(given: Given, fault: Problem) -> None:
    first, last = as_annotations(given(fault)).splitlines()
    assert first.startswith(
        f"::error file=data/articles/harbour-2031.txt,line=1,title=casualty_estimates row {fault.row} count_best::count: the words"
    )
    assert last == "::error title=factpack check::1 problem in 1 of 2 layers, 49 checks passed"
    assert as_annotations(given(tables=GOOD)).startswith("::notice title=factpack check::50 checks passed, no problem")
    lines = as_annotations(given(*many(80), fault)).splitlines()
    assert len(lines) == 51
    # What has a place comes first, since GitHub shows ten only.
    assert "harbour-2031.txt" in lines[0] and "(the first 50 are annotated)" in lines[-1]


# --- the page ---------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The elements of a page; closing tags must match."""

    VOID = ("meta", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.marked = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.marked += data if self.open[-1:] == ["mark"] else ""


def test_the_page_shows_the_sentence_and_stands_alone(given: Given, fault: Problem) -> None:
    text = as_page(given(fault, notes=("a note",)))
    page = Page(text)
    assert page.marked == "about 600 killed"
    assert SENTENCE.replace("about 600 killed", "<mark>about 600 killed</mark>") in text
    tags = [tag for tag, _ in page.found]
    assert not {"script", "link", "img", "iframe", "object"} & set(tags)
    assert not [attributes for _, attributes in page.found if {"src", "href", "style", "onload"} & attributes.keys()]
    assert "url(" not in text and "@import" not in text
    assert ("html", {"lang": "en"}) in page.found
    assert tags.count("h1") == 1 and tags.count("table") == tags.count("caption") >= 3
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in page.found if tag == "th")
    assert "color-scheme: light dark" in text and "a note" in text


def test_the_page_of_a_good_package_says_so(given: Given) -> None:
    text = as_page(given(tables=GOOD))
    Page(text)
    assert "Passed:" in text and "<h2>What failed</h2>" not in text and "<p>Nothing.</p>" in text


# --- hostile values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_lets_a_control_character_through(form: Callable[[Findings], str], given: Given, hostile: Problem) -> None:
    text = form(given(hostile, notes=(HOSTILE,)))
    assert not set("\x1b\x00\r\u202e\ud800") & set(text)
    text.encode("utf-8")


def test_hostile_values_stay_in_their_xml(given: Given, hostile: Problem) -> None:
    root = ElementTree.fromstring(as_junit(given(hostile)))
    assert "<script>" in str(root.findall("testsuite")[1][0].get("name"))


def test_hostile_values_stay_in_their_page(given: Given, hostile: Problem) -> None:
    text = as_page(given(hostile, notes=(HOSTILE,)))
    assert [tag for tag, _ in Page(text).found if tag == "script"] == []


def test_hostile_values_stay_in_their_cell(given: Given, hostile: Problem) -> None:
    lines = as_markdown(given(hostile, notes=(HOSTILE,))).splitlines()
    row = next(line for line in lines if "alert" in line)
    assert row.count("|") == 8
    for line in lines[1:]:
        assert not re.search(r"<(?!/?code>)|`|@|#\d(?!\d*;)|://", line)


def test_hostile_values_stay_in_their_annotation(given: Given, hostile: Problem) -> None:
    lines = as_annotations(given(hostile)).splitlines()
    assert len(lines) == 2
    title, _, message = lines[0].removeprefix("::error title=").partition("::")
    assert "," not in title and ":" not in title and "%0A" not in lines[0]
    assert "%250A" in message


def test_hostile_values_are_json(given: Given, hostile: Problem) -> None:
    assert json.loads(as_json(given(hostile)))["problems"][0]["found"] == HOSTILE


def test_nothing_in_a_log_is_taken_for_a_command() -> None:
    text = "found\n::add-mask::101\n##[add-mask]101"
    first, *middle, last = without_commands(text).split("\n")
    assert "\n".join(middle) == text
    assert first.removeprefix("::stop-commands::") == last.strip(":")
    assert last.strip(":") not in text


def test_an_older_form_of_command_is_broken_in_annotations(given: Given) -> None:
    fault = Problem("actors", 1, "name", "pattern", "##[add-mask]101", "has a form", "Correct it.")
    assert "##[" not in as_annotations(given(fault))
    assert "# #[add-mask]101" in as_annotations(given(fault))
