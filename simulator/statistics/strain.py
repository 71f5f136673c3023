"""Strain: what the work did to the agents, followed through the records of one run.

Strain rises towards 1 while an agent works and falls towards 0 in rests; a talk with somebody in distress adds to it, and
having been able to help takes some away (:class:`simulator.model.people.Strain`). Work is a talk, a message, a dial or
a wrap-up; several chats at once are one stretch of work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.quantiles import Sorted
from simulator.vocabulary import Heard, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.people import Strain
    from simulator.records.run import Run
    from simulator.statistics.waiting import Key

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]


@dataclass
class Felt:
    """One agent's strain: at the beginning of each stretch of work, touches included, and at its end."""

    begun: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    before: list[float] = field(default_factory=list)  #: strain from which the stretch builds up
    after: list[float] = field(default_factory=list)
    added: float = 0.0  #: by talks with people in distress
    restored: float = 0.0  #: by having been able to help

    def at(self, instants: Floats, law: Strain) -> Floats:
        """The strain at each instant; touches count from the beginning of the stretch in which they fall."""
        begun, ended = np.array(self.begun), np.array(self.ended)
        k = np.searchsorted(begun, instants, side="right") - 1
        last = np.maximum(k, 0)
        at_work = 1.0 - (1.0 - np.array(self.before)[last]) * np.exp(-(instants - begun[last]) / law.builds_up)
        at_rest = np.array(self.after)[last] * np.exp(-np.maximum(instants - ended[last], 0.0) / law.recovers)
        return np.where(k < 0, 0.0, np.where(instants < ended[last], at_work, at_rest))

    def mean(self, law: Strain) -> float:
        """The mean over the time at work."""
        length = np.array(self.ended) - np.array(self.begun)
        total = float(length.sum())
        rested = (1.0 - np.array(self.before)) * law.builds_up * -np.expm1(-length / law.builds_up)
        return float((length - rested).sum()) / total if total > 0 else 0.0


def felt(run: Run, law: Strain) -> list[Felt]:
    """The strain of every agent who worked on a contact."""
    agent, begun, ended = _work(run)
    who, when, heard = _touches(run)
    order = np.lexsort((begun, agent))
    agent, begun, ended = agent[order], begun[order], ended[order]
    touched = np.lexsort((when, who))
    who, when, heard = who[touched], when[touched], heard[touched]
    made = []
    for number in np.unique(agent).tolist():
        mine, theirs = slice(*np.searchsorted(agent, (number, number + 1))), slice(*np.searchsorted(who, (number, number + 1)))
        made.append(_follow(begun[mine].tolist(), ended[mine].tolist(), when[theirs].tolist(), heard[theirs].tolist(), law))
    return made


def measured(all_felt: list[Felt], law: Strain) -> dict[Key, float]:
    """Each agent's mean strain at work, over agents: the mean, and what 90 % do not exceed; what distress added, what helping gave."""
    if not all_felt:
        return {}
    means = np.array([one.mean(law) for one in all_felt])
    p90 = Sorted(means).grouped((0.9,), np.zeros(len(means), dtype=np.intp), 1)[0, 0]
    found = {
        "strain_p90": float(p90),
        "strain_mean": float(means.mean()),
        "strain_added": float(np.mean([one.added for one in all_felt])),
        "energy_restored": float(np.mean([one.restored for one in all_felt])),
    }
    return {(name, "", "", "", ""): value for name, value in found.items()}


def over_time(all_felt: list[Felt], law: Strain, edges: Floats) -> Floats:
    """The mean strain at each interval's end of the agents who worked in it; NaN where nobody did."""
    total, worked = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
    for one in all_felt:
        begun, ended = np.array(one.begun), np.array(one.ended)
        there = np.searchsorted(begun, edges[1:], side="left") > np.searchsorted(ended, edges[:-1], side="right")
        total += np.where(there, one.at(edges[1:], law), 0.0)
        worked += there
    return np.where(worked > 0, total / np.maximum(worked, 1), np.nan)


def _follow(begun: list[float], ended: list[float], when: list[float], heard: list[bool], law: Strain) -> Felt:
    made = Felt()
    strain, since, touch, k = 0.0, 0.0, 0, 0
    while k < len(begun):
        start, end = begun[k], ended[k]
        k += 1
        while k < len(begun) and begun[k] < end:  # another chat before this one ended
            end = max(end, ended[k])
            k += 1
        strain *= exp((since - start) / law.recovers)
        while touch < len(when) and when[touch] <= end:
            weight = law.distress * (1.0 - strain)
            strain += weight
            made.added += weight
            if heard[touch]:
                made.restored += law.restores * strain
                strain *= 1.0 - law.restores
            touch += 1
        made.begun.append(start)
        made.ended.append(end)
        made.before.append(strain)
        strain = 1.0 - (1.0 - strain) * exp((start - end) / law.builds_up)
        made.after.append(strain)
        since = end
    return made


def _work(run: Run) -> tuple[Rows, Floats, Floats]:
    """Who worked from when until when: contacts without pieces from the answer on, pieces, and wrap-ups after pieces."""
    book, work = run.ledger, run.pieces
    pieces = np.bincount(work.contact, minlength=len(book)) if len(work) else np.zeros(len(book), dtype=np.intp)
    ended = np.where(np.isnan(book.ended), run.ended_at, book.ended)
    whole = np.flatnonzero(~np.isnan(book.answered) & (pieces == 0) & (book.agent >= 0))
    wrapped = np.flatnonzero((pieces > 0) & (book.outcome == Outcome.HANDLED) & (book.ended > book.released))
    return (
        np.concatenate((book.agent[whole], work.agent, book.agent[wrapped])).astype(np.intp),
        np.concatenate((book.answered[whole], work.begun, book.released[wrapped])),
        np.concatenate((ended[whole], work.ended, ended[wrapped])),
    )


def _touches(run: Run) -> tuple[Rows, Floats, NDArray[np.bool_]]:
    """Talks with people in distress: whose, when they ended, and whether the person was heard in the end."""
    book = run.ledger
    heard = run.persons.heard[book.customer]
    rows = np.flatnonzero((heard != Heard.CALM) & np.isfinite(book.released) & ~np.isnan(book.answered) & (book.outcome == Outcome.HANDLED))
    return book.agent[rows].astype(np.intp), book.released[rows], heard[rows] == Heard.HEARD
