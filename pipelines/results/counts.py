"""How many texts of a build were read, and how many there are."""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Counts:
    """What was read so far: articles, those of them that were kept from an earlier build, facts; and how many articles there are."""

    articles: int
    reused: int
    facts: int
    of: int

    @property
    def share(self) -> float | None:
        """How much of all there is was read."""
        return self.articles / self.of if self.of else None


Tell = Callable[[Counts], None]


class Tally:
    """The counts so far, which are told with every change."""

    def __init__(self, of: int, tell: Tell) -> None:
        self._counts, self._tell = Counts(0, 0, 0, of), tell

    def add(self, articles: int, reused: int, facts: int) -> None:
        """Nothing; so many more were read."""
        c = self._counts
        self._counts = replace(c, articles=c.articles + articles, reused=c.reused + reused, facts=c.facts + facts)
        self._tell(self._counts)
