"""The cases: which scenario file, which number, and what theory says it is.

One unit of time is a minute. Identifiers such as EA-1 name a case in tables and tests.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from simulator.verify import exact, skilled
from simulator.verify.case import SHORT, Case, Check
from simulator.verify.checks import MINUTE, RARE, SETTLED, by_need, delayed, seconds, share, waiting
from simulator.verify.crises import crises
from simulator.verify.quantity import Quantity, at_instants, counted, daily, in_hour, measured, weighed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WORLDS = {
    "EC-1": 336, "EA-1": 256, "EA-3": 72, "MG-1": 72, "MG-4": 112, "MG-6": 384, "PR-1": 576, "PR-2": 1600, "PR-3": 560, "RT-1": 168,
    "RT-2": 672, "RV-1": 56, "SK-6": 64, "SK-9": 56, "SK-7": 72, "CM-2": 64, "AP-1": 96, "LI-2": 96, "LI-1": 72, "TV-1": 832,
    "TV-3": 2200, "NB-1": 296, "TX-1": 640, "FL-1": 400, "FL-2": 656, "FP-1": 1400, "DR-1": 1704, "CM-1": 2200, "IV-1": 368,
    "CH-2": 400, "CH-4": 120, "CH-5": 624, "CH-6": 2400, "CB-2": 6400, "BL-1": 896,
}  # fmt: skip
"""Replications of the cases that run long and need more than others, so that an error of one per cent is seen."""
NOT_YET = (
    "preemptive priorities",
    "power that fails: only links fail by chance, and nothing fails because a battery or a tank is empty",
    "talk that slows down by the number who talk at this instant (it slows by the hour's occupancy, and by an agent's own strain)",
)
"""What theory could check and a scenario cannot say."""


@cache
def cases() -> tuple[Case, ...]:
    """Every case, with its exact values (computed at the first call: a few seconds)."""
    every = (
        *_loss(),
        *_waiting(),
        *_patience(),
        *_priorities(),
        *_again(),
        *_lines(),
        *_skills(),
        *_strategies(),
        *_over_time(),
        *crises(),
    )
    return tuple(replace(case, replications=WORLDS.get(case.id, case.replications)) for case in every)


def _loss() -> Iterator[Case]:
    same = (share("block_rate", exact.erlang_b(10, 8.0)),)
    yield Case("EB-1M", "Erlang B, exponential talk", "erlang-b-exponential", same)
    yield Case("EB-1D", "Erlang B, constant talk", "erlang-b-constant", same)
    yield Case("EB-1G", "Erlang B, lognormal talk", "erlang-b-lognormal", same)
    impatient = (share("abandon_rate", exact.erlang_b(10, 8.0)), seconds("mean_wait", 0.0))
    yield Case("EB-4", "Erlang B, nobody waits for one of ten agents", "erlang-b-no-patience", impatient)
    large = exact.erlang_b(120, 110.0)
    carried = Check("lines busy", measured("occupancy", **SETTLED), 110 * (1 - large) / 120)
    yield Case("EB-2", "Erlang B, 110 erlang on 120 lines", "erlang-b-large", (share("block_rate", large), carried))
    full = exact.erlang_b(30, 45.0)
    carried = Check("lines busy", measured("occupancy", **SETTLED), 45 * (1 - full) / 30)
    yield Case("EB-3", "Erlang B in overload", "erlang-b-overload", (share("block_rate", full), carried))


def _waiting() -> Iterator[Case]:
    wait = exact.erlang_c(12, 10.0)
    yield Case(
        "EC-1",
        "Erlang C",
        "erlang-c",
        (
            delayed(wait),
            seconds("asa", wait / 2),
            share("service_level", 1 - wait * math.exp(-2 / 3)),
            Check("occupancy", measured("occupancy", **SETTLED), 10 / 12),
        ),
        patient=True,
    )
    plain = exact.impatient(10.0, 1.0, 0.5, 10, 200, 0.2)
    yield Case("EA-1", "Erlang A", "erlang-a", waiting(plain, 10))
    yield Case("EA-3", "Erlang A, one agent", "erlang-a-one-agent", waiting(exact.impatient(2.0, 1.0, 1.0, 1, 100, 0.5), 1))
    yield Case("TR-2", "M/M/10/15+M", "few-lines", waiting(exact.impatient(14.0, 1.0, 0.5, 10, 15, 0.25), 10))
    yield Case("TR-4", "M/M/10/40+M", "many-lines", waiting(exact.impatient(14.0, 1.0, 0.5, 10, 40, 0.25), 10))


def _patience() -> Iterator[Case]:
    laws = {
        "MG-1": ("constant patience", "patience-constant", lambda x: (x < 0.5) * 1.0),
        "MG-4": ("two kinds of patience", "patience-mixed", lambda x: 0.4 * np.exp(-4 * x) + 0.6 * np.exp(-x / 2)),
        "MG-6": ("three of ten do not wait at all", "patience-balking", lambda x: 0.7 * np.exp(-x / 2)),
    }
    for name, (says, file, survival) in laws.items():
        yield Case(name, f"M/M/10+G, {says}", file, waiting(exact.generally_impatient(12.0, 1.0, 10, survival, 0.25, 16.0), 10))
    scale = 1 / math.gamma(1.5)
    fluid = exact.generally_impatient(150.0, 1.0, 100, lambda x: np.exp(-((x / scale) ** 2)), 0.5, 8.0)
    yield Case("FL-3", "deep overload, Weibull patience (fluid limit: a third gives up, 94.8 wait)", "fluid-weibull", waiting(fluid, 100))


def _priorities() -> Iterator[Case]:
    needs = ("urgent", "other")
    served = exact.erlang_c(10, 8.0) / 2
    yield Case(
        "PR-1",
        "priorities",
        "priority-two",
        (
            *_urgencies(needs, exact.priority_waits((3.0, 5.0), 1.0, 10), exact.priority_in_time((3.0, 5.0), 1.0, 10, 0.5)),
            Check("mean wait of all, s (work conservation)", measured("mean_wait", **SETTLED), served * MINUTE, "seconds"),
        ),
        patient=True,
    )
    three, rates = ("life-safety", "urgent", "information"), (0.5, 2.0, 6.0)
    checks = _urgencies(three, exact.priority_waits(rates, 0.25, 38), exact.priority_in_time(rates, 0.25, 38, 1.0))
    yield Case("PR-2", "three urgencies", "priority-three", tuple(checks), patient=True)
    waits = exact.lone_agent_priority_waits((0.2, 0.3), (1.0, 2.0), (2.0, 13.0))
    checks = (seconds("mean_wait", wait, need=need) for need, wait in zip(needs, waits, strict=True))
    yield Case("PR-3", "priorities, one agent, lognormal talk", "priority-general", tuple(checks), patient=True)


def _urgencies(needs: Sequence[str], waits: Sequence[float], in_time: Sequence[float]) -> Iterator[Check]:
    for need, wait, share_in_time in zip(needs, waits, in_time, strict=True):
        yield seconds("mean_wait", wait, need=need)
        yield share("service_level", share_in_time, need=need)


def _again() -> Iterator[Case]:
    for name, says, file, found in (
        ("RT-1", "retrials, one line", "retrial-one", exact.retrials(0.6, 1.0, 1, 0.5, places=1)),
        ("RT-2", "retrials, five lines", "retrial-five", exact.retrials(4.0, 1.0, 5, 2.0, places=5)),
    ):
        tries = Check("attempts per customer", measured("attempts_per_customer", **SETTLED), found.attempts, "number")
        yield Case(name, says, file, (tries,))
    found = exact.retrials(7.0, 1.0, 5, 0.5, places=40, theta=1.0, again=0.6, orbit=60)
    yield Case(
        "RT-4",
        "redials after giving up",
        "redial-after-abandoning",
        (
            Check("attempts per customer", measured("attempts_per_customer", **SETTLED), found.attempts, "number"),
            share("never_served", found.never),
        ),
    )


def _lines() -> Iterator[Case]:
    k = np.arange(31)
    up = np.where(k < 24, 30.0, 10.0)
    logs = np.concatenate(([0.0], np.cumsum(np.log(up[:-1]) - np.log(k[1:]))))
    p = np.exp(logs - logs.max())
    p /= p.sum()
    yield Case(
        "RV-1",
        "lines kept for the urgent",
        "reserved-lines",
        (share("block_rate", float(p[30]), need="urgent"), share("block_rate", float(p[24:].sum()), need="other")),
    )


def _skills() -> Iterator[Case]:
    half = (0.5, 0.5)
    shape = skilled.skills((2.2, 1.5), half, (2, 2), N_SHAPE, N_ORDER)
    yield Case("SK-1", "N-shaped skills", "skills-n", by_need(shape, TWO))
    shape = skilled.skills((2.2, 1.5), half, (2, 2), N_SHAPE, N_ORDER, may=lambda team, need, free: free > (team == 1 and need == 0))
    yield Case("SK-2", "N-shaped skills, one agent kept free", "skills-n-kept", by_need(shape, TWO))
    shape = skilled.skills((2.4, 1.6), half, (2, 2), ({0: 1.0, 1: 0.8}, {1: 1.0, 0: 0.8}), ((0, 1), (1, 0)))
    yield Case("SK-5", "X-shaped skills", "skills-x", by_need(shape, TWO))
    three = ("left", "middle", "right")
    shape = skilled.skills((0.6, 0.5, 0.6), (1.0,) * 3, (1, 1), ({0: 1.0, 1: 1.0}, {2: 1.0, 1: 1.0}), ((0,), (0, 1), (1,)), most=12)
    yield Case("SK-6", "W-shaped skills", "skills-w", by_need(shape, three))
    shape = skilled.first_come_two_agents((0.5, 0.4, 0.5), (1.0, 1.2), ((0, 1), (1, 2)), 2.0, most=7)
    yield Case("SK-9", "W-shaped skills, first come, longest idle", "skills-first-come", by_need(shape, three))


TWO = ("first", "second")
N_SHAPE = ({0: 1.0}, {1: 1.0, 0: 1.0})
N_ORDER = ((0, 1), (1,))


def _strategies() -> Iterator[Case]:
    """Strategies that go by the numbers waiting, as chains; those that go by age, by their formulas."""
    waits = exact.accumulating_waits((0.2, 0.3), (1.0, 1.5), (4.0, 1.0))
    first_come = exact.accumulating_waits((0.2, 0.3), (1.0, 1.5), (1.0, 1.0))[0]
    conserved = Check(
        "work x wait (conservation)", weighed("mean_wait", {"quick": 0.2, "slow": 0.45}, **SETTLED), 0.65 * first_come * MINUTE, "seconds"
    )
    yield Case(
        "AP-1",
        "accumulating priority",
        "accumulating-priority",
        (*(seconds("mean_wait", w, need=need) for need, w in zip(("quick", "slow"), waits, strict=True)), conserved),
        patient=True,
    )
    served = exact.erlang_c(10, 9.0)
    in_time = (seconds("mean_wait", served), share("service_level", exact.last_come_in_time(10, 9.0, 1.0)))
    yield Case("LI-2", "newest first, nobody gives up", "newest-first", in_time, patient=True)
    plain = exact.impatient(14.0, 1.0, 0.5, 10, 200, 0.25)
    lost = (
        delayed(plain.delayed),
        share("abandon_rate", plain.abandoned),
        Check("mean queue", measured("queue_mean", **SETTLED), plain.queue, "number"),
    )
    yield Case("LI-1", "newest first, impatient: as many give up as with the oldest first", "newest-first-impatient", lost)

    half = (0.5, 0.5)
    quick = skilled.skills((1.0, 0.8), half, (2,), ({1: 2.0, 0: 0.5},), ((0,), (0,)), most=25)
    yield Case("CM-2", "c-mu: the quick first, at equal cost of waiting", "c-mu", by_need(quick, ("slow", "quick")))

    def longest(team: int, waiting: tuple[int, ...], _free: int) -> int | None:
        most = max((waiting[k], -k) for k in N_SHAPE[team])
        return -most[1] if most[0] else None

    shape = skilled.skills((2.2, 1.5), half, (2, 2), N_SHAPE, N_ORDER, pick=longest)
    yield Case("SK-3", "max-weight, N-shaped skills", "max-weight", by_need(shape, TWO))

    def beyond(team: int, waiting: tuple[int, ...], _free: int) -> int | None:
        found = max(((waiting[k] - (0.37, 0.63)[k] * sum(waiting), k) for k in N_SHAPE[team] if waiting[k]), default=None)
        return None if found is None else found[1]

    shape = skilled.skills((2.2, 1.5), half, (2, 2), N_SHAPE, N_ORDER, pick=beyond)
    yield Case("SK-4", "fixed queue ratio, N-shaped skills", "fixed-queue-ratio", by_need(shape, TWO))
    shape = skilled.MutualHelp((2.2, 1.2), 0.5, (2, 2), 1.0, 0.8, begin=3, end=2).solved()
    yield Case("SK-7", "mutual help with thresholds", "mutual-help", by_need(shape, TWO))

    speed, hurry, weight = (1.0, 0.5), (2.0, 0.25), (1.0, 4.0)

    def worth(_team: int, waiting: tuple[int, ...], _free: int) -> int | None:
        until = sum(n / mu for n, mu in zip(waiting, speed, strict=True)) / 3
        index = {k: weight[k] * speed[k] * -math.expm1(-hurry[k] * until) for k in (0, 1) if waiting[k]}
        return max(index, key=index.__getitem__, default=None)

    saved = skilled.skills((2.0, 0.9), hurry, (3,), (dict(enumerate(speed)),), ((0,), (0,)), pick=worth)
    yield Case("TG-1", "triage", "triage", by_need(saved, ("hasty", "steady")))


DAY = (108, 123, 137, 148, 155, 159, 159, 155, 148, 137, 123, 108, 92, 77, 63, 52, 45, 41, 41, 45, 52, 63, 77, 92)
"""Calls an hour of ``endless-agents-daily``, near 100 + 60 sin."""


def _over_time() -> Iterator[Case]:
    def hourly(hours: Floats) -> Floats:
        return np.asarray(np.array(DAY, dtype=np.float64)[np.floor(hours).astype(int) % 24])

    def number(quantity: partial[Quantity], mean: float, when: str) -> tuple[Check, Check]:
        mean_of, spread_of = quantity(), quantity(about=mean)
        return Check(f"in service {when}", mean_of, mean, "number"), Check(f"its variance {when}", spread_of, mean, "spread")

    checks: tuple[Check, ...] = ()
    for hour in (6, 9, 12):
        mean = exact.in_service(hourly, lambda age: np.exp(-4 * age), float(hour), hour - 12.0, 12 * 3600)
        checks += number(partial(daily, "lines", hour), mean, f"at {hour}:00")
    yield Case("TV-1", "M_t/M/inf over days", "endless-agents-daily", checks)

    sigma = math.sqrt(math.log(2))
    median = math.exp(-sigma * sigma / 2) / 6

    def ramp(hours: Floats) -> Floats:
        return 4800 * np.minimum(hours, 1.0)

    def still_talking(age: Floats) -> Floats:
        return np.asarray(ndtr(-np.log(age / median) / sigma))

    checks = ()
    for row, instant in enumerate((0.5, 1.0, 1.5, 2.0)):
        if instant != 1.5:
            checks += number(
                partial(at_instants, "lines", row), exact.in_service(ramp, still_talking, instant, 0.0), f"after {instant:g} h"
            )
    yield Case("TV-3", "M_t/G/inf from nothing", "endless-agents-ramp", checks, SHORT)

    spread = 500.0 + 500.0**2 / 20
    busy = (
        Check("calls a day", counted("attempted", 500.0, power=1), 500.0, "number"),
        Check("their variance", counted("attempted", 500.0, power=2), spread, "spread"),
    )
    yield Case("NB-1", "days that differ (negative binomial)", "busy-days", busy)

    yield from _overload()


def _overload() -> Iterator[Case]:
    """Days that all begin empty, with an hour or more of overload in them."""
    hours = {18: ("before", 180.0), 19: ("doubled", 360.0), 20: ("helped", 360.0), 21: ("after", 320.0)}
    evening = [(17.0, 1.0, 0), (1.0, 1.0, 6)] + [(1.0, rate, 6 if hour < 20 else 14) for hour, (_, rate) in hours.items()]
    checks: tuple[Check, ...] = ()
    for hour, stretch in zip(hours, exact.transient(evening, 20.0, 15.0, 24)[2:], strict=True):
        name, rate = hours[hour]
        checks += (Check(f"mean queue, {name}", in_hour(hour, "queue_time"), stretch.queue, "number"),)
        checks += (Check(f"agents busy, {name}", in_hour(hour, "busy_time"), stretch.busy, "number"),)
        if stretch.blocked / rate > RARE:
            checks += (Check(f"busy signals, {name}", in_hour(hour, "blocked", "arrived"), stretch.blocked / rate),)
    says = "transient overload, staff change (time-dependent chain)"
    yield Case("TX-1", says, "overload", checks, controls=tuple(_calls(hour, *hours[hour]) for hour in hours))
    hours = {9: ("before", 1200.0), 10: ("overload", 1800.0), 11: ("after", 600.0)}
    for case, says, file, theta, lines in (
        ("FL-1", "an hour of overload (fluid limit: 572 give up)", "fluid-step", 15.0, 250),
        ("FL-2", "an hour of overload, nobody gives up (fluid limit: 600 wait, and an hour until nobody does)", "fluid-patient", 0.0, 1200),
    ):
        day = exact.transient([(1.0, 1.0, 100)] + [(1.0, rate, 100) for _, rate in hours.values()], 12.0, theta, lines)
        checks = (Check("mean queue, overload", in_hour(10, "queue_time"), day[2].queue, "number"),)
        if theta:
            lost = sum(stretch.abandoned for stretch in day)
            checks += (Check("give up, in ten days", measured("abandoned"), 10 * lost, "number"),)
        else:
            checks += (Check("mean queue, after", in_hour(11, "queue_time"), day[3].queue, "number"),)
        yield Case(case, says, file, checks, controls=tuple(_calls(hour, *hours[hour]) for hour in hours))


def _calls(hour: int, name: str, rate: float) -> Check:
    return Check(f"calls, {name}", in_hour(hour, "attempted"), rate, "number")
