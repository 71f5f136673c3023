"""Which models a run needs, and with which of them the others are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.scenario import Scenario, lower

if TYPE_CHECKING:
    from simulator.model.world import Model

ALL = "all"


def variants_of(scenario: Scenario, asked: str | None) -> dict[str, Model]:
    """Lower the file as written (None), one variant, or all of them; raises UsageError where there is no such variant."""
    if asked is None:
        model = lower(scenario)
        return {model.variant: model}
    names = tuple(scenario.variant_names) if asked == ALL else (asked,)
    if not names:
        raise UsageError(f"{scenario.name} has no variants: run it without --variant")
    return {name: lower(scenario, name) for name in names}


def baseline_of(scenario: Scenario, models: Mapping[str, Model]) -> str:
    """The variant that changes nothing (pass marks apart), else the first."""
    if len(models) > 1:
        as_written = lower(scenario)
        for name, model in models.items():
            if replace(model, variant=as_written.variant, thresholds=as_written.thresholds) == as_written:
                return name
    return next(iter(models))
