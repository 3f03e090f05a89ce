"""Articles in our own words, engines by name, and a grammar that some texts break, for processes that are started here."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.article import Article
from pipelines.article.page import Page
from pipelines.article.readers import Source
from pipelines.engines.batch import Extracted, batch_of, merged
from pipelines.engines.setup import Setup, fingerprint
from pipelines.paths import REPOSITORY

SENTENCES = (
    "The Red Cross said on Monday that 40 men died in Goma.",
    "At least 12 soldiers were killed and dozens were wounded, the Ukrainian army said.",
    "Ukraine sent 3,000 troops to Kursk in two waves, the army said.",
    "A state funeral was held in Kyiv on March 2, hosted by President Volodymyr Zelenskyy.",
    "“We will not forget them,” President Volodymyr Zelenskyy said.",
    "It rained \u202e all day.",
)
# What stands in the process of a worker before anything else: the grammar, broken by words.
BROKEN = """
import os, re, signal, time
from pipelines.engines import extraction
plain = extraction.extract
def extract(article, *others):
    if "SLOW" in article.text: time.sleep(0.05)
    if "FAIL" in article.text: raise RuntimeError("broken \\x1b[31m")
    if "HANG" in article.text: re.match(r"(a+)+b", "a" * 64)
    if "KILL" in article.text: os.kill(os.getpid(), signal.SIGKILL)
    if "STUCK" in article.text:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        time.sleep(600)
    return plain(article, *others)
extraction.extract = extract
"""


@pytest.fixture(scope="session")
def setup() -> Setup:
    plain = Setup(REPOSITORY.lexicon, REPOSITORY.schemas, timeout=60)
    return replace(plain, fingerprint=fingerprint(plain))


@pytest.fixture
def broken_grammar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BROKEN, "utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'site'}:{REPOSITORY.root}")


def articles(texts: Iterable[str]) -> list[Source]:
    return [Source(f"corpus:{n}", Article(f"a{n:03}", text)) for n, text in enumerate(texts, 1)]


def batches(found: Sequence[Source], size: int = 4) -> list[pa.RecordBatch]:
    numbered = list(enumerate(found))
    return [batch_of(numbered[at : at + size]) for at in range(0, len(numbered), size)]


def rows(parts: Iterable[Extracted]) -> dict[str, list[dict[str, object]]]:
    """The rows of every table and of the rejected, sorted: equal where two engines gave the same."""
    whole = merged(list(parts))
    tables = {**whole.tables, "rejected": whole.rejected}
    return {table: sorted(found.to_pylist(), key=repr) for table, found in tables.items() if found.num_rows}


def page(html: str, identifier: str = "p1") -> Source:
    return Source(f"{identifier}.html", Page(identifier, html.encode("utf-8")))
