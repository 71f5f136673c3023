"""How a step is carried out: its trigger, what it needs, its lead time, its effect and its end."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simulator.errors import RefusedAction
from simulator.model.world import After, At, Reading, Step, Trigger
from simulator.vocabulary import Rank

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.crisis.world import World

GLANCE = 60.0  #: seconds between two looks at the wallboard


def carry_out(world: World, step: Step, kind: str) -> Generator[Event, object, None]:
    """A SimPy process: one event or action from its trigger to its end. What cannot work is logged with its reason."""
    rank = Rank.WORLD if kind == "event" else Rank.POLICY
    if step.when is not None:
        yield from wait_for(world, step.when, rank)
        world.note(kind, step.id, "triggered")
    for other in step.needs:
        if not world.done[other].triggered:
            if step.when is not None:
                world.note(kind, step.id, "waits", f"needs {other}")
            yield world.done[other]
    if step.when is None:
        world.note(kind, step.id, "triggered")
    try:
        yield from step.act.prepare(world, step.id)
        if kind == "action":
            world.commit(step, step.until.instant if isinstance(step.until, At) else world.model.clock.duration)
        step.act.start(world, step.id)
        began = world.now
        if step.takes > 0:
            world.note(kind, step.id, "started", f"takes {step.takes:g} s")
            yield world.at(world.now + step.takes, rank)
        step.act.run(world, step.id)
    except RefusedAction as refusal:
        world.note("refused", step.id, "refused", str(refusal))
        return
    world.done_at[step.id] = world.now
    world.note("decision" if step.act.name == "decision" else kind, step.id, "done")
    world.costs[step.id] = step.cost + step.cost_per_hour * (world.model.clock.duration - began) / 3600.0
    world.done[step.id].succeed()
    if step.until is not None:
        yield from wait_for(world, step.until, rank)
        step.act.undo(world, step.id)
        world.costs[step.id] = step.cost + step.cost_per_hour * (world.now - began) / 3600.0
        world.note(kind, step.id, "ended")


def wait_for(world: World, trigger: Trigger, rank: Rank) -> Generator[Event, object, None]:
    """Wait until ``trigger`` fires."""
    if isinstance(trigger, At):
        yield world.at(trigger.instant, rank)
    elif isinstance(trigger, After):
        other = world.done[trigger.step]
        if not other.triggered:
            yield other
        due = world.done_at[trigger.step] + trigger.by
        if due > world.now:
            yield world.at(due, rank)
    else:
        yield from watch(world, trigger)


def watch(world: World, sought: Reading) -> Generator[Event, object, None]:
    """Look at the wallboard every minute until the reading has stayed beyond its limit for as long as asked."""
    since: float | None = None
    while True:
        value = world.read(sought.measure, sought.need)
        beyond = (sought.above is not None and value > sought.above) or (sought.below is not None and value < sought.below)
        if not beyond:
            since = None
        else:
            if since is None:
                since = world.now
            if world.now - since >= sought.lasting:
                return
        yield world.at(world.now + GLANCE)
