"""Draw all figures of a run, on every core: at the end of a run the workers have nothing else to do."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simulator.experiment.workers import context, cores, serve

if TYPE_CHECKING:
    from simulator.report.figures import ContestGallery, Gallery, Key, Picture

Pictures = dict[str, list["Picture"]]
"""The figures by variant; those that compare variants stand under the empty name."""

SELDOM = 100_000
"""New objects after which a drawing process looks for those that nobody needs any more: about two figures' worth."""


@contextmanager
def drawing(gallery: Gallery | ContestGallery, jobs: int | None) -> Iterator[Callable[[], Pictures]]:
    """Start to draw; the function given waits for the pictures, so that other files can be written meanwhile."""
    keys = gallery.keys()
    processes = min(jobs or cores(), len(keys))
    if processes == 1:
        yield lambda: _sorted(keys, [gallery.draw(key) for key in keys])
        return
    with ProcessPoolExecutor(processes, context(), _receive, (pickle.dumps(gallery),)) as pool:
        pending = [pool.submit(_draw, key) for key in keys]

        def wait() -> Pictures:
            try:
                drawn = [task.result() for task in pending]
            except BrokenProcessPool:  # a process was killed: the figures are worth another try without any
                drawn = [gallery.draw(key) for key in keys]
            return _sorted(keys, drawn)

        try:
            yield wait
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _sorted(keys: list[Key], drawn: list[Picture | None]) -> Pictures:
    pictures: Pictures = {}
    for (variant, _), picture in zip(keys, drawn, strict=True):
        kept = pictures.setdefault(variant, [])
        if picture is not None:
            kept.append(picture)
    return pictures


_gallery: Gallery | ContestGallery | None = None


def _receive(gallery: bytes) -> None:
    """Keep what a drawing process works on, which was pickled once for all of them."""
    global _gallery  # noqa: PLW0603  # a worker has nowhere else to keep what its initializer received
    serve()
    _gallery = pickle.loads(gallery)  # noqa: S301  # our own bytes
    gc.set_threshold(SELDOM)


def _draw(key: Key) -> Picture | None:
    assert _gallery is not None
    return _gallery.draw(key)
