"""Every engine gives the same rows, whoever is killed in the middle; an article that kills is set aside."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from engines.conftest import SENTENCES, articles, batches, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.engines import in_process, process_pool
from pipelines.engines.batch import Extracted
from pipelines.engines.setup import Setup
from pipelines.engines.survival import survive
from pipelines.engines.worker import Closed, Worker
from pipelines.errors import ToolError, UsageError

WORKERS = "pipelines.engines.worker"


def texts(count: int, word: str = "") -> list[str]:
    return [f"{word} {SENTENCES[n % len(SENTENCES)]} {SENTENCES[n * 7 % 5]}" for n in range(count)]


def plain(found: list, setup: Setup) -> dict:
    return rows(in_process.run(batches(found), setup, None, None))


@contextlib.contextmanager
def running_cluster() -> Iterator[str]:
    """The address of a scheduler with two workers, each a process."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50) as cluster:
        yield cluster.scheduler_address


@contextlib.contextmanager
def killer(word: str, times: int) -> Iterator[list[int]]:
    """Kills processes below this one whose command or name holds the word, one after the other while they are busy."""
    over, killed = threading.Event(), []

    def kill() -> None:
        while not over.wait(0.15) and len(killed) < times:
            busy = [
                p
                for p in psutil.Process().children(recursive=True)
                if word in command(p) and p.pid not in killed and (word == WORKERS or at_work(p))
            ]
            for process in busy[:1]:
                with contextlib.suppress(psutil.Error):
                    if process.cpu_times().user > 0.3:
                        process.kill()
                        killed.append(process.pid)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def at_work(process: psutil.Process) -> bool:
    """Whether a worker of dask has a process of ours below it."""
    try:
        return any(WORKERS in command(child) for child in process.children())
    except psutil.Error:
        return False


def command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1).map(" ".join), max_size=14), st.integers(1, 5))
def test_the_pool_gives_the_rows_of_one_process(setup: Setup, found: list[str], size: int) -> None:
    sources = articles(found)
    if found:
        assert rows(process_pool.run(batches(sources, size), setup, 2, None)) == plain(sources, setup)
    else:
        assert list(process_pool.run([], setup, 2, None)) == []


def test_a_cluster_gives_the_rows_of_one_process(setup: Setup) -> None:
    from pipelines.engines import dask_cluster

    sources = articles(texts(30))
    with running_cluster() as address:
        for scheduler in (address, None):
            assert rows(dask_cluster.run(batches(sources), setup, 2, scheduler)) == plain(sources, setup)
            assert list(dask_cluster.run([], setup, 2, scheduler)) == []
    assert [p for p in psutil.Process().children(recursive=True) if WORKERS in command(p)] == []


@pytest.mark.usefixtures("broken_grammar")
def test_killed_workers_of_the_pool_lose_and_double_nothing(setup: Setup) -> None:
    sources = articles(texts(60, "SLOW"))
    with killer(WORKERS, 3) as killed:
        found = rows(process_pool.run(batches(sources), setup, 2, None))
    assert len(killed) == 3
    assert found == plain(sources, setup)


@pytest.mark.parametrize(("word", "times"), [("spawn_main", 2), (WORKERS, 3)])
@pytest.mark.usefixtures("broken_grammar")
def test_killed_workers_of_the_cluster_lose_and_double_nothing(word: str, times: int, setup: Setup) -> None:
    from pipelines.engines import dask_cluster

    sources = articles(texts(60, "SLOW"))
    with running_cluster() as address, killer(word, times) as killed:
        found = rows(dask_cluster.run(batches(sources), setup, None, address))
    assert len(killed) == times
    assert found == plain(sources, setup)


@pytest.mark.usefixtures("broken_grammar")
def test_poisonous_articles_are_set_aside_and_the_others_read(setup: Setup) -> None:
    words = {3: "FAIL", 5: "HANG", 9: "KILL", 10: "STUCK"}
    found = articles([f"{words.get(n, '')} {text}" for n, text in enumerate(texts(12), 1)])
    good = [source for n, source in enumerate(found, 1) if n not in words]
    done = rows(process_pool.run(batches(found, 3), replace(setup, timeout=3), 2, None))
    reasons = {row["where"]: row["reason"] for row in done.pop("rejected")}
    assert done == plain(good, setup)
    assert reasons["corpus:3"] == "extraction failed: RuntimeError: broken \\u001b[31m"
    assert "longer than 3 s" in reasons["corpus:5"]
    assert "ends its process" in reasons["corpus:9"]
    assert "ends its process" in reasons["corpus:10"]
    assert len(reasons) == 4


def test_at_most_two_batches_a_worker_are_held(setup: Setup) -> None:
    drawn, done = [], 0

    def source():
        for batch in batches(articles(texts(40)), 1):
            drawn.append(batch)
            yield batch

    for _ in process_pool.run(source(), setup, 2, None):
        done += 1
        assert len(drawn) - done < 4
    assert done == 40


def test_who_stops_early_leaves_no_process(setup: Setup) -> None:
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    run = process_pool.run(batches(articles(texts(40)), 1), setup, 2, None)
    next(run)
    run.close()
    assert {p.pid for p in psutil.Process().children(recursive=True) if WORKERS in command(p)} <= before


def test_a_worker_with_another_lexicon_is_refused(setup: Setup) -> None:
    with pytest.raises(ToolError, match="another lexicon"):
        list(process_pool.run(batches(articles(texts(1))), replace(setup, fingerprint="0"), 1, None))


def test_a_broken_lexicon_is_told_as_it_is(setup: Setup, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=str(tmp_path)):
        list(process_pool.run(batches(articles(texts(1))), replace(setup, lexicon=tmp_path), 1, None))


def test_a_worker_that_cannot_start_is_a_broken_tool(setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(3)", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ToolError, match="as soon as it starts"):
        list(process_pool.run(batches(articles(texts(2))), setup, 1, None))


def test_a_closed_worker_starts_no_process(setup: Setup) -> None:
    worker = Worker(setup)
    worker.close()
    with pytest.raises(Closed):
        worker.run(batches(articles(texts(1)))[0])


def test_a_scheduler_that_is_not_there_is_wrong_use(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.engines import dask_cluster

    monkeypatch.setattr(dask_cluster, "_ANSWERS_WITHIN", "1s")
    for address in ("tcp://127.0.0.1:9", "nonsense://x", "tcp://"):
        with pytest.raises(UsageError, match="--scheduler"):
            list(dask_cluster.run(batches(articles(texts(1))), setup, None, address))


def test_articles_are_tried_alone_after_a_second_death() -> None:
    tried: list[int] = []

    def run(batch) -> Extracted:
        tried.append(batch.num_rows)
        raise OSError

    (batch,) = batches(articles(texts(3)))
    assert survive(run, OSError, batch).rejected.num_rows == 3
    assert tried == [3, 3, 1, 1, 1, 1, 1, 1]


def test_a_cluster_that_is_lost_is_told(setup: Setup) -> None:
    from pipelines.engines import dask_cluster

    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=1, processes=False, dashboard_address="127.0.0.1:0", host="tcp://127.0.0.1", silence_logs=50
    )
    run = dask_cluster.run(batches(articles(texts(200)), 2), setup, None, cluster.scheduler_address)
    next(run)
    cluster.close()
    with pytest.raises(ToolError, match="the cluster is lost"):
        list(run)
