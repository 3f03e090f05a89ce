"""``schema-org.json``: the package as a schema.org Dataset, for search engines and catalogues."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from pipelines.derive.descriptors import TableFiles
from pipelines.derive.metadata import Contributor, Licence, Metadata
from pipelines.schema import Field, Schema

TYPES = {"string": "Text", "integer": "Integer", "number": "Number", "date": "Date", "boolean": "Boolean"}
MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


def schema_org(
    metadata: Metadata,
    schemas: Mapping[str, Schema],
    files: Mapping[str, TableFiles],
    sources: Sequence[Mapping[str, str]],
    covered: str | None,
) -> dict[str, Any]:
    """The content of ``schema-org.json``; every value in it is in another descriptor too, or counted from the files."""
    head = {"@context": "https://schema.org/", "@type": "Dataset", "name": metadata.title, "alternateName": metadata.name}
    return given(
        head
        | about(metadata)
        | {
            "citation": metadata.citation,
            "temporalCoverage": covered,
            "isBasedOn": [_source(source) for source in sources],
            "distribution": [part for table, found in files.items() for part in _downloads(schemas[table], found)],
            "variableMeasured": [_variable(schema, f) for schema in schemas.values() for f in schema.fields],
        }
    )


def about(metadata: Metadata) -> dict[str, Any]:
    """What schema.org and Croissant say of the package in the same words."""
    return {
        "description": metadata.description,
        "version": metadata.version,
        "datePublished": metadata.released_on.isoformat() if metadata.released_on else None,
        "url": metadata.homepage,
        "keywords": list(metadata.keywords),
        "license": [_licence(licence) for licence in metadata.licences],
        "creator": [_contributor(c) for c in metadata.creators],
        "contributor": [_contributor(c) for c in metadata.helpers],
    }


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are there: an unknown one is left out, never made up."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _licence(licence: Licence) -> dict[str, Any]:
    return given({"@type": "CreativeWork", "name": licence.label, "identifier": licence.name, "url": licence.path})


def _contributor(c: Contributor) -> dict[str, Any]:
    kind = "Person" if c.person else "Organization"
    within = {"@type": "Organization", "name": c.affiliation} if c.affiliation else None
    named = {"@type": kind, "name": c.name, "givenName": c.given_name, "familyName": c.family_name}
    belongs = {"affiliation" if c.person else "parentOrganization": within}
    return given(named | {"url": c.path, "email": c.email, "identifier": c.orcid and f"https://orcid.org/{c.orcid}"} | belongs)


def _source(source: Mapping[str, str]) -> dict[str, Any]:
    if "x-article-id" not in source:
        return {"@type": "Dataset", "name": source["title"], "url": source["path"]}
    publisher = source.get("x-publisher")
    return given(
        {
            "@type": "Article",
            "identifier": source["x-article-id"],
            "name": source.get("title"),
            "url": source.get("path"),
            "publisher": {"@type": "Organization", "name": publisher} if publisher else None,
            "datePublished": source.get("x-published-on"),
            "license": source.get("x-licence"),
        }
    )


def _downloads(schema: Schema, files: TableFiles) -> Iterator[dict[str, Any]]:
    rows = {"@type": "QuantitativeValue", "value": files.rows, "unitText": "rows"}
    for ending, file in files.by_ending:
        yield given(
            {
                "@type": "DataDownload",
                "name": PurePosixPath(file.path).name,
                "alternateName": schema.title,
                "description": schema.description,
                "contentUrl": file.path,
                "encodingFormat": MEDIA[ending],
                "contentSize": f"{file.size} B",
                "sha256": file.sha256,
                "size": rows if len(files.csv) == 1 else None,
            }
        )


def _variable(schema: Schema, f: Field) -> dict[str, Any]:
    return {
        "@type": "PropertyValue",
        "name": f"{schema.name}.{f.name}",
        "alternateName": f.title,
        "description": f.description,
        "additionalType": f"https://schema.org/{TYPES[f.type]}",
    }
