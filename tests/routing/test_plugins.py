"""A user's own strategies: what works, what is refused with its line, and what a crash costs."""

from __future__ import annotations

import pickle
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from simulator import load, lower, run
from simulator.cli import main
from simulator.crisis.play import simulate
from simulator.errors import ScenarioError, StrategyError, UsageError
from simulator.model import plugin as plugins
from simulator.model.world import Model, Routing
from simulator.routing.declared import FirstCome, StrategyDeclaration, strategies
from simulator.scenario.plugins import plug_in
from simulator.workload import Workload, draw
from tests.rules.small_centre import centre

GOOD = '''
from dataclasses import dataclass
from typing import Annotated

from simulator.model.units import Duration, Says
from simulator.routing import Chooser, Strategy, StrategyDeclaration, View, strategies


class OldestFirst(Strategy):
    """First come first served, as anybody would write it."""

    def agent_for(self, view, contact):
        free = [view.longest_idle(team) for team in view.teams_for(view.queue_of(contact)) if view.idle(team)]
        return min((a for a in free if view.may_take(a, contact)), key=lambda a: (view.idle_since(a), a), default=-1)

    def contact_for(self, view, agent):
        heads = [view.oldest(queue) for queue in view.queues_of(agent) if view.waiting(queue)]
        return min((c for c in heads if view.may_take(agent, c)), key=lambda c: (view.arrived(c), c), default=-1)


class Promised(Chooser):
    """By the time that is left until the promise of each urgency."""

    def __init__(self, promise):
        super().__init__(0, float("inf"), 0)
        self.promise = promise

    def value(self, view, queue, contact, team):
        return view.wait(contact) - self.promise * view.urgency(queue)


@strategies.register("oldest-first")
@dataclass(frozen=True)
class OldestFirstDeclared(StrategyDeclaration):
    """The oldest goes first."""

    def make(self, model):
        return OldestFirst()


@strategies.register("promised")
@dataclass(frozen=True)
class PromisedDeclared(StrategyDeclaration):
    """Who is closest to a broken promise goes first."""

    promise: Annotated[Duration, Says("the wait promised to the most urgent")] = 60.0

    def make(self, model):
        return Promised(float(self.promise))
'''

