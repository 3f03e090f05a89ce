"""Signatures of checksums.txt, and so of every file of a release: Ed25519, as the minisign tool writes and verifies them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import minisign

from pipelines.checksums import CHECKSUMS, SIGNATURE, sha256_of
from pipelines.errors import InputError, UsageError, visible
from pipelines.publish.release import File, Release

_MAX_KEY = 10_000


def signed(release: Release, key: Path, password: Callable[[], str]) -> Release:
    """The release with the signature of its checksums.txt beside that; ``password`` is asked for only where the key has one.

    The same key and release give the same bytes: the comment that is signed too names the release, not the time.
    """
    secret = _secret_key(key, password)
    with secret:
        content = (release.folder / CHECKSUMS).read_bytes()
        comment = f"{release.name} {release.version}"
        signature = bytes(secret.sign(content, trusted_comment=comment, untrusted_comment="signature by factpack")) + b"\n"
    place = release.folder / SIGNATURE
    draft = release.folder.absolute().parent / f".{release.folder.absolute().name}.minisig"
    draft.write_bytes(signature)
    draft.replace(place)
    return replace(release, files={**release.files, SIGNATURE: File(place, sha256_of(place), len(signature))})


def verify_signature(content: bytes, signature: bytes, key: str, where: str) -> str:
    """The key in base 64; an InputError where the signature is none of this key for this content."""
    public = _public_key(key)
    try:
        found = minisign.Signature.from_bytes(signature)
    except minisign.ParseError as error:
        raise InputError(f"{where}: is no signature, {error} (expected one by minisign)") from None
    try:
        public.verify(content, found)
    except minisign.VerifyError as error:
        what = "was made with another key" if "identifiers" in str(error) else f"does not fit {CHECKSUMS}"
        raise InputError(f"{where}: {what} (expected a signature of {CHECKSUMS} by {visible(key)})") from None
    return str(public.to_base64().decode())


def _secret_key(path: Path, password: Callable[[], str]) -> minisign.SecretKey:
    try:
        secret = minisign.SecretKey.from_bytes(_content(path))
    except minisign.ParseError as error:
        raise UsageError(f"{visible(str(path))}: is no secret key, {error} (expected a file by 'minisign -G')") from None
    if secret.is_encrypted():
        try:
            secret.decrypt(password())
        except minisign.Error as error:
            raise UsageError(f"{visible(str(path))}: {error} (expected the password of the key)") from None
    return secret


def _public_key(key: str) -> minisign.PublicKey:
    """The key in the file of that name, or the key itself in base 64."""
    try:
        if len(key) == 56 and key.startswith("RW") and not Path(key).exists():
            return minisign.PublicKey.from_base64(key)
        return minisign.PublicKey.from_bytes(_content(Path(key)))
    except minisign.ParseError as error:
        raise UsageError(
            f"{visible(key)}: is no public key, {error} (expected a file by 'minisign -G', or the 56 characters of its second line)"
        ) from None


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise UsageError(f"{visible(str(path))}: not found (expected the file of a key)")
    if path.stat().st_size > _MAX_KEY:
        raise UsageError(f"{visible(str(path))}: is too large (expected the file of a key)")
    return path.read_bytes()
