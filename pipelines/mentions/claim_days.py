"""Days of claims: when something was said, beside its verb, in the heading, or carried over from what the speaker said before."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.mentions.claims import Attribution
from pipelines.mentions.dates import DateMention
from pipelines.mentions.finders import caseless, small
from pipelines.mentions.speakers import Span
from pipelines.mentions.tokens import Tagged, Token

# A heading or a signature has few words.
_HEADING = 9
_EDGE = 3
# "Ouagadougou, 26 March 2024" may have a note below it.
_SIGNED = re.compile(r"A{1,2},D;?")


def heading_day(sentences: Sequence[Tagged]) -> DateMention | None:
    """The day that a heading or a signature gives to the whole text, as in a communiqué, a transcript or a live report."""
    signed = [t for t in sentences[_EDGE:-_EDGE] if t.tags[:1] == "A" and _SIGNED.fullmatch(t.tags)]
    for tagged in (*sentences[:_EDGE], *sentences[-_EDGE:], *signed):
        days = [day for _, day in tagged.days() if day.on]
        full = [d for d in days if d.end - d.start >= len("1 May 2020") and not d.anchors]
        if len(full) == 1 and len(tagged.tokens) <= _HEADING and not re.search(r"[BRhWQ]", tagged.tags):
            return full[0]
    return None


_AFTER = re.compile(r"[awpdGAJsot-]{0,9}?(D)(?!s)")
_AT_HEAD = re.compile(r"(?:^|[;\"])[ack]*p?(D)w?,?[ack]*d?$")


def day_of_claim(tagged: Tagged, verb: int, subject: Span) -> DateMention | None:
    """The date of the claim: behind the verb and before its claim, beside the subject, or at the head of the clause."""
    tokens, tags = tagged.tokens, tagged.tags
    if "D" not in tags:
        return None
    end = max(verb, subject[1] - 1)
    after = _AFTER.match(tags, end + 1)
    if after and not any(t.lower in ("that", "had", "has") for t in tokens[end + 1 : after.start(1)]):
        return as_date(tokens[after.start(1)])
    if subject[1] <= verb and (inside := tags.find("D", subject[1], verb)) >= 0:
        return as_date(tokens[inside])
    ahead = min(verb, subject[0])
    head = _AT_HEAD.search(tags, 0, ahead)
    if head is None and any(t.lower in DOCUMENTS for t in tokens[:ahead]):
        head = re.match(r"[pdwJAGosR-]{1,9}(D),?[^DN]*$", tags[:ahead])
    return as_date(tokens[head.start(1)]) if head else None


# "In an e-mail sent on Thursday the rebels said …": the date of such a thing is that of the claim.
DOCUMENTS = frozenset(
    (
        "statement e-mail email post report briefing interview bulletin communique communiqué letter message conference update speech "
        "address release dispatch broadcast video announcement note memo tweet"
    ).split()
)


def as_date(token: Token) -> DateMention | None:
    return token.value if isinstance(token.value, DateMention) else None


_LEAD = 2
_SAME_DAY = caseless(
    r"\b(?:in the (?:morning|afternoon|evening)|(?:hours|minutes) later|(?:earlier|later) in the (?:day|morning|afternoon|evening|night)|by noon|at (?:dawn|noon|midday))\b"
)


def lead_day(sentences: Sequence[Tagged]) -> DateMention | None:
    """The day that the lead tells of, to which "in the morning" and "hours later" belong."""
    days = [day for tagged in sentences[:_LEAD] for _, day in tagged.days() if day.on]
    return days[0] if days else None


def carry_days(text: str, found: list[list[Attribution]], heading: DateMention | None, lead: DateMention | None) -> list[list[Attribution]]:
    """A claim without a date takes that of the nearest claim of the same speaker before it, or of the text's heading."""
    last: dict[object, DateMention] = {}
    lower = small(text)
    for row in found:
        for j, a in enumerate(row):
            key = a.by.actor_id or (text[slice(*a.by.name)].lower() if a.by.name else a.by.words)
            if a.day and a.day.on:
                last[key] = a.day
            elif a.day is None and key in last and not a.tally and not _was_earlier(text, a):
                row[j] = replace(a, day=last[key])
            elif (
                a.day is None
                and not a.tally
                and lead is not None
                and _SAME_DAY.search(lower, max(a.start - 120, a.verb[0] - 120), a.verb[1] + 60)
            ):
                row[j] = replace(a, day=lead)
                last[key] = lead
            elif a.day is None and not a.tally and heading is not None and not _was_earlier(text, a):
                row[j] = replace(a, day=heading)
    return found


_EARLIER = re.compile(r"\b(?:has|have|had)\s+(?:also\s+|since\s+|already\s+|previously\s+|earlier\s+)?$", re.IGNORECASE)


def _was_earlier(text: str, attribution: Attribution) -> bool:
    """Whether a claim "has been" or "had been" made: at another time than the one told of before it."""
    return _EARLIER.search(text, max(0, attribution.verb[0] - 24), attribution.verb[0]) is not None
