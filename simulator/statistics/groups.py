"""Groups: what is measured of the people of one language, age or dependence, whatever they need and wherever they call.

Entries of demand say whose they are. A group is all the people of its entries, and somebody may belong to several groups.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import CONTACT_SUMS, CUSTOMER_SUMS
from simulator.statistics.contacts import Contacts
from simulator.statistics.whose import membership

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.statistics.basis import Basis
    from simulator.statistics.people import Customers

    Floats = NDArray[np.float64]

NOTHING: Floats = np.zeros((0, 0, 0))
"""The sums of a model that names no groups."""


def contacts_of_groups(basis: Basis, names: Sequence[str] = CONTACT_SUMS) -> Floats:
    """Sums over contacts by phase and group of the model: (names, P, G)."""
    frame = basis.frame
    if not basis.model.groups:
        return NOTHING
    phases = replace(frame, slots=np.append(frame.phase_starts, frame.slots[-1]))  # nothing finer is asked for
    sums = Contacts(basis, phases, frame.phase_of[basis.slot], by_demand=True).sums(names).sum(axis=(3, 4))
    return np.asarray(sums @ membership(basis.model))


def people_of_groups(people: Customers, names: Sequence[str] = CUSTOMER_SUMS) -> Floats:
    """Sums over people by phase and group of the model: (names, P, G)."""
    if not people.basis.model.groups:
        return NOTHING
    return np.asarray(people.sums(names, by_demand=True) @ membership(people.basis.model))
