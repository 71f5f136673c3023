"""One task: one replication of every variant, on the same customers, and what it sends back."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.errors import StrategyError
from simulator.experiment.contacts import rows_of
from simulator.experiment.packing import pack, unpack

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.statistics.tally import Tally
    from simulator.workload import Workload


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
    """What simulating took: CPU seconds, and contact attempts in the ledgers of all variants."""

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
class Replication:
    """What a task has found: a tally of each variant, by its place among them, but of those that failed."""

    replication: int
    found: Mapping[int, Tally] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    effort: Effort = field(default_factory=Effort)
    rows: tuple[bytes, ...] = ()  #: per variant, where contacts are recorded: see :func:`~simulator.experiment.contacts.rows_of`

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """Of the variants that did not fail, in their order."""
        return tuple(self.found.values())


@dataclass(frozen=True)
class Parcel:
    """A :class:`Replication` on its way: its tallies are packed, so that it can be sent and kept as it is."""

    replication: int
    tallies: tuple[bytes, ...] = ()  #: one a variant, empty where it failed; none at all where the whole world did
    failures: tuple[Failure, ...] = ()
    effort: Effort = field(default_factory=Effort)
    rows: tuple[bytes, ...] = ()

    def opened(self, models: Sequence[Model]) -> Replication:
        """With its tallies unpacked; ``models`` are those that it was simulated with."""
        pairs = enumerate(zip(self.tallies, models, strict=not self.failures))
        found = {place: unpack(packed, model) for place, (packed, model) in pairs if packed}
        return Replication(self.replication, found, self.failures, self.effort, self.rows)


def parcel(models: Sequence[Model], seed: int, replication: int, records: bool = False) -> Parcel:  # sent by position
    """:func:`replicate`, packed by the process that simulated."""
    done = replicate(models, seed, replication, records=records)
    packed = tuple(pack(done.found[place]) if place in done.found else b"" for place in range(len(models)))
    return Parcel(done.replication, packed if done.found else (), done.failures, done.effort, done.rows)


def replicate(models: Sequence[Model], seed: int, replication: int, *, records: bool = False) -> Replication:
    """Draw, simulate and tally replication number ``replication`` of every model.

    Variants that expect the same customers share one drawn workload. With ``records`` the ledgers come along as rows of
    text. Whatever goes wrong becomes a :class:`Failure`, of one model while it is simulated and of all while customers are
    drawn; only an interrupt passes through.
    """
    from simulator.workload import draw
    from simulator.workload.draw import assumed

    found: dict[int, Tally] = {}
    failures: list[Failure] = []
    rows: list[bytes] = []
    drawn: dict[str, Workload] = {}
    effort = Effort()
    for place, model in enumerate(models):
        variant = ""
        try:
            began = time.process_time()
            customers = customers_of(model)
            if customers in drawn:
                workload = drawn[customers]
                workload = replace(workload, assumptions=assumed(model, workload.streams))
            else:
                drawn[customers] = workload = draw(model, seed, replication)
            drew = time.process_time()
            variant = model.variant
            found[place], row, spent = _play(model, workload, records=records)
            rows += row
            effort += replace(spent, drawing=drew - began)
        except Exception as error:  # noqa: BLE001  # a failure is data: the others stand, and this one is reported with its seed
            failure = Failure(replication, seed, variant, f"{type(error).__name__}: {error}", traceback.format_exc())
            if not variant:
                return Replication(replication, failures=(failure,))
            failures.append(failure)
            rows += [b""] * records
    return Replication(replication, found, tuple(failures), effort, tuple(rows))


def _play(model: Model, workload: Workload, *, records: bool) -> tuple[Tally, list[bytes], Effort]:
    """One world of one model, of which nothing but its tally and its rows is left."""
    from simulator.crisis.play import simulate
    from simulator.statistics.books import check_books
    from simulator.statistics.tally import tally
    from simulator.workload.draw import settled

    began = time.process_time()
    run = simulate(model, workload)
    simulated = time.process_time()
    check_books(run, model)
    # What is measured against a range (an objective, a harm) is measured against this world's own value.
    found = tally(run, settled(model, workload.assumptions))
    rows = [rows_of(run)] if records else []
    return found, rows, Effort(len(run.ledger), 0.0, simulated - began, time.process_time() - simulated)


def customers_of(model: Model) -> str:
    """All of a model from which its customers are drawn, as text: equal texts, equal customers.

    Comparing the objects would not do: as a number, a range is only its likely value.
    """
    from simulator.workload.growth import grown_by

    drawn_from = (model.clock, model.needs, model.demand, model.channels, model.contagion, model.service_order, grown_by(model))
    return repr(drawn_from)
