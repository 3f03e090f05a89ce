"""A build holds a few articles and a few facts at a time, however many there are, and gives the same bytes as one that holds them all."""

import gc
import hashlib
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from repository import RIVER, small_repository

from pipelines import assembly, spill
from pipelines.article import Article, texts
from pipelines.build import build
from pipelines.checks import windows
from pipelines.checks.evidence import Supported
from pipelines.errors import InputError, ToolError
from pipelines.paths import Paths

# What is expected of a package is no matter of this; the README's commands and test_command.py are judged.
pytestmark = pytest.mark.usefixtures("without_expectations")

MORE = 30


class Living:
    """How many objects of a class are there at once, at most."""

    def __init__(self, kind: type, patch: pytest.MonkeyPatch) -> None:
        self.now = self.most = self.made = 0
        begin = kind.__init__

        def counted(one: Any, *values: Any, **named: Any) -> None:
            begin(one, *values, **named)
            weakref.finalize(one, self._gone)
            self.now, self.made = self.now + 1, self.made + 1
            self.most = max(self.most, self.now)

        patch.setattr(kind, "__init__", counted)

    def _gone(self) -> None:
        self.now -= 1


def repository(root: Path) -> Paths:
    paths = small_repository(root)
    # Without a conflict, in which each two claims would be a discrepancy.
    text = RIVER.replace(" in Russia's war against Ukraine", "").replace("had been killed.", "had been killed since the start of the war.")
    for n in range(MORE):
        (paths.articles / f"river-{n:02}.txt").write_text(text.replace("40 Russian", f"{n + 100} Russian"), "utf-8")
    return paths


def quiet(_: str) -> None:
    pass


def published(paths: Paths) -> dict[str, str]:
    """The SHA-256 of every published file but the database, which is never the same twice."""
    found = [p for p in sorted(paths.root.rglob("*")) if p.is_file() and paths.scratch not in p.parents and p != paths.database]
    return {p.relative_to(paths.root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Batches and windows of a few rows, everything in files, extraction in worker processes."""
    monkeypatch.setattr(spill, "_SMALL", 1000)
    monkeypatch.setattr(spill, "_FEW", 3)
    monkeypatch.setattr(texts, "_MOST", 4)
    monkeypatch.setattr(assembly, "_MOST_ARTICLES", 4)
    monkeypatch.setattr(assembly, "_ALONE", 0)
    monkeypatch.setattr(windows, "ROWS", 40)
    monkeypatch.setattr(windows.windows, "__defaults__", (40,))
    yield
    gc.collect()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a build of everything at once publishes."""
    paths = repository(tmp_path_factory.mktemp("whole"))
    assert build(paths, quiet, 10_000)
    return published(paths)


@pytest.mark.usefixtures("tiny")
def test_a_build_in_small_parts_gives_the_same_bytes_and_holds_little(
    tmp_path: Path, whole: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = repository(tmp_path)
    articles, facts = Living(Article, monkeypatch), Living(Supported, monkeypatch)
    built = build(paths, quiet, 10_000, memory="200MB")
    assert built
    assert published(paths) == whole
    assert articles.made > 3 * MORE, "read, extracted from and checked"
    assert articles.most < MORE / 2
    assert facts.made > 3 * MORE
    assert facts.most < facts.made / 3
    assert not (paths.scratch / "spill").exists()


@pytest.mark.usefixtures("tiny")
def test_what_is_wrong_is_told_as_ever(tmp_path: Path) -> None:
    paths = repository(tmp_path)
    (paths.reviews).mkdir()
    (paths.reviews / "river-03.yaml").write_text("- {confirm: f0123456789abcdef}\n", "utf-8")
    with pytest.raises(InputError, match=r"river-03\.yaml:1: confirm matches nothing: river-03 has no fact"):
        build(paths, quiet, 10_000)
    (paths.reviews / "river-03.yaml").unlink()
    (paths.articles / "zebra.txt").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"zebra\.txt:1: not UTF-8"):
        build(paths, quiet, 10_000)


def test_an_article_that_the_grammar_fails_on_stops_the_build_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = small_repository(tmp_path)
    read = assembly.extract_batch

    def failing(batch: pa.RecordBatch, *more: Any) -> Any:
        found = read(batch, *more)
        told = [{"number": 1, "where": "wire.txt", "reason": "late"}, {"number": 0, "where": "river.txt", "reason": "extraction failed"}]
        return type(found)({}, pa.Table.from_pylist(told, schema=found.rejected.schema), ())

    monkeypatch.setattr(assembly, "extract_batch", failing)
    with pytest.raises(ToolError, match=r"river\.txt: extraction failed"):
        build(paths, quiet, 10_000)
    assert not paths.tables.exists()
