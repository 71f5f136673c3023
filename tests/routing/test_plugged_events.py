"""A user's own events and actions: a file with events only works, is checked before anything runs, and costs the world it breaks."""

from __future__ import annotations

import pickle
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from simulator import draw, load, lower, simulate
from simulator.cli import main
from simulator.crisis import acts
from simulator.errors import ScenarioError, StrategyError
from simulator.model import plugin as plugins
from simulator.routing.declared import strategies
from simulator.scenario.plugins import plug_in
from simulator.vocabulary import AgentState

EVENTS = """
from dataclasses import dataclass
from typing import Annotated

from simulator.crisis import Act, acts
from simulator.crisis.targets import TALK_LENGTH
from simulator.errors import RefusedAction
from simulator.model.units import Duration, Number, Says, Share
from simulator.vocabulary import Reason


@acts.register("rumour.spread")
@dataclass(frozen=True)
class SpreadRumour(Act):
    '''A rumour goes round.'''

    kind = "event"
    factor: Annotated[Number, Says("talk takes this many times as long")] = 2.0

    def effects(self, world, step):
        if self.factor <= 0:
            raise RefusedAction("talk cannot take no time")
        for need in range(len(world.model.needs)):
            yield TALK_LENGTH.of(need), float(self.factor)


@dataclass(frozen=True)
class Crew:
    share: Annotated[Share, Says("of the agents")] = 0.5
    for_: Annotated[Duration, Says("how long")] = 600.0


@acts.register("tea.break")
@dataclass(frozen=True)
class Tea(Act):
    '''Some have a cup of tea.'''

    kind = "action"
    crew: Crew = Crew()

    def run(self, world, step):
        luck = world.luck_of(step, "tea")
        for agent in world.agents_of(None):
            if luck[agent] < self.crew.share:
                world.floor.take_pause(agent, Reason.ON_PAUSE, self.crew.for_)
"""

SCENARIO = """\
schema: crisis/v1
name: plugged
clock: {timezone: UTC, start: 2026-01-05T08:00, duration: 2h, interval: 1h}
needs: {bills: {urgency: 2, talk_time: 3m, patience: 2m}}
demand: {bills: {rate: 60/h}}
channels: {voice: {target: 80% in 20s}}
links: {cable: {lines: 30}}
sites: {centre: {seats: 9, links: [cable]}}
teams: {all: {headcount: 4, site: centre, skills: {bills: 1}}}
events:
  - {id: rumour, at: start+30m, do: rumour.spread, factor: FACTOR, until: {after: rumour, by: 30m}}
playbook:
  - {id: tea, at: start+1h, do: tea.break, crew: {share: 100%, for: 20m}}
"""


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    yield
    for one in plugins.loaded():
        plugins.unload(one)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".crisis-project").touch()
    return tmp_path


def written(text: str, factor: str = "2") -> Path:
    Path("plugged.yaml").write_text(SCENARIO.replace("FACTOR", factor), encoding="utf-8")
    file = Path("events.py")
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return file


