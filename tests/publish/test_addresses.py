"""Addresses that cannot be published to or fetched from: each is one line that says why, and shows nothing secret."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from spots import spot_of_bucket, spot_of_folder

from pipelines.__main__ import main
from pipelines.stores import opening

Make = Callable[..., Path]


def refused(capsys: pytest.CaptureFixture[str], address: str, folder: Path, code: int) -> str:
    """What is told, of publishing and of fetching alike."""
    shown = set()
    for command in (["publish", address, "--release", str(folder)], ["fetch", address, "--out", str(folder.parent / "out")]):
        assert main(command) == code
        told = capsys.readouterr()
        assert told.out == "" and told.err.count("\n") == 1 and told.err.startswith("factpack: ") and "(expected " in told.err
        assert "testing-key" not in told.err and "testing-secret" not in told.err and "hunter2" not in told.err
        shown.add(told.err.split(": ", 2)[2])
    assert len(shown) == 1
    return shown.pop()


@contextmanager
def answering(code: int, body: str) -> Iterator[str]:
    """The address of a store that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_not_there(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such bucket" in refused(capsys, "s3://no-such-bucket/x", make(), 2)


@pytest.mark.usefixtures("s3")
def test_an_endpoint_that_is_not_there(make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{port}")
    assert "no connection" in refused(capsys, "s3://bucket/x", make(), 1)


@pytest.mark.usefixtures("s3")
def test_an_endpoint_that_never_answers(make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 * opening.ONE + opening.ALL < 60
    monkeypatch.setattr(opening, "ONE", 0.1)
    monkeypatch.setattr(opening, "ALL", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{listener.getsockname()[1]}")
        assert "did not answer in time" in refused(capsys, "s3://bucket/x", make(), 1)


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize(
    ("status", "code", "words", "exit_code"),
    [
        (403, "SignatureDoesNotMatch", "access was refused, SignatureDoesNotMatch", 2),
        (403, "InvalidAccessKeyId", "access was refused, InvalidAccessKeyId", 2),
        (401, "Unauthorized", "access was refused, Unauthorized", 2),
        (404, "NoSuchBucket", "no such bucket", 2),
        (400, "AuthorizationHeaderMalformed", "answered 400 AuthorizationHeaderMalformed", 1),
        (418, "<b>hunter2</b>", "answered 418", 1),
    ],
)
@pytest.mark.usefixtures("s3")
def test_a_store_that_refuses(
    status: int,
    code: str,
    words: str,
    exit_code: int,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with answering(status, f"<Error><Code>{code}</Code><AWSAccessKeyId>testing-key</AWSAccessKeyId></Error>") as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT", endpoint)
        assert words in refused(capsys, "s3://bucket/x", make(), exit_code)


@pytest.mark.usefixtures("s3")
def test_no_credentials(make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with answering(501, "") as nobody:
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", nobody)
        told = refused(capsys, "s3://bucket/x", make(), 2)
    assert "no credentials (expected AWS_ACCESS_KEY_ID" in told
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    assert "no credentials" in refused(capsys, "az://container/x", make("1.1.0"), 2)


@pytest.mark.usefixtures("s3")
def test_an_endpoint_without_encryption(make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", "http://storage.invalid")
    assert "AWS_ALLOW_HTTP" in refused(capsys, "s3://bucket/x", make(), 2)


@pytest.mark.parametrize(
    "address",
    [
        "s3://",
        "s3:///x",
        "s3://bucket/../x",
        "s3://bucket/a//b",
        "s3://bucket/./x",
        "s3://bucket/a b",
        "s3://bucket/\x1b[31m",
        "s3://bucket/%2e%2e",
        "s3://me:hunter2@bucket/x",
        "s3://bucket/x?key=hunter2",
        "s3://bucket/x#hunter2",
        "s3://[::1/x",
    ],
)
def test_no_address(address: str, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, address, make(), 2)


@pytest.mark.parametrize("address", ["ftp://me:hunter2@example.org/x", "://x", "\x1b[31m://x", "file:///x"])
def test_unknown_kinds_of_address(address: str, make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", address, "--release", str(make())]) == 2
    assert main(["fetch", address, "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert told.count("(expected a folder") == 2 == told.count("\n")
    assert "hunter2" not in told and "\x1b" not in told


def test_http_cannot_be_published_to(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "https://example.org/x", "--release", str(make())]) == 2
    assert "cannot be published to (expected a folder, s3://" in capsys.readouterr().err


def test_a_file_is_no_folder(tmp_path: Path, make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert main(["publish", str(tmp_path / "file"), "--release", str(make())]) == 2
    assert "is a file" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["folder", "s3"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"<html>",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": "small", "latest": "1.0.0", "releases": []}',
        b'{"name": "../small", "latest": "1.0.0", "releases": []}',
        b'{"name": "small", "latest": "1.0.0", "releases": [{"version": "1.0.0", "released_on": null, "path": "../1", "descriptor": "d",'
        b' "checksums_sha256": "' + b"0" * 64 + b'", "assets": []}]}',
        b'{"name": "small", "latest": "1.0.0", "releases": [{"version": "1.0.0", "released_on": null, "path": "1.0.0", "descriptor": "d",'
        b' "checksums_sha256": "x", "assets": []}]}',
    ],
    ids=range(10),
)
def test_an_index_that_is_none(
    content: bytes, kind: str, tmp_path: Path, make: Make, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    spot = spot_of_bucket(request.getfixturevalue("s3")) if kind == "s3" else spot_of_folder(tmp_path / "site")
    spot.put("index.json", content)
    refused(capsys, spot.address, make(), 1)
    assert spot.contents() == {"index.json": content}
