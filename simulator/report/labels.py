"""What readers call the things of a scenario: the title that the file gives them, else their name in plain letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.statistics.limits import TIMED

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.scenario import Scenario

KINDS = {"voice": "telephone", "email": "e-mail", "callbacks": "callbacks", "social": "social media", "message": "messages"}
"""Channels that most scenarios call by a short name."""


def plain(name: str) -> str:
    """A name of the file as people write it: ``life-support`` is life support."""
    return " ".join(name.replace("_", " ").replace("-", " ").split())


@dataclass(frozen=True)
class Labels:
    """The words for the names of one scenario."""

    variants: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)

    def variant(self, name: str) -> str:
        """What a variant, or another alternative, is called."""
        return self.variants.get(name) or ("as planned" if name == "as-written" else plain(name))

    def need(self, name: str) -> str:
        return self.needs.get(name) or plain(name)

    def step(self, name: str) -> str:
        return self.steps.get(name) or plain(name)

    def of(self, dimension: str, name: str) -> str:
        """The word for the name of a need, a channel, a phase, a site, a group or a variant."""
        if dimension == "need":
            return self.need(name)
        if dimension == "variant":
            return self.variant(name)
        if dimension == TIMED:
            return f"after {name}"
        return KINDS.get(name, plain(name)) if dimension == "channel" else plain(name)

    def scope(self, scope: Mapping[str, str]) -> str:
        """``looking for relatives, telephone`` for a scope; nothing for everything."""
        return ", ".join(self.of(dimension, name) for dimension, name in scope.items())


def labels_of(scenario: Scenario, model: Model) -> Labels:
    """The words of a scenario, one variant of which is ``model``."""
    needs = {need.name: need.title for need in model.needs if need.title}
    steps = {step.id: step.title for step in (*model.events, *model.playbook) if step.title}
    return Labels(scenario.variant_titles, needs, steps)


def capital(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
