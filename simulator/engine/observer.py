"""Who looks at the floor: a note at each interval's end, and the readings of a wallboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from simulator.engine.floor import Floor
from simulator.records import Observations


class Observer:
    """Collects one row of :class:`simulator.records.Observations` per call of :meth:`note`."""

    def __init__(self, floor: Floor, deciding: Callable[[], bool]) -> None:
        self.floor = floor
        self.deciding = deciding
        self.rows: list[tuple[Sequence[float], ...]] = []

    def note(self) -> None:
        floor = self.floor
        floor.count_time()
        sites = floor.sites
        # The public numbers: those of the first channel that holds a line.
        lines = [channel for channel in floor.channels if channel.line]
        target = sites[lines[0].numbers] if lines else None
        live = target is not None and lines[0].up and target.open and not target.lost
        self.rows.append(
            (
                [floor.calendar.now],
                [int(site.online) for site in sites],
                [0 if site.lost or not site.open else int(site.ready) for site in sites],
                [len(site.waiting) for site in sites],
                [int(site.on_the_way) for site in sites],
                [int(link.used) for link in floor.links],
                [int(queue.length) for queue in floor.queues],
                [seconds for team in floor.teams for seconds in team.time],
                [site.online_time for site in sites],
                [queue.time for queue in floor.queues],
                [sum(int(team.idle) for team in floor.teams)],
                [live],
                [self.deciding()],
                [int(channel.conversations) for channel in floor.channels],
            )
        )

    def observations(self) -> Observations:
        columns = [np.array([row[i] for row in self.rows]) for i in range(14)]
        whole = [c if c.dtype.kind == "f" else c.astype(np.int32) for c in columns]
        return Observations(
            instant=columns[0][:, 0].astype(np.float64),
            online=whole[1],
            seats=whole[2],
            waiting_for_seat=whole[3],
            on_the_way=whole[4],
            lines=whole[5],
            queue=whole[6],
            conversations=whole[13],
            agent_time=columns[7].astype(np.float64).reshape(len(self.rows), len(self.floor.teams), 7),
            site_online_time=columns[8].astype(np.float64),
            queue_time=columns[9].astype(np.float64),
            free_agents=whole[10][:, 0],
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
    lines = [channel for channel in floor.channels if channel.line]
    trunks = floor.sites[lines[0].numbers].trunks if lines else None
    if measure == "lines_free":
        return float(trunks.free()) if trunks else 0.0
    if measure == "lines_in_use":
        return float(sum(link.used for link in trunks.links)) if trunks else 0.0
    raise KeyError(measure)
