"""What happens when a worker dies: its batch is run again, then article by article, and the one that kills is set aside."""

from collections.abc import Callable

import pyarrow as pa

from pipelines.engines.batch import Extracted, merged, set_aside

_REASON = "extraction ends its process (killed, out of memory, or stuck in a library), alone and twice"


def survive(run: Callable[[pa.RecordBatch], Extracted], died: type[Exception], batch: pa.RecordBatch) -> Extracted:
    """What came of the batch; each article counts once, whoever was killed in the middle."""
    for _ in range(2):
        try:
            return run(batch)
        except died:
            continue
    if batch.num_rows == 1:
        return set_aside(batch, _REASON)
    return merged([survive(run, died, batch.slice(row, 1)) for row in range(batch.num_rows)])
