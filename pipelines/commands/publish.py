"""The commands that publish a release and fetch one."""

import argparse
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UsageError, visible
from pipelines.paths import REPOSITORY

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from pipelines.publish.place import Meter

_PASSWORD = "FACTPACK_KEY_PASSWORD"
_MAX_BYTES = 2_000_000_000


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the commands are known to the parser."""
    publish = commands.add_parser(
        "publish",
        help="publish a release where it is never overwritten",
        description="Puts every file of a release under ADDRESS/<version>/, reads all of them back, and only then lists the release in ADDRESS/index.json"
        " and lets ADDRESS/datapackage.json lead to the newest one. The same command again goes on where one was cut short. Endpoint, region and"
        " credentials come from the environment (AWS_ENDPOINT, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the like).",
    )
    publish.add_argument("address", metavar="ADDRESS", help="a folder, s3://bucket/folder, gs://bucket/folder or az://container/folder")
    publish.add_argument("--release", type=Path, metavar="DIR", help="folder of the release (default: the newest in dist/)")
    publish.add_argument(
        "--sign",
        type=Path,
        metavar="KEY",
        help=f"sign checksums.txt with this secret key of minisign (its password: {_PASSWORD}, or it is asked for)",
    )
    publish.add_argument("--quiet", action="store_true", help="print problems only")
    publish.set_defaults(run=_publish)
    fetch = commands.add_parser(
        "fetch",
        help="fetch a published release and verify it",
        description="Gets a release from where it was published, compares every file with checksums.txt, and puts it in DIR/<name>-<version> only when all"
        " of it holds.",
    )
    fetch.add_argument(
        "address",
        metavar="ADDRESS",
        help="a publication, a release in it or a release's .zip: a folder or file, http(s)://, s3://, gs:// or az://",
    )
    fetch.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to put the release in")
    fetch.add_argument("--version", metavar="V", help="the version to fetch (default: the newest)")
    fetch.add_argument("--public-key", metavar="KEY", help="demand a signature by this public key of minisign: its file, or the key itself")
    fetch.add_argument("--max-bytes", type=int, default=_MAX_BYTES, metavar="N", help="largest release in bytes (default: %(default)s)")
    fetch.add_argument("--quiet", action="store_true", help="print problems only")
    fetch.set_defaults(run=_fetch)


def _publish(options: argparse.Namespace) -> int:
    from pipelines.commands.options import Progress
    from pipelines.publish.publication import publish_release
    from pipelines.publish.release import newest_release, read_release

    release = read_release(options.release or newest_release(REPOSITORY.root / "dist"))
    if options.sign:
        from pipelines.publish.signature import signed

        release = signed(release, options.sign, _password)
    with _meter(options.quiet) as meter:
        done = publish_release(release, options.address, Progress(options.quiet), meter)
    if not options.quiet:
        size = sum(file.bytes for file in release.published.values())
        print(f"{release.name} {done.version}: {done.put:,} files put, {done.there:,} were there, {size:,} bytes read back and equal")
        print(f"newest at {visible(options.address)}: {done.latest}")
    return 0


def _fetch(options: argparse.Namespace) -> int:
    from pipelines.publish.retrieval import fetch_release

    with _meter(options.quiet) as meter:
        done = fetch_release(options.address, options.out, options.version, options.public_key, meter, options.max_bytes)
    if not options.quiet:
        print(
            f"{visible(str(done.folder))}: {'is there already, ' if done.was_there else ''}{done.files:,} files, each as checksums.txt says"
        )
        if done.key:
            print(f"checksums.txt is signed by the key {done.key}")
    return 0


def _password() -> str:
    if _PASSWORD in os.environ:
        return os.environ[_PASSWORD]
    if not sys.stdin.isatty():
        raise UsageError(f"{_PASSWORD}: is not set, and nobody can be asked (expected the password of the key)")
    import getpass

    return getpass.getpass("Password of the key: ")


@contextmanager
def _meter(quiet: bool) -> Iterator["Meter"]:
    """A bar on standard error with files and bytes, where that is a terminal."""
    from pipelines.publish.place import Silent

    if quiet or not sys.stderr.isatty():
        yield Silent()
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from pipelines.terminal import console

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TextColumn("{task.fields[files]} files"))
    with Progress(*columns, console=console(errors=True), transient=True) as progress:
        yield _Bar(progress)


class _Bar:
    """A meter that is a bar of rich."""

    def __init__(self, progress: "RichProgress") -> None:
        self._progress, self._lock = progress, threading.Lock()

    def start(self, what: str, files: int, size: int | None) -> None:
        for task in self._progress.task_ids:
            self._progress.remove_task(task)
        self._done, self._files = 0, files
        self._task = self._progress.add_task(what, total=size, files=f"0/{files:,}")

    def advance(self, files: int, size: int) -> None:
        with self._lock:
            self._done += files
            self._progress.update(self._task, advance=size, files=f"{self._done:,}/{self._files:,}")
