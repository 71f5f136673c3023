"""Replications come in order, failures are data, and a dead worker costs one replication."""

from __future__ import annotations

import gc
from dataclasses import replace

import psutil
import pytest

from simulator.errors import Interrupted
from simulator.experiment import pool, task
from simulator.experiment.journal import Journal
from simulator.experiment.pool import replicate_all
from simulator.experiment.request import Request
from simulator.experiment.study import NothingFinished, study
from simulator.model.ranges import Range
from simulator.model.world import Model, People
from simulator.scenario import Scenario, lower
from tests.experiment.accidents import Accident
from tests.experiment.conftest import with_accident


def test_two_processes_give_the_tallies_of_one_in_the_same_order(model: Model) -> None:
    alone = replicate_all([model], seed=5, numbers=range(4), jobs=1)
    together = replicate_all([model], seed=5, numbers=range(4), jobs=2)
    assert [t.replication for t in together.finished] == [0, 1, 2, 3]
    for one, other in zip(alone.finished, together.finished, strict=True):
        assert (one.tallies[0].contacts == other.tallies[0].contacts).all()
        assert one.tallies[0].log == other.tallies[0].log


def test_a_replication_that_raises_is_reported_with_its_seed_and_the_others_stand(model: Model) -> None:
    runs = replicate_all([model, with_accident(model, Accident(replication=1))], seed=7, numbers=range(3), jobs=1)
    assert [t.replication for t in runs.finished] == [0, 2]
    (failure,) = runs.failures
    assert (failure.replication, failure.seed) == (1, 7)
    assert "something that nobody thought of" in failure.error
    assert "accidents.py" in failure.traceback


def test_a_worker_that_dies_costs_its_own_replication_only(model: Model) -> None:
    runs = replicate_all([with_accident(model, Accident(replication=1, deadly=True))], seed=7, numbers=range(5), jobs=2)
    assert [t.replication for t in runs.finished] == [0, 2, 3, 4]
    assert [(f.replication, f.seed, f.error) for f in runs.failures] == [(1, 7, "the process that simulated it died")]


def test_an_interrupt_keeps_what_is_finished(model: Model) -> None:
    def press(done: int, asked: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    for jobs in (1, 2):
        runs = replicate_all([model], seed=1, numbers=range(50), jobs=jobs, progress=press)
        assert runs.interrupted
        assert len(runs.finished) == 2


def test_an_interrupt_in_the_middle_of_a_replication_passes_at_once(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.statistics.books.check_books", interrupted)
    runs = replicate_all([model], seed=1, numbers=range(3), jobs=1)
    assert runs.interrupted
    assert runs.finished == []
    assert runs.failures == []


def test_a_study_without_a_finished_replication_says_why(quake: Scenario, model: Model) -> None:
    with pytest.raises(NothingFinished, match="something that nobody thought of"):
        study(quake, {"broken": with_accident(model, Accident(replication=0))}, Request(replications=1), jobs=1)


def test_a_study_interrupted_too_early_says_so(quake: Scenario, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simulator.statistics.books.check_books", interrupted)
    with pytest.raises(Interrupted, match="nothing was written"):
        study(quake, {"as-it-happened": model}, Request(replications=2), jobs=1)


def test_variants_of_the_playbook_share_one_drawn_workload(quake: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    import simulator.workload

    drawn: list[str] = []
    draw = simulator.workload.draw

    def counted(model: Model, seed: int, replication: int) -> object:
        drawn.append(model.variant)
        return draw(model, seed, replication)

    monkeypatch.setattr(simulator.workload, "draw", counted)
    base, late = lower(quake, "as-it-happened"), lower(quake, "late")
    result = task.replicate([base, late], seed=3, replication=0)
    assert not result.failures
    assert drawn == ["as-it-happened"]
    alone = task.replicate([late], seed=3, replication=0)
    assert (alone.tallies[0].contacts == result.tallies[1].contacts).all(), "sharing the customers changes nothing"


def test_variants_with_other_customers_are_drawn_apart_even_if_their_likely_values_agree(model: Model) -> None:
    crowd = next(d for d in model.demand if isinstance(d, People))
    assert isinstance(crowd.people, Range)
    wider = replace(crowd, people=Range(float(crowd.people), 1, 5000, crowd.people.name))
    other = replace(model, variant="wider", demand=tuple(wider if d is crowd else d for d in model.demand))
    assert other.demand == model.demand, "equal as numbers"
    assert task.customers_of(other) != task.customers_of(model)


def test_workers_leave_the_interrupt_to_the_parent(model: Model) -> None:
    import signal

    before = signal.getsignal(signal.SIGINT)
    try:
        pool._start_worker((model,))
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
        kept = task.parcel([model], 1, 0)
        assert large() == before
    finally:
        gc.enable()
    assert not kept.rows


def test_many_worlds_need_the_memory_of_one(model: Model) -> None:
    journal = Journal.in_memory()

    def resident_after(numbers: range) -> int:
        for number in numbers:
            journal.append(task.parcel([model], 1, number))
        return int(psutil.Process().memory_info().rss)

    before = resident_after(range(20))
    assert resident_after(range(20, 60)) - before < 3_000_000, "forty ledgers alone would be more than ten megabytes"
