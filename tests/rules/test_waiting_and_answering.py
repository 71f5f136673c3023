"""Rules of waiting and answering, each on a few contacts with exact answers."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.crisis.play import simulate
from simulator.model.distributions import Constant
from simulator.model.world import Announced, Break, Channel, Overflow, Routing, Shift, Slowdown, Team
from simulator.routing.declared import FirstCome, Preference, Priority
from simulator.workload import Workload
from tests.rules.small_centre import centre, outcomes


def test_kiefer_wolfowitz_with_abandonment_and_four_lines() -> None:
    """The golden vector KW-1: two agents, four lines, twelve contacts."""
    workload = Workload.by_hand(
        arrivals=[0, 0.5, 1, 1.2, 1.4, 1.6, 4, 4.1, 6, 6.5, 6.6, 9],
        talk=[3, 4, 2, 1, 1, 5, 1.5, 2, 3, 1, 1, 1],
        patience=[9, 9, 1.5, 4, 9, 0.5, 2, 9, 0.2, 3, 9, 1],
    )
    run = simulate(centre(agents=2, lines=4), workload)
    assert outcomes(run) == "ssasbbssssss"
    waits = np.fmin(run.ledger.answered, run.ledger.ended) - run.ledger.arrived
    assert waits == pytest.approx([0, 0, 1.5, 1.8, 0, 0, 0, 0.4, 0, 0, 0.9, 0], abs=1e-12)
    assert run.ledger.ended == pytest.approx([3, 4.5, 2.5, 4, 1.4, 1.6, 5.5, 6.5, 9, 7.5, 8.5, 10], abs=1e-12)


@pytest.mark.parametrize(("agents", "expected"), [(1, "ssaasss"), (2, "ssssaaa")])
def test_a_second_agent_can_lower_the_number_served(agents: int, expected: str) -> None:
    """KW-2: with abandonment nothing is monotone path by path; patience 0 with a free agent is served."""
    workload = Workload.by_hand(arrivals=[0, 1, 2, 2, 3, 4, 5], talk=[2, 1, 10, 10, 1, 1, 10], patience=[0, 5, 0, 0, 5, 0, 1])
    assert outcomes(simulate(centre(agents=agents), workload)) == expected


def test_patience_equal_to_the_wait_is_served() -> None:
    """Completions come before hang-ups at one instant."""
    workload = Workload.by_hand(arrivals=[0, 1], talk=[5, 1], patience=[9, 4])
    assert outcomes(simulate(centre(), workload)) == "ss"


def test_a_line_freed_at_an_instant_serves_an_arrival_of_that_instant() -> None:
    workload = Workload.by_hand(arrivals=[0, 5], talk=[5, 1], patience=[9, 9])
    assert outcomes(simulate(centre(lines=1), workload)) == "ss"


def test_arrivals_of_one_instant_go_by_customer_number() -> None:
    workload = Workload.by_hand(arrivals=[1, 1, 1], talk=[2, 2, 2], patience=[9, 9, 9])
    run = simulate(centre(), workload)
    assert run.ledger.answered.tolist() == [1, 3, 5]


def test_wrap_up_holds_the_agent_and_not_the_line() -> None:
    workload = Workload.by_hand(arrivals=[0, 3, 4], talk=[2, 1, 1], patience=[9, 9, 9], wrap=[3, 0, 0])
    run = simulate(centre(lines=1), workload)
    assert outcomes(run) == "ssb"
    assert run.ledger.released.tolist()[:2] == [2, 6]
    assert run.ledger.ended.tolist()[:2] == [5, 6]


def test_the_most_urgent_need_goes_first_and_interrupts_nobody() -> None:
    needs = {"everyday": 3, "life": 1}
    workload = Workload.by_hand(arrivals=[0, 1, 2, 3], talk=[10, 1, 1, 1], patience=[99] * 4, need=[0, 0, 0, 1])
    urgent = simulate(centre(needs=needs, routing=Routing(Priority())), workload)
    assert urgent.ledger.answered.tolist() == [0, 11, 12, 10]
    in_turn = simulate(centre(needs=needs, routing=Routing(FirstCome())), workload)
    assert in_turn.ledger.answered.tolist() == [0, 10, 11, 12]


def test_the_longest_idle_agent_takes_the_contact() -> None:
    workload = Workload.by_hand(arrivals=[0, 0, 5, 6], talk=[3, 2, 1, 1], patience=[9] * 4)
    run = simulate(centre(agents=2), workload)
    assert run.ledger.agent.tolist() == [0, 1, 1, 0]


def two_teams(delay: float) -> dict[str, object]:
    shift = (Shift(0, 1, 0.0, 1000.0),)
    teams = (Team("first", 1, "main", {"question": 1.0}, shift), Team("second", 1, "main", {"question": 0.5}, shift))
    return {"teams": teams, "routing": Routing(FirstCome(), overflow=(Overflow("question", "second", delay),))}


def test_overflow_waits_for_its_delay_and_proficiency_stretches_talk() -> None:
    workload = Workload.by_hand(arrivals=[0, 1], talk=[50, 4], patience=[99, 99])
    run = simulate(centre(**two_teams(20.0)), workload)  # type: ignore[arg-type]  # keyword arguments in a dict
    assert run.ledger.answered.tolist() == [0, 21]
    assert run.ledger.agent.tolist() == [0, 1]
    assert run.ledger.ended.tolist() == [50, 29]


def test_an_agent_who_may_not_take_a_contact_yet_is_passed_over() -> None:
    workload = Workload.by_hand(arrivals=[0, 1, 2], talk=[10, 4, 4], patience=[99, 99, 99])
    run = simulate(centre(**two_teams(20.0)), workload)  # type: ignore[arg-type]  # keyword arguments in a dict
    assert run.ledger.agent.tolist() == [0, 0, 0]


def test_best_skill_prefers_the_proficient_agent_though_the_other_is_idle_longer() -> None:
    shift = (Shift(0, 1, 0.0, 1000.0),)
    teams = (Team("slow", 1, "main", {"question": 0.5}, shift), Team("quick", 1, "main", {"question": 1.0}, shift))
    workload = Workload.by_hand(arrivals=[0], talk=[4], patience=[9])
    assert simulate(centre(teams=teams, routing=Routing(Preference())), workload).ledger.agent.tolist() == [1]


def test_a_break_is_taken_after_the_contact_in_hand_and_lasts_its_whole_length() -> None:
    team = Team("people", 1, "main", {"question": 1.0}, (Shift(0, 1, 0.0, 1000.0, (Break(5.0, 10.0),)),))
    workload = Workload.by_hand(arrivals=[0, 6], talk=[8, 1], patience=[99, 99])
    assert simulate(centre(teams=(team,)), workload).ledger.answered.tolist() == [0, 18]


def test_a_shift_ends_after_the_contact_in_hand() -> None:
    team = Team("people", 1, "main", {"question": 1.0}, (Shift(0, 1, 0.0, 5.0),))
    workload = Workload.by_hand(arrivals=[0, 6], talk=[8, 1], patience=[99, 30])
    run = simulate(centre(teams=(team,)), workload)
    assert outcomes(run) == "sa"
    assert run.observations.agent_time[-1][0].tolist() == [992.0, 0, 0, 0, 0, 8.0, 0]


def test_a_shift_that_begins_during_the_last_contact_of_the_one_before_is_worked() -> None:
    team = Team("people", 1, "main", {"question": 1.0}, (Shift(0, 1, 0.0, 100.0), Shift(0, 1, 110.0, 1000.0)))
    workload = Workload.by_hand(arrivals=[90, 150], talk=[50, 4], patience=[99, 99])
    assert simulate(centre(teams=(team,)), workload).ledger.answered.tolist() == [90, 150]


def test_who_would_wait_longer_than_they_tolerate_balks() -> None:
    voice = Channel("voice", "voice", "main", announced=Announced("queue-length", Constant(5.0)))
    model = centre(channel=voice)  # mean handle time of the need is 1 s, so the n-th in line is told n seconds
    workload = Workload.by_hand(arrivals=[0, 1, 1, 1], talk=[9, 1, 1, 1], patience=[99] * 4).with_columns(
        tolerance=np.array([9.0, 9.0, 9.0, 2.5])
    )
    run = simulate(model, workload)
    assert outcomes(run) == "sssk"


def test_busy_hours_slow_talk_down() -> None:
    routing = Routing(FirstCome(), slowdown=(Slowdown(0.0, 1.5),))
    workload = Workload.by_hand(arrivals=[0], talk=[4], patience=[9])
    assert simulate(centre(routing=routing), workload).ledger.ended.tolist() == [6.0]


def test_what_is_open_at_the_end_is_marked() -> None:
    workload = Workload.by_hand(arrivals=[0, 1], talk=[99, 1], patience=[999, 999])
    run = simulate(centre(duration=50.0), workload)
    assert outcomes(run) == "iw"
    assert np.isnan(run.ledger.ended).all()
    assert run.observations.queue_time[-1].tolist() == [49.0]
