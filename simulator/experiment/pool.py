"""Many tasks at once: worker processes, interrupts, and workers that die.

Nothing compiled crosses a process boundary: a worker receives the models once, when it starts, and sends tallies back.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from simulator.errors import UsageError
from simulator.experiment.task import Effort, Failure, Parcel, Replication, parcel
from simulator.experiment.workers import context, cores, serve

if TYPE_CHECKING:
    from simulator.model.world import Model

Progress = Callable[[int, int], None]
"""Called with the number of finished replications and the number asked for."""


class Runner(Protocol):
    """Something that simulates tasks: processes of this machine, or a cluster."""

    def __call__(self, models: Sequence[Model], seed: int, numbers: Sequence[int], *, records: bool) -> Generator[Parcel, None, None]:
        """Give each of the tasks with these ``numbers`` as it finishes, failed ones included; each of them once."""
        ...


@dataclass
class Replications:
    """The finished tasks in order of replication, what failed, and whether the user stopped before the end."""

    asked: int
    finished: list[Replication] = field(default_factory=list)
    torn: list[Replication] = field(default_factory=list)  #: tasks in which some models failed and others did not
    failures: list[Failure] = field(default_factory=list)
    interrupted: bool = False


def replicate_all(
    models: Sequence[Model],
    seed: int,
    numbers: Sequence[int],
    jobs: int | None = None,
    progress: Progress | None = None,
    runner: Runner | None = None,
) -> Replications:
    """Run the tasks with these ``numbers`` and return them in order, whatever the number of processes.

    ``jobs`` None means one process per core; 1 simulates in this process; a ``runner`` takes their place. Ctrl-C ends the
    run at once and keeps what is finished. A task whose process dies is tried once more, alone, and becomes a :class:`Failure` if it
    dies again.
    """
    result = Replications(len(numbers))
    done: dict[int, Replication] = {}
    tasks = (runner or processes(jobs))(models, seed, numbers, records=False)
    try:
        for parcel in tasks:
            done[parcel.replication] = parcel.opened(models)
            if progress is not None:
                progress(len(done), len(numbers))
    except KeyboardInterrupt:
        result.interrupted = True
    finally:
        tasks.close()
    for number in sorted(done):
        result.failures.extend(done[number].failures)
        if not done[number].failures:
            result.finished.append(done[number])
        elif done[number].found:
            result.torn.append(done[number])
    return result


def processes(jobs: int | None, begun: Callable[[], None] = lambda: None) -> Runner:
    """A runner of ``jobs`` worker processes; None is one per core, 1 stays in this process.

    ``begun`` is called when all are at work, perhaps more than once.
    """

    def run(models: Sequence[Model], seed: int, numbers: Sequence[int], *, records: bool) -> Generator[Parcel, None, None]:
        many = min(jobs or cores(), len(numbers))
        if many <= 1:
            begun()
            return (parcel(models, seed, number, records) for number in numbers)
        return _in_pool(models, seed, numbers, many, begun, records=records)

    return run


def _in_pool(
    models: Sequence[Model], seed: int, numbers: Sequence[int], jobs: int, begun: Callable[[], None], *, records: bool
) -> Generator[Parcel, None, None]:
    """Keep at most one task per worker in flight, so that a dead worker leaves few suspects."""
    ahead = deque(numbers)
    while ahead:
        running: dict[Future[Parcel], int] = {}
        with _workers(models, jobs) as pool:
            try:
                while ahead or running:
                    while ahead and len(running) < jobs:
                        running[pool.submit(_work, seed, ahead[0], records)] = ahead[0]
                        ahead.popleft()
                    begun()
                    yield from _finished(running)
            except BrokenProcessPool:
                pass  # the suspects are still in `running`
        if running and len(running) + len(ahead) == len(numbers):
            _check_that_workers_start(models)
        for number in sorted(running.values()):
            yield _alone(models, seed, number, records=records)


def _finished(running: dict[Future[Parcel], int]) -> Iterator[Parcel]:
    ready, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in sorted(ready, key=running.__getitem__):
        task = future.result()
        del running[future]
        yield task


def _alone(models: Sequence[Model], seed: int, number: int, *, records: bool) -> Parcel:
    """One more try in a process of its own, then of each model: innocent neighbours of a crash succeed, the culprit is found."""
    with _workers(models, 1) as pool:
        try:
            return pool.submit(_work, seed, number, records).result()
        except BrokenProcessPool:
            pass
    if len(models) == 1:
        return Parcel(number, failures=(Failure(number, seed, models[0].variant, "the process that simulated it died"),))
    parts = [_alone([model], seed, number, records=records) for model in models]
    tallies = tuple(part.tallies[0] if part.tallies else b"" for part in parts)
    return Parcel(
        number,
        tallies if any(tallies) else (),
        tuple(failure for part in parts for failure in part.failures),
        sum((part.effort for part in parts), Effort()),
        tuple(row for part in parts for row in part.rows or [b""] * records),
    )


def _check_that_workers_start(models: Sequence[Model]) -> None:
    """Raise UsageError if no worker process can live: nothing has finished, and a task that does nothing dies as well."""
    with _workers(models, 1) as pool:
        try:
            pool.submit(cores).result()
        except BrokenProcessPool:
            raise UsageError(
                'worker processes die as they start. A script that uses several processes needs `if __name__ == "__main__":` around '
                "what it does; or ask for one process (`jobs=1`)."
            ) from None


@contextmanager
def _workers(models: Sequence[Model], jobs: int) -> Iterator[ProcessPoolExecutor]:
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, context(), _start_worker, (tuple(models),))
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_models: tuple[Model, ...] = ()


def _start_worker(models: tuple[Model, ...]) -> None:
    """Keep the models."""
    global _models  # noqa: PLW0603  # a worker has nowhere else to keep what its initializer received
    serve()
    _models = models


def _work(seed: int, number: int, records: bool) -> Parcel:  # what a pool calls takes positional arguments
    return parcel(_models, seed, number, records)
