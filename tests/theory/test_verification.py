"""`crisis verify`: its exact values are the published ones, its cases hold, and it notices a wrong engine."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.cli import main
from simulator.model.distributions import Exponential
from simulator.model.world import Model
from simulator.scenario import Scenario, load, lower
from simulator.verify import exact, verdict
from simulator.verify.cases import FILES, cases
from simulator.workload import draw

PUBLISHED = {
    ("EB-1M", "block rate"): 0.121661064,
    ("EB-2", "block rate"): 0.0278084923,
    ("EB-3", "block rate"): 0.367358993,
    ("EC-1", "delayed"): 0.449388224,
    ("EC-1", "asa, s"): 60 * 0.224694112,
    ("EC-1", "service level"): 0.769276393,
    ("EA-1", "delayed"): 0.619655231,
    ("EA-1", "abandon rate"): 0.103913212,
    ("EA-1", "service level"): 0.572023239,
    ("EA-1", "occupancy"): 0.896086788,
    ("EA-3", "abandon rate"): 0.567667642,
    ("EA-3", "service level"): 0.261288209,
    ("TR-2", "block rate"): 0.209968035,
    ("TR-2", "delayed"): 0.837497642,
    ("TR-2", "mean wait, s"): 60 * 0.239546946,
    ("TR-2", "service level"): 0.497469571,
    ("TR-4", "abandon rate"): 0.291769923,
    ("TR-4", "service level"): 0.133665459,
    ("MG-1", "abandon rate"): 0.199554211,
    ("MG-1", "service level"): 0.407853471,
    ("MG-4", "abandon rate"): 0.224657836,
    ("MG-4", "mean wait, s"): 60 * 0.156828277,
    ("MG-4", "service level"): 0.579278933,
    ("MG-6", "delayed"): 0.616320802,
    ("MG-6", "abandon rate"): 0.241008001,
    ("PR-1", "mean wait of urgent, s"): 60 * 0.0584543073,
    ("PR-1", "mean wait of other, s"): 60 * 0.292271536,
    ("PR-2", "mean wait of information, s"): 60 * 0.543629638,
    ("AP-1", "mean wait of quick, s"): 60 * 1.50735294,
    ("AP-1", "mean wait of slow, s"): 60 * 2.94117647,
    ("AP-1", "work x wait (conservation)"): 60 * 1.625,
    ("LI-2", "mean wait, s"): 60 * 0.668731524,
    ("LI-2", "service level"): 1 - 0.0945631944,
    ("RT-1", "attempts per customer"): 3.25,
    ("RT-2", "attempts per customer"): 2.90006667,
    ("RT-4", "attempts per customer"): 1.44233463,
    ("RT-4", "never served"): 0.294889752,
    ("SK-1", "abandon rate of first"): 0.124043644,
    ("SK-1", "delayed of second"): 0.723714879,
    ("SK-2", "abandon rate of first"): 0.194401507,
    ("SK-2", "delayed of second"): 0.556173196,
    ("SK-3", "abandon rate of first"): 0.0933594933,
    ("SK-3", "delayed of second"): 0.731404502,
    ("SK-5", "abandon rate of first"): 0.19644999,
    ("SK-5", "abandon rate of second"): 0.18376377,
    ("SK-6", "abandon rate of left"): 0.346395155,
    ("SK-6", "delayed of middle"): 0.393302537,
    ("SK-9", "abandon rate of middle"): 0.126305541,
    ("TV-3", "in service after 1 h"): 16.7578818,
    ("NB-1", "their variance"): 13000.0,
    ("CM-1", "there after 120 min"): 34.4389,
}
"""Values found independently of this program, nine digits where they were published with nine."""

SLOWER = 0.97
"""Agents who need three per cent longer than the file says."""


def test_exact_values_are_the_published_ones() -> None:
    known = {(case.id, check.says): check.exact for case in cases() for check in case.checks}
    assert {key: known[key] for key in PUBLISHED} == pytest.approx(PUBLISHED, rel=2e-5)


def test_the_sine_of_the_literature() -> None:
    """TV-1 with its smooth rate 100 + 60 sin(2 pi t / 24): the file has hourly steps."""

    def rate(hours: np.ndarray) -> np.ndarray:
        return np.asarray(100 + 60 * np.sin(2 * math.pi * hours / 24))

    found = [exact.in_service(rate, lambda age: np.exp(-4 * age), hour, hour - 12) for hour in (6.0, 9.0, 12.0)]
    assert found == pytest.approx([39.9360188, 36.2525996, 25.9775601], rel=1e-7)


def test_each_day_of_a_bare_rate_has_a_busyness_of_its_own() -> None:
    """NB-1 drawn once: a hundred days of mean 500 and variance 13,000, where a Poisson law would have 500."""
    onset = draw(lower(load(FILES / "busy-days.yaml")), 1, 0).onset
    days = np.bincount((onset // 86400).astype(int), minlength=100)
    assert days.mean() == pytest.approx(500, abs=4.75 * math.sqrt(13000 / 100))
    assert 6000 < days.var() < 25000


def test_every_file_is_used_once() -> None:
    """A file that no case reads proves nothing; the plain centre is both a case of its own and the parent of the others."""
    assert sorted(case.file for case in cases()) == sorted({p.stem for p in FILES.glob("*.yaml")} - {"centre"})
    assert len({case.id for case in cases()}) == len(cases())


def test_quick_verification_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["verify", "--quick", "EA-1", "RT-4", "SK-9", "DR-1"])
    told = capsys.readouterr().out
    assert stopped.value.code == 0, told
    assert "agrees" in told
    assert "DIFFERS" not in told


def test_a_wrong_engine_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def slower(scenario: Scenario, variant: str | None = None) -> Model:
        model = lower(scenario, variant)
        return replace(model, needs=tuple(replace(n, talk_time=Exponential(n.talk_time.mean / SLOWER)) for n in model.needs))

    monkeypatch.setattr(verdict, "lower", slower)
    with pytest.raises(SystemExit) as stopped:
        main(["verify", "EB-1M", "-j", "1"])
    assert stopped.value.code == 3
    assert "DIFFERS" in capsys.readouterr().out


def test_an_unknown_case_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["verify", "EA-99"])
    assert stopped.value.code == 2
    assert "EA-99" in capsys.readouterr().err
