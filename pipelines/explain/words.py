"""Words of an article as they are shown: on one line, safe, in quotation marks, short where they are many."""

from pipelines.errors import visible
from pipelines.explain.explanation import Explanation
from pipelines.explain.made import Span

_LONGEST = 60


def words_of(explanation: Explanation, span: Span) -> str:
    """The words of a span on one line."""
    return one_line(explanation.article.text[slice(*span)])


def one_line(words: str) -> str:
    """The words with single spaces between them, safe to show."""
    return visible(" ".join(words.split()))


def quoted(words: str) -> str:
    """The words in quotation marks, unless they bear some; their middle is left out where they are many."""
    if len(words) > _LONGEST:
        first, last = words[: _LONGEST // 2], words[-_LONGEST // 3 :]
        words = f"{first.rpartition(' ')[0] or first} … {last.partition(' ')[2] or last}"
    return words if words[:1] in '"“' and words[-1:] in '"”' else f"“{words}”"
