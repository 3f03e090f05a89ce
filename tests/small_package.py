"""A small package made by hand from two articles in our own words: everything that a good release has, once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

import pyarrow as pa

from pipelines.article import Article
from pipelines.changes import CHANGES, changes
from pipelines.derive.casualties import derive_tables
from pipelines.facts.fact import evidence_id, fact_id
from pipelines.paths import REPOSITORY, Paths
from pipelines.schema import Schema, load_schemas
from pipelines.snapshot import Snapshot, snapshot

ABOUT = {
    "name": "small",
    "title": "A small package",
    "description": "Made by hand for the tests.",
    "version": "0.1.0",
    "licences": [
        {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
    ],
    "contributors": [{"title": "The testers", "roles": ["creator"]}],
}

HARBOUR = Article(
    "harbour-2031",
    "The Ministry of Defence of Northland said on March 3 that 12 sailors were killed in the storming of Port Lind. "
    "The Lind Council put the toll at about 600 killed, of at least 900 casualties among the sailors.\n"
    "Northland sent 5,000 sailors to Lind in two waves, the ministry said. A state funeral was held in Aldertown on March 2, "
    "hosted by Premier Ada Vint; families of the fallen and 12 cadets attended. "
    "=“We will not forget them,” Premier Vint said. The Lind Council declined to comment.",
    title="Funeral in Aldertown",
    publisher="The Northland Post",
    url="https://example.org/harbour",
    published_on=date(2031, 3, 4),
    language="en",
    licence="CC-BY-4.0",
)
NOTE = Article("note-1", "Dozens of fishermen were missing, a note without date said.", quote_limit=5)

Rows = dict[str, list[dict[str, object]]]


@dataclass
class Builder:
    """Rows by table, filled fact by fact; evidence is found by its words."""

    rows: Rows = field(default_factory=dict)

    def add(self, table: str, **values: object) -> None:
        self.rows.setdefault(table, []).append(values)

    def fact(self, table: str, article: Article, trigger: str, words: Mapping[str, str], **values: object) -> str:
        identifier = fact_id(table, article.article_id, trigger, 0)
        self.add(table, fact_id=identifier, article_id=article.article_id, review_status="candidate", **values)
        self.add(
            "ledger", fact_id=identifier, table_name=table, article_id=article.article_id, extractor="grammar@0.1.0", status="candidate"
        )
        for column, quote in words.items():
            self.evidence(identifier, table, None, column, article, quote)
        return identifier

    def evidence(self, fact: str, table: str, ordinal: int | None, column: str, article: Article, words: str) -> None:
        text, start = article.text, article.text.index(words)
        end = start + len(words)
        shown = len(words) <= article.quote_limit
        self.add(
            "evidence",
            evidence_id=evidence_id(fact, table, ordinal, column, start, end),
            fact_id=fact,
            table_name=table,
            ordinal=ordinal,
            column_name=column,
            article_id=article.article_id,
            char_start=start,
            char_end=end,
            quote=words if shown else None,
            prefix=text[max(0, start - 32) : start] or None if shown else None,
            suffix=text[end : end + 32] or None if shown else None,
            quote_sha256=hashlib.sha256(words.encode()).hexdigest(),
        )


def good_rows() -> Rows:
    """The rows of every table but the derived ones, all of them right."""
    builder = Builder()
    for article in (HARBOUR, NOTE):
        builder.add("articles", text_sha256=article.text_sha256, text_chars=len(article.text), **_metadata(article))
    _lexicon(builder)
    _casualties(builder)
    _others(builder)
    for table in ("casualty_estimates", "deployments"):
        builder.add(
            "accuracy",
            part="development",
            table_name=table,
            column_name="row",
            gold=4,
            found=3,
            invented=0,
            precision=Decimal(1),
            recall=Decimal("0.75"),
        )
    return builder.rows


def good_tables(schemas: Mapping[str, Schema], rows: Rows | None = None) -> dict[str, pa.Table]:
    """The tables of the rows, sorted by key, with the derived ones computed."""
    rows = good_rows() if rows is None else rows
    given = [schema for schema in schemas.values() if schema.kind not in ("derived", "changes")]
    tables = {schema.name: as_table(schema, rows.get(schema.name, [])) for schema in given}
    tables |= derive_tables(tables, schemas)
    tables = with_changes(tables, schemas)
    return {table: tables[table] for table in schemas}


def with_changes(tables: Mapping[str, pa.Table], schemas: Mapping[str, Schema]) -> dict[str, pa.Table]:
    """The tables as the first release of a package."""
    return {**tables, CHANGES: changes(Snapshot(), snapshot(tables, schemas))}


def as_table(schema: Schema, rows: list[dict[str, object]]) -> pa.Table:
    """The rows as a typed table, sorted by key."""
    return as_given(schema, rows).sort_by([(column, "ascending") for column in schema.primary_key])


def as_given(schema: Schema, rows: list[dict[str, object]]) -> pa.Table:
    """The rows as a typed table in their order; nullable throughout, so that tests can also build rows that are bad."""
    known = [{f.name: row.get(f.name) for f in schema.fields} for row in rows]
    return pa.Table.from_pylist(known, schema=pa.schema([pa.field(f.name, f.arrow) for f in schema.fields]))


@cache
def real_schemas() -> dict[str, Schema]:
    """The repository's schemas."""
    return load_schemas(REPOSITORY.schemas)


