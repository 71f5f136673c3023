"""Strain: what work does to an agent, and what rest gives back.

Compiled with mypyc.
"""

from __future__ import annotations

from math import exp

from simulator.engine.staff import Agent


class Strain:
    """Strain rises towards 1 with work and falls towards 0 in rest, each with its own time constant in seconds."""

    def __init__(self, builds_up: float, recovers: float, slows: float, distress: float, restores: float) -> None:
        self.builds_up = builds_up
        self.recovers = recovers
        self.slows = slows
        self.distress = distress
        self.restores = restores

    def rested(self, agent: Agent, now: float) -> None:
        """The agent takes up work after a rest."""
        agent.strain *= exp((agent.strain_since - now) / self.recovers)
        agent.strain_since = now

    def worked(self, agent: Agent, now: float) -> None:
        """The agent has worked since the rest ended."""
        agent.strain = 1.0 - (1.0 - agent.strain) * exp((agent.strain_since - now) / self.builds_up)
        agent.strain_since = now

    def touched(self, agent: Agent, heard: bool) -> None:
        """A talk with somebody in distress: it weighs, and having been able to help gives strength back."""
        agent.strain += self.distress * (1.0 - agent.strain)
        if heard:
            agent.strain *= 1.0 - self.restores
