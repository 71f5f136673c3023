"""The roster at work: shifts begin and end, breaks are taken, some people are absent."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from simulator.vocabulary import Reason

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.crisis.world import World
    from simulator.model.world import Team

ON_BREAK = int(Reason.ON_BREAK)
ENDS, BEGINS, PAUSES = range(3)  #: at one instant seats are freed before they are taken


def work_the_roster(world: World, team: Team) -> Generator[Event, object, None]:
    """A SimPy process: one team's planned day. Absence is each agent's own luck in the shift that begins then."""
    agenda: list[tuple[float, int, int, float]] = []
    for number, shift in enumerate(team.shifts):
        agenda.append((shift.start, BEGINS, number, 0.0))
        agenda.append((shift.end, ENDS, number, 0.0))
        agenda.extend((pause.start, PAUSES, number, pause.length) for pause in shift.breaks if pause.start >= 0)
    home, floor = world.site(team.site), world.floor
    crews = [world.agents(team, shift) for shift in team.shifts]
    luck = world.luck_of_shifts([f"absence/{float(shift.start)}" for shift in team.shifts], crews)
    for instant, what, number, length in sorted(agenda):
        if instant >= world.model.clock.duration:
            return
        if instant > world.now:
            yield world.at(instant)
        agents = crews[number]
        if what == BEGINS:
            world.attendance.begin_shift(agents, home, (luck[number] < team.absence).tolist())
        elif what == ENDS:
            world.attendance.end_shift(agents)
        else:
            for agent in agents:
                floor.take_pause(agent, ON_BREAK, length)
