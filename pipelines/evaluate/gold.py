"""Gold facts: what people read in an article, one JSON file each, checked key by key against the schemas."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.article import Article
from pipelines.errors import DataError, InputError, did_you_mean, visible
from pipelines.schema import Field, Schema

Gold = Mapping[str, Any]

# Articles that were read while the grammar was written, and those that are looked at only by their score.
PARTS = ("development", "held_out")


def part_of(gold: Gold) -> str:
    """The part that an article belongs to; development where its gold does not say."""
    return str(gold.get("part", PARTS[0]))


@dataclass(frozen=True)
class Key:
    """One key of a gold fact and the columns that can answer it.

    ``how`` they must do so: ``number`` (with the other numbers, decides which fact it is), ``fact`` (decides so
    too), ``equal``, ``names`` (the words of one lie in the other), ``present`` (both there or both not).
    """

    name: str
    columns: tuple[str, ...]
    how: str

    @property
    def compared(self) -> bool:
        """Whether the key is compared once the fact is found."""
        return self.how in ("equal", "names", "present")


def _numbers(prefix: str) -> tuple[Key, ...]:
    return tuple(Key(f"{prefix}_{end}", (f"{prefix}_{end}",), "number") for end in ("low", "best", "high"))


_CLAIM = (Key("claimant", ("claimant_text",), "names"), Key("reported_on", ("reported_on",), "equal"))
KEYS: Mapping[str, tuple[Key, ...]] = {
    "casualty_estimates": (
        Key("outcome", ("outcome",), "fact"),
        *_numbers("count"),
        Key("qualifier", ("qualifier",), "equal"),
        Key("victims", ("victims_text",), "names"),
        *_CLAIM,
        Key("stance", ("stance",), "equal"),
        Key("part_of", ("part_of_fact_id",), "present"),
    ),
    "ceremonies": (
        Key("kind", ("kind",), "equal"),
        Key("held_on", ("held_on",), "equal"),
        Key("place", ("place_text", "venue_text"), "names"),
        Key("host", ("host_text",), "names"),
        Key("honoured_count", ("honoured_count",), "equal"),
    ),
    "deployments": (
        *_numbers("personnel"),
        Key("status", ("status",), "equal"),
        Key("personnel_kind", ("personnel_kind",), "equal"),
        Key("force", ("force_text",), "names"),
        Key("destination", ("destination_text",), "names"),
        Key("waves", ("waves",), "equal"),
        *_CLAIM,
    ),
}


def read_gold(folder: Path, articles: Sequence[Article], schemas: Mapping[str, Schema]) -> dict[str, Gold]:
    """The gold of each article by its identifier; a DataError lists all that is missing or wrong."""
    if not folder.is_dir():
        raise InputError(f"{visible(str(folder))}: not found (expected a folder with <article_id>.json for each article)")
    files = {p.stem: p for p in sorted(folder.glob("*.json")) if not p.name.startswith(".")}
    texts = {a.article_id: a.text for a in articles}
    problems = list(_unpaired(folder, files, texts))
    gold: dict[str, Gold] = {}
    for identifier in sorted(files.keys() & texts.keys()):
        try:
            gold[identifier] = _read(files[identifier])
        except InputError as error:
            problems.append(str(error))
            continue
        where = visible(str(files[identifier]))
        problems.extend(f"{where}: {problem}" for problem in _wrong(gold[identifier], identifier, texts[identifier], schemas))
    if problems:
        raise DataError(f"{len(problems)} problem{'s' * (len(problems) > 1)} in the gold: nothing was measured", problems)
    return gold


def _unpaired(folder: Path, files: Mapping[str, Path], texts: Mapping[str, str]) -> Iterator[str]:
    for identifier in sorted(texts.keys() - files.keys()):
        path = visible(str(folder / f"{identifier}.json"))
        yield f"{path}: not found (expected the gold facts of that article{did_you_mean(identifier, files.keys() - texts.keys())})"
    for identifier in sorted(files.keys() - texts.keys()):
        hint = did_you_mean(identifier, texts.keys() - files.keys())
        yield f"{visible(str(files[identifier]))}: no article {visible(identifier)!r} (expected one of that name beside it{hint})"


def _read(path: Path) -> Gold:
    where = visible(str(path))
    try:
        gold = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 at byte {error.start} (expected JSON in UTF-8)") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: no JSON: {error}") from None
    if not isinstance(gold, dict):
        raise InputError(f"{where}: a {type(gold).__name__} (expected an object with the keys {', '.join(KEYS)})")
    return gold


def _wrong(gold: Gold, identifier: str, text: str, schemas: Mapping[str, Schema]) -> Iterator[str]:
    """What is wrong with the gold of one article."""
    if gold.get("id", identifier) != identifier:
        yield f"id is {_quoted(gold['id'])} (expected {identifier!r}, the name of the file)"
    if part_of(gold) not in PARTS:
        yield f"part is {_quoted(gold['part'])} (expected one of {', '.join(PARTS)}{did_you_mean(part_of(gold), PARTS)})"
    for table, keys in KEYS.items():
        facts = gold.get(table)
        if table not in gold:
            yield f"no key {table!r} (expected a list of facts, which may be empty{did_you_mean(table, gold)})"
        elif not isinstance(facts, list):
            yield f"{table} is {_quoted(facts)} (expected a list of facts)"
        else:
            for index, fact in enumerate(facts):
                yield from (f"{table}[{index}]: {p}" for p in _wrong_fact(fact, keys, schemas[table], text, index, len(facts)))


def _wrong_fact(fact: object, keys: Sequence[Key], schema: Schema, text: str, index: int, facts: int) -> Iterator[str]:
    if not isinstance(fact, dict):
        yield f"{_quoted(fact)} (expected an object)"
        return
    for name in (*(key.name for key in keys), "evidence"):
        if name not in fact:
            yield f"no key {name!r} (expected a value or null{did_you_mean(name, fact.keys() - {k.name for k in keys})})"
    fields = {f.name: f for f in schema.fields}
    for key in keys:
        if key.name in fact:
            value = fact[key.name]
            wrong = _wrong_part(value, index, facts) if key.how == "present" else _wrong_value(value, fields[key.columns[0]])
            if wrong:
                yield f"{key.name} is {_quoted(value)} ({wrong})"
    if schema.name == "casualty_estimates" and all(fact.get(k.name) is None for k in keys if k.how == "number"):
        yield "no number (expected one of count_low, count_best, count_high)"
    evidence = fact.get("evidence", text)
    if not isinstance(evidence, str) or not evidence or evidence not in text:
        yield f"evidence is {_quoted(evidence)} (expected exact words of the article)"


def _wrong_value(value: object, column: Field) -> str:
    """What a gold value should have been, or nothing where it is sound."""
    if value is None:
        return f"expected {_kind(column)}" if column.required else ""
    if column.enum:
        return "" if value in column.enum else f"expected {_kind(column)}{did_you_mean(str(value), column.enum)}"
    if column.type == "integer":
        sound = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    elif column.type == "date":
        sound = isinstance(value, str) and _is_day(value)
    else:
        sound = isinstance(value, str) and bool(value.strip())
    return "" if sound else f"expected {_kind(column)} or null"


def _kind(column: Field) -> str:
    kinds = {"integer": "a whole number", "date": "a day as YYYY-MM-DD", "string": "words"}
    return f"one of {', '.join(column.enum)}" if column.enum else kinds[column.type]


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _wrong_part(value: object, index: int, facts: int) -> str:
    sound = value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value < facts and value != index)
    return "" if sound else f"expected the position of another estimate, 0 to {facts - 1}, or null"


def _quoted(value: object) -> str:
    """The value as JSON, safe and short enough to show."""
    shown = visible(json.dumps(value, ensure_ascii=False))
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
