"""Contacts: what each attempt, and each piece of work on it, adds to the sums of the books."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS
from simulator.statistics.books import CONTACT_SUMS, COUNTS, enters_matrix, entries_of
from simulator.statistics.cells import Cells
from simulator.statistics.work import OF_WORK, Work
from simulator.vocabulary import Cause, Heard, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.basis import Basis
    from simulator.statistics.frame import Frame

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Rows = NDArray[np.intp]

OUTCOMES = len(Outcome)


class Contacts:
    """Sums over the contacts of one run by cell, each worked out when it is asked for.

    With ``by_demand`` entries of demand stand in the place of needs.
    """

    def __init__(self, basis: Basis, frame: Frame, slot: Rows, *, by_demand: bool = False) -> None:
        self.basis, self.run, self.book, self.frame = basis, basis.run, basis.run.ledger, frame
        self.cells = Cells.of(basis.run, frame, slot, by_demand=by_demand)
        self.ends, self.kinds = self.book.outcome, OUTCOMES
        if basis.listed is not None:  # entries of a list end in the second table
            self.ends, self.kinds = self.ends + np.uint8(OUTCOMES) * basis.listed, 2 * OUTCOMES

    def sums(self, names: Sequence[str] = CONTACT_SUMS) -> Floats:
        """The sums called ``names`` by slot, need, channel and site, the last place of which is "no site": (names, L, N, C, S + 1).

        What the model does not contain adds up to 0.
        """
        sums = np.zeros((len(names), self.cells.size))
        counts = [k for k, name in enumerate(names) if name in _COUNTED]
        if counts:
            some, by_outcome = self._by_outcome
            enters = enters_matrix()[: self.kinds, [_COUNTED[names[k]] for k in counts]]
            sums[np.array(counts)[:, None], some] = (by_outcome @ enters).T
        there = {"", *self.basis.there}
        for k, name in enumerate(names):
            if name in OF_CONTACTS and OF_CONTACTS[name][0] in there:
                sums[k] = OF_CONTACTS[name][1](self)
            elif name in OF_WORK and len(self.run.pieces):
                sums[k] = OF_WORK[name](self._work)
        return sums.reshape(len(names), *self.cells.shape)

    @cached_property
    def _by_outcome(self) -> tuple[Rows, NDArray[np.intp]]:
        """The cells in which contacts are, which are few of all, and how many of each ended in each way."""
        size = self.cells.size
        table = np.bincount(self.cells.of_row * self.kinds + self.ends, minlength=size * self.kinds).reshape(size, self.kinds)
        some = np.flatnonzero(table.any(axis=1))
        return some, table[some]

    @cached_property
    def _work(self) -> Work:
        return Work(self.basis, self.cells, self.frame)

    def count(self, rows: Rows) -> Floats:
        """How many of ``rows`` are in each cell."""
        return self.cells.count(self.cells.of_row[rows])

    def add(self, rows: Rows, amounts: Floats) -> Floats:
        """The sum of the ``amounts`` of ``rows`` in each cell."""
        return self.cells.add(self.cells.of_row[rows], amounts)

    def ended(self, outcome: Outcome) -> Rows:
        """Rows of customers' own contacts that ended so."""
        return np.flatnonzero(self.ends == outcome.value)

    def listed(self, outcome: Outcome) -> Rows:
        """Rows of entries of a list that ended so."""
        return np.flatnonzero(self.ends == OUTCOMES + outcome.value)

    def own(self, flags: Flags) -> Rows:
        """Rows of customers' own contacts, of those in ``flags``."""
        return np.flatnonzero(flags if self.basis.listed is None else flags & ~self.basis.listed)

    @cached_property
    def answered(self) -> Rows:
        return self.own(~np.isnan(self.book.answered))

    @cached_property
    def abandoned(self) -> Rows:
        return self.ended(Outcome.ABANDONED)

    @cached_property
    def balked(self) -> Rows:
        return self.ended(Outcome.BALKED)

    @cached_property
    def blocked(self) -> Rows:
        return self.ended(Outcome.BLOCKED)

    @cached_property
    def handled(self) -> Rows:
        return self.ended(Outcome.HANDLED)

    @cached_property
    def took(self) -> Floats:
        """How long each of the contacts that were handled held an agent."""
        return _handle_times(self.run, self.handled)

    @cached_property
    def fresh(self) -> Rows:
        return self.own(self.book.attempt == 0)

    @cached_property
    def posted(self) -> Flags:
        """Which rows are public posts and what follows from them."""
        return np.asarray(self.run.persons.posted[self.book.customer] > 0, dtype=np.bool_)

    def refused_by(self, least: Cause, most: Cause | None = None) -> Rows:
        """Rows of contacts blocked for a cause from ``least`` to ``most``."""
        cause = self.book.cause[self.blocked]
        return self.blocked[(cause >= least.value) & (cause <= (most or least).value)]

    def soon(self, rows: Rows, limit: str) -> Rows:
        """Those of ``rows`` whose wait kept a limit of their channel."""
        return rows[self.basis.wait[rows] <= self.basis.limits(limit)[self.book.channel[rows]]]

    @cached_property
    def distressed(self) -> tuple[Rows, Floats, Floats]:
        """Handled contacts with people in distress, what they took, and how much more than others with the same need on that channel.

        The others are those of the run; where there are none, nothing more is known.
        """
        book, handled, took = self.book, self.handled, self.took
        in_distress = self.run.persons.heard[book.customer[handled]] != Heard.CALM.value
        mine, others = np.flatnonzero(in_distress), np.flatnonzero(~in_distress)
        kind = book.channel[handled].astype(np.intp) * len(self.run.needs) + book.need[handled]
        size = len(self.run.channels) * len(self.run.needs)
        calm = np.bincount(kind[others], minlength=size)
        mean = np.bincount(kind[others], weights=took[others], minlength=size) / np.maximum(calm, 1)
        like = kind[mine]
        return handled[mine], took[mine], np.where(calm[like] > 0, took[mine] - mean[like], 0.0)

    def of_turns(self) -> Rows:
        """Answered contacts on channels of messages in turns."""
        turns = np.array([KINDS[channel.kind].turns for channel in self.basis.model.channels])
        return self.answered[np.flatnonzero(turns[self.book.channel[self.answered]])]


