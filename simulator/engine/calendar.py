"""The calendar: what happens next, in one total order of time, rank and sequence.

An entry is an instant, a rank and an integer code; its rank is the kind of thing (:class:`simulator.vocabulary.Rank`) in
the upper bits and a sequence number (a customer's number for arrivals) in the lower, so that two entries never tie.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

SHIFT: Final = 56  #: the kind of an entry stands above this bit of its rank


class Calendar:
    """A 4-ary heap of entries in packed columns."""

    def __init__(self) -> None:
        self.now = 0.0
        self.n: i64 = 0
        self.sequence: i64 = 0
        self.times = vec[float]()
        self.ranks = vec[i64]()
        self.codes = vec[i64]()

    def push(self, time: float, kind: i64, code: i64) -> None:
        """Enter ``code`` at ``time``, after all entries of its kind made before."""
        self.sequence += 1
        self.enter(time, (kind << SHIFT) | self.sequence, code)

    def enter(self, time: float, rank: i64, code: i64) -> None:
        """Enter ``code`` at ``time`` with a rank of the caller's."""
        times = self.times
        ranks = self.ranks
        codes = self.codes
        i = self.n
        if i == len(times):
            times = append(times, time)
            ranks = append(ranks, rank)
            codes = append(codes, code)
            self.times = times
            self.ranks = ranks
            self.codes = codes
        while i > 0:
            parent = (i - 1) >> 2
            above = times[parent]
            if above < time or (above == time and ranks[parent] < rank):
                break
            times[i] = above
            ranks[i] = ranks[parent]
            codes[i] = codes[parent]
            i = parent
        times[i] = time
        ranks[i] = rank
        codes[i] = code
        self.n += 1

    def pop(self) -> i64:
        """Take the first entry, set ``now`` to its instant and return its code. The calendar must not be empty."""
        times = self.times
        ranks = self.ranks
        codes = self.codes
        first = codes[0]
        self.now = times[0]
        n = self.n - 1
        self.n = n
        time = times[n]
        rank = ranks[n]
        code = codes[n]
        i: i64 = 0
        while True:
            child = 4 * i + 1
            if child >= n:
                break
            best = child
            soonest = times[child]
            end = child + 4
            if end > n:
                end = n
            child += 1
            while child < end:
                t = times[child]
                if t < soonest or (t == soonest and ranks[child] < ranks[best]):
                    best = child
                    soonest = t
                child += 1
            if time < soonest or (time == soonest and rank < ranks[best]):
                break
            times[i] = soonest
            ranks[i] = ranks[best]
            codes[i] = codes[best]
            i = best
        times[i] = time
        ranks[i] = rank
        codes[i] = code
        return first
