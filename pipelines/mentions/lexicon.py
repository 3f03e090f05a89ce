"""The lexicon: what people write in data/lexicon/, read once into one frozen value."""

import csv
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pycountry

from pipelines.errors import InputError, did_you_mean
from pipelines.mentions.finders import Finder

# Everyday names that the country library lacks stand in countries.csv; Kosovo has no ISO code of its own.
KOSOVO = "XKX"


@dataclass(frozen=True)
class Actor:
    """A state, body, force, party, medium or person."""

    actor_id: str
    name: str
    kind: str
    country_code: str | None
    part_of_actor_id: str | None


@dataclass(frozen=True)
class Place:
    """A country, region, city or venue."""

    place_id: str
    name: str
    kind: str
    country_code: str | None
    part_of_place_id: str | None


@dataclass(frozen=True)
class Conflict:
    """An armed conflict."""

    conflict_id: str
    name: str
    started_on: date | None
    ended_on: date | None


@dataclass(frozen=True)
class Named:
    """What a name can mean: at most one actor and one place; ``use`` is name, demonym, people, seat or role."""

    use: str = "name"
    actor_id: str | None = None
    place_id: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Word:
    """What a word or phrase of the field says; empty where it says nothing of that sort."""

    outcome: str = ""
    outcome_uses: frozenset[str] = frozenset()
    group: str = ""
    personnel: str = ""
    plural: bool = False
    stance: str = ""
    reporting_uses: frozenset[str] = frozenset()
    status: str = ""
    movement_use: str = ""
    ceremony: str = ""
    thing: bool = False

    @functools.cached_property
    def outcome_tag(self) -> str:
        """The tag by which patterns of outcomes know the word; empty where it states none."""
        tags = {"toll": "H", "token": "M", "intransitive": "I", "adjective": "E", "participle": "P", "people_participle": "U"}
        tags |= {"transitive": "T", "fall": "E"}
        return next((tag for use, tag in tags.items() if use in self.outcome_uses), "O") if self.outcome else ""


@dataclass(frozen=True)
class Lexicon:
    """All knowledge of the world that extraction uses; ``finder`` finds names, words, names of conflicts and words of domains."""

    actors: Mapping[str, Actor]
    places: Mapping[str, Place]
    conflicts: Mapping[str, Conflict]
    vague: Mapping[str, int]
    names: Mapping[str, Named]
    cased_names: frozenset[str]
    words: Mapping[str, Word]
    conflict_names: Mapping[str, str]
    topics: Mapping[str, str]
    domains: Mapping[str, str]
    finder: Finder = field(repr=False)
    topic_finder: Finder = field(repr=False)


@functools.cache
def load_lexicon(folder: Path) -> Lexicon:
    """The lexicon in ``folder``; InputError names file and line of what is wrong."""
    actors, places = _countries()
    actors |= {
        r["actor_id"]: Actor(r["actor_id"], r["name"], r["kind"], r["country_code"] or None, r["part_of_actor_id"] or None)
        for _, r in _rows(folder, "actors")
    }
    places |= {
        r["place_id"]: Place(r["place_id"], r["name"], r["kind"], r["country_code"] or None, r["part_of_place_id"] or None)
        for _, r in _rows(folder, "places")
    }
    conflicts = {
        r["conflict_id"]: Conflict(
            r["conflict_id"], r["name"], _date(folder, "conflicts", line, r["started_on"]), _date(folder, "conflicts", line, r["ended_on"])
        )
        for line, r in _rows(folder, "conflicts")
    }
    conflict_names = {
        _plain(r["alias"]): _known(r["conflict_id"], conflicts, folder, "conflict_aliases", line)
        for line, r in _rows(folder, "conflict_aliases")
    }
    names, cased = _names(folder, actors, places)
    words = _words(folder)
    topics = {_plain(r["word"]): r["topic"] for _, r in _rows(folder, "topics")}
    domains = {_plain(r["word"]): r["domain"] for _, r in _rows(folder, "domains")}
    vague = {r["words"]: _whole(folder, line, r["count_low"]) for line, r in _rows(folder, "vague_numbers")}
    _check_parents(folder, "actors", {a.actor_id: a.part_of_actor_id for a in actors.values()})
    _check_parents(folder, "places", {p.place_id: p.part_of_place_id for p in places.values()})
    for conflict in conflicts.values():
        if conflict.started_on and conflict.ended_on and conflict.ended_on < conflict.started_on:
            raise InputError(f"{folder / 'conflicts.csv'}: {conflict.conflict_id!r} ends before it starts")
    finder = Finder(names, words, conflict_names, domains)
    return Lexicon(actors, places, conflicts, vague, names, cased, words, conflict_names, topics, domains, finder, Finder(topics))


