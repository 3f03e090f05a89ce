"""The explanation as JSON, for programs."""

import json
from collections.abc import Sequence
from typing import Any

from pipelines.explain.explanation import Explanation, Read
from pipelines.explain.made import Made, Span, Value


def as_json(explanation: Explanation) -> str:
    """The explanation as one JSON object: article, sentences with marks and claims, facts with values and words."""
    article = explanation.article
    content = {
        "article_id": article.article_id,
        "published_on": article.published_on,
        "of_war": explanation.of_war,
        "sentences": [_sentence(article.text, s) for s in explanation.sentences],
        "facts": [_fact(article.text, f) for f in explanation.facts],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=str)


def _sentence(text: str, sentence: Read) -> dict[str, Any]:
    marks = []
    for m in sentence.marks:
        used = sentence.used.get(m)
        made = {} if used is None else {"facts": [], "why": used} if isinstance(used, str) else {"facts": used, "why": None}
        marks.append({"kind": m.kind, **_span(text, (m.start, m.end)), "means": m.means, **made})
    return {
        "number": sentence.number,
        **_span(text, (sentence.start, sentence.end)),
        **{name.replace(" ", "_"): letters for name, letters in sentence.tags.items()},
        "marks": marks,
        "claims": [{"verb": _span(text, c.verb), "means": c.means, "covers": _span(text, (c.start, c.end))} for c in sentence.claims],
        "acts": [{**_span(text, (a.start, a.end)), "means": a.means} for a in sentence.acts],
        "facts": sentence.facts,
    }


def _fact(text: str, fact: Made) -> dict[str, Any]:
    return {
        "number": fact.number,
        "table": fact.table,
        "fact_id": fact.fact_id,
        "pattern": fact.pattern,
        "example": fact.example,
        "trigger": _span(text, fact.trigger),
        "values": _values(text, fact.values),
        "lists": {table: [_values(text, row) for row in rows] for table, rows in fact.lists.items()},
        "not_said": fact.unstated,
    }


def _values(text: str, values: Sequence[Value]) -> list[dict[str, Any]]:
    return [{"column": v.column, "value": v.value, "means": v.means, "words": [_span(text, s) for s in v.spans]} for v in values]


def _span(text: str, span: Span) -> dict[str, Any]:
    return {"start": span[0], "end": span[1], "words": text[slice(*span)]}
