"""Tallies: a count that bears its author's name claims in that name: "by the ministry's count"."""

import re
from collections.abc import Mapping, Sequence

from pipelines.mentions.actors import Meaning
from pipelines.mentions.claim_days import as_date
from pipelines.mentions.claims import Attribution
from pipelines.mentions.lexicon import Lexicon
from pipelines.mentions.speakers import Span, Speaker, speaker_of
from pipelines.mentions.tokens import Tagged

# "ISPR's initial count", "the AFP tally", "its count": with a name or a pronoun that owns it.
_TALLY = re.compile(r"(?P<who>d?[wJ]{0,2}[AG]{1,2}s|[JA]{1,2}(?=J*$)|d?wsJ*$|(?<=p)d?[wJ]{1,2}s)[wJa]{0,2}$")
_TALLIES = frozenset(
    (
        "count tally estimate estimates toll update figures data statistics bulletin records bookkeeping tallies counts assessment "
        "reckoning calculations arithmetic losses"
    ).split()
)
# "By the assessment of U.S. Africa Command".
_TALLY_OF = re.compile(r"o(?P<who>d?[wJAG]{1,6})")
# Such a count was made on another day than what its author said last.
_BEFORE = frozenset("initial first earlier previous original preliminary last former".split())
_OWN = frozenset(["its", "his", "her", "their"])


def find_tallies(
    text: str, tagged: Tagged, meanings: Mapping[int, Meaning], before: Sequence[Speaker], lexicon: Lexicon
) -> list[Attribution]:
    """A count that bears its author's name claims in that name: "ISPR's initial count was 26 dead"."""
    found: list[Attribution] = []
    for index, token in enumerate(tagged.tokens) if not _TALLIES.isdisjoint(tagged.words) else ():
        subject = _tally_owner(tagged, index) if token.lower in _TALLIES else None
        if subject is None:
            continue
        by = speaker_of(text, tagged, subject, meanings, before, lexicon)
        if by and by.name:
            at = tagged.tags.find("D", index, index + 5)
            dated = at >= 0 and "N" not in tagged.tags[index:at] and tagged.tokens[at - 1].lower not in ("since", "from", "for", "until")
            day = as_date(tagged.tokens[at]) if dated else None
            found.append(
                Attribution(
                    tagged.sentence.start,
                    tagged.sentence.end,
                    (token.start, token.end),
                    by,
                    "asserted",
                    day,
                    tally=subject[1] - subject[0] > 1 or tagged.tokens[index - 1].lower in _BEFORE,
                )
            )
    return found


def _tally_owner(tagged: Tagged, index: int) -> Span | None:
    """Token range of whose count it is that stands at ``index``, or None where it is nobody's."""
    tags, tokens = tagged.tags, tagged.tokens
    if tokens[index].lower == "losses":
        return None
    by = any(t.lower in ("by", "according", "on") for t in tokens[max(0, index - 7) : index])
    after = _TALLY_OF.match(tags, index + 1)
    if by and after and re.search(r"pd?[wJ]{0,2}$", tags[:index]):
        return after.span("who")
    own = next((i for i in range(max(0, index - 3), index) if tokens[i].lower in _OWN), None)
    if own is not None and (own == 0 or by) and re.fullmatch(r"[wJa]{0,2}", tags[own + 1 : index]):
        return own, own + 1
    match = _TALLY.search(tags, 0, index)
    if not match:
        return None
    owned = match["who"].endswith("s")
    if not owned and not tokens[index].lower.endswith("s") and "A" not in match["who"]:
        return None
    if not owned and match.end() != match.end("who"):
        return None
    return match.start("who"), match.end("who") - owned
