"""Why agents are away, and that they come back: a few agents with exact instants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.crisis.actions import CloseSite, OnShift, OpeningCrew, OpenSite
from simulator.crisis.events import DegradeSite, LoseSite, LoseStaff, SendStaffAway
from simulator.crisis.play import simulate
from simulator.crisis.staffing import CallInStaff, WorkOvertime
from simulator.model.distributions import Constant
from simulator.model.world import At, Break, Link, Model, Seats, Shift, Site, Step, Team
from simulator.records import Run
from simulator.vocabulary import AgentState
from simulator.workload import Workload
from tests.rules.small_centre import centre

SITES = (Site("main", Seats(100, 100), ("cable",)), Site("spare", Seats(30, 30), ("cable",), open=False))
NOBODY = Workload.by_hand([], [], [])
COMES = OpeningCrew(OnShift(journey=Constant(20.0)))


def step(name: str, act: object, at: float, until: float | None = None) -> Step:
    return Step(name, act, At(at), until=None if until is None else At(until))


def floor(*steps: Step, agents: int = 4, sites: tuple[Site, ...] = SITES, shifts: tuple[Shift, ...] = (), absence: float = 0.0) -> Model:
    """Some agents at the main site, seen every ten seconds."""
    team = Team("people", agents, "main", {"question": 1.0}, shifts or (Shift(0, agents, 0.0, 1000.0),), absence)
    sides = {
        "events": [s for s in steps if s.act.kind == "event" or (s.act.kind == "both" and s.id == "event")],
        "playbook": [s for s in steps if s.act.kind == "action"],
    }
    model = centre(sites=sites, teams=[team], links=(Link("cable", 99),), **sides)  # type: ignore[arg-type]  # steps either way
    return replace(model, clock=replace(model.clock, interval=10.0))


def online(run: Run, *instants: int, site: int = 0) -> list[int]:
    """How many are at work at a site, just after these instants."""
    return [int(run.observations.online[instant // 10, site]) for instant in instants]


def talks(n: int, length: float) -> Workload:
    """As many talks as agents, all from the beginning on."""
    return Workload.by_hand([0.0] * n, [length] * n, [999.0] * n)


def test_an_absence_that_ends_before_the_talk_does_leaves_no_trace() -> None:
    run = simulate(floor(step("away", LoseStaff(1.0), 50, 60)), talks(4, 100.0))
    assert online(run, 50, 70, 100, 110) == [4, 4, 4, 4]
    assert run.observations.agent_time[-1][0][AgentState.AWAY] == 0.0


def test_seats_that_are_back_before_the_talk_ends_leave_no_trace() -> None:
    run = simulate(floor(step("flood", DegradeSite("main", 0.0), 50, 60)), talks(4, 100.0))
    assert run.observations.agent_time[-1][0][AgentState.AWAY] == 0.0


def test_a_loss_that_is_over_before_the_talk_ends_leaves_no_trace() -> None:
    run = simulate(floor(step("alarm", LoseSite("main", "finish"), 50, 60)), talks(4, 100.0))
    assert run.observations.agent_time[-1][0][AgentState.AWAY] == 0.0


def test_whoever_is_longest_in_talk_at_a_lost_site_is_called_to_the_new_one_too() -> None:
    steps = [step("alarm", LoseSite("main", "finish"), 50), step("open", OpenSite("spare", COMES), 60)]
    workload = Workload.by_hand([0.0] * 4, [55.0, 70.0, 100.0, 200.0], [999.0] * 4)
    run = simulate(floor(*steps), workload)
    assert online(run, 80, 90, 110, 120, 210, 220, site=1) == [1, 2, 2, 3, 3, 4]


def test_whoever_gets_up_at_a_site_closed_in_good_order_is_called_to_the_new_one_too() -> None:
    steps = [step("shut", CloseSite("main"), 50), step("open", OpenSite("spare", COMES), 60)]
    run = simulate(floor(*steps), Workload.by_hand([0.0], [100.0], [999.0]))
    assert online(run, 50, 60) == [1, 1]
    assert online(run, 70, 80, 110, 120, site=1) == [0, 3, 3, 4]


def test_a_site_closed_in_good_order_reopens_with_its_people() -> None:
    run = simulate(floor(step("shut", CloseSite("main"), 50), step("open", OpenSite("main"), 80)), NOBODY)
    assert online(run, 40, 50, 70, 80) == [4, 0, 0, 4]
    run = simulate(floor(step("shut", CloseSite("main"), 50, 80)), NOBODY)
    assert online(run, 40, 50, 70, 80) == [4, 0, 0, 4]


def test_people_of_a_site_that_closes_again_go_home() -> None:
    steps = [step("fire", LoseSite("main"), 50, 100), step("open", OpenSite("spare", COMES), 60, 150)]
    run = simulate(floor(*steps), NOBODY)
    assert online(run, 80, 140, 150, site=1) == [4, 4, 0]
    assert online(run, 110, 160, 170) == [0, 0, 4]  # their site is back, and they stay where they went as long as it is open


def test_people_on_the_way_to_a_site_that_has_closed_again_turn_back() -> None:
    steps = [step("fire", LoseSite("main"), 50, 65), step("open", OpenSite("spare", COMES), 60, 70)]
    assert online(simulate(floor(*steps), NOBODY), 70, 80, 90, 100) == [0, 0, 0, 4]


def test_people_called_to_a_site_that_does_not_open_go_home_once_they_can() -> None:
    opens = replace(step("open", OpenSite("spare", COMES), 60), takes=50.0)
    run = simulate(floor(step("fire", LoseSite("main"), 50, 200), step("second", LoseSite("spare"), 70, 300), opens), NOBODY)
    assert [entry.what for entry in run.log if entry.id == "open"][-1] == "refused"
    assert online(run, 190, 210, 220, 400) == [0, 0, 4, 4]


def test_who_cannot_work_is_not_called_to_another_site_and_goes_there_afterwards() -> None:
    steps = [step("ill", LoseStaff(1.0), 40, 100), step("fire", LoseSite("main"), 50), step("open", OpenSite("spare", COMES), 60)]
    assert online(simulate(floor(*steps), NOBODY), 90, 110, 120, site=1) == [0, 0, 4]


def test_an_absence_before_the_shift_ends_in_it() -> None:
    model = floor(step("training", LoseStaff(1.0), 20, 80), shifts=(Shift(0, 4, 50.0, 500.0),))
    assert online(simulate(model, NOBODY), 50, 70, 80) == [0, 0, 4]


def test_who_waits_for_a_seat_and_cannot_work_does_not_sit_down() -> None:
    sites = (replace(SITES[0], seats=Seats(1, 1)),)
    run = simulate(floor(step("ill", LoseStaff(1.0), 20), sites=sites), Workload.by_hand([0.0], [50.0], [99.0]))
    assert online(run, 10, 40, 50, 60) == [1, 1, 0, 0]
    assert run.observations.waiting_for_seat[:, 0].tolist()[1:4] == [3, 0, 0]


def test_who_cannot_work_does_not_come_because_the_site_is_back() -> None:
    run = simulate(floor(step("ill", LoseStaff(1.0), 20), step("fire", LoseSite("main"), 40, 60)), NOBODY)
    assert online(run, 10, 70, 500) == [4, 0, 0]


def test_the_ill_are_not_called_in_and_off_duty_is_not_ill() -> None:
    shifts = (Shift(0, 2, 0.0, 1000.0), Shift(2, 2, 500.0, 1000.0))
    call = step("call", CallInStaff("people", 4.0, 100.0, journey=Constant(10.0)), 50)
    run = simulate(floor(call, shifts=shifts, absence=1.0), NOBODY)
    assert [entry.detail for entry in run.log if entry.what == "note"] == ["2 called, 2 come"]
    assert online(run, 50, 60, 150, 160) == [0, 2, 2, 0]
    run = simulate(floor(step("ill", LoseStaff(1.0), 20), call, shifts=shifts), NOBODY)
    assert [entry.detail for entry in run.log if entry.what == "note"] == ["0 called, 0 come"]


def test_somebody_called_in_whose_own_shift_begins_meanwhile_stays_for_it() -> None:
    call = step("call", CallInStaff("people", 4.0, 100.0), 50)
    run = simulate(floor(call, shifts=(Shift(0, 4, 100.0, 300.0),)), NOBODY)
    assert online(run, 40, 50, 140, 160, 290, 300) == [0, 4, 4, 4, 4, 0]


def test_somebody_called_in_to_a_site_that_nobody_opens_goes_to_their_own_for_the_shift() -> None:
    call = step("call", CallInStaff("people", 4.0, 100.0, journey=Constant(20.0), site="spare"), 50)
    run = simulate(floor(call, shifts=(Shift(0, 4, 60.0, 400.0),)), NOBODY)
    assert online(run, 100, 160, 180, 190, 390) == [0, 0, 0, 4, 4]  # at the door from 70 to 170, and twenty seconds back
    assert online(run, 100, 300, site=1) == [0, 0]


def test_who_will_not_come_to_where_the_last_call_leads_goes_where_an_earlier_one_does() -> None:
    nobody = OpeningCrew(OnShift(able=0.0))
    third = Site("third", Seats(30, 30), ("cable",), open=False)
    steps = [step("fire", LoseSite("main"), 50), step("open", OpenSite("spare", COMES), 60), step("more", OpenSite("third", nobody), 62)]
    ill = step("ill", LoseStaff(1.0), 40, 100)  # whom the first call finds unable, and its end sets free
    assert online(simulate(floor(*steps, ill, sites=(*SITES, third)), NOBODY), 110, 120, site=1) == [0, 4]


def test_when_a_call_ends_the_one_before_holds_again() -> None:
    third = Site("third", Seats(30, 30), ("cable",), open=False)
    steps = [
        step("ill", LoseStaff(1.0), 40, 100), step("fire", LoseSite("main"), 50), step("open", OpenSite("spare", COMES), 60),
        step("more", OpenSite("third", COMES), 62, 80),
    ]  # fmt: skip
    assert online(simulate(floor(*steps, sites=(*SITES, third)), NOBODY), 110, 120, site=1) == [0, 4]


def test_a_pause_goes_on_from_leaving_the_seat_and_a_second_one_is_none() -> None:
    workload = Workload.by_hand([0.0], [55.0], [99.0])
    model = floor(
        step("event", SendStaffAway(1.0, 30.0), 40), agents=1, shifts=(Shift(0, 1, 0.0, 1000.0, (Break(50.0, 10.0), Break(60.0, 90.0))),)
    )
    assert online(simulate(model, workload), 50, 60, 80, 90) == [1, 0, 0, 1]  # from 55 to 85, the longer of the two; none for who is away


def test_a_pause_does_not_outlive_the_shift() -> None:
    model = floor(step("event", SendStaffAway(1.0, 400.0), 80), shifts=(Shift(0, 4, 0.0, 100.0), Shift(0, 4, 200.0, 300.0)))
    assert online(simulate(model, NOBODY), 70, 90, 200, 290) == [4, 0, 4, 4]


@pytest.mark.parametrize("seats", [1, 2, 3])
def test_no_more_people_than_seats_when_those_who_were_to_leave_stay(seats: int) -> None:
    """Four in talk are to leave for an absence that ends; meanwhile seats have gone: only as many stay as there are seats."""
    steps = [step("ill", LoseStaff(1.0), 20, 60), step("flood", DegradeSite("main", seats / 4), 40)]
    run = simulate(floor(*steps, sites=(replace(SITES[0], seats=Seats(4, 4)),)), talks(4, 100.0))
    assert online(run, 90, 100) == [4, seats]


def test_overtime_of_two_steps_is_the_longer() -> None:
    steps = [step("a", WorkOvertime(100.0), 20), step("b", WorkOvertime(50.0), 30)]
    run = simulate(floor(*steps, shifts=(Shift(0, 4, 0.0, 200.0),)), NOBODY)
    assert online(run, 190, 290, 300) == [4, 4, 0]


def test_time_beyond_the_roster_is_counted_apart_by_why() -> None:
    """Two stay an hour longer; one off shift is called in and works into the shift; one of a team without a roster comes."""
    shifts = (Shift(0, 2, 0.0, 200.0), Shift(2, 1, 400.0, 500.0))
    steps = (
        step("longer", WorkOvertime(100.0), 20),
        step("call", CallInStaff("people", 1.0, 150.0, journey=Constant(10.0)), 290),
        step("hire", CallInStaff("hired", 1.0, 9999.0), 700),
    )
    model = floor(*steps, agents=3, shifts=shifts)
    model = replace(model, teams=(*model.teams, Team("hired", 1, "main", {"question": 1.0}, ())))
    called = simulate(model, NOBODY)
    assert called.beyond_roster["overtime"] == 200.0
    assert called.beyond_roster["called_in"] in (100.0, 150.0)  # one whose shift is still to come, or one whose shift is over
    assert called.beyond_roster["partners"] == 300.0
