"""Where worker processes come from. Only the standard library is imported here."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

from simulator.errors import UsageError
from simulator.experiment.fork_server import FORK_SERVER, SOCKETS, know

if sys.platform == "linux":
    from multiprocessing.context import ForkServerContext as Starting
    from multiprocessing.context import ForkServerProcess as Base
else:  # Windows cannot fork, and libraries of macOS may not be used on after a fork
    from multiprocessing.context import SpawnContext as Starting
    from multiprocessing.context import SpawnProcess as Base

SAFE_PATH = "PYTHONSAFEPATH"
"""What keeps the current folder out of the places from which a starting Python imports."""

LONGEST = 107 - len("/listener-12345678")
"""Bytes in the name of a folder with sockets: theirs have 107 at most."""

LOADED = [
    FORK_SERVER,
    "simulator.experiment.task", "simulator.crisis.play", "simulator.statistics.tally", "simulator.statistics.books", "simulator.workload",
    "simulator.routing.choosers", "simulator.routing.declared", "numpy.random", "scipy.special",
]  # fmt: skip
"""What workers need to simulate: loaded once, by the server from which they fork."""

COMMAND_LINE = "simulator.cli"
"""What each worker of a command would load again, as its main module."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""As in ``malloc.h`` of GNU's C library."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


@contextmanager
def safe_path() -> Iterator[None]:
    """Let each Python process that is started in a block import what this one does, and nothing that only lies in the current folder.

    What starts them (``python -c``) would look there first, and so run a file ``socket.py`` of a folder that somebody else sent.
    """
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(SAFE_PATH, None)
        else:
            os.environ[SAFE_PATH] = before


class Worker(Base):
    """A process of ours, which starts on a safe path."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802  # what multiprocessing calls
        with safe_path():
            return Base._Popen(process_obj)  # noqa: SLF001  # as its own subclasses do


class Workers(Starting):
    """Where every process of ours comes from."""

    Process = Worker


def context() -> BaseContext:
    """Workers fork from a server that has loaded the running half, where a system bears that; elsewhere each starts afresh."""
    workers = Workers()
    if sys.platform == "linux":
        workers.set_forkserver_preload([*LOADED, *({COMMAND_LINE} & sys.modules.keys())])
    _start_helpers()
    return workers


def start_loading() -> None:
    """Let the server begin to load while this process still reads the scenario."""
    context()


def _start_helpers() -> None:
    """Start what Python starts for itself beside workers: what remembers the things they share, and the server, which loads at once."""
    if os.name != "posix":
        return
    from multiprocessing import resource_tracker

    with safe_path():
        with _deaf():
            resource_tracker.ensure_running()
        if sys.platform == "linux":
            from multiprocessing import forkserver, util

            with _deaf():
                os.environ[SOCKETS] = _short(util.get_temp_dir())
                know(os.environ[SOCKETS])
                try:
                    forkserver.ensure_running()
                finally:
                    del os.environ[SOCKETS]


def _short(folder: str) -> str:
    """``folder``, if a socket in it can have a name. Raises UsageError where its own is too long."""
    if len(os.fsencode(folder)) > LONGEST:
        raise UsageError(
            f"worker processes cannot meet in {folder}: its name is too long for a socket. Set TMPDIR to a folder with a shorter one, "
            "or ask for one process (`--jobs 1`)."
        )
    return folder


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started in a block leave it to this one to stop them: a terminal tells all of them of Ctrl-C and of its end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve() -> None:
    """Be a worker: leave Ctrl-C and a closed terminal to the parent, and end with it however it ends (a killed parent tells nobody).

    The parent ends a worker with SIGTERM, which whoever started the parent may have told it to ignore.
    """
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    keep_memory()
    gc.freeze()  # what is loaded stays: the collector need not look at it again
    threading.Thread(target=_end_with_parent, daemon=True).start()


def keep_memory() -> None:
    """Let the C library keep what one world took for the next, instead of giving it back to the system and asking page by page."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than GNU's has no such settings
            libc = ctypes.CDLL(None)
            libc.mallopt(M_TRIM_THRESHOLD, 2**30)
            libc.mallopt(M_MMAP_THRESHOLD, 2**25)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
