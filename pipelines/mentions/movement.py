"""Movement: a force that is sent, stays or leaves, as its sentence tells of it.

Patterns are matched on tags (see ``words``), with these on top for movements:

=====  ==================================  =====  ==================================
``S``  sent, deployed, withdrawn           ``V``  arrived, went, returned home
``F``  send, deploying, withdraw           ``K``  deployment, contingent, withdrawal
=====  ==================================  =====  ==================================
"""

from dataclasses import dataclass

from pipelines.mentions.numbers import Number
from pipelines.mentions.words import Tagged

Span = tuple[int, int]


@dataclass(frozen=True)
class Movement:
    """A force that moves or stays; token positions in its sentence.

    ``number`` is None where no number is given; ``trigger`` is the deciding word, ``force`` the span of the words for
    the people, ``personnel`` what kind they are, ``cue`` the token that gave the status, ``head`` the noun for them.
    ``again``: it goes on telling of the force before it.
    """

    sentence: int
    number: int | None
    trigger: int
    force: Span | None
    personnel: str
    personnel_at: Span
    status: str
    cue: int
    pattern: str
    head: str = ""
    again: bool = False


def movement_tags(tagged: Tagged) -> str:
    """The sentence's tags with those for movements in place."""
    uses = {"participle": "S", "transitive": "F", "intransitive": "V", "noun": "K"}
    return "".join(uses[t.word.movement_use] if t.word and t.word.movement_use else t.tag for t in tagged.tokens)


NEAR_HERE = frozenset(("there", "here", "abroad", "overseas", "ashore"))


def count_of(tagged: Tagged, number: int) -> int:
    """The number at a token, or the bound that it states."""
    value = tagged.tokens[number].value
    count = value.count if isinstance(value, Number) else None
    return (count.best or count.high or count.low or 0) if count else 0
