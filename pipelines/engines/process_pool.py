"""The engine of one machine: a pool of worker processes, as many as there are cores."""

import os
import queue
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import pyarrow as pa

from pipelines.engines.batch import Extracted
from pipelines.engines.setup import Setup
from pipelines.engines.survival import survive
from pipelines.engines.worker import Died, Worker


def run(batches: Iterable[pa.RecordBatch], setup: Setup, workers: int | None, scheduler: str | None) -> Iterator[Extracted]:  # noqa: ARG001
    """What came of each batch, the first that is ready first; twice as many are held as there are workers."""
    count = workers or cores()
    pool = [Worker(setup) for _ in range(count)]
    # The worker that was used last first: a small corpus starts one process.
    idle: queue.LifoQueue[Worker] = queue.LifoQueue()
    for worker in pool:
        idle.put(worker)

    def work(batch: pa.RecordBatch) -> Extracted:
        worker = idle.get()
        try:
            return survive(worker.run, Died, batch)
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(count, "factpack-worker")
    pending: set[Future[Extracted]] = set()
    try:
        # The first to be used starts while articles are read. Why it does not start, whoever needs it will hear.
        threads.submit(pool[-1].begin)
        for batch in batches:
            pending.add(threads.submit(work, batch))
            if len(pending) >= 2 * count:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        _stop(threads, pool)


def _stop(threads: ThreadPoolExecutor, pool: Iterable[Worker]) -> None:
    """Nothing; no process and no thread is left."""
    for worker in pool:
        worker.close()
    threads.shutdown()
    for worker in pool:
        worker.stop()


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
