"""Claims: one act of claiming, as ``attribution`` finds it."""

from dataclasses import dataclass

from pipelines.mentions.dates import DateMention
from pipelines.mentions.speakers import Speaker

Span = tuple[int, int]


@dataclass(frozen=True)
class Attribution:
    """One act of claiming: its speaker and the span of text that it covers.

    ``day`` is the date of the claim; ``stance`` is asserted, denied or disputed. ``contests``: it rejects what others
    claim in the text before it and claims nothing of its own ("a figure that Israel disputes").
    """

    start: int
    end: int
    verb: Span
    by: Speaker
    stance: str
    day: DateMention | None
    relayed_by: Span | None = None
    reported_to: Span | None = None
    contests: bool = False
    paragraph: int = -1
    tally: bool = False
