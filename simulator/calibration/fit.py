"""Everything that is estimated of a centre: by queue, by team, and what the files cannot tell."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from simulator.calibration import arrivals, handling, patience, redial, staffed
from simulator.calibration.arrivals import Week
from simulator.calibration.estimate import LEAST_ABANDONS, Estimate, Known
from simulator.calibration.handling import Handling
from simulator.calibration.observed import AtWork, Observed
from simulator.calibration.patience import Patience
from simulator.calibration.redial import Redial
from simulator.calibration.staffed import Free

ONE_WORLD = (
    "calls lost at the carrier, and who heard busy: no queue export has them",
    "who ended in the menu, unless a column says so",
    "why people called, and who needed what",
)
"""What no export of a queue tells."""


@dataclass(frozen=True)
class QueueFit:
    """What is estimated of one queue; ``name`` is as in the scenario."""

    queue: str
    name: str
    calls: float
    week: Week
    patience: Patience
    handling: Handling
    redial: Redial


@dataclass(frozen=True)
class TeamFit:
    """What is estimated of the agents of some queues."""

    team: AtWork
    name: str
    free: Free


@dataclass(frozen=True)
class Fit:
    """All estimates, and the observations they come from."""

    observed: Observed
    queues: tuple[QueueFit, ...]
    teams: tuple[TeamFit, ...]

    def estimates(self) -> Iterator[tuple[str, Estimate]]:
        """Every estimate by what a planner calls it."""
        for q in self.queues:
            where = f" of {q.queue}" if len(self.queues) > 1 else ""
            yield f"how much days differ{where}", q.week.day_cv
            yield f"drift of the level a week{where}", q.week.drift
            yield f"talk{where}, s", q.handling.talk
            yield f"spread of talk{where}, s", q.handling.spread
            yield f"work after a call{where}, s", q.handling.wrap
            yield f"patience{where}, s", q.patience.mean
            yield f"share of those who gave up that call again within an hour{where}", q.redial.share
        for t in self.teams:
            where = f" of {t.team.name}" if len(self.teams) > 1 else ""
            yield f"agents at work who are not free{where}", t.free.not_free
        if not self.teams:
            yield (
                "agents at work who are not free",
                Estimate(math.nan, math.nan, math.nan, Known.NOWHERE, "agents at work are not in these files"),
            )


def fit(observed: Observed) -> Fit:
    """Estimate everything that the files hold."""
    special = frozenset(observed.special)
    names = named(observed.intervals.queues)
    queues = []
    for queue in observed.intervals.queues:
        rows = observed.intervals.of(queue)
        calls = observed.calls.of(queue) if observed.calls is not None and queue in observed.calls.queues else None
        if not np.nansum(rows["arrived"]):
            continue
        usual = rows.where(np.array([str(day) not in special for day in rows.days], dtype=np.bool_))
        kept = usual if len(usual) else rows
        found = patience.estimate(kept, calls)
        queues.append(
            QueueFit(
                queue, names[queue], float(np.nansum(rows["arrived"])), arrivals.estimate(rows, special), found,
                handling.estimate(kept, calls),
                redial.estimate(calls),
            )
        )  # fmt: skip
    teams = []
    for team in observed.staff:
        mine = [q for q in queues if q.queue in team.queues]
        if not mine:
            continue
        calls_of = sum(q.calls for q in mine)
        handle = sum(q.calls * (q.handling.talk.value + q.handling.wrap.value) for q in mine) / calls_of
        mean = _pooled(mine)
        free = staffed.estimate(staffed.load_of(observed.intervals, team, special, handle), mean)
        if free.patience is not None:
            queues = [replace(q, patience=Patience(free.patience)) if q in mine else q for q in queues]
        teams.append(TeamFit(team, _slug(team.name) or "agents", free))
    return Fit(observed, tuple(queues), tuple(teams))


def _pooled(queues: list[QueueFit]) -> Estimate:
    """One mean patience: abandonments, and time waited, add up over queues; assumed where no queue has waits of those who gave up."""
    means = [q.patience.mean for q in queues]
    gone = sum(mean.n for mean in means)
    if not gone:
        return means[0]
    value = sum(mean.n * mean.value for mean in means) / gone
    known = Known.RANGE if gone >= LEAST_ABANDONS else Known.ASSUMED
    return replace(means[0], value=value, n=gone, known=known)


def named(queues: tuple[str, ...]) -> Mapping[str, str]:
    """A name in the scenario for each queue: small letters, digits and dashes, no two alike."""
    found: dict[str, str] = {}
    for queue in queues:
        name = _slug(queue) or "calls"
        number = 2
        unique = name
        while unique in found.values():
            unique, number = f"{name}-{number}", number + 1
        found[queue] = unique
    return found


def _slug(text: str) -> str:
    from simulator.calibration.dates import plain

    found = re.sub(r"[^a-z0-9]+", "-", plain(text)).strip("-")
    return f"q{found}" if found[:1].isdigit() else found
