"""Turn what a floor went through into records: columns become named NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.engine.contacts import OVER
from simulator.engine.floor import Floor
from simulator.records import Ledger, Persons, Pieces
from simulator.vocabulary import Fate, Heard, Outcome
from simulator.workload import Workload


def ledger_of(floor: Floor) -> Ledger:
    """The ledger of every attempt made, in their order."""
    contacts = floor.contacts
    n = int(contacts.n)
    customer = _array(contacts.customer)[:n]
    ended = _array(contacts.ended)[:n]
    return Ledger(
        customer=customer,
        attempt=_array(contacts.attempt)[:n],
        need=_array(floor.customers.need).take(customer),
        channel=(_array(contacts.queue)[:n] // len(floor.needs)).astype(np.uint8),
        site=_array(contacts.site)[:n],
        agent=_array(contacts.agent)[:n],
        arrived=_array(contacts.arrived)[:n],
        queued=_array(contacts.queued)[:n],
        answered=_array(contacts.answered)[:n],
        released=np.fmin(_array(contacts.released)[:n], ended),
        ended=ended,
        outcome=_array(contacts.outcome)[:n],
        cause=_array(contacts.cause)[:n],
    )


def so_far(floor: Floor) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.float64], NDArray[np.bool_]]:
    """Of every contact made so far: its customer, outcome (0 while it goes on), instant, and whether it was answered. Copies."""
    contacts = floor.contacts
    n = int(contacts.n)
    columns = [_array(column)[:n].copy() for column in (contacts.customer, contacts.outcome, contacts.arrived, contacts.answered)]
    return columns[0], columns[1], columns[2], ~np.isnan(columns[3])


def to_be_called(floor: Floor) -> NDArray[np.int32]:
    """Customers with an entry that is open, once for each: it waits, rests between two dials, or is being dialled."""
    contacts = floor.contacts
    n = int(contacts.n)
    lists = np.array([queue.channel.calls_out for queue in floor.queues], dtype=bool)
    is_open = _array(contacts.stage)[:n] != OVER
    return np.array(_array(contacts.customer)[:n][is_open & lists[_array(contacts.queue)[:n]]], dtype=np.int32)


def persons_of(floor: Floor, workload: Workload) -> Persons:
    """How each customer's story stands."""
    customers = floor.customers
    served_in = _array(customers.served_in)
    served = served_in >= 0
    fate = _array(customers.fate) * ~served + served * np.uint8(Fate.SERVED)  # an eighth of the time of np.where
    elsewhere = np.flatnonzero(fate == Fate.SOLVED_ELSEWHERE.value)
    settled = np.append(_array(floor.contacts.answered), np.nan)[served_in]  # NOBODY is the last
    settled[elsewhere] = _array(customers.solved_at)[elsewhere]
    if (fate == Fate.IN_SERVICE.value).any():
        going_on = np.flatnonzero(_array(floor.contacts.outcome)[: floor.contacts.n] == Outcome.IN_SERVICE_AT_END.value)
        whose = _array(floor.contacts.customer)[going_on]
        theirs = fate[whose] == Fate.IN_SERVICE.value
        settled[whose[theirs]] = _array(floor.contacts.answered)[going_on[theirs]]  # NaN while we dial
    n = len(fate)
    nothing, solved, posted = (np.zeros(n, dtype=np.uint8) for _ in range(3))
    solved[elsewhere] = _array(customers.solved_by)[elsewhere]
    posted[workload.calls :] = 1
    return Persons(
        need=workload.need,
        demand=workload.demand,
        onset=_array(customers.onset),
        attempts=_array(customers.attempts),
        fate=fate,
        solved=solved,
        settled=settled,
        barred=workload.barred,
        capped=_array(customers.capped),
        resolved=_array(customers.resolved),
        # Whom nobody answered, or whose talk was lost, is in distress all the same.
        heard=np.maximum(_array(customers.heard), workload.distressed * np.uint8(Heard.UNHEARD)) if len(workload.distressed) else nothing,
        repeats=_array(customers.repeats),
        standing=workload.standing if len(workload.standing) else np.zeros(n),
        posted=posted,
    )


def pieces_of(floor: Floor) -> Pieces:
    """The pieces of work of contacts that have several."""
    pieces = floor.pieces
    return Pieces(
        contact=_array(pieces.contact),
        agent=_array(pieces.agent),
        due=_array(pieces.due),
        begun=_array(pieces.begun),
        ended=_array(pieces.ended),
        what=_array(pieces.what),
    )


def _array(column: Any) -> NDArray[Any]:
    """A view of a packed column; taken after the run, since a column that grows moves."""
    return np.asarray(memoryview(column))
