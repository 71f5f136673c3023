"""What is seen of the floor at one instant after the other: numbers in a row, in the order of ``simulator.engine.observer``.

Compiled with mypyc.
"""

from __future__ import annotations

from librt.vecs import append, vec
from mypy_extensions import i64

from simulator.engine.channels import Channel
from simulator.engine.lines import Link
from simulator.engine.queues import Queue
from simulator.engine.staff import Site, Team


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
        channels: list[Channel],
        deciding: bool,
    ) -> None:
        """One more row; every cumulative time has been brought up to ``now``."""
        self.put(now)
        for site in sites:
            self.count(site.online)
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
        free: i64 = 0
        for team in teams:
            free += team.idle
            for seconds in team.time:
                self.put(seconds)
        for site in sites:
            self.put(site.online_time)
        for queue in queues:
            self.put(queue.time)
        self.count(free)
        live = False
        for channel in channels:
            if channel.line and not channel.calls_out:  # the public numbers: those of the first channel that people call
                target = sites[channel.numbers]
                live = channel.up and target.open and not target.lost
                break
        self.put(1.0 if live else 0.0)
        self.put(1.0 if deciding else 0.0)
        for channel in channels:
            self.count(channel.conversations)
