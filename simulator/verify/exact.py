"""What theory says about small centres: formulas, and Markov chains solved by linear algebra.

Rates are per unit of time, durations in that unit. ``lam`` is the arrival rate, ``mu`` the rate of service, ``theta`` that
of giving up, ``n`` the number of agents.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
State = TypeVar("State", bound=Hashable)
Moves = Callable[[State], Iterable[tuple[float, State]]]


def erlang_b(n: int, a: float) -> float:
    """Share of ``a`` erlang that ``n`` lines refuse (Erlang 1917); whatever the law of service."""
    blocked = 1.0
    for k in range(1, n + 1):
        blocked = a * blocked / (k + a * blocked)
    return blocked


def erlang_c(n: int, a: float) -> float:
    """Share that waits for one of ``n`` agents if nobody gives up."""
    blocked = erlang_b(n, a)
    return blocked / (1 - a / n * (1 - blocked))


def priority_waits(rates: Sequence[float], mu: float, n: int) -> list[float]:
    """Mean wait of each class, most urgent first: non-preemptive, one law of service (Cobham 1954; Davis 1966)."""
    wait = erlang_c(n, sum(rates) / mu) / (n * mu)
    below = np.concatenate(([0.0], np.cumsum(rates))) / (n * mu)
    return [wait / ((1 - below[k]) * (1 - below[k + 1])) for k in range(len(rates))]


def priority_in_time(rates: Sequence[float], mu: float, n: int, limit: float) -> list[float]:
    """Share of each class answered within ``limit``, most urgent first, as in :func:`priority_waits` (Davis 1966).

    Whoever is delayed finds a geometric number of their own class and above waiting; more urgent ones overtake. All of them
    go before, one at each service that ends.
    """
    from scipy.linalg import expm

    delayed = erlang_c(n, sum(rates) / mu)
    found = []
    for k in range(len(rates)):
        load = sum(rates[: k + 1]) / (n * mu)
        most = math.ceil(math.log(1e-14) / math.log(load)) + 1
        ahead = (1 - load) * load ** np.arange(most)
        over = sum(rates[:k])
        chain = np.diag(np.full(most - 1, over), 1) + np.diag(np.full(most - 1, n * mu), -1) - (over + n * mu) * np.eye(most)
        found.append(1 - delayed * float((ahead @ expm(chain * limit)).sum()))
    return found


def lone_agent_wait(rates: Sequence[float], means: Sequence[float], squares: Sequence[float]) -> float:
    """Mean wait for one agent, first come first served: talk of these ``means`` and mean ``squares`` (Pollaczek 1930, Khinchine 1932)."""
    load = sum(rate * mean for rate, mean in zip(rates, means, strict=True))
    return sum(rate * square for rate, square in zip(rates, squares, strict=True)) / 2 / (1 - load)


def lone_agent_priority_waits(rates: Sequence[float], means: Sequence[float], squares: Sequence[float]) -> list[float]:
    """Mean wait of each class for one agent, most urgent first, whatever the laws of talk (Cobham 1954)."""
    load = np.concatenate(([0.0], np.cumsum(np.multiply(rates, means))))
    work = lone_agent_wait(rates, means, squares) * (1 - load[-1])
    return [float(work / ((1 - load[k]) * (1 - load[k + 1]))) for k in range(len(rates))]


def accumulating_waits(rates: Sequence[float], means: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Mean wait of each class where priority grows at ``weights``: one agent, exponential service (Kleinrock 1964)."""
    load = [rate * mean for rate, mean in zip(rates, means, strict=True)]
    first_come = sum(rate * mean**2 for rate, mean in zip(rates, means, strict=True)) / (1 - sum(load))
    waits = dict.fromkeys(range(len(rates)), 0.0)
    for p in sorted(waits, key=lambda k: weights[k]):
        slower = sum(load[i] * waits[i] * (1 - weights[i] / weights[p]) for i in waits if weights[i] < weights[p])
        faster = sum(load[i] * (1 - weights[p] / weights[i]) for i in waits if weights[i] > weights[p])
        waits[p] = (first_come - slower) / (1 - faster)
    return list(waits.values())


