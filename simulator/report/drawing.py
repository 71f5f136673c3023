"""Draw all figures of a run, on every core: at the end of a run the workers have nothing else to do."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from simulator.experiment.fork_server import taken_along
from simulator.experiment.workers import context, cores, serve

if TYPE_CHECKING:
    from simulator.document.blocks import Picture
    from simulator.experiment.pool import Progress
    from simulator.report.figures import ContestGallery, Gallery, Key

Pictures = dict[str, list["Picture"]]
"""The figures by variant; those that compare variants stand under the empty name."""

EARLY = 4
"""Processes that load matplotlib before it is known how many figures there are; more are started where they are needed."""
SELDOM = 100_000
"""New objects after which a drawing process looks for those that nobody needs any more: about two figures' worth."""


class Artists:
    """Processes that draw: at most ``jobs``, None is one per core. With one job this process draws itself.

    They load matplotlib, which takes as long as a figure, when they are told to :meth:`prepare` or have something to draw.
    """

    def __init__(self, jobs: int | None) -> None:
        self._jobs = jobs or cores()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def prepare(self) -> None:
        """Let some processes start and load, if none have yet."""
        if self._jobs > 1 and self._pool is None:
            pool = self._processes()
            for _ in range(min(self._jobs, EARLY)):
                with suppress(BrokenProcessPool):
                    pool.submit(cores)  # a process is started for each task that finds none idle

    def told(self, progress: Progress | None) -> Progress:
        """``progress`` of simulating; once so little is left that a core is idle, they :meth:`prepare`."""

        def tell(done: int, asked: int) -> None:
            if asked - done < self._jobs:
                self.prepare()
            if progress is not None:
                progress(done, asked)

        return tell

    @contextmanager
    def drawing(self, gallery: Gallery | ContestGallery) -> Iterator[Callable[[], Pictures]]:
        """Start to draw; the function given waits for the pictures, so that other files can be written meanwhile."""
        keys = gallery.keys()
        if min(self._jobs, len(keys)) == 1:
            yield lambda: _sorted(keys, [gallery.draw(key) for key in keys])
            return
        # The gallery is large, and is not sent with each figure: a private file lets each process read it once.
        pool = self._processes()
        with TemporaryDirectory(prefix="crisis-", ignore_cleanup_errors=True) as place, taken_along(Path(place)):
            path = Path(place) / "gallery"
            path.write_bytes(pickle.dumps(gallery))
            pending: list[Future[Picture | None]] = []
            with suppress(BrokenProcessPool):  # a process was killed: the figures are worth another try without any
                pending = [pool.submit(_draw, path, key) for key in keys]

            def wait() -> Pictures:
                with suppress(BrokenProcessPool):
                    if pending:
                        return _sorted(keys, [task.result() for task in pending])
                return _sorted(keys, [gallery.draw(key) for key in keys])

            yield wait

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._jobs, context(), _start)
        return self._pool


def _sorted(keys: list[Key], drawn: list[Picture | None]) -> Pictures:
    pictures: Pictures = {}
    for (variant, _), picture in zip(keys, drawn, strict=True):
        kept = pictures.setdefault(variant, [])
        if picture is not None:
            kept.append(picture)
    return pictures


def _start() -> None:
    import simulator.report.figures.contest
    import simulator.report.figures.drawers  # noqa: F401  # loaded before there is something to draw

    serve()
    gc.set_threshold(SELDOM)


@lru_cache(maxsize=1)
def _gallery(path: Path) -> Gallery | ContestGallery:
    return pickle.loads(path.read_bytes())  # type: ignore[no-any-return]  # noqa: S301  # our own bytes, from a folder that nobody else may enter


def _draw(path: Path, key: Key) -> Picture | None:
    return _gallery(path).draw(key)
