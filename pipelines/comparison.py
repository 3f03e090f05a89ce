"""Two packages compared: every step from one to the other, the version step that they demand, as text, JSON and Markdown."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.changes import CHANGES, apply, changes
from pipelines.derive.descriptors import resources
from pipelines.errors import InputError, UsageError, visible
from pipelines.package import shaped, tables_on_disk, write_tables
from pipelines.paths import Paths
from pipelines.schema import schemas_of
from pipelines.snapshot import Snapshot, arrow_types, as_json
from pipelines.version_step import LEVELS, Demand, count_rows, demands

# Steps that are shown before the rest is only counted; JSON holds all.
MOST = 50
_ABOUT = ("name", "title", "description", "licenses", "contributors", "keywords", "homepage")


@dataclass(frozen=True)
class Published:
    """A package as its descriptor and its Parquet files say: what it tells of itself, and its tables."""

    descriptor: dict[str, Any]
    snapshot: Snapshot

    @property
    def version(self) -> str:
        """Its version, for people."""
        return str(self.descriptor.get("version", "without version"))

    @property
    def about(self) -> dict[str, Any]:
        """What people said of it."""
        return {key: self.descriptor[key] for key in _ABOUT if key in self.descriptor}


@dataclass(frozen=True)
class Comparison:
    """The steps from ``old`` to ``new`` as rows of ``changes``, and what they demand, the greatest first."""

    old: str
    new: str
    steps: pa.Table
    demands: Sequence[Demand]

    @property
    def level(self) -> str | None:
        """The version step that is needed: major, minor or patch; None where nothing differs."""
        return self.demands[0].level if self.demands else None


def read_published(paths: Paths) -> Published:
    """The package below the folder; an InputError where its descriptor or a table cannot be read."""
    where = visible(str(paths.descriptor))
    try:
        descriptor = json.loads(paths.descriptor.read_bytes())
        found = {r["name"].removesuffix("-parquet"): r for r in descriptor["resources"] if r.get("format") == "parquet"}
        plain = {r["name"]: r["schema"] for r in descriptor["resources"] if r["name"] in found}
        state = Snapshot({}, plain)
        tables = {table: _rows(paths.root, found[table]["path"]).cast(arrow_types(state.types(table))) for table in plain}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, pa.ArrowException) as error:
        reason = visible(str(error).splitlines()[0] if str(error) else type(error).__name__)
        raise InputError(
            f"{where}: cannot be compared: {reason} (expected a package that holds each table as CSV and as Parquet)"
        ) from None
    if not tables:
        raise InputError(f"{where}: holds no table (expected a package that holds each table as CSV and as Parquet)")
    return Published(descriptor, Snapshot(tables, plain))


def compared(old: Published, new: Published) -> Comparison:
    """What differs; the rows of the table of changes do not count, but its declaration does."""
    steps = changes(old.snapshot.without(CHANGES), new.snapshot.without(CHANGES))
    return Comparison(old.version, new.version, steps, demands(old.snapshot, new.snapshot, steps, (old.about, new.about)))


def write_applied(steps: pa.Table, old: Published, out: Path) -> dict[str, str]:
    """The logical hash of each table after the steps; the package stands in ``out``, which may not exist before.

    A package that the steps do not begin with is a DataError, and nothing is written.
    """
    if out.exists():
        raise UsageError(f"{visible(str(out))}: is there already (expected a new folder)")
    state = apply(steps, old.snapshot.without(CHANGES))
    if CHANGES in old.snapshot.declared:
        declared = old.snapshot.declared[CHANGES]
        state = Snapshot({**state.tables, CHANGES: steps}, {**state.declared, CHANGES: declared})
    schemas = schemas_of(dict(state.declared), "changes")
    draft = out.absolute().with_name(f".{out.name}.draft")
    # What a run that was killed left.
    shutil.rmtree(draft, ignore_errors=True)
    there = Paths(draft)
    there.tables.mkdir(parents=True)
    write_tables({table: shaped(state.tables, schemas[table]) for table in schemas}, there.tables)
    files = tables_on_disk(schemas.values(), there)
    head = {key: value for key, value in old.descriptor.items() if key not in ("version", "resources")}
    there.descriptor.write_text(json.dumps(head | {"resources": resources(schemas, files)}, ensure_ascii=False, indent=2) + "\n", "utf-8")
    draft.rename(out)
    return {table: found.logical_hash for table, found in files.items()}


def as_text(comparison: Comparison) -> str:
    """The comparison for a terminal."""
    return "\n".join(map(visible, _lines(comparison, "  {}", "  {}", _aligned)))


def as_markdown(comparison: Comparison) -> str:
    """The comparison for a page or a pull request."""
    return "\n".join(visible(line).replace("<", "&lt;") for line in _lines(comparison, "- {}", "- `{}`", _piped))


def as_object(comparison: Comparison) -> str:
    """The comparison as JSON: old, new, level, demands, and every step as a row of changes."""
    content = {
        "old": comparison.old,
        "new": comparison.new,
        "level": comparison.level,
        "demands": [{"level": d.level, "what": d.what} for d in comparison.demands],
        "changes": comparison.steps.to_pylist(),
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def _lines(comparison: Comparison, plain: str, code: str, table: Callable[[list[tuple[str, ...]]], list[str]]) -> Iterator[str]:
    if comparison.level is None:
        yield f"{comparison.old} and {comparison.new} hold the same"
        return
    yield f"{comparison.old} to {comparison.new}: a {comparison.level.upper()} step"
    for level in reversed(LEVELS):
        if why := [d.what for d in comparison.demands if d.level == level]:
            yield from ("", f"{level.upper()}:", "", *(plain.format(what) for what in _limited(why)))
    counts = count_rows(comparison.steps)
    if not counts:
        return
    ops = ("add", "remove", "change")
    rows = [(name, *(f"{counts.get((name, op), 0):,}" for op in ops)) for name in sorted({name for name, _ in counts})]
    yield from ("", *table([("table", "added", "removed", "changed"), *rows]), "")
    shown = [step for step in comparison.steps.to_pylist() if step["op"] != "declare"]
    yield from (code.format(line.replace("`", "'")) for line in _limited([_step(step) for step in shown]))


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows with their columns under each other, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"  {name:<{widths[0]}}  {'  '.join(f'{cell:>{width}}' for cell, width in zip(cells, widths[1:], strict=True))}"
        for name, *cells in rows
    ]


def _piped(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows as a table of Markdown."""
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return [head, "|---" + "|---:" * (len(rows[0]) - 1) + "|", *rest]


