"""Servers on the loopback: an S3 interface, files over http, and a line that breaks off."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


def nothing(_method: str, _path: str) -> None:
    """Nothing."""


def unchanged(_path: str, body: bytes) -> bytes:
    """The body as it is."""
    return body


class OneAtATime:
    """moto, one request after the other: it judges a condition and then puts, and another request could come in between."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.Lock()
        self.before: Callable[[str, str], None] = nothing
        self.altered: Callable[[str, bytes], bytes] = unchanged
        self.heeds_conditions = True
        self.asked: list[tuple[str, str]] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if length := int(environ.get("CONTENT_LENGTH") or 0):
            body = environ["wsgi.input"].read(length)
            if len(body) < length:
                # The client is gone in the middle: nothing was put.
                start("400 Bad Request", [])
                return []
            body = self.altered(environ["PATH_INFO"], body)
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        if not self.heeds_conditions:
            environ = {name: value for name, value in environ.items() if name not in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")}
        with self._lock:
            self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
            self.before(*self.asked[-1])
            return list(self._moto(environ, start))


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


class S3:
    """A real S3 interface; ``client`` speaks to it past everything that is tested."""

    def __init__(self) -> None:
        self.app = OneAtATime()
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=_Quiet)
        self.port = self._server.server_port
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        keys = {"aws_access_key_id": "testing-key", "aws_secret_access_key": "testing-secret", "region_name": "us-east-1"}
        self.client = boto3.client("s3", endpoint_url=self.endpoint, **keys)
        self._buckets = 0

    def bucket(self) -> str:
        """The name of a new bucket."""
        self._buckets += 1
        self.client.create_bucket(Bucket=f"bucket-{self._buckets}")
        return f"bucket-{self._buckets}"

    def contents(self, bucket: str) -> dict[str, bytes]:
        """Every object by its key."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return {key: self.client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    def close(self) -> None:
        self._server.shutdown()


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the folder's files."""
    with _Server(("127.0.0.1", 0), partial(_Files, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def breaking(port: int, after: int, times: int = 1_000_000) -> Iterator[str]:
    """A line to the port that is cut whenever so many bytes have gone through one connection, at most so many times."""
    listener = socket.create_server(("127.0.0.1", 0))
    left = [times]

    def carry(source: socket.socket, target: socket.socket, budget: list[int]) -> None:
        try:
            while block := source.recv(4096):
                if left[0] > 0 and len(block) >= budget[0]:
                    left[0] -= 1
                    target.sendall(block[: budget[0]])
                    break
                if left[0] > 0:
                    budget[0] -= len(block)
                target.sendall(block)
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", port))
            budget = [after]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=carry, args=(*pair, budget), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
