"""Deployments: one claimant's account of a force sent, planned, withdrawn or denied."""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from pipelines.article import Article
from pipelines.facts.columns import Draft, actor_at, claim_at, merged, put_conflict, put_place_span, repetitions, same_speaker
from pipelines.facts.fact import Fact, Span
from pipelines.mentions.claims import Attribution
from pipelines.mentions.denials import REPORTS
from pipelines.mentions.destinations import Destination, destination_after, destination_before, destination_of
from pipelines.mentions.lexicon import Named
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.movement import EXPELS, HOSTS, Movement, asks_to_leave
from pipelines.mentions.movement_status import status_at
from pipelines.mentions.movements import find_movements
from pipelines.mentions.numbers import Number
from pipelines.mentions.speakers import speaker_of, subject_before
from pipelines.mentions.theatres import Theatres
from pipelines.mentions.tokens import Tagged, Token

_WAVES = re.compile(
    r"\b(?:separate |successive |different )?(?:deployments|batches|waves|rotations|phases|tranches|stages|groups|contingents|shipments|rounds|lots)\b"
)


def find_facts(article: Article, mentions: Mentions) -> Iterable[Fact]:
    """The deployments of the article, each with its words; one without a number only where no numbered one covers it."""
    if not mentions.of_war:
        return []
    counted = {(c.sentence, c.number) for c in mentions.outcomes}
    movements = find_movements(article.text, mentions.sentences, counted)
    if not movements:
        return []
    told = [told for m in movements for told in _accounts(article, mentions, m)]
    movements = [m for m, _ in told]
    drafts = [_draft(article, mentions, m, attribution) for m, attribution in told]
    _put_destinations(mentions, movements, drafts)
    drafts = [d for d in drafts if _tells_where(d)]
    kept = [d for i, d in enumerate(drafts) if "qualifier" in d.values or not _covered(mentions, i, drafts)]
    return [
        draft.fact()
        for draft in merged(kept, repetitions(kept, _key, lambda a, b: same_speaker(mentions, a.values, b.values) and _same_movement(a, b)))
    ]


_REACH = 14


def _accounts(article: Article, mentions: Mentions, movement: Movement) -> Iterable[tuple[Movement, Attribution | None]]:
    """A movement with whoever claims it; a denied one with whoever it was reported by too: "denied a report by Reuters that"."""
    tagged = mentions.sentences[movement.sentence]
    trigger = tagged.tokens[movement.trigger if movement.number is None else movement.number]
    attribution = _claim(article, mentions, tagged, movement, trigger)
    denied = movement.status == "denied" or (attribution is not None and attribution.stance == "denied")
    subject = _reporter(tagged, movement.number) if denied and movement.number is not None else None
    by = speaker_of(article.text, tagged, subject, mentions.meanings, (), mentions.lexicon) if subject else None
    if by and by.name and attribution and by.name != attribution.by.name:
        status, cue = status_at(tagged, movement.cue)
        said = replace(attribution, by=by, stance="asserted", day=None, relayed_by=None, reported_to=None)
        yield replace(movement, status="planned" if status == "denied" else status, cue=cue), said
    yield movement, attribution


def _reporter(tagged: Tagged, number: int) -> tuple[int, int] | None:
    """The tokens for whoever the report that a number stands in is by: "a report by Channel 12 that", "Kyiv's claim that"."""
    for index in range(number - 1, max(0, number - _REACH), -1):
        if tagged.tokens[index].lower not in REPORTS:
            continue
        end = tagged.tags.find("W", index, number)
        if tagged.tokens[index + 1].lower in ("by", "from", "in") and end > index + 2:
            return index + 2, end
        if tagged.tags[index - 1] == "s" and index > 1:
            first = index - 2
            while first and tagged.tags[first - 1] in "AJ":
                first -= 1
            return first, index - 1
        return (index - 1, index) if tagged.tags[index - 1] == "A" else None
    return None


