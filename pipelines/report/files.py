"""Where reports go: each into its file, whole or not at all, or one of them to standard output."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.derive.parts import by_table
from pipelines.errors import UsageError, visible
from pipelines.paths import Paths
from pipelines.report.annotations import as_annotations
from pipelines.report.export import as_json, as_junit
from pipelines.report.findings import Findings
from pipelines.report.markdown import as_markdown
from pipelines.report.page import as_page

_FORMATS: Mapping[str, Callable[[Findings], str]] = {"json": as_json, "junit": as_junit, "markdown": as_markdown, "html": as_page}


@dataclass(frozen=True)
class Targets:
    """The reports that are wanted: the file of each format, ``-`` for standard output, and whether GitHub is to annotate."""

    files: Mapping[str, str]
    annotate: bool = False

    @property
    def standard_output(self) -> bool:
        """Whether a report takes standard output, so that nothing else may go there."""
        return "-" in self.files.values()


def wanted(files: Mapping[str, str | None], annotate: bool) -> Targets:
    """The targets; a UsageError where one cannot be written, before any check has run."""
    given = {form: file for form, file in files.items() if file is not None}
    if sum(file == "-" for file in given.values()) > 1:
        raise UsageError(
            f"--{' - --'.join(f for f, file in given.items() if file == '-')} -: standard output holds one report (expected one)"
        )
    seen: dict[Path, str] = {}
    for form, file in given.items():
        if file == "-":
            continue
        path = Path(file)
        shown = visible(file)
        if not path.parent.is_dir():
            raise UsageError(f"--{form} {shown}: the folder {visible(str(path.parent))} is missing (expected one that is there)")
        if not file or path.is_dir():
            raise UsageError(f"--{form} {shown or repr(file)}: is no file (expected the name of a file to write)")
        if (other := seen.setdefault(path.resolve(), form)) != form:
            raise UsageError(f"--{form} {shown}: is the file of --{other} as well (expected two files)")
    return Targets(given, annotate)


def write_reports(findings: Findings, targets: Targets) -> None:
    """Nothing; every wanted report is written whole."""
    for form, file in targets.files.items():
        text = _FORMATS[form](findings)
        if file == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            _write(Path(file), text)
    if targets.annotate:
        print(as_annotations(findings), end="", file=sys.stderr if targets.standard_output else sys.stdout)


def published(paths: Paths) -> tuple[dict[str, pa.Table], tuple[str, ...]]:
    """The Parquet tables below ``paths`` by name, as they are, and a note for each that cannot be read."""
    tables, notes = {}, []
    for table, files in by_table(paths.tables, "parquet").items():
        try:
            tables[table] = pa.concat_tables(pq.ParquetFile(path).read() for path in files)
        except (OSError, pa.ArrowException, ValueError) as error:
            notes.append(f"not compared: {table}.parquet cannot be read: {str(error).splitlines()[0]}")
    return tables, tuple(notes)


def _write(path: Path, text: str) -> None:
    """Nothing; the file holds the text, and until it does it holds what it held."""
    if path.exists() and not path.is_file():
        # A pipe or a device has nothing to lose, and must not be replaced.
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    # Beside the file that a link points at, which stays a link.
    target = path.resolve()
    handle, draft = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.chmod(draft, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_mask())
        os.replace(draft, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


def _mask() -> int:
    """The mask of new files, which the system tells only when it is set."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
