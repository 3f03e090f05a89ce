"""The checks of a package, and what differs from a base, gathered into findings."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pipelines.article.readers import read_texts
from pipelines.checks import check_package, declared_schemas
from pipelines.checks.files import read_tables
from pipelines.derive.parts import by_table
from pipelines.difference import Difference, compare
from pipelines.errors import UsageError, visible
from pipelines.paths import Paths
from pipelines.report.files import published
from pipelines.report.findings import Findings, gather
from pipelines.schema import Schema
from pipelines.swap import recover


def check(
    paths: Paths, base: Paths | None, base_name: str | None, texts: Path | None, say: Callable[[str], None], max_bytes: int
) -> Findings:
    """The findings of the package below ``paths``, with the difference against the package below ``base`` where one is given.

    The articles are those of the folder ``texts``, else the package's own. A folder without a package is a UsageError.
    """
    for there in (paths, *([base] if base else [])):
        if not (there.descriptor.exists() or there.tables.exists()):
            raise UsageError(f"{visible(str(there.root))}: no package (expected a folder with datapackage.json, or that file)")
    recover(paths)
    folder = texts or next((f for f in (paths.articles, paths.root / "articles") if f.is_dir()), None)
    articles = read_texts(folder, max_bytes) if folder else None
    report = check_package(paths, say, articles, last=base)
    _, schemas = declared_schemas(paths)
    # Only failures are shown with their rows.
    tables = read_tables(paths, schemas)[0] if report.problems else {}
    difference, notes = (None, ()) if base is None else _against(base, paths, schemas)
    shown = None if base is None else base_name
    return gather(visible(paths.root.name), report, tables, articles, paths, difference, shown, notes)


def _against(base: Paths, paths: Paths, schemas: Mapping[str, Schema]) -> tuple[Difference, tuple[str, ...]]:
    """What differs, and what could not be compared; a table that one side cannot read is left out of both."""
    (old, old_notes), (new, new_notes) = published(base), published(paths)
    unreadable = {table for side, read in ((base, old), (paths, new)) for table in by_table(side.tables, "parquet") if table not in read}
    before, after = ({name: rows for name, rows in side.items() if name not in unreadable} for side in (old, new))
    return compare(before, after, {name: schema.primary_key for name, schema in schemas.items()}), tuple(
        dict.fromkeys(old_notes + new_notes)
    )
