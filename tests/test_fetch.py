"""Packages from elsewhere: folders, archives and addresses; whatever is hostile or broken is one line and leaves nothing behind."""

import io
import json
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from small_package import HARBOUR, NOTE

from pipelines.__main__ import main
from pipelines.errors import InputError, UsageError
from pipelines.fetch import fetched
from pipelines.paths import Paths
from pipelines.schema import load_schemas_of

Answer = tuple[int, dict[str, str], bytes]


class Site(ThreadingHTTPServer):
    """A server on the loopback that answers each path as it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def serve(self, folder: Path, under: str = "/p") -> str:
        for path in folder.rglob("*"):
            if path.is_file():
                self.answers[f"{under}/{path.relative_to(folder).as_posix()}"] = (200, {}, path.read_bytes())
        return self.at(under)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Site)
        self.server.asked.append(self.path)
        code, headers, body = self.server.answers.get(self.path, (404, {}, b"<html>not here</html>"))
        self.send_response(code)
        for key, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def zipped(folder: Path, under: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, under + path.relative_to(folder).as_posix())
    return content.getvalue()


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries:
            packed.writestr(name, data)
    return content.getvalue()


def contents(folder: Path) -> dict[str, bytes]:
    """The files below the folder but the hidden ones, which no archive gives up."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def tables_of(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in contents(folder).items() if name == "datapackage.json" or name.startswith("data/tables/")}


def got(address: str, max_bytes: int = 100_000_000) -> dict[str, bytes]:
    with fetched(address, [].append, max_bytes) as folder:
        return contents(folder)


def refused(address: str, max_bytes: int = 100_000_000) -> str:
    with pytest.raises((InputError, UsageError)) as caught:
        got(address, max_bytes)
    told = str(caught.value)
    assert "\n" not in told and "(expected " in told
    assert told.startswith(address)
    return told


# --- what is good -----------------------------------------------------------------------------------------------------


def test_a_folder_is_used_as_it_is(good_package: Paths) -> None:
    for place in (good_package.root, good_package.descriptor):
        with fetched(str(place), [].append) as folder:
            assert folder == place


@pytest.mark.parametrize("under", ["", "release-1/"])
def test_an_archive_is_unpacked(under: str, staged_once: Path, tmp_path: Path) -> None:
    path = tmp_path / "package.ZIP"
    path.write_bytes(zipped(staged_once, under))
    assert got(str(path)) == contents(staged_once)


def test_an_archive_is_downloaded(site: Site, staged_once: Path) -> None:
    site.answers["/package.zip"] = (200, {}, zipped(staged_once))
    assert got(site.at("/package.zip")) == contents(staged_once)


@pytest.mark.parametrize("tail", ["", "/", "/datapackage.json", "?token=1", "/datapackage.json?token=1"])
def test_a_descriptor_brings_its_files(site: Site, staged_once: Path, tail: str) -> None:
    address = site.serve(staged_once) + tail
    site.answers |= {f"{path}?token=1": answer for path, answer in site.answers.items()}
    assert got(address) == tables_of(staged_once)
    assert len(site.asked) == len(tables_of(staged_once))


def test_redirects_are_followed(site: Site, staged_once: Path) -> None:
    site.serve(staged_once)
    for path in list(site.answers):
        site.answers[path.replace("/p/", "/latest/")] = (302, {"Location": path}, b"")
    assert got(site.at("/latest")) == tables_of(staged_once)


def test_hidden_files_are_left_out(staged_once: Path, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    content = io.BytesIO(zipped(staged_once))
    with zipfile.ZipFile(content, "a") as packed:
        packed.writestr(".factpack/journal.json", "{}")
        packed.writestr("data/.DS_Store", "x")
    path.write_bytes(content.getvalue())
    assert got(str(path)) == contents(staged_once)


# --- what is broken on the way ----------------------------------------------------------------------------------------

GOOD = b'{"resources": [{"path": "a.csv"}]}'


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((404, {}, b""), "404"),
        ((500, {}, b"oh"), "500"),
        ((403, {}, b""), "403"),
        ((204, {}, b""), "204"),
        ((200, {}, b"<!doctype html><title>x</title>"), "a page of HTML"),
        ((200, {}, b"{"), "no Data Package descriptor"),
        ((200, {}, b""), "no Data Package descriptor"),
        ((200, {}, b"\xff\xfe\x00"), "no Data Package descriptor"),
        ((200, {}, b"[" * 100_000), "no Data Package descriptor"),
        ((200, {}, b'{"resources": 7}'), "no Data Package descriptor"),
        ((200, {}, b'{"resources": [7]}'), "no Data Package descriptor"),
        ((200, {}, b'{"resources": [{"path": ["a", "../b"]}]}'), "leads out"),
        ((200, {"Content-Length": "9999"}, GOOD), "broke off"),
        ((200, {}, b" " * 200_000), "too large"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "not http(s)"),
        ((302, {"Location": "ftp://127.0.0.1/x"}, b""), "not http(s)"),
        ((302, {"Location": "/p/datapackage.json"}, b""), "redirects"),
    ],
)
def test_a_descriptor_that_does_not_come(site: Site, answer: Answer, words: str) -> None:
    site.answers["/p/datapackage.json"] = answer
    assert words in refused(site.at("/p/datapackage.json"), 100_000)


