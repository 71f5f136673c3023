"""Values of one run by need, site and group: of those alone whom they are about, and of everybody where these are everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.errors import UsageError
from simulator.model.distributions import Constant
from simulator.model.people import Distress
from simulator.model.world import Channel, Surge, Turns
from simulator.statistics.definitions import LACKS
from simulator.statistics.measures import check_scope, measures
from simulator.statistics.tally import tally
from simulator.statistics.worlds import Worlds
from simulator.vocabulary import Cause, Heard, Outcome, Piece

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0
Value = Callable[..., float]
GROUPS = {"deaf": "people who do not hear", "frail": "people who need help at home"}
DEMAND = (
    Surge("crowd", "everyday", 0.0, 1.0, 0.0, 0.0, 1.0),
    Surge("deaf", "everyday", 0.0, 1.0, 0.0, 0.0, 1.0, groups=("deaf", "frail")),
    Surge("alone", "urgent", 0.0, 1.0, 0.0, 0.0, 1.0, groups=("frail",)),
)


def followed(story: Callable[..., Story], **changes: object) -> Story:
    return story(demand=DEMAND, groups=GROUPS, **changes)


def everything(story: Callable[..., Story]) -> Story:
    """Calls, conversations, an e-mail, a list from which we call, and people in distress."""
    bare = story()
    calls = Constant(60.0)
    channels = (
        bare.model.channels[0],
        Channel("desk", "message", answer_within=600.0, turns=Turns(3.0, calls)),
        Channel("mail", "email", answer_within=HOUR),
        Channel("callbacks", "callback", answer_within=4 * HOUR),
    )
    needs = tuple(replace(need, distress=Distress(0.5, calls)) for need in bare.model.needs)
    told = followed(story, channels=channels, needs=needs)
    told.customer((HOUR, Outcome.HANDLED, 10.0, 60.0), heard=Heard.HEARD)
    told.customer((HOUR, Outcome.ABANDONED, 40.0, 0.0), (HOUR + 100.0, Outcome.HANDLED, 0.0, 90.0), need=1, demand=2)
    told.customer((3 * HOUR, Outcome.ABANDONED, 50.0, 0.0), demand=1)
    told.customer((3 * HOUR, Outcome.HANDLED, 70.0, 200.0), need=1, demand=2, heard=Heard.UNHEARD)
    told.customer((8.5 * HOUR, Outcome.HANDLED, 10.0, 60.0))
    lost = told.customer((7 * HOUR, Outcome.BLOCKED, 0.0, 0.0), site=-1)
    told.conversation((100.0, 200.0, 300.0, 0), (1000.0, 1900.0, 2000.0, 1), (2 * HOUR, 2 * HOUR, 2 * HOUR + 50.0, 1))
    told.conversation((250.0, 250.0, 650.0, 2), (3000.0, 3000.0, 3010.0, 2), need=1)
    told.customer((1000.0, Outcome.OPEN_AT_END, 0.0, 0.0), channel=2, site=-1)
    told.callback(lost, 7 * HOUR, Outcome.HANDLED, (8 * HOUR, Piece.REACHED, 300.0), channel=3)
    return told


def estimates(told: Story, dimension: str, name: str) -> list[tuple[str, float, float]]:
    """Every measure that exists by ``dimension``: its value in ``name``, and that of everybody, in every phase."""
    worlds = Worlds([tally(told.run(), told.model)])
    chosen = [m for m in measures.values() if dimension in m.scopes and not m.timed]
    found = []
    for phase in ({}, {"phase": "before"}, {"phase": "after"}):
        there = [m for m in chosen if not phase or "phase" in m.scopes]
        pairs = zip(worlds.estimates({**phase, dimension: name}, there), worlds.estimates(phase, there), strict=True)
        found += [(f"{mine.measure} {phase}", mine.mean, whole.mean) for mine, whole in pairs]
    return found


def test_a_group_that_is_everybody_measures_what_everybody_does(story: Callable[..., Story]) -> None:
    made = everything(story)
    made.model = replace(made.model, groups={"all": ""}, demand=tuple(replace(d, groups=("all",)) for d in DEMAND))
    compared = estimates(made, "group", "all")
    known = {name.split()[0] for name, mine, _ in compared if not np.isnan(mine)}
    assert known >= {
        "wait_p90", "sl_deficit", "peak_queue", "first_reply_p90", "reply_time_p50", "conversations_open_peak", "backlog_peak",
        "backlog_age_peak", "list_cleared_at", "handle_time_p50", "aht_trimmed", "time_to_first_agent_p50", "resolution_time_p50",
        "time_to_recover", "longest_below", "share_above", "resilience_loss", "level_after_rto",
    }  # fmt: skip
    for name, mine, whole in compared:
        assert mine == pytest.approx(whole, nan_ok=True), name


def test_a_need_that_everybody_has_measures_what_everybody_does(story: Callable[..., Story]) -> None:
    made = everything(story)
    made.rows = [(*row[:2], 0, *row[3:]) for row in made.rows]
    made.people = [(0, *person[1:]) for person in made.people]
    for name, mine, whole in estimates(made, "need", "everyday"):
        assert mine == pytest.approx(whole, nan_ok=True), name


def test_a_site_where_everybody_calls_measures_what_everybody_does(story: Callable[..., Story]) -> None:
    made = followed(story, needs=tuple(replace(need, distress=Distress(0.5, Constant(60.0))) for need in story().model.needs))
    made.customer((HOUR, Outcome.HANDLED, 10.0, 60.0))
    made.customer((HOUR, Outcome.ABANDONED, 40.0, 0.0), (HOUR + 100.0, Outcome.HANDLED, 0.0, 90.0), need=1)
    made.customer((3 * HOUR, Outcome.ABANDONED, 50.0, 0.0))
    made.seen |= {"online": np.tile([10, 0], (10, 1)), "site_online_time": np.arange(10)[:, None] * HOUR * [10.0, 0.0]}
    for name, mine, whole in estimates(made, "site", "main"):
        assert mine == pytest.approx(whole, nan_ok=True), name


def test_the_peak_of_the_queue_of_a_group_and_of_a_site(story: Callable[..., Story], value: Value) -> None:
    told = followed(story)
    told.customer((100.0, Outcome.HANDLED, 50.0, 60.0))
    told.customer((110.0, Outcome.HANDLED, 50.0, 60.0), demand=1)
    told.customer((120.0, Outcome.HANDLED, 50.0, 60.0), need=1, demand=2, site=1)
    told.customer((3 * HOUR, Outcome.ABANDONED, 50.0, 0.0), demand=1, site=1)
    assert value(told, "peak_queue") == 3
    assert [value(told, "peak_queue", group=group) for group in GROUPS] == [1, 2]
    assert [value(told, "peak_queue", site=site) for site in ("main", "temporary")] == [2, 1]
    assert [value(told, "peak_queue", group="frail", phase=phase) for phase in ("before", "after")] == [2, 1]
    assert [value(told, "peak_queue", site="main", phase=phase) for phase in ("before", "after")] == [2, 0]


def test_waits_of_a_site_are_of_those_who_held_its_lines(story: Callable[..., Story], value: Value) -> None:
    told = story()
    for wait, site in ((10.0, 0), (20.0, 0), (90.0, 1), (5.0, -1)):
        told.customer((HOUR, Outcome.HANDLED, wait, 60.0), site=site)
    assert [value(told, "wait_p90", site=site) for site in ("main", "temporary")] == [20.0, 90.0]
    assert value(told, "wait_p50", site="main", phase="before") == 10.0
    assert np.isnan(value(told, "wait_p50", site="main", phase="after"))


def test_a_group_may_recover_later_than_everybody(story: Callable[..., Story], value: Value) -> None:
    told = followed(story)  # MBCO 95 %, the impact after two hours
    for hour, good in enumerate((100, 100, 40, 100, 100, 100, 100, 100, 100)):
        for k in range(100):
            told.customer((hour * HOUR + 36.0 * k, Outcome.HANDLED if k < good else Outcome.BLOCKED, 0.0, 60.0))
        for k in range(40):
            told.customer((hour * HOUR + 90.0 * k, Outcome.BLOCKED if 2 <= hour < 5 else Outcome.HANDLED, 0.0, 60.0), demand=1)
    assert value(told, "time_to_recover", group="deaf") == 3 * HOUR - 90.0
    assert value(told, "longest_below", group="deaf") == 3 * HOUR - 90.0
    assert value(told, "share_above", group="deaf") == pytest.approx(4 / 7, abs=0.01)
    assert value(told, "level_after_rto", group="deaf") == 1.0  # hour 8 alone
    assert value(told, "time_to_recover", group="frail") == 3 * HOUR - 90.0
    only = np.array([demand == 0 for _, demand, *_ in told.people])
    told.rows = [row for row in told.rows if only[int(row[0])]]
    assert value(told, "time_to_recover") == HOUR - 36.0


def test_contacts_short_of_the_target_by_group_and_site(story: Callable[..., Story], value: Value) -> None:
    told = followed(story)  # 80 % within 20 s
    for wait in (0.0, 0.0, 0.0, 90.0):
        told.customer((HOUR, Outcome.HANDLED, wait, 60.0), demand=1)
    told.customer((3 * HOUR, Outcome.HANDLED, 90.0, 60.0), need=1, demand=2, site=1)
    assert value(told, "sl_deficit", group="deaf") == pytest.approx(0.8 * 4 - 3)
    assert value(told, "sl_deficit", group="frail") == pytest.approx(0.8 * 4 - 3 + 0.8)
    assert value(told, "sl_deficit", group="frail", phase="after") == pytest.approx(0.8)
    assert [value(told, "sl_deficit", site=site) for site in ("main", "temporary")] == pytest.approx([0.2, 0.8])


def test_what_stands_open_and_when_the_list_is_cleared_by_need(story: Callable[..., Story], value: Value) -> None:
    told = everything(story)
    other = told.customer((7 * HOUR, Outcome.BLOCKED, 0.0, 0.0), need=1, demand=2, site=-1)
    told.callback(other, 7 * HOUR, Outcome.NOT_REACHED, channel=3, cause=Cause.LAPSED)
    assert [value(told, "conversations_open_peak", need=need) for need in ("everyday", "urgent")] == [1, 1]
    assert value(told, "conversations_open_peak", need="urgent", channel="desk") == 1
    assert value(told, "backlog_age_peak", need="everyday") == 9 * HOUR - 1000.0
    assert np.isnan(value(told, "backlog_age_peak", group="deaf"))  # nobody of theirs writes
    assert value(told, "list_cleared_at", need="everyday") == 6 * HOUR + 300.0
    assert value(told, "list_cleared_at", group="frail") == value(told, "list_cleared_at", need="urgent") == 5 * HOUR


@pytest.mark.parametrize("name", measures)
def test_every_measure_exists_by_need_site_and_group_or_it_is_said_why_not(name: str) -> None:
    measure = measures[name]
    missing = {"need", "site", "group"} - set(measure.scopes)
    reasons, why = LACKS[measure.lacks] if measure.lacks else ((), "")
    assert missing == set(reasons) & {"need", "site", "group"}
    names = {"need": ("one",), "site": ("one",), "group": ("one",)}
    for dimension in missing:
        with pytest.raises(UsageError) as caught:
            check_scope(measure, {dimension: "one"}, names)
        assert str(caught.value).endswith(why)
