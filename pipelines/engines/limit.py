"""A limit on the time that one article may take."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooLong(BaseException):
    """The time is over. No Exception, so that no handler of faults takes it for one."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """A context that ends with TooLong after so many seconds, even within a regular expression.

    Signals reach the main thread only: elsewhere there is no limit, and engines call this in the main thread of their workers.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _end)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


def _end(*_: object) -> None:
    raise TooLong
