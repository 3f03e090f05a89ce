"""How many date expressions are read right, beside dateparser where it is installed.

    python -m benchmarks.dates

The cases are those of tests/gold/dates.csv: a dateline, a text, the words of a date in it, the first and last day that
they can mean; both empty where the words are no date. dateparser is given the words alone and answers with one day, so it
is measured on the cases that name one.
"""

import csv
import importlib
import importlib.util
from dataclasses import dataclass
from datetime import date, datetime, time

from pipelines.mentions.dates import DateReading, find_dates
from pipelines.paths import REPOSITORY

GOLD = REPOSITORY.root / "tests" / "gold" / "dates.csv"


@dataclass(frozen=True)
class Case:
    """A text of a day, the words of a date in it, and what they mean; None where they are no date."""

    dateline: date | None
    text: str
    words: str
    reading: DateReading | None

    @property
    def day(self) -> date | None:
        """The day, where the words name one."""
        return self.reading.earliest if self.reading and self.reading.earliest == self.reading.latest else None


def cases() -> list[Case]:
    """The hand-made cases."""
    with GOLD.open(encoding="utf-8", newline="") as handle:
        return [_case(row) for row in csv.DictReader(handle)]


def _case(row: dict[str, str]) -> Case:
    dateline, earliest, latest = (date.fromisoformat(row[name]) if row[name] else None for name in ("dateline", "earliest", "latest"))
    return Case(dateline, row["sentence"], row["words"], DateReading(earliest, latest) if earliest and latest else None)


def read(case: Case) -> DateReading | None:
    """What the grammar reads in the words of the case: the narrowest of the dates there."""
    start = case.text.index(case.words)
    end = start + len(case.words)
    here = [m.reading for m in find_dates(case.text, case.dateline) if m.start < end and start < m.end and m.reading]
    return min(here, key=lambda r: r.latest - r.earliest, default=None)


def day_of_dateparser(case: Case) -> date | None:
    """The day that dateparser makes of the words, which look back from the dateline as most of news does."""
    settings: dict[str, object] = {"PREFER_DATES_FROM": "past"}
    if case.dateline:
        settings["RELATIVE_BASE"] = datetime.combine(case.dateline, time(12))
    found = importlib.import_module("dateparser").parse(case.words, languages=["en"], settings=settings)
    return found.date() if found else None


def main() -> None:
    known = cases()
    wrong = [(case, found) for case in known if (found := read(case)) != case.reading]
    for case, found in wrong:
        print(f"read wrong: {case.text!r} {case.words!r}: {found} (expected {case.reading})")
    print(f"read right: {(len(known) - len(wrong)) / len(known):.1%} of {len(known)} date expressions")
    days = [c for c in known if c.day]
    ours = sum(read(c) == c.reading for c in days)
    print(f"days alone: {ours / len(days):.1%} of {len(days)} expressions that name one day")
    if importlib.util.find_spec("dateparser") is None:
        print("dateparser is not installed: pip install dateparser")
        return
    theirs = sum(day_of_dateparser(c) == c.day for c in days)
    print(f"dateparser: {theirs / len(days):.1%} of {len(days)}, the words given")


if __name__ == "__main__":
    main()
