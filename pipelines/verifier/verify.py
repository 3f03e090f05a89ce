"""Checks a downloaded factpack package offline. Needs Python 3.9 or newer and ``pip install duckdb``, nothing else.

    python verify.py [PACKAGE_DIR or datapackage.json] [--texts DIR]

Without a place it takes the datapackage.json in its own folder or the nearest one above. Exit code 0: all holds; 1: faults, each
on one line with table, row (from 1, without the header), column and rule; 2: wrong use, or duckdb is missing or fails.
The rules are those of the descriptor; its SQL runs in memory, without access to files or network.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Any

try:
    import duckdb
except ImportError:
    print("verify: the Python package duckdb is missing (expected: pip install duckdb)", file=sys.stderr)
    raise SystemExit(2) from None

TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DECIMAL(18,4)", "date": "DATE", "boolean": "BOOLEAN"}
CONTEXT = 32
LISTED = 1000
GONE = "('stale', 'retracted')"
CHECKSUMS = "checksums.txt"

# What contradicts what: derived from casualty_estimates, here to be derived again.
DISCREPANCIES = """
WITH estimates AS (
  SELECT *, coalesce(count_low, count_best) AS least, coalesce(count_high, count_best) AS most
  FROM casualty_estimates
  WHERE stance = 'asserted' AND victims_id IS NOT NULL AND conflict_id IS NOT NULL AND count_stated IS NOT NULL
)
SELECT smaller.fact_id AS smaller_fact_id, larger.fact_id AS larger_fact_id, smaller.outcome, smaller.victims_id, smaller.conflict_id,
  smaller.count_stated AS smaller_stated, larger.count_stated AS larger_stated,
  larger.count_stated - smaller.count_stated AS difference,
  CAST(round(larger.count_stated / smaller.count_stated, 2) AS DECIMAL(18,4)) AS ratio,
  smaller.completeness AS smaller_completeness, larger.completeness AS larger_completeness
FROM estimates AS smaller JOIN estimates AS larger
  ON smaller.outcome = larger.outcome AND smaller.victims_id = larger.victims_id AND smaller.conflict_id = larger.conflict_id
WHERE smaller.most < larger.least
  AND (smaller.scope = larger.scope OR 'unknown' IN (smaller.scope, larger.scope))
  AND coalesce(smaller.period_earliest <= larger.period_latest, true) AND coalesce(larger.period_earliest <= smaller.period_latest, true)
  AND CASE WHEN smaller.claimant_id IS NOT NULL AND larger.claimant_id IS NOT NULL THEN smaller.claimant_id <> larger.claimant_id
      ELSE smaller.claimant_text IS DISTINCT FROM larger.claimant_text END
  AND smaller.part_of_fact_id IS DISTINCT FROM larger.fact_id AND larger.part_of_fact_id IS DISTINCT FROM smaller.fact_id
ORDER BY smaller_fact_id, larger_fact_id
"""

# Words that state a number or a part of one: beside them digits need not be the count.
SPELLED = (
    "half|hundreds?|thousands?|millions?|billions?|dozens?|score|k|m|bn|mn|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    "|twelve|(thir|four|fif|six|seven|eigh|nine)teen|(twen|thir|for|fif|six|seven|eigh|nine)ty|both|pair|couple|another|and"
)


# --- what is declared -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column as its Table Schema declares it."""

    name: str
    type: str
    constraints: Mapping[str, Any]
    evidence: str | None
    unstated: str | None


@dataclass(frozen=True)
class Table:
    """One table as its Table Schema declares it; a reference is (own columns, other table, its columns)."""

    name: str
    kind: str
    minimum_rows: int
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]
    row_checks: tuple[Mapping[str, str], ...]
    cross_checks: tuple[Mapping[str, str], ...]

    def has(self, column: str) -> bool:
        """Whether the table has a column of this name."""
        return any(c.name == column for c in self.columns)


@dataclass(frozen=True)
class Check:
    """One rule of one table: ``fault`` is SQL over the row ``t``, true for a row that breaks it; ``value`` shows what was found."""

    kind: str
    table: str
    column: str | None
    rule: str
    message: str
    fault: str
    value: str = "NULL"


def declared(name: str, raw: Mapping[str, Any]) -> Table:
    """The table that a Table Schema declares; ValueError, TypeError, KeyError or AttributeError where it cannot be one."""
    columns = tuple(
        Column(_name(f["name"]), _known(f["type"]), dict(f.get("constraints", {})), f.get("x-evidence"), f.get("x-unstated"))
        for f in raw["fields"]
    )
    names = [c.name for c in columns]
    references = tuple(
        (tuple(k["fields"]), k["reference"]["resource"] or name, tuple(k["reference"]["fields"])) for k in raw.get("foreignKeys", ())
    )
    cross = tuple({"sql": c["sql"] + "", "message": c["message"] + "", "column": c["column"] + ""} for c in raw.get("crossChecks", ()))
    rows = tuple({"sql": c["sql"] + "", "message": c["message"] + ""} for c in raw.get("rowChecks", ()))
    table = Table(
        _name(name),
        raw.get("x-kind", "") + "",
        int(raw.get("x-minimum-rows", 0)),
        columns,
        tuple(raw["primaryKey"]),
        references,
        rows,
        cross,
    )
    used = [*table.key, *(c for own, _, _ in references for c in own), *(c["column"] for c in cross)]
    if len(set(names)) != len(names) or not table.key or any(column not in names for column in used):
        raise ValueError(f"columns {used} of {names}")
    if any(len(own) != len(theirs) or not own for own, _, theirs in references):
        raise ValueError("a reference has unequal sides")
    return table


