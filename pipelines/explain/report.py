"""The report on an explanation for people in a terminal: the text with its marks, then the facts."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipelines.errors import visible
from pipelines.explain.explanation import Explanation, Read
from pipelines.explain.lines import Line, lines_of
from pipelines.explain.made import Made, Value
from pipelines.explain.marks import KINDS, Mark
from pipelines.explain.words import one_line, quoted, words_of
from pipelines.terminal import coloured, console, rendered

_STYLES = {
    "people": "bold green",
    "number": "green",
    "date": "yellow",
    "name": "cyan",
    "says": "magenta",
    "outcome": "bold red",
    "movement": "bold blue",
    "ceremony": "bright_magenta",
}
_GUTTER = 5


def as_text(explanation: Explanation, tags: bool = False, width: int | None = None) -> str:
    """The explanation for a terminal; ``tags`` puts the letter of each token under it, on which the patterns are matched."""
    target = console(width)
    plain = not coloured(target)
    parts: list[RenderableType] = [*_head(explanation, plain)]
    for sentence in explanation.sentences:
        parts += ["", *_sentence(explanation, sentence, target.width - _GUTTER, tags, plain)]
    return rendered(target, *parts, *_facts(explanation))


def _head(explanation: Explanation, plain: bool) -> Iterator[Text]:
    article = explanation.article
    dated = f"{article.published_on:%A} {article.published_on}" if article.published_on else "no date: days without a year stay open"
    tables = [f"{len(list(ours))} {table}" for table, ours in groupby(explanation.facts, key=lambda f: f.table)]
    yield Text.assemble((visible(article.article_id), "bold"), f" · {dated} · {', '.join(tables) or 'no fact'}")
    if not explanation.of_war:
        yield Text("The article does not tell of war: the words of another field outweigh those of war.", "bold red")
    legend = Text()
    for kind, letter in KINDS.items():
        legend.append(f"{letter} " if plain else "").append(kind, _STYLES[kind]).append("  ")
    yield legend


def _sentence(explanation: Explanation, sentence: Read, width: int, tags: bool, plain: bool) -> Iterator[RenderableType]:
    """A sentence: its text, under each line the letters that mark it, and what its words mean."""
    number = f"{sentence.number:>3}  "
    for line in lines_of(explanation.article.text, sentence.start, sentence.end, width):
        yield Text.assemble((number, "dim"), _coloured(line, sentence.marks))
        number = " " * _GUTTER
        under = _letters(line, sentence) if tags else _underlined(line, sentence.marks) if plain else ""
        if under:
            yield Text(number + under, "dim")
    yield Padding(_notes(explanation, sentence, tags), (0, 0, 0, _GUTTER))


def _coloured(line: Line, marks: Iterable[Mark]) -> Text:
    text = Text(no_wrap=True, overflow="ignore")
    at = line.start
    for mark in marks:
        first, last = max(mark.start, line.start), min(mark.end, line.end)
        if first < last:
            text.append(line.between(at, first)).append(line.between(first, last), _STYLES[mark.kind])
            at = last
    return text.append(line.between(at, line.end))


def _underlined(line: Line, marks: Iterable[Mark]) -> str:
    """The marks as letters with a rule behind them: "D───────"."""
    under = [" "] * line.cells[-1]
    for mark in marks:
        cells = line.within(mark.start, mark.end)
        if cells:
            opening = KINDS[mark.kind] if mark.start >= line.start else "─"
            under[cells[0] : cells[1]] = opening + "─" * (cells[1] - cells[0] - 1)
    return "".join(under).rstrip()


def _letters(line: Line, sentence: Read) -> str:
    """The letter of each token under its first character."""
    under = [" "] * line.cells[-1]
    for start, letter in zip(sentence.starts, sentence.tags["tags"], strict=True):
        cells = line.within(start, start + 1)
        if cells:
            under[cells[0]] = letter
    return "".join(under).rstrip()


def _notes(explanation: Explanation, sentence: Read, tags: bool) -> Table:
    """What the marks of a sentence mean, one kind a row; numbers of people and claims have a row each."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, letters in sentence.tags.items() if tags else ():
        grid.add_row(name, Text(letters))
    for kind in KINDS:
        for note in _of_kind(explanation, sentence, kind):
            grid.add_row(kind, note)
    tables = {f.number: f.table for f in explanation.facts}
    made = [f"{n} {tables[n]}" for n in sentence.facts if n in tables]
    if made:
        grid.add_row("facts", Text(" · ".join(made)))
    return grid


