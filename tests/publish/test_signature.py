"""Signatures: one over checksums.txt covers every file; whatever is not right about it is one line."""

import json
from collections.abc import Callable
from pathlib import Path

import minisign
import pytest
from released import contents, sum_of, write_checksums

from pipelines.__main__ import main
from pipelines.errors import InputError, UsageError
from pipelines.publish.signature import verify_signature

Make = Callable[..., Path]

# Made by the minisign tool itself, from its documentation.
TOOL_KEY = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
TOOL_SIGNATURE = b"""untrusted comment: signature from minisign secret key
RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=
trusted comment: timestamp:1633700835\tfile:test\tprehashed
wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==
"""


def test_what_the_tool_signs_is_verified() -> None:
    assert verify_signature(b"test", TOOL_SIGNATURE, TOOL_KEY, "x") == TOOL_KEY
    with pytest.raises(InputError, match="does not fit"):
        verify_signature(b"Test", TOOL_SIGNATURE, TOOL_KEY, "x")
    with pytest.raises(InputError, match="does not fit"):
        verify_signature(b"test", TOOL_SIGNATURE.replace(b"file:test", b"file:best"), TOOL_KEY, "x")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with two pairs of keys, one of them without a password."""
    folder = tmp_path / "keys"
    folder.mkdir()
    for name in ("mine", "locked"):
        pair = minisign.KeyPair.generate()
        (folder / f"{name}.pub").write_bytes(bytes(pair.public_key) + b"\n")
        if name == "locked":
            pair.secret_key.encrypt("correct horse", opslimit=32768, memlimit=1 << 20)
        (folder / f"{name}.key").write_bytes(bytes(pair.secret_key) + b"\n")
    return folder


@pytest.fixture
def site(tmp_path: Path, keys: Path, make: Make) -> Path:
    """A folder that a signed release was published to."""
    assert main(["publish", str(tmp_path / "site"), "--release", str(make()), "--sign", str(keys / "mine.key"), "--quiet"]) == 0
    return tmp_path / "site"


def fetching(site: Path, key: object) -> list[str]:
    return ["fetch", str(site), "--out", str(site.parent / "out"), "--public-key", str(key)]


def test_a_signed_release_is_fetched(site: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    public = (keys / "mine.pub").read_text("utf-8").splitlines()[1]
    for key in (keys / "mine.pub", public):
        assert main(fetching(site, key)) == 0
        assert f"signed by the key {public}" in capsys.readouterr().out
    assert (site.parent / "out" / "small-1.0.0" / "checksums.txt.minisig").is_file()
    assert b"minisig" not in (site / "1.0.0" / "checksums.txt").read_bytes()


def test_signing_twice_gives_the_same_bytes(site: Path, keys: Path) -> None:
    before = contents(site)
    assert b"trusted comment: small 1.0.0\n" in before["1.0.0/checksums.txt.minisig"]
    release = site.parent / "dist" / "small-1.0.0"
    assert main(["publish", str(site), "--release", str(release), "--sign", str(keys / "mine.key"), "--quiet"]) == 0
    assert contents(site) == before


def test_a_signature_may_come_later_and_is_not_replaced(
    tmp_path: Path, make: Make, keys: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FACTPACK_KEY_PASSWORD", "correct horse")
    command = ["publish", str(tmp_path / "site"), "--release", str(make()), "--quiet"]
    assert main(command) == 0
    assert main(fetching(tmp_path / "site", keys / "mine.pub")) == 1
    assert "there is no signature" in capsys.readouterr().err
    assert main([*command, "--sign", str(keys / "mine.key")]) == 0
    assert main(fetching(tmp_path / "site", keys / "mine.pub")) == 0
    assert main([*command, "--sign", str(keys / "locked.key")]) == 1
    assert "checksums.txt.minisig: sha256 is" in capsys.readouterr().err


def test_files_changed_together_with_their_sums(site: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "1.0.0" / "data" / "README.md").write_bytes(b"changed")
    write_checksums(site / "1.0.0")
    index = json.loads((site / "index.json").read_text("utf-8"))
    index["releases"][0]["checksums_sha256"] = sum_of(site / "1.0.0" / "checksums.txt")
    (site / "index.json").write_text(json.dumps(index), "utf-8")
    assert main(fetching(site, keys / "mine.pub")) == 1
    assert "does not fit checksums.txt" in capsys.readouterr().err
    assert not (site.parent / "out" / "small-1.0.0").exists()


def test_another_key(site: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(fetching(site, keys / "locked.pub")) == 1
    assert "was made with another key" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"x", b"\xff" * 300, b"a\nb\nc\nd\n", b"x" * 20_000, TOOL_SIGNATURE[:-40]], ids=range(6))
def test_what_is_no_signature(content: bytes, site: Path, keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "1.0.0" / "checksums.txt.minisig").write_bytes(content)
    assert main(fetching(site, keys / "mine.pub")) == 1
    told = capsys.readouterr().err
    assert "checksums.txt.minisig: " in told and told.count("\n") == 1


@pytest.mark.parametrize("content", [None, b"", b"x", b"\xff\n\xff\n", b"untrusted comment: x\nAAAA\n", b"x" * 20_000], ids=range(6))
def test_what_is_no_key(content: bytes | None, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = site.parent / "odd.key"
    if content is not None:
        key.write_bytes(content)
    assert main(fetching(site, key)) == 2
    release = site.parent / "dist" / "small-1.0.0"
    assert main(["publish", str(site), "--release", str(release), "--sign", str(key)]) == 2
    assert capsys.readouterr().err.count("odd.key: ") == 2


def test_a_key_with_a_password(
    tmp_path: Path, make: Make, keys: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make()
    command = ["publish", str(tmp_path / "site"), "--release", str(folder), "--sign", str(keys / "locked.key")]
    monkeypatch.delenv("FACTPACK_KEY_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    for password, words in ((None, "nobody can be asked"), ("wrong horse", "wrong password"), ("", "wrong password")):
        if password is not None:
            monkeypatch.setenv("FACTPACK_KEY_PASSWORD", password)
        assert main(command) == 2
        told = capsys.readouterr().err
        assert words in told and "horse" not in told
        assert not (folder / "checksums.txt.minisig").exists() and not (tmp_path / "site").exists()
    monkeypatch.setenv("FACTPACK_KEY_PASSWORD", "correct horse")
    assert main(command) == 0
    assert main(fetching(tmp_path / "site", keys / "locked.pub")) == 0
    assert "horse" not in (told := capsys.readouterr()).out + told.err


def test_the_password_is_asked_for(tmp_path: Path, make: Make, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACTPACK_KEY_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: "correct horse")
    command = ["publish", str(tmp_path / "site"), "--release", str(make()), "--sign", str(keys / "locked.key"), "--quiet"]
    assert main(command) == 0


def test_a_secret_key_is_no_public_key(keys: Path) -> None:
    with pytest.raises(UsageError, match="is no public key"):
        verify_signature(b"x", TOOL_SIGNATURE, str(keys / "mine.key"), "x")
