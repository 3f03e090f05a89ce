"""Facts with all that belongs to them, some at a time: what the checks of words hold in memory, however large a package is."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.derive.sql import name
from pipelines.schema import Schema
from pipelines.spill import Index, connect, let_go, numbered, pick, run

# So many rows of one table are in a window, and those of the same fact that follow.
ROWS = 20_000


def windows(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema], rows: int = ROWS) -> Iterator[Mapping[str, pa.Table]]:
    """The tables of facts, lists and evidence in parts of whole facts, each row with its number in ``_row``, with the rows of their articles."""
    by_fact = {s.name: _by_fact(tables[s.name]) for s in schemas.values() if s.kind in ("fact", "link", "evidence")}
    articles = Index(tables["articles"].column("article_id"))
    starts = dict.fromkeys(by_fact, 0)
    while any(starts[table] < of.num_rows for table, of in by_fact.items()):
        ends = _ends(by_fact, starts, rows)
        part = {table: of.slice(starts[table], ends[table] - starts[table]) for table, of in by_fact.items()}
        starts = ends
        let_go()
        places = sorted(at for article in articles_of(part) if (at := articles.at(article)) is not None)
        yield {**part, "articles": pick(tables["articles"], places)}


def articles_of(part: Mapping[str, pa.Table]) -> set[str]:
    """The articles that the rows name."""
    columns = [of.column("article_id") for table, of in part.items() if table != "articles" and "article_id" in of.column_names]
    return {article for column in columns for article in column.unique().to_pylist()} - {None}


def _by_fact(rows: pa.Table) -> pa.Table:
    """The numbered rows with those of one fact together."""
    found = numbered(rows)
    if found.num_rows <= ROWS:
        # DuckDB takes longer to begin than to sort so few.
        return found.take(pc.sort_indices(found, [("fact_id", "ascending", "at_start"), ("_row", "ascending", "at_start")]))
    with connect() as connection:
        connection.register("found", found)
        return run(connection, f"FROM found ORDER BY coalesce({name('fact_id')}, ''), _row")


def _ends(by_fact: Mapping[str, pa.Table], starts: Mapping[str, int], rows: int) -> dict[str, int]:
    """Behind which row of each table the window ends: none has many more than ``rows``, none cuts a fact in two."""
    far = [_fact(of.column("fact_id")[starts[table] + rows]) for table, of in by_fact.items() if starts[table] + rows < of.num_rows]
    if not far:
        return {table: of.num_rows for table, of in by_fact.items()}
    return {table: bisect_right(of.column("fact_id"), min(far), starts[table], key=_fact) for table, of in by_fact.items()}


def _fact(value: pa.Scalar) -> str:
    return value.as_py() or ""
