"""Which articles a change of the lexicon can touch: those whose text holds a phrase whose meaning is another one now."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields

import ahocorasick_rs

from pipelines.article import Article
from pipelines.mentions.finders import lowered
from pipelines.mentions.lexicon import Lexicon, Named

# What is bound to phrases here. Any other part of a lexicon that differs touches every article.
_BY_PHRASE = ("actors", "places", "conflicts", "names", "cased_names", "words", "conflict_names", "topics", "domains")
_FINDERS = ("finder", "topic_finder")


def touches(old: Lexicon, new: Lexicon) -> Callable[[Article], bool]:
    """Whether extraction with the new lexicon may give other facts of an article than with the old one did; never wrongly false."""
    phrases = changed_phrases(old, new)
    if phrases is None:
        return lambda _: True
    if not phrases:
        return lambda _: False
    automaton = ahocorasick_rs.AhoCorasick(sorted(phrases))

    def touched(article: Article) -> bool:
        # Both ways in which the grammar writes words small; parts of words count too, which is more than it finds.
        texts = (lowered(article.text), article.text.lower())
        return any(automaton.find_matches_as_indexes(text) for text in dict.fromkeys(texts))

    return touched


def changed_phrases(old: Lexicon, new: Lexicon) -> set[str] | None:
    """The phrases, in small letters, that are new, gone or mean something else; None where more than phrases changed."""
    rest = [f.name for f in fields(Lexicon) if f.name not in (*_BY_PHRASE, *_FINDERS)]
    if any(getattr(old, name) != getattr(new, name) for name in rest):
        return None
    before, after = dict(_meanings(old)), dict(_meanings(new))
    return {phrase for (_, phrase) in _differing(before, after)} | {name.lower() for name in old.cased_names ^ new.cased_names}


def _differing(before: Mapping[tuple[str, str], object], after: Mapping[tuple[str, str], object]) -> Iterator[tuple[str, str]]:
    for key in before.keys() | after.keys():
        if before.get(key) != after.get(key):
            yield key


def _meanings(lexicon: Lexicon) -> Iterator[tuple[tuple[str, str], object]]:
    """((list, phrase), all that a lexicon says of it, directly or through what it points at)."""
    for phrase, named in lexicon.names.items():
        yield ("names", phrase), (named, frozenset(_behind(named, lexicon)))
    for phrase, word in lexicon.words.items():
        yield ("words", phrase), word
    for phrase, identifier in lexicon.conflict_names.items():
        yield ("conflict_names", phrase), (identifier, lexicon.conflicts.get(identifier))
    for name, list_ in (("topics", lexicon.topics), ("domains", lexicon.domains)):
        for phrase, meaning in list_.items():
            yield (name, phrase), meaning


def _behind(named: Named, lexicon: Lexicon) -> Iterable[object]:
    """The actors and places that a name leads to: itself, what it is a part of, and its country as both."""
    todo = [i for i in (named.actor_id, named.place_id, *named.roles) if i]
    seen: set[str] = set()
    while todo:
        identifier = todo.pop()
        if identifier in seen:
            continue
        seen.add(identifier)
        actor, place = lexicon.actors.get(identifier), lexicon.places.get(identifier)
        for entry, part_of in ((actor, actor and actor.part_of_actor_id), (place, place and place.part_of_place_id)):
            if entry:
                yield entry
                todo.extend(i for i in (part_of, entry.country_code) if i)