def prepare(paths: Paths) -> Paths:
    """The same paths, with the repository's schemas in place."""
    paths.schemas.parent.mkdir(parents=True, exist_ok=True)
    if not paths.schemas.exists():
        paths.schemas.symlink_to(REPOSITORY.schemas)
    return paths


def _metadata(article: Article) -> dict[str, object]:
    columns = ("article_id", "title", "publisher", "url", "published_on", "language", "licence", "quote_limit")
    return {column: getattr(article, column) for column in columns}


def _lexicon(builder: Builder) -> None:
    # The part comes before the whole, so that an order of insertion is put to the test.
    builder.add("actors", actor_id="A.navy", name="Navy of Northland", kind="armed_force", part_of_actor_id="northland")
    builder.add("actors", actor_id="northland", name="Northland", kind="state", country_code="NLD")
    builder.add("actors", actor_id="northland.defence", name="Ministry of Defence", kind="government", part_of_actor_id="northland")
    builder.add("actors", actor_id="lind.council", name="Lind Council", kind="organisation")
    builder.add("actors", actor_id="vint", name="Ada Vint", kind="person", country_code="NLD")
    builder.add("places", place_id="aldertown", name="Aldertown", kind="city", country_code="NLD", part_of_place_id="northland")
    builder.add("places", place_id="northland", name="Northland", kind="country", country_code="NLD")
    builder.add("places", place_id="lind", name="Lind", kind="region")
    builder.add("conflicts", conflict_id="lind-war", name="War of Lind", started_on=date(2030, 1, 1))
    for words, low in (("dozens", 24), ("hundreds", 200)):
        builder.add("vague_numbers", words=words, count_low=low)


