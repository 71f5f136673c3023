"""Many tasks at once: worker processes, interrupts, and workers that die.

Nothing compiled crosses a process boundary: a task carries its models, packed, and sends back what they leave behind.
"""

from __future__ import annotations

import multiprocessing
import pickle
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from simulator.errors import UsageError
from simulator.experiment.task import DIED, Effort, Job, Leaving, Parcel, Trouble, simulate_job
from simulator.experiment.workers import context, cores, serve

if TYPE_CHECKING:
    from simulator.model.world import Model

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Called with the number of finished tasks and the number asked for."""
AT_HAND = 256
"""Models that a process holds ready for the tasks to come, packed by whoever sends them and opened by whoever simulates."""


class Runner(Protocol):
    """Something that simulates tasks: processes of this machine, or a cluster."""

    def __call__(self, jobs: Sequence[Job]) -> Generator[Parcel, None, None]:
        """Give what came of each of the ``jobs`` as it finishes, failed ones included; each of them once."""
        ...


@dataclass(frozen=True)
class Packed:
    """A :class:`~simulator.experiment.task.Job` as bytes; each model by itself, so that it is opened once for many tasks."""

    question: bytes
    place: int
    world: int
    models: Mapping[str, bytes]

    def opened(self) -> Job:
        question: Leaving = pickle.loads(self.question)  # noqa: S301  # our own bytes
        models = {digest: _held(_opened, digest, _open, packed) for digest, packed in self.models.items()}
        return Job(question, self.place, self.world, models)


def packed(job: Job) -> Packed:
    """``job`` for another process: some kilobytes a model."""
    models = {digest: _held(_packed, digest, _pack, model) for digest, model in job.models.items()}
    return Packed(pickle.dumps(job.question), job.place, job.world, models)


_packed: dict[str, bytes] = {}
_opened: dict[str, Model] = {}


def _held(known: dict[str, T], digest: str, make: Callable[[object], T], of: object) -> T:
    """What is known of the model with this digest, made and held if need be; the oldest is dropped for it."""
    if digest not in known:
        if len(known) >= AT_HAND:
            del known[next(iter(known))]
        known[digest] = make(of)
    return known[digest]


def _pack(model: object) -> bytes:
    return zlib.compress(pickle.dumps(model), 1)


def _open(content: object) -> Model:
    assert isinstance(content, bytes)
    found: Model = pickle.loads(zlib.decompress(content))  # noqa: S301  # our own bytes, whose models may be made by plug-ins
    return found


def processes(many: int | None, begun: Callable[[], None] = lambda: None) -> Runner:
    """A runner of ``many`` worker processes; None is one per core, 1 stays in this process.

    ``begun`` is called when all are at work, perhaps more than once.
    """

    def run(jobs: Sequence[Job]) -> Generator[Parcel, None, None]:
        workers = min(many or cores(), len(jobs))
        if workers <= 1:
            begun()
            return (simulate_job(job) for job in jobs)
        return _in_pool(jobs, workers, begun)

    return run


def _in_pool(jobs: Sequence[Job], workers: int, begun: Callable[[], None]) -> Generator[Parcel, None, None]:
    """Keep at most one task per worker in flight, so that a dead worker leaves few suspects."""
    ahead = deque(jobs)
    while ahead:
        running: dict[Future[Parcel], Job] = {}
        with _workers(workers) as pool:
            try:
                while ahead or running:
                    while ahead and len(running) < workers:
                        running[pool.submit(_work, packed(ahead[0]))] = ahead[0]
                        ahead.popleft()
                    begun()
                    yield from _finished(running)
            except BrokenProcessPool:
                pass  # the suspects are still in `running`
        if running and len(running) + len(ahead) == len(jobs):
            _check_that_workers_start()
        for job in sorted(running.values(), key=lambda job: job.place):
            yield _alone(job)


def _finished(running: dict[Future[Parcel], Job]) -> Iterator[Parcel]:
    ready, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in sorted(ready, key=lambda future: running[future].place):
        parcel = future.result()
        del running[future]
        yield parcel


def _alone(job: Job) -> Parcel:
    """One more try in a process of its own, then of each model: innocent neighbours of a crash succeed, the culprit is found."""
    with _workers(1) as pool:
        try:
            return pool.submit(_work, packed(job)).result()
        except BrokenProcessPool:
            pass
    if len(job.models) == 1:
        return Parcel(job.place, job.world, troubles={digest: Trouble(DIED, death=True) for digest in job.models})
    parts = [_alone(job.only(digest)) for digest in job.models]
    return Parcel(
        job.place,
        job.world,
        {digest: leaf for part in parts for digest, leaf in part.leaves.items()},
        {digest: trouble for part in parts for digest, trouble in part.troubles.items()},
        sum((part.effort for part in parts), Effort()),
    )


def _check_that_workers_start() -> None:
    """Raise UsageError if no worker process can live: nothing has finished, and a task that does nothing dies as well."""
    with _workers(1) as pool:
        try:
            pool.submit(cores).result()
        except BrokenProcessPool:
            raise UsageError(
                'worker processes die as they start. A script that uses several processes needs `if __name__ == "__main__":` around '
                "what it does; or ask for one process (`jobs=1`)."
            ) from None


@contextmanager
def _workers(many: int) -> Iterator[ProcessPoolExecutor]:
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(many, context(), serve)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _work(sent: Packed) -> Parcel:
    return simulate_job(sent.opened())
