"""What is due at one instant happens in the order of its kind: every pair of kinds, and two of one kind.

The order is that of the table in *Rules of the run*: SimPy's urgent events, the world, completions, policies, hang-ups,
arrivals, observation. An observer looks every hundred seconds.
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import combinations

import numpy as np
import pytest
import simpy

from simulator.crisis.actions import Announce, ReserveLines
from simulator.crisis.events import LoseSite, ScaleDemand, SetLines
from simulator.crisis.play import simulate
from simulator.engine.environment import CrisisEnvironment
from simulator.model.world import At, Link, Overflow, Platform, Routing, Shift, Step, Team
from simulator.records import Run
from simulator.routing.declared import FirstCome
from simulator.vocabulary import Cause, Rank
from simulator.workload import Workload
from tests.rules.small_centre import centre, outcomes

IVR = (Platform("ivr", "cloud"),)
TELL = Announce({"question": 1.0})


def lost(instant: float) -> Step:
    return Step("lost", LoseSite("main"), At(instant))


def seen(run: Run, column: str, instant: float = 100.0) -> int:
    """What the observer saw at ``instant``."""
    row = int(np.flatnonzero(run.observations.instant == instant)[0])
    return int(np.sum(getattr(run.observations, column)[row]))


def two_teams(after: float) -> dict[str, object]:
    """One agent for all, and one who takes a call only after it has waited ``after`` seconds."""
    shift = (Shift(0, 1, 0.0, 1000.0),)
    teams = (Team("first", 1, "main", {"question": 1.0}, shift), Team("second", 1, "main", {"question": 1.0}, shift))
    return {"teams": teams, "routing": Routing(FirstCome(), (Overflow("question", "second", after),))}


# -- the calendar itself ------------------------------------------------------------------------------------------------


KINDS = [kind for kind in Rank if kind is not Rank.URGENT]


def noted(env: CrisisEnvironment, kind: Rank, order: list[object], what: object) -> simpy.Event:
    """An entry of ``kind`` at 5 that is noted when it happens."""
    entry = env.at(5.0, kind)
    entry.callbacks.append(lambda _: order.append(what))
    return entry


@pytest.mark.parametrize(("sooner", "later"), list(combinations(KINDS, 2)))
def test_two_kinds_at_one_instant(sooner: Rank, later: Rank) -> None:
    """Whichever was entered first."""
    for entered in ((sooner, later), (later, sooner)):
        env, order = CrisisEnvironment(), list[object]()
        for kind in entered:
            noted(env, kind, order, kind)
        env.run()
        assert order == [sooner, later]


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_begins_before_anything_else_of_its_instant(kind: Rank) -> None:
    """SimPy's urgent events: started by the first of two entries of one kind, a process begins before the second."""
    env, order = CrisisEnvironment(), list[object]()

    def begins() -> Generator[simpy.Event, object, None]:
        order.append("process")
        yield env.timeout(1)

    def start(_: simpy.Event) -> None:
        env.process(begins())

    noted(env, kind, order, "first").callbacks.append(start)
    noted(env, kind, order, "second")
    env.run()
    assert order == ["first", "process", "second"]


# -- the world before everything else -----------------------------------------------------------------------------------


def test_the_world_before_a_completion() -> None:
    assert outcomes(simulate(centre(events=[lost(4.0)]), Workload.by_hand([0], [4], [99]))) == "d"


def test_the_world_before_a_policy() -> None:
    """Help would come at the instant at which the building is lost."""
    run = simulate(centre(**two_teams(4.0), events=[lost(5.0)]), Workload.by_hand([0, 1], [50, 4], [99, 99]))  # type: ignore[arg-type]  # parts by name
    assert outcomes(run) == "dx"


def test_the_world_before_a_hang_up() -> None:
    run = simulate(centre(events=[lost(5.0)]), Workload.by_hand([0, 1], [50, 4], [99, 4]))
    assert outcomes(run) == "dx"


def test_the_world_before_an_arrival() -> None:
    run = simulate(centre(events=[lost(5.0)]), Workload.by_hand([5], [4], [99]))
    assert outcomes(run) == "b"
    assert Cause(run.ledger.cause[0]) == Cause.SITE_DOWN


def test_the_world_before_an_observation() -> None:
    run = simulate(centre(events=[lost(100.0)]), Workload.by_hand([90], [50], [99]))
    assert (seen(run, "lines"), seen(run, "online")) == (0, 0)


# -- completions --------------------------------------------------------------------------------------------------------


def test_a_completion_before_a_policy() -> None:
    """The agent who becomes free takes the call whose help from elsewhere is due now."""
    run = simulate(centre(**two_teams(4.0)), Workload.by_hand([0, 1], [5, 4], [99, 99]))  # type: ignore[arg-type]  # parts by name  # keyword arguments in a dict
    assert run.ledger.agent.tolist() == [0, 0]
    assert run.ledger.answered.tolist() == [0, 5]


def test_a_completion_before_a_hang_up() -> None:
    assert outcomes(simulate(centre(), Workload.by_hand([0, 1], [5, 1], [9, 4]))) == "ss"


def test_a_completion_before_an_arrival() -> None:
    assert outcomes(simulate(centre(lines=1), Workload.by_hand([0, 5], [5, 1], [9, 9]))) == "ss"


def test_a_completion_before_an_observation() -> None:
    assert seen(simulate(centre(), Workload.by_hand([90], [10], [99])), "lines") == 0


# -- policies -----------------------------------------------------------------------------------------------------------


def test_a_policy_before_a_hang_up() -> None:
    """Help is due at the instant at which patience is over."""
    run = simulate(centre(**two_teams(4.0)), Workload.by_hand([0, 1], [50, 4], [99, 4]))  # type: ignore[arg-type]  # keyword arguments in a dict
    assert outcomes(run) == "ss"
    assert run.ledger.answered.tolist() == [0, 5]


def test_a_policy_before_an_arrival() -> None:
    run = simulate(centre(playbook=[Step("tell", TELL, At(5.0))], platforms=IVR), Workload.by_hand([5], [4], [99]))
    assert outcomes(run) == "c"


def test_a_policy_before_an_observation() -> None:
    late = Team("late", 1, "main", {"question": 1.0}, (Shift(0, 1, 100.0, 1000.0),))
    assert seen(simulate(centre(teams=(late,)), Workload.by_hand([500], [4], [99])), "online") == 1


# -- hang-ups, arrivals, observation ------------------------------------------------------------------------------------


def test_a_hang_up_before_an_arrival() -> None:
    """The line of whoever gives up carries the call of that instant."""
    assert outcomes(simulate(centre(lines=2), Workload.by_hand([0, 1, 5], [50, 1, 1], [99, 4, 99]))) == "sas"


def test_a_hang_up_before_an_observation() -> None:
    run = simulate(centre(), Workload.by_hand([50, 60], [100, 1], [99, 40]))
    assert (seen(run, "queue"), seen(run, "lines")) == (0, 1)


def test_an_arrival_before_an_observation() -> None:
    run = simulate(centre(), Workload.by_hand([100, 100], [9, 9], [99, 99]))
    assert (seen(run, "queue"), seen(run, "lines")) == (1, 2)


# -- two of one kind: what was entered first goes first -----------------------------------------------------------------


def test_two_of_the_world_go_in_the_order_of_the_file() -> None:
    for lines, expected in (((0, 5), "s"), ((5, 0), "b")):
        steps = [Step(f"set-{i}", SetLines("cable", n), At(5.0)) for i, n in enumerate(lines)]
        run = simulate(centre(events=steps, links=[Link("cable", 3)]), Workload.by_hand([5], [4], [99]))
        assert outcomes(run) == expected


def test_two_completions_go_in_the_order_in_which_they_were_entered() -> None:
    """Both agents are free at 10; the one whose talk began first takes the call that has waited longest."""
    run = simulate(centre(2), Workload.by_hand([0, 1, 2, 3], [10, 9, 4, 4], [99, 99, 99, 99]))
    assert run.ledger.agent.tolist() == [0, 1, 0, 1]
    assert run.ledger.answered.tolist() == [0, 1, 10, 10]


def test_two_policies_go_in_the_order_of_the_file() -> None:
    steps = [Step(name, ReserveLines("main", "question", 0), At(5.0)) for name in ("b", "a")]
    log = simulate(centre(playbook=steps), Workload.by_hand([9], [4], [99])).log
    assert [entry.id for entry in log if entry.instant == 5.0 and entry.what == "done"] == ["b", "a"]


def test_two_hang_ups_are_both_gone_before_the_arrival() -> None:
    run = simulate(centre(lines=3), Workload.by_hand([0, 1, 2, 5, 5], [50, 1, 1, 1, 1], [99, 4, 3, 99, 99]))
    assert outcomes(run) == "saass"


def test_arrivals_go_by_customer_number() -> None:
    run = simulate(centre(), Workload.by_hand([1, 1, 1], [2, 2, 2], [9, 9, 9]))
    assert run.ledger.answered.tolist() == [1, 3, 5]


def test_a_run_ends_just_before_its_last_instant() -> None:
    """Nothing that is due then happens: not the end of talk, not the hang-up, not the call."""
    run = simulate(
        centre(duration=100.0, events=[Step("e", ScaleDemand("question", 0.5), At(100.0))]),
        Workload.by_hand([0, 1, 100], [100, 1, 1], [999, 99, 9]),
    )
    assert outcomes(run) == "iw"
    assert not [entry for entry in run.log if entry.id == "e"]
