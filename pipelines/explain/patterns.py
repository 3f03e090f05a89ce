"""Patterns: for the name of a construction, a sentence that shows what it catches."""

from collections.abc import Mapping

from pipelines.facts import Fact
from pipelines.mentions.event_acts import ACTS
from pipelines.mentions.finders import small
from pipelines.mentions.numbered import NUMBERED
from pipelines.mentions.outcome_patterns import PATTERNS
from pipelines.mentions.singles import PATTERNS as SINGLE_PATTERNS
from pipelines.mentions.strengths import AGAIN
from pipelines.mentions.unnumbered import RELIEF, UNNUMBERED

# Rules that are no expressions over tags have their examples here.
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "casualty_estimates": {
        **{p.name: p.example for p in PATTERNS},
        "part": "The attack killed 40 people, four of them children.",
        **{f"single_{p.name}": p.example for p in SINGLE_PATTERNS},
        "breakdown": "The mission counted 43 dead: 19 women, 15 men and nine children.",
        "dispute": "The rebels said 61 soldiers had died. The army called the figure false.",
        "again": "The army said 30 soldiers had been killed, and later put the number at 34.",
    },
    "ceremonies": {"noun": "The state funeral of two soldiers was held on Monday."},
    "deployments": {
        **{p.name: p.example for p in (*NUMBERED, *UNNUMBERED, *AGAIN, RELIEF)},
        "noun": "He spoke of the ongoing troop deployment to Russia.",
        "measure": "Kenya sent 200 police officers to Haiti. The mission's strength is to reach 2,500.",
        "from": "Rwanda keeps 5,000 soldiers in Mozambique, up from 2,500.",
        "part_of": "The United Kingdom leads the battlegroup, with 900 soldiers of the rotation in Tapa.",
        "placed": "The mission is a battalion of 850 and a brigade of 2,000.",
    },
    "statements": {
        "quotation": "“We shall not forget them,” the minister said.",
        "denial": "The ministry denied that its soldiers had crossed the border.",
        "pledge": "The president vowed to rebuild the town.",
        "no_comment": "The ministry declined to comment on the report.",
        "paraphrase": "The president expressed sorrow for the fallen soldiers.",
    },
}


def example_of(fact: Fact, text: str) -> str | None:
    """The example of the pattern that made a fact; an act of a ceremony is told by its words."""
    if fact.table == "ceremonies" and fact.pattern == "act":
        return next((a.example for a in ACTS if a.words.match(text if a.cased else small(text), fact.trigger[0])), None)
    return EXAMPLES.get(fact.table, {}).get(fact.pattern or "")
