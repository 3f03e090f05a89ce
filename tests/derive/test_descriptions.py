"""One source of metadata: whatever describes the package says the same, read back from the written files."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import derive.what_is_said as reading
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from small_package import ABOUT, good_tables

from pipelines.derive.citation import citation_cff, zenodo
from pipelines.derive.coverage import coverage
from pipelines.derive.metadata import Contributor, Licence, Metadata, metadata_of, read_metadata
from pipelines.derive.views import package_view
from pipelines.errors import InputError
from pipelines.history import NOTHING_RELEASED
from pipelines.package import stage, write_database
from pipelines.paths import Paths
from pipelines.schema import Schema

RICH: dict[str, Any] = ABOUT | {
    "title": "Claims & words: “a | small” package",
    "description": "Made by hand for the tests, with <angles> & a | bar.",
    "version": "1.2.0",
    "released_on": date(2031, 5, 1),
    "homepage": "https://example.org/small",
    "keywords": ["war of Lind", "claims"],
    "licences": [*ABOUT["licences"], {"name": "ODbL-1.0", "title": "Open Database", "path": "https://example.org/odbl"}],  # type: ignore[misc]
    "contributors": [
        {"title": "The testers", "roles": ["maintainer"]},
        {"givenName": "Ada", "familyName": "Vint", "orcid": "0000-0002-1825-0097", "organization": "Lind College", "roles": ["creator"]},
    ],
}


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory, schemas: dict[str, Schema]) -> Paths:
    return Paths(stage(good_tables(schemas), schemas, RICH, Paths(tmp_path_factory.mktemp("rich"))))


@pytest.fixture(scope="module")
def truth(rich: Paths, schemas: dict[str, Schema]) -> dict[str, Any]:
    """What is so, from what people wrote, from schemas/ and from the disk."""
    files = sorted(rich.tables.iterdir())
    return {
        **{key: RICH[key] for key in ("title", "description", "version", "homepage", "keywords")},
        "released_on": "2031-05-01",
        "licences": ["https://creativecommons.org/licenses/by/4.0/", "https://example.org/odbl"],
        "licence_names": ["CC-BY-4.0", "ODbL-1.0"],
        "licence_titles": ["Creative Commons Attribution 4.0", "Open Database"],
        "first_licence": "cc-by-4.0",
        "contributors": ["Ada Vint", "The testers"],
        "creators": ["Ada Vint"],
        "rows": {file.stem: pq.read_metadata(file).num_rows for file in files if file.suffix == ".parquet"},
        "columns": {(s.name, f.name): (f.type, f.description) for s in schemas.values() for f in s.fields},
        "hashes": {file.relative_to(rich.root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
    }


def test_every_descriptor_says_the_same(rich: Paths, truth: dict[str, Any]) -> None:
    found = reading.said(rich)
    for file, values in found.items():
        assert values == {key: truth[key] for key in values}, file
    everywhere = set.intersection(*(set(values) for values in found.values()))
    assert everywhere == {"title", "description", "version", "released_on", "homepage", "keywords"}
    assert set(truth) == set().union(*found.values()), "each of them is read from some descriptor"


SAID_BY: dict[str, Callable[[str], reading.Said]] = {
    "datapackage.json": reading.datapackage,
    "croissant.json": reading.croissant,
    "schema-org.json": reading.schema_org,
    "CITATION.cff": reading.citation,
    ".zenodo.json": reading.zenodo,
    "data/README.md": reading.codebook,
}
OF_PACKAGE = [r"“a \| small”", r"<angles>|&lt;angles&gt;", r"1\.2\.0", r"2031-05-01", "war of Lind", "example.org/small", "Vint"]
LICENCES = ["by/4.0|CC-BY-4.0|cc-by-4.0"]
OF_TABLES = ["vague_numbers", "count_low", "integer|Integer", "What a vague number means here|The words"]
HASHES = ['(?<=[" :])[0-9a-f]{8}(?=[0-9a-f]{56})']
WRONG = [(file, words) for file in SAID_BY for words in OF_PACKAGE + LICENCES]
WRONG += [(file, words) for file in SAID_BY if file not in ("CITATION.cff", ".zenodo.json") for words in OF_TABLES]
WRONG += [(file, words) for file in ("datapackage.json", "croissant.json", "schema-org.json") for words in HASHES]
WRONG += [
    ("datapackage.json", r'(?<="x-rows": )5'),
    ("croissant.json", r"(?<=: )5(?= rows)"),
    ("schema-org.json", r'(?<="value": )5'),
    ("data/README.md", r"(?<=#actors\) \| )5"),
]


@pytest.mark.parametrize(("file", "words"), WRONG)
def test_one_wrong_value_is_seen(rich: Paths, truth: dict[str, Any], file: str, words: str) -> None:
    text = (rich.root / file).read_text(encoding="utf-8")
    wrong, times = re.subn(words, lambda found: "9" if found[0] == "5" else "changed", text)
    assert times
    try:
        values = SAID_BY[file](wrong)
    except (KeyError, ValueError, AttributeError):
        return
    assert any(truth[key] != value for key, value in values.items())


@pytest.mark.parametrize("key", ["title", "description", "version", "licences", "contributors", "keywords"])
def test_one_wrong_value_in_the_database_is_seen(tmp_path: Path, truth: dict[str, Any], schemas: dict[str, Schema], key: str) -> None:
    about = RICH | {key: [{"title": "X", "name": "X"}] if key == "licences" else [{"title": "X"}] if key == "contributors" else "X"}
    about |= {"keywords": ["X"]} if key == "keywords" else {}
    path = tmp_path / "wrong.duckdb"
    assert write_database(path, good_tables(schemas), schemas, NOTHING_RELEASED, package_view(read_metadata(about), "0" * 64))
    values = reading.database(path)
    assert [name for name in values if truth[name] != values[name]] == ["licence_titles" if key == "licences" else key]


def test_the_descriptor_gives_the_metadata_back(rich: Paths) -> None:
    assert metadata_of(json.loads(rich.descriptor.read_text(encoding="utf-8"))) == read_metadata(RICH)


def test_what_is_unknown_is_left_out(good_package: Paths, schemas: dict[str, Schema]) -> None:
    bare = {key: ABOUT[key] for key in ("name", "title", "description", "licences", "contributors")}
    staged = Paths(stage(good_tables(schemas), schemas, bare, good_package))
    unknown = {"version", "created", "datePublished", "date-released", "publication_date", "homepage", "url", "keywords"}
    for path in (staged.descriptor, staged.croissant, staged.schema_org, staged.citation, staged.zenodo):
        assert not unknown & set(
            yaml.safe_load(path.read_text(encoding="utf-8")) if path == staged.citation else json.loads(path.read_text(encoding="utf-8"))
        )
    assert "- Version: none yet" in staged.dictionary.read_text(encoding="utf-8")
    assert yaml.safe_load(staged.citation.read_text(encoding="utf-8"))["authors"] == [{"name": "The testers"}]


def test_the_days_that_the_facts_speak_of(schemas: dict[str, Schema]) -> None:
    tables = good_tables(schemas)
    assert coverage(tables, schemas) == "2031-03-02/2031-03-04"
    empty: dict[str, pa.Table] = {table: rows.slice(0, 0) for table, rows in tables.items()}
    assert coverage(empty, schemas) is None


def test_a_citation_names_creators_and_keeps_a_version_text() -> None:
    ada = Contributor(given_name="Ada", family_name="Vint", organization="Lind College")
    college = Contributor(organization="Lind College", roles=("publisher",))
    metadata = Metadata("x", "T", "<b>", (Licence(path="https://example.org/own"),), (ada, college), "1.0")
    written = yaml.safe_load(citation_cff(metadata))
    assert written["version"] == "1.0"
    assert written["license-url"] == "https://example.org/own"
    assert "license" not in written
    assert written["authors"] == [
        {"family-names": "Vint", "given-names": "Ada", "affiliation": "Lind College"},
        {"name": "Lind College"},
    ], "without roles all are creators"
    assert zenodo(metadata)["description"] == "&lt;b&gt;"
    assert metadata.citation == "Ada Vint, Lind College: T. Version 1.0."


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("version", 1.0, "text in one line; a number in quotes"),
        ("title", "two\nlines", "text in one line"),
        ("title", "bell\x07", "expected text"),
        ("description", "half \ud800", "expected text"),
        ("released_on", "yesterday", "a day such as"),
        ("homepage", "javascript:alert(1)", "an address such as"),
        ("keywords", "war", "a list of words"),
        ("keywords", ["war", "war"], "each once"),
        ("keywords", [["war"]], "text in one line"),
        ("licences", [{"title": "Ours"}], "neither 'name' nor 'path'"),
        ("contributors", [{"roles": ["creator"]}], "has no name"),
        ("contributors", [{"title": "Ada", "orcid": "12"}], "a number such as"),
        ("contributors", [{"title": "Ada", "givenname": "Ada"}], "did you mean 'givenName'"),
        ("contributors", [{"title": "Ada", "path": "../x"}], "an address such as"),
        ("contributors", [{"title": "Ada", "email": "ada"}], "ada@example.org"),
        ("licences", [{"name": 4}], "text in one line"),
        ("releasedon", "2031-05-01", "did you mean 'released_on'"),
    ],
)
def test_metadata_is_read_strictly(key: str, value: object, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        read_metadata(ABOUT | {key: value})
