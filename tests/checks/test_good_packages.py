"""No good package is refused: what the grammar reads in generated articles, and people decide on it, passes every layer."""

import shutil
from datetime import date
from pathlib import Path

from golden_cases import lexicon
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_package import ABOUT, good_rows, prepare, real_schemas, with_changes
from tables_of import tables_of

from pipelines.article import Article
from pipelines.article.readers import read_folder
from pipelines.checks import LAYERS, check_package
from pipelines.engines.extraction import extract
from pipelines.package import stage
from pipelines.paths import REPOSITORY, Paths
from pipelines.records import Record, identify, review
from pipelines.reviews import Decision

SCHEMAS = real_schemas()
FACTS = [name for name, schema in SCHEMAS.items() if schema.kind == "fact"]
# Expectations speak of many articles; constraints, keys, words, numbers, dates and lives of each.
ROW_LAYERS = [layer for layer in LAYERS if layer not in ("continuity", "expectations")]
# The seed fills every table, so that none is refused for being empty.
SEED = tuple(read_folder(REPOSITORY.articles))

COUNTS = ["12", "about 600", "at least 1,200", "more than 40", "up to 90", "dozens of", "between 20 and 30", "a", "three", "1.5 million"]
PEOPLE = ["soldiers", "civilians", "fishermen", "people", "Russian troops", "medics"]
SPEAKERS = ["The army", "Ukraine's defense ministry", "A U.N. official", "The governor", "The National Intelligence Service"]
DAYS = ["on Monday", "on March 3", "last week", "in January", "yesterday", "earlier this year", "on 2 May 2022"]
PLACES = ["Kyiv", "Russia", "the port of Odesa", "a village near the border", "Mali"]
SENTENCES = [
    "{speaker} said {day} that {count} {people} were killed in {place}.",
    "{count} {people} were wounded {day}, {speaker} said, including {count} {people} who lost a leg.",
    "{speaker} put the toll at {count} casualties, of whom {count} were killed.",
    "{speaker} sent {count} {people} to {place} in two waves {day}.",
    "{speaker} denied that {count} {people} had died.",
    "A state funeral for {count} {people} was held in {place} {day}.",
    "“We shall not forget them,” {speaker} said {day}. It declined to comment further.",
    "A 16-year-old boy was shot dead in {place} {day}.",
]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A few sentences of news, some with odd white space or marks."""
    made = []
    for _ in range(draw(st.integers(1, 6))):
        sentence = draw(st.sampled_from(SENTENCES))
        while "{" in sentence:
            slot = sentence[sentence.index("{") + 1 : sentence.index("}")]
            values = {"count": COUNTS, "people": PEOPLE, "speaker": SPEAKERS, "day": DAYS, "place": PLACES}[slot]
            sentence = sentence.replace("{" + slot + "}", draw(st.sampled_from(values)), 1)
        made.append(sentence[0].upper() + sentence[1:])
    return draw(st.sampled_from([" ", "\n", "\n\n", " \u00a0", "\r\n"])).join(made)


@st.composite
def articles(draw: st.DrawFn) -> list[Article]:
    """One to three articles, dated or not, some of which may be quoted with few characters only."""
    days = st.one_of(st.none(), st.dates(date(2022, 5, 2), date(2030, 12, 31)))
    limits = st.sampled_from([300, 300, 20, 1])
    numbers = range(draw(st.integers(1, 3)))
    return [Article(f"note-{n}", draw(texts()), published_on=draw(days), quote_limit=draw(limits)) for n in numbers]


def decided(article: Article, found: list[Record], kinds: list[str]) -> list[Record]:
    """The records with decisions of these kinds on the first facts that nothing else points at."""
    named = {str(value) for record in found for column, value in record.fact.values.items() if column.endswith("_fact_id") and value}
    free = [record.fact_id for record in found if record.fact_id not in named]
    decisions = [Decision("here", article.article_id, kind, fact, "looked at") for kind, fact in zip(kinds, free, strict=False)]
    return review(article, found, decisions, SCHEMAS)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=articles(), kinds=st.lists(st.sampled_from(["confirm", "retract"]), max_size=3))
def test_what_is_read_and_decided_passes(tmp_path: Path, made: list[Article], kinds: list[str]) -> None:
    every = [*SEED, *made]
    records = [r for a in SEED for r in identify(a, extract(a, lexicon(), FACTS))]
    records += [r for a in made for r in decided(a, identify(a, extract(a, lexicon(), FACTS)), kinds)]
    tables = tables_of(every, records, lexicon(), good_rows()["accuracy"], SCHEMAS)
    paths = prepare(Paths(tmp_path / "package"))
    staged = stage(with_changes(tables, SCHEMAS), SCHEMAS, ABOUT, paths)
    report = check_package(Paths(staged), lambda _: None, {a.article_id: a for a in every}, only=ROW_LAYERS)
    assert [str(problem) for problem in report.problems] == []
    assert Paths(staged).database.exists(), "DuckDB refuses what the checks pass"
    shutil.rmtree(paths.root)
