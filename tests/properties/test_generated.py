"""What is made up at random is everything that a scenario can say: whatever is registered or declared comes up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from simulator.crisis.act import acts
from simulator.model import channels, people, world
from simulator.model.channels import KINDS
from simulator.model.distributions import families
from simulator.routing.declared import AGENT_RULES, strategies
from tests.properties.channelled import channelled

MADE = 60
"""Crises to look through: each of their parts comes up in a third of them, or more often."""
ONLY_MEASURED = {world.Phase, world.Continuity, world.Threshold, world.Tolerance, people.Harm}
"""Parts of a model that no run looks at."""


def parts(value: Any) -> Iterator[Any]:
    """Every declaration inside another, however deep."""
    if is_dataclass(value):
        yield value
        for field in fields(value):
            yield from parts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from parts(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from parts(item)


@pytest.fixture(scope="module")
def made() -> list[Any]:
    return [part for seed in range(MADE) for part in parts(channelled(seed))]


def test_every_event_and_action(made: list[Any]) -> None:
    known = {act for _, act in acts.items() if act.__module__.startswith("simulator.")}  # tests may register others
    assert known - {type(part) for part in made} == set()


def test_every_strategy_with_every_rule_for_agents(made: list[Any]) -> None:
    ours = {name: kind for name, kind in strategies.items() if kind.__module__.startswith("simulator.")}
    found = [part for part in made if type(part) in ours.values()]
    assert {part.name for part in found} == set(ours)
    assert {part.agent for part in found} == set(AGENT_RULES)
    assert any(part.reserve for part in found)
    assert any(part.aging_cap is not None for part in found)


def test_every_kind_of_channel(made: list[Any]) -> None:
    assert {part.kind for part in made if isinstance(part, channels.Channel)} == set(KINDS)


def test_every_policy_of_care(made: list[Any]) -> None:
    assert {part.policy for part in made if isinstance(part, people.Care)} == set(people.POLICIES)


def test_every_law_of_durations(made: list[Any]) -> None:
    assert {law for _, law in families.items()} - {type(part) for part in made} == set()


def test_every_part_of_a_model(made: list[Any]) -> None:
    declared = {
        kind
        for module in (world, channels, people)
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__
    }
    assert declared - {type(part) for part in made} - {channels.ChannelKind} == ONLY_MEASURED
