"""What each strategy does with a handful of contacts, to be followed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from simulator.crisis.play import simulate
from simulator.engine.assemble import assemble
from simulator.engine.calendar import Calendar
from simulator.model.distributions import Constant, Exponential
from simulator.model.world import Harm, Link, Model, Overflow, Routing, Seats, Shift, Site, Team
from simulator.records import Run
from simulator.routing import choosers
from simulator.routing.declared import (
    AGENT_RULES,
    Accumulating,
    FirstCome,
    GcMu,
    Helping,
    MaxWeight,
    Newest,
    Overflowing,
    Preference,
    Priority,
    QueueRatio,
    StrategyDeclaration,
    Triage,
)
from simulator.workload import Workload
from tests.rules.small_centre import centre

TWO_NEEDS = {"everyday": 2, "life": 1}


def team(name: str, agents: int, **skills: float) -> Team:
    return Team(name, agents, "main", {need.replace("_", "-"): skill for need, skill in skills.items()}, (Shift(0, agents, 0.0, 1000.0),))


def lasting(model: Model, **means: float) -> Model:
    """The model with other mean talk times, by need."""
    return replace(model, needs=tuple(replace(n, talk_time=Constant(means.get(n.name, 1.0))) for n in model.needs))


def order(
    strategy: StrategyDeclaration,
    waiting: Sequence[tuple[float, int]],
    needs: Mapping[str, int] = TWO_NEEDS,
    model: Model | None = None,
    frees: float = 10.0,
) -> list[int]:
    """The order in which one agent, busy until ``frees``, takes those who wait: (arrival, need) each; the first is 0."""
    arrivals = [0.0, *(arrival for arrival, _ in waiting)]
    workload = Workload.by_hand(
        arrivals,
        talk=[frees] + [1.0] * len(waiting),
        patience=[999.0] * len(arrivals),
        need=[0, *(need for _, need in waiting)],
        needs=len(needs),
    )
    model = model or centre(needs=needs)
    run = simulate(replace(model, routing=Routing(strategy)), workload)
    return [int(row) - 1 for row in np.argsort(run.ledger.answered)][1:]


def answered(model: Model, strategy: StrategyDeclaration, arrivals: Sequence[float], need: Sequence[int], talk: Sequence[float]) -> Run:
    workload = Workload.by_hand(arrivals, talk=talk, patience=[999.0] * len(arrivals), need=need, needs=len(model.needs))
    return simulate(replace(model, routing=replace(model.routing, strategy=strategy)), workload)


def test_first_come_and_priority() -> None:
    waiting = [(1.0, 0), (2.0, 1), (3.0, 0), (4.0, 1)]
    assert order(FirstCome(), waiting) == [0, 1, 2, 3]
    assert order(Priority(), waiting) == [1, 3, 0, 2]


@pytest.mark.parametrize(("arrives", "first"), [(7.0, 1), (8.0, 0)])
def test_accumulated_priority_is_weight_times_wait(arrives: float, first: int) -> None:
    """At 10 the everyday contact has 9; a contact of life four times its wait: 12 or 8."""
    assert order(Accumulating(weights={"life": 4.0, "everyday": 1.0}), [(1.0, 0), (arrives, 1)])[0] == first


def test_accumulated_priority_grows_by_urgency_unless_told_otherwise() -> None:
    assert order(Accumulating(), [(1.0, 0), (5.0, 1)])[0] == 1  # 4.5 against 5
    assert order(Accumulating(), [(1.0, 0), (5.6, 1)])[0] == 0


def test_c_mu_goes_by_weight_and_speed_whatever_the_wait() -> None:
    model = lasting(centre(needs=TWO_NEEDS), everyday=2.0, life=8.0)
    assert order(GcMu(power=1, weights={"everyday": 1, "life": 3}), [(1.0, 1), (9.0, 0)], model=model)[0] == 1  # 1/2 against 3/8
    assert order(GcMu(power=1, weights={"everyday": 1, "life": 5}), [(1.0, 0), (9.0, 1)], model=model)[0] == 1  # 1/2 against 5/8


@pytest.mark.parametrize(("power", "first"), [(2.0, 0), (3.0, 0), (1.5, 1)])
def test_convex_costs_weigh_the_wait(power: float, first: int) -> None:
    """Weights 1 and 2, waits 9 and 4: power 2 compares 18 with 16, power 1.5 only 4.5 with 6."""
    assert order(GcMu(power=power, weights={"everyday": 1, "life": 2}), [(1.0, 0), (6.0, 1)])[0] == first


def test_max_weight_takes_the_longest_queue_at_equal_speed_and_the_quicker_one_at_equal_length() -> None:
    assert order(MaxWeight(), [(1.0, 0), (2.0, 1), (3.0, 1)]) == [1, 0, 2]  # of equal queues the older contact
    model = lasting(centre(needs=TWO_NEEDS), everyday=4.0)
    assert order(MaxWeight(), [(1.0, 0), (1.5, 0), (2.0, 1)], model=model)[0] == 2  # 2/4 against 1/1


def test_queue_ratio_serves_the_queue_beyond_its_share() -> None:
    waiting = [(1.0, 0), (2.0, 0), (3.0, 0), (4.0, 1)]
    assert order(QueueRatio(shares={"everyday": 0.9}), waiting)[0] == 3  # 3 - 3.6 against 1 - 0.4
    assert order(QueueRatio(shares={"everyday": 0.5}), waiting)[0] == 0
    assert order(QueueRatio(), waiting)[0] == 0, "half each where nothing is said"


def test_newest_first_once_somebody_waits_long() -> None:
    waiting = [(1.0, 0), (2.0, 1), (3.0, 0)]
    assert order(Newest(calm=0.0), waiting) == [2, 1, 0]
    assert order(Newest(calm=8.9), waiting) == [2, 1, 0]
    assert order(Newest(calm=9.0), waiting) == [0, 1, 2], "a wait of just 9 s is still calm, the next oldest has waited no longer"


def test_triage_takes_the_hasty_from_short_queues_and_the_worthy_from_long_ones() -> None:
    model = centre(needs={"hasty": 1, "steady": 1})
    patience = {"hasty": Exponential(5.0), "steady": Exponential(50.0)}
    model = replace(model, needs=tuple(replace(n, patience=patience[n.name]) for n in model.needs))
    strategy = Triage(weights={"steady": 2.0})
    assert order(strategy, [(1.0, 0), (1.0, 1)], model=model)[0] == 0
    many = [(1.0, 0)] * 90 + [(1.0, 1)]
    assert order(strategy, many, model=model)[0] == 90


def test_triage_weighs_by_harm_unless_told_otherwise() -> None:
    model = centre(needs={"light": 1, "grave": 1})
    model = replace(model, needs=(model.needs[0], replace(model.needs[1], harm=Harm(3600.0, 10.0))))
    assert order(Triage(), [(1.0, 0), (1.5, 1)], model=model)[0] == 1
    assert order(Triage(weights={"grave": 0.1}), [(1.0, 0), (1.5, 1)], model=model)[0] == 0


@pytest.mark.parametrize(
    "strategy", [Priority(aging_cap=5.0), Newest(calm=0.0, aging_cap=5.0), Accumulating(weights={"life": 99.0}, aging_cap=5.0)]
)
def test_who_has_waited_beyond_the_cap_goes_before_all(strategy: StrategyDeclaration) -> None:
    assert order(strategy, [(1.0, 0), (4.0, 0), (6.0, 1)])[:2] == [0, 1]


def test_a_reserve_keeps_agents_free_for_the_most_urgent() -> None:
    run = answered(centre(2, needs=TWO_NEEDS), Priority(reserve=1), [0, 1, 2], [0, 0, 1], [10, 10, 10])
    assert run.ledger.answered.tolist() == [0, 12, 2], "the second everyday contact waits until both agents are free"
    alone = answered(centre(2, needs={"everyday": 2}), Priority(reserve=1), [0, 1], [0, 0], [10, 10])
    assert alone.ledger.answered.tolist() == [0, 1], "nobody is kept free for a need that the team does not serve"


def test_agents_kept_free_for_one_need_of_one_team() -> None:
    model = centre(2, needs=TWO_NEEDS)
    model = replace(model, routing=Routing(FirstCome(), overflow=(Overflow("everyday", "people", 0.0, 1.0),)))
    run = answered(model, FirstCome(), [0, 1, 2], [0, 0, 1], [10, 10, 10])
    assert run.ledger.answered.tolist() == [0, 12, 2]


def two_teams() -> Model:
    teams = (team("left", 1, everyday=1.0, life=0.5), team("right", 1, life=1.0, everyday=0.5))
    return centre(needs=TWO_NEEDS, teams=teams)


def test_mutual_help_begins_at_its_threshold_with_the_oldest_and_ends_when_little_is_left() -> None:
    """All call for the left team. With a threshold of 2 the third who waits calls the right team, for the oldest."""
    run = answered(two_teams(), Helping(begin=2, end=1), [0, 1, 2, 3], [0] * 4, [50.0] * 4)
    assert run.ledger.answered.tolist() == [0, 3, 50, 100], "twice as long, because 0.5 is half the speed: 3 + 100"
    never = answered(two_teams(), Helping(begin=3, end=1), [0, 1, 2, 3], [0] * 4, [50.0] * 4)
    assert never.ledger.answered.tolist() == [0, 50, 100, 150]


def test_a_helping_team_stops_when_fewer_wait_than_its_release() -> None:
    """Help with the first of three leaves two, fewer than three: the right team rests though two wait."""
    run = answered(two_teams(), Helping(begin=2, end=3), [0, 1, 2, 3], [0] * 4, [50, 5, 50, 50])
    assert run.ledger.answered.tolist() == [0, 3, 50, 100]
    longer = answered(two_teams(), Helping(begin=2, end=1), [0, 1, 2, 3], [0] * 4, [50, 5, 50, 50])
    assert longer.ledger.answered.tolist() == [0, 3, 13, 50], "with a release of one it goes on"


def test_a_helping_team_keeps_the_balance_with_its_own_queue() -> None:
    """The right team helps from 3 on; at 13 two wait on each side, so it serves its own; at 22 two against one, so it helps."""
    run = answered(two_teams(), Helping(begin=2, end=1), [0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 1, 1], [50, 5, 50, 50, 9, 9])
    assert run.ledger.answered.tolist() == [0, 3, 22, 50, 13, 122]


def test_help_goes_in_one_direction_at_a_time() -> None:
    """The right team helps the left; meanwhile its own queue grows, and the left team, free at 6, does not help it back."""
    arrivals, need = [0, 1, 1, 1, 2, 2, 2, 2, 2], [0, 0, 0, 0, 1, 1, 1, 1, 1]
    run = answered(two_teams(), Helping(begin=2, end=1), arrivals, need, [6.0, 40, 1, 1, 1, 1, 1, 1, 1])
    left = run.ledger.agent == 0
    assert run.ledger.answered[1] == 1, "the right team helps"
    assert not (left & (np.array(need) == 1) & (run.ledger.answered < 81)).any()


def test_overflow_writes_delays_for_what_a_team_is_not_best_at() -> None:
    assert Overflowing(after=30.0).delays({"a": 1.0, "b": 0.8, "c": 1.0}) == {"b": 30.0}
    assert Overflowing(after=30.0).delays({"a": 0.7}) == {}
    assert Preference().delays({"a": 1.0, "b": 0.5}) == {}


def test_the_numbers_of_agent_rules_are_those_of_the_compiled_code() -> None:
    assert [getattr(choosers, name.upper().replace("-", "_")) for name in AGENT_RULES] == list(range(len(AGENT_RULES)))


def chosen_agent(rule: str, prepare: Mapping[int, Mapping[str, float]]) -> int:
    """Who of four free agents takes a question: two generalists, a specialist and one elsewhere; all idle since 0."""
    teams = (team("both", 2, everyday=0.8, life=1.0), team("one", 1, everyday=1.0), team("far", 1, everyday=1.0, life=1.0))
    model = centre(needs=TWO_NEEDS, teams=teams)
    workload = Workload.by_hand([0.0], [1.0], [9.0], [0], needs=2)
    strategy = FirstCome(agent=rule).make(model)
    floor = assemble(model, workload, Calendar(), strategy)
    for number, agent in enumerate(floor.agents):
        agent.rest(0.0)
        for name, value in prepare.get(number, {}).items():
            setattr(agent, name, value)
    floor.calendar.now = 100.0
    row = floor.contacts.open(0, 0, 0, 100.0)
    return int(strategy.agent_for(floor.view, row))


def test_agent_rules() -> None:
    assert chosen_agent("longest-idle", {}) == 0
    assert (
        chosen_agent("longest-idle", {0: {"idle_since": 5.0}, 1: {"idle_since": 4.0}, 2: {"idle_since": 3.0}, 3: {"idle_since": 2.0}}) == 3
    )
    assert chosen_agent("best-skill", {}) == 2
    assert chosen_agent("least-flexible", {3: {"idle_since": -9.0}}) == 2
    assert chosen_agent("least-occupied", {0: {"worked": 50.0}, 1: {"worked": 9.0}, 2: {"worked": 80.0}, 3: {"worked": 10.0}}) == 1
    assert chosen_agent("rested-first", {0: {"strain": 0.5}, 1: {"strain": 0.3}, 2: {"strain": 0.4}, 3: {"strain": 0.2}}) == 3


def test_same_site_first() -> None:
    sites = (Site("main", Seats(9, 9), ("cable",)), Site("far", Seats(9, 9), ("cable",)))
    shift = (Shift(0, 1, 0.0, 1000.0),)
    teams = (Team("away", 1, "far", {"question": 1.0}, shift), Team("here", 1, "main", {"question": 1.0}, shift))
    model = centre(teams=teams, sites=sites, links=(Link("cable", 9),))
    assert answered(model, FirstCome(agent="same-site"), [1.0], [0], [1.0]).ledger.agent.tolist() == [1]
    assert answered(model, FirstCome(), [1.0], [0], [1.0]).ledger.agent.tolist() == [0]
