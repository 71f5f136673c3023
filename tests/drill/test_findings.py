"""Findings go by what a decision was worth; in time is measured at the effect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.drill.findings import Finding, areas, strengths
from simulator.drill.question import Drilled
from simulator.drill.review import Planned, Review, _told
from simulator.drill.session import drill
from simulator.drill.worth import Gap, Worth
from simulator.scenario import Scenario

HELPS, HARMS, UNCLEAR = Gap(300.0, 20.0, 30), Gap(-300.0, 20.0, 30), Gap(-300.0, 400.0, 30)
"""People who would have got nobody without it, more or fewer."""
Told = Callable[..., Review]


@pytest.fixture
def story(held: Drilled) -> Told:
    """The drill with one step and what it was worth; the playbook would have decided it an hour after the impact."""
    found = held.review

    def told(worth: Worth, decided: float | None, effect: float | None = None) -> Review:
        step = Planned("list", "callback.campaign", 3600.0, decided, effect or decided, planned_effect=3600.0)
        return replace(found, steps=(step,), worths=(worth,), judged=(), told=())

    return told


def said(findings: Sequence[Finding]) -> str:
    return " ".join(f.observation for f in findings)


def test_a_step_made_early_that_did_harm_did_not_go_well(story: Told) -> None:
    early = story(Worth("list", HARMS), 600.0)
    assert strengths(early) == []
    assert said(areas(early)).startswith(
        "“list” did harm: without it 300 ± 20 fewer people would have got nobody. It was decided 50 min sooner"
    )


def test_sooner_than_the_playbook_is_said_beside_what_it_was_worth_and_is_no_strength_of_its_own(story: Told) -> None:
    (helped,) = strengths(story(Worth("list", HELPS), 600.0))
    assert helped.observation.endswith(
        "300 ± 20 more people would have got nobody. It was decided 50 min sooner than the playbook would have."
    )
    assert helped.size == 300
    assert strengths(story(Worth("list", UNCLEAR), 600.0)) == []
    assert strengths(story(Worth("list"), 600.0)) == []


def test_a_step_that_was_rightly_left_out_went_well(story: Told) -> None:
    left_out = story(Worth("list", added=HELPS), None)
    assert said(strengths(left_out)) == "“list” was left out: as the playbook has it, 300 ± 20 more people would have got nobody."
    assert areas(left_out) == []


def test_a_step_that_was_missed_goes_by_the_people_it_cost(story: Told) -> None:
    (missed,) = areas(story(Worth("list", added=HARMS), None))
    assert missed.observation == "“list” was never decided. As the playbook has it, 300 ± 20 fewer people would have got nobody."
    assert missed.size == 300
    (unclear,) = areas(story(Worth("list", added=UNCLEAR), None))
    assert unclear.size == 0
    assert areas(story(Worth("list", added=Gap(0.0, 0.0, 30)), None)) == []


def test_nobody_is_late_with_what_does_harm_or_would_have_done_more_of_it_sooner(story: Told) -> None:
    assert "later" in said(areas(story(Worth("list", HELPS), 7200.0)))
    assert "later" not in said(areas(story(Worth("list", HARMS), 7200.0)))
    assert "later" not in said(areas(story(Worth("list", HELPS, earlier=HELPS), 7200.0)))


def status_of(held: Drilled, **step: object) -> tuple[str, float | None]:
    """How an inject told at 0 that allows 20 minutes for rerouting was answered."""
    drill = held.review.drill
    inject = replace(next(i for i in drill.exercise.injects if i.id == "I2"), default="")
    drill = replace(drill, decisions=tuple(d for d in drill.decisions if not d.default_of))
    steps = [replace(Planned("reroute", "numbers.reroute", None, None, None), **step)]  # type: ignore[arg-type]  # its own fields
    mine = next(t for t in held.result.tallies[drill.played] if t.replication == drill.world)
    moved = {"decided", "effect"} & set(step)
    at = next(entry.instant for entry in mine.log if entry.id == "inject I2" and entry.what == "note")
    steps = [replace(s, **{name: at + value for name in moved if (value := getattr(s, name)) is not None}) for s in steps]
    found = _told(inject, drill, mine, steps)
    return found.status, found.effect


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ({"decided": 600.0, "effect": 600.0}, "in time"),
        ({"decided": 600.0, "effect": 600.0 + 7200.0, "lead": 7200.0}, "in time"),  # its lead time nobody can spare it
        ({"decided": 600.0, "effect": 4000.0}, "late"),  # it waited for what it needs
        ({"decided": 600.0, "effect": 4000.0 + 7200.0, "lead": 7200.0}, "late"),
        ({"decided": 1300.0, "effect": 1300.0}, "late"),
        ({"decided": 600.0}, "without effect"),  # refused
        ({"decided": -60.0, "effect": -60.0}, "already done"),
        ({}, "never"),
    ],
)
def test_in_time_is_measured_at_the_effect(held: Drilled, step: dict[str, float], status: str) -> None:
    assert status_of(held, **step)[0] == status


WAITS = """\
scenario: drilled
seed: 3
world: 1
decisions:
  - {time: T+10m, role: manager, decision: reroute}
  - {time: T+2:30, role: manager, decision: decide}
  - {time: T+3h, role: manager, decision: spare-site}
"""


def test_a_step_that_waited_for_hours_is_late_though_it_was_decided_at_once(drilled: Scenario, tmp_path: Path) -> None:
    """Rerouting needs the decision, which falls two hours and twenty minutes later."""
    file = tmp_path / "log.yaml"
    file.write_text(WAITS, encoding="utf-8")
    found = drill(drilled, log=file, replications=2, jobs=1, out=tmp_path / "results", command="crisis drill it").review
    step = next(s for s in found.steps if s.id == "reroute")
    assert step.decided is not None
    assert step.effect is not None
    assert step.effect - step.decided >= 8400
    (inject,) = (t for t in found.told if t.inject.id == "I2")
    assert (inject.status, inject.answer, inject.effect) == ("late", "reroute", step.effect)
    tasks = {doing.id: doing.status for one in found.judged for doing in one.doings}
    assert tasks["reroute"] == "late"
    page = (tmp_path / "results").rglob("report.html")
    assert "in effect" in next(page).read_text(encoding="utf-8")
