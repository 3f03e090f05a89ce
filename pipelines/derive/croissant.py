"""``croissant.json``: the package in Croissant 1.0, from which machine learning tools load its tables as records."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from pipelines.derive.descriptors import TableFiles
from pipelines.derive.metadata import Metadata
from pipelines.derive.schemaorg import MEDIA, about, given
from pipelines.schema import Field, Schema

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
TYPES = {"string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "date": "sc:Date", "boolean": "sc:Boolean"}
ENCODING = MEDIA | {"parquet": "application/x-parquet"}
# The context that the specification asks for, word by word: loaders compare it.
_OWN = """citeAs column equivalentProperty extract field fileObject fileProperty fileSet format includes isLiveDataset jsonPath key md5
parentField path recordSet references regex repeated replace samplingRate separator source subField transform""".split()
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{word: f"cr:{word}" for word in _OWN},
}


def croissant(metadata: Metadata, schemas: Mapping[str, Schema], files: Mapping[str, TableFiles], covered: str | None) -> dict[str, Any]:
    """The content of ``croissant.json``: every CSV and Parquet file, and a RecordSet a table, read from its Parquet file."""
    head = {"@context": CONTEXT, "@type": "sc:Dataset", "conformsTo": CONFORMS_TO, "name": metadata.title, "alternateName": metadata.name}
    return given(
        head
        | about(metadata)
        | {
            "citeAs": metadata.citation,
            "temporalCoverage": covered,
            "distribution": [part for table, found in files.items() for part in _objects(schemas[table], found)],
            "recordSet": [_record_set(schemas[table], found) for table, found in files.items()],
        }
    )


def _objects(schema: Schema, files: TableFiles) -> Iterator[dict[str, Any]]:
    several = len(files.parquet) > 1
    for ending, file in files.by_ending:
        called = PurePosixPath(file.path).name
        yield {
            "@type": "cr:FileObject",
            "@id": called,
            "name": called,
            "description": f"{schema.title}: {'part of ' if several else ''}{files.rows} rows.",
            "contentUrl": file.path,
            "contentSize": f"{file.size} B",
            "encodingFormat": ENCODING[ending],
            "sha256": file.sha256,
        }
    if several:
        yield {
            "@type": "cr:FileSet",
            "@id": f"{schema.name}.parquet",
            "name": f"{schema.name}.parquet",
            "description": f"{schema.title}: {files.rows} rows in {len(files.parquet)} files.",
            # Contained in nothing: of files that it is contained in, mlcroissant 1.1 reads the names in place of the rows.
            "encodingFormat": ENCODING["parquet"],
            "includes": f"{PurePosixPath(files.parquet[0].path).parent}/{schema.name}-*.parquet",
        }


def _record_set(schema: Schema, files: TableFiles) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": schema.name,
        "name": schema.name,
        "description": schema.description,
        "key": [{"@id": f"{schema.name}/{column}"} for column in schema.primary_key],
        "field": [_field(schema, f, "fileObject" if len(files.parquet) == 1 else "fileSet") for f in schema.fields],
    }


def _field(schema: Schema, f: Field, source: str) -> dict[str, Any]:
    # No 'references': mlcroissant 1.1 answers one with a join, and its records are then not the rows of the table.
    # Which column points where stands in datapackage.json.
    return {
        "@type": "cr:Field",
        "@id": f"{schema.name}/{f.name}",
        "name": f.name,
        "description": f.description,
        "dataType": TYPES[f.type],
        "source": {source: {"@id": f"{schema.name}.parquet"}, "extract": {"column": f.name}},
    }
