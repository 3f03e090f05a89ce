"""The ledger: the life of every fact that is found, and of every fact that any release held."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.acceptances import Acceptance
from pipelines.article import Article
from pipelines.history import History
from pipelines.records import Record, withdrawal
from pipelines.reviews import LEAVING, Decision

# Facts with these states are kept in the ledger only.
GONE = ("stale", "retracted")
# So many lives are objects of Python at once.
_FEW = 50_000
EDITED = "the article was edited, and these words are not found in it any more"

Life = Mapping[str, Any]


def found_lives(records: Iterable[Record], were: Mapping[str, Life], version: str | None) -> list[dict[str, object]]:
    """The rows of the ledger for facts that were found or added; ``were`` are their rows in the last release, which is ``version``.

    ``first_release`` is null before the first release that holds the fact, ``last_release`` while there is none without it.
    """
    return [_found(record, were.get(record.fact_id, {}), version) for record in records]


def gone_lives(
    were: pa.Table,
    history: History,
    articles: Mapping[str, Article],
    decisions: Sequence[Decision],
    accepted: Sequence[Acceptance],
) -> Iterator[list[dict[str, object]]]:
    """The rows of the ledger for facts of the last release that are not found any more, some at a time; ``were`` are their rows there. One
    that is gone without a word has none: the checks name it."""
    gone = _Gone(history, articles, decisions, accepted)
    for batch in were.to_batches(_FEW):
        texts = _texts(history, batch.column("article_id"))
        yield [life for was in batch.to_pylist() if (life := gone.life(was, texts))]


def released(ledger: pa.Table, version: str) -> pa.Table:
    """The ledger with this version as the first release of every fact that stands and was in none before."""
    first, at = ledger.column("first_release"), ledger.column_names.index("first_release")
    new = pc.and_(pc.is_null(first), pc.invert(pc.is_in(ledger.column("status"), pa.array(GONE))))
    return ledger.set_column(at, ledger.schema.field(at), pc.if_else(new, pa.scalar(version), first))


def _found(record: Record, was: Life, last: str | None) -> dict[str, object]:
    life: dict[str, object] = {
        "fact_id": record.fact_id,
        "table_name": record.fact.table,
        "article_id": record.fact.values["article_id"],
        "extractor": record.extractor,
        "status": record.status,
        "reason": record.reason,
        "merged_into": record.merged_into,
        "first_release": was.get("first_release"),
    }
    return life | {"last_release": _last_release(was, last) if record.status in GONE else None}


def _last_release(was: Life, last: str | None) -> str | None:
    """The last release that held a fact that is gone now: the one before this, or what the ledger says already."""
    return was.get("last_release") or (last if was.get("first_release") else None)


class _Gone:
    """What becomes of facts that a release held and that are not found any more."""

    def __init__(
        self, history: History, articles: Mapping[str, Article], decisions: Sequence[Decision], accepted: Sequence[Acceptance]
    ) -> None:
        self.version = history.version
        self.articles = articles
        self.leaving = {d.fact: d for d in decisions if d.kind in LEAVING}
        self.withdrawn = {d.article_id: withdrawal(d) for d in decisions if d.kind == "withdraw"}
        self.accepted = [a for a in accepted if a.rule == "vanished"]

    def life(self, was: Life, texts: Mapping[str, str]) -> dict[str, object] | None:
        """The ledger's row now; None where nothing says why the fact is gone. ``texts`` are the hashes that the last release was read from."""
        said = self._said(was, texts)
        if said is None:
            return None
        status, reason, into = said
        return {**was, "status": status, "reason": reason, "merged_into": into, "last_release": _last_release(was, self.version)}

    def _said(self, was: Life, texts: Mapping[str, str]) -> tuple[str, str, str | None] | None:
        """(status, reason, merged into), from what was decided last to what the article itself tells."""
        fact, article = was["fact_id"], was["article_id"]
        if decision := self.leaving.get(fact):
            return "retracted", str(decision.reason), decision.into
        if article in self.withdrawn:
            return "retracted", self.withdrawn[article], None
        if was["status"] in GONE:
            return was["status"], was["reason"], was["merged_into"]
        which = {"fact": fact, "extractor": was["extractor"]}
        for acceptance in self.accepted:
            if acceptance.accepts("vanished", was["table_name"], which):
                return "retracted", acceptance.reason, None
        if article in self.articles and self.articles[article].text_sha256 != texts.get(article):
            return "stale", EDITED, None
        return None


def _texts(history: History, articles: pa.Array) -> dict[str, str]:
    """The hash of each of these articles' texts in the last release."""
    if "articles" not in history.last.tables:
        return {}
    batches = history.last.tables["articles"].select(["article_id", "text_sha256"]).to_batches()
    wanted = articles.unique().cast(pa.string())
    few = (batch.filter(pc.is_in(batch.column("article_id"), wanted)) for batch in batches)
    return {row["article_id"]: row["text_sha256"] for batch in few for row in batch.to_pylist()}
