"""Help in time: how many people are still without help a given time after they first needed it.

Somebody *needed it* from the first wish to make contact, whether or not they got through. *Help* is what ends harm: the answer of
an agent who then handled the contact, or the end of the need by a message, a machine or the person's own means. Who gave up has no
help, also where the need ended later without us. A limit *has run out* for those who needed help at least so long before the end
of the run; nobody else is judged by it, helped or not, because leaving out the others alone would flatter the end of the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.limits import LIMITS, SECONDS, TIMED
from simulator.statistics.whose import membership
from simulator.vocabulary import Fate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.statistics.people import Customers

    Floats = NDArray[np.float64]

SUMS = ("unserved", "due", "undecided")
"""People without help at a limit that has run out for them, all for whom it has, and those without help for whom it has not."""


def limits_of(duration: float) -> Floats:
    """The limits that a run of so many seconds can say anything about."""
    return np.array([limit for limit in SECONDS if limit <= duration], dtype=np.float64)


def help_in_time(people: Customers) -> Floats:
    """The sums at each limit of each need, then of each group: (:data:`SUMS`, limits, N + G)."""
    run, model = people.run, people.basis.model
    limits = limits_of(float(people.basis.frame.slots[-1]))
    onset, settled = people.persons.onset[people.real], people.persons.settled[people.real]
    left = run.ended_at - onset
    unhelped = np.isnan(settled) | (people.fate == Fate.GAVE_UP.value) | (people.fate == Fate.STILL_TRYING.value)
    took = np.where(unhelped, np.inf, settled - onset)
    ran_out = np.searchsorted(limits, left, side="right")  # so many limits have
    without = np.minimum(np.searchsorted(limits, took, side="left"), ran_out)  # at so many of them there is no help yet
    kinds, size = len(run.needs) + len(run.demands), len(limits) + 1

    def at_each(places: NDArray[np.intp], who: NDArray[np.bool_] | slice = slice(None)) -> Floats:
        """How many of ``who`` have each place, by need and by entry of demand: (places, N + D)."""
        need, demand = people.need[who].astype(np.intp), people.demand[who].astype(np.intp) + len(run.needs)
        flat = np.concatenate([places[who] * kinds + need, places[who] * kinds + demand])
        return np.bincount(flat, minlength=size * kinds).reshape(size, kinds).astype(np.float64)

    made = np.zeros((len(SUMS), len(limits), kinds))
    for row, places in ((0, without), (1, ran_out)):
        made[row] = at_each(places)[::-1].cumsum(axis=0)[::-1][1:]
    made[2] = at_each(ran_out, took > left).cumsum(axis=0)[:-1]
    groups = made[..., len(run.needs) :] @ membership(model) if model.groups else np.zeros((*made.shape[:2], 0))
    return np.concatenate([made[..., : len(run.needs)], groups], axis=2)


def sums_at(table: Floats, scope: Mapping[str, str], needs: Sequence[str], groups: Sequence[str]) -> dict[str, float]:
    """The sums of one table at the limit and of the need or group of ``scope``, of everybody where it has none.

    NaN where the run was too short for the limit, or nobody has it behind them.
    """
    place = LIMITS[scope[TIMED]]
    if place >= table.shape[1]:
        return dict.fromkeys(SUMS, float("nan"))
    if "group" in scope:
        found = table[:, place, len(needs) + groups.index(scope["group"])]
    elif "need" in scope:
        found = table[:, place, needs.index(scope["need"])]
    else:
        found = table[:, place, : len(needs)].sum(axis=1)
    sums = dict(zip(SUMS, found.tolist(), strict=True))
    if not sums["due"]:
        sums["unserved"] = sums["due"] = float("nan")
    return sums
