"""A worker: a process of its own that extracts the batches that come in by a pipe; its parent's side and its own."""

import contextlib
import faulthandler
import os
import pickle
import subprocess
import sys
import threading
from typing import Any

import pyarrow as pa

from pipelines.engines.batch import Extracted, extract_batch
from pipelines.engines.setup import Setup, fingerprint, load, undisturbed
from pipelines.errors import FactpackError, ToolError
from pipelines.paths import REPOSITORY

# The worker runs the code of its parent, whatever lies in the folder that it is started in.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from pipelines.engines.worker import serve; serve()"
_STARTS = 5


class Died(Exception):
    """The worker ended before it answered."""


class Closed(Exception):
    """The worker is not needed any more."""


class Worker:
    """A worker process, started when the first batch comes, or before, and again when it died."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._process: subprocess.Popen[bytes] | None = None
        self._lock, self._starting = threading.Lock(), threading.Lock()
        self._closed = False

    def run(self, batch: pa.RecordBatch) -> Extracted:
        """What came of the batch; Died when the worker did, the error of a broken tool as it is."""
        self.begin()
        answer = self._asked(batch)
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(answer, Extracted)
        return answer

    def stop(self) -> None:
        """Nothing; the process has ended, whatever it was at."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                # What was not sent any more is nobody's.
                with contextlib.suppress(OSError):
                    assert pipe
                    pipe.close()

    def close(self) -> None:
        """Nothing; whoever waits for an answer gets none, and no process is started any more. For other threads."""
        with self._lock:
            self._closed = True
            if self._process:
                self._process.kill()

    def begin(self) -> None:
        """Nothing; the process is there. For several threads, of which one starts it."""
        with self._starting:
            for _ in range(_STARTS):
                if self._process:
                    return
                self._start()
            if not self._process:
                raise ToolError(
                    "a worker process ends as soon as it starts (expected one that reads lexicon and schemas; see above for why)"
                )

    def _start(self) -> None:
        """Nothing; the process is there, or has died."""
        command = [sys.executable, "-P", "-c", _START, str(REPOSITORY.root)]
        with self._lock:
            if self._closed:
                raise Closed
            # In a group of its own: Ctrl-C is for the parent, which decides.
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0)
        with contextlib.suppress(Died):
            answer = self._asked(self._setup)
            if answer != self._setup.fingerprint:
                self.stop()
                raise answer if isinstance(answer, FactpackError) else ToolError(_UNLIKE)

    def _asked(self, question: object) -> object:
        process = self._process
        assert process and process.stdin and process.stdout
        try:
            pickle.dump(question, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            return pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError, ValueError) as error:
            self.stop()
            raise Died from error


_UNLIKE = "a worker has another lexicon, other schemas or another version of factpack (expected the same on every machine)"


def serve() -> None:
    """Nothing; answers until the pipe closes. The first message is the setup, each other one a batch."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    with contextlib.suppress(EOFError, BrokenPipeError), open(os.devnull, "w") as nowhere:
        setup: Setup = pickle.load(questions)
        try:
            loaded = load(setup)
        except FactpackError as error:
            _answer(error, answers)
            return
        _answer(fingerprint(setup), answers)

        def watch() -> None:
            """What does not even hear the alarm ends the worker."""
            faulthandler.dump_traceback_later(2 * setup.timeout + 1, exit=True, file=nowhere)

        with undisturbed():
            while True:
                batch = pickle.load(questions)
                try:
                    answer: object = extract_batch(batch, loaded, setup.timeout, watch)
                except ToolError as error:
                    answer = error
                faulthandler.cancel_dump_traceback_later()
                _answer(answer, answers)


def _answer(answer: object, answers: Any) -> None:
    pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()
