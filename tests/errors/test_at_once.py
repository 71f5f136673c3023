"""All mistakes of a file are told at once: each as if it were alone, and nothing that only follows from another one."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from simulator.errors import ScenarioError
from simulator.scenario import load

HERE = Path(__file__).parent
STOP = ("yaml-", "tab", "encoding", "schema", "extends", "duplicate-key")
"""Codes after which nothing else can be read."""


def told(file: Path, text: str) -> set[str]:
    """The errors of a scenario by their messages, without their lines."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    return {f"{d.code}: {d.message}" for d in caught.value.diagnostics if d.severity == "error"}


def both(text: str, changes: list[tuple[int, dict[str, Any]]]) -> str:
    """The text with two changes that do not touch each other."""
    for at, case in sorted(changes, key=lambda change: -change[0]):
        text = text[:at] + case["by"] + text[at + len(case["replace"]) :]
    return text


@pytest.mark.parametrize(("base", "name"), [("whole.yaml", "broken.yaml"), ("channels.yaml", "channels_broken.yaml")])
def test_two_mistakes_are_told_like_each_of_them(tmp_path: Path, base: str, name: str) -> None:
    text = (HERE / base).read_text(encoding="utf-8")
    file = tmp_path / "s.yaml"
    single = []
    for case in yaml.safe_load((HERE / name).read_text(encoding="utf-8")):
        errors = told(file, text.replace(case["replace"], case["by"], 1))
        if not any(error.startswith(STOP) for error in errors):
            single.append((text.index(case["replace"]), case, errors))
    tried, odd = 0, []
    some = Random(7).sample(list(combinations(single, 2)), 160)  # noqa: S311  # nothing secret about it
    for (at, one, mine), (place, other, theirs) in some:
        if at + len(one["replace"]) <= place or place + len(other["replace"]) <= at:
            tried += 1
            found = told(file, both(text, [(at, one), (place, other)]))
            if found != mine | theirs:
                odd.append((one["by"], other["by"], mine | theirs ^ found))
    assert tried > 130
    assert len(odd) <= 0.04 * tried, odd  # two changes of one thing, or one that makes the other right


DRAFT = """
schema: crisis/v1
name: draft
clock: {timezone: Europe/Paris, start: 2026-03-10T08:00, impact: 2026-03-10T16:10, duration: 1d, phases: {before: start, evening: 20:00}}
needs:
  orders: {urgency: 2, talk_time: 300, wrap_up: 30s, patience: 3m, channels: {voice: 80%, mail: 20%}}
  faults: {urgency: 1, talk_time: {lognorm: {mean: 4m, sd: 3m}}, patience: 5m}
demand:
  orders: {rate: 120/h, day_cv: 8}
  fault: {rate: 30/h}
  wave: {need: faults, after: flood, folk: 2,000, spread: 2h}
channels:
  voice: {target: 80% in 60s, redial: {busy: 70%}}
  email: {target: 90% in 24h}
links: {a: {lines: 30}}
sites: {north: {seats: 20, links: a}}
teams:
  desk: {headcount: 20, site: north, skills: [orders], absense: 6%, roster: [{start: "08:00", end: "08:00", agents: 9}]}
  crew: {headcount: 10, site: south, skills: {faults}}
events:
  - {id: flood, at: 16:10, do: site.flood, site: north}
playbook:
  - {id: tell, when: {after: flod}, do: ivr.message, prevents: {order: 30%}}
  - {id: stay, do: staff.overtime, stays: 3h}
thresholds:
  - {measure: never_servd, max: 10%}
  - {measure: never_served, max: 10}
sources:
  teams.desks: {assumed: a guess}
"""


def test_a_first_draft_is_told_all_its_mistakes(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(DRAFT, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "s.yaml")
    assert [(d.path, d.code) for d in caught.value.diagnostics if d.severity == "error"] == [
        ("clock.phases.evening", "bad-value"),
        ("needs.orders.talk_time", "bad-value"),
        ("needs.orders.channels.mail", "unknown-name"),
        ("needs.faults.talk_time.lognorm", "unknown-name"),
        ("demand.orders.day_cv", "bad-value"),
        ("demand.fault", "unknown-name"),
        ("demand.wave", "bad-value"),
        ("demand.wave.folk", "unknown-key"),
        ("demand.wave.000", "unknown-key"),
        ("channels.voice.redial.busy", "bad-value"),
        ("teams.desk.skills", "bad-value"),
        ("teams.desk.absense", "unknown-key"),
        ("teams.desk.roster.0", "bad-value"),
        ("teams.crew.site", "unknown-name"),
        ("teams.crew.skills.faults", "bad-value"),
        ("events.flood.at", "bad-value"),
        ("events.flood.do", "unknown-name"),
        ("playbook.tell.platform", "unknown-name"),  # the default, which is not there
        ("playbook.tell.when.after", "unknown-name"),
        ("playbook.tell.prevents.order", "unknown-name"),
        ("playbook.stay", "never-starts"),
        ("thresholds.0.measure", "unknown-name"),
        ("thresholds.1.max", "bad-value"),
        ("sources.teams.desks", "unknown-name"),
    ]
