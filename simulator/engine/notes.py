"""What is seen of the floor at one instant after the other: numbers in a row, in the order of ``simulator.engine.observer``.

Compiled with mypyc.
"""

from __future__ import annotations

from librt.vecs import append, extend, vec
from mypy_extensions import i64

from simulator.engine.channels import Channel
from simulator.engine.lines import Link
from simulator.engine.queues import Queue
from simulator.engine.staff import Agent, Bench, Site, Team


class Notes:
    """A row of numbers for each time that the floor was looked at, one after the other."""

    def __init__(self) -> None:
        self.seen = vec[float]()

    def put(self, number: float) -> None:
        self.seen = append(self.seen, number)

    def count(self, number: i64) -> None:
        self.put(float(number))

    def take(
        self,
        now: float,
        sites: list[Site],
        links: list[Link],
        queues: list[Queue],
        teams: list[Team],
        agents: list[Agent],
        channels: list[Channel],
        bench: Bench,
        live: bool,
        deciding: bool,
    ) -> None:
        """One more row. Cumulative times are told up to ``now``; nothing of the floor changes, whoever looks how often."""
        self.put(now)
        for site in sites:
            self.count(site.crowd.number)
        for site in sites:
            self.count(0 if site.lost or not site.open else site.ready)
        for site in sites:
            self.count(len(site.waiting))
        for site in sites:
            self.count(site.on_the_way)
        for link in links:
            self.count(link.used)
        for queue in queues:
            self.count(queue.length)
        spent = vec[float]()
        for team in teams:
            spent = extend(spent, team.time)
        for agent in agents:
            spent[7 * agent.team.number + i64(agent.state)] += now - agent.since
        for seconds in spent:
            self.put(seconds)
        for site in sites:
            self.put(site.crowd.time + float(site.crowd.number) * (now - site.crowd.since))
        for queue in queues:
            self.put(queue.time + float(queue.length) * (now - queue.since))
        self.count(bench.free)
        self.put(1.0 if live else 0.0)
        self.put(1.0 if deciding else 0.0)
        for channel in channels:
            self.count(channel.conversations)
        for crowd in [bench.crowd, *[site.crowd for site in sites]]:
            self.count(crowd.peak(now))
            crowd.most = 0
