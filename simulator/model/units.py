"""Units of declared parameters: what a number means, so that one declaration gives validation, schema and help.

A parameter is declared as an annotated field of a frozen dataclass, for example ``takes: Duration = 0.0``. Inside the
running half every duration is float seconds, every share a fraction, every instant seconds since the scenario's start.
A number may be a :class:`simulator.model.ranges.Range` until the workload is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True)
class Unit:
    """The kind of a scalar: how it is written, read and shown."""

    kind: str  #: duration | share | count | number | factor | rate | instant | distribution
    written: str  #: examples for messages and help


@dataclass(frozen=True)
class Ref:
    """A name that must exist in the scenario: ``to`` is need, site, link, team, platform, step, role, place or channel.

    Of channels also: telephone channel, inbound channel, callback channel, channel with self-service.
    """

    to: str


@dataclass(frozen=True)
class Choice:
    """A word out of a fixed list."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Says:
    """What a parameter means, in one sentence a planner understands. Shown by ``explain`` and in the reference."""

    text: str


Duration = Annotated[float, Unit("duration", "30s, 15m, 1h30m, 2d")]
Share = Annotated[float, Unit("share", "35%")]
Count = Annotated[float, Unit("count", "200, 30k")]
Number = Annotated[float, Unit("number", "0.7")]
Rate = Annotated[float, Unit("rate", "40/h, 10/min")]
Instant = Annotated[float, Unit("instant", "start, T+5h, 2017-09-19T11:00")]
"""Seconds since the scenario's start; the same in every replication."""
Routing = Annotated[Any, Unit("strategy", "`first-come`, `{strategy: triage, aging_cap: 10m}`")]
"""A declared strategy of :mod:`simulator.routing`."""
Law = Annotated[Any, Unit("distribution", "{lognormal: {mean: 5m, sd: 4m}}")]
"""A :class:`simulator.model.distributions.Distribution` over durations."""
