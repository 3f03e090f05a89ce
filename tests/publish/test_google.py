"""Google Cloud Storage compares versions, not entity tags: the same conditions hold there."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipelines.publish.store import Store


class Bucket(ThreadingHTTPServer):
    """Objects with their generations, put under the condition that the client states."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, tuple[int, bytes]] = {}
        self.conditions: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: Bucket

    def do_GET(self) -> None:
        generation, content = self.server.objects.get(self.path, (0, b""))
        self._answer(200 if generation else 404, generation, content)

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        generation, condition = self.server.objects.get(self.path, (0, b""))[0], self.headers["x-goog-if-generation-match"]
        self.server.conditions.append(condition)
        if condition is not None and int(condition) != generation:
            return self._answer(412, generation)
        self.server.objects[self.path] = (generation + 1, content)
        self._answer(200, generation + 1)

    def _answer(self, code: int, generation: int, content: bytes = b"") -> None:
        self.send_response(code)
        fields = {"ETag": '"same"', "x-goog-generation": generation, "Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"}
        for name, value in (fields | {"Content-Length": len(content)}).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    opened = Store._opened

    def without_encryption(self: Store, client: dict[str, Any]) -> Any:
        return opened(self, {**client, "allow_http": True})

    monkeypatch.setattr(Store, "_opened", without_encryption)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Bucket() as server:
        account = {"gcs_base_url": f"http://127.0.0.1:{server.server_port}", "disable_oauth": True}
        account |= {"client_email": "", "private_key": "", "private_key_id": ""}
        (tmp_path / "account.json").write_text(json.dumps(account), "utf-8")
        monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT", str(tmp_path / "account.json"))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_nothing_is_put_without_its_condition(bucket: Bucket, tmp_path: Path) -> None:
    place, path = Store("gs://bucket/data"), "index.json"
    assert place.read(path) is None
    assert place.replace(path, b"1", None)
    assert not place.replace(path, b"2", None)
    there = place.read(path)
    assert there is not None and there[0] == b"1"
    assert place.replace(path, b"3", there[1])
    assert not place.replace(path, b"4", there[1])
    (tmp_path / "file").write_bytes(b"5")
    assert place.create("1.0.0/file", tmp_path / "file")
    assert not place.create("1.0.0/file", tmp_path / "file")
    assert bucket.conditions == ["0", "0", "1", "1", "0", "0"]
    assert sorted(bucket.objects.values()) == [(1, b"5"), (2, b"3")]
