"""Turn what a floor went through into records: columns become named NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.engine.floor import Floor
from simulator.records import Ledger, Persons, Pieces
from simulator.workload import Workload


def ledger_of(floor: Floor) -> Ledger:
    """The ledger of every attempt made, in their order."""
    contacts = floor.contacts
    n = int(contacts.n)
    customer = _array(contacts.customer)[:n]
    return Ledger(
        customer=customer,
        attempt=_array(contacts.attempt)[:n],
        need=_array(floor.customers.need)[customer],
        channel=np.zeros(len(customer), dtype=np.uint8),
        site=_array(contacts.site)[:n],
        agent=_array(contacts.agent)[:n],
        arrived=_array(contacts.arrived)[:n],
        queued=_array(contacts.arrived)[:n],
        answered=_array(contacts.answered)[:n],
        released=_array(contacts.released)[:n],
        ended=_array(contacts.ended)[:n],
        outcome=_array(contacts.outcome)[:n],
        cause=_array(contacts.cause)[:n],
    )


def persons_of(floor: Floor, workload: Workload) -> Persons:
    """How each customer's story stands."""
    customers = floor.customers
    fate = _array(customers.fate)
    return Persons(
        need=workload.need,
        demand=workload.demand,
        onset=workload.onset,
        attempts=_array(customers.attempts),
        fate=fate,
        solved=np.where(fate == 2, _array(customers.solved_by), np.uint8(0)).astype(np.uint8),
        settled=_array(customers.settled),
        barred=workload.barred,
        capped=_array(customers.capped),
        resolved=(fate == 1).astype(np.uint8),
        heard=np.zeros(len(fate), dtype=np.uint8),
        repeats=np.zeros(len(fate), dtype=np.uint8),
        standing=np.zeros(len(fate)),
        posted=np.zeros(len(fate), dtype=np.uint8),
    )


def no_pieces() -> Pieces:
    """No work in pieces."""
    whole = np.zeros(0, dtype=np.int32)
    return Pieces(whole, whole, np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.uint8))


def _array(column: Any) -> NDArray[Any]:
    """A view of a packed column; taken after the run, since a column that grows moves."""
    return np.asarray(memoryview(column))
