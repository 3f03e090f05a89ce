"""The views that every reader wants, derived from whatever fact tables there are: claims, known_on and casualty_timeline."""

from collections.abc import Mapping, Sequence

from pipelines.derive.casualties import ESTIMATES, TIMELINE
from pipelines.derive.metadata import Metadata
from pipelines.derive.parts import parquet
from pipelines.derive.sql import comments, literal, name
from pipelines.schema import Field, Schema

CLAIMS_MEANING = "Every fact of every fact table in one row: who said what, when, and in which words."
TIMELINE_MEANING = "Asserted casualty estimates by the day of the claim, or of publication where that is not known (dated_by says which)."

HEAD = """-- The tables and views of the package over its Parquet files, for whoever does not want the database file.
-- From the folder that holds datapackage.json: duckdb -init data/views.sql, or in a session .read data/views.sql
-- Runs on DuckDB 1.5 and newer.
"""

# An article has fewer characters, and a table fewer columns: three numbers fit into one of 63 bits.
_FAR, _LAST = 2**27 - 1, 2**8 - 1
# The same thing under the name that each fact table gives it.
CLAIMANT, CLAIMANT_ID = ("claimant_text", "speaker_text"), ("claimant_id", "speaker_id")
CLAIMED_ON = ("reported_on", "said_on")
# Who said or passed it on, and where, stand in columns of their own or would drown the claim.
_NOT_THE_CLAIM = (*CLAIMANT, "relayed_by_text", "reported_to_text", "contested_by_text")


def views_sql(schemas: Mapping[str, Schema], places: Mapping[str, Sequence[str]]) -> str:
    """The text of ``data/views.sql``: the tables as views over the Parquet files at ``places``, then the views and the macro over them."""
    statements = [line for schema in schemas.values() for line in (_over_parquet(schema, places[schema.name]), *comments(schema, "VIEW"))]
    statements += [line.replace("CREATE ", "CREATE OR REPLACE ", 1) if line.startswith("CREATE ") else line for line in views(schemas)]
    return HEAD + "".join(f"{statement};\n" for statement in statements)


def _over_parquet(schema: Schema, files: Sequence[str]) -> str:
    columns = ", ".join(name(f.name) for f in schema.fields)
    return f"CREATE OR REPLACE VIEW {name(schema.name)} AS SELECT {columns} FROM {parquet(files)}"


def package_view(metadata: Metadata, descriptor_sha256: str) -> list[str]:
    """The statements of the view that says which package a database holds; the descriptor's hash ties it to the files beside it."""
    values = {
        "name": metadata.name,
        "title": metadata.title,
        "description": metadata.description,
        "version": metadata.version,
        "released_on": metadata.released_on,
        "licences": ", ".join(licence.label for licence in metadata.licences),
        "contributors": ", ".join(c.name for c in metadata.contributors),
        "keywords": ", ".join(metadata.keywords) or None,
        "homepage": metadata.homepage,
        "descriptor_sha256": descriptor_sha256,
    }
    columns = [f"{_known(key, value)} AS {key}" for key, value in values.items()]
    # DuckDB has no comment for a database as a whole.
    return [
        f"CREATE VIEW package AS SELECT {', '.join(columns)}",
        f"COMMENT ON VIEW package IS {literal(f'{metadata.title}: {metadata.description}')}",
    ]


def _known(key: str, value: object) -> str:
    return literal(value) if value is not None else f"CAST(NULL AS {'DATE' if key == 'released_on' else 'VARCHAR'})"


def views(schemas: Mapping[str, Schema]) -> list[str]:
    """The statements that make the views and the macro over tables that exist."""
    facts = [s for s in schemas.values() if s.kind == "fact"]
    if not facts:
        return []
    statements = [
        f"CREATE VIEW claims AS {claims(facts)}",
        f"COMMENT ON VIEW claims IS {literal(CLAIMS_MEANING)}",
        "CREATE MACRO known_on(day) AS TABLE SELECT * FROM claims WHERE dated_on <= CAST(day AS DATE) ORDER BY dated_on, fact_id",
    ]
    if ESTIMATES in schemas:
        statements += [f"CREATE VIEW casualty_timeline AS {TIMELINE}", f"COMMENT ON VIEW casualty_timeline IS {literal(TIMELINE_MEANING)}"]
    return statements


def claims(facts: Sequence[Schema]) -> str:
    """The query with one row a fact, whatever its table: claimant, dates, a readable summary and its words."""
    every = "\nUNION ALL BY NAME\n".join(_claims_of(schema) for schema in facts)
    return f"""SELECT c.* EXCLUDE (review_status), w.quote, c.review_status
FROM ({every}) AS c
LEFT JOIN ({_first_words(facts)}) AS w ON w.fact_id = c.fact_id"""