def crisis(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


@pytest.mark.usefixtures("project")
def test_a_file_with_events_only_does_what_it_says_while_it_lasts() -> None:
    plugin = plug_in(written(EVENTS))
    assert plugin.declared == {"act": ("rumour.spread", "tea.break")}
    model = lower(load("plugged.yaml"))
    run = simulate(model, draw(model, 1, 0))
    took = run.ledger.released - run.ledger.answered
    during = (run.ledger.answered >= 1800) & (run.ledger.answered < 3600)
    assert np.nanmean(took[during]) == pytest.approx(2 * np.nanmean(took[~during]), rel=0.4)
    assert {(entry.id, entry.what) for entry in run.log} >= {("rumour", "done"), ("rumour", "ended"), ("tea", "done")}
    assert run.observations.agent_time[-1, 0, AgentState.AWAY] == pytest.approx(4 * 1200)  # everybody has tea


def test_workers_in_other_processes_have_them_too_with_parameters_of_their_own_classes(project: Path) -> None:
    file = written(EVENTS)
    for jobs, out in (("2", "out"), ("1", "alone")):
        assert crisis("run", "plugged.yaml", "--plugin", str(file), "-n", "3", "-j", jobs, "-o", out, "-q") == 0
    one, other = (next((project / folder / "plugged").glob("*")) for folder in ("out", "alone"))
    assert (one / "intervals.csv").read_bytes() == (other / "intervals.csv").read_bytes()
    assert plugins.loaded()[0].sha256 in (one / "manifest.json").read_text(encoding="utf-8")
    step = lower(load("plugged.yaml")).playbook[0]
    sent = pickle.dumps(step)
    plugins.unload(plugins.loaded()[0])
    assert pickle.loads(sent).act.crew.share == 1.0  # noqa: S301  # our own bytes


@pytest.mark.usefixtures("project")
def test_its_parameters_are_checked_as_any_others_and_it_goes_as_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    before = list(acts)
    file = written(EVENTS, factor="twice")
    assert crisis("check", "plugged.yaml", "--plugin", str(file)) == 2
    assert "plugged.yaml:11:" in "".join(capsys.readouterr())
    assert set(acts) - set(before) == {"rumour.spread", "tea.break"}
    plugins.unload(plugins.loaded()[0])
    assert list(acts) == before
    with pytest.raises(ScenarioError, match=r"rumour\.spread"):
        load("plugged.yaml")


@pytest.mark.usefixtures("project")
def test_what_cannot_work_is_refused_with_its_reason() -> None:
    plug_in(written(EVENTS, factor="0"))
    model = lower(load("plugged.yaml"))
    run = simulate(model, draw(model, 1, 0))
    assert [(e.id, e.detail) for e in run.log if e.what == "refused"] == [("rumour", "talk cannot take no time")]


HEAD = """\
from dataclasses import dataclass
from simulator.crisis import Act, acts

"""
ACT = """\
@acts.register("mine.happens")
@dataclass(frozen=True)
class Mine(Act):
    '''Mine.'''
    kind = "event"
    def run(self, world, step):
        world.floor.offer_work()
"""
LAW = """\
from simulator.model.distributions import Constant, families

@families.register("mine")
class Mine(Constant):
    pass
"""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (HEAD, 0, "registers nothing: no strategy, no event and no action"),
        (HEAD + ACT.replace("(Act)", ""), 6, "`mine.happens` is no event and no action"),
        (HEAD + ACT.replace("@dataclass(frozen=True)\n", ""), 5, "`mine.happens` is no event and no action"),
        (HEAD + ACT.replace("@dataclass(frozen=True)", "@dataclass"), 6, "can be changed"),
        (HEAD + ACT.replace('"event"', '"accident"'), 6, "does not say whether it is an event or an action"),
        (HEAD + ACT.replace('    kind = "event"\n', ""), 6, "does not say whether it is an event or an action"),
        (HEAD + ACT.replace("def run(", "def runs("), 6, "`mine.happens` does nothing"),
        (HEAD + ACT.replace("self, world, step", "self, world"), 9, "`run` is given self, world, step"),
        (HEAD + ACT.replace('"mine.happens"', '"site.lose"'), 4, "registered twice"),
        (HEAD + ACT.replace("'''Mine.'''", "colour: Nonsense = None"), 0, "the parameters of `mine.happens` cannot be written"),
        (LAW, 4, "a plug-in declares strategies, events and actions, and no distribution (`mine`)"),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_is_wrong_with_a_file_is_told_with_its_line(text: str, line: int, said: str) -> None:
    before = list(acts)
    with pytest.raises(ScenarioError) as refused:
        plug_in(written(text))
    problem = refused.value.diagnostics[0]
    assert said in problem.message
    assert (problem.file, problem.line, problem.code) == ("events.py", line, "plugin")
    assert list(acts) == before, "nothing of it stays"
    assert not plugins.loaded()


LUCK = 'world.luck_of(step, "tea")'
SOMETIMES = EVENTS.replace(LUCK, f"{LUCK} if world.workload.streams.replication % 2 else None")


@pytest.mark.usefixtures("project")
def test_an_error_in_it_is_told_with_file_and_line_and_costs_its_world_alone(capsys: pytest.CaptureFixture[str]) -> None:
    file = written(SOMETIMES)
    place = f"events.py:{SOMETIMES.splitlines().index('            if luck[agent] < self.crew.share:') + 1}: TypeError in run"
    plug_in(file)
    model = lower(load("plugged.yaml"))
    with pytest.raises(StrategyError) as told:
        simulate(model, draw(model, 1, 0))
    assert str(told.value).startswith(place)
    assert simulate(model, draw(model, 1, 1)).log
    assert crisis("run", "plugged.yaml", "--plugin", str(file), "-n", "4", "-j", "1", "-o", "out") == 2
    assert place in capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_one_file_may_declare_events_and_a_strategy() -> None:
    strategy = """
from simulator.routing import Chooser, StrategyDeclaration, strategies


class Last(Chooser):
    def __init__(self):
        super().__init__(0, float("inf"), 0)

    def value(self, view, queue, contact, team):
        return -view.wait(contact)


@strategies.register("youngest")
@dataclass(frozen=True)
class Declared(StrategyDeclaration):
    '''The youngest goes first.'''

    def make(self, model):
        return Last()
"""
    plugin = plug_in(written(EVENTS + strategy))
    assert plugin.declared == {"act": ("rumour.spread", "tea.break"), "strategy": ("youngest",)}
    assert plugins.plugin_of(strategies["youngest"]()) is plugin
    assert plugins.plugin_of(acts["tea.break"]()) is plugin
