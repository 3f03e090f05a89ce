"""Reviews: decisions of people on extracted facts, one YAML file an article, read and checked for form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import InputError, did_you_mean, visible

_KINDS = {
    "confirm": ((), ("reason",)),
    "correct": (("column", "value", "reason"), ("quote", "occurrence")),
    "reject": (("reason",), ()),
    "add": (("trigger", "columns", "reason"), ("occurrence", "links")),
}


@dataclass(frozen=True)
class Quote:
    """A reviewer's value and the words for it; without a value, the words are the value."""

    quote: str
    occurrence: int | None = None
    value: object = None


@dataclass(frozen=True)
class Decision:
    """One decision: ``kind`` is confirm, correct, reject or add; ``where`` is its file and line.

    ``fact`` is the fact decided on, or, for an addition, the table that it goes to.
    """

    where: str
    article_id: str
    kind: str
    fact: str
    reason: str | None = None
    column: str | None = None
    value: object = None
    quote: Quote | None = None
    columns: Mapping[str, Quote] = field(default_factory=dict)
    links: Mapping[str, Sequence[Mapping[str, Quote]]] = field(default_factory=dict)


def read_reviews(folder: Path, article_ids: Sequence[str]) -> list[Decision]:
    """All decisions in ``folder``, in order of file and line; InputError names what is malformed."""
    decisions: list[Decision] = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if path.name.startswith("."):
            continue
        if path.suffix != ".yaml":
            raise InputError(f"{visible(str(path))}: not a review (expected <article_id>.yaml)")
        if path.stem not in article_ids:
            raise InputError(
                f"{visible(str(path))}: no article {visible(path.stem)!r} (expected the name of an article in data/articles{did_you_mean(path.stem, article_ids)})"
            )
        decisions.extend(_read(path))
    return decisions


class _Loader(yaml.SafeLoader):
    """Reads YAML and keeps the line of each mapping under the key ``__line__``."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002  # PyYAML's signature
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=True)
        keys = [self.construct_object(k) for k, _ in node.value]
        double = next((k for i, k in enumerate(keys) if k in keys[:i]), None)
        if double is not None:
            raise yaml.constructor.ConstructorError(problem=f"the key {double!r} stands twice", problem_mark=node.start_mark)
        mapping["__line__"] = node.start_mark.line + 1
        return mapping


def _read(path: Path) -> list[Decision]:
    where = visible(str(path))
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # a SafeLoader with line numbers
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(f"{where}:{mark.line + 1 if mark else 1}: no YAML: {getattr(error, 'problem', error)}") from None
    except ValueError as error:
        if not isinstance(error, UnicodeDecodeError):
            raise InputError(f"{where}: a value that does not exist: {error} (expected dates as YYYY-MM-DD of days that exist)") from None
        raise InputError(f"{where}: not UTF-8 at byte {error.start}") from None
    if content is None:
        return []
    if not isinstance(content, list):
        raise InputError(f"{where}:1: a {type(content).__name__} (expected a list of decisions)")
    return [_decision(entry, path, where) for entry in content]


def _decision(entry: object, path: Path, where: str) -> Decision:
    if not isinstance(entry, dict):
        raise InputError(f"{where}: {entry!r} (expected a decision such as 'confirm: f0123456789abcdef')")
    here = f"{where}:{entry.pop('__line__')}"
    kind = next((k for k in _KINDS if k in entry), None)
    if kind is None:
        first = str(next(iter(entry), ""))
        raise InputError(f"{here}: no decision (expected one of {', '.join(_KINDS)}{did_you_mean(first, _KINDS)})")
    needed, allowed = _KINDS[kind]
    for key in entry:
        if key != kind and key not in (*needed, *allowed):
            raise InputError(
                f"{here}: unknown key {str(key)!r} (expected {', '.join((*needed, *allowed))}{did_you_mean(str(key), (*needed, *allowed))})"
            )
    for key in needed:
        if key not in entry or (entry[key] in ("", None) and key != "value"):
            raise InputError(f"{here}: {kind} lacks {key!r} (expected {', '.join(needed)})")
    if kind == "add":
        return _addition(entry, path.stem, here)
    quote = Quote(str(entry["quote"]), entry.get("occurrence")) if "quote" in entry else None
    return Decision(here, path.stem, kind, str(entry[kind]), entry.get("reason"), entry.get("column"), _plain(entry.get("value")), quote)


def _addition(entry: Mapping[str, Any], article_id: str, here: str) -> Decision:
    links = entry.get("links") or {}
    if not isinstance(links, dict) or not isinstance(entry["columns"], dict):
        raise InputError(f"{here}: columns and links hold keys (expected 'column: {{quote: …}}')")
    return Decision(
        here,
        article_id,
        "add",
        str(entry["add"]),
        str(entry["reason"]),
        quote=Quote(str(entry["trigger"]), entry.get("occurrence")),
        columns=_quotes(entry["columns"], here),
        links={str(table): [_quotes(row, here) for row in rows] for table, rows in links.items() if table != "__line__"},
    )


def _quotes(columns: Mapping[str, Any], here: str) -> dict[str, Quote]:
    quotes = {}
    for column, said in columns.items():
        if column == "__line__":
            continue
        if not isinstance(said, dict) or "quote" not in said or set(said) - {"quote", "occurrence", "value", "__line__"}:
            raise InputError(f"{here}: {column} is {said!r} (expected {{quote: the words, value: what they mean}})")
        quotes[str(column)] = Quote(str(said["quote"]), said.get("occurrence"), _plain(said.get("value")))
    return quotes


def _plain(value: object) -> object:
    """The value as a table holds it: YAML's dates stay dates, anything nested is refused later by its column."""
    return value if value is None or isinstance(value, str | int | date) else str(value)
