"""The engine without workers: everything in this process, one batch after the other."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from pipelines.engines.batch import Extracted, extract_batch
from pipelines.engines.setup import Setup, load, undisturbed


def run(batches: Iterable[pa.RecordBatch], setup: Setup, workers: int | None, scheduler: str | None) -> Iterator[Extracted]:  # noqa: ARG001
    """What came of each batch, in order. An article that kills its process kills this one."""
    loaded = load(setup)
    with undisturbed():
        for batch in batches:
            yield extract_batch(batch, loaded, setup.timeout)
