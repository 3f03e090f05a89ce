"""Type and format of a field to SQL: how a cell's text is read, and which text is no value of the type.

A cell becomes ``(value, fault)``: the typed value, null where there is none, and a condition that is true for text that is no value.
Lexical forms are those of Table Schema 2. Where stock frictionless takes more (``2020-1-5`` for a date, ``1_000`` for an integer) such
text is a fault here, because no other reader of the file takes it; ``tests/tableschema/`` lists every difference.
"""

from dataclasses import dataclass

from pipelines.derive.sql import literal
from pipelines.tableschema.declared import Column, Refused

_INTEGER = "[+-]?[0-9]+"
_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|NaN|-?INF"
_ZONE = "(Z|[+-][0-9]{2}:?[0-9]{2})?"
_TIME = rf"[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]+)?{_ZONE}"
_DURATION = r"-?P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
_FORMATS = {
    "email": r"[^@\s,;<>]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.[A-Za-z]{2,}",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*",
    "uuid": "[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    "binary": "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
}
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
_FAMILIES = {
    "integer": (*_INTEGERS, "DECIMAL", "DOUBLE", "FLOAT"),
    "number": (*_INTEGERS, "DECIMAL", "DOUBLE", "FLOAT"),
    "year": _INTEGERS,
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
    "datetime": ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"),
    "time": ("TIME",),
}
_GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection", "Feature")


@dataclass(frozen=True)
class Cell:
    """How a column is read: its typed ``value``, and ``fault``, true for text that is no value of the type; both of a given text."""

    value: str
    fault: str


def present(column: Column, raw: str) -> str:
    """The SQL of the raw text of a cell, null where it is one of the column's missing values."""
    return f"CASE WHEN {raw} IN ({', '.join(map(literal, column.missing))}) THEN NULL ELSE {raw} END" if column.missing else raw


def read_text(column: Column, text: str) -> Cell:
    """How cells of text are read (those of CSV, or of a Parquet column of strings); ``text`` is the SQL of the cell."""
    value, fits = _reading(column, text)
    return Cell(value, f"({text} IS NOT NULL AND NOT coalesce({fits}, false))" if fits else "false")


def read_typed(column: Column, raw: str, kind: str) -> Cell:
    """How cells of a Parquet column of DuckDB's type ``kind`` are read; all of them are faults where the type cannot hold such values."""
    family = kind.split("(")[0]
    if family not in _FAMILIES.get(column.type, ()) and column.type != "any":
        return Cell("NULL", f"({raw} IS NOT NULL)")
    if family in ("DOUBLE", "FLOAT") and "nan" in column.missing:
        return Cell(f"CASE WHEN isnan({raw}) THEN NULL ELSE {raw} END", "false")
    if column.type == "integer" and family not in _INTEGERS:
        return Cell(raw, f"({raw} IS NOT NULL AND {raw} <> floor({raw}))")
    return Cell(raw, "false")


def _reading(column: Column, text: str) -> tuple[str, str | None]:
    """The SQL of the typed value and of the condition that the text is one; no condition where every text is."""
    kind, form = column.type, column.format
    if kind in ("integer", "number"):
        return _numeric(column, text)
    if kind == "string":
        return text, _full(text, _FORMATS[form]) if form in _FORMATS else None
    if kind == "boolean":
        return _boolean(column, text)
    if kind in ("date", "datetime", "time"):
        return _temporal(kind, form, text)
    if kind == "year":
        return f"TRY_CAST({text} AS BIGINT)", _full(text, "-?[0-9]{4}")
    if kind == "yearmonth":
        return text, _full(text, "-?[0-9]{4}-(0[1-9]|1[0-2])")
    if kind == "duration":
        return text, f"{_full(text, _DURATION)} AND NOT regexp_matches({text}, '(P|T)$')"
    if kind in ("object", "array", "geopoint", "geojson"):
        return _structured(kind, form, text)
    if kind == "list":
        return text, _items(column, text)
    return text, None


