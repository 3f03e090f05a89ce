"""Every layer of validation; what is wrong comes out as one list of problems."""

from pipelines.checks.problem import CheckReport, Problem
from pipelines.checks.run import check_package

__all__ = ["CheckReport", "Problem", "check_package"]
