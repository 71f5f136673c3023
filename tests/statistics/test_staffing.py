"""Workforce planning: Erlang A against a Markov chain solved by linear algebra, demand against counts, the roster as written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.crisis.act import Act
from simulator.crisis.actions import Announce
from simulator.crisis.events import ScaleDemand
from simulator.crisis.handling import ScaleTalk
from simulator.crisis.information import PublishPage, SetSelfService
from simulator.model.distributions import Constant, Exponential
from simulator.model.people import Care, Distress, Mix
from simulator.model.world import At, Break, Channel, Need, People, Profile, SelfService, Shift, Step, Surge, Turns
from simulator.records.run import LogEntry
from simulator.statistics.erlang import agents_required, served_within
from simulator.statistics.staffing import expected, staffing_plan
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.verify.exact import erlang_b, erlang_c, impatient
from simulator.workload import draw

if TYPE_CHECKING:
    from simulator.statistics.summary import StaffingPlan
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


def test_without_patience_it_is_erlang_b() -> None:
    assert served_within(12, 10.0 / 300.0, 300.0, 0.0, 20.0) == pytest.approx(1 - erlang_b(12, 10.0), abs=1e-12)
    assert served_within(1, 0.5 / 300.0, 300.0, 0.0, 20.0) == pytest.approx(1 / 1.5)
    n = agents_required(10.0 / 300.0, 300.0, 0.0, 0.8, 20.0)
    assert erlang_b(n, 10.0) <= 0.2 < erlang_b(n - 1, 10.0)


def planned(story: Callable[..., Story], **changes: object) -> Story:
    """Three hours: two needs, calls that go to half by letter after an hour, a roster of one shift with a break."""
    talk = Constant(300.0)
    calls, mail = Need("everyday", 1, talk, Constant(30.0), Exponential(120.0)), Need("urgent", 1, talk, Constant(0.0), Exponential(120.0))
    calls = replace(calls, channels=(Mix(0.0, {"voice": 1.0}), Mix(HOUR, {"voice": 0.5, "mail": 0.5})))
    channels = (story().model.channels[0], Channel("mail", "email", talk_time={"everyday": Constant(900.0)}))
    shifts = (Shift(0, 10, 0.0, 2 * HOUR, (Break(1.5 * HOUR, HOUR / 2),)),)
    team = replace(story().model.teams[0], shifts=shifts)
    demand = (Profile("calls", "everyday", (0.0, 2 * HOUR), (240.0,)),)
    made: dict[str, object] = {"needs": (calls, mail), "channels": channels, "teams": (team,), "demand": demand}
    return story(duration=3 * HOUR, **{**made, **changes})


def plan_of(told: Story) -> StaffingPlan:
    return staffing_plan(told.model, [tally(told.run(), told.model)])


BY_PHONE = agents_required(120 / HOUR, 330.0, 120.0, 0.8, 20.0)
HALF = agents_required(60 / HOUR, 330.0, 120.0, 0.8, 20.0)
LETTERS = 60 * 930 / HOUR


def test_the_plan_of_a_small_centre(story: Callable[..., Story]) -> None:
    plan = plan_of(planned(story))
    assert plan.expected.tolist() == [[120.0, 0.0], [120.0, 0.0], [0.0, 0.0]]
    assert plan.required[:, 0] == pytest.approx([BY_PHONE, HALF + LETTERS, 0.0])
    assert plan.scheduled.tolist() == [10.0, 5.0, 0.0]
    assert [(t.channel, t.share, t.within) for t in plan.targets] == [("voice", 0.8, 20.0), ("mail", None, None)]


def test_over_and_under_are_against_those_at_work_and_not_the_roster(story: Callable[..., Story]) -> None:
    """All ten of the team of twelve are at work all the time, whatever the roster says."""
    plan = plan_of(planned(story))
    assert plan.present == pytest.approx(np.full((1, 3), 10.0))
    assert plan.under[0] == pytest.approx([max(BY_PHONE - 10, 0), max(HALF + LETTERS - 10, 0), 0])
    assert plan.over[0] == pytest.approx([max(10 - BY_PHONE, 0), max(10 - HALF - LETTERS, 0), 10])


def test_talk_is_as_long_as_the_table_says(story: Callable[..., Story]) -> None:
    """Talk alone: the wrap-up stays as it is."""
    table = Profile("calls", "everyday", (0.0, HOUR, 2 * HOUR), (120.0, 120.0), talk_factor=(3.0, 1.0))
    plan = plan_of(planned(story, demand=(table,)))
    assert plan.required[:, 0] == pytest.approx([agents_required(120 / HOUR, 930.0, 120.0, 0.8, 20.0), HALF + LETTERS, 0.0])
    both = (table, Profile("more", "everyday", (0.0, HOUR), (60.0,)))  # a third of all calls at the usual length
    mean = (120 * 900 + 60 * 300) / 180 + 30
    assert plan_of(planned(story, demand=both)).required[0, 0] == agents_required(180 / HOUR, mean, 120.0, 0.8, 20.0)


def test_talk_is_longer_for_those_on_the_roster_who_are_less_proficient(story: Callable[..., Story]) -> None:
    team = planned(story).model.teams[0]
    slow = replace(team, skills={"everyday": 0.5})
    assert plan_of(planned(story, teams=(slow,))).required[0, 0] == agents_required(120 / HOUR, 630.0, 120.0, 0.8, 20.0)
    others = replace(slow, name="others", headcount=30, shifts=(replace(team.shifts[0], agents=30),))
    mixed = agents_required(120 / HOUR, 300.0 / (0.25 + 0.75 * 0.5) + 30.0, 120.0, 0.8, 20.0)
    assert plan_of(planned(story, teams=(team, others))).required[0, 0] == mixed
    elsewhere = replace(others, channels=("mail",))
    assert plan_of(planned(story, teams=(team, elsewhere))).required[0, 0] == BY_PHONE


def told(act: Act, since: float, until: float | None = None) -> tuple[dict[str, object], list[LogEntry]]:
    """A step of the playbook and the log of a world in which it was in effect."""
    ends = [] if until is None else [LogEntry(until, "action", "lever", "ended")]
    return {"playbook": (Step("lever", act, At(since)),)}, [LogEntry(since, "action", "lever", "done"), *ends]


@pytest.mark.parametrize(
    ("act", "since", "until", "calls"),
    [
        (Announce({"everyday": 0.25}), 0.0, None, 90.0),
        (Announce({"everyday": 0.25}), 0.0, 1800.0, 105.0),  # for half of the hour
        (Announce({"everyday": 0.25}), HOUR, None, 120.0),
        (Announce({"urgent": 0.25}), 0.0, None, 120.0),
        (PublishPage({"everyday": 0.5}), 0.0, None, 60.0),
        (PublishPage({"everyday": 0.5}, stale_after=1800.0), 0.0, None, 90.0),  # half as much in the middle of the hour
        (ScaleDemand("everyday", 0.5), 0.0, None, 60.0),
        (ScaleDemand("everyday", 0.5, recovers_by=HOUR), 0.0, None, 90.0),  # three quarters in the middle
        (SetSelfService("voice", {"everyday": 0.5}), 1800.0, None, 120.0 * 0.65),  # from 20 % to 50 %
    ],
)
def test_whom_a_lever_tells_what_they_need_asks_for_no_agent(
    story: Callable[..., Story], act: Act, since: float, until: float | None, calls: float
) -> None:
    changes, log = told(act, since, until)
    machine = SelfService(Constant(10.0), {"everyday": 0.2} if isinstance(act, SetSelfService) else {})
    channels = planned(story).model.channels
    made = planned(story, **changes, channels=(replace(channels[0], self_service=machine), channels[1]))
    made.log.extend(log)
    plan = plan_of(made)
    assert plan.expected[0, 0] == pytest.approx(calls)
    assert plan.required[0, 0] == agents_required(calls / HOUR, 330.0, 120.0, 0.8, 20.0)


def test_of_two_menus_the_one_that_began_last_holds(story: Callable[..., Story]) -> None:
    machine = SelfService(Constant(10.0), {"everyday": 0.2})
    channels = planned(story).model.channels
    steps = tuple(Step(name, SetSelfService("voice", {"everyday": share}), At(0.0)) for name, share in (("late", 0.5), ("early", 0.8)))
    made = planned(story, playbook=steps, channels=(replace(channels[0], self_service=machine), channels[1]))
    made.log += [LogEntry(0.0, "action", "early", "done"), LogEntry(1800.0, "action", "late", "done")]
    assert plan_of(made).expected[0, 0] == pytest.approx(120 * (0.5 * 0.2 + 0.5 * 0.5))


def test_what_never_took_effect_changes_nothing(story: Callable[..., Story]) -> None:
    assert plan_of(planned(story, **told(Announce({"everyday": 0.25}), 0.0)[0])).required[0, 0] == BY_PHONE


def test_an_announcement_is_heard_on_the_telephone_alone(story: Callable[..., Story]) -> None:
    changes, log = told(Announce({"everyday": 1.0}), 0.0)
    made = planned(story, **changes)
    made.log.extend(log)
    assert plan_of(made).required[:, 0] == pytest.approx([0.0, LETTERS, 0.0])


def test_a_script_that_makes_talk_shorter_counts_while_it_is_in_effect(story: Callable[..., Story]) -> None:
    changes, log = told(ScaleTalk("everyday", 0.5), 0.0, 1800.0)
    made = planned(story, **changes)
    made.log.extend(log)
    assert plan_of(made).required[0, 0] == agents_required(120 / HOUR, 0.75 * 300 + 30, 120.0, 0.8, 20.0)


def test_people_in_distress_take_the_support_they_get(story: Callable[..., Story]) -> None:
    made = planned(story)
    calls = replace(made.model.needs[0], distress=Distress(0.25, Constant(400.0)))
    needs = (calls, made.model.needs[1])
    assert plan_of(planned(story, needs=needs)).required[0, 0] == agents_required(120 / HOUR, 430.0, 120.0, 0.8, 20.0)
    capped = planned(story, needs=needs, care=Care("cap", 60.0))
    assert plan_of(capped).required[0, 0] == BY_PHONE


def test_chats_share_agents_and_messages_cost_all_their_turns(story: Callable[..., Story]) -> None:
    voice = planned(story).model.channels[0]
    chat = replace(Channel("mail", "chat"), speeds=(1.0, 0.9, 0.8), target_share=0.8, answer_within=20.0)
    desk = Channel("mail", "message", turns=Turns(5.0, Constant(600.0)), talk_time={"everyday": Constant(70.0)})
    for channel, cost in ((chat, agents_required(60 / HOUR, 330.0 / 0.8, 120.0, 0.8, 20.0) / 3), (desk, 60 * 5 * 100 / HOUR)):
        plan = plan_of(planned(story, channels=(voice, channel)))
        assert plan.required[1, 0] == pytest.approx(HALF + cost)


def test_the_summary_has_the_plan_and_its_series(story: Callable[..., Story]) -> None:
    made = planned(story)
    summary = summarise(made.model, [tally(made.run(), made.model)])
    assert summary.staffing is not None
    found = {name: summary.over_time(f"agents_{name}").mean for name in ("required", "scheduled", "present", "over", "under")}
    assert found["required"].tolist() == summary.staffing.required.sum(axis=1).tolist()
    assert found["over"] - found["under"] == pytest.approx(found["present"] - found["required"])
    assert summary.over_time("agents_required", need="urgent").mean.tolist() == [0, 0, 0]
    assert summarise(story().model, [tally(story().run(), story().model)]).staffing is None  # no demand, no plan
