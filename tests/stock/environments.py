"""The environments of stock packages that ``make stock`` installs, which hold nothing of this project, and programs run in them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines.paths import REPOSITORY

# Whoever asks for anything beyond loopback gets no answer.
OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9") | {"no_proxy": "127.0.0.1"}


def program(environment: str, name: str) -> str:
    """The path of a program of the environment; the test is skipped where that is not installed."""
    folder = REPOSITORY.root / "build" / environment
    if not (folder / ".ready").is_file():
        pytest.skip(f"build/{environment} is not installed: 'make stock-ready' installs it, 'make stock' runs these tests")
    return str(folder / "bin" / name)


def run(words: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """What came of a command run in the folder, without network."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | OFFLINE
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False)


def answer(environment: str, script: str, folder: Path, *words: str) -> Any:
    """The JSON that a script prints last, run in the environment's own Python."""
    done = run([program(environment, "python"), "-c", script, *words], folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
