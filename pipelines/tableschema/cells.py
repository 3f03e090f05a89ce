"""Type and format of a field to SQL: how a cell's text is read, and which text is no value of the type.

A cell becomes ``(value, fault)``: the typed value, null where there is none, and a condition that is true for text that is no value.
Lexical forms are those of Table Schema 2. Where stock frictionless takes more (``2020-1-5`` for a date, ``1_000`` for an integer) such
text is a fault here, because no other reader of the file takes it; ``tests/tableschema/`` lists every difference.
"""

from dataclasses import dataclass

from pipelines.derive.sql import literal
from pipelines.tableschema.declared import Column

_INTEGER = r"\s*[+-]?[0-9]+\s*"
_DECIMAL = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_NUMBER = rf"\s*({_DECIMAL}|NaN|-?INF)\s*"
_ZONE = "(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
_TIME = rf"[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]+)?{_ZONE}"
_DURATION = r"[+-]?P([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
_ATOM = r"[0-9A-Za-z!#$%&'*+/=?^_`{}|~\x{A0}-\x{24F}-]+"
_LABEL = r"[\pL\pN]([\pL\pN-]{0,61}[\pL\pN])?"
_FORMATS = {
    "email": rf"{_ATOM}(\.{_ATOM})*@({_LABEL}\.)+\pL{{2,63}}",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*",
    "uuid": "[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    "binary": "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
}
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
_TIMESTAMPS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")
_FAMILIES = {
    "integer": (*_INTEGERS, "DECIMAL", "DOUBLE", "FLOAT"),
    "number": (*_INTEGERS, "DECIMAL", "DOUBLE", "FLOAT"),
    "year": _INTEGERS,
    "boolean": ("BOOLEAN",),
    "date": ("DATE", *_TIMESTAMPS),
    "datetime": _TIMESTAMPS,
    "time": ("TIME", "TIME_NS", "TIME WITH TIME ZONE"),
}
_GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")


@dataclass(frozen=True)
class Cell:
    """How a column is read: its typed ``value``, and ``fault``, true for text that is no value of the type; both of a given text.

    The value of a fault is anything. ``floating`` values may be NaN, which DuckDB holds for greater than all else.
    """

    value: str
    fault: str
    floating: bool = False


def present(column: Column, raw: str) -> str:
    """The SQL of the raw text of a cell, null where it is one of the column's missing values."""
    if len(column.missing) == 1:
        return f"nullif({raw}, {literal(column.missing[0])})"
    return f"CASE WHEN {raw} IN ({', '.join(map(literal, column.missing))}) THEN NULL ELSE {raw} END" if column.missing else raw


def present_typed(column: Column, raw: str, kind: str) -> str:
    """The same of a typed cell: NaN is no number but nothing, as pandas and so stock tools have it; an empty text is none of these."""
    words = [word for word in column.missing if word not in ("", "nan")]
    nothing = [f"CAST({raw} AS VARCHAR) IN ({', '.join(map(literal, words))})"] if words else []
    nothing += [f"isnan({raw})"] if kind in ("DOUBLE", "FLOAT") else []
    return f"CASE WHEN {' OR '.join(nothing)} THEN NULL ELSE {raw} END" if nothing else raw


def read_text(column: Column, text: str) -> Cell:
    """How cells of text are read (those of CSV, or of a Parquet column of strings); ``text`` is the SQL of the cell."""
    value, fits = _reading(column, text)
    return Cell(value, f"({text} IS NOT NULL AND NOT coalesce({fits}, false))" if fits else "false", column.type == "number")


def read_typed(column: Column, raw: str, kind: str) -> Cell:
    """How cells of a Parquet column of DuckDB's type ``kind`` are read; all of them are faults where the type cannot hold such values."""
    family = kind.split("(")[0]
    if column.type == "any":
        return Cell(raw, "false")
    if family not in _FAMILIES.get(column.type, ()):
        return Cell("NULL", f"({raw} IS NOT NULL)")
    floating = family in ("DOUBLE", "FLOAT")
    if column.type == "integer" and family not in _INTEGERS:
        return Cell(raw, f"({raw} IS NOT NULL AND ({f'NOT isfinite({raw}) OR ' if floating else ''}{raw} <> floor({raw})))", floating)
    if column.type == "year":
        return Cell(raw, f"({raw} IS NOT NULL AND {raw} NOT BETWEEN 0 AND 9999)")
    if column.type == "date" and family != "DATE":
        return Cell(f"CAST({raw} AS DATE)", f"({raw} IS NOT NULL AND {raw} <> date_trunc('day', {raw}))")
    return Cell(f"CAST({raw} AS TIMETZ)" if column.type == "time" else raw, "false", floating)


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
        return f"TRY_CAST({text} AS BIGINT)", _full(text, "[0-9]{4}")
    if kind == "yearmonth":
        return text, _full(text, "[0-9]{4}-(0[1-9]|1[0-2])")
    if kind == "duration":
        return text, f"{_full(text, _DURATION)} AND NOT regexp_matches({text}, '(P|T)$')"
    if kind in ("object", "array", "geopoint", "geojson"):
        return _structured(kind, form, text)
    if kind == "list":
        return text, _items(column, text)
    return text, None


