"""Readers of each written descriptor, independent of its writer: what it says of the package, in one form for all."""

import html
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.paths import Paths

Said = dict[str, Any]
# Two files a table, a type by each vocabulary's own name.
SCHEMA_ORG_TYPES = {"Text": "string", "Integer": "integer", "Number": "number", "Float": "number", "Date": "date", "Boolean": "boolean"}
DUCKDB_TYPES = {"VARCHAR": "string", "BIGINT": "integer", "DECIMAL(18,4)": "number", "DATE": "date", "BOOLEAN": "boolean"}


def said(paths: Paths) -> dict[str, Said]:
    """What each descriptor of the package says, by the descriptor's name."""
    readers = {
        "datapackage.json": datapackage,
        "croissant.json": croissant,
        "schema-org.json": schema_org,
        "CITATION.cff": citation,
        ".zenodo.json": zenodo,
        "data/README.md": codebook,
    }
    return {file: read((paths.root / file).read_text(encoding="utf-8")) for file, read in readers.items()} | {
        "build/factpack.duckdb": database(paths.database)
    }


def datapackage(text: str) -> Said:
    content = json.loads(text)
    names = ("title", "description", "version", "keywords", "homepage")
    csv = [r for r in content["resources"] if r["format"] == "csv"]
    return {key: content[key] for key in names} | {
        "released_on": content["created"].removesuffix("T00:00:00Z"),
        "licences": [licence["path"] for licence in content["licenses"]],
        "contributors": sorted(c.get("title") or f"{c['givenName']} {c['familyName']}" for c in content["contributors"]),
        "rows": {r["name"]: r["x-rows"] for r in csv},
        "columns": {(r["name"], f["name"]): (f["type"], f["description"]) for r in csv for f in r["schema"]["fields"]},
        "hashes": {r["path"]: r["hash"].removeprefix("sha256:") for r in content["resources"]},
    }


def croissant(text: str) -> Said:
    content = json.loads(text)
    csv = [part for part in content["distribution"] if part["encodingFormat"] == "text/csv"]
    rows = {part["name"].removesuffix(".csv"): int(re.search(r": (\d+) rows\.$", part["description"])[1]) for part in csv}  # type: ignore[index]
    fields = [(record_set["name"], f) for record_set in content["recordSet"] for f in record_set["field"]]
    return _json_ld(content) | {
        "rows": rows,
        "columns": {(table, f["name"]): (SCHEMA_ORG_TYPES[f["dataType"].removeprefix("sc:")], f["description"]) for table, f in fields},
    }


def schema_org(text: str) -> Said:
    content = json.loads(text)
    csv = [part for part in content["distribution"] if part["encodingFormat"] == "text/csv"]
    columns = {
        tuple(v["name"].split(".")): (SCHEMA_ORG_TYPES[v["additionalType"].removeprefix("https://schema.org/")], v["description"])
        for v in content["variableMeasured"]
    }
    rows = {part["name"].removesuffix(".csv"): part["size"]["value"] for part in csv}
    return _json_ld(content) | {"rows": rows, "columns": columns}


def _json_ld(content: Any) -> Said:
    return {
        "title": content["name"],
        "description": content["description"],
        "version": content["version"],
        "released_on": content["datePublished"],
        "homepage": content["url"],
        "keywords": content["keywords"],
        "licences": [licence["url"] for licence in content["license"]],
        "contributors": sorted(c["name"] for c in [*content["creator"], *content["contributor"]]),
        "hashes": {part["contentUrl"]: part["sha256"] for part in content["distribution"]},
    }


def citation(text: str) -> Said:
    content = yaml.safe_load(text)
    names = {"title": "title", "abstract": "description", "version": "version", "date-released": "released_on", "keywords": "keywords"}
    return {names[key]: content[key] for key in names} | {
        "homepage": content["url"],
        "licence_names": [content["license"]] if isinstance(content["license"], str) else content["license"],
        "creators": [a.get("name") or f"{a['given-names']} {a['family-names']}" for a in content["authors"]],
    }


def zenodo(text: str) -> Said:
    content = json.loads(text)
    people = [*content["creators"], *content["contributors"]]
    return {
        "title": content["title"],
        "description": html.unescape(content["description"]),
        "version": content["version"],
        "released_on": content["publication_date"],
        "homepage": content["related_identifiers"][0]["identifier"],
        "keywords": content["keywords"],
        "first_licence": content["license"],
        "contributors": sorted(" ".join(reversed(person["name"].split(", "))) for person in people),
    }


def codebook(text: str) -> Said:
    head, _, rest = text.partition("\n## Tables\n")
    title, description = re.search(r"^# (.*)\n\n(.*?)\n\n- Licence", head, re.DOTALL | re.MULTILINE).groups()  # type: ignore[union-attr]
    listed = dict(line.removeprefix("- ").split(": ", 1) for line in head.splitlines() if line.startswith("- "))
    version, released_on = listed["Version"].split(", released on ")
    people = ", ".join([listed["By"], listed["With"]])
    tables = re.findall(r"^\| \[`(\w+)`\]\(#\w+\) \| ([\d,]+) \|", rest, re.MULTILINE)
    sections = re.split(r"^## (\w+)$", rest, flags=re.MULTILINE)
    columns = {}
    for table, section in zip(sections[1::2], sections[2::2], strict=True):
        for column, kind, meaning in re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) (?<!\\)\|", section, re.MULTILINE):
            columns[table, column] = (kind, meaning.replace("\\|", "|"))
    return {
        "title": title,
        "description": description,
        "version": version,
        "released_on": released_on,
        "keywords": listed["Keywords"].split(", "),
        "licences": re.findall(r"\]\((.*?)\)", listed["Licence"]),
        "contributors": sorted(re.sub(r"\[(.*?)\]\(.*?\)", r"\1", person) for person in people.split(", ")),
        "homepage": re.search(r"^> .* (\S+)$", rest, re.MULTILINE)[1],  # type: ignore[index]
        "rows": {table: int(rows.replace(",", "")) for table, rows in tables},
        "columns": columns,
    }


def database(path: Path) -> Said:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [
            row[0]
            for row in connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal AND schema_name = 'main'").fetchall()
        ]
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = 'main' AND list_contains(?, table_name)",
            [tables],
        ).fetchall()
        package = connection.execute("SELECT * FROM package")
        names = [d[0] for d in package.description]
        values = dict(zip(names, package.fetchall()[0], strict=True))
        comment = connection.execute("SELECT comment FROM duckdb_views() WHERE view_name = 'package'").fetchall()[0][0]
        rows = {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0] for table in tables}
    assert comment == f"{values['title']}: {values['description']}"
    return {key: values[key] for key in ("title", "description", "version", "homepage")} | {
        "released_on": str(values["released_on"]),
        "keywords": values["keywords"].split(", "),
        "licence_titles": values["licences"].split(", "),
        "contributors": sorted(values["contributors"].split(", ")),
        "rows": rows,
        "columns": {(table, column): (DUCKDB_TYPES[kind], meaning) for table, column, kind, meaning in columns},
    }
