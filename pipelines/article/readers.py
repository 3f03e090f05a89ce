"""Readers: from corpora to articles, one module a format; what cannot be read is named by file and line."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipelines.article.files import Corpus, Item, files_of, items_of
from pipelines.article.json_lines import Lines
from pipelines.article.kept import Key, Known, Raw, key_of
from pipelines.article.page import Page, Skipped, article_of
from pipelines.article.sources import Rejected, Source, Stretch
from pipelines.article.stored import MAX_BYTES, read_text
from pipelines.article.stretches import End, Files, Run
from pipelines.article.text import Article
from pipelines.article.texts import Texts
from pipelines.article.unique import unique
from pipelines.errors import InputError

__all__ = [
    "MAX_BYTES",
    "Corpus",
    "Rejected",
    "Source",
    "Stretch",
    "expect",
    "read_folder",
    "read_source",
    "read_text",
    "read_texts",
    "scan",
    "size_of",
    "sources",
]

_LONGEST_REASON = 1000


def read_folder(folder: Path, max_bytes: int = MAX_BYTES) -> list[Article]:
    """Every article of a folder in order of their identifiers; the first that cannot be read is an InputError."""
    return list(read_texts(folder, max_bytes).values())


def read_texts(folder: Path, max_bytes: int = MAX_BYTES) -> Texts:
    """The same articles by identifier, on disk where they are many."""
    texts = Texts(_texts(folder, max_bytes))
    if not texts:
        raise InputError(f"{folder}: no article (expected at least one .txt or .md file)")
    return texts


def _texts(folder: Path, max_bytes: int) -> Iterator[tuple[str, Article]]:
    for found in unique(_named(items_of(folder, max_bytes, deep=False)), None):
        assert not isinstance(found, Stretch), "nothing is known"
        if isinstance(found, Rejected):
            raise InputError(f"{found.where}: {found.reason}")
        if not isinstance(found.content, Article):
            raise InputError(f"{found.where}: a web page (expected a text, .txt or .md)")
        yield found.where, found.content


def scan(corpus: Corpus, max_bytes: int = MAX_BYTES) -> Iterator[Article | Rejected]:
    """The articles of one corpus; a bad one does not stop it, a page in another language is passed over."""
    for found in sources([corpus], max_bytes):
        assert not isinstance(found, Stretch), "nothing is known"
        if isinstance(found, Rejected):
            yield found
            continue
        made = read_source(found)
        if not isinstance(made, Skipped):
            yield made


def read_source(source: Source) -> Article | Rejected | Skipped:
    """The article of a source, made of its page where it is one."""
    if isinstance(source.content, Article):
        return source.content
    assert isinstance(source.content, Page), "results that are kept are not extracted again"
    try:
        return article_of(source.content, source.where)
    except InputError as error:
        return Rejected(source.where, str(error).removeprefix(f"{source.where}: "))


def sources(corpora: Iterable[Corpus], max_bytes: int = MAX_BYTES, known: Known | None = None) -> Iterator[Source | Stretch | Rejected]:
    """What the articles of folders, files, globs and addresses are made of, each identifier once; a bad one does not stop the others.

    Of an article that is ``known`` nothing more is read than what it is known by; many that follow each other may be known together.
    """
    return unique(_named((item for corpus in corpora for item in items_of(corpus, max_bytes, deep=True)), known), known)


def size_of(corpora: Iterable[Corpus]) -> int:
    """The bytes in all files of the corpora, as they lie on disk; 0 where some lie elsewhere."""
    total = 0
    for corpus in corpora:
        if isinstance(corpus, str):
            return 0
        total += sum(path.stat().st_size for path in files_of(corpus, deep=True) if path.is_file())
    return total


def expect(corpus: Corpus) -> None:
    """Nothing; an InputError where the corpus is not there."""
    if isinstance(corpus, str):
        from pipelines.article.addresses import expect_address

        expect_address(corpus)
    else:
        next(files_of(corpus, deep=True), None)


def _named(items: Iterable[Item], known: Known | None = None) -> Iterator[Source | Stretch | Rejected]:
    held: list[tuple[str, Raw]] = []
    end = End()
    for where, found in items:
        if known and isinstance(found, Raw):
            held.append((where, found))
            if not end.after(found.content):
                continue
        if known and held:
            yield from _together(Files(held), known)
            held = []
        if isinstance(found, Lines):
            yield from _together(found, known) if known else (_read(at, line, None) for at, line in found.each())
        elif not (known and isinstance(found, Raw)):
            yield _single(where, found, known)
    if known and held:
        yield from _together(Files(held), known)


def _together(run: Run, known: Known) -> Iterator[Source | Stretch | Rejected]:
    """The articles, as a stretch where all are known, else each by itself; they are known together from then on."""
    by_content, by_place = run.keys()
    ranks = known.find_all(by_content)
    ranks = known.find_all(by_place) if ranks is None else ranks
    if ranks is not None:
        yield Stretch(run, ranks, known)
        return
    keys: list[Key] = []
    itself = True
    for where, raw in run.each():
        source = _read(where, raw, known)
        yield source
        if isinstance(source, Source):
            keys.append(source.key)
            # One that does not name itself has its identifier from where it stands.
            itself = itself and source.key == raw.named
    if len(keys) == len(run):
        known.learn(by_content if itself else by_place, keys)


def _single(where: str, found: Article | Page | Raw | str, known: Known | None) -> Source | Rejected:
    if isinstance(found, str):
        return Rejected(where, found[:_LONGEST_REASON])
    if isinstance(found, Raw):
        return _read(where, found, known)
    key = key_of(found) if known else b""
    size = len(found.html) if isinstance(found, Page) else 0
    return Source(where, (known and known.find(key, lambda: found)) or found, key, size)


def _read(where: str, raw: Raw, known: Known | None) -> Source | Rejected:
    """The article of the bytes, or what is kept of it."""
    try:
        if known and (kept := known.find(raw.named, raw.read) or known.find(raw.unnamed, raw.read)):
            return Source(where, kept, kept.key, len(raw.content))
        article = raw.read()
    except InputError as error:
        # The place itself may hold what stands between place and reason.
        line, _, reason = str(error).removeprefix(where).partition(": ")
        return Rejected(where + line, reason[:_LONGEST_REASON])
    key = (raw.unnamed if article.article_id == raw.default_id else raw.named) if known else b""
    return Source(where, article, key, len(raw.content))
