"""A decision written for people: a fact retracted or merged, an article withdrawn, as an entry in ``data/reviews/``."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from pipelines.article.readers import read_folder
from pipelines.derive.parts import stored
from pipelines.errors import InputError, UsageError, did_you_mean, visible
from pipelines.history import read_history
from pipelines.ledger import GONE
from pipelines.paths import Paths
from pipelines.reviews import read_reviews
from pipelines.swap import locked


def retract(paths: Paths, fact: str, reason: str, into: str | None = None) -> Path:
    """The review that now retracts the fact, or merges it into another; a UsageError where there is no such fact that stands."""
    with locked(paths):
        lives = _lives(paths)
        for named in filter(None, (fact, into)):
            if named not in lives:
                raise UsageError(f"{visible(named)}: no such fact in the ledger (expected a fact_id{did_you_mean(named, lives)})")
            if lives[named]["status"] in GONE:
                raise UsageError(f"{named}: is {lives[named]['status']} already: {lives[named]['reason']}")
        if fact == into:
            raise UsageError(f"{fact}: cannot be merged into itself (expected another fact)")
        entry = {"retract": fact, "reason": reason} if into is None else {"merge": fact, "into": into, "reason": reason}
        return _append(paths, lives[fact]["article_id"], entry)


def withdraw(paths: Paths, article: str, reason: str) -> Path:
    """The review that now withdraws the article, and so retracts its facts; a UsageError where no such article is known."""
    with locked(paths):
        known = sorted({a.article_id for a in read_folder(paths.articles)} | read_history(paths.releases).articles())
        if article not in known:
            raise UsageError(f"{visible(article)}: no such article (expected one in data/articles/{did_you_mean(article, known)})")
        return _append(paths, article, {"withdraw": article, "reason": reason})


def _lives(paths: Paths) -> dict[str, dict[str, str]]:
    """The ledger by fact: of the last release, and of the last build."""
    try:
        built = pa.concat_tables(pq.ParquetFile(path).read() for path in stored(paths.tables, "ledger", "parquet")).to_pylist()
    except FileNotFoundError:
        built = []
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{paths.tables / 'ledger.parquet'}: cannot be read: {error} (expected what 'factpack build' wrote)") from None
    return {**read_history(paths.releases).lives(), **{life["fact_id"]: life for life in built}}


def _append(paths: Paths, article: str, entry: dict[str, str]) -> Path:
    """The review with the entry at its end, replaced at once; what stood there stays as it was written."""
    path = paths.reviews / f"{article}.yaml"
    before = path.read_text("utf-8") if path.exists() else ""
    # An entry that stands already must be seen before it stands twice.
    for decision in read_reviews(paths.reviews, [article], only=article):
        if (decision.kind, decision.fact) == next(iter(entry.items())):
            raise UsageError(f"{decision.where}: says so already")
    text = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=120)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = paths.scratch / path.name
    draft.write_text(f"{before}{'' if not before or before.endswith(chr(10)) else chr(10)}{text}", "utf-8", newline="\n")
    draft.replace(path)
    return path
