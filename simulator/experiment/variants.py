"""Which models a run needs, and with which of them the others are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.scenario import Scenario, lower, same

if TYPE_CHECKING:
    from simulator.model.world import Model

ALL = "all"
"""The file as written and each of its variants."""
DECLARED = "declared"
"""Each variant of the scenario and nothing else: the alternatives of a comparison, the responses of a drill."""


def variants_of(scenario: Scenario, asked: str | None) -> dict[str, Model]:
    """Lower the file as written (None), one variant, or several; raises UsageError where there is no such variant.

    The file itself is among :data:`ALL`, first, unless one of its variants is the same under a name of its own.
    """
    if asked is None:
        model = lower(scenario)
        return {model.variant: model}
    if asked not in (ALL, DECLARED):
        return {asked: lower(scenario, asked)}
    models = {name: lower(scenario, name) for name in scenario.variant_names}
    if not models:
        raise UsageError(f"{scenario.name} has no variants: run it without --variant")
    as_written = lower(scenario)
    if asked == DECLARED or any(same(model, as_written) for model in models.values()):
        return models
    return {as_written.variant: as_written, **models}


def baseline_of(scenario: Scenario, models: Mapping[str, Model]) -> str:
    """The variant that changes nothing (pass marks apart), else the first."""
    if len(models) > 1:
        as_written = lower(scenario)
        for name, model in models.items():
            if same(replace(model, thresholds=as_written.thresholds), as_written):
                return name
    return next(iter(models))
