"""The terminal: what is shown there as one text, with colours where they are wanted and wrapped to the width that there is."""

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

# Where no terminal says how wide it is: a pipe, a file.
_WIDTH = 100


def console(width: int | None = None, errors: bool = False) -> "Console":
    """The console of standard output, or of standard error; it is plain when piped, under NO_COLOR and on a dumb terminal."""
    from rich.console import Console

    width = width or shutil.get_terminal_size((_WIDTH, 24)).columns
    return Console(width=max(width, 20), stderr=errors, highlight=False, markup=False, emoji=False, legacy_windows=False)


def coloured(target: "Console") -> bool:
    """Whether colours reach the reader, so that they can bear meaning."""
    return target.color_system is not None and not target.no_color


def rendered(target: "Console", *parts: "RenderableType") -> str:
    """The parts as text, one after the other, without white space at the ends of lines and without the last line feed."""
    with target.capture() as captured:
        for part in parts:
            target.print(part)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())
