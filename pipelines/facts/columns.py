"""Columns that several fact tables share: how a value and the words behind it get into a row."""

import re
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from pipelines.article import Article
from pipelines.facts.fact import Evidence, Fact, Row, Span, new_evidence
from pipelines.mentions.claims import Attribution
from pipelines.mentions.dates import DateMention
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.numbers import Count
from pipelines.mentions.tokens import Token


class Draft:
    """A fact in the making: values by column, each with the spans that it was read from."""

    def __init__(self, table: str, article: Article, trigger: Span) -> None:
        self.table = table
        self.article = article
        self.trigger = trigger
        self.values: dict[str, object] = {"article_id": article.article_id, "review_status": "candidate"}
        self.evidence: dict[Evidence, None] = {}
        self.links: dict[str, list[Row]] = {}
        self.refers: dict[str, tuple[str, Span]] = {}
        self.pattern: str | None = None

    def put(self, column: str, value: object, *spans: Span) -> None:
        """Sets a column and the spans that support it; None sets nothing."""
        if value is None:
            return
        self.values[column] = value
        for start, end in spans:
            self.evidence[new_evidence((column, start, end, None))] = None

    def support(self, column: str, *spans: Span) -> None:
        """Adds spans to a column that has its value."""
        for start, end in spans:
            self.evidence[Evidence(column, start, end)] = None

    def words(self, prefix: str, span: Span | None, identifier: str | None = None) -> None:
        """Sets ``x_text`` to the words of the span and ``x_id`` to the identifier that they mean."""
        if span is None:
            return
        self.put(f"{prefix}_text", self.article.text[span[0] : span[1]], span)
        self.put(f"{prefix}_id", identifier, span)

    def day(self, prefix: str, mention: DateMention | None) -> None:
        """Sets ``x_on`` where the words name a day, or else the bounds that they give."""
        if mention is None or mention.reading is None:
            return
        if mention.on:
            self.date(f"{prefix}_on", mention.on, mention)
        else:
            self.date(f"{prefix}_earliest", mention.reading.earliest, mention)
            self.date(f"{prefix}_latest", mention.reading.latest, mention)

    def date(self, column: str, day: date, mention: DateMention) -> None:
        """Sets a column to a day that a date gives, with its words and those of the dates that it counts from."""
        self.put(column, day, (mention.start, mention.end), *mention.anchors)

    def count(self, prefix: str, count: Count, span: Span) -> None:
        """Sets the five columns of a hedged number."""
        for name in ("low", "best", "high", "stated"):
            self.put(f"{prefix}_{name}", getattr(count, name), span)
        self.put("qualifier", count.qualifier, span)

    def claim(self, mentions: Mentions, attribution: Attribution | None, stance: str | None = None) -> None:
        """Sets who claims it, through whom, to whom, when and how."""
        self.values["stance"] = "asserted"
        if attribution is None:
            return
        self.words("claimant", attribution.by.name, attribution.by.actor_id)
        if attribution.by.name and attribution.by.words and attribution.by.words != attribution.by.name and attribution.by.actor_id:
            self.support("claimant_id", attribution.by.words)
        self.words("relayed_by", attribution.relayed_by, actor_at(mentions, attribution.relayed_by))
        self.words("reported_to", attribution.reported_to, actor_at(mentions, attribution.reported_to))
        published, reading = self.article.published_on, attribution.day.reading if attribution.day else None
        if not (published and reading and reading.earliest > published):
            self.day("reported", attribution.day)
        stance = stance or attribution.stance
        if stance != "asserted":
            self.put("stance", stance, attribution.verb)

    def fact(self) -> Fact:
        """The finished fact."""
        return Fact(self.table, self.trigger, dict(self.values), tuple(self.evidence), dict(self.links), dict(self.refers), self.pattern)


def claim_at(mentions: Mentions, sentence: int, start: int, end: int) -> Attribution | None:
    """The innermost act of claiming that covers a span; where there is none, the one that the text carries over to it."""
    covering = [
        a for a in mentions.attributions[sentence] if a.start <= start and end <= a.end and not a.contests and not _within(a, start)
    ]
    if covering:
        return min(covering, key=lambda a: (a.end - a.start, -a.start))
    return _carried(mentions, sentence)


def _within(attribution: Attribution, start: int) -> bool:
    return attribution.by.words[0] <= start < attribution.by.words[1]


