"""The place to mend a problem: the reviewed file and the line that the bad value comes from."""

import json
from pathlib import Path

import pytest
from mending import mending_place
from seeded import GOOD, seeded, with_articles
from small_package import HARBOUR

from pipelines.checks import Problem
from pipelines.paths import REPOSITORY, Paths


@pytest.fixture
def written(good_package: Paths) -> Paths:
    """The good package with everything that people write beside it."""
    lexicon = good_package.lexicon
    lexicon.mkdir(parents=True)
    (lexicon / "actors.csv").write_text('actor_id,name,kind\n"x","two\nlines",state\nvint,Ada Vint,person\n', "utf-8")
    (lexicon / "countries.csv").write_text("country_code,alias,kind\nNLD,Dutch,demonym\nnorthland,Northland,name\n", "utf-8")
    return with_articles(good_package)


def place(
    paths: Paths, table: str, row: int | str | None, column: str | None = None, rule: str = "rule", value: object = None
) -> str | None:
    found = mending_place(Problem(table, row, column, rule, value, "message", "remedy"), GOOD, paths)
    return None if found is None else str(found)


def row_of(table: str, **values: object) -> int:
    return next(n for n, row in enumerate(GOOD[table].to_pylist(), 1) if all(row[c] == v for c, v in values.items()))


def test_a_fact_is_mended_in_its_article(written: Paths, fault: Problem) -> None:
    assert str(mending_place(fault, seeded(), written)) == "data/articles/harbour-2031.txt:1"
    row = row_of("deployments", waves=2)
    assert place(written, "deployments", row, "waves") == "data/articles/harbour-2031.txt:2"
    assert place(written, "evidence", row_of("evidence", quote="two waves"), "quote") == "data/articles/harbour-2031.txt:2"


def test_the_decision_on_the_fact_comes_before_the_article(written: Paths) -> None:
    row = row_of("casualty_estimates", count_stated=600)
    fact = GOOD["casualty_estimates"].to_pylist()[row - 1]["fact_id"]
    written.reviews.mkdir()
    review = f"# seen\n- correct: {fact}\n  column: basis\n  value: none given\n  reason: so\n- confirm: {fact}\n- retract: f0123456789abcdef\n  reason: no\n"
    (written.reviews / f"{HARBOUR.article_id}.yaml").write_text(review, "utf-8")
    assert place(written, "casualty_estimates", row, "basis") == "data/reviews/harbour-2031.yaml:2"
    assert place(written, "casualty_estimates", row, "count_best") == "data/reviews/harbour-2031.yaml:6"
    assert place(written, "deployments", 1, "waves") == "data/articles/harbour-2031.txt:2"


def test_a_fact_that_a_person_added_is_mended_where_it_was_added(written: Paths) -> None:
    written.reviews.mkdir()
    review = "- add: deployments\n  trigger: 5,000 sailors\n  reason: so\n  columns:\n    status: {quote: sent, value: completed}\n"
    (written.reviews / f"{HARBOUR.article_id}.yaml").write_text(review, "utf-8")
    assert place(written, "deployments", 1, "waves") == "data/reviews/harbour-2031.yaml:1"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"- [", b"- confirm: [a", b"- nonsense: 1", b"- &a [*a]", b"[" * 5000])
def test_reviews_that_cannot_be_read_are_passed_over(written: Paths, content: bytes) -> None:
    written.reviews.mkdir()
    (written.reviews / f"{HARBOUR.article_id}.yaml").write_bytes(content)
    assert place(written, "deployments", 1, "waves") == "data/articles/harbour-2031.txt:2"


def test_a_name_is_mended_in_the_lexicon(written: Paths) -> None:
    assert place(written, "actors", row_of("actors", actor_id="vint"), "kind") == "data/lexicon/actors.csv:4"
    assert place(written, "actors", row_of("actors", actor_id="northland"), "kind") == "data/lexicon/countries.csv:3"
    assert place(written, "actors", row_of("actors", actor_id="lind.council"), "kind") == "data/lexicon/actors.csv:1"


def test_the_descriptor_is_mended_at_its_resource(written: Paths) -> None:
    lines = written.descriptor.read_text("utf-8").splitlines()
    csv, parquet = (next(n for n, line in enumerate(lines, 1) if f'"name": "{name}"' in line) for name in ("actors", "actors-parquet"))
    assert place(written, "actors", None, None, "descriptor hash", "sha256:0") == f"datapackage.json:{csv}"
    assert place(written, "actors", None, None, "descriptor", "actors-parquet") == f"datapackage.json:{parquet}"
    assert place(written, "actors", None, None, "file", "actors.csv") == f"datapackage.json:{csv}"
    assert place(written, "datapackage.json", None, None, "descriptor") == "datapackage.json:1"


def test_a_schema_is_mended_at_its_column(written: Paths) -> None:
    schema = json.loads((REPOSITORY.schemas / "actors.json").read_text("utf-8"))
    assert place(written, "actors", None, None, "embedded schema") == "schemas/actors.json:1"
    found = place(written, "actors", None, "kind", "x-minimum-rows")
    assert found is not None
    line = (REPOSITORY.schemas / "actors.json").read_text("utf-8").splitlines()[int(found.rpartition(":")[2]) - 1]
    assert '"name": "kind"' in line and any(f["name"] == "kind" for f in schema["fields"])


def test_an_article_is_mended_at_its_first_line(written: Paths) -> None:
    assert place(written, "articles", 1, "text_sha256", "text") == "data/articles/harbour-2031.txt:1"


@pytest.mark.parametrize("table", ["../../etc/passwd", "a/b", "", "no such", "x" * 5000, "a\x00b", "."])
def test_hostile_names_lead_nowhere(written: Paths, table: str) -> None:
    assert place(written, table, None) is None
    assert place(written, table, 1) is None


def test_a_package_without_what_people_write_has_no_place(tmp_path: Path, fault: Problem) -> None:
    assert mending_place(fault, seeded(), Paths(tmp_path)) is None
    assert place(Paths(tmp_path), "actors", None, None, "file") is None
