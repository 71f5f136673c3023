"""People: sums over customers, each of whom counts once, in the phase of their first wish to call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import CUSTOMER_SUMS, SOLVED_BY
from simulator.statistics.quantiles import Sorted
from simulator.vocabulary import Fate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.frame import Frame

    Floats = NDArray[np.float64]


def customer_sums(run: Run, model: Model, frame: Frame) -> Floats:
    """Sums by phase and need: (CUSTOMER_SUMS, P, N)."""
    people = run.persons
    real = people.fate != Fate.STAYED_AWAY
    fate, solved, barred = people.fate[real], people.solved[real], people.barred[real] > 0
    needs = len(run.needs)
    size = len(frame.phases) * needs
    key = frame.phase_of[frame.slot_of(people.onset[real])] * needs + people.need[real]

    def count(chosen: NDArray[np.bool_]) -> Floats:
        return np.bincount(key[chosen], minlength=size).astype(np.float64)

    def add(amounts: Floats) -> Floats:
        return np.asarray(np.bincount(key, weights=amounts, minlength=size), dtype=np.float64)

    served, elsewhere = fate == Fate.SERVED, fate == Fate.SOLVED_ELSEWHERE
    never = (fate == Fate.GAVE_UP) | (fate == Fate.STILL_TRYING)
    weight, harm = _harm(run, model, real, never)
    attempts = people.attempts[real].astype(np.float64)
    sums = {name: count(elsewhere & (solved == reason)) for reason, name in SOLVED_BY.items()} | {
        "customers": count(np.ones(len(fate), dtype=bool)),
        "served": count(served),
        "solved_elsewhere": count(elsewhere),
        "gave_up": count(fate == Fate.GAVE_UP),
        "still_trying": count(fate == Fate.STILL_TRYING),
        "people_never_served": count(never),
        "attempts": add(attempts),
        "harm": add(harm),
        "harm_weight": add(weight),
        "barred_customers": count(barred),
        "barred_served": count(barred & served),
        "barred_attempts": add(attempts * barred),
        "capped_customers": count(people.capped[real] > 0),
    }
    return np.stack([sums[name] for name in CUSTOMER_SUMS]).reshape(len(CUSTOMER_SUMS), len(frame.phases), needs)


def _harm(run: Run, model: Model, real: NDArray[np.bool_], never: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Weight and weighted harm of each customer: linear in the time until the need was met, whole for the never served."""
    by_name = {need.name: need.harm for need in model.needs}
    harms = [by_name.get(name) for name in run.needs]
    people = run.persons
    need = people.need[real]
    weight = np.array([0.0 if h is None else float(h.weight) for h in harms])[need]
    whole_after = np.array([1.0 if h is None else float(h.by) for h in harms])[need]
    took = np.maximum(people.settled[real] - people.onset[real], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(took >= whole_after, 1.0, took / whole_after)
    return weight, weight * np.where(never, 1.0, share)


def times_to_first_agent(run: Run, frame: Frame) -> Iterator[tuple[tuple[str, str, str, str, str], float]]:
    """Median time from the first wish to call to an agent's answer, by phase and need; infinite for those who got none."""
    people = run.persons
    real = people.fate != Fate.STAYED_AWAY
    took = np.where(people.fate[real] == Fate.SERVED, people.settled[real] - people.onset[real], np.inf)
    names = {
        "phase": (frame.phases, frame.phase_of[frame.slot_of(people.onset[real])]),
        "need": (run.needs, people.need[real]),
    }
    ordered = Sorted(took)
    for dims in ((), ("phase",), ("need",), ("phase", "need")):
        for words, value in ordered.by((0.5,), [names[d] for d in dims]):
            scope = dict(zip(dims, words, strict=True))
            yield ("time_to_first_agent_p50", scope.get("phase", ""), scope.get("need", ""), "", ""), float(value[0])