def _numeric(column: Column, text: str) -> tuple[str, str]:
    clean = text
    if column.options.get("bareNumber", True) is False:
        # Table Schema: leading and trailing characters that are no digits do not count ("95%", "€ 95").
        clean = rf"regexp_replace(regexp_replace(trim({clean}), '^[^-0-9]*', ''), '[^0-9]*$', '')"
    if column.type == "integer":
        # Wider than any integer that a file format of ours holds; longer digits are refused, not rounded.
        value = f"TRY_CAST({clean} AS HUGEINT)"
        return value, f"{_full(clean, _INTEGER)} AND {value} IS NOT NULL"
    if group := column.options.get("groupChar"):
        clean = f"replace({clean}, {literal(str(group))}, '')"
    if (point := str(column.options.get("decimalChar", "."))) != ".":
        clean = f"CASE WHEN contains({clean}, '.') THEN NULL ELSE replace({clean}, {literal(point)}, '.') END"
    return f"TRY_CAST({clean} AS DOUBLE)", _full(clean, _NUMBER)


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
        # A day that is written as DuckDB writes it needs no expression; the bounds keep out infinity and the years before 1.
        value = f"TRY_CAST({text} AS DATE)"
        return value, f"{value} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' AND CAST({value} AS VARCHAR) = {text}"
    if kind == "datetime":
        value = f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP)"
        return value, f"{value} >= DATE '0001-01-01' AND {_full(text, f'[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_TIME}')}"
    value = f"TRY_CAST(replace({text}, 'Z', '+00') AS TIMETZ)"
    return value, f"{value} IS NOT NULL AND {_full(text, _TIME)}"


def _structured(kind: str, form: str, text: str) -> tuple[str, str]:
    if kind == "geopoint" and form == "default":
        pair = [f"split_part({text}, ',', {n})" for n in (1, 2)]
        form = rf"\s*{_DECIMAL}\s*,\s*{_DECIMAL}\s*"
        return text, f"{_full(text, form)} AND {_on_earth(*pair)}"
    wanted = "ARRAY" if kind == "array" or form == "array" else "OBJECT"
    parsed = f"TRY_CAST({text} AS JSON)"
    # DuckDB takes a comma before a closing bracket, NaN and infinity, which are no JSON; strings are taken out first.
    bare = rf"""regexp_replace({text}, '"(\\.|[^"\\])*"', '""', 'g')"""
    fits = rf"json_valid({text}) AND json_type({parsed}) = {literal(wanted)} AND NOT regexp_matches({bare}, ',\s*[\]}}]|(?i)nan|inf')"
    if kind == "geopoint":
        keys = ("$[0]", "$[1]") if form == "array" else ("$.lon", "$.lat")
        size = f"json_array_length({parsed})" if form == "array" else f"len(json_keys({parsed}))"
        pair = [f"json_extract_string({parsed}, {literal(key)})" for key in keys]
        return text, f"{fits} AND {size} = 2 AND {_on_earth(*pair)}"
    if kind == "geojson":
        kinds = ("Topology",) if form == "topojson" else ("Feature", "FeatureCollection")
        fits += f" AND json_extract_string({parsed}, '$.type') IN ({', '.join(map(literal, (*_GEOMETRIES, *kinds)))})"
    # Blanks between the tokens do not make another value.
    return f"CAST(json({parsed}) AS VARCHAR)", fits


def _on_earth(longitude: str, latitude: str) -> str:
    return f"abs(TRY_CAST({longitude} AS DOUBLE)) <= 180 AND abs(TRY_CAST({latitude} AS DOUBLE)) <= 90"


def _items(column: Column, text: str) -> str | None:
    inner = column.options.get("itemType", "string")
    if inner == "string":
        return None
    _, condition = _reading(Column(column.name, inner), "item")
    delimiter = literal(str(column.options.get("delimiter", ",")))
    return f"len(list_filter(string_split({text}, {delimiter}), lambda item: NOT coalesce({condition}, false))) = 0"


def _full(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(pattern)})"