SCENARIO = """\
schema: crisis/v1
name: plugged
clock: {timezone: UTC, start: 2026-01-05T08:00, duration: 2h, interval: 1h}
needs:
  bills: {urgency: 2, talk_time: 3m, patience: 2m}
  danger: {urgency: 1, talk_time: 3m, patience: 2m}
demand: {bills: {rate: 60/h}, danger: {rate: 20/h}}
channels: {voice: {target: 80% in 20s}}
links: {cable: {lines: 30}}
sites: {centre: {seats: 9, links: [cable]}}
teams:
  all: {headcount: 4, site: centre, skills: {bills: 1, danger: 0.8}}
routing: {strategy: NAME}
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


def written(text: str, name: str = "mine.py") -> Path:
    file = Path(name)
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return file


def scenario(strategy: str) -> Path:
    file = Path("plugged.yaml")
    file.write_text(SCENARIO.replace("NAME", strategy), encoding="utf-8")
    return file


def crisis(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def busy() -> Model:
    return centre(3, needs={"everyday": 2, "life": 1})


def calls() -> Workload:
    return Workload.by_hand([float(i // 2) for i in range(60)], [5.0] * 60, [30.0] * 60, [i % 2 for i in range(60)])


@pytest.mark.usefixtures("project")
def test_a_built_in_strategy_written_again_does_the_same() -> None:
    plug_in(written(GOOD))
    ours, theirs = (simulate(replace(busy(), routing=Routing(s)), calls()).ledger for s in (FirstCome(), strategies["oldest-first"]()))
    assert ours.agent.tolist() == theirs.agent.tolist()
    assert ours.answered.tolist() == pytest.approx(theirs.answered.tolist(), nan_ok=True)


@pytest.mark.usefixtures("project")
def test_a_rule_of_ones_own_in_the_built_in_loop() -> None:
    """Both wait; with a promise of 3 s the everyday call, due at 6, has 4 s left at 2, the life call, due at 3, one."""
    plug_in(written(GOOD))
    workload = Workload.by_hand([0, 1, 1], [3.0] * 3, [99.0] * 3, [0, 0, 1])
    model = replace(centre(1, needs={"everyday": 2, "life": 1}), routing=Routing(strategies["promised"](promise=3.0)))  # type: ignore[call-arg]  # its own
    assert simulate(model, workload).ledger.answered.tolist() == [0, 6, 3]


@pytest.mark.usefixtures("project")
def test_a_scenario_names_it_and_gives_its_parameters_with_their_units() -> None:
    plug_in(written(GOOD))
    model = lower(load(scenario("promised, promise: 2m")))
    assert model.routing.strategy.promise == 120.0
    with pytest.raises(ScenarioError) as refused:
        load(scenario("promised, promise: 2"))
    assert refused.value.diagnostics[0].line == 13


def test_workers_in_other_processes_have_it_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(GOOD)
    scenario("promised")
    assert crisis("run", "plugged.yaml", "--plugin", str(file), "-n", "3", "-j", "2", "-o", "out", "-q") == 0
    assert crisis("run", "plugged.yaml", "--plugin", str(file), "-n", "3", "-j", "1", "-o", "alone", "-q") == 0
    one, other = (next((project / folder / "plugged").glob("*")) for folder in ("out", "alone"))
    assert (one / "intervals.csv").read_bytes() == (other / "intervals.csv").read_bytes()
    manifest = (one / "manifest.json").read_text(encoding="utf-8")
    assert plugins.loaded()[0].sha256 in manifest
    assert "--plugin mine.py" in manifest
    capsys.readouterr()


def test_a_finished_run_is_rendered_only_with_the_same_plugin(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(GOOD)
    scenario("promised")
    assert crisis("run", "plugged.yaml", "--plugin", str(file), "-n", "2", "-j", "1", "-o", "out", "-q") == 0
    folder = str(next((project / "out" / "plugged").glob("*")))
    plugins.unload(plugins.loaded()[0])
    capsys.readouterr()
    assert crisis("report", folder, "--to", "md", "-j", "1") == 2
    assert "made with the plug-in mine.py" in capsys.readouterr().err
    file.write_text(GOOD + "\n# changed\n", encoding="utf-8")
    assert crisis("report", folder, "--to", "md", "-j", "1", "--plugin", "mine.py") == 2
    assert "has changed since" in capsys.readouterr().err
    file.write_text(GOOD, encoding="utf-8")
    assert crisis("report", folder, "--to", "md", "-j", "1", "--plugin", "mine.py") == 0


@pytest.mark.usefixtures("project")
def test_a_declaration_travels_as_its_file_and_is_refused_once_that_has_changed() -> None:
    file = written(GOOD)
    loaded = plug_in(file)
    sent = pickle.dumps(strategies["promised"](promise=5.0))  # type: ignore[call-arg]  # its own
    plugins.unload(loaded)
    assert pickle.loads(sent).promise == 5.0  # noqa: S301  # our own bytes
    plugins.unload(plugins.loaded()[0])
    file.write_text(GOOD + "\n# changed\n", encoding="utf-8")
    with pytest.raises(StrategyError, match=r"mine\.py was changed"):
        pickle.loads(sent)  # noqa: S301  # our own bytes


@pytest.mark.usefixtures("project")
def test_the_same_file_is_run_once_and_a_changed_one_again() -> None:
    file = written(GOOD)
    assert plug_in(file) is plug_in(file)
    before = strategies["promised"]
    file.write_text(GOOD.replace("60.0", "90.0"), encoding="utf-8")
    plug_in(file)
    assert strategies["promised"] is not before
    assert len(plugins.loaded()) == 1


HEAD = """\
from dataclasses import dataclass
from simulator.routing import Strategy, StrategyDeclaration, strategies

"""
CLASS = """\
class Mine(Strategy):
    def agent_for(self, view, contact):
        return -1
    def contact_for(self, view, agent):
        return -1

