"""The build: data/articles to a checked package, one stage after the other, files touched at the two ends only."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.about import read_about
from pipelines.acceptances import read_acceptances
from pipelines.article.readers import read_folder, read_texts
from pipelines.article.texts import Texts
from pipelines.assembly import Reading, assembled, explained, extracted, setup_of
from pipelines.checks import CheckReport, check_package
from pipelines.derive.evaluator import Evaluator
from pipelines.edition import Edition, edition
from pipelines.errors import DataError
from pipelines.evaluate import evaluate
from pipelines.fingerprint import inputs_of, reasons, remember
from pipelines.history import History, read_history
from pipelines.mentions.lexicon import load_lexicon
from pipelines.package import stage, write_parquet
from pipelines.paths import Paths
from pipelines.results.counts import Tell
from pipelines.reviews import read_reviews
from pipelines.schema import Schema, load_schemas
from pipelines.spill import MEMORY, place, spilling
from pipelines.swap import locked, swap

Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """What the inputs give, before anything is written: the articles' texts, every table, names that no lexicon knows, and what was released
    so far. Texts and tables lie on disk where they are many."""

    schemas: Mapping[str, Schema]
    about: Mapping[str, Any]
    texts: Texts
    tables: Mapping[str, pa.Table]
    unknown_actors: Sequence[str]
    history: History


@dataclass(frozen=True)
class Built:
    """What a build made: rows by table, the checks that passed, the files that changed, names that no lexicon knows, facts to review."""

    rows: dict[str, int]
    report: CheckReport
    changed: Sequence[str]
    unknown_actors: Sequence[str]
    stale: Sequence[str]
    version: str


def build(paths: Paths, say: Say, max_bytes: int, force: bool = False, memory: str = MEMORY, tell: Tell = lambda _: None) -> Built | None:
    """Builds the package below ``paths``; a DataError with all problems leaves the last good files as they are.

    None where nothing that a build reads or writes has changed since the last one, unless it is forced. ``memory`` is what a sort, a join or
    an index may hold; what is more goes to disk. ``tell`` hears how many articles were read.
    """
    with locked(paths, say):
        inputs = inputs_of(paths, {"max-bytes": max_bytes})
        if not force and not reasons(paths, inputs):
            shutil.rmtree(paths.scratch / "spill", ignore_errors=True)  # of a build that was killed, before what it was for was taken back
            return None
        with spilling(paths.scratch / "spill", memory):
            return _build(paths, say, max_bytes, inputs, tell)


def why(paths: Paths, max_bytes: int) -> list[str]:
    """Why a build would have something to do; none where it would not."""
    return reasons(paths, inputs_of(paths, {"max-bytes": max_bytes}))


def to_extract(paths: Paths, max_bytes: int) -> list[str]:
    """Which articles a build would extract, and why; none where it would take all facts as they are kept."""
    texts = read_texts(paths.articles, max_bytes)
    return explained(texts, _reading(paths, texts), paths.kept)


def _build(paths: Paths, say: Say, max_bytes: int, inputs: Mapping[str, Mapping[str, str]], tell: Tell) -> Built:
    with Evaluator() as evaluator:
        made = make(paths, say, max_bytes, tell)
        built = edition(made.tables, made.schemas, made.about, made.history)
        staged, report = stage_and_check(made, built, made.history, paths, say, evaluator)
        files = [path.relative_to(staged) for path in staged.rglob("*") if path.is_file()]
        changed = swap(staged, paths)
        remember(paths, inputs, [paths.root / file for file in files])
        rows = {name: built.tables[name].num_rows for name in made.schemas}
        return Built(rows, report, changed, made.unknown_actors, stale(made.tables), built.version)


def make(paths: Paths, say: Say, max_bytes: int, tell: Tell = lambda _: None) -> Made:
    """Articles, lexicon, reviews and releases read, and what they give."""
    about, texts = read_about(paths.about), read_texts(paths.articles, max_bytes)
    reading = _reading(paths, texts)
    say(f"reading {len(texts)} articles ...")
    with place() as folder:
        found = extracted(texts, reading, Path(folder), paths.kept, tell)
        measured = evaluate(read_folder(paths.gold / "articles"), paths.gold / "gold", reading.lexicon, reading.schemas)
        tables, unknown = assembled(found, texts, reading, read_acceptances(paths.continuity), measured.rows)
    return Made(reading.schemas, about, texts, tables, unknown, reading.history)


def _reading(paths: Paths, texts: Texts) -> Reading:
    """What the texts are read with."""
    schemas, history = load_schemas(paths.schemas), read_history(paths.releases)
    decisions = read_reviews(paths.reviews, {*texts} | history.articles() if paths.reviews.is_dir() else ())
    return Reading(load_lexicon(paths.lexicon), schemas, setup_of(paths.lexicon, paths.schemas), history, decisions)


def stage_and_check(made: Made, built: Edition, history: History, paths: Paths, say: Say, evaluator: Evaluator) -> tuple[Path, CheckReport]:
    """The staged package and the report of its checks; a DataError where one finds a problem. ``history`` is what its database tells."""
    say("writing tables ...")
    staged = stage(built.tables, made.schemas, built.about(made.about), paths, history)
    report = check_package(
        Paths(staged),
        say,
        made.texts,
        evaluator,
        last=_last(made.history, built, paths),
        schemas_folder=paths.schemas,
        continuity=paths.continuity,
    )
    if report.problems:
        count = len(report.problems)
        raise DataError(f"{count:,} problem{'s' if count > 1 else ''}: nothing was published", report.problems, built.tables, made.texts)
    return staged, report


def stale(tables: Mapping[str, pa.Table]) -> list[str]:
    """The facts that an edit of their article left without words, for people to review."""
    ledger = tables["ledger"]
    stale: list[str] = ledger.filter(pc.equal(ledger.column("status"), "stale")).column("fact_id").to_pylist()
    return stale


def _last(history: History, built: Edition, paths: Paths) -> Paths | None:
    """The tables of the release that this edition follows, where the checks can read them; None for the first."""
    follows = history.before if built.released else history.last
    if not follows.tables:
        return None
    last = Paths(paths.scratch / "last")
    last.tables.mkdir(parents=True, exist_ok=True)
    for path in last.tables.glob("*"):
        path.unlink()
    for table, rows in follows.tables.items():
        write_parquet(rows, last.tables / f"{table}.parquet")
    return last
