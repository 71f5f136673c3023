"""Controls: what is known about a case before it is simulated, calls and talk times.

How many called in a world, and how long they talked, explains most of why one world of a case differs from another. Where
their law is known, the other numbers are corrected for it (:mod:`simulator.statistics.controls`), and an error of the engine
shows in fewer worlds. A wrong rate of arrival or of service would be corrected away as well: therefore each control is
checked itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulator.model.world import Profile
from simulator.verify.case import Check
from simulator.verify.quantity import finished, measured

if TYPE_CHECKING:
    from simulator.model.world import Model

FEWEST = 10_000
"""Calls in a world below which there are no controls."""


def controls_of(model: Model) -> Iterator[Check]:
    """The controls of a centre with steady demand, and their means."""
    expected: dict[str, float] = {}
    for demand in model.demand:
        if not isinstance(demand, Profile):
            continue
        if demand.day_cv > 0 or demand.talk_factor:
            return
        expected[demand.need] = expected.get(demand.need, 0.0) + sum(demand.expected)
    if sum(expected.values()) < FEWEST:
        return
    several = len(model.needs) > 1
    for need in model.needs:
        if need.name not in expected:
            continue
        scope = {"need": need.name} if several else {}
        where = f" of {need.name}" if several else ""
        yield Check(f"calls{where}", measured("customers", **scope), expected[need.name], "number")
        alone = all(len(channel.speeds) <= 1 for channel in model.channels)
        if alone and not model.routing.slowdown and all(team.skills.get(need.name, 1.0) == 1.0 for team in model.teams):
            mean = float(need.talk_time.mean) + float(need.wrap_up.mean)
            yield Check(f"talk time{where}, s", finished("handle_time", "handled", **scope), mean, "seconds")
