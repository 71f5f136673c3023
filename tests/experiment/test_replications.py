"""Replications come in order, failures are data, and a dead worker costs one replication."""

from __future__ import annotations

import gc
from dataclasses import replace

import psutil
import pytest

from simulator.errors import Interrupted
from simulator.experiment import task, workers
from simulator.experiment.ask import gather
from simulator.experiment.journal import Journal
from simulator.experiment.pool import Progress, processes
from simulator.experiment.question import Found, NothingFinished, Plan, Question
from simulator.experiment.task import Job
from simulator.model.ranges import Range
from simulator.model.world import Model, People
from simulator.scenario import Scenario, lower
from tests.experiment.accidents import Accident
from tests.experiment.conftest import with_accident

NAMES = ("one", "other")


def simulated(
    scenario: Scenario, *models: Model, seed: int = 1, replications: int, jobs: int = 1, progress: Progress | None = None
) -> Found:
    """Models by their place, in the same worlds."""
    plan = Plan(scenario, dict(zip(NAMES, models, strict=False)))
    return gather(Question(replications=replications, seed=seed), plan, Journal.in_memory(), processes(jobs), progress)


def test_two_processes_leave_what_one_leaves(quake: Scenario, model: Model) -> None:
    alone = simulated(quake, model, seed=5, replications=4)
    together = simulated(quake, model, seed=5, replications=4, jobs=2)
    assert list(together.leaves("one")) == [0, 1, 2, 3]
    assert alone.leaves("one") == together.leaves("one")


def test_a_replication_that_raises_is_reported_with_its_seed_and_the_others_stand(quake: Scenario, model: Model) -> None:
    found = simulated(quake, model, with_accident(model, Accident(replication=1)), seed=7, replications=3)
    assert found.finished("one") == [0, 1, 2]
    assert found.finished("other") == [0, 2] == found.whole(("one", "other"))
    (failure,) = found.failures
    assert (failure.replication, failure.seed, failure.variant) == (1, 7, "other")
    assert "something that nobody thought of" in failure.error
    assert "accidents.py" in failure.traceback


def test_a_worker_that_dies_costs_its_own_replication_only(quake: Scenario, model: Model) -> None:
    found = simulated(quake, with_accident(model, Accident(replication=1, deadly=True)), seed=7, replications=5, jobs=2)
    assert found.finished("one") == [0, 2, 3, 4]
    assert [(f.replication, f.seed, f.error) for f in found.failures] == [(1, 7, "the process that simulated it died")]


def test_what_a_world_raised_is_kept_and_a_death_is_tried_again(quake: Scenario, model: Model) -> None:
    raises = with_accident(model, Accident(replication=1))
    one, two = (with_accident(model, Accident(replication=number, deadly=True)) for number in (1, 2))
    plan, journal = Plan(quake, {"one": raises, "other": one, "third": two}), Journal.in_memory()
    told: list[int] = []
    for _ in range(2):
        found = gather(Question(replications=3), plan, journal, processes(2), lambda done, asked: told.append(done))
        assert {(f.replication, f.variant) for f in found.failures} == {(1, "one"), (1, "other"), (2, "third")}
    assert told == [1, 2, 3, 2, 3], "world 0 was finished, and only those that died are tried again"


def test_an_interrupt_keeps_what_is_finished(quake: Scenario, model: Model) -> None:
    def press(done: int, asked: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    for jobs in (1, 2):
        found = simulated(quake, model, replications=50, jobs=jobs, progress=press)
        assert found.interrupted
        assert len(found.finished("one")) == 2


def test_an_interrupt_in_the_middle_of_the_first_replication_passes_at_once(
    quake: Scenario, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.statistics.books.check_books", interrupted)
    with pytest.raises(Interrupted, match="nothing was written"):
        simulated(quake, model, replications=3)


def test_where_nothing_finishes_it_says_why(quake: Scenario, model: Model) -> None:
    with pytest.raises(NothingFinished, match="something that nobody thought of"):
        simulated(quake, with_accident(model, Accident(replication=0)), replications=1)


def test_variants_of_the_playbook_share_one_drawn_workload(quake: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    import simulator.workload

    drawn: list[str] = []
    draw = simulator.workload.draw

    def counted(model: Model, seed: int, replication: int) -> object:
        drawn.append(model.variant)
        return draw(model, seed, replication)

    monkeypatch.setattr(simulator.workload, "draw", counted)
    base, late = lower(quake, "as-it-happened"), lower(quake, "late")
    result = task.simulate_job(Job(Question(seed=3), 0, 0, {"base": base, "late": late}))
    assert not result.troubles
    assert drawn == ["as-it-happened"]
    alone = task.simulate_job(Job(Question(seed=3), 0, 0, {"late": late}))
    assert alone.leaves["late"] == result.leaves["late"], "sharing the customers changes nothing"


def test_variants_with_other_customers_are_drawn_apart_even_if_their_likely_values_agree(model: Model) -> None:
    crowd = next(d for d in model.demand if isinstance(d, People))
    assert isinstance(crowd.people, Range)
    wider = replace(crowd, people=Range(float(crowd.people), 1, 5000, crowd.people.name))
    other = replace(model, variant="wider", demand=tuple(wider if d is crowd else d for d in model.demand))
    assert other.demand == model.demand, "equal as numbers"
    assert task.customers_of(other) != task.customers_of(model)


def test_workers_leave_the_interrupt_to_the_parent() -> None:
    import signal

    before = signal.getsignal(signal.SIGINT)
    try:
        workers.serve()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_nothing_of_a_world_is_left_but_its_tally(model: Model) -> None:
    def large() -> int:
        return sum(type(thing).__name__ in ("Floor", "Ledger", "Run", "World", "CrisisEnvironment") for thing in gc.get_objects())

    gc.collect()
    gc.disable()  # so that only the task itself takes things away
    try:
        before = large()
        kept = task.simulate_job(Job(Question(), 0, 0, {"model": model}))
        assert large() == before
    finally:
        gc.enable()
    assert len(kept.leaves["model"]) == 1


def test_many_worlds_need_the_memory_of_one(model: Model) -> None:
    journal = Journal.in_memory()

    def resident_after(numbers: range) -> int:
        for number in numbers:
            journal.append(task.simulate_job(Job(Question(), 0, number, {"model": model})))
        return int(psutil.Process().memory_info().rss)

    before = resident_after(range(20))
    assert resident_after(range(20, 60)) - before < 3_000_000, "forty ledgers alone would be more than ten megabytes"
