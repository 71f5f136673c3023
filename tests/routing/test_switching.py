"""A playbook changes the strategy in mid-crisis, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.crisis.actions import SwitchRouting
from simulator.crisis.events import FailPlatform
from simulator.crisis.play import simulate
from simulator.errors import ScenarioError
from simulator.model.world import At, Platform, Routing, Step
from simulator.records import Run
from simulator.routing.declared import FirstCome, Newest, Priority, StrategyDeclaration
from simulator.scenario import load, lower
from simulator.workload import Workload
from tests.rules.small_centre import centre

NEEDS = {"everyday": 2, "life": 1}


def switch(name: str, to: StrategyDeclaration, at: float, until: float | None = None, platform: str | None = None) -> Step:
    return Step(name, SwitchRouting(to, platform), At(at), until=None if until is None else At(until))


def played(strategy: StrategyDeclaration, *steps: Step, agents: int = 1, platforms: tuple[Platform, ...] = ()) -> Run:
    """Everyday and life calls in turns, one a second from 0 on; each talks for 10 s."""
    workload = Workload.by_hand(list(range(8)), [10.0] * 8, [999.0] * 8, [0, 0, 1, 0, 1, 0, 1, 0])
    return simulate(centre(agents, needs=NEEDS, routing=Routing(strategy), playbook=steps, platforms=platforms), workload)


def order(run: Run) -> list[int]:
    return [int(row) for row in run.ledger.answered.argsort()]


def test_a_switch_holds_from_its_instant_to_its_end() -> None:
    assert order(played(FirstCome())) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert order(played(FirstCome(), switch("urgent", Priority(), 15.0))) == [0, 1, 2, 4, 6, 3, 5, 7]
    assert order(played(FirstCome(), switch("urgent", Priority(), 15.0, until=25.0))) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert order(played(FirstCome(), switch("newest", Newest(calm=0.0), 25.0, until=45.0))) == [0, 1, 2, 7, 6, 3, 4, 5]


def test_when_one_of_two_switches_ends_the_other_holds() -> None:
    """Priority from 15 on; newest first from 25 to 45; then priority again, not the strategy of the start."""
    run = played(FirstCome(), switch("urgent", Priority(), 15.0), switch("newest", Newest(calm=0.0), 25.0, until=45.0))
    assert order(run) == [0, 1, 2, 7, 6, 4, 3, 5]
    ended_first = played(FirstCome(), switch("urgent", Priority(), 15.0, until=35.0), switch("newest", Newest(calm=0.0), 25.0))
    assert order(ended_first) == [0, 1, 2, 7, 6, 5, 4, 3], "the end of the earlier one changes nothing"


def test_free_agents_look_at_the_queues_at_once() -> None:
    """With both agents' one kept free, everyday calls wait beside a free agent until the reserve is lifted at 5."""
    run = played(Priority(reserve=1), switch("lift", Priority(), 1.5), agents=2)
    assert run.ledger.answered.tolist()[:2] == [0.0, 1.5]
    kept = played(Priority(reserve=1), agents=2)
    assert kept.ledger.answered.tolist()[:3] == [0.0, 22.0, 2.0], "life at 10 and 12; then one of the two is always free"


def test_what_cannot_be_reached_is_refused_and_nothing_changes() -> None:
    steps = (Step("down", FailPlatform("acd"), At(2.0)), switch("urgent", Priority(), 15.0, platform="acd"))
    run = played(FirstCome(), *steps, platforms=(Platform("acd", "datacentre"),))
    assert ("urgent", "refused") in {(entry.id, entry.what) for entry in run.log}


