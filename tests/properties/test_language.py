"""Whatever `check` accepts is lowered and runs; whatever it refuses has a place; nothing hangs and nothing breaks."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.api import draw, simulate
from simulator.errors import Diagnostic, ScenarioError
from simulator.scenario import Scenario, document, load, lower

WHOLE = (Path(__file__).parent.parent / "errors" / "whole.yaml").read_bytes()
WHOLE = WHOLE.replace(b"likely: 3k, low: 1k, high: 9k", b"likely: 300, low: 100, high: 900").replace(b"120/h", b"30/h")  # a small world
TREE = document.read(WHOLE, "whole.yaml").tree
SECONDS = 5.0
"""CPU time in which any file of this size is checked, on a busy machine."""

WORDS = (
    "0 1 -1 15 1.5 30s 15m 1h30m 2d 99999w 0s -5m 35% 0% 100% 250% 40/h 10/min 0/h x1.6 3k 1.5M T+0 T-1h start T+30h "
    "2017-09-19T11:00 07:00 24:00 25:00 always technion-1999 billing faults main spare north south service quake decide open tell "
    "manager ivr voice priority site.lose site.open link.cut staff.away "
    "demand.scale ivr.message decision queue longest_wait never_served longest-idle closed ../x.csv "
    "\u00f1 \U0001f30b null true no [ { *x &x !!x # ' \""
)
KEYS = (
    "mean median likely low high lognormal sd sigma shape gamma weibull constant 98% 85% from to over after by at when until measure "
    "above below for need needs takes do site share id rate people spread surge peak rise hold half_life barred billing faults main "
    "north lines x-y"
)
words = st.sampled_from(["", "80% in 20s", *WORDS.split()])
keys = st.sampled_from(KEYS.split())
scalars = st.one_of(words, st.integers(-5, 1000), st.floats(allow_nan=False, width=32), st.booleans(), st.none(), st.text(max_size=8))
values = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)), max_leaves=6)


def places_of(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += places_of(item, (*path, key))
    return found


PLACES = places_of(TREE)


def changed(tree: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """The tree with another value at ``path``."""
    if not path:
        return value
    key, *rest = path
    if isinstance(tree, dict) and isinstance(key, str):
        return {**tree, key: changed(tree.get(key), tuple(rest), value)}
    if isinstance(tree, list) and isinstance(key, int) and key < len(tree):
        return [changed(item, tuple(rest), value) if i == key else item for i, item in enumerate(tree)]
    return tree


def read(file: Path, *overrides: str) -> Scenario | Sequence[Diagnostic]:
    """The scenario, or what is said against it."""
    try:
        return load(file, overrides)
    except ScenarioError as error:
        return error.diagnostics


def judge(file: Path) -> None:
    """A file is refused with places, or it means something and one world of it runs."""
    began = time.process_time()
    found = read(file)
    assert time.process_time() - began < SECONDS
    if not isinstance(found, Scenario):
        assert any(d.severity == "error" for d in found)
        for d in found:
            assert d.message
            assert d.line > 0 or d.code in ("yaml-shape", "file-too-big"), d
        return
    again = file.with_name("resolved.yaml")
    again.write_text(found.resolved(), encoding="utf-8")
    assert load(again).tree == {k: v for k, v in found.tree.items() if k != "variants" and not k.startswith("x-")}
    model = lower(found)
    workload = draw(model, seed=1, replication=0)
    if len(workload.need) < 2_000:
        simulate(model, workload)


common = settings(
    deadline=None, max_examples=80, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@common
@given(st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=2))
def test_a_file_with_values_changed_anywhere(tmp_path: Path, changes: list[tuple[tuple[str | int, ...], Any]]) -> None:
    tree: Any = {**TREE, "clock": {**TREE["clock"], "duration": "9h"}}
    for path, value in changes:
        tree = changed(tree, path, value)
    file = tmp_path / "s.yaml"
    file.write_text(document.write(tree), encoding="utf-8", errors="replace")
    judge(file)


@common
@given(st.data())
def test_a_file_with_values_of_its_own_kind(tmp_path: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([p for p in PLACES if not isinstance(p[-1], int)]))
    kin = [p for p in PLACES if p[-1] == path[-1]]
    value: Any = TREE
    for step in data.draw(st.sampled_from(kin)):
        value = value[step]
    times = data.draw(st.sampled_from([None, "likely"]))
    made = {"likely": value, "low": value, "high": value} if times and isinstance(value, str) else value
    file = tmp_path / "s.yaml"
    file.write_text(document.write(changed(TREE, path, made)), encoding="utf-8")
    judge(file)


@common
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 40), st.one_of(st.binary(max_size=6), words.map(str.encode)))
def test_a_file_with_bytes_changed_anywhere(tmp_path: Path, at: int, gone: int, new: bytes) -> None:
    file = tmp_path / "s.yaml"
    file.write_bytes(WHOLE[:at] + new + WHOLE[at + gone :])
    judge(file)


@common
@given(st.sampled_from(PLACES), words)
def test_values_set_from_outside(tmp_path: Path, path: tuple[str | int, ...], word: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_bytes(WHOLE)
    dotted = ".".join(str(step) for step in path)
    found = read(file, f"{dotted}={word}")
    if isinstance(found, Scenario):
        lower(found)
    else:
        assert all(d.file.startswith("--set") or d.line > 0 for d in found)


@common
@given(st.sampled_from(PLACES), values)
def test_a_file_that_extends_and_changes_anything(tmp_path: Path, path: tuple[str | int, ...], value: Any) -> None:
    (tmp_path / "base.yaml").write_bytes(WHOLE)
    made: Any = value
    for step in reversed(path):
        made = [made] if isinstance(step, int) else {step: made}
    file = tmp_path / "s.yaml"
    file.write_text(document.write({"extends": "base.yaml", **made}), encoding="utf-8")
    judge(file)
