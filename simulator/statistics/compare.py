"""Compare: variants against a baseline in the same worlds, paired by replication."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import UsageError
from simulator.statistics.estimation import linearised, mean_interval, per_run, percentiles
from simulator.statistics.measures import possible
from simulator.statistics.summary import Comparison, PairedDifference
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.statistics.measures import Measure
    from simulator.statistics.tally import Tally
    from simulator.statistics.worlds import Scope

    Floats = NDArray[np.float64]


def compare(models: Mapping[str, Model], tallies: Mapping[str, Sequence[Tally]], baseline: str) -> Comparison:
    """Differences of every variant of ``models`` to ``baseline``, over the replications that all of them finished.

    Raises UsageError where the baseline is unknown or no replication is common to all.
    """
    if baseline not in models:
        raise UsageError(f"the baseline `{baseline}` is none of the variants {', '.join(models)}")
    common = set.intersection(*({t.replication for t in tallies[name]} for name in models))
    if not common:
        raise UsageError("no replication was finished by every variant")
    worlds = {name: Worlds([t for t in tallies[name] if t.replication in common]).slim() for name in models}
    others = {name: worlds[name] for name in models if name != baseline}
    base = worlds[baseline]
    found: list[PairedDifference] = []
    for scope in base.scopes():
        if not all(scope[d] in w.names[d] for w in worlds.values() for d in scope):
            continue  # a variant that lacks the phase, need or site has nothing to compare there
        found.extend(_differences(others, base, scope, len(others)))
    return Comparison(baseline, tuple(others), len(common), tuple(found))


def paired(variant: str, ours: Worlds, base: Worlds, measure: Measure, scope: Scope, comparisons: int = 1) -> PairedDifference:
    """The paired difference of one measure in one scope; both sides hold the same replications.

    Raises UsageError where the measure does not exist in the scope.
    """
    return next(_differences({variant: ours}, base, scope, comparisons, [measure]))


def _differences(
    variants: Mapping[str, Worlds], base: Worlds, scope: Scope, comparisons: int, chosen: Sequence[Measure] | None = None
) -> Iterator[PairedDifference]:
    """Paired differences of every measure in ``scope``, or of the ``chosen``, variant by variant.

    The difference of two ratios of sums gets its interval by the delta method: in each pair of worlds, how far the one
    moves its ratio less how far the other does.
    """
    asked = possible(scope) if chosen is None else chosen
    of_base = {measure.name: base.figures(measure, scope) for measure in asked}
    wanted = [(name, m) for name, ours in variants.items() for m in asked if chosen or ours.has(m, scope) or base.has(m, scope)]
    worlds = len(base.tallies)
    mean, effects, values = np.full(len(wanted), np.nan), np.empty((worlds, len(wanted))), np.empty((worlds, len(wanted)))
    endless = np.zeros(len(wanted))
    sides = [(*variants[name].figures(measure, scope), *of_base[measure.name]) for name, measure in wanted]
    ratios: list[int] = []
    for k, ((name, measure), (y, x, base_y, base_x)) in enumerate(zip(wanted, sides, strict=True)):
        if x is not None and base_x is not None:
            ratios.append(k)
        else:
            endless[k] = float((np.isinf(y) | np.isinf(base_y)).mean())
            effects[:, k] = values[:, k] = variants[name].restricted(measure, y) - base.restricted(measure, base_y)
    if ratios:
        y, x, base_y, base_x = (np.column_stack(columns) for columns in zip(*(sides[k] for k in ratios), strict=True))
        (ratio, moves), (base_ratio, base_moves) = linearised(y, x), linearised(base_y, base_x)
        mean[ratios], effects[:, ratios] = ratio - base_ratio, moves - base_moves
        values[:, ratios] = per_run(y, x) - per_run(base_y, base_x)
    plain_mean, half, _ = mean_interval(effects)
    wider = mean_interval(effects, comparisons)[1]
    mean = np.where([m.denominator != "" for _, m in wanted], mean, plain_mean)
    spread = percentiles(values)
    known = ~np.isnan(values)
    pairs, higher, even = (counted.sum(axis=0) for counted in (known, values > 0, values == 0))
    for k, (name, measure) in enumerate(wanted):
        yield PairedDifference(
            measure=measure.name,
            scope=dict(scope),
            unit=measure.unit,
            better=measure.better,
            variant=name,
            mean=float(mean[k]),
            half_width=float(half[k]),
            half_width_all=float(wider[k]),
            p5=float(spread[0, k]),
            p50=float(spread[1, k]),
            p95=float(spread[2, k]),
            n=int(pairs[k]),
            wins=_wins(measure.better, int(pairs[k]), int(higher[k]), int(even[k])),
            endless=float(endless[k]),
        )


def _wins(better: str, pairs: int, higher: int, even: int) -> float:
    """The share of so many pairs of worlds in which the variant is better, being ``higher`` in some and even in others.

    Ties count half. NaN where no side is better or nothing is known.
    """
    if better == "none" or pairs == 0:
        return float("nan")
    won = higher if better == "higher" else pairs - higher - even
    return won / pairs + 0.5 * (even / pairs)