"""
DECLARED = """\
@strategies.register("mine")
@dataclass(frozen=True)
class Declared(StrategyDeclaration):
    '''Mine.'''
    def make(self, model):
        return Mine()
"""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (HEAD + CLASS, 0, "registers nothing: no strategy, no event and no action"),
        ("def broken(:\n    pass\n", 1, "this is not Python"),
        ("import nothing_of_the_kind\n", 1, "ModuleNotFoundError while the plug-in was loaded"),
        ("x = 1\ny = x / 0\n", 2, "ZeroDivisionError while the plug-in was loaded"),
        ("raise SystemExit(3)\n", 1, "SystemExit while the plug-in was loaded"),
        (HEAD + CLASS.replace("contact_for", "contacts_for") + DECLARED, 4, "Mine does not define `contact_for`"),
        (HEAD + CLASS.replace("self, view, contact", "self, contact") + DECLARED, 5, "`agent_for` is given self, view, contact"),
        (HEAD + CLASS + DECLARED.replace("self, model", "self"), 14, "`make` is given self and the model"),
        (HEAD + CLASS + DECLARED.replace("def make", "def makes"), 12, "`mine` makes no strategy"),
        (HEAD + CLASS + DECLARED.replace("@dataclass(frozen=True)", "@dataclass"), 12, "can be changed"),
        (HEAD + CLASS + DECLARED.replace("(StrategyDeclaration)", ""), 12, "`mine` is no declaration"),
        (HEAD + CLASS + DECLARED.replace('"mine"', '"priority"'), 10, "registered twice"),
        (HEAD + CLASS + DECLARED.replace("'''Mine.'''", "colour: Nonsense = None"), 0, "the parameters of `mine` cannot be written"),
        (b"\xff\xfe\x00", 0, "this is not Python"),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_is_wrong_with_a_file_is_told_with_its_line(text: str | bytes, line: int, said: str) -> None:
    before = list(strategies)
    file = Path("mine.py")
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as refused:
        plug_in(file)
    problem = refused.value.diagnostics[0]
    assert said in problem.message
    assert (problem.file, problem.line) == ("mine.py", line) or (line == 0 and problem.code == "plugin")
    assert list(strategies) == before, "nothing of it stays"
    assert not plugins.loaded()


def test_a_file_outside_the_project_is_refused(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "mine.py"
    elsewhere.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ScenarioError, match="outside the project"):
        plug_in(elsewhere, project)
    (project / "link.py").symlink_to(elsewhere)
    with pytest.raises(ScenarioError, match="outside the project"):
        plug_in("link.py", project)


@pytest.mark.parametrize(
    ("name", "said"), [("nobody.py", "does not exist"), ("mine.txt", "is a Python file"), ("folder.py", "is a folder, not a file")]
)
def test_a_file_that_is_none_is_refused(project: Path, name: str, said: str) -> None:
    (project / "folder.py").mkdir()
    (project / "mine.txt").touch()
    with pytest.raises(ScenarioError, match=said):
        plug_in(name, project)


WRONG_ANSWERS = {
    "an agent who does not exist": ("return -1", "return 99", "agent_for(contact 0) answered 99: there is no such agent"),
    "a word": ("return -1", "return 'me'", "did not answer the number of an agent, or -1"),
    "nothing": ("return -1", "return None", "did not answer the number of an agent, or -1"),
    "a failure": ("return -1", "return 1 // 0", "ZeroDivisionError in agent_for"),
    "a deep fall": ("return -1", "return self.agent_for(view, contact)", "RecursionError in agent_for"),
    "an exit": ("return -1", "raise SystemExit(0)", "SystemExit in agent_for"),
    "a field that is not there": ("return -1", "return view.patience(contact)", "AttributeError in agent_for"),
}


@pytest.mark.parametrize("case", WRONG_ANSWERS, ids=WRONG_ANSWERS.keys())
@pytest.mark.usefixtures("project")
def test_a_wrong_answer_is_told_with_file_and_line(case: str) -> None:
    old, new, said = WRONG_ANSWERS[case]
    plug_in(written(HEAD + CLASS.replace(old, new, 1) + DECLARED))
    with pytest.raises(StrategyError) as told:
        simulate(replace(busy(), routing=Routing(strategies["mine"]())), calls())
    assert said in str(told.value)
    assert str(told.value).startswith(("mine.py:5: ", "mine.py:6: "))


@pytest.mark.usefixtures("project")
def test_a_contact_that_does_not_wait_is_refused_with_the_line_of_its_method() -> None:
    text = HEAD + CLASS.replace(
        "def contact_for(self, view, agent):\n        return -1",
        "sees_all = True\n    def contact_for(self, view, agent):\n        return 0",
    )
    plug_in(written(text + DECLARED))
    with pytest.raises(StrategyError, match=r"mine\.py:8: contact_for\(agent 0\) answered 0: there is no such contact"):
        simulate(replace(busy(), routing=Routing(strategies["mine"]())), calls())


@pytest.mark.usefixtures("project")
def test_a_make_that_makes_nothing_is_refused() -> None:
    plug_in(written(HEAD + CLASS + DECLARED.replace("return Mine()", "return 5")))
    with pytest.raises(StrategyError, match="returned int, not a Strategy"):
        simulate(replace(busy(), routing=Routing(strategies["mine"]())), calls())


SOMETIMES = (
    HEAD
    + """
