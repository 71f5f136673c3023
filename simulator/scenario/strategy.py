"""A routing strategy where it is a value: its name, or a map of its name and parameters."""

from __future__ import annotations

from typing import Any

from simulator.routing.declared import StrategyDeclaration, strategies
from simulator.scenario.declared import read_declared
from simulator.scenario.problem import Problem, Wrong, did_you_mean, shown, wrong
from simulator.scenario.section import Setting

DEFAULT = "priority"


def declaration_named(name: Any) -> type[StrategyDeclaration]:
    """The declared strategy of this name; raises Wrong with a suggestion."""
    if not isinstance(name, str) or name not in strategies:
        raise wrong(f"there is no strategy {shown(name)}", did_you_mean(name, strategies), "unknown-name", ("strategy",))
    return strategies[name]


def checked(made: StrategyDeclaration) -> StrategyDeclaration:
    """The strategy itself, if its parameters go together; raises Wrong with everything that does not."""
    found = [Problem(message, at=(key,)) for key, message in made.objections().items()]
    if found:
        raise Wrong(*found)
    return made


def read_strategy(raw: Any, setting: Setting) -> StrategyDeclaration:
    """Read ``first-come`` or ``{strategy: triage, aging_cap: 10m}``, which a crisis switches to; raises Wrong with every problem in it."""
    made = checked(_read(raw, setting))
    if type(made).delays is not StrategyDeclaration.delays:
        hint = "write its delays under `routing.overflow`, where they always hold, and switch to `preference`"
        raise wrong(f"`{made.name}` cannot be switched to: it decides who waits for whom before the run begins", hint)
    return made


def _read(raw: Any, setting: Setting) -> StrategyDeclaration:
    if isinstance(raw, str):
        if raw not in strategies:
            raise wrong(f"there is no strategy {shown(raw)}", did_you_mean(raw, strategies), "unknown-name")
        return read_declared(strategies[raw], {}, setting)
    if not isinstance(raw, dict):
        raise wrong(f"expected a strategy, got {shown(raw)}", "its name, or a map: {strategy: priority, reserve: 2}")
    if raw.get("strategy") is None:
        raise wrong("`strategy` is missing", did_you_mean("", strategies), "missing-key", on_key=True)
    return read_declared(declaration_named(raw["strategy"]), {k: v for k, v in raw.items() if k != "strategy"}, setting)
