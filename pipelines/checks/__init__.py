"""Every layer of validation; what is wrong comes out as one list of problems."""

from pipelines.checks.problem import CheckReport, Layer, Problem
from pipelines.checks.run import LAYERS, check_package, declared_schemas

__all__ = ["LAYERS", "CheckReport", "Layer", "Problem", "check_package", "declared_schemas"]
