"""How fast extraction is: per article and core, stage by stage, beside a plain expression and spaCy's small English pipeline.

    python -m benchmarks.extraction [CORPUS] [--repeat N]

Times are processor seconds of this process, the best of all rounds; what is compared is timed by turns in the same rounds.
"""

import argparse
import contextlib
import functools
import importlib
import importlib.util
import pickle
import re
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipelines.article import Article
from pipelines.article.readers import Source, scan
from pipelines.engines.batch import batch_of, extract_batch
from pipelines.engines.extraction import extract
from pipelines.engines.setup import TIMEOUT, Setup, load, undisturbed
from pipelines.mentions import mentions
from pipelines.mentions.finders import Finder
from pipelines.mentions.lexicon import load_lexicon
from pipelines.paths import REPOSITORY
from pipelines.schema import load_schemas

# The least that somebody would write instead: a number, and one of four words close behind it.
FLOOR = re.compile(r"\b(\d[\d,]*)\s+(?:\w+\s+){0,3}?(?:killed|dead|wounded|injured)\b")
MODEL = "en_core_web_sm"
BATCH = 64
STAGES = {
    "sentences": (mentions, "find_sentences"),
    "numbers": (mentions, "find_numbers"),
    "dates": (mentions, "find_dates"),
    "names and words": (Finder, "find_each"),
    "known tokens": (mentions, "known_tokens"),
    "tags": (mentions, "tag_sentences"),
    "actors": (mentions, "resolve_actors"),
    "attribution": (mentions, "find_attributions"),
    "outcomes": (mentions, "find_outcomes"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.extraction", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", nargs="?", type=Path, default=REPOSITORY.root / "tests" / "gold" / "articles")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds (default 5)")
    parser.add_argument("--only-extract", action="store_true", help="extract once and print the peak memory in MB")
    options = parser.parse_args(arguments)
    articles = [found for found in scan(options.corpus) if isinstance(found, Article)]
    if not articles:
        parser.error(f"{options.corpus}: no article")
    ours = extraction()
    if options.only_extract:
        ours(articles)
        print(peak_memory())
        return
    report(options.corpus, articles, ours, options.repeat)


Work = Callable[[Sequence[Article]], None]


def extraction() -> Work:
    """Extraction of all fact tables, its lexicon read."""
    lexicon = load_lexicon(REPOSITORY.lexicon)

    def work(articles: Sequence[Article]) -> None:
        for article in articles:
            extract(article, lexicon, fact_tables())

    return work


@functools.cache
def fact_tables() -> tuple[str, ...]:
    """The declared fact tables."""
    return tuple(name for name, schema in load_schemas(REPOSITORY.schemas).items() if schema.kind == "fact")


def plain(articles: Sequence[Article]) -> None:
    """The floor: one plain expression."""
    for article in articles:
        FLOOR.findall(article.text)


def batches() -> Work:
    """All that a worker does with a corpus: Arrow to articles, extraction, identifiers, rows and evidence, typed, in Arrow, pickled."""
    loaded = load(Setup(REPOSITORY.lexicon, REPOSITORY.schemas))

    def work(articles: Sequence[Article]) -> None:
        sources = [(number, Source("", article)) for number, article in enumerate(articles)]
        with undisturbed():
            for start in range(0, len(sources), BATCH):
                pickle.dumps(extract_batch(batch_of(sources[start : start + BATCH]), loaded, TIMEOUT), pickle.HIGHEST_PROTOCOL)

    return work


def spacy_pipeline() -> Work | None:
    """spaCy's small English pipeline, under its own name or one that begins so; None where it is not installed."""
    if importlib.util.find_spec("spacy") is None:
        return None
    spacy = importlib.import_module("spacy")
    model = next((name for name in sorted(spacy.util.get_installed_models()) if name.startswith(MODEL)), None)
    if model is None:
        return None
    pipeline = spacy.load(model)

    def work(articles: Sequence[Article]) -> None:
        for _ in pipeline.pipe(article.text for article in articles):
            pass

    return work


def report(corpus: Path, articles: Sequence[Article], ours: Work, rounds: int) -> None:
    """Prints what was measured."""
    memory = memory_of(corpus)  # before anything large is loaded: a new process begins with the peak of the one that makes it
    works = {"extraction": ours, "extraction of batches": batches(), "plain expression": plain}
    rival = spacy_pipeline()
    if rival is not None:
        works[f"spaCy ({MODEL})"] = rival
    for work in works.values():
        work(articles[:2])  # caches and lazy imports are nobody's speed
    seconds = best(works, articles, rounds)
    characters = sum(len(a.text) for a in articles)
    shown = corpus.relative_to(REPOSITORY.root) if corpus.is_relative_to(REPOSITORY.root) else corpus
    print(f"{shown}: {len(articles):,} articles of {characters // len(articles):,} characters; best of {rounds} rounds, one core\n")
    print(f"{'':24}{'articles/s':>12}{'characters/s':>14}{'extraction is':>22}")
    for name, taken in seconds.items():
        ratio = taken / seconds["extraction"]
        compared = "" if ratio == 1 else f"{ratio:.1f} times as fast" if ratio > 1 else f"{1 / ratio:.0f} times slower"
        print(f"{name:24}{len(articles) / taken:12,.1f}{characters / taken:14,.0f}{compared:>22}")
    if rival is None:
        print(f"spaCy's small pipeline is not installed: pip install spacy && python -m spacy download {MODEL}")
    print(f"\npeak memory: {memory} MB, lexicon and all articles included\n")
    print_stages(articles, ours, rounds)


def best(works: dict[str, Work], articles: Sequence[Article], rounds: int) -> dict[str, float]:
    """Processor seconds of the fastest round of each, by turns so that a busy machine hits all alike."""
    seconds = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            begun = time.process_time()
            work(articles)
            seconds[name] = min(seconds[name], max(time.process_time() - begun, 1e-9))
    return seconds


def print_stages(articles: Sequence[Article], ours: Work, rounds: int) -> None:
    """Prints the time of each stage, and what is left between them."""
    taken: dict[str, float] = defaultdict(float)
    tables = {table: (importlib.import_module(f"pipelines.facts.{table}"), "find_facts") for table in fact_tables()}
    with contextlib.ExitStack() as stack:
        for stage, (owner, name) in (STAGES | tables).items():
            stack.enter_context(timed(owner, name, taken, stage))
        begun = time.process_time()
        for _ in range(rounds):
            ours(articles)
        whole = time.process_time() - begun
    taken["between them"] = whole - sum(taken.values())
    print(f"{'stage':24}{'ms/article':>12}{'share':>8}")
    for stage, spent in taken.items():
        print(f"{stage:24}{1000 * spent / rounds / len(articles):12.3f}{spent / whole:8.1%}")


@contextlib.contextmanager
def timed(owner: object, name: str, taken: dict[str, float], stage: str) -> Iterator[None]:
    """Adds the time of every call of ``owner.name`` to the stage; what is lazy is drawn, so that it counts where it belongs."""
    function = getattr(owner, name)

    def call(*arguments: object) -> object:
        begun = time.process_time()
        found = function(*arguments)
        found = list(found) if isinstance(found, Iterator) else found
        taken[stage] += time.process_time() - begun
        return found

    setattr(owner, name, call)
    try:
        yield
    finally:
        setattr(owner, name, function)


def memory_of(corpus: Path) -> str:
    """Peak memory of a process of its own that extracts the corpus once, in MB."""
    command = [sys.executable, "-m", "benchmarks.extraction", str(corpus.resolve()), "--only-extract"]
    return subprocess.run(command, cwd=REPOSITORY.root, capture_output=True, text=True, check=True).stdout.strip()


def peak_memory() -> int:
    """Peak memory of this process in MB; Linux counts in KB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
