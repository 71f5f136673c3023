"""Rosters that targets hold: found, confirmed on fresh worlds, impossible, and asked for wrongly."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from simulator import asking
from simulator.errors import UsageError
from simulator.experiment.questions.staff import Answer, Staff
from simulator.experiment.staff.search import FRESH
from simulator.report import staff_erlang, staff_words
from simulator.scenario import load
from simulator.scenario.scenario import Scenario
from simulator.statistics.erlang import agents_required
from simulator.statistics.estimation import wilson
from simulator.statistics.verdicts import MET
from tests.command import Crisis

DESK = Path(__file__).parent / "desk.yaml"
LEVEL = "voice.service_level >= 60%"
SHIFTS = """
staffing:
  currency: EUR
  teams:
    service:
      shrinkage: 30%
      shifts:
        - {start: "08:00", lasts: 2h, cost: 40}
        - {start: {from: "08:00", to: "09:00"}, lasts: 1h, cost: 25}
"""


def asked(scenario: Scenario, targets: Sequence[str] = (LEVEL,), **more: object) -> Answer:
    found = asking.ask(Staff(targets=tuple(targets), replications=12, **more), scenario, jobs=1)  # type: ignore[arg-type]  # whatever is asked
    assert isinstance(found, Answer)
    return found


@pytest.fixture(scope="module")
def by_interval() -> Answer:
    return asked(load(DESK), probability=0.7)


def test_a_roster_is_found_and_confirmed_on_worlds_on_which_nothing_was_chosen(by_interval: Answer) -> None:
    now = by_interval.progress
    assert now.best is not None
    assert now.done
    assert by_interval.choices.by_interval
    fresh = by_interval.search.confirmed(now.best.point)
    assert fresh.worlds == 12
    assert by_interval.search.fresh == range(FRESH, FRESH + 12)
    found = fresh.holding(now.possible)
    assert found.share >= 0.7
    assert (found.low, found.high) == wilson(found.met, found.worlds)
    assert (fresh.word(now.possible) == MET) == (found.low >= 0.7)


def test_today_is_worse_where_more_agents_are_asked_for(by_interval: Answer) -> None:
    now = by_interval.progress
    assert now.best is not None
    assert now.best.cost > 4
    assert (
        by_interval.search.confirmed("today").holding(now.possible).met
        < by_interval.search.confirmed(now.best.point).holding(now.possible).met
    )


def test_no_cheaper_roster_that_was_tried_passes(by_interval: Answer) -> None:
    now = by_interval.progress
    assert now.best is not None
    assert all(one.cost >= now.best.cost for one in now.tried if one.passes)


def test_erlang_stands_beside_an_ordinary_day(by_interval: Answer) -> None:
    table = staff_erlang.beside(by_interval, staff_words.together(by_interval))
    assert table is not None
    rate, talk = 40 / 3600, 240.0
    c, a = (str(agents_required(rate, talk, patience, 0.6, 20.0)) for patience in (math.inf, 180.0))
    assert [row[1:3] for row in table.rows] == [(c, a)] * 2
    assert any("for ever" in sentence for sentence in staff_erlang.why(by_interval))


def test_where_there_are_no_seats_no_number_of_agents_will_do() -> None:
    found = asked(load(DESK, ["sites.office.seats=1"]), probability=0.7)
    assert found.progress.binds == "seats"
    assert found.progress.best is None
    assert not found.plan_holds


def test_where_there_are_no_lines_they_bind() -> None:
    found = asked(load(DESK, ["links.cable.lines=1"]), ["reachability >= 80%"], probability=0.7)
    assert found.progress.binds == "lines"
    assert not found.plan_holds


@pytest.mark.parametrize(
    ("targets", "more", "says"),
    [
        ((), {}, "say what the roster must hold"),
        (("voice.service_level <= 80%",), {}, "asks for worse"),
        (("voice.service_level >= 0%",), {}, "asks for nothing"),
        (("voice.abandon_rate <= 0%",), {}, "agents without end"),
        (("voice.service_level >= 100%",), {}, "agents without end"),
        ((LEVEL, "voice.service_level >= 70%"), {}, "two limits of one thing"),
        (("voice.service_lvel >= 70%",), {}, "did you mean"),
        (("voice.service_level[night] >= 70%",), {}, "there is no phase"),
        (("voice.service_level >= 70% in 80%",), {}, "--probability"),
        (("voice.service_level[morning] >= 70%",), {"by": "interval"}, "of one phase already"),
        ((LEVEL,), {"probability": 1.0}, "less than 100%"),
        ((LEVEL,), {"teams": ("servise",)}, "did you mean `service`?"),
        ((LEVEL,), {"variant": "nobody"}, "there is no variant"),
        ((LEVEL,), {"by": "week"}, "not by week"),
        (("offered >= 5",), {}, "neither better high nor better low"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_is_simulated(targets: tuple[str, ...], more: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says.replace("?", r"\?")):
        Staff(targets=targets, **more).plan(load(DESK))  # type: ignore[arg-type]  # whatever is asked


def test_a_target_of_which_nothing_is_measured_is_told() -> None:
    with pytest.raises(UsageError, match="has no data"):
        asked(load(DESK, ["demand.billing.rate=0/h"]), probability=0.7)


def test_the_command_writes_a_roster_that_a_run_takes(crisis: Crisis, tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(DESK.read_text(encoding="utf-8") + SHIFTS, encoding="utf-8")
    words = ("staff", file, "--target", "voice.abandon_rate <= 10%", "--by", "interval", "-n", "12", "-q")
    done = crisis(*words, "-j", "1", "-o", tmp_path / "one")
    assert done.code == 0, done.err
    assert "EUR" in done.out
    again = crisis(*words, "-j", "2", "-o", tmp_path / "two")
    assert again.out == done.out
    (one,), (two,) = ([p for p in (tmp_path / name / "desk").iterdir() if p.is_dir()] for name in ("one", "two"))
    same = [p.relative_to(one) for p in sorted(one.rglob("*")) if p.is_file() and p.name not in {"manifest.json", "report.html"}]
    assert all((one / p).read_bytes() == (two / p).read_bytes() for p in same)
    made = json.loads((one / "staff.json").read_text(encoding="utf-8"))
    rows = made["roster"]["rows"]["service"]
    with (one / "roster-service.csv").open(encoding="utf-8") as table:
        assert [int(row["agents"]) for row in csv.DictReader(table)] == [row["agents"] for row in rows]
    assert made["roster"]["cost"] == sum(row["agents"] * (40 if row["end"] == "10:00" and row["start"] == "08:00" else 25) for row in rows)
    ran = crisis("run", one / "staffed" / "scenario.yaml", "--variant", "staffed", "-n", "2", "-j", "1", "-q", "-o", tmp_path / "run")
    assert ran.code == 0, ran.err
    assert np.isfinite(made["fresh"]["roster"]["holds"])


def test_the_command_ends_with_three_where_no_number_will_do(crisis: Crisis, tmp_path: Path) -> None:
    done = crisis(
        "staff",
        DESK,
        "--set",
        "sites.office.seats=1",
        "--target",
        LEVEL,
        "--probability",
        "70%",
        "-n",
        "10",
        "-j",
        "1",
        "-q",
        "-o",
        tmp_path,
    )
    assert done.code == 3, done.err
    assert "not enough seats" in done.out
