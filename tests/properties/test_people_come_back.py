"""Whatever keeps people away: when it has ended they are back, and meanwhile nobody is where they cannot be."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simpy.events import Event

from simulator.crisis import acts, play
from simulator.crisis.actions import OnShift, OpeningCrew, OpenSite
from simulator.crisis.events import LoseSite
from simulator.crisis.world import World
from simulator.engine.staff import AVAILABLE, BUSY, NO_SEAT, NOT_COMING, OFF_SHIFT, PAUSES, WRAP, Agent
from simulator.model.distributions import Exponential
from simulator.model.world import After, At, Break, Model, Shift, Step
from simulator.vocabulary import Rank
from simulator.workload import draw
from tests.properties.acts import act_at_random
from tests.properties.channelled import channelled
from tests.properties.generated import HOUR

ENDS = 6 * HOUR  #: of every effect
OPENED = "opened"
LATE = 23 * HOUR  #: talks and journeys of the crises are long over
AWAY = [name for name in acts if name.startswith(("site.", "staff.", "link.", "platform."))]

AWAY_LONG = ["site.lose", "site.close", "staff.unavailable", "staff.unavailable"]


def a_day_of_absences(seed: int) -> Model:
    """Many steps that take people away, all over by :data:`ENDS`, beside a shift that goes on and others that begin and end."""
    r = Random(seed)  # noqa: S311  # a generator of test cases, not of secrets
    model = channelled(seed)
    shifts = [
        lambda n: Shift(0, n, 0.0, 30 * HOUR, (Break(2 * HOUR, 1200.0), Break(2.2 * HOUR, 600.0))),
        lambda n: Shift(0, n, 3 * HOUR, 26 * HOUR, (Break(7 * HOUR, 1200.0),)),
    ]
    early = [lambda n: Shift(0, n, 0.0, 3 * HOUR), lambda n: Shift(0, n, 0.0, 2 * HOUR)]
    teams = []
    for team in model.teams:
        last = r.choice(shifts)(team.headcount)
        before = [r.choice(early)(team.headcount)] if last.start > 0 and r.random() < 0.7 else []
        teams.append(replace(team, shifts=(*before, last), absence=r.choice([0.0, 0.2])))
    steps = []
    for i in range(r.randint(1, 7)):
        act = act_at_random(acts[r.choice([*AWAY, *AWAY_LONG])], model, r)
        begin = r.choice([0.0, HOUR, 2 * HOUR, 3 * HOUR, r.uniform(0, ENDS)])
        end = r.choice([ENDS, 3 * HOUR, r.uniform(0, ENDS), begin + 60.0])
        lasts = After(f"s{i}", max(end - begin, 0.0))
        until = (At(end) if r.random() < 0.5 else lasts) if act.lasting else None
        steps.append(Step(f"s{i}", act, At(begin), takes=r.choice([0.0, 0.0, 900.0]), until=until))
    if r.random() < 0.6:  # and their site is gone for good, while another opens
        everybody = OpeningCrew(OnShift(1.0, 1.0, Exponential(1200.0), Exponential(900.0), r.choice([0.0, HOUR])))
        steps.append(Step("gone", LoseSite("main", r.choice(["cut", "finish"])), At(r.uniform(0, ENDS))))
        when = After("gone", r.choice([0.0, 60.0, r.uniform(0, HOUR)]))
        steps.append(Step(OPENED, OpenSite("spare", everybody), when, takes=r.choice([0.0, 600.0])))
    return replace(
        model,
        clock=replace(model.clock, duration=24 * HOUR),
        links=tuple(replace(link, fails=None) for link in model.links),
        teams=tuple(teams),
        events=tuple(step for step in steps if step.act.kind != "action"),
        playbook=tuple(step for step in steps if step.act.kind == "action"),
        budget=float("inf"),
    )


def play_watched(model: Model, seed: int, look: Any) -> None:
    """Simulate with a process that looks at the world."""
    with pytest.MonkeyPatch.context() as patch:

        def watched(*given: Any) -> World:
            world = World(*given)
            world.env.process(look(world))
            return world

        patch.setattr(play, "World", watched)
        play.simulate(model, draw(model, seed, 0))


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_after_all_effects_whoever_is_rostered_works_or_waits_for_a_seat(seed: int) -> None:
    seen: list[tuple[int, int, bool, int]] = []

    def look(world: World) -> Generator[Event, object, None]:
        yield world.at(LATE, Rank.OBSERVATION)
        stranded = any(entry.id == OPENED and entry.what == "refused" for entry in world.log)
        for site in world.floor.sites:
            assert site.taken == sum(agent.seated and agent.site is site for agent in world.floor.agents) <= max(site.ready, 0)
            assert all(agent.site is site and not agent.seated and agent.reasons == NO_SEAT for agent in site.waiting)
            assert not site.waiting or site.taken == site.seats()
            assert site.on_the_way == 0
        for agent in world.floor.agents:
            seen.append((agent.number, agent.reasons, agent.seated, agent.state))
            if agent.reasons & (OFF_SHIFT | NOT_COMING) or (stranded and agent.site.lost):
                continue
            assert agent.reasons in (0, NO_SEAT), (agent.number, agent.reasons, agent.site.number)
            assert agent.seated == (agent.reasons == 0)
            assert agent.seated or agent.site.open

    play_watched(a_day_of_absences(seed), seed, look)
    assert seen


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_nobody_works_where_or_while_they_cannot(seed: int) -> None:
    """Every ten minutes: who is free, talks or wraps up sits at a site, and only a contact in hand keeps somebody who should be away."""

    def look(world: World) -> Generator[Event, object, None]:
        for n in range(1, 140):
            yield world.at(600.0 * n + 1.0, Rank.OBSERVATION)
            for agent in world.floor.agents:
                is_right(agent)

    play_watched(a_day_of_absences(seed), seed, look)


def is_right(agent: Agent) -> None:
    works = agent.state in (AVAILABLE, BUSY, WRAP)
    if works:
        assert agent.seated
    if agent.reasons == 0:
        assert works
    elif agent.state == AVAILABLE:
        raise AssertionError(agent.reasons)
    if agent.seated and not works:
        assert agent.reasons & PAUSES == agent.reasons
    assert agent.reasons & NO_SEAT == 0 or agent.seated or agent in agent.site.waiting
