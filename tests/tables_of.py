"""The tables of articles and records at hand, as a build makes them of those on disk."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from pipelines.article import Article
from pipelines.ledger import found_lives
from pipelines.mentions.lexicon import Lexicon
from pipelines.records import Record
from pipelines.schema import Schema
from pipelines.tables import Rows, article_row, cast, complete, fact_rows


def tables_of(
    articles: Sequence[Article], records: Sequence[Record], lexicon: Lexicon, accuracy: Rows, schemas: Mapping[str, Schema]
) -> dict[str, pa.Table]:
    """Every table but the changes, before any release."""
    rows = fact_rows(records, {a.article_id: a for a in articles}, schemas)
    rows |= {"articles": [article_row(a) for a in articles], "ledger": found_lives(records, {}, None)}
    return complete({table: cast(found, schemas[table]) for table, found in rows.items()}, lexicon, accuracy, schemas)
