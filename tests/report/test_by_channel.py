"""Waits, hanging up and service levels are told channel by channel, never of several together, and say of whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.api import Result, run
from simulator.report import columns, parts
from simulator.report.figures import callers, house_style
from simulator.report.terminal import summary_text
from simulator.report.wording import LocalTime, duration
from simulator.scenario import load

SEVERAL = """schema: crisis/v1
name: several
clock: {timezone: UTC, start: 2026-03-10T08:00, duration: 6h, interval: 1h, phases: {quiet: start, busy: T+0}, impact: 2026-03-10T11:00}
needs:
  calm: {urgency: 2, talk_time: 4m, patience: {mean: 3m}, channels: {mail: 30%, chat: 20%, phone: 50%}}
demand:
  calm: {rate: 500/h}
channels:
  mail: {kind: email}
  chat: {}
  phone: {kind: voice, redial: {busy: {probability: 50%, after: 5m}}}
links: {l: {lines: 14}}
sites: {s: {seats: 40, links: [l]}}
teams:
  t: {headcount: 12, site: s, skills: {calm: 1}, channels: [phone]}
  w: {headcount: 4, site: s, skills: {calm: 1}, channels: [chat, mail]}
thresholds: [{measure: service_level, channel: phone, min: 10%}]
"""


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Result:
    file = tmp_path_factory.mktemp("mixed") / "several.yaml"
    file.write_text(SEVERAL, encoding="utf-8")
    return run(load(file), replications=3, jobs=1)


def test_the_telephone_comes_first_and_then_each(mixed: Result) -> None:
    assert mixed.summary.inbound == ("phone", "mail", "chat")
    assert mixed.summary.by_channel() == [{"channel": name} for name in ("phone", "mail", "chat")]


def test_no_heading_of_phases_and_intervals_pools_channels(mixed: Result) -> None:
    summary = mixed.summary
    intervals = columns.interval_table(summary, LocalTime(mixed.models[mixed.baseline].clock))
    assert intervals is not None
    for table in (columns.phase_table(summary), intervals):
        for measure in columns.CALLERS:
            label = columns.OF_A_CHANNEL[measure]
            found = [head for head in table.head if head.startswith(label) and not (measure == "abandon_rate" and head == label)]
            assert found or measure == "service_level_of_arrived", measure
            assert all(head.endswith((" (phone)", " (mail)", " (chat)")) for head in found), found
        assert [head for head in table.head if head.startswith("mean wait")] == [f"mean wait ({c})" for c in ("phone", "mail", "chat")]
        assert {len(row) for row in table.rows} == {len(table.head)}


def test_the_numbers_are_those_of_the_channel(mixed: Result) -> None:
    summary = mixed.summary
    table = columns.phase_table(summary)
    busy = next(row for row in table.rows if row[0] == "busy")
    for channel in summary.inbound:
        place = table.head.index(f"mean wait ({channel})")
        assert busy[place] == duration(summary.estimate("mean_wait", channel=channel, phase="busy").mean)
    for name in ("wait_p90", "abandon_rate", "block_rate", "service_level_of_arrived"):
        assert len(summary.over_time(name, channel="phone").mean) == 6
    apart = summary.over_time("wait_p90", channel="phone").mean, summary.over_time("wait_p90", channel="mail").mean
    assert list(apart[0]) != list(apart[1])


def test_in_time_says_of_whom_and_the_strictest_stands_beside_it_where_many_are_refused(mixed: Result) -> None:
    summary = mixed.summary
    assert summary.estimate("block_rate", channel="phone", phase="busy").mean > 0.05
    head = columns.phase_table(summary).head
    assert "in time, of those who could queue (phone)" in head
    assert "in time, of all who arrived (phone)" in head
    assert "in time, of all who arrived (mail)" not in head  # nobody is refused there
    assert any("of all who arrived were refused" in warning for warning in summary.warnings)
    table = parts.channel_table(summary)
    assert table is not None
    assert [row[0] for row in table.rows] == ["phone", "mail", "chat"]
    assert "in time, of all who arrived" in table.head


def test_tiles_name_their_channel(mixed: Result) -> None:
    labels = [tile.label for tile in columns.tiles(mixed.summary, mixed.models[mixed.baseline])]
    waits = [label for label in labels if label.startswith("mean wait")]
    assert waits[0] == "mean wait in the queue (phone)"
    assert not {"mean wait in the queue", "of those who could queue hung up"} & set(labels)


def test_captions_tell_the_telephone_first_and_then_each(mixed: Result) -> None:
    time = LocalTime(mixed.models[mixed.baseline].clock)
    with house_style():
        drawn = callers.waiting(mixed.summary, time), callers.abandonment(mixed.summary, time)
    for picture in drawn:
        assert picture.title.endswith(" (phone)")
        told = picture.says.lower().partition("over the whole run")[2]
        assert 0 < told.index("(phone)") < told.index("(mail)") < told.index("(chat)")


def test_one_channel_needs_no_name(several: Result) -> None:
    one = several.summary
    assert len(one.inbound) == 1
    assert "mean wait" in columns.phase_table(one).head
    assert "(voice)" not in " ".join(columns.phase_table(one).head)


def test_what_nobody_used_has_no_column(mixed: Result) -> None:
    unused = replace(mixed.summary, inbound=(*mixed.summary.inbound, "fax"))
    assert not any("(fax)" in head for head in columns.phase_table(unused).head)
    assert "hung up (chat)" in summary_text(mixed, full=True)
