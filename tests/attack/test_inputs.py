"""Nothing that others write is a traceback, takes long or takes much memory; and what is read takes time by what is in it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import exercise_of, load, lower
from simulator.scenario.decision_log import read_log
from tests.attack.inputs import ATTACKS
from tests.attack.small import SMALL as SOUND

SMALL = {"scenarios": 60, "tables": 150, "logs": 80, "events lists": 60, "workbooks": 150, "words": 60}
"""How many are tried here; ``make attack`` tries more."""


@pytest.mark.parametrize("kind", ATTACKS)
def test_nothing_that_is_read_breaks_what_reads_it(tmp_path: Path, kind: str) -> None:
    outcome = ATTACKS[kind](tmp_path, SMALL[kind], 7)
    assert outcome.failed == {}
    assert outcome.refused > 5
    assert outcome.tried == SMALL[kind]


NEED = "{urgency: 2, talk_time: 4m, wrap_up: 20s, patience: 3m}"
TEAM = "{headcount: 5, site: office, skills: {billing: 1}}"


def with_more(section: str, entry: str, size: int) -> str:
    """The sound scenario with so many more entries in a section; ``N`` in an entry is its number."""
    more = "".join(f"  more{n}: {entry.replace('N', str(n))}\n" for n in range(size))
    return SOUND.replace(f"{section}:\n", f"{section}:\n{more}", 1) if f"{section}:\n" in SOUND else f"{SOUND}{section}:\n{more}"


def with_rows(size: int, days: str = "") -> str:
    """The sound scenario with a roster of so many rows, some of them at night."""
    rows = "".join(
        f"{n % 24:02d}:{n % 60:02d},{(n % 24 + 9) % 24:02d}:00,1,{days or ('mon', 'tue', 'mon-fri', 'sat-sun')[n % 4]}\n"
        for n in range(size)
    )
    Path("roster.csv").write_text(f"start,end,agents,days\n{rows}", encoding="utf-8")
    return SOUND.replace("headcount: 5", "headcount: 100k, roster: roster.csv").replace("{teams.service.headcount: 4}", "{}")


def with_calls(size: int) -> str:
    """The sound scenario with calls in so many quarters of an hour."""
    start = datetime.fromisoformat("2026-03-10T08:00")
    rows = "".join(f"{start + timedelta(minutes=15 * n):%Y-%m-%dT%H:%M},2\n" for n in range(size))
    Path("calls.csv").write_text(f"interval,arrivals\n{rows}", encoding="utf-8")
    return SOUND.replace("rate: 60/h", "from: calls.csv").replace("duration: 30m", "duration: 20d")


def with_steps(size: int) -> str:
    """The sound scenario with so many events."""
    more = "".join(f"  - {{id: more{n}, at: start+{n % 29}m, do: demand.scale, need: billing, factor: 1.0{n % 9}}}\n" for n in range(size))
    return SOUND.replace("events: [", "events:\n  - ").replace("}]\nvariants", f"}}\n{more}variants")


def with_phases(size: int) -> str:
    """The sound scenario with so many more phases."""
    return SOUND.replace("morning: start", ", ".join(["morning: start", *(f"p{n}: start+{n + 1}s" for n in range(size))]))


GROWN: dict[str, tuple[Callable[[int], str], int]] = {
    "needs": (lambda n: with_more("needs", NEED, n), 25),
    "ranges": (lambda n: with_more("needs", NEED.replace("4m", "{likely: 4m, low: 3m, high: 5m}"), n), 25),
    "teams": (lambda n: with_more("teams", TEAM, n), 100),
    "sites": (lambda n: with_more("sites", "{seats: 12, links: [cable]}", n), 100),
    "links": (lambda n: with_more("links", "{lines: 20}", n), 100),
    "channels": (lambda n: with_more("channels", "{kind: chat, target: 80% in 60s}", n), 12),
    "variants": (lambda n: with_more("variants", "{teams.service.headcount: N, sites.office.seats: 12}", n), 40),
    "events": (with_steps, 60),
    "phases": (with_phases, 200),
    "a roster": (with_rows, 400),
    "a roster of every day": (lambda n: with_rows(n, "mon-sun"), 400),
    "calls": (with_calls, 300),
}


def work(text: str) -> int:
    """How many functions are called to check a scenario, those of C among them."""
    Path("s.yaml").write_text(text, encoding="utf-8")
    return calls_of(lambda: load("s.yaml"))


def calls_of(read: Callable[[], object]) -> int:
    """How many functions are called to read something, whether it is taken or refused."""
    calls = 0

    def count(_frame: object, event: str, _given: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        read()
    except ScenarioError:
        pass
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("what", GROWN)
def test_twice_as_much_is_twice_the_work(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make, size = GROWN[what]
    work(make(1))  # what is loaded, and remembered, once
    small, large = work(make(2 * size)), work(make(4 * size))
    assert large < 2.5 * small
    assert large > 1.2 * small, "all of it is read"


def test_a_long_log_takes_as_long_as_its_lines(root: Path, tmp_path: Path) -> None:
    """Its decisions are refused one by one, which takes no less than to take them."""
    drill = load(root / "scenarios/exercises/cable-drill.yaml")
    model, exercise = lower(drill), exercise_of(drill)
    assert exercise is not None
    entry = '{"time": "T+12m", "role": "team leader", "decision": "staff-told"}\n'

    def seen(size: int) -> int:
        (tmp_path / "log.jsonl").write_text('{"scenario": "cable-drill"}\n' + entry * size, encoding="utf-8")
        return calls_of(lambda: read_log(tmp_path / "log.jsonl", drill, model, exercise))

    seen(2)
    assert seen(400) < 2.5 * seen(200)
