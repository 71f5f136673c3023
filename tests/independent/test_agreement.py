"""A second program, of this folder alone, agrees with every measure that ``crisis run --json`` prints, in every scope."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from simulator import draw, load, lower
from tests.independent.centre import END, GROUPS, IMPACT, INTERVAL, NEEDS, PHASES, SHIFTS, SITES, Centre
from tests.independent.figures import LEVEL, MTPD, RTO, WORKS, Day, Value

WORLDS, SEED = 12, 4
STUDENT = 2.200985160082949  #: the 97.5 % quantile of the t law with eleven degrees of freedom
FILE = "tests/independent/two-halls.yaml"
NAMES = {"phase": tuple(PHASES), "need": NEEDS, "channel": ("voice",), "site": SITES, "group": GROUPS}
LONGEST = {"time_to_recover": END - IMPACT, "time_to_first_agent_p50": END, "decision_latency": END - IMPACT}
"""What a world that never ends counts for in an average."""
DIMENSIONS = ("phase", "need", "channel", "site", "group")
Key = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture(scope="module")
def days(root: Path) -> list[Day]:
    model = lower(load(root / FILE))
    made = []
    for replication in range(WORLDS):
        centre = Centre(draw(model, SEED, replication))
        centre.run()
        made.append(Day(centre))
    return made


@pytest.fixture(scope="module")
def printed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("out")
    command = [sys.executable, "-m", "simulator", "run", str(root / FILE), "-n", str(WORLDS), "--seed", str(SEED), "-j", "1", "-q"]
    ended = subprocess.run([*command, "--json", "-o", str(out)], cwd=root, capture_output=True, text=True, check=False)
    assert ended.returncode in (0, 3), ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_the_second_program_uses_nothing_of_the_first_but_what_was_drawn(root: Path) -> None:
    mine = [path for path in (root / "tests" / "independent").glob("*.py") if not path.name.startswith("test_")]
    assert len(mine) >= 4
    for path in mine:
        imported = re.findall(r"^(?:from|import) (simulator[\w.]*)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(imported) <= {"simulator.workload"}, path.name


def key_of(measure: str, scope: dict[str, str | None]) -> Key:
    return measure, tuple((d, name) for d in DIMENSIONS if (name := scope.get(d)) is not None)


def defined(root: Path) -> Iterator[Key]:
    """Every measure that the reference has for any scenario, in every scope that it names."""
    page = (root / "docs" / "reference" / "measures.md").read_text(encoding="utf-8").partition("## With")[0]
    for row in re.findall(r"^\| `.*$", page, re.MULTILINE):
        cells = [cell.strip() for cell in row.replace("\\|", "/").strip("|").split(" | ")]
        name, scopes, about = cells[0].strip("`"), cells[5].split(", "), cells[6]
        if about or "within" in scopes:  # printed where a limit is asked about
            continue
        for dims in ((), ("phase",), *((d,) for d in DIMENSIONS[1:]), *(("phase", d) for d in DIMENSIONS[1:])):
            if set(dims) <= set(scopes):
                for words in product(*(NAMES[d] for d in dims)):
                    yield name, tuple(zip(dims, words, strict=True))


def test_what_is_printed_is_what_the_reference_defines(root: Path, printed: dict[str, Any]) -> None:
    assert {key_of(m["measure"], m["scope"]) for m in printed["measures"]} == set(defined(root))


def averaged(values: Sequence[Value], measure: str) -> dict[str, float | None]:
    """Mean, half-width, percentiles and number of worlds, of numbers or of pairs whose ratio of sums counts."""
    known = [v for v in values if v is not None]
    if any(isinstance(v, tuple) for v in known):
        pairs = [v for v in known if isinstance(v, tuple)]
        ratio, half = jackknifed(pairs)
        single = [y / x for y, x in pairs if x]
        return told(ratio, half, single)
    single = [float(v) for v in known if not isinstance(v, tuple)]
    if not single:
        return told(math.nan, math.nan, [])
    finite = [LONGEST[measure] if math.isinf(v) else v for v in single]
    mean = sum(finite) / len(finite)
    half = math.nan
    if len(finite) == WORLDS:
        half = STUDENT * math.sqrt(sum((v - mean) ** 2 for v in finite) / (len(finite) - 1)) / math.sqrt(len(finite))
    return told(mean, half, single)


def jackknifed(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """A ratio of sums and its half-width, by leaving out one world after another."""
    n, above, below = len(pairs), sum(y for y, _ in pairs), sum(x for _, x in pairs)
    if not below:
        return math.nan, math.nan
    ratio = above / below
    if any(x == below for _, x in pairs):  # a world has all there is to divide by: no ratio without it
        moves = [(y - ratio * x) / (below / n) for y, x in pairs]
    else:
        without = [(above - y) / (below - x) for y, x in pairs]
        moves = [(n - 1) * (sum(without) / n - one) for one in without]
    return ratio, STUDENT * math.sqrt(sum(m * m for m in moves) / (n - 1) / n)


def told(mean: float, half: float, single: Sequence[float]) -> dict[str, float | None]:
    found = {"mean": mean, "half_width": half, **{f"p{share}": percentile(single, share / 100) for share in (5, 50, 95)}}
    return {name: None if value is None or not math.isfinite(value) else value for name, value in found.items()} | {"n": len(single)}


def percentile(values: Sequence[float], share: float) -> float | None:
    """Linear between order statistics."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    a, b = ordered[low], ordered[min(low + 1, len(ordered) - 1)]
    return a if a == b or place == low else a + (place - low) * (b - a)


