"""Thresholds pass, fail or are too close to call; what has no data never passes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from simulator.errors import UsageError
from simulator.model.world import Threshold
from simulator.statistics.summary import Estimate
from simulator.statistics.tally import tally
from simulator.statistics.thresholds import as_text, judge, status
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
        (estimate(0.10, 0.01, endless=0.1), None, 0.40, "inconclusive"),  # one endless world in ten: no finite mean
        (estimate(0.50, 0.01, endless=0.1), None, 0.40, "fail"),
        (estimate(0.10, 0.01, endless=0.1), 0.20, None, "inconclusive"),
        (estimate(0.30, 0.01, endless=0.1), 0.20, None, "pass"),
    ],
)
def test_the_whole_interval_decides(found: Estimate, least: float | None, most: float | None, expected: str) -> None:
    assert status(found, least, most) == expected


@pytest.mark.parametrize(
    ("threshold", "text"),
    [
        (Threshold("t", "never_served", {"need": "find-relative"}, max=0.4), "never_served[find-relative] <= 40 %"),
        (Threshold("t", "time_to_recover", {"channel": "voice"}, max=8 * 3600.0), "time_to_recover[voice] <= 8h"),
        (Threshold("t", "asa", {"phase": "shock"}, max=95.0), "asa[shock] <= 1m35s"),
        (Threshold("t", "occupancy", {}, min=0.7, max=0.855), "occupancy >= 70 % and <= 85.5 %"),
        (Threshold("t", "agents_online_6h", {}, min=200), "agents_online_6h >= 200"),
        (Threshold("t", "asa", {}, max=0.0), "asa <= 0s"),
    ],
)
def test_text_reads_as_people_write_it(threshold: Threshold, text: str) -> None:
    assert as_text(threshold) == text


def worlds_of(story: Story) -> Worlds:
    return Worlds([tally(story.run(k), story.model) for k in range(3)])


def test_a_threshold_is_judged_on_its_own_scope(story: Callable[..., Story]) -> None:
    told = story()
    told.customer((100.0, Outcome.HANDLED, 0.0, 60.0))
    told.customer((100.0, Outcome.BLOCKED, 0.0, 0.0), need=1)
    worlds = worlds_of(told)
    urgent = judge(Threshold("a", "never_served", {"need": "urgent"}, max=0.4), worlds)
    assert (urgent.status, urgent.value, urgent.half_width, urgent.n) == ("fail", 1.0, 0.0, 3)
    assert judge(Threshold("b", "never_served", {"need": "everyday"}, max=0.4), worlds).status == "pass"
    nobody = judge(Threshold("c", "never_served", {"need": "urgent", "phase": "after"}, max=0.4), worlds)
    assert (nobody.status, nobody.n) == ("inconclusive", 0)


def test_an_obligation_is_shown_as_one(story: Callable[..., Story]) -> None:
    told = story()
    told.customer((100.0, Outcome.HANDLED, 0.0, 60.0))
    duty = judge(Threshold("a", "never_served", {}, max=0.4, obligation="the licence"), worlds_of(told))
    assert duty.text == "never_served <= 40 % (obligation: the licence)"


@pytest.mark.parametrize(
    ("measure", "scope"),
    [("never_servd", {}), ("never_served ", {}), ("never_served", {"need": "nobody"}), ("never_served", {"site": "main"})],
)
def test_an_unknown_measure_or_scope_is_an_error_never_a_pass(micro: Story, measure: str, scope: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        judge(Threshold("t", measure, scope, max=1.0), worlds_of(micro))
