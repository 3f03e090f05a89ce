"""WARC files as web crawls write them: the HTML pages among their responses."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.article.packed import damage, unpacked
from pipelines.article.page import Page
from pipelines.errors import visible

_HTML = ("text/html", "application/xhtml+xml")


def read_warc(path: Path, max_bytes: int) -> Iterator[tuple[str, Page | str]]:
    """The page of each response with status 200 that is HTML, or why there is none; where counts the responses."""
    from fastwarc import ArchiveIterator, WarcRecordType

    where, number = visible(str(path)), 0
    try:
        with unpacked(path) as handle:
            records = ArchiveIterator(handle, record_types=WarcRecordType.response, auto_decode="all", stream_detect=False)
            for record in records:
                number += 1
                if _is_page(record):
                    yield f"{where}:{number}", _page(record, max_bytes)
    except (OSError, ValueError, UnicodeError) as error:
        yield f"{where}:{number + 1}", damage(OSError(f"no WARC record: {error}"))
    except BaseException as error:
        # What fails inside the library is no Exception of Python's.
        if type(error).__module__ != "pyo3_runtime":
            raise
        yield f"{where}:{number + 1}", damage(OSError("no WARC record: the library fails on it"))


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    kind = (record.http_content_type or "").lower()
    return headers is not None and headers.status_code == 200 and kind in _HTML


def _page(record: Any, max_bytes: int) -> Page | str:
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    if not url:
        return "no address (expected the header WARC-Target-URI)"
    html = record.reader.read(max_bytes + 1)
    if len(html) > max_bytes:
        return f"more than {max_bytes:,} bytes (--max-bytes sets the limit)"
    identifier = "w" + hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:16]
    return Page(identifier, html, url, record.http_charset, _seen(record))


def _seen(record: Any) -> date | None:
    seen = record.record_date
    return seen.date() if seen else None
