"""Observed days simulated: the calls that came, the agents who were there, and what callers met beside what they would have met.

A day is replayed with the expected calls of each interval as they were observed, so that chance moves them as it moves real ones.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.fit import Fit, QueueFit, TeamFit
from simulator.calibration.writing import files, talk_by_slot, whole_agents
from simulator.crisis.play import simulate
from simulator.model.ranges import replace_ranges
from simulator.model.world import Model, Profile, Shift
from simulator.scenario import load, lower
from simulator.vocabulary import Outcome
from simulator.workload import draw
from simulator.workload.draw import assumed
from simulator.workload.draw import settled as fixed
from simulator.workload.streams import Streams

Floats = NDArray[np.float64]
DAY = 86_400.0
COLUMNS = ("arrived", "answered", "abandoned", "answer_wait")
FEW = 30
"""Answered calls below which a day's own talk is not told from the usual."""


def model_of(fit: Fit, timezone: str) -> Model:
    """The model of the scenario that is written for a fit, from midnight to midnight, without differences of days."""
    with tempfile.TemporaryDirectory(prefix="crisis-") as folder:
        for name, text in files(fit, "replay", timezone).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        model = lower(load(Path(folder) / "replay.yaml"))
    return replace(model, clock=replace(model.clock, duration=DAY))


@dataclass(frozen=True)
class Replay:
    """Days simulated in several worlds: by column (worlds, days, queues, slots), and the same observed (days, queues, slots)."""

    days: tuple[str, ...]
    simulated: dict[str, Floats]
    observed: dict[str, Floats]


def replay(model: Model, fit: Fit, days: Sequence[str], *, seed: int, worlds: int, own_talk: bool = False) -> Replay:
    """Simulate some observed days in so many worlds; what a range is in a world it is on all of its days, since levels last.

    With ``own_talk`` each day has the mean talk that was observed on it: for estimates, not for predictions.
    """
    slots = round(DAY / fit.observed.intervals.length)
    shape = (worlds, len(days), len(fit.queues), slots)
    simulated = {name: np.zeros(shape) for name in COLUMNS}
    seen = {name: np.zeros(shape[1:]) for name in COLUMNS}
    drawn = [fixed(model, assumed(model, Streams(seed, world))) for world in range(worlds)]
    for d, day in enumerate(days):
        for name, values in observed(fit, day).items():
            seen[name][d] = values
        for world, of_world in enumerate(drawn):
            for name, values in met(on(of_world, fit, day, own_talk=own_talk), fit, seed, d * worlds + world).items():
                simulated[name][world, d] = values
    return Replay(tuple(days), simulated, seen)


def observed(fit: Fit, day: str) -> dict[str, Floats]:
    """What was counted on a day: by column (queues, slots)."""
    rows = fit.observed.intervals
    slots = round(DAY / rows.length)
    found = {name: np.zeros((len(fit.queues), slots)) for name in COLUMNS}
    mine = rows.where(rows.days == np.datetime64(day))
    slot = mine.start.astype("datetime64[s]").astype(np.int64) % 86_400 // int(rows.length)
    for k, q in enumerate(fit.queues):
        its = mine.queue == mine.queues.index(q.queue)
        for name in COLUMNS:
            np.add.at(found[name][k], slot[its], np.nan_to_num(mine[name][its]))
    return found


def on(model: Model, fit: Fit, day: str, *, own_talk: bool = False) -> Model:
    """The model of one observed day, perhaps with its own mean talk."""
    came = observed(fit, day)["arrived"]
    length = fit.observed.intervals.length
    edges = tuple(float(k * length) for k in range(came.shape[1] + 1))
    demand = []
    for k, q in enumerate(fit.queues):
        level = _level(fit, q, day) if own_talk else 1.0
        factors = tuple((talk_by_slot(fit, q) / q.handling.talk.value * level).tolist())
        demand.append(Profile(q.name, q.name, edges, tuple(came[k].tolist()), factors))
    shifts = {team.name: tuple(_shifts(team, day)) for team in fit.teams}
    teams = tuple(replace(team, shifts=shifts.get(team.name, team.shifts)) for team in model.teams)
    return replace(model, demand=tuple(demand), teams=teams)


def _level(fit: Fit, queue: QueueFit, day: str) -> float:
    """The mean talk of a day over that of all; 1 where it has few calls."""
    rows = fit.observed.intervals.of(queue.queue)
    mine = rows.where((rows.days == np.datetime64(day)) & np.isfinite(rows["talk"]))
    answered = float(mine["answered"].sum())
    return float(mine["talk"].sum()) / answered / queue.handling.talk.value if answered >= FEW else 1.0


def _shifts(team: TeamFit, day: str) -> Iterator[Shift]:
    """The agents who were at work on a day, each for as long as so many were."""
    at = team.team
    minutes = round(at.length / 60)
    mine = at.start.astype("datetime64[D]") == np.datetime64(day)
    slot = at.start[mine].astype("datetime64[s]").astype(np.int64) % 86_400 // (minutes * 60)
    spans = list(whole_agents(np.bincount(slot, at.agents[mine], round(DAY / 60 / minutes)).astype(np.float64), minutes))
    for agent in range(max((count for _, _, count in spans), default=0)):
        since = until = -1
        for start, end, count in spans:
            if count <= agent:
                continue
            if start != until:
                if until > since:
                    yield Shift(agent, 1, since * 60.0, until * 60.0)
                since = start
            until = end
        if until > since:
            yield Shift(agent, 1, since * 60.0, until * 60.0)


def met(model: Model, fit: Fit, seed: int, replication: int) -> dict[str, Floats]:
    """What callers met in one world, counted by the interval in which they reached the queue: by column (queues, slots)."""
    ledger = simulate(model, draw(model, seed, replication)).ledger
    length = fit.observed.intervals.length
    slots = round(DAY / length)
    queued = np.flatnonzero(np.isfinite(ledger.queued))
    at = np.minimum((ledger.queued[queued] // length).astype(np.int64), slots - 1)
    cell = ledger.need[queued].astype(np.int64) * slots + at
    size, shape = len(fit.queues) * slots, (len(fit.queues), slots)
    answered = np.isfinite(ledger.answered[queued])
    gone = ledger.outcome[queued] == int(Outcome.ABANDONED)
    wait = np.where(answered, ledger.answered[queued] - ledger.queued[queued], 0.0)
    columns = {"arrived": np.ones(len(queued)), "answered": answered, "abandoned": gone, "answer_wait": wait}
    return {name: np.bincount(cell, values, size).reshape(shape).astype(np.float64) for name, values in columns.items()}


def settled(model: Model, **teams: float) -> Model:
    """The model with every range at its likely value, and the share not free of some teams."""
    plain = replace_ranges(model, float)
    return replace(plain, teams=tuple(replace(t, not_free=teams.get(t.name.replace("-", "_"), t.not_free)) for t in plain.teams))
