"""Lines: a span of a text wrapped to a width, with each character's cell in the terminal known."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len

from pipelines.errors import visible


@dataclass(frozen=True)
class Line:
    """One line of a text: what is shown for each character from ``start`` on, and the cell in which it begins."""

    start: int
    shown: tuple[str, ...]
    cells: tuple[int, ...]

    @property
    def end(self) -> int:
        """The offset behind the last character."""
        return self.start + len(self.shown)

    def between(self, start: int, end: int) -> str:
        """What is shown for a span of the text that lies in this line."""
        return "".join(self.shown[start - self.start : end - self.start])

    def within(self, start: int, end: int) -> tuple[int, int] | None:
        """The cells that a span of the text fills in this line, or None where it fills none."""
        first, last = max(start, self.start) - self.start, min(end, self.end) - self.start
        return (self.cells[first], self.cells[last]) if first < last else None


def lines_of(text: str, start: int, end: int, width: int) -> Iterator[Line]:
    """The lines of ``text[start:end]``, broken at spaces where there are any; each character shown is safe."""
    at = start
    while at < end:
        stop, following = _break(text, at, end, width)
        yield _line(text, at, stop)
        at = following


def _break(text: str, start: int, end: int, width: int) -> tuple[int, int]:
    """(end of the line, start of the next): at the last space that fits, or else within a word."""
    cells, space = 0, None
    for at in range(start, end):
        cells += cell_len(_shown(text[at]))
        if text[at].isspace():
            space = at
        if cells > width:
            if space is not None and space > start:
                return space, space + 1
            return max(at, start + 1), max(at, start + 1)
    return end, end


def _line(text: str, start: int, end: int) -> Line:
    shown = tuple(_shown(c) for c in text[start:end])
    cells = [0]
    for part in shown:
        cells.append(cells[-1] + cell_len(part))
    return Line(start, shown, tuple(cells))


def _shown(character: str) -> str:
    return " " if character.isspace() else visible(character)
