"""Whatever is written about channels and people is refused at its place, or it means something: nothing breaks, nothing hangs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import Diagnostic, ScenarioError
from simulator.scenario import Scenario, document, load, lower

TREE: Any = document.read((Path(__file__).parent.parent / "errors" / "channels.yaml").read_bytes(), "channels.yaml").tree
SECONDS = 5.0
"""CPU time in which any file of this size is checked, on a busy machine."""
WORDS = (
    "0 1 -1 0.5 300 30s 15m 3d 0s 35% 0% 100% 250% 40/h x1.6 3k T+0 T+2h start 2014 2014-05 2018-01-01 08:00-20:00 20:00-08:00 always "
    "mon-fri 9-12 voice chat message email social callback direct billing outage listening main cap care-team discretion true null ["
)
SECTIONS = ("needs", "demand", "channels", "platforms", "teams", "care", "strain", "contagion", "budget", "links")
words = st.sampled_from(WORDS.split())
KEYS = "patience talk_time turns number silence shares from answers calling hours speeds kind moves mean again"
keys = st.one_of(words, st.sampled_from(KEYS.split()))
values = st.recursive(
    st.one_of(words, st.integers(-2, 300), st.floats(allow_nan=False, width=32), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=5,
)


def places_of(value: Any, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(below for key, item in items for below in places_of(item, (*path, key)))]


PLACES = [place for section in SECTIONS for place in places_of(TREE[section], (section,))]


def changed(tree: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    key, *rest = path
    if isinstance(tree, dict):
        return {**tree, key: changed(tree.get(key), tuple(rest), value)}
    if isinstance(tree, list) and isinstance(key, int):
        return [changed(item, tuple(rest), value) if i == key else item for i, item in enumerate(tree)]
    return tree


def at(path: tuple[str | int, ...]) -> Any:
    value = TREE
    for step in path:
        value = value[step]
    return value


def read(file: Path) -> Scenario | Sequence[Diagnostic]:
    """The scenario, or what is said against it."""
    try:
        return load(file)
    except ScenarioError as error:
        return error.diagnostics


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), st.one_of(values, st.sampled_from(PLACES).map(at)))
def test_a_value_changed_anywhere(tmp_path: Path, path: tuple[str | int, ...], value: Any) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(document.write(changed(TREE, path, value)), encoding="utf-8")
    began = time.process_time()
    found = read(file)
    if isinstance(found, Scenario):
        model = lower(found)
        assert all(sum(map(float, mix.shares.values())) < 1 + 1e-6 for need in model.needs for mix in need.channels)
        assert all(a < b for channel in model.channels for a, b in channel.hours or ())
    else:
        assert any(d.severity == "error" for d in found)
        assert all(d.message and d.line > 0 for d in found)
    assert time.process_time() - began < SECONDS
