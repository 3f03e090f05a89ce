"""The store: what earlier runs extracted, by what it was extracted from; a folder that may be removed at any time."""

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.article import Article
from pipelines.article.kept import NOWHERE, Kept, Key, Ranks
from pipelines.article.page import Page
from pipelines.article.readers import Source
from pipelines.engines.batch import Extracted
from pipelines.engines.setup import Setup, lexicon_of, load, program
from pipelines.errors import FactpackError, UsageError, visible
from pipelines.mentions.lexicon import load_lexicon
from pipelines.mentions.touch import touches
from pipelines.results.entries import Entries, mapped, no_entries
from pipelines.results.files import is_same, mark, read_json, write_json
from pipelines.results.layout import Layouts
from pipelines.results.log import Log
from pipelines.results.outputs import Written
from pipelines.results.pieces import LOG, Files, Pieces
from pipelines.results.plan import plan, write_entries
from pipelines.results.register import Register

# Raised when the files of a store, or what stands in them, change.
_FORMAT = 4
_STRETCHES = pa.schema([("stretch", pa.binary()), ("ranks", pa.list_(pa.int64()))])
STORE = ".factpack-extract"
_TAG = "CACHEDIR.TAG"
# The first line is the one by which programs for backups know such a folder.
_TAGGED = "Signature: 8a477f597d28d172789f06886806bc55\n# Results that factpack keeps. This folder may be removed at any time.\n"


@dataclass(frozen=True)
class Base:
    """What the last run that ended left: its pieces and files, and what makes it unusable, or touches some of its articles."""

    files: Mapping[str, Files]
    outputs: Mapping[str, Written]
    touched: Callable[[Article], bool] | None
    unusable: str = ""
    # Which texts were compared to find copies, and what came of it.
    compared: Path | None = None
    # The file with the entries of that run, where it is as it was written, and what else decided on the bytes of its pieces.
    entries: str = ""
    writers: str = ""
    # The articles that are known together, by that by which they are.
    stretches: Mapping[Key, Ranks] = field(default_factory=dict)