# Words by which a sentence goes on with what the one before it claims.
_GOES_ON = frozenset("other others another it they he she his its their had also still toll these those them same further".split())
# Words that begin such a sentence.
_BEGINS_ON = frozenset("that this of overall altogether among the".split())
_LATEST = frozenset("latest total overall dead wounded injured figure figures number count".split())
# A sentence that dates what it tells of so long before the article is background.
_BACKGROUND = timedelta(days=60)
_HEAD = 3
_YEAR = re.compile(r"\d{4}")


def _carried(mentions: Mentions, sentence: int) -> Attribution | None:
    """The claim of the sentence before goes on in the same paragraph, where it reached that sentence's end."""
    if not sentence:
        return None
    here, last = mentions.sentences[sentence].sentence, mentions.sentences[sentence - 1].sentence
    if (here.paragraph != last.paragraph and not _opens_on(mentions, sentence)) or any(
        not a.contests for a in mentions.attributions[sentence]
    ):
        return None
    if not _goes_on(mentions, sentence):
        return None
    before = [a for a in mentions.attributions[sentence - 1] if a.stance == "asserted" and a.end == last.end]
    if before:
        return before[-1]
    return None if any(not a.contests for a in mentions.attributions[sentence - 1]) else _carried(mentions, sentence - 1)


def _goes_on(mentions: Mentions, sentence: int) -> bool:
    """Whether words of a sentence show that it continues the one before it, and none that it looks far back."""
    if _opens_on(mentions, sentence):
        return True
    tokens, published_on = mentions.sentences[sentence].tokens, mentions.article.published_on
    days = [
        day.reading.latest
        for i, day in mentions.sentences[sentence].days()
        if day.reading and not (i and tokens[i - 1].lower == "since") and (i < _HEAD or _YEAR.search(tokens[i].lower))
    ]
    if published_on and days and max(days) < published_on - _BACKGROUND:
        return any(t.lower in ("its", "it", "they", "their", "he", "his") for t in tokens[:2])
    return any(t.lower in _GOES_ON or t.lower.startswith("a further") for t in tokens)


def _opens_on(mentions: Mentions, sentence: int) -> bool:
    """Whether a sentence opens by pointing back, also over a new paragraph: "That pushed …", "The latest dead", "A further 281"."""
    tokens = mentions.sentences[sentence].tokens
    first = tokens[0].lower if tokens else ""
    if first.startswith("a further"):
        return True
    return first in _BEGINS_ON and (first != "the" or any(t.lower in _LATEST for t in tokens[1:4]))


def contests_at(mentions: Mentions, sentence: int, end: int) -> Attribution | None:
    """Who rejects, without a claim of his own, what stands before in the sentence."""
    return next((a for a in mentions.attributions[sentence] if a.contests and end <= a.end), None)


def actor_at(mentions: Mentions, span: Span | None) -> str | None:
    """The known actor that words for people name: a force over the state whose adjective stands before it."""
    if span is None:
        return None
    ids = [m.actor_id for m in mentions.names_within(*span) if m.actor_id]
    actors = mentions.lexicon.actors
    return next((i for i in ids if actors[i].kind != "state"), ids[0] if ids else None)


def conflict_at(mentions: Mentions, sentence: int) -> tuple[str, Span] | None:
    """The conflict that the sentence names; or else the only one that the article names, with its first mention."""
    first = bisect_left(mentions.conflicts, sentence, key=lambda c: c[0])
    if first < len(mentions.conflicts) and mentions.conflicts[first][0] == sentence:
        return mentions.conflicts[first][1:]
    return mentions.conflicts[0][1:] if len(mentions.conflict_ids) == 1 else None


def put_place(
    draft: Draft,
    mentions: Mentions,
    tokens: Sequence[Token],
    start: int,
    prepositions: Iterable[str] = ("in", "at", "near", "outside", "around", "inside"),
) -> None:
    """Sets the place that stands behind a preposition, looked for from token ``start`` on."""
    found = place_after(mentions, tokens, start, frozenset(prepositions))
    if found:
        put_place_span(draft, mentions, *found)


def place_after(mentions: Mentions, tokens: Sequence[Token], start: int, prepositions: frozenset[str]) -> tuple[Span, str | None] | None:
    """(span, identifier) of the first name of a place behind one of the prepositions, or None."""
    for index in range(start, len(tokens) - 1):
        if tokens[index].lower not in prepositions:
            continue
        for ahead in range(index + 1, min(index + 6, len(tokens))):
            token = tokens[ahead]
            if token.tag == "A":
                meaning = mentions.meanings.get(token.start)
                if meaning and meaning.actor_id and not meaning.place_id:
                    break
                return (token.start, token.end), meaning.place_id if meaning else None
            if token.tag not in "dwJ":
                break
    return None