def _numeric(column: Column, text: str) -> tuple[str, str]:
    clean = f"trim({text})"
    if column.options.get("bareNumber", True) is False:
        # Table Schema: leading and trailing characters that are no digits do not count ("95%", "€ 95").
        clean = rf"regexp_replace(regexp_replace({clean}, '^[^-+0-9]*', ''), '[^0-9]*$', '')"
    if group := column.options.get("groupChar"):
        clean = f"replace({clean}, {literal(str(group))}, '')"
    if column.type == "integer":
        # Wider than any integer that a file format of ours holds; longer digits are refused, not rounded.
        value = f"TRY_CAST(CASE WHEN {_full(clean, _INTEGER)} THEN {clean} END AS HUGEINT)"
        return value, f"{value} IS NOT NULL"
    if (point := str(column.options.get("decimalChar", "."))) != ".":
        clean = f"CASE WHEN contains({clean}, '.') THEN NULL ELSE replace({clean}, {literal(point)}, '.') END"
    return f"TRY_CAST(replace({clean}, 'INF', 'Infinity') AS DOUBLE)", _full(clean, _NUMBER)


def _boolean(column: Column, text: str) -> tuple[str, str]:
    yes = [str(word) for word in column.options.get("trueValues", ("true", "True", "TRUE", "1"))]
    no = [str(word) for word in column.options.get("falseValues", ("false", "False", "FALSE", "0"))]
    true, false = (f"{text} IN ({', '.join(map(literal, words))})" if words else "false" for words in (yes, no))
    return f"CASE WHEN {true} THEN true WHEN {false} THEN false END", f"{true} OR {false}"


def _temporal(kind: str, form: str, text: str) -> tuple[str, str]:
    target = {"date": "DATE", "datetime": "TIMESTAMP", "time": "TIME"}[kind]
    if form == "any":
        value = f"TRY_CAST({text} AS {target})"
        return value, f"{value} IS NOT NULL"
    if form != "default":
        value = f"CAST(try_strptime({text}, {literal(form)}) AS {target})"
        return value, f"{value} IS NOT NULL"
    if kind == "date":
        value = f"TRY_CAST({text} AS DATE)"
        return value, f"{value} >= DATE '0001-01-01' AND {_full(text, '[0-9]{4}-[0-9]{2}-[0-9]{2}')}"
    if kind == "datetime":
        value = f"TRY_CAST({text} AS TIMESTAMP)"
        return value, f"{value} IS NOT NULL AND {_full(text, f'[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_TIME}')}"
    value = f"TRY_CAST(regexp_replace({text}, {literal(_ZONE + '$')}, '') AS TIME)"
    return value, f"{value} IS NOT NULL AND {_full(text, _TIME)}"


def _structured(kind: str, form: str, text: str) -> tuple[str, str]:
    if kind == "geopoint" and form == "default":
        degrees = r"\s*[+-]?[0-9]+(\.[0-9]*)?\s*"
        longitude, latitude = (f"TRY_CAST(trim(split_part({text}, ',', {n})) AS DOUBLE)" for n in (1, 2))
        return text, f"{_full(text, f'{degrees},{degrees}')} AND abs({longitude}) <= 180 AND abs({latitude}) <= 90"
    wanted = {"array": "ARRAY", "object": "OBJECT", "geojson": "OBJECT"}.get(kind, "ARRAY" if form == "array" else "OBJECT")
    condition = f"json_valid({text}) AND json_type(TRY_CAST({text} AS JSON)) = {literal(wanted)}"
    if kind == "geojson" and form == "default":
        kinds = ", ".join(map(literal, (*_GEOMETRIES, "FeatureCollection")))
        condition += f" AND json_extract_string(TRY_CAST({text} AS JSON), '$.type') IN ({kinds})"
    return text, condition


def _items(column: Column, text: str) -> str | None:
    inner = column.options.get("itemType", "string")
    if inner == "string":
        return None
    if inner not in ("integer", "number", "boolean", "date", "datetime", "time"):
        raise Refused(
            f"field {column.name!r} has the itemType {inner!r} (expected string, integer, number, boolean, date, datetime or time)"
        )
    _, condition = _reading(Column(column.name, inner), "item")
    delimiter = literal(str(column.options.get("delimiter", ",")))
    return f"len(list_filter(string_split({text}, {delimiter}), lambda item: NOT coalesce({condition}, false))) = 0"


def _full(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(pattern)})"
