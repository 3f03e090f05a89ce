"""Publishing that is cut short, by kill or by a broken line, and by several at once: what is listed is whole at every moment, and the next run completes."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from released import contents
from servers import S3, breaking, nothing
from spots import Spot, spot_of_bucket, spot_of_folder, whole

from pipelines.__main__ import main
from pipelines.publish.publication import publish_release
from pipelines.publish.release import read_release

Make = Callable[..., Path]

# Kills itself when it has come so far: at the n-th file or link that is synced or renamed.
_KILLED = """
import os, pathlib, signal, sys
left = [int(sys.argv.pop(1))]
def counted(real):
    def call(*arguments, **named):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return call
os.fsync, pathlib.Path.replace, pathlib.Path.symlink_to = map(counted, (os.fsync, pathlib.Path.replace, pathlib.Path.symlink_to))
from pipelines.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def completed(spot: Spot, folder: Path, versions: list[str]) -> None:
    """Nothing; the next run needs nothing but to be called."""
    assert main(["publish", spot.address, "--release", str(folder), "--quiet"]) == 0
    assert whole(spot) == versions
    there = spot.contents()
    assert {path: there[f"{versions[-1]}/{path}"] for path in contents(folder)} == contents(folder)
    assert f'"version": "{versions[-1]}"'.encode() in there["datapackage.json"]


