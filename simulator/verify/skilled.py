"""What theory says about teams with skills and the strategies that route between them: Markov chains of small centres.

Rates are per unit of time. A state counts who is busy with what and how many wait for what; queues are cut where hardly
anybody ever stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from simulator.verify.exact import stationary

Counts = tuple[int, ...]
Pair = tuple[Counts, Counts]
Helped = tuple[Counts, Counts, tuple[bool, bool]]
Pick = Callable[[int, Counts, int], "int | None"]
"""Which need an agent of a team takes, by the numbers waiting, with so many of the team free, this one among them."""
May = Callable[[int, int, int], bool]
"""Whether a team may take a need, with so many of its agents free."""


@dataclass(frozen=True)
class Skilled:
    """By need: share delayed, share that gives up, mean wait."""

    delayed: tuple[float, ...]
    abandoned: tuple[float, ...]
    wait: tuple[float, ...]


def skills(
    rates: Sequence[float], theta: Sequence[float], agents: Sequence[int], speed: Sequence[Mapping[int, float]],
    order: Sequence[Sequence[int]], most: int = 20, pick: Pick | None = None, may: May = lambda _team, _need, _free: True,
) -> Skilled:  # fmt: skip
    """Teams with skills: ``speed[t][k]`` is the rate at which an agent of team t serves need k.

    An arrival of need k goes to the first team of ``order[k]`` with a free agent that may take it. An agent who becomes free
    takes what ``pick`` says, else the first of the team's needs (in the order of ``speed[t]``) that has someone waiting and
    that the team may take. Queues are cut at ``most``.
    """
    pairs = [(t, k) for t in range(len(agents)) for k in speed[t]]
    place = {pair: i for i, pair in enumerate(pairs)}
    needs = range(len(rates))

    def free(busy: Counts, team: int) -> int:
        return agents[team] - sum(busy[place[team, k]] for k in speed[team])

    def taker(busy: Counts, need: int) -> int | None:
        return next((t for t in order[need] if free(busy, t) and may(t, need, free(busy, t))), None)

    def follows(team: int, waiting: Counts, now_free: int) -> int | None:
        if pick is not None:
            return pick(team, waiting, now_free)
        return next((k for k in speed[team] if waiting[k] and may(team, k, now_free)), None)

    def moves(state: Pair) -> Iterable[tuple[float, Pair]]:
        busy, waiting = state
        for k in needs:
            team = taker(busy, k)
            if team is not None:
                yield rates[k], (_more(busy, place[team, k], 1), waiting)
            elif waiting[k] < most:
                yield rates[k], (busy, _more(waiting, k, 1))
            if waiting[k]:
                yield waiting[k] * theta[k], (busy, _more(waiting, k, -1))
        for i, (t, k) in enumerate(pairs):
            if busy[i]:
                left = _more(busy, i, -1)
                other = follows(t, waiting, free(left, t))
                to = (left, waiting) if other is None else (_more(left, place[t, other], 1), _more(waiting, other, -1))
                yield busy[i] * speed[t][k], to

    p = stationary(((0,) * len(pairs), (0,) * len(rates)), moves)
    delayed = [sum(share for (busy, _), share in p.items() if taker(busy, k) is None) for k in needs]
    return _found(rates, theta, delayed, ((share, waiting) for (_, waiting), share in p.items()))


@dataclass(frozen=True)
class MutualHelp:
    """Two teams, each with a need of its own, which it serves at rate ``own``, and the other team's at rate ``lent``.

    Help begins where the other queue exceeds the team's own by more than ``begin``, in one direction at a time, and ends where
    fewer than ``end`` wait there. A state is (busy with own and with lent work, of both teams; numbers waiting; who helps).
    """

    rates: tuple[float, float]
    theta: float
    agents: tuple[int, int]
    own: float
    lent: float
    begin: int
    end: int
    most: int = 14

    def solved(self) -> Skilled:
        """The long run."""
        start: Helped = ((0, 0, 0, 0), (0, 0), (False, False))
        p = stationary(start, self.moves)
        delayed = [sum(share for s, share in p.items() if self.arrives(s, k)[1][k]) for k in (0, 1)]  # the last to come is the last to go
        return _found(self.rates, (self.theta,) * 2, delayed, ((share, waiting) for (_, waiting, _), share in p.items()))

    def free(self, busy: Counts, team: int) -> int:
        return self.agents[team] - busy[2 * team] - busy[2 * team + 1]

    def looks(self, flags: tuple[bool, bool], team: int, waiting: Counts, more: int = 0) -> tuple[bool, bool]:
        """Who helps after ``team`` has looked at the other queue, which ``more`` are about to join."""
        other = 1 - team
        if flags[team] and waiting[other] >= self.end:
            return flags
        begins = waiting[other] + more - waiting[team] > self.begin and not flags[other]
        return (begins, flags[1]) if team == 0 else (flags[0], begins)

    def freed(self, state: Helped, team: int) -> Helped:
        """A free agent of the team has chosen."""
        busy, waiting, flags = state
        flags = self.looks(flags, team, waiting)
        other = 1 - team
        if flags[team] and waiting[other] > waiting[team]:
            return _more(busy, 2 * team + 1, 1), _more(waiting, other, -1), flags
        if waiting[team]:
            return _more(busy, 2 * team, 1), _more(waiting, team, -1), flags
        return busy, waiting, flags

    def arrives(self, state: Helped, k: int) -> Helped:
        """A contact of need ``k`` has met an agent or joined the queue."""
        busy, waiting, flags = state
        if self.free(busy, k):
            return _more(busy, 2 * k, 1), waiting, flags
        team = 1 - k
        helped = flags[team] and waiting[k] >= self.end
        flags = self.looks(flags, team, waiting, 1)
        if helped and self.free(busy, team):
            return _more(busy, 2 * team + 1, 1), waiting, flags
        state = busy, _more(waiting, k, 1), flags
        for _ in range(self.free(busy, team)):
            if state[2][team]:
                state = self.freed(state, team)
        return state

    def moves(self, state: Helped) -> Iterable[tuple[float, Helped]]:
        busy, waiting, flags = state
        for k in (0, 1):
            if waiting[k] < self.most:
                yield self.rates[k], self.arrives(state, k)
            if waiting[k]:
                yield waiting[k] * self.theta, (busy, _more(waiting, k, -1), flags)
        for i, working in enumerate(busy):
            if working:
                yield working * (self.lent if i % 2 else self.own), self.freed((_more(busy, i, -1), waiting, flags), i // 2)


def first_come_two_agents(
    rates: Sequence[float], speed: Sequence[float], knows: Sequence[Sequence[int]], theta: float, most: int
) -> Skilled:
    """Two agents with skills, first come first served, the longest idle agent: the queue is a word of needs, cut at ``most``.

    A state is (idle agents, longest first; needs that wait, longest first).
    """
    needs = range(len(rates))

    def taker(idle: tuple[int, ...], k: int) -> int | None:
        return next((agent for agent in idle if k in knows[agent]), None)

    def moves(state: Pair) -> Iterable[tuple[float, Pair]]:
        idle, queue = state
        for k in needs:
            agent = taker(idle, k)
            if agent is not None:
                yield rates[k], (tuple(a for a in idle if a != agent), queue)
            elif len(queue) < most:
                yield rates[k], (idle, (*queue, k))
        for i in range(len(queue)):
            yield theta, (idle, queue[:i] + queue[i + 1 :])
        for other in (0, 1):
            if other not in idle:
                first = next((i for i, k in enumerate(queue) if k in knows[other]), None)
                yield speed[other], ((*idle, other), queue) if first is None else (idle, queue[:first] + queue[first + 1 :])

    empty: Pair = ((0, 1), ())
    p = stationary(empty, moves)
    delayed = [sum(share for (idle, _), share in p.items() if taker(idle, k) is None) for k in needs]
    return _found(rates, [theta] * len(rates), delayed, ((share, tuple(queue.count(k) for k in needs)) for (_, queue), share in p.items()))


def _more(counts: Counts, i: int, by: int) -> Counts:
    return (*counts[:i], counts[i] + by, *counts[i + 1 :])


def _found(rates: Sequence[float], theta: Sequence[float], delayed: Sequence[float], seen: Iterable[tuple[float, Counts]]) -> Skilled:
    """The answer out of the shares of time with so many waiting."""
    queue = [0.0] * len(rates)
    for share, waiting in seen:
        for k, length in enumerate(waiting):
            queue[k] += share * length
    wait = [q / rate for q, rate in zip(queue, rates, strict=True)]
    return Skilled(tuple(delayed), tuple(t * w for t, w in zip(theta, wait, strict=True)), tuple(wait))
