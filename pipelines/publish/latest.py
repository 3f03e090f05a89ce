"""What ``latest`` leads to: the descriptor at the address itself, made from the newest release, so that one address reads the newest."""

import json
from collections.abc import Callable
from typing import Any

from pipelines.errors import InputError
from pipelines.fetch import DESCRIPTOR
from pipelines.publish.index import INDEX, Index
from pipelines.publish.place import Place, Tag, refuse
from pipelines.publish.release import identity
from pipelines.version_numbers import version_key

_ATTEMPTS = 30


def lead(place: Place, index: Callable[[], Index | None]) -> str:
    """The version that the descriptor at the address, and the link where there is one, lead to: the newest of the index.

    All of it is made from what is published, so any publisher completes what a killed one has left, and none moves it back.
    """
    for _ in range(_ATTEMPTS):
        # The index is read before the descriptor: whoever listed a newer release in between has a newer descriptor, or changes it after us.
        listed = index()
        if listed is None:
            refuse(place.where(INDEX), "is gone", "the index that was written a moment ago")
        there = place.read(DESCRIPTOR)
        if _placed(place, listed, there):
            place.point(listed.latest)
            return listed.latest
    refuse(place.where(DESCRIPTOR), "is changed by others all the time", "fewer publishers at once; publish again")


def _placed(place: Place, index: Index, there: tuple[bytes, Tag] | None) -> bool:
    """Whether the descriptor of the newest release is in place."""
    path = f"{index.latest}/{DESCRIPTOR}"
    wanted = prefixed(b"".join(place.blocks(path)), index.latest, place.where(path))
    if there is None:
        return place.replace(DESCRIPTOR, wanted, None)
    if there[0] == wanted:
        return True
    if _is_newer(there[0], index.latest, place.where(DESCRIPTOR)):
        return False
    return place.replace(DESCRIPTOR, wanted, there[1])


def _is_newer(content: bytes, version: str, where: str) -> bool:
    """Whether the descriptor is that of a newer release; one that cannot be read is not."""
    try:
        return (version_key(identity(content, where)[1]) or ()) > (version_key(version) or ())
    except InputError:
        return False


def prefixed(content: bytes, version: str, where: str) -> bytes:
    """The descriptor with every relative path led into the folder of the version."""
    descriptor = identity(content, where)[2]
    try:
        for resource in descriptor["resources"]:
            resource |= {key: _led(resource[key], version) for key in ("path", "schema", "dialect") if key in resource}
        for source in (*descriptor.get("licenses", []), *descriptor.get("sources", [])):
            source |= {"path": _led(source["path"], version)} if "path" in source else {}
    except (KeyError, TypeError):
        refuse(where, "is no Data Package descriptor", "resources, licences and sources as lists of objects")
    return (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _led(path: Any, version: str) -> Any:
    """The path, or each of a list of them, below the version; addresses and whole schemas stay as they are."""
    if isinstance(path, list):
        return [_led(part, version) for part in path]
    return f"{version}/{path}" if isinstance(path, str) and "://" not in path else path
