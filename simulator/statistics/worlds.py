"""The simulated worlds of one variant side by side: any measure in any scope, one value per world, and its estimate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, product
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

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

Scope = dict[str, str]

_STATES = (AgentState.AWAY, AgentState.BREAK, AgentState.AVAILABLE, AgentState.BUSY, AgentState.WRAP)


@dataclass(frozen=True)
class Figures:
    """Measures in scopes: numerators and denominators in each world (R, scopes times measures), NaN where there are none."""

    asked: Sequence[Measure]
    scopes: Sequence[Mapping[str, str]]
    y: Floats
    x: Floats
    there: Bools  #: (scopes times measures,), whether these worlds have it
    divided: Bools  #: (scopes times measures,), whether it is a ratio of sums


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
        self._sums: dict[tuple[str, frozenset[tuple[str, str]]], Floats] = {}  # by kind and scope: sums, worlds

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
        found = self.all_figures([measure], [scope])
        return found.y[:, 0], found.x[:, 0] if found.divided[0] else None

    def all_figures(self, asked: Sequence[Measure], scopes: Sequence[Mapping[str, str]]) -> Figures:
        """The figures of every one of the measures ``asked`` in every one of ``scopes``, in which they are known to exist."""
        shape = len(asked), len(scopes), len(self.tallies)
        y: Floats = np.full(shape, np.nan)
        x: Floats = np.full(shape, np.nan)
        there = np.array([[self.has(measure, scope) for scope in scopes] for measure in asked], dtype=bool)
        sums: dict[str, dict[str, Floats]] = {}
        for m, measure in enumerate(asked):
            if not there[m].any():
                continue
            if measure.kind == "run":
                places = [key(measure.name, scope) for scope in scopes]
                y[m] = [[t.values.get(place, np.nan) for t in self.tallies] for place in places]
                continue
            if measure.kind not in sums:
                sums[measure.kind] = self._sums_in(measure.kind, scopes)
            for side, expression in ((y, measure.numerator), (x, measure.denominator)):
                if expression:
                    side[m] = 0.0
                    for sign, name in terms(expression):
                        side[m] += sign * sums[measure.kind][name]
        y[~there] = np.nan
        divided = there & np.array([[bool(measure.denominator)] for measure in asked], dtype=bool)
        # Worlds come first, as everywhere: columns are then summed world by world, whatever is beside them.
        y, x = (np.ascontiguousarray(side.transpose(2, 1, 0)).reshape(shape[2], -1) for side in (y, x))
        return Figures(tuple(asked), tuple(scopes), y, x, there.T.ravel(), divided.T.ravel())

    def restricted(self, measure: Measure, scope: Mapping[str, str], values: Floats) -> Floats:
        """``values`` of ``measure`` in ``scope`` with the endless ones replaced by the longest value that the run could have shown."""
        endless = np.isinf(values)
        if not endless.any():
            return values
        own = f"{measure.name}[{scope.get('channel', '')}]"
        return np.where(endless, [t.ceilings.get(own, t.ceilings.get(measure.name, np.nan)) for t in self.tallies], values)

    def all_restricted(self, found: Figures) -> Floats:
        """The numerators of ``found`` so that each is finite or NaN: see :meth:`restricted`."""
        values = found.y.copy()
        for k in np.flatnonzero(np.isinf(values).any(axis=0)).tolist():
            scope, measure = divmod(k, len(found.asked))
            values[:, k] = self.restricted(found.asked[measure], found.scopes[scope], values[:, k])
        return values

    def estimates(self, scope: Mapping[str, str], chosen: Sequence[Measure]) -> list[Estimate]:
        """The ``chosen`` measures in ``scope``. Raises UsageError where one does not exist there."""
        for measure in chosen:
            check_scope(measure, scope, self.names)
        return self._estimates(self.all_figures(chosen, [scope]))

    def every_estimate(self) -> list[Estimate]:
        """Every measure that these worlds have, in the order of the registry, in each of :meth:`scopes`."""
        made: list[Estimate] = []
        for _, alike in groupby(self.scopes(), tuple):
            scopes = list(alike)
            found = self.all_figures(possible(scopes[0]), scopes)
            made += self._estimates(found, found.there)
        return made

    def _estimates(self, found: Figures, shown: Bools | None = None) -> list[Estimate]:
        """The estimates of all figures, or of those ``shown`` (scopes times measures), scope by scope."""
        many = found.y.shape[1]
        told = np.full((5, many), np.nan)  # mean, half-width, percentiles
        n, endless = np.zeros(many, dtype=np.intp), np.zeros(many)
        divided = found.divided
        if divided.any():
            y, x = (side.compress(divided, axis=1) for side in (found.y, found.x))
            told[0, divided], told[1, divided], n[divided] = ratio_interval(y, x)
            told[2:, divided] = percentiles(per_run(y, x))
        plain = ~divided
        if plain.any():
            values = found.y.compress(plain, axis=1)
            told[0, plain], told[1, plain], n[plain] = mean_interval(self.all_restricted(found).compress(plain, axis=1))
            told[2:, plain] = percentiles(values)
            endless[plain] = np.isinf(values).sum(axis=0) / np.maximum(n[plain], 1)
        places = np.arange(many) if shown is None else np.flatnonzero(shown)
        rows = zip(places.tolist(), *told[:, places].tolist(), n[places].tolist(), endless[places].tolist(), strict=True)
        scopes = [dict(scope) for scope in found.scopes]  # one for all estimates of a scope
        return [
            Estimate(measure.name, scopes[k // len(found.asked)], measure.unit, measure.better, *numbers)
            for k, *numbers in rows
            for measure in [found.asked[k % len(found.asked)]]
        ]

    def _sums_in(self, kind: str, scopes: Sequence[Mapping[str, str]]) -> dict[str, Floats]:
        """Sums of one kind, each by scope and world."""
        names, of_kind = {
            "contacts": (CONTACT_SUMS, self._contact_sums),
            "customers": (CUSTOMER_SUMS, self._customer_sums),
            "time": (TIME_SUMS, self._time_sums),
        }[kind]
        tables = []
        for scope in scopes:
            place = (kind, frozenset(scope.items()))
            if place not in self._sums:
                self._sums[place] = of_kind(scope)
            tables.append(self._sums[place])
        return dict(zip(names, np.stack(tables, axis=1), strict=True))

    def _where(self, scope: Mapping[str, str], dimension: str) -> slice:
        """The index of the scope's name along ``dimension``, as a slice; everything where the scope leaves it open."""
        if dimension not in scope:
            return slice(None)
        names = self.frame.phases if dimension == "phase" else self.names[dimension]
        place = names.index(scope[dimension])
        return slice(place, place + 1)

    def _contact_sums(self, scope: Mapping[str, str]) -> Floats:
        phase = self._where(scope, "phase")
        if "site" in scope or "group" in scope:
            held, dimension = (self._at_site, "site") if "site" in scope else (self._of_groups, "group")
            table = held[:, :, phase, self._where(scope, dimension)].sum(axis=(2, 3))
        else:
            table = self._contacts[:, :, phase, self._where(scope, "need"), self._where(scope, "channel")].sum(axis=(2, 3, 4))
        return np.asarray(table.T)

    def _customer_sums(self, scope: Mapping[str, str]) -> Floats:
        held, dimension = (self._people_of_groups, "group") if "group" in scope else (self._customers, "need")
        table = held[:, :, self._where(scope, "phase"), self._where(scope, dimension)].sum(axis=(2, 3))
        return np.asarray(table.T)

    def _time_sums(self, scope: Mapping[str, str]) -> Floats:
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
        return np.stack([np.ascontiguousarray(spent[name].reshape(len(self.tallies), -1)).sum(axis=1) for name in TIME_SUMS])