def differing(printed: dict[str, Any], days: Sequence[Day], chosen: Sequence[dict[str, Any]]) -> list[str]:
    wrong = []
    for row in chosen:
        measure, scope = key_of(row["measure"], row["scope"])
        mine = averaged([day.value(measure, dict(scope)) for day in days], measure)
        for name, value in mine.items():
            if name == "half_width" and mine["n"] != WORLDS:
                continue  # another t law
            theirs = row[name]
            if (value is None) != (theirs is None) or (value is not None and theirs != pytest.approx(value, rel=1e-6, abs=2e-6)):
                wrong.append(f"{measure}{dict(scope)} {name}: printed {theirs}, here {value}")
    return wrong


def test_every_measure_agrees(printed: dict[str, Any], days: list[Day]) -> None:
    assert len(printed["measures"]) > 2000
    assert differing(printed, days, printed["measures"]) == []


def judged(kept: Sequence[bool | None], asked: float = 0.8) -> dict[str, Any]:
    """In how many worlds something held, Wilson's interval of the share, and the word."""
    known = [k for k in kept if k is not None]
    n, met = len(known), sum(known)
    z, share = 1.959963984540054, met / n
    middle, reach = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = ((middle + sign * reach) / (1 + z * z / n) for sign in (-1, 1))
    word = "met" if low >= asked else "missed" if high < asked else "too close to call"
    return {"met": met, "worlds": n, "share": share, "low": max(low, 0.0), "high": min(high, 1.0), "in": asked, "verdict": word}


def at_most(limit: float, values: Sequence[Value]) -> list[bool | None]:
    return [None if v is None or isinstance(v, tuple) else v <= limit for v in values]


@pytest.mark.parametrize("need", ["", *NEEDS])
def test_every_objective_is_judged_as_the_worlds_say(printed: dict[str, Any], days: list[Day], need: str) -> None:
    scope = {"need": need} if need else {}
    found = printed["continuity"]["needs"][need] if need else printed["continuity"]
    levels = [day.value("level_after_rto", scope) for day in days]
    kept = {
        "rto": at_most(RTO, [day.value("time_to_recover", scope) for day in days]),
        "mtpd": at_most(MTPD, [day.value("longest_below", scope) for day in days]),
        "mbco": [None if v is None or isinstance(v, tuple) else v >= LEVEL for v in levels],
    }
    for objective, worlds in kept.items():
        said = {name: found[objective][name] for name in judged(worlds)}
        assert said == pytest.approx(judged(worlds), abs=2e-6), (objective, need)
    if not need:
        assert found["all_met"] == sum(all(of_world) for of_world in zip(*kept.values(), strict=True))


def test_every_pass_mark_is_judged_as_the_worlds_say(printed: dict[str, Any], days: list[Day]) -> None:
    people, back = printed["thresholds"]
    shares = [y / x for day in days if isinstance(pair := day.value("never_served", {"need": "rescue"}), tuple) for y, x in [pair]]
    assert (people["met"], people["worlds"]) == (sum(s <= 0.6 for s in shares), WORLDS)
    assert people["verdict"] == "met"  # by its average: all of the interval is below 60 %
    recovered = judged(at_most(4 * 3600.0, [day.value("time_to_recover", {}) for day in days]))
    assert {name: back[name] for name in recovered} == pytest.approx(recovered, abs=2e-6)


def test_agents_scheduled_and_at_work_are_those_of_the_day(printed: dict[str, Any], days: list[Day]) -> None:
    for row in printed["staffing"]["intervals"]:
        begins, ends = row["start"], row["start"] + INTERVAL
        here = [day.spent(day.day.agents, begins, ends, *WORKS) / INTERVAL for day in days]
        assert row["present"] == pytest.approx(sum(here) / len(here), abs=2e-6)
        assert row["over"] == pytest.approx(sum(max(h - row["required"], 0.0) for h in here) / len(here), abs=2e-6)
        assert row["under"] == pytest.approx(sum(max(row["required"] - h, 0.0) for h in here) / len(here), abs=2e-6)
        assert row["scheduled"] == pytest.approx(sum(rostered(begins, ends)) / INTERVAL, abs=2e-6)


def rostered(begins: float, ends: float) -> Iterator[float]:
    """Agent-seconds of each shift, its breaks left out."""
    for _, many, _, _, start, end, breaks in SHIFTS:
        yield many * max(min(ends, end) - max(begins, start), 0.0)
        yield from (-many * max(min(ends, at + length) - max(begins, at), 0.0) for at, length in breaks)
