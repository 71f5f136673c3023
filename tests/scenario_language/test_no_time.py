"""No time at all: what is said of a plain 0 is said of every law with a mean of 0, at every key of the language that takes a law."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from simulator.api import run
from simulator.model.distributions import Constant
from simulator.scenario import language, load
from simulator.scenario.language import Node, Value
from simulator.scenario.law import read_law
from simulator.scenario.problem import Wrong
from simulator.scenario.quantity import Spread
from simulator.scenario.section import Setting
from simulator.statistics.erlang import agents_required, served_within
from simulator.verify.exact import erlang_b
from tests.scenario_language.every_key import fields, nodes_below, read

SETTING = Setting({"need": ("billing",)})
ZEROS: list[Any] = [
    0,
    "0s",
    {"constant": "0s"},
    {"constant": {"value": 0}},
    {"mean": "0s"},
    {"median": 0},
    {"half_life": "0m"},
    {"98%": "0s"},
    {"exponential": {"mean": "0s"}},
    {"gamma": {"shape": 2, "mean": "0s"}},
    {"weibull": {"shape": 2, "mean": "0s"}},
    {"lognormal": {"mean": "0s", "sd": "1m"}},
    {"lognormal": {"median": "0s", "sigma": 1}},
    {"hyperexponential": {"share": "30%", "first": "0s", "second": "0s"}},
    {"empirical": ["0s", "0s"]},
]


def is_law(node: Node) -> bool:
    return (isinstance(node, Value) and node.written.kind == "law") or any(is_law(below) for below in nodes_below(node))


def laws() -> Iterator[tuple[str, FieldInfo]]:
    for section, key, field in fields():
        if is_law(language.node(field.annotation, tuple(field.metadata))):
            yield f"{section.__name__}.{key}", field


LAWS = dict(laws())
NOBODY_STAYS = {"NeedForm.patience", "ChannelForm.patience", "AnnouncedForm.tolerance"}
"""People's wishes that may be no time at all; the rest that may be is work and ways."""


def accepted(field: FieldInfo, raw: Any) -> bool:
    try:
        read(field, raw, SETTING)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("key", LAWS)
def test_all_laws_with_a_mean_of_0_are_taken_or_refused_like_a_plain_0(key: str) -> None:
    assert {accepted(LAWS[key], raw) for raw in ZEROS} == {accepted(LAWS[key], "0s")}


def test_it_is_known_where_no_time_makes_sense() -> None:
    taken = {key for key in LAWS if accepted(LAWS[key], "0s")}
    assert taken >= NOBODY_STAYS
    assert {"NeedForm.wrap_up", "SelfServiceForm.takes", "OnShiftForm.journey"} <= taken
    refused = LAWS.keys() - taken
    assert {"NeedForm.talk_time", "RetryForm.after", "AgainForm.after", "PeopleForm.spread", "FailsForm.repair"} <= refused


def test_a_law_without_time_is_a_constant_and_a_range_from_0_keeps_its_law() -> None:
    assert {read_law(raw, SETTING, at_once=True) for raw in ZEROS} == {Constant(0.0)}
    wide = Spread("a.b", {"likely": "1m", "low": "0s", "high": "2m"})
    law = read_law({"mean": wide}, SETTING, at_once=True)
    assert (law.name, float(law.mean)) == ("exponential", 60.0)
    for law_of in (wide, {"mean": wide}, {"lognormal": {"median": wide, "sigma": 1}}):
        with pytest.raises(Wrong, match="must be more than 0"):
            read_law(law_of, SETTING)


CENTRE = """
schema: crisis/v1
name: nobody-waits
clock: {timezone: UTC, start: 2026-01-05T00:00, duration: 60h, interval: 1h, phases: {first: start, settled: start+2h}}
needs: {call: {urgency: 1, talk_time: {lognormal: {mean: 1m, sd: 2m}}, patience: PATIENCE}}
demand: {call: {rate: 4/min}}
channels: {voice: {target: 80% in 20s}}
links: {cable: {lines: 100}}
sites: {hall: {seats: 10, links: cable}}
teams: {agents: {headcount: 5, site: hall, skills: {call: 1}}}
"""


@pytest.mark.parametrize("patience", ["0", "{constant: 0s}", "{empirical: [0s]}"])
def test_who_has_no_patience_hangs_up_at_once_as_in_erlang_b(tmp_path: Path, patience: str) -> None:
    (tmp_path / "s.yaml").write_text(CENTRE.replace("PATIENCE", patience), encoding="utf-8")
    summary = run(load(tmp_path / "s.yaml"), replications=20, jobs=1).summary
    left = summary.estimate("abandon_rate", phase="settled")
    assert left.mean == pytest.approx(erlang_b(5, 4.0), abs=2 * left.half_width)
    assert left.half_width < 0.01
    assert summary.estimate("mean_wait").mean == summary.estimate("asa").mean == 0.0
    assert summary.estimate("service_level", phase="settled").mean == pytest.approx(1 - left.mean)


def test_agents_required_for_people_without_patience_are_those_of_erlang_b() -> None:
    for agents in (1, 5, 20):
        assert served_within(agents, 0.1, 60.0, 0.0, 20.0) == pytest.approx(1 - erlang_b(agents, 6.0), rel=1e-12)
        assert served_within(agents, 0.1, 60.0, 1e-6, 20.0) == pytest.approx(1 - erlang_b(agents, 6.0), rel=1e-4)
    needed = agents_required(0.1, 60.0, 0.0, 0.95, 20.0)
    assert erlang_b(needed, 6.0) <= 0.05 < erlang_b(needed - 1, 6.0)
