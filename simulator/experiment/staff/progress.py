"""How far a search has come: the rosters it has tried, the best so far, and what binds."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.experiment.staff.judged import Judged


class Wanted(Exception):
    """Worlds that are not there yet; its argument is the tasks."""


@dataclass(frozen=True)
class Tried:
    """A roster, what it costs, and what the common worlds say of it."""

    point: str
    counts: tuple[int, ...]
    seats: tuple[int, ...]
    cost: float
    judged: Judged
    passes: bool


@dataclass
class Progress:
    """What a search has come to; what it has not come to is empty."""

    tried: list[Tried] = field(default_factory=list)
    best: Tried | None = None
    fewer: str = ""  #: the point of the best with one agent less
    binds: str = ""  #: what no number of agents mends; empty where agents do
    impossible: tuple[int, ...] = ()  #: targets that agents without end do not hold
    possible: tuple[int, ...] = ()
    unlimited: Judged | None = None
    bound: float = float("nan")  #: what the model that proposes thinks is the least cost
    confirmed: str = ""  #: the last roster that fresh worlds judged
    done: bool = False
