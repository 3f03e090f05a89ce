"""The files that say what the package is: which must be there, and what is compared. Faults: tests/faults/in_descriptions.py."""

import shutil

import pytest
from mending import mending_place
from small_package import HARBOUR, NOTE

from pipelines.checks import Problem, check_package
from pipelines.checks.described import compared
from pipelines.paths import REPOSITORY, Paths

ARTICLES = {article.article_id: article for article in (HARBOUR, NOTE)}


def found(paths: Paths) -> list[Problem]:
    return list(check_package(paths, [].append, ARTICLES, only=["files"]).problems)


def test_a_package_that_was_fetched_by_its_address_has_none_of_them(good_package: Paths) -> None:
    for path in (good_package.croissant, good_package.schema_org, good_package.citation, good_package.zenodo, good_package.dictionary):
        path.unlink()
    assert found(good_package) == []


def test_an_archive_has_no_hidden_file_but_a_repository_has(good_package: Paths) -> None:
    good_package.zenodo.unlink()
    assert found(good_package) == []
    shutil.copy(REPOSITORY.about, good_package.about)
    assert [(p.table, p.rule) for p in found(good_package)] == [(".zenodo.json", "file")]


def test_in_a_repository_none_may_be_missing(good_package: Paths) -> None:
    shutil.copy(REPOSITORY.about, good_package.about)
    for path in (good_package.croissant, good_package.schema_org, good_package.citation):
        path.unlink()
    assert [(p.table, p.rule) for p in found(good_package)] == [
        (file, "file") for file in ("croissant.json", "schema-org.json", "CITATION.cff")
    ]


def test_form_alone_is_no_difference(good_package: Paths) -> None:
    for path in (good_package.croissant, good_package.schema_org, good_package.zenodo):
        path.write_text(path.read_text(encoding="utf-8").replace("\n", "\r\n  "), encoding="utf-8")
    good_package.citation.write_text(good_package.citation.read_text(encoding="utf-8").replace("# Generated", "# Made"), encoding="utf-8")
    assert found(good_package) == []


def test_a_line_too_many_is_told_once(good_package: Paths) -> None:
    # In a repository: a release's codebook keeps the wording of its day.
    good_package.about.write_text("name: small\n", encoding="utf-8")
    text = good_package.dictionary.read_text(encoding="utf-8")
    good_package.dictionary.write_text(text.replace("## Tables\n", "## Tables\n\nMore.\n"), encoding="utf-8")
    problems = found(good_package)
    assert len(problems) == 1
    assert "line 1" in problems[0].message


def test_the_place_to_look_at_is_the_file_itself(good_package: Paths) -> None:
    text = good_package.citation.read_text(encoding="utf-8")
    good_package.citation.write_text(text.replace("title: A small package", "title: Another"), encoding="utf-8")
    (problem,) = found(good_package)
    assert (problem.table, problem.rule, problem.value) == ("CITATION.cff", "descriptor title", "Another")
    assert str(mending_place(problem, {}, good_package)) == "CITATION.cff:5"


@pytest.mark.parametrize(
    ("wanted", "other", "places"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, ["a"]),
        ({"a": 1}, {"a": 1.0}, ["a"]),
        ({"a": 1}, {"b": 1}, ["a", "b"]),
        ({"a": [{"name": "x", "b": 1}]}, {"a": [{"name": "x", "b": 2}]}, ["a[x].b"]),
        ({"a": [1, 2]}, {"a": [2, 1]}, ["a[0]", "a[1]"]),
        ({"a": [1, 2]}, {"a": [1]}, ["the number of a"]),
        ({"a": {"b": None}}, {"a": []}, ["a"]),
        ({"a": 1}, None, ["the whole"]),
    ],
)
def test_each_difference_has_its_place(wanted: object, other: object, places: list[str]) -> None:
    assert [place for place, *_ in compared(wanted, other)] == places
