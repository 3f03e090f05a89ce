"""The other files that say what the package is, against ``datapackage.json`` and the disk: all of them say the same."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from pipelines.checks.problem import Problem, listed
from pipelines.derive.descriptors import TableFiles, sources
from pipelines.derive.metadata import metadata_of
from pipelines.errors import InputError
from pipelines.package import companions
from pipelines.paths import Paths
from pipelines.schema import Schema
from pipelines.spill import each_row

# Place, key, expected value, found value.
Difference = tuple[str, str, Any, Any]

REMEDY = "Run 'factpack build': nobody edits published files by hand."


def check_described(
    paths: Paths, schemas: Mapping[str, Schema], files: Mapping[str, TableFiles], tables: Mapping[str, pa.Table], written: Mapping[str, Any]
) -> Iterator[Problem]:
    """A problem for each value in which a descriptor beside ``written``, the ``datapackage.json``, differs from it or from the disk.

    A package that was fetched by its address has none of them: what is not there is missed only beside others or in a repository.
    """
    whole = paths.about.is_file()
    if not whole and not any(path.is_file() for path in (paths.croissant, paths.schema_org, paths.citation)):
        return
    try:
        metadata = metadata_of(written)
    except InputError as error:
        yield Problem("datapackage.json", None, None, "descriptor metadata", None, str(error), REMEDY)
        return
    known = sources(each_row(tables["articles"])) if "articles" in tables else []
    for path, text in companions(paths, metadata, schemas, files, tables, known).items():
        # A release holds no hidden files; and its codebook has the wording of its own day, which no other file repeats.
        if whole or (path != paths.dictionary and (path.is_file() or path != paths.zenodo)):
            yield from listed(_differences(path, path.relative_to(paths.root).as_posix(), text))


def _differences(path: Path, file: str, text: str) -> Iterator[Problem]:
    try:
        if path.stat().st_size > 4 * len(text.encode("utf-8")) + 65_536:
            raise ValueError(f"it is too large, {path.stat().st_size:,} bytes")
        content = path.read_bytes().decode("utf-8")
        found, wanted = _parsed(content, path.suffix), _parsed(text, path.suffix)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        what = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {str(error).splitlines()[0]}"
        yield Problem(file, None, None, "file", None, what, REMEDY)
        return
    differences = _lines(wanted, found) if path.suffix == ".md" else compared(wanted, found)
    for place, rule, expected, value in differences:
        message = f"{place} is not what datapackage.json and the disk hold (expected {_short(expected)})"
        yield Problem(file, None, None, f"descriptor {rule}", value, message, REMEDY)


def _parsed(text: str, ending: str) -> Any:
    if ending == ".json":
        return json.loads(text)
    if ending != ".cff":
        return text
    # A few aliases of aliases are as many values as one likes.
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
        raise ValueError("it has aliases")
    return yaml.safe_load(text)


def _lines(wanted: str, found: str) -> Iterator[Difference]:
    """The differing lines of two texts; of texts that are not as long, the first: behind it all lines are moved."""
    one, other = wanted.split("\n"), found.split("\n")
    different = ((f"line {n}", "line", a, b) for n, (a, b) in enumerate(zip_longest(one, other), start=1) if a != b)
    yield from different if len(one) == len(other) else islice(different, 1)


def compared(wanted: Any, found: Any, place: str = "", rule: str = "content") -> Iterator[Difference]:
    """Each difference between two values of JSON; None is expected or found where there is none."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in [*wanted, *(key for key in found if key not in wanted)]:
            yield from compared(wanted.get(key), found.get(key), f"{place}.{key}" if place else str(key), str(key))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for n, (one, other) in enumerate(zip(wanted, found, strict=True)):
            name = (one.get("@id") or one.get("name") or n) if isinstance(one, dict) else n
            yield from compared(one, other, f"{place}[{name}]", rule)
    elif isinstance(wanted, list) and isinstance(found, list):
        yield f"the number of {place}", rule, len(wanted), len(found)
    elif type(wanted) is not type(found) or wanted != found:
        yield place or "the whole", rule, wanted, found


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."
