"""A release that is assembled again leaves zip, database and sums that hold as they are: no sum is ever wrong for a moment."""

from pathlib import Path

import pytest

from pipelines.archive import checksums, keep_assets
from pipelines.package import sha256_of

TITLE = "p-1.0.0"


def assets(place: Path, archive: str, database: str) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{TITLE}.zip").write_text(archive)
    (place / f"{TITLE}.duckdb").write_text(database)
    sums = {path.name: sha256_of(path) for path in sorted(place.iterdir())}
    (place / f"{TITLE}.sha256").write_text(checksums(sums))
    return place


def names(place: Path) -> list[str]:
    return sorted(path.suffix for path in place.iterdir())


def test_a_database_that_holds_is_not_replaced(tmp_path: Path) -> None:
    staged, dist = assets(tmp_path / "staged", "zip", "new bytes"), assets(tmp_path / "dist", "zip", "old bytes")
    keep_assets(staged, dist, TITLE)
    assert names(staged) == [".zip"], "what is not staged is not swapped in"


@pytest.mark.parametrize("damaged", [f"{TITLE}.duckdb", f"{TITLE}.sha256"])
@pytest.mark.parametrize("gone", [True, False])
def test_what_does_not_hold_is_replaced(tmp_path: Path, damaged: str, gone: bool) -> None:
    staged, dist = assets(tmp_path / "staged", "zip", "new bytes"), assets(tmp_path / "dist", "zip", "old bytes")
    if gone:
        (dist / damaged).unlink()
    else:
        (dist / damaged).write_bytes(b"\xff")
    keep_assets(staged, dist, TITLE)
    assert names(staged) == [".duckdb", ".sha256", ".zip"]


def test_a_database_beside_another_zip_is_replaced(tmp_path: Path) -> None:
    staged, dist = assets(tmp_path / "staged", "new zip", "new bytes"), assets(tmp_path / "dist", "old zip", "old bytes")
    keep_assets(staged, dist, TITLE)
    assert names(staged) == [".duckdb", ".sha256", ".zip"]
    keep_assets(staged, tmp_path / "nowhere", TITLE)
    assert names(staged) == [".duckdb", ".sha256", ".zip"]


def test_sums_that_name_the_zip_alone_keep_nothing(tmp_path: Path) -> None:
    staged, dist = assets(tmp_path / "staged", "zip", "new bytes"), assets(tmp_path / "dist", "zip", "old bytes")
    (dist / f"{TITLE}.duckdb").unlink()
    (dist / f"{TITLE}.sha256").write_text(checksums({f"{TITLE}.zip": sha256_of(dist / f"{TITLE}.zip")}))
    keep_assets(staged, dist, TITLE)
    assert names(staged) == [".duckdb", ".sha256", ".zip"]
