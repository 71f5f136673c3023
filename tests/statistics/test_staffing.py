"""Workforce planning: Erlang A against a Markov chain solved by linear algebra, demand against counts, the roster as written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.model.distributions import Constant, Exponential
from simulator.model.people import Mix
from simulator.model.world import Break, Channel, Model, Need, People, Profile, Shift, Surge, Turns
from simulator.statistics.staffing import agents_required, expected, served_within, staffing_plan
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.verify.exact import erlang_c, impatient
from simulator.workload import draw

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("agents", "calls", "within"),
    [
        (1, 3.0, 20.0),
        (5, 3.0, 20.0),
        (20, 3.0, 20.0),
        (1, 16.0, 20.0),
        (16, 16.0, 20.0),
        (20, 16.0, 0.0),
        (23, 16.0, 120.0),
        (4, 300.0, 20.0),
    ],
)
def test_erlang_a_is_that_of_the_chain(agents: int, calls: float, within: float) -> None:
    """Talk of 300 s, patience of 150 s, ``calls`` in 300 s: seconds are turned into means of talk for the chain."""
    exact = impatient(calls, 1.0, 2.0, agents, agents + (400 if calls > 100 else 80), within / 300.0)
    assert served_within(agents, calls / 300.0, 300.0, 150.0, within) == pytest.approx(exact.in_time, abs=1e-7)


def test_without_an_end_of_patience_it_is_erlang_c() -> None:
    load, agents = 8.0, 10
    late = erlang_c(agents, load) * np.exp(-(agents - load) * 20.0 / 300.0)
    assert served_within(agents, load / 300.0, 300.0, np.inf, 20.0) == pytest.approx(1 - late, abs=1e-9)
    assert served_within(8, load / 300.0, 300.0, np.inf, 20.0) == 0.0  # a queue without end


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_the_fewest_agents_who_keep_the_target(share: float) -> None:
    n = agents_required(0.3, 240.0, 180.0, share, 20.0)
    assert served_within(n, 0.3, 240.0, 180.0, 20.0) >= share > served_within(n - 1, 0.3, 240.0, 180.0, 20.0)


def test_nobody_is_needed_where_nobody_calls() -> None:
    assert agents_required(0.0, 240.0, 180.0, 0.8, 20.0) == 0
    assert agents_required(1e-9, 240.0, 180.0, 0.8, 20.0) == 1


@pytest.mark.parametrize(
    "demand",
    [
        Profile("calls", "everyday", (0.0, 6 * HOUR, DAY), (600.0, 300.0)),
        Surge("rush", "everyday", 1.5 * HOUR, 0.1, 1.3 * HOUR, HOUR, 2 * HOUR),
        Surge("at-once", "everyday", 1.5 * HOUR, 0.1, 0.0, 0.0, 2 * HOUR),
        People("quake", "everyday", 2 * HOUR, 800.0, Exponential(3 * HOUR)),
    ],
)
def test_the_demand_expected_is_the_demand_drawn_on_average(story: Callable[..., Story], demand: Profile | Surge | People) -> None:
    model = replace(story().model, demand=(demand,), clock=replace(story().model.clock, duration=DAY, impact=None))
    edges = HOUR * np.arange(25, dtype=np.float64)
    drawn = np.mean([np.histogram(draw(model, 5, r).onset, edges)[0] for r in range(40)], axis=0)
    mean = expected(demand, edges)
    assert (np.abs(drawn - mean) < 4.75 * np.sqrt(np.maximum(mean, 0.5) / 40) + 0.3).all()


def planned(story: Callable[..., Story], **changes: object) -> Model:
    talk = Constant(300.0)
    calls, mail = Need("everyday", 1, talk, Constant(30.0), Exponential(120.0)), Need("urgent", 1, talk, Constant(0.0), Exponential(120.0))
    calls = replace(calls, channels=(Mix(0.0, {"voice": 1.0}), Mix(HOUR, {"voice": 0.5, "mail": 0.5})))
    channels = (story().model.channels[0], Channel("mail", "email", talk_time={"everyday": Constant(900.0)}))
    shifts = (Shift(0, 10, 0.0, 2 * HOUR, (Break(1.5 * HOUR, HOUR / 2),)),)
    team = replace(story().model.teams[0], shifts=shifts)
    demand = (Profile("calls", "everyday", (0.0, 2 * HOUR), (240.0,)),)
    return replace(story().model, needs=(calls, mail), channels=channels, teams=(team,), demand=demand, **changes)  # type: ignore[arg-type]  # replace() checks the names


def test_the_plan_of_a_small_centre(story: Callable[..., Story]) -> None:
    plan = staffing_plan(planned(story), HOUR * np.arange(4, dtype=np.float64))
    assert plan.expected.tolist() == [[120.0, 0.0], [120.0, 0.0], [0.0, 0.0]]
    by_phone = agents_required(120 / HOUR, 330.0, 120.0, 0.8, 20.0)
    half = agents_required(60 / HOUR, 330.0, 120.0, 0.8, 20.0)
    assert plan.required[:, 0] == pytest.approx([by_phone, half + 60 * 930 / HOUR, 0.0])
    assert plan.scheduled.tolist() == [10.0, 5.0, 0.0]


def test_chats_share_agents_and_messages_cost_all_their_turns(story: Callable[..., Story]) -> None:
    model = planned(story)
    chat = replace(Channel("mail", "chat"), speeds=(1.0, 0.9, 0.8), target_share=0.8, answer_within=20.0)
    desk = Channel("mail", "message", turns=Turns(5.0, Constant(600.0)), talk_time={"everyday": Constant(70.0)})
    edges = HOUR * np.arange(3, dtype=np.float64)
    half = agents_required(60 / HOUR, 330.0, 120.0, 0.8, 20.0)
    for channel, cost in ((chat, agents_required(60 / HOUR, 330.0 / 0.8, 120.0, 0.8, 20.0) / 3), (desk, 60 * 5 * 100 / HOUR)):
        plan = staffing_plan(replace(model, channels=(model.channels[0], channel)), edges)
        assert plan.required[1, 0] == pytest.approx(half + cost)


def test_the_summary_has_the_plan(story: Callable[..., Story]) -> None:
    told = story()
    told.model = planned(story)
    summary = summarise(told.model, [tally(told.run(), told.model)])
    assert summary.staffing is not None
    assert len(summary.staffing.scheduled) == len(summary.interval_starts)
    assert summarise(story().model, [tally(story().run(), story().model)]).staffing is None  # no demand, no plan
