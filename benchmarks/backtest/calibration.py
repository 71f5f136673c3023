"""What the calls of one month teach: patience, talk, the pause between calls, who goes first; and how levels drift.

Every law is estimated from the single calls of February 1999; the level of talk time from the half-hours. Nothing is
tuned until a prediction fits.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np

from benchmarks.backtest.records import HALF_HOUR, TYPES, Call, HalfHour, Outcome
from simulator.model.distributions import Distribution, Empirical, PiecewiseHazard

PROSPECTS = "NW"  #: they have no head start, and what they are told about the queue does not move them
HEARD = 60.0  #: the place in the queue is told on joining; the next announcement comes after a minute
PATIENCE_EDGES = (0.0, 5.0, 10.0, 20.0, 40.0, HEARD, 80.0, 120.0, 180.0, 240.0, 300.0, 420.0)
EARLY_EDGES = (0.0, 5.0, 10.0, 20.0, 40.0)
ANNOUNCED_EDGES = (0.0, 40.0, 80.0, 120.0, 180.0, 240.0, 360.0)
PAUSE_EDGES = (0.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 150.0, 300.0)
LEFT = 600.0  #: the file counts an agent as present between calls that lie at most this far apart
UNKNOWN_AGENT = "0"
CAUTION = 200  #: expected calls added to an hour's; an hour with fewer calls than these stays at 1
SURGE, SURGE_CALLS = 4.0, 40
FULL_DAY = 500  #: served calls from which a day tells about the spread of days
TALK_CV2 = 1.9  #: squared coefficient of variation of a talk time: (278 / 202)^2
FEW = 30  #: types with fewer calls than this are given the law of all

Past = Sequence[tuple[HalfHour, Outcome]]


@dataclass(frozen=True)
class Drift:
    """How the level of talk time moves: its mean logarithm against February, its spread over months and days, its day."""

    level: float
    month_sd: float
    day_sd: float
    by_hour: tuple[float, ...] = (1.0,) * 24  #: factor on talk time by hour of the day
    surge: float = 1.0  #: factor in half-hours with SURGE times the usual arrivals
    usual: Mapping[tuple[int, int], float] = field(default_factory=dict)  #: arrivals by weekday and half-hour: the median

    def surges(self, half_hour: HalfHour) -> bool:
        """Whether so many call that something must have gone down: they ask the same and are told the same."""
        usual = self.usual.get((half_hour.day.weekday(), half_hour.number), math.inf)
        return sum(half_hour.arrivals) >= max(SURGE * usual, SURGE_CALLS)


@dataclass(frozen=True)
class Calibration:
    """All that the model of the bank needs; laws by type of caller."""

    patience: Mapping[str, Distribution]  #: of those who stay when they hear how long the queue is
    talk: Mapping[str, Distribution]
    pause: Distribution  #: between two calls of an agent while callers wait
    tolerance: Distribution  #: announced wait beyond which a customer (not a prospect) hangs up
    head_start: float  #: seconds by which customers jump over prospects
    drift: Drift


def hazard_law(spans: Sequence[float], ended: Sequence[bool], edges: tuple[float, ...]) -> PiecewiseHazard:
    """The piecewise constant hazard of greatest likelihood: events over exposure in each bin; right-censored where not ``ended``.

    A bin in which nothing was at risk or nothing happened is given half an event, so that the law stays proper.
    """
    time, event = np.asarray(spans, dtype=np.float64), np.asarray(ended, dtype=bool)
    rates = []
    for low, high in zip(edges, (*edges[1:], math.inf), strict=True):
        exposure = float(np.clip(time - low, 0.0, high - low).sum())
        events = int((event & (time >= low) & (time < high)).sum())
        rates.append(max(events, 0.5) / max(exposure, 1.0))
    return PiecewiseHazard(edges, tuple(rates))


def pauses(calls: Sequence[Call]) -> tuple[list[float], list[bool]]:
    """How long an agent needs from the end of a call until the next, while there is somebody to serve.

    An agent who does not start the next call although callers wait is not idle but occupied with something that the
    records do not show. The pause is censored when the queue runs empty; one longer than LEFT means that the agent had left.
    """
    spans: list[float] = []
    ended: list[bool] = []
    days: dict[object, list[Call]] = defaultdict(list)
    for call in calls:
        days[call.day].append(call)
    for day in days.values():
        starts, ends = busy_queue([(call.offered, call.offered + call.wait) for call in day if call.wait > 0 and call.type in ("PS", "NW")])
        agents: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for call in day:
            if call.answered and call.agent != UNKNOWN_AGENT:
                agents[call.agent].append((call.began, call.began + call.service))
        for spells in agents.values():
            spells.sort()
            for (_, finished), (began, _) in pairwise(spells):
                pause = began - finished
                where = bisect_right(starts, finished) - 1
                if not 0 < pause <= LEFT or where < 0 or ends[where] <= finished:
                    continue
                # The caller whom this agent takes has left the queue when service starts: some seconds of grace.
                seen = pause if began <= ends[where] + 5.0 else ends[where] - finished
                spans.append(seen)
                ended.append(seen == pause)
    return spans, ended


def busy_queue(waits: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Starts and ends of the stretches during which at least one caller waits."""
    starts: list[float] = []
    ends: list[float] = []
    for start, end in sorted(waits):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def head_start(calls: Sequence[Call]) -> float:
    """The seconds by which customers jump over prospects: where choosing by adjusted arrival agrees with most choices made.

    A choice is a service start of one class while a caller of the other waited; candidates are multiples of 5 s up to 300 s.
    """
    customer_chosen: list[float] = []  # how much later the customer had come than the prospect
    prospect_chosen: list[float] = []
    days: dict[object, list[Call]] = defaultdict(list)
    for call in calls:
        if call.wait > 0:
            days[call.day].append(call)
    for day in days.values():
        day.sort(key=lambda call: call.offered)
        arrivals = [call.offered for call in day]
        for call in day:
            if not call.answered:
                continue
            start = call.offered + call.wait
            prospect = call.type == PROSPECTS
            for other in day[bisect_left(arrivals, start - 900.0) : bisect_left(arrivals, start - 5.0)]:
                if (other.type == PROSPECTS) != prospect and other.offered + other.wait > start + 2.0:
                    if prospect:
                        prospect_chosen.append(other.offered - call.offered)
                    else:
                        customer_chosen.append(call.offered - other.offered)
    first, second = np.asarray(customer_chosen), np.asarray(prospect_chosen)
    # Each side counts as a share, or the more frequent class would decide alone.
    agreement = [((first <= c).mean() if len(first) else 0.0) + ((second >= c).mean() if len(second) else 0.0) for c in range(0, 305, 5)]
    return 5.0 * int(np.argmax(agreement))


