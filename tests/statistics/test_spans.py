"""How many spans lie over an instant, against counting them one by one."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.statistics.spans import Spans, in_order, until

LENGTH = st.one_of(st.just(0.0), st.just(math.inf), st.just(math.nan), st.integers(0, 9).map(float), st.floats(1e-3, 1e5))
DRAWN = st.lists(st.tuples(st.integers(0, 9).map(float) | st.floats(0, 100), LENGTH, st.booleans()), max_size=30)
SINCE = (0.0, 4.0, 50.0)


def over(drawn: list[tuple[float, float, bool]], at: float, *, part: bool) -> int:
    return sum(came <= at and not came + length <= at for came, length, chosen in drawn if chosen or not part)


@given(DRAWN)
def test_the_most_spans_over_one_instant_in_each_part_and_stretch_whether_or_not_they_end(drawn: list[tuple[float, float, bool]]) -> None:
    came, length = np.array([c for c, _, _ in drawn]), np.array([w for _, w, _ in drawn])
    spans = Spans.of(came, came + length)
    chosen = np.array([chosen for _, _, chosen in drawn], dtype=np.uint8)
    for part, mine in ((False, spans), (True, [*spans.parts(chosen, 2)][1])):
        instants = sorted({*came.tolist(), *SINCE})
        counts = {at: over(drawn, at, part=part) for at in instants}
        stretches = [max(counts[at] for at in instants if a <= at < b) for a, b in zip(SINCE, (*SINCE[1:], math.inf), strict=True)]
        assert mine.peaks(np.array(SINCE)) == (max(counts.values()), stretches)
        assert mine.peak() == max(counts.values())
        assert mine.over(np.array(instants)).tolist() == list(counts.values())


def test_what_never_happened_is_not_counted_until_any_instant() -> None:
    happened = in_order(np.array([5.0, np.nan, 1.0, np.inf, 5.0]))
    assert until(happened, np.array([0.0, 1.0, 4.0, 5.0, 9.0])).tolist() == [0, 1, 1, 3, 3]
    assert until(happened, np.array([])).tolist() == []