def _limited(items: Sequence[str]) -> list[str]:
    rest = len(items) - MOST
    return [*items[:MOST], f"... and {rest:,} more"] if rest > 0 else list(items)


def _step(step: dict[str, Any]) -> str:
    """A step in one line: what happens to which row, and for a value what it was and is."""
    why = f"  ({step['reason']})" if step["reason"] else ""
    sign = {"add": "+", "remove": "-", "change": "~"}[step["op"]]
    value = f" {step['column_name']}: {_said(step['old'])} -> {_said(step['new'])}" if step["op"] == "change" else ""
    return f"{sign} {step['table_name']} {step['row_key']}{value}{why}"


def _said(value: str | None) -> str:
    text = "null" if value is None else as_json(value) if "\n" in value else value
    return text if len(text) <= 120 else f"{text[:117]}..."


def _rows(root: Path, path: str | list[str]) -> pa.Table:
    """The rows of a Parquet resource, in one file or in parts."""
    return pa.concat_tables(pq.ParquetFile(_inside(root, part)).read() for part in ([path] if isinstance(path, str) else path))


def _inside(root: Path, path: str) -> Path:
    """The file of a resource; a ValueError where its path leads out of the package."""
    found = (root / path).resolve()
    if not found.is_relative_to(root.resolve()):
        raise ValueError(f"path {path!r} leads out of the package")
    return found
