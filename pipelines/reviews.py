"""Reviews: decisions of people on extracted facts, one YAML file an article, read and checked for form."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.entries import Entry, read_entries
from pipelines.errors import InputError, did_you_mean, visible

_KINDS = {
    "confirm": ((), ("reason",)),
    "correct": (("column", "value", "reason"), ("quote", "occurrence")),
    "retract": (("reason",), ()),
    "merge": (("into", "reason"), ()),
    "withdraw": (("reason",), ()),
    "add": (("trigger", "columns", "reason"), ("occurrence", "links")),
}
# Decisions by which one fact leaves its table.
LEAVING = ("retract", "merge")


@dataclass(frozen=True)
class Quote:
    """A reviewer's value and the words for it; without a value, the words are the value."""

    quote: str
    occurrence: int | None = None
    value: object = None


@dataclass(frozen=True)
class Decision:
    """One decision: ``kind`` is confirm, correct, retract, merge, withdraw or add; ``where`` is its file and line.

    ``fact`` is the fact decided on, for an addition the table that it goes to, for a withdrawal the article; ``into`` is the fact
    that takes its place.
    """

    where: str
    article_id: str
    kind: str
    fact: str
    reason: str | None = None
    into: str | None = None
    column: str | None = None
    value: object = None
    quote: Quote | None = None
    columns: Mapping[str, Quote] = field(default_factory=dict)
    links: Mapping[str, Sequence[Mapping[str, Quote]]] = field(default_factory=dict)


def read_reviews(folder: Path, article_ids: Collection[str], only: str | None = None) -> list[Decision]:
    """All decisions in ``folder``, or those on the article ``only``, in order of file and line; InputError names what is malformed."""
    decisions: list[Decision] = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if path.name.startswith(".") or only not in (None, path.stem):
            continue
        if path.suffix != ".yaml":
            raise InputError(f"{visible(str(path))}: not a review (expected <article_id>.yaml)")
        if path.stem not in article_ids:
            raise InputError(
                f"{visible(str(path))}: no article {visible(path.stem)!r} (expected the name of an article in data/articles{did_you_mean(path.stem, article_ids)})"
            )
        decisions.extend(_read(path))
    return decisions


def _read(path: Path) -> list[Decision]:
    return [_decision(entry, path) for entry in read_entries(path, "decision", "confirm: f0123456789abcdef")]


def _decision(given: Entry, path: Path) -> Decision:
    entry, here = given.values, given.where
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
    if kind == "withdraw" and entry[kind] != path.stem:
        raise InputError(f"{here}: withdraws {visible(str(entry[kind]))!r} (expected {path.stem}, the article of this file)")
    into = str(entry["into"]) if "into" in entry else None
    reason, column = entry.get("reason"), entry.get("column")
    return Decision(here, path.stem, kind, str(entry[kind]), reason, into, column, _plain(entry.get("value")), quote)


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
