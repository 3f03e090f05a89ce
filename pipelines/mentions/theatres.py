"""Theatres: the places that an article as a whole is about, for forces told of without one."""

import re
from collections.abc import Set as AbstractSet

from pipelines.mentions.destinations import TOWARDS, Destination, tells_of
from pipelines.mentions.lexicon import Named
from pipelines.mentions.mentions import Mentions

_NAME = re.compile("A")
_LEAD = 3


class Theatres:
    """The places that an article's forces are bound to, by how often it names them; one for those told of without a place."""

    def __init__(self, mentions: Mentions) -> None:
        self._mentions = mentions
        self._votes: dict[object, int] = {}
        self._told: set[str | None] = set()
        self._main: dict[str | None, Destination | None] = {}
        self._first: dict[object, Destination] = {}
        for position, tagged in enumerate(mentions.sentences):
            for index in [match.start() for match in _NAME.finditer(tagged.tags, 1)]:
                token = tagged.tokens[index]
                if isinstance(token.value, Named) and token.value.place_id:
                    if mentions.lexicon.places[token.value.place_id].kind == "region":
                        self._vote(Destination((token.start, token.end), token.value.place_id), 2)
                    before = tagged.tokens[index - 1] if tagged.tags[index - 1] not in "dwJ" or index < 2 else tagged.tokens[index - 2]
                    if before.lower in TOWARDS and not tells_of(tagged, max(0, index - 1)) and not tells_of(tagged, max(0, index - 2)):
                        self._vote(Destination((token.start, token.end), token.value.place_id), 2 if position < _LEAD else 1)

    def _vote(self, place: Destination, weight: int) -> None:
        key = place.place_id or place.span
        self._votes[key] = self._votes.get(key, 0) + weight
        self._first.setdefault(key, place)
        known = self._mentions.lexicon.places.get(place.place_id) if place.place_id else None
        if known and known.kind == "city" and known.country_code:
            # A city speaks for its country, where that is named too.
            self._votes[known.country_code] = self._votes.get(known.country_code, 0) + weight

    def told(self, place: Destination) -> None:
        """Counts a place that a movement was bound to in so many words."""
        self._told.add(place.place_id)
        self._vote(place, 3)

    def main(self, home: str | None, barred: AbstractSet[str | None]) -> Destination | None:
        """The theatre of a force from one country; asked for when all places are told."""
        if home not in self._main:
            self._main[home] = self._find(home, barred)
        return self._main[home]

    def _find(self, home: str | None, barred: AbstractSet[str | None]) -> Destination | None:
        """The place named most that is neither the force's home nor its capital nor any other that is barred."""
        places = self._mentions.lexicon.places
        found: list[tuple[int, Destination]] = []
        for key, votes in self._votes.items():
            place = self._first.get(key)
            if place is None:
                continue
            known = places.get(place.place_id) if place.place_id else None
            at_home = known and home and known.country_code == home and known.kind != "region"
            if place.place_id in barred or at_home or (known and known.kind == "venue"):
                continue
            votes -= bool(known and known.kind == "city")
            found.append((votes, place))
        best = max(found, key=lambda f: f[0], default=None)
        if best is None:
            return None
        # A region that is named nearly as often as its country says more.
        inner = [(v, p) for v, p in found if v * 2 >= best[0] and best[1].place_id and self._is_region_of(p, best[1].place_id)]
        return max(inner, key=lambda f: f[0])[1] if inner else best[1]

    def _is_region_of(self, place: Destination, country: str) -> bool:
        known = self._mentions.lexicon.places.get(place.place_id) if place.place_id in self._told and place.place_id else None
        return known is not None and known.kind == "region" and known.country_code == country
