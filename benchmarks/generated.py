"""A news archive of any size in our own words, with the facts that it holds: the same for the same seed, on every machine.

    python -m benchmarks.generated ARTICLES --out corpus.jsonl [--seed 1] [--truth truth.jsonl]

One article in four reports a fight, as in the war pages of a paper; the others are of everyday things, with numbers that count no victims.
One in fifty is a wire copy of the article before it, under another name. Every place, person and event is invented.
"""

import argparse
import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from random import Random

FIGHTS = 4
COPIES = 50
FIRST_DAY = datetime.date(2031, 1, 1)

_PLACES = (
    "Aldertown",
    "Port Lind",
    "Corvale",
    "Marsh End",
    "Tarn Bridge",
    "Old Quarry",
    "Esker",
    "Holm",
    "Vessing",
    "Upper Dale",
    "Ravensby",
    "Saltmouth",
)
_COUNTRIES = ("Northland", "Estmark", "Sudria", "Westerland")
_NAMES = (
    "Ada Vint",
    "Oskar Vell",
    "Mara Stenn",
    "Ilya Brandt",
    "Jonas Reck",
    "Petra Lohm",
    "Tomas Ketter",
    "Ines Walde",
    "Karl Osten",
    "Vera Lund",
)
_VICTIMS = ("soldiers", "civilians", "people", "policemen", "fishermen", "miners", "sailors", "volunteers", "aid workers", "villagers")
_WEAPONS = ("Shelling", "A drone attack", "An air strike", "Mortar fire", "A car bomb", "A missile strike")
_SITES = ("market", "railway station", "grain store", "bus depot", "harbour", "power plant", "school", "bridge")
_PAPERS = ("The Northland Post", "Corvale Courier", "Estmark Daily", "Harbour Gazette", "The Tarn Observer")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# What the sentences of a paper are about where they count nobody's victims.
_EVERYDAY = (
    "The town of {place} has {many} inhabitants and lives mostly from the river trade.",
    "Mayor {name} opened the new library on {day} and spoke of a good year for the region.",
    "Prices of bread rose by {few} percent since the spring, the statistics office of {country} said.",
    "The council of {place} voted to repair {few} bridges before the winter.",
    "{name} won the race over {few} kilometres and thanked the crowd.",
    "The company plans to hire engineers and to move its offices to {place} next year.",
    "Rain is expected in {place} until {day}, with winds from the west.",
    "The museum shows {few} paintings that nobody had seen for {few} years.",
    "“We have learnt to wait,” said {name}, who keeps a shop near the {site}.",
    "The ferry between {place} and {place} was late again on {day}.",
    "Trade between {country} and {country} grew to {many} tons of grain.",
    "The court in {place} will hear the case of the {site} in the autumn.",
    "{name} has taught at the university of {place} since the reform of the schools.",
    "The road to {place} was closed for {few} hours after a landslide.",
    "Farmers around {place} speak of the best harvest for a decade.",
    "The band played {few} songs and left the stage without a word.",
    "A study of the lake found that its water is as clean as it was {few} years ago.",
    "The line of the railway follows the old border for most of its length.",
    "{name} and {name} signed the contract for the {site} in {place}.",
    "Visitors came from as far as {country} to see the fair.",
)
# What stands between the counts in a report of a fight.
_AROUND = (
    "Smoke hung over the {site} until the evening, and the streets of {place} were empty.",
    "The fighting for {place} began in the spring and has moved from street to street since.",
    "Neither side let reporters into the town.",
    "“There was no warning,” said {name}, who lives opposite the {site}.",
    "The government of {country} called for talks and blamed its neighbour for the attack.",
    "Trains between {place} and {place} did not run on {day}.",
    "Both armies say that they hold the hills above {place}.",
    "The governor, {name}, asked people to stay at home.",
    "The bridge to {place} had been mined, and the engineers needed {few} hours to clear it.",
    "Windows were broken as far away as {place}, {few} kilometres from the {site}.",
    "“Each side says that the other broke the ceasefire,” wrote {name}, who has followed the conflict for years.",
    "The front has not moved since {day}, and both armies dig trenches.",
    "The hospital of {place} asked for medicine and for blankets.",
    "Observers from {country} were turned back at the last checkpoint before {place}.",
    "The army of {country} holds the road, its neighbour the valley below.",
    "The border between {country} and {country} has been closed for {few} weeks.",
    "Artillery could be heard in {place} through the night.",
    "{name}, a retired general, doubts that the town can be held until the winter.",
    "Parliament in {country} met on {day} to debate the state of the army.",
    "Most families have left {place} for the villages in the hills.",
    "A convoy with food waited for {few} hours at the {site} before it turned around.",
    "The war has cost {country} a third of its harvest, by the reckoning of its own ministry.",
)


@dataclass(frozen=True)
class Known:
    """A fact that an article holds by its making: the table, what kind of fact, and the bounds of its number of people."""

    table: str
    kind: str
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Generated:
    """An article as a line of JSON Lines has it, and the facts in it."""

    row: Mapping[str, str]
    facts: Sequence[Known]


