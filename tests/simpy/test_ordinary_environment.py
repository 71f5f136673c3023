"""An ordinary SimPy environment gives the same ledger as ours, entry by entry.

The adapter leaves SimPy its own queue, step and run. Whatever the floor enters into its calendar is moved into SimPy's
queue as an event; SimPy's priority carries the kind and the order of what happens at one instant, and what SimPy
schedules itself takes its place among the policies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from heapq import heappush
from pathlib import Path

import numpy as np
import pytest
import simpy
from simpy.core import SimTime
from simpy.events import NORMAL, Event, EventPriority

from simulator.crisis import play
from simulator.engine.calendar import BITS as ORDER
from simulator.engine.calendar import KIND, Calendar
from simulator.engine.floor import WHAT, Floor
from simulator.engine.rules import BITS
from simulator.model.world import Model
from simulator.records import Run
from simulator.scenario import load, lower
from simulator.scenario.variants import AS_WRITTEN
from simulator.vocabulary import Rank
from simulator.workload import draw
from tests.properties.channelled import channelled
from tests.properties.generated import crisis


class OrdinaryEnvironment(simpy.Environment):
    """SimPy's environment, its queue shared with the floor."""

    def __init__(self, initial_time: SimTime = 0) -> None:
        self.calendar = Calendar()
        self._floor: Floor | None = None
        super().__init__(initial_time)

    @property
    def floor(self) -> Floor | None:
        return self._floor

    @floor.setter
    def floor(self, floor: Floor) -> None:
        self._floor = floor
        for customer in range(floor.customers.calls):
            rank = (int(Rank.ARRIVAL) << KIND) | (customer << ORDER)
            self._put(floor.customers.onset[customer], rank, partial(floor.call, customer))

    def _put(self, instant: float, rank: int, act: partial[None]) -> None:
        event = Event(self)
        event._ok = True
        event._value = None
        event.callbacks.append(lambda _: act())
        heappush(self._queue, (instant, rank, next(self._eid), event))  # type: ignore[misc]  # a rank orders as a priority does

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: SimTime = 0) -> None:
        self._among_ours(event, self._now + delay, int(priority) + 2 if priority > 0 else int(priority))

    def at(self, instant: float, kind: Rank = Rank.POLICY) -> Event:
        event = Event(self)
        event._ok = True
        event._value = None
        self._among_ours(event, instant, int(kind))
        return event

    def _among_ours(self, event: Event, instant: SimTime, kind: int) -> None:
        self.calendar.sequence += 1
        rank = (kind << KIND) | (self.calendar.sequence << ORDER)
        heappush(self._queue, (instant, rank, next(self._eid), event))  # type: ignore[misc]  # a rank orders as a priority does

    def step(self) -> None:
        if self._queue:
            self.calendar.now = float(self._queue[0][0])
        super().step()
        self._move_entries()

    def _move_entries(self) -> None:
        calendar = self.calendar
        now = calendar.now
        floor = self._floor
        assert floor is not None
        while calendar.ready():
            instant, rank = calendar.first(), calendar.ranks[calendar.n - 1]
            code = calendar.pop()
            self._put(instant, int(rank), partial(floor.do, code & WHAT, code >> BITS))
        calendar.now = now

    def close(self) -> None:
        self._queue.clear()
        self._floor = None


def both(model: Model, seed: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, Run]:
    workload = draw(model, seed, 0)
    ours = play.simulate(model, workload)
    with monkeypatch.context() as patch:
        patch.setattr(play, "CrisisEnvironment", OrdinaryEnvironment)
        return ours, play.simulate(model, workload)


def assert_same(ours: Run, ordinary: Run) -> None:
    for part in ("ledger", "persons", "pieces", "observations"):
        for column in fields(getattr(ours, part)):
            one, other = (getattr(getattr(run, part), column.name) for run in (ours, ordinary))
            np.testing.assert_array_equal(one, other, err_msg=f"{part}.{column.name}")
    np.testing.assert_array_equal(ours.strain, ordinary.strain)
    assert ours.log == ordinary.log
    assert ours.costs == ordinary.costs


@pytest.mark.parametrize("made", [crisis, channelled], ids=["telephone only", "every channel"])
@pytest.mark.parametrize("seeds", [range(first, first + 25) for first in range(0, 200, 25)], ids=str)
def test_generated_crises(made: Callable[[int], Model], seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in seeds:
        ours, ordinary = both(made(seed), seed, monkeypatch)
        assert len(ours.ledger) > 0
        assert_same(ours, ordinary)


ROOT = Path(__file__).parent.parent.parent
SHIPPED = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("scenarios", "simulator/scenario/templates")
    for path in (ROOT / folder).rglob("*.yaml")
    if not path.stem.endswith("-log")  # a log of decisions is no scenario
)
LARGE = ("mexico-city-2017", "quake-drill", "worst-day", "santiago-snowfall-2017", "compassionate-call")
"""Tens of thousands of contacts and more: these as written only, the others in every variant."""


def test_every_shipped_scenario_is_here() -> None:
    """Six stories, exercises, lessons, and seven templates."""
    folders = [Path(path).parent for path in SHIPPED]
    assert folders.count(Path("scenarios")) == 6
    assert Path("scenarios/exercises") in folders
    assert Path("scenarios/lessons") in folders
    assert sum(folder.parent.name == "templates" for folder in folders) == 7


@pytest.mark.parametrize("path", SHIPPED)
def test_shipped_scenarios(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of their events, decisions and actions, with every variant of the smaller ones."""
    scenario = load(ROOT / path)
    variants = () if Path(path).stem in LARGE else scenario.variants
    for variant in (AS_WRITTEN, *variants):
        ours, ordinary = both(lower(scenario, variant), 1, monkeypatch)
        assert len(ours.ledger) > 0
        assert_same(ours, ordinary)
