"""Agents one by one, teams of equal skill, sites with seats: who is where, and where their time goes.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i16, i32, i64

from simulator.engine.contacts import Column
from simulator.engine.lines import Trunks
from simulator.engine.queues import Queue

# The numbers of simulator.vocabulary.AgentState (a test holds them equal).
OFF: Final = 0
ABSENT: Final = 1
AWAY: Final = 2
BREAK: Final = 3
AVAILABLE: Final = 4
BUSY: Final = 5
WRAP: Final = 6

# Why somebody is away: bits of Agent.reasons, the numbers of simulator.vocabulary.Reason.
OFF_SHIFT: Final = 1
NOT_COMING: Final = 2
UNAVAILABLE: Final = 4
SITE_LOST: Final = 8
TRAVELLING: Final = 16
ON_PAUSE: Final = 32
ON_BREAK: Final = 64
NO_SEAT: Final = 128
PAUSES: Final = 96  #: reasons with which the seat is kept


def shown(reasons: i64) -> i64:
    """The state in which these reasons put somebody who has no contact in hand: the first that holds, in the order of the bits."""
    if reasons & OFF_SHIFT:
        return OFF
    if reasons & NOT_COMING:
        return ABSENT
    if reasons == ON_BREAK:
        return BREAK
    return AWAY


class Crowd:
    """Agents online: how many, their time so far, and the most at once since somebody looked; what lasts no time does not count."""

    def __init__(self) -> None:
        self.number: i64 = 0
        self.since = 0.0
        self.time = 0.0  #: agent-seconds up to ``since``
        self.most: i64 = 0

    def count(self, change: i64, now: float) -> None:
        self.most = self.peak(now)
        self.time += float(self.number) * (now - self.since)
        self.since = now
        self.number += change

    def peak(self, now: float) -> i64:
        """The most at once since somebody looked."""
        return self.number if now > self.since and self.number > self.most else self.most


class Site:
    """A building: ``ready`` seats, who sits there, who waits for a seat."""

    def __init__(self, number: i64, trunks: Trunks, opened: bool, ready: i64) -> None:
        self.number = number
        self.trunks: Final = trunks
        self.open = opened  #: takes calls and agents
        self.lost = False  #: nobody may go in
        self.ready = ready
        self.taken: i64 = 0
        self.crowd: Final = Crowd()
        self.waiting: list[Agent] = []
        self.on_the_way: i64 = 0

    def seats(self) -> i64:
        """How many can sit here now."""
        return self.ready if self.open and not self.lost else 0


class Bench:
    """All agents together: who is free and waits for a contact, and who is online."""

    def __init__(self) -> None:
        self.free: i64 = 0
        self.crowd: Final = Crowd()


class Team:
    """Agents of equal skills; those idle in order of idleness."""

    def __init__(
        self, number: i64, channels: list[i64], serves: list[i64], proficiency: Column, delay: Column, keep: Column, bench: Bench
    ) -> None:
        self.number = number
        self.channels: Final = channels  #: numbers of those that the team serves
        self.serves: Final = serves  #: queues
        self.proficiency: Final[vec[float]] = proficiency  #: by queue; 0 where the team lacks the skill
        self.delay: Final[vec[float]] = delay  #: by queue: takes contacts only once they have waited this long
        self.keep: Final[vec[i64]] = keep  #: by queue: takes contacts only while more than so many of its agents are free
        self.first: Agent | None = None
        self.last: Agent | None = None
        self.idle: i64 = 0
        self.bench: Final = bench  #: of all teams
        self.online: i64 = 0
        self.chatting: Final[list[Agent]] = []  #: who holds chats
        self.time: Final = vec[float]([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])  #: seconds in each state


class Agent:
    """One person, at work while no ``reasons`` keep them away and they are seated; ``due`` is when a pause ends."""

    def __init__(self, number: i64, team: Team, site: Site) -> None:
        # What every contact needs comes first and is narrow: it fills one line of the processor's cache.
        self.team: Final = team
        self.since = 0.0
        self.worked = 0.0  #: seconds with contacts and in wrap-up, up to ``since``
        self.number = number
        self.row: i32 = -1
        self.state: i16 = OFF
        self.reasons: i16 = OFF_SHIFT  #: why they are away, or will be after the contact in hand
        self.seated = False
        self.inbox: Queue | None = None  #: messages of conversations that this agent knows
        self.next: Agent | None = None
        self.previous: Agent | None = None
        self.idle_since = 0.0
        self.rested = 0.0  #: seconds free, up to ``since``
        self.site = site
        self.strain = 0.0
        self.strain_since = 0.0
        self.pause = 0.0  #: length of the pause to come
        self.due = -1.0
        self.chats: list[i64] = []  #: contacts held at once on a channel with several slots
        self.chats_since = 0.0  #: up to when what is left of them is known

    def show(self, now: float) -> None:
        """Be in the state in which the reasons to be away put them."""
        state = shown(i64(self.reasons))
        if self.state != state:
            self.turn(state, now)

    def turn(self, state: i64, now: float) -> None:
        """Change state; the site and the team count who is online."""
        was = i64(self.state)
        team = self.team
        spent = now - self.since
        team.time[was] += spent
        if was >= BUSY:
            self.worked += spent
        elif was == AVAILABLE:
            self.rested += spent
        self.since = now
        self.state = i16(state)
        if (was < AVAILABLE) != (state < AVAILABLE):
            self.cross(1 if was < AVAILABLE else -1, now)

    def cross(self, change: i64, now: float) -> None:
        """Come online (1) or leave (-1)."""
        self.site.crowd.count(change, now)
        self.team.bench.crowd.count(change, now)
        self.team.online += change

    def rest(self, now: float) -> None:
        """Become idle: last in the team's order of idleness."""
        team = self.team
        if self.state != AVAILABLE:
            self.turn(AVAILABLE, now)
        self.idle_since = now
        last = team.last
        self.previous = last
        self.next = None
        if last is None:
            team.first = self
        else:
            last.next = self
        team.last = self
        team.idle += 1
        team.bench.free += 1

    def rise(self) -> None:
        """Leave the team's order of idleness."""
        team = self.team
        before = self.previous
        after = self.next
        if before is None:
            team.first = after
        else:
            before.next = after
        if after is None:
            team.last = before
        else:
            after.previous = before
        self.next = None
        self.previous = None
        team.idle -= 1
        team.bench.free -= 1
