"""Deployments: one claimant's account of a force sent, planned, withdrawn or denied."""

import re
from collections.abc import Hashable, Iterable, Sequence

from pipelines.article import Article
from pipelines.facts.columns import Draft, actor_at, claim_at, merged, place_after, put_conflict, put_place_span, repetitions, same_speaker
from pipelines.facts.fact import Fact, Span
from pipelines.mentions import Mentions
from pipelines.mentions.claims import Attribution
from pipelines.mentions.dates import DateMention
from pipelines.mentions.lexicon import Named
from pipelines.mentions.movements import Movement, find_movements
from pipelines.mentions.numbers import Number
from pipelines.mentions.words import Tagged

_WAVES = re.compile(
    r"\b(?:separate |successive |different )?(?:deployments|batches|waves|rotations|phases|tranches|stages|groups|contingents|shipments|rounds|lots)\b"
)
_TOWARDS = frozenset(("to", "into", "in", "at", "across", "near", "towards", "toward", "around", "on", "inside"))
_THEATRE = frozenset(("in", "into", "inside", "through"))
_AWAY = frozenset(("from", "in", "out", "of", "at"))


def find_facts(article: Article, mentions: Mentions) -> Iterable[Fact]:
    """The deployments of the article, each with its words; one without a number only where no numbered one covers it."""
    if not mentions.of_war:
        return []
    counted = {(c.sentence, c.number) for c in mentions.outcomes}
    drafts = [_draft(article, mentions, m) for m in find_movements(article.text, mentions.sentences, counted)]
    _carry_destinations(drafts)
    drafts = [d for d in drafts if _tells_where(d)]
    kept = [d for i, d in enumerate(drafts) if "qualifier" in d.values or not _covered(mentions, i, drafts)]
    return [draft.fact() for draft in merged(kept, repetitions(kept, _key, lambda a, b: same_speaker(mentions, a.values, b.values)))]


def _draft(article: Article, mentions: Mentions, movement: Movement) -> Draft:
    tagged = mentions.sentences[movement.sentence]
    trigger = tagged.tokens[movement.trigger if movement.number is None else movement.number]
    draft = Draft("deployments", article, (trigger.start, trigger.end))
    draft.pattern = movement.pattern
    attribution = claim_at(mentions, movement.sentence, trigger.start, trigger.end)
    cue = tagged.tokens[movement.cue]
    draft.put("status", movement.status, (cue.start, cue.end))
    if attribution and attribution.stance == "denied":
        draft.put("status", "denied", attribution.verb)
    draft.words("force", movement.force, actor_at(mentions, movement.force))
    draft.put("personnel_kind", movement.personnel, movement.personnel_at)
    if movement.number is not None:
        _put_number(draft, tagged, movement, movement.number)
    _put_waves(draft, tagged)
    _put_origin(draft, mentions, tagged, movement)
    _put_destination(draft, mentions, tagged, movement)
    draft.claim(mentions, attribution, "asserted" if attribution and attribution.stance == "denied" else None)
    _put_started(draft, tagged, movement, attribution)
    put_conflict(draft, mentions, movement.sentence)
    return draft


def _put_number(draft: Draft, tagged: Tagged, movement: Movement, number: int) -> None:
    token = tagged.tokens[number]
    assert isinstance(token.value, Number) and token.value.count is not None
    end = movement.force[1] if movement.force and 0 <= movement.force[0] - token.end <= 12 else token.end
    draft.count("personnel", token.value.count, (token.start, end))


def _put_waves(draft: Draft, tagged: Tagged) -> None:
    """In how many movements: "in two separate deployments"."""
    for index, token in enumerate(tagged.tokens[:-1]):
        if isinstance(token.value, Number) and token.value.count and (token.value.count.best or 99) <= 20:
            after = tagged.tokens[index + 1 : index + 3]
            words = draft.article.text[after[0].start : after[-1].end].lower()
            match = _WAVES.match(words)
            if match and (token.start, token.end) != draft.trigger:
                draft.put("waves", token.value.count.best, (token.start, after[0].start + match.end()))


