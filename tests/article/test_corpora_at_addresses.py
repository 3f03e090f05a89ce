"""Corpora in object stores and on the web: read as if they lay here, one file at a time, and whatever is wrong is named by its address."""

import gzip
import itertools
import json
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from servers import S3, breaking, served

from pipelines.__main__ import main
from pipelines.article import Article
from pipelines.article.page import Page
from pipelines.article.readers import Rejected, Source, expect, sources
from pipelines.errors import InputError, UsageError
from pipelines.stores import bucket as buckets
from pipelines.stores import opening

DIED = "The Red Cross said on Monday that 40 men died in Goma."
PAGE = "<html lang=en><title>Goma</title><body><article><p>" + f"{DIED} The river rose in the night, and the town was cut off. " * 6
Read = list[tuple[str, str]]


def lines(*identifiers: str) -> bytes:
    return "".join(json.dumps({"id": identifier, "text": DIED}) + "\n" for identifier in identifiers).encode()


def warc(url: str, html: str) -> bytes:
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(html)}\r\n\r\n{html}".encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2025-03-05T00:00:00Z\r\nContent-Length: {len(http)}\r\n"
    )
    return head.encode() + b"Content-Type: application/http; msgtype=response\r\n\r\n" + http + b"\r\n\r\n"


def fill(s3: S3, objects: dict[str, bytes]) -> str:
    """The address of a new bucket with these objects."""
    bucket = s3.bucket()
    for key, content in objects.items():
        s3.client.put_object(Bucket=bucket, Key=key, Body=content)
    return f"s3://{bucket}"


def read(*corpora: Path | str, max_bytes: int = 5_000_000) -> tuple[Read, Read]:
    """Where each article stands with its identifier, and what was rejected with the reason."""
    found = list(sources(corpora, max_bytes))
    good = [(f.where, f.content.article_id) for f in found if isinstance(f, Source)]
    return good, [(f.where, f.reason) for f in found if isinstance(f, Rejected)]


def names(address: str, *corpora: str) -> list[str]:
    good, bad = read(*corpora)
    assert bad == []
    return [where.removeprefix(f"{address}/").rpartition(":")[0] for where, _ in good]


def every_form(folder: Path) -> dict[str, bytes]:
    """Objects in every form that corpora have, two of them bad; they lie in the folder too."""
    folder.mkdir()
    pq.write_table(pa.table({"text": [DIED], "id": ["in-parquet"]}), folder / "d.parquet")
    for name, content in {
        "a.txt": f" date 2025-08-22 {DIED}".encode(),
        "b.jsonl": lines("b1", "b2") + b"{",
        "c.jsonl.gz": gzip.compress(lines("c1")),
        "c.jsonl.zst": pa.compress(lines("z1"), "zstd", asbytes=True),
        "e.warc.gz": gzip.compress(warc("https://example.org/x", PAGE)),
        "f.html": PAGE.encode(),
        "g.pdf": b"%PDF",
    }.items():
        (folder / name).write_bytes(content)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# What is read


def test_every_form_is_read_as_if_it_lay_here(s3: S3, tmp_path: Path) -> None:
    address = fill(s3, {f"news/{name}": content for name, content in every_form(tmp_path / "news").items()})
    here, there = list(sources([tmp_path / "news"])), list(sources([f"{address}/news"]))
    assert len(here) == 10 and sum(isinstance(found, Rejected) for found in here) == 2

    def moved(found: Source | Rejected) -> Source | Rejected:
        where = found.where.replace(str(tmp_path), address)
        return replace(found, where=where)

    assert [moved(found) for found in here] == there
    assert any(isinstance(found, Source) and isinstance(found.content, Page) for found in there)
    assert isinstance(there[0], Source) and isinstance(there[0].content, Article)
    assert (there[0].where, there[0].content.text) == (f"{address}/news/a.txt", f" date 2025-08-22 {DIED}")


def test_the_command_gives_the_same_tables(s3: S3, tmp_path: Path) -> None:
    address = fill(s3, every_form(tmp_path / "news"))
    for corpus, out in ((str(tmp_path / "news"), "here"), (address, "there")):
        assert main(["extract", corpus, "--out", str(tmp_path / out), "--engine", "process", "--quiet"]) == 3
    rejected = "rejected.jsonl"
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / out).iterdir() if path.is_file() and path.name != rejected}
        for out in ("here", "there")
    ]
    assert files[0] == files[1] and len(files[0]) > 5
    told = [json.loads(line)["where"] for line in (tmp_path / "there" / rejected).read_text("utf-8").splitlines()]
    assert told == [f"{address}/b.jsonl:3", f"{address}/g.pdf"]


