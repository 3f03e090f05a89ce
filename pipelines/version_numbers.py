"""Version numbers: MAJOR.MINOR.PATCH, read in one place."""

import re

from pipelines.errors import InputError, visible

Version = tuple[int, int, int]
# Nine digits: more are no version of anything, and slow to read as a number.
_NUMBER = r"(0|[1-9][0-9]{0,8})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")


def version_key(text: str) -> Version | None:
    """What versions are ordered by; None where the text is none."""
    found = _VERSION.fullmatch(text)
    if not found:
        return None
    major, minor, patch = map(int, found.groups())
    return major, minor, patch


def parse_version(text: str, where: str) -> Version:
    """The three numbers of a version; an InputError says where there is none."""
    if (version := version_key(text)) is None:
        raise InputError(f"{visible(where)}: {visible(text)!r} is no version (expected MAJOR.MINOR.PATCH, such as 1.0.0)")
    return version
