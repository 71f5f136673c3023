"""A key with null is as if it were not there; where there is no default, and at names of the user's own, null is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import document, language, load, lower
from simulator.scenario.calendar import Calendar
from simulator.scenario.language import Map
from simulator.scenario.problem import Wrong
from simulator.scenario.section import Section, Setting, read_section
from simulator.scenario.stand_in import stand_in
from tests.scenario_language.every_key import every_section

HERE = Path(__file__).parent.parent / "errors"
KINDS = (
    "need", "site", "link", "team", "platform", "channel", "telephone channel", "inbound channel", "callback channel", "event", "step",
    "channel with self-service", "group", "phase", "participant", "objective", "step or task", "role",
)  # fmt: skip
SETTING = Setting(dict.fromkeys(KINDS, ("x", "ivr")), Calendar(datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC")), 0.0, 86_400.0))


def outcome(section: type[Section], raw: dict[str, Any]) -> Any:
    """What a map means, or what is said against it."""
    try:
        return read_section(section, raw, SETTING)
    except Wrong as error:
        return sorted((p.at, p.code, p.message) for p in error.problems)


@pytest.mark.parametrize("section", every_section(), ids=lambda s: s.__name__)
def test_null_at_a_key_of_the_language(section: type[Section]) -> None:
    whole = stand_in(Map(section), SETTING.names)
    for key in language.keys(section):
        given = {**whole, key.name: None}
        if not key.required:
            assert outcome(section, given) == outcome(section, {k: v for k, v in given.items() if k != key.name}), key.name
        else:
            assert any(at[:1] == (key.name,) and "nothing" in message for at, _, message in outcome(section, given)), key.name


def places_of(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of a tree; lists are not entered, for their items cannot be lacking."""
    for key, item in value.items() if isinstance(value, dict) else ():
        yield (*path, key)
        yield from places_of(item, (*path, key))


def changed(tree: Any, path: tuple[str, ...], value: Any) -> Any:
    key, *rest = path
    if rest:
        return {**tree, key: changed(tree[key], tuple(rest), value)}
    return {k: v for k, v in tree.items() if k != key} if value is ... else {**tree, key: value}


def loaded(file: Path, tree: dict[str, Any]) -> Any:
    """The models of a tree, or what is said against it, without lines."""
    file.write_text(document.write(tree), encoding="utf-8")
    try:
        made = load(file)
    except ScenarioError as error:
        return {d.path: d.message for d in error.diagnostics if d.severity == "error"}
    return [lower(made, name) for name in (None, *made.variant_names)]


@pytest.mark.parametrize("name", ["whole.yaml", "channels.yaml"])
def test_null_anywhere_in_a_file(tmp_path: Path, name: str) -> None:
    tree = document.read((HERE / name).read_bytes(), name).tree
    times = 0
    for path in places_of(tree):
        null, without = (loaded(tmp_path / "s.yaml", changed(tree, path, value)) for value in (None, ...))
        if path[0] == "variants" and len(path) > 2:
            continue  # there it takes something out
        refused = isinstance(null, dict) and "nothing" in null.get(".".join(path), "")
        times += refused
        assert refused or null == without, path
    assert times > 10


def test_a_variant_and_a_file_that_extends_take_out_with_null(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_bytes((HERE / "whole.yaml").read_bytes())
    child = tmp_path / "child.yaml"
    child.write_text("extends: base.yaml\nname: child\nvariants: {late: null, calm: {playbook.tell: null}}\n", encoding="utf-8")
    made = load(child)
    assert made.variant_names == ("calm",)
    assert [step.id for step in lower(made, "calm").playbook] == ["decide", "open", "lead"]
    alone = tmp_path / "alone.yaml"
    alone.write_bytes((HERE / "whole.yaml").read_bytes().replace(b"schema:", b"extends: null\nschema:", 1))
    assert load(alone).sources == (str(alone),)