def _draft(article: Article, mentions: Mentions, movement: Movement, attribution: Attribution | None) -> Draft:
    tagged = mentions.sentences[movement.sentence]
    trigger = tagged.tokens[movement.trigger if movement.number is None else movement.number]
    draft = Draft("deployments", article, (trigger.start, trigger.end))
    draft.pattern = movement.pattern
    cue = tagged.tokens[movement.cue]
    draft.put("status", movement.status, (cue.start, cue.end))
    if attribution and attribution.stance == "denied":
        draft.put("status", "denied", attribution.verb)
    draft.words("force", *_force(article, mentions, tagged, movement))
    draft.put("personnel_kind", movement.personnel, movement.personnel_at)
    if movement.number is not None:
        _put_number(draft, tagged, movement, movement.number)
    _put_waves(draft, tagged)
    _put_origin(draft, mentions, tagged, movement)
    draft.claim(mentions, attribution, "asserted" if attribution and attribution.stance == "denied" else None)
    _put_started(draft, tagged, movement, attribution)
    put_conflict(draft, mentions, movement.sentence)
    return draft


# With these verbs a mission is the force, and those whom they count are its people.
_FIELDS = frozenset("fields fielded has had have keeps counts numbers comprises maintains".split())


def _force(article: Article, mentions: Mentions, tagged: Tagged, movement: Movement) -> tuple[Span | None, str | None]:
    """(words, identifier) of the force: the mission that fields so many, or else the people or unit by their own words."""
    if tagged.tokens[movement.trigger].lower in _FIELDS:
        subject = subject_before(tagged, movement.trigger)
        by = speaker_of(article.text, tagged, subject, mentions.meanings, (), mentions.lexicon) if subject else None
        if by and by.name and by.actor_id and mentions.lexicon.actors[by.actor_id].kind == "armed_force":
            return by.name, by.actor_id
    return movement.force, actor_at(mentions, movement.force)


# Verbs that promise or move a force although they can report as well: whose they are is its sender.
_PROMISES = re.compile(r"(?:pledge|promise|offer|put|field|count|commit|vow|undertake|approve)", re.IGNORECASE)


def _claim(article: Article, mentions: Mentions, tagged: Tagged, movement: Movement, trigger: Token) -> Attribution | None:
    """Who claims a movement; not whoever promises, in the verb that moves it."""
    attribution = claim_at(mentions, movement.sentence, trigger.start, trigger.end)
    if attribution is None:
        return None
    verb = article.text[slice(*attribution.verb)]
    cue = tagged.tokens[movement.cue]
    same = attribution.verb[0] <= cue.start < attribution.verb[1]
    return None if same or _PROMISES.match(verb) else attribution


def _put_number(draft: Draft, tagged: Tagged, movement: Movement, number: int) -> None:
    token = tagged.tokens[number]
    assert isinstance(token.value, Number) and token.value.count is not None
    end = movement.personnel_at[1] if movement.force and 0 <= movement.force[0] - token.end <= 12 else token.end
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
    if tagged.tokens[movement.cue].lower in EXPELS | HOSTS or asks_to_leave(tagged, movement) is not None:
        return
    for index in range(first - 1, -1, -1):
        token = tagged.tokens[index]
        told = token.tag == "R" and tagged.tags[index + 1] != "t"
        if token.tag == ";" or (told and "Q" not in tagged.tags[index:first]):
            break  # "Seoul said that troops were sent", but "Kenya said it would send" and "Kenya pledged to send"
        if index and tagged.tags[index - 1] in "poRt" and tagged.tokens[index - 1].lower != "from":
            continue  # "the force in East Timor"
        if "where" in (t.lower for t in tagged.tokens[index + 1 : index + 3]):
            continue  # "Mali, where the UN has 13,000 men"
        if isinstance(token.value, Named) and token.value.actor_id:
            country = mentions.lexicon.actors[token.value.actor_id].country_code
            if mentions.lexicon.actors[token.value.actor_id].kind == "state" and country in places:
                draft.words("origin", (token.start, token.end), country)
                return


