"""The Data Package descriptor: what is published, by whom, from which articles, and the hash of every file."""

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pipelines.derive.metadata import Metadata, published_contributor, published_licence
from pipelines.derive.parts import file_name
from pipelines.schema import Schema

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
ROWS_KEY = "x-rows"
LOGICAL_HASH_KEY = "x-logical-hash"
PARTS_KEY = "x-parts"
LISTED_SOURCES = 10_000


@dataclass(frozen=True)
class StoredFile:
    """One file on disk: its path from the root, SHA-256 and size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class TableFiles:
    """What is on disk for one table: rows, logical hash, its files in order (one each, or parts), SHA-256 and size of the CSV as one file."""

    rows: int
    logical_hash: str
    csv: Sequence[StoredFile]
    parquet: Sequence[StoredFile]
    csv_as_one: tuple[str, int]

    @property
    def by_ending(self) -> Iterator[tuple[str, StoredFile]]:
        """Every file with its ending: those of the CSV, then those of the Parquet."""
        yield from (("csv", file) for file in self.csv)
        yield from (("parquet", file) for file in self.parquet)


def datapackage(
    schemas: Mapping[str, Schema], files: Mapping[str, TableFiles], metadata: Metadata, articles: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The content of ``datapackage.json`` (Data Package v2): resources X (CSV) and X-parquet for every table X; ``articles`` are the rows of that table."""
    told = {"version": metadata.version, "homepage": metadata.homepage, "keywords": list(metadata.keywords)}
    # The day of the release, not of the build: the same rows give the same bytes.
    told |= {"created": f"{metadata.released_on}T00:00:00Z" if metadata.released_on else None}
    return {
        "$schema": PROFILE,
        **{"name": metadata.name, "title": metadata.title, "description": metadata.description},
        **{key: value for key, value in told.items() if value},
        "licenses": [published_licence(licence) for licence in metadata.licences],
        "contributors": [published_contributor(c) for c in metadata.contributors],
        "sources": sources(articles),
        "resources": resources(schemas, files),
    }


def resources(schemas: Mapping[str, Schema], files: Mapping[str, TableFiles]) -> list[dict[str, Any]]:
    """The resources of the descriptor: every table as CSV, then every table as Parquet."""
    in_parts = {table for table, found in files.items() if len(found.parquet) > 1}
    return [_csv(schemas[table], files[table]) for table in schemas] + [
        _parquet(schemas[table], files[table], in_parts) for table in schemas
    ]


def _csv(schema: Schema, files: TableFiles) -> dict[str, Any]:
    sha256, size = files.csv_as_one
    return _resource(schema, schema.name, files, files.csv) | {
        "hash": f"sha256:{sha256}",
        "bytes": size,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": copy.deepcopy(dict(schema.descriptor)),
    }


def _parquet(schema: Schema, files: TableFiles, in_parts: Collection[str]) -> dict[str, Any]:
    # No bytes: a stock reader of Parquet counts none and calls any number wrong. 'nan' is how it sees a null integer.
    table_schema = copy.deepcopy(dict(schema.descriptor)) | {"missingValues": ["", "nan"]}
    for key in table_schema.get("foreignKeys", ()):
        target = key["reference"]["resource"] or schema.name
        # Of Parquet in parts it reads the first alone: keys that point there point at the CSV, which it reads to the end.
        if target in in_parts:
            key["reference"]["resource"] = target
        elif key["reference"]["resource"]:
            key["reference"]["resource"] += "-parquet"
    # Parts have a hash each; together they are no file that anybody could have.
    whole = {} if len(files.parquet) > 1 else {"hash": f"sha256:{files.parquet[0].sha256}"}
    return (
        _resource(schema, f"{schema.name}-parquet", files, files.parquet)
        | whole
        | {
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "schema": table_schema,
        }
    )


def _resource(schema: Schema, name: str, files: TableFiles, stored: Sequence[StoredFile]) -> dict[str, Any]:
    parts = [{"path": file.path, "hash": f"sha256:{file.sha256}", "bytes": file.size} for file in stored]
    return {
        "name": name,
        "type": "table",
        "title": schema.title,
        "description": schema.description,
        "path": stored[0].path if len(stored) == 1 else [file.path for file in stored],
        **({PARTS_KEY: parts} if len(stored) > 1 else {}),
        ROWS_KEY: files.rows,
        LOGICAL_HASH_KEY: files.logical_hash,
    }


def sources(articles: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What is known of each article, in order of identifier; an unknown title or address is left out, never made up, and so is an article that was withdrawn.

    Of more than ``LISTED_SOURCES`` articles only their table is named: a descriptor is read whole by whoever opens the package.
    """
    named = {
        "title": "title",
        "path": "url",
        "x-article-id": "article_id",
        "x-publisher": "publisher",
        "x-published-on": "published_on",
        "x-licence": "licence",
    }
    rows = 0

    def all_standing() -> Iterator[Mapping[str, Any]]:
        nonlocal rows
        for article in articles:
            rows += 1
            if article.get("withdrawn") is None:
                yield article

    standing = all_standing()
    ordered = sorted(islice(standing, LISTED_SOURCES), key=lambda article: str(article["article_id"]))
    if more := sum(1 for _ in standing):
        title = f"{len(ordered) + more:,} articles, a row each in the table articles"
        return [{"title": title, "path": f"data/tables/{file_name('articles', rows, 'csv')}"}]
    return [{key: str(article[column]) for key, column in named.items() if article[column]} for article in ordered]
