"""Tasks on a cluster, through ``dask.distributed``: the same worlds, wherever they are simulated.

A task carries all it needs (question, models, plug-ins, world), so that any worker can do it, also one that joined late, and the
scheduler can give it to another where one dies. What a worker sends back is what a process of this machine sends back.
"""

from __future__ import annotations

import logging
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from simulator import disk
from simulator.errors import UsageError
from simulator.experiment.kin import kin, strangers
from simulator.experiment.pool import Packed, packed
from simulator.experiment.task import EVERY, Job, Parcel, Trouble, simulate_job
from simulator.experiment.workers import cores, keep_memory, safe_path
from simulator.model.plugin import install, loaded

EXTRA = "pip install 'crisis-simulator[cluster]'"
AHEAD = 2
"""Tasks in flight per thread of the cluster: a worker finds its next one waiting, and no more results than that can come at once."""
LEAST = 8
"""Tasks in flight at least, so that a cluster that grows with its work sees that there is some."""
PATIENCE = 10.0  #: seconds to find the scheduler
LOOK_EVERY = 1.0  #: seconds between looks at how many workers there are
GONE = "the cluster is gone: its scheduler does not answer any more."


class Stranger(Exception):
    """A worker whose worlds would not be alike; its argument is the worker's own :func:`kin`."""


@dataclass(frozen=True)
class Cluster:
    """A :class:`~simulator.experiment.pool.Runner` on the workers of a connected ``distributed.Client``."""

    client: Any

    def __str__(self) -> str:
        threads = self.client.nthreads()
        return f"{self.client.scheduler.address}, {len(threads)} workers with {sum(threads.values())} threads"

    def __call__(self, jobs: Sequence[Job]) -> Generator[Parcel, None, None]:
        """Give what came of the ``jobs`` as they finish.

        A worker that dies costs no task: the scheduler gives it to another one. A task that keeps killing its workers
        becomes a :class:`~simulator.experiment.task.Trouble`. Raises UsageError where workers are of another version, or the
        scheduler is gone.
        """
        setting = pickle.dumps((kin(), loaded()))
        executor = self.client.get_executor(pure=False)
        ahead = deque(jobs)
        running: dict[Future[Parcel], Job] = {}
        room, looked = 0, 0.0
        try:
            while ahead or running:
                if time.monotonic() - looked > LOOK_EVERY:
                    room, looked = max(LEAST, AHEAD * self._threads()), time.monotonic()
                while ahead and len(running) < room:
                    running[executor.submit(work, setting, pickle.dumps(packed(ahead[0])))] = ahead[0]
                    ahead.popleft()
                ready, _ = wait(running, LOOK_EVERY, FIRST_COMPLETED)
                for future in sorted(ready, key=lambda future: running[future].place):
                    job = running.pop(future)
                    yield _sent(future, job)
        finally:
            for future in running:
                future.cancel()
            executor.shutdown(wait=False)

    def _threads(self) -> int:
        """How many tasks the workers do at a time. Raises UsageError where the scheduler is gone."""
        try:
            return sum(self.client.nthreads().values())
        except OSError:
            raise UsageError(GONE) from None


@contextmanager
def connected(scheduler: str | None = None, jobs: int | None = None) -> Iterator[Cluster]:
    """A cluster for the length of a block: that of ``scheduler``, else ``jobs`` workers of this machine (None is one per core).

    ``scheduler`` is an address such as ``tcp://10.0.0.5:8786`` or the path of a scheduler file (``.json``). Raises
    UsageError where nobody answers there, and where the extra ``cluster`` is not installed.
    """
    try:
        from dask import config
        from distributed import Client, LocalCluster
        from distributed.security import Security

        closed = Security.temporary() if scheduler is None else None
    except ImportError:  # also where what makes keys is not installed
        raise UsageError(f"a cluster needs the extra `cluster`: {EXTRA}") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters of it we say ourselves
    with ExitStack() as stack:
        if scheduler is None:
            # Any user of this machine reaches its ports, and a scheduler does what it is told: only who has the key is heard.
            scratch = stack.enter_context(TemporaryDirectory(prefix="crisis-dask-", ignore_cleanup_errors=True))
            pages = {f"distributed.{part}.http.routes": list[str]() for part in ("scheduler", "worker")}  # they ask for no key: none
            stack.enter_context(config.set({"temporary-directory": scratch, **pages}))
            stack.enter_context(safe_path())  # to the end: a worker that dies is started again
            with _undisturbed():
                local = LocalCluster(
                    n_workers=jobs or cores(), threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL, security=closed,
                    scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                )  # fmt: skip
            stack.enter_context(local)
            client = Client(local)
        else:
            named = scheduler.endswith(".json")
            if named and not disk.is_file(scheduler):  # or we would wait for it for ever
                raise UsageError(f"there is no cluster at {scheduler}: no such file")
            where = {"scheduler_file": scheduler} if named else {"address": scheduler}
            try:
                client = Client(**where, timeout=PATIENCE)
            except (OSError, ValueError, TypeError, RuntimeError) as error:
                why = " ".join(str(error).split())
                raise UsageError(f"there is no cluster at {scheduler}: {why or type(error).__name__}") from None
        yield Cluster(stack.enter_context(client))


def work(setting: bytes, task: bytes) -> Parcel:
    """Do one task. Runs on a worker. Raises Stranger where its worlds would not be alike."""
    # That is why a cluster wants a network of its own.
    expected, plugins = pickle.loads(setting)  # noqa: S301  # a worker does what its scheduler says
    if strangers(expected):
        raise Stranger(kin())
    keep_memory()
    for plugin in plugins:
        install(plugin)
    sent: Packed = pickle.loads(task)  # noqa: S301  # opened once its plug-ins are there
    return simulate_job(sent.opened())


def _sent(future: Future[Parcel], job: Job) -> Parcel:
    """What came of a task."""
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker:
        return Parcel(job.place, job.world, troubles={EVERY: Trouble("the workers that simulated it died", death=True)})
    except Stranger as other:
        raise UsageError(f"a worker of the cluster has {strangers(other.args[0])}: its worlds would not be alike.") from None
    except CancelledError:
        raise UsageError(GONE) from None
    except Exception as error:  # the task itself raises nothing else: it could not be brought to a worker, or its result back
        raise UsageError(f"a worker of the cluster cannot do this: {type(error).__name__}: {error}") from error


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that are started inside leave Ctrl-C to this one, as the workers of a pool do."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may change what a signal does
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
