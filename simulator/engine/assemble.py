"""Build a floor from a settled model and its workload: names become numbers, arrays become columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from librt.vecs import vec
from mypy_extensions import i32, i64, u8
from numpy.typing import NDArray

from simulator.engine.calendar import Calendar
from simulator.engine.channels import Calling, Channel, Conversation
from simulator.engine.contacts import NOBODY, STAYED_AWAY, STILL_TRYING, Contacts, Customers, Marks
from simulator.engine.floor import Floor
from simulator.engine.lines import Link, Trunks
from simulator.engine.needs import Care, Need
from simulator.engine.pace import Pace
from simulator.engine.queues import Queue
from simulator.engine.rules import LAST_ANSWERED, QUEUE_LENGTH
from simulator.engine.staff import Agent, Bench, Site, Team
from simulator.engine.strain import Strain
from simulator.engine.strategy import Strategy
from simulator.model import world
from simulator.model.channels import KINDS
from simulator.model.people import POLICIES
from simulator.model.world import Model
from simulator.workload import CAUSES, Workload

Floats = NDArray[np.float64]
ROWS_AT_ONCE = 4096  #: by which the ledger grows: few enough to stay in the processor's cache


def assemble(model: Model, workload: Workload, calendar: Calendar, strategy: Strategy) -> Floor:
    """The floor at the scenario's start: sites as declared, nobody at work yet. ``model`` must hold no ranges any more."""
    needs = [need.name for need in model.needs]
    room = min(len(workload) // 2 + 256, ROWS_AT_ONCE)
    contacts = Contacts(
        len(workload) * 9 // 8 + room,
        vec[i32](np.full(room, NOBODY, dtype=np.int32)),
        _floats(np.full(room, np.nan)),
        vec[u8](np.zeros(room, dtype=np.uint8)),
        in_pieces(model),
    )
    calendar.spread(float(model.clock.duration), _pages(model.clock.duration, len(workload)), contacts)
    places = [site.name for site in model.sites]
    channels = [_channel(model, workload, number, places) for number in range(len(model.channels))]
    queues = [_queue(model, workload, channel, number, contacts) for channel in channels for number in range(len(needs))]
    links = [Link(number, int(link.lines)) for number, link in enumerate(model.links)]
    of_name = {link.name: made for link, made in zip(model.links, links, strict=True)}
    sites = []
    for number, site in enumerate(model.sites):
        reserve = vec[i64]([int(site.reserve.get(name, 0)) for name in needs])
        ready = int(site.seats.total if site.open else 0)
        sites.append(Site(number, Trunks([of_name[name] for name in site.links], reserve), site.open, ready))
    bench = Bench()
    teams = [_team(model, number, bench) for number in range(len(model.teams))]
    agents: list[Agent] = []
    for team, made in zip(model.teams, teams, strict=True):
        home = sites[places.index(team.site)]
        first = len(agents)
        agents.extend(Agent(first + i, made, home) for i in range(team.headcount))
    slow = sorted(model.routing.slowdown, key=lambda s: s.occupancy)
    care, strain, grow = model.care, model.strain, _growing(workload)
    return Floor(
        calendar,
        _customers(workload),
        contacts,
        [_need(need, workload, number, grow) for number, need in enumerate(model.needs)],
        channels,
        queues,
        links,
        sites,
        teams,
        agents,
        bench,
        Pace(vec[float]([float(s.occupancy) for s in slow]), vec[float]([float(s.factor) for s in slow])),
        Care(POLICIES.index(care.policy), float(care.after), needs.index(care.to) if care.to else NOBODY, float(care.heard_from)),
        None if strain is None else Strain(strain.builds_up, strain.recovers, strain.slows, strain.distress, strain.restores),
        strategy,
    )


def _pages(duration: float, customers: int) -> int:
    """Pages of the calendar, each of a few entries, and short beside a talk so that hardly anything is entered on the open one."""
    return max(customers // 4, min(int(duration / 20.0), 1 << 20)) + 1


def in_pieces(model: Model) -> bool:
    """Whether contacts of ``model`` can have several pieces of work, or be worked on beside others."""
    distress = any(need.distress is not None for need in model.needs)
    return distress or any(c.turns or c.calling or len(c.speeds) > 1 or KINDS[c.kind].keeps for c in model.channels)


def serves(team: world.Team, channel: world.Channel) -> bool:
    """Whether ``team`` works on ``channel``: the ones it names, else all but those on which we call out."""
    return channel.name in team.channels if team.channels else not KINDS[channel.kind].calls_out


def _team(model: Model, number: int, bench: Bench) -> Team:
    team = model.teams[number]
    pairs = [(channel, need) for channel in model.channels for need in model.needs]
    free = 1.0 - float(team.not_free)
    skill = [float(team.skills.get(need.name, 0.0)) * free if serves(team, channel) else 0.0 for channel, need in pairs]
    helps = [[o for o in model.routing.overflow if o.team == team.name and o.need == need.name] for _, need in pairs]
    return Team(
        number,
        [i for i, channel in enumerate(model.channels) if serves(team, channel)],
        [queue for queue, proficiency in enumerate(skill) if proficiency > 0.0],
        vec[float](skill),
        vec[float]([max((float(o.after) for o in rules), default=0.0) for rules in helps]),
        vec[i64]([max([round(o.keeps) for o in rules] + [channel.keep_free]) for rules, (channel, _) in zip(helps, pairs, strict=True)]),
        bench,
    )


def _channel(model: Model, workload: Workload, number: int, places: Sequence[str]) -> Channel:
    channel = model.channels[number]
    kind = KINDS[channel.kind]
    announced = channel.announced
    laws = workload.laws
    turns, calling = channel.turns, channel.calling
    return Channel(
        number,
        kind.holds_line,
        kind.keeps,
        kind.calls_out,
        places.index(channel.numbers) if channel.numbers else NOBODY,
        0 if announced is None else QUEUE_LENGTH if announced.estimate == "queue-length" else LAST_ANSWERED,
        float(channel.redial.spacing),
        channel.redial.max_attempts,
        _columns(workload.retries[3 * number : 3 * number + 3]),
        _columns(laws["gap"][3 * number : 3 * number + 3]),
        [_moves(model, channel, cause) for cause in CAUSES],
        _floats(laws["menu"][number] if channel.self_service else np.zeros(0)),
        vec[float]([float(speed) for speed in channel.speeds]),
        Conversation(
            float(turns.number),
            _floats(laws["silence"][number]),
            float(turns.same_agent_for),
            _floats(laws["reading"][number]),
            float(turns.idle_timeout),
        )
        if turns
        else None,
        Calling(
            float(calling.rings),
            vec[float]([float(share) for day in calling.answers for share in day]),
            _into_the_week(model.clock.start),
            calling.tries,
            _floats(laws["spacing"][number]),
            float(calling.voicemail),
            float(calling.voicemail_time),
            float(calling.wrong_moment),
            float(calling.solved_time),
            float(calling.promise),
        )
        if calling
        else None,
    )


def _into_the_week(start: str) -> float:
    """Seconds from Monday's midnight to the instant, on its own clock."""
    moment = datetime.fromisoformat(start)
    return float(((moment.weekday() * 24 + moment.hour) * 60 + moment.minute) * 60 + moment.second)


def _moves(model: Model, channel: world.Channel, cause: str) -> vec[float]:
    """Cumulative shares, by channel, of those who go on by another one."""
    moves = channel.redial.moves.get(cause, {})
    return vec[float](np.cumsum([float(moves.get(other.name, 0.0)) for other in model.channels]) if moves else np.zeros(0))


def _queue(model: Model, workload: Workload, channel: Channel, number: int, contacts: Contacts) -> Queue:
    """The queue of one need on one channel."""
    need, declared = model.needs[number], model.channels[channel.number]
    at = int(channel.number) * len(model.needs) + number
    laws = workload.laws
    talk = declared.talk_time.get(need.name, need.talk_time)
    wrap = declared.wrap_up.get(need.name, need.wrap_up)
    machine = declared.self_service
    return Queue(
        at,
        number,
        need.urgency,
        channel,
        contacts,
        _floats(laws["patience"][at]),
        _floats(laws["talk"][at]),
        _floats(laws["wrap"][at]),
        _floats(np.zeros(0) if workload.by_person else workload.talk[at]),
        _floats(np.zeros(0) if workload.by_person else workload.wrap[at]),
        talk.mean + wrap.mean,
        # The distinct waits at which one more team may take a contact.
        vec[float](sorted({float(o.after) for o in model.routing.overflow if o.need == need.name and o.after > 0})),
        float(machine.contains.get(need.name, 0.0)) if machine else 0.0,
    )


def _growing(workload: Workload) -> frozenset[int]:
    """Needs with extra people, who come while the demand is scaled above 1."""
    extra = workload.quiet >= 1.0
    return frozenset(np.unique(workload.need[extra]).tolist()) if extra.any() else frozenset()


def _need(need: world.Need, workload: Workload, number: int, grow: frozenset[int]) -> Need:
    distress = need.distress
    again = distress.again if distress else None
    return Need(
        float(need.resolves),
        float(need.again.probability) if need.again else 0.0,
        _floats(workload.laws["again"][number]),
        _floats(workload.laws["support"][number]),
        float(distress.noticed_after) if distress else 0.0,
        float(distress.resolves) if distress else 1.0,
        float(again.probability) if again else 0.0,
        _floats(workload.laws["unheard"][number]),
        number in grow,
    )


def _customers(workload: Workload) -> Customers:
    n = len(workload)
    nothing = np.zeros(n, dtype=np.uint8)
    fate = np.full(n, STAYED_AWAY, dtype=np.uint8)
    fate[: workload.calls] = STILL_TRYING
    none = vec[float](np.zeros(0))
    troubled = len(workload.distressed) > 0
    wrap = workload.wrap[0] if workload.by_person else np.zeros(0)
    gives_up = workload.gives_up + workload.onset  # all call at once, but posts come into being later, and who is shut out waits
    late = np.flatnonzero(workload.barred)
    gives_up[late] = workload.gives_up[late]
    gives_up[workload.calls :] = workload.gives_up[workload.calls :]
    return Customers(
        _floats(workload.onset),
        vec[u8](workload.need),
        vec[u8](workload.barred),
        _floats(workload.solved_at),
        vec[u8](nothing),
        vec[u8](workload.channel),
        vec[u8](nothing),
        _floats(gives_up),
        _floats(workload.patience),
        _floats(workload.talk[0]) if workload.by_person else none,
        _floats(workload.talk_factor),
        _floats(wrap if len(wrap) == 0 or wrap.min() < wrap.max() else wrap[:1]),
        vec[u8](fate),
        vec[i32](np.full(n, NOBODY, dtype=np.int32)),
        vec[u8](nothing),
        vec[u8](workload.distressed),
        vec[u8](workload.posts),
        _floats(workload.temper),
        vec[i64](workload.key),
        Marks(_contiguous(workload.informed)),
        Marks(_contiguous(workload.quiet)),
        vec[u8](workload.solved_by),
        Marks(_contiguous(workload.tolerance)),
        Marks(_contiguous(workload.persistence)),
        Marks(_contiguous(workload.network)),
        vec[i64](workload.first_post),
        vec[u8](nothing),
        vec[u8](nothing if troubled else np.zeros(0, dtype=np.uint8)),
        vec[u8](nothing),
        workload.calls,
    )


def _floats(column: Floats) -> vec[float]:
    return vec[float](_contiguous(column))


def _contiguous(column: Floats) -> Floats:
    return np.ascontiguousarray(column, dtype=np.float64)


def _columns(columns: Sequence[Floats]) -> list[vec[float]]:
    return [_floats(column) for column in columns]
