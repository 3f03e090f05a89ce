"""Releases that do not hold are refused before anything is put."""

from collections.abc import Callable
from pathlib import Path

import pytest
from released import write_checksums

from pipelines.__main__ import main

Make = Callable[..., Path]


def refused(capsys: pytest.CaptureFixture[str], site: Path, folder: Path, code: int = 1) -> str:
    assert main(["publish", str(site), "--release", str(folder), "--quiet"]) == code
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and told.startswith("factpack: ") and "(expected " in told
    assert not site.exists()
    return told


def _changed(folder: Path) -> None:
    (folder / "data" / "README.md").write_bytes(b"changed")


def _missing(folder: Path) -> None:
    (folder / "data" / "README.md").unlink()


def _more(folder: Path) -> None:
    (folder / "data" / "more.csv").write_bytes(b"x")


def _linked(folder: Path) -> None:
    _missing(folder)
    (folder / "data" / "README.md").symlink_to("/etc/hostname")


def _linked_folder(folder: Path) -> None:
    (folder / "more").symlink_to("/etc")


def _asset_changed(folder: Path) -> None:
    (folder.parent / "small-1.0.0.zip").write_bytes(b"changed")


def _asset_missing(folder: Path) -> None:
    (folder.parent / "small-1.0.0.zip").unlink()


def _asset_without_sum(folder: Path) -> None:
    (folder.parent / "small-1.0.0.sha256").unlink()


def _asset_elsewhere(folder: Path) -> None:
    (folder.parent / "small-1.0.0.sha256").write_text("0" * 64 + "  secret.txt\n", "utf-8")
    for kind in ("zip", "duckdb"):
        (folder.parent / f"small-1.0.0.{kind}").unlink()


def _no_version(folder: Path) -> None:
    (folder / "datapackage.json").write_text('{"name": "small", "version": "1.0"}', "utf-8")
    write_checksums(folder)


def _hostile_name(folder: Path) -> None:
    (folder / "datapackage.json").write_text('{"name": "../small", "version": "1.0.0"}', "utf-8")
    write_checksums(folder)


def _no_resources(folder: Path) -> None:
    (folder / "datapackage.json").write_text('{"name": "small", "version": "1.0.0", "resources": [7]}', "utf-8")
    write_checksums(folder)


def _no_descriptor(folder: Path) -> None:
    (folder / "datapackage.json").unlink()
    write_checksums(folder)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_changed, "data/README.md: sha256 is"),
        (_missing, "data/README.md: is missing"),
        (_more, "data/more.csv"),
        (_linked, "is a link"),
        (_linked_folder, "is a link"),
        (_asset_changed, "small-1.0.0.zip: sha256 is"),
        (_asset_missing, "small-1.0.0.zip: is missing"),
        (_asset_without_sum, "small-1.0.0.zip: has no sum"),
        (_asset_elsewhere, "'secret.txt'"),
        (_no_version, "version is '1.0'"),
        (_hostile_name, "name is '../small'"),
        (_no_resources, "is no Data Package descriptor"),
        (_no_descriptor, "does not name datapackage.json"),
    ],
)
def test_a_release_that_does_not_hold_is_refused(
    harm: Callable[[Path], None], words: str, tmp_path: Path, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make()
    harm(folder)
    assert words in refused(capsys, tmp_path / "site", folder)


def test_a_folder_that_is_no_release_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is no release" in refused(capsys, tmp_path / "site", tmp_path / "nothing", 2)
