"""A fault, and the bench on which it is injected: a copy of the small good package."""

import json
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from small_package import ABOUT, HARBOUR, NOTE, as_given, good_tables, prepare, real_schemas

from pipelines.article import Article
from pipelines.checks import Problem, check_package
from pipelines.checks.continuity import check_continuity
from pipelines.derive.descriptors import datapackage
from pipelines.derive.evaluator import Evaluator
from pipelines.derive.expectations import Verdict, findings
from pipelines.derive.metadata import read_metadata
from pipelines.package import shaped, stage, tables_on_disk, write_csv, write_parquet
from pipelines.paths import Paths

Tables = dict[str, pa.Table]
Change = Callable[[Tables], Tables]
Damage = Callable[[Paths], None]

ARTICLES = (HARBOUR, NOTE)
GOOD = good_tables(real_schemas())


@dataclass(frozen=True)
class Expected:
    """Where the report must place the fault; a row of None is the whole table."""

    layer: str
    table: str
    row: int | str | None
    column: str | None
    rule: str


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: rows that were changed before the package was written, or files that were damaged afterwards.

    ``texts`` replaces the stored articles; ``last`` are the tables of the release before, which the change breaks with;
    ``promise`` is the number of the promise of a release that it breaks.
    """

    name: str
    expected: Expected
    change: Change | None = None
    damage: Damage | None = None
    texts: Sequence[Article] = ARTICLES
    last: Tables | None = None
    promise: int = 10


class InProcess(Evaluator):
    """Judges in this process: the many faults of expectations then load Great Expectations once."""

    def __init__(self, only: Collection[str] | None) -> None:
        self._only = only
        self._verdict: Verdict | None = None

    def __exit__(self, *_: object) -> None:
        """Nothing is to be ended."""

    def start(self, tables: Path, schemas: Path, base: Path | None = None) -> None:
        """Nothing; the package is judged at once."""
        self._verdict = findings(tables, schemas, base, self._only)

    def findings(self) -> Verdict:
        """What was found."""
        assert self._verdict is not None
        return self._verdict


class Bench:
    """A folder with the good package staged once; each fault is injected into a copy of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._good = stage(GOOD, real_schemas(), ABOUT, prepare(Paths(folder / "good")))
        self._files = tables_on_disk(real_schemas().values(), Paths(self._good))
        # As in a repository, where the codebook is held to the wording of today.
        Paths(self._good).about.write_text("name: small\n", encoding="utf-8")

    def problems(self, fault: Fault, look: Callable[[Fault, Paths], object] | None = None) -> list[Problem]:
        """What the layer that should catch the fault reports, on the table that should be named; ``look`` sees the faulty package too."""
        if fault.last is not None and fault.expected.layer == "continuity":
            # Tables of another release may have other columns than any file of this one could.
            assert fault.change is not None
            return list(check_continuity(fault.change(dict(GOOD)), fault.last, real_schemas(), ()))
        with self.injected(fault) as paths:
            texts = {article.article_id: article for article in fault.texts}
            table = fault.expected.table
            only = [table] if table in GOOD else None
            layer = [fault.expected.layer]
            last = self._before(fault.last) if fault.last is not None else None
            found = list(check_package(paths, lambda _: None, texts, InProcess(only), layer, only, last).problems)
            if look:
                look(fault, paths)
            return found

    @contextmanager
    def injected(self, fault: Fault) -> Iterator[Paths]:
        """The package with the fault in it, which is gone afterwards."""
        paths = Paths(self._folder / "faulty")
        try:
            shutil.copytree(self._good, paths.root)
            prepare(paths)
            if fault.change:
                self._write(fault.change(dict(GOOD)), paths)
            if fault.damage:
                fault.damage(paths)
            yield paths
        finally:
            for folder in ("faulty", "before"):
                shutil.rmtree(self._folder / folder, ignore_errors=True)

    def _before(self, tables: Tables) -> Paths:
        """A package with these tables in place of the good ones."""
        shutil.copytree(self._good, self._folder / "before")
        paths = prepare(Paths(self._folder / "before"))
        self._write({**GOOD, **tables}, paths)
        return paths

    def _write(self, tables: Tables, paths: Paths) -> None:
        """Writes what differs from the good tables, and a descriptor of all."""
        schemas = real_schemas()
        other = [table for table, rows in tables.items() if rows is not GOOD[table]]
        for table in other:
            made = shaped(tables, schemas[table])
            write_csv(made, paths.tables / f"{table}.csv")
            write_parquet(made, paths.tables / f"{table}.parquet")
        files = self._files | tables_on_disk([schemas[table] for table in other], paths)
        described = datapackage(schemas, files, read_metadata(ABOUT), tables["articles"].to_pylist())
        paths.descriptor.write_text(json.dumps(described), encoding="utf-8")


def caught(fault: Fault, problems: Sequence[Problem]) -> bool:
    """Whether one of the problems is what was expected, in every part, with words and a remedy."""
    expected = fault.expected
    wanted = (expected.table, expected.row, expected.column, expected.rule)
    return any((p.table, p.row, p.column, p.rule) == wanted and p.message and p.remedy for p in problems)


def set_values(table: str, row: int, **values: object) -> Change:
    """The change that replaces values of one row; rows count from 1."""

    def change(tables: Tables) -> Tables:
        content = tables[table].to_pylist()
        content[row - 1] |= values
        return tables | {table: as_given(real_schemas()[table], content)}

    return change


def keep_rows(table: str, rows: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> Change:
    """The change that replaces all rows of a table."""

    def change(tables: Tables) -> Tables:
        return tables | {table: as_given(real_schemas()[table], rows(tables[table].to_pylist()))}

    return change


def row_of(table: str, **values: object) -> int:
    """The number of the first good row with these values."""
    for n, row in enumerate(GOOD[table].to_pylist(), start=1):
        if all(row[column] == value for column, value in values.items()):
            return n
    raise LookupError(f"{table}: no row with {values}")


def filled(table: str, column: str) -> int:
    """The number of the first good row in which the column has a value, 1 where it has none, 0 in an empty table."""
    values = GOOD[table].column(column).to_pylist()
    return next((n for n, value in enumerate(values, start=1) if value is not None), min(1, len(values)))


def all_faults() -> Iterator[Fault]:
    """Every fault, generated or written by hand."""
    from faults import by_schema, in_descriptions, in_expectations, in_files, in_lives, in_releases, in_words

    for module in (by_schema, in_words, in_files, in_descriptions, in_lives, in_releases, in_expectations):
        yield from module.faults()
