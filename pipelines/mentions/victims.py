"""Victims: who they were whom each count counts, over a whole article: named beside it, carried over or implied."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.mentions.actors import Meaning
from pipelines.mentions.counts import OutcomeCount, outcome_tags
from pipelines.mentions.lexicon import Lexicon, Named
from pipelines.mentions.people import losing_side, people_behind
from pipelines.mentions.tokens import Tagged, Token

Span = tuple[int, int]

# Nouns of outcome that name people, and those that only count them.
_PEOPLE_NOUNS = frozenset("prisoners hostages captives refugees evacuees bodies corpses arrivals".split())
_OWN_NOUNS = _PEOPLE_NOUNS | frozenset("dead wounded injured missing displaced deaths fatalities injuries lives fallen".split())
_GENERIC = frozenset("casualties losses killed".split())
_NO_PEOPLE = _OWN_NOUNS | _GENERIC | {"others"}
_NOBODY = frozenset(["more", "other", "another"])
# A toll counts all the dead, not only those named last.
_TOLL = re.compile(r"(?:[\w-]+ )?toll|number of [\w ]+")
# Victims carry over so many sentences.
_NEAR = 3
# The people of a state as a force, or named by their adjective alone.
_FORCE = re.compile(r"J[wJ]?G|J(?![JwGAn-])")


@dataclass(frozen=True)
class Victims:
    """``words``: the span that names them; ``implied``: (span, actor) of the force whose they were where none names them."""

    words: Span | None
    implied: tuple[Span, str] | None = None


def find_victims(
    text: str, counts: Sequence[OutcomeCount], sentences: Sequence[Tagged], meanings: Mapping[int, Meaning], lexicon: Lexicon
) -> list[Victims]:
    """The victims of each count: parts name none that their whole does not."""
    found: list[Victims] = []
    named: list[int] = []
    for index, count in enumerate(counts):
        tagged = sentences[count.sentence]
        words = count.people if count.people and text[slice(*count.people)].lower() not in _NOBODY else None
        known = words is not None and _actor(words, tagged, meanings) is not None
        implied = None if known or count.people else _force_before(tagged, count, meanings)
        words = words or _them(index, counts, sentences)
        words = words or people_behind(tagged, count.number, count.trigger)
        words = words or losing_side(tagged, outcome_tags(tagged), count.number, count.trigger, meanings, lexicon)
        if words is None and count.pattern == "again":
            before = zip(reversed(found), reversed(counts[:index]), strict=True)
            same = (f.words for f, c in before if c.outcome == count.outcome and c.container is None)
            words = next(same, None)  # "26 dead, which rose to 31"
        carried = words is None
        if carried and index and _are_paired(counts[index - 1], count) and not _is_noun_of_outcome(text, found[index - 1].words):
            words = found[index - 1].words  # "300 killed and 2,700 injured"
        if words is None and count.container is None:
            words = _carried(index, counts, found, named, sentences, meanings, bool(implied))
        found.append(Victims(words, implied))
        if words and not carried and count.container is None and not _is_noun_of_outcome(text, words):
            named.append(index)
    return found


def _carried(
    index: int,
    counts: Sequence[OutcomeCount],
    found: Sequence[Victims],
    named: Sequence[int],
    sentences: Sequence[Tagged],
    meanings: Mapping[int, Meaning],
    implied: bool,
) -> Span | None:
    """The noun of the outcome itself ("26 dead and 46 injured"), or the victims of the nearest count before that names some."""
    count = counts[index]
    tagged = sentences[count.sentence]
    trigger = tagged.tokens[count.trigger]
    beside = 0 < count.trigger - count.number <= 4 and "B" not in tagged.tags[count.number : count.trigger]
    last = named[-1] if named else None
    near = count.sentence - counts[last].sentence if last is not None else _NEAR + 1
    if count.pattern == "noun_at" and trigger.lower in _OWN_NOUNS and not implied:
        return trigger.start, trigger.end  # "put the injured at 180"
    if beside and not implied and (trigger.lower in (_PEOPLE_NOUNS if near == 0 else _OWN_NOUNS) or _names_people(trigger)):
        return trigger.start, trigger.end
    if near > _NEAR and implied:
        return None  # "North Korea's troop deployment had resulted in …"
    known = last is not None and near <= _NEAR and _is_known(found[last].words, counts[last], sentences, meanings)
    if _TOLL.fullmatch(trigger.lower) and not known:
        noun = trigger.lower.split()[-1]
        return (trigger.end - len(noun), trigger.end) if noun in _OWN_NOUNS else None
    if last is not None and near <= _NEAR:
        return found[last].words
    force = next((i for i in reversed(named) if _is_known(found[i].words, counts[i], sentences, meanings)), None)
    if force is not None:
        return found[force].words
    if topic := _topic_force(sentences, meanings):
        return topic
    return (trigger.start, trigger.end) if trigger.lower in _OWN_NOUNS | _GENERIC and not implied else None


def _is_noun_of_outcome(text: str, words: Span | None) -> bool:
    """Whether the words name nobody but "the dead"."""
    return words is None or text[slice(*words)].lower() in _NO_PEOPLE


def _are_paired(first: OutcomeCount, second: OutcomeCount) -> bool:
    """Whether two bare counts stand side by side, the first by a participle that names nobody."""
    together = first.sentence == second.sentence and first.number < second.number <= first.number + 4 and first.trigger < second.number
    return together and first.people is None and second.people is None


_GROUP = re.compile(r"[wJA]?G(?!s)")


def _them(index: int, counts: Sequence[OutcomeCount], sentences: Sequence[Tagged]) -> Span | None:
    """Whom "181 of them" means where no count includes it: the people named last before."""
    count = counts[index]
    tagged = sentences[count.sentence]
    if count.container is not None or tagged.tags[count.number + 1 : count.number + 3] != "oq":
        return None
    for place, end in ((tagged, count.number), (sentences[count.sentence - 1], None) if count.sentence else (tagged, 0)):
        groups = [
            m for m in _GROUP.finditer(place.tags, 0, len(place.tags) if end is None else end) if _is_plural(place.tokens[m.end() - 1])
        ]
        if groups:
            return place.tokens[groups[-1].start()].start, place.tokens[groups[-1].end() - 1].end
    return None


def _is_plural(token: Token) -> bool:
    return token.word is not None and token.word.plural


def _is_known(words: Span | None, count: OutcomeCount, sentences: Sequence[Tagged], meanings: Mapping[int, Meaning]) -> bool:
    return words is not None and _actor(words, sentences[count.sentence], meanings) is not None


def _actor(words: Span, tagged: Tagged, meanings: Mapping[int, Meaning]) -> str | None:
    """A known actor whom the words name, or None."""
    inside = (meanings.get(t.start) for t in tagged.tokens if words[0] <= t.start < words[1])
    return next((m.actor_id for m in inside if m and m.actor_id), None)


def _names_people(trigger: Token) -> bool:
    """Whether a word for an outcome names those whom it befell: "650,000 displaced people"."""
    word = trigger.word
    return bool(word and word.outcome in ("displaced", "captured") and "noun" in word.outcome_uses)


def _topic_force(sentences: Sequence[Tagged], meanings: Mapping[int, Meaning]) -> Span | None:
    """The first mention of the people of the state that the article is about: "North Korean soldiers", "North Koreans"."""
    named: Counter[str] = Counter()
    spans: dict[str, Span] = {}
    armed: set[str] = set()
    for tagged in sentences:
        for match in _FORCE.finditer(tagged.tags):
            first, last = tagged.tokens[match.start()], tagged.tokens[match.end() - 1]
            meaning = meanings.get(first.start)
            if meaning is None or meaning.actor_id is None:
                continue
            force = first is not last and last.word is not None and last.word.group == "military" and last.word.plural
            if not force and (first is not last or not first.lower.endswith("s")):
                continue
            armed |= {meaning.actor_id} if force else set()
            named[meaning.actor_id] += 1
            spans.setdefault(meaning.actor_id, (first.start, last.end))
    most = next((actor_id for actor_id, _ in named.most_common() if actor_id in armed), None)
    return spans[most] if most else None


def _force_before(tagged: Tagged, count: OutcomeCount, meanings: Mapping[int, Meaning]) -> tuple[Span, str] | None:
    """ "North Korea's troop deployment" before a number without victims: (span, actor)."""
    tokens = tagged.tokens
    for index in range(count.number - 1, 1, -1):
        word, owner = tokens[index].word, tokens[index - 2]
        force = word and (word.movement_use == "noun" or word.group == "military")
        if force and tokens[index - 1].tag == "s" and isinstance(owner.value, Named):
            actor_id = meanings[owner.start].actor_id
            if actor_id:
                return (owner.start, tokens[index].end), actor_id
    return None
