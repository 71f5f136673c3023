"""Rules of events and actions, each on a few contacts with exact answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.crisis.actions import (
    Announce,
    CloseSite,
    Decide,
    OnShift,
    OpenAccess,
    OpeningCrew,
    OpenSite,
    ReassignStaff,
    RerouteNumbers,
    ReserveLines,
)
from simulator.crisis.events import (
    CongestNetwork,
    CutLink,
    DegradeSite,
    FailPlatform,
    LoseSite,
    LoseStaff,
    MendLink,
    RestorePlatform,
    ScaleDemand,
    SendStaffAway,
    SetLines,
)
from simulator.crisis.play import simulate
from simulator.model.distributions import Constant
from simulator.model.world import After, At, Break, Link, Platform, Reading, Redial, Retry, Role, Routing, Seats, Shift, Site, Step, Team
from simulator.records import Run
from simulator.routing.declared import Priority
from simulator.vocabulary import AgentState, Cause, Fate, Solved
from simulator.workload import Workload
from tests.rules.small_centre import centre, outcomes

TWO_SITES = (Site("main", Seats(100, 100), ("cable",)), Site("spare", Seats(3, 1, 20.0), ("cable",), open=False))


def calls(n: int, talk: float = 4.0, every: float = 10.0, patience: float = 99.0) -> Workload:
    return Workload.by_hand([every * i for i in range(n)], [talk] * n, [patience] * n)


def event(act: object, at: float, until: float | None = None) -> Step:
    return Step("it", act, At(at), until=None if until is None else At(until))


def causes(run: Run) -> list[Cause]:
    return [Cause(c) for c in run.ledger.cause.tolist()]


def said(run: Run, step: str) -> list[tuple[float, str]]:
    return [(entry.instant, entry.what) for entry in run.log if entry.id == step]


def test_a_lost_site_cuts_calls_drops_talks_and_keeps_its_agents_alive() -> None:
    workload = Workload.by_hand([0, 1, 6], [20, 1, 1], [99, 99, 99])
    run = simulate(centre(events=[event(LoseSite("main"), 5.0)]), workload)
    assert outcomes(run) == "dxb"
    assert causes(run)[2] == Cause.SITE_DOWN
    assert run.observations.agent_time[-1][0][AgentState.AWAY] == 995.0


def test_calls_of_a_lost_site_may_end_first() -> None:
    run = simulate(centre(events=[event(LoseSite("main", "finish"), 2.0)]), calls(2))
    assert outcomes(run) == "sb"


def test_a_regained_site_takes_its_people_back() -> None:
    run = simulate(centre(events=[event(LoseSite("main"), 5.0, until=25.0)]), calls(4))
    assert outcomes(run) == "sbbs"


def test_failures_come_before_completions_of_the_same_instant() -> None:
    run = simulate(centre(events=[event(LoseSite("main"), 4.0)]), calls(1))
    assert outcomes(run) == "d"


def test_a_cut_cable_takes_its_twin_in_the_trench() -> None:
    links = (Link("north", 1, "avenue"), Link("south", 1, "avenue"))
    sites = (Site("main", Seats(9, 9), ("north", "south")),)
    for trench, expected in (("shared", "dxu"), ("spared", "dsb")):
        workload = Workload.by_hand([0, 1, 6], [20, 9, 1], [99, 99, 99])
        run = simulate(centre(sites=sites, links=links, events=[event(CutLink("north", trench), 5.0)]), workload)
        assert outcomes(run) == expected, trench
        assert causes(run)[2] == (Cause.LINK_DOWN if trench == "shared" else Cause.NO_LINE)


def test_a_mended_cable_carries_calls_again() -> None:
    steps = [Step("cut", CutLink("cable"), At(5.0)), Step("mend", MendLink("cable"), After("cut", 10.0))]
    run = simulate(centre(events=steps), calls(3))
    assert outcomes(run) == "sus"
    assert causes(run)[1] == Cause.LINK_DOWN


def test_fewer_lines_leave_calls_in_progress_alone() -> None:
    workload = Workload.by_hand([0, 1, 3], [9, 9, 1], [99, 99, 99])
    run = simulate(centre(agents=3, lines=2, events=[event(SetLines("cable", 1), 2.0)]), workload)
    assert outcomes(run) == "ssb"


def test_reserved_lines_are_kept_for_their_need() -> None:
    sites = (Site("main", Seats(9, 9), ("cable",), reserve={"life": 1}),)
    workload = Workload.by_hand([0, 1, 2, 3], [9, 9, 9, 9], [99] * 4, need=[0, 0, 1, 1])
    run = simulate(centre(agents=3, lines=2, needs={"everyday": 2, "life": 1}, sites=sites), workload)
    assert outcomes(run) == "sbsb"
    assert causes(run)[1:] == [Cause.RESERVED, Cause.NONE, Cause.NO_LINE]


def test_reserving_lines_is_an_action_that_ends() -> None:
    step = Step("keep", ReserveLines("main", "life", 2), At(5.0), until=At(15.0))
    laws = Workload.by_hand([], [], [], needs=2).laws
    run = simulate(centre(lines=2, needs={"everyday": 2, "life": 1}, playbook=[step]), calls(3).with_columns(laws=laws))
    assert outcomes(run) == "sbs"


def test_a_failed_switch_cuts_everything_until_it_is_restored() -> None:
    steps = [Step("down", FailPlatform("acd"), At(2.0)), Step("up", RestorePlatform("acd"), At(15.0))]
    run = simulate(centre(events=steps, platforms=[Platform("acd", "main")]), calls(3))
    assert outcomes(run) == "dbs"
    assert causes(run)[1] == Cause.PLATFORM_DOWN


def test_congestion_loses_attempts_and_halves() -> None:
    workload = calls(3).with_columns(network=np.array([0.5, 0.5, 0.3]))
    run = simulate(centre(events=[event(CongestNetwork(0.8, 10.0), 0.0)]), workload)
    assert outcomes(run) == "uss"  # shares lost: 80 %, 40 %, 20 %
    assert causes(run)[0] == Cause.CONGESTION


def test_scaled_demand_stays_away_and_comes_back() -> None:
    workload = calls(4).with_columns(quiet=np.array([0.45, 0.45, 0.45, 0.75]))
    run = simulate(centre(events=[event(ScaleDemand("question", 0.4, 30.0), 0.0)]), workload)
    assert [Fate(f).name for f in run.persons.fate.tolist()] == ["STAYED_AWAY", "SERVED", "SERVED", "SERVED"]


def test_staff_step_away_after_the_contact_in_hand_and_come_back() -> None:
    run = simulate(centre(events=[event(SendStaffAway(1.0, 20.0), 2.0)]), calls(3))
    assert run.ledger.answered.tolist() == [0, 24, 28]


def test_lost_staff_come_back_when_it_ends() -> None:
    run = simulate(centre(events=[event(LoseStaff(1.0), 5.0, until=30.0)]), calls(2))
    assert run.ledger.answered.tolist() == [0, 30]


def test_a_degraded_site_seats_fewer() -> None:
    workload = Workload.by_hand([5, 6], [9, 9], [99, 99])
    run = simulate(
        centre(agents=2, sites=(Site("main", Seats(2, 2), ("cable",)),), events=[event(DegradeSite("main", 0.5), 1.0)]), workload
    )
    assert run.ledger.answered.tolist() == [5, 14]
    assert run.observations.waiting_for_seat[-1].tolist() == [1]


def test_who_stands_up_after_a_call_waits_for_the_next_seat() -> None:
    workload = Workload.by_hand([0, 0, 30], [10, 12, 5], [99] * 3)
    sites = (Site("main", Seats(2, 2), ("cable",)),)
    run = simulate(centre(agents=2, sites=sites, events=[event(DegradeSite("main", 0.5), 1.0, until=50.0)]), workload)
    assert run.ledger.agent.tolist() == [0, 1, 1]
    assert run.observations.online[[0, -1]].tolist() == [[2], [2]]


def test_an_announcement_informs_a_share_and_ends() -> None:
    step = Step("tell", Announce({"question": 0.6}), At(5.0), until=At(25.0))
    workload = calls(4).with_columns(informed=np.array([0.5, 0.5, 0.7, 0.5]))
    run = simulate(centre(playbook=[step], platforms=[Platform("ivr", "cloud")]), workload)
    assert outcomes(run) == "scss"
    assert Solved(run.persons.solved[1]) == Solved.ANNOUNCEMENT


@pytest.mark.parametrize(
    ("happens", "reason"), [(FailPlatform("ivr"), "platform ivr is down"), (LoseSite("main"), "stands in main, where nobody may go in")]
)
def test_an_announcement_needs_its_platform(happens: object, reason: str) -> None:
    run = simulate(
        centre(
            events=[event(happens, 1.0)],
            playbook=[Step("tell", Announce({"question": 1.0}), At(2.0))],
            platforms=[Platform("ivr", "main")],
        ),
        calls(2),
    )
    refused = [entry for entry in run.log if entry.what == "refused"]
    assert [entry.id for entry in refused] == ["tell"]
    assert reason in refused[0].detail
    assert "c" not in outcomes(run)


def reopening(crew: OpeningCrew) -> list[Step]:
    return [
        Step("reroute", RerouteNumbers("spare"), After("it", 2.0), takes=1.0),
        Step("open", OpenSite("spare", crew), None, ("reroute",), takes=4.0),
    ]


def test_a_new_site_opens_with_seats_over_time_and_people_who_travel() -> None:
    crew = OpeningCrew(OnShift(family_first=Constant(6.0), journey=Constant(10.0)))
    model = centre(agents=4, sites=TWO_SITES, events=[event(LoseSite("main"), 10.0)], playbook=reopening(crew))
    run = simulate(model, Workload.by_hand([11, 14, 26, 27], [90] * 4, [999] * 4))
    # Lost at 10, told at 13, families until 16, journey until 26; open at 17 with 1 seat, 2 more at 27 and 37.
    assert outcomes(run)[:2] == "bb"
    assert run.ledger.answered.tolist()[2:] == [26, 27]
    assert run.observations.seats[-1].tolist() == [0, 3]
    assert run.observations.waiting_for_seat[-1].tolist() == [0, 1]


def test_only_the_able_and_willing_come() -> None:
    crew = OpeningCrew(OnShift(able=0.0))
    model = centre(agents=3, sites=TWO_SITES, events=[event(LoseSite("main"), 10.0)], playbook=reopening(crew))
    assert simulate(model, calls(9, patience=5.0)).observations.online[-1].tolist() == [0, 0]


@pytest.mark.parametrize(("told", "online"), [("redirect", 1), ("stay-home", 0)])
def test_the_next_shift_is_redirected_or_stays_home(told: str, online: int) -> None:
    team = Team("people", 1, "main", {"question": 1.0}, (Shift(0, 1, 50.0, 1000.0),))
    crew = OpeningCrew(next_shift=told)
    model = centre(teams=(team,), sites=TWO_SITES, events=[event(LoseSite("main"), 10.0)], playbook=reopening(crew))
    assert simulate(model, calls(1)).observations.online[-1].tolist() == [0, online]


def test_who_promised_to_stay_works_beyond_the_shift() -> None:
    team = Team("people", 1, "main", {"question": 1.0}, (Shift(0, 1, 0.0, 20.0),))
    for stays, answered in ((100.0, [26.0]), (0.0, [np.nan])):
        crew = OpeningCrew(OnShift(family_first=Constant(6.0), journey=Constant(10.0), stays=stays))
        model = centre(teams=(team,), sites=TWO_SITES, events=[event(LoseSite("main"), 10.0)], playbook=reopening(crew))
        run = simulate(model, Workload.by_hand([25], [4], [200]))
        assert run.ledger.answered.tolist() == pytest.approx(answered, nan_ok=True)
        assert run.observations.online[-1].tolist() == [0, 0]


def test_a_site_closes_in_good_order() -> None:
    run = simulate(centre(playbook=[Step("close", CloseSite("main"), At(2.0))]), calls(2))
    assert outcomes(run) == "sb"


def test_a_team_takes_on_a_need_and_looks_at_its_queue_at_once() -> None:
    teams = (Team("people", 1, "main", {"everyday": 1.0}, (Shift(0, 1, 0.0, 1000.0),)),)
    step = Step("learn", ReassignStaff("people", "life", 0.5), At(20.0))
    workload = Workload.by_hand([0, 1], [4, 4], [99, 99], need=[0, 1])
    run = simulate(centre(needs={"everyday": 2, "life": 1}, teams=teams, routing=Routing(Priority()), playbook=[step]), workload)
    assert run.ledger.answered.tolist() == [0, 20]
    assert run.ledger.ended.tolist() == [4, 28]


def test_open_access_lets_people_call_and_helps_them_outside() -> None:
    workload = calls(4).with_columns(barred=np.array([1, 1, 0, 0], dtype=np.uint8), outside=np.array([0.05, 0.9, 0.2, 0.9]))
    step = Step("open", OpenAccess(reaches_relatives=0.4, located=0.1, within=Constant(3.0)), At(15.0))
    run = simulate(centre(playbook=[step]), workload)
    assert [Fate(f).name for f in run.persons.fate.tolist()] == ["SOLVED_ELSEWHERE", "SERVED", "SOLVED_ELSEWHERE", "SERVED"]
    assert [Solved(s).name for s in run.persons.solved.tolist()] == ["LOCATED", "NO", "REACHED", "NO"]
    assert run.persons.settled.tolist() == [18, 18, 20, 30]
    assert run.ledger.arrived.tolist() == [18, 30]


def test_without_access_the_barred_never_call() -> None:
    run = simulate(centre(), calls(2).with_columns(barred=np.array([1, 0], dtype=np.uint8)))
    assert len(run.ledger) == 1
    assert Fate(run.persons.fate[0]) == Fate.STILL_TRYING


# -- redials -----------------------------------------------------------------------------------------------------------

ALWAYS = Retry(1.0, Constant(10.0))


def certain(
    workload: Workload, gap: float = 10.0, tries_again: tuple[float, float, float] = (1.0, 1.0, 1.0), **columns: object
) -> Workload:
    by_hand = Workload.by_hand(
        workload.onset.tolist(),
        workload.talk[0].tolist(),
        workload.patience.tolist(),
        laws={"patience": [Constant(5.0)], "talk": [Constant(4.0)], "wrap": [Constant(0.0)], "gap": [Constant(gap)] * 3},
        tries_again=tries_again,
    )
    return by_hand.with_columns(**columns)


def test_redials_widen_and_stop_at_the_cap() -> None:
    redial = Redial(busy=ALWAYS, spacing=2.0, max_attempts=4)
    run = simulate(centre(lines=1, redial=redial), certain(Workload.by_hand([0, 1], [900, 1], [1, 1])))
    assert run.ledger.arrived.tolist() == [0, 1, 11, 31, 71]
    assert run.persons.capped.tolist() == [0, 1]
    assert Fate(run.persons.fate[1]) == Fate.GAVE_UP


def test_a_person_stops_trying_after_their_time() -> None:
    redial = Redial(busy=ALWAYS, max_attempts=99)
    workload = certain(Workload.by_hand([0, 1], [900, 1], [1, 1]), gives_up=np.array([np.inf, 25.0]))
    run = simulate(centre(lines=1, redial=redial), workload)
    assert run.ledger.arrived.tolist() == [0, 1, 11, 21]
    assert run.persons.capped.tolist() == [0, 0]


def test_nobody_redials_once_the_need_has_ended() -> None:
    workload = certain(Workload.by_hand([0, 1], [900, 1], [1, 1]), solved_at=np.array([np.inf, 15.0]), solved_by=np.array([0, 1], np.uint8))
    run = simulate(centre(lines=1, redial=Redial(busy=ALWAYS)), workload)
    assert run.ledger.arrived.tolist() == [0, 1, 11]
    assert Solved(run.persons.solved[1]) == Solved.REPAIRED
    assert run.persons.settled[1] == 15.0


def test_persistence_belongs_to_the_person_and_the_cause() -> None:
    workload = certain(Workload.by_hand([0, 1], [50, 4], [99, 3]), tries_again=(0.0, 1.0, 0.0))
    run = simulate(centre(redial=Redial(abandoned=ALWAYS, max_attempts=9)), workload)
    assert outcomes(run) == "saaaas"  # waits 3, then 5 each time, 10 apart; the agent is free from 50 on
    busy = simulate(centre(lines=1, redial=Redial(abandoned=ALWAYS)), workload)
    assert outcomes(busy) == "sb"


# -- the playbook ------------------------------------------------------------------------------------------------------


def test_a_decision_waits_for_a_busy_role_and_for_approval() -> None:
    roles = (Role("manager", "it", 30.0), Role("board", approves_in=7.0))
    decide = Step("decide", Decide("manager", "board"), After("it", 5.0))
    model = centre(events=[event(LoseSite("main"), 10.0)], playbook=[decide])
    run = simulate(replace(model, roles=roles), calls(1))
    assert said(run, "decide") == [(15.0, "triggered"), (15.0, "waits"), (40.0, "note"), (47.0, "done")]
    assert run.observations.deciding.tolist()[:2] == [0, 0]


def test_a_step_starts_when_all_it_needs_is_done() -> None:
    steps = [
        Step("second", SetLines("cable", 5), None, ("first",), takes=3.0),
        Step("first", SetLines("cable", 9), At(10.0), takes=5.0, cost=100.0, cost_per_hour=36.0),
    ]
    run = simulate(centre(playbook=steps), calls(1))
    assert said(run, "second")[-1] == (18.0, "done")
    assert run.costs == {"first": 109.85, "second": 0.0}


def test_a_wallboard_trigger_fires_when_the_reading_has_lasted() -> None:
    step = Step("help", SetLines("cable", 50), Reading("queue", above=0.0, lasting=120.0))
    workload = Workload.by_hand([0, 1, 70, 200], [65, 1, 400, 400], [999] * 4)
    run = simulate(centre(playbook=[step]), workload)
    # Somebody waits from 1 to 65 and again from 200 on; looked at every minute, the second wait is seen at 240.
    assert said(run, "help")[0] == (360.0, "triggered")


def test_a_strategy_that_chooses_nonsense_is_stopped() -> None:
    from simulator.engine.strategy import Strategy
    from simulator.errors import StrategyError

    class Nonsense(Strategy):
        def agent_for(self, view: object, contact: int) -> int:
            return 7

        def contact_for(self, view: object, agent: int) -> int:
            return -1

    class Unfinished(Strategy):
        pass

    with pytest.raises(StrategyError, match="there is no such agent"):
        simulate(centre(), calls(1), Nonsense)
    with pytest.raises(TypeError, match="must define"):
        simulate(centre(), calls(1), Unfinished)


def test_a_break_planned_before_the_crisis_is_not_taken_by_people_who_are_away() -> None:
    team = Team("people", 1, "main", {"question": 1.0}, (Shift(0, 1, 0.0, 1000.0, (Break(20.0, 10.0),)),))
    run = simulate(centre(teams=(team,), events=[event(LoseSite("main"), 5.0)]), calls(1))
    assert run.observations.agent_time[-1][0][AgentState.BREAK] == 0.0
