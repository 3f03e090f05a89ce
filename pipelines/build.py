"""The build: data/articles to a checked package, one stage after the other, files touched at the two ends only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.about import read_about
from pipelines.article import Article
from pipelines.article.readers import read_folder
from pipelines.checks import CheckReport, check_package
from pipelines.derive.evaluator import Evaluator
from pipelines.engines import extract
from pipelines.errors import DataError
from pipelines.evaluate import evaluate
from pipelines.mentions.lexicon import Lexicon, load_lexicon
from pipelines.package import stage
from pipelines.paths import Paths
from pipelines.reviews import Decision, read_reviews
from pipelines.schema import Schema, load_schemas
from pipelines.swap import locked, swap
from pipelines.tables import Record, build_tables, identify, review


@dataclass(frozen=True)
class Built:
    """What a build made: rows by table, the checks that passed, the files that changed, names that no lexicon knows."""

    rows: dict[str, int]
    report: CheckReport
    changed: Sequence[str]
    unknown_actors: Sequence[str]


def build(paths: Paths, say: Callable[[str], None], max_bytes: int) -> Built:
    """Builds the package below ``paths``; a DataError with all problems leaves the last good files as they are."""
    with locked(paths, say), Evaluator() as evaluator:
        schemas = load_schemas(paths.schemas)
        about = read_about(paths.about)
        lexicon = load_lexicon(paths.lexicon)
        articles = read_folder(paths.articles, max_bytes)
        decisions = read_reviews(paths.reviews, [a.article_id for a in articles])
        say(f"reading {len(articles)} articles ...")
        records = [r for a in articles for r in _records(a, decisions, lexicon, schemas)]
        measured = evaluate(read_folder(paths.gold / "articles"), paths.gold / "gold", lexicon, schemas)
        tables = build_tables(articles, records, lexicon, measured.rows, schemas)
        say("writing tables ...")
        staged = stage(tables, schemas, about, articles, paths)
        texts = {a.article_id: a for a in articles}
        report = check_package(Paths(staged), say, texts, evaluator, schemas_folder=paths.schemas)
        if report.problems:
            count = len(report.problems)
            raise DataError(f"{count:,} problem{'s' if count > 1 else ''}: nothing was published", report.problems, tables, texts)
        changed = swap(staged, paths)
        return Built({name: t.num_rows for name, t in tables.items()}, report, changed, _unknown(records))


def _records(article: Article, decisions: Sequence[Decision], lexicon: Lexicon, schemas: dict[str, Schema]) -> list[Record]:
    """The identified and reviewed facts of one article."""
    facts = [name for name, s in schemas.items() if s.kind == "fact"]
    found = identify(article, extract(article, lexicon, facts))
    return review(article, found, [d for d in decisions if d.article_id == article.article_id], schemas)


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
