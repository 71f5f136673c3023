"""The calendar: what happens next, in one total order of time, rank and sequence.

An entry is an instant and a rank. From its upper bits down, a rank is the kind of thing
(:class:`simulator.vocabulary.Rank`), an order (a sequence number; a customer's number for arrivals) and the code of what
happens, so that one comparison decides and two entries never tie.

Time is divided into pages (:meth:`spread`). The entries of the open page are kept in order; those of later pages are
only listed until their page is opened. With pages of a few entries each, entering and taking cost about the same however
many entries there are. The order of what happens is the same with any pages, or with one.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from simulator.engine.contacts import WAITING, Contacts
from simulator.engine.rules import BITS as WHAT
from simulator.engine.rules import HANGS_UP

BITS: Final = 30  #: of the code and of the order
KIND: Final = 60  #: the kind stands above this bit
LIMIT: Final = 1 << 30
NONE: Final = -1
NEVER: Final = 1e999  #: infinity; compiled code would parse float("inf") each time
CROWD: Final = 32  #: so many entries of a page are put in order one by one
GAPS: Final = vec[i64]([701, 301, 132, 57, 23, 10, 4, 1])


class Calendar:
    """Entries in packed columns: those of the open page in order, the others listed by page."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sequence: i64 = 0
        self.entries: i64 = 0
        self.n: i64 = 0  #: entries on the open page
        self.times = vec[float]()  #: theirs, the next one last
        self.ranks = vec[i64]()
        self.page: i64 = 0  #: the open one
        self.end = 1.0  #: of the open page, in pages
        self.last: i64 = 0  #: the last page, which is endless
        self.far = 0.0  #: the same, to be compared with times in pages
        self.scale = 1.0  #: pages per second
        self.heads = vec[i64]([NONE])  #: by page: the place of an entry, or NONE
        self.later_times = vec[float]()  #: by place
        self.later = vec[i64]()  #: by place: the rank, then the place of another entry of the same page, or of another free place
        self.free: i64 = NONE
        self.contacts: Contacts | None = None

    def spread(self, duration: float, pages: i64, contacts: Contacts) -> None:
        """Divide the time from 0 to ``duration`` into pages, and what comes after into one more and an endless one.

        Only while nothing is entered. What lies far beyond the end of the run is thus never put in order.

        A page is opened without the hang-ups of contacts that wait no longer: they mean nothing any more.
        """
        self.scale = float(pages) / duration
        self.heads = vec[i64]([NONE] * (pages + 2))
        self.last = pages + 1
        self.far = float(pages + 1)
        self.contacts = contacts

    def push(self, time: float, kind: i64, code: i64) -> None:
        """Enter ``code`` at ``time``, after all entries of its kind made before."""
        self.sequence += 1
        self.enter(time, kind, self.sequence, code)

    def enter(self, time: float, kind: i64, order: i64, code: i64) -> None:
        """Enter ``code`` at ``time``, in the caller's ``order`` within its kind; both below 2^30, else OverflowError."""
        if code >= LIMIT or order >= LIMIT:
            raise OverflowError("a run holds at most 2^30 entries and 2^26 contacts")
        rank = (kind << KIND) | (order << BITS) | code
        if self.entries == len(self.times):
            self.grow()
        self.entries += 1
        at = time * self.scale
        page = self.last
        if at < self.end or self.page == page:
            settle(self.times, self.ranks, self.n, 1, time, rank)
            self.n += 1
            return
        if at < self.far:
            page = i64(at)
        heads = self.heads
        later = self.later
        place = self.free
        self.free = later[2 * place + 1]
        later[2 * place + 1] = heads[page]
        later[2 * place] = rank
        heads[page] = place
        self.later_times[place] = time

    def grow(self) -> None:
        """Room for one more entry, on the open page or on a later one."""
        self.times = append(self.times, NEVER)
        self.ranks = append(self.ranks, 0)
        self.later_times = append(self.later_times, NEVER)
        self.later = append(append(self.later, 0), self.free)
        self.free = i64(len(self.later_times)) - 1

    def ready(self) -> bool:
        """Whether there is an entry. The first one then stands last on the open page."""
        while self.n == 0:
            if self.entries == 0:
                return False
            self.turn(NEVER)
        return True

    def first(self) -> float:
        """The instant of the first entry, or infinity."""
        return self.times[self.n - 1] if self.ready() else NEVER

    def spares(self, time: float, kind: i64, order: i64) -> bool:
        """Whether what has this instant, kind and order comes before every entry."""
        while self.n == 0:
            at = time * self.scale
            if self.entries == 0 or at < self.end:
                return True
            self.turn(at)
        first = self.times[self.n - 1]
        return time < first or (time == first and (kind << KIND) | (order << BITS) < self.ranks[self.n - 1])

    def turn(self, at: float) -> None:
        """The open page is empty: open the next that lists entries or, if that comes sooner, the one in which ``at`` lies."""
        heads = self.heads
        last = self.last
        page = self.page + 1
        end = self.end + 1.0
        while heads[page] < 0 and end <= at and page < last:
            page += 1
            end += 1.0
        place = heads[page]
        heads[page] = NONE
        self.page = page
        self.end = end
        contacts = self.contacts
        later = self.later
        later_times = self.later_times
        times = self.times
        ranks = self.ranks
        free = self.free
        n: i64 = 0
        while place >= 0:
            rank = later[2 * place]
            code = rank & (LIMIT - 1)
            if code & ((1 << WHAT) - 1) == HANGS_UP and contacts is not None and contacts.stage[code >> WHAT] != WAITING:
                self.entries -= 1
            else:
                if n < CROWD:
                    settle(times, ranks, n, 1, later_times[place], rank)
                else:
                    times[n] = later_times[place]
                    ranks[n] = rank
                n += 1
            after = later[2 * place + 1]
            later[2 * place + 1] = free
            free = place
            place = after
        self.n = n
        self.free = free
        if n > CROWD:  # Shell's sort with Ciura's gaps
            for gap in GAPS:
                i = gap
                while i < n:
                    settle(times, ranks, i, gap, times[i], ranks[i])
                    i += 1

    def pop(self) -> i64:
        """Take the first entry, set ``now`` to its instant and return its code. The calendar must be ready."""
        n = self.n - 1
        self.n = n
        self.entries -= 1
        self.now = self.times[n]
        return self.ranks[n] & (LIMIT - 1)


def settle(times: vec[float], ranks: vec[i64], i: i64, gap: i64, time: float, rank: i64) -> None:
    """Put an entry into its place among those ``gap``, twice ``gap``, … before place ``i``, of which the first is the last."""
    while i >= gap:
        t = times[i - gap]
        if time < t or (time == t and rank < ranks[i - gap]):
            break
        times[i] = t
        ranks[i] = ranks[i - gap]
        i -= gap
    times[i] = time
    ranks[i] = rank
