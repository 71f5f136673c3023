"""People: sums over customers, each of whom counts once, in the phase of their first wish to call."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import CUSTOMER_SUMS, SOLVED_BY
from simulator.statistics.callbacks import entries, spoken_to
from simulator.statistics.quantiles import Sorted
from simulator.statistics.satisfaction import DELIGHTED, DISSATISFIED, Opinion, opinion
from simulator.statistics.whose import Whose
from simulator.vocabulary import Fate, Heard, Outcome, Solved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.frame import Frame
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]


WINDOW = 7 * 86400.0
"""Within so many seconds after the first answer another contact counts against first-contact resolution."""


class Customers:
    """The people of a run whose need arose; who stayed away is not among them, nor is a public post.

    ``there`` is what the model contains; sums about anything else are 0.
    """

    def __init__(self, run: Run, model: Model, frame: Frame, there: frozenset[str]) -> None:
        people = run.persons
        wanted = people.fate != Fate.STAYED_AWAY.value
        if "contagion" in there:
            wanted &= people.posted == 0
        self._real = real = np.flatnonzero(wanted)
        self._run, self._model, self._there = run, model, there
        self._needs, self._phases = run.needs, frame.phases
        self._need, self._phase = people.need[real], frame.phase_at(people.onset[real])
        self._demand = people.demand[real]
        self._whose = Whose.people(run, model, frame, self._phase, self._need, self._demand)
        self._fate, self._solved = people.fate[real], people.solved[real]
        self._took = people.settled[real] - people.onset[real]
        self._attempts = people.attempts[real].astype(np.float64)
        self._barred, self._capped = people.barred[real] > 0, people.capped[real] > 0

    def sums(self, *, by_demand: bool = False) -> Floats:
        """Sums by phase and need, or entry of demand: (CUSTOMER_SUMS, P, N)."""
        kind, kinds = (self._demand, len(self._run.demands)) if by_demand else (self._need, len(self._needs))
        shape = (len(self._phases), kinds)
        size = shape[0] * shape[1]
        place = self._phase * shape[1] + kind

        def add(chosen: NDArray[np.bool_] | NDArray[np.intp] | slice, amounts: Floats | None = None) -> Floats:
            rows = chosen if isinstance(chosen, slice) or chosen.dtype != bool else np.flatnonzero(chosen)
            return np.asarray(np.bincount(place[rows], weights=amounts, minlength=size), dtype=np.float64)

        story = (place * len(Fate) + self._fate) * len(Solved) + self._solved
        table = np.bincount(story, minlength=size * len(Fate) * len(Solved)).reshape(size, len(Fate), len(Solved)).astype(np.float64)
        by_fate = table.sum(axis=2)
        harmed, weight, harm = self._harm(self._model)
        sums = {name: table[:, Fate.SOLVED_ELSEWHERE, reason] for reason, name in SOLVED_BY.items()} | {
            "customers": by_fate.sum(axis=1),
            "served": by_fate[:, Fate.SERVED],
            "solved_elsewhere": by_fate[:, Fate.SOLVED_ELSEWHERE],
            "gave_up": by_fate[:, Fate.GAVE_UP],
            "still_trying": by_fate[:, Fate.STILL_TRYING],
            "people_in_service_at_end": by_fate[:, Fate.IN_SERVICE],
            "people_never_served": by_fate[:, Fate.GAVE_UP] + by_fate[:, Fate.STILL_TRYING],
            "attempts": add(slice(None), self._attempts),
            "harm": add(harmed, harm),
            "harm_weight": add(harmed, weight),
            "barred_customers": add(self._barred),
            "barred_served": add(self._barred & (self._fate == Fate.SERVED.value)),
            "barred_attempts": add(self._barred, self._attempts[self._barred]),
            "capped_customers": add(self._capped),
        }
        for name, who, amounts in self._carried():
            sums[name] = add(who, amounts)
        nothing = np.zeros(size)
        return np.stack([sums.get(name, nothing) for name in CUSTOMER_SUMS]).reshape(len(CUSTOMER_SUMS), *shape)

    def _carried(self) -> Iterator[tuple[str, NDArray[np.bool_] | slice, Floats | None]]:
        """Sums that only some models have: who counts, and for how much if not for one."""
        people, real, there, everybody = self._run.persons, self._real, self._there, slice(None)
        if "repeats" in there:
            resolved, repeats = people.resolved[real] > 0, people.repeats[real]
            followed = (self._fate == Fate.SERVED.value) & (people.settled[real] + WINDOW <= self._run.ended_at)
            yield "resolved", resolved, None
            yield "repeats", everybody, repeats.astype(np.float64)
            yield "resolved_at_once", resolved & (repeats == 0), None
            yield "followed", followed, None
            yield "followed_without_repeat", followed & (repeats == 0), None
        if "distress" in there:
            yield "distressed", people.heard[real] != Heard.CALM.value, None
            yield "people_heard", people.heard[real] == Heard.HEARD.value, None
        if "callbacks" in there:
            mine = entries(self._run, self._model)
            book = self._run.ledger
            promised = np.flatnonzero(book.outcome == Outcome.CALLBACK_ACCEPTED.value)
            listed, reached, waited = np.zeros((3, len(people)), dtype=bool)
            for found, rows in ((listed, mine), (reached, spoken_to(self._run, mine)), (waited, promised)):
                found[book.customer[rows]] = True
            yield "people_listed", listed[real], None
            yield "people_reached", reached[real], None
            ended = (self._fate == Fate.SERVED.value) | (self._fate == Fate.SOLVED_ELSEWHERE.value)
            yield "people_ended_otherwise", (waited & ~reached)[real] & ended, None
        if "standing" in there:
            yield "standing", everybody, people.standing[real]
        if "satisfaction" in there:
            think = self._opinion
            score = think.satisfaction[real]
            yield "satisfaction", everybody, score
            yield "dissatisfied", score < DISSATISFIED, None
            yield "delighted", score > DELIGHTED, None
            yield "complaints", everybody, think.complaint[real]
            yield "praise", everybody, think.praise[real]

    @cached_property
    def _opinion(self) -> Opinion:
        return opinion(self._run, self._model)

    def _harm(self, model: Model) -> tuple[NDArray[np.intp], Floats, Floats]:
        """Customers whose need does harm, their weights and their weighted harm.

        Harm is linear in the time until an agent's answer or the end of the need, and whole for the never served. Whom we dial as
        the run ends, it has reached so far.
        """
        by_name = {need.name: need.harm for need in model.needs}
        harms = [by_name.get(name) for name in self._needs]
        chosen = np.flatnonzero(np.array([h is not None for h in harms])[self._need])
        need = self._need[chosen]
        weight = np.array([0.0 if h is None else float(h.weight) for h in harms])[need]
        whole_after = np.array([1.0 if h is None else float(h.by) for h in harms])[need]
        never = (self._fate[chosen] == Fate.GAVE_UP.value) | (self._fate[chosen] == Fate.STILL_TRYING.value)
        so_far = self._run.ended_at - self._run.persons.onset[self._real[chosen]]
        took = np.where(never, np.inf, np.maximum(np.fmin(self._took[chosen], so_far), 0.0))
        return chosen, weight, weight * np.where(took >= whole_after, 1.0, took / np.maximum(whole_after, 1e-9))

    def times(self) -> Iterator[tuple[Key, float]]:
        """Medians over people by phase and need, and by group, infinite for those to whom it did not happen.

        From the first wish to call to the first answer of an agent, and to the end of the contact that ended the need.
        """
        people, book = self._run.persons, self._run.ledger
        first = np.full(len(people), np.inf)
        talked = np.flatnonzero(~np.isnan(book.answered))  # with whoever called: also those whom it did not help, or who were cut off
        np.minimum.at(first, book.customer[talked], book.answered[talked])
        yield from self._whose.quantiles(Sorted((first - people.onset)[self._real]), {"time_to_first_agent_p50": 0.5})
        if "repeats" in self._there:
            handled = np.flatnonzero(book.outcome == Outcome.HANDLED.value)
            last = np.full(len(people), np.inf)
            last[book.customer[handled]] = book.released[handled]  # in the order of the ledger: the last one stays
            last[np.flatnonzero(people.resolved == 0)] = np.inf
            yield from self._whose.quantiles(Sorted((last - people.onset)[self._real]), {"resolution_time_p50": 0.5})
