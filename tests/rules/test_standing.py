"""How people stand with the company moves their patience, at every attempt."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.crisis.play import simulate
from simulator.model.distributions import Constant
from simulator.model.world import Redial, Retry
from simulator.vocabulary import Outcome
from simulator.workload import Workload
from tests.rules.small_centre import centre


@pytest.mark.parametrize("temper", [None, 0.5, 3.0])
def test_a_later_attempt_has_the_patience_of_the_person(temper: float | None) -> None:
    """Customer 0 talks for long. Customer 1 hangs up after 40 s, tries again 60 s later with the patience of the law, 100 s."""
    model = centre(redial=Redial(abandoned=Retry(1.0, Constant(60.0)), max_attempts=2))
    laws = {"patience": [Constant(100.0)], "gap": [Constant(60.0)]}
    workload = Workload.by_hand([0, 10], [900, 1], [500, 40], laws=laws, tries_again=(0.0, 1.0, 0.0))
    if temper is not None:
        workload = workload.with_columns(temper=np.array([1.0, temper]))
    book = simulate(model, workload).ledger
    left = book.outcome == Outcome.ABANDONED
    assert (book.released - book.queued)[left] == pytest.approx([40.0, 100.0 * (temper or 1.0)])
