"""Progress on stderr: a live bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simulator.cli.trouble import say

EVERY = 30.0  #: seconds between plain lines
STEPS = 10  #: plain lines of a run that is quicker


@contextmanager
def bar(total: int | None, *, shown: str = "auto") -> Iterator[Callable[[int, int], None] | None]:
    """Give the function to call with (done, asked); None where nothing should be said. ``shown`` is auto, plain or none."""
    if shown == "none":
        yield None
    elif shown == "auto" and sys.stderr.isatty():
        with _live(total) as update:
            yield update
    else:
        yield _Lines()


@contextmanager
def _live(total: int | None) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Replications"), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn(), TextColumn("left"))
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=2, transient=True) as progress:
        task = progress.add_task("", total=total)

        before = None  # what was there already took no time

        def update(done: int, asked: int) -> None:
            nonlocal before
            if before is None:
                before = done - 1
                progress.reset(task, completed=before, total=asked)
            progress.update(task, completed=done, total=asked)

        yield update


class _Lines:
    """A line every tenth of the run or every half minute, whichever comes first."""

    def __init__(self) -> None:
        self.began = self.said = time.monotonic()
        self.shown = 0
        self.before: int | None = None  #: what was there already and took no time

    def __call__(self, done: int, asked: int) -> None:
        now = time.monotonic()
        if self.before is None:
            self.before = done - 1
        if done < asked and (done - self.shown) * STEPS < asked and now - self.said < EVERY:
            return
        left = (now - self.began) / (done - self.before) * (asked - done)
        say(f"Replications {done}/{asked}" + (f", about {left:.0f} s left" if done < asked and left >= 1 else ""))
        self.said, self.shown = now, done
