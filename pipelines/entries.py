"""Lists that people write in YAML, read with the line of each entry, for error messages that name it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import InputError, did_you_mean, visible


@dataclass(frozen=True)
class Entry:
    """One mapping of a list; ``where`` is its file and line."""

    where: str
    values: Mapping[str, Any]


class Loader(yaml.SafeLoader):
    """Reads YAML and keeps the line of each mapping under the key ``__line__``."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002  # PyYAML's signature
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=True)
        keys = [self.construct_object(k) for k, _ in node.value]
        double = next((k for i, k in enumerate(keys) if k in keys[:i]), None)
        if double is not None:
            raise yaml.constructor.ConstructorError(problem=f"the key {double!r} stands twice", problem_mark=node.start_mark)
        mapping["__line__"] = node.start_mark.line + 1
        return mapping


def read_entries(path: Path, of: str, example: str, where: str | None = None) -> list[Entry]:
    """The entries of the file in order (none if it is empty); an InputError names file and line of what is no list of mappings."""
    where = visible(str(path) if where is None else where)
    content = _content(path, where)
    if content is None:
        return []
    if not isinstance(content, list):
        raise InputError(f"{where}:1: a {type(content).__name__} (expected a list of {of}s)")
    entries = []
    for entry in content:
        if not isinstance(entry, dict):
            raise InputError(f"{where}: {entry!r} (expected {'an' if of[0] in 'aeiou' else 'a'} {of} such as {example!r})")
        entries.append(Entry(f"{where}:{entry.pop('__line__')}", entry))
    return entries


def check_keys(entry: Entry, what: str, needed: Sequence[str], allowed: Sequence[str]) -> None:
    """Nothing; an InputError where the entry has a key that is neither needed nor allowed, or lacks a needed one."""
    known = (*needed, *allowed)
    for key in entry.values:
        if key not in known:
            raise InputError(f"{entry.where}: unknown key {str(key)!r} (expected {', '.join(known)}{did_you_mean(str(key), known)})")
    for key in needed:
        if entry.values.get(key) in ("", None):
            raise InputError(f"{entry.where}: {what} lacks {key!r} (expected {', '.join(needed)})")


def words(entry: Entry, key: str) -> str:
    """The text under the key; an InputError where something else or only space stands there."""
    value = entry.values[key]
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{entry.where}: {key} is {value!r} (expected words)")
    return value


def _content(path: Path, where: str) -> object:
    try:
        return yaml.load(path.read_text("utf-8"), Loader=Loader)  # a SafeLoader with line numbers
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(f"{where}:{mark.line + 1 if mark else 1}: no YAML: {getattr(error, 'problem', error)}") from None
    except RecursionError:
        raise InputError(f"{where}: no YAML: nested too deeply") from None
    except ValueError as error:
        if not isinstance(error, UnicodeDecodeError):
            raise InputError(f"{where}: a value that does not exist: {error} (expected dates as YYYY-MM-DD of days that exist)") from None
        raise InputError(f"{where}: not UTF-8 at byte {error.start}") from None
    except OSError as error:
        raise InputError(f"{where}: cannot be read: {error.strerror}") from None
