"""The calendar: what happens next, in one total order of time, rank and sequence.

An entry is an instant and a rank. From its upper bits down, a rank is the kind of thing
(:class:`simulator.vocabulary.Rank`), an order (a sequence number; a customer's number for arrivals) and the code of what
happens, so that one comparison decides and two entries never tie.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

BITS: Final = 30  #: of the code and of the order
KIND: Final = 60  #: the kind stands above this bit
LIMIT: Final = 1 << 30


class Calendar:
    """A 4-ary heap of entries in packed columns."""

    def __init__(self) -> None:
        self.now = 0.0
        self.n: i64 = 0
        self.sequence: i64 = 0
        self.times = vec[float]()
        self.ranks = vec[i64]()

    def push(self, time: float, kind: i64, code: i64) -> None:
        """Enter ``code`` at ``time``, after all entries of its kind made before."""
        self.sequence += 1
        self.enter(time, kind, self.sequence, code)

    def enter(self, time: float, kind: i64, order: i64, code: i64) -> None:
        """Enter ``code`` at ``time``, in the caller's ``order`` within its kind; both below 2^30, else OverflowError."""
        if code >= LIMIT or order >= LIMIT:
            raise OverflowError("a run holds at most 2^30 entries and 2^26 contacts")
        rank = (kind << KIND) | (order << BITS) | code
        times = self.times
        ranks = self.ranks
        i = self.n
        if i == len(times):
            times = append(times, time)
            ranks = append(ranks, rank)
            self.times = times
            self.ranks = ranks
        self.n = i + 1
        self.rise(i, time, rank)

    def rise(self, i: i64, time: float, rank: i64) -> None:
        """Put an entry into the hole at place ``i``, or as far above it as it belongs."""
        times = self.times
        ranks = self.ranks
        while i > 0:
            parent = (i - 1) >> 2
            above = times[parent]
            if above < time or (above == time and ranks[parent] < rank):
                break
            times[i] = above
            ranks[i] = ranks[parent]
            i = parent
        times[i] = time
        ranks[i] = rank

    def pop(self) -> i64:
        """Take the first entry, set ``now`` to its instant and return its code. The calendar must not be empty."""
        times = self.times
        ranks = self.ranks
        first = ranks[0]
        self.now = times[0]
        n = self.n - 1
        self.n = n
        time = times[n]
        rank = ranks[n]
        # The last entry mostly belongs near the bottom again: move the hole all the way down, then the entry up from there.
        i: i64 = 0
        child: i64 = 1
        while child + 3 < n:
            best = child
            soonest = times[child]
            t = times[child + 1]
            if t < soonest or (t == soonest and ranks[child + 1] < ranks[best]):
                best = child + 1
                soonest = t
            t = times[child + 2]
            if t < soonest or (t == soonest and ranks[child + 2] < ranks[best]):
                best = child + 2
                soonest = t
            t = times[child + 3]
            if t < soonest or (t == soonest and ranks[child + 3] < ranks[best]):
                best = child + 3
                soonest = t
            times[i] = soonest
            ranks[i] = ranks[best]
            i = best
            child = 4 * i + 1
        if child < n:
            best = child
            soonest = times[child]
            child += 1
            while child < n:
                t = times[child]
                if t < soonest or (t == soonest and ranks[child] < ranks[best]):
                    best = child
                    soonest = t
                child += 1
            times[i] = soonest
            ranks[i] = ranks[best]
            i = best
        self.rise(i, time, rank)
        return first & (LIMIT - 1)
