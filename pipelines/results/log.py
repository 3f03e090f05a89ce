"""The log of a run: what is extracted is written a section at a time, each whole or not there, so that a run that was cut short goes on."""

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import starmap
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.article.kept import SKIPPED, Kept, Key
from pipelines.engines.batch import Extracted
from pipelines.results.entries import ENTRIES, as_rows
from pipelines.results.files import is_same, mark, read_json, write_json
from pipelines.results.layout import Layouts

# The entries of a section name their part themselves.
_SECTION = ENTRIES.append(pa.field("part", pa.string()))
# A section ends after so many articles, or seconds: what a kill costs at most.
_MOST_ARTICLES = 2_000
_MOST_SECONDS = 10.0


class Log:
    """The sections of one or more runs with one origin; ``origin`` names grammar, schemas and lexicon."""

    def __init__(self, folder: Path, layouts: Layouts, origin: str) -> None:
        self._folder, self._layouts, self._origin = folder, layouts, origin
        self._waiting: dict[str, list[pa.Table]] = {table: [] for table in layouts}
        self._entries: list[Kept] = []
        self._expected: dict[int, tuple[str, Key]] = {}
        self._numbers: dict[str, int] = {}
        folder.mkdir(exist_ok=True)
        found = sorted(path for path in folder.iterdir() if path.name.isdecimal())
        self._sections = [path.name for path in found if self._is_whole(path)]
        self._next = 1 + max((int(path.name) for path in found), default=0)
        self._began = time.monotonic()
        self.articles = 0

    def _is_whole(self, section: Path) -> bool:
        """Whether the section was made with our grammar and lexicon, and is as it was written."""
        about = read_json(section / "section.json")
        files = about.get("files")
        if about.get("origin") != self._origin or not isinstance(files, dict) or "entries.parquet" not in files:
            return False
        return all(is_same(section / name, known) for name, known in files.items())

    def left(self) -> Iterator[Kept]:
        """What the sections of earlier runs hold."""
        for name in self._sections:
            table = pq.ParquetFile(self._folder / name / "entries.parquet").read()
            self.articles += pc.sum(pc.greater_equal(table["facts"], 0)).as_py() or 0
            yield from starmap(Kept, zip(*(column.to_pylist() for column in table.columns), strict=True))

    def expect(self, number: int, article_id: str, key: Key) -> None:
        """Nothing; the ``number``-th of what was read is on its way to be extracted."""
        self._expected[number] = article_id, key
        self._numbers[article_id] = number

    def add(self, extracted: Extracted) -> list[Kept]:
        """The entries of what came of a batch, which will be in the log."""
        tables = extracted.tables
        counted: Counter[str] = Counter()
        for table, rows in tables.items():
            if self._layouts[table].is_fact:
                counted.update(rows["article_id"].to_pylist())
            owned = self._with_article(table, rows, tables)
            self._waiting[table].append(pa.Table.from_arrays(owned.columns, schema=self._layouts[table].stored))
        for number in extracted.rejected["number"].to_pylist():
            self._forget(number)
        articles = tables["articles"]["article_id"].to_pylist() if tables else []
        entries = [self._entry(self._numbers[article_id], counted[article_id]) for article_id in articles]
        entries += [self._entry(number, SKIPPED) for number in extracted.others]
        self._entries += entries
        self.articles += len(articles)
        if len(self._entries) >= _MOST_ARTICLES or time.monotonic() - self._began > _MOST_SECONDS:
            self.flush()
        return entries

    def _entry(self, number: int, facts: int) -> Kept:
        return Kept(*self._forget(number), self._origin, facts, f"log/{self._next:06}")

    def _forget(self, number: int) -> tuple[str, Key]:
        article_id, key = self._expected.pop(number)
        del self._numbers[article_id]
        return article_id, key

    def _with_article(self, table: str, rows: pa.Table, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The rows with their articles, also those that name only the fact that they belong to."""
        parent = self._layouts[table].parent
        return rows if rows.schema.get_field_index("article_id") >= 0 or parent is None else with_article(rows, [tables[parent]])

    def flush(self) -> None:
        """Nothing; what was added is a section on disk."""
        if not self._entries:
            return
        name = f"{self._next:06}"
        draft = self._folder / f"{name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        for table, parts in self._waiting.items():
            if any(part.num_rows for part in parts):
                pq.write_table(pa.concat_tables(parts), draft / f"{table}.parquet", compression="lz4")
        pq.write_table(as_rows(self._entries, _SECTION), draft / "entries.parquet", compression="lz4")
        write_json({"origin": self._origin, "files": {path.name: mark(path) for path in sorted(draft.iterdir())}}, draft / "section.json")
        draft.rename(self._folder / name)
        self._sections.append(name)
        self._waiting = {table: [] for table in self._layouts}
        self._entries, self._next, self._began = [], self._next + 1, time.monotonic()

    def files(self, table: str) -> list[Path]:
        """The files with the rows of a table, in order of their sections."""
        return [path for name in self._sections if (path := self._folder / name / f"{table}.parquet").exists()]

    def clear(self) -> None:
        """Nothing; the log is empty, of sections that were of no use too."""
        self._sections = []
        shutil.rmtree(self._folder)
        self._folder.mkdir()


def with_article(rows: pa.Table, parents: Sequence[pa.Table]) -> pa.Table:
    """The rows with a column ``article_id`` at the end: that of the fact that they belong to."""
    facts = pa.concat_tables([parent.select(["fact_id", "article_id"]) for parent in parents])
    at = pc.index_in(rows["fact_id"], facts["fact_id"].combine_chunks())
    return rows.append_column("article_id", facts["article_id"].take(at))
