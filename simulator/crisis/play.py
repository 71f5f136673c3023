"""Play one replication: assemble the floor, start the processes of the world, run, and collect the records."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.crisis.outages import fail_at_random
from simulator.crisis.roster import work_the_roster
from simulator.crisis.steps import carry_out
from simulator.crisis.strategy import fault, made
from simulator.crisis.world import World
from simulator.engine.assemble import assemble
from simulator.engine.collect import ledger_of, persons_of, pieces_of
from simulator.engine.environment import CrisisEnvironment
from simulator.engine.observer import Observer
from simulator.engine.strategy import Strategy
from simulator.model.edges import edges
from simulator.records import Run
from simulator.vocabulary import Rank
from simulator.workload.draw import settled

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.model.world import Model
    from simulator.workload import Workload


def simulate(model: Model, workload: Workload, strategy: Callable[[], Strategy] | None = None) -> Run:
    """Run ``model`` on ``workload``: nothing is drawn any more, so the same arguments give the same run.

    ``strategy`` makes the routing strategy; without it, the one that the model declares. Raises StrategyError where a
    strategy chooses an agent or a contact that it must not choose, or where a user's own fails.
    """
    model = settled(model, workload.assumptions)
    env = CrisisEnvironment(0.0)
    chosen = strategy() if strategy else made(model.routing.strategy, model)
    floor = assemble(model, workload, env.calendar, chosen)
    env.floor = floor
    world = World(env, floor, model, workload)
    floor.on_leaving = world.attendance.follow
    observer = Observer(floor, lambda: world.undecided > 0)
    for team in model.teams:
        env.process(work_the_roster(world, team))
    for number, channel in enumerate(model.channels):
        world.hours_changed(number)
        if channel.hours is not None:
            env.process(_keep_hours(world, number, channel.hours))
    if any(link.fails is not None for link in model.links):
        env.process(fail_at_random(world))
    for step in model.events:
        env.process(carry_out(world, step, "event"))
    for step in model.playbook:
        env.process(carry_out(world, step, "action"))
    env.process(_observe(env, observer, edges(model)[:-1]))
    try:
        env.run(until=model.clock.duration)
    except (Exception, SystemExit) as error:
        found = fault(error, floor.strategy)
        if found is None:
            raise
        raise found from error
    finally:
        floor.on_leaving = None
        env.close()
    observer.note()
    floor.finish(model.clock.duration)
    return Run(
        variant=model.variant,
        replication=workload.streams.replication,
        needs=tuple(need.name for need in model.needs),
        demands=tuple(demand.name for demand in model.demand),
        channels=tuple(channel.name for channel in model.channels),
        sites=tuple(site.name for site in model.sites),
        links=tuple(link.name for link in model.links),
        teams=tuple(team.name for team in model.teams),
        ledger=ledger_of(floor),
        persons=persons_of(floor, workload),
        pieces=pieces_of(floor),
        strain=np.array([agent.strain for agent in floor.agents] if model.strain else []),
        team_of=np.array([agent.team.number for agent in floor.agents], dtype=np.int32),
        log=tuple(world.log),
        observations=observer.observations(),
        costs=dict(world.money.costs),
        ended_at=float(model.clock.duration),
        entries=int(floor.entries),
        beyond_roster=world.attendance.beyond_roster(float(model.clock.duration)),
    )


def _keep_hours(world: World, channel: int, hours: tuple[tuple[float, float], ...]) -> Generator[Event, object, None]:
    """A SimPy process: a channel opens and closes."""
    for instant in sorted({edge for span in hours for edge in span if 0 <= edge < world.model.clock.duration}):
        yield world.at(instant, Rank.WORLD)
        world.hours_changed(channel)


def _observe(env: CrisisEnvironment, observer: Observer, instants: Sequence[float]) -> Generator[Event, object, None]:
    """A SimPy process: a note at each of ``instants``, from the start on; the last is taken after the run."""
    for instant in instants:
        yield env.at(instant, Rank.OBSERVATION)
        observer.note()
