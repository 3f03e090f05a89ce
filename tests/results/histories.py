"""Corpora and lexicons in our own words that change from run to run, and what a run gives of them."""

import csv
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from pipelines.corpus import Counts, Extraction, Order, extract_corpora
from pipelines.engines.setup import Setup
from pipelines.paths import REPOSITORY
from pipelines.results.store import STORE
from pipelines.schema import load_schemas

SCHEMAS = load_schemas(REPOSITORY.schemas)
TEXTS = (
    "The Red Cross said on Monday that 40 men died in Goma.",
    "At least 12 soldiers were killed and dozens were wounded near Kursk, the Ukrainian army said.",
    "Ukraine sent 3,000 troops to Kursk in two waves, the army said.",
    "A state funeral was held in Kyiv on March 2, hosted by President Volodymyr Zelenskyy. Bereaved families attended the ceremony.",
    "“We will not forget them,” President Volodymyr Zelenskyy said. Vexley’s army denied it.",
    "Shelling killed 9 snarks near Vexley, the Vexley Guard said on Tuesday. It declined to comment on talks.",
    "It rained all day.\n\nPrices rose.",
)
Edit = Callable[[list[dict[str, str]]], list[dict[str, str]]]


def _with(**row: str) -> Edit:
    return lambda rows: [*rows, row]


def _without(**row: str) -> Edit:
    return lambda rows: [r for r in rows if not row.items() <= r.items()]


def _where(key: Mapping[str, str], **values: str) -> Edit:
    return lambda rows: [{**r, **values} if key.items() <= r.items() else r for r in rows]


# What people do to a lexicon: by file, one edit or several.
LEXICONS: tuple[Mapping[str, Edit], ...] = (
    {},
    {
        "actors": _with(actor_id="vg", name="Vexley Guard", kind="armed_force", country_code="", part_of_actor_id=""),
        "actor_aliases": _with(actor_id="vg", alias="Vexley Guard", scope="anywhere"),
    },
    {
        "places": _with(place_id="vx", name="Vexley", kind="city", country_code="RUS", part_of_place_id=""),
        "place_aliases": _with(place_id="vx", alias="Vexley"),
    },
    {"places": _where({"place_id": "kursk"}, kind="venue")},
    {"places": _where({"place_id": "kursk-region"}, kind="city")},
    {"place_aliases": _without(alias="Goma")},
    {"actors": _where({"actor_id": "armed-forces-ukr"}, kind="party")},
    {"actors": _where({"actor_id": "armed-forces-ukr"}, part_of_actor_id="")},
    {"groups": _with(word="snark", plural="snarks", kind="civilian", personnel="")},
    {"groups": _without(plural="soldiers")},
    {"outcomes": _without(form="died")},
    {"reporting": _without(form="said")},
    {"topics": _with(word="talks", topic="other"), "domains": _with(word="rained", domain="leisure")},
    {"vague_numbers": _where({"words": "dozens"}, count_low="36")},
)


def make_lexicons(folder: Path) -> list[Path]:
    """A folder a lexicon; the aliases are cut to those that the texts can hold, so that they load at once."""
    held = " ".join(TEXTS).lower()
    made = []
    for number, edits in enumerate(LEXICONS):
        target = folder / str(number)
        shutil.copytree(REPOSITORY.lexicon, target)
        for name in dict.fromkeys(("actor_aliases", "place_aliases", *edits)):
            rows = _read(target / f"{name}.csv")
            if name.endswith("_aliases"):
                rows = [row for row in rows if row["alias"].lower() in held]
            _write(target / f"{name}.csv", edits.get(name, list)(rows), list(rows[0]))
        made.append(target)
    return made


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _write(path: Path, rows: list[dict[str, str]], header: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_corpus(articles: Mapping[str, str], folder: Path) -> Path:
    """The folder with the articles: those with odd numbers are files of text, the others lines, every seventh without a name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with (folder / "news.jsonl").open("w", encoding="utf-8") as lines:
        for name, text in articles.items():
            if int(name[1:]) % 2:
                (folder / f"{name}.txt").write_text(f" date 2025-03-04 {text}", "utf-8")
            else:
                named = {"id": name} if int(name[1:]) % 7 else {}
                lines.write(json.dumps({**named, "date": "2025-03-04", "text": text}) + "\n")
    return folder


def run(
    corpus: Path, out: Path, lexicon: Path = REPOSITORY.lexicon, order: Order | None = None, tell: Callable[[Counts], None] = lambda _: None
) -> Extraction:
    """What an extraction gives, in this process where nothing else is asked for."""
    return extract_corpora([corpus], out, Setup(lexicon, REPOSITORY.schemas, 60), order or Order(engine="process"), SCHEMAS, tell)


def files(folder: Path) -> dict[str, bytes]:
    """The files that a run wrote, without its store."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != STORE}
