"""The lessons that are shipped show what they say, in every simulated world."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import Result, load, run

WORLDS = 3


def told(root: Path, name: str, measure: str, **scope: str) -> dict[str, float]:
    """A measure by variant."""
    result = lesson(root, name)
    return {variant: summary.estimate(measure, **scope).mean for variant, summary in result.summaries.items()}


results: dict[str, Result] = {}


def lesson(root: Path, name: str) -> Result:
    if name not in results:
        results[name] = run(load(root / "scenarios" / "lessons" / f"{name}.yaml"), variant="all", replications=WORLDS, jobs=1)
    return results[name]


def test_more_lines_turn_busy_signals_into_hang_ups(root: Path) -> None:
    refused, hung_up, nobody = (told(root, "more-lines", m) for m in ("block_rate", "abandon_rate", "never_served"))
    assert refused["ten-lines"] > 0.25
    assert 0.12 > refused["fifteen-lines"] > refused["forty-lines"]
    assert hung_up["ten-lines"] == 0 < hung_up["fifteen-lines"] < hung_up["forty-lines"]
    from_lines = nobody["fifteen-lines"] - nobody["forty-lines"]
    from_agents = nobody["fifteen-lines"] - nobody["two-agents"]
    assert from_agents > 3 * from_lines, "two agents do what twenty-five lines cannot"


def test_a_slow_second_skill_serves_fewer_unless_it_is_kept_for_the_need(root: Path) -> None:
    answered = told(root, "slow-second-skill", "answered")
    assert answered["cross-trained"] < 0.7 * answered["specialists"]
    assert answered["cross-trained"] < answered["cross-trained-own-first"] < answered["cross-trained-helping"]
    assert answered["cross-trained-helping"] == pytest.approx(answered["specialists"], rel=0.02)


def test_newest_first_multiplies_the_service_level_and_serves_nobody_more(root: Path) -> None:
    level = told(root, "newest-first", "service_level", channel="voice")
    nobody, answered = (told(root, "newest-first", m) for m in ("never_served", "answered"))
    assert level["newest-first"] > 4 * level["oldest-first"]
    assert nobody["newest-first"] > nobody["oldest-first"]
    assert answered["newest-first"] < answered["oldest-first"]


def test_a_reserve_and_not_priority_answers_the_urgent_at_once(root: Path) -> None:
    danger = told(root, "priority-without-reserve", "service_level", need="danger")
    everyday = told(root, "priority-without-reserve", "mean_wait", need="everyday")
    assert danger["priority"] < 0.65
    assert danger["one-kept-free"] > 0.88
    assert danger["two-kept-free"] > 0.97
    assert everyday["priority"] < everyday["one-kept-free"] < everyday["two-kept-free"], "the others pay"


def test_few_lines_multiply_the_calls_and_not_the_people(root: Path) -> None:
    calls, people, nobody = (told(root, "redials-are-not-people", m) for m in ("attempted", "customers", "never_served"))
    assert calls["ten-lines"] > 3 * calls["hundred-lines"]
    assert len(set(people.values())) == 1
    assert nobody["ten-lines"] == pytest.approx(nobody["hundred-lines"], abs=0.02)
    assert nobody["ten-lines"] > 0.15
    assert nobody["fifteen-agents"] < 0.25 * nobody["hundred-lines"]


@pytest.mark.parametrize("file", ["more-lines", "slow-second-skill", "newest-first", "priority-without-reserve", "redials-are-not-people"])
def test_a_lesson_has_no_warnings_and_says_what_it_teaches(root: Path, file: str) -> None:
    scenario = load(root / "scenarios" / "lessons" / f"{file}.yaml")
    assert not scenario.warnings
    assert scenario.title.startswith("Lesson: ")
    assert scenario.question
    assert scenario.notes


def test_every_lesson_is_tested(root: Path) -> None:
    assert {p.stem for p in root.glob("scenarios/lessons/*.yaml")} == {
        "more-lines", "slow-second-skill", "newest-first", "priority-without-reserve", "redials-are-not-people",
    }  # fmt: skip
