"""Evaluation: how far extracted facts agree with gold facts that people read in the same articles."""

from pipelines.evaluate.evaluation import RESAMPLES, Evaluation, evaluate
from pipelines.evaluate.gold import KEYS
from pipelines.evaluate.report import as_json, as_text

__all__ = ["KEYS", "RESAMPLES", "Evaluation", "as_json", "as_text", "evaluate"]
