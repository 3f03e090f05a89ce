"""A package from wherever it is to a folder: a folder as it is, a .zip unpacked with care, an http(s) address downloaded."""

import json
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from pipelines.checksums import inside
from pipelines.errors import InputError, UsageError, visible
from pipelines.version_numbers import version_key

MAX_BYTES = 2_000_000_000
DESCRIPTOR = "datapackage.json"
# A descriptor is read whole; no package has so many files.
_MAX_DESCRIPTOR = 50_000_000
_MAX_FILES = 10_000
_TIMEOUT = (10, 60)
_BLOCK = 1 << 16

Say = Callable[[str], None]


class NotThere(InputError):
    """Nothing is at that address."""


class TooLarge(InputError):
    """More is at that address than may be."""


@contextmanager
def fetched(address: str, say: Say, max_bytes: int = MAX_BYTES) -> Iterator[Path]:
    """A folder that holds the package, or the datapackage.json that was named; what was downloaded or unpacked is gone afterwards.

    The address of a publication stands for its newest release.
    ``max_bytes`` bounds all files of the package together. A UsageError or InputError says *where: what (expected ...)*.
    """
    if "://" not in address:
        path = Path(address)
        if path.is_dir() or path.suffix.lower() != ".zip":
            yield _newest(path)
            return
        if not path.is_file():
            raise UsageError(f"{shown(address)}: not found (expected a folder, a {DESCRIPTOR}, a .zip or an http(s) address)")
    elif urlsplit(clean(address)).scheme.lower() not in ("http", "https"):
        raise UsageError(f"{shown(address)}: unknown kind of address (expected http:// or https://)")
    with tempfile.TemporaryDirectory(prefix="factpack-") as scratch:
        folder = Path(scratch) / "package"
        folder.mkdir()
        if "://" not in address:
            _unpack(Path(address), shown(address), folder, max_bytes)
        else:
            _download(address, folder, Path(scratch) / "package.zip", say, max_bytes)
        yield _root(folder, shown(address))


def shown(address: str) -> str:
    """The address as messages name it: without a password or a query, which may be secret."""
    return visible(re.sub(r"\?.*", "?...", re.sub(r"://[^/?#]*@", "://...@", address), flags=re.DOTALL) if "://" in address else address)


def clean(address: str) -> str:
    """The same address; a UsageError where it is none."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        parts = None
    if parts is None or (parts.scheme.lower() in ("http", "https") and not parts.hostname) or re.search(r"[\x00-\x20\x7f]", address):
        raise UsageError(f"{shown(address)}: is no address (expected one such as https://example.org/package)")
    return address


def _download(address: str, folder: Path, archive: Path, say: Say, max_bytes: int) -> None:
    path = urlsplit(address).path
    with session() as client:
        if path.lower().endswith(".zip"):
            say(f"downloading {shown(address)} ...")
            save(client, address, archive, max_bytes)
            _unpack(archive, shown(address), folder, max_bytes)
            return
        descriptor = address if path.endswith(f"/{DESCRIPTOR}") else beside(address, path.rstrip("/") + "/", DESCRIPTOR)
        say(f"downloading {shown(descriptor)} ...")
        left = max_bytes - save(client, descriptor, folder / DESCRIPTOR, min(_MAX_DESCRIPTOR, max_bytes))
        if version := _led_to(_files(folder / DESCRIPTOR, shown(descriptor))):
            descriptor = beside(descriptor, urlsplit(descriptor).path, f"{version}/{DESCRIPTOR}")
            left -= save(client, descriptor, folder / DESCRIPTOR, min(_MAX_DESCRIPTOR, left))
        for file in _files(folder / DESCRIPTOR, shown(descriptor)):
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            url = beside(descriptor, urlsplit(descriptor).path, file)
            say(f"downloading {shown(url)} ...")
            left -= save(client, url, target, left)


def _newest(path: Path) -> Path:
    """The folder of the newest release, where the path is a publication; else the path. What cannot be read is for others to name."""
    root = path if path.is_dir() else path.parent
    try:
        version = _led_to(_files(root / DESCRIPTOR, shown(str(root / DESCRIPTOR))))
    except (OSError, InputError):
        return path
    return root / version if version else path


def _led_to(files: Sequence[str]) -> str | None:
    """The version in whose folder all files lie, as in the descriptor that a publication has at its own address."""
    folders = {file.partition("/")[0] for file in files}
    folder = folders.pop() if len(folders) == 1 else ""
    return folder if version_key(folder) else None


def session() -> requests.Session:
    """What asks the server: a lost connection is tried again, at most five redirects are followed."""
    client = requests.Session()
    retries = Retry(total=3, redirect=5, backoff_factor=0.2, status_forcelist=(502, 503, 504), raise_on_status=False)
    retries.respect_retry_after_header = False
    for scheme in ("http://", "https://"):
        client.mount(scheme, HTTPAdapter(max_retries=retries))
    client.max_redirects = 5
    # Packed bodies could grow without bound while they are unpacked, and their length could not be compared.
    client.headers["Accept-Encoding"] = "identity"
    return client


def beside(address: str, path: str, file: str) -> str:
    """The address of a file in the folder of ``path``, on the same host and with the same query."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=path[: path.rindex("/") + 1] + quote(file), fragment=""))


