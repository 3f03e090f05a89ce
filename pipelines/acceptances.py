"""Accepted breaks with the last release: ``data/continuity.yaml``, one reviewed entry a break, read and checked for form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.entries import Entry, check_keys, read_entries, words
from pipelines.errors import InputError, did_you_mean

# What can be accepted, and what says which one is meant: one of these keys beside the table, or the table alone.
RULES: Mapping[str, tuple[str, ...]] = {
    "vanished": ("fact", "extractor"),
    "lost ledger row": ("fact",),
    "silent correction": ("fact", "extractor"),
    "lost fill": ("column",),
    "row count": (),
    "removed table": (),
    "removed column": ("column",),
    "removed key": ("key",),
}


@dataclass(frozen=True)
class Acceptance:
    """One accepted break; ``where`` is its file and line, ``extractor`` accepts all facts that this version had found."""

    where: str
    rule: str
    table: str
    reason: str
    fact: str | None = None
    extractor: str | None = None
    column: str | None = None
    key: str | None = None

    def accepts(self, rule: str, table: str, which: Mapping[str, str | None]) -> bool:
        """Whether it speaks of this break; ``which`` holds its fact, extractor, column or key."""
        return (self.rule, self.table) == (rule, table) and all(getattr(self, k) in (None, which.get(k)) for k in RULES[rule])


def read_acceptances(path: Path) -> list[Acceptance]:
    """The entries of the file in order, none where there is no file; an InputError names file and line of what is malformed."""
    if not path.exists():
        return []
    seen: dict[tuple[str | None, ...], str] = {}
    accepted = []
    for entry in read_entries(path, "acceptance", "accept: vanished"):
        made = _acceptance(entry)
        same = (made.rule, made.table, made.fact, made.extractor, made.column, made.key)
        if same in seen:
            raise InputError(f"{entry.where}: accepts the same as {seen[same]} (expected each break once)")
        seen[same] = entry.where
        accepted.append(made)
    return accepted


def _acceptance(entry: Entry) -> Acceptance:
    rule = entry.values.get("accept")
    if not isinstance(rule, str) or rule not in RULES:
        raise InputError(f"{entry.where} accept: {rule!r} is unknown (expected one of {', '.join(RULES)}{did_you_mean(str(rule), RULES)})")
    which = RULES[rule]
    check_keys(entry, f"the acceptance {rule!r}", ("accept", "table", "reason"), which)
    given = [key for key in which if key in entry.values]
    if which and len(given) != 1:
        raise InputError(f"{entry.where}: accepts {' and '.join(given) or 'nothing'} (expected {' or '.join(which)})")
    return Acceptance(entry.where, rule, words(entry, "table"), words(entry, "reason"), **{key: _plain(entry, key) for key in given})


def _plain(entry: Entry, key: str) -> str:
    """The value as text: a key may look like a number or a day."""
    value = entry.values[key]
    if isinstance(value, bool) or not isinstance(value, str | int | date) or not str(value).strip():
        raise InputError(f"{entry.where} {key}: {value!r} (expected the {key} of the break)")
    return str(value)
