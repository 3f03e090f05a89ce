"""Web pages: main text, title, date and publisher out of HTML; a page in another language than English is passed over."""

import functools
import logging
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.article.made import make_article
from pipelines.article.text import Article
from pipelines.errors import InputError, visible

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LANG = re.compile(rb"<html\b[^>]*?\blang\s*=\s*[\"']?([A-Za-z-]{2,20})", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
# They are a quarter to a half of English prose; of German, Dutch or Romance prose a few in a hundred.
_ENGLISH = frozenset(
    "the of and to that is was for on with as at by it from be are were has have had he said his they this which who an not".split()
)
_LEAST_SHARE = 0.15
# Menus and labels may be English, the article not; with fewer of these words than this there is no English article on the page.
_LEAST_SHARE_OF_PAGE = 0.03
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
# Without the last, today would be part of the result.
_DATES = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}


@dataclass(frozen=True)
class Page:
    """One web page as it was fetched; ``seen_on`` is the day of that, after which it cannot have been published."""

    article_id: str
    html: bytes
    url: str | None = None
    charset: str | None = None
    seen_on: date | None = None


@dataclass(frozen=True)
class Skipped:
    """One page that is not for us: where, and its language as an IETF tag, ``und`` where the page does not say."""

    where: str
    language: str


def read_page_file(path: Path, max_bytes: int) -> Page:
    """The page of one HTML file; an InputError where it is too large."""
    where = visible(str(path))
    with path.open("rb") as handle:
        html = handle.read(max_bytes + 1)
    if len(html) > max_bytes:
        size = path.stat().st_size
        raise InputError(f"{where}: {size:,} bytes are too many (expected at most {max_bytes:,}; --max-bytes sets the limit)")
    return Page(path.stem, html)


def article_of(page: Page, where: str) -> Article | Skipped:
    """The article of a page; an InputError where it has no main text."""
    if b"\x00" in page.html:
        raise InputError(f"{where}: a NUL byte (expected HTML, not a binary file)")
    declared = _declared(page)
    if declared and not declared.startswith("en") and _is_foreign(page):
        return Skipped(where, declared)
    found = _extraction()(_decoded(page), with_metadata=True, include_comments=False, include_tables=False, date_extraction_params=_DATES)
    text = (found.text or "").strip() if found else ""
    if not text:
        raise InputError(f"{where}: no main text (expected an HTML page with an article)")
    if not is_english(text):
        return Skipped(where, declared if declared and not declared.startswith("en") else "und")
    meta: dict[str, object] = {
        "title": found.title,
        "publisher": found.sitename,
        "url": page.url or found.url,
        "published_on": _day(found.date, page),
        "language": declared if declared and declared.startswith("en") else "en",
    }
    return make_article(page.article_id, text, 0, meta, where)


def is_english(text: str) -> bool:
    """Whether enough of the text's words are the small words of English."""
    return _english_share(text[:20_000]) >= _LEAST_SHARE


def _is_foreign(page: Page) -> bool:
    """Whether nothing on the page is English: finding its main text would cost ten times what this does."""
    text = _MARKUP.sub(b" ", page.html)
    try:
        shown = text.decode(page.charset or "utf-8", "replace")
    except LookupError:
        return False
    return _english_share(shown) < _LEAST_SHARE_OF_PAGE


def _english_share(text: str) -> float:
    words = [word.lower() for word in _WORD.findall(text)]
    return sum(word in _ENGLISH for word in words) / max(len(words), 1)


@functools.cache
def _extraction() -> Any:
    """The library's function: loaded when a page is there, since that takes half a second."""
    from trafilatura import bare_extraction

    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return bare_extraction


def _decoded(page: Page) -> bytes | str:
    """The page as text where the server said how it is encoded, else as bytes, whose encoding the library finds."""
    try:
        return page.html.decode(page.charset, "replace") if page.charset else page.html
    except LookupError:
        return page.html


def _day(found: str | None, page: Page) -> str | None:
    """The day of publication as the page or its address writes it; None where it is only guessed, or later than the page was seen."""
    try:
        day = date.fromisoformat(found or "")
    except ValueError:
        return None
    written = [day.strftime(form).encode() for form in ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d")]
    places = (page.html, (page.url or "").encode("utf-8", "replace"))
    stands = any(form in place for form in written for place in places)
    return day.isoformat() if stands and day <= (page.seen_on or day) else None


def _declared(page: Page) -> str | None:
    """The language that the page says it is in."""
    match = _LANG.search(page.html[:20_000])
    tag = match[1].decode("ascii") if match else ""
    tag = tag[:2].lower() + tag[2:]
    return tag if _TAG.fullmatch(tag) else None
