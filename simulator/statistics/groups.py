"""Groups: what is measured of the people of one language, age or dependence, whatever they need and wherever they call.

Entries of demand say whose they are. A group is all the people of its entries, and somebody may belong to several groups.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import COUNTS, enters_matrix, entries_of
from simulator.statistics.contacts import contact_sums, in_time
from simulator.statistics.whose import membership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.disruption import Through
    from simulator.statistics.frame import Frame
    from simulator.statistics.people import Customers

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]

COURSE = ("offered", "answered")
"""Sums that follow from the outcome and are known of groups slot by slot; so is ``answered_in_time``."""


@dataclass(frozen=True)
class Grouped:
    """Sums by group, G of them, and phase, P of them."""

    contacts: Floats  #: (CONTACT_SUMS, P, G)
    customers: Floats  #: (CUSTOMER_SUMS, P, G)
    course: Mapping[str, Floats]  #: (L, G, C) by slot and channel, of what targets ask


def grouped(
    run: Run, model: Model, frame: Frame, slot: Rows, wait: Floats, people: Customers, there: frozenset[str], through: Through
) -> Grouped | None:
    """What ``run`` did to each group of ``model``; None where it names none.

    ``slot`` and ``wait`` are those of each row of the ledger.
    """
    if not model.groups:
        return None
    member = membership(model)
    phases = replace(frame, slots=np.append(frame.phase_starts, frame.slots[-1]))  # nothing finer is asked for
    contacts = contact_sums(run, model, phases, frame.phase_of[slot], wait, there, through, by_demand=True).sum(axis=(3, 4)) @ member
    return Grouped(contacts, people.sums(by_demand=True) @ member, _course(run, model, frame, slot, wait, member))


def _course(run: Run, model: Model, frame: Frame, slot: Rows, wait: Floats, member: NDArray[np.bool_]) -> dict[str, Floats]:
    book = run.ledger
    shape = (len(frame.slots) - 1, len(run.demands), len(run.channels))
    place = (slot * shape[1] + run.persons.demand[book.customer]) * shape[2] + book.channel
    theirs = ~entries_of(run, model)
    enters = enters_matrix().astype(bool)
    chosen = {name: theirs & enters[book.outcome, COUNTS.index(name)] for name in COURSE}
    chosen["answered_in_time"] = chosen["answered"] & in_time(run, model, wait)

    def of_groups(rows: NDArray[np.bool_]) -> Floats:
        counted = np.bincount(place[rows], minlength=shape[0] * shape[1] * shape[2]).reshape(shape)
        return np.moveaxis(np.moveaxis(counted, 1, 2) @ member.astype(np.int64), 2, 1).astype(np.float64)  # whole numbers: no BLAS

    return {name: of_groups(rows) for name, rows in chosen.items()}
