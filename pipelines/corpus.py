"""A corpus becomes tables: extraction without reviews, ledger or row minimum, one bad article at a time set aside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.article import Article
from pipelines.article.readers import MAX_BYTES, Rejected, scan
from pipelines.engines import extract
from pipelines.errors import InputError, UsageError
from pipelines.mentions.lexicon import Lexicon
from pipelines.package import write_csv, write_parquet
from pipelines.records import Record, identify
from pipelines.schema import Schema
from pipelines.tables import cast, fact_rows


@dataclass(frozen=True)
class Extraction:
    """What came of a corpus: articles read, rows by table, and the articles that could not be read."""

    articles: int
    rows: Mapping[str, int]
    rejected: tuple[Rejected, ...]


def extract_corpus(
    corpus: Path,
    out: Path,
    form: str,
    lexicon: Lexicon,
    schemas: Mapping[str, Schema],
    say: Callable[[str], None],
    max_bytes: int = MAX_BYTES,
) -> Extraction:
    """Writes every fact table, their lists and evidence to ``out`` as CSV or Parquet and says what came of it."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: a file (expected a folder to write tables to)")
    facts = [name for name, s in schemas.items() if s.kind == "fact"]
    articles: dict[str, Article] = {}
    records: list[Record] = []
    rejected: list[Rejected] = []
    for found in scan(corpus, max_bytes):
        if isinstance(found, Rejected):
            rejected.append(found)
            continue
        try:
            records.extend(identify(found, extract(found, lexicon, facts)))
        except Exception as error:  # a fault of the grammar on one text must not cost the others theirs
            rejected.append(Rejected(found.article_id, f"extraction failed: {type(error).__name__}: {error}"))
            continue
        articles[found.article_id] = found
        if len(articles) % 200 == 0:
            say(f"{len(articles):,} articles, {len(records):,} facts")
    if not articles and not rejected:
        raise InputError(f"{corpus}: no article (expected .txt, .md or .jsonl files with at least one)")
    rows = fact_rows(records, articles, schemas)
    out.mkdir(parents=True, exist_ok=True)
    for name, found_rows in rows.items():
        # Written beside its place and moved there, so that a kill leaves no half table.
        target = out / f"{name}.{form}"
        draft = target.with_name(f".{target.name}.draft")
        (write_csv if form == "csv" else write_parquet)(cast(found_rows, schemas[name]), draft)
        draft.replace(target)
    return Extraction(len(articles), {name: len(found_rows) for name, found_rows in rows.items()}, tuple(rejected))