def last_come_in_time(n: int, a: float, limit: float) -> float:
    """Share answered within ``limit`` mean services, the newest first, nobody giving up.

    A delayed caller waits for a busy period of those who come later, which is one of M/M/1 (Takacs's integral).
    """
    from scipy.integrate import quad
    from scipy.special import ive

    def density(x: float) -> float:
        return float(ive(1, 2 * x * math.sqrt(a * n))) * math.exp(-x * (math.sqrt(n) - math.sqrt(a)) ** 2) / x

    return 1 - erlang_c(n, a) * (1 - math.sqrt(n / a) * float(quad(density, 0, limit)[0]))


@dataclass(frozen=True)
class Waiting:
    """What happens to those who were not refused; ``blocked`` is the share of all that were."""

    blocked: float
    delayed: float
    abandoned: float
    wait: float  #: mean, of all accepted
    queue: float  #: mean number waiting
    in_time: float  #: share of the accepted answered within the limit
    busy: float  #: mean number of busy agents


def impatient(lam: float, mu: float, theta: float, n: int, places: int, limit: float) -> Waiting:
    """M/M/n/K+M with K = ``places`` (Palm's Erlang A where it is large), answered within ``limit``."""
    from scipy.linalg import expm

    k = np.arange(places + 1)
    death = np.minimum(k, n) * mu + np.maximum(k - n, 0) * theta
    logs = np.concatenate(([0.0], np.cumsum(np.log(lam) - np.log(death[1:]))))
    p = np.exp(logs - logs.max())
    p /= p.sum()
    accepted = 1 - p[-1]
    queue = float((p * np.maximum(k - n, 0)).sum())
    # A caller who finds i others waiting: they leave one by one, faster than only through service; the last step is an answer.
    ahead = places - n
    chain = np.zeros((ahead + 1, ahead + 1))
    for i in range(ahead):
        chain[i, i] = -(n * mu + i * theta + theta)
        chain[i, i - 1 if i else ahead] = n * mu + i * theta
    answered = expm(chain * limit)[:, ahead]
    in_time = float(p[:n].sum() + (p[n:places] * answered[:ahead]).sum()) / accepted
    return Waiting(
        float(p[-1]),
        float(p[n:-1].sum()) / accepted,
        theta * queue / lam / accepted,
        queue / lam / accepted,
        queue,
        in_time,
        float((p * np.minimum(k, n)).sum()),
    )


def generally_impatient(lam: float, mu: float, n: int, survival: Callable[[Floats], Floats], limit: float, longest: float) -> Waiting:
    """M/M/n+G (Baccelli and Hebuterne 1981; Zeltyn and Mandelbaum 2005) by quadrature up to ``longest``.

    ``survival`` is the share of people whose patience exceeds a wait. Steps of patience should fall on the grid: it has
    2^19 cells, and ``limit`` and ``longest`` should be round.
    """
    x = np.linspace(0.0, longest, (1 << 19) + 1)
    middle = (x[1:] + x[:-1]) / 2
    step = x[1] - x[0]
    g = survival(middle)
    spent = np.concatenate(([0.0], np.cumsum(g * step)))
    half = spent[:-1] + g * step / 2
    weight = np.exp(lam * half - n * mu * middle) * step
    base = 1 / erlang_b(n - 1, lam / mu)
    total = base + lam * weight.sum()
    density = lam * weight / total  # of the wait offered to the delayed
    delayed = float(density.sum())
    served = float((density * g).sum())
    wait = float((density * half).sum())
    in_time = 1 - delayed + float((density * g)[middle < limit].sum())
    abandoned = delayed - served
    return Waiting(0.0, delayed, abandoned, wait, lam * wait, in_time, lam * (1 - abandoned) / mu)


def generator(start: State, moves: Moves[State]) -> tuple[list[State], Any]:
    """All states that can be reached from ``start``, and the matrix of rates between them (sparse, rows add up to 0)."""
    from scipy.sparse import coo_matrix

    number: dict[State, int] = {start: 0}
    states = [start]
    rows: list[int] = []
    columns: list[int] = []
    rates: list[float] = []
    for i, state in enumerate(states):  # the list grows while it is read
        for rate, to in moves(state):
            j = number.setdefault(to, len(states))
            if j == len(states):
                states.append(to)
            rows += [i, i]
            columns += [j, i]
            rates += [rate, -rate]
    return states, coo_matrix((rates, (rows, columns)), shape=(len(states), len(states))).tocsc()


