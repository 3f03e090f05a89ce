"""A web server of files that answers range requests, which the one in Python does not, and counts the bytes that it serves."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_BLOCK = 65_536


@dataclass
class Served:
    """Where the server is, and what it has served: bytes of bodies by path, and how many requests asked for a range."""

    address: str
    bytes: dict[str, int] = field(default_factory=dict)
    ranges: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """A server of the folder on loopback, gone afterwards."""
    served = Served("")

    class Handler(_Ranges):
        counts = served

        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Ranges(SimpleHTTPRequestHandler):
    counts: Served
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        size = path.stat().st_size
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        first, last = _bounds(wanted[1], wanted[2], size) if wanted else (0, size - 1)
        if wanted and not 0 <= first <= last < size:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Last-Modified", self.date_time_string(int(path.stat().st_mtime)))
        self.end_headers()
        if body:
            self._send(path, first, last - first + 1, bool(wanted))

    def _send(self, path: Path, first: int, left: int, ranged: bool) -> None:
        with self.counts.lock:
            self.counts.ranges += ranged
        with path.open("rb") as stream:
            stream.seek(first)
            while left and (block := stream.read(min(left, _BLOCK))):
                self.wfile.write(block)
                left -= len(block)
                with self.counts.lock:
                    self.counts.bytes[self.path] = self.counts.bytes.get(self.path, 0) + len(block)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte that a range names; of ``-n``, the last n."""
    if not first:
        return max(0, size - int(last or 0)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1
