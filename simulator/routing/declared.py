"""The strategies a scenario can name, as declarations; what they do is compiled code in :mod:`simulator.routing.strategies`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from simulator.model.registry import Registry
from simulator.model.units import Choice, Says

if TYPE_CHECKING:
    from simulator.engine.strategy import Strategy

AGENT_RULES = ("longest-idle", "best-skill")
AgentRule = Annotated[str, Choice(AGENT_RULES), Says("which free agent takes a contact: idle longest, or most proficient first")]


class StrategyDeclaration:
    """Base of every declared strategy: a frozen dataclass whose fields are its parameters."""

    name: ClassVar[str]

    def make(self) -> Strategy:
        """The compiled strategy of this declaration."""
        raise TypeError(f"{type(self).__name__} does not say what it does")


strategies: Registry[StrategyDeclaration] = Registry("strategy")


@strategies.register("first-come")
@dataclass(frozen=True)
class FirstCome(StrategyDeclaration):
    """The contact that has waited longest goes first, whatever its need."""

    agent: AgentRule = "longest-idle"

    def make(self) -> Strategy:
        from simulator.routing.strategies import FirstComeFirstServed

        return FirstComeFirstServed(self.agent == "best-skill")


@strategies.register("priority")
@dataclass(frozen=True)
class Priority(StrategyDeclaration):
    """The most urgent need goes first; within a need, first come first served. Nobody in service is interrupted."""

    by: Annotated[str, Choice(("urgency",)), Says("what makes a need go first: its `urgency`, 1 before 2")] = "urgency"
    agent: AgentRule = "longest-idle"

    def make(self) -> Strategy:
        from simulator.routing.strategies import MostUrgentFirst

        return MostUrgentFirst(self.agent == "best-skill")


@strategies.register("preference")
@dataclass(frozen=True)
class Preference(StrategyDeclaration):
    """Agents take first the needs they are best at; a contact prefers the most proficient free agent."""

    agent: AgentRule = "best-skill"

    def make(self) -> Strategy:
        from simulator.routing.strategies import BestSkillFirst

        return BestSkillFirst(self.agent == "best-skill")
