"""Who looks at the floor: a note wherever time is cut, and the readings of a wallboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from simulator.engine.floor import Floor
from simulator.engine.notes import Notes
from simulator.records import Observations


class Observer:
    """Collects one row of :class:`simulator.records.Observations` per call of :meth:`note`."""

    def __init__(self, floor: Floor, deciding: Callable[[], bool]) -> None:
        self.floor = floor
        self.deciding = deciding
        self.notes = Notes()

    def note(self) -> None:
        self.floor.note(self.notes, self._live(), self.deciding())

    def _live(self) -> bool:
        """Whether the public numbers, those of the first channel that people call, lead to a site that can take calls."""
        first = next((channel for channel in self.floor.channels if channel.line and not channel.calls_out), None)
        if first is None:
            return False
        site = self.floor.sites[first.numbers]
        return bool(first.up and site.open and not site.lost)

    def observations(self) -> Observations:
        floor = self.floor
        sites, links, queues, teams, channels = (
            len(things) for things in (floor.sites, floor.links, floor.queues, floor.teams, floor.channels)
        )
        widths = (1, sites, sites, sites, sites, links, queues, 7 * teams, sites, queues, 1, 1, 1, channels, 1 + sites)
        rows = np.array(memoryview(cast("Any", self.notes.seen))).reshape(-1, sum(widths))
        columns = [np.ascontiguousarray(column) for column in np.split(rows, np.cumsum(widths)[:-1], axis=1)]

        def counts(place: int) -> NDArray[np.int32]:
            return columns[place].astype(np.int32)

        return Observations(
            instant=columns[0][:, 0],
            online=counts(1),
            seats=counts(2),
            waiting_for_seat=counts(3),
            on_the_way=counts(4),
            lines=counts(5),
            queue=counts(6),
            conversations=counts(13),
            online_peak=counts(14),
            agent_time=columns[7].reshape(-1, teams, 7),
            site_online_time=columns[8],
            queue_time=columns[9],
            free_agents=counts(10)[:, 0],
            numbers_live=columns[11][:, 0].astype(np.uint8),
            deciding=columns[12][:, 0].astype(np.uint8),
        )


def reading(floor: Floor, measure: str, need: int | None) -> float:
    """A wallboard value now: what an operations lead could see. ``need`` None means all. Raises KeyError for an unknown one."""
    queues = [queue for queue in floor.queues if (need is None or queue.need == need) and not queue.channel.calls_out]
    if measure == "queue":
        return float(sum(queue.length for queue in queues))
    if measure == "longest_wait":
        waits = [floor.calendar.now - floor.view.arrived(queue.first) for queue in queues if queue.first >= 0]
        return max(waits, default=0.0)
    if measure == "callback_list":
        return float(sum(queue.length for queue in floor.queues if queue.channel.calls_out))
    teams = [team for team in floor.teams if any(team.proficiency[queue.number] > 0 for queue in queues)]
    if measure == "agents_online":
        return float(sum(team.online for team in teams))
    if measure == "agents_free":
        return float(sum(team.idle for team in teams))
    public = floor.exchange.public
    trunks = floor.sites[public.numbers].trunks if public else None
    if measure == "lines_free":
        return float(trunks.free()) if trunks else 0.0
    if measure == "lines_in_use":
        return float(sum(link.used for link in trunks.links)) if trunks else 0.0
    raise KeyError(measure)
