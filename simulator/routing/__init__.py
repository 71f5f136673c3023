"""Routing: which agent for this contact, which contact for this agent.

What a strategy of one's own needs is imported from here::

    from simulator.routing import Chooser, Strategy, StrategyDeclaration, View, strategies

The names are looked up when they are asked for: to check a scenario, nothing compiled is loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from simulator.engine import build

if TYPE_CHECKING:
    from simulator.engine.strategy import Strategy, View
    from simulator.routing.choosers import Chooser
    from simulator.routing.declared import StrategyDeclaration, strategies

__all__ = ["Chooser", "Strategy", "StrategyDeclaration", "View", "strategies"]

build.choose()

_HOMES = {
    "Strategy": "simulator.engine.strategy",
    "View": "simulator.engine.strategy",
    "StrategyDeclaration": "simulator.routing.declared",
    "Chooser": "simulator.routing.choosers",
}


def __getattr__(name: str) -> Any:
    if name == "strategies":
        from simulator.routing.declared import strategies as declared

        return declared
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