def test_folders_globs_and_single_objects(s3: S3) -> None:
    keys = ["a.jsonl", "x/2025/b.jsonl", "x/2025/c.jsonl", "x/2026/01/d.jsonl", "x/2026/e.jsonl", "x/2026x/f.jsonl", "xx/g.jsonl"]
    address = fill(s3, {key: lines(f"i{n}") for n, key in enumerate(keys)})
    for end, wanted in {
        "": keys,
        "/": keys,
        "/x": keys[1:6],
        "/x/": keys[1:6],
        "/x/2026": keys[3:5],
        "/a.jsonl": keys[:1],
        "/x/2025/*.jsonl": keys[1:3],
        "/x/*/?.jsonl": [keys[1], keys[2], keys[4], keys[5]],
        "/x/2026*": keys[3:6],
        "/x/**/[a-d].jsonl": keys[1:4],
        "/**": keys,
        "/*.jsonl": keys[:1],
    }.items():
        assert names(address, address + end) == wanted, end
    assert names(address, f"{address}/xx", f"{address}/a.jsonl") == ["xx/g.jsonl", "a.jsonl"]
    assert names(address, address.replace("s3:", "S3:") + "/xx") == ["xx/g.jsonl"]


def test_hidden_objects_are_left_alone(s3: S3) -> None:
    address = fill(
        s3, {key: lines(key.replace("/", "-").strip("-.")) for key in (".a.jsonl", ".b/c.jsonl", "d/.e/f.jsonl", "d/g.jsonl", "d/.h.jsonl")}
    )
    assert names(address, address) == ["d/g.jsonl"]
    assert names(address, f"{address}/**/*.jsonl") == ["d/g.jsonl"]
    assert names(address, f"{address}/.b") == [".b/c.jsonl"]


@pytest.mark.parametrize(
    "name", ["a b", "a%20b", "50%", "ü", "cafe\u0301", "x#y", "q?z", "x: y", "back\\slash", "*", "[a]", "😀", "'", '"', "~", "a&b=c", "+"]
)
def test_names_mean_what_they_are(name: str, s3: S3) -> None:
    address = fill(s3, {f"f {name}/{name}.jsonl": lines("x"), f"f {name}/{name}.txt": b"It \xff rained."})
    place = f"{address}/f {name}/{name}"
    for corpus in (address, place + ".jsonl"):
        assert read(corpus)[0] == [(f"{place}.jsonl:1", "x")]
    assert read(address)[1] == [(f"{place}.txt:1", "not UTF-8 at byte 3 (expected text in UTF-8)")]


def test_what_a_terminal_would_obey_is_escaped(s3: S3) -> None:
    address = fill(s3, {"a\u202eb.jsonl": lines("x")})
    assert read(address)[0] == [(f"{address}/a\\u202eb.jsonl:1", "x")]


def test_one_file_at_a_time_is_here(s3: S3, scratch: Path) -> None:
    address = fill(s3, {f"{n}.jsonl": lines(f"i{n}") for n in range(5)})
    for _ in sources([address]):
        assert len([path for path in scratch.rglob("*") if path.is_file()]) == 1


def test_a_reader_that_stops_leaves_nothing(s3: S3) -> None:
    found = sources([fill(s3, {"a.jsonl": lines("a", "b")})])
    next(found)
    found.close()  # type: ignore[attr-defined]


# What is wrong with one object is said in its place


def test_objects_that_are_not_what_their_names_say(s3: S3) -> None:
    forms = ("a.jsonl.gz", "b.jsonl.zst", "c.parquet", "d.warc", "e.warc.gz", "f.txt", "g.html")
    address = fill(s3, dict.fromkeys(forms, b"\x00\x01 no such thing" * 9) | {"h.jsonl": lines("good")})
    good, bad = read(address)
    assert good == [(f"{address}/g.html", "g"), (f"{address}/h.jsonl:1", "good")]
    assert [where.removeprefix(f"{address}/").split(":")[0] for where, _ in bad] == [
        "a.jsonl.gz",
        "b.jsonl.zst",
        "c.parquet",
        "d.warc",
        "e.warc.gz",
        "f.txt",
    ]


