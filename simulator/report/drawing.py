"""Draw all figures of a run in processes of their own: at the end of a run the workers have nothing else to do."""

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

EACH = 11
"""Figures that one process draws, those of a variant: loading matplotlib takes as much work as four of them."""
SELDOM = 100_000
"""New objects after which a drawing process looks for those that nobody needs any more: about two figures' worth."""


class Artists:
    """Processes that draw: one for every :data:`EACH` figures, and at most ``jobs``, None is one per core.

    With one job this process draws itself. They load matplotlib when they have something to draw;
    the first of them when it is told to :meth:`prepare`.
    """

    def __init__(self, jobs: int | None) -> None:
        self._jobs = jobs or cores()
        self._first: ProcessPoolExecutor | None = None  #: one process
        self._others: ProcessPoolExecutor | None = None  #: the rest, where one does not do

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in (self._first, self._others):
            if pool is not None:
                pool.shutdown(wait=False, cancel_futures=True)

    def prepare(self) -> None:
        """Let a process start and load, if none has yet."""
        if self._jobs > 1 and self._first is None:
            with suppress(BrokenProcessPool):
                self._pool(0).submit(cores)

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
        self.prepare()  # where workers come from is known by now, also to what is taken along
        with TemporaryDirectory(prefix="crisis-", ignore_cleanup_errors=True) as place, taken_along(Path(place)):
            path = Path(place) / "gallery"
            path.write_bytes(pickle.dumps(gallery))
            pending: list[Future[list[Picture | None]]] = []
            with suppress(BrokenProcessPool):  # a process was killed: the figures are worth another try without any
                pending = [self._pool(k).submit(_draw, path, keys[k * EACH :][:EACH]) for k in range(-(-len(keys) // EACH))]

            def wait() -> Pictures:
                with suppress(BrokenProcessPool):
                    if pending:
                        return _sorted(keys, [picture for task in pending for picture in task.result()])
                return _sorted(keys, [gallery.draw(key) for key in keys])

            yield wait

    def _pool(self, share: int) -> ProcessPoolExecutor:
        """Who draws this share of the figures.

        Of a pool that starts processes one after another as tasks come, one may die and another start at the same time, and the pool
        then waits for ever: so the first process has a pool of its own.
        """
        if share % self._jobs == 0:
            self._first = self._first or ProcessPoolExecutor(1, context(), _start)
            return self._first
        self._others = self._others or ProcessPoolExecutor(self._jobs - 1, context(), _start)
        return self._others


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


def _draw(path: Path, keys: list[Key]) -> list[Picture | None]:
    gallery = _gallery(path)
    return [gallery.draw(key) for key in keys]
