"""The files of a corpus, and what each holds: one module a format, chosen by the end of the name."""

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pipelines.article.json_lines import Lines, read_json_lines
from pipelines.article.kept import Raw
from pipelines.article.packed import PACKED
from pipelines.article.page import Page, read_page_file
from pipelines.article.stored import raw_text
from pipelines.article.text import Article
from pipelines.errors import InputError, visible

_TEXTS = (".txt", ".md")
_PAGES = (".html", ".htm", ".xhtml")
_LINES = (".jsonl", ".ndjson")
_EXPECTED = "expected .txt, .md, .html, .jsonl, .parquet or .warc; the last three packed as .gz or .zst too"
# What a file with many articles may be, in bytes, when it is fetched: more is no crawl's, and would fill the disk.
MAX_FILE = 50_000_000_000

# A path on this machine, or an address.
Corpus = Path | str
# Where it stands, and what is there; in place of what cannot be read, the reason.
Item = tuple[str, Article | Page | Raw | Lines | str]


def items_of(corpus: Corpus, max_bytes: int, deep: bool) -> Iterator[Item]:
    """What the corpus holds, file by file; ``deep`` goes into folders of folders."""
    if isinstance(corpus, str):
        yield from _from_address(corpus, max_bytes)
        return
    for path in files_of(corpus, deep):
        yield from _file(path, max_bytes)


def _from_address(address: str, max_bytes: int) -> Iterator[Item]:
    from pipelines.article.addresses import fetched_files

    for where, file in fetched_files(address, lambda name: _limit(Path(name), max_bytes)):
        if isinstance(file, str):
            yield where, file
            continue
        own = visible(str(file))
        for place, found in _file(file, max_bytes):
            for each, one in found.each() if isinstance(found, Lines) else [(place, found)]:
                if isinstance(one, Raw):
                    one = replace(one, read=functools.partial(_moved, one.read, own, where))
                yield where + each.removeprefix(own), one


def _moved(read: Callable[[], Article], own: str, where: str) -> Article:
    """What is read; an InputError names the address in place of the file that was fetched from it."""
    try:
        return read()
    except InputError as error:
        raise InputError(where + str(error).removeprefix(own)) from None


def files_of(corpus: Path, deep: bool) -> Iterator[Path]:
    """The files of a folder, those that a glob finds, or the one that is there; none is an InputError."""
    if corpus.is_dir():
        yield from _walk(corpus, deep)
    elif corpus.exists():
        yield corpus
    else:
        found = sorted(_glob(corpus))
        if not found:
            raise InputError(f"{visible(str(corpus))}: not found (expected a folder of articles, a file of them or a glob)")
        for path in found:
            yield from _walk(path, deep) if path.is_dir() else (path,)


def _glob(corpus: Path) -> Iterable[Path]:
    if not any(c in str(corpus) for c in "*?["):
        return ()
    return Path(corpus.anchor or ".").glob(str(corpus.relative_to(corpus.anchor)))


def _walk(folder: Path, deep: bool) -> Iterator[Path]:
    """The files in order of their names, those of folders after them; hidden ones and links to folders are left alone."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if deep else []
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(place) / name


def _file(path: Path, max_bytes: int) -> Iterator[Item]:
    """What one file holds, by the end of its name."""
    where = visible(str(path))
    ending = _ending(path)
    if not path.is_file():
        yield where, "no regular file (expected a file with articles)"
    elif ending in _LINES:
        yield from read_json_lines(path, max_bytes)
    elif ending == ".warc":
        from pipelines.article.warc import read_warc

        yield from read_warc(path, max_bytes)
    elif path.suffix == ".parquet":
        from pipelines.article.parquet import read_parquet

        yield from read_parquet(path, max_bytes)
    elif path.suffix in (*_TEXTS, *_PAGES):
        yield _one(path, max_bytes)
    else:
        yield where, _unknown(path)


def _ending(path: Path) -> str:
    return path.with_suffix("").suffix if path.suffix in PACKED else path.suffix


def _unknown(path: Path) -> str:
    return f"unknown kind of file {visible(path.suffix)!r} ({_EXPECTED})"


def _limit(path: Path, max_bytes: int) -> int | str:
    """How many bytes a file of this name may have, or why it is not read."""
    if path.suffix in (*_TEXTS, *_PAGES):
        return max_bytes
    return MAX_FILE if _ending(path) in (*_LINES, ".warc") or path.suffix == ".parquet" else _unknown(path)


def _one(path: Path, max_bytes: int) -> Item:
    try:
        return visible(str(path)), raw_text(path, max_bytes) if path.suffix in _TEXTS else read_page_file(path, max_bytes)
    except InputError as error:
        # The path itself may hold what stands between place and reason.
        own = visible(str(path))
        line, _, reason = str(error).removeprefix(own).partition(": ")
        return own + line, reason
    except OSError as error:
        return visible(str(path)), f"{error.strerror or error} (expected a file that can be read)"