def test_what_is_too_large_or_unknown_is_not_fetched(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.article.files.MAX_FILE", 1000)
    address = fill(
        s3, {"a.txt": b"x" * 101, "b.html": b"x" * 101, "c.pdf": b"x", "d.warc": b"x" * 1001, "e.jsonl": lines("e"), "f.txt": b"x" * 100}
    )
    s3.app.asked.clear()
    good, bad = read(address, max_bytes=100)
    assert [identifier for _, identifier in good] == ["e", "f"]
    assert [reason.split(" (")[0] for _, reason in bad] == ["101 bytes are too many"] * 2 + [
        "unknown kind of file '.pdf'",
        "1,001 bytes are too many",
    ]
    assert [path.rpartition("/")[2] for _, path in s3.app.asked][-2:] == ["e.jsonl", "f.txt"] and len(s3.app.asked) == 3


def test_objects_that_change_or_go_while_others_are_read(s3: S3) -> None:
    address = fill(s3, {f"{name}.jsonl": lines(name) for name in "abcd"})
    found = sources([address])
    next(found)
    where = {"Bucket": address.removeprefix("s3://")}
    s3.client.put_object(Key="b.jsonl", Body=lines("B"), **where)
    s3.client.delete_object(Key="c.jsonl", **where)
    changed, gone, last = found
    assert changed == Rejected(f"{address}/b.jsonl", "changed since it was listed (expected objects that stay as they are; run it again)")
    assert gone == Rejected(f"{address}/c.jsonl", "is gone since it was listed (expected objects that stay; run it again)")
    assert isinstance(last, Source) and last.content.article_id == "d"


def test_a_name_that_no_file_can_have(s3: S3) -> None:
    address = fill(s3, {"n" * 300 + ".jsonl": lines("a"), "ok.jsonl": lines("b")})
    good, bad = read(address)
    assert [identifier for _, identifier in good] == ["b"]
    assert [reason.split(" (")[0] for _, reason in bad] == ["no file can have this name"]


# What is wrong with the address or the line ends it


def wrong(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], code: int) -> str:
    """What is told; nothing is written."""
    assert main(["extract", address, "--out", str(tmp_path / "out"), "--engine", "process"]) == code
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and told.err.startswith("factpack: ") and "(expected " in told.err
    assert "testing-secret" not in told.err and "hunter2" not in told.err and "\x1b" not in told.err
    assert not (tmp_path / "out").exists()
    return told.err


