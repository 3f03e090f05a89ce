"""A build extracts the articles that changed and takes the facts of the others as they were found; its tables are those of a full one."""

import itertools
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from repository import small_repository
from results.histories import TEXTS

from pipelines import build
from pipelines.__main__ import main
from pipelines.article import Article
from pipelines.commands import progress
from pipelines.engines import extraction
from pipelines.errors import ToolError
from pipelines.mentions.lexicon import load_lexicon
from pipelines.paths import REPOSITORY, Paths
from pipelines.results.counts import Counts

MAX = 5_000_000


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_repository(tmp_path_factory.mktemp("once") / "repository").root


@pytest.fixture
def paths(once: Path, tmp_path: Path) -> Iterator[Paths]:
    yield Paths(shutil.copytree(once, tmp_path / "repository"))
    load_lexicon.cache_clear()


@pytest.fixture(autouse=True)
def no_gold(monkeypatch: pytest.MonkeyPatch) -> None:
    """How good the grammar is takes most of a build's time, and is no matter of this."""
    monkeypatch.setattr(build, "evaluate", lambda *_: SimpleNamespace(rows=[]))


@pytest.fixture
def extracted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The articles that the grammar is asked about."""
    asked: list[str] = []
    plain = extraction.extract

    def extract(article: Article, *others: object) -> object:
        asked.append(article.article_id)
        return plain(article, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(extraction, "extract", extract)
    return asked


def tables(paths: Paths) -> dict[str, list[object]]:
    load_lexicon.cache_clear()
    return {name: rows.to_pylist() for name, rows in build.make(paths, lambda _: None, MAX).tables.items()}


def alias(paths: Paths, name: str) -> None:
    with (paths.lexicon / "actor_aliases.csv").open("a", encoding="utf-8") as file:
        file.write(f"armed-forces-ukr,{name},anywhere\n")


def explained(paths: Paths, capsys: pytest.CaptureFixture[str]) -> str:
    load_lexicon.cache_clear()
    assert main(["build", "--explain", "--root", str(paths.root)]) == 0
    return capsys.readouterr().out


def test_only_what_changed_is_extracted(paths: Paths, extracted: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    first = tables(paths)
    assert extracted == ["river", "wire"]
    extracted.clear()
    assert tables(paths) == first
    assert extracted == []
    (paths.articles / "more.txt").write_text(f" date 2025-03-04 {TEXTS[1]} The Zorn militia denied it.", "utf-8")
    assert "articles to extract, of 3: new (1: more)" in explained(paths, capsys)
    tables(paths)
    assert extracted == ["more"]
    extracted.clear()
    alias(paths, "Zorn militia")
    assert "articles to extract, of 3: the lexicon changed in words of the text (1: more)" in explained(paths, capsys)
    tables(paths)
    assert extracted == ["more"]
    extracted.clear()
    with (paths.lexicon / "vague_numbers.csv").open("a", encoding="utf-8") as file:
        file.write("lots,3\n")
    tables(paths)
    assert extracted == ["more", "river", "wire"]


def test_a_reviewed_article_is_extracted_by_each_build_and_said_to_be(
    paths: Paths, extracted: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    fact = next(str(row["fact_id"]) for row in tables(paths)["ledger"] if row["article_id"] == "river")  # type: ignore[index]
    paths.reviews.mkdir()
    (paths.reviews / "river.yaml").write_text(f"- confirm: {fact}\n", "utf-8")
    for _ in range(2):
        told = explained(paths, capsys)
        assert "articles to extract, of 2: reviewed, so extracted by each build (1: river)" in told
        assert "gone" not in told and "new" not in told
        extracted.clear()
        tables(paths)
        assert extracted == ["river"]


def test_how_far_it_is_is_told(paths: Paths) -> None:
    fact = next(str(row["fact_id"]) for row in tables(paths)["ledger"] if row["article_id"] == "river")  # type: ignore[index]
    paths.reviews.mkdir()
    (paths.reviews / "river.yaml").write_text(f"- confirm: {fact}\n", "utf-8")
    (paths.articles / "more.txt").write_text(f" date 2025-03-04 {TEXTS[1]}", "utf-8")
    told: list[Counts] = []
    made = build.make(paths, lambda _: None, MAX, told.append)
    assert [c.articles for c in told] == [1, 2, 3] and [c.reused for c in told] == [0, 1, 1]
    assert told[-1].share == 1.0
    assert told[-1].facts == sum(made.tables[name].num_rows for name, s in made.schemas.items() if s.kind == "fact")


def test_the_log_for_machines(paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # a package without its accuracy is refused
    clock = itertools.count(step=2.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    command = ["build", "--root", str(paths.root), "--log", "json"]
    (paths.articles / "more.txt").write_text(f" date 2025-03-04 {TEXTS[1]}", "utf-8")
    assert main(command) == 0
    told = capsys.readouterr()
    assert told.out == ""
    *before, done = map(json.loads, told.err.splitlines())
    assert [e["name"] for e in before if e["event"] == "stage"][:2] == ["reading 3 articles", "writing tables"]
    counts = [e for e in before if e["event"] == "progress"]
    assert [e["articles"] for e in counts] == [0, 3] and counts[-1]["seconds_left"] == 0
    assert done["event"] == "done" and "data/tables/evidence.csv" in done["changed"]
    assert done["rows"]["articles"] == 3 and done["passed"]["evidence"] > 0
    assert main(command) == 0
    assert json.loads(capsys.readouterr().err) == {"event": "done", "changed": []}


def test_no_library_complains_at_the_end(paths: Paths) -> None:
    """DuckDB does where something of it is never freed."""
    main(["build", "--root", str(paths.root), "--quiet"])
    alias(paths, "Zorn militia")
    commands = (
        ["build", "--explain", "--root", str(paths.root)],
        ["extract", str(paths.articles), "--out", str(paths.root / "out"), "--engine", "process", "--quiet"],
    )
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines", *command], cwd=REPOSITORY.root, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""


@pytest.mark.parametrize("seed", [1, 2])
def test_the_tables_are_those_of_a_full_build(seed: int, paths: Paths) -> None:
    rng = random.Random(seed)
    for number in range(4):
        name = paths.articles / f"n{rng.randrange(3)}.txt"
        what = rng.choice(["write", "write", "alias", "remove"])
        if what == "write":
            name.write_text(f" date 2025-03-04 {rng.choice(TEXTS)} {rng.choice(TEXTS)} The Zorn militia agreed.", "utf-8")
        elif what == "alias":
            alias(paths, f"{rng.choice(['Zorn', 'Bereaved', 'Vexley'])} {rng.choice(['militia', 'families', 'Guard'])}{number * ' x'}")
        else:
            name.unlink(missing_ok=True)
        found = tables(paths)
        shutil.rmtree(paths.kept)
        assert tables(paths) == found


@pytest.mark.parametrize("file", ["layout.json", "entries-*.arrow", "pieces/*/articles.parquet", "pieces/*/casualty_estimates.parquet"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]\n[]", b"\xff\x00", None])
def test_what_is_damaged_is_extracted_again(file: str, content: bytes | None, paths: Paths, extracted: list[str]) -> None:
    first = tables(paths)
    for path in paths.kept.glob(file):
        path.unlink() if content is None else path.write_bytes(content)
    extracted.clear()
    assert tables(paths) == first
    assert extracted == ["river", "wire"]


def test_a_build_that_was_stopped_keeps_what_it_found(paths: Paths, extracted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = extraction.extract

    def stops(article: Article, *others: object) -> object:
        if article.article_id == "wire":
            raise ValueError("stop")
        return plain(article, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(extraction, "extract", stops)
    with pytest.raises(ToolError, match=r"wire\.txt: extraction failed: ValueError: stop"):
        tables(paths)
    monkeypatch.setattr(extraction, "extract", plain)
    extracted.clear()
    tables(paths)
    assert extracted == ["wire"]
