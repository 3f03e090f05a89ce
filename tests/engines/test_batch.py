"""Extraction from a batch: nothing is lost between articles and Arrow, and one bad article costs no other its rows."""

import pickle
import re
import threading
import time
from dataclasses import replace
from datetime import date

import pytest
from engines.conftest import SENTENCES, articles, page
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.article import Article
from pipelines.article.page import Page
from pipelines.article.readers import Source
from pipelines.engines import extraction
from pipelines.engines.batch import batch_of, extract_batch, merged, set_aside, sources_of
from pipelines.engines.limit import TooLong, limited
from pipelines.engines.setup import Setup, fingerprint, load
from pipelines.errors import ToolError
from pipelines.records import identify
from pipelines.tables import cast, fact_rows

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
MAYBE = st.none() | TEXT
DAYS = st.none() | st.dates(date(1900, 1, 1))
ARTICLES = st.builds(Article, TEXT, TEXT, st.integers(0, 40), MAYBE, MAYBE, MAYBE, DAYS, MAYBE, MAYBE, st.integers(0, 1_000_000))
PAGES = st.builds(Page, TEXT, st.binary(max_size=40), MAYBE, MAYBE, DAYS)
BAD = "The bad one."


@pytest.fixture(scope="module")
def loaded(setup: Setup):
    return load(setup)


@pytest.fixture
def bad_article(monkeypatch: pytest.MonkeyPatch):
    """Makes the grammar do something else with the bad article."""

    def does(what) -> None:
        plain = extraction.extract
        monkeypatch.setattr(extraction, "extract", lambda a, *others: what(a) if a.text == BAD else plain(a, *others))

    return does


@settings(max_examples=50, deadline=None)
@given(st.lists(st.builds(Source, TEXT, ARTICLES | PAGES), max_size=5))
def test_nothing_is_lost_between_sources_and_arrow(sources: list[Source]) -> None:
    numbered = list(enumerate(sources, 7))
    assert list(sources_of(batch_of(numbered))) == numbered


def test_the_rows_are_those_of_the_articles_one_by_one(setup: Setup, loaded) -> None:
    found = articles(SENTENCES)
    done = extract_batch(batch_of(enumerate(found)), loaded, setup.timeout)
    records = [r for s in found for r in identify(s.content, extraction.extract(s.content, loaded.lexicon, loaded.facts))]
    wanted = fact_rows(records, {s.content.article_id: s.content for s in found}, loaded.schemas)
    assert len(records) > 4
    for table, rows in wanted.items():
        assert done.tables[table].equals(cast(rows, loaded.schemas[table]))
    assert done.articles == len(SENTENCES)
    assert done.rejected.num_rows == done.skipped == 0


def hangs(_: Article) -> None:
    re.match(r"(a+)+b", "a" * 64)


def fails(_: Article) -> None:
    raise RecursionError("too deep \x1b[31m")


@pytest.mark.parametrize(("what", "reason"), [(hangs, "longer than 0.2 s"), (fails, "RecursionError: too deep \\u001b")])
def test_a_bad_article_is_set_aside(what, reason: str, bad_article, loaded) -> None:
    bad_article(what)
    found = articles([SENTENCES[0], BAD, SENTENCES[1]])
    limit = 0.2 if what is hangs else 60
    done = extract_batch(batch_of(enumerate(found)), loaded, limit)
    (row,) = done.rejected.to_pylist()
    assert (row["number"], row["where"]) == (1, "corpus:2")
    assert reason in row["reason"]
    assert done.articles == 2
    assert set(done.tables["casualty_estimates"]["article_id"].to_pylist()) == {"a001", "a003"}


def test_rows_that_do_not_fit_cost_their_article_only(bad_article, loaded) -> None:
    plain = extraction.extract

    def huge(article: Article):
        found = plain(replace(article, text=SENTENCES[0]), loaded.lexicon, loaded.facts)
        return [replace(fact, values={**fact.values, "count_best": 2**70}) for fact in found]

    bad_article(huge)
    done = extract_batch(batch_of(enumerate(articles([SENTENCES[0], BAD]))), loaded, 60)
    assert done.articles == 1
    assert "do not fit" in done.rejected["reason"][0].as_py()


def test_a_broken_tool_is_no_bad_article(bad_article, loaded) -> None:
    def broken(_: Article) -> None:
        raise ToolError("schemas/x.json: broken")

    bad_article(broken)
    with pytest.raises(ToolError):
        extract_batch(batch_of(enumerate(articles([BAD]))), loaded, 60)


def test_the_watcher_is_called_for_each_article(loaded) -> None:
    called = []
    extract_batch(batch_of(enumerate(articles(SENTENCES))), loaded, 60, lambda: called.append(1))
    assert len(called) == len(SENTENCES)


def test_pages_become_articles_and_others_are_passed_over(loaded) -> None:
    english = f"<html lang=en><title>Rain</title><body><article><p>{' '.join(SENTENCES[:4]) * 3}</p></article></body></html>"
    german = (
        f"<html lang=de><body><article><p>{'Der Fluss stieg in der Nacht, und die Stadt schlief noch. ' * 8}</p></article></body></html>"
    )
    found = [page(english, "en"), page(german, "de"), page("<html></html>", "none"), page("\x00", "nul")]
    done = extract_batch(batch_of(enumerate(found)), loaded, 60)
    assert done.tables["articles"]["article_id"].to_pylist() == ["en"]
    assert done.tables["casualty_estimates"].num_rows
    assert done.others == (1,)
    assert pickle.loads(pickle.dumps(done, pickle.HIGHEST_PROTOCOL)) == done  # as it travels between processes
    assert [(r["where"], r["reason"].split(" (")[0]) for r in done.rejected.to_pylist()] == [
        ("none.html", "no main text"),
        ("nul.html", "a NUL byte"),
    ]


def test_no_article_at_all(loaded) -> None:
    done = extract_batch(batch_of([]), loaded, 60)
    assert done.articles == done.rejected.num_rows == 0


def test_what_is_set_aside_merges_with_what_is_not(loaded) -> None:
    batch = batch_of(enumerate(articles(SENTENCES[:2])))
    whole = merged([set_aside(batch.slice(0, 1), "x"), extract_batch(batch.slice(1, 1), loaded, 60), set_aside(batch.slice(0, 0), "y")])
    assert (whole.articles, whole.rejected.num_rows) == (1, 1)
    assert merged([set_aside(batch, "x")]).articles == 0


def test_the_limit_leaves_nothing_behind() -> None:
    import signal

    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(TooLong), limited(0.05):
        time.sleep(30)
    with limited(30):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) == before


def test_another_thread_has_no_limit() -> None:
    done = []

    def work() -> None:
        with limited(0.01):
            done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]


def test_the_fingerprint_is_of_lexicon_and_schemas(setup: Setup, tmp_path) -> None:
    import shutil

    shutil.copytree(setup.lexicon, tmp_path / "lexicon")
    copied = replace(setup, lexicon=tmp_path / "lexicon")
    assert fingerprint(copied) == setup.fingerprint
    file = next(path for path in sorted((tmp_path / "lexicon").iterdir()) if path.suffix == ".csv")
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    assert fingerprint(copied) != setup.fingerprint
