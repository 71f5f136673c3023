"""Comparison: differences in the same worlds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.errors import UsageError
from simulator.report.wording import difference
from simulator.statistics.compare import compare
from simulator.statistics.estimation import mean_interval
from simulator.statistics.tally import tally
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.statistics.tally import Tally
    from tests.statistics.conftest import Story


def world(story: Callable[..., Story], replication: int, served: int, lost: int) -> tuple[Model, Tally]:
    told = story()
    for _ in range(served):
        told.customer((100.0, Outcome.HANDLED, 0.0, 60.0))
    for _ in range(lost):
        told.customer((8000.0, Outcome.BLOCKED, 0.0, 0.0))
    return told.model, tally(told.run(replication), told.model)


def variant(story: Callable[..., Story], *worlds: tuple[int, int]) -> tuple[Model, list[Tally]]:
    made = [world(story, k, *counts) for k, counts in enumerate(worlds)]
    return made[0][0], [t for _, t in made]


def test_differences_are_paired_by_replication_whatever_the_order(story: Callable[..., Story]) -> None:
    model, base = variant(story, (5, 5), (10, 10), (20, 20))
    _, better = variant(story, (6, 4), (12, 8), (24, 16))
    found = compare({"a": model, "b": model}, {"a": base, "b": better[::-1]}, "a")
    served = found.difference("b", "served")
    assert (served.mean, served.p5, served.p95) == pytest.approx((7 / 3, 1.1, 3.8))
    assert (served.n, served.wins) == (3, 1.0)
    expected = mean_interval(np.array([[1.0], [2.0], [4.0]]))[1][0]
    assert served.half_width == pytest.approx(expected)
    assert served.half_width_all == served.half_width  # one variant, one comparison
    share = found.difference("b", "never_served")
    assert share.mean == pytest.approx(-0.1)
    assert share.half_width == pytest.approx(0.0, abs=1e-12)  # 10 points less in every world
    assert (share.wins, share.clear) == (1.0, True)


def test_the_difference_of_ratios_is_that_of_ratios_of_sums(story: Callable[..., Story]) -> None:
    model, base = variant(story, (1, 9), (40, 0))
    _, other = variant(story, (9, 1), (20, 20))
    found = compare({"a": model, "b": model}, {"a": base, "b": other}, "a").difference("b", "never_served")
    assert found.mean == pytest.approx(21 / 50 - 9 / 50)
    assert (found.p5, found.p95) == pytest.approx((-0.8 + 0.05 * 1.3, 0.5 - 0.05 * 1.3))
    assert (found.wins, found.clear) == (0.5, False)


def test_several_variants_get_simultaneous_intervals(story: Callable[..., Story]) -> None:
    model, base = variant(story, (5, 5), (10, 20), (20, 10))
    _, other = variant(story, (6, 4), (12, 18), (24, 6))
    three = dict.fromkeys(("a", "b", "c"), model)
    found = compare(three, {"a": base, "b": other, "c": base}, "a")
    served = found.difference("b", "served")
    assert served.half_width_all / served.half_width == pytest.approx(6.205346817 / 4.302652730, rel=1e-8)  # t_{2,.9875} / t_{2,.975}
    same = found.difference("c", "served")
    assert (same.mean, same.half_width, same.wins, same.clear) == (0.0, 0.0, 0.5, False)
    share = found.difference("c", "never_served")
    assert (share.mean, share.half_width) == (0.0, 0.0)  # what moves both ratios alike is no uncertainty of their difference
    assert math.isnan(found.difference("c", "attempted").wins)  # neither more nor fewer attempts are better


def test_endless_worlds_count_with_the_horizon_and_are_said(story: Callable[..., Story]) -> None:
    def recovered(hour: int) -> tuple[Model, Tally]:
        told = story()
        for minute in range(120, 9 * 60):
            told.customer((60.0 * minute, Outcome.HANDLED if minute >= 60 * hour else Outcome.BLOCKED, 0.0, 60.0))
        return told.model, tally(told.run(), told.model)

    (model, soon), (_, never) = recovered(4), recovered(99)
    again = [replace(t, replication=1) for t in (soon, never)]
    found = compare({"a": model, "b": model}, {"a": [soon, again[0]], "b": [never, again[1]]}, "a").difference("b", "time_to_recover")
    assert (found.mean, found.endless, found.wins, found.n) == (5 * 3600.0 + 60.0, 1.0, 0.0, 2)  # 7 h of run after the impact, less 1:59
    assert (found.is_number, found.at_least, found.never, found.never_baseline) == (False, found.mean, 2, 0)
    assert difference(found, found.half_width) == "back in 0 of 2 worlds, against 2"
    both = compare({"a": model, "b": model}, {"a": [never, again[1]], "b": [never, again[1]]}, "a").difference("b", "time_to_recover")
    assert (both.never, both.never_baseline) == (2, 2)
    assert math.isnan(both.at_least)  # never less never says nothing


@pytest.mark.parametrize(
    ("ours", "base", "says"),
    [
        ((1, 1), (2, 2), "−1 h"),
        ((1, 2), (2, 9), "at least −3 h"),  # of seven hours after the impact: 2 less 1, and 7 less 2 at least
        ((2, 9), (1, 2), "at least +3 h"),
        ((9, 1), (2, 9), "back in 1 of 2 worlds, against 1"),
        ((9, 1), (3, 9), "back in 1 of 2 worlds, against 1"),
        ((9, 9), (2, 9), "back in 0 of 2 worlds, against 1"),
        ((5, 9), (7, 6), "back in 1 of 2 worlds, against 2"),
    ],
)
def test_never_less_something_is_no_number(story: Callable[..., Story], ours: tuple[int, int], base: tuple[int, int], says: str) -> None:
    """Worlds that are back so many hours after the impact; nine is beyond the end."""

    def back(hours: tuple[int, int]) -> list[Tally]:
        made = []
        for number, lasts in enumerate(hours):
            told = story()
            told.customer((3 * 3600.0, Outcome.HANDLED, 0.0, 60.0))
            values = {("time_to_recover", "", "", "", "", ""): lasts * 3600.0 if lasts < 9 else math.inf}
            counted = tally(told.run(number), told.model)
            made.append(replace(counted, values={**counted.values, **values}))
        return made

    model = story().model
    found = compare({"a": model, "b": model}, {"a": back(base), "b": back(ours)}, "a").difference("b", "time_to_recover")
    assert difference(found, found.half_width) == says
    assert found.is_number == (says == "−1 h")


def test_only_common_worlds_are_compared(story: Callable[..., Story]) -> None:
    model, base = variant(story, (5, 5), (10, 10), (20, 20))
    found = compare({"a": model, "b": model}, {"a": base, "b": base[1:]}, "a")
    assert found.replications == 2
    assert found.difference("b", "served").n == 2


def test_what_cannot_be_compared_is_an_error(story: Callable[..., Story]) -> None:
    model, base = variant(story, (5, 5), (10, 10))
    both = {"a": model, "b": model}
    with pytest.raises(UsageError, match="the baseline `c` is none of the variants a, b"):
        compare(both, {"a": base, "b": base}, "c")
    with pytest.raises(UsageError, match="no replication was finished by every variant"):
        compare(both, {"a": base[:1], "b": base[1:]}, "a")
    with pytest.raises(UsageError, match=r"there is no difference of served\[nobody\] for variant b"):
        compare(both, {"a": base, "b": base}, "a").difference("b", "served", need="nobody")
