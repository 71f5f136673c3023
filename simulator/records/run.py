"""The facts of one run: a ledger of contact attempts, a logbook of the world, and what an observer saw wherever time is cut.

Every array is indexed as its docstring says; instants are seconds since the scenario's start, NaN where the thing did
not happen. Names are kept beside the numbers, so that a run can be read without its model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Ledger:
    """One row per contact attempt, in the order in which they were made. Every column has the same length."""

    customer: Ints  #: number of the customer
    attempt: Bytes  #: 0 for the first
    need: Bytes  #: index into ``Run.needs``
    channel: Bytes  #: index into ``Run.channels``
    site: Ints  #: site whose line the contact held, -1 if none
    agent: Ints  #: agent who answered, -1 if none
    arrived: (
        Floats  #: instant of the attempt (also of those that were lost upstream or blocked); of a callback: of the promise or the listing
    )
    queued: Floats  #: it met the agents: at once free, or the queue joined (after a self-service)
    answered: Floats  #: an agent picked up
    released: Floats  #: the line was let go: end of talk, hang-up, cut
    ended: Floats  #: end of wrap-up if handled, else the same as ``released``
    outcome: Bytes  #: :class:`simulator.vocabulary.Outcome`
    cause: Bytes  #: :class:`simulator.vocabulary.Cause`

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True)
class Pieces:
    """One row per piece of work of contacts that have several: messages of a conversation, dials, hand-overs.

    In the order in which they ended. The time from ``due`` to ``begun`` is the customer's wait for this piece.
    """

    contact: Ints  #: row of the ledger
    agent: Ints
    due: Floats  #: the message was written, the dial was due, the talk was handed over
    begun: Floats
    ended: Floats
    what: Bytes  #: :class:`simulator.vocabulary.Piece`

    def __len__(self) -> int:
        return len(self.contact)


@dataclass(frozen=True)
class Persons:
    """One row per customer: how the story of each person stands at the end."""

    need: Bytes  #: index into ``Run.needs``
    demand: Bytes  #: index into ``Run.demands``
    onset: Floats  #: instant of the first wish to call
    attempts: Bytes  #: attempts made
    fate: Bytes  #: :class:`simulator.vocabulary.Fate`
    solved: Bytes  #: :class:`simulator.vocabulary.Solved`
    settled: Floats  #: instant the need ended (the solving instant), or an agent's answer for the served and who is in service; else NaN
    barred: Bytes  #: 1 for people who could call only once access was open
    capped: Bytes  #: 1 where the cap on attempts, not the person, ended the trying
    resolved: Bytes  #: 1 where an agent's answer ended the need (of those served)
    heard: Bytes  #: :class:`simulator.vocabulary.Heard`
    repeats: Bytes  #: contacts made again after an agent's answer
    standing: Floats  #: at the start of the run, -1 to 1; 0 where the scenario says nothing
    posted: Bytes  #: 1 for a public post that others made; the person is not counted among customers

    def __len__(self) -> int:
        return len(self.need)


@dataclass(frozen=True)
class LogEntry:
    """Something the world or the playbook did, tried or was refused."""

    instant: float
    kind: str  #: event | action | decision | refused | floor
    id: str  #: step id
    what: str  #: triggered | waits | started | done | refused | ended | note
    detail: str = ""


@dataclass(frozen=True)
class Observations:
    """What an observer noted wherever time is cut (:mod:`simulator.model.edges`); row 0 is the start.

    Cumulative columns are exact integrals in seconds.
    """

    instant: Floats  #: (T,)
    online: Ints  #: (T, sites) agents logged in and at work there (available, busy or wrapping)
    seats: Ints  #: (T, sites) seats ready
    waiting_for_seat: Ints  #: (T, sites)
    on_the_way: Ints  #: (T, sites) agents seeing to their families or travelling there
    lines: Ints  #: (T, links) lines in use
    queue: Ints  #: (T, channels * needs) contacts waiting; channel c and need n at c * needs + n
    conversations: Ints  #: (T, channels) conversations begun and not over
    online_peak: Ints  #: (T, 1 + sites) the most agents online at once since the row before: anywhere, then at each site
    agent_time: Floats  #: (T, teams, 7) cumulative seconds in each :class:`simulator.vocabulary.AgentState`
    site_online_time: Floats  #: (T, sites) cumulative agent-seconds online
    queue_time: Floats  #: (T, channels * needs) cumulative contact-seconds in queue
    free_agents: Ints  #: (T,) available agents
    numbers_live: Bytes  #: (T,) 1 where the voice numbers lead to a site that can take calls
    deciding: Bytes  #: (T,) 1 while a triggered decision of the playbook is not taken


@dataclass(frozen=True)
class Run:
    """All that one replication of one variant left behind."""

    variant: str
    replication: int
    needs: tuple[str, ...]
    demands: tuple[str, ...]
    channels: tuple[str, ...]
    sites: tuple[str, ...]
    links: tuple[str, ...]
    teams: tuple[str, ...]
    ledger: Ledger
    persons: Persons
    pieces: Pieces
    strain: Floats  #: (agents,) at the end of the run, 0 to 1; empty where the model has no strain
    team_of: Ints  #: (agents,) index into ``teams``
    log: tuple[LogEntry, ...]
    observations: Observations
    costs: dict[str, float]  #: step id -> cost incurred
    ended_at: float  #: the instant up to which the run went
    entries: int  #: traffic entries processed, for speed measurements
    beyond_roster: Mapping[str, float] = field(default_factory=dict)  #: agents' seconds on duty: overtime, called_in, partners
