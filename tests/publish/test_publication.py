"""Publishing: what is at the address afterwards, what is never overwritten, and that nothing half-done is ever seen."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from released import contents, sum_of, write_assets, write_checksums, write_database
from servers import S3, served
from spots import Spot, spot_of_bucket, spot_of_folder, whole

from pipelines.__main__ import main

Make = Callable[..., Path]


def index_of(spot: Spot) -> dict[str, object]:
    return json.loads(spot.contents()["index.json"])


def published(spot: Spot, folder: Path) -> None:
    assert main(["publish", spot.address, "--release", str(folder), "--quiet"]) == 0


def refused(capsys: pytest.CaptureFixture[str], spot: Spot, folder: Path, code: int = 1) -> str:
    assert main(["publish", spot.address, "--release", str(folder), "--quiet"]) == code
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and told.startswith("factpack: ") and "(expected " in told
    return told


def test_a_release_is_published(spot: Spot, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make()
    assert main(["publish", spot.address, "--release", str(folder)]) == 0
    captured = capsys.readouterr()
    there, ours = spot.contents(), contents(folder)
    assets = {f"small-1.0.0.{kind}": (folder.parent / f"small-1.0.0.{kind}").read_bytes() for kind in ("zip", "duckdb", "sha256")}
    linked = {f"latest/{path}" for path in ours}
    expected = {f"1.0.0/{path}": content for path, content in ours.items()} | {f"assets/1.0.0/{path}": a for path, a in assets.items()}
    assert {path: there[path] for path in expected} == expected
    assert set(there) - linked == {*expected, "index.json", "datapackage.json"}
    assert index_of(spot) == {
        "name": "small",
        "latest": "1.0.0",
        "releases": [
            {
                "version": "1.0.0",
                "released_on": "2031-03-04",
                "path": "1.0.0",
                "descriptor": "1.0.0/datapackage.json",
                "checksums_sha256": sum_of(folder / "checksums.txt"),
                "assets": [
                    {"path": f"assets/1.0.0/{name}", "bytes": len(content), "sha256": sum_of(folder.parent / name)}
                    for name, content in sorted(assets.items())
                ],
            }
        ],
    }
    assert f"{len(ours | assets)} files put, 0 were there" in captured.out and captured.err == ""


def test_publishing_again_changes_nothing(spot: Spot, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make()
    published(spot, folder)
    before = spot.contents()
    assert main(["publish", spot.address, "--release", str(folder)]) == 0
    assert " 0 files put" in capsys.readouterr().out
    assert spot.contents() == before


def test_latest_only_moves_forward(spot: Spot, make: Make) -> None:
    for version, latest in (("1.9.0", "1.9.0"), ("1.10.0", "1.10.0"), ("1.9.1", "1.10.0"), ("2.0.0", "2.0.0"), ("0.9.9", "2.0.0")):
        published(spot, make(version))
        assert whole(spot)[-1] == latest
        assert json.loads(spot.contents()["datapackage.json"])["version"] == latest
    assert whole(spot) == ["0.9.9", "1.9.0", "1.9.1", "1.10.0", "2.0.0"]


def test_the_link_in_a_folder_leads_to_the_newest(tmp_path: Path, make: Make) -> None:
    spot = spot_of_folder(tmp_path / "site")
    for version, latest in (("1.1.0", "1.1.0"), ("1.2.0", "1.2.0"), ("1.1.1", "1.2.0")):
        published(spot, make(version))
        assert (tmp_path / "site" / "latest").readlink() == Path(latest)


def test_stock_tools_read_the_newest_by_one_address(tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from frictionless import Package

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    published(spot_of_folder(tmp_path / "site"), make())
    with served(tmp_path / "site") as address:
        rows = [row.to_dict() for row in Package(f"{address}/datapackage.json").get_resource("vague_numbers").read_rows()]
    assert rows == [{"words": "dozens", "count_low": 24}, {"words": "hundreds", "count_low": 200}]


def test_the_default_is_the_newest_release_in_dist(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipelines.commands import publish
    from pipelines.paths import Paths

    monkeypatch.setattr(publish, "REPOSITORY", Paths(tmp_path))
    assert main(["publish", str(tmp_path / "site")]) == 2
    assert "holds no release" in capsys.readouterr().err
    for version in ("1.9.0", "1.10.0"):
        make(version)
    assert main(["publish", str(tmp_path / "site")]) == 0
    assert whole(spot_of_folder(tmp_path / "site")) == ["1.10.0"]


def test_odd_names_of_files_are_kept(spot: Spot, make: Make) -> None:
    odd = {"data/articles/größe 1 #2 %41 ?.txt": b"1", "data/articles/a'b&c+d=[e].txt": b"2", "data/articles/~.txt": b""}
    published(spot, make(files=odd))
    there = spot.contents()
    assert {path: there[f"1.0.0/{path}"] for path in odd} == odd


def test_assets_may_be_missing_and_may_come_later(spot: Spot, make: Make) -> None:
    folder = make(assets=False)
    published(spot, folder)
    assert index_of(spot)["releases"][0]["assets"] == []
    write_assets(folder)
    published(spot, folder)
    assert [asset["path"] for asset in index_of(spot)["releases"][0]["assets"]] == [
        f"assets/1.0.0/small-1.0.0.{kind}" for kind in ("duckdb", "sha256", "zip")
    ]
    for kind in ("zip", "duckdb", "sha256"):
        (folder.parent / f"small-1.0.0.{kind}").unlink()
    published(spot, folder)
    whole(spot)


# --- what is never overwritten ----------------------------------------------------------------------------------------


def test_a_published_version_is_never_overwritten(spot: Spot, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make()
    published(spot, folder)
    before = spot.contents()
    (folder / "data" / "README.md").write_bytes(b"Another text.")
    write_checksums(folder)
    told = refused(capsys, spot, folder)
    assert "1.0.0/data/README.md" in told and "published with other bytes" in told
    assert spot.contents() == before


def listed(folder: Path) -> None:
    """Nothing; the sums beside the release are those of its assets."""
    both = [folder.parent / f"small-1.0.0.{kind}" for kind in ("duckdb", "zip")]
    (folder.parent / "small-1.0.0.sha256").write_text("".join(f"{sum_of(p)}  {p.name}\n" for p in both if p.exists()), "utf-8")


def test_a_database_that_was_written_again_is_the_same_release(spot: Spot, make: Make) -> None:
    """As in another clone, where the release is assembled anew: every file has its bytes again, but the database."""
    folder = make()
    published(spot, folder)
    before = spot.contents()
    write_database(folder)
    listed(folder)
    published(spot, folder)
    assert spot.contents() == before


@pytest.mark.parametrize("left", ["duckdb", "duckdb zip", "zip"])
def test_what_another_clone_has_left_half_done_is_completed(left: str, spot: Spot, make: Make) -> None:
    folder = make()
    database = (folder.parent / "small-1.0.0.duckdb").read_bytes()
    for kind in left.split():
        spot.put(f"assets/1.0.0/small-1.0.0.{kind}", (folder.parent / f"small-1.0.0.{kind}").read_bytes())
    write_database(folder)
    listed(folder)
    published(spot, folder)
    there = spot.contents()
    assert (there["assets/1.0.0/small-1.0.0.duckdb"] == database) == ("duckdb" in left)
    sums = there["assets/1.0.0/small-1.0.0.sha256"].decode()
    for kind in ("duckdb", "zip"):
        name = f"small-1.0.0.{kind}"
        assert f"{hashlib.sha256(there[f'assets/1.0.0/{name}']).hexdigest()}  {name}\n" in sums


@pytest.mark.parametrize("wrong", ["rows", "no database", "a table is missing"])
def test_a_database_with_other_rows_is_another_one(wrong: str, spot: Spot, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make()
    change = {"rows": "UPDATE vague_numbers SET count_low = 25 WHERE words = 'dozens'", "a table is missing": "DROP TABLE actors"}
    if wrong in change:
        write_database(folder, change[wrong])
    content = b"no database" * 99 if wrong == "no database" else (folder.parent / "small-1.0.0.duckdb").read_bytes()
    spot.put("assets/1.0.0/small-1.0.0.duckdb", content)
    write_database(folder)
    listed(folder)
    before = spot.contents()
    assert "assets/1.0.0/small-1.0.0.duckdb" in refused(capsys, spot, folder)
    assert spot.contents() == before


def test_a_published_archive_is_never_overwritten(spot: Spot, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make()
    published(spot, folder)
    before = spot.contents()
    with (folder.parent / "small-1.0.0.zip").open("ab") as archive:
        archive.write(b"more")
    listed(folder)
    assert "assets/1.0.0/small-1.0.0." in refused(capsys, spot, folder)
    assert spot.contents() == before


@pytest.mark.parametrize("content", [b"x", None], ids=["another size", "another byte"])
def test_what_lies_at_the_path_is_never_overwritten(
    content: bytes | None, spot: Spot, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make()
    content = content or (folder / "data" / "README.md").read_bytes().swapcase()
    spot.put("1.0.0/data/README.md", content)
    told = refused(capsys, spot, folder)
    assert "1.0.0/data/README.md" in told and "never overwritten" in told.replace("none is", "never")
    there = spot.contents()
    assert there["1.0.0/data/README.md"] == content
    assert "index.json" not in there and "datapackage.json" not in there


def test_another_file_at_the_path_is_refused(spot: Spot, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    spot.put("1.0.0/data/more.csv", b"x")
    assert "1.0.0/data/more.csv: is there and no file of the release" in refused(capsys, spot, make())
    assert set(spot.contents()) == {"1.0.0/data/more.csv"}


def test_an_address_holds_one_package(spot: Spot, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    published(spot, make())
    before = spot.contents()
    assert "holds releases of 'small'" in refused(capsys, spot, make(name="other"))
    assert spot.contents() == before


def test_a_descriptor_of_others_is_not_overwritten(spot: Spot, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    spot.put("datapackage.json", b"{}")
    assert "is there without an index.json" in refused(capsys, spot, make())
    assert spot.contents() == {"datapackage.json": b"{}"}


def test_a_release_is_not_published_into_itself(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make()
    before = contents(folder)
    refused(capsys, spot_of_folder(folder / "site"), folder, 2)
    assert contents(folder) == before


def test_a_folder_called_latest_is_refused(tmp_path: Path, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site" / "latest").mkdir(parents=True)
    assert "is no link" in refused(capsys, spot_of_folder(tmp_path / "site"), make(), 2)


# --- what is changed on the way ---------------------------------------------------------------------------------------


def test_what_was_changed_on_the_way_is_never_latest(s3: S3, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    spot = spot_of_bucket(s3)
    published(spot, make())
    before = spot.contents()
    s3.app.altered = lambda path, body: body.swapcase() if path.endswith("1.1.0/data/README.md") else body
    folder = make("1.1.0")
    told = refused(capsys, spot, folder)
    assert "1.1.0/data/README.md: sha256 is" in told
    after = spot.contents()
    assert {path: content for path, content in after.items() if "1.1.0/" not in path} == before
    assert whole(spot) == ["1.0.0"]


def test_a_store_that_does_not_heed_conditions_is_refused(s3: S3, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    spot = spot_of_bucket(s3)
    s3.app.heeds_conditions = False
    assert "was put a second time" in refused(capsys, spot, make())
    assert not {"index.json", "datapackage.json"} & set(spot.contents())


def test_what_was_changed_on_the_disk_is_never_latest(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipelines.publish.folder import Folder

    spot = spot_of_folder(tmp_path / "site")
    create = Folder.create

    def damaging(self: Folder, path: str, file: Path) -> bool:
        done = create(self, path, file)
        if path.endswith("1.0.0/data/README.md"):
            spot.put(path, b"damaged")
        return done

    monkeypatch.setattr(Folder, "create", damaging)
    assert "1.0.0/data/README.md: sha256 is" in refused(capsys, spot, make())
    assert not {"index.json", "datapackage.json"} & set(spot.contents())
    assert not (tmp_path / "site" / "latest").exists()


def test_a_file_too_large_for_one_put_is_refused(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipelines.publish import release

    monkeypatch.setattr(release, "MAX_FILE", 500_000)
    folder = make(files={"data/large.bin": bytes(500_001)})
    assert "data/large.bin: has 500,001 bytes (expected at most 500,000" in refused(capsys, spot_of_folder(tmp_path / "site"), folder)


def test_a_large_file_is_put_whole_and_never_over_another(s3: S3, tmp_path: Path) -> None:
    from pipelines.publish.store import Store

    spot = spot_of_bucket(s3)
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"1" * 12_000_000)
    other.write_bytes(b"2" * 12_000_000)
    s3.app.asked.clear()
    place = Store(spot.address)
    assert place.create("1.0.0/large", one)
    assert not place.create("1.0.0/large", other)
    assert [method for method, _ in s3.app.asked] == ["PUT", "PUT"]
    assert spot.contents() == {"1.0.0/large": one.read_bytes()}


def test_progress_is_shown_in_a_terminal_only(tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    folder = make()
    for quiet in ([], ["--quiet"]):
        terminal = io.StringIO()
        monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        for command in (
            ["publish", str(tmp_path / f"site{len(quiet)}"), "--release", str(folder), *quiet],
            ["fetch", str(tmp_path / f"site{len(quiet)}"), "--out", str(tmp_path / f"out{len(quiet)}"), *quiet],
        ):
            assert main(command) == 0
        shown = terminal.getvalue()
        assert all((words in shown) != bool(quiet) for words in ("reading back", "fetching", " files"))
        assert shown == "" or not quiet