def drift(past: Past, talk: Mapping[str, Distribution]) -> Drift:
    """The level of talk time by month, day and hour, against what February's laws give for the same mix of callers."""
    by_type = [talk[name].mean for name in TYPES]
    counts: dict[tuple[int, int], list[int]] = defaultdict(list)
    for half_hour, _ in past:
        counts[half_hour.day.weekday(), half_hour.number].append(sum(half_hour.arrivals))
    plain = Drift(0.0, 0.0, 0.0, usual={when: float(np.median(n)) for when, n in counts.items()})
    seen: list[tuple[HalfHour, int, float, float]] = []  # half-hour, calls, seconds of talk, seconds expected
    for half_hour, outcome in past:
        if outcome.mean_service is not None and outcome.served > 0:
            mix = sum(n * m for n, m in zip(half_hour.arrivals, by_type, strict=True)) / sum(half_hour.arrivals)
            seen.append((half_hour, outcome.served, outcome.served * outcome.mean_service, outcome.served * mix))

    def levels(of: Callable[[HalfHour], object], base: Callable[[HalfHour], float], prior: int) -> dict[object, tuple[float, int]]:
        """By key the ratio of actual to expected talk, with ``prior`` expected calls added to both, and the number of calls."""
        actual: dict[object, float] = defaultdict(float)
        expected: dict[object, float] = defaultdict(float)
        calls: dict[object, int] = defaultdict(int)
        for half_hour, n, spent, usual in seen:
            key = of(half_hour)
            actual[key] += spent
            expected[key] += usual * base(half_hour)
            calls[key] += n
        extra = {key: prior * expected[key] / calls[key] for key in actual}
        return {key: ((actual[key] + extra[key]) / (expected[key] + extra[key]), calls[key]) for key in actual}

    down = [row for row in seen if plain.surges(row[0])]
    seen = [row for row in seen if not plain.surges(row[0])]
    month = levels(lambda h: h.day.month, lambda _: 1.0, 0)
    hour = levels(lambda h: h.number // 2, lambda h: month[h.day.month][0], CAUTION)
    by_hour = tuple(hour[h][0] if h in hour and hour[h][1] >= CAUTION else 1.0 for h in range(24))
    day = levels(lambda h: h.day, lambda h: month[h.day.month][0] * by_hour[h.number // 2], 0)
    logs = [math.log(level) for level, _ in month.values()]
    full = [(math.log(level), n) for level, n in day.values() if n >= FULL_DAY]
    noise = sum(TALK_CV2 / n for _, n in full) / max(len(full), 1)
    spread = sum(value**2 for value, _ in full) / max(len(full), 1)
    return Drift(
        level=float(np.mean(logs)),
        month_sd=float(np.std(logs, ddof=1)) if len(logs) > 1 else 0.0,
        day_sd=math.sqrt(max(spread - noise, 0.0)),
        by_hour=by_hour,
        surge=sum(row[2] for row in down) / sum(row[3] for row in down) if down else 1.0,
        usual=plain.usual,
    )


def announced(calls: Sequence[Call], agents: Mapping[tuple[date, int], float], handle: float) -> list[tuple[Call, float]]:
    """The customers who had to wait, each with the wait that their place in the queue meant: place x handle time / agents."""
    days: dict[date, list[Call]] = defaultdict(list)
    for call in calls:
        if call.wait > 0 and call.type != PROSPECTS:
            days[call.day].append(call)
    told = []
    for day, waiting in days.items():
        arrivals = sorted(call.offered for call in waiting)
        departures = sorted(call.offered + call.wait for call in waiting)
        for call in waiting:
            place = 1 + bisect_left(arrivals, call.offered) - bisect_right(departures, call.offered)
            present = agents.get((day, int(call.offered // HALF_HOUR)), 0.0)
            if present >= 1.0:
                told.append((call, place * handle / present))
    return told


def tolerance_law(told: Sequence[tuple[Call, float]], edges: tuple[float, ...]) -> PiecewiseHazard:
    """The announced wait that drives people away, from who hangs up within HEARD seconds of hearing it.

    By bin of the announced wait the cumulative hazard of those seconds; what those in the first bin have anyway is not
    due to the announcement. It is made not to fall, and attributed to the middle of the bin.
    """
    spent = []
    for low, high in zip(edges, (*edges[1:], math.inf), strict=True):
        group = [call for call, wait in told if low <= wait < high]
        spans, left = [min(c.wait, HEARD) for c in group], [not c.answered and c.wait < HEARD for c in group]
        rates = hazard_law(spans, left, EARLY_EDGES).rates
        spent.append(sum(rate * (b - a) for rate, a, b in zip(rates, EARLY_EDGES, (*EARLY_EDGES[1:], HEARD), strict=True)))
    extra = np.maximum.accumulate(np.maximum(np.asarray(spent) - spent[0], 0.0))
    middles = [0.0, *((a + b) / 2 for a, b in pairwise(edges)), edges[-1] * 4 / 3]
    slopes = np.maximum(np.diff([0.0, *extra]) / np.diff(middles), 1e-9)
    # Beyond the last bin the mean slope goes on.
    return PiecewiseHazard(tuple(middles), (*slopes.tolist(), max(float(extra[-1]) / middles[-1], 1e-9)))


def patience_law(everybody: Sequence[Call], undisturbed: Sequence[Call]) -> PiecewiseHazard:
    """Patience from queue waits: the first HEARD seconds from those whom the announcement did not disturb."""
    early, late = (hazard_law([c.wait for c in of], [not c.answered for c in of], PATIENCE_EDGES).rates for of in (undisturbed, everybody))
    heard = PATIENCE_EDGES.index(HEARD)
    return PiecewiseHazard(PATIENCE_EDGES, (*early[:heard], *late[heard:]))


def calibrate(calls: Sequence[Call], past: Past) -> Calibration:
    """Every law from the single ``calls``, the level of talk time from the ``past`` half-hours."""
    answered = [call for call in calls if call.answered]
    talk: dict[str, Distribution] = {}
    for name in TYPES:
        times = [call.service for call in answered if call.type == name]
        talk[name] = Empirical(tuple(times if len(times) >= FEW else [call.service for call in answered]))
    pause = hazard_law(*pauses(calls), PAUSE_EDGES)
    customers = [call for call in answered if call.type != PROSPECTS]
    handle = sum(call.service for call in customers) / max(len(customers), 1) + pause.mean
    told = announced(calls, {(half_hour.day, half_hour.number): half_hour.agents for half_hour, _ in past}, handle)
    waited = {name: [call for call in calls if call.wait > 0 and call.type == name] for name in TYPES}
    base = {name: [c for c, wait in told if wait < ANNOUNCED_EDGES[1] and c.type == name] for name in TYPES}
    all_customers = patience_law([call for call, _ in told], [call for call, wait in told if wait < ANNOUNCED_EDGES[1]])
    patience: dict[str, Distribution] = {}
    for name in TYPES:
        undisturbed = waited[name] if name == PROSPECTS else base[name]
        enough = sum(not call.answered for call in undisturbed) >= FEW
        patience[name] = patience_law(waited[name], undisturbed) if enough else all_customers
    return Calibration(patience, talk, pause, tolerance_law(told, ANNOUNCED_EDGES), head_start(calls), drift(past, talk))
