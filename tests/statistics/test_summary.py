"""The summary: the same whatever the order of the work, complete, and honest about little data."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.crisis.actions import Decide, RerouteNumbers
from simulator.errors import UsageError
from simulator.model.world import Step, Surge, Threshold
from simulator.records.run import LogEntry
from simulator.statistics.measures import measures
from simulator.statistics.summarise import FATES, summarise
from simulator.statistics.tally import tally
from simulator.statistics.worlds import Worlds
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from simulator.statistics.summary import Summary
    from simulator.statistics.tally import Tally
    from tests.statistics.conftest import Story


def told(story: Callable[..., Story], replication: int, **changes: object) -> tuple[Story, Tally]:
    made = story(**changes)
    for k in range(3 + replication):
        made.customer((1000.0 * (k + 1), Outcome.HANDLED, 10.0 * k, 60.0))
        made.customer((1000.0 * (k + 1), Outcome.ABANDONED, 40.0, 0.0), need=1)
    return made, tally(made.run(replication), made.model)


def plain(value: Any) -> Any:
    """Nested lists of text, so that NaN equals NaN."""
    if is_dataclass(value):
        return [plain(getattr(value, f.name)) for f in fields(value) if f.compare]
    if isinstance(value, dict):
        return [[k, plain(v)] for k, v in value.items()]
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return repr(value.tolist() if isinstance(value, np.ndarray) else value)


@pytest.fixture
def three(story: Callable[..., Story]) -> tuple[Story, list[Tally]]:
    made = [told(story, k) for k in range(3)]
    return made[0][0], [t for _, t in made]


def test_the_order_of_finished_work_does_not_matter(three: tuple[Story, list[Tally]]) -> None:
    one, tallies = three
    summary = plain(summarise(one.model, tallies))
    assert summary == plain(summarise(one.model, tallies[::-1]))
    assert summary != plain(summarise(one.model, tallies[:2]))


def test_every_measure_is_there_in_every_scope_that_it_allows(three: tuple[Story, list[Tally]]) -> None:
    one, tallies = three
    summary = summarise(one.model, tallies)
    for name, measure in measures.items():
        if measure.about or measure.timed:
            with pytest.raises(UsageError, match=f"there is no measure {name} in this summary"):
                summary.estimate(name)  # the scenario does not contain what it is about, or no limit is given
            continue
        assert summary.estimate(name).measure == name
        if "need" in measure.scopes and "phase" in measure.scopes:
            assert summary.estimate(name, need="urgent", phase="before").unit == measure.unit
        if "site" in measure.scopes:
            assert summary.estimate(name, site="temporary").scope == {"site": "temporary"}
    assert summary.estimate("answered").mean == pytest.approx(4.0)
    assert summary.estimate("answered", phase="before").p95 == pytest.approx(4.9)
    assert summary.estimate("asa").mean == pytest.approx((30 + 60 + 100) / 12)  # a ratio of sums, not a mean of ratios


@pytest.mark.parametrize("name", [m.name for m in measures.values() if m.kind == "run" and not m.about])
def test_a_measure_of_the_run_is_worked_out_for_every_combination_that_it_allows(story: Callable[..., Story], name: str) -> None:
    demand = tuple(Surge(name, "everyday", 0.0, 1.0, 0.0, 0.0, 1.0, groups=(name,) if name else ()) for name in ("", "deaf"))
    one = story(playbook=(Step("decide", Decide("manager")),), demand=demand, groups={"deaf": ""})
    one.log.append(LogEntry(7000.0, "action", "decide", "triggered"))
    one.log.append(LogEntry(9000.0, "decision", "decide", "done"))
    for k in range(18):
        one.customer((1800.0 * k, Outcome.HANDLED, 10.0, 60.0), need=k % 2, site=k % 2, demand=k % 2)
        one.customer((1800.0 * k, Outcome.ABANDONED, 10.0, 0.0), need=(k // 2) % 2, demand=k % 2)
    worlds = Worlds([tally(one.run(), one.model)])
    measure = measures[name]
    for count in range(len(measure.scopes) + 1):
        for dims in combinations(measure.scopes, count):
            if not measure.allows(frozenset(dims)):
                assert {"site", "group"} & set(dims), dims  # they go with a phase only
                continue
            for words in product(*(worlds.names[d] for d in dims)):
                scope = dict(zip(dims, words, strict=True))
                assert not np.isnan(worlds.figures(measure, scope)[0]).any(), scope


def test_parts_add_up_to_the_whole(three: tuple[Story, list[Tally]]) -> None:
    one, tallies = three
    summary = summarise(one.model, tallies)
    assert [fate for fate in FATES if fate in summary.fates[""]] == list(summary.fates[""])
    for name in ("attempted", "offered", "handled", "abandoned", "customers", "people_never_served"):
        whole = summary.estimate(name).mean
        assert sum(summary.estimate(name, phase=p.name).mean for p in summary.phases) == pytest.approx(whole)
        assert sum(summary.estimate(name, need=n).mean for n in summary.needs) == pytest.approx(whole)
    assert not {"solved_by_informed", "solved_by_self_service"} & set(summary.fates[""])
    for need in ("", *summary.needs):
        people = summary.estimate("customers", **({"need": need} if need else {})).mean
        assert sum(estimate.mean for estimate in summary.fates[need].values()) == pytest.approx(people)


def test_series_have_one_value_an_interval(three: tuple[Story, list[Tally]]) -> None:
    one, tallies = three
    summary = summarise(one.model, tallies)
    assert list(summary.interval_starts) == [3600.0 * k for k in range(9)]
    for series in summary.series:
        assert series.mean.shape == series.p5.shape == series.p95.shape == (9,)
    arrived = summary.over_time("arrived", need="urgent")
    assert list(arrived.mean[:3]) == pytest.approx([3.0, 1.0, 0.0])
    assert list(arrived.p95[:3]) == pytest.approx([3.0, 1.9, 0.0])
    assert summary.over_time("abandoned", need="everyday").mean.sum() == 0.0
    assert summary.over_time("abandoned").mean.sum() == pytest.approx(4.0)
    wait = summary.over_time("wait_p90", need="everyday")
    assert wait.mean[0] == pytest.approx(20.0)
    assert math.isnan(wait.mean[5])
    assert summary.over_time("agents_online", site="main").mean[0] == 10
    assert summary.over_time("occupancy").mean[0] == pytest.approx(0.75)
    with pytest.raises(UsageError, match=r"there is no series arrived\[nobody\]"):
        summary.over_time("arrived", need="nobody")


def test_replications_are_listed_by_number(three: tuple[Story, list[Tally]]) -> None:
    one, tallies = three
    table = summarise(one.model, tallies[::-1]).by_replication
    assert table.replication == (0, 1, 2)
    assert list(table.columns["answered"]) == [3, 4, 5]
    assert list(table.columns["asa"]) == pytest.approx([10.0, 15.0, 20.0])
    assert list(table.columns["gave_up[urgent]"]) == [3, 4, 5]
    assert all(len(column) == 3 for column in table.columns.values())


def test_steps_say_how_often_when_and_why_not(story: Callable[..., Story]) -> None:
    playbook = (Step("decide", Decide("manager"), cost=5.0), Step("reroute", RerouteNumbers("temporary"), needs=("decide",)))
    tallies = []
    model = story(playbook=playbook).model
    for k in range(3):
        one = story(playbook=playbook)
        one.log.append(LogEntry(100.0 + k, "action", "decide", "triggered"))
        one.log.append(LogEntry(200.0 + k, "decision", "decide", "done"))
        what = LogEntry(400.0, "action", "reroute", "done") if k else LogEntry(300.0, "refused", "reroute", "refused", "link cut")
        one.log.append(what)
        tallies.append(replace(tally(one.run(k), one.model), costs={"decide": 5.0}))
    decide, reroute = summarise(model, tallies).steps
    assert (decide.kind, decide.act, decide.done, decide.refused, decide.cost) == ("action", "decision", 3, 0, 5.0)
    assert decide.done_at is not None
    assert decide.done_at.mean == 201.0
    assert decide.done_at.p5 == pytest.approx(200.1)
    assert decide.started_at is None
    assert (reroute.worlds, reroute.done, reroute.refused, reroute.reasons) == (3, 2, 1, ("link cut",))
    assert reroute.triggered_at is not None
    assert reroute.triggered_at.mean == 201.0  # it was called for when what it needs was done


def test_little_data_is_said(story: Callable[..., Story]) -> None:
    one, single = told(story, 0, thresholds=(Threshold("t", "asa", {"phase": "after"}, max=20.0),))
    summary: Summary = summarise(one.model, [single])
    assert math.isnan(summary.estimate("answered").half_width)
    assert any("One replication" in w for w in summary.warnings)
    assert any("Threshold t has no data: asa[after] <= 20s" in w for w in summary.warnings)
    assert summary.thresholds[0].status == "inconclusive"


def test_nothing_and_twice_the_same_are_errors(three: tuple[Story, list[Tally]]) -> None:
    one, tallies = three
    with pytest.raises(UsageError, match="no finished replication"):
        summarise(one.model, [])
    with pytest.raises(UsageError, match="given twice"):
        summarise(one.model, [tallies[0], tallies[0]])
    with pytest.raises(UsageError, match="unknown measure `awt`"):
        summarise(replace(one.model, thresholds=(Threshold("t", "awt", {}, max=1.0),)), tallies)
    with pytest.raises(UsageError, match=r"there is no measure asa\[nobody\]"):
        summarise(one.model, tallies).estimate("asa", need="nobody")
