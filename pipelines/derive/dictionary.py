"""The data dictionary, ``data/README.md``: what each table and column means, and how to read and cite the files safely."""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.derive.metadata import Contributor, Licence, Metadata
from pipelines.schema import Field, Schema

# What a spreadsheet runs as a formula when a cell begins with it.
FORMULA = r"^[=+\-@\t\r]"
LINE = "\n"


def dictionary(schemas: Mapping[str, Schema], tables: Mapping[str, pa.Table], metadata: Metadata, in_parts: Sequence[str] = ()) -> str:
    """The text of ``data/README.md``; ``in_parts`` are the tables of several files."""
    example = next((s.name for s in schemas.values() if s.kind == "fact"), next(iter(schemas)))
    sections = [_head(metadata), _overview(schemas, tables), _reading(tables, example, in_parts), _citing(metadata)]
    sections += [_table(schema, tables[schema.name].num_rows) for schema in schemas.values()]
    return "\n".join(sections)


def formula_cells(table: pa.Table) -> int:
    """How many cells of the table begin with =, +, -, @, tab or carriage return."""
    strings = [table.column(f.name) for f in table.schema if pa.types.is_string(f.type)]
    return sum(pc.sum(pc.match_substring_regex(column, FORMULA)).as_py() or 0 for column in strings)


def _head(metadata: Metadata) -> str:
    version = f"Version: {metadata.version or 'none yet'}" + (f", released on {metadata.released_on}" if metadata.released_on else "")
    lines = [
        f"- Licence: {', '.join(map(_licence, metadata.licences))}",
        f"- By: {', '.join(map(_contributor, metadata.creators))}",
        f"- With: {', '.join(map(_contributor, metadata.helpers))}" if metadata.helpers else "",
        f"- Keywords: {', '.join(metadata.keywords)}" if metadata.keywords else "",
        f"- {version}",
    ]
    return f"""<!-- Generated from schemas/ and data/about.yaml by the build: change those. -->
# {metadata.title}

{metadata.description}

{LINE.join(filter(None, lines))}
"""


def _overview(schemas: Mapping[str, Schema], tables: Mapping[str, pa.Table]) -> str:
    lines = ["## Tables", "", "| table | rows | one row is |", "|---|---:|---|"]
    lines += [f"| [`{s.name}`](#{s.name}) | {tables[s.name].num_rows:,} | {_cell(s.description)} |" for s in schemas.values()]
    return "\n".join(lines) + "\n"


def _reading(tables: Mapping[str, pa.Table], example: str, in_parts: Sequence[str]) -> str:
    file = f"{example}-*" if example in in_parts else example
    counts = {table: n for table in sorted(tables) if (n := formula_cells(tables[table]))}
    where = f" ({', '.join(f'`{table}` {n}' for table, n in counts.items())})" if counts else ""
    return f"""## Reading the files

Each table is in `tables/` twice, with the same rows in the same order: `X.parquet` (typed) and `X.csv` (UTF-8, line feed, comma;
an empty cell is null, there are no empty strings). In DuckDB: `SELECT * FROM 'data/tables/{file}.parquet'`. In pandas:
`pandas.read_parquet(path, dtype_backend="numpy_nullable")`, so that integers with gaps stay integers.
{_parts(in_parts)}
**Spreadsheets.** Cells are published as the sources wrote them. {sum(counts.values()):,} CSV cells{where} begin with `=`, `+`, `-`, `@`, a tab or a
carriage return, which a spreadsheet may run as a formula. Do not open the CSV with a double click. Import it and set every column to
*text*: in LibreOffice, *Sheet > Insert Sheet from File*, encoding UTF-8, all columns *Text*, *Evaluate formulas* off; in Excel,
*Data > Get Data > From Text/CSV*, file origin 65001 (UTF-8), data type detection *Do not detect data types*.

**Hashes.** `x-logical-hash` in `datapackage.json` is equal for equal rows, whatever wrote them, in whatever order, in CSV, Parquet or
DuckDB. A cell is `n` for null, else `v`, the length of its text in characters, `:` and the text (numbers with four decimals, dates as
YYYY-MM-DD). A row is the SHA-256 of its cells in the order of the schema; the table is the SHA-256 of its columns
(`name:type`, with commas between) followed by the hashes of its rows in order. `data/verify.py` recomputes it.

**Words.** A row of `evidence` says which characters of which article support a value: `text[char_start:char_end] == quote`, counted in
Unicode code points of the stored text. Where the quote is withheld its hash and offsets remain.
"""


def _parts(in_parts: Sequence[str]) -> str:
    if not in_parts:
        return ""
    named, first = ", ".join(f"`{table}`" for table in in_parts), in_parts[0]
    return f"""
**Parts.** Large tables are in several files, in order, each with the same columns: {named}. Read them as one:
`SELECT * FROM 'data/tables/{first}-*.parquet'`, or the CSV of the list `path` in `datapackage.json`, each with its header. `hash` and `bytes`
of such a CSV are those of the one file that it would be with the first header alone; `x-parts` has those of each part.
"""


def _citing(metadata: Metadata) -> str:
    return f"""## Citing

> {metadata.citation}

Name the version or the commit, and for a single value its `fact_id` and the article that it was read from.
"""


def _table(schema: Schema, rows: int) -> str:
    lines = [f"## {schema.name}", "", f"{schema.title}. {schema.description} {rows:,} rows. Key: {_code(schema.primary_key)}.", ""]
    lines += ["| column | type | meaning | constraints | words |", "|---|---|---|---|---|"]
    lines += [
        f"| `{f.name}` | {f.type} | {_cell(f.description)} | {_cell(_constraints(schema, f))} | {f.evidence or ''} |" for f in schema.fields
    ]
    rules = [f"{check.message}: `{check.sql}`" for check in schema.row_checks]
    across = [f"{check.message}: `{check.sql}`" for check in schema.cross_checks]
    for title, items in (("Foreign keys", list(_keys(schema))), ("Rules", rules), ("Rules across rows and tables", across)):
        if items:
            lines += ["", f"{title}:", "", *(f"- {item}" for item in items)]
    return "\n".join(lines) + "\n"


def _constraints(schema: Schema, f: Field) -> str:
    parts = ["required"] if schema.required(f) else []
    parts += ["unique"] if f.unique else []
    parts += [f"one of {', '.join(f.enum)}"] if f.enum else []
    parts += [f"form `{f.pattern}`"] if f.pattern is not None else []
    parts += [f"at least {f.minimum}"] if f.minimum is not None else []
    parts += [f"at most {f.maximum}"] if f.maximum is not None else []
    parts += [f"'{f.unstated}' where the words say nothing"] if f.unstated is not None else []
    return "; ".join(parts)


def _keys(schema: Schema) -> Iterator[str]:
    for key in schema.foreign_keys:
        yield f"{_code(key.fields)} in `{key.table}` ({_code(key.target_fields)})"


def _licence(licence: Licence) -> str:
    return f"[{licence.label}]({licence.path})" if licence.path else licence.label


def _contributor(c: Contributor) -> str:
    return f"[{c.name}]({c.address})" if c.address else c.name


def _code(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _cell(text: str) -> str:
    """The text safe inside a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")