def test_addresses_with_nothing(s3: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = fill(s3, {"a/b.jsonl": lines("x"), ".hidden/c.jsonl": lines("y")})
    for end in ("/a/c.jsonl", "/b", "/a/b", "/b.jsonl", "/*.jsonl", "/a/b.jsonl/", "/a/*.txt", "/.h"):
        assert f"{address}{end}: not found (expected an object" in wrong(address + end, tmp_path, capsys, 1)
    with pytest.raises(InputError, match="not found"):
        expect(f"{address}/b")
    expect(f"{address}/a")


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("end", ["", "/", "/x", "/*.jsonl"])
def test_a_bucket_that_is_not_there(end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no such bucket" in wrong(f"s3://no-such-bucket{end}", tmp_path, capsys, 2)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "s3://",
            "s3:///x",
            "s3://../x",
            "s3://bucket/../x",
            "s3://bucket/a/../b",
            "s3://bucket/a//b",
            "s3://bucket/./x",
            "s3://bucket//",
        ),
        *("s3://me:hunter2@bucket/x", "s3://bucket/x?key=hunter2", "s3://bucket/\x1b[31m", "gs://buck et/x", "az://[::1/x"),
        *("ftp://me:hunter2@example.org/x", "://x", "file:///x", "http://", "http://[::1/x.jsonl", "\x1b[31m://x"),
    ],
)
def test_no_address(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong(address, tmp_path, capsys, 2)


@pytest.mark.parametrize("key", ["f/../g.jsonl", "f//g.jsonl", "f/./g.jsonl"])
def test_a_name_that_is_no_path_is_told_and_the_others_can_be_read(
    key: str, s3: S3, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = fill(s3, {key: lines("x"), "g/h.jsonl": lines("y")})
    assert "holds an object whose name is no path" in wrong(address, tmp_path, capsys, 1)
    assert names(address, f"{address}/g") == ["g/h.jsonl"]


def test_a_line_that_breaks_off_now_and_then(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    address = fill(s3, {"a.jsonl": lines(*(f"i{n}" for n in range(3000)))})
    with breaking(s3.port, 50_000, times=2) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT", endpoint)
        good, bad = read(address)
    assert (len(good), bad) == (3000, [])


def test_a_line_that_always_breaks_off(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(buckets, "PATIENCE", 0.2)
    address = fill(s3, {"a.jsonl": lines("x"), "b.jsonl": lines(*(f"i{n}" for n in range(3000)))})
    with breaking(s3.port, 3000) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT", endpoint)
        assert f"{address}/b.jsonl: no connection, or it broke off" in wrong(address, tmp_path, capsys, 1)


@pytest.mark.usefixtures("s3")
def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(opening, "ALL", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{port}")
    assert "no connection" in wrong("s3://bucket/x", tmp_path, capsys, 1)


def test_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_CONNECTION_STRING"):
        monkeypatch.delenv(name, raising=False)
    assert "no credentials (expected" in wrong("az://container/x", tmp_path, capsys, 2)


# A store of our own, for what no sound store answers


@contextmanager
def answering(answer: Callable[[str, dict[str, list[str]]], bytes]) -> Iterator[str]:
    """The address of a store that answers with what the function makes of a path and a query."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = answer(parts.path, parse_qs(parts.query))
            self.send_response(200)
            for name, value in {"Content-Length": len(body), "ETag": '"x"', "Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def listing(keys: list[str], size: int, following: str = "") -> bytes:
    objects = "".join(
        f'<Contents><Key>{key}</Key><LastModified>2025-01-01T00:00:00.000Z</LastModified><ETag>"x"</ETag><Size>{size}</Size></Contents>'
        for key in keys
    )
    more = f"<NextContinuationToken>{following}</NextContinuationToken>" if following else ""
    return f"<ListBucketResult>{objects}{more}</ListBucketResult>".encode()


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("size", [10, 1000])
def test_an_object_of_another_size_than_listed(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(lambda path, _: lines("x") if path.endswith(".jsonl") else listing(["a.jsonl"], size)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT", endpoint)
        with pytest.raises(
            InputError, match=rf"^s3://bucket/a.jsonl: the download ended after {len(lines('x'))} bytes \(expected {size:,}\)$"
        ):
            list(sources(["s3://bucket"]))


@pytest.mark.usefixtures("s3")
def test_a_long_listing_is_read_a_page_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def answer(_: str, query: dict[str, list[str]]) -> bytes:
        page = int(query.get("continuation-token", ["0"])[0])
        asked.append(page)
        return listing([f"{page:03}/{n:04}-{'x' * 100}.pdf" for n in range(1000)], 5, str(page + 1) if page < 11 else "")

    with answering(answer) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT", endpoint)
        found = sources(["s3://bucket"])
        next(found)
        assert asked == [0]
        tracemalloc.start()
        peaks = []
        for _ in range(3):
            assert sum(1 for _ in itertools.islice(found, 3_900)) == 3_900
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.reset_peak()
        tracemalloc.stop()
    assert len(list(found)) == 12_000 - 1 - 3 * 3_900
    assert asked == list(range(12))
    assert peaks[2] < peaks[1] + 500_000


# Files on the web


def test_a_file_on_the_web(tmp_path: Path) -> None:
    forms = every_form(tmp_path / "news")
    with served(tmp_path / "news") as address:
        for name in forms:
            here, there = read(tmp_path / "news" / name), read(f"{address}/{name}?key=hunter2#x")
            place = f"{address}/{name}?..."
            assert there == tuple([(where.replace(str(tmp_path / "news" / name), place), what) for where, what in part] for part in here)


def test_a_download_that_breaks_off_begins_again(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(*(f"i{n}" for n in range(3000))))
    with served(tmp_path) as address:
        port = int(address.rpartition(":")[2])
        with breaking(port, 50_000, times=2) as line:
            assert len(read(f"{line}/a.jsonl")[0]) == 3000
        with breaking(port, 50_000) as line, pytest.raises(InputError, match=r"a.jsonl: .*broke off"):
            read(f"{line}/a.jsonl")


def test_names_on_the_web_are_unquoted(tmp_path: Path) -> None:
    (tmp_path / "a b.jsonl").write_bytes(json.dumps({"text": DIED}).encode())
    with served(tmp_path) as address:
        good, bad = read(f"{address}/a%20b.jsonl")
        assert good == [] and "'a b-1' is no identifier" in bad[0][1]


def test_what_the_web_does_not_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.article.files.MAX_FILE", 1000)
    (tmp_path / "a.jsonl").write_bytes(b" " * 1001)
    (tmp_path / "a.txt").write_bytes(b"x" * 1001)
    with served(tmp_path) as address:
        assert read(f"{address}/a.jsonl")[1] == [(f"{address}/a.jsonl", "is too large (expected at most 1,000 bytes)")]
        assert read(f"{address}/a.txt", max_bytes=10)[1] == [(f"{address}/a.txt", "is too large (expected at most 10 bytes)")]
        for end in ("/", "", "/a.pdf", "/%2e%2e", "/%2F.jsonl", "/a%00.jsonl"):
            assert len(read(address + end)[1]) == 1
        with pytest.raises(InputError, match="answered 404"):
            read(f"{address}/b.jsonl")
    with pytest.raises(InputError, match="no connection"):
        read(f"{address}/a.jsonl")


def test_a_path_is_no_address(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not found"):
        expect(tmp_path / "s3:" / "bucket")
    with pytest.raises(UsageError, match="unknown kind of address"):
        expect("nowhere://x")