@pytest.mark.parametrize("seed", range(8))
def test_a_kill_while_a_folder_is_written(seed: int, tmp_path: Path, make: Make) -> None:
    spot = spot_of_folder(tmp_path / "site")
    completed(spot, make("1.0.0"), ["1.0.0"])
    folder = make("1.1.0")
    steps = 3 * (len(contents(folder)) + 5) + 1
    # The last moments, between index, descriptor and link, are the ones that matter most.
    step = steps - seed if seed < 5 else random.Random(seed).randrange(steps)
    command = [sys.executable, "-c", _KILLED, str(step), "publish", spot.address, "--release", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    whole(spot)
    assert (tmp_path / "site" / "latest" / "checksums.txt").is_file()
    completed(spot, folder, ["1.0.0", "1.1.0"])
    assert list((tmp_path / "site" / ".factpack").iterdir()) == []


@pytest.mark.parametrize("seed", range(8))
def test_a_kill_while_a_store_is_written(seed: int, s3: S3, make: Make) -> None:
    spot = spot_of_bucket(s3)
    completed(spot, make("1.0.0"), ["1.0.0"])
    folder = make("1.1.0")
    s3.app.asked.clear()
    assert main(["publish", spot_of_bucket(s3).address, "--release", str(folder), "--quiet"]) == 0
    # The last requests are those of the index and of the descriptor; one is made at an empty address only.
    last = len(s3.app.asked) - 2
    step = last - seed if seed < 4 else random.Random(seed).randrange(last)
    killed_at(s3, step, [sys.executable, "-m", "pipelines", "publish", spot.address, "--release", str(folder)])
    whole(spot)
    completed(spot, folder, ["1.0.0", "1.1.0"])


@pytest.mark.parametrize("last", ["index.json", "datapackage.json"])
def test_a_kill_at_the_last_moments(last: str, s3: S3, make: Make) -> None:
    spot = spot_of_bucket(s3)
    completed(spot, make("1.0.0"), ["1.0.0"])
    folder = make("1.1.0")
    command = [sys.executable, "-m", "pipelines", "publish", spot.address, "--release", str(folder)]
    killed_at(s3, 1, command, lambda method, path: method == "PUT" and path.endswith(f"small/{last}"))
    assert whole(spot) == ["1.0.0", "1.1.0"]
    completed(spot, folder, ["1.0.0", "1.1.0"])


def killed_at(s3: S3, step: int, command: list[str], counts: Callable[[str, str], bool] = lambda *_: True) -> None:
    """Nothing; the command was killed while its n-th request was answered."""
    left, started = [step], threading.Event()
    process: list[subprocess.Popen[str]] = []

    def before(method: str, path: str) -> None:
        started.wait()
        left[0] -= counts(method, path)
        if left[0] <= 0:
            os.kill(process[0].pid, signal.SIGKILL)

    s3.app.before = before
    process.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    started.set()
    _, told = process[0].communicate()
    assert process[0].returncode == -signal.SIGKILL, told
    s3.app.before = nothing


# --- a line that breaks off -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 150, 2_000, 9_000, 40_000])
def test_a_line_that_always_breaks_off(
    after: int, s3: S3, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spot = spot_of_bucket(s3)
    completed(spot, make("1.0.0"), ["1.0.0"])
    folder = make("1.1.0")
    with breaking(s3.port, after) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT", endpoint)
        code = main(["publish", spot.address, "--release", str(folder), "--quiet"])
    told = capsys.readouterr().err
    assert (code, told) == (0, "") or (code == 1 and told.count("\n") == 1 and "broke off" in told)
    monkeypatch.setenv("AWS_ENDPOINT", s3.endpoint)
    whole(spot)
    completed(spot, folder, ["1.0.0", "1.1.0"])


@pytest.mark.parametrize("after", [300, 3_000])
def test_a_line_that_breaks_off_now_and_then_is_tried_again(after: int, s3: S3, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    spot = spot_of_bucket(s3)
    with breaking(s3.port, after, times=2) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT", endpoint)
        completed(spot, make("1.0.0"), ["1.0.0"])


# --- several at once --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_several_publishers_at_once_lose_nothing(kind: str, tmp_path: Path, make: Make, request: pytest.FixtureRequest) -> None:
    spot = spot_of_bucket(request.getfixturevalue("s3")) if kind == "s3" else spot_of_folder(tmp_path / "site")
    versions = ["1.0.0", "1.0.1", "1.1.0", "1.2.0"]
    folders = [make(version) for version in versions]
    commands = [[sys.executable, "-m", "pipelines", "publish", spot.address, "--release", str(folder)] for folder in reversed(folders)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL) for command in commands]
    while any(process.poll() is None for process in running):
        whole(spot)
    assert [process.communicate()[1] for process in running if process.returncode] == []
    assert whole(spot) == versions
    assert b'"version": "1.2.0"' in spot.contents()["datapackage.json"]


@pytest.mark.parametrize("before", [[], ["0.9.0"]], ids=["first", "later"])
@pytest.mark.parametrize("intruder", ["1.0.0", "1.2.0"])
@pytest.mark.parametrize("at", ["index.json", "datapackage.json"])
def test_another_publisher_in_between(
    before: list[str], intruder: str, at: str, s3: S3, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.publish.store import Store

    spot = spot_of_bucket(s3)
    for version in before:
        publish_release(read_release(make(version)), spot.address)
    mine, other = read_release(make("1.1.0")), read_release(make(intruder))
    replace, left = Store.replace, [1]

    def late(self: Store, path: str, content: bytes, tag: str | None) -> bool:
        if path == at and left:
            left.pop()
            publish_release(other, spot.address)
        return replace(self, path, content, tag)

    monkeypatch.setattr(Store, "replace", late)
    newest = max(intruder, "1.1.0")
    assert publish_release(mine, spot.address).latest == newest
    assert whole(spot) == before + sorted([intruder, "1.1.0"])
    assert f'"version": "{newest}"'.encode() in spot.contents()["datapackage.json"]


def test_a_newer_one_before_the_descriptor_is_read(s3: S3, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.publish.store import Store

    spot = spot_of_bucket(s3)
    publish_release(read_release(make("1.0.0")), spot.address)
    mine, other = read_release(make("1.1.0")), read_release(make("1.2.0"))
    read, left = Store.read, [1]

    def late(self: Store, path: str) -> object:
        if path == "datapackage.json" and left:
            left.pop()
            publish_release(other, spot.address)
        return read(self, path)

    monkeypatch.setattr(Store, "read", late)
    assert publish_release(mine, spot.address).latest == "1.2.0"
    # Nobody may have seen the older one in between.
    led = [path for method, path in s3.app.asked if method == "PUT" and path.endswith("small/datapackage.json")]
    assert len(led) == 2


def test_the_same_version_by_two_with_other_bytes(s3: S3, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.errors import InputError
    from pipelines.publish.store import Store

    spot = spot_of_bucket(s3)
    make("1.1.0")
    (tmp_path / "dist").rename(tmp_path / "first")
    other = read_release(make("1.1.0", files={"data/README.md": b"Another text."}))
    mine = read_release(tmp_path / "first" / "small-1.1.0")
    files, left = Store.files, [1]

    def late(self: Store, under: str) -> dict[str, int]:
        found = files(self, under)
        if left and under == "1.1.0":
            left.pop()
            publish_release(other, spot.address)
        return found

    monkeypatch.setattr(Store, "files", late)
    with pytest.raises(InputError, match=r"assets/1\.1\.0/small-1\.1\.0\.zip: has [\d,]+ bytes"):
        publish_release(mine, spot.address)
    assert whole(spot) == ["1.1.0"]
    assert spot.contents()["1.1.0/data/README.md"] == b"Another text."
