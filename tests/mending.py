"""The place to mend one problem, as a report finds it among many."""

from collections.abc import Mapping

import pyarrow as pa

from pipelines.checks.problem import Problem
from pipelines.paths import Paths
from pipelines.report.context import find_contexts
from pipelines.report.mend import Mending, Place


def mending_place(problem: Problem, tables: Mapping[str, pa.Table], paths: Paths) -> Place | None:
    return Mending(paths).place(problem, find_contexts([problem], tables, None)[0])