def _name(raw: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", raw):
        raise ValueError(f"{raw!r} is no name")
    return raw


def _known(kind: str) -> str:
    if kind not in TYPES:
        raise ValueError(f"type {kind!r}")
    return kind


# --- rules as SQL: the build writes the same into verify.sql ----------------------------------------------------------


def relational(tables: Mapping[str, Table]) -> Iterator[Check]:
    """Every rule that SQL can judge from the tables alone."""
    for table in tables.values():
        yield from _constraints(table)
        yield from _keys(table)
        yield from _rules(table)
    if "ledger" in tables:
        yield from _ledger(tables)
    if "evidence" in tables and "articles" in tables:
        yield from _evidence(tables)
        for table in _facts(tables, "fact", "link"):
            yield from _coverage(table)
    if "discrepancies" in tables and "casualty_estimates" in tables:
        yield from _derived(tables["discrepancies"])


def quoted(name: str) -> str:
    """The name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object, kind: str = "string") -> str:
    """The value as an SQL literal of a Table Schema type; ValueError where it is none."""
    if kind == "date":
        return f"DATE '{date.fromisoformat(str(value)).isoformat()}'"
    if kind in ("integer", "number"):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise ValueError(f"{value!r} is no number") from None
        if not number.is_finite():
            raise ValueError(f"{value!r} is no number")
        return format(number, "f")
    return "'" + str(value).replace("'", "''") + "'"


def _facts(tables: Mapping[str, Table], *kinds: str) -> list[Table]:
    return [table for table in tables.values() if table.kind in kinds and table.has("fact_id")]


def _constraints(table: Table) -> Iterator[Check]:
    for c in table.columns:
        column, rules, found = f"t.{quoted(c.name)}", c.constraints, []
        if rules.get("required") or c.name in table.key:
            found.append(("required", "must be given", f"{column} IS NULL"))
        if rules.get("enum"):
            found.append(("enum", f"is one of {', '.join(rules['enum'])}", f"{column} NOT IN ({', '.join(map(literal, rules['enum']))})"))
        if rules.get("pattern") is not None:
            found.append(("pattern", f"has the form {rules['pattern']}", f"NOT regexp_full_match({column}, {literal(rules['pattern'])})"))
        for rule, words, sign in (("minimum", "is at least", "<"), ("maximum", "is at most", ">")):
            if rules.get(rule) is not None:
                found.append((rule, f"{words} {rules[rule]}", f"{column} {sign} {literal(rules[rule], c.type)}"))
        for rule, words, fault in found:
            yield Check("constraints", table.name, c.name, rule, f"{c.name} {words}", fault, column)


def _keys(table: Table) -> Iterator[Check]:
    alone = [(c.name,) for c in table.columns if c.constraints.get("unique") and table.key != (c.name,)]
    for key in [table.key, *alone]:
        listing, given = ", ".join(map(quoted, key)), " AND ".join(f"t.{quoted(c)} IS NOT NULL" for c in key)
        twice = f"SELECT {listing} FROM {quoted(table.name)} GROUP BY {listing} HAVING count(*) > 1"
        same = " AND ".join(f"o.{quoted(c)} = t.{quoted(c)}" for c in key)
        rule = "primaryKey" if key == table.key else "unique"
        fault = f"{given} AND EXISTS (SELECT 1 FROM ({twice}) AS o WHERE {same})"
        yield Check("keys", table.name, key[0], rule, f"{', '.join(key)} must not repeat", fault, _shown(key))
    for own, other, theirs in table.references:
        given = " AND ".join(f"t.{quoted(c)} IS NOT NULL" for c in own)
        same = " AND ".join(f"o.{quoted(b)} = t.{quoted(own[n])}" for n, b in enumerate(theirs))
        fault = f"{given} AND NOT EXISTS (SELECT 1 FROM {quoted(other)} AS o WHERE {same})"
        yield Check("keys", table.name, own[0], "foreignKey", f"there is no such {', '.join(theirs)} in {other}", fault, _shown(own))
        if other == table.name and len(own) == 1:
            start, at, of = quoted(theirs[0]), quoted(own[0]), quoted(table.name)
            walk = (
                f"WITH RECURSIVE walk(a, b) AS (SELECT {start}, {at} FROM {of} WHERE {at} IS NOT NULL UNION "
                f"SELECT w.a, o.{at} FROM walk AS w JOIN {of} AS o ON o.{start} = w.b WHERE o.{at} IS NOT NULL) SELECT a FROM walk WHERE a = b"
            )
            message = "rows point at each other in a circle"
            yield Check("keys", table.name, own[0], "circle", message, f"t.{start} IN ({walk})", f"t.{at}")


def _shown(columns: Sequence[str]) -> str:
    return f"concat_ws(', ', {', '.join(f't.{quoted(c)}' for c in columns)})"


def _rules(table: Table) -> Iterator[Check]:
    for n, check in enumerate(table.row_checks, start=1):
        words = set(re.findall(r"[a-z_0-9]+", check["sql"]))
        named = [
            f"{literal(c.name + ' = ')} || coalesce(CAST(t.{quoted(c.name)} AS VARCHAR), 'null')" for c in table.columns if c.name in words
        ]
        value = f"concat_ws(', ', {', '.join(named)})" if named else "NULL"
        yield Check("rules", table.name, None, f"rowCheck {n}", check["message"], f"NOT ({check['sql']})", value)
    for n, check in enumerate(table.cross_checks, start=1):
        column = check["column"]
        yield Check("rules", table.name, column, f"crossCheck {n}", check["message"], f"NOT ({check['sql']})", f"t.{quoted(column)}")


def _ledger(tables: Mapping[str, Table]) -> Iterator[Check]:
    facts = _facts(tables, "fact")
    for table in facts:
        for column, there in (("fact_id", literal(table.name)), ("article_id", "t.article_id"), ("review_status", "t.review_status")):
            theirs = {"fact_id": "table_name", "review_status": "status"}.get(column, column)
            fault = f"NOT EXISTS (SELECT 1 FROM ledger AS l WHERE l.fact_id = t.fact_id AND l.{theirs} IS NOT DISTINCT FROM {there})"
            if column != "fact_id":
                fault = f"EXISTS (SELECT 1 FROM ledger AS l WHERE l.fact_id = t.fact_id) AND {fault}"
            message = f"the ledger does not hold this {column} for the fact"
            yield Check("ledger", table.name, column, "ledger", message, fault, f"t.{column}")
    alive = " AND ".join(
        f"NOT (t.table_name = {literal(f.name)} AND EXISTS (SELECT 1 FROM {quoted(f.name)} AS f WHERE f.fact_id = t.fact_id))"
        for f in facts
    )
    fault = f"t.status NOT IN {GONE} AND {alive or 'true'}"
    yield Check("ledger", "ledger", "fact_id", "ledger", "the fact lives in the ledger but its table has no such row", fault, "t.fact_id")


def _evidence(tables: Mapping[str, Table]) -> Iterator[Check]:
    def check(column: str, rule: str, message: str, fault: str) -> Check:
        return Check("evidence", "evidence", column, rule, message, fault, f"t.{column}")

    parts = "t.fact_id, t.table_name, coalesce(t.ordinal, 0), t.column_name, t.char_start, t.char_end"
    expected = f"'e' || substr(sha256(concat_ws(chr(31), {parts})), 1, 16)"
    limit = "(SELECT min(a.quote_limit) FROM articles AS a WHERE a.article_id = t.article_id)"
    yield check("evidence_id", "evidence_id", "is not the hash of its fact, column and span", f"t.evidence_id <> {expected}")
    yield check("quote_sha256", "hash", "is not the hash of the quote", "sha256(t.quote) <> t.quote_sha256")
    yield check("quote", "quote limit", "the quote is longer than the article allows", f"length(t.quote) > {limit}")
    withheld = f"t.quote IS NULL AND t.char_end - t.char_start <= {limit}"
    yield check("quote", "withheld", "the quote is withheld though the article allows it", withheld)
    supported = _facts(tables, "fact", "link")
    known = ", ".join(literal(table.name) for table in supported) or "''"
    yield check("table_name", "supports", "there is no fact table of this name", f"t.table_name NOT IN ({known})")
    for table in supported:
        mine = f"t.table_name = {literal(table.name)}"
        row = f"SELECT 1 FROM {quoted(table.name)} AS f WHERE {_same('t', 'f', table)}"
        yield check("fact_id", "supports", f"{table.name} has no such row", f"{mine} AND NOT EXISTS ({row})")
        if table.has("article_id"):
            fault = f"{mine} AND EXISTS ({row} AND f.article_id <> t.article_id)"
            yield check("article_id", "supports", "the fact was read from another article", fault)
        columns = ", ".join(literal(c.name) for c in table.columns if c.evidence) or "''"
        message = f"{table.name} has no column of this name that comes from text"
        yield check("column_name", "supports", message, f"{mine} AND t.column_name NOT IN ({columns})")
        # Words over the quote limit are withheld, and so is the value that would repeat them.
        nulls = " OR ".join(f"(t.column_name = {literal(c.name)} AND f.{quoted(c.name)} IS NULL)" for c in table.columns if c.evidence)
        fault = f"{mine} AND t.quote IS NOT NULL AND EXISTS ({row} AND ({nulls or 'false'}))"
        yield check("column_name", "supports", f"the value that it supports is null in {table.name}", fault)


def _same(evidence: str, fact: str, table: Table) -> str:
    """The SQL that joins evidence to the row that it supports."""
    ordinal = f"{evidence}.ordinal = {fact}.ordinal" if table.has("ordinal") else f"{evidence}.ordinal IS NULL"
    return f"{evidence}.fact_id = {fact}.fact_id AND {ordinal}"


def _coverage(table: Table) -> Iterator[Check]:
    for c in (c for c in table.columns if c.evidence):
        column = f"t.{quoted(c.name)}"
        spans = f"FROM evidence AS e WHERE e.table_name = {literal(table.name)} AND e.column_name = {literal(c.name)} AND {_same('e', 't', table)}"
        given = f"{column} IS NOT NULL" + (f" AND {column} <> {literal(c.unstated)}" if c.unstated is not None else "")
        fault = f"{given} AND NOT EXISTS (SELECT 1 {spans})"
        yield Check("coverage", table.name, c.name, "evidence", "no span of the article supports the value", fault, column)
        if c.evidence == "verbatim":
            fault = f"{given} AND EXISTS (SELECT 1 {spans}) AND NOT EXISTS (SELECT 1 {spans} AND e.quote_sha256 = sha256({column}))"
            yield Check("coverage", table.name, c.name, "verbatim", "the value is not the words of its evidence", fault, column)
            longer = f"FROM articles AS a JOIN (SELECT e.article_id {spans}) AS s ON s.article_id = a.article_id"
            fault = f"{given} AND length({column}) > (SELECT min(a.quote_limit) {longer})"
            yield Check("coverage", table.name, c.name, "quote limit", "the words are longer than the article allows", fault, column)
        if c.evidence == "count" and c.type == "integer" and c.name.endswith("_stated") and table.has("qualifier"):
            yield _digits(table, c, spans)


def _digits(table: Table, c: Column, spans: str) -> Check:
    """A rough look at exact numbers without any grammar: where the words hold digits, the digits of the number are among them."""
    column = f"t.{quoted(c.name)}"
    bare = "regexp_replace(e.quote, '[ ,.\u00a0\u2009\u202f]', '', 'g')"
    excused = f"e.quote IS NULL OR e.reason IS NOT NULL OR regexp_matches(lower(e.quote), '(^|[^a-z])({SPELLED})([^a-z]|$)')"
    fault = (
        f"t.qualifier = 'exact' AND {column} > 1 AND EXISTS (SELECT 1 {spans} AND regexp_matches(e.quote, '[0-9]'))"
        f" AND NOT EXISTS (SELECT 1 {spans} AND ({excused} OR contains({bare}, CAST({column} AS VARCHAR))))"
    )
    return Check("coverage", table.name, c.name, "digits", "the digits of the exact number stand in none of its quotes", fault, column)


def _derived(table: Table) -> Iterator[Check]:
    same = " AND ".join(f"d.{quoted(c)} = t.{quoted(c)}" for c in table.key)
    again = f"SELECT 1 FROM ({DISCREPANCIES.strip()}) AS d WHERE {same}"
    yield Check(
        "derived", table.name, table.key[0], "derived", "the claims do not yield this row", f"NOT EXISTS ({again})", _shown(table.key)
    )
    for c in (c.name for c in table.columns if c.name not in table.key):
        fault = f"EXISTS ({again} AND d.{quoted(c)} IS DISTINCT FROM t.{quoted(c)})"
        yield Check("derived", table.name, c, "derived", "the claims yield another value", fault, f"t.{quoted(c)}")


def select(check: Check) -> str:
    """The query for the rows that break the check: row number and found value."""
    return f"SELECT t._row, CAST({check.value} AS VARCHAR) FROM {quoted(check.table)} AS t WHERE {check.fault} ORDER BY 1"


def select_underived(table: Table) -> str:
    """The query for the rows that the claims yield and the derived table lacks: their key."""
    same = " AND ".join(f"d.{quoted(c)} = o.{quoted(c)}" for c in table.key)
    key = f"concat_ws(', ', {', '.join(f'd.{quoted(c)}' for c in table.key)})"
    return f"SELECT {key} FROM ({DISCREPANCIES.strip()}) AS d WHERE NOT EXISTS (SELECT 1 FROM {quoted(table.name)} AS o WHERE {same}) ORDER BY 1"


MISSING = "the claims yield a row that is missing"


# --- what is found ----------------------------------------------------------------------------------------------------


class Report:
    """Faults printed as they are found, checks counted by kind, and what could not be checked."""

    def __init__(self) -> None:
        self.faults = 0
        self.made: Counter[str] = Counter()
        self.notes: list[str] = []
        self._alike: Counter[tuple[str, str | None, str]] = Counter()

    def fault(self, table: str, row: int | None, column: str | None, rule: str, message: str, value: object = None) -> None:
        """Nothing; the fault is counted and, among the first of its kind, printed."""
        self.faults += 1
        self._alike[table, column, rule] += 1
        if self._alike[table, column, rule] <= LISTED:
            place = table + (f" row {row}" if row is not None else "") + (f" {column}" if column else "")
            print(visible(f"{place}: {rule}: {message}" + ("" if value is None else f" (found {_short(value)})")))

    def close(self) -> int:
        """The exit code; what was left out, what could not be checked and the sum are printed."""
        for (table, column, rule), n in self._alike.items():
            if n > LISTED:
                print(visible(f"{table}{f' {column}' if column else ''}: {rule}: {n - LISTED:,} more of this kind"))
        for note in self.notes:
            print(visible(f"NOT CHECKED: {note}"))
        kinds = ", ".join(f"{kind} {n:,}" for kind, n in self.made.items())
        outcome = f"{self.faults:,} faults" if self.faults else "no fault"
        print(visible(f"verify: {sum(self.made.values()):,} checks made, {outcome} ({kinds or 'nothing could be checked'})"))
        return 1 if self.faults else 0


def visible(text: str) -> str:
    """The text on one line, with control and bidirectional characters escaped."""
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in text)


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


# --- descriptor and files ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Files:
    """One declared table with its CSV and its Parquet files: one each, or parts in order."""

    table: Table
    csv: Sequence[Path]
    parquet: Sequence[Path]


def read_descriptor(path: Path, report: Report) -> list[Mapping[str, Any]]:
    """The resources of the descriptor that can be looked at; what is wrong with the others is reported."""
    report.made["descriptor"] += 1
    try:
        raw = json.loads(path.read_bytes().decode("utf-8"))["resources"]
        if not isinstance(raw, list) or not raw:
            raise ValueError("resources is no list of tables")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        report.fault("datapackage.json", None, None, "descriptor", f"cannot be read: {type(error).__name__}: {_first_line(error)}")
        return []
    sound: list[Mapping[str, Any]] = []
    for n, resource in enumerate(raw):
        if isinstance(resource, dict) and all(isinstance(resource.get(key), str) for key in ("name", "format")) and _parts(resource):
            sound.append(resource)
        else:
            report.fault("datapackage.json", None, f"resources[{n}]", "descriptor", "lacks name, path, format or hash")
    names = Counter(resource["name"] for resource in sound)
    for name in (name for name, n in names.items() if n > 1):
        report.fault(name, None, None, "descriptor", "is declared more than once")
    return sound


def _parts(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Path, hash and perhaps size of each file of the resource, in order; none where they are not declared as one file or as parts."""
    paths, parts = resource.get("path"), resource.get("x-parts")
    if isinstance(paths, str):
        return [resource] if isinstance(resource.get("hash"), str) else []
    sound = isinstance(parts, list) and all(
        isinstance(part, dict) and isinstance(part.get("path"), str) and isinstance(part.get("hash"), str) for part in parts
    )
    return list(parts) if sound and parts and [part["path"] for part in parts] == paths else []


def check_files(root: Path, resources: Sequence[Mapping[str, Any]], report: Report) -> dict[str, list[Path]]:
    """The files of each resource of which all are there and inside the package; missing, changed and undeclared ones are reported."""
    found: dict[str, list[Path]] = {}
    kept: set[Path] = set()
    for resource in resources:
        table, parts = resource["name"].removesuffix("-parquet"), _parts(resource)
        there = [path for part in parts if (path := _there(root, part, table, report)) is not None]
        kept.update(there)
        if len(there) == len(parts):
            found[resource["name"]] = there
            if len(parts) > 1 and resource["format"] == "csv":
                _same_bytes(there, resource, table, report)
    for folder in sorted({path.parent for path in kept}):
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in (".csv", ".parquet") and path.resolve() not in kept:
                report.fault(path.name, None, None, "undeclared", "lies beside the tables but no resource declares it")
    return found


def _there(root: Path, part: Mapping[str, Any], table: str, report: Report) -> Path | None:
    """The file, whose bytes were compared; None where it is missing or outside."""
    path = inside(root, part["path"])
    report.made["files"] += 1
    if path is None:
        report.fault(table, None, None, "file", "the path leads out of the package", part["path"])
    elif not path.is_file():
        report.fault(table, None, None, "file", "is missing", part["path"])
    else:
        _same_bytes([path], part, table, report)
        return path
    return None


def inside(root: Path, path: str) -> Path | None:
    """The file of a path relative to the package, or None where it leads out of it."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or ":" in path or "\0" in path:
        return None
    try:
        resolved = (root / pure).resolve()
        resolved.relative_to(root.resolve())
        resolved.is_file()  # a name that is too long for the disk names no file
    except (ValueError, OSError, RuntimeError):
        return None
    return resolved


def _same_bytes(paths: Sequence[Path], declared: Mapping[str, Any], table: str, report: Report) -> None:
    """Nothing; the file, or the parts as the one file that they would be with one header, has the declared hash and size."""
    digest, size, name = hashlib.sha256(), 0, paths[0].name if len(paths) == 1 else f"{table} in one file"
    try:
        for n, path in enumerate(paths):
            with path.open("rb") as stream:
                if n:
                    stream.readline()
                for block in iter(lambda: stream.read(1 << 20), b""):
                    digest.update(block)
                    size += len(block)
    except OSError as error:
        report.fault(table, None, None, "file", f"cannot be read: {_first_line(error)}", name)
        return
    if declared.get("hash") != f"sha256:{digest.hexdigest()}":
        report.fault(table, None, None, "hash", f"{name} is not the file that was published", declared.get("hash"))
    if "bytes" in declared and declared["bytes"] != size:
        report.fault(table, None, None, "bytes", f"{name} has {size:,} bytes", declared["bytes"])


def pair(
    resources: Sequence[Mapping[str, Any]], found: Mapping[str, Sequence[Path]], report: Report
) -> tuple[dict[str, Table], list[Files]]:
    """(every table that is declared, those with both files)."""
    by_name = {resource["name"]: resource for resource in resources}
    tables: dict[str, Table] = {}
    files = []
    for name in sorted({name.removesuffix("-parquet") for name in by_name}):
        both = [by_name.get(name), by_name.get(f"{name}-parquet")]
        if both[0] is None or both[1] is None or [r["format"] for r in both if r] != ["csv", "parquet"]:
            report.fault(name, None, None, "descriptor", "is not declared as a CSV and a Parquet resource")
            continue
        try:
            one, other = (declared(name, r["schema"]) for r in both if r)
            plain = tuple((own, target.removesuffix("-parquet"), theirs) for own, target, theirs in other.references)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            report.fault(name, None, None, "descriptor", f"its schema cannot be read: {type(error).__name__}: {_first_line(error)}")
            continue
        if one != Table(name, other.kind, other.minimum_rows, other.columns, other.key, plain, other.row_checks, other.cross_checks):
            report.fault(name, None, None, "descriptor", "the schemas of its CSV and its Parquet resource differ")
        tables[name] = one
        if name in found and f"{name}-parquet" in found:
            files.append(Files(one, found[name], found[f"{name}-parquet"]))
    return tables, files


# --- rows -------------------------------------------------------------------------------------------------------------


def load(connection: duckdb.DuckDBPyConnection, files: Files, report: Report) -> bool:
    """Whether the Parquet rows stand in the connection with the declared types and their number as ``_row``."""
    table = files.table
    try:
        described = [_described(connection, path) for path in files.parquet]
        types = described[0]
        if any(other != types for other in described):
            raise duckdb.InvalidInputException("its parts have other columns than the first")
        report.made["types"] += len(table.columns)
        for n, c in enumerate(table.columns):
            if c.name not in types:
                report.fault(table.name, None, c.name, "type", "the Parquet file lacks the column")
            elif types[c.name] != TYPES[c.type]:
                report.fault(table.name, None, c.name, "type", f"the Parquet column is not {TYPES[c.type]}", types[c.name])
            elif list(types).index(c.name) != n:
                report.fault(table.name, None, c.name, "type", f"the Parquet column is not the {n + 1}. one")
        for extra in (name for name in types if not table.has(name)):
            report.fault(table.name, None, extra, "type", "the Parquet file holds a column that is not declared")
        if any(c.name not in types for c in table.columns):
            return False
        casts = ", ".join(f"CAST({quoted(c.name)} AS {TYPES[c.type]}) AS {quoted(c.name)}" for c in table.columns)
        target, before = f"CREATE TABLE {quoted(table.name)} AS", 0
        for path in files.parquet:
            source = f"read_parquet({literal(str(path))}, file_row_number = true)"
            connection.execute(f"{target} SELECT {casts}, file_row_number + {before + 1} AS _row FROM {source}")
            target = f"INSERT INTO {quoted(table.name)}"
            before = connection.execute(f"SELECT count(*) FROM {quoted(table.name)}").fetchall()[0][0]
    except duckdb.Error as error:
        report.fault(table.name, None, None, "file", f"the Parquet file cannot be read as declared: {_first_line(error)}")
        return False
    return True


def _described(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """The DuckDB type of each column of a Parquet file."""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))})").fetchall()}


def check_rows(
    connection: duckdb.DuckDBPyConnection, files: Files, resources: Mapping[str, Mapping[str, Any]], loaded: bool, report: Report
) -> None:
    """Nothing; rows are counted against the descriptor, and where the two files of a table differ is reported."""
    table = files.table
    try:
        number = _compare(connection, files, loaded, report)
    except (duckdb.Error, OSError, UnicodeDecodeError, csv.Error) as error:
        report.fault(table.name, None, None, "csv", f"the CSV file cannot be read as declared: {_first_line(error)}")
        number = None
    counts = {table.name: number}
    if loaded:
        counts[f"{table.name}-parquet"] = connection.execute(f"SELECT count(*) FROM {quoted(table.name)}").fetchall()[0][0]
        _check_logical_hash(connection, table, resources[f"{table.name}-parquet"], report)
    for name, rows in counts.items():
        if rows is not None:
            report.made["row counts"] += 1
            if resources[name].get("x-rows") != rows:
                report.fault(
                    table.name, None, None, "x-rows", f"{resources[name]['path']} has {rows:,} rows", resources[name].get("x-rows")
                )


def _check_logical_hash(connection: duckdb.DuckDBPyConnection, table: Table, resource: Mapping[str, Any], report: Report) -> None:
    """Nothing; the hash of the rows themselves, blind to their order and to what wrote them, is computed again."""
    declared_hash = resource.get("x-logical-hash")
    if declared_hash is None:
        return
    report.made["logical hashes"] += 1
    texts = [f"CAST({quoted(c.name)} AS VARCHAR)" for c in table.columns]
    cells = ", ".join(f"coalesce('v' || length({text}) || ':' || {text}, 'n')" for text in texts)
    columns = literal(",".join(f"{c.name}:{c.type}" for c in table.columns))
    rows = f"SELECT sha256(concat({cells})) AS row_hash FROM {quoted(table.name)}"
    query = f"SELECT sha256({columns} || coalesce(string_agg(row_hash, '' ORDER BY row_hash), '')) FROM ({rows})"
    found = connection.execute(query).fetchall()[0][0]
    if declared_hash != f"sha256:{found}":
        report.fault(table.name, None, None, "x-logical-hash", "the rows are not those that were published", declared_hash)


def _compare(connection: duckdb.DuckDBPyConnection, files: Files, loaded: bool, report: Report) -> int | None:
    """The rows of the CSV, or None where its columns are other ones; the first cells that differ are reported."""
    table, names = files.table, [c.name for c in files.table.columns]
    for path in files.csv:
        with path.open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream), [])
        if header != names:
            wrong = next((name for n, name in enumerate(names) if header[n : n + 1] != [name]), None)
            report.fault(table.name, None, wrong, "csv", f"the CSV file has other columns (expected {', '.join(names)})", ", ".join(header))
            return None
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    options = "header=true, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr='', allow_quoted_nulls=false"
    left = connection.cursor().execute(
        f"SELECT * FROM read_csv([{', '.join(literal(str(path)) for path in files.csv)}], {options}, columns={{{columns}}})"
    )
    listing = ", ".join(map(quoted, names))
    right = connection.cursor().execute(f"SELECT {listing} FROM {quoted(table.name)} ORDER BY _row") if loaded else None
    rows = differing = more = 0
    for cells, values in zip_longest(_each(left), _each(right) if right else ()):
        if cells is None or (values is None and loaded):
            more += 1
        elif loaded and differing < LISTED:
            differing += _differences(table, rows + 1, cells, values, report)
        rows += cells is not None
    if more:
        report.fault(table.name, None, None, "csv", f"CSV and Parquet differ by {more:,} rows", rows)
    report.made["cells"] += rows * len(names) if loaded else 0
    return rows


def _each(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(10_000):
        yield from rows


def _differences(table: Table, row: int, cells: Sequence[str | None], values: Sequence[object], report: Report) -> int:
    """How many cells of the row differ, each reported."""
    n = 0
    for at, c in enumerate(table.columns):
        typed = None if cells[at] is None else as_typed(cells[at] or "", c.type)
        if typed != values[at]:
            report.fault(table.name, row, c.name, "csv", f"CSV and Parquet differ (Parquet holds {values[at]!r})", cells[at])
            n += 1
    return n


def as_typed(cell: str, kind: str) -> object:
    """The value that a CSV cell spells, or an object equal to no value where it spells none of this type."""
    try:
        if kind == "integer" and re.fullmatch(r"-?[0-9]+", cell):
            return int(cell)
        if kind == "number" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell):
            return Decimal(cell)
        if kind == "date" and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
            return date.fromisoformat(cell)
    except ValueError:
        return object()
    if kind == "boolean" and cell in ("true", "false"):
        return cell == "true"
    return cell if kind == "string" else object()


def check_relations(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table], loaded: Sequence[str], report: Report) -> None:
    """Nothing; every row that breaks a rule is reported. Rules that need a table that could not be read are noted."""
    unread = sorted(set(tables) - set(loaded))
    skipped = 0
    for table in (tables[name] for name in loaded):
        rows = connection.execute(f"SELECT count(*) FROM {quoted(table.name)}").fetchall()[0][0]
        report.made["minimum rows"] += 1
        if rows < table.minimum_rows:
            report.fault(table.name, None, None, "x-minimum-rows", f"has too few rows (expected at least {table.minimum_rows})", rows)
    for check in _judgeable(tables, report):
        needs_unread = check.table in unread or any(re.search(rf"\b{name}\b", check.fault) for name in unread)
        found = None if needs_unread else _ask(connection, select(check), check.table, check.column, check.rule, report)
        skipped += needs_unread
        report.made[check.kind] += found is not None
        for row, value in found or ():
            report.fault(check.table, row, check.column, check.rule, check.message, value)
    if {"discrepancies", "casualty_estimates"} <= set(loaded):
        for (key,) in _ask(connection, select_underived(tables["discrepancies"]), "discrepancies", None, "derived", report) or ():
            report.fault("discrepancies", None, None, "derived", MISSING, key)
    if skipped:
        report.notes.append(f"{skipped:,} rules that need tables that could not be read ({', '.join(unread)})")


def _judgeable(tables: Mapping[str, Table], report: Report) -> list[Check]:
    supported = [t.name for t in tables.values() if t.kind in ("fact", "link")]
    for needed in ("articles", "evidence", "ledger"):
        if supported and needed not in tables:
            report.fault(needed, None, None, "descriptor", f"is not declared, but {supported[0]} needs it")
    try:
        return list(relational(tables))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        report.fault("datapackage.json", None, None, "descriptor", f"a constraint cannot be read: {_first_line(error)}")
        return []


def _ask(
    connection: duckdb.DuckDBPyConnection, query: str, table: str, column: str | None, rule: str, report: Report
) -> list[tuple[Any, ...]] | None:
    """The rows of one query; None, and a fault, where the declared rule is no SQL that can be answered here."""
    try:
        # One statement only: a rule must not be able to change the tables behind it.
        if len(connection.extract_statements(query)) != 1:
            raise ValueError("is more than one statement")
        return connection.execute(query).fetchall()
    except (duckdb.Error, ValueError) as error:
        report.fault(table, None, column, rule, f"the rule cannot be evaluated: {_first_line(error)}")
        return None


# --- every file of a release --------------------------------------------------------------------------------------------


def check_checksums(root: Path, report: Report) -> None:
    """Nothing; every file that checksums.txt names is hashed, and one that it does not name is reported."""
    try:
        lines = (root / CHECKSUMS).read_bytes().decode("utf-8").splitlines()
    except FileNotFoundError:
        return  # no release, but a repository or a package that was fetched by its descriptor
    except (OSError, UnicodeDecodeError) as error:
        report.fault(CHECKSUMS, None, None, "checksum", f"cannot be read: {_first_line(error)}")
        return
    named = {CHECKSUMS, f"{CHECKSUMS}.minisig"}
    for n, line in enumerate(lines, start=1):
        digest, _, path = line.partition("  ")
        named.add(path)
        report.made["checksums"] += 1
        file = inside(root, path)
        if file is None or not re.fullmatch(r"[0-9a-f]{64}", digest):
            report.fault(CHECKSUMS, n, None, "checksum", "is no line of a hash and a path inside the package", line[:200])
        elif not file.is_file():
            report.fault(path, None, None, "checksum", "is missing")
        elif (found := _file_sha256(file)) != digest:
            report.fault(path, None, None, "checksum", f"is not the file that {CHECKSUMS} names (its sha256 is {found})", digest)
    for file in sorted(p for p in root.rglob("*") if p.is_file() and p.relative_to(root).as_posix() not in named):
        report.fault(file.relative_to(root).as_posix(), None, None, "checksum", f"is not named in {CHECKSUMS}")


def _file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


# --- texts ------------------------------------------------------------------------------------------------------------


def check_texts(connection: duckdb.DuckDBPyConnection, folder: Path | None, report: Report) -> None:
    """Nothing; articles and evidence are compared with the texts of the folder, and texts that are not there are noted."""
    articles = _rows(connection, "articles")
    texts: dict[str, str] = {}
    for n, row in enumerate(articles, start=1):
        name = str(row["article_id"])
        path = folder / f"{name}.txt" if folder is not None and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) else None
        if path is None or not path.is_file():
            continue
        report.made["texts"] += 1
        try:
            texts[name] = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            report.fault("articles", n, "article_id", "text", f"{path.name} cannot be read: {_first_line(error)}", name)
            continue
        for column, here in (("text_sha256", sha256(texts[name])), ("text_chars", len(texts[name]))):
            if row[column] != here:
                report.fault("articles", n, column, "text", f"the text is another one (its {column} is {here})", row[column])
    limits = {row["article_id"]: row["quote_limit"] for row in articles}
    unseen = 0
    for n, row in enumerate(_rows(connection, "evidence"), start=1):
        text = texts.get(row["article_id"])
        unseen += text is None
        if text is not None:
            report.made["spans"] += 1
            _check_span(n, row, text, limits.get(row["article_id"]), report)
    if len(texts) < len(articles):
        where = f"in {folder}" if folder is not None else "in articles/ or data/articles/ (name their folder with --texts DIR)"
        report.notes.append(
            f"the texts of {len(articles) - len(texts):,} of {len(articles):,} articles are not {where}, so {unseen:,} quotes"
            " were compared with their own hashes only"
        )


def _check_span(n: int, row: Mapping[str, Any], text: str, limit: int | None, report: Report) -> None:
    start, end = row["char_start"], row["char_end"]
    if start is None or end is None or not 0 <= start < end <= len(text):
        report.fault("evidence", n, "char_end", "span", f"is no span of the text (which has {len(text):,} characters)", f"{start} to {end}")
        return
    words = text[start:end]
    withheld = limit is not None and len(words) > limit
    there = {"quote": words, "prefix": text[max(0, start - CONTEXT) : start] or None, "suffix": text[end : end + CONTEXT] or None}
    for column, expected in there.items():
        if row[column] != (None if withheld else expected):
            what = "must be withheld: the words are over the quote limit" if withheld else f"is not what stands in the text ({expected!r})"
            report.fault("evidence", n, column, "slice", what, row[column])
    if row["quote_sha256"] != sha256(words):
        report.fault("evidence", n, "quote_sha256", "hash", "is not the hash of the words at these offsets", row["quote_sha256"])


def sha256(words: str) -> str:
    """SHA-256 of the words in UTF-8, in hexadecimal."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    cursor = connection.cursor().execute(f"SELECT * FROM {quoted(table)} ORDER BY _row")
    names = [column[0] for column in cursor.description or ()]
    return [{names[n]: value for n, value in enumerate(row)} for row in _each(cursor)]


# --- the command ------------------------------------------------------------------------------------------------------


def verify(descriptor: Path, texts: Path | None) -> int:
    """The exit code of all checks of the package; everything found is printed."""
    root, report = descriptor.parent.resolve(), Report()
    resources = read_descriptor(descriptor, report)
    check_checksums(root, report)
    tables, files = pair(resources, check_files(root, resources, report), report)
    by_name = {resource["name"]: resource for resource in resources}
    with duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}) as connection:
        loaded = [f.table.name for f in files if load(connection, f, report)]
        for f in files:
            check_rows(connection, f, by_name, f.table.name in loaded, report)
        # From here on SQL of the package runs: it gets no file, no network and no setting.
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        check_relations(connection, tables, loaded, report)
        if {"articles", "evidence"} <= set(loaded):
            _check_texts(connection, texts or _texts_of(root), report)
    return report.close()


