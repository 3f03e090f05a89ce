"""Every layer of validation; what is wrong comes out as one list of problems."""

from pipelines.checks.problem import CheckReport, Layer, Problem
from pipelines.checks.run import check_package

__all__ = ["CheckReport", "Layer", "Problem", "check_package"]
