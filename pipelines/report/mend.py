"""Where a problem can be mended: the reviewed file and line that the bad value comes from."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.checks.problem import Problem
from pipelines.errors import InputError
from pipelines.facts.fact import fact_id
from pipelines.paths import Paths
from pipelines.report.context import Context
from pipelines.reviews import Decision, read_reviews

_FILE_RULES = ("file", "undeclared", "csv", "declaration", "columns")
_SCHEMA_RULES = ("embedded schema", "x-minimum-rows")


@dataclass(frozen=True)
class Place:
    """A line, from 1, of a file, named from the root of the package."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Mending:
    """The files that people write, each read once."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._decisions: list[Decision] | None = None
        self._lines: dict[Path, dict[str, int]] = {}
        self._texts: dict[Path, str] = {}

    def place(self, problem: Problem, context: Context) -> Place | None:
        """The place to mend the problem; None where the package holds no such file."""
        if problem.rule == "acceptance":
            return self._accepted(problem)
        if problem.row is None and problem.rule.startswith("expectation "):
            return self._expected(problem) or self._schema(problem)
        for file in (self._paths.dictionary, self._paths.croissant, self._paths.schema_org, self._paths.citation, self._paths.zenodo):
            if problem.table == file.relative_to(self._paths.root).as_posix():
                return self._worded(file, str(problem.value))
        if _of_files(problem):
            return self._named(self._paths.descriptor, _resource(problem))
        if problem.rule in _SCHEMA_RULES:
            return self._schema(problem)
        if context.fact_id is not None or context.spans:
            return self._decision(problem, context) or self._article(context)
        if problem.table == "articles" and context.article_id is not None:
            return self._article(context)
        lexicon = self._paths.lexicon / f"{problem.table}.csv"
        if _plain(problem.table) and lexicon.is_file() and context.key is not None:
            return self._entry(lexicon, context.key)
        return self._schema(problem) if problem.row is None else None

    def _accepted(self, problem: Problem) -> Place | None:
        """The entry of ``data/continuity.yaml`` that accepts nothing; its file and line are what was found."""
        line = str(problem.value).rpartition(":")[2]
        file = self._paths.continuity
        return Place(file.relative_to(self._paths.root).as_posix(), int(line) if line.isdecimal() else 1) if file.is_file() else None

    def _expected(self, problem: Problem) -> Place | None:
        """The first written expectation of the column; None where nothing is written for it."""
        file = self._paths.schemas / "expectations" / f"{problem.table}.yaml"
        text = self._text(file) if _plain(problem.table) and problem.column is not None else None
        found = re.search(rf"^\W*column:\s*{re.escape(problem.column or '')}\s*$", text or "", re.MULTILINE)
        return self._at(file, text, found.start()) if text is not None and found else None

    def _schema(self, problem: Problem) -> Place | None:
        """The column's line in the table's schema."""
        file = self._paths.schemas / f"{problem.table}.json"
        return self._named(file, problem.column) if _plain(problem.table) else None

    def _worded(self, file: Path, words: str) -> Place | None:
        """The first line of the file that holds the words, else its first."""
        text = self._text(file)
        return None if text is None else self._at(file, text, max(0, text.find(words)))

    def _named(self, file: Path, name: str | None) -> Place | None:
        """The line of a JSON file on which something gets this name, else its first."""
        text = self._text(file)
        if text is None:
            return None
        found = re.search(rf'"name"\s*:\s*"{re.escape(name)}"', text) if name else None
        return self._at(file, text, found.start() if found else 0)

    def _decision(self, problem: Problem, context: Context) -> Place | None:
        """The last decision on the fact, a correction of the column before others."""
        ours = [d for d in self._read_decisions() if _decides(d, context.fact_id)]
        of_column = [d for d in ours if d.column == problem.column and d.column is not None]
        if not ours:
            return None
        where = (of_column or ours)[-1]
        return Place(f"data/reviews/{where.article_id}.yaml", int(where.where.rpartition(":")[2]))

    def _read_decisions(self) -> list[Decision]:
        if self._decisions is None:
            folder = self._paths.reviews
            try:
                self._decisions = read_reviews(folder, [path.stem for path in folder.glob("*.yaml")])
            except (InputError, OSError, RecursionError):
                # A review that cannot be read is for the build to name.
                self._decisions = []
        return self._decisions

    def _article(self, context: Context) -> Place | None:
        """The line of the article on which the first span begins."""
        article = context.spans[0].article_id if context.spans else context.article_id
        for ending in (".txt", ".md") if article is not None and _plain(article) else ():
            file = self._paths.articles / f"{article}{ending}"
            text = self._text(file)
            if text is not None:
                return self._at(file, text, context.spans[0].start if context.spans else 0)
        return None

    def _entry(self, file: Path, key: str) -> Place | None:
        """The line of the lexicon that holds the key; states come from the list of countries, which only adds names to them."""
        for source in (file, file.with_name("countries.csv")):
            line = self._keys(source).get(key)
            if line is not None:
                return Place(source.relative_to(self._paths.root).as_posix(), line)
        return Place(file.relative_to(self._paths.root).as_posix(), 1)

    def _keys(self, file: Path) -> dict[str, int]:
        """The line on which each first cell of a CSV file stands first."""
        if file not in self._lines:
            self._lines[file] = _first_cells(self._text(file) or "")
        return self._lines[file]

    def _text(self, file: Path) -> str | None:
        """The file's text; None where there is none that can be read."""
        if file not in self._texts:
            try:
                self._texts[file] = file.read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError):
                return None
        return self._texts[file]

    def _at(self, file: Path, text: str, offset: int) -> Place:
        return Place(file.relative_to(self._paths.root).as_posix(), text.count("\n", 0, offset) + 1)


def _first_cells(text: str) -> dict[str, int]:
    """The line on which each first cell of the CSV stands first; what cannot be read ends it."""
    found: dict[str, int] = {}
    before = 0
    reader = csv.reader(text.splitlines(keepends=True))
    try:
        for row in reader:
            found.setdefault(row[0] if row else "", before + 1)
            before = reader.line_num
    except csv.Error:
        pass
    return found


def _of_files(problem: Problem) -> bool:
    """Whether the descriptor and the files do not agree, whatever stands in the rows."""
    of_files = problem.rule in _FILE_RULES or problem.rule.startswith("descriptor")
    return problem.row is None and (of_files or problem.table == "datapackage.json")


def _resource(problem: Problem) -> str:
    """The resource of the descriptor that the problem is about."""
    return problem.value if problem.rule == "descriptor" and isinstance(problem.value, str) else problem.table


def _decides(decision: Decision, fact: str | None) -> bool:
    if decision.kind != "add" or decision.quote is None:
        return decision.fact == fact
    return fact_id(decision.fact, decision.article_id, decision.quote.quote, 0) == fact


def _plain(name: str) -> bool:
    """Whether the name can be that of a file, and leads nowhere else."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", name) is not None
