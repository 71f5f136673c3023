"""``--set playbook.STEP=null``, the commonest question, works on every shipped file: variants, sources and exercises follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import Scenario, load, lower
from simulator.scenario.scenario import exercise_of
from simulator.scenario.taken_out import steps_of

ROOT = Path(__file__).parent.parent.parent
FILES = sorted(
    file for folder in ("scenarios", "simulator/scenario/templates") for file in (ROOT / folder).glob("**/*.yaml") if "log" not in file.stem
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name if file.stem == "scenario" else file.stem)
def test_a_step_can_be_taken_out_of_every_shipped_file(file: Path) -> None:
    whole = load(file)
    variants = (None, *whole.variant_names)
    models = {name: lower(whole, name) for name in variants}
    all_steps = set(steps_of(whole.tree))
    for name, (section, _) in steps_of(whole.tree).items():
        made = load(file, [f"{section}.{name}=null"])
        gone = all_steps - set(steps_of(made.tree))
        assert name in gone
        told = " ".join(d.message for d in made.warnings if d.code == "taken-out")
        assert all(f"`{other}`" in told for other in gone - {name})
        assert made.variant_names == whole.variant_names
        for variant in variants:
            mine, theirs = ({s.id: s.act for s in (*m.events, *m.playbook)} for m in (lower(made, variant), models[variant]))
            assert not mine.keys() & gone
            assert mine == {step: act for step, act in theirs.items() if step in mine}  # what remains is what the file says
        assert not any(path.startswith(f"{section}.{name}") for path in made.tree.get("sources") or ())
        assert (exercise_of(made) is None) is ("exercise" not in made.tree)


FILE = """
schema: crisis/v1
name: follows
clock: {timezone: UTC, start: 2026-01-05T00:00, duration: 1d, impact: start+2h}
needs: {call: {urgency: 1, talk_time: 1m, patience: 2m}, other: {urgency: 2, talk_time: 1m, patience: 2m}}
demand: {call: {rate: 10/h}, other: {after: shock, people: 50, spread: 1h}}
channels: {voice: {}}
platforms: {ivr: {at: hall}}
links: {cable: {lines: 9}}
sites: {hall: {seats: 9, links: cable}}
teams: {agents: {headcount: 5, site: hall, skills: {call: 1, other: 1}}}
roles: {chief: {busy: {after: decide, for: 1h}, approves_in: 5m}}
events:
  - {id: shock, at: T+0, do: staff.unavailable, share: 20%, until: {after: tell, by: 1h}}
playbook:
  - {id: decide, when: {after: shock}, do: decision, role: chief}
  - {id: tell, needs: [decide], do: ivr.message, prevents: {call: 30%}}
  - {id: more, needs: tell, do: talk.scale, need: call, factor: 0.9}
  - {id: alone, at: T+1h, do: talk.scale, need: call, factor: 0.8}
variants:
  later: {playbook.tell.takes: 30m, teams.agents.headcount: 6}
  other-way: {playbook.alone.when: {after: tell}, playbook.alone.at: null}
  new: {playbook.again: {do: talk.scale, need: call, factor: 0.9, needs: tell}, events.shock.until: {after: more}}
  busy: {roles.chief.busy: {after: tell, for: 2h}}
  people: {demand.other.after: shock}
sources: {playbook: {assumed: a}, playbook.tell: {assumed: b}, playbook.alone: {assumed: c}, demand.other: {assumed: d}}
"""


def taken(tmp_path: Path, *overrides: str) -> Scenario:
    (tmp_path / "s.yaml").write_text(FILE, encoding="utf-8")
    return load(tmp_path / "s.yaml", overrides)


def test_what_follows_where(tmp_path: Path) -> None:
    made = taken(tmp_path, "playbook.tell=null")
    assert [step["id"] for step in made.tree["playbook"]] == ["decide", "alone"]
    assert "until" not in made.tree["events"][0]  # nothing ends it any more
    assert made.tree["roles"] == {"chief": {"busy": {"after": "decide", "for": "1h"}, "approves_in": "5m"}}
    assert made.variants == {
        "later": {"teams.agents.headcount": 6},
        "other-way": {"playbook.alone": None},
        "new": {},
        "busy": {},
        "people": {"demand.other.after": "shock"},
    }
    assert list(made.tree["sources"]) == ["playbook", "playbook.alone", "demand.other"]
    assert [d.message for d in made.warnings if d.code == "taken-out"] == [
        "`more` waits for it, and goes with it",
        "what `later`, `other-way`, `new`, `busy` say of it or of what goes with it counts no more",
    ]
    assert {d.file for d in made.warnings if d.code == "taken-out"} == {"--set playbook.tell=null"}


def test_an_event_takes_its_people_with_it(tmp_path: Path) -> None:
    made = taken(tmp_path, "events.shock=null")
    assert [step["id"] for step in made.tree["playbook"]] == ["alone"]
    assert list(made.tree["demand"]) == ["call"]
    assert made.tree["roles"] == {"chief": {"approves_in": "5m"}}
    assert list(made.tree["sources"]) == ["playbook", "playbook.alone"]
    assert made.variants["people"] == {}


def test_a_whole_playbook_can_be_taken_out_and_steps_put_in_again(tmp_path: Path) -> None:
    assert not lower(taken(tmp_path, "playbook=null")).playbook
    made = taken(tmp_path, "playbook.tell=null", "playbook.tell={do: ivr.message, prevents: {call: 50%}, at: T+1h}")
    assert [step["id"] for step in made.tree["playbook"]] == ["decide", "alone", "tell"]


def test_sources_of_anything_follow(tmp_path: Path) -> None:
    made = taken(tmp_path, "demand.other=null")
    assert list(made.tree["sources"]) == ["playbook", "playbook.tell", "playbook.alone"]


def test_a_step_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="there is no `tel` in `playbook`"):
        taken(tmp_path, "playbook.tel=null")