SCENARIO = """\
schema: crisis/v1
name: switched
clock: {timezone: UTC, start: 2026-01-05T08:00, duration: 4h, interval: 1h}
needs:
  bills: {urgency: 2, talk_time: 3m, patience: 2m}
  danger: {urgency: 1, talk_time: 3m, patience: 2m}
demand: {bills: {rate: 60/h}, danger: {rate: 10/h}}
channels: {voice: {target: 80% in 20s}}
links: {cable: {lines: 30}}
sites: {centre: {seats: 9, links: [cable]}}
teams:
  all: {headcount: 4, site: centre, skills: {bills: 1, danger: 0.8}}
routing: {strategy: STRATEGY}
playbook:
  - {id: calm-down, at: start+1h, do: routing.switch, to: TO}
"""


def written(folder: Path, to: str, strategy: str = "first-come") -> Path:
    file = folder / "switched.yaml"
    file.write_text(SCENARIO.replace("TO}", f"{to}}}").replace("STRATEGY", strategy), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("to", "means"),
    [
        ("triage", "Triage(agent='longest-idle', aging_cap=None, reserve=0, weights={})"),
        ("{strategy: priority, reserve: 2, aging_cap: 10m}", "Priority(agent='longest-idle', aging_cap=600.0, reserve=2.0, by='urgency')"),
    ],
)
def test_a_file_names_the_strategy_or_gives_its_parameters(tmp_path: Path, to: str, means: str) -> None:
    model = lower(load(written(tmp_path, to)))
    assert repr(model.playbook[0].act.to) == means


@pytest.mark.parametrize(
    ("to", "said", "column"),
    [
        ("triagge", "there is no strategy `triagge`", 59),
        ("{strategy: prioritee}", "there is no strategy `prioritee`", 70),
        ("{strategy: triage, weights: {dangr: 3}}", "there is no need `dangr`", 88),
        ("{reserve: 3}", "`strategy` is missing", 55),
        ("[a, b]", "expected a strategy, got a list", 59),
        ("overflow", "`overflow` cannot be switched to", 59),
    ],
)
def test_what_is_wrong_with_it_is_told_at_its_place(tmp_path: Path, to: str, said: str, column: int) -> None:
    with pytest.raises(ScenarioError) as refused:
        load(written(tmp_path, to))
    (problem,) = refused.value.diagnostics
    assert said in problem.message
    assert (problem.line, problem.column) == (15, column)


def test_the_overflow_strategy_becomes_delays_of_the_teams(tmp_path: Path) -> None:
    model = lower(load(written(tmp_path, "first-come", "overflow, after: 45s")))
    assert [(o.need, o.team, o.after) for o in model.routing.overflow] == [("danger", "all", 45.0)]
    own = "overflow, after: 45s, overflow: [{need: danger, team: all, after: 10s}]"
    model = lower(load(written(tmp_path, "first-come", own)))
    assert [(o.need, o.team, o.after) for o in model.routing.overflow] == [("danger", "all", 10.0)]


def test_an_overflow_that_says_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as refused:
        load(written(tmp_path, "first-come", "priority, overflow: [{need: danger, team: all}]"))
    assert "neither how long contacts wait" in refused.value.diagnostics[0].message


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ("fixed-queue-ratio, shares: {bills: 80%, danger: 50%}", "the shares come to 130%"),
        ("gc-mu, power: 0.5", "costs grow at least evenly"),
        ("triage, weights: {bills: 0}", "the weight of bills is not above 0"),
        ("accumulating-priority, weights: {danger: 0}", "the weight of danger is not above 0"),
        ("mutual-help, begin: 2, end: 9", "help would end before it begins"),
        ("mutual-help, ratio: 0", "expected a number above 0"),
    ],
)
def test_parameters_that_make_no_sense_are_told_at_their_place(tmp_path: Path, strategy: str, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load(written(tmp_path, "first-come", strategy))
    (problem,) = refused.value.diagnostics
    assert said in problem.message
    assert problem.line == 13
    assert problem.column > 20, "at the parameter, not at the section"
    with pytest.raises(ScenarioError, match=said):
        load(written(tmp_path, f"{{strategy: {strategy}}}"))