class Mine(Strategy):
    def __init__(self, rows):
        self.rows = rows
    def agent_for(self, view, contact):
        if contact > self.rows:
            raise RuntimeError("too much for me")
        return -1
    def contact_for(self, view, agent):
        return -1

@strategies.register("mine")
@dataclass(frozen=True)
class Declared(StrategyDeclaration):
    def make(self, model):
        return Mine(MOST)
"""
)


def test_a_crash_loses_only_its_own_worlds(project: Path) -> None:
    """Worlds with more calls than the strategy can bear fail, each with its seed and the line; the others stand."""
    model = lower(load(scenario("first-come")))
    attempts = sorted(len(simulate(model, draw(model, 1, r)).ledger) for r in range(6))
    most = (attempts[2] + attempts[3]) // 2
    plug_in(written(SOMETIMES.replace("MOST", str(most))))
    result = run(load(scenario("mine")), replications=6, jobs=1)
    assert 0 < len(result.failures) < 6
    assert result.replications == 6 - len(result.failures)
    assert all("mine.py:10: RuntimeError in agent_for: too much for me" in failure.error for failure in result.failures)
    assert project.exists()


@pytest.mark.usefixtures("project")
def test_the_command_line_tells_what_is_wrong_like_any_other_error(capsys: pytest.CaptureFixture[str]) -> None:
    written(HEAD + CLASS.replace("self, view, contact", "self, contact") + DECLARED)
    scenario("mine")
    assert crisis("check", "plugged.yaml", "--plugin", "mine.py") == 2
    told = capsys.readouterr().err
    assert "error[plugin]: `agent_for` is given self, view, contact" in told
    assert "mine.py:5:1" in told
    assert "write def agent_for(self, view, contact)" in told
    assert crisis("check", "plugged.yaml") == 2
    assert "there is no strategy `mine`" in capsys.readouterr().out


def test_a_run_requires_what_it_was_made_with() -> None:
    plugins.require(())
    with pytest.raises(UsageError, match=r"mine\.py, which is not loaded here"):
        plugins.require(("abc mine.py",))


def test_declarations_that_are_ours_are_no_plugin() -> None:
    assert plugins.plugin_of(FirstCome()) is None
    assert isinstance(FirstCome(), StrategyDeclaration)


@pytest.mark.usefixtures("project")
def test_a_strategy_that_always_fails_is_the_users_mistake_and_not_our_bug(capsys: pytest.CaptureFixture[str]) -> None:
    written(SOMETIMES.replace("MOST", "3"))
    scenario("mine")
    assert crisis("run", "plugged.yaml", "--plugin", "mine.py", "-n", "2", "-j", "1", "-o", "out", "-q") == 2
    told = capsys.readouterr().err
    assert "no replication finished; replication 0 (seed 1" in told
    assert "mine.py:10: RuntimeError in agent_for: too much for me" in told
    assert "our fault" not in told
