"""Strain: what the work did to the agents, followed through the records of one run.

Strain rises towards 1 while an agent works and falls towards 0 in rests; a talk with somebody in distress adds to it, and
having been able to help takes some away (:class:`simulator.model.people.Strain`). Work is a talk, a message, a dial or
a wrap-up; several chats at once are one stretch of work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.quantiles import Sorted
from simulator.statistics.whose import key
from simulator.vocabulary import Heard, Outcome
from simulator.workload.order import by_number, by_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.people import Strain
    from simulator.records.run import Run
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Felt:
    """Strain of the agents who worked, stretch of work by stretch: agent by agent, and for each in the order of time.

    Touches by talks with people in distress count from the beginning of the stretch in which they fall.
    """

    law: Strain
    agent: Rows  #: numbers of those who worked
    first: Rows  #: where each one's stretches begin
    count: Rows
    begun: Floats
    ended: Floats
    before: Floats  #: strain from which the stretch builds up
    after: Floats
    added: Floats  #: by agent: what talks with people in distress added
    restored: Floats  #: by agent: what having been able to help took away

    def at(self, instants: Floats) -> Floats:
        """Strain at each of the ``instants``, which do not decrease: (agents, instants)."""
        shape = (len(self.agent), len(instants) + 1)
        cell = np.repeat(np.arange(shape[0]) * shape[1], self.count) + np.searchsorted(instants, self.begun)
        begun = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)[:, :-1].cumsum(axis=1)
        k = self.first[:, None] + begun - 1
        last = np.maximum(k, self.first[:, None])
        working = 1.0 - (1.0 - self.before[last]) * np.exp(-np.maximum(instants - self.begun[last], 0.0) / self.law.builds_up)
        resting = self.after[last] * np.exp(-np.maximum(instants - self.ended[last], 0.0) / self.law.recovers)
        return np.where(k < self.first[:, None], 0.0, np.where(instants < self.ended[last], working, resting))

    def means(self) -> Floats:
        """Each agent's mean over the time at work."""
        length = self.ended - self.begun
        rested = (1.0 - self.before) * self.law.builds_up * -np.expm1(-length / self.law.builds_up)
        total = np.add.reduceat(length, self.first)
        return np.add.reduceat(length - rested, self.first) / np.where(total > 0, total, 1.0)

    def measured(self) -> dict[Key, float]:
        """Over agents: the mean of their means, and what 90 % do not exceed; what distress added and what helping gave."""
        if not len(self.agent):
            return {}
        means = self.means()
        found = {
            "strain_p90": float(Sorted(means).grouped((0.9,), np.zeros(len(means), dtype=np.intp), 1)[0, 0]),
            "strain_mean": float(means.mean()),
            "strain_added": float(self.added.mean()),
            "energy_restored": float(self.restored.mean()),
        }
        return {key(name, {}): value for name, value in found.items()}

    def over_time(self, edges: Floats) -> Floats:
        """The mean strain at each interval's end of the agents who worked in it; NaN where nobody did."""
        total, worked = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
        if len(self.agent):
            strain = self.at(edges[1:])
            who = np.repeat(np.arange(len(self.agent)), self.count)
            since, until = np.searchsorted(edges, self.begun, side="right") - 1, np.searchsorted(edges, self.ended, side="left")
            shape = (len(self.agent), len(edges) + 1)
            first, last = (np.bincount(who * shape[1] + at, minlength=shape[0] * shape[1]) for at in (since, np.maximum(until, since + 1)))
            there = np.cumsum((first - last).reshape(shape), axis=1)[:, : len(edges) - 1] > 0  # stretches that cover each interval
            total, worked = np.where(there, strain, 0.0).sum(axis=0), there.sum(axis=0)
        return np.where(worked > 0, total / np.maximum(worked, 1), np.nan)


