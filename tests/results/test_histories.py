"""Whatever happened before, a run gives the bytes of one that extracts everything; and it extracts what it must, not more."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from results.histories import LEXICONS, TEXTS, files, make_lexicons, run, write_corpus

from pipelines.article import stretches
from pipelines.corpus import Counts, Order
from pipelines.paths import REPOSITORY
from pipelines.results import entries, plan

NAMES = st.integers(1, 24).map(lambda n: f"a{n}")
TEXT = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3).map(" ".join)
EDITS = st.one_of(
    st.tuples(st.just("write"), NAMES, TEXT),
    st.tuples(st.just("remove"), NAMES),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("lexicon"), st.integers(0, len(LEXICONS) - 1)),
)
RUNS = st.sampled_from(["csv", "csv", "parquet", "stopped", "damaged", "lost output"])
HISTORIES = st.lists(st.tuples(st.lists(EDITS, max_size=3), RUNS), min_size=2, max_size=5)


@pytest.fixture(scope="module")
def lexicons(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_lexicons(tmp_path_factory.mktemp("lexicons"))


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "_ARTICLES", 3)
    monkeypatch.setattr(plan, "_MOST_ARTICLES", 5)
    monkeypatch.setattr(entries, "_BATCH", 4)
    monkeypatch.setattr(stretches, "_ARTICLES", 3)
    monkeypatch.setattr(stretches, "_MOST_ARTICLES", 5)


def stop_soon(counts: Counts) -> None:
    if counts.articles > counts.reused:
        raise KeyboardInterrupt


def damage(store: Path, seed: int) -> None:
    """Nothing; one file of the store is not what it was."""
    rng = random.Random(seed)
    path = rng.choice(sorted(p for p in store.rglob("*") if p.is_file() and p.name != "CACHEDIR.TAG"))
    how = rng.choice(["cut", "garbage", "gone", "empty"])
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": content[: len(content) // 2], "garbage": rng.randbytes(len(content)), "empty": b""}[how])


@settings(
    max_examples=int(os.environ.get("HISTORIES", "4")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.dictionaries(NAMES, TEXT, min_size=1, max_size=16), HISTORIES)
def test_after_any_history_the_bytes_are_those_of_a_full_run(tmp_path_factory, lexicons, start, history) -> None:
    folder = tmp_path_factory.mktemp("history")
    articles, lexicon = dict(start), lexicons[0]
    run(write_corpus(articles, folder / "corpus"), folder / "out")
    for number, (edits, how) in enumerate(history):
        for kind, *what in edits:
            if kind == "write":
                articles[what[0]] = what[1]
            elif kind == "remove" and len(articles) > 1:
                articles.pop(what[0], None)
            elif kind == "rename" and what[0] in articles and what[1] not in articles:
                articles[what[1]] = articles.pop(what[0])
            elif kind == "lexicon":
                lexicon = lexicons[what[0]]
        corpus = write_corpus(articles, folder / "corpus")
        if how == "damaged":
            damage(folder / "out" / ".factpack-extract", number)
        elif how == "lost output":
            (folder / "out" / "evidence.csv").unlink(missing_ok=True)
        elif how == "stopped":
            try:
                run(corpus, folder / "out", lexicon, tell=stop_soon)
            except KeyboardInterrupt:
                continue
        form = "parquet" if how == "parquet" else "csv"
        run(corpus, folder / "out", lexicon, Order(form, "process"))
        run(corpus, folder / "full", lexicon, Order(form, "process", keeps=False))
        wanted = files(folder / "full")
        assert {name: content for name, content in files(folder / "out").items() if name in wanted} == wanted


def test_an_article_more_changed_or_gone_is_all_that_is_extracted(tmp_path: Path) -> None:
    articles = {f"a{n}": f"{TEXTS[n % len(TEXTS)]} It was day {n}." for n in range(1, 40)}
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    run(write_corpus(articles, corpus), out)
    for change, extracted in (({}, 0), ({"a2": TEXTS[0]}, 1), ({"a90": TEXTS[1], "a3": TEXTS[2]}, 2)):
        articles |= change
        counts = run(write_corpus(articles, corpus), out).counts
        assert (counts.articles, counts.articles - counts.reused) == (len(articles), extracted)
    del articles["a5"]
    counts = run(write_corpus(articles, corpus), out).counts
    assert (counts.articles, counts.reused) == (39, 39)
    # A line that moved is the same article; one without a name of its own is called by its line.
    counts = run(write_corpus(dict(reversed(articles.items())), corpus), out).counts
    assert counts.articles - counts.reused == sum(not int(n[1:]) % 14 for n in articles)


@pytest.mark.parametrize(("lexicon", "touched"), [(0, 0), (1, 1), (2, 2), (5, 1), (6, 3), (8, 1), (12, 2), (13, len(TEXTS))])
def test_a_change_of_the_lexicon_costs_the_articles_with_its_words(
    lexicon: int, touched: int, lexicons: list[Path], tmp_path: Path
) -> None:
    corpus = write_corpus({f"a{n}": text for n, text in enumerate(TEXTS, 1)}, tmp_path / "corpus")
    run(corpus, tmp_path / "out", lexicons[0])
    counts = run(corpus, tmp_path / "out", lexicons[lexicon]).counts
    assert counts.articles - counts.reused == touched


@pytest.mark.parametrize("engine", ["pool", "dask"])
def test_another_engine_goes_on_from_the_same_results(engine: str, tmp_path: Path) -> None:
    articles = {f"a{n}": TEXTS[n % len(TEXTS)] for n in range(1, 12)}
    run(write_corpus(articles, tmp_path / "corpus"), tmp_path / "out")
    articles |= {"a2": TEXTS[1], "a30": TEXTS[3]}
    corpus = write_corpus(articles, tmp_path / "corpus")
    counts = run(corpus, tmp_path / "out", order=Order(engine=engine, workers=1)).counts
    assert (counts.articles, counts.reused) == (12, 10)
    run(corpus, tmp_path / "full", order=Order(engine="process", keeps=False))
    assert files(tmp_path / "out") == files(tmp_path / "full")


# The grammar takes its time in this process, and sections end soon.
SLOW = """
import sys, time
from pipelines.engines import extraction
from pipelines.results import log
plain = extraction.extract
def extract(*arguments):
    time.sleep(0.03)
    return plain(*arguments)
extraction.extract = extract
log._MOST_SECONDS = 0.2
from pipelines.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_ended_is_gone_on_with(how: signal.Signals, tmp_path: Path) -> None:
    articles = {f"a{n}": f"{TEXTS[n % len(TEXTS)]} It was day {n}." for n in range(1, 200)}
    corpus, out = write_corpus(articles, tmp_path / "corpus"), tmp_path / "out"
    command = [sys.executable, "-c", SLOW, "extract", str(corpus), "--out", str(out), "--engine", "process"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY.root, start_new_session=True)
    sections = out / ".factpack-extract" / "log"
    while process.poll() is None and not list(sections.glob("*/section.json")):
        time.sleep(0.02)
    below = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, how)
    _, told = process.communicate(timeout=60)
    assert psutil.wait_procs(below, timeout=30)[1] == []
    if how == signal.SIGINT:
        assert process.returncode in (130, -signal.SIGINT)
        assert "are kept; the same command goes on from there" in told
    assert files(out).keys() <= {".extracting"} if how == signal.SIGINT else True
    counts = run(corpus, out).counts
    assert 0 < counts.reused < counts.articles == 199
    run(corpus, tmp_path / "full", order=Order(engine="process", keeps=False))
    assert files(out) == files(tmp_path / "full")
