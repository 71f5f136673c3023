"""An alternative that fails is left out and said to be, and costs the others nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from simulator.api import compare, load, render, resume
from simulator.asking import open_folder
from simulator.cli import main
from simulator.errors import UsageError
from simulator.experiment import kept
from simulator.model import plugin as plugins
from simulator.report import findings
from simulator.report.judgement import stable, verdict
from simulator.scenario import Scenario
from simulator.scenario.plugins import plug_in
from simulator.statistics.selection import FIRST_STAGE
from tests.compare.outcome import found, rows

SCENARIO = """
schema: crisis/v1
name: desk
clock: {timezone: UTC, start: 2026-01-05T08:00, duration: 2h, interval: 30m, phases: {open: start}}
groups: {alone: people over eighty who live alone}
needs:
  call: {urgency: 2, talk_time: {exponential: {mean: 1m}}, patience: 2m}
  alarm: {urgency: 1, talk_time: {exponential: {mean: 2m}}, patience: 2m}
demand:
  call: {rate: 4/min, day_cv: 20%}
  old: {need: call, rate: 1/min, groups: alone}
  alarm: {rate: 1/min}
channels: {voice: {target: 80% in 20s}}
links: {cable: {lines: 40}}
sites: {centre: {seats: 40, links: [cable]}}
teams: {agents: {headcount: 6, site: centre, skills: {call: 1, alarm: 1}}}
routing: {strategy: first-come}
"""
STRATEGY = """
import os
from dataclasses import dataclass
from simulator.routing import Strategy, StrategyDeclaration, strategies


class Frail(Strategy):
    def __init__(self, most):
        self.most = most

    def agent_for(self, view, contact):
        if contact > self.most:
            FAIL
        teams = view.teams_for(view.queue_of(contact))
        return next((a for a in map(view.longest_idle, teams) if a >= 0 and view.may_take(a, contact)), -1)

    def contact_for(self, view, agent):
        heads = [view.oldest(queue) for queue in view.queues_of(agent) if view.waiting(queue)]
        return min((c for c in heads if view.may_take(agent, c)), key=lambda c: (view.arrived(c), c), default=-1)


@strategies.register("frail")
@dataclass(frozen=True)
class Declared(StrategyDeclaration):
    most: int = MOST

    def make(self, model):
        return Frail(self.most)
