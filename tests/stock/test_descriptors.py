"""Official validators on the descriptors: the profiles of Data Package v2, mlcroissant and cffconvert, from clean installs, offline."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest
from stock.environments import answer, program, run

from pipelines.derive.parts import by_table
from pipelines.paths import Paths

# The profiles hold no references, so none is fetched.
PROFILES = """
import importlib.util, json, pathlib, jsonschema
folder = pathlib.Path(importlib.util.find_spec("dplib").origin).parent / "profiles" / "2.0"
texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
assert len(texts) == 4 and not any('"$ref"' in text for text in texts.values())
judges = {name: jsonschema.Draft7Validator(json.loads(text), format_checker=jsonschema.FormatChecker()) for name, text in texts.items()}
package = json.load(open("datapackage.json", encoding="utf-8"))
parts = [("datapackage", package)]
for resource in package["resources"]:
    parts += [("dataresource", resource), ("tableschema", resource["schema"])]
    parts += [("tabledialect", resource["dialect"])] if "dialect" in resource else []
print(json.dumps([f"{name}: {error.json_path} {error.message}"[:300] for name, part in parts for error in judges[name].iter_errors(part)]))
"""

RECORDS = """
import json, sys, mlcroissant
dataset = mlcroissant.Dataset(jsonld="croissant.json")
def plain(value):
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value.date().isoformat() if hasattr(value, "date") else value.item() if hasattr(value, "item") else value
sets = {s.id: [{k: plain(v) for k, v in r.items()} for r in dataset.records(s.id)] for s in dataset.metadata.record_sets}
print(json.dumps({"sets": sets, "version": dataset.metadata.version, "warnings": list(dataset.metadata.ctx.issues.warnings)}))
"""


def test_the_profiles_of_data_package_agree(package: Paths) -> None:
    assert answer("stock", PROFILES, package.root) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(contributors=[]),
        lambda d: d.update(created="yesterday", licenses=[{"title": "Ours"}]),
        lambda d: d["resources"][0].update(path="../a.csv"),
        lambda d: d["resources"][0]["schema"]["fields"][0].update(type="text"),
    ],
)
def test_the_profiles_can_refuse(damaged: Paths, change: Callable[[Any], object]) -> None:
    edited(damaged, "datapackage.json", change)
    assert answer("stock", PROFILES, damaged.root)


def test_mlcroissant_accepts_and_reads_every_table(package: Paths) -> None:
    validated = run([program("stock", "mlcroissant"), "validate", "--jsonld", "croissant.json"], package.root)
    assert validated.returncode == 0, validated.stderr
    read = answer("stock", RECORDS, package.root)
    assert read["version"] == json.loads(package.descriptor.read_text(encoding="utf-8")).get("version")
    tables = {
        table: [row for path in files for row in pq.read_table(path).to_pylist()]
        for table, files in by_table(package.tables, "parquet").items()
    }
    assert sorted(read["sets"]) == sorted(tables)
    for table, rows in tables.items():
        assert read["sets"][table] == [{f"{table}/{column}": plain(value) for column, value in row.items()} for row in rows], table


def test_mlcroissant_has_nothing_to_recommend(small: Paths) -> None:
    assert answer("stock", RECORDS, small.root)["warnings"] == []


def test_mlcroissant_can_refuse(damaged: Paths) -> None:
    edited(damaged, "croissant.json", lambda d: [part.update(sha256="0" * 64) for part in d["distribution"]])
    assert run([program("stock", "python"), "-c", RECORDS], damaged.root).returncode != 0
    edited(damaged, "croissant.json", lambda d: d["recordSet"][0]["field"][0]["source"].update(fileObject={"@id": "none"}))
    assert run([program("stock", "mlcroissant"), "validate", "--jsonld", "croissant.json"], damaged.root).returncode != 0


def test_cffconvert_accepts_the_citation(package: Paths) -> None:
    done = run([program("stock-cff", "cffconvert"), "--validate", "-i", "CITATION.cff"], package.root)
    assert (done.returncode, done.stdout.strip()) == (0, "Citation metadata are valid according to schema version 1.2.0."), done.stderr


@pytest.mark.parametrize(("old", "new"), [("CC-BY-4.0", "Ours"), ("type: dataset", "type: data"), ("title:", "name:")])
def test_cffconvert_can_refuse(damaged: Paths, old: str, new: str) -> None:
    text = damaged.citation.read_text(encoding="utf-8")
    damaged.citation.write_text(text.replace(old, new), encoding="utf-8")
    assert run([program("stock-cff", "cffconvert"), "--validate", "-i", "CITATION.cff"], damaged.root).returncode != 0


def test_cffconvert_makes_the_same_of_it_for_zenodo(small: Paths) -> None:
    done = run([program("stock-cff", "cffconvert"), "-f", "zenodo", "-i", "CITATION.cff"], small.root)
    theirs, ours = json.loads(done.stdout), json.loads(small.zenodo.read_text(encoding="utf-8"))
    assert [theirs[key] for key in ("title", "description", "version", "publication_date", "creators")] == [
        ours[key] for key in ("title", "description", "version", "publication_date", "creators")
    ]
    assert sorted(theirs["keywords"]) == sorted(ours["keywords"])
    assert theirs["license"]["id"].lower() == ours["license"]


def edited(paths: Paths, file: str, change: Callable[[Any], object]) -> None:
    """Nothing; the file holds the changed content."""
    content = json.loads((paths.root / file).read_text(encoding="utf-8"))
    change(content)
    (paths.root / file).write_text(json.dumps(content), encoding="utf-8")


def plain(value: object) -> object:
    """The value as a record of JSON has it."""
    return value.isoformat() if isinstance(value, date) else float(value) if isinstance(value, Decimal) else value
