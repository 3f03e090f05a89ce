"""All layers of validation over one package, in order, into one report."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from pipelines.article import Article
from pipelines.checks.evidence import check_coverage, check_spans, check_texts, gather
from pipelines.checks.files import check_files, read_tables
from pipelines.checks.ledger import check_ledger
from pipelines.checks.problem import CheckReport, Layer, Problem
from pipelines.checks.relations import check_relations, count_rules
from pipelines.checks.reparse import check_readings
from pipelines.checks.tableschema import check_table_schema
from pipelines.derive.evaluator import Evaluator
from pipelines.derive.expectations import expectations
from pipelines.errors import ToolError
from pipelines.paths import REPOSITORY, Paths
from pipelines.schema import Schema, load_schemas

NO_TEXTS = "not verified: no article texts are here, so quotes were checked against their own hashes only"
REVIEW = "Correct the value in data/reviews/, or in the lexicon or schema that it comes from, and build again."


def check_package(
    paths: Paths, say: Callable[[str], None], articles: Mapping[str, Article] | None = None, evaluator: Evaluator | None = None
) -> CheckReport:
    """Every problem of the package below ``paths``, and how many single checks each layer made.

    ``articles`` are the stored texts by id; without them quotes are checked by hash only, and a note says so.
    An ``evaluator`` made earlier has Great Expectations loaded by now.
    """
    with evaluator or Evaluator() as judge:
        return _check(paths, say, articles, judge)


def _check(paths: Paths, say: Callable[[str], None], articles: Mapping[str, Article] | None, evaluator: Evaluator) -> CheckReport:
    declared = paths.schemas if paths.schemas.is_dir() else REPOSITORY.schemas
    schemas = load_schemas(declared)
    layers: list[Layer] = []
    notes = () if articles is not None else (NO_TEXTS,)

    def layer(name: str, checks: int, found: Iterable[Problem]) -> None:
        say(f"checking {name} ...")
        layers.append(Layer(name, checks, tuple(found)))

    tables, unreadable = read_tables(paths, schemas)
    layer("files", 2 * len(schemas), chain(unreadable, check_files(paths, schemas, tables)))
    if unreadable:
        # What follows reads across tables: with one missing it would only repeat that.
        layer("table schema", 2 * len(schemas), check_table_schema(paths))
        return CheckReport(tuple(layers), notes)
    evaluator.start(paths.tables, declared)
    layer("table schema", 2 * len(schemas), check_table_schema(paths))
    layer("keys and rules", count_rules(schemas), check_relations(tables, schemas))
    rows = gather(tables, schemas, articles)
    layer(
        "evidence",
        tables["evidence"].num_rows,
        chain(check_texts(tables, articles), check_spans(tables, schemas, articles, rows), check_coverage(rows, tables)),
    )
    read = sum(row.needs_words(f) for row in rows for f in row.schema.fields if f.evidence in ("count", "date"))
    layer("readings", read, check_readings(rows, tables))
    layer("ledger", tables["ledger"].num_rows, check_ledger(tables, schemas))
    layer("expectations", sum(len(expectations(schema)) for schema in schemas.values()), _refused(evaluator, schemas))
    return CheckReport(tuple(layers), notes)


def _refused(evaluator: Evaluator, schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    found, evaluated = evaluator.findings()
    declared = sum(len(expectations(schema)) for schema in schemas.values())
    if evaluated != declared:
        raise ToolError(f"Great Expectations evaluated {evaluated} of {declared} expectations")
    for f in found:
        yield Problem(f.table, f.row, f.column, f"expectation {f.rule}", f.value, f.message, REVIEW)