def save(client: requests.Session, url: str, target: Path, most: int) -> int:
    """The bytes written to ``target``, at most ``most``; a NotThere where the server knows no such address."""
    where = shown(url)
    try:
        with client.get(url, stream=True, timeout=_TIMEOUT) as response:
            if response.status_code in (404, 410):
                raise NotThere(f"{where}: the server answered {response.status_code} {visible(response.reason or '')} (expected 200 OK)")
            if response.status_code != 200:
                _refuse(where, f"the server answered {response.status_code} {visible(response.reason or '')}", "200 OK")
            size = _copy(response, target, where, most)
            declared = response.headers.get("Content-Length", "")
            if declared.isdecimal() and int(declared) != size and "Content-Encoding" not in response.headers:
                _refuse(where, f"the download ended after {size:,} bytes", f"{int(declared):,}")
            return size
    except (requests.RequestException, UnicodeError) as error:
        _refuse(where, f"cannot be downloaded: {_reason(error)}", "an address that answers")


def _copy(response: requests.Response, target: Path, where: str, most: int) -> int:
    size = 0
    with target.open("wb") as stream:
        for block in response.iter_content(_BLOCK):
            size += len(block)
            if size > most:
                raise TooLarge(f"{where}: is too large (expected at most {most:,} bytes)")
            stream.write(block)
    return size


def _reason(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return "the server did not answer in time"
    if isinstance(error, requests.TooManyRedirects):
        return "too many redirects"
    if isinstance(error, requests.exceptions.InvalidSchema):
        return "it leads to an address that is not http(s)"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off in the middle"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate does not hold"
    if isinstance(error, requests.ConnectionError):
        return "no connection, or it broke off"
    return type(error).__name__


def _files(descriptor: Path, where: str) -> list[str]:
    """The paths of the files that the descriptor names, each inside the package and once."""
    content = descriptor.read_bytes()
    try:
        listed = [resource["path"] for resource in json.loads(content)["resources"]]
        paths = [path for one in listed for path in (one if isinstance(one, list) else [one])]
    except (ValueError, KeyError, TypeError, RecursionError):
        what = "is a page of HTML" if content.lstrip()[:1] == b"<" else "is no Data Package descriptor"
        _refuse(where, what, f"the JSON of a {DESCRIPTOR} with resources")
    if len(paths) > _MAX_FILES:
        _refuse(where, f"names {len(paths):,} files", f"at most {_MAX_FILES:,}")
    for path in paths:
        if not isinstance(path, str) or not inside(path) or PurePosixPath(path) == PurePosixPath(DESCRIPTOR):
            _refuse(where, f"resource path {path!r} leads out of the package", "a path relative to it, without '..'")
    return list(dict.fromkeys(PurePosixPath(path).as_posix() for path in paths))


def _unpack(archive: Path, where: str, folder: Path, max_bytes: int) -> None:
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = packed.infolist()
            if len(entries) > _MAX_FILES:
                _refuse(where, f"holds {len(entries):,} files", f"at most {_MAX_FILES:,}")
            left = max_bytes
            for entry in entries:
                _judge(entry, where)
                # Hidden files are no part of a package; a build's own scratch least of all.
                if not entry.is_dir() and not any(part.startswith(".") for part in PurePosixPath(entry.filename).parts):
                    left -= _extract(packed, entry, folder, left)
                    if left < 0:
                        _refuse(where, "unpacks to too much", f"at most {max_bytes:,} bytes in all")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError) as error:
        _refuse(where, f"cannot be unpacked: {visible(str(error)) or type(error).__name__}", "a whole .zip of a package, without password")


def _judge(entry: zipfile.ZipInfo, where: str) -> None:
    if not inside(entry.filename):
        _refuse(where, f"entry {entry.filename!r} leads out of the archive", "relative paths without '..'")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
        _refuse(where, f"entry {entry.filename!r} is a link or a device", "files and folders only")


def _extract(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, most: int) -> int:
    """The bytes of the entry, counted while they are unpacked until there are too many: what the archive says of itself proves nothing."""
    target, size = folder / entry.filename, 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(entry) as source, target.open("xb") as stream:
        while size <= most and (block := source.read(_BLOCK)):
            size += len(block)
            stream.write(block)
    return size


def _root(folder: Path, where: str) -> Path:
    """The folder of the package: the unpacked one, or the one folder inside it that holds a descriptor."""
    found = [place for place in (folder, *sorted(p for p in folder.iterdir() if p.is_dir())) if (place / DESCRIPTOR).is_file()]
    if not found or (found[0] != folder and len(found) > 1):
        _refuse(where, f"holds {len(found)} packages", f"one {DESCRIPTOR}, at the top or in a folder at the top")
    return found[0]


def _refuse(where: str, what: str, expected: str) -> NoReturn:
    raise InputError(f"{where}: {what} (expected {expected})")