@pytest.mark.parametrize(
    ("answer", "words"),
    [((404, {}, b""), "404"), ((200, {"Content-Length": "9"}, b"x"), "broke off"), ((200, {}, b"x" * 200_000), "too large")],
)
def test_a_file_that_does_not_come(site: Site, answer: Answer, words: str) -> None:
    site.answers["/p/datapackage.json"] = (200, {}, GOOD)
    site.answers["/p/a.csv"] = answer
    with pytest.raises(InputError, match=r"/p/a\.csv: ") as caught:
        got(site.at("/p"), 100_000)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "path", ["../a.csv", "/etc/passwd", "a/../../b", "http://127.0.0.1/a.csv", "a\\b", "C:a", "datapackage.json", "", "a\u0000b"]
)
def test_paths_that_lead_out_are_refused(site: Site, path: str) -> None:
    site.answers["/p/datapackage.json"] = (200, {}, json.dumps({"resources": [{"path": path}]}).encode())
    assert "leads out" in refused(site.at("/p/datapackage.json"))
    assert site.asked == ["/p/datapackage.json"]


@pytest.mark.parametrize(
    "address", ["ftp://example.org/p", "file:///etc/passwd", "http://", "http://a b/", "http://[::1/p", "https://x:port/", "://x"]
)
def test_addresses_that_are_none(address: str) -> None:
    refused(address)


def test_nobody_answers(site: Site) -> None:
    address = site.at("/p/datapackage.json")
    site.server_close()
    assert "no connection" in refused(address)


# --- archives that are hostile or broken ------------------------------------------------------------------------------


