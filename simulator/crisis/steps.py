"""How a step is carried out: its trigger, what it needs, its lead time, its effect and its end."""

from __future__ import annotations

import math
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
    """A SimPy process: one event or action from its trigger to its end. What cannot work is logged with its reason.

    What has happened before the run counts from its own instant, and is in effect from the start of the run on.
    """
    rank = Rank.WORLD if kind == "event" else Rank.POLICY
    since = 0.0 if step.when is None and not step.needs else -math.inf
    if step.when is not None:
        since = yield from wait_for(world, step.when, rank)
        world.note(kind, step.id, "triggered")
    for other in step.needs:
        if not world.done[other].triggered:
            if step.when is not None:
                world.note(kind, step.id, "waits", f"needs {other}")
            yield world.done[other]
        since = max(since, world.done_at[other])
    if step.when is None:
        world.note(kind, step.id, "triggered")
    try:
        yield from begin(world, step, kind, rank, since)
        take_effect(world, step)
    except RefusedAction as refusal:
        world.note("refused", step.id, "refused", str(refusal))
        world.effects.end(step.id)
        world.money.settle(step)
        return
    world.note("decision" if step.act.name == "decision" else kind, step.id, "done")
    world.done[step.id].succeed()
    if step.until is not None:
        yield from wait_for(world, step.until, rank)
        world.effects.end(step.id)
        world.money.charge_time(step, max(world.done_at[step.id], 0.0), world.now)
        world.money.settle(step)
        world.note(kind, step.id, "ended")


def begin(world: World, step: Step, kind: str, rank: Rank, since: float) -> Generator[Event, object, None]:
    """Prepare, commit the money, and wait for the lead time. Whatever is refused before it begins costs nothing.

    ``since`` is when the step was triggered, perhaps before the run.
    """
    yield from step.act.prepare(world, step.id)
    if kind == "action":
        world.money.commit(world, step)
    step.act.start(world, step.id)
    world.money.charge(step, 0.0)
    effect = (world.now if world.now > 0.0 else min(since, 0.0)) + step.takes
    if step.takes > 0:
        world.note(kind, step.id, "started", f"takes {step.takes:g} s")
        yield world.at(effect, rank)
    world.done_at[step.id] = effect


def take_effect(world: World, step: Step) -> None:
    """Put the effects of the step in force, and do what happens once."""
    world.effects.hold(step.id, step.act.effects(world, step.id), firm=step.firm)
    step.act.run(world, step.id)
    if step.act.lasting:
        world.money.charge_time(step, world.now, world.money.end(world, step, world.now))
    else:
        world.money.charge(step, world.attendance.paid[step.id] / 3600.0)
        world.money.settle(step)


def wait_for(world: World, trigger: Trigger, rank: Rank) -> Generator[Event, object, float]:
    """Wait until ``trigger`` fires, and return when it has: perhaps before the run."""
    if isinstance(trigger, At):
        yield world.at(trigger.instant, rank)
        return trigger.instant
    if isinstance(trigger, After):
        other = world.done[trigger.step]
        if not other.triggered:
            yield other
        due = world.done_at[trigger.step] + trigger.by
        if due > world.now:
            yield world.at(due, rank)
        return due
    yield from watch(world, trigger)
    return world.now


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
