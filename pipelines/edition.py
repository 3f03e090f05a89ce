"""The edition of a build: which version its descriptors name, from when, and which changes it ships with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.changes import CHANGES, changes, renewed
from pipelines.history import History
from pipelines.ledger import released
from pipelines.schema import Schema
from pipelines.snapshot import declarations, snapshot
from pipelines.version_step import Demand, demands, next_version

# Added to the version of what is not released yet.
UNRELEASED = "-dev"
Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Edition:
    """``version`` and ``released_on`` for the descriptors, all ``tables`` with the changes since the last release, and what these
    demand: ``step`` is first, major, minor or patch, None where the build is the last release itself."""

    version: str
    released_on: date | None
    tables: Tables
    step: str | None
    demands: Sequence[Demand]

    @property
    def released(self) -> bool:
        """Whether tables, declarations and about.yaml are those of the last release."""
        return self.step is None

    def about(self, about: Mapping[str, Any]) -> dict[str, Any]:
        """What people say of the package, with version and day."""
        return {**about, "version": self.version} | ({"released_on": self.released_on} if self.released_on else {})


def edition(tables: Tables, schemas: Mapping[str, Schema], about: Mapping[str, Any], history: History) -> Edition:
    """The edition of a build: the last release where nothing differs, else the next version, marked as not released."""
    new = snapshot(tables, schemas)
    steps = changes(history.last, new)
    before = history.releases[-1].about if history.releases else {}
    found = demands(history.declared(), declarations(schemas), steps, (before, about))
    if history.releases and not found:
        last = history.releases[-1]
        return Edition(last.version, last.released_on, {**tables, CHANGES: history.changes[-1]}, None, ())
    version, step = next_version(history.version, found)
    return Edition(f"{version}{UNRELEASED}", None, {**tables, CHANGES: steps}, step, found)


def release_of(built: Edition, version: str, day: date, schemas: Mapping[str, Schema], history: History) -> Edition:
    """The edition as the release of this version: the ledger names it, and the changes with it."""
    tables = {name: rows for name, rows in built.tables.items() if name != CHANGES}
    tables["ledger"] = released(tables["ledger"], version)
    new = snapshot(tables, schemas)
    # Only the ledger is another one than when the build computed its changes.
    steps = changes(history.last, new) if built.released else renewed(built.tables[CHANGES], "ledger", history.last, new)
    return Edition(version, day, {**tables, CHANGES: steps}, built.step or "patch", built.demands)