def link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("data/link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def liar() -> bytes:
    """An archive that says of its entry that it is small."""
    content = archive(("datapackage.json", b"0" * 500_000))
    return content.replace((500_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def damaged() -> bytes:
    content = bytearray(archive(("datapackage.json", b"abcdefgh" * 100)))
    content[60] ^= 0xFF
    return bytes(content)


ARCHIVES: list[tuple[str, Callable[[], bytes], str]] = [
    ("upward", lambda: archive(("../evil.txt", b"x")), "leads out"),
    ("from the root", lambda: archive(("/tmp/evil.txt", b"x")), "leads out"),
    ("backslash", lambda: archive(("..\\evil.txt", b"x")), "leads out"),
    ("drive", lambda: archive(("C:evil.txt", b"x")), "leads out"),
    ("link", lambda: archive((link(), b"/etc/passwd")), "link or a device"),
    ("bomb", lambda: archive(("datapackage.json", b"0" * 5_000_000)), "unpacks to too much"),
    ("bomb of many", lambda: archive(*((f"{n}", b"0" * 60_000) for n in range(20))), "unpacks to too much"),
    ("liar", liar, "cannot be unpacked"),
    ("too many", lambda: archive(*((str(n), b"") for n in range(10_001))), "10,001 files"),
    ("damaged", damaged, "cannot be unpacked"),
    ("cut", lambda: archive(("datapackage.json", b"x" * 900))[:-30], "cannot be unpacked"),
    ("no archive", lambda: b"<html>", "cannot be unpacked"),
    ("empty", lambda: b"", "cannot be unpacked"),
    ("file and folder", lambda: archive(("a", b"x"), ("a/b", b"x")), "cannot be unpacked"),
    ("no package", lambda: archive(("readme.txt", b"x")), "holds 0 packages"),
    ("two packages", lambda: archive(("a/datapackage.json", b"{}"), ("b/datapackage.json", b"{}")), "holds 2 packages"),
    ("too deep", lambda: archive(("a/b/datapackage.json", b"{}")), "holds 0 packages"),
]


@pytest.mark.parametrize(("make", "words"), [case[1:] for case in ARCHIVES], ids=[case[0] for case in ARCHIVES])
def test_archives_that_are_refused(make: Callable[[], bytes], words: str, tmp_path: Path, site: Site) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(make())
    assert words in refused(str(path), 1_000_000)
    site.answers["/package.zip"] = (200, {}, path.read_bytes())
    assert words in refused(site.at("/package.zip"), 1_000_000)
    assert not (tmp_path / "evil.txt").exists()


def test_an_archive_that_is_not_there(tmp_path: Path) -> None:
    assert "not found" in refused(str(tmp_path / "none.zip"))


# --- the command ------------------------------------------------------------------------------------------------------


def test_check_takes_an_address(site: Site, staged_once: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", site.serve(staged_once)]) == 0
    captured = capsys.readouterr()
    assert "no problem" in captured.out
    assert "not verified" in captured.err
    assert main(["check", site.at("/elsewhere")]) == 1
    assert "404" in capsys.readouterr().err


def test_check_takes_texts_from_elsewhere_or_from_the_archive(
    staged_once: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for article in (HARBOUR, NOTE):
        (texts / f"{article.article_id}.txt").write_text(article.text, encoding="utf-8", newline="")
    path = tmp_path / "package.zip"
    path.write_bytes(zipped(staged_once))
    assert main(["check", str(path), "--quiet", "--texts", str(texts)]) == 0
    assert capsys.readouterr().err == ""
    (texts / "note-1.txt").write_text("Another text.", "utf-8")
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content, "a") as packed:
        for text in texts.iterdir():
            packed.write(text, f"articles/{text.name}")
    path.write_bytes(content.getvalue())
    assert main(["check", str(path), "--quiet"]) == 1
    assert "articles row 2 (note-1) text_sha256" in capsys.readouterr().err


def edited(staged: Path, tmp_path: Path, **schema: object) -> Path:
    """The archive of a package whose vague numbers are declared otherwise."""
    raw = json.loads((staged / "datapackage.json").read_text("utf-8"))
    for resource in raw["resources"]:
        if resource["name"].startswith("vague_numbers"):
            resource["schema"] |= schema
    path = tmp_path / "package.zip"
    rest = [(name, data) for name, data in contents(staged).items() if name != "datapackage.json"]
    path.write_bytes(archive(("datapackage.json", json.dumps(raw).encode()), *rest))
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rowChecks": [{"sql": "(SELECT count(*) FROM read_text('/etc/passwd')) = 0", "message": "x"}]}, "cannot be evaluated"),
        ({"rowChecks": [{"sql": "true); COPY (SELECT 1) TO 'stolen.csv'; SELECT (true", "message": "x"}]}, "more than one statement"),
        ({"rowChecks": [{"sql": "true) --", "message": "x"}]}, "cannot be evaluated"),
        ({"crossChecks": [{"sql": "EXISTS (FROM '/etc/x.csv')", "message": "x", "column": "words"}]}, "cannot be evaluated"),
        ({"crossChecks": [{"sql": "true", "message": "x", "column": "word"}]}, "did you mean 'words'"),
        ({"rowChecks": [{"sql": 7, "message": "x"}]}, "expected text"),
        ({"title": {}}, "expected text"),
        ({"fields": 7}, "cannot be read"),
        ({"name": "other"}, "vague_numbers"),
    ],
)
def test_schemas_of_others_are_not_trusted(
    change: dict[str, object],
    words: str,
    staged_once: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--quiet", str(edited(staged_once, tmp_path, **change))]) == 1
    told = capsys.readouterr().err
    assert words in told and told.count("\n") == 1
    assert not (tmp_path / "stolen.csv").exists()


def test_a_package_is_judged_by_its_own_schemas(staged_once: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = [{"sql": "count_low > 100", "message": "is large"}]
    assert main(["check", "--quiet", str(edited(staged_once, tmp_path, rowChecks=rule))]) == 1
    told = capsys.readouterr().err
    assert "rowCheck 1 in vague_numbers" in told
    assert "is large" in told


def test_schemas_of_a_descriptor_are_those_it_was_made_from(staged_once: Path, schemas: object) -> None:
    assert load_schemas_of(staged_once / "datapackage.json") == schemas


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"resources": []}', b'{"resources": [{"format": "csv"}]}', b"\xff", b"[" * 100_000]
)
def test_a_descriptor_without_schemas_is_an_input_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_bytes(content)
    with pytest.raises(InputError, match=r"datapackage\.json"):
        load_schemas_of(tmp_path / "datapackage.json")
