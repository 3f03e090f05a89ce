"""One module a fact table: each turns an article and its mentions into facts."""

from pipelines.facts.fact import Evidence, Fact, Row

__all__ = ["Evidence", "Fact", "Row"]
