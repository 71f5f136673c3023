"""Every question, also one of another package, resumes, extends, spreads over a cluster and is judged again from its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from simulator.api import ask, extend, resume
from simulator.asking import HOMES, open_folder, page_of
from simulator.drill.question import DrillQuestion
from simulator.errors import OutputError
from simulator.experiment.cluster import connected
from simulator.experiment.pool import Runner
from simulator.experiment.question import Findings, Question, questions
from simulator.experiment.questions.compare import Compare
from simulator.experiment.questions.run import Run
from simulator.experiment.questions.sensitivity import Sensitivity
from simulator.experiment.questions.weakest import Weakest
from simulator.scenario import Scenario, exercise_of, load, lower
from simulator.scenario.alternatives import alternatives
from simulator.scenario.decision_log import read_log
from tests.drill.conftest import LOG
from tests.experiment.bisection import STEPS, LongestTalk
from tests.experiment.test_precision_and_extension import equal_files

EXAMPLES: dict[str, Question] = {
    "run": Run(replications=3, variant="all", records=True),
    "compare": Compare(replications=3, stability=2),
    "sensitivity": Sensitivity(replications=3, against="no-action", levels=2),
    "weakest": Weakest(replications=3),
    "drill": DrillQuestion(replications=3, seed=3, world=1, forms=("md", "csv")),
    "longest-talk": LongestTalk(replications=2),
}
SIMULATE_NOTHING = {"compare-runs"}
TRIED_ELSEWHERE = {"staff"}
everyone = pytest.mark.parametrize("name", [*EXAMPLES])


class Killed(BaseException):
    """The end of a process, without any of its own clean-up."""


@pytest.fixture(scope="session")
def asked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Question, Scenario]]:
    quake = load(root / "tests/report/small-quake.yaml")
    drilled = load(root / "tests/drill/drilled.yaml")
    file = tmp_path_factory.mktemp("log") / "log.yaml"
    file.write_text(LOG, encoding="utf-8")
    exercise = exercise_of(drilled)
    assert exercise is not None
    log = read_log(file, drilled, lower(drilled), exercise)
    examples: dict[str, tuple[Question, Scenario]] = {name: (question, quake) for name, question in EXAMPLES.items()}
    examples["compare"] = EXAMPLES["compare"], alternatives([quake])
    examples["drill"] = replace(EXAMPLES["drill"], log=log), drilled  # type: ignore[call-arg]  # a field of this question
    return examples.__getitem__


@pytest.fixture(scope="session")
def whole(asked: Callable[[str], tuple[Question, Scenario]], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Findings]:
    """The answer that nothing stopped, once for all tests."""
    found: dict[str, Findings] = {}

    def answer(name: str) -> Findings:
        if name not in found:
            found[name] = ask(*asked(name), jobs=1, out=tmp_path_factory.mktemp(name))
        return found[name]

    return answer


def stopped(after: int, error: type[BaseException]) -> Callable[[int, int], None]:
    def tell(done: int, _asked: int) -> None:
        if done == after:
            raise error

    return tell


def test_there_is_an_example_of_every_question() -> None:
    assert len(HOMES) >= 5
    assert set(questions) - SIMULATE_NOTHING - TRIED_ELSEWHERE == set(EXAMPLES)


@everyone
@pytest.mark.parametrize("after", [1, 3])
def test_one_that_was_killed_goes_on_to_the_same_bytes(
    name: str, after: int, asked: Callable[[str], Any], whole: Callable[[str], Findings], tmp_path: Path
) -> None:
    question, scenario = asked(name)
    with pytest.raises(Killed) as killed:
        ask(question, scenario, jobs=1, out=tmp_path, progress=stopped(after, Killed))
    (left,) = (tmp_path / scenario.name).iterdir()
    assert f"--resume {left}" in killed.value.__notes__[0]
    told: list[int] = []
    equal_files(whole(name), resume(left, jobs=2, progress=lambda done, _: told.append(done)))
    assert not told or told[0] > after, "what is finished is not simulated again"
    assert not left.exists()


@everyone
def test_ctrl_c_leaves_a_partial_answer_that_is_finished_later(
    name: str, asked: Callable[[str], Any], whole: Callable[[str], Findings], tmp_path: Path
) -> None:
    partial = ask(*asked(name), jobs=1, out=tmp_path, progress=stopped(3, KeyboardInterrupt))
    assert partial.interrupted
    assert partial.folder is not None
    equal_files(whole(name), resume(partial.folder, jobs=1))


@everyone
def test_a_full_disk_keeps_what_is_finished(
    name: str, asked: Callable[[str], Any], whole: Callable[[str], Findings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question, scenario = asked(name)
    room = [3]  # what it is about, and worlds

    def write(file: Any, data: bytes) -> None:
        room[0] -= data[: len(b"crisis")] != b"crisis"
        if room[0] < 0:
            raise OSError(28, "No space left on device")
        real(file, data)

    from simulator.experiment import journal

    real = journal._write
    with monkeypatch.context() as disk:
        disk.setattr(journal, "_write", write)
        with pytest.raises(OutputError, match="takes no more worlds: No space left on device"):
            ask(question, scenario, jobs=1, out=tmp_path)
    (left,) = (tmp_path / scenario.name).iterdir()
    equal_files(whole(name), resume(left, jobs=1))


@everyone
def test_opening_its_folder_judges_again(name: str, whole: Callable[[str], Findings], monkeypatch: pytest.MonkeyPatch) -> None:
    def simulated(*_: object, **__: object) -> None:
        raise AssertionError("it simulated")

    found = whole(name)
    assert found.folder is not None
    monkeypatch.setattr("simulator.crisis.play.simulate", simulated)
    again = open_folder(found.folder)
    for field in fields(found):
        if field.name not in ("effort", "scenario", "tallies", "models", "review", "question"):
            assert repr(getattr(again, field.name)) == repr(getattr(found, field.name)), field.name
    page = page_of(found.question)
    assert page.program(again)["replications" if name != "drill" else "worlds"]
    assert {k: v for k, v in page.program(again).items() if k != "run"} == {k: v for k, v in page.program(found).items() if k != "run"}


@everyone
def test_more_worlds_are_those_of_one_that_asked_for_all(name: str, asked: Callable[[str], Any], tmp_path: Path) -> None:
    question, scenario = asked(name)
    begun = ask(question, scenario, jobs=1, out=tmp_path / "begun")
    at_once = ask(question.__class__.read(question.said() | {"replications": question.replications + 1}), scenario, jobs=1, out=tmp_path)
    equal_files(at_once, extend(begun.folder, replications=1, jobs=1, out=tmp_path / "more"))


def test_an_adaptive_question_stops_where_it_would_have(whole: Callable[[str], Findings]) -> None:
    found: Any = whole("longest-talk")
    assert len(found.shares) == STEPS + 1
    assert len({point for point, _ in found.shares}) == STEPS + 1


@pytest.fixture(scope="module")
def local() -> Iterator[Runner]:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with connected(jobs=2) as found:
        yield found


@everyone
@pytest.mark.filterwarnings("default::ResourceWarning")  # of distributed's own sockets
@pytest.mark.filterwarnings("default::pytest.PytestUnraisableExceptionWarning")
def test_a_cluster_gives_the_bytes_of_one_process(
    name: str, asked: Callable[[str], Any], whole: Callable[[str], Findings], local: Runner, tmp_path: Path
) -> None:
    equal_files(whole(name), ask(*asked(name), jobs=1, out=tmp_path, runner=local))
