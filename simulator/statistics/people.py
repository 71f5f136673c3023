"""People: sums over customers, each of whom counts once, in the phase of their first wish to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.statistics.books import CUSTOMER_SUMS, SOLVED_BY
from simulator.statistics.callbacks import entries, spoken_to
from simulator.statistics.quantiles import Sorted
from simulator.statistics.satisfaction import DELIGHTED, DISSATISFIED, Opinion, opinion
from simulator.statistics.whose import Whose
from simulator.vocabulary import Fate, Heard, Outcome, Solved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.statistics.basis import Basis
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Rows = NDArray[np.intp]


WINDOW = 7 * 86400.0
"""Within so many seconds after the first answer another contact counts against first-contact resolution."""


class Customers:
    """The people of a run whose need arose; who stayed away is not among them, nor is a public post.

    Each column has one value a customer, and is made when it is asked for.
    """

    def __init__(self, basis: Basis) -> None:
        self.basis, self.run, self.persons = basis, basis.run, basis.run.persons
        wanted = self.persons.fate != Fate.STAYED_AWAY.value
        if "contagion" in basis.there:
            wanted &= self.persons.posted == 0
        self.real = np.flatnonzero(wanted)
        self.fate = self.persons.fate[self.real]

    @cached_property
    def need(self) -> NDArray[np.uint8]:
        return self.persons.need[self.real]

    @cached_property
    def demand(self) -> NDArray[np.uint8]:
        return self.persons.demand[self.real]

    @cached_property
    def phase(self) -> Rows:
        return self.basis.frame.phase_at(self.persons.onset[self.real])

    @cached_property
    def barred(self) -> Flags:
        return np.asarray(self.persons.barred[self.real] > 0, dtype=np.bool_)

    @cached_property
    def attempts(self) -> Floats:
        return self.persons.attempts[self.real].astype(np.float64)

    @cached_property
    def resolved(self) -> Flags:
        return np.asarray(self.persons.resolved[self.real] > 0, dtype=np.bool_)

    @cached_property
    def repeats(self) -> NDArray[Any]:
        return self.persons.repeats[self.real]

    @cached_property
    def followed(self) -> Flags:
        """Who was served so long before the end of the run that we know whether they came back."""
        return np.asarray((self.fate == Fate.SERVED.value) & (self.persons.settled[self.real] + WINDOW <= self.run.ended_at))

    @cached_property
    def reached(self) -> Flags:
        """Whom we called and spoke to."""
        return self._who(spoken_to(self.run, entries(self.run, self.basis.model)))

    def listed(self) -> Flags:
        """Who is on a list from which we call."""
        return self._who(entries(self.run, self.basis.model))

    def ended_otherwise(self) -> Flags:
        """Who was promised a call, was not reached by one, and whose need has ended all the same."""
        promised = self._who(np.flatnonzero(self.run.ledger.outcome == Outcome.CALLBACK_ACCEPTED.value))
        ended = (self.fate == Fate.SERVED.value) | (self.fate == Fate.SOLVED_ELSEWHERE.value)
        return np.asarray(promised & ~self.reached & ended, dtype=np.bool_)

    def _who(self, rows: Rows) -> Flags:
        """Whose ``rows`` of the ledger are."""
        found = np.zeros(len(self.persons), dtype=bool)
        found[self.run.ledger.customer[rows]] = True
        return found[self.real]

    @cached_property
    def opinion(self) -> Opinion:
        """What people think in the end: of everybody, customers or not."""
        return opinion(self.run, self.basis.model)

    @cached_property
    def score(self) -> Floats:
        return self.opinion.satisfaction[self.real]

    def sums(self, names: Sequence[str] = CUSTOMER_SUMS, *, by_demand: bool = False) -> Floats:
        """The sums called ``names`` by phase and need, or entry of demand: (names, P, N). What the model does not contain adds up to 0."""
        kind, kinds = (self.demand, len(self.run.demands)) if by_demand else (self.need, len(self.run.needs))
        shape = (len(self.basis.frame.phases), kinds)
        size, place = shape[0] * shape[1], self.phase * shape[1] + kind
        sums, there = np.zeros((len(names), size)), {"", *self.basis.there}
        fates = None
        for k, name in enumerate(names):
            if name in OF_FATES:
                fates = self._fates(place, size) if fates is None else fates
                sums[k] = OF_FATES[name](fates)
            elif OF_PEOPLE[name][0] in there:
                who, amounts = OF_PEOPLE[name][1](self)
                rows = who if isinstance(who, slice) or who.dtype != bool else np.flatnonzero(who)
                sums[k] = np.bincount(place[rows], weights=amounts, minlength=size)
        return sums.reshape(len(names), *shape)

    def _fates(self, place: Rows, size: int) -> Floats:
        """How many people of each ``place`` came to which end, and for which reason: (size, fates, reasons)."""
        story = (place * len(Fate) + self.fate) * len(Solved) + self.persons.solved[self.real]
        table = np.bincount(story, minlength=size * len(Fate) * len(Solved))
        return table.reshape(size, len(Fate), len(Solved)).astype(np.float64)

    @cached_property
    def harm(self) -> tuple[Rows, Floats, Floats]:
        """Customers whose need does harm, their weights and their weighted harm.

        Harm is linear in the time until an agent's answer or the end of the need, and whole for the never served. Whom we dial as
        the run ends, it has reached so far.
        """
        by_name = {need.name: need.harm for need in self.basis.model.needs}
        harms = [by_name.get(name) for name in self.run.needs]
        chosen = np.flatnonzero(np.array([h is not None for h in harms])[self.need])
        need = self.need[chosen]
        weight = np.array([0.0 if h is None else float(h.weight) for h in harms])[need]
        whole_after = np.array([1.0 if h is None else float(h.by) for h in harms])[need]
        never = (self.fate[chosen] == Fate.GAVE_UP.value) | (self.fate[chosen] == Fate.STILL_TRYING.value)
        onset = self.persons.onset[self.real[chosen]]
        settled, so_far = self.persons.settled[self.real[chosen]] - onset, self.run.ended_at - onset
        took = np.where(never, np.inf, np.maximum(np.fmin(settled, so_far), 0.0))
        return chosen, weight, weight * np.where(took >= whole_after, 1.0, took / np.maximum(whole_after, 1e-9))

    @cached_property
    def _whose(self) -> Whose:
        return Whose.people(self.run, self.basis.model, self.basis.frame, self.phase, self.need, self.demand)

    def first_answers(self) -> Iterator[tuple[Key, float]]:
        """Medians of the time from the first wish to call to an agent's first answer; infinite for those to whom it did not happen."""
        people, book = self.persons, self.run.ledger
        first = np.full(len(people), np.inf)
        talked = np.flatnonzero(~np.isnan(book.answered))  # with whoever called: also those whom it did not help, or who were cut off
        np.minimum.at(first, book.customer[talked], book.answered[talked])
        yield from self._whose.quantiles(Sorted((first - people.onset)[self.real]), {"time_to_first_agent_p50": 0.5})

    def resolutions(self) -> Iterator[tuple[Key, float]]:
        """Medians of the time from the first wish to call to the end of the contact that ended the need; infinite without one."""
        people, book = self.persons, self.run.ledger
        handled = np.flatnonzero(book.outcome == Outcome.HANDLED.value)
        last = np.full(len(people), np.inf)
        last[book.customer[handled]] = book.released[handled]  # in the order of the ledger: the last one stays
        last[np.flatnonzero(people.resolved == 0)] = np.inf
        yield from self._whose.quantiles(Sorted((last - people.onset)[self.real]), {"resolution_time_p50": 0.5})


