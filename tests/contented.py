"""Who judges expectations in tests that are not about them: loading and asking Great Expectations takes most of a small build's time."""

from pathlib import Path
from typing import Self

from pipelines.derive.expectations import Verdict


class ContentedEvaluator:
    """An evaluator that finds every package as expected."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self, tables: Path, schemas: Path, base: Path | None = None) -> None:
        pass

    def findings(self) -> Verdict:
        return Verdict((), (), 1, 1)
