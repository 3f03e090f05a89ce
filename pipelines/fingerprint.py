"""What a build was made from and what it wrote, as hashes: where neither changed, building again could only give the same bytes."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from pipelines.checksums import sha256_of
from pipelines.paths import Paths

_PROGRAM = Path(__file__).resolve().parent
# Libraries whose next version may write other bytes or judge otherwise.
_LIBRARIES = ("ahocorasick-rs", "duckdb", "great_expectations", "numpy", "pandas", "pyarrow", "pycountry", "pyyaml")
# What is compared one by one, so that the answer can name it; of the rest only the group.
_NAMED = ("articles", "lexicon", "reviews", "releases", "schemas")


def inputs_of(paths: Paths, options: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """The SHA-256 of each file that a build reads, by group and path; the program, its libraries and options are a group each."""
    groups: dict[str, Iterable[Path]] = {
        "articles": _files(paths.articles),
        "lexicon": _files(paths.lexicon),
        "reviews": _files(paths.reviews),
        "releases": _files(paths.releases),
        "schemas": _files(paths.schemas),
        "gold articles": _files(paths.gold),
        "about.yaml and continuity.yaml": [path for path in (paths.about, paths.continuity) if path.is_file()],
    }
    hashed = {group: {_name(path, paths.root): sha256_of(path) for path in files} for group, files in groups.items()}
    program = {_name(path, _PROGRAM): sha256_of(path) for path in _files(_PROGRAM) if path.suffix == ".py"}
    libraries = {name: metadata.version(name) for name in _LIBRARIES} | {"python": sys.version}
    return {**hashed, "program": program, "libraries": libraries, "options": {k: str(v) for k, v in sorted(options.items())}}


def reasons(paths: Paths, inputs: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Why a build has something to do, in words; none where inputs and outputs are those of the last one."""
    last = _read(paths)
    if last is None:
        return ["nothing is known of an earlier build"]
    return [*_changed_inputs(last["inputs"], inputs), *_changed_outputs(last["outputs"], paths)]


def remember(paths: Paths, inputs: Mapping[str, Mapping[str, str]], outputs: Iterable[Path]) -> None:
    """Nothing; the next ``reasons`` compares with this build. ``outputs`` are all files that it publishes, below the root."""
    content = {"inputs": inputs, "outputs": {_name(path, paths.root): [*_stamp(path), sha256_of(path)] for path in sorted(outputs)}}
    draft = _place(paths).with_suffix(".draft")
    draft.write_text(json.dumps(content), "utf-8")
    draft.replace(_place(paths))


def _changed_inputs(old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for group in [*new, *(g for g in old if g not in new)]:
        before, after = old.get(group, {}), new.get(group, {})
        differ = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        if differ and group in _NAMED:
            yield from (f"{name} {'was added' if name not in before else 'is gone' if name not in after else 'changed'}" for name in differ)
        elif differ:
            yield f"{group} changed ({', '.join(differ[:3])}{', ...' if len(differ) > 3 else ''})"


def _changed_outputs(outputs: Mapping[str, Any], paths: Paths) -> Iterator[str]:
    for name, stamp in outputs.items():
        path = paths.root / name
        if not path.is_file():
            yield f"{name} is missing"
        # As git and make do: a file of the same size and time is not read again.
        elif _stamp(path) != stamp[:2] and sha256_of(path) != stamp[2]:
            yield f"{name} is not what the last build wrote"
    tables = {name for name in outputs if name.startswith("data/tables/")}
    yield from (f"{name} was not written by a build" for name in sorted({_name(p, paths.root) for p in _files(paths.tables)} - tables))


def _stamp(path: Path) -> list[int]:
    """Size in bytes and time of change in nanoseconds."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _files(folder: Path) -> list[Path]:
    """Every file of the folder and of those in it that is not hidden, in order."""
    found = (Path(place) / name for place, _, names in os.walk(folder, followlinks=False) for name in names)
    return sorted(
        p for p in found if not any(part.startswith(".") for part in p.relative_to(folder).parts) and "__pycache__" not in p.parts
    )


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _place(paths: Paths) -> Path:
    return paths.scratch / "built.json"


def _read(paths: Paths) -> dict[str, Any] | None:
    try:
        content = json.loads(_place(paths).read_text("utf-8"))
        return content if isinstance(content["inputs"], dict) and isinstance(content["outputs"], dict) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
