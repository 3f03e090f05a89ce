"""Every fact that the grammar reads in the gold articles passes the checks of a package: its words slice, and read again."""

from collections.abc import Mapping

import pyarrow as pa
import pytest
from small_package import with_changes
from tables_of import tables_of

from pipelines.article import Article
from pipelines.article.readers import read_folder
from pipelines.checks.evidence import check_coverage, check_spans, gather
from pipelines.checks.ledger import check_ledger
from pipelines.checks.relations import check_relations
from pipelines.checks.reparse import check_readings
from pipelines.engines.extraction import extract
from pipelines.mentions.lexicon import load_lexicon
from pipelines.paths import REPOSITORY
from pipelines.records import identify
from pipelines.schema import Schema, load_schemas

NO_ACCURACY: list[dict[str, object]] = [
    {"part": "development", "table_name": "none", "column_name": "row", "gold": 0, "found": 0, "invented": 0}
]


@pytest.fixture(scope="module")
def schemas() -> dict[str, Schema]:
    return load_schemas(REPOSITORY.schemas)


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {a.article_id: a for a in read_folder(REPOSITORY.gold / "articles")}


@pytest.fixture(scope="module")
def tables(articles: Mapping[str, Article], schemas: Mapping[str, Schema]) -> dict[str, pa.Table]:
    lexicon = load_lexicon(REPOSITORY.lexicon)
    facts = [name for name, s in schemas.items() if s.kind == "fact"]
    records = [r for a in articles.values() for r in identify(a, extract(a, lexicon, facts))]
    return with_changes(tables_of(list(articles.values()), records, lexicon, NO_ACCURACY, schemas), schemas)


def test_there_is_much_to_check(tables: Mapping[str, pa.Table]) -> None:
    assert tables["casualty_estimates"].num_rows > 150
    assert tables["evidence"].num_rows > 2000


def test_every_quote_slices_and_every_value_has_one(
    tables: Mapping[str, pa.Table], articles: Mapping[str, Article], schemas: Mapping[str, Schema]
) -> None:
    rows = gather(tables, schemas, articles)
    assert [str(p) for p in (*check_spans(tables, schemas, articles, rows), *check_coverage(rows, tables))] == []


def test_every_count_and_date_reads_again(
    tables: Mapping[str, pa.Table], articles: Mapping[str, Article], schemas: Mapping[str, Schema]
) -> None:
    assert [str(p) for p in check_readings(gather(tables, schemas, articles), tables)] == []


def test_keys_rules_and_ledger_hold(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> None:
    assert [str(p) for p in (*check_relations(tables, schemas), *check_ledger(tables, schemas))] == []
