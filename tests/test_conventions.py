"""Registration is by equal names: a missing partner is named by the path to make."""

import importlib
import inspect

import pytest
from golden_cases import GOLDEN, cases, fact_tables

from pipelines.mentions.mentions import Mentions
from pipelines.paths import REPOSITORY
from pipelines.schema import load_schemas

SCHEMAS = load_schemas(REPOSITORY.schemas)


@pytest.mark.parametrize("table", fact_tables())
def test_a_fact_table_has_its_module(table: str) -> None:
    path = REPOSITORY.root / "pipelines" / "facts" / f"{table}.py"
    assert path.is_file(), f"make {path}: the module that finds the facts of schemas/{table}.json"
    module = importlib.import_module(f"pipelines.facts.{table}")
    assert callable(getattr(module, "find_facts", None)), f"{path}: define find_facts(article, mentions)"
    parameters = inspect.signature(module.find_facts).parameters
    assert list(parameters) == ["article", "mentions"]
    assert parameters["mentions"].annotation in (Mentions, "Mentions")


@pytest.mark.parametrize("table", fact_tables())
def test_a_fact_table_has_its_golden_articles(table: str) -> None:
    folder = GOLDEN / table
    assert folder.is_dir(), f"make {folder}/<case>.txt and .csv: golden articles for schemas/{table}.json"
    mine = [case for case in cases() if case.table == table]
    yielding, empty = [c for c in mine if c.rows], [c for c in mine if not c.rows]
    assert len(yielding) >= 4, f"make {folder}/<case>.txt and .csv: {len(yielding)} articles that yield rows (expected at least 4)"
    assert len(empty) >= 2, f"make {folder}/none-<case>.txt and .csv: {len(empty)} articles that yield none (expected at least 2)"


def test_every_golden_file_has_its_partner() -> None:
    for path in sorted(GOLDEN.glob("*/*")):
        partner = path.with_suffix({".txt": ".csv", ".csv": ".txt"}[path.suffix])
        assert partner.is_file(), f"make {partner}: the partner of {path.name}"
        assert path.parent.name in fact_tables(), f"make schemas/{path.parent.name}.json with x-kind fact, or remove {path.parent}"


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_golden_csv_has_columns_that_exist(case: object) -> None:
    from golden_cases import Case

    assert isinstance(case, Case)
    declared = {f.name for f in SCHEMAS[case.table].fields} | {"part_of", "occasion", "participants"}
    assert set(case.columns) <= declared, f"{case.path.with_suffix('.csv')}: unknown column {sorted(set(case.columns) - declared)}"
    assert all(len(row) == len(case.columns) for row in case.rows), f"{case.path.with_suffix('.csv')}: a row has too few or too many cells"


def test_every_published_table_has_its_schema() -> None:
    published = {path.stem for path in REPOSITORY.tables.iterdir()}
    for name in sorted(published - set(SCHEMAS)):
        pytest.fail(f"make schemas/{name}.json, or remove data/tables/{name}.*")
    for name in sorted(SCHEMAS):
        for form in ("csv", "parquet"):
            path = REPOSITORY.tables / f"{name}.{form}"
            assert path.is_file(), f"make {path}: run 'factpack build'"


def test_every_fact_module_has_its_schema() -> None:
    shared = {"__init__", "columns", "fact"}
    for path in sorted((REPOSITORY.root / "pipelines" / "facts").glob("*.py")):
        if path.stem not in shared:
            assert path.stem in fact_tables(), f'make schemas/{path.stem}.json with "x-kind": "fact"'