"""
SOUND = ["priority", "first-come", "newest-first"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scenario]:
    monkeypatch.chdir(tmp_path)
    Path("desk.yaml").write_text(SCENARIO, encoding="utf-8")
    yield load("desk.yaml")
    for plugin in plugins.loaded():
        plugins.unload(plugin)


def frail(most: int, fail: str = 'raise RuntimeError("too much for me")') -> None:
    """A strategy that fails in worlds of more contacts than it bears."""
    Path("frail.py").write_text(STRATEGY.replace("MOST", str(most)).replace("FAIL", fail), encoding="utf-8")
    plug_in(Path("frail.py"))


def bearable(desk: Scenario, worlds: int) -> int:
    """More contacts than half of the first ``worlds`` worlds have."""
    calls = compare(
        [desk], strategies=["first-come", "priority"], measures=["redials", "people_never_served"], replications=worlds, stability=0, jobs=1
    )
    attempts = sorted(t.contacts[0].sum() for t in calls.tallies["first-come"])
    return int(attempts[worlds // 2 - 1] + attempts[worlds // 2]) // 2


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_others_find_what_they_find_without_it(desk: Scenario, jobs: int) -> None:
    frail(bearable(desk, 6))
    with_it = compare([desk], strategies=[*SOUND, "frail"], replications=6, stability=2, jobs=jobs, out="with")
    alone = compare([desk], strategies=SOUND, replications=6, stability=2, jobs=1, out="without")
    contest = found(with_it)
    assert contest.alternatives == tuple(SOUND)
    worlds = len(contest.failed["frail"])
    assert 1 < worlds < 6
    assert with_it.replications == 6
    assert not with_it.partial
    for file in ("goals.csv", "replications.csv", "comparison.csv"):
        assert rows(with_it, file) == rows(alone, file), file
    assert contest.stability == found(alone).stability
    said = [sentence for sentence in verdict(with_it, contest) if sentence.startswith(f"frail failed in {worlds} worlds and is left out")]
    assert len(said) == 1
    assert "RuntimeError in agent_for: too much for me" in said[0]
    document = findings.document(with_it, contest)
    jsonschema.validate(document, findings.schema())
    assert document["failed"][0]["alternative"] == "frail"
    assert document["failed"][0]["worlds"] == worlds
    assert with_it.folder is not None
    again = open_folder(with_it.folder)
    assert found(again).failed.keys() == {"frail"}
    assert findings.document(again, found(again)) == document
    assert f"frail failed in {worlds} worlds" in (with_it.folder / "report.html").read_text(encoding="utf-8")


def test_one_that_takes_the_process_with_it_takes_nobody_else(desk: Scenario) -> None:
    frail(bearable(desk, 4), "os._exit(9)")
    result = compare([desk], strategies=[*SOUND, "frail"], replications=4, stability=0, jobs=2)
    assert {f.variant for f in result.failures} == {"frail"}
    assert {f.error for f in result.failures} == {"the process that simulated it died"}
    assert 0 < len(result.failures) < 4
    assert {len(tallies) for tallies in result.tallies.values()} == {4}


def test_a_comparison_that_was_stopped_remembers_who_failed(desk: Scenario) -> None:
    """Ctrl-C after a failure: resumed, the findings are those of a comparison that nobody stopped."""
    frail(bearable(desk, 8))
    asked = {"strategies": [*SOUND, "frail"], "replications": 8, "stability": 0, "jobs": 1}
    whole = compare([desk], out="whole", **asked)  # type: ignore[arg-type]  # keywords of compare
    failed = found(whole).failed["frail"]

    def stop(done: int, _asked: int) -> None:
        if done == failed[0].replication + 2:
            raise KeyboardInterrupt

    stopped = compare([desk], out="stopped", progress=stop, **asked)  # type: ignore[arg-type]  # keywords of compare
    assert stopped.interrupted
    assert stopped.failures
    assert stopped.folder is not None
    resumed = resume(stopped.folder, jobs=1)
    assert resumed.folder is not None
    assert whole.folder is not None
    assert {(f.replication, f.error) for f in found(resumed).failed["frail"]} == {(f.replication, f.error) for f in failed}
    for name in ("comparison.json", "goals.csv", "replications.csv"):
        assert (resumed.folder / name).read_bytes() == (whole.folder / name).read_bytes(), name


def test_one_that_was_killed_remembers_too(desk: Scenario) -> None:
    """What is kept while it simulates is enough: the journal holds the failure beside the tallies of the others."""
    frail(bearable(desk, 8))
    asked = {"strategies": [*SOUND, "frail"], "replications": 8, "stability": 0, "jobs": 1}
    whole = compare([desk], out="whole", **asked)  # type: ignore[arg-type]  # keywords of compare
    failed = found(whole).failed["frail"]

    class Killed(Exception):
        pass

    def die(done: int, _asked: int) -> None:
        if done == failed[0].replication + 2:
            raise Killed

    with pytest.raises(Killed):
        compare([desk], out="killed", progress=die, **asked)  # type: ignore[arg-type]  # keywords of compare
    (left,) = Path("killed").rglob(f"*{kept.SUFFIX}")
    resumed = resume(left, jobs=1)
    assert resumed.folder is not None
    assert whole.folder is not None
    assert (resumed.folder / "comparison.json").read_bytes() == (whole.folder / "comparison.json").read_bytes()


def test_two_of_which_one_fails_leave_nothing_to_compare(desk: Scenario) -> None:
    frail(bearable(desk, 4))
    with pytest.raises(
        UsageError, match=r"nothing left to compare.*\nfailed: replication \d+ \(seed 1, variant frail\).*too much for me"
    ) as caught:
        compare([desk], strategies=["first-come", "frail"], replications=4, stability=0, jobs=1, out="results")
    assert not getattr(caught.value, "__notes__", ())  # to go on would fail again
    assert not Path("results/desk").exists()


def test_ranking_goes_on_without_it(desk: Scenario) -> None:
    frail(bearable(desk, 4))
    result = compare([desk], strategies=[*SOUND[:2], "frail"], rank="service_level=0.01pp", replications=FIRST_STAGE,
                     max_replications=FIRST_STAGE + 10, stability=0, jobs=1)  # fmt: skip
    assert result.replications == FIRST_STAGE + 10
    assert found(result).selection is not None
    assert found(result).alternatives == ("priority", "first-come")
    assert {f.replication for f in result.failures} <= set(range(FIRST_STAGE))  # no more worlds were wanted of it


def test_one_that_fails_under_another_condition_does_not_stand_there(desk: Scenario) -> None:
    calls = compare([desk], strategies=["first-come", "priority"], replications=3, stability=0, jobs=1)
    frail(int(max(t.contacts[0].sum() for t in calls.tallies["first-come"])) + 1)
    result = compare([desk], strategies=["priority", "first-come", "frail"], replications=3, stability=3, jobs=1)
    contest = found(result)
    assert not result.failures
    there = {c.name: {s.alternative for s in c.standings} for c in contest.stability}
    assert "frail" not in there["demand × 1.2"]
    assert "frail" in there["demand × 0.8"]
    assert "priority" in there["demand × 1.2"]
    assert stable(contest)


def test_the_command_says_who_failed_and_exits_with_two(desk: Scenario, capsys: pytest.CaptureFixture[str]) -> None:
    frail(bearable(desk, 3))
    words = [
        "compare",
        desk.path,
        "--strategies",
        "priority,first-come,frail",
        "--plugin",
        "frail.py",
        "-n",
        "3",
        "--stability",
        "0",
        "-j",
        "1",
    ]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--baseline", "frail"])
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert "frail failed in" in shown.out
    assert "failed: replication" in shown.err
    assert "Report: " in shown.err


def test_a_winner_that_leaves_a_group_behind_says_so(desk: Scenario) -> None:
    """The most urgent first serves alarms; the old, who call like everybody else, pay."""
    result = compare([desk], strategies=["first-come", "priority"], measures=["people_never_served[alarm]"], baseline="first-come",
                     replications=10, stability=0, jobs=1)  # fmt: skip
    contest = found(result)
    assert contest.winner == "priority"
    paying = {tuple(c.goal.scope.items()) for c in contest.neglected}
    assert (("group", "alone"),) in paying
    said = [sentence for sentence in verdict(result, contest) if "pays with people of one group: with alone" in sentence]
    assert len(said) == 1


def test_who_fares_how_is_told_to_people_and_programs(desk: Scenario) -> None:
    result = compare([desk], strategies=["first-come", "priority"], replications=2, stability=0, jobs=1, out="fair")
    assert result.folder is not None
    render(result.folder, ["md", "xlsx"])
    assert "| alone |" in (result.folder / "report.md").read_text(encoding="utf-8")
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    assert "Who fares how, by group" in page
    assert "alone: people over eighty who live alone" in page
    told = findings.document(result, found(result))["fares"]
    of_need = {(row["name"], row["alternative"]): row for row in told if row["by"] == "need"}
    for alternative in ("first-come", "priority"):
        rates = {need: of_need[need, alternative]["mean"] for need in ("call", "alarm")}
        assert [need for need in rates if of_need[need, alternative]["worst"]] == [max(rates, key=rates.__getitem__)]
    assert [row["name"] for row in told if row["by"] == "group"] == ["alone", "alone"]
    assert not any(row["worst"] for row in told if row["by"] == "group")  # with one group there is nobody to compare with
