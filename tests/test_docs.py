"""What ``docs/`` tells people to type can be typed: commands and options are there, and the Python is Python."""

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.__main__ import _parser
from pipelines.paths import REPOSITORY

TEXT = "\n".join(path.read_text("utf-8") for path in sorted((REPOSITORY.root / "docs").glob("*.md")))


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line]


@pytest.mark.parametrize("command", [c for c in COMMANDS if "/factpack " in c])
def test_a_command_of_factpack_can_be_given(command: str) -> None:
    words = shlex.split(command)
    first = next(n for n, word in enumerate(words) if word.endswith("/factpack"))
    assert callable(_parser().parse_args(words[first + 1 :]).run)


@pytest.mark.parametrize("command", [c for c in COMMANDS if "/dask " in c])
def test_a_command_of_dask_has_these_options(command: str) -> None:
    words = shlex.split(command)
    shown = subprocess.run([Path(sys.executable).parent / "dask", words[1], "--help"], capture_output=True, text=True, check=True).stdout
    assert all(word in shown for word in words if word.startswith("--"))


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_is_python(code: str) -> None:
    assert ast.parse(code).body


def test_there_are_commands_of_both() -> None:
    assert sum("/factpack " in c for c in COMMANDS) >= 2
    assert sum("/dask " in c for c in COMMANDS) >= 1


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((\.\./[^)#]+)", TEXT)
    assert links and all((REPOSITORY.root / "docs" / link).exists() for link in links)
