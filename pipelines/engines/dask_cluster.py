"""The engine of many machines: dask.distributed, on the cluster of a scheduler or on one of this machine."""

import importlib
import logging
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from pipelines.engines.batch import Extracted
from pipelines.engines.process_pool import cores
from pipelines.engines.setup import Setup
from pipelines.engines.survival import survive
from pipelines.engines.worker import Died, Worker
from pipelines.errors import ToolError, UsageError, visible

_ANSWERS_WITHIN = "10s"
_mine = threading.local()
_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


def run(batches: Iterable[pa.RecordBatch], setup: Setup, workers: int | None, scheduler: str | None) -> Iterator[Extracted]:
    """What came of each batch, the first that is ready first; twice as many are held as the cluster has threads."""
    distributed = _library()
    wait, killed = distributed.wait, distributed.scheduler.KilledWorker
    with _client(workers, scheduler) as client:

        def again(batch: pa.RecordBatch) -> Extracted:
            found: Extracted = client.submit(work, batch, setup, pure=False).result()
            return found

        def result(future: Any) -> Extracted:
            batch = pending.pop(future)
            try:
                found: Extracted = future.result()
                return found
            except killed:
                return survive(again, killed, batch)

        pending: dict[Any, pa.RecordBatch] = {}
        for batch in batches:
            pending[client.submit(work, batch, setup, pure=False)] = batch
            if len(pending) >= 2 * _threads(client):
                yield from map(result, wait(list(pending), return_when="FIRST_COMPLETED").done)
        while pending:
            yield from map(result, wait(list(pending), return_when="FIRST_COMPLETED").done)


def work(batch: pa.RecordBatch, setup: Setup) -> Extracted:
    """What came of the batch, on a machine of the cluster: each of its threads has a process of its own, which can be stopped."""
    if getattr(_mine, "setup", None) != setup:
        if hasattr(_mine, "worker"):
            _mine.worker.stop()
        _mine.setup, _mine.worker = setup, Worker(setup)
        _workers.add(_mine.worker)
    return survive(_mine.worker.run, Died, batch)


def _threads(client: Any) -> int:
    """The threads of all workers; at least one, since one that was killed comes back."""
    try:
        return max(sum(map(int, client.nthreads().values())), 1)
    except OSError as error:
        raise ToolError(f"the cluster is lost ({visible(str(error))}); nothing was written") from None


@contextmanager
def _client(workers: int | None, scheduler: str | None) -> Iterator[Any]:
    distributed = _library()
    if scheduler is None:
        with _here(distributed, workers or cores()) as client:
            yield client
        return
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = distributed.Client(scheduler, timeout=_ANSWERS_WITHIN)
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {visible(scheduler)}: {visible(str(error))} (expected such as tcp://machine:8786)") from None
    with client:
        if not client.nthreads():
            raise ToolError(
                f"--scheduler {visible(scheduler)}: no worker is there (expected at least one: dask worker {visible(scheduler)})"
            )
        try:
            yield client
        except (
            distributed.comm.CommClosedError,
            distributed.client.FutureCancelledError,
            distributed.client.FuturesCancelledError,
        ) as error:
            raise ToolError(f"--scheduler {visible(scheduler)}: the cluster is lost ({visible(str(error))}); nothing was written") from None


@contextmanager
def _here(distributed: Any, workers: int) -> Iterator[Any]:
    """A context with the client of a cluster in this process; what its threads do is done by processes that are gone afterwards."""
    address = "127.0.0.1:0"
    try:
        with (
            distributed.LocalCluster(
                processes=False, n_workers=1, threads_per_worker=workers, dashboard_address=address, silence_logs=logging.CRITICAL
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            try:
                yield client
            finally:
                for worker in list(_workers):
                    worker.close()
    finally:
        for worker in list(_workers):
            worker.stop()


def _library() -> Any:
    """The library, loaded when it is asked for: that takes half a second."""
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise UsageError("--engine dask: dask.distributed is not installed (expected: pip install distributed)") from None
