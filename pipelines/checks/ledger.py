"""The ledger against the fact tables: nothing published without a life, nothing alive without its row."""

from collections.abc import Iterator, Mapping

import pyarrow as pa

from pipelines.checks.problem import Problem
from pipelines.ledger import GONE
from pipelines.schema import Schema

REBUILD = "Run 'factpack build'; what was published before and is wrong is retracted in data/reviews/ with a reason."


def check_ledger(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    """A problem for each fact without its ledger row, and for each living ledger row without its fact."""
    ledger = {row["fact_id"]: (n, row) for n, row in enumerate(tables["ledger"].to_pylist(), start=1)}
    standing = set()
    for schema in (s for s in schemas.values() if s.kind == "fact"):
        columns = tables[schema.name].select(["fact_id", "article_id", "review_status"]).to_pylist()
        for n, fact in enumerate(columns, start=1):
            standing.add((schema.name, fact["fact_id"]))
            for column, value, message in _faults(schema.name, fact, ledger.get(fact["fact_id"], (0, None))[1]):
                yield Problem(schema.name, n, column, "ledger", value, message, REBUILD)
    for fact_id, (n, row) in ledger.items():
        if row["status"] not in GONE and (row["table_name"], fact_id) not in standing:
            yield Problem(
                "ledger", n, "fact_id", "ledger", fact_id, f"has status {row['status']} but {row['table_name']} has no such row", REBUILD
            )


def _faults(table: str, fact: Mapping[str, str], life: Mapping[str, str] | None) -> Iterator[tuple[str, str, str]]:
    if life is None:
        yield "fact_id", fact["fact_id"], "the fact is not in the ledger"
        return
    for column, there, here in (
        ("fact_id", life["table_name"], table),
        ("article_id", life["article_id"], fact["article_id"]),
        ("review_status", life["status"], fact["review_status"]),
    ):
        if there != here:
            yield column, here, f"the ledger holds {there!r} for this fact"