def _put_origin(draft: Draft, mentions: Mentions, tagged: Tagged, movement: Movement) -> None:
    """The state of the force: the adjective in its name, or the state that sends it."""
    places = mentions.lexicon.places
    if movement.force:
        for token in tagged.tokens:
            place_id = token.value.place_id if isinstance(token.value, Named) else None
            if place_id and movement.force[0] <= token.start < movement.force[1] and places[place_id].kind == "country":
                draft.words("origin", (token.start, token.end), place_id)
                return
    first = min(movement.trigger, movement.number if movement.number is not None else movement.trigger)
    for token in reversed(tagged.tokens[:first]):
        if token.tag in ';"' and first - 1 > 0 and token.tag == ";":
            break
        if isinstance(token.value, Named) and token.value.actor_id:
            country = mentions.lexicon.actors[token.value.actor_id].country_code
            if mentions.lexicon.actors[token.value.actor_id].kind == "state" and country in places:
                draft.words("origin", (token.start, token.end), country)
                return


def _put_destination(draft: Draft, mentions: Mentions, tagged: Tagged, movement: Movement) -> None:
    """Where the force is or goes: the first place behind a preposition of its direction, which is not its origin."""
    first = min(movement.trigger, movement.number if movement.number is not None else movement.trigger)
    towards = _AWAY if movement.status == "withdrawn" else _TOWARDS
    found = _object_place(mentions, tagged, movement) or place_after(mentions, tagged.tokens, first, towards)
    if found is None and movement.status == "withdrawn":
        found = place_after(mentions, tagged.tokens, first, _TOWARDS)
    if found is None:
        found = place_after(mentions, tagged.tokens, 0, _THEATRE)
    if found:
        draft.words("destination", *found)
        put_place_span(draft, mentions, *found)


def _object_place(mentions: Mentions, tagged: Tagged, movement: Movement) -> tuple[Span, str | None] | None:
    """The place that is the object of the verb: "left Chad", "reached Kabul"."""
    if movement.trigger + 1 >= len(tagged.tokens):
        return None
    token = tagged.tokens[movement.trigger + 1]
    meaning = mentions.meanings.get(token.start) if token.tag == "A" else None
    return ((token.start, token.end), meaning.place_id) if meaning and meaning.place_id else None


def _carry_destinations(drafts: Sequence[Draft]) -> None:
    """A numbered force without a place goes where the one told of before it goes: "a further 160 are due on Friday"."""
    last: Draft | None = None
    for draft in drafts:
        if draft.values.get("destination_text"):
            last = draft
        elif last is not None and "qualifier" in draft.values:
            for column in ("destination_text", "destination_id", "place_text", "place_id", "place_precision"):
                draft.put(column, last.values.get(column), *[(e.start, e.end) for e in last.evidence if e.column == column])


def _put_started(draft: Draft, tagged: Tagged, movement: Movement, attribution: Attribution | None) -> None:
    claimed = attribution.day if attribution else None
    prefix = "ended" if movement.status == "withdrawn" else "started"
    days = [(abs(i - movement.trigger), i) for i, t in enumerate(tagged.tokens) if isinstance(t.value, DateMention) and t.value != claimed]
    if days and min(days)[0] <= 12:
        value = tagged.tokens[min(days)[1]].value
        assert isinstance(value, DateMention)
        draft.day(prefix, value)


def _tells_where(draft: Draft) -> bool:
    """A deployment has a place that it goes to or comes from, or at least a state that sends it."""
    return bool(
        draft.values.get("destination_text")
        or draft.values.get("origin_text")
        or draft.values["status"] == "under_way"
        or "qualifier" in draft.values
    )


# Accounts without a number are compared with so many on either side.
_COMPARED = 50


def _covered(mentions: Mentions, index: int, drafts: Sequence[Draft]) -> bool:
    """Whether another draft tells of the same movement and says more."""
    draft = drafts[index]
    for i in range(max(0, index - _COMPARED), min(len(drafts), index + _COMPARED)):
        other = drafts[i]
        if i == index or not _same_movement(draft, other):
            continue
        same_status = other.values["status"] == draft.values["status"]
        if "qualifier" in other.values:
            if same_status or draft.values.get("claimant_text") is None:
                return True
        elif i < index and same_status and same_speaker(mentions, other.values, draft.values):
            return True
    return False


def _same_movement(a: Draft, b: Draft) -> bool:
    """Origins and destinations do not exclude each other."""
    return all(a.values.get(c) is None or b.values.get(c) is None or a.values[c] == b.values[c] for c in ("origin_id", "personnel_kind"))


def _key(draft: Draft) -> Hashable | None:
    """Number and status; None without a number, since two such accounts need not be one."""
    if "qualifier" not in draft.values:
        return None
    numbers = tuple(draft.values.get(f"personnel_{end}") for end in ("low", "best", "high"))
    return draft.values["status"], numbers