def _all(table: Floats) -> Floats:
    return np.asarray(table.sum(axis=(1, 2)))


def _ended(table: Floats, *fates: Fate) -> Floats:
    return np.asarray(sum((table[:, fate].sum(axis=1) for fate in fates[1:]), table[:, fates[0]].sum(axis=1)))


def _solved(reason: Solved) -> Callable[[Floats], Floats]:
    return lambda table: table[:, Fate.SOLVED_ELSEWHERE, reason]


OF_FATES: Mapping[str, Callable[[Floats], Floats]] = {
    "customers": _all,
    "served": lambda table: _ended(table, Fate.SERVED),
    "solved_elsewhere": lambda table: _ended(table, Fate.SOLVED_ELSEWHERE),
    "gave_up": lambda table: _ended(table, Fate.GAVE_UP),
    "still_trying": lambda table: _ended(table, Fate.STILL_TRYING),
    "people_in_service_at_end": lambda table: _ended(table, Fate.IN_SERVICE),
    "people_never_served": lambda table: _ended(table, Fate.GAVE_UP, Fate.STILL_TRYING),
    **{name: _solved(reason) for reason, name in SOLVED_BY.items()},
}
"""Sums that follow from how people ended, out of a table of numbers of people (places, fates, reasons)."""

EVERYBODY = slice(None)
Counted = tuple["Flags | Rows | slice", "Floats | None"]
"""Who counts, and for how much if not for one."""

OF_PEOPLE: Mapping[str, tuple[str, Callable[[Customers], Counted]]] = {
    "attempts": ("", lambda c: (EVERYBODY, c.attempts)),
    "harm": ("", lambda c: (c.harm[0], c.harm[2])),
    "harm_weight": ("", lambda c: (c.harm[0], c.harm[1])),
    "barred_customers": ("", lambda c: (c.barred, None)),
    "barred_served": ("", lambda c: (c.barred & (c.fate == Fate.SERVED.value), None)),
    "barred_attempts": ("", lambda c: (c.barred, c.attempts[c.barred])),
    "capped_customers": ("", lambda c: (c.persons.capped[c.real] > 0, None)),
    "resolved": ("repeats", lambda c: (c.resolved, None)),
    "repeats": ("repeats", lambda c: (EVERYBODY, c.repeats.astype(np.float64))),
    "resolved_at_once": ("repeats", lambda c: (c.resolved & (c.repeats == 0), None)),
    "followed": ("repeats", lambda c: (c.followed, None)),
    "followed_without_repeat": ("repeats", lambda c: (c.followed & (c.repeats == 0), None)),
    "distressed": ("distress", lambda c: (c.persons.heard[c.real] != Heard.CALM.value, None)),
    "people_heard": ("distress", lambda c: (c.persons.heard[c.real] == Heard.HEARD.value, None)),
    "people_listed": ("callbacks", lambda c: (c.listed(), None)),
    "people_reached": ("callbacks", lambda c: (c.reached, None)),
    "people_ended_otherwise": ("callbacks", lambda c: (c.ended_otherwise(), None)),
    "standing": ("standing", lambda c: (EVERYBODY, c.persons.standing[c.real])),
    "satisfaction": ("satisfaction", lambda c: (EVERYBODY, c.score)),
    "dissatisfied": ("satisfaction", lambda c: (c.score < DISSATISFIED, None)),
    "delighted": ("satisfaction", lambda c: (c.score > DELIGHTED, None)),
    "complaints": ("satisfaction", lambda c: (EVERYBODY, c.opinion.complaint[c.real])),
    "praise": ("satisfaction", lambda c: (EVERYBODY, c.opinion.praise[c.real])),
}
"""The other sums over people: what a model must contain for each (:mod:`simulator.statistics.contents`), and who counts for how much."""
