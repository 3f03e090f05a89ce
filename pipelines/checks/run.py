"""All layers of validation over one package, in order, into one report."""

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.acceptances import read_acceptances
from pipelines.article import Article
from pipelines.checks.continuity import check_continuity, without_told
from pipelines.checks.evidence import absent, check_texts
from pipelines.checks.files import check_files, read_tables
from pipelines.checks.ledger import check_ledger
from pipelines.checks.problem import CheckReport, Layer, Problem
from pipelines.checks.relations import check_relations, count_relations
from pipelines.checks.tableschema import check_table_schema, count_constraints
from pipelines.checks.words import Words
from pipelines.derive.binding import bind_rules
from pipelines.derive.evaluator import Evaluator
from pipelines.derive.expectations import Verdict
from pipelines.errors import FactpackError
from pipelines.paths import REPOSITORY, Paths
from pipelines.schema import Schema, load_schemas, load_schemas_of

LAYERS = ("files", "table schema", "relations", "evidence", "readings", "ledger", "continuity", "expectations")
# What reads across tables: with one missing it would only repeat that.
_ACROSS = LAYERS[2:]
NO_TEXTS = "not verified: no article texts are here, so quotes were checked against their own hashes only"
EXPECTED = (
    "Correct the value in data/reviews/ or the lexicon, or, where it is right, the expectation in schemas/expectations/ with its reason."
)


@dataclass(frozen=True)
class _Read:
    """A package as the layers see it: what is published, what is declared, the stored texts by id (None: not here)."""

    paths: Paths
    continuity: Path
    schemas: Mapping[str, Schema]
    tables: Mapping[str, pa.Table]
    unreadable: list[Problem]
    articles: Mapping[str, Article] | None
    only_tables: Collection[str] | None
    last: Mapping[str, pa.Table]
    unreadable_last: str | None


def check_package(
    paths: Paths,
    say: Callable[[str], None],
    articles: Mapping[str, Article] | None = None,
    evaluator: Evaluator | None = None,
    only: Collection[str] = LAYERS,
    only_tables: Collection[str] | None = None,
    last: Paths | None = None,
    schemas_folder: Path | None = None,
    continuity: Path | None = None,
) -> CheckReport:
    """Every problem of the package below ``paths``, layer by layer.

    ``last`` is the package that this one follows: what vanished, fell or shifted since is a problem unless it was accepted.
    ``only`` leaves some of ``LAYERS`` out; ``only_tables`` narrows files and Table Schemas to these tables.

    ``articles`` are the stored texts by id; without them quotes are checked by hash only, and a note says so.
    ``schemas_folder`` and ``continuity`` are where the schemas and the accepted breaks of a staged package stand, which holds none itself.
    An ``evaluator`` made earlier has Great Expectations loaded by now.
    """
    declared, schemas = declared_schemas(paths) if schemas_folder is None else (schemas_folder, load_schemas(schemas_folder))
    tables, unreadable = read_tables(paths, schemas)
    wanted = [name for name in LAYERS if name in only and not (unreadable and name in _ACROSS) and (last or name != "continuity")]
    before, unreadable_before = _published(last) if last and "continuity" in wanted else ({}, None)
    if unreadable_before:
        last, wanted = None, [name for name in wanted if name != "continuity"]
    read = _Read(paths, continuity or paths.continuity, schemas, tables, unreadable, articles, only_tables, before, unreadable_before)
    if "expectations" not in wanted:
        return CheckReport(tuple(_layers(read, wanted, say)), _notes(read))
    with evaluator or Evaluator() as judge, _compared_with(read, last) as base:
        judge.start(paths.tables, declared, base)
        layers = list(_layers(read, wanted[:-1], say))
        say("checking expectations ...")
        verdict = judge.findings()
    expected = Layer("expectations", verdict.evaluated, tuple(_refused(verdict)), len(verdict.skipped))
    return CheckReport((*layers, expected), _notes(read))