def _check_texts(connection: duckdb.DuckDBPyConnection, folder: Path | None, report: Report) -> None:
    try:
        check_texts(connection, folder, report)
    except (KeyError, TypeError, duckdb.Error) as error:
        report.fault("evidence", None, None, "text", f"cannot be compared with the texts: {type(error).__name__}: {_first_line(error)}")


def _texts_of(root: Path) -> Path | None:
    return next((folder for folder in (root / "articles", root / "data" / "articles") if folder.is_dir()), None)


def find(place: Path | None) -> Path | None:
    """The descriptor of the place, or without one the nearest beside or above this file; None where there is none."""
    if place is not None:
        path = place / "datapackage.json" if place.is_dir() else place
        return path if path.is_file() and (place.is_dir() or path.suffix == ".json") else None
    above = Path(__file__).resolve().parents
    return next((folder / "datapackage.json" for folder in above if (folder / "datapackage.json").is_file()), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Checks a downloaded factpack package offline.")
    parser.add_argument("package", type=Path, nargs="?", metavar="PACKAGE", help="its folder or its datapackage.json")
    parser.add_argument("--texts", type=Path, metavar="DIR", help="folder with the articles' texts, <article_id>.txt")
    options = parser.parse_args(arguments)
    descriptor = find(options.package)
    if descriptor is None:
        where = options.package or Path(__file__).resolve().parent
        print(visible(f"verify: {where}: no package (expected a folder with datapackage.json, or that file)"), file=sys.stderr)
        return 2
    if options.texts is not None and not options.texts.is_dir():
        print(visible(f"verify: --texts {options.texts}: no folder (expected one with <article_id>.txt)"), file=sys.stderr)
        return 2
    try:
        return verify(descriptor, options.texts)
    except (duckdb.Error, MemoryError) as error:
        print(visible(f"verify: duckdb failed: {_first_line(error)}"), file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of a pipe such as `head` has seen enough, perhaps not that all is well.
        sys.stderr.close()
        return 2
    except OSError as error:
        print(visible(f"verify: {error.strerror or error}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("verify: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