_HEADERS = {
    "actors": ("actor_id", "name", "kind", "country_code", "part_of_actor_id"),
    "actor_aliases": ("actor_id", "alias", "scope"),
    "places": ("place_id", "name", "kind", "country_code", "part_of_place_id"),
    "place_aliases": ("place_id", "alias"),
    "conflicts": ("conflict_id", "name", "started_on", "ended_on"),
    "conflict_aliases": ("conflict_id", "alias"),
    "countries": ("country_code", "alias", "kind"),
    "vague_numbers": ("words", "count_low"),
    "topics": ("word", "topic"),
    "domains": ("word", "domain"),
    "things": ("word",),
    "groups": ("word", "plural", "kind", "personnel"),
    "outcomes": ("form", "outcome", "use"),
    "reporting": ("form", "stance", "use"),
    "movements": ("form", "status", "use"),
    "ceremonies": ("form", "kind"),
}
# How many columns, from the first, tell rows apart; one where nothing is said.
_KEYS = {"actor_aliases": 2, "place_aliases": 2, "conflict_aliases": 2, "countries": 3, "topics": 2}
_KEYS |= {"groups": 2, "outcomes": 3, "reporting": 3, "movements": 3}


def _rows(folder: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of one file; a row with too few or too many cells is refused."""
    path = folder / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            if tuple(reader.fieldnames or ()) != _HEADERS[name]:
                raise InputError(f"{path}:1: the header is {','.join(reader.fieldnames or ())!r} (expected {','.join(_HEADERS[name])})")
            seen: dict[tuple[str, ...], int] = {}
            for row in reader:
                if None in row or None in row.values():
                    raise InputError(f"{path}:{reader.line_num}: the number of cells is wrong (expected {len(reader.fieldnames or ())})")
                key = tuple(row[column] for column in _HEADERS[name][: _KEYS.get(name, 1)])
                if not all(key if name != "groups" else (row["plural"],)):
                    raise InputError(
                        f"{path}:{reader.line_num}: an empty cell (expected a value in {', '.join(_HEADERS[name][: len(key)])})"
                    )
                if key in seen:
                    raise InputError(f"{path}:{reader.line_num}: {', '.join(key)!r} stands in line {seen[key]} already (expected it once)")
                seen[key] = reader.line_num
                yield reader.line_num, row
    except FileNotFoundError:
        raise InputError(f"{path}: not found (expected a CSV file of the lexicon)") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}") from None


def _known(key: str, known: Mapping[str, object], folder: Path, name: str, line: int) -> str:
    if key not in known:
        raise InputError(f"{folder / name}.csv:{line}: unknown identifier {key!r}{did_you_mean(key, known)}")
    return key


def _date(folder: Path, name: str, line: int, value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise InputError(f"{folder / name}.csv:{line}: {value!r} is no date (expected YYYY-MM-DD)") from None


def _whole(folder: Path, line: int, value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise InputError(f"{folder / 'vague_numbers.csv'}:{line}: {value!r} is no number of people (expected 1 or more)")
    return int(value)


def _check_parents(folder: Path, name: str, parents: Mapping[str, str | None]) -> None:
    """Refuses parts of what is not there, and parts of themselves; used or not."""
    for identifier, parent in parents.items():
        seen = {identifier}
        while parent is not None:
            if parent not in parents:
                raise InputError(
                    f"{folder / name}.csv: {identifier!r} is part of {parent!r}, which is not there{did_you_mean(parent, parents)}"
                )
            if parent in seen:
                raise InputError(f"{folder / name}.csv: {identifier!r} is a part of itself, through {parent!r} (expected a tree)")
            seen.add(parent)
            parent = parents[parent]


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


def _countries() -> tuple[dict[str, Actor], dict[str, Place]]:
    """Every country as a state that acts and as a place."""
    names = {c.alpha_3: getattr(c, "common_name", c.name) for c in pycountry.countries} | {KOSOVO: "Kosovo"}
    short = {"PRK": "North Korea", "KOR": "South Korea", "RUS": "Russia", "TUR": "Turkey"}
    short |= {"COD": "DR Congo", "PSE": "Palestine", "SYR": "Syria", "IRN": "Iran"}
    names |= short
    actors = {code: Actor(code, name, "state", code, None) for code, name in names.items()}
    return actors, {code: Place(code, name, "country", code, None) for code, name in names.items()}


def _names(folder: Path, actors: Mapping[str, Actor], places: Mapping[str, Place]) -> tuple[dict[str, Named], frozenset[str]]:
    """What each name can mean, and the names that count only in their own capitals (US, IS)."""
    names: dict[str, Named] = {}
    cased: set[str] = set()

    def add(alias: str, **meaning: object) -> None:
        key = _plain(alias)
        names[key] = replace(names.get(key, Named()), **meaning)  # type: ignore[arg-type]
        if (alias.isupper() and len(alias) <= 4) or key in ("us", "aid"):
            cased.add(alias)

    for country in pycountry.countries:
        for name in {country.name, getattr(country, "common_name", country.name)}:
            if "," not in name and "(" not in name:
                add(name, actor_id=country.alpha_3, place_id=country.alpha_3)
    for line, row in _rows(folder, "countries"):
        code = _known(row["country_code"], actors, folder, "countries", line)
        if row["kind"] == "seat":
            add(row["alias"], actor_id=code, use="seat")
        else:
            add(row["alias"], actor_id=code, place_id=code, use=row["kind"])
    for line, row in _rows(folder, "place_aliases"):
        add(row["alias"], place_id=_known(row["place_id"], places, folder, "place_aliases", line))
    roles: dict[str, list[str]] = {}
    unmistakable: dict[str, str] = {}
    for line, row in _rows(folder, "actor_aliases"):
        actor_id = _known(row["actor_id"], actors, folder, "actor_aliases", line)
        if row["scope"] == "with_country":
            roles.setdefault(row["alias"], []).append(actor_id)
        else:
            other = unmistakable.setdefault(row["alias"], actor_id)
            if other != actor_id:
                path = folder / "actor_aliases.csv"
                raise InputError(
                    f"{path}:{line}: {row['alias']!r} names {other!r} anywhere already (expected one actor, or scope with_country)"
                )
            add(row["alias"], actor_id=actor_id)
    for alias, ids in roles.items():
        if names.get(_plain(alias), Named()).actor_id is None:
            add(alias, use="role", roles=tuple(ids))
    return names, frozenset(cased)


def _words(folder: Path) -> dict[str, Word]:
    """What each word of the field can say, over all lists that name it."""
    words: dict[str, Word] = {}

    def add(form: str, **meaning: object) -> None:
        key = _plain(form)
        words[key] = replace(words.get(key, Word()), **meaning)  # type: ignore[arg-type]

    for _, r in _rows(folder, "things"):
        add(r["word"], thing=True)
    for _, r in _rows(folder, "groups"):
        for form, plural in ((r["word"], False), (r["plural"], True)):
            if form:
                add(form, group=r["kind"], personnel=r["personnel"], plural=plural, thing=False)
    for _, r in _rows(folder, "outcomes"):
        uses = words.get(_plain(r["form"]), Word()).outcome_uses
        add(r["form"], outcome=r["outcome"], outcome_uses=uses | {r["use"]})
    for _, r in _rows(folder, "reporting"):
        uses = words.get(_plain(r["form"]), Word()).reporting_uses
        add(r["form"], stance=r["stance"], reporting_uses=uses | {r["use"]})
    for _, r in _rows(folder, "movements"):
        add(r["form"], status=r["status"], movement_use=r["use"])
    for _, r in _rows(folder, "ceremonies"):
        add(r["form"], ceremony=r["kind"])
    return words
