"""One task: one world of some models, on the same customers, and what each of them leaves behind."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from simulator.errors import StrategyError

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.workload import Workload

Leaf = tuple[bytes, ...]
"""What a world of one model leaves behind: one part or several, which only the question that asked for it can read."""
DIED = "the process that simulated it died"
EVERY = ""
"""In the place of a digest: the whole world failed, and no single model is to blame."""


class Leaving(Protocol):
    """What a worker needs of a question: it is pickled and sent."""

    @property
    def seed(self) -> int: ...

    def leave(self, run: Run, model: Model) -> Leaf: ...


@dataclass(frozen=True)
class Trouble:
    """Why a world of a model did not finish. A death may not happen again; what the world itself raises will."""

    error: str
    traceback: str = ""
    death: bool = False


@dataclass(frozen=True)
class Failure:
    """A replication that did not finish. ``seed`` and ``replication`` are all it takes to see it again."""

    replication: int
    seed: int
    variant: str  #: empty where the drawing failed or the process died: no single variant is to blame
    error: str
    traceback: str = ""

    @property
    def of_strategy(self) -> bool:
        """Whether a routing strategy is to blame, which only a user's own can be."""
        return self.error.startswith(f"{StrategyError.__name__}: ")

    def __str__(self) -> str:
        variant = f", variant {self.variant}" if self.variant else ""
        return f"replication {self.replication} (seed {self.seed}{variant}): {self.error}"


@dataclass(frozen=True)
class Effort:
    """What simulating took: CPU seconds, and contact attempts in the ledgers of all models."""

    attempts: int = 0
    drawing: float = 0.0
    simulating: float = 0.0
    tallying: float = 0.0  #: checking the books and adding up

    def __add__(self, other: Effort) -> Effort:
        return Effort(
            self.attempts + other.attempts,
            self.drawing + other.drawing,
            self.simulating + other.simulating,
            self.tallying + other.tallying,
        )


@dataclass(frozen=True)
class Job:
    """A task as it is sent to whoever simulates it: the world of the question's seed, and the models by their digests."""

    question: Leaving
    place: int  #: among the tasks of its batch
    world: int
    models: Mapping[str, Model]

    def only(self, digest: str) -> Job:
        """The same world of a single model."""
        return replace(self, models={digest: self.models[digest]})


@dataclass(frozen=True)
class Parcel:
    """What a task sends back, by the digests of its models."""

    place: int  #: of the job that it answers
    world: int
    leaves: Mapping[str, Leaf] = field(default_factory=dict)
    troubles: Mapping[str, Trouble] = field(default_factory=dict)  #: under :data:`EVERY` where the whole world failed
    effort: Effort = field(default_factory=Effort)


def simulate_job(job: Job) -> Parcel:
    """Draw and simulate the world of every model of ``job``, and keep what each leaves behind.

    Models that expect the same customers share one drawn workload. Whatever goes wrong becomes a :class:`Trouble`, of one
    model while it is simulated and of the whole world while customers are drawn; only an interrupt passes through.
    """
    from simulator.workload import draw
    from simulator.workload.draw import assumed

    leaves: dict[str, Leaf] = {}
    troubles: dict[str, Trouble] = {}
    drawn: dict[str, Workload] = {}
    effort = Effort()
    for digest, model in job.models.items():
        blamed = EVERY
        try:
            began = time.process_time()
            customers = customers_of(model)
            if customers in drawn:
                workload = drawn[customers]
                workload = replace(workload, assumptions=assumed(model, workload.streams))
            else:
                drawn[customers] = workload = draw(model, job.question.seed, job.world)
            drew = time.process_time()
            blamed = digest
            leaves[digest], spent = _play(job.question, model, workload)
            effort += replace(spent, drawing=drew - began)
        except Exception as error:  # noqa: BLE001  # a failure is data: the others stand, and this one is reported with its seed
            troubles[blamed] = Trouble(f"{type(error).__name__}: {error}", _traced(error))
            if blamed == EVERY:
                return Parcel(job.place, job.world, troubles=troubles)
    return Parcel(job.place, job.world, leaves, troubles, effort)


def _traced(error: BaseException) -> str:
    """The traceback of ``error``, which names files by their place among the packages: where those lie on this machine is not kept."""
    trace: traceback.TracebackException | None = traceback.TracebackException.from_exception(error)
    whole = trace
    while trace is not None:
        for frame in trace.stack:
            homes = [home for home in sys.path if home and Path(frame.filename).is_relative_to(home)]
            frame.filename = Path(frame.filename).relative_to(max(homes, key=len)).as_posix() if homes else Path(frame.filename).name
        trace = trace.__cause__ or trace.__context__
    assert whole is not None
    return "".join(whole.format())


def _play(question: Leaving, model: Model, workload: Workload) -> tuple[Leaf, Effort]:
    """One world of one model, of which nothing but its leaf stays."""
    from simulator.crisis.play import simulate
    from simulator.statistics.books import check_books
    from simulator.workload.draw import settled

    began = time.process_time()
    run = simulate(model, workload)
    simulated = time.process_time()
    check_books(run, model)
    # What is measured against a range (an objective, a harm) is measured against this world's own value.
    leaf = question.leave(run, settled(model, workload.assumptions))
    return leaf, Effort(len(run.ledger), 0.0, simulated - began, time.process_time() - simulated)


def customers_of(model: Model) -> str:
    """All of a model from which its customers are drawn, as text: equal texts, equal customers.

    Comparing the objects would not do: as a number, a range is only its likely value.
    """
    from simulator.workload.growth import grown_by

    drawn_from = (model.clock, model.needs, model.demand, model.channels, model.contagion, model.service_order, grown_by(model))
    return repr(drawn_from)