def stationary(start: State, moves: Moves[State]) -> dict[State, float]:
    """Long-run shares of time in each state; ``start`` should be a likely one, since all is solved relative to it.

    Raises ArithmeticError where the balance is not met to 1e-9.
    """
    from scipy.sparse.linalg import spsolve

    states, rates = generator(start, moves)
    balance = rates.T.tocsc()
    others = spsolve(balance[1:, 1:], -balance[1:, 0].toarray()[:, 0])
    p = np.concatenate(([1.0], others))
    p /= p.sum()
    if not np.abs(balance @ p).max() < 1e-9:
        raise ArithmeticError("the chain's balance equations are not met")
    return dict(zip(states, p.tolist(), strict=True))


def until_absorbed(start: State, moves: Moves[State], rewards: Callable[[State], Sequence[float]]) -> list[float]:
    """Expected sums of ``rewards`` (each a rate in a state) until the chain comes to a state that it never leaves."""
    from scipy.sparse.linalg import spsolve

    states, rates = generator(start, moves)
    alive = np.flatnonzero(rates.diagonal() < 0)
    inside = rates[alive][:, alive]
    gained = np.array([rewards(states[i]) for i in alive])
    first = int(np.flatnonzero(alive == 0)[0])
    start_at = np.zeros(len(alive))
    start_at[first] = 1.0
    return (spsolve(inside.T.tocsc(), -start_at) @ gained).tolist()  # type: ignore[no-any-return]  # SciPy ships no types


@dataclass(frozen=True)
class Trying:
    """Retrials: attempts of a customer and the share never served."""

    attempts: float
    never: float


def retrials(
    lam: float, mu: float, n: int, gamma: float, *, places: int, theta: float = 0.0, again: float = 1.0, orbit: int = 150
) -> Trying:
    """M/M/n/K+M where those refused, and a share ``again`` of those who gave up, try again after an exponential time of rate ``gamma``.

    The orbit is cut at ``orbit`` people (its probability should be negligible).
    """

    def moves(state: tuple[int, int]) -> Iterable[tuple[float, tuple[int, int]]]:
        k, o = state
        if k < places:
            yield lam, (k + 1, o)
        elif o < orbit:
            yield lam, (k, o + 1)
        if o and k < places:
            yield gamma * o, (k + 1, o - 1)
        if k:
            yield min(k, n) * mu, (k - 1, o)
        if k > n and theta:
            if o < orbit:
                yield (k - n) * theta * again, (k - 1, o + 1)
            yield (k - n) * theta * (1 - again), (k - 1, o)

    p = stationary((min(n, places), 1), moves)
    tried = lam + sum(share * gamma * o for (_, o), share in p.items())
    given_up = sum(share * (k - n) * theta * (1 - again) for (k, _), share in p.items() if k > n)
    return Trying(tried / lam, given_up / lam)


def finite_population(people: int, lines: int, n: int, *, first: float, mu: float, theta: float, gamma: float, again: float) -> list[float]:
    """Expected attempts, served, never served, abandoned, refused and summed waits of ``people`` who call once each.

    Rates: ``first`` of the first call, ``gamma`` of the next, which a share ``again`` of those refused or impatient makes.
    """

    def moves(state: tuple[int, int, int]) -> Iterable[tuple[float, tuple[int, int, int]]]:
        still, k, o = state
        for rate, calm, orbit in ((still * first, still - 1, o), (o * gamma, still, o - 1)):
            if rate and k < lines:
                yield rate, (calm, k + 1, orbit)
            elif rate:
                yield rate * again, (calm, k, orbit + 1)
                yield rate * (1 - again), (calm, k, orbit)
        if k:
            yield min(k, n) * mu, (still, k - 1, o)
        if k > n:
            yield (k - n) * theta * again, (still, k - 1, o + 1)
            yield (k - n) * theta * (1 - again), (still, k - 1, o)

    def rewards(state: tuple[int, int, int]) -> list[float]:
        still, k, o = state
        calls, waiting = still * first + o * gamma, max(k - n, 0)
        refused = calls if k == lines else 0.0
        return [calls, min(k, n) * mu, (refused + waiting * theta) * (1 - again), waiting * theta, refused, waiting]

    return until_absorbed((people, 0, 0), moves, rewards)


