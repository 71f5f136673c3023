"""The simulated worlds of one variant side by side: any measure in any scope, one value per world, and its estimate."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.errors import UsageError
from simulator.statistics.books import CONTACT_SUMS, CUSTOMER_SUMS, TIME_SUMS
from simulator.statistics.contents import applies
from simulator.statistics.estimation import mean_interval, per_run, percentiles, ratio_interval
from simulator.statistics.measures import DIMENSIONS, check_scope, possible, terms
from simulator.statistics.summary import Estimate
from simulator.statistics.whose import key
from simulator.vocabulary import AgentState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.statistics.measures import Measure
    from simulator.statistics.tally import Tally

    Floats = NDArray[np.float64]

Scope = dict[str, str]

_STATES = (AgentState.AWAY, AgentState.BREAK, AgentState.AVAILABLE, AgentState.BUSY, AgentState.WRAP)


class Worlds:
    """Tallies of one variant, in order of replication (R of them). Raises UsageError without any, or with one twice."""

    def __init__(self, tallies: Sequence[Tally]) -> None:
        if not tallies:
            raise UsageError("there is no finished replication to summarise")
        self.tallies = sorted(tallies, key=lambda t: t.replication)
        self.replications = tuple(t.replication for t in self.tallies)
        if len(set(self.replications)) < len(self.replications):
            raise UsageError("a replication is given twice")
        first = self.tallies[0]
        self.frame = first.frame
        self.names: Mapping[str, tuple[str, ...]] = {
            "phase": tuple(name for name in self.frame.phases if name),
            "need": first.needs,
            "channel": first.channels,
            "site": first.sites,
            "group": first.groups,
        }
        # Axes: worlds, sums, phases, then needs and channels, sites, needs, or groups.
        self._contacts = np.stack([self.frame.by_phase(t.contacts, axis=1) for t in self.tallies])
        self._at_site = np.stack([t.at_site for t in self.tallies])
        self._customers = np.stack([t.customers for t in self.tallies])
        self._of_groups = np.stack([t.of_groups for t in self.tallies])
        self._people_of_groups = np.stack([t.people_of_groups for t in self.tallies])
        # Axes: worlds, slots, then needs and channels, sites, or states.
        self._times = [
            np.stack([getattr(t, name) for t in self.tallies]) for name in ("elapsed", "queue_time", "online_time", "agent_time")
        ]
        self._sums: dict[tuple[str, frozenset[tuple[str, str]]], dict[str, Floats]] = {}

    def slim(self) -> Worlds:
        """Without the courses over intervals, most of what tallies hold, which comparisons of many variants do not ask for."""
        dropped: dict[str, Any] = {"contacts": np.empty(0), "wait_quantiles": np.empty(0)}
        kept = [name for name, value in vars(self.tallies[0]).items() if isinstance(value, np.ndarray) and name not in dropped]
        # Copies, because arrays that were read from a file share one buffer.
        self.tallies = [replace(t, observed={}, **dropped, **{name: getattr(t, name).copy() for name in kept}) for t in self.tallies]
        return self

    def scopes(self) -> Iterator[Scope]:
        """The scopes of every report: all, each phase, need, channel, site and group, and phases by each of the others."""
        others = DIMENSIONS[1:]
        for dims in ((), ("phase",), *((d,) for d in others), *(("phase", d) for d in others)):
            for words in product(*(self.names[d] for d in dims)):
                yield dict(zip(dims, words, strict=True))

    def has(self, measure: Measure, scope: Mapping[str, str] | None = None) -> bool:
        """Whether the scenario contains what ``measure`` is about, and the channel of ``scope`` can have it."""
        first = self.tallies[0]
        if measure.about and measure.about not in first.contents:
            return False
        return not scope or "channel" not in scope or applies(measure.about, first.kinds[first.channels.index(scope["channel"])])

    def figures(self, measure: Measure, scope: Mapping[str, str]) -> tuple[Floats, Floats | None]:
        """Numerator and denominator of ``measure`` in each world; no denominator where it is a sum or one value per run.

        NaN where there is nothing that the measure is about. Raises UsageError where the measure does not
        exist in ``scope``.
        """
        check_scope(measure, scope, self.names)
        return self._figures(measure, scope)

    def _figures(self, measure: Measure, scope: Mapping[str, str]) -> tuple[Floats, Floats | None]:
        if not self.has(measure, scope):
            return np.full(len(self.tallies), np.nan), None
        if measure.kind == "run":
            place = key(measure.name, scope)
            return np.array([t.values.get(place, np.nan) for t in self.tallies]), None
        sums = self._sums_in(measure.kind, scope)
        y = sum((sign * sums[name] for sign, name in terms(measure.numerator)), np.zeros(len(self.tallies)))
        if not measure.denominator:
            return y, None
        return y, sum((sign * sums[name] for sign, name in terms(measure.denominator)), np.zeros(len(self.tallies)))

    def restricted(self, measure: Measure, values: Floats) -> Floats:
        """``values`` with the endless ones replaced by the longest value that the run could have shown."""
        endless = np.isinf(values)
        if not endless.any():
            return values
        return np.where(endless, [t.ceilings.get(measure.name, np.nan) for t in self.tallies], values)

    def estimates(self, scope: Mapping[str, str], chosen: Sequence[Measure] | None = None) -> list[Estimate]:
        """Every measure that exists in ``scope`` and that these worlds have, in the order of the registry; or the ``chosen``."""
        wanted = [m for m in possible(scope) if self.has(m, scope)] if chosen is None else list(chosen)
        found: dict[str, Estimate] = {}
        figures = self._figures if chosen is None else self.figures
        pairs = {m.name: figures(m, scope) for m in wanted}
        ratios = {m: (y, x) for m in wanted for y, x in [pairs[m.name]] if x is not None}
        if ratios:
            y, x = (np.column_stack(columns) for columns in zip(*ratios.values(), strict=True))
            mean, half, n = ratio_interval(y, x)
            spread = percentiles(per_run(y, x))
            for k, m in enumerate(ratios):
                found[m.name] = _estimate(m, scope, mean[k], half[k], spread[:, k], int(n[k]), 0.0)
        plain = [m for m in wanted if pairs[m.name][1] is None]
        if plain:
            values = np.column_stack([pairs[m.name][0] for m in plain])
            mean, half, n = mean_interval(np.column_stack([self.restricted(m, values[:, k]) for k, m in enumerate(plain)]))
            spread = percentiles(values)
            endless = np.isinf(values).sum(axis=0) / np.maximum(n, 1)
            for k, m in enumerate(plain):
                found[m.name] = _estimate(m, scope, mean[k], half[k], spread[:, k], int(n[k]), float(endless[k]))
        return [found[m.name] for m in wanted]

    def _sums_in(self, kind: str, scope: Mapping[str, str]) -> dict[str, Floats]:
        """Sums of one kind in ``scope``, each with one value a world."""
        key = (kind, frozenset(scope.items()))
        if key not in self._sums:
            self._sums[key] = {"contacts": self._contact_sums, "customers": self._customer_sums, "time": self._time_sums}[kind](scope)
        return self._sums[key]

    def _where(self, scope: Mapping[str, str], dimension: str) -> slice:
        """The index of the scope's name along ``dimension``, as a slice; everything where the scope leaves it open."""
        if dimension not in scope:
            return slice(None)
        names = self.frame.phases if dimension == "phase" else self.names[dimension]
        place = names.index(scope[dimension])
        return slice(place, place + 1)

    def _contact_sums(self, scope: Mapping[str, str]) -> dict[str, Floats]:
        phase = self._where(scope, "phase")
        if "site" in scope or "group" in scope:
            held, dimension = (self._at_site, "site") if "site" in scope else (self._of_groups, "group")
            table = held[:, :, phase, self._where(scope, dimension)].sum(axis=(2, 3))
        else:
            table = self._contacts[:, :, phase, self._where(scope, "need"), self._where(scope, "channel")].sum(axis=(2, 3, 4))
        return dict(zip(CONTACT_SUMS, table.T, strict=True))

    def _customer_sums(self, scope: Mapping[str, str]) -> dict[str, Floats]:
        held, dimension = (self._people_of_groups, "group") if "group" in scope else (self._customers, "need")
        table = held[:, :, self._where(scope, "phase"), self._where(scope, dimension)].sum(axis=(2, 3))
        return dict(zip(CUSTOMER_SUMS, table.T, strict=True))

    def _time_sums(self, scope: Mapping[str, str]) -> dict[str, Floats]:
        inside = np.ones(len(self.frame.phase_of), dtype=bool)
        if "phase" in scope:
            inside = self.frame.phase_of == self.frame.phases.index(scope["phase"])
        need, channel, site = (self._where(scope, d) for d in ("need", "channel", "site"))
        elapsed, queue_time, online_time, agent_time = self._times
        spent = {
            "elapsed": elapsed[:, inside],
            "queue_time": queue_time[:, inside, need, channel],
            "online_time": online_time[:, inside, site],
        }
        spent |= {f"{state.name.lower()}_time": agent_time[:, inside, state] for state in _STATES}
        assert set(spent) == set(TIME_SUMS)
        return {name: np.ascontiguousarray(values.reshape(len(values), -1)).sum(axis=1) for name, values in spent.items()}


def _estimate(
    measure: Measure, scope: Mapping[str, str], mean: np.float64, half: np.float64, spread: Floats, n: int, endless: float
) -> Estimate:
    return Estimate(
        measure=measure.name,
        scope=dict(scope),
        unit=measure.unit,
        better=measure.better,
        mean=float(mean),
        half_width=float(half),
        p5=float(spread[0]),
        p50=float(spread[1]),
        p95=float(spread[2]),
        n=n,
        endless=endless,
    )
