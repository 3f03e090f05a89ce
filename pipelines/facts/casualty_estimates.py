"""Casualty estimates: one claimant's count of one outcome for one group of victims."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence

from pipelines.article import Article
from pipelines.facts.columns import Draft, actor_at, claim_at, contests_at, merged, put_conflict, put_place, repetitions, same_speaker
from pipelines.facts.fact import Fact, Span
from pipelines.mentions import Mentions
from pipelines.mentions.attribution import Attribution
from pipelines.mentions.dates import DateMention
from pipelines.mentions.disputes import Dispute
from pipelines.mentions.lexicon import Named
from pipelines.mentions.outcomes import OutcomeCount, number_of, outcome_tags
from pipelines.mentions.victims import losing_side, people_behind
from pipelines.mentions.words import Tagged

_CUMULATIVE = re.compile(
    r"\b(?:death toll|toll|total|overall|so far|to date|since|in all|altogether|cumulative|until now|up to now|bringing)\b", re.IGNORECASE
)
_DAILY = re.compile(r"\b(?:a day|per day|daily|each day|every day|(?:past|last|previous) 24 hours|in a single day)\b", re.IGNORECASE)
_INCIDENT = re.compile(
    r"\b(?:attack|strike|airstrike|air strike|air raid|raid|blast|explosion|bombing|bomb|bomber|ambush|clash|clashes|shelling|crash|massacre|shooting|assault|rocket|missile|shells|mortars|mine|drone|grenade|gunmen)\b",
    re.IGNORECASE,
)


def find_facts(article: Article, mentions: Mentions) -> Iterable[Fact]:
    """The casualty estimates of the article, each with its words."""
    counts = mentions.outcomes if mentions.of_war else ()
    drafts = [_draft(article, mentions, count) for count in counts]
    _imply_victims(mentions, counts, drafts)
    _share_victims(mentions, counts, drafts)
    _point_at_containers(mentions, counts, drafts)
    if counts:
        drafts.extend(
            _disputed(article, mentions, drafts[d.original], d) for d in mentions.disputes if _by_another(drafts[d.original], d, article)
        )
    same = repetitions(drafts, _key, lambda a, b: same_speaker(mentions, a.values, b.values) and not _others(article.text, a, b))
    return [draft.fact() for draft in merged(drafts, same)]


def _draft(article: Article, mentions: Mentions, count: OutcomeCount) -> Draft:
    tagged = mentions.sentences[count.sentence]
    number = number_of(tagged, count)
    token, trigger = tagged.tokens[count.number], tagged.tokens[count.trigger]
    span = (token.start, number.end if count.single else token.end)
    draft = Draft("casualty_estimates", article, span)
    assert number.count is not None
    draft.put("outcome", count.outcome, (trigger.start, trigger.end))
    draft.count("count", number.count, (token.start, _quote_end(tagged, count)))
    _put_victims(draft, mentions, tagged, count)
    attribution = claim_at(mentions, count.sentence, token.start, token.end)
    draft.claim(mentions, attribution)
    contest = contests_at(mentions, count.sentence, token.end)
    if contest:
        draft.words("contested_by", contest.by.name, contest.by.actor_id)
    _put_scope(draft, article.text, tagged)
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


def _put_victims(draft: Draft, mentions: Mentions, tagged: Tagged, count: OutcomeCount) -> None:
    draft.values["victims_kind"] = "unknown"
    if count.people is None or draft.article.text[slice(*count.people)].lower() in ("more", "other", "another"):
        return
    draft.words("victims", count.people, actor_at(mentions, count.people))
    for token in tagged.tokens:
        if token.word and token.word.group and count.people[0] <= token.start < count.people[1]:
            draft.put("victims_kind", token.word.group, (token.start, token.end))


def _imply_victims(mentions: Mentions, counts: Sequence[OutcomeCount], drafts: Sequence[Draft]) -> None:
    """Gives victims to counts that name none: a state's force in the sentence, or the part's whole."""
    for count, draft in zip(counts, drafts, strict=True):
        if draft.values.get("victims_id"):
            continue
        found = _force_before(mentions, count) or _own_dead(mentions, count, draft)
        if found:
            span, actor_id = found
            draft.put("victims_id", actor_id, span)
            if draft.values["victims_kind"] == "unknown":
                draft.put("victims_kind", "military", span)


# Nouns of outcome that name people, and those that only count them.
_PEOPLE_NOUNS = frozenset("prisoners hostages captives refugees evacuees bodies corpses arrivals".split())
_OWN_NOUNS = _PEOPLE_NOUNS | frozenset("dead wounded injured missing displaced deaths fatalities injuries lives fallen".split())
_GENERIC = frozenset("casualties losses killed".split())
_NEAR = 3


def _share_victims(mentions: Mentions, counts: Sequence[OutcomeCount], drafts: Sequence[Draft]) -> None:
    """Gives words for the victims to counts that have none: "11 soldiers were killed and 78 wounded"."""
    named: list[int] = []
    for index, (count, draft) in enumerate(zip(counts, drafts, strict=True)):
        if not draft.values.get("victims_text"):
            tagged = mentions.sentences[count.sentence]
            span = people_behind(tagged, count.number, count.trigger) or losing_side(
                tagged, outcome_tags(tagged), count.number, count.trigger, mentions.meanings, mentions.lexicon
            )
            if span:
                draft.words("victims", span, actor_at(mentions, span))
            else:
                _carry_victims(mentions, index, counts, drafts, named)
        if draft.values.get("victims_text") and count.container is None and not _is_noun_of_outcome(draft):
            named.append(index)


def _carry_victims(mentions: Mentions, index: int, counts: Sequence[OutcomeCount], drafts: Sequence[Draft], named: Sequence[int]) -> None:
    """The noun of the outcome itself ("26 dead and 46 injured"), or the victims of the nearest count before that names some."""
    count, draft = counts[index], drafts[index]
    tagged = mentions.sentences[count.sentence]
    trigger = tagged.tokens[count.trigger]
    beside = 0 < count.trigger - count.number <= 4 and "B" not in tagged.tags[count.number : count.trigger]
    last = named[-1] if named else None
    near = count.sentence - counts[last].sentence if last is not None else 99
    own = trigger.lower in (_PEOPLE_NOUNS if near == 0 else _OWN_NOUNS) and beside
    force = next((i for i in reversed(named) if drafts[i].values.get("victims_id")), None)
    if own and not draft.values.get("victims_id"):
        draft.words("victims", (trigger.start, trigger.end))
    elif near and draft.values.get("victims_id"):
        return  # whose they were is implied: "North Korea's troop deployment had resulted in …"
    elif last is not None and near <= _NEAR:
        _take_victims(draft, drafts[last])
    elif force is not None:
        _take_victims(draft, drafts[force])
    elif topic := _topic_force(mentions):
        draft.words("victims", topic, actor_at(mentions, topic))
    elif trigger.lower in _OWN_NOUNS | _GENERIC and not draft.values.get("victims_id"):
        draft.words("victims", (trigger.start, trigger.end))


_FORCE = re.compile(r"J[wJ]?G")


def _topic_force(mentions: Mentions) -> Span | None:
    """The first mention of the state's force that the article names most often: "North Korean soldiers"."""
    spans: dict[str, list[Span]] = {}
    for tagged in mentions.sentences:
        for match in _FORCE.finditer(tagged.tags):
            first, last = tagged.tokens[match.start()], tagged.tokens[match.end() - 1]
            meaning = mentions.meanings.get(first.start)
            if meaning and meaning.actor_id and last.word and last.word.group == "military" and last.word.plural:
                spans.setdefault(meaning.actor_id, []).append((first.start, last.end))
    return max(spans.values(), key=len)[0] if spans else None


