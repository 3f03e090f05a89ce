"""JSON that people write, read strictly: whatever is not understood is refused with its place."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

from pipelines.errors import ToolError, did_you_mean


def columns_of(where: str, columns: object, names: Sequence[str]) -> tuple[str, ...]:
    """The list of columns as a tuple; refused where it is no list of known names."""
    if not isinstance(columns, list | tuple) or not columns:
        refuse(where, f"{columns!r} (expected a list of column names)")
    for column in columns:
        one_of(where, column, names)
    return tuple(columns)


def known_keys(where: str, raw: object, known: Sequence[str], needed: Sequence[str] = ()) -> None:
    """Nothing; refused where the object has a key that nothing reads, or lacks one that is needed."""
    if not isinstance(raw, dict):
        refuse(where, f"{raw!r} (expected an object)")
    for key in raw:
        one_of(f"{where} key", key, known)
    for key in needed:
        if key not in raw:
            refuse(where, f"{key!r} is missing")


def texts(where: str, raw: Mapping[str, object], *keys: str) -> None:
    """Nothing; refused where one of these values is no text."""
    for key in keys:
        if not isinstance(raw[key], str):
            refuse(f"{where} {key}", f"{raw[key]!r} (expected text)")


def one_of(where: str, value: object, known: Collection[str]) -> None:
    """Nothing; refused where the value is none of those known."""
    if value not in known:
        refuse(where, f"{value!r} is unknown (expected one of {', '.join(known)}{did_you_mean(str(value), known)})")


def once(where: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs; refused where a key stands in it twice."""
    keys = [key for key, _ in pairs]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        refuse(where, f"key {twice[0]!r} stands twice in one object")
    return dict(pairs)


def refuse(where: str, what: str) -> NoReturn:
    """Never returns: a ToolError of the form *where: what*."""
    raise ToolError(f"{where}: {what}")
