"""Groups: what is measured of the people of one language, age or dependence, whatever they need and wherever they call.

Entries of demand say whose they are. A group is all the people of its entries, and somebody may belong to several groups.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.contacts import contact_sums
from simulator.statistics.quantiles import Sorted
from simulator.statistics.waiting import QUANTILES, queued

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.frame import Frame
    from simulator.statistics.people import Customers

    Floats = NDArray[np.float64]

ONCE = (*QUANTILES, "time_to_first_agent_p50")
"""Measures that are worked out once per run and exist by group."""


@dataclass(frozen=True)
class Grouped:
    """Sums and values by group, G of them, and phase, P of them."""

    contacts: Floats  #: (CONTACT_SUMS, P, G)
    customers: Floats  #: (CUSTOMER_SUMS, P, G)
    once: Floats  #: (ONCE, 1 + P, G): in the whole run, then in each phase; NaN where there is nothing to measure


def grouped(
    run: Run,
    model: Model,
    frame: Frame,
    slot: NDArray[np.intp],
    wait: Floats,
    people: Customers,
    there: frozenset[str],
    listed: NDArray[np.bool_] | None,
) -> Grouped | None:
    """What ``run`` did to each group of ``model``; None where it names none.

    ``slot`` and ``wait`` are those of each row of the ledger, ``listed`` the rows that are entries of a callback list.
    """
    if not model.groups:
        return None
    member = np.array([[group in demand.groups for group in model.groups] for demand in model.demand], dtype=bool)  # (D, G)
    phases = replace(frame, slots=np.append(frame.phase_starts, frame.slots[-1]))  # nothing finer is asked for
    contacts = contact_sums(run, model, phases, frame.phase_of[slot], wait, there, by_demand=True).sum(axis=(3, 4)) @ member
    waited = queued(run, listed)
    theirs = run.persons.demand[run.ledger.customer[waited]]
    until, phase = people.until_answered(), frame.phase_of[slot[waited]]
    once = []
    for mine in member.T:
        rows, persons = mine[theirs], mine[people.demand]
        waits = _quantiles(wait[waited][rows], phase[rows], len(frame.phases), tuple(QUANTILES.values()))
        first = _quantiles(until[persons], people.phase[persons], len(frame.phases), (0.5,))
        once.append(np.concatenate((waits, first)))
    return Grouped(contacts, people.sums(by_demand=True) @ member, np.stack(once, axis=2))


def _quantiles(values: Floats, phase: NDArray[np.intp], phases: int, shares: tuple[float, ...]) -> Floats:
    """(shares, 1 + phases): of all values, then of those of each phase."""
    ordered = Sorted(values)
    of_all = ordered.grouped(shares, np.zeros(len(values), dtype=np.intp), 1)
    return np.concatenate((of_all, ordered.grouped(shares, phase, phases)), axis=1)


def at_once(once: Floats, measure: str, scope: Mapping[str, str], phases: tuple[str, ...], groups: tuple[str, ...]) -> float:
    """The value of ``measure`` for the group, and perhaps the phase, of ``scope`` out of :attr:`Grouped.once`."""
    place = 1 + phases.index(scope["phase"]) if "phase" in scope else 0
    return float(once[ONCE.index(measure), place, groups.index(scope["group"])])
