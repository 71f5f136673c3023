"""What theory says about channels beside plain calls: slots, turns, letters, callbacks, people who keep calling.

Rates are per unit of time; ``mu`` is the rate of service, ``n`` the number of agents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.verify.exact import stationary


def sharing(lam: float, mean: float, speeds: Sequence[float]) -> tuple[float, float]:
    """One server who works on up to so many jobs, each at ``speeds[j - 1]`` while there are j: share refused, mean time of a job.

    Whatever the law of the work of ``mean``: generalised processor sharing with loss is insensitive (Cohen 1979).
    """
    weights = [1.0]
    for j, speed in enumerate(speeds, 1):
        weights.append(weights[-1] * lam * mean / (j * speed))
    p = np.array(weights) / sum(weights)
    number = float((p * np.arange(len(p))).sum())
    return float(p[-1]), number / (lam * (1 - float(p[-1])))


def blended(lam: float, mu: float, n: int, keep: int) -> tuple[float, float, float]:
    """Calls before letters without end, which start only while more than ``keep`` of ``n`` agents are free, at one rate ``mu``.

    Share of calls delayed, their mean wait, letters answered per unit of time (Bhulai and Koole 2003).
    """
    # At least n - keep are busy at all times; above that only calls start.
    levels = np.arange(n - keep, n + 1)
    p = np.concatenate(([1.0], np.cumprod(lam / (levels[1:] * mu))))
    rho = lam / (n * mu)
    total = p[:-1].sum() + p[-1] / (1 - rho)
    delayed = float(p[-1] / (1 - rho) / total)
    busy = float((levels[:-1] * p[:-1]).sum() + n * p[-1] / (1 - rho)) / total
    return delayed, delayed / (n * mu - lam), busy * mu - lam


def talking(people: int, answer: float, silence: float) -> tuple[float, float]:
    """Conversations without end of ``people`` with one agent: share of time in which the agent writes, mean time to a reply.

    An answer takes ``answer``, the next message comes ``silence`` after it, both exponential on average (the machine repair
    model; Palm 1947). What waits, waits first come, first served.
    """
    weights = [1.0]
    for i in range(people):
        weights.append(weights[-1] * (people - i) * answer / silence)
    p = np.array(weights) / sum(weights)
    busy = 1 - float(p[0])
    return busy, float((p * np.arange(people + 1)).sum()) / (busy / answer)


def few_sources(people: int, lines: int, gamma: float, mu: float) -> tuple[float, float]:
    """Each of ``people`` calls again at rate ``gamma`` whenever not in talk: share of calls refused, mean number in talk (Engset 1918)."""

    def shares(people: int) -> list[float]:
        weights = [1.0]
        for k in range(lines):
            weights.append(weights[-1] * (people - k) * gamma / ((k + 1) * mu))
        return [w / sum(weights) for w in weights]

    # A caller meets the others as they are without the caller.
    return shares(people - 1)[lines], sum(k * p for k, p in enumerate(shares(people)))


@dataclass(frozen=True)
class CalledBack:
    """What happens where callbacks are offered. Shares are of all who arrive."""

    accepted: float
    abandoned: float
    queue: float  #: mean number waiting on the line
    delay: float  #: mean time on the list
    busy: float  #: mean number of busy agents


def called_back(
    lam: float, mu: float, theta: float, n: int, *, from_queue: int, accept: float, keep: int, waiting: int = 60, listed: int = 150
) -> CalledBack:
    """M/M/n+M in which whoever finds ``from_queue`` or more waiting is offered a callback, and a share ``accept`` takes it.

    An agent calls back only while more than ``keep`` are free. Queue and list are cut at ``waiting`` and ``listed``.
    """

    def moves(state: tuple[int, int]) -> Iterable[tuple[float, tuple[int, int]]]:
        inside, on_list = state
        queue = max(inside - n, 0)
        taken = accept if inside >= n + from_queue else 0.0
        if taken and on_list < listed:
            yield lam * taken, (inside, on_list + 1)
        if queue < waiting:
            yield lam * (1 - taken), (inside + 1, on_list)
        if inside:
            leaves = min(inside, n) * mu + queue * theta
            calls = on_list > 0 and inside - 1 < n - keep  # more than ``keep`` are free then
            yield leaves, (inside, on_list - 1) if calls else (inside - 1, on_list)

    p = stationary((n, 0), moves)
    accepted = accept * sum(share for (inside, _), share in p.items() if inside >= n + from_queue)
    queue = sum(share * max(inside - n, 0) for (inside, _), share in p.items())
    on_list = sum(share * number for (_, number), share in p.items())
    busy = sum(share * min(inside, n) for (inside, _), share in p.items())
    return CalledBack(accepted, theta * queue / lam, queue, on_list / (lam * accepted), busy)