def _claims_of(schema: Schema) -> str:
    claimed_on = _first(schema, CLAIMED_ON, "DATE")
    return f"""SELECT {literal(schema.name)} AS table_name, f.fact_id, f.article_id,
  {_summary(schema)} AS claim,
  {_first(schema, CLAIMANT, "VARCHAR")} AS claimant_text, {_first(schema, CLAIMANT_ID, "VARCHAR")} AS claimant_id,
  {_first(schema, ("stance",), "VARCHAR")} AS stance,
  {claimed_on} AS reported_on, a.published_on,
  coalesce({claimed_on}, a.published_on) AS dated_on,
  CASE WHEN {claimed_on} IS NOT NULL THEN 'reported_on' WHEN a.published_on IS NOT NULL THEN 'published_on' END AS dated_by,
  f.review_status
FROM {name(schema.name)} AS f
LEFT JOIN articles AS a ON a.article_id = f.article_id"""


def _first(schema: Schema, columns: Sequence[str], kind: str) -> str:
    present = [f"f.{name(column)}" for column in columns if schema.has(column)]
    return present[0] if present else f"CAST(NULL AS {kind})"


def _summary(schema: Schema) -> str:
    """The claim in a few words: *about 600 killed; victims: North Korean soldiers*."""
    stance = "CASE WHEN f.stance <> 'asserted' THEN f.stance || ':' END" if schema.has("stance") else "NULL"
    kinds = [f"replace(f.{name(f.name)}, '_', ' ')" for f in schema.fields if f.enum and f.required and f.evidence and f.unstated is None]
    head = f"concat_ws(' ', {', '.join([stance, _number(schema), *kinds])})"
    tail = [_labelled(f) for f in schema.fields if f.evidence == "verbatim" and f.name not in _NOT_THE_CLAIM]
    return f"concat_ws('; ', {', '.join([head, *tail])})"


def _number(schema: Schema) -> str:
    stems = [f.name.removesuffix("_low") for f in schema.fields if f.name.endswith("_low") and f.evidence == "count"]
    if not stems or not schema.has("qualifier"):
        return "NULL"
    low, high, stated = (f"f.{name(f'{stems[0]}_{part}')}" for part in ("low", "high", "stated"))
    return f"""CASE f.qualifier WHEN 'exact' THEN CAST({stated} AS VARCHAR) WHEN 'about' THEN 'about ' || {stated}
    WHEN 'at_least' THEN 'at least ' || {stated} WHEN 'more_than' THEN 'more than ' || {stated}
    WHEN 'at_most' THEN 'up to ' || {stated} WHEN 'less_than' THEN 'fewer than ' || {stated}
    WHEN 'range' THEN {low} || ' to ' || {high} WHEN 'vague' THEN 'vaguely ' || {low} || ' or more' END"""


def _labelled(f: Field) -> str:
    column, stem = f"f.{name(f.name)}", f.name.removesuffix("_text")
    return column if stem == f.name else f"{literal(stem.replace('_', ' ') + ': ')} || {column}"


def _first_words(facts: Sequence[Schema]) -> str:
    """One quote a fact: that of its number, else of what it is named by, else of any column in order; of two the first in the article.

    All evidence is read once, and each row is told from the others of its fact by one number: place of the column, start, end.
    """
    places = ", ".join(
        f"({literal(schema.name)}, {literal(column)}, {place})" for schema in facts for place, column in enumerate(_quoted(schema))
    )
    start, end = (f"coalesce({column}, {_FAR})" for column in ("char_start", "char_end"))
    order = f"(CAST(coalesce(p.place, {_LAST}) AS BIGINT) * {_FAR + 1} + {start}) * {_FAR + 1} + {end}"
    return f"""SELECT fact_id, arg_min_null(quote, {order}) AS quote FROM evidence
  LEFT JOIN (VALUES {places}) AS p(table_name, column_name, place) USING (table_name, column_name)
  WHERE ordinal IS NULL GROUP BY fact_id"""


def _quoted(schema: Schema) -> list[str]:
    """The columns of a fact table with evidence, those first that say most."""
    named = [f.name for f in schema.fields if f.evidence == "verbatim" and f.name not in _NOT_THE_CLAIM]
    required = [f.name for f in schema.fields if f.name in named and f.required]
    return list(dict.fromkeys(["qualifier", *required, *named, *(f.name for f in schema.fields if f.evidence)]))
