"""The signals that stop a command."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if isinstance(number := getattr(signal, name, None), signal.Signals)
)
"""Ctrl-C, what `kill` and schedulers send, a terminal that is closed, Ctrl-Break; as many of them as the system knows."""
OBEYED = 2
"""How many of them are: the first ends the simulation, the second the writing. What then cleans up is quick, and left alone."""


class Stop:
    """Raises KeyboardInterrupt where a signal arrives, :data:`OBEYED` times at most."""

    def __init__(self) -> None:
        self.left = OBEYED

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        if self.left > 0:
            self.left -= 1
            raise KeyboardInterrupt

    def ignore(self) -> None:
        """Obey no more of them."""
        self.left = 0


@contextmanager
def heeded(*, to_the_end: bool = False) -> Iterator[Stop]:
    """Raise KeyboardInterrupt on the signals of STOPPING, however the process was started; afterwards all is as before.

    A shell lets what it starts in the background of a script ignore SIGINT, and Python leaves it at that: a run could then be
    stopped only by killing it, and without its partial report. Only who ignores SIGHUP (``nohup``) means it. Where the process
    ends with the block, ``to_the_end``, what Python does on its way out is not disturbed either.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread may change what a signal does
        return
    hangup = getattr(signal, "SIGHUP", None)
    meant = [number for number in STOPPING if number != hangup or signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in meant}
    try:
        yield stop
    finally:
        stop.ignore()
        for number, handler in before.items():
            if to_the_end:
                signal.signal(number, signal.SIG_IGN)  # Python itself takes any other handler away before it is gone
            elif handler is not None:  # None: set by another language, which Python cannot set again
                signal.signal(number, handler)
