"""What the tests of publication need: releases, and two kinds of address that must behave alike."""

from collections.abc import Callable
from pathlib import Path

import pytest
from released import make_release
from spots import Spot, spot_of_bucket, spot_of_folder

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path, staged_once: Path) -> Make:
    def made(version: str = "1.0.0", **files: object) -> Path:
        return make_release(staged_once, tmp_path / "dist", version, **files)

    return made


@pytest.fixture(params=["folder", "s3"])
def spot(request: pytest.FixtureRequest, tmp_path: Path) -> Spot:
    return spot_of_folder(tmp_path / "site") if request.param == "folder" else spot_of_bucket(request.getfixturevalue("s3"))
