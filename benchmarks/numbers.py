"""How many number expressions are read right, beside text2num where it is installed.

    python -m benchmarks.numbers

The cases are those of tests/gold/numbers.csv: a text, the words in it that state a number, its bounds, its qualifier;
"none" where the words measure, name or date something. text2num gives one value and no bounds, so it is measured on the
cases with one stated value: right is whoever finds that value.

The second measure is of running text: of the counts of people that the gold facts of the development articles state, how
many are read, with their bound, in the words that the gold quotes.
"""

import csv
import importlib
import importlib.util
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.article import Article
from pipelines.evaluate.gold import part_of
from pipelines.mentions.lexicon import load_lexicon
from pipelines.mentions.mentions import find_mentions
from pipelines.mentions.numbers import Count, Number, find_numbers
from pipelines.paths import REPOSITORY

GOLD = REPOSITORY.root / "tests" / "gold" / "numbers.csv"
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Case:
    """A text, the words of a number in it, and what they say; None where they count no people."""

    text: str
    words: str
    count: Count | None


def cases() -> list[Case]:
    """The hand-made cases."""
    with GOLD.open(encoding="utf-8", newline="") as handle:
        return [_case(row) for row in csv.DictReader(handle)]


def _case(row: dict[str, str]) -> Case:
    low, best, high, stated = (int(row[name]) if row[name] else None for name in ("low", "best", "high", "stated"))
    return Case(row["text"], row["words"], None if row["qualifier"] == "none" else Count(low, best, high, stated, row["qualifier"]))


def read(case: Case) -> Count | None:
    """What the grammar reads in the words of the case."""
    start = case.text.index(case.words)
    end = start + len(case.words)
    found = find_mentions(Article("case", case.text), load_lexicon(REPOSITORY.lexicon)).sentences
    here = [t for tagged in found for t in tagged.tokens if t.start < end and start < t.end and t.tag == "N"]
    return next((t.value.count for t in here if isinstance(t.value, Number)), None)


def values_of_text2num(case: Case) -> Iterator[float]:
    """The values that text2num leaves in the text as digits."""
    written = importlib.import_module("text_to_num").alpha2digit(case.text, "en")
    for match in _DIGITS.finditer(written):
        yield float(match[0].replace(",", ""))


def counts_of_gold(folder: Path) -> Iterator[tuple[str, float, str]]:
    """Each count of people in the gold of the development articles: the quoted words, the stated value, the qualifier."""
    for path in sorted(folder.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        if part_of(gold) != "development":
            continue
        for fact in (*gold["casualty_estimates"], *gold["deployments"]):
            prefix = "count" if "outcome" in fact else "personnel"
            bounds = [fact.get(f"{prefix}_{end}") for end in ("low", "best", "high")]
            if fact.get("qualifier") not in (None, "vague", "range") and any(bounds):
                yield fact["evidence"], next(b for b in (bounds[1], bounds[0], bounds[2]) if b), fact["qualifier"]


def is_read(words: str, stated: float, qualifier: str) -> bool:
    """Whether the grammar reads that count in the words."""
    found = [n.count for n in find_numbers(words, load_lexicon(REPOSITORY.lexicon).vague) if n.count]
    return any((c.stated, c.qualifier) == (stated, qualifier) for c in found)


def main() -> None:
    known = cases()
    wrong = [(case, found) for case in known if (found := read(case)) != case.count]
    for case, found in wrong:
        print(f"read wrong: {case.text!r} {case.words!r}: {found} (expected {case.count})")
    every, missed = Counter(_kind(c) for c in known), Counter(_kind(c) for c, _ in wrong)
    for kind, number in every.items():
        print(f"{kind:12}{number - missed[kind]:4} of {number:4}")
    print(f"read right: {(len(known) - len(wrong)) / len(known):.1%} of {len(known)} number expressions")
    running = list(counts_of_gold(REPOSITORY.gold / "gold"))
    print(f"in running text: {sum(is_read(*c) for c in running) / len(running):.1%} of {len(running)} counts of the development articles")
    stated = [c for c in known if c.count and c.count.stated is not None]
    ours = sum((found := read(c)) is not None and found.stated == c.count.stated for c in stated if c.count)
    print(f"value alone: {ours / len(stated):.1%} of {len(stated)} expressions with one value")
    if importlib.util.find_spec("text_to_num") is None:
        print("text2num is not installed: pip install text2num")
        return
    theirs = sum(c.count.stated in values_of_text2num(c) for c in stated if c.count)
    print(f"text2num:    {theirs / len(stated):.1%} of {len(stated)}")


def _kind(case: Case) -> str:
    return case.count.qualifier if case.count else "none"


if __name__ == "__main__":
    main()
