"""Build a floor from a settled model and its workload: names become numbers, arrays become columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from librt.vecs import vec
from mypy_extensions import i32, i64, u8
from numpy.typing import NDArray

from simulator.engine.calendar import Calendar
from simulator.engine.contacts import NOBODY, STILL_TRYING, Contacts, Customers
from simulator.engine.floor import Floor
from simulator.engine.lines import Link, Trunks
from simulator.engine.pace import Pace
from simulator.engine.queues import Queue
from simulator.engine.rules import LAST_ANSWERED, QUEUE_LENGTH, Rules
from simulator.engine.staff import Agent, Site, Team
from simulator.engine.strategy import Strategy
from simulator.model.world import Model
from simulator.workload import Workload

Floats = NDArray[np.float64]


def assemble(model: Model, workload: Workload, calendar: Calendar, strategy: Strategy) -> Floor:
    """The floor at the scenario's start: sites as declared, nobody at work yet. ``model`` must hold no ranges any more."""
    needs = [need.name for need in model.needs]
    room = len(workload) // 2 + 1024
    contacts = Contacts(
        vec[i32](np.full(room, NOBODY, dtype=np.int32)), _floats(np.full(room, np.nan)), vec[u8](np.zeros(room, dtype=np.uint8))
    )
    queues = [Queue(number, need.urgency, contacts) for number, need in enumerate(model.needs)]
    links = [Link(number, int(link.lines)) for number, link in enumerate(model.links)]
    of_name = {link.name: made for link, made in zip(model.links, links, strict=True)}
    sites = []
    for number, site in enumerate(model.sites):
        reserve = vec[i64]([int(site.reserve.get(name, 0)) for name in needs])
        ready = int(site.seats.total if site.open else 0)
        sites.append(Site(number, Trunks([of_name[name] for name in site.links], reserve), site.open, ready))
    teams = [
        Team(
            number,
            [i for i, name in enumerate(needs) if team.skills.get(name, 0.0) > 0.0],
            vec[float]([float(team.skills.get(name, 0.0)) for name in needs]),
            vec[float]([_delay(model, team.name, name) for name in needs]),
            vec[i64]([_kept(model, team.name, name) for name in needs]),
        )
        for number, team in enumerate(model.teams)
    ]
    places = [site.name for site in model.sites]
    agents: list[Agent] = []
    for team, made in zip(model.teams, teams, strict=True):
        home = sites[places.index(team.site)]
        first = len(agents)
        agents.extend(Agent(first + i, made, home) for i in range(team.headcount))
    slow = sorted(model.routing.slowdown, key=lambda s: s.occupancy)
    return Floor(
        calendar,
        _customers(workload),
        contacts,
        queues,
        links,
        sites,
        teams,
        agents,
        _rules(model, workload),
        Pace(vec[float]([float(s.occupancy) for s in slow]), vec[float]([float(s.factor) for s in slow])),
        places.index(model.channels[0].numbers),
        strategy,
    )


def _delay(model: Model, team: str, need: str) -> float:
    return max((float(o.after) for o in model.routing.overflow if o.team == team and o.need == need), default=0.0)


def _kept(model: Model, team: str, need: str) -> int:
    return max((round(o.keeps) for o in model.routing.overflow if o.team == team and o.need == need), default=0)


def _waits(model: Model, need: str) -> list[float]:
    """The distinct waits at which one more team may take contacts of ``need``."""
    return sorted({float(o.after) for o in model.routing.overflow if o.need == need and o.after > 0})


def _customers(workload: Workload) -> Customers:
    n = len(workload)
    nothing = np.zeros(n, dtype=np.uint8)
    return Customers(
        vec[i64](workload.key),
        _floats(workload.onset),
        vec[u8](workload.need),
        vec[u8](workload.barred),
        _floats(workload.informed),
        _floats(workload.quiet),
        _floats(workload.solved_at),
        vec[u8](workload.solved_by),
        _floats(workload.gives_up),
        _floats(workload.tolerance),
        _floats(workload.talk_factor),
        _floats(workload.persistence),
        _floats(workload.network),
        _floats(workload.patience),
        vec[u8](nothing),
        vec[u8](nothing + np.uint8(STILL_TRYING)),
        vec[u8](nothing),
        _floats(np.full(n, np.nan)),
    )


def _rules(model: Model, workload: Workload) -> Rules:
    channel = model.channels[0]
    announced = channel.announced
    return Rules(
        _columns(workload.laws["patience"]),
        _columns(workload.laws["talk"]),
        _columns(workload.laws["wrap"]),
        _columns(workload.laws["gap"]),
        _columns(workload.retries),
        _columns(workload.talk),
        _columns(workload.wrap),
        workload.by_person,
        vec[float]([need.talk_time.mean + need.wrap_up.mean for need in model.needs]),
        float(channel.redial.spacing),
        channel.redial.max_attempts,
        0 if announced is None else QUEUE_LENGTH if announced.estimate == "queue-length" else LAST_ANSWERED,
        [vec[float](_waits(model, need.name)) for need in model.needs],
    )


def _floats(column: Floats) -> vec[float]:
    return vec[float](np.ascontiguousarray(column, dtype=np.float64))


def _columns(columns: Sequence[Floats]) -> list[vec[float]]:
    return [_floats(column) for column in columns]
