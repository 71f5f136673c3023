"""Thresholds pass, fail or are too close to call; what has no data never passes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.errors import UsageError
from simulator.model.world import Threshold
from simulator.statistics.summary import Estimate
from simulator.statistics.tally import tally
from simulator.statistics.thresholds import as_text, judge, status_of
from simulator.statistics.verdicts import judged, worlds_needed
from simulator.statistics.worlds import Worlds
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from tests.statistics.conftest import Story


def estimate(mean: float, half_width: float, n: int = 30, endless: float = 0.0) -> Estimate:
    return Estimate("never_served", {}, "share", "lower", mean, half_width, mean, mean, mean, n, endless)


@pytest.mark.parametrize(
    ("found", "least", "most", "expected"),
    [
        (estimate(0.30, 0.05), None, 0.40, "pass"),
        (estimate(0.35, 0.05), None, 0.40, "pass"),  # the interval touches the limit from within
        (estimate(0.38, 0.05), None, 0.40, "inconclusive"),
        (estimate(0.42, 0.05), None, 0.40, "inconclusive"),
        (estimate(0.46, 0.05), None, 0.40, "fail"),
        (estimate(0.40, 0.0), None, 0.40, "pass"),
        (estimate(0.30, 0.05), 0.20, None, "pass"),
        (estimate(0.18, 0.05), 0.20, None, "inconclusive"),
        (estimate(0.10, 0.05), 0.20, None, "fail"),
        (estimate(0.30, 0.05), 0.20, 0.40, "pass"),
        (estimate(0.30, 0.20), 0.20, 0.40, "inconclusive"),
        (estimate(0.90, 0.05), 0.20, 0.40, "fail"),
        (estimate(math.nan, math.nan, n=0), None, 0.40, "inconclusive"),
        (estimate(0.0, 0.0, n=0), None, 0.40, "inconclusive"),
        (estimate(0.10, math.nan, n=1), None, 0.40, "inconclusive"),  # one world has no interval
        (estimate(0.10, 0.0, n=9), None, 0.40, "inconclusive"),  # fewer than ten worlds give no verdict
        (estimate(0.90, 0.0, n=9), None, 0.40, "inconclusive"),
        (estimate(0.10, 0.0, n=10), None, 0.40, "pass"),
        (estimate(0.10, 0.01, endless=0.1), None, 0.40, "inconclusive"),  # one endless world in ten: no finite mean
        (estimate(0.50, 0.01, endless=0.1), None, 0.40, "fail"),
        (estimate(0.10, 0.01, endless=0.1), 0.20, None, "inconclusive"),
        (estimate(0.30, 0.01, endless=0.1), 0.20, None, "pass"),
    ],
)
def test_the_whole_interval_decides(found: Estimate, least: float | None, most: float | None, expected: str) -> None:
    assert status_of(found, least, most) == expected


@pytest.mark.parametrize(
    ("threshold", "text"),
    [
        (Threshold("t", "never_served", {"need": "find-relative"}, max=0.4), "never_served[find-relative] <= 40 %"),
        (Threshold("t", "time_to_recover", {"channel": "voice"}, max=8 * 3600.0), "time_to_recover[voice] <= 8h in 80 % of the worlds"),
        (Threshold("t", "asa", {"phase": "shock"}, max=95.0, in_worlds=0.925), "asa[shock] <= 1m35s in 92.5 % of the worlds"),
        (Threshold("t", "never_served", {}, max=0.4, obligation="the law"), "never_served <= 40 % in 80 % of the worlds"),
        (Threshold("t", "agents_online_6h", {}, min=200, in_worlds=0.5), "agents_online_6h >= 200 in 50 % of the worlds"),
        (Threshold("t", "occupancy", {}, min=0.7, max=0.855), "occupancy >= 70 % and <= 85.5 %"),
        (Threshold("t", "agents_online_6h", {}, min=200), "agents_online_6h >= 200"),
        (Threshold("t", "asa", {}, max=0.0), "asa <= 0s in 80 % of the worlds"),
    ],
)
def test_text_reads_as_people_write_it(threshold: Threshold, text: str) -> None:
    assert as_text(threshold) == text


def worlds_of(story: Story) -> Worlds:
    return Worlds([tally(story.run(k), story.model) for k in range(20)])


def test_a_threshold_is_judged_on_its_own_scope(story: Callable[..., Story]) -> None:
    told = story()
    told.customer((100.0, Outcome.HANDLED, 0.0, 60.0))
    told.customer((100.0, Outcome.BLOCKED, 0.0, 0.0), need=1)
    worlds = worlds_of(told)
    urgent = judge(Threshold("a", "never_served", {"need": "urgent"}, max=0.4), worlds)
    assert (urgent.status, urgent.value, urgent.half_width, urgent.n) == ("fail", 1.0, 0.0, 20)
    assert judge(Threshold("b", "never_served", {"need": "everyday"}, max=0.4), worlds).status == "pass"
    nobody = judge(Threshold("c", "never_served", {"need": "urgent", "phase": "after"}, max=0.4), worlds)
    assert (nobody.status, nobody.n) == ("inconclusive", 0)


def test_an_obligation_is_shown_as_one(story: Callable[..., Story]) -> None:
    told = story()
    told.customer((100.0, Outcome.HANDLED, 0.0, 60.0))
    duty = judge(Threshold("a", "never_served", {}, max=0.4, obligation="the licence"), worlds_of(told))
    assert duty.text == "never_served <= 40 % in 80 % of the worlds (obligation: the licence)"
    assert (duty.judged_by, duty.verdict, duty.status, duty.worlds.met) == ("worlds", "met", "pass", 20)


def recovering(story: Callable[..., Story], *hours: float) -> Worlds:
    """Worlds in which the outage after the impact at two hours lasts so long; infinite is to the end."""
    made = []
    for number, lasts in enumerate(hours):
        told = story()
        for minute in range(9 * 60):
            lost = 2 <= minute / 60 < 2 + lasts
            told.customer((60.0 * minute, Outcome.BLOCKED if lost else Outcome.HANDLED, 0.0, 30.0))
        made.append(tally(told.run(number), told.model))
    return Worlds(made)


@pytest.mark.parametrize(
    ("within", "beyond", "endless", "verdict", "status"),
    [
        (30, 0, 0, "met", "pass"), (29, 1, 0, "met", "pass"), (28, 2, 0, "too close to call", "inconclusive"),
        (20, 10, 0, "too close to call", "inconclusive"), (19, 11, 0, "missed", "fail"), (0, 30, 0, "missed", "fail"),
        (29, 0, 1, "met", "pass"), (19, 0, 11, "missed", "fail"), (9, 0, 0, "no verdict", "inconclusive"),
        (0, 9, 0, "no verdict", "inconclusive"), (15, 0, 0, "too close to call", "inconclusive"), (16, 0, 0, "met", "pass"),
    ],
)  # fmt: skip
def test_a_time_is_judged_by_the_worlds_that_keep_it(
    story: Callable[..., Story], within: int, beyond: int, endless: int, verdict: str, status: str
) -> None:
    worlds = recovering(story, *[1.0] * within, *[3.0] * beyond, *[math.inf] * endless)
    found = judge(Threshold("t", "time_to_recover", {}, max=2 * 3600.0), worlds)
    assert (found.verdict, found.status, found.judged_by) == (verdict, status, "worlds")
    assert (found.worlds.met, found.worlds.worlds) == (within, within + beyond + endless)


def test_a_mean_within_the_limit_does_not_hide_the_days_that_breach_it(story: Callable[..., Story]) -> None:
    """One day in three takes three hours and the others one: the mean is below two, surely."""
    worlds = recovering(story, *[1.0, 1.0, 3.0] * 10)
    found = judge(Threshold("t", "time_to_recover", {}, max=2 * 3600.0), worlds)
    assert found.value + found.half_width < 2.1 * 3600.0
    assert (found.verdict, found.worlds.met) == ("too close to call", 20)
    assert judge(Threshold("t", "time_to_recover", {}, max=2 * 3600.0, in_worlds=0.9), worlds).verdict == "missed"
    assert judge(Threshold("t", "time_to_recover", {}, max=2 * 3600.0, in_worlds=0.4), worlds).verdict == "met"


def test_endless_is_missed_whatever_the_limit(story: Callable[..., Story]) -> None:
    worlds = recovering(story, *[math.inf] * 20)
    assert judge(Threshold("t", "time_to_recover", {}, max=1e9), worlds).verdict == "missed"
    assert judge(Threshold("t", "time_to_recover", {}, min=60.0), worlds).verdict == "missed"


def test_each_need_is_judged_where_the_mark_names_none(story: Callable[..., Story]) -> None:
    told = story()
    told.customer((100.0, Outcome.HANDLED, 0.0, 60.0))
    told.customer((100.0, Outcome.HANDLED, 50.0, 60.0), need=1)
    worlds = worlds_of(told)
    found = judge(Threshold("t", "asa", {}, max=30.0), worlds)
    assert {need: verdict.word for need, verdict in found.needs.items()} == {"everyday": "met", "urgent": "missed"}
    assert judge(Threshold("t", "asa", {"need": "urgent"}, max=30.0), worlds).needs == {}
    assert judge(Threshold("t", "abandon_rate", {}, max=0.3), worlds).needs == {}  # judged by its mean
    assert judge(Threshold("t", "abandon_rate", {}, max=0.3), worlds).judged_by == "mean"
    assert judge(Threshold("t", "asa", {"site": "main"}, max=30.0), worlds).needs == {}  # a site goes with a phase only


def test_so_many_worlds_are_needed() -> None:
    assert [worlds_needed(share) for share in (0.5, 0.8, 0.9, 0.95, 0.99)] == [10, 16, 35, 73, 381]
    for share in (0.8, 0.9, 0.95):
        n = worlds_needed(share)
        every = np.ones(n, dtype=bool)
        assert judged(every, every, share).word == "met"
        assert judged(every[1:], every[1:], share).word != "met"


@pytest.mark.parametrize(
    ("measure", "scope"),
    [("never_servd", {}), ("never_served ", {}), ("never_served", {"need": "nobody"}), ("never_served", {"site": "main"})],
)
def test_an_unknown_measure_or_scope_is_an_error_never_a_pass(micro: Story, measure: str, scope: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        judge(Threshold("t", measure, scope, max=1.0), worlds_of(micro))
