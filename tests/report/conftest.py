"""What the tests of reports share: the seeded fault, findings of given problems, and a hostile one."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from seeded import ARTICLES, GOOD, HOSTILE, seeded, with_articles
from small_package import real_schemas

from pipelines.checks import CheckReport, Layer, Problem
from pipelines.checks.evidence import gather as gather_rows
from pipelines.checks.reparse import check_readings
from pipelines.difference import compare
from pipelines.paths import Paths
from pipelines.report import Findings, gather

Given = Callable[..., Findings]


@pytest.fixture(scope="session")
def fault() -> Problem:
    tables = seeded()
    problems = list(check_readings(gather_rows(tables, real_schemas(), ARTICLES), tables))
    assert len(problems) == 1
    return problems[0]


@pytest.fixture
def given(tmp_path: Path) -> Given:
    """Findings of problems in a layer of their own, behind one that passed; the difference is against the good tables."""

    def of(*problems: Problem, tables: dict[str, pa.Table] | None = None, notes: tuple[str, ...] = ()) -> Findings:
        paths = with_articles(Paths(tmp_path))
        report = CheckReport((Layer("files", 28, ()), Layer("readings", 22, problems)), notes)
        tables = seeded() if tables is None else tables
        difference = compare(GOOD, tables, {name: schema.primary_key for name, schema in real_schemas().items()})
        return gather("small", report, tables, ARTICLES, paths, difference, "base")

    return of


@pytest.fixture
def hostile() -> Problem:
    return Problem(f"t{HOSTILE}", 3, f"c{HOSTILE}", f"r{HOSTILE}", HOSTILE, f"m{HOSTILE}", f"x{HOSTILE}")
