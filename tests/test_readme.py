"""The README's commands run as they are written there, and say what it promises."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.paths import REPOSITORY

README = (REPOSITORY.root / "README.md").read_text("utf-8")
# `make data` and `make test` are how these tests came to run; CI runs them, and `make stock`, on a clean clone.
MAKE = ("make data", "make test", "make help", "make stock")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line and line not in MAKE]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository as it is committed and built, for commands that write."""
    place = tmp_path_factory.mktemp("readme") / "factpack"
    apart = shutil.ignore_patterns(
        ".git", ".venv", ".factpack", ".hypothesis", "stock*", "__pycache__", ".*_cache", "dist", "site", "fetched"
    )
    shutil.copytree(REPOSITORY.root, place, ignore=apart, symlinks=True)
    (place / ".venv").symlink_to(Path(sys.prefix))
    run([sys.executable, "-m", "pipelines", "build", "--quiet"], place)
    return place


def run(command: list[str], place: Path = REPOSITORY.root) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # The copy's own package comes before the installed one.
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(place)}
    return subprocess.run(command, cwd=place, capture_output=True, text=True, env=environment, check=False)


def test_the_readme_holds_commands() -> None:
    assert "make data\nmake test" in README
    assert len(COMMANDS) >= 8
    assert len(blocks("python")) >= 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs_as_written(command: str, copy: Path) -> None:
    """In the order of the README, since they build on each other: the tests of a file stay together (--dist loadfile)."""
    words = shlex.split(command)
    if words[0] == "duckdb" and not shutil.which("duckdb", path=str(Path(sys.executable).parent)):
        pytest.skip("the duckdb shell is not here: make .venv/.ready installs it")
    done = run(words, copy)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or words[1] == "-c"


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_runs_as_written(code: str, copy: Path) -> None:
    done = run([sys.executable, "-c", code], copy)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("target", ["data", "test", "check", "help", "stock"])
def test_make_knows_its_targets(target: str) -> None:
    done = run(["make", "--dry-run", target])
    assert done.returncode == 0, done.stderr


def test_make_help_lists_the_targets() -> None:
    assert all(f"make {target}" in run(["make", "help"]).stdout for target in ("data", "test", "check", "lint", "stock", "lock"))


def test_the_default_of_make_builds_the_package() -> None:
    planned = run(["make", "--dry-run"]).stdout
    assert "factpack build" in planned
    assert "pytest" not in planned