def felt(run: Run, law: Strain) -> Felt:
    """The strain of every agent who worked on a contact."""
    who, begun, ended = _stretches(*_work(run), run.ended_at)
    first = np.flatnonzero(np.diff(who, prepend=-1))
    agent, count = who[first], np.diff(first, append=len(who))
    rest = np.ones(len(who))
    rest[1:] = np.exp(-np.maximum(begun[1:] - ended[:-1], 0.0) / law.recovers)
    build = np.exp(-(ended - begun) / law.builds_up)
    heard = _heard_in(run, who, ended)
    added, restored = [0.0] * len(agent), [0.0] * len(agent)
    order = np.argsort(-count, kind="stable")  # those with the most stretches first: who still has one is always in front
    most = int(count.max(initial=0))
    ends = np.cumsum(np.searchsorted(-count[order], -np.arange(most), side="left"))  # of the first stretches of all, of the second, ...
    place = np.empty(len(agent), dtype=np.intp)
    place[order] = np.arange(len(agent))
    whose = np.repeat(np.arange(len(agent)), count)
    turn = np.arange(len(who)) - first[whose]
    at = np.append(0, ends)[turn] + place[whose]  # where each stretch stands among these
    touched: list[list[tuple[int, int, list[bool]]]] = [[] for _ in range(most)]  # by turn: place, agent and talks
    stretches = np.array(list(heard), dtype=np.intp)
    touching = (turn[stretches], place[whose[stretches]], whose[stretches])
    for k, one, mine, talks in zip(*(column.tolist() for column in touching), heard.values(), strict=True):
        touched[k].append((one, mine, talks))
    strain, distress, restores = np.zeros(len(agent)), float(law.distress), float(law.restores)
    rest[first] = 1.0
    rest_in_turn, build_in_turn = np.empty(len(who)), np.empty(len(who))
    rest_in_turn[at], build_in_turn[at] = rest, build
    before, after = np.empty(len(who)), np.empty(len(who))
    for touches, start, end in zip(touched, [0, *ends.tolist()], ends.tolist(), strict=False):
        now = strain[: end - start] * rest_in_turn[start:end]
        for one, mine, talks in touches:
            at_once = float(now[one])
            for helped in talks:
                weight = distress * (1.0 - at_once)
                at_once += weight
                added[mine] += weight
                if helped:
                    restored[mine] += restores * at_once
                    at_once *= 1.0 - restores
            now[one] = at_once
        before[start:end] = now
        strain = after[start:end] = 1.0 - (1.0 - now) * build_in_turn[start:end]
    return Felt(law, agent, first, count, begun, ended, before[at], after[at], np.array(added), np.array(restored))


def _work(run: Run) -> tuple[Rows, Floats, Floats]:
    """Who worked from when until when: contacts without pieces from the answer on, pieces, and wrap-ups after pieces."""
    book, work = run.ledger, run.pieces
    pieces = np.bincount(work.contact, minlength=len(book)) if len(work) else np.zeros(len(book), dtype=np.intp)
    ended = np.where(np.isnan(book.ended), run.ended_at, book.ended)
    whole = np.flatnonzero(~np.isnan(book.answered) & (pieces == 0) & (book.agent >= 0))
    wrapped = np.flatnonzero((pieces > 0) & (book.outcome == Outcome.HANDLED.value) & (book.ended > book.released))
    return (
        np.concatenate((book.agent[whole], work.agent, book.agent[wrapped])).astype(np.intp),
        np.concatenate((book.answered[whole], work.begun, book.released[wrapped])),
        np.concatenate((ended[whole], work.ended, ended[wrapped])),
    )


def _stretches(agent: Rows, begun: Floats, ended: Floats, far: float) -> tuple[Rows, Floats, Floats]:
    """Work that overlaps (several chats) put together: agent, begin and end of each stretch, sorted by agent and time."""
    order = by_size(begun)
    order = order[by_number(agent[order], int(agent.max(initial=-1)) + 1)]
    agent, begun, ended = agent[order], begun[order], ended[order]
    apart = agent * (2.0 * far + 1.0)
    until = np.maximum.accumulate(ended + apart) if len(agent) else ended
    opens = np.ones(len(agent), dtype=bool)
    opens[1:] = (begun + apart)[1:] >= until[:-1]
    place = np.flatnonzero(opens)
    return agent[place], begun[place], np.maximum.reduceat(ended, place) if len(place) else ended


def _heard_in(run: Run, who: Rows, ended: Floats) -> dict[int, list[bool]]:
    """The stretches in which a talk with somebody in distress ended, and for each whether they were heard in the end, in order."""
    book = run.ledger
    rows = np.flatnonzero((book.outcome == Outcome.HANDLED.value) & np.isfinite(book.released) & ~np.isnan(book.answered))
    heard = run.persons.heard[book.customer[rows]]
    distressed = np.flatnonzero(heard != Heard.CALM.value)
    rows, heard = rows[distressed], heard[distressed]
    order = np.argsort(book.released[rows], kind="stable")
    rows, heard = rows[order], heard[order]
    far = 2.0 * run.ended_at + 1.0
    place = np.searchsorted(ended + who * far, book.released[rows] + book.agent[rows] * far - 1e-6, side="left")
    found: dict[int, list[bool]] = {}
    inside = place < len(who)
    for stretch, helped in zip(place[inside].tolist(), (heard == Heard.HEARD.value)[inside].tolist(), strict=True):
        found.setdefault(stretch, []).append(helped)
    return found
