"""What the playbook costs, in whole cents: what is committed under the budget, and what is spent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simulator.errors import RefusedAction
from simulator.model.world import After, At, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.crisis.world import World

HOUR = 3600.0


class Money:
    """The budget of one run, and the bill of each step.

    A step is charged its ``cost`` when its lead time begins, and ``cost_per_hour`` while it is in effect or, where it does not
    last, for the hours of the people that it pays. What it will cost at most is committed before; an action beyond the budget
    is refused and costs nothing.
    """

    def __init__(self, budget: float, ends: float) -> None:
        self._budget = math.inf if math.isinf(budget) else cents(budget)
        self._ends = ends
        self._committed: dict[str, int] = {}
        self._spent: dict[str, int] = {}

    @property
    def costs(self) -> Mapping[str, float]:
        """What each step has cost, in the scenario's money."""
        return {step: spent / 100 for step, spent in self._spent.items()}

    def commit(self, world: World, step: Step) -> None:
        """Set aside what an action will cost at most. Raises RefusedAction where the budget does not allow it."""
        begins = world.now + step.takes
        hours = step.act.paid_hours(world) if not step.act.lasting else (self.end(world, step, begins) - begins) / HOUR
        most = cents(step.cost) + cents(step.cost_per_hour * max(hours, 0.0)) if step.cost_per_hour else cents(step.cost)
        rest = self._budget - sum(self._committed.values())
        if most > rest:
            raise RefusedAction(f"the budget has {rest / 100:,.0f} left of {self._budget / 100:,.0f}, this costs {most / 100:,.0f}")
        self._committed[step.id] = most

    def settle(self, step: Step) -> None:
        """Nothing more is spent on the step: what was committed to it beyond its bill is free again."""
        if step.id in self._committed:
            self._committed[step.id] = self._spent.get(step.id, 0)

    def charge(self, step: Step, hours: float) -> None:
        """The bill of the step is its cost, and so many hours."""
        self._spent[step.id] = cents(step.cost) + cents(step.cost_per_hour * hours)

    def charge_time(self, step: Step, since: float, until: float) -> None:
        """The step is paid while it is in effect, at most until the run ends."""
        self.charge(step, max(min(until, self._ends) - since, 0.0) / HOUR)

    def end(self, world: World, step: Step, begins: float) -> float:
        """When the effect ends, as far as that is known; else when the run does."""
        end = self._ends
        if isinstance(step.until, At):
            end = step.until.instant
        elif isinstance(step.until, After):
            if step.until.step == step.id:
                end = begins + step.until.by
            elif world.done[step.until.step].triggered:
                end = world.done_at[step.until.step] + step.until.by
        return min(end, self._ends)


def cents(amount: float) -> int:
    """An amount of money in whole cents."""
    return round(amount * 100)
