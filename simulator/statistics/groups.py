"""Groups: what is measured of the people of one language, age or dependence, whatever they need and wherever they call.

Entries of demand say whose they are. A group is all the people of its entries, and somebody may belong to several groups.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.contacts import contact_sums
from simulator.statistics.whose import membership

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.disruption import Through
    from simulator.statistics.frame import Frame
    from simulator.statistics.people import Customers

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Grouped:
    """Sums by group, G of them, and phase, P of them."""

    contacts: Floats  #: (CONTACT_SUMS, P, G)
    customers: Floats  #: (CUSTOMER_SUMS, P, G)


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
    return Grouped(contacts, people.sums(by_demand=True) @ member)
