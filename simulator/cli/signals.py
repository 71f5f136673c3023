"""The signals that stop a command."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def heeded() -> Iterator[None]:
    """Raise KeyboardInterrupt on SIGINT and on SIGTERM, however the process was started; afterwards all is as before.

    A shell lets what it starts in the background of a script ignore SIGINT, and Python leaves it at that: a run could then be
    stopped only by killing it, and without its partial report.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may change what a signal does
        return
    before = {number: signal.signal(number, signal.default_int_handler) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # None: set by another language, which Python cannot set again
                signal.signal(number, handler)
