"""The way out: on whose lines an agent dials, and whether one is free.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from simulator.engine.channels import Channel
from simulator.engine.staff import Agent, Site


class Exchange:
    """A call that we make takes a line of the agent's site; where that has no links, of the site to which the public numbers lead."""

    def __init__(self, sites: list[Site], channels: list[Channel]) -> None:
        self.sites: Final = sites
        self.public: Channel | None = None  #: the first channel that people call
        for channel in channels:
            if self.public is None and channel.line and not channel.calls_out:
                self.public = channel
        self.short = False  #: somebody could not dial since all were asked last

    def way_out(self, agent: Agent) -> Site | None:
        """The site on whose lines the agent dials; None if there is none, or if it is lost or closed."""
        site = agent.site
        if len(site.trunks.links) == 0:
            if self.public is None:
                return None
            site = self.sites[self.public.numbers]
        return None if site.lost or not site.open else site

    def can_dial(self, agent: Agent, need: i64) -> bool:
        """Whether there is a line on which the agent could call somebody with ``need`` now."""
        site = self.way_out(agent)
        if site is not None:
            if site.trunks.has_room(need):
                return True
            for link in site.trunks.links:
                link.wanted = True
        self.short = True
        return False
