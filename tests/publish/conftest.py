"""What the tests of publication need: releases, an S3 interface, and two kinds of address that must behave alike."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from released import make_release
from servers import S3, nothing, unchanged
from spots import Spot, spot_of_bucket, spot_of_folder

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path, staged_once: Path) -> Make:
    def made(version: str = "1.0.0", **files: object) -> Path:
        return make_release(staged_once, tmp_path / "dist", version, **files)

    return made


@pytest.fixture(scope="session")
def s3_once() -> Iterator[S3]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        server = S3()
        yield server
        server.close()


@pytest.fixture
def s3(s3_once: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
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
    s3_once.app.heeds_conditions = True
    s3_once.app.before, s3_once.app.altered = nothing, unchanged


@pytest.fixture(params=["folder", "s3"])
def spot(request: pytest.FixtureRequest, tmp_path: Path) -> Spot:
    return spot_of_folder(tmp_path / "site") if request.param == "folder" else spot_of_bucket(request.getfixturevalue("s3"))
