"""Addresses to publish to: a folder and a bucket, which must behave alike."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from released import contents
from servers import S3


@dataclass
class Spot:
    """An address to publish to, and what is there by path, read and changed past what is tested."""

    address: str
    contents: Callable[[], dict[str, bytes]]
    get: Callable[[str], bytes | None]
    put: Callable[[str, bytes], None]


def spot_of_folder(folder: Path) -> Spot:
    def put(path: str, content: bytes) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)

    def get(path: str) -> bytes | None:
        return (folder / path).read_bytes() if (folder / path).is_file() else None

    return Spot(str(folder), lambda: contents(folder), get, put)


def spot_of_bucket(s3: S3) -> Spot:
    bucket = s3.bucket()

    def put(path: str, content: bytes) -> None:
        s3.client.put_object(Bucket=bucket, Key=f"data/small/{path}", Body=content)

    def found() -> dict[str, bytes]:
        return {key.removeprefix("data/small/"): content for key, content in s3.contents(bucket).items()}

    def get(path: str) -> bytes | None:
        try:
            return s3.client.get_object(Bucket=bucket, Key=f"data/small/{path}")["Body"].read()
        except s3.client.exceptions.NoSuchKey:
            return None

    return Spot(f"s3://{bucket}/data/small", found, get, put)


def whole(spot: Spot) -> list[str]:
    """The versions that index.json lists; an AssertionError where a listed release or the descriptor at the address is not whole."""
    # In this order, since others may be publishing: what the first one says is in the second, and that in the files.
    descriptor, content = spot.get("datapackage.json"), spot.get("index.json")
    there = {path: found for path, found in spot.contents().items() if not path.startswith("latest/")}
    if content is None:
        assert descriptor is None
        return []
    index = json.loads(content)
    for release in index["releases"]:
        checksums = there[f"{release['path']}/checksums.txt"]
        assert hashlib.sha256(checksums).hexdigest() == release["checksums_sha256"]
        for line in checksums.decode().splitlines():
            expected, path = line.split("  ")
            assert hashlib.sha256(there[f"{release['path']}/{path}"]).hexdigest() == expected
        for asset in release["assets"]:
            assert hashlib.sha256(there[asset["path"]]).hexdigest() == asset["sha256"]
    versions = [release["version"] for release in index["releases"]]
    assert index["latest"] == versions[-1]
    if descriptor is not None:
        led = json.loads(descriptor)
        assert led["version"] in versions
        assert all(resource["path"] in there for resource in led["resources"])
    return versions
