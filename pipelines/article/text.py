"""Article and Sentence: a stored text, its metadata, and offsets into it."""

import hashlib
from dataclasses import dataclass
from datetime import date

DEFAULT_QUOTE_LIMIT = 300


@dataclass(frozen=True)
class Article:
    """One stored text. Offsets count Unicode code points of ``text``, which is kept verbatim; unknown metadata is None.

    ``body_start`` is the offset at which the prose begins, behind a date prefix or front matter.
    """

    article_id: str
    text: str
    body_start: int = 0
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published_on: date | None = None
    language: str | None = None
    licence: str | None = None
    quote_limit: int = DEFAULT_QUOTE_LIMIT

    @property
    def text_sha256(self) -> str:
        """SHA-256 of the text in UTF-8, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class Sentence:
    """A span of an article's text that holds one sentence; ``paragraph`` counts from 0."""

    start: int
    end: int
    paragraph: int
