"""A seeded fault: one digit of one casualty estimate of the small package is another one than its words say."""

import pyarrow as pa
from small_package import HARBOUR, NOTE, good_rows, good_tables, real_schemas

from pipelines.paths import Paths

ARTICLES = {article.article_id: article for article in (HARBOUR, NOTE)}
GOOD = good_tables(real_schemas())
HOSTILE = "a|b`c`<script>alert(1)</script>\n\r\x1b[31m\x00\u202e@somebody #1 https://example.org ]]> --> {{x}} \ud800\uffff ::error::%0A"


def seeded() -> dict[str, pa.Table]:
    """The good tables with 601 where the words say 600, and what follows from it."""
    rows = good_rows()
    for row in rows["casualty_estimates"]:
        if row.get("count_stated") == 600:
            row |= {"count_best": 601, "count_stated": 601}
    return good_tables(real_schemas(), rows)


def with_articles(paths: Paths) -> Paths:
    paths.articles.mkdir(parents=True, exist_ok=True)
    for article in ARTICLES.values():
        (paths.articles / f"{article.article_id}.txt").write_text(article.text, encoding="utf-8", newline="")
    return paths