@dataclass(frozen=True)
class _Report:
    """Sentences with the facts that they state."""

    sentences: list[str] = field(default_factory=list)
    facts: list[Known] = field(default_factory=list)

    def add(self, sentence: str, *facts: Known) -> None:
        self.sentences.append(sentence)
        self.facts.extend(facts)


def articles(count: int, seed: int = 1, first: int = 0) -> Iterator[Generated]:
    """``count`` articles from number ``first`` on; each depends on seed and number alone, so that two ranges are two parts of one archive."""
    for number in range(first, first + count):
        yield _copy(number, seed) if number % COPIES == COPIES - 1 else _article(number, seed)


def write(path: Path, count: int, seed: int = 1, truth: Path | None = None) -> None:
    """Nothing; ``path`` holds the articles, one JSON object a line, and ``truth`` the facts of each in the same order."""
    with path.open("w", encoding="utf-8") as lines, (truth or Path("/dev/null")).open("w", encoding="utf-8") as facts:
        for made in articles(count, seed):
            lines.write(json.dumps(made.row, ensure_ascii=False) + "\n")
            facts.write(json.dumps({"article_id": made.row["article_id"], "facts": [asdict(fact) for fact in made.facts]}) + "\n")


def _article(number: int, seed: int) -> Generated:
    random = Random(f"{seed}/{number}")
    day = FIRST_DAY + datetime.timedelta(days=number % 3650)
    report = _fight(random) if number % FIGHTS == 0 else _Report()
    others = _AROUND if report.facts else _EVERYDAY
    report.sentences.extend(_filled(random, others) for _ in range(random.randint(18, 36)))
    text = "\n\n".join(" ".join(report.sentences[at : at + 3]) for at in range(0, len(report.sentences), 3))
    row = {
        "article_id": f"a{number:08}",
        "title": f"News from {random.choice(_PLACES)}",
        "publisher": random.choice(_PAPERS),
        "published_on": day.isoformat(),
        "language": "en",
        "licence": "CC-BY-4.0",
        "text": text,
    }
    return Generated(row, report.facts)


def _copy(number: int, seed: int) -> Generated:
    """The article before it as another paper prints it: with a credit, and without its last paragraph."""
    origin = _article(number - 1, seed)
    kept = origin.row["text"].rpartition("\n\n")[0]
    row = {**origin.row, "article_id": f"a{number:08}", "publisher": "The Copybook", "text": f"(Northland Wire) {kept}"}
    return replace(origin, row=row)


def _filled(random: Random, sentences: Sequence[str]) -> str:
    words = {"few": random.randint(3, 60), "many": f"{random.randint(1_000, 900_000):,}"}
    sentence = random.choice(sentences)
    for slot, choices in (("place", _PLACES), ("country", _COUNTRIES), ("name", _NAMES), ("site", _SITES), ("day", _DAYS)):
        while f"{{{slot}}}" in sentence:
            sentence = sentence.replace(f"{{{slot}}}", random.choice(choices), 1)
    return sentence.format(**words)


def _fight(random: Random) -> _Report:
    """The report of one fight: what happened, who disputes it, who was sent, who was buried."""
    report = _Report()
    place, country, victims, other = random.choice(_PLACES), random.choice(_COUNTRIES), *random.sample(_VICTIMS, 2)
    killed, wounded, sent = random.randint(2, 400), random.randint(3, 900), 100 * random.randint(3, 90)
    ministry, council = f"the Ministry of Defence of {country}", f"the council of {place}"
    report.add(
        f"{random.choice(_WEAPONS)} killed {killed} {victims} and wounded {wounded} others near the {random.choice(_SITES)} of {place} on {random.choice(_DAYS)}, {ministry} said.",
        Known("casualty_estimates", "killed", killed, killed),
        Known("casualty_estimates", "wounded", wounded, wounded),
    )
    report.add(_filled(random, _AROUND))
    if random.random() < 0.5:
        least = killed + random.randint(1, 50)
        report.add(f"At least {least} {other} were killed, according to {council}.", Known("casualty_estimates", "killed", least, None))
    report.add(_filled(random, _AROUND))
    if random.random() < 0.4:
        report.add(f"{country} sent {sent:,} soldiers to {place}, {ministry} said.", Known("deployments", "sent", sent, sent))
    if random.random() < 0.3:
        report.add(
            f"A state funeral for the {victims} was held in {random.choice(_PLACES)} on {random.choice(_DAYS)}.",
            Known("ceremonies", "funeral", None, None),
        )
    report.add(_filled(random, _AROUND))
    return report


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.generated", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("articles", type=int, metavar="ARTICLES", help="how many")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSON Lines to write")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="JSON Lines to write the known facts to, a list an article")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed is another archive (default %(default)s)")
    options = parser.parse_args(arguments)
    write(options.out, options.articles, options.seed, options.truth)


if __name__ == "__main__":
    main()
