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
from simulator.statistics.help import sums_at
from simulator.statistics.limits import TIMED
from simulator.statistics.measures import DIMENSIONS, check_scope, possible, terms
from simulator.statistics.scoped import Scope, Sums
from simulator.statistics.summary import Estimate
from simulator.statistics.whose import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.statistics.measures import Measure
    from simulator.statistics.tally import Tally

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]



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
        tables = {"contacts": np.stack([self.frame.by_phase(t.contacts, axis=1) for t in self.tallies])}
        for name in ("at_site", "of_groups", "customers", "people_of_groups", "elapsed", "queue_time", "online_time", "agent_time"):
            tables[name] = np.stack([getattr(t, name) for t in self.tallies])
        summed = {"contacts": CONTACT_SUMS, "customers": CUSTOMER_SUMS, "time": TIME_SUMS}
        self._sums = Sums(self.frame, self.names, summed, tables.__getitem__)

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
        if (measure.about and measure.about not in first.contents) or measure.timed != (TIMED in (scope or {})):
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
            if measure.kind == "help":
                for s in np.flatnonzero(there[m]).tolist():
                    counted = [sums_at(t.help, scopes[s], t.needs, t.groups) for t in self.tallies]
                    y[m, s] = [sums[measure.numerator] for sums in counted]
                    x[m, s] = [sums.get(measure.denominator, np.nan) for sums in counted]
                continue
            if measure.kind not in sums:
                sums[measure.kind] = self._sums.within(measure.kind, scopes)
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
