"""Where worker processes come from. Only the standard library is imported here."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

LOADED = [
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


def context() -> BaseContext:
    """Workers fork from a server that has loaded the running half, where a system bears that; elsewhere each starts afresh."""
    if sys.platform != "linux":  # Windows cannot fork, and libraries of macOS may not be used on after a fork
        return multiprocessing.get_context("spawn")
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload([*LOADED, *({COMMAND_LINE} & sys.modules.keys())])
    return forking


def start_loading() -> None:
    """Let the server begin to load while this process still reads the scenario."""
    if context().get_start_method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.ensure_running()


def serve() -> None:
    """Be a worker: leave Ctrl-C to the parent, and end with it however it ends (a killed parent tells nobody).

    The parent ends a worker with SIGTERM, which whoever started the parent may have told it to ignore.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
