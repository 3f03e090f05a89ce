"""Explanation: what the grammar sees in one article, which facts it makes of it, and by which pattern."""

from pipelines.explain.explanation import Explanation, explain, read_one
from pipelines.explain.export import as_json
from pipelines.explain.report import as_text

__all__ = ["Explanation", "as_json", "as_text", "explain", "read_one"]
