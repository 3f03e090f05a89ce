"""Faults of the files that say what the package is, beside datapackage.json: each value that one of them alone says otherwise."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from faults.fault import Expected, Fault
from pipelines.paths import Paths

Values = Any
CROISSANT, SCHEMA_ORG, CITATION, ZENODO = "croissant.json", "schema-org.json", "CITATION.cff", ".zenodo.json"
CODEBOOK = "data/README.md"

# What is said otherwise: the file, the rule, and how the value is changed.
EDITED: list[tuple[str, str, str, Callable[[Values], object]]] = [
    ("another title", CROISSANT, "name", lambda d: d.update(name="Another")),
    ("another description", CROISSANT, "description", lambda d: d.update(description="Another.")),
    ("another version", CROISSANT, "version", lambda d: d.update(version="9.0.0")),
    ("another licence", CROISSANT, "url", lambda d: d["license"][0].update(url="https://example.org/licence")),
    ("another creator", CROISSANT, "name", lambda d: d["creator"][0].update(name="Somebody")),
    ("a keyword added", CROISSANT, "keywords", lambda d: d.update(keywords=["war"])),
    ("another citation", CROISSANT, "citeAs", lambda d: d.update(citeAs="Somebody")),
    ("a hash changed", CROISSANT, "sha256", lambda d: d["distribution"][0].update(sha256="0" * 64)),
    ("a size changed", CROISSANT, "contentSize", lambda d: d["distribution"][0].update(contentSize="7 B")),
    ("a path changed", CROISSANT, "contentUrl", lambda d: d["distribution"][0].update(contentUrl="data/tables/places.csv")),
    ("a file dropped", CROISSANT, "distribution", lambda d: d["distribution"].pop()),
    ("another row count", CROISSANT, "description", lambda d: d["distribution"][0].update(description="Accuracy: 7 rows.")),
    ("a table renamed", CROISSANT, "@id", lambda d: d["recordSet"][0].update({"@id": "accuracies"})),
    ("a table dropped", CROISSANT, "recordSet", lambda d: d["recordSet"].pop()),
    ("a column renamed", CROISSANT, "name", lambda d: d["recordSet"][0]["field"][0].update(name="share")),
    ("a column of another type", CROISSANT, "dataType", lambda d: d["recordSet"][0]["field"][0].update(dataType="sc:Date")),
    ("another meaning", CROISSANT, "description", lambda d: d["recordSet"][0]["field"][0].update(description="Another.")),
    ("a column dropped", CROISSANT, "field", lambda d: d["recordSet"][0]["field"].pop()),
    ("another key", CROISSANT, "key", lambda d: d["recordSet"][0]["key"].pop()),
    ("another title", SCHEMA_ORG, "name", lambda d: d.update(name="Another")),
    ("another description", SCHEMA_ORG, "description", lambda d: d.update(description="Another.")),
    ("a version lost", SCHEMA_ORG, "version", lambda d: d.pop("version")),
    ("another licence", SCHEMA_ORG, "identifier", lambda d: d["license"][0].update(identifier="CC0-1.0")),
    ("a creator lost", SCHEMA_ORG, "creator", lambda d: d.pop("creator")),
    ("other days", SCHEMA_ORG, "temporalCoverage", lambda d: d.update(temporalCoverage="1900-01-01/1900-01-02")),
    ("another source", SCHEMA_ORG, "isBasedOn", lambda d: d["isBasedOn"].pop()),
    ("a hash changed", SCHEMA_ORG, "sha256", lambda d: d["distribution"][1].update(sha256="0" * 64)),
    ("another row count", SCHEMA_ORG, "value", lambda d: d["distribution"][0]["size"].update(value=7)),
    ("a column of another type", SCHEMA_ORG, "additionalType", lambda d: d["variableMeasured"][0].update(additionalType="x")),
    ("another meaning", SCHEMA_ORG, "description", lambda d: d["variableMeasured"][0].update(description="Another.")),
    ("another title", CITATION, "title", lambda d: d.update(title="Another")),
    ("another abstract", CITATION, "abstract", lambda d: d.update(abstract="Another.")),
    ("another version", CITATION, "version", lambda d: d.update(version="9.0.0")),
    ("a version that is a number", CITATION, "version", lambda d: d.update(version=0.1)),
    ("another licence", CITATION, "license", lambda d: d.update(license="CC0-1.0")),
    ("another author", CITATION, "name", lambda d: d["authors"][0].update(name="Somebody")),
    ("a keyword added", CITATION, "keywords", lambda d: d.update(keywords=["war"])),
    ("a day of release", CITATION, "date-released", lambda d: d.update({"date-released": "2031-05-01"})),
    ("another title", ZENODO, "title", lambda d: d.update(title="Another")),
    ("another description", ZENODO, "description", lambda d: d.update(description="Another.")),
    ("another version", ZENODO, "version", lambda d: d.update(version="9.0.0")),
    ("another licence", ZENODO, "license", lambda d: d.update(license="cc0-1.0")),
    ("another creator", ZENODO, "name", lambda d: d["creators"][0].update(name="Somebody")),
]

# Words of the codebook that are replaced.
WORDS = {
    "another title": ("# A small package", "# Another"),
    "another description": ("Made by hand for the tests.", "Made by hand."),
    "another version": ("Version: 0.1.0", "Version: 9.0.0"),
    "another licence": ("licenses/by/4.0", "licenses/by-nc/4.0"),
    "another contributor": ("- By: The testers", "- By: Somebody"),
    "another row count": ("| [`actors`](#actors) | 5 |", "| [`actors`](#actors) | 6 |"),
    "a column renamed": ("| `actor_id` |", "| `actor` |"),
    "a column of another type": ("| `actor_id` | string |", "| `actor_id` | integer |"),
}


def faults() -> Iterator[Fault]:
    """Those of values, of words, and of files as a whole."""
    for name, file, rule, change in EDITED:
        yield _fault(f"{file}: {name}", Expected("files", file, None, None, f"descriptor {rule}"), _edited(file, change))
    for name, (old, new) in WORDS.items():
        yield _fault(f"{CODEBOOK}: {name}", Expected("files", CODEBOOK, None, None, "descriptor line"), _replaced(old, new))
    for file in (CROISSANT, SCHEMA_ORG, CITATION, CODEBOOK):
        missing = Expected("files", file, None, None, "file")
        yield _fault(f"{file} is missing", missing, lambda path: path.unlink(), file)
        yield _fault(f"{file} is in another encoding", missing, lambda path: path.write_bytes(b"\xff\xfe{\x00}\x00"), file)
        yield _fault(f"{file} is much too long", missing, lambda path: path.write_bytes(b" " * 3_000_000), file)
    for file in (CROISSANT, SCHEMA_ORG, ZENODO):
        missing = Expected("files", file, None, None, "file")
        yield _fault(f"{file} is nested without end", missing, lambda path: path.write_text("[" * 60_000, encoding="utf-8"), file)
        yield _fault(
            f"{file} is a list", Expected("files", file, None, None, "descriptor content"), lambda path: path.write_text("[]"), file
        )
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    yield _fault(f"{CITATION} has aliases", Expected("files", CITATION, None, None, "file"), lambda path: path.write_text(bomb), CITATION)
    for name, values in {"another title": {"title": "Another"}, "another version": {"version": "9.0.0"}}.items():
        expected = Expected("files", CITATION, None, None, f"descriptor {next(iter(values))}")
        yield _fault(f"datapackage.json: {name} than the others", expected, _edited("datapackage.json", lambda d, v=values: d.update(v)))
    unread = Expected("files", "datapackage.json", None, None, "descriptor metadata")
    yield _fault("datapackage.json: no contributors", unread, _edited("datapackage.json", lambda d: d.pop("contributors")))


def _fault(name: str, expected: Expected, damage: Callable[..., object], file: str | None = None) -> Fault:
    def done(paths: Paths) -> None:
        damage(paths if file is None else paths.root / file)

    return Fault(name, expected, damage=done, promise=15)


def _edited(file: str, change: Callable[[Values], object]) -> Callable[[Paths], None]:
    def damage(paths: Paths) -> None:
        path: Path = paths.root / file
        text = path.read_text(encoding="utf-8")
        content = yaml.safe_load(text) if file == CITATION else json.loads(text)
        change(content)
        path.write_text(yaml.safe_dump(content) if file == CITATION else json.dumps(content), encoding="utf-8")

    return damage


def _replaced(old: str, new: str) -> Callable[[Paths], None]:
    def damage(paths: Paths) -> None:
        text = paths.dictionary.read_text(encoding="utf-8")
        assert old in text, old
        paths.dictionary.write_text(text.replace(old, new, 1), encoding="utf-8")

    return damage
