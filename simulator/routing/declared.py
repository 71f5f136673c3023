"""The strategies a scenario can name, as declarations; what they do is compiled code in :mod:`simulator.routing.strategies`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from simulator.model.registry import Registry
from simulator.model.units import Choice, Says

AGENT_RULES = ("longest-idle", "best-skill")
AgentRule = Annotated[str, Choice(AGENT_RULES), Says("which free agent takes a contact: idle longest, or most proficient first")]


class StrategyDeclaration:
    """Base of every declared strategy: a frozen dataclass whose fields are its parameters."""

    name: ClassVar[str]


strategies: Registry[StrategyDeclaration] = Registry("strategy")


@strategies.register("first-come")
@dataclass(frozen=True)
class FirstCome(StrategyDeclaration):
    """The contact that has waited longest goes first, whatever its need."""

    agent: AgentRule = "longest-idle"


@strategies.register("priority")
@dataclass(frozen=True)
class Priority(StrategyDeclaration):
    """The most urgent need goes first; within a need, first come first served. Nobody in service is interrupted."""

    by: Annotated[str, Choice(("urgency",))] = "urgency"
    agent: AgentRule = "longest-idle"


@strategies.register("preference")
@dataclass(frozen=True)
class Preference(StrategyDeclaration):
    """Agents take first the needs they are best at; a contact prefers the most proficient free agent."""

    agent: AgentRule = "best-skill"
