"""Fetching: from wherever a release was published, whole or not at all, and nothing that a stranger wrote leads out of the folder."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from released import contents, sum_of, write_checksums
from servers import S3, breaking, served
from spots import spot_of_bucket

from pipelines.__main__ import main

Make = Callable[..., Path]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def site(tmp_path: Path, make: Make) -> Path:
    """A folder that 1.0.0 and 1.1.0 were published to."""
    for version in ("1.0.0", "1.1.0"):
        assert main(["publish", str(tmp_path / "site"), "--release", str(make(version)), "--quiet"]) == 0
    return tmp_path / "site"


@pytest.fixture
def web(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    with served(site) as address:
        yield address


def got(address: str, out: Path, *options: str) -> dict[str, bytes]:
    assert main(["fetch", address, "--out", str(out), "--quiet", *options]) == 0
    (folder,) = out.iterdir()
    return contents(folder)


def refused(capsys: pytest.CaptureFixture[str], address: str, out: Path, *options: str, code: int = 1) -> str:
    before = contents(out) if out.exists() else {}
    assert main(["fetch", address, "--out", str(out), *options]) == code
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and told.err.startswith("factpack: ") and "(expected " in told.err
    assert (contents(out) if out.exists() else {}) == before
    assert not out.exists() or not any(path.name.startswith(".") for path in out.iterdir())
    return told.err


# --- what is good -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["", "/", "/index.json", "/datapackage.json"])
def test_the_newest_is_fetched(tail: str, web: str, site: Path, out: Path, tmp_path: Path) -> None:
    release = contents(tmp_path / "dist" / "small-1.1.0")
    assert got(web + tail, out) == release
    assert got(f"{site}{tail}", tmp_path / "other") == release
    assert [path.name for path in out.iterdir()] == ["small-1.1.0"]


@pytest.mark.parametrize("tail", ["/1.0.0", "/1.0.0/", "/1.0.0/datapackage.json", "/assets/1.0.0/small-1.0.0.zip", "?x=1"])
def test_a_release_is_fetched_by_its_own_address(tail: str, web: str, site: Path, out: Path, tmp_path: Path) -> None:
    options = ("--version", "1.0.0")
    release = contents(tmp_path / "dist" / "small-1.0.0")
    assert got(web + tail, out, *options) == release
    if "?" not in tail:
        assert got(f"{site}{tail}", tmp_path / "other", *options) == release


def test_a_release_is_fetched_by_the_link(site: Path, out: Path, tmp_path: Path) -> None:
    assert got(str(site / "latest"), out) == contents(tmp_path / "dist" / "small-1.1.0")


def test_a_release_is_fetched_from_a_store(s3: S3, make: Make, out: Path, tmp_path: Path) -> None:
    spot = spot_of_bucket(s3)
    odd = {"data/articles/größe 1 #2 %41 ?.txt": b"1", "data/articles/a+b&c.txt": b""}
    for version in ("1.0.0", "1.1.0"):
        assert main(["publish", spot.address, "--release", str(make(version, files=odd)), "--quiet"]) == 0
    assert got(spot.address, out) == contents(tmp_path / "dist" / "small-1.1.0")
    assert got(f"{spot.address}/1.0.0", tmp_path / "other") == contents(tmp_path / "dist" / "small-1.0.0")


def test_odd_names_of_files_survive_the_web(make: Make, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = make(files={"data/articles/größe 1 #2 %41 ?.txt": b"1", "data/articles/a+b&c;d=e.txt": b""})
    with served(folder) as address:
        assert got(address, out) == contents(folder)


def test_what_is_there_already_is_said(site: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = got(str(site), out)
    assert main(["fetch", str(site), "--out", str(out)]) == 0
    assert "is there already" in capsys.readouterr().out
    assert contents(out / "small-1.1.0") == before


def test_what_a_killed_run_has_left_does_not_matter(site: Path, out: Path, tmp_path: Path) -> None:
    (out / ".factpack-fetch" / "release").mkdir(parents=True)
    (out / ".factpack-fetch" / "release" / "checksums.txt").write_bytes(b"half")
    assert got(str(site), out) == contents(tmp_path / "dist" / "small-1.1.0")


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.1.1", "..", "", "\x1b[31m"])
def test_a_version_that_is_not_there(version: str, site: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if version:
        assert "expected one of 1.0.0, 1.1.0" in refused(capsys, str(site), out, f"--version={version}", code=2)
    assert "is version 1.0.0" in refused(capsys, str(site / "1.0.0"), out, "--version=1.1.0")
    assert "is version 1.0.0" in refused(capsys, str(site / "assets" / "1.0.0" / "small-1.0.0.zip"), out, "--version=1.1.0")


@pytest.mark.parametrize("file", ["data/README.md", "datapackage.json", "data/tables/actors.csv"])
@pytest.mark.parametrize("content", [b"changed", None], ids=["changed", "missing"])
def test_a_file_that_is_not_what_it_was(
    file: str, content: bytes | None, web: str, site: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "1.1.0" / file).unlink()
    if content:
        (site / "1.1.0" / file).write_bytes(content)
    for address in (web, str(site)):
        told = refused(capsys, address, out)
        assert f"1.1.0/{file}: " in told and ("sha256 is" if content else "not found" if address != web else "404") in told.replace(
            "Not F", "n f"
        )


def test_checksums_that_are_not_those_of_the_index(web: str, site: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "1.1.0" / "data" / "README.md").write_bytes(b"changed, with its sum")
    write_checksums(site / "1.1.0")
    assert "1.1.0/checksums.txt: sha256 is" in refused(capsys, web, out)


def test_a_folder_that_is_there_and_differs_is_left_alone(site: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    got(str(site), out)
    readme = out / "small-1.1.0" / "data" / "README.md"
    readme.write_bytes(b"my notes")
    assert "small-1.1.0/data/README.md" in refused(capsys, str(site), out)
    assert readme.read_bytes() == b"my notes"
    shutil.rmtree(out / "small-1.1.0")
    (out / "small-1.1.0").symlink_to(site)
    assert "no folder" in refused(capsys, str(site), out)


def test_a_release_that_is_too_large(web: str, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is too large (expected at most" in refused(capsys, web, out, "--max-bytes", "30000")


def test_nothing_there(web: str, s3: S3, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    for address in (f"{web}/nothing", str(tmp_path / "empty"), str(tmp_path / "none"), spot_of_bucket(s3).address):
        assert "neither index.json nor checksums.txt" in refused(capsys, address, out)
    assert "not found" in refused(capsys, str(tmp_path / "none.zip"), out, code=2)


ZERO = "0" * 64


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "\n",
        "x",
        f"{ZERO}  ../evil.txt\n",
        f"{ZERO}  /tmp/evil.txt\n",
        f"{ZERO}  data/../../evil.txt\n",
        f"{ZERO}  ..\\evil.txt\n",
        f"{ZERO}  C:evil.txt\n",
        f"{ZERO}  .factpack/journal.json\n",
        f"{ZERO}  data/.hidden\n",
        f"{ZERO}  ./data/README.md\n",
        f"{ZERO}  data//README.md\n",
        f"{ZERO}  .\n",
        f"{ZERO}  \n",
        f"{ZERO}  checksums.txt\n",
        f"{ZERO}  checksums.txt.minisig\n",
        f"{ZERO}  a\x00b\n",
        f"{ZERO}  a\x1b[31m\n",
        f"{ZERO}  {'a' * 1000}\n",
        f"{ZERO}  a\n{ZERO}  a\n",
        f"{ZERO}  a\n{ZERO}  A\n",
        f"{ZERO}  é\n{ZERO}  e\u0301\n",
        f"{ZERO}  a\n{ZERO}  a/b\n",
        f"{ZERO}  a",
        f"{ZERO} a\n",
        f"{'0' * 63}  a\n",
        f"{ZERO.replace('0', 'g')}  a\n",
        f"{ZERO}  a\r\n",
        f"\\{ZERO}  a\\nb\n",
        f"{ZERO}  README.md\n",
        "\udcff",
        "".join(f"{ZERO}  {n}\n" for n in range(100_001)),
    ],
    ids=range(32),
)
def test_checksums_of_a_stranger(lines: str, tmp_path: Path, make: Make, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make()
    (folder / "checksums.txt").write_bytes(lines.encode("utf-8", "surrogateescape"))
    told = refused(capsys, str(folder), out)
    assert "checksums.txt" in told and "\x1b" not in told
    assert main(["publish", str(tmp_path / "site"), "--release", str(folder)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not any(tmp_path.rglob("evil.txt")) and not Path("/tmp/evil.txt").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path": "../secret"}, "leads out"),
        ({"path": "/etc"}, "leads out"),
        ({"path": 7}, "leads out"),
        ({"path": ".hidden"}, "leads out"),
        ({"path": "1.0.0"}, "sha256 is"),
        ({"path": "nothing"}, "nothing/checksums.txt"),
        ({"descriptor": "../../etc/passwd"}, "leads out"),
        ({"version": "9.9"}, "MAJOR.MINOR.PATCH"),
        ({"version": "1.0.0"}, "each version once"),
        ({"version": "1.2.0"}, "the latest among them"),
        ({"checksums_sha256": "0"}, "64 hexadecimal digits"),
        ({"checksums_sha256": ZERO}, "sha256 is"),
        ({"assets": 7}, "no index"),
        ({"assets": [{"path": "a", "bytes": -1, "sha256": ZERO}]}, "a size"),
        ({"released_on": 7}, "a day"),
    ],
)
def test_an_index_of_a_stranger(
    change: dict[str, object], words: str, web: str, site: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = json.loads((site / "index.json").read_text("utf-8"))
    index["releases"][1] |= change
    (site / "index.json").write_text(json.dumps(index), "utf-8")
    assert words in refused(capsys, web, out)


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff", b"[]", b"[" * 100_000, b'{"releases": [7]}'], ids=range(6))
def test_an_index_that_is_none(content: bytes, web: str, site: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "index.json").write_bytes(content)
    assert "index.json" in refused(capsys, web, out)


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "", ".", "a/b", 7, "Ab", "a\n", "a" * 101])
def test_a_descriptor_of_a_stranger(name: object, make: Make, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make()
    (folder / "datapackage.json").write_text(json.dumps({"name": name, "version": "1.0.0"}), "utf-8")
    write_checksums(folder)
    assert "datapackage.json: name is" in refused(capsys, str(folder), out)
    assert not any(tmp_path.rglob("evil*"))


def test_a_link_in_a_release_does_not_lead_out(make: Make, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make()
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"secret")
    (folder / "data" / "link.txt").symlink_to(secret)
    with (folder / "checksums.txt").open("a", encoding="utf-8") as listing:
        listing.write(f"{sum_of(secret)}  data/link.txt\n")
    assert "data/link.txt: not found" in refused(capsys, str(folder), out)


# --- a line that breaks off -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 100, 500, 5_000, 30_000])
def test_a_line_to_the_web_that_breaks_off(after: int, web: str, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release = contents(tmp_path / "dist" / "small-1.1.0")
    with breaking(urlsplit(web).port or 0, after) as address:
        assert "broke off" in (told := refused(capsys, address, out)) or "ended after" in told
    assert got(web, out) == release


@pytest.mark.parametrize("after", [1, 400, 5_000])
def test_a_line_to_a_store_that_breaks_off(
    after: int, s3: S3, make: Make, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spot, folder = spot_of_bucket(s3), make()
    assert main(["publish", spot.address, "--release", str(folder), "--quiet"]) == 0
    with breaking(s3.port, after) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT", endpoint)
        assert "broke off" in refused(capsys, spot.address, out)
    monkeypatch.setenv("AWS_ENDPOINT", s3.endpoint)
    assert got(spot.address, out) == contents(folder)
