"""Factors: the assumptions of a scenario that have a range, and models in which one of them is held at a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.errors import UsageError
from simulator.model.ranges import Range, ranges_of, replace_ranges
from simulator.scenario import quantity
from simulator.scenario.problem import Wrong, did_you_mean
from simulator.scenario.sources import find

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.scenario import Scenario

UNITS: dict[str, Callable[[Any], float]] = {
    "duration": quantity.duration, "share": quantity.proportion, "rate": quantity.rate, "count": quantity.count, "factor": quantity.factor,
}  # fmt: skip
"""How a bound may be written, by what it then is."""


@dataclass(frozen=True)
class Factor:
    """An assumption with a range. Places of the range go from 0, its low end, to 1, its high end."""

    name: str  #: the dotted path in the scenario
    low: float  #: in ``unit``: seconds, fraction, per second, times, number
    high: float
    likely: float
    unit: str  #: duration | share | rate | count | factor

    def at(self, place: float) -> float:
        """The value at a place of the range, in ``unit``."""
        return self.low + place * (self.high - self.low)


def factors_of(scenario: Scenario, model: Model, chosen: Sequence[str] = ()) -> tuple[Factor, ...]:
    """The ranges of ``model``, a variant of ``scenario``, or the ``chosen`` ones by path.

    Raises UsageError where there is none, or none of that name.
    """
    found = ranges_of(model)
    tree = scenario.variant_tree(model.variant)
    unknown = [name for name in chosen if name not in found]
    if unknown:
        raise UsageError(f"there is no range at `{unknown[0]}`; {did_you_mean(unknown[0], found)}")
    if not found:
        raise UsageError(
            f"{scenario.path} has no ranges: say of a value what it may lie between, {{likely: 45m, low: 20m, high: 2h}}, "
            "or ask with --vary PATH=LOW:HIGH"
        )
    factors = [_factor(r, find(tree, name)) for name, r in found.items() if not chosen or name in chosen]
    wide = tuple(f for f in factors if f.low < f.high)
    if not wide:
        raise UsageError(f"the range at `{factors[0].name}` has no width: there is nothing to vary")
    return wide


def _factor(r: Range, written: Any) -> Factor:
    """The range in the unit in which people wrote it."""
    for unit, reader in UNITS.items():
        try:
            low, likely, high = (reader(written[key]) for key in ("low", "likely", "high"))
        except (Wrong, KeyError, TypeError):
            continue
        return Factor(r.name, low, high, likely, unit)
    return Factor(r.name, r.low, r.high, float(r), "count")


def held(model: Model, factor: str, place: float) -> Model:
    """``model`` with one range at a place between its low end (0) and its high end (1); the others are drawn as ever."""

    def value(r: Range) -> float:
        return r.low + place * (r.high - r.low) if r.name == factor else r

    return replace_ranges(model, value)


def as_range(scenario: Scenario, text: str) -> str:
    """``PATH=LOW:HIGH`` as an override that makes a range of the value at that path.

    The likely value is what the file says. Raises UsageError where the text is none of this or there is no such value.
    """
    path, equals, bounds = (part.strip() for part in text.partition("="))
    low, colon, high = (part.strip() for part in bounds.partition(":"))
    if not (path and equals and low and colon and high) or ":" in high:
        raise UsageError(f"--vary {text}: expected PATH=LOW:HIGH, for example events.congestion.blocks=50%:90%")
    value = find(scenario.tree, path)
    if isinstance(value, dict):
        value = value.get("likely")
    if value is None or isinstance(value, list):
        raise UsageError(f"--vary {text}: `{path}` is no single value of {scenario.path}")
    return f"{path}={{likely: {value}, low: {low}, high: {high}}}"
