"""What a roster may be made of is checked like everything else, and is no part of what a run depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import load, lower

HERE = Path(__file__).parent


def scenario(tmp_path: Path, staffing: str) -> Path:
    file = tmp_path / "staffed.yaml"
    file.write_text(f"{(HERE / 'small.yaml').read_text(encoding='utf-8')}\nstaffing: {staffing}\n", encoding="utf-8")
    return file


def of_service(shifts: str, more: str = "") -> str:
    return f"{{teams: {{service: {{shifts: {shifts}{more}}}}}}}"


def test_each_start_of_each_day_is_an_offer(tmp_path: Path) -> None:
    text = of_service('[{start: {from: "08:00", to: "10:00", every: 30m}, lasts: 2h, cost_per_hour: 3, breaks: [{after: 1h, for: 15m}]}]')
    found = lower(load(scenario(tmp_path, text))).staffing
    assert found is not None
    (crew,) = found.crews
    assert [(o.start, o.end, o.day, o.cost) for o in crew.offers] == [
        ("08:00", "10:00", "tue", 6), ("08:30", "10:30", "tue", 6), ("09:00", "11:00", "tue", 6), ("09:30", "11:30", "tue", 6),
        ("10:00", "12:00", "tue", 6),
    ]  # fmt: skip
    assert crew.offers[0].breaks == (("09:00", 900.0),)
    assert crew.offers[0].pauses == ((3600.0, 4500.0),)
    assert crew.offers[0].spans == ((0.0, 7200.0),)


def test_without_a_cost_a_shift_costs_its_hours(tmp_path: Path) -> None:
    found = lower(load(scenario(tmp_path, of_service('[{start: "09:00", lasts: 90m}]')))).staffing
    assert found is not None
    assert (found.priced, found.crews[0].offers[0].cost) == (False, 1.5)


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("{teams: {servise: {shifts: []}}}", "unknown-name", "staffing.teams.servise"),
        ("{teams: {}}", "bad-value", "staffing.teams"),
        (of_service("[]"), "bad-value", "staffing.teams.service.shifts"),
        (of_service('[{start: "25:00", lasts: 2h}]'), "bad-value", "staffing.teams.service.shifts.0.start"),
        (of_service('[{start: "08:00", lasts: 25h}]'), "bad-value", "staffing.teams.service.shifts.0.lasts"),
        (of_service('[{start: "08:00", lasts: 0s}]'), "bad-value", "staffing.teams.service.shifts.0.lasts"),
        (of_service('[{start: {from: "10:00", to: "08:00"}, lasts: 2h}]'), "bad-value", "staffing.teams.service.shifts.0.start.to"),
        (
            of_service('[{start: "08:00", lasts: 2h, cost: 1, cost_per_hour: 1}]'),
            "bad-value",
            "staffing.teams.service.shifts.0.cost_per_hour",
        ),
        (of_service('[{start: "08:00", lasts: 2h, cost: 1}, {start: "09:00", lasts: 2h}]'), "bad-value", "staffing.teams.service.shifts.1"),
        (of_service('[{start: "08:00", lasts: 2h, lead_time: 1h}]'), "bad-value", "staffing.teams.service.shifts.0.lead_time"),
        (of_service('[{start: "20:00", lasts: 2h}]'), "bad-value", "staffing.teams.service.shifts.0.start"),
        (
            of_service('[{start: "08:00", lasts: 2h, breaks: [{after: 2h, for: 5m}]}]'),
            "bad-value",
            "staffing.teams.service.shifts.0.breaks.0",
        ),
        (of_service('[{start: "08:00", lasts: 2h, most: 0}]'), "bad-value", "staffing.teams.service.shifts.0.most"),
        (of_service('[{start: "08:00", lasts: 2h}]', ", shrinkage: 120%"), "bad-value", "staffing.teams.service.shrinkage"),
        ('{teams: {service: {shifts: [{start: "08:00", lasts: 2h}]}}, currency: EUR}', "bad-value", "staffing.currency"),
        ('{teams: {service: {shifts: [{start: "08:00", lasts: 2h}]}}, seats: {ofice: {most: 3}}}', "unknown-name", "staffing.seats.ofice"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, text: str, code: str, path: str) -> None:
    with pytest.raises(ScenarioError) as found:
        load(scenario(tmp_path, text))
    assert (code, path) in [(d.code, d.path) for d in found.value.diagnostics]
