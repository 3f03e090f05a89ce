"""What several tests need: the repository's schemas, and a small good package staged and swapped into a folder of its own."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kept_evaluator import KeptEvaluator
from small_package import ABOUT, good_tables, prepare, real_schemas

from pipelines import build, release
from pipelines.checks import run
from pipelines.package import stage
from pipelines.paths import Paths
from pipelines.schema import Schema
from pipelines.swap import swap


@pytest.fixture(scope="session", autouse=True)
def kept_evaluator() -> Iterator[None]:
    """Builds, releases and checks in this process share evaluators; the commands that tests start make their own."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (build, release, run):
            patch.setattr(module, "Evaluator", KeptEvaluator)
        yield


@pytest.fixture(scope="session")
def schemas() -> dict[str, Schema]:
    return real_schemas()


@pytest.fixture(scope="session")
def staged_once(tmp_path_factory: pytest.TempPathFactory, schemas: dict[str, Schema]) -> Path:
    return stage(good_tables(schemas), schemas, ABOUT, Paths(tmp_path_factory.mktemp("staged")))


@pytest.fixture
def good_package(tmp_path: Path, staged_once: Path) -> Paths:
    paths = prepare(Paths(tmp_path / "package"))
    staged = shutil.copytree(staged_once, paths.scratch / "stage")
    swap(staged, paths)
    return paths


_STATUS = [0]


def pytest_sessionfinish(exitstatus: int) -> None:
    """Keeps the exit status for the end of the process."""
    _STATUS[0] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Ends the process at once: Hypothesis keeps every module alive, and DuckDB would complain of that at length."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_STATUS[0])