@contextmanager
def _compared_with(read: _Read, last: Paths | None) -> Iterator[Path | None]:
    """The folder of the tables that expectations compare with: those of the last release, without facts that are gone for a reason."""
    left = without_told(read.tables, read.last, read.schemas) if read.last and "ledger" in read.tables else read.last
    if last is None or left is read.last:
        yield None if last is None else last.tables
        return
    with tempfile.TemporaryDirectory(prefix="factpack-") as folder:
        for table, rows in left.items():
            pq.write_table(rows, Path(folder) / f"{table}.parquet")
        yield Path(folder)


def _published(last: Paths) -> tuple[Mapping[str, pa.Table], str | None]:
    """The tables of the package before this one, by its own schemas, or why it cannot be compared with.

    A package that mends a broken one must pass: that there was nothing to compare with is a note. Without a descriptor the tables are
    those that a build laid out from ``data/releases/``, and are as their files say.
    """
    if not last.descriptor.exists() and last.tables.is_dir():
        return {path.stem: pq.ParquetFile(path).read() for path in sorted(last.tables.glob("*.parquet"))}, None
    try:
        tables, unreadable = read_tables(last, declared_schemas(last)[1])
    except FactpackError as error:
        return {}, f"not compared with {last.root}: {error}"
    return tables, f"not compared with {last.root}: {unreadable[0]}" if unreadable else None


def _notes(read: _Read) -> tuple[str, ...]:
    away = absent(read.tables, read.articles) if "articles" in read.tables else []
    some = (
        f"not verified: the texts of {len(away):,} articles that may not be passed on are not here: quotes by their own hashes only"
        if away
        else None
    )
    told = (None if read.articles is not None else NO_TEXTS, some, read.unreadable_last)
    return tuple(note for note in told if note is not None)


def _layers(read: _Read, wanted: Iterable[str], say: Callable[[str], None]) -> Iterator[Layer]:
    words = Words(read.tables, read.schemas, read.articles)
    for name in wanted:
        say(f"checking {name} ...")
        checks, found = _layer(name, read, words)
        yield Layer(name, checks, tuple(found))


def _layer(name: str, read: _Read, words: Words) -> tuple[int, Iterable[Problem]]:
    """How many single checks the layer makes, and what it finds."""
    tables, schemas = read.tables, read.schemas
    if name == "files":
        return 2 * len(schemas), chain(read.unreadable, check_files(read.paths, schemas, tables, read.only_tables))
    if name == "table schema":
        return count_constraints(schemas), check_table_schema(read.paths.descriptor, schemas, read.only_tables)
    if name == "relations":
        return count_relations(schemas), check_relations(tables, schemas)
    if name == "evidence":
        return tables["evidence"].num_rows, chain(check_texts(tables, read.articles), words.found.spans, words.found.coverage)
    if name == "readings":
        return words.found.values, words.found.readings
    if name == "continuity":
        accepted = read_acceptances(read.continuity)
        return sum(rows.num_rows for rows in read.last.values()), check_continuity(tables, read.last, schemas, accepted)
    return tables["ledger"].num_rows, check_ledger(tables, schemas)


def declared_schemas(paths: Paths) -> tuple[Path, Mapping[str, Schema]]:
    """Where the package's schemas stand, and the schemas; a package that comes without a folder holds them in its descriptor.

    Rules are SQL: those of somebody else's package are bound first, so that none reaches a file or the network.
    """
    if paths.schemas.is_dir():
        schemas = load_schemas(paths.schemas)
        if paths.schemas.resolve() != REPOSITORY.schemas.resolve():
            bind_rules(schemas)
        return paths.schemas, schemas
    if not paths.descriptor.is_file():
        return REPOSITORY.schemas, load_schemas(REPOSITORY.schemas)
    schemas = load_schemas_of(paths.descriptor)
    bind_rules(schemas)
    return paths.descriptor, schemas


def _refused(verdict: Verdict) -> Iterator[Problem]:
    for f in verdict.found:
        yield Problem(f.table, f.row, f.column, f"expectation {f.rule}", f.value, f.message, EXPECTED)
