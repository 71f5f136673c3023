"""The share of agents who are not free, and patience where no file has it, set right by simulation.

Erlang A takes each interval for itself and in its steady state. Real intervals begin with the queue that the one before them left, and
small centres are empty in the morning; the simulator knows both. The same worlds are used at every value, so that their chance cancels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.estimate import LEAST_ABANDONS, Estimate, Known, graded
from simulator.calibration.fit import Fit
from simulator.calibration.patience import Patience
from simulator.calibration.replay import model_of, replay, settled
from simulator.model.distributions import Exponential
from simulator.model.world import Model

Floats = NDArray[np.float64]
STEPS = np.array([-0.10, -0.05, -0.02, 0.0, 0.02, 0.05, 0.10])
FACTORS = np.array([0.4, 0.65, 1.0, 1.55, 2.5])
"""By what the patience that Erlang A gives is tried to be multiplied."""
CALLS = 60_000
"""Calls that are simulated for each value, about."""
DAYS = 12
DRAWS = 400


def chosen(days: Sequence[str], most: int = DAYS) -> list[str]:
    """Some days, evenly spread."""
    places = np.unique(np.linspace(0, len(days) - 1, min(most, len(days))).astype(np.int64))
    return [days[int(k)] for k in places]


def refined(fit: Fit, days: Sequence[str], timezone: str, *, seed: int) -> Fit:
    """The fit with the share not free under which, in simulation, as many give up on ``days`` as did."""
    if not fit.teams or any(t.free.not_free.known is Known.NOWHERE for t in fit.teams):
        return fit
    used = chosen(days)
    for number in range(len(fit.teams)):
        fit = _of_team(fit, number, used, timezone, seed)
    return fit


def _of_team(fit: Fit, number: int, days: Sequence[str], timezone: str, seed: int) -> Fit:
    team = fit.teams[number]
    mine = [k for k, q in enumerate(fit.queues) if q.queue in team.team.queues]
    names = [fit.queues[k].name for k in mine]
    base = model_of(fit, timezone)
    each = sum(q.calls / max(q.week.days, 1) for q in fit.queues) * len(days)
    worlds = int(np.clip(CALLS / max(each, 1.0), 4, 40))
    shares = float(np.clip(team.free.not_free.value, -0.1, 0.35)) + STEPS
    trial = _Trial(fit, team.name, mine, days, shares, seed)
    mean = team.free.patience
    if mean is not None:
        tables = [trial.of(_patient(base, names, mean.value * factor), 2) for factor in FACTORS]
        mean = _patience(tables, shares, mean)
        base = _patient(base, names, mean.value)
    table = trial.of(base, worlds)
    means = [mean] if mean is not None else [fit.queues[k].patience.mean for k in mine]
    ends = [trial.of(_scaled(base, names, means, end), 2) for end in ("low", "high")] if any(m.high > m.low for m in means) else []
    return _with(fit, number, table, ends, mean)


def _patient(model: Model, needs: Sequence[str], mean: float) -> Model:
    return replace(model, needs=tuple(replace(n, patience=Exponential(mean)) if n.name in needs else n for n in model.needs))


def _scaled(model: Model, needs: Sequence[str], means: Sequence[Estimate], end: str) -> Model:
    """The model with exponential patience at one end of the interval of each need."""
    by_need = dict(zip(needs, means if len(means) == len(needs) else [means[0]] * len(needs), strict=True))
    return replace(
        model,
        needs=tuple(
            replace(n, patience=Exponential(max(getattr(by_need[n.name], end), 1.0))) if n.name in by_need else n for n in model.needs
        ),
    )


@dataclass(frozen=True)
class _Table:
    """Abandonments and summed waits of the answered: simulated (shares, worlds, days), observed (days,)."""

    shares: Floats
    gone: Floats
    waits: Floats
    seen: Floats
    waited: Floats

    @property
    def by_waits(self) -> bool:
        """Whether the answered waits are known: they say more than how many gave up."""
        return bool(self.waited.sum() > 0)

    def matched(self, target: float, *, by_waits: bool) -> float:
        """The share at which the mean over worlds of a total, which grows with it, is ``target``."""
        curve = (self.waits if by_waits else self.gone).mean(axis=1).sum(axis=1)
        return float(np.interp(target, np.maximum.accumulate(curve), self.shares))

    @property
    def value(self) -> float:
        """The share that agrees with what was observed."""
        target = self.waited if self.by_waits else self.seen
        return self.matched(float(target.sum()), by_waits=self.by_waits)

    def chance(self) -> Floats:
        """What would be found if worlds of the nearest share were what was observed; (draws,)."""
        nearest = int(np.argmin(np.abs(self.shares - self.value)))
        totals = (self.waits if self.by_waits else self.gone)[nearest]
        draws = np.random.Generator(np.random.PCG64(21))
        days = np.arange(totals.shape[1])
        drawn = [totals[draws.integers(0, totals.shape[0], totals.shape[1]), days].sum() for _ in range(DRAWS)]
        return np.array([self.matched(float(total), by_waits=self.by_waits) for total in drawn])


@dataclass(frozen=True)
class _Trial:
    """Days simulated at several shares not free of one team, in the same worlds."""

    fit: Fit
    team: str
    mine: Sequence[int]
    days: Sequence[str]
    shares: Floats
    seed: int

    def of(self, model: Model, worlds: int) -> _Table:
        """What ``model`` gives at each share."""
        shape = (len(self.shares), worlds, len(self.days))
        gone, waits = np.zeros(shape), np.zeros(shape)
        seen = waited = np.zeros(len(self.days))
        for k, share in enumerate(self.shares):
            found = replay(
                settled(model, **{self.team.replace("-", "_"): float(share)}),
                self.fit,
                self.days,
                seed=self.seed,
                worlds=worlds,
                own_talk=True,
            )
            gone[k] = found.simulated["abandoned"][:, :, self.mine].sum(axis=(2, 3))
            waits[k] = found.simulated["answer_wait"][:, :, self.mine].sum(axis=(2, 3))
            seen, waited = (found.observed[name][:, self.mine].sum(axis=(1, 2)) for name in ("abandoned", "answer_wait"))
        return _Table(self.shares, gone, waits, seen, waited)


def _patience(tables: Sequence[_Table], shares: Floats, before: Estimate) -> Estimate:
    """The mean patience under which those who were answered waited as long as they did, with as many giving up."""
    misses = []
    for table in tables:
        share = table.matched(float(table.seen.sum()), by_waits=False)
        waits = float(np.interp(share, shares, table.waits.mean(axis=1).sum(axis=1)))
        misses.append(math.log(max(waits, 1e-6) / float(table.waited.sum())))
    order = np.argsort(misses)
    factor = math.exp(float(np.interp(0.0, np.array(misses)[order], np.log(FACTORS)[order])))
    low, high = (limit * factor for limit in (before.low, before.high))
    return replace(
        before, value=before.value * factor, low=low, high=high, method="how many gave up and how long the answered waited, simulated"
    )


def _with(fit: Fit, number: int, table: _Table, ends: Sequence[_Table], mean: Estimate | None) -> Fit:
    """The fit with the share that matches; its limits hold chance, and what patience leaves open."""
    team = fit.teams[number]
    value, spread = table.value, table.chance()
    tails = [float(q) - float(np.median(spread)) for q in np.quantile(spread, (0.05, 0.95))]
    open_ = [end.value - value for end in ends] if mean is None else []
    low = value - math.hypot(min(tails[0], 0.0), min([0.0, *open_]))
    high = value + math.hypot(max(tails[1], 0.0), max([0.0, *open_]))
    count = int(table.seen.sum())
    method = "the answered wait as long as they did, simulated" if table.by_waits else "as many give up as did, simulated"
    note = team.free.not_free.note
    share = graded(value, low, high, method=method, n=count, unit="abandonments", enough=LEAST_ABANDONS, note=note)
    if share.known is not Known.ASSUMED:
        share = replace(share, known=Known.RANGE)
    teams = list(fit.teams)
    teams[number] = replace(team, free=replace(team.free, not_free=share, patience=mean or team.free.patience))
    queues = fit.queues
    if mean is not None:
        queues = tuple(replace(q, patience=Patience(mean)) if q.queue in team.team.queues else q for q in queues)
    return replace(fit, teams=tuple(teams), queues=queues)
