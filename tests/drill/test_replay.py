"""A log is replayed exactly: what it names happens at its times, what it does not name does not happen, and equal logs give equal bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.asking import open_folder
from simulator.crisis.play import simulate
from simulator.drill.play import PLAYBOOK, PLAYED, prepare, sooner, without
from simulator.drill.question import Drilled
from simulator.drill.response import Response, cleared, overrides, playbook_of, seconds_of
from simulator.drill.session import drill
from simulator.drill.worth import values_of
from simulator.model.world import Model
from simulator.records import LogEntry, Run
from simulator.scenario import Scenario, exercise_of, lower
from simulator.scenario.decision_log import Decision, DecisionLog, read_log
from simulator.statistics.tally import tally
from simulator.workload import draw
from simulator.workload.draw import settled

IMPACT = 7200.0


def run(scenario: Scenario, variant: str, *, seed: int = 3, world: int = 1) -> Run:
    model = lower(scenario, variant)
    return simulate(model, draw(model, seed, world))


def moments(made: Run, what: str) -> dict[str, float]:
    return {e.id: e.instant - IMPACT for e in made.log if e.what == what and not e.id.startswith(("inject", "seen", "quake"))}


def a_log(*decisions: Decision) -> DecisionLog:
    return DecisionLog("log.yaml", decisions)


def step(number: int, minutes: float, what: str, kind: str = "step") -> Decision:
    return Decision(number, IMPACT + 60 * minutes, "manager", kind, what)


def logbook(model: Model) -> Sequence[LogEntry]:
    return simulate(model, draw(model, 3, 1)).log


def drill_of(scenario: Scenario, *decisions: Decision, default: bool = True) -> tuple[Scenario, Response]:
    exercise = exercise_of(scenario)
    assert exercise is not None
    if not default:
        exercise = replace(exercise, injects=tuple(replace(i, default="") for i in exercise.injects))
    made = prepare(scenario, exercise, a_log(*decisions), seed=3, world=1, logbook=logbook)
    return made.scenario, made.response


def test_decisions_happen_at_their_times_and_nothing_else_happens(drilled: Scenario) -> None:
    made, _ = drill_of(drilled, step(1, 12, "decide"), step(2, 20, "reroute"))
    played = run(made, PLAYED)
    assert moments(played, "triggered") == {"decide": 720.0, "reroute": 1200.0}
    assert moments(played, "done") == {"decide": 720.0, "reroute": 1800.0}, "it takes ten minutes whoever decides it"


def test_a_step_waits_for_what_it_needs(drilled: Scenario) -> None:
    made, _ = drill_of(drilled, step(1, 5, "reroute"), step(2, 25, "decide"), default=False)
    assert moments(run(made, PLAYED), "done") == {"decide": 1500.0, "reroute": 2100.0}


def test_a_step_whose_need_nobody_decided_never_starts(drilled: Scenario) -> None:
    made, response = drill_of(drilled, step(1, 5, "decide"), step(2, 10, "spare-site"), default=False)
    assert dict(response.blocked) == {"spare-site": "reroute"}
    assert moments(run(made, PLAYED), "done") == {"decide": 300.0}


def test_the_facilitator_takes_the_default_when_the_time_has_run_out(drilled: Scenario) -> None:
    made, _ = drill_of(drilled, step(1, 10, "decide"))
    assert moments(run(made, PLAYED), "triggered") == {"decide": 600.0, "reroute": 3000.0}, "told after 30 minutes, 20 allowed"


def test_who_answers_in_time_keeps_the_decision(drilled: Scenario) -> None:
    made, _ = drill_of(drilled, step(1, 10, "decide"), step(2, 49, "reroute"))
    assert moments(run(made, PLAYED), "triggered")["reroute"] == 49 * 60


def test_a_decision_after_the_default_comes_too_late(drilled: Scenario) -> None:
    exercise = exercise_of(drilled)
    assert exercise is not None
    made = prepare(drilled, exercise, a_log(step(1, 10, "decide"), step(2, 70, "reroute")), seed=3, world=1, logbook=logbook)
    assert dict(made.too_late) == {2: "I2"}
    assert [(d.what, d.default_of) for d in made.decisions] == [("decide", ""), ("reroute", "I2"), ("reroute", "")]
    assert seconds_of(made.response.steps[1]) == IMPACT + 3000


def test_injects_and_looks_at_the_wallboard_change_nothing(drilled: Scenario) -> None:
    made, response = drill_of(drilled, step(1, 12, "decide"), step(2, 20, "reroute"))
    bare = replace(drilled, tree={**drilled.tree, "variants": {"bare": overrides(drilled, response)}})
    played, quiet = run(made, PLAYED), run(bare, "bare")
    assert len(played.log) > len(quiet.log)
    for column in ("customer", "arrived", "answered", "ended", "outcome"):
        assert np.array_equal(getattr(played.ledger, column), getattr(quiet.ledger, column), equal_nan=column == "answered"), column


def test_the_playbook_and_the_customers_are_those_of_the_scenario(drilled: Scenario) -> None:
    made, _ = drill_of(drilled, step(1, 12, "decide"))
    one, two = run(made, PLAYBOOK), run(drilled, "as-written")
    assert np.array_equal(one.ledger.arrived, two.ledger.arrived)
    assert np.array_equal(one.persons.onset, run(made, PLAYED).persons.onset), "everybody meets the same customers"


def test_what_a_decision_was_worth_is_the_run_without_it(held: Drilled) -> None:
    found, result = held.review, held.result
    for worth in found.worths:
        if worth.left_out is None:
            continue
        differences = []
        for world in found.luck.worlds:
            counts = []
            for variant in (without(worth.step), found.drill.played):
                model = lower(found.drill.scenario, variant)
                workload = draw(model, 3, world)
                added = tally(simulate(model, workload), settled(model, workload.assumptions))
                counts.append(values_of([added])[0])
            differences.append(counts[0] - counts[1])
        assert worth.left_out.mean == pytest.approx(np.mean(differences))
    assert sooner("decide") in result.tallies
    assert found.luck.policies[0].values.tolist() == values_of(result.tallies[PLAYED]).tolist()


def test_the_parts_of_the_drill_fit_together(held: Drilled) -> None:
    found = held.review
    assert [(t.inject.id, t.status) for t in found.told] == [("I1", "in time"), ("I2", "by default"), ("I3", found.told[2].status)]
    assert found.told[0].answered == IMPACT + 900
    at = {s.id: s for s in found.steps}
    assert (at["decide"].decided, at["reroute"].decided) == (IMPACT + 2400, IMPACT + 3000)
    assert at["open-network"].decided is None
    assert {m.decision.what for m in found.met} == {"headcount", "decide", "reroute", "spare-site"}
    seen = next(m.seen for m in found.met if m.decision.what == "decide")
    assert seen is not None
    assert seen["agents_online"] == 0, "the house is empty"
    assert found.judged[0].suggested.level == "P"
    assert found.judged[0].rating is not None
    assert next(t.name for t in found.timings if t.played is not None) == "first decision"


def test_the_playbook_plays_where_there_is_no_log(drilled: Scenario) -> None:
    found = drill(drilled, replications=2, jobs=1, seed=3).review
    assert not found.team
    assert all(s.delay == 0 for s in found.steps if s.decided is not None)
    assert found.luck.skill is None
    assert found.judged[0].suggested.level == "", "nobody counted heads"


def test_equal_logs_give_equal_bytes(drilled: Scenario, log_file: Path, held: Drilled, tmp_path: Path) -> None:
    again = drill(drilled, log=log_file, replications=3, jobs=2, out=tmp_path, command="crisis drill it")
    assert held.folder is not None
    assert again.folder is not None
    for name in (
        "worlds.journal",
        "review.json",
        "drill.json",
        "decisions.csv",
        "next-exercise.yaml",
        "pack/events-list.csv",
        "figures/worth.png",
    ):
        assert (again.folder / name).read_bytes() == (held.folder / name).read_bytes(), name


def test_a_drill_is_reviewed_again_without_simulating(held: Drilled, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.drill.kept import answer

    assert held.folder is not None
    monkeypatch.setattr("simulator.crisis.play.simulate", None)
    assert answer(open_folder(held.folder).review) == json.loads((held.folder / "review.json").read_text(encoding="utf-8"))


def test_the_shipped_logs_fit_their_exercises(root: Path) -> None:
    from simulator.scenario import load

    logs = sorted((root / "scenarios" / "exercises").glob("*-log.yaml"))
    assert logs
    for log in logs:
        scenario = load(str(log).replace("-log", "-drill"))
        exercise = exercise_of(scenario)
        assert exercise is not None
        assert len(read_log(log, scenario, lower(scenario), exercise).decisions) > 3


def test_what_cannot_start_falls_with_what_it_needs(drilled: Scenario) -> None:
    whole = playbook_of(drilled)
    assert whole.fallen("reroute") == ("spare-site",)
    assert set(whole.fallen("decide")) == {"reroute", "spare-site", "open-network"}
    assert cleared([]).ids == ()
