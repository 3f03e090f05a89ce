"""Casualty estimates: one claimant's count of one outcome for one group of victims."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from pipelines.article import Article
from pipelines.facts.columns import Draft, actor_at, claim_at, contests_at, merged, put_conflict, put_place, repetitions, same_speaker
from pipelines.facts.fact import Fact, Span
from pipelines.mentions.claims import Attribution
from pipelines.mentions.counts import OutcomeCount, number_of, outcome_tags
from pipelines.mentions.denials import called_false
from pipelines.mentions.disputes import Dispute
from pipelines.mentions.finders import Cue, caseless
from pipelines.mentions.mentions import Mentions
from pipelines.mentions.tokens import Tagged, Token
from pipelines.mentions.victims import Victims, find_victims

_CUMULATIVE = "death toll|toll|total|overall|so far|to date|since|in all|altogether|cumulative|until now|up to now|bringing"
_DAILY = "a day|per day|daily|each day|every day|past 24 hours|last 24 hours|previous 24 hours|in a single day"
_INCIDENT = (
    "attack|strike|airstrike|air strike|air raid|raid|blast|explosion|bombing|bomb|bomber|ambush|clash|clashes|shelling|crash|massacre|shooting"
    "|assault|rocket|missile|shells|mortars|mine|drone|grenade|gunmen"
)
_SCOPES = {
    scope: Cue(re.compile(rf"\b(?:{phrases})\b", re.IGNORECASE), phrases)
    for scope, phrases in (("daily", _DAILY), ("cumulative", _CUMULATIVE), ("incident", _INCIDENT))
}
# "… is up from 300 killed and 2,700 injured": what a new count is compared with was claimed on an earlier day.
_COMPARED = caseless(r"\b(?:up|down) from (?:(?!\bto\b)(?:[^,;.]|,(?=\d))){0,40}$")


def find_facts(article: Article, mentions: Mentions) -> Iterable[Fact]:
    """The casualty estimates of the article, each with its words."""
    counts = mentions.outcomes if mentions.of_war else ()
    victims = find_victims(article.text, counts, mentions.sentences, mentions.meanings, mentions.lexicon)
    scopes = {scope: cue.places(mentions.lower) for scope, cue in _SCOPES.items()} if counts else {}
    drafts = [_draft(article, mentions, count, v, scopes) for count, v in zip(counts, victims, strict=True)]
    _point_at_containers(mentions, counts, drafts)
    if counts:
        drafts.extend(
            _disputed(article, mentions, drafts[d.original], d) for d in mentions.disputes if _by_another(drafts[d.original], d, article)
        )
    same = repetitions(drafts, _key, lambda a, b: same_speaker(mentions, a.values, b.values) and not _others(article.text, a, b))
    return [draft.fact() for draft in merged(drafts, same)]


def _draft(article: Article, mentions: Mentions, count: OutcomeCount, victims: Victims, scopes: Mapping[str, Sequence[int]]) -> Draft:
    tagged = mentions.sentences[count.sentence]
    number = number_of(tagged, count)
    token, trigger = tagged.tokens[count.number], tagged.tokens[count.trigger]
    span = (token.start, number.end if count.single else token.end)
    draft = Draft("casualty_estimates", article, span)
    draft.pattern = count.pattern
    assert number.count is not None
    draft.put("outcome", count.outcome, (trigger.start, trigger.end))
    draft.count("count", number.count, (token.start, _quote_end(tagged, count)))
    _put_victims(draft, mentions, count, victims)
    attribution = claim_at(mentions, count.sentence, token.start, token.end)
    if attribution and _COMPARED.search(mentions.small, tagged.sentence.start, token.start):
        attribution = replace(attribution, day=None)
    draft.claim(mentions, attribution)
    if draft.values["stance"] == "asserted" and (called := called_false(tagged.tokens, outcome_tags(tagged), count.number)):
        draft.put("stance", called[0], called[1])
    contest = contests_at(mentions, count.sentence, token.end)
    if contest:
        draft.words("contested_by", contest.by.name, contest.by.actor_id)
    _put_scope(draft, article.text, tagged, scopes)
    _put_basis(draft, mentions, tagged, attribution)
    _put_period(draft, tagged, count, attribution)
    put_conflict(draft, mentions, count.sentence)
    put_place(draft, mentions, tagged.tokens, min(count.number, count.trigger) + 1)
    return draft


def _by_another(original: Draft, dispute: Dispute, article: Article) -> bool:
    by = dispute.by.by
    if by.actor_id and original.values.get("claimant_id"):
        return by.actor_id != original.values["claimant_id"]
    return by.name is not None and article.text[slice(*by.name)] != original.values.get("claimant_text")


# What a rejection shares with the count that it rejects.
_SHARED = ("outcome", "qualifier", "count_", "victims_", "scope", "completeness", "period_", "as_of", "place_", "conflict_id")


def _disputed(article: Article, mentions: Mentions, original: Draft, dispute: Dispute) -> Draft:
    """The count of another as the one who rejects it tells of it: a row of his own."""
    draft = Draft("casualty_estimates", article, dispute.words)
    draft.pattern = "dispute"
    for column, value in original.values.items():
        if column.startswith(_SHARED):
            draft.put(column, value, *[(e.start, e.end) for e in original.evidence if e.column == column])
    draft.values["basis"] = "none given"
    draft.claim(mentions, dispute.by, dispute.by.stance)
    return draft


def _quote_end(tagged: Tagged, count: OutcomeCount) -> int:
    """Where the quote of a number ends: with the noun that it counts, where that follows close behind."""
    number = tagged.tokens[count.number]
    if count.single:
        return tagged.tokens[count.single.last].end
    if count.people and 0 <= count.people[0] - number.end <= 12:
        return count.people[1]
    after = tagged.tokens[count.number + 1 : count.number + 4]
    shown = next((t for t in after if t.word and "token" in t.word.outcome_uses), None)
    if shown:
        return shown.end  # "a total of 101 portraits"
    if 0 < count.trigger - count.number <= 3 and not any(t.tag in ",;Nn" for t in after[: count.trigger - count.number]):
        return tagged.tokens[count.trigger].end
    return number.end


def _put_victims(draft: Draft, mentions: Mentions, count: OutcomeCount, victims: Victims) -> None:
    """Who they were in words, whose they were, and of what kind."""
    draft.values["victims_kind"] = "unknown"
    if victims.words:
        draft.words("victims", victims.words, actor_at(mentions, victims.words))
        kinds = [t for t in _tokens_at(mentions, victims.words) if t.word and t.word.group]
        for token in kinds:
            draft.put("victims_kind", token.word.group if token.word else None, (token.start, token.end))
    found = victims.implied or (None if draft.values.get("victims_id") else _own_dead(mentions, count, draft))
    if found and not draft.values.get("victims_id"):
        span, actor_id = found
        draft.put("victims_id", actor_id, span)
        if draft.values["victims_kind"] == "unknown":
            draft.put("victims_kind", "military", span)


def _tokens_at(mentions: Mentions, span: Span) -> list[Token]:
    sentence = mentions.sentence_at(span[0])
    return [] if sentence is None else [t for t in mentions.sentences[sentence].tokens if span[0] <= t.start < span[1]]


def _own_dead(mentions: Mentions, count: OutcomeCount, draft: Draft) -> tuple[Span, str] | None:
    """A state that shows the names or portraits of the fallen shows its own: (span of the state, actor)."""
    tagged = mentions.sentences[count.sentence]
    tokens_shown = [t for t in tagged.tokens if t.word and "token" in t.word.outcome_uses]
    if not tokens_shown:
        return None
    attribution = claim_at(mentions, count.sentence, *draft.trigger)
    if attribution is None or attribution.by.words is None or attribution.by.actor_id is None:
        return None
    actor = mentions.lexicon.actors[attribution.by.actor_id]
    state = actor.actor_id if actor.kind == "state" else actor.country_code
    return (attribution.by.words, state) if state and state in mentions.lexicon.actors else None


def _put_scope(draft: Draft, text: str, tagged: Tagged, scopes: Mapping[str, Sequence[int]]) -> None:
    draft.values["scope"], draft.values["completeness"] = "unknown", "not_stated"
    sentence = tagged.sentence
    for scope, places in scopes.items():
        match = _SCOPES[scope].search(text, places, sentence.start, sentence.end)
        if match:
            draft.put("scope", scope, match.span())
            return


def _put_basis(draft: Draft, mentions: Mentions, tagged: Tagged, attribution: Attribution | None) -> None:
    """What the count rests on: what is shown or counted here, or else the kind of body that claims it."""
    draft.values["basis"] = "none given"
    shown = [t for t in tagged.tokens if t.word and "token" in t.word.outcome_uses and abs(t.start - draft.trigger[0]) < 60]
    bodies = [t for t in tagged.tokens if t.lower in ("bodies", "corpses") and abs(t.start - draft.trigger[0]) < 40]
    if shown:
        draft.put("basis", "named list", *[(t.start, t.end) for t in shown])
    elif bodies:
        draft.put("basis", "body count", *[(t.start, t.end) for t in bodies])
    elif attribution and attribution.by.words and attribution.by.actor_id:
        kind = mentions.lexicon.actors[attribution.by.actor_id].kind
        basis = {
            "agency": "intelligence assessment",
            "government": "official statement",
            "armed_force": "official statement",
            "state": "official statement",
            "legislature": "official statement",
        }
        intelligence = "intelligence" in mentions.lexicon.actors[attribution.by.actor_id].name.lower()
        if kind == "medium" and attribution.relayed_by is None:
            draft.put("basis", "media count", attribution.by.words)
        elif kind in basis:
            draft.put("basis", basis[kind] if kind != "agency" or intelligence else "official statement", attribution.by.words)


def _put_period(draft: Draft, tagged: Tagged, count: OutcomeCount, attribution: Attribution | None) -> None:
    """The days that the count covers: the date nearest to its words that does not date the claim."""
    claimed = attribution.day if attribution else None
    days = [(abs(i - count.trigger), i, day) for i, day in tagged.days() if day != claimed and day.reading]
    if not days:
        return
    _, index, mention = min(days, key=lambda d: (d[0], d[1]))
    assert mention.reading is not None
    published = draft.article.published_on
    if published and mention.reading.earliest > published:
        return  # "will be buried on Friday": what has befallen somebody lies in the past
    before = tagged.tokens[index - 1].lower if index else ""
    if before in ("since", "from"):
        draft.date("period_earliest", mention.reading.earliest, mention)
    elif before in ("by", "until", "till", "of") and mention.on:
        draft.date("as_of", mention.on, mention)
    else:
        draft.date("period_earliest", mention.reading.earliest, mention)
        draft.date("period_latest", mention.reading.latest, mention)


def _point_at_containers(mentions: Mentions, counts: Sequence[OutcomeCount], drafts: Sequence[Draft]) -> None:
    """Parts point at the estimate that includes them and share its claimant, victims and date where they name none."""
    at = {(c.sentence, c.number): d for c, d in zip(counts, drafts, strict=True)}
    for count, draft in zip(counts, drafts, strict=True):
        whole = at.get(count.container) if count.container else None
        if whole is None or _larger(draft, whole):
            continue
        span = mentions.sentences[count.sentence].tokens[count.number]
        draft.refers["part_of_fact_id"] = ("casualty_estimates", whole.trigger)
        draft.support("part_of_fact_id", whole.trigger, (span.start, span.end))
        for stem in ("claimant", "relayed_by", "reported_to", "reported", "victims"):
            _inherit(draft, whole, stem)


def _larger(draft: Draft, whole: Draft) -> bool:
    """Whether the numbers forbid that one is part of the other, whatever the words seem to say."""
    least = draft.values.get("count_low") or draft.values.get("count_best")
    most = whole.values.get("count_high") or whole.values.get("count_best")
    return isinstance(least, int) and isinstance(most, int) and least > most


def _inherit(draft: Draft, whole: Draft, stem: str) -> None:
    if any(draft.values.get(f"{stem}_{end}") is not None for end in ("text", "id", "on", "earliest")):
        return
    for column in [c for c in whole.values if c.startswith(stem + "_") and c != "victims_kind"]:
        if stem == "victims" and draft.values.get("victims_text"):
            continue
        draft.put(column, whole.values[column], *[(e.start, e.end) for e in whole.evidence if e.column == column])
    if stem == "victims" and draft.values["victims_kind"] == "unknown" and whole.values["victims_kind"] != "unknown":
        draft.put("victims_kind", whole.values["victims_kind"], *[(e.start, e.end) for e in whole.evidence if e.column == "victims_kind"])


def _key(draft: Draft) -> Hashable:
    numbers = frozenset(draft.values.get(f"count_{end}") for end in ("low", "best", "high", "stated")) - {None}
    return draft.values["outcome"], draft.values["stance"], numbers


_ANOTHER = re.compile(r"(?:another|an additional|a further)\b", re.IGNORECASE)
_ANYBODY = frozenset(
    "people persons others dead killed wounded injured deaths bodies casualties fatalities lives more them victims injuries".split()
)


def _others(text: str, first: Draft, second: Draft) -> bool:
    """Whether two counts with equal numbers name different people, places or days, or the second counts "another 12"."""
    if _ANOTHER.match(text[slice(*second.trigger)]):
        return True
    a, b = first.values, second.values
    heads = [str(v.get("victims_text") or "people").lower().split()[-1] for v in (a, b)]
    if heads[0] != heads[1] and not _ANYBODY & set(heads) and a.get("victims_id") != b.get("victims_id"):
        return True
    return any(a.get(c) and b.get(c) and a[c] != b[c] for c in ("period_earliest", "place_text"))
