"""What a worker loads once: lexicon, schemas, and the fingerprint by which two workers know that they extract alike."""

import functools
import gc
import hashlib
import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pyarrow as pa

from pipelines.derive.arrow import nullable_schema
from pipelines.facts.fact import GRAMMAR_VERSION
from pipelines.mentions.lexicon import Lexicon, load_lexicon
from pipelines.paths import REPOSITORY
from pipelines.schema import Schema, load_schemas

TIMEOUT = 10.0
# Libraries whose next version may read an article otherwise.
_LIBRARIES = ("ahocorasick-rs", "htmldate", "lxml", "pycountry", "trafilatura")
# So many new objects are looked through for garbage at once: those of several articles.
_YOUNG = 10_000


@dataclass(frozen=True)
class Setup:
    """Where lexicon and schemas lie, the seconds that one article may take, and what all workers must agree on."""

    lexicon: Path
    schemas: Path
    timeout: float = TIMEOUT
    fingerprint: str = ""


@dataclass(frozen=True)
class Loaded:
    """The lexicon, the schemas, and the tables that extraction fills."""

    lexicon: Lexicon
    schemas: Mapping[str, Schema]
    facts: tuple[str, ...]
    tables: tuple[str, ...]

    @functools.cached_property
    def arrow(self) -> Mapping[str, pa.Schema]:
        """The Arrow schema of each table, its columns nullable."""
        return {name: nullable_schema(self.schemas[name]) for name in self.tables}


def load(setup: Setup) -> Loaded:
    """What the folders of the setup hold. The grammar is loaded as well, so that no article waits for it."""
    importlib.import_module("pipelines.engines.extraction")
    schemas = load_schemas(_here(setup.schemas, REPOSITORY.schemas))
    facts = tuple(name for name, s in schemas.items() if s.kind == "fact")
    tables = tuple(name for name, s in schemas.items() if s.kind in ("fact", "link", "evidence") or name == "articles")
    return Loaded(load_lexicon(_here(setup.lexicon, REPOSITORY.lexicon)), schemas, facts, tables)


@contextmanager
def undisturbed() -> Iterator[None]:
    """A context in which what is loaded is not looked through for garbage, nor each article's tokens: that costs a twentieth of the time.

    What stayed apart to the end of a process would never be freed, and DuckDB complains of that at length.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_YOUNG)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def fingerprint(setup: Setup) -> str:
    """SHA-256 of lexicon, schemas and grammar, in hexadecimal: equal where the same words give the same rows."""
    digest = hashlib.sha256(GRAMMAR_VERSION.encode())
    for folder in (_here(setup.lexicon, REPOSITORY.lexicon), _here(setup.schemas, REPOSITORY.schemas)):
        _add(digest, _files(folder))
    digest.update(_code())
    return digest.hexdigest()


def program(setup: Setup) -> str:
    """SHA-256 of schemas, grammar and the libraries that it reads with, in hexadecimal: the fingerprint without the lexicon."""
    digest = hashlib.sha256(GRAMMAR_VERSION.encode())
    _add(digest, _files(_here(setup.schemas, REPOSITORY.schemas)))
    digest.update(_code())
    digest.update(repr([sys.version_info[:2], *((name, metadata.version(name)) for name in _LIBRARIES)]).encode())
    return digest.hexdigest()


def lexicon_of(setup: Setup) -> str:
    """SHA-256 of the lexicon's files, in hexadecimal."""
    digest = hashlib.sha256()
    _add(digest, _files(_here(setup.lexicon, REPOSITORY.lexicon)))
    return digest.hexdigest()


@functools.cache
def _code() -> bytes:
    digest, package = hashlib.sha256(), Path(__file__).parent.parent
    for room in ("article", "duplicates", "mentions", "facts", "engines"):
        _add(digest, (package / room).glob("*.py"))
    _add(digest, (package / name for name in ("records.py", "tables.py", "schema.py")))
    return digest.digest()


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _add(digest: "hashlib._Hash", paths: Iterable[Path]) -> None:
    for path in sorted(paths):
        digest.update(f"{path.name}\x00{path.stat().st_size}\x00".encode())
        digest.update(path.read_bytes())


def _here(given: Path, own: Path) -> Path:
    """The folder, or on a machine that does not have it the installation's own: the fingerprint says whether they are equal."""
    return given if given.is_dir() else own