class Store:
    """Results of earlier runs and of this one. It is what a reader of corpora asks for what is known."""

    def __init__(self, folder: Path, setup: Setup, layouts: Layouts) -> None:
        self._folder, self._setup, self._layouts = folder, setup, layouts
        self._program, self._lexicon = program(setup), lexicon_of(setup)
        self.origin = hashlib.sha256(f"{self._program} {self._lexicon}".encode()).hexdigest()[:16]
        self.register = Register()
        self.log = Log(folder / "log", layouts, self.origin)
        (folder / "pieces").mkdir(exist_ok=True)
        self.base = self._base()
        self.register.know(self.log.left())
        # Why the article that was looked for last is not known; empty where it is not there.
        self.why = ""
        self._stretches: dict[Key, Ranks] = {}
        self._learnt: dict[Key, Sequence[Key]] = {}

    def find(self, key: Key, read: Callable[[], Article | Page]) -> Kept | None:
        """What is kept of the content with that key, where it would come out the same today."""
        found = self.register.find(key)
        self.why = ""
        if found and self.base.touched and not found.part.startswith(LOG):
            content = read()
            if not isinstance(content, Article):
                self.why = "the lexicon changed: it may touch any page of HTML"
            elif self.base.touched(content):
                self.why = "the lexicon changed in words of the text"
            found = None if self.why else found
        return found

    def find_all(self, stretch: Key) -> Ranks | None:
        """What is kept of articles that are known together; None where the lexicon changed, which may touch some of them."""
        ranks = self.base.stretches.get(stretch)
        if ranks is None or self.base.touched or not self.register.entries.usable[ranks].all():
            return None
        self._stretches[stretch] = ranks
        return ranks

    def kept(self, ranks: Ranks) -> list[Kept]:
        """What is kept of these articles."""
        return self.register.entries.at(ranks)

    @property
    def count(self) -> int:
        """How many articles the last run left."""
        return self.register.entries.count

    def rank_of(self, article_id: str) -> int | None:
        """The place among them of the article with that identifier."""
        return self.register.entries.rank_of(article_id)

    def learn(self, stretch: Key, keys: Sequence[Key]) -> None:
        """Nothing; the next run finds the articles with these keys together."""
        self._learnt[stretch] = keys

    def reason(self, article_id: str) -> str:
        """Why an article that was looked for just now is to be extracted."""
        if self.why:
            return self.why
        return "changed" if self.register.knows(article_id) else self.base.unusable or "new"

    def expect(self, number: int, source: Source) -> None:
        """Nothing; the ``number``-th of what was read goes to an engine."""
        assert not isinstance(source.content, Kept)
        self.log.expect(number, source.content.article_id, source.key)

    def add(self, extracted: Extracted) -> int:
        """The number of facts that came of a batch, which belongs to the result and is kept."""
        entries = self.log.add(extracted)
        self.register.take(entries)
        return sum(max(entry.facts, 0) for entry in entries)

    @property
    def _writers(self) -> str:
        """What decides on the bytes of a piece beside its articles."""
        return f"{_FORMAT} {self._program} duckdb {metadata.version('duckdb')} pyarrow {metadata.version('pyarrow')}"

    def pieces(self) -> Pieces:
        """The pieces of the result, once everything was read."""
        self.log.flush()
        cut = list(plan(self.register, self._writers, self.base.writers))
        return Pieces(self._folder / "pieces", self.base.files, cut, self.register, self.log, self._layouts)

    def commit(self, pieces: Pieces, outputs: Mapping[str, Written], compared: Path | None = None) -> None:
        """Nothing; the next run begins with what this one gave; ``compared`` is moved here."""
        named = f"entries-{hashlib.sha256(repr(sorted(pieces.files)).encode()).hexdigest()[:16]}.arrow"
        comparisons, stretches = (named.replace("entries", of).replace("arrow", "parquet") for of in ("compared", "stretches"))
        # Named by the pieces, which are named by what each entry depends on.
        moved = None if named == self.base.entries else write_entries(self._folder / named, pieces.plan, self.register)
        parts = {piece.digest: piece.articles for piece in pieces.plan}
        entries = self.register.entries if moved is None else mapped(self._folder / named, parts, frozenset(parts))
        if compared:
            shutil.move(compared, self._folder / comparisons)
        pq.write_table(self._together(entries, moved), self._folder / stretches, compression="lz4")
        lexicon = self._folder / f"lexicon-{self._lexicon[:16]}"
        if not lexicon.is_dir():
            shutil.copytree(self._setup.lexicon, lexicon.with_suffix(".draft"), dirs_exist_ok=True)
            lexicon.with_suffix(".draft").rename(lexicon)
        layout = {
            "format": _FORMAT,
            "program": self._program,
            "lexicon": self._lexicon,
            "writers": self._writers,
            "entries": [named, mark(self._folder / named)],
            "compared": [comparisons, mark(self._folder / comparisons)] if compared else None,
            "stretches": [stretches, mark(self._folder / stretches)],
            "parts": parts,
            "pieces": pieces.files,
            "outputs": {table: vars(written) for table, written in outputs.items()},
        }
        write_json(layout, self._folder / "layout.json")
        self.log.clear()
        self._sweep({named, comparisons, stretches, lexicon.name, "layout.json", "log", "pieces", _TAG}, set(pieces.files))

    def _together(self, entries: Entries, moved: Ranks | None) -> pa.Table:
        """The articles that are known together from now on; ``moved`` is the rank that each of the last run has now."""
        found = {stretch: ranks if moved is None else moved[ranks] for stretch, ranks in self._stretches.items()}
        found |= {stretch: entries.ranks(keys) for stretch, keys in self._learnt.items()}
        # An article that was set aside, or bears an identifier that another has too, is not known.
        found = {stretch: ranks for stretch, ranks in found.items() if (ranks != NOWHERE).all()}
        columns = [pa.array([*found], pa.binary()), pa.array([*found.values()], pa.list_(pa.int64()))]
        return pa.table(columns, schema=_STRETCHES)

    def close(self) -> None:
        """Nothing; what was extracted and is not written yet is kept."""
        self.log.flush()
        self.register.close()

    def _sweep(self, names: set[str], digests: set[str]) -> None:
        """Nothing; what belongs to no layout is gone."""
        for folder, kept in ((self._folder, names), (self._folder / "pieces", digests)):
            for path in folder.iterdir():
                if path.name not in kept:
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def _base(self) -> Base:
        layout = read_json(self._folder / "layout.json")
        if not layout:
            return Base({}, {}, None, "nothing is kept of an earlier run")
        if layout.get("format") != _FORMAT or layout.get("program") != self._program:
            return Base({}, {}, None, "grammar, schemas or a library changed")
        try:
            return self._known(layout)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, FactpackError):
            self.register.begin_with(no_entries())
            return Base({}, {}, None, "what is kept is damaged")

    def _known(self, layout: Mapping[str, Any]) -> Base:
        touched, unusable = None, ""
        named, known = layout["entries"]
        if not is_same(self._folder / named, known):
            raise ValueError
        if layout["lexicon"] != self._lexicon:
            before = load_lexicon(self._folder / f"lexicon-{layout['lexicon'][:16]}")
            touched = touches(before, load(self._setup).lexicon)
        files = {digest: {t: (n, m) for t, (n, m) in of.items()} for digest, of in layout["pieces"].items() if self._is_whole(digest, of)}
        if len(files) < len(layout["pieces"]):
            unusable = "what is kept is damaged"
        self.register.begin_with(mapped(self._folder / named, layout["parts"], frozenset(files)))
        outputs = {table: Written(**written) for table, written in layout["outputs"].items()}
        stretches = self._as_written(layout["stretches"])
        together = pq.ParquetFile(stretches).read().cast(_STRETCHES) if stretches else _STRETCHES.empty_table()
        keys, ranks = together["stretch"].to_pylist(), (row.values.to_numpy() for row in together["ranks"])
        known_together = dict(zip(keys, ranks, strict=True))
        compared = self._as_written(layout["compared"])
        return Base(files, outputs, touched, unusable, compared, named, layout["writers"], known_together)

    def _as_written(self, known: Any) -> Path | None:
        """The file of the store, where it is as it was written."""
        return self._folder / known[0] if known and is_same(self._folder / known[0], known[1]) else None

    def _is_whole(self, digest: str, files: Mapping[str, Any]) -> bool:
        return all(is_same(self._folder / "pieces" / digest / f"{table}.parquet", known) for table, (_, known) in files.items())


def prepared(folder: Path, fresh: bool) -> Path:
    """The folder of a store, empty where it is to be fresh; a UsageError where it holds anything else or cannot be written."""
    where = visible(str(folder))
    expected = "expected a new folder, or one that factpack made; --no-store goes without"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        inside = [path for path in folder.iterdir() if not path.name.endswith(".draft")]
        if inside and (folder / _TAG) not in inside:
            raise UsageError(f"{where}: holds {visible(inside[0].name)!r} and is no store of factpack ({expected})")
        if fresh:
            for path in inside:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        (folder / _TAG).write_text(_TAGGED, "utf-8")
    except OSError as error:
        raise UsageError(f"{where}: {error.strerror or error} ({expected})") from None
    return folder


@contextmanager
def opened(folder: Path, setup: Setup, layouts: Layouts) -> Iterator[Store]:
    """A context with the store in the folder; what was extracted when it ends stands in it."""
    with contextlib.closing(Store(folder, setup, layouts)) as store:
        yield store
