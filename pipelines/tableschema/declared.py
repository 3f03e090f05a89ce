"""What a descriptor declares of a tabular resource, read leniently: what cannot be understood is an error of the resource."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.schema import RowCheck

# The version 2 types; each is read in ``cells.py``.
TYPES = (
    *("string", "integer", "number", "boolean", "date", "datetime", "time", "year", "yearmonth", "duration"),
    *("object", "array", "list", "geopoint", "geojson", "any"),
)
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
# What stock frictionless lets each type declare, beside unique and required.
CONSTRAINTS = {
    **dict.fromkeys(("integer", "number", "date", "datetime", "time", "year", "yearmonth"), ("enum", *_BOUNDS)),
    **dict.fromkeys(("object", "array"), ("enum", "minLength", "maxLength")),
    **dict.fromkeys(("boolean", "duration", "geopoint", "geojson"), ("enum",)),
    **dict.fromkeys(("string", "any"), ("enum", "pattern", "minLength", "maxLength")),
    "list": ("minLength", "maxLength"),
}
_SHAPES = {"required": bool, "unique": bool, "enum": list, "pattern": str, "minLength": int, "maxLength": int}
ITEM_TYPES = ("string", "integer", "number", "boolean", "date", "datetime", "time")
FORMATS = {
    "string": ("default", "email", "uri", "binary", "uuid"),
    "geopoint": ("default", "array", "object"),
    "geojson": ("default", "topojson"),
}
# Options of a dialect that we read, and for those that we do not, the value at which they change nothing.
_READ = ("delimiter", "quoteChar", "header")
_UNREAD = {
    "doubleQuote": (True,),
    "escapeChar": (None, ""),
    "skipInitialSpace": (False,),
    "commentChar": (None, ""),
    "commentRows": (None, []),
    "headerRows": ([1],),
    "headerJoin": (" ",),
    "nullSequence": (None, ""),
    "lineTerminator": ("\n", "\r\n"),
    "skipBlankRows": (False,),
}


class Refused(Exception):
    """Part of a descriptor, or a file, that cannot be judged; the text says where and why, ``type`` is frictionless's name for it."""

    def __init__(self, reason: str, type: str = "source-error") -> None:
        super().__init__(reason)
        self.type = type


@dataclass(frozen=True)
class Column:
    """One field of a Table Schema; ``options`` holds what else it declares (``decimalChar``, ``trueValues`` …)."""

    name: str
    type: str = "any"
    format: str = "default"
    constraints: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """A foreign key: columns whose values stand in ``targets`` of ``resource`` (empty: the resource itself)."""

    columns: tuple[str, ...]
    resource: str
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Resource:
    """One tabular resource with its files, its form and its Table Schema."""

    name: str
    paths: tuple[Path, ...]
    format: str
    encoding: str
    delimiter: str
    quote: str
    header: bool
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[Reference, ...] = ()
    row_checks: tuple[RowCheck, ...] = ()
    minimum_rows: int = 0


