"""Runs written by hand: every row is a known story, so that every number has a known answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from simulator.model.distributions import Constant
from simulator.model.edges import edges
from simulator.model.world import Channel, Clock, Continuity, Harm, Model, Need, Phase, Routing, Seats, Site, Step, Team, Threshold
from simulator.records.run import Ledger, LogEntry, Observations, Persons, Pieces, Run
from simulator.routing.declared import FirstCome
from simulator.statistics.measures import measures
from simulator.statistics.tally import tally
from simulator.statistics.worlds import Worlds
from simulator.vocabulary import AgentState, Cause, Fate, Heard, Outcome, Piece, Solved

HOUR = 3600.0
OBJECTIVES = Continuity(rto=6 * HOUR, mtpd=8 * HOUR, mbco=0.95)


@dataclass
class Story:
    """A model and rows that one adds; ``run`` writes the books that belong to them."""

    model: Model
    rows: list[tuple[float, ...]] = field(default_factory=list)
    people: list[tuple[float, ...]] = field(default_factory=list)
    work: list[tuple[float, ...]] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)
    seen: dict[str, np.ndarray] = field(default_factory=dict)

    def customer(
        self,
        *attempts: tuple[float, Outcome, float, float],
        need: int = 0,
        fate: Fate | None = None,
        solved: Solved = Solved.NO,
        settled: float = np.nan,
        onset: float | None = None,
        site: int = 0,
        channel: int = 0,
        cause: Cause = Cause.NONE,
        barred: int = 0,
        menu: float = 0.0,
        agent: int = 0,
        resolved: int | None = None,
        heard: Heard = Heard.CALM,
        repeats: int = 0,
        standing: float = 0.0,
        posted: int = 0,
        demand: int = 0,
    ) -> int:
        """Attempts are (arrived, outcome, wait, handle time); a handled attempt serves the customer, whose number is returned.

        They meet the agents ``menu`` seconds after they arrive.
        """
        number = len(self.people)
        for k, (arrived, outcome, wait, handle) in enumerate(attempts):
            answering = outcome in {Outcome.HANDLED, Outcome.DROPPED, Outcome.IN_SERVICE_AT_END}
            meets = answering or outcome in {Outcome.ABANDONED, Outcome.CUT_OFF, Outcome.OPEN_AT_END, Outcome.CALLBACK_ACCEPTED}
            queued = arrived + menu if meets else np.nan
            answered = queued + wait if answering else np.nan
            left = answered + handle if answering else arrived + menu + wait
            open_end = outcome in {Outcome.OPEN_AT_END, Outcome.IN_SERVICE_AT_END}
            end = np.nan if open_end else left
            by = agent if answering else -1
            self.rows.append((number, k, need, channel, site, by, arrived, queued, answered, end, end, outcome, cause))
            if outcome == Outcome.HANDLED and fate is None:
                fate, settled = Fate.SERVED, answered
            elif outcome == Outcome.IN_SERVICE_AT_END and fate is None:
                fate, settled = Fate.IN_SERVICE, answered
        first = attempts[0][0] if attempts else 0.0
        fate = Fate.GAVE_UP if fate is None else fate
        resolved = int(fate == Fate.SERVED) if resolved is None else resolved
        person = (need, demand, first if onset is None else onset, len(attempts), fate, solved, settled, barred, 0)
        self.people.append((*person, resolved, heard, repeats, standing, posted))
        return number

    def callback(
        self,
        customer: int,
        listed: float,
        outcome: Outcome,
        *dials: tuple[float, Piece, float],
        channel: int = 1,
        cause: Cause = Cause.NONE,
        agent: int = 0,
    ) -> int:
        """An entry of the list and its dials (begun, what it came to, how long it took); the row of the ledger is returned."""
        row, need = len(self.rows), int(self.people[customer][0])
        for begun, what, took in dials:
            self.work.append((row, agent, begun, begun, begun + took, what))
        reached = outcome in {Outcome.HANDLED, Outcome.IN_SERVICE_AT_END}
        end = max((begun + took for begun, _, took in dials), default=listed)
        end = np.nan if outcome in {Outcome.OPEN_AT_END, Outcome.IN_SERVICE_AT_END} else end
        answered = dials[-1][0] if reached else np.nan
        by = agent if reached else -1
        self.rows.append((customer, 0, need, channel, -1, by, listed, listed, answered, end, end, outcome, cause))
        return row

    def conversation(
        self, *turns: tuple[float, float, float, int], need: int = 0, channel: int = 1, over: bool = True, **person: object
    ) -> int:
        """Turns are (written, begun, answered, agent); the first agent's are the contact's. Returns the customer."""
        number, row = len(self.people), len(self.rows)
        first, last = turns[0], turns[-1]
        for written, begun, ended, agent in turns:
            self.work.append((row, agent, written, begun, ended, Piece.TURN))
        end = last[2] if over else np.nan
        outcome = Outcome.HANDLED if over else Outcome.IN_SERVICE_AT_END
        self.rows.append((number, 0, need, channel, -1, first[3], first[0], first[0], first[1], end, end, outcome, Cause.NONE))
        said = {"resolved": int(over), "heard": Heard.CALM, "repeats": 0, "standing": 0.0, "posted": 0} | person
        self.people.append((need, 0, first[0], 1, Fate.SERVED, Solved.NO, first[1], 0, 0, *said.values()))  # type: ignore[arg-type]  # a row of numbers
        return number

    def run(self, replication: int = 0, agents: int = 10) -> Run:
        model = self.model
        made = sorted(range(len(self.rows)), key=lambda i: (self.rows[i][6], i))  # the ledger is in the order of attempts
        place = {row: number for number, row in enumerate(made)}
        table = np.array([self.rows[i] for i in made], dtype=float).reshape(-1, 13).T
        kinds = (np.int32, np.uint8, np.uint8, np.uint8, np.int32, np.int32, *(float,) * 5, np.uint8, np.uint8)
        book = Ledger(*(column.astype(kind) for column, kind in zip(table, kinds, strict=True)))
        table = np.array(self.people, dtype=float).reshape(-1, 14).T
        types = (np.uint8, np.uint8, float, *(np.uint8,) * 3, float, *(np.uint8,) * 5, float, np.uint8)
        persons = Persons(*(column.astype(kind) for column, kind in zip(table, types, strict=True)))
        work = sorted(((place[int(piece[0])], *piece[1:]) for piece in self.work), key=lambda piece: piece[4])
        table = np.array(work, dtype=float).reshape(-1, 6).T
        pieces = Pieces(*(c.astype(k) for c, k in zip(table, (np.int32, np.int32, float, float, float, np.uint8), strict=True)))
        return Run(
            variant=model.variant,
            replication=replication,
            needs=tuple(n.name for n in model.needs),
            demands=tuple(demand.name for demand in model.demand) or ("calls",),
            channels=tuple(c.name for c in model.channels),
            sites=tuple(s.name for s in model.sites),
            links=("north",),
            teams=tuple(t.name for t in model.teams),
            ledger=book,
            persons=persons,
            pieces=pieces,
            strain=np.zeros(0),
            team_of=np.repeat(np.arange(len(model.teams)), [t.headcount for t in model.teams]).astype(np.int32),
            log=tuple(self.log),
            observations=self._observations(book, agents),
            costs={},
            ended_at=float(model.clock.duration),
            entries=0,
        )

    def _observations(self, book: Ledger, agents: int) -> Observations:
        clock = self.model.clock
        at = np.array(edges(self.model))
        rows, sites, needs, channels = len(at), len(self.model.sites), len(self.model.needs), len(self.model.channels)
        left = np.where(np.isnan(book.answered), np.where(np.isnan(book.released), clock.duration, book.released), book.answered)
        spent = np.zeros((rows, channels * needs))
        for q in range(channels * needs):
            mine = ~np.isnan(book.queued) & (book.channel == q // needs) & (book.need == q % needs)
            for a, b in zip(book.queued[mine], left[mine], strict=True):
                spent[:, q] += np.clip(at, a, b) - a
        time = np.zeros((rows, len(self.model.teams), len(AgentState)))
        for k, team in enumerate(self.model.teams):
            time[:, k, AgentState.BUSY] = 0.75 * agents * at
            time[:, k, AgentState.AVAILABLE] = 0.25 * agents * at
            time[:, k, AgentState.OFF] = (team.headcount - agents) * at
        made = {
            "instant": at,
            "online": np.full((rows, sites), agents),
            "seats": np.full((rows, sites), 20),
            "waiting_for_seat": np.zeros((rows, sites), dtype=int),
            "on_the_way": np.zeros((rows, sites), dtype=int),
            "lines": np.zeros((rows, 1), dtype=int),
            "queue": np.zeros((rows, channels * needs), dtype=int),
            "conversations": np.zeros((rows, channels), dtype=int),
            "agent_time": time,
            "site_online_time": np.repeat((agents * at)[:, None], sites, axis=1),
            "queue_time": spent,
            "free_agents": np.zeros(rows, dtype=int),
            "numbers_live": np.ones(rows, dtype=np.uint8),
            "deciding": np.zeros(rows, dtype=np.uint8),
        }
        seen = made | self.seen
        seen.setdefault("online_peak", np.column_stack((seen["online"].sum(axis=1), seen["online"])))
        return Observations(**seen)


def model_of(
    *,
    duration: float = 9 * HOUR,
    interval: float = HOUR,
    impact: float | None = 2 * HOUR,
    phases: tuple[Phase, ...] = (Phase("before", 0.0), Phase("after", 2 * HOUR)),
    continuity: Continuity | None = OBJECTIVES,
    thresholds: tuple[Threshold, ...] = (),
    playbook: tuple[Step, ...] = (),
    events: tuple[Step, ...] = (),
    variant: str = "as-written",
    **more: object,
) -> Model:
    calls = Constant(60.0)
    made = Model(
        name="by-hand",
        variant=variant,
        clock=Clock("UTC", "2017-09-19T07:00:00+00:00", duration, interval, impact, phases),
        needs=(Need("everyday", 2, calls, calls, calls), Need("urgent", 1, calls, calls, calls, Harm(by=HOUR, weight=10.0))),
        demand=(),
        channels=(Channel("voice", "voice", "main", 0.8, 20.0, 5.0),),
        links=(),
        sites=(Site("main", Seats(20, 20), ("north",)), Site("temporary", Seats(20, 0), ("north",), open=False)),
        teams=(Team("service", 12, "main", {"everyday": 1.0, "urgent": 1.0}, ()),),
        routing=Routing(FirstCome()),
        events=events,
        playbook=playbook,
        continuity=continuity,
        thresholds=thresholds,
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of a Model


@pytest.fixture(scope="session")
def model() -> Callable[..., Model]:
    return model_of


@pytest.fixture(scope="session")
def story() -> Callable[..., Story]:
    return lambda **changes: Story(model_of(**changes))


def micro_case(story: Story) -> Story:
    """ST-7: 10 arrived = 1 blocked, 6 served after 0, 5, 15, 20, 25, 60 s, 3 abandoned after 3, 18, 40 s; t = 20 s, short = 5 s."""
    story.customer((10.0, Outcome.BLOCKED, 0.0, 0.0), cause=Cause.NO_LINE)
    for wait in (0.0, 5.0, 15.0, 20.0, 25.0, 60.0):
        story.customer((100.0, Outcome.HANDLED, wait, 300.0))
    for wait in (3.0, 18.0, 40.0):
        story.customer((200.0, Outcome.ABANDONED, wait, 0.0))
    return story


@pytest.fixture
def micro(story: Callable[..., Story]) -> Story:
    return micro_case(story())


def value_of(story: Story, name: str, **scope: str) -> float:
    """The measure in the one world of ``story``."""
    (estimate,) = Worlds([tally(story.run(), story.model)]).estimates(scope, [measures[name]])
    return estimate.mean


@pytest.fixture(scope="session")
def value() -> Callable[..., float]:
    return value_of
