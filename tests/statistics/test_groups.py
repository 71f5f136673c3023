"""Groups of people are followed by themselves: whatever they need, wherever they call, and in several groups if they belong to several."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from simulator.experiment.packing import pack, unpack
from simulator.model.world import Surge, Threshold
from simulator.report.parts import group_table
from simulator.report.verdict import verdict
from simulator.statistics.compare import compare
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.statistics.worlds import Worlds
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0
DEMAND = (
    Surge("crowd", "everyday", 0.0, 1.0, 0.0, 0.0, 1.0),
    Surge("deaf", "everyday", 0.0, 1.0, 0.0, 0.0, 1.0, groups=("deaf", "frail")),
    Surge("alone", "urgent", 0.0, 1.0, 0.0, 0.0, 1.0, groups=("frail",)),
)
GROUPS = {"deaf": "people who do not hear", "frail": "people who need help at home"}


def told(story: Callable[..., Story], **changes: object) -> Story:
    """Five people: two of the crowd, one who is deaf, two who are frail with another need. The impact is after two hours."""
    made = story(demand=DEMAND, groups=GROUPS, **changes)
    made.customer((HOUR, Outcome.HANDLED, 10.0, 60.0))
    made.customer((3 * HOUR, Outcome.HANDLED, 30.0, 60.0))
    made.customer((HOUR, Outcome.ABANDONED, 40.0, 0.0), (HOUR + 100.0, Outcome.HANDLED, 0.0, 60.0), demand=1)
    made.customer((3 * HOUR, Outcome.ABANDONED, 50.0, 0.0), need=1, demand=2)
    made.customer((3 * HOUR, Outcome.HANDLED, 70.0, 60.0), need=1, demand=2)
    return made


def test_people_count_in_each_of_their_groups(story: Callable[..., Story], value: Callable[..., float]) -> None:
    made = told(story)
    assert value(made, "customers") == 5
    assert [value(made, "customers", group=group) for group in GROUPS] == [1, 3]
    assert [value(made, "people_never_served", group=group) for group in GROUPS] == [0, 1]
    assert value(made, "never_served", group="frail") == pytest.approx(1 / 3)
    assert [value(made, "never_served", group="frail", phase=phase) for phase in ("before", "after")] == [0.0, 0.5]
    assert value(made, "harm", group="deaf") == 0.0  # their need does none
    assert value(made, "harm", group="frail") == pytest.approx(10 + 10 * 70 / HOUR)


def test_contacts_count_in_the_groups_of_those_who_make_them(story: Callable[..., Story], value: Callable[..., float]) -> None:
    made = told(story)
    assert [value(made, "attempted", group=group) for group in GROUPS] == [2, 4]
    assert [value(made, "attempted", group="frail", phase=phase) for phase in ("before", "after")] == [2, 2]
    assert value(made, "abandon_rate", group="deaf") == 0.5
    assert value(made, "mean_wait", group="frail") == pytest.approx((40 + 0 + 50 + 70) / 4)


def test_medians_of_a_group_are_of_its_people_alone(story: Callable[..., Story], value: Callable[..., float]) -> None:
    made = told(story)
    assert value(made, "wait_p50", group="frail") == 40.0  # of 0, 40, 50 and 70
    assert value(made, "wait_p90", group="frail") == 70.0
    assert value(made, "wait_p50", group="frail", phase="after") == 50.0
    assert value(made, "time_to_first_agent_p50", group="deaf") == 100.0
    assert value(made, "time_to_first_agent_p50", group="frail") == 100.0  # of 70, 100 and never


def test_a_measure_by_group_and_need_is_refused(story: Callable[..., Story], value: Callable[..., float]) -> None:
    with pytest.raises(Exception, match="a site goes with a phase only, and so does a group"):
        value(told(story), "customers", group="frail", need="urgent")
    with pytest.raises(Exception, match="there is no group `frial`; did you mean `frail`"):
        value(told(story), "customers", group="frial")
    with pytest.raises(Exception, match="does not exist by group"):
        value(told(story), "queue_mean", group="frail")


def test_a_group_without_anybody_has_no_data(story: Callable[..., Story]) -> None:
    made = story(demand=DEMAND, groups=GROUPS)
    made.customer((HOUR, Outcome.HANDLED, 10.0, 60.0))
    summary = summarise(made.model, [tally(made.run(), made.model)])
    table = group_table(summary)
    assert table is not None
    assert next(row for row in table.rows if row[0] == "deaf")[4:] == ("–",) * 4
    assert not any("group" in sentence for sentence in verdict(summary, made.model))


def test_groups_travel_with_a_tally_and_are_summarised_judged_and_told(story: Callable[..., Story]) -> None:
    made = told(story, thresholds=(Threshold("frail", "never_served", {"group": "frail"}, max=0.3),))
    counted = tally(made.run(), made.model)
    again = unpack(pack(counted), made.model)
    assert again.groups == ("deaf", "frail")
    assert again.values == counted.values
    summary = summarise(made.model, [again])
    assert summary.estimate("customers", group="frail", phase="after").mean == 2
    assert summary.thresholds[0].value == pytest.approx(1 / 3)
    said = verdict(summary, made.model)
    assert "In the group that fared worst, frail, 1 of 3 people (33.3 %) got nobody, against 20.0 % of everybody." in said


def test_two_variants_are_compared_by_group(story: Callable[..., Story]) -> None:
    made, other = told(story), told(story, variant="other")
    other.customer((3 * HOUR, Outcome.ABANDONED, 50.0, 0.0), need=1, demand=2)
    models = {m.variant: m for m in (made.model, other.model)}
    tallies = {one.model.variant: [tally(one.run(), one.model)] for one in (made, other)}
    found = compare(models, tallies, made.model.variant)
    assert found.difference("other", "people_never_served", group="frail").mean == 1
    assert found.difference("other", "people_never_served", group="deaf").mean == 0


def test_without_groups_there_is_nothing_to_follow(story: Callable[..., Story]) -> None:
    made = story()
    made.customer((HOUR, Outcome.HANDLED, 10.0, 60.0))
    counted = tally(made.run(), made.model)
    assert counted.groups == ()
    assert group_table(summarise(made.model, [counted])) is None
    assert not any("group" in scope for scope in Worlds([counted]).scopes())