def read_resources(descriptor: Path) -> tuple[list[Resource], list[tuple[str, str]]]:
    """The tabular resources of a ``datapackage.json``, and (resource, reason) for each that cannot be judged."""
    try:
        content = json.loads(descriptor.read_text(encoding="utf-8"))
        listed = list(content["resources"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        return [], [(descriptor.name, f"cannot be read: {type(error).__name__}: {error}")]
    resources: list[Resource] = []
    refused = []
    for n, raw in enumerate(listed, start=1):
        name = str(raw.get("name", f"resource {n}")) if isinstance(raw, dict) else f"resource {n}"
        try:
            if any(resource.name == name for resource in resources):
                raise Refused("a resource of this name is declared twice")
            resources.append(read_resource(raw, descriptor.parent))
        except Refused as error:
            refused.append((name, str(error)))
        except (TypeError, AttributeError, KeyError, ValueError) as error:
            refused.append((name, f"is not declared as a tabular resource: {type(error).__name__}: {error}"))
    return resources, refused


def read_resource(raw: Mapping[str, Any], root: Path) -> Resource:
    """The resource as declared; Refused where its path leaves the package or its schema cannot be judged."""
    # A lone surrogate is no text that a table could hold; it raises here rather than in the midst of a query.
    json.dumps(raw, ensure_ascii=False).encode()
    schema = _mapping(raw, "schema")
    paths = tuple(_inside(root, path) for path in _listed(raw["path"]))
    if not paths:
        raise Refused("it has no path (expected one)")
    form = str(raw.get("format") or paths[0].suffix.removeprefix(".")).lower()
    if form not in ("csv", "tsv", "parquet"):
        raise Refused(f"format {form!r} is not read (expected csv, tsv or parquet)")
    if form == "tsv" and len(paths) > 1:
        raise Refused("a table of several TSV files is not read (expected CSV, whose later headers are left out, or one file)")
    delimiter, quote, header = _dialect(_mapping(raw, "dialect") if raw.get("dialect") else {}, form)
    columns = tuple(_column(item, schema) for item in schema["fields"])
    names, checks = [column.name for column in columns], schema.get("rowChecks", ())
    _names_apart(names, bool(checks))
    return Resource(
        str(raw["name"]),
        paths,
        form,
        str(raw.get("encoding") or "utf-8").lower().replace("_", "-"),
        delimiter,
        quote,
        header,
        columns,
        _known(_listed(schema.get("primaryKey")), names),
        tuple(_known(_listed(key), names) for key in schema.get("uniqueKeys", ())),
        tuple(_reference(key, names) for key in schema.get("foreignKeys", ())),
        tuple(RowCheck(str(check["sql"]), str(check["message"])) for check in checks),
        int(schema.get("x-minimum-rows", 0)),
    )


def _mapping(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    if not isinstance(raw[key], dict):
        raise Refused(f"its {key} is {type(raw[key]).__name__} (expected an object; one that stands in another file is not read)")
    return dict(raw[key])


def _dialect(dialect: Mapping[str, Any], form: str) -> tuple[str, str, bool]:
    """Delimiter, quote and whether there is a header; Refused where the dialect asks for what we do not read."""
    for key, value in dialect.items():
        if key in _UNREAD and value not in _UNREAD[key]:
            raise Refused(f"the dialect's {key} is {value!r}, which is not read")
    delimiter = str(dialect.get("delimiter") or ("\t" if form == "tsv" else ","))
    quote = str(dialect.get("quoteChar") or '"')
    if len(delimiter) != 1 or len(quote) != 1 or delimiter == quote or {delimiter, quote} & {"\r", "\n", "\0"}:
        raise Refused(f"the dialect has the delimiter {delimiter!r} and the quote {quote!r} (expected one character each, no line end)")
    return delimiter, quote, bool(dialect.get("header", True))


def _names_apart(names: Sequence[str], checked: bool) -> None:
    """Nothing; Refused where fields could not be told apart, by their names or, in the SQL of rowChecks, by case alone."""
    if len(set(names)) < len(names):
        raise Refused("two fields bear one name")
    if checked and not all(names):
        raise Refused("it has rowChecks, and a field without a name")
    if checked and len({name.lower() for name in names}) < len(names):
        raise Refused("it has rowChecks, and fields that differ only in case, which SQL does not tell apart")
    if checked and (taken := [name for name in names if re.fullmatch(r"__([rtvf]\d+|row|cells|extra|blank)", name.lower())]):
        raise Refused(f"it has rowChecks, and the field {taken[0]!r}, which is a name of ours")


def _column(raw: Mapping[str, Any], schema: Mapping[str, Any]) -> Column:
    kind, constraints = raw.get("type", "any"), dict(raw.get("constraints", {}))
    if kind not in TYPES:
        raise Refused(f"field {raw['name']!r} has the type {kind!r} (expected one of {', '.join(TYPES)})")
    for constraint in constraints:
        if constraint not in (*CONSTRAINTS[kind], "required", "unique"):
            raise Refused(f"field {raw['name']!r} has the constraint {constraint!r}, which is not judged for the type {kind}")
        if not isinstance(constraints[constraint], _SHAPES.get(constraint, object)):
            raise Refused(f"field {raw['name']!r}: its {constraint} is {constraints[constraint]!r}")
    form = str(raw.get("format", "default")).removeprefix("fmt:")
    if form not in FORMATS.get(kind, (form,)):
        raise Refused(f"field {raw['name']!r} has the format {form!r} (expected one of {', '.join(FORMATS[kind])})")
    if kind == "list" and raw.get("itemType", "string") not in ITEM_TYPES:
        raise Refused(f"field {raw['name']!r} has the itemType {raw['itemType']!r} (expected one of {', '.join(ITEM_TYPES)})")
    if raw.get("arrayItem"):
        raise Refused(f"field {raw['name']!r} declares its arrayItem, which is not judged")
    missing = raw.get("missingValues", schema.get("missingValues", [""]))
    # Version 2 also allows {"value": ..., "label": ...}.
    words = tuple(str(item["value"]) if isinstance(item, dict) else str(item) for item in missing)
    options = {key: value for key, value in raw.items() if key not in ("name", "type", "format", "constraints", "missingValues")}
    categories = raw.get("categories")
    if categories and "enum" not in constraints:
        constraints["enum"] = [item["value"] if isinstance(item, dict) else item for item in categories]
    return Column(str(raw["name"]), kind, form, constraints, words, options)


def _reference(raw: Mapping[str, Any], names: Sequence[str]) -> Reference:
    target = raw["reference"]
    columns, targets = _known(_listed(raw["fields"]), names), tuple(_listed(target["fields"]))
    if not columns or len(columns) != len(targets):
        raise Refused("a foreign key has unequal numbers of columns on its two sides")
    return Reference(columns, str(target.get("resource") or ""), targets)


def _known(columns: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    for column in columns:
        if column not in names:
            raise Refused(f"a key names the column {column!r}, which is no field")
    return tuple(columns)


def _listed(value: object) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]


def _inside(root: Path, path: str) -> Path:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or not pure.parts or "://" in path or "\0" in path:
        raise Refused(f"the path {path!r} leaves the package (expected a relative path below it)")
    found = root / pure
    if not found.resolve().is_relative_to(root.resolve()):
        raise Refused(f"the path {path!r} is a link that leaves the package")
    return found