@dataclass(frozen=True)
class Stretch:
    """Expected sums of one stretch of a centre that is in no steady state."""

    blocked: float
    abandoned: float
    queue: float  #: contacts waiting x time
    busy: float  #: agents busy x time


def transient(stretches: Sequence[tuple[float, float, int]], mu: float, theta: float, lines: int, start: int = 0) -> list[Stretch]:
    """M_t/M/n_t/K+M with ``start`` people at first; each stretch is (length, arrival rate, agents). An augmented matrix exponential."""
    from scipy.sparse import bmat, diags, eye
    from scipy.sparse.linalg import expm_multiply

    k = np.arange(lines + 1)
    p = np.zeros(lines + 1)
    p[start] = 1.0
    found = []
    for length, lam, n in stretches:
        up = np.where(k < lines, lam, 0.0)
        down = np.minimum(k, n) * mu + np.maximum(k - n, 0) * theta
        forward = diags([up[:-1], -(up + down), down[1:]], [-1, 0, 1])
        both = bmat([[forward, None], [eye(lines + 1), diags([np.zeros(lines + 1)], [0])]]).tocsc()
        p, spent = np.split(expm_multiply(both * length, np.concatenate((p, np.zeros(lines + 1)))), 2)  # spent: time in each state
        queue = float((spent * np.maximum(k - n, 0)).sum())
        found.append(Stretch(lam * float(spent[-1]), theta * queue, queue, float((spent * np.minimum(k, n)).sum())))
    return found


def in_service(
    rate: Callable[[Floats], Floats], survival: Callable[[Floats], Floats], instant: float, since: float, cells: int = 1 << 16
) -> float:
    """Mean (and variance) of the number in service at ``instant`` with endless agents: M_t/G/inf, arrivals from ``since`` on."""
    edges = np.linspace(since, instant, cells + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    return float((rate(middle) * survival(instant - middle)).sum() * (instant - since) / cells)


def drain_wait(people: int, n: int, mu: float) -> float:
    """Mean wait where ``people`` come at once and ``n`` agents serve them at rate ``mu`` each, nobody giving up."""
    return sum(max(place - n + 1, 0) / (n * mu) for place in range(people)) / people


def drain_looks(people: int, n: int, mu: float, *, first: float, every: float, last: float) -> tuple[float, float]:
    """Mean and variance of how many looks find somebody in service where ``people`` come at once and ``n`` agents serve them.

    Looks are taken at ``first``, and every ``every`` until ``last`` after they came.
    """
    from scipy.linalg import expm

    k = np.arange(people + 1)
    down = np.minimum(k, n) * mu
    rates = np.diag(-down) + np.diag(down[1:], -1)
    p = expm(rates * first)[people]
    step = expm(rates * every)
    mean = squares = 0.0
    for number in range(1, int((last - first) // every) + 2):
        busy = 1.0 - float(p[0])  # at least so many looks
        mean += busy
        squares += (2 * number - 1) * busy
        p = p @ step
    return mean, squares - mean * mean


def two_links(every: float, repair: float, beta: float, duration: float) -> tuple[float, float]:
    """Expected shares of ``duration`` with at least one, and with both, of two links down that both work at the start.

    A link fails once in ``every`` on average, the share ``beta`` of that together with the other (the beta factor); each is
    repaired on its own.
    """
    from scipy.linalg import expm

    fail, mend = 1 / every, 1 / repair
    rates = np.array([[0.0, 2 * (1 - beta) * fail, beta * fail], [mend, 0.0, fail], [0.0, 2 * mend, 0.0]])
    rates -= np.diag(rates.sum(axis=1))
    spent = expm(np.block([[rates, np.eye(3)], [np.zeros((3, 6))]]) * duration)[0, 3:]
    return float(spent[1] + spent[2]) / duration, float(spent[2]) / duration
