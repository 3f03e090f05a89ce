"""The build: data/articles to a checked package, one stage after the other, files touched at the two ends only."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.about import read_about
from pipelines.acceptances import read_acceptances
from pipelines.article import Article
from pipelines.article.readers import read_folder
from pipelines.checks import CheckReport, check_package
from pipelines.derive.evaluator import Evaluator
from pipelines.edition import Edition, edition
from pipelines.engines import extract
from pipelines.errors import DataError
from pipelines.evaluate import evaluate
from pipelines.fingerprint import inputs_of, reasons, remember
from pipelines.history import History, read_history
from pipelines.ledger import lives
from pipelines.mentions.lexicon import Lexicon, load_lexicon
from pipelines.package import stage, write_parquet
from pipelines.paths import Paths
from pipelines.records import Record, identify, review
from pipelines.results.facts import KeptFacts, kept_facts
from pipelines.reviews import Decision, read_reviews
from pipelines.schema import Schema, load_schemas
from pipelines.swap import locked, swap
from pipelines.tables import build_tables

Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """What the inputs give, before anything is written: the articles' texts, the records, every table, and what was released so far."""

    schemas: Mapping[str, Schema]
    about: Mapping[str, Any]
    articles: Sequence[Article]
    records: Sequence[Record]
    tables: Mapping[str, pa.Table]
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


def build(paths: Paths, say: Say, max_bytes: int, force: bool = False) -> Built | None:
    """Builds the package below ``paths``; a DataError with all problems leaves the last good files as they are.

    None where nothing that a build reads or writes has changed since the last one, unless it is forced.
    """
    with locked(paths, say):
        inputs = inputs_of(paths, {"max-bytes": max_bytes})
        if not force and not reasons(paths, inputs):
            return None
        return _build(paths, say, max_bytes, inputs)


def why(paths: Paths, max_bytes: int) -> list[str]:
    """Why a build would have something to do; none where it would not."""
    return reasons(paths, inputs_of(paths, {"max-bytes": max_bytes}))


def extracted(paths: Paths, max_bytes: int) -> list[str]:
    """Which articles a build would extract, and why; none where it would take all facts as they are kept."""
    articles = read_folder(paths.articles, max_bytes)
    lines = KeptFacts(paths.kept, paths.lexicon, paths.schemas).reasons(articles)
    return [f"articles to extract, of {len(articles):,}: {line}" for line in lines]


def _build(paths: Paths, say: Say, max_bytes: int, inputs: Mapping[str, Mapping[str, str]]) -> Built:
    with Evaluator() as evaluator:
        made = make(paths, say, max_bytes)
        built = edition(made.tables, made.schemas, made.about, made.history)
        staged, report = stage_and_check(made, built, made.history, paths, say, evaluator)
        files = [path.relative_to(staged) for path in staged.rglob("*") if path.is_file()]
        changed = swap(staged, paths)
        remember(paths, inputs, [paths.root / file for file in files])
        rows = {name: built.tables[name].num_rows for name in made.schemas}
        return Built(rows, report, changed, _unknown(made.records), stale(made.tables), built.version)


def make(paths: Paths, say: Say, max_bytes: int) -> Made:
    """Articles, lexicon, reviews and releases read, and what they give."""
    schemas = load_schemas(paths.schemas)
    about = read_about(paths.about)
    history = read_history(paths.releases)
    lexicon = load_lexicon(paths.lexicon)
    articles = read_folder(paths.articles, max_bytes)
    decisions = read_reviews(paths.reviews, {a.article_id for a in articles} | history.articles())
    say(f"reading {len(articles)} articles ...")
    released = history.lives()
    with kept_facts(paths.kept, paths.lexicon, paths.schemas) as kept:
        records = [r for a in articles for r in _records(a, decisions, lexicon, schemas, released, kept)]
    measured = evaluate(read_folder(paths.gold / "articles"), paths.gold / "gold", lexicon, schemas)
    ledger = lives(records, history, articles, decisions, read_acceptances(paths.continuity))
    withdrawn = {d.article_id: str(d.reason) for d in decisions if d.kind == "withdraw"}
    tables = build_tables(articles, records, ledger, lexicon, measured.rows, schemas, _kept(articles, withdrawn, history), withdrawn)
    return Made(schemas, about, articles, records, tables, history)


def stage_and_check(made: Made, built: Edition, history: History, paths: Paths, say: Say, evaluator: Evaluator) -> tuple[Path, CheckReport]:
    """The staged package and the report of its checks; a DataError where one finds a problem. ``history`` is what its database tells."""
    say("writing tables ...")
    staged = stage(built.tables, made.schemas, built.about(made.about), paths, history)
    texts = {a.article_id: a for a in made.articles}
    report = check_package(
        Paths(staged),
        say,
        texts,
        evaluator,
        last=_last(made.history, built, paths),
        schemas_folder=paths.schemas,
        continuity=paths.continuity,
    )
    if report.problems:
        count = len(report.problems)
        raise DataError(f"{count:,} problem{'s' if count > 1 else ''}: nothing was published", report.problems, built.tables, texts)
    return staged, report


def stale(tables: Mapping[str, pa.Table]) -> list[str]:
    """The facts that an edit of their article left without words, for people to review."""
    return [row["fact_id"] for row in tables["ledger"].to_pylist() if row["status"] == "stale"]


def _records(
    article: Article,
    decisions: Sequence[Decision],
    lexicon: Lexicon,
    schemas: Mapping[str, Schema],
    released: Mapping[str, object],
    kept: KeptFacts,
) -> list[Record]:
    """The identified and reviewed facts of one article."""
    facts = [name for name, s in schemas.items() if s.kind == "fact"]
    found = identify(article, kept.of(article, lambda: extract(article, lexicon, facts)))
    return review(article, found, [d for d in decisions if d.article_id == article.article_id], schemas, released)


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


def _kept(articles: Sequence[Article], withdrawn: Collection[str], history: History) -> dict[str, list[dict[str, Any]]]:
    """Rows of the last release that stay: identifiers that were published are not taken back because a fact is.

    An article that was withdrawn stays as a row when its text is gone, since the ledger names it.
    """
    rows = {table: of.to_pylist() for table, of in history.last.tables.items() if table in ("articles", "actors", "places", "conflicts")}
    without_text = set(withdrawn) - {a.article_id for a in articles}
    return rows | {"articles": [row for row in rows.get("articles", ()) if row["article_id"] in without_text]}


def _unknown(records: Sequence[Record]) -> list[str]:
    """Claimants and speakers that the lexicon does not know, for people to add."""
    columns = ("claimant", "speaker", "relayed_by", "host")
    return sorted(
        {
            str(r.fact.values[f"{c}_text"])
            for r in records
            for c in columns
            if r.fact.values.get(f"{c}_text") and not r.fact.values.get(f"{c}_id")
        }
    )