def _is_noun_of_outcome(draft: Draft) -> bool:
    return str(draft.values["victims_text"]).lower() in _OWN_NOUNS | _GENERIC | {"others"}


def _take_victims(draft: Draft, earlier: Draft) -> None:
    for column in ("victims_text", "victims_id"):
        if draft.values.get(column) is None:
            draft.put(column, earlier.values.get(column), *[(e.start, e.end) for e in earlier.evidence if e.column == column])
    if draft.values["victims_kind"] == "unknown" and earlier.values["victims_kind"] != "unknown":
        draft.put(
            "victims_kind", earlier.values["victims_kind"], *[(e.start, e.end) for e in earlier.evidence if e.column == "victims_kind"]
        )


def _force_before(mentions: Mentions, count: OutcomeCount) -> tuple[Span, str] | None:
    """ "North Korea's troop deployment" before a number without victims: (span, actor)."""
    if count.people is not None:
        return None
    tokens = mentions.sentences[count.sentence].tokens
    for index in range(count.number - 1, 1, -1):
        word = tokens[index].word
        if (
            word
            and (word.movement_use == "noun" or word.group == "military")
            and tokens[index - 1].tag == "s"
            and isinstance(tokens[index - 2].value, Named)
        ):
            actor_id = mentions.meanings[tokens[index - 2].start].actor_id
            if actor_id:
                return (tokens[index - 2].start, tokens[index].end), actor_id
    return None


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


def _put_scope(draft: Draft, text: str, tagged: Tagged) -> None:
    draft.values["scope"], draft.values["completeness"] = "unknown", "not_stated"
    sentence = tagged.sentence
    for scope, cue in (("daily", _DAILY), ("cumulative", _CUMULATIVE), ("incident", _INCIDENT)):
        match = cue.search(text, sentence.start, sentence.end)
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
    days = [
        (abs(i - count.trigger), i, t.value)
        for i, t in enumerate(tagged.tokens)
        if isinstance(t.value, DateMention) and t.value != claimed and t.value.reading
    ]
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
        if whole is None:
            continue
        span = mentions.sentences[count.sentence].tokens[count.number]
        draft.refers["part_of_fact_id"] = ("casualty_estimates", whole.trigger)
        draft.support("part_of_fact_id", whole.trigger, (span.start, span.end))
        for stem in ("claimant", "relayed_by", "reported_to", "reported", "victims"):
            _inherit(draft, whole, stem)


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


def _numbers(values: Mapping[str, object]) -> set[object]:
    return {values.get(f"count_{end}") for end in ("low", "best", "high", "stated")} - {None}
