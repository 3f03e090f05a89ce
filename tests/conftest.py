"""What several tests need: the repository's schemas, a small good package staged and swapped into a folder of its own, an S3 interface."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from contented import ContentedEvaluator
from kept_evaluator import KeptEvaluator
from small_package import ABOUT, good_tables, prepare, real_schemas

from pipelines import build, release
from pipelines.checks import run
from pipelines.package import stage
from pipelines.paths import Paths
from pipelines.schema import Schema
from pipelines.swap import swap

if TYPE_CHECKING:
    from servers import S3


# The files that take longest, first: else one process is left with them when the others have ended.
LONGEST = ("test_release", "test_verifier", "test_readme", "test_interruptions", "test_engines", "test_benchmarks", "test_builds")


def pytest_configure() -> None:
    # Started with "&" by a script, a process ignores Ctrl-C, and so would all that tests start and stop.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def kept_evaluator() -> Iterator[None]:
    """Builds, releases and checks in this process share evaluators; the commands that tests start make their own."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (build, release, run):
            patch.setattr(module, "Evaluator", KeptEvaluator)
        yield


@pytest.fixture(scope="module")
def without_expectations(kept_evaluator: None) -> Iterator[None]:  # noqa: ARG001
    """For tests of what a build does beside its checks: nothing is asked of Great Expectations."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (build, release, run):
            patch.setattr(module, "Evaluator", ContentedEvaluator)
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


@pytest.fixture(scope="session")
def s3_once() -> "Iterator[S3]":
    from servers import S3

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        server = S3()
        yield server
        server.close()


@pytest.fixture
def s3(s3_once: "S3", monkeypatch: pytest.MonkeyPatch) -> "Iterator[S3]":
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    for name, value in {
        "AWS_ENDPOINT": s3_once.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing-key",
        "AWS_SECRET_ACCESS_KEY": "testing-secret",
    }.items():
        monkeypatch.setenv(name, value)
    s3_once.app.asked.clear()
    yield s3_once
    from servers import nothing, unchanged

    s3_once.app.heeds_conditions = True
    s3_once.app.before, s3_once.app.altered = nothing, unchanged


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


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary folders are made; nothing may be left there."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []
