"""A cut cable is seen as what it is: calls that wanted an agent and got none, because every link is cut; so is a congested network."""

from __future__ import annotations

from dataclasses import replace

from simulator.crisis.events import CongestNetwork, CutLink
from simulator.crisis.play import simulate
from simulator.model.world import At, Clock, Continuity, Step
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.workload import Workload
from tests.rules.small_centre import centre


def test_the_level_falls_and_the_cut_links_are_what_held_it_down() -> None:
    model = replace(
        centre(agents=3, events=[Step("digger", CutLink("cable"), At(7200.0))], duration=14400.0),
        clock=Clock("UTC", "2026-01-01T00:00:00+00:00", 14400.0, 1800.0, impact=7200.0),
        continuity=Continuity(1800.0, 3600.0, 0.4),
    )
    workload = Workload.by_hand([100.0 * i for i in range(144)], [60.0] * 144, [60.0] * 144)
    summary = summarise(model, [tally(simulate(model, workload), model)])
    assert summary.estimate("lost_cut_link").mean == 72
    assert summary.estimate("blocked").mean == 0
    assert summary.estimate("reachability").mean == 0.5
    assert summary.estimate("time_to_recover").endless == 1.0
    held = summary.constraint
    assert held is not None
    assert held.shares[:, held.names.index("links")].tolist() == [1.0] * 4


def test_a_congested_network_is_treated_alike() -> None:
    steps = [Step("storm", CongestNetwork(1.0, 1e12), At(7200.0))]
    model = replace(
        centre(agents=3, events=steps, duration=14400.0),
        clock=Clock("UTC", "2026-01-01T00:00:00+00:00", 14400.0, 1800.0, impact=7200.0),
        continuity=Continuity(1800.0, 3600.0, 0.4),
    )
    workload = Workload.by_hand([100.0 * i for i in range(144)], [60.0] * 144, [60.0] * 144)
    summary = summarise(model, [tally(simulate(model, workload), model)])
    assert summary.estimate("lost_cut_link").mean == 0
    assert summary.estimate("lost_upstream").mean == 72
    assert summary.estimate("reachability").mean == 0.5
    assert summary.estimate("time_to_recover").endless == 1.0
    held = summary.constraint
    assert held is not None
    assert held.shares[:, held.names.index("network")].tolist() == [1.0] * 4
