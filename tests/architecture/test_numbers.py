"""Compiled code holds its constants as plain numbers; they are the numbers of the vocabulary."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from types import ModuleType

import pytest

from simulator import vocabulary
from simulator.engine import contacts, rules, staff

OTHER_NAMES = {
    (contacts, "ANNOUNCED"): vocabulary.Cause.ANNOUNCEMENT,
    (contacts, "BY_ANNOUNCEMENT"): vocabulary.Solved.ANNOUNCEMENT,
    (contacts, "BY_REACHING"): vocabulary.Solved.REACHED,
}
"""Constants that compiled code knows by a name of its own."""


def held(module: ModuleType, kinds: tuple[type[IntEnum | IntFlag], ...]) -> dict[str, tuple[int, IntEnum | IntFlag]]:
    """Constants of ``module`` that have the name of a member, with both values."""
    members = {name: member for kind in kinds for name, member in kind.__members__.items()}
    return {name: (getattr(module, name), members[name]) for name in members if hasattr(module, name)}


@pytest.mark.parametrize(
    ("module", "kinds", "at_least"),
    [
        (contacts, (vocabulary.Outcome, vocabulary.Cause, vocabulary.Fate), 20),
        (staff, (vocabulary.AgentState, vocabulary.Reason), 15),
        (rules, (vocabulary.Rank,), 4),
    ],
)
def test_constants_of_the_engine_are_those_of_the_vocabulary(
    module: ModuleType, kinds: tuple[type[IntEnum | IntFlag], ...], at_least: int
) -> None:
    pairs = held(module, kinds)
    assert len(pairs) >= at_least
    assert {name: pair for name, pair in pairs.items() if pair[0] != pair[1]} == {}


def test_constants_with_names_of_their_own_too() -> None:
    assert {name: getattr(module, name) for module, name in OTHER_NAMES} == {name: int(member) for (_, name), member in OTHER_NAMES.items()}