def _put_destinations(mentions: Mentions, movements: Sequence[Movement], drafts: Sequence[Draft]) -> None:
    """Where each force is or goes: as its words say, as those of the force before it, or as the article's theatre."""
    theatres = Theatres(mentions)
    homes = [_home(draft) for draft in drafts]
    barred = frozenset(homes)
    found: list[Destination | None] = []
    for movement, draft, home in zip(movements, drafts, homes, strict=True):
        tellers = [(e.start, e.end) for e in draft.evidence if e.column in ("claimant_text", "claimant_id")]
        place = destination_of(mentions, movement, home, tellers[0] if tellers else None, [p for p in found[-_LOOKED_BACK:] if p])
        if place:
            theatres.told(place)
        found.append(place)
    for index, (movement, draft, home) in enumerate(zip(movements, drafts, homes, strict=True)):
        place = found[index]
        last = index - 1 if index and movement.sentence - movements[index - 1].sentence <= 1 else None
        if (
            place is None
            and last is not None
            and (movement.again or movements[last].sentence == movement.sentence)
            and home in (None, homes[last])
        ):
            place = found[last]
        found[index] = place = place or _before(mentions, movement, home)
        if place is None and not _in_many(mentions, movement):
            found[index] = place = theatres.main(home, barred)
        if place:
            draft.words("destination", place.span, place.place_id)
            put_place_span(draft, mentions, place.span, place.place_id)


_MANY_PLACES = frozenset("missions countries operations continents".split())


def _in_many(mentions: Mentions, movement: Movement) -> bool:
    """Whether a force is in several places at once: "deployed with ten UN missions"."""
    first = movement.number if movement.number is not None else movement.trigger
    return any(t.lower.split()[-1] in _MANY_PLACES for t in mentions.sentences[movement.sentence].tokens[first : first + _REACH])


# So many movements back, "the region" still means where they went.
_LOOKED_BACK = 8


def _before(mentions: Mentions, movement: Movement, home: str | None) -> Destination | None:
    place = destination_before(mentions, movement.sentence) or destination_after(mentions, movement)
    return place if place and (home is None or place.place_id != home) else None


def _home(draft: Draft) -> str | None:
    origin = draft.values.get("origin_id")
    return str(origin) if origin else None


def _put_started(draft: Draft, tagged: Tagged, movement: Movement, attribution: Attribution | None) -> None:
    claimed = attribution.day if attribution else None
    prefix = "ended" if movement.status == "withdrawn" else "started"
    days = [(abs(i - movement.trigger), i, day) for i, day in tagged.days() if day != claimed]
    if days and (nearest := min(days, key=lambda d: d[:2]))[0] <= 12:
        draft.day(prefix, nearest[2])


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
            if same_status or (draft.values.get("claimant_text") is None and draft.values["status"] != "withdrawn"):
                return True
        elif i < index and same_status and same_speaker(mentions, other.values, draft.values):
            return True
    return False


def _same_movement(a: Draft, b: Draft) -> bool:
    """Origins and kinds do not exclude each other, and reinforcements are none of those who came first."""
    fresh = ["reinforcement" in str(d.values.get("force_text", "")).lower() for d in (a, b)]
    named = [re.search(r"\d", str(d.values.get("force_text", ""))) for d in (a, b)]
    if (named[0] or named[1]) and a.values.get("force_text") != b.values.get("force_text"):
        return False
    began = [d.values.get("started_on") or d.values.get("started_earliest") for d in (a, b)]
    if began[0] and began[1] and began[0] != began[1]:
        return False
    return fresh[0] == fresh[1] and all(
        a.values.get(c) is None or b.values.get(c) is None or a.values[c] == b.values[c] for c in ("origin_id", "personnel_kind")
    )


def _key(draft: Draft) -> Hashable | None:
    """Number and status; None without a number, since two such accounts need not be one."""
    if "qualifier" not in draft.values:
        return None
    numbers = tuple(draft.values.get(f"personnel_{end}") for end in ("low", "best", "high"))
    return draft.values["status"], numbers
