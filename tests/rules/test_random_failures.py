"""Links that fail by chance: the law of their outages, what they have in common, and what outages do to calls."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from simulator.crisis.events import CutLink, LoseSite, MendLink
from simulator.crisis.outages import outages
from simulator.crisis.play import simulate
from simulator.errors import ScenarioError
from simulator.model.distributions import Constant, Exponential
from simulator.model.world import At, Failures, Link, Model, Seats, Site, Step
from simulator.scenario import load, lower
from simulator.workload.streams import Streams
from tests.rules.small_centre import centre, outcomes
from tests.rules.test_crises_and_playbooks import calls, said

HOUR = 3600.0
YEAR = 8760 * HOUR


def links(common: float = 0.0, trench: str = "street", *, every: float = 100 * HOUR, repair: float = 4 * HOUR) -> tuple[Link, ...]:
    fails = Failures(every, Exponential(repair), common)
    return (Link("one", 10, trench, fails), Link("two", 10, trench, fails))


def model(made: tuple[Link, ...], duration: float = YEAR) -> Model:
    return centre(links=made, sites=(Site("main", Seats(9, 9), ("one", "two")),), duration=duration)


def failures(made: tuple[Link, ...], world: int = 0) -> tuple[list[float], list[float]]:
    found = outages(model(made), Streams(1, world))
    return [failed for failed, _ in found["one"]], [failed for failed, _ in found["two"]]


def test_a_link_fails_and_is_mended_as_often_as_it_should() -> None:
    counts, lengths = [], []
    for world in range(60):
        found = outages(model(links(0.3)), Streams(1, world))["one"]
        counts.append(len(found))
        lengths += [mended - failed for failed, mended in found]
        assert all(a[1] <= b[0] for a, b in pairwise(found))
    expected = YEAR / (104 * HOUR)
    assert np.mean(counts) == pytest.approx(expected, abs=4.75 * math.sqrt(expected / 60))
    assert np.mean(lengths) == pytest.approx(4 * HOUR, rel=4.75 / math.sqrt(len(lengths)))


def test_what_is_in_common_strikes_both_at_once_and_nothing_else_does() -> None:
    one, two = failures(links(1.0))
    assert len(set(one) & set(two)) > 0.9 * len(one)
    one, two = failures(links(0.0))
    assert not set(one) & set(two)


def test_links_of_two_trenches_have_nothing_in_common() -> None:
    apart = (links(0.5)[0], replace(links(0.5)[1], trench="harbour"))
    one, two = failures(apart)
    assert not set(one) & set(two)


def test_the_same_world_has_the_same_failures_whatever_else_differs() -> None:
    wider = tuple(replace(link, lines=99) for link in links(0.3))
    assert failures(links(0.3), 7) == failures(wider, 7)
    assert failures(links(0.3), 7) != failures(links(0.3), 8)


def test_an_outage_drops_calls_refuses_new_ones_and_ends() -> None:
    made = (Link("one", 10, "", Failures(200.0, Constant(30.0))),)
    small = centre(links=made, sites=(Site("main", Seats(9, 9), ("one",)),), agents=9)
    times = outages(small, Streams(0, 0))["one"]
    failed, mended = times[0]
    assert mended == failed + 30.0
    at = [failed - 1.0, failed + 1.0, mended + 1.0]
    run = simulate(small, calls(3).with_columns(onset=np.array(at), talk=(np.full(3, 9.0),)))
    assert outcomes(run)[0] == "d"
    assert outcomes(run)[1] == "u"
    assert said(run, "one")[:2] == [(failed, "failed"), (mended, "mended")]


def test_a_link_is_up_again_when_nothing_that_cut_it_remains() -> None:
    steps = [Step("first", CutLink("cable"), At(10.0), until=At(30.0)), Step("second", CutLink("cable"), At(20.0), until=At(50.0))]
    at = calls(3).with_columns(onset=np.array([25.0, 35.0, 55.0]))
    assert outcomes(simulate(centre(events=steps), at)) == "uus"
    mended = Step("mended", MendLink("cable"), At(32.0))
    assert outcomes(simulate(centre(events=[*steps, mended]), at)) == "uss", "who mends a link mends all of it"


def test_a_site_is_back_when_nothing_that_took_it_remains() -> None:
    steps = [Step("first", LoseSite("main"), At(10.0), until=At(30.0)), Step("second", LoseSite("main"), At(20.0), until=At(50.0))]
    at = calls(3).with_columns(onset=np.array([25.0, 35.0, 55.0]))
    assert outcomes(simulate(centre(events=steps), at)) == "bbs"


FILE = """\
schema: crisis/v1
name: chance
clock: {timezone: UTC, start: 2026-01-05T08:00, duration: 10h, interval: 1h}
needs: {call: {urgency: 1, talk_time: 3m, patience: 2m}}
demand: {call: {rate: 30/h}}
channels: {voice: {target: 80% in 20s}}
links:
  one: {lines: 9, trench: street, fails: {every: {likely: 9h, low: 2h, high: 40h}, repair: {median: 2h}, common_cause: 20%}}
  two: {lines: 9, trench: street, fails: {every: 9h, repair: 2h}}
sites: {main: {seats: 9, links: [one, two]}}
teams: {people: {headcount: 4, site: main, skills: {call: 1}}}
"""


def test_the_law_is_written_in_the_scenario(tmp_path: Path) -> None:
    path = tmp_path / "chance.yaml"
    path.write_text(FILE, encoding="utf-8")
    one, two = lower(load(path)).links
    assert one.fails is not None
    assert (one.fails.every, one.fails.common_cause) == (9 * HOUR, 0.2)
    assert one.fails.every.name == "links.one.fails.every"  # type: ignore[attr-defined]  # a range
    assert two.fails == Failures(9 * HOUR, Exponential(2 * HOUR), 0.0)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("every: 9h", "every: 0s", "nothing fails all the time"),
        ("every: 9h", "every: 9", "expected a duration"),
        ("repair: 2h}", "repare: 2h}", "did you mean `repair`"),
        ("common_cause: 20%", "common_cause: 120%", "at most 100%"),
    ],
)
def test_a_law_that_cannot_be_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "chance.yaml"
    path.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load(path)
    assert any(says in d.message + d.help for d in refused.value.diagnostics)


def test_a_cause_in_common_with_nobody_is_doubted(tmp_path: Path) -> None:
    path = tmp_path / "chance.yaml"
    path.write_text(FILE.replace("two: {lines: 9, trench: street,", "two: {lines: 9, trench: harbour,"), encoding="utf-8")
    assert [d.path for d in load(path).warnings if d.code == "no-effect"] == ["links.one.fails.common_cause"]
