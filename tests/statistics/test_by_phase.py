"""By phase means by phase: no number of a phase depends on how finely the tables are cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.crisis.actions import OpenSite, RerouteNumbers
from simulator.crisis.events import LoseSite
from simulator.crisis.play import simulate
from simulator.model.distributions import Exponential
from simulator.model.world import After, At, Clock, Continuity, Link, Model, Phase, Profile, Redial, Retry, Seats, Shift, Site, Step, Team
from simulator.scenario import load, lower
from simulator.statistics.measures import measures
from simulator.statistics.tally import Tally, tally
from simulator.statistics.worlds import Worlds
from simulator.vocabulary import AgentState
from simulator.workload.draw import draw
from tests.rules.small_centre import centre

HOUR = 3600.0
IMPACT = 2 * HOUR + 437.0


def crisis(interval: float) -> Model:
    """Everybody is evacuated at an odd minute, half come back at another site, and the shift changes at a third."""
    lost = Step("lost", LoseSite("main"), At(IMPACT), until=After("lost", 2.3 * HOUR))
    spare = Step("spare", OpenSite("spare"), After("lost", 1111.0))
    numbers = Step("numbers", RerouteNumbers("spare"), needs=("spare",))
    bare = centre(
        duration=10 * HOUR, lines=60, events=[lost], playbook=[spare, numbers], redial=Redial(busy=Retry(0.8, Exponential(300.0)))
    )
    need = replace(bare.needs[0], talk_time=Exponential(240.0), patience=Exponential(150.0))
    shifts = (Shift(0, 9, 0.0, 5 * HOUR + 777.0), Shift(9, 7, 5 * HOUR + 777.0, 11 * HOUR))
    team = Team("people", 16, "main", {need.name: 1.0}, shifts)
    sites = (Site("main", Seats(20, 20), ("cable",)), Site("spare", Seats(5, 5), ("cable",), open=False))
    phases = (Phase("before", 0.0), Phase("shock", IMPACT), Phase("odd", IMPACT + 1e4 / 3), Phase("after", 7 * HOUR + 0.5))
    clock = Clock("UTC", "2026-01-01T00:00:00+00:00", 10 * HOUR, interval, IMPACT, phases)
    calls = Profile("calls", need.name, (0.0, 10 * HOUR), (1100.0,))
    channels = (replace(bare.channels[0], hours=((0.0, 9 * HOUR + 123.0),)),)
    return replace(
        bare, needs=(need,), demand=(calls,), clock=clock, teams=(team,), sites=sites, links=(Link("cable", 60),), channels=channels,
        continuity=Continuity(HOUR, 2 * HOUR, 0.5),
    )  # fmt: skip


def world(model: Model) -> Tally:
    return tally(simulate(model, draw(model, 3, 0)), model)


def numbers(model: Model) -> dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, ...]]:
    """Every measure in every scope that has a phase, and of the whole run."""
    worlds = Worlds([world(model)])
    found: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[float, ...]] = {}
    for scope in worlds.scopes():
        for measure in measures.values():
            if measure.allows(frozenset(scope)) and worlds.has(measure, scope):
                y, x = worlds.figures(measure, scope)
                found[measure.name, tuple(sorted(scope.items()))] = (float(y[0]), float(x[0]) if x is not None else 1.0)
    return found


def same(fine: Model, coarse: Model) -> int:
    first, second = numbers(fine), numbers(coarse)
    assert first.keys() == second.keys()
    for place, values in first.items():
        assert second[place] == pytest.approx(values, rel=1e-9, abs=1e-6, nan_ok=True), place
    return len(first)


def test_no_number_of_a_phase_moves_with_the_interval() -> None:
    compared = [same(crisis(120.0), crisis(interval)) for interval in (1800.0, 7000.0)]
    assert min(compared) > 500


@pytest.mark.parametrize("name", ["mexico-city-2017", "santiago-snowfall-2017"])
def test_nor_does_it_in_the_stories(name: str) -> None:
    model = lower(load(f"scenarios/{name}.yaml"))
    small = replace(
        model, demand=tuple(replace(d, expected=tuple(e * 0.05 for e in d.expected)) if isinstance(d, Profile) else d for d in model.demand)
    )
    fine, coarse = (replace(small, clock=replace(small.clock, interval=interval)) for interval in (300.0, 3600.0))
    same(fine, coarse)


def test_what_is_by_interval_does_not_move_with_the_phases() -> None:
    model = crisis(1800.0)
    other = replace(model, clock=replace(model.clock, phases=(Phase("all", 0.0),)))
    first, second = world(model), world(other)
    for name in first.observed:
        assert second.observed[name] == pytest.approx(first.observed[name], rel=1e-9, abs=1e-6), name
    assert np.array_equal(first.frame.by_interval(first.contacts, axis=1), second.frame.by_interval(second.contacts, axis=1))


def test_looking_changes_nothing() -> None:
    """The same run, whether the floor is looked at five times or thousands of times."""
    seldom, often = (simulate(model, draw(model, 3, 0)) for model in (crisis(7000.0), crisis(7.0)))
    for column in ("customer", "agent", "arrived", "answered", "released", "ended", "outcome"):
        assert np.array_equal(getattr(seldom.ledger, column), getattr(often.ledger, column), equal_nan=True), column
    row = np.searchsorted(often.observations.instant, seldom.observations.instant)
    assert np.array_equal(often.observations.instant[row], seldom.observations.instant)
    for column in ("agent_time", "site_online_time", "queue_time", "online", "lines"):
        assert np.array_equal(getattr(often.observations, column)[row], getattr(seldom.observations, column)), column


def test_the_phase_in_which_nobody_works_has_no_occupancy() -> None:
    """A blackout between two ends of intervals: nothing of the hour before it is in its numbers."""
    lost = Step("dark", LoseSite("main", "cut"), At(HOUR + 600.0), until=After("dark", 1200.0))
    made = centre(agents=4, duration=3 * HOUR, events=[lost])
    phases = (Phase("before", 0.0), Phase("dark", HOUR + 600.0), Phase("after", HOUR + 1800.0))
    calls = Profile("calls", made.needs[0].name, (0.0, 3 * HOUR), (300.0,))
    model = replace(made, clock=Clock("UTC", "2026-01-01T00:00:00+00:00", 3 * HOUR, HOUR, HOUR + 600.0, phases), demand=(calls,))
    worlds = Worlds([world(model)])
    (online, occupancy) = worlds.estimates({"phase": "dark"}, [measures["agents_online"], measures["occupancy"]])
    assert online.mean == 0
    assert np.isnan(occupancy.mean)
    (before,) = worlds.estimates({"phase": "before"}, [measures["agents_online"]])
    assert before.mean == 4


def test_the_most_agents_online_are_counted_as_they_come_and_go() -> None:
    """Three work for ten minutes in the middle of an interval; at a change of shift nobody is counted twice."""
    made = centre(agents=9, duration=4 * HOUR)
    shifts = (Shift(0, 4, 0.0, 2 * HOUR), Shift(4, 2, 2 * HOUR, 4 * HOUR), Shift(6, 3, HOUR + 900.0, HOUR + 1500.0))
    team = replace(made.teams[0], shifts=shifts)
    clock = Clock("UTC", "2026-01-01T00:00:00+00:00", 4 * HOUR, HOUR, None, (Phase("one", 0.0), Phase("two", 2 * HOUR)))
    found = world(replace(made, teams=(team,), clock=clock, demand=()))
    peak = {key[1]: value for key, value in found.values.items() if key[0] == "agents_online_peak" and not key[4]}
    assert peak == {"": 7, "one": 7, "two": 2}
    assert found.observed["online"][:, 0].max() == 4  # at the ends of intervals
    assert found.agent_time[:, AgentState.AVAILABLE].sum() == pytest.approx((8 + 4 + 0.5) * HOUR)
