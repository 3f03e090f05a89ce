"""The packages that stock tools judge: a small one that says all it can of itself, the same with its larger tables in parts, and this repository's own."""

import shutil
from pathlib import Path

import pytest
from small_package import ABOUT, good_tables, real_schemas

from pipelines.derive import parts
from pipelines.package import stage
from pipelines.paths import REPOSITORY, Paths

# Between releases the version is that of the next one, with a suffix.
RICH = ABOUT | {
    "version": "1.2.0-dev",
    "released_on": "2031-05-01",
    "homepage": "https://example.org/small",
    "keywords": ["claims", "war of Lind"],
    "contributors": [
        {"title": "The testers", "path": "https://example.org/testers", "email": "testers@example.org", "roles": ["maintainer"]},
        {"givenName": "Ada", "familyName": "Vint", "orcid": "0000-0002-1825-0097", "organization": "Lind College", "roles": ["creator"]},
        {"organization": "Lind College", "roles": ["author"]},
    ],
}


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return Paths(stage(good_tables(real_schemas()), real_schemas(), RICH, Paths(tmp_path_factory.mktemp("small"))))


@pytest.fixture(scope="session")
def in_parts(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PART_ROWS", 40)
        return Paths(stage(good_tables(real_schemas()), real_schemas(), RICH, Paths(tmp_path_factory.mktemp("in_parts"))))


@pytest.fixture(params=["small", "in_parts", "repository"])
def package(request: pytest.FixtureRequest, small: Paths, in_parts: Paths) -> Paths:
    return {"small": small, "in_parts": in_parts, "repository": REPOSITORY}[request.param]


@pytest.fixture(params=["small", "repository"])
def whole(request: pytest.FixtureRequest, small: Paths) -> Paths:
    """A package of one file a table, as everybody has who asks for a table by its name."""
    return small if request.param == "small" else REPOSITORY


@pytest.fixture
def damaged(small: Paths, tmp_path: Path) -> Paths:
    """A copy of the small package, for a test to break."""
    return Paths(shutil.copytree(small.root, tmp_path / "damaged"))
