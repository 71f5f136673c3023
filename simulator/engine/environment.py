"""A SimPy environment whose calendar also carries the contact traffic.

Everything SimPy offers (processes, timeouts, conditions, interrupts, resources) works on it unchanged; SimPy's own test
suite passes on it. Two things are added: :meth:`CrisisEnvironment.at`, which waits for an absolute instant and a kind
of instant, and the floor, whose entries are done between SimPy's events in one total order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy
from simpy.core import EmptySchedule, SimTime
from simpy.events import NORMAL, Event, EventPriority

from simulator.engine.calendar import Calendar
from simulator.engine.rules import BITS
from simulator.vocabulary import Rank

if TYPE_CHECKING:
    from simulator.engine.floor import Floor

#: Traffic entries done without entering Python: compiled code checks no signals, so Ctrl-C waits at most this long.
STRETCH = 1 << 14


class CrisisEnvironment(simpy.Environment):
    """SimPy's environment on a compiled calendar. ``floor`` is None until one is attached."""

    def __init__(self, initial_time: SimTime = 0) -> None:
        self.calendar = Calendar()
        self.floor: Floor | None = None
        self._slots: list[tuple[Event, SimTime] | None] = []
        self._free: list[int] = []
        super().__init__(initial_time)

    @property
    def _now(self) -> SimTime:
        # SimPy keeps an integer clock integer: the instant is the caller's own number while it equals the calendar's.
        if self._instant == self.calendar.now:
            return self._instant
        return self.calendar.now

    @_now.setter
    def _now(self, instant: SimTime) -> None:
        self._instant = instant
        self.calendar.now = float(instant)

    @property
    def now(self) -> SimTime:
        """The current instant, seconds since the scenario's start."""
        return self._now

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: SimTime = 0) -> None:
        """Schedule ``event`` as SimPy does: URGENT first, NORMAL among the policies of its instant."""
        # -1 is SimPy's own way to go on with an event at which a run stopped: before everything else of the instant.
        kind = int(priority) + 2 if priority > 0 else int(priority)
        self._enter(event, self._now + delay, kind)

    def at(self, instant: float, kind: Rank = Rank.POLICY) -> Event:
        """An event that happens at the absolute ``instant``, in the order of its ``kind``.

        Absolute, because ``now + (t - now)`` misses ``t`` in some two cases of a hundred. Raises ValueError for an
        instant in the past.
        """
        if instant < self._now:
            raise ValueError(f"cannot wait for {instant}: it is {self._now} already")
        event = Event(self)
        event._ok = True
        event._value = None
        self._enter(event, instant, int(kind))
        return event

    def _enter(self, event: Event, instant: SimTime, kind: int) -> None:
        if self._free:
            slot = self._free.pop()
            self._slots[slot] = (event, instant)
        else:
            slot = len(self._slots)
            self._slots.append((event, instant))
        self.calendar.push(float(instant), kind, slot << BITS)

    def peek(self) -> SimTime:
        """The instant of the next entry, or infinity."""
        if self.floor is not None:
            return self.floor.next_instant()
        return self.calendar.first()

    def step(self) -> None:
        """Do the traffic up to the next SimPy event (or a bounded stretch of it), then that event.

        Raises EmptySchedule when nothing is left to happen.
        """
        if self.floor is not None:
            slot = self.floor.advance(STRETCH)
            if slot == -1:
                return
            if slot < 0:
                raise EmptySchedule
        elif self.calendar.ready():
            slot = self.calendar.pop() >> BITS
        else:
            raise EmptySchedule
        entry = self._slots[slot]
        assert entry is not None
        self._slots[slot] = None
        self._free.append(slot)
        # SimPy's own step handles the one event that its queue then holds: callbacks, the end of run(until), failures.
        event, instant = entry
        self._queue.append((instant, NORMAL, 0, event))
        super().step()

    def close(self) -> None:
        """Forget what was still to come. Nothing then refers in a circle, and all that the run took is let go at once."""
        self._slots.clear()
        self.floor = None
