"""Twenty people and a clock: who is still without help two hours after they first needed it, counted by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import UsageError
from simulator.experiment.packing import pack, unpack
from simulator.model.world import Surge
from simulator.statistics.account import Account
from simulator.statistics.limits import LIMITS, SECONDS, in_units, nearest
from simulator.statistics.measures import measure_named, measures, possible
from simulator.statistics.tally import tally
from simulator.statistics.worlds import Worlds
from simulator.vocabulary import Cause, Fate, Outcome, Solved

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR, MINUTE = 3600.0, 60.0
SECOND = st.integers(0, 9 * 3600)
GAVE, WAIT, ELSE = Fate.GAVE_UP, Fate.STILL_TRYING, Fate.SOLVED_ELSEWHERE


def asked(told: Story, name: str, **scope: str) -> float:
    (estimate,) = Worlds([tally(told.run(), told.model)]).estimates(scope, [measure_named(name)])
    return estimate.mean


@pytest.fixture
def twenty(story: Callable[..., Story]) -> Story:
    """A run of nine hours; the limit of two hours has run out for whoever needed help by the seventh."""
    told = story()
    refused = (0.0, Outcome.BLOCKED, 0.0, 0.0)
    for wait in (0.0, 30 * MINUTE, HOUR, 2 * HOUR):  # four are helped in time, the last to the second
        told.customer((HOUR, Outcome.HANDLED, wait, 60.0), need=1)
    for wait in (2 * HOUR + 1, 3 * HOUR):  # two are helped too late
        told.customer((HOUR, Outcome.HANDLED, wait, 60.0), need=1)
    for settled in (2 * HOUR, 3 * HOUR):  # two need nobody any more in time: a message, a way of their own
        told.customer(refused, need=1, fate=ELSE, solved=Solved.INFORMED, settled=settled, onset=HOUR, cause=Cause.NO_LINE)
    told.customer(refused, need=1, fate=ELSE, solved=Solved.ELSEWHERE, settled=5 * HOUR, onset=HOUR, cause=Cause.NO_LINE)  # one too late
    for _ in range(3):  # three gave up: nobody helps them
        told.customer((HOUR, Outcome.ABANDONED, 600.0, 0.0), need=1, fate=GAVE)
    told.customer((7 * HOUR, Outcome.OPEN_AT_END, 2 * HOUR, 0.0), need=1, fate=WAIT)  # waits since exactly two hours: judged
    # The time of the next five had not run out: nobody is judged, helped or not.
    told.customer((7 * HOUR + 1, Outcome.HANDLED, 5.0, 60.0), need=1)
    told.customer((8 * HOUR, Outcome.HANDLED, 5.0, 60.0), need=1)
    told.customer((8 * HOUR, Outcome.ABANDONED, 600.0, 0.0), need=1, fate=GAVE)
    told.customer((8 * HOUR, Outcome.OPEN_AT_END, HOUR, 0.0), need=1, fate=WAIT)
    told.customer((8.5 * HOUR, Outcome.OPEN_AT_END, HOUR / 2, 0.0), need=1, fate=WAIT)
    told.customer((HOUR, Outcome.HANDLED, 0.0, 60.0))  # two others need something else
    told.customer((HOUR, Outcome.ABANDONED, 600.0, 0.0), fate=GAVE)
    assert len(told.people) == 20
    return told


def test_twenty_people_by_hand(twenty: Story) -> None:
    urgent = {"need": "urgent", "within": "2h"}
    assert asked(twenty, "people_unserved_within", **urgent) == 2 + 1 + 3 + 1
    assert asked(twenty, "unserved_within", **urgent) == pytest.approx(7 / 13)
    assert asked(twenty, "people_undecided_within", **urgent) == 3
    assert asked(twenty, "unserved_within", within="2h") == pytest.approx(8 / 15)
    assert asked(twenty, "unserved_within", need="everyday", within="2h") == 0.5


def test_a_shorter_and_a_longer_limit(twenty: Story) -> None:
    """After an hour the third is just helped; of the two whose need ends in time, one waits for it two hours."""
    hour = {"need": "urgent", "within": "1h"}
    assert asked(twenty, "people_unserved_within", **hour) == 1 + 2 + 1 + 1 + 3 + 1 + 2  # two more judged: 8 h, of whom one waits
    assert asked(twenty, "people_undecided_within", **hour) == 1
    longest = {"need": "urgent", "within": "9h"}
    assert math.isnan(asked(twenty, "unserved_within", **longest))  # nobody has nine hours behind them
    assert asked(twenty, "people_undecided_within", **longest) == 7
    assert math.isnan(asked(twenty, "people_unserved_within", need="urgent", within="10h"))  # the run has not


def test_groups_are_counted_by_their_entries_of_demand(twenty: Story) -> None:
    old = Surge("b", "urgent", 0.0, 1.0, 0.0, 0.0, 1.0, groups=("old",))
    demand = (replace(old, name="a", groups=("deaf", "old")), old)
    twenty.model = replace(twenty.model, groups={"deaf": "", "old": ""}, demand=demand)
    people = list(twenty.people)
    twenty.people = [(need, 0 if n < 6 else 1, *rest) for n, (need, _, *rest) in enumerate(people)]
    assert asked(twenty, "people_unserved_within", group="deaf", within="2h") == 2
    assert asked(twenty, "people_unserved_within", group="old", within="2h") == 8


def test_a_packed_tally_says_the_same_and_an_account_too(twenty: Story) -> None:
    run = twenty.run()
    kept = tally(run, twenty.model)
    assert np.array_equal(unpack(pack(kept), twenty.model).help, kept.help)
    wanted = [(m, {"need": "urgent", "within": limit}) for m in measures.values() if m.timed for limit in ("1m", "2h", "8h", "9h", "10h")]
    told = Account(run, twenty.model).figures(wanted)
    for k, (measure, scope) in enumerate(wanted):
        y, x = Worlds([kept]).figures(measure, scope)
        assert np.array_equal(told[:, k], [y[0], np.nan if x is None else x[0]], equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(SECOND, st.one_of(st.none(), SECOND), st.sampled_from([Fate.SERVED, ELSE, GAVE, WAIT])),
        max_size=25,
    ),
    st.sampled_from([name for name, place in LIMITS.items() if SECONDS[place] <= 9 * HOUR]),
)
def test_every_limit_is_counted_person_by_person(people: list[tuple[int, int | None, Fate]], limit: str) -> None:
    from tests.statistics.conftest import Story, model_of

    told, seconds = Story(model_of()), SECONDS[LIMITS[limit]]
    due = without = undecided = 0
    for onset, took, fate in people:
        end = onset + took if took is not None and onset + took <= 9 * 3600 else None
        if end is None and fate in {Fate.SERVED, ELSE}:
            fate = WAIT  # noqa: PLW2901  # nothing has ended the need
        settled = float(end) if end is not None and fate != WAIT else np.nan
        told.customer((float(onset), Outcome.BLOCKED, 0.0, 0.0), fate=fate, settled=settled, cause=Cause.NO_LINE)
        helped = end if fate in {Fate.SERVED, ELSE} else None
        if onset + seconds <= 9 * 3600:
            due += 1
            without += helped is None or helped > onset + seconds
        else:
            undecided += helped is None
    if due:
        assert asked(told, "people_unserved_within", within=limit) == without
        assert asked(told, "unserved_within", within=limit) == pytest.approx(without / due)
    assert not people or asked(told, "people_undecided_within", within=limit) == undecided


def test_every_limit_is_written_and_read_alike() -> None:
    assert len(LIMITS) == len(SECONDS) == len(set(SECONDS))
    assert list(SECONDS) == sorted(SECONDS)
    assert [in_units(seconds) for seconds in SECONDS] == list(LIMITS)
    assert (nearest("1m30s"), nearest("1h1m40s"), nearest("9999h")) == ("1m", "1h", "720h")


def test_a_limit_must_be_given_and_is_given_to_nothing_else(twenty: Story) -> None:
    with pytest.raises(UsageError, match=r"needs a limit of time: `unserved_within\[urgent, 2h\]`"):
        asked(twenty, "unserved_within", need="urgent")
    with pytest.raises(UsageError, match="`never_served` takes no limit of time such as 2h; `unserved_within` does"):
        asked(twenty, "never_served", within="2h")
    with pytest.raises(UsageError, match="61m is no limit that people are counted at"):
        asked(twenty, "unserved_within", within="61m")
    assert not any(measure.timed for measure in possible({"need": "urgent"}))