_COUNTED = {name: k for k, name in enumerate(COUNTS)}

OF_CONTACTS: Mapping[str, tuple[str, Callable[[Contacts], Floats]]] = {
    "fresh_contacts": ("", lambda c: c.count(c.fresh)),
    "redials": ("", lambda c: c.sums(["attempted"]).ravel() - c.count(c.fresh)),
    "queued": ("", lambda c: c.count(c.own(c.basis.wait > 0))),
    "answered_in_time": ("", lambda c: c.count(c.answered[c.basis.in_time[c.answered]])),
    "abandoned_short": ("", lambda c: c.count(c.soon(c.abandoned, "short_abandon"))),
    "abandoned_in_time": ("", lambda c: c.count(c.abandoned[c.basis.in_time[c.abandoned]])),
    "blocked_no_line": ("", lambda c: c.count(c.refused_by(Cause.NO_LINE))),
    "blocked_reserved": ("", lambda c: c.count(c.refused_by(Cause.RESERVED))),
    "blocked_down": ("", lambda c: c.count(c.refused_by(Cause.SITE_DOWN, Cause.PLATFORM_DOWN))),
    "blocked_closed": ("hours", lambda c: c.count(c.refused_by(Cause.CLOSED))),
    "lost_cut_link": ("", lambda c: c.count(np.flatnonzero(c.book.cause == Cause.LINK_DOWN.value))),
    "wait_answered": ("", lambda c: c.add(c.answered, c.basis.wait[c.answered])),
    "wait_abandoned": ("", lambda c: c.add(c.abandoned, c.basis.wait[c.abandoned])),
    "wait_balked": ("", lambda c: c.add(c.balked, c.book.released[c.balked] - c.book.arrived[c.balked])),
    "handle_time": ("", lambda c: c.add(c.handled, c.took)),
    "self_served": (
        "self-service",
        lambda c: c.count(np.flatnonzero((c.ends == Outcome.CONTAINED.value) & (c.book.cause == Cause.SELF_SERVICE.value))),
    ),
    "wanted": ("", lambda c: c.count(np.flatnonzero(c.basis.through.wants))),
    "got_through": ("", lambda c: c.count(np.flatnonzero(c.basis.through.got))),
    "called_back": ("", lambda c: c.count(c.basis.through.promises.kept)),
    "conversations": ("conversations", lambda c: c.count(c.of_turns())),
    "compassion_time": ("distress", lambda c: c.add(c.distressed[0], c.distressed[2])),
    "distress_handled": ("distress", lambda c: c.count(c.distressed[0])),
    "distress_handle_time": ("distress", lambda c: c.add(c.distressed[0], c.distressed[1])),
    "posts": ("contagion", lambda c: c.count(np.flatnonzero(c.posted & (c.book.attempt == 0)))),
    "posts_abandoned": ("contagion", lambda c: c.count(c.abandoned[c.posted[c.abandoned]])),
    "callbacks_lapsed": (
        "callbacks",
        lambda c: c.count((lost := c.listed(Outcome.NOT_REACHED))[c.book.cause[lost] == Cause.LAPSED.value]),
    ),
    "callback_delays": (
        "callbacks",
        lambda c: c.add(talked := c.listed(Outcome.HANDLED), c.book.answered[talked] - c.book.arrived[talked]),
    ),
    "callback_time": (
        "callbacks",
        lambda c: c.add(talked := c.listed(Outcome.HANDLED), c.book.ended[talked] - c.book.answered[talked]),
    ),
}
"""Sums over rows of the ledger: what a model must contain for each (:mod:`simulator.statistics.contents`), and how it is added up."""


def handle_times(run: Run, model: Model) -> tuple[Rows, Floats]:
    """Rows of customers' contacts that were handled, and how long each held an agent, in seconds."""
    ours = entries_of(run, model)
    handled = np.flatnonzero((run.ledger.outcome == Outcome.HANDLED.value) & ~ours)
    return handled, _handle_times(run, handled)


def _handle_times(run: Run, handled: Rows) -> Floats:
    """Talk and wrap-up; of a contact in pieces their work alone, not the silence or the waiting between them."""
    book, work = run.ledger, run.pieces
    took = book.ended[handled] - book.answered[handled]
    if len(work):
        worked = np.bincount(work.contact, weights=work.ended - work.begun, minlength=len(book))[handled]
        several = np.flatnonzero(worked > 0)
        took[several] = worked[several] + (book.ended[handled[several]] - book.released[handled[several]])
    return took
