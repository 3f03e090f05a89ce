"""Why articles would be extracted, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.article.kept import Kept
from pipelines.article.readers import Rejected, Source
from pipelines.results.store import Store

_NAMES = 3


@dataclass(frozen=True)
class Reason:
    """How many articles there are of one sort, and the first of them."""

    count: int = 0
    first: tuple[str, ...] = ()

    def with_(self, article_id: str) -> "Reason":
        """The reason of one article more."""
        return Reason(self.count + 1, self.first if self.count >= _NAMES else (*self.first, article_id))

    def __str__(self) -> str:
        return f"{self.count:,}: {', '.join(self.first)}{', ...' if self.count > len(self.first) else ''}"


@dataclass(frozen=True)
class Reasons:
    """How many articles there are, why some would be extracted, which are kept no longer, and how many cannot be read."""

    articles: int
    extracted: Mapping[str, Reason]
    gone: Reason
    rejected: int

    def lines(self) -> list[str]:
        """The reasons, a line each; none where nothing would be extracted and nothing goes."""
        found = [f"{why} ({reason})" for why, reason in self.extracted.items()]
        return found + ([f"gone ({self.gone})"] if self.gone.count else [])


def reasons(found: Iterable[Source | Rejected], store: Store) -> Reasons:
    """What a run over these sources would extract and why; ``found`` was read with the store."""
    extracted: dict[str, Reason] = {}
    rejected = 0

    def names() -> Iterable[str]:
        nonlocal rejected
        for item in found:
            if isinstance(item, Rejected):
                rejected += 1
                continue
            article_id = item.content.article_id
            if not isinstance(item.content, Kept):
                why = store.reason(article_id)
                extracted[why] = extracted.get(why, Reason()).with_(article_id)
            yield article_id

    articles, left = store.register.compared(names())
    gone = Reason(len(left), tuple(left[:_NAMES]))
    return Reasons(articles, extracted, gone, rejected)