def _of_kind(explanation: Explanation, sentence: Read, kind: str) -> Iterator[Text]:
    marks = [m for m in sentence.marks if m.kind == kind]
    if kind == "people":
        yield from (_people(explanation, mark, sentence.used[mark]) for mark in marks)
    elif kind == "says":
        yield from _claims(explanation, sentence, marks)
    else:
        told = [(words_of(explanation, (m.start, m.end)), m.means) for m in marks]
        if kind == "ceremony":
            told += [(quoted(words_of(explanation, (a.start, a.end))), f"done at one: {a.means}") for a in sentence.acts]
        if told:
            yield _flow(kind, dict.fromkeys(told))


def _people(explanation: Explanation, mark: Mark, used: tuple[int, ...] | str) -> Text:
    """A number of people, and the facts that it made, or why it made none."""
    words = words_of(explanation, (mark.start, mark.end))
    text = Text.assemble((words, _STYLES["people"]), "" if mark.means == words.lower() else f" = {mark.means}", " → ")
    if isinstance(used, str):
        return text.append("no fact: ", "bold").append(visible(used))
    return text.append(f"{'fact' if len(used) == 1 else 'facts'} {', '.join(map(str, used))}")


def _flow(kind: str, told: Iterable[tuple[str, str]]) -> Text:
    """Words of one kind with what they mean, one behind the other."""
    text = Text()
    for words, means in told:
        text.append(" · " if text else "", "dim").append(words, _STYLES[kind])
        if kind == "name" and means.startswith(f"{words} ("):
            text.append(means.removeprefix(words))
        elif kind != "number" and means != words:
            text.append(f" = {visible(means)}")
    return text


def _claims(explanation: Explanation, sentence: Read, marks: Sequence[Mark]) -> Iterator[Text]:
    """Who says what; then the verbs of saying by which nobody claims anything."""
    for claim in sentence.claims:
        whole = (claim.start, claim.end) == (sentence.start, sentence.end)
        covers = "the whole sentence" if whole else quoted(words_of(explanation, (claim.start, claim.end)))
        yield Text.assemble((words_of(explanation, claim.verb), _STYLES["says"]), f" {visible(claim.means)}, covers {covers}")
    verbs = {c.verb[0] for c in sentence.claims}
    idle = dict.fromkeys(words_of(explanation, (m.start, m.end)) for m in marks if m.start not in verbs)
    if idle:
        yield Text.assemble((", ".join(idle), _STYLES["says"]), " by nobody: claims nothing")


def _facts(explanation: Explanation) -> Iterator[RenderableType]:
    if explanation.facts:
        yield Text("\nBelow: each column with the sentence of its words, its value, and ← the words that made it.", "dim")
    for table, facts in groupby(explanation.facts, key=lambda f: f.table):
        yield Text(f"\n{table}", "bold underline")
        for fact in facts:
            yield ""
            yield from _fact(explanation, fact)


def _fact(explanation: Explanation, fact: Made) -> Iterator[RenderableType]:
    """A fact: the words that begin it, its pattern, and each value with its words."""
    yield Text(f"{fact.number:>3}  {quoted(words_of(explanation, fact.trigger))}", "bold")
    if fact.pattern:
        made = Text.assemble((fact.pattern, "italic"), (f': "{fact.example}"' if fact.example else "", "italic dim"))
        yield Padding(made, (0, 0, 0, _GUTTER))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("fact_id", "", Text(fact.fact_id))
    _add_values(grid, explanation, fact.values)
    for table, rows in fact.lists.items():
        for row in rows:
            grid.add_row("", "", "")
            grid.add_row(Text(table, "dim"), "", "")
            _add_values(grid, explanation, row)
    if fact.unstated:
        grid.add_row(Text("not said", "dim"), "", Text(", ".join(fact.unstated), "dim"))
    yield Padding(grid, (0, 0, 0, _GUTTER))


def _add_values(grid: Table, explanation: Explanation, values: Sequence[Value]) -> None:
    """A row for each value: column, sentence, value and its words, which are not repeated from the row above."""
    last: list[tuple[str, int]] = []
    for value in values:
        words = list(dict.fromkeys((words_of(explanation, s), explanation.sentence_at(s[0])) for s in value.spans))
        shown = one_line(str(value.value))
        verbatim = bool(words) and words[0][0] == shown
        text = Text.assemble((f"“{shown}”" if verbatim else shown, "bold"))
        if value.means and value.means != shown:
            text.append(f" = {visible(value.means)}")
        others = ["″"] if words and words == last and not verbatim else _quotes(words[verbatim:], words)
        text.append(f" ← {' + '.join(others)}" if others else "", "dim")
        grid.add_row(value.column, str(words[0][1] or "") if words else "", text)
        last = words


def _quotes(shown: Sequence[tuple[str, int]], words: Sequence[tuple[str, int]]) -> list[str]:
    """The words in quotation marks, with the sentence of those that stand in another one than the first."""
    return [quoted(w) + (f" ({n})" if n != words[0][1] else "") for w, n in shown]
