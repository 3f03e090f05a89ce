"""A release as `factpack release` makes it: what is published of it passes the same checks, and is the same from another clone."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from repository import small_repository
from servers import served

from pipelines.__main__ import main

# What is expected of a package is no matter of this; the README's commands and test_command.py are judged.
pytestmark = pytest.mark.usefixtures("without_expectations")


def test_what_is_published_passes_its_checks_and_is_the_same_from_another_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths, site = small_repository(tmp_path / "repository"), tmp_path / "site"
    release = ["release", "--root", str(paths.root), "--date", "2031-01-01", "--quiet"]
    publish = ["publish", str(site), "--release", str(paths.dist / "factpack-0.1.0"), "--quiet"]
    assert main(release) == 0 and main(publish) == 0
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with served(site) as address:
        for place in (site, site / "datapackage.json", site / "0.1.0", address, f"{address}/0.1.0"):
            assert main(["check", str(place), "--quiet"]) == 0, capsys.readouterr().err
            assert main(["diff", str(place), str(paths.dist / "factpack-0.1.0.zip")]) == 0
            assert "hold the same" in capsys.readouterr().out
    done = subprocess.run([sys.executable, "data/verify.py"], cwd=site / "0.1.0", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    # Assembled again, the release has another database and is the same release.
    shutil.rmtree(paths.dist)
    assert main(release) == 0 and main(publish) == 0
