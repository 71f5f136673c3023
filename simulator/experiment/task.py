"""One task: one replication of every variant, on the same customers."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import OutputError
from simulator.experiment.contacts import write_part

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.records import Run
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

    def __str__(self) -> str:
        variant = f", variant {self.variant}" if self.variant else ""
        return f"replication {self.replication} (seed {self.seed}{variant}): {self.error}"


@dataclass(frozen=True)
class Replication:
    """What one task sends back: a tally per variant, in the order of the variants, or the failures that prevented them."""

    replication: int
    tallies: tuple[Tally, ...] = ()
    failures: tuple[Failure, ...] = ()
    attempts: int = 0  #: contact attempts in the ledgers of all variants
    drawing: float = 0.0  #: CPU seconds spent on drawing the workloads
    simulating: float = 0.0  #: CPU seconds spent in the simulation itself
    tallying: float = 0.0  #: CPU seconds spent on checking the books and on adding up


def replicate(models: Sequence[Model], seed: int, replication: int, records: Path | None = None) -> Replication:
    """Draw, simulate and tally replication number ``replication`` of every model.

    Variants that expect the same customers share one drawn workload. With ``records`` each ledger is written into that
    folder. Whatever goes wrong becomes a :class:`Failure`; only an interrupt passes through.
    """
    from simulator.crisis.play import simulate
    from simulator.statistics.books import check_books
    from simulator.statistics.tally import tally
    from simulator.workload import draw
    from simulator.workload.draw import assumed, settled

    tallies: list[Tally] = []
    drawn: dict[str, Workload] = {}
    attempts, drawing, simulating, tallying = 0, 0.0, 0.0, 0.0
    variant = ""
    try:
        for number, model in enumerate(models):
            variant = ""
            began = time.process_time()
            customers = _customers(model)
            if customers in drawn:
                workload = drawn[customers]
                workload = replace(workload, assumptions=assumed(model, workload.streams))
            else:
                drawn[customers] = workload = draw(model, seed, replication)
            drawing += (then := time.process_time()) - began
            variant = model.variant
            run = simulate(model, workload)
            simulating += (now := time.process_time()) - then
            check_books(run)
            # What is measured against a range (an objective, a harm) is measured against this world's own value.
            tallies.append(tally(run, settled(model, workload.assumptions)))
            attempts += len(run.ledger)
            if records is not None:
                _record(run, number, records)
            tallying += time.process_time() - now
    except OutputError:  # a full disk is nobody's failure, and no other replication will fare better
        raise
    except Exception as error:  # noqa: BLE001  # a failing replication is data: the others stand, and this one is reported with its seed
        text = f"{type(error).__name__}: {error}"
        return Replication(replication, failures=(Failure(replication, seed, variant, text, traceback.format_exc()),))
    return Replication(replication, tuple(tallies), (), attempts, drawing, simulating, tallying)


def _record(run: Run, variant: int, folder: Path) -> None:
    try:
        write_part(run, variant, folder)
    except OSError as error:
        raise OutputError(f"the contacts could not be written to {folder.parent}: {error.strerror or error}.") from error


def _customers(model: Model) -> str:
    """All of a model from which its customers are drawn, as text: equal texts, equal customers.

    Comparing the objects would not do: as a number, a range is only its likely value.
    """
    return repr((model.clock, model.needs, model.demand, model.channels, model.service_order))