def _casualties(builder: Builder) -> None:
    table = "casualty_estimates"
    shared = {
        "victims_text": "sailors",
        "victims_id": "A.navy",
        "victims_kind": "military",
        "stance": "asserted",
        "scope": "unknown",
        "completeness": "not_stated",
        "conflict_id": "lind-war",
        "basis": "none given",
    }
    words = {"victims_text": "sailors", "victims_id": "sailors", "victims_kind": "sailors", "conflict_id": "Port Lind"}
    council = {"claimant_text": "The Lind Council", "claimant_id": "lind.council"}
    council_words = {"claimant_text": "The Lind Council", "claimant_id": "The Lind Council"}
    exact = {f"count_{part}": "12 sailors" for part in ("low", "best", "high", "stated")} | {"qualifier": "12 sailors"}
    builder.fact(
        table,
        HARBOUR,
        "12 sailors",
        words
        | exact
        | {"outcome": "killed", "claimant_text": "Ministry of Defence", "claimant_id": "The Ministry of Defence", "reported_on": "March 3"},
        **shared | {"outcome": "killed", "count_low": 12, "count_best": 12, "count_high": 12, "count_stated": 12, "qualifier": "exact"},
        claimant_text="Ministry of Defence",
        claimant_id="northland.defence",
        reported_on=date(2031, 3, 3),
    )
    least = "at least 900 casualties"
    whole = builder.fact(
        table,
        HARBOUR,
        least,
        words | council_words | dict.fromkeys(("outcome", "count_low", "count_stated", "qualifier"), least),
        **shared | council | {"outcome": "killed_or_wounded", "count_low": 900, "count_stated": 900, "qualifier": "at_least"},
    )
    about = "about 600 killed"
    builder.fact(
        table,
        HARBOUR,
        about,
        words
        | council_words
        | dict.fromkeys(("outcome", "count_best", "count_stated", "qualifier"), about)
        | {"part_of_fact_id": f"of {least}"},
        **shared | council | {"outcome": "killed", "count_best": 600, "count_stated": 600, "qualifier": "about", "part_of_fact_id": whole},
    )
    dozens = "Dozens of fishermen"
    builder.fact(
        table,
        NOTE,
        dozens,
        {"outcome": "missing", "count_low": dozens, "qualifier": dozens, "victims_text": "fishermen", "victims_kind": "fishermen"},
        **shared
        | {"outcome": "missing", "count_low": 24, "qualifier": "vague", "victims_kind": "civilian"}
        # The note may be quoted with five characters only, so the words are withheld.
        | {"victims_text": None, "victims_id": None, "conflict_id": None},
    )


def _others(builder: Builder) -> None:
    sent = "5,000 sailors"
    columns = ("personnel_low", "personnel_best", "personnel_high", "personnel_stated")
    builder.fact(
        "deployments",
        HARBOUR,
        sent,
        dict.fromkeys((*columns, "qualifier", "personnel_kind"), sent)
        | {"waves": "two waves", "status": "sent", "destination_text": "Lind", "destination_id": "Lind"},
        **dict.fromkeys(columns, 5000),
        qualifier="exact",
        personnel_kind="troops",
        waves=2,
        status="completed",
        destination_text="Lind",
        destination_id="lind",
        stance="asserted",
    )
    funeral = builder.fact(
        "ceremonies",
        HARBOUR,
        "state funeral",
        {"kind": "funeral", "name": "state funeral", "held_on": "March 2", "host_text": "Premier Ada Vint", "host_id": "Ada Vint"}
        | dict.fromkeys(("place_text", "place_id", "place_precision"), "Aldertown"),
        kind="funeral",
        name="state funeral",
        held_on=date(2031, 3, 2),
        host_text="Premier Ada Vint",
        host_id="vint",
        place_text="Aldertown",
        place_id="aldertown",
        place_precision="city",
    )
    builder.add("ceremony_participants", fact_id=funeral, ordinal=1, participant_text="families of the fallen", role="family")
    builder.add("ceremony_participants", fact_id=funeral, ordinal=2, participant_text="cadets", role="guest", count=12)
    for ordinal, column, words in (
        (1, "participant_text", "families of the fallen"),
        (1, "role", "families"),
        (2, "participant_text", "cadets"),
        (2, "role", "attended"),
        (2, "count", "12 cadets"),
    ):
        builder.evidence(funeral, "ceremony_participants", ordinal, column, HARBOUR, words)
    text = "=“We will not forget them,”"
    builder.fact(
        "statements",
        HARBOUR,
        text,
        {
            "kind": "said",
            "speaker_text": "Premier Vint",
            "speaker_id": "Vint",
            "text": text,
            "occasion_fact_id": "state funeral",
            "topic": "forget",
        },
        kind="quote",
        speaker_text="Premier Vint",
        speaker_id="vint",
        text=text,
        occasion_fact_id=funeral,
        topic="commemoration",
    )