def put_place_span(draft: Draft, mentions: Mentions, span: Span, place_id: str | None) -> None:
    """Sets the three place columns from a span."""
    draft.words("place", span, place_id)
    kind = mentions.lexicon.places[place_id].kind if place_id else "unknown"
    draft.put("place_precision", kind, span)


def put_conflict(draft: Draft, mentions: Mentions, sentence: int) -> None:
    """Sets the conflict that the fact belongs to."""
    found = conflict_at(mentions, sentence)
    if found:
        draft.put("conflict_id", found[0], found[1])


def merged(drafts: Sequence[Draft], same: Mapping[int, int]) -> list[Draft]:
    """The drafts without those that repeat an earlier one, whose spans go to the one that they repeat."""
    for index, original in same.items():
        repeat, first = drafts[index], drafts[original]
        _through_organ(first, repeat)
        for evidence in repeat.evidence:
            if first.values.get(evidence.column) is not None and (first.values[evidence.column] == repeat.values.get(evidence.column)):
                first.support(evidence.column, (evidence.start, evidence.end))
        for column, value in repeat.values.items():
            # A number is read as a whole: the bounds of one hedge do not fill those of another.
            if column.startswith(("count_", "personnel_")) or column == "qualifier":
                continue
            if first.values.get(column) is None and not _conflicting(column, first, repeat):
                first.put(column, value, *[(e.start, e.end) for e in repeat.evidence if e.column == column])
    return [d for i, d in enumerate(drafts) if i not in same]


# A claim is compared with so many earlier ones of the same number: more repeat only in lists and noise.
_COMPARED = 50


def repetitions(drafts: Sequence[Draft], key: Callable[[Draft], Hashable | None], agree: Callable[[Draft, Draft], bool]) -> dict[int, int]:
    """Index of each draft that repeats an earlier one, which has the same key and agrees; a None repeats nothing."""
    same: dict[int, int] = {}
    groups: dict[Hashable, list[int]] = {}
    for i, draft in enumerate(drafts):
        mark = key(draft)
        if mark is None:
            continue
        group = groups.setdefault(mark, [])
        first = next((j for j in group[:_COMPARED] if agree(drafts[j], draft)), None)
        if first is None:
            group.append(i)
        else:
            same[i] = first
    return same


def _through_organ(first: Draft, repeat: Draft) -> None:
    """A state's claim that an organ of it repeats was passed on by that organ."""
    organ = repeat.values.get("claimant_id")
    if organ and first.values.get("claimant_id") not in (None, organ) and first.values.get("relayed_by_text") is None:
        for end in ("text", "id"):
            spans = [(e.start, e.end) for e in repeat.evidence if e.column == f"claimant_{end}"]
            first.put(f"relayed_by_{end}", repeat.values.get(f"claimant_{end}"), *spans)


def _conflicting(column: str, first: Draft, repeat: Draft) -> bool:
    """Whether filling one column alone would mix two readings: a day beside bounds, an identifier beside other words."""
    stem = column.rsplit("_", 1)[0]
    return any(
        first.values.get(f"{stem}_{end}") is not None and first.values.get(f"{stem}_{end}") != repeat.values.get(f"{stem}_{end}")
        for end in ("on", "earliest", "latest", "text", "id")
    )


def same_speaker(mentions: Mentions, a: Mapping[str, object], b: Mapping[str, object]) -> bool:
    """Whether two rows can have one claimant: one names none, both name the same, or one is an organ of the other."""
    if a.get("claimant_text") is None or b.get("claimant_text") is None:
        return True
    first, second = a.get("claimant_id"), b.get("claimant_id")
    if first and second:
        return first == second or second in _wholes(mentions, str(first)) or first in _wholes(mentions, str(second))
    mine, theirs = set(str(a["claimant_text"]).lower().split()), set(str(b["claimant_text"]).lower().split())
    return mine <= theirs or theirs <= mine


def _wholes(mentions: Mentions, actor_id: str) -> set[str]:
    """The actors that an actor is a part of, its state included where it speaks for it."""
    actors, wholes = mentions.lexicon.actors, set[str]()
    while (part_of := actors[actor_id].part_of_actor_id) and part_of in actors and part_of not in wholes:
        wholes.add(part_of)
        actor_id = part_of
    return wholes
