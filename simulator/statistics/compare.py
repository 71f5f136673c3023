"""Compare: variants against a baseline in the same worlds, paired by replication."""

from __future__ import annotations

from itertools import groupby, product
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import UsageError
from simulator.statistics.estimation import jackknifed, mean_interval, per_run, percentiles
from simulator.statistics.measures import check_scope, possible
from simulator.statistics.summary import Comparison, PairedDifference
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.model.world import Model
    from simulator.statistics.measures import Measure
    from simulator.statistics.scoped import Scope
    from simulator.statistics.tally import Tally
    from simulator.statistics.worlds import Figures


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
    for _, alike in groupby(base.scopes(), tuple):
        # A variant that lacks the phase, need or site has nothing to compare there.
        scopes = [scope for scope in alike if all(scope[d] in w.names[d] for w in worlds.values() for d in scope)]
        if scopes:
            of_base = base.all_figures(possible(scopes[0]), scopes)
            of_each = [_differences(name, ours, base, of_base, len(others)) for name, ours in others.items()]
            many = len(of_base.asked)
            starts = range(0, many * len(scopes), many)
            found.extend(d for start in starts for of_one in of_each for d in of_one[start : start + many] if d is not None)
    return Comparison(baseline, tuple(others), len(common), tuple(found))


def paired(variant: str, ours: Worlds, base: Worlds, measure: Measure, scope: Scope, comparisons: int = 1) -> PairedDifference:
    """The paired difference of one measure in one scope; both sides hold the same replications.

    Raises UsageError where the measure does not exist in the scope.
    """
    return paired_all(variant, ours, base, [measure], scope, comparisons)[0]


def paired_all(
    variant: str, ours: Worlds, base: Worlds, chosen: Sequence[Measure], scope: Scope, comparisons: int = 1
) -> list[PairedDifference]:
    """The paired differences of some measures in one scope. Raises UsageError where one does not exist there."""
    for side, measure in product((ours, base), chosen):
        check_scope(measure, scope, side.names)
    found = _differences(variant, ours, base, base.all_figures(list(chosen), [scope]), comparisons, every=True)
    return [d for d in found if d is not None]


def _differences(
    variant: str, ours: Worlds, base: Worlds, of_base: Figures, comparisons: int, *, every: bool = False
) -> list[PairedDifference | None]:
    """Paired differences of all that ``of_base`` holds, scope by scope; None, unless ``every`` is asked for, where neither side has it.

    The difference of two ratios of sums gets its interval by the jackknife over pairs of worlds: in each, how far the one
    moves its ratio less how far the other does.
    """
    found = ours.all_figures(of_base.asked, of_base.scopes)
    effects = ours.all_restricted(found) - base.all_restricted(of_base)  # (R, scopes times measures)
    values = effects.copy()
    defined = ~np.isnan(effects)
    ends = [np.isinf(side.y) & defined for side in (found, of_base)]
    never, never_baseline = (side.sum(axis=0) for side in ends)
    endless = (ends[0] | ends[1]).sum(axis=0) / np.maximum(defined.sum(axis=0), 1)
    mean = np.full(effects.shape[1], np.nan)
    ratios = found.divided & of_base.divided
    if ratios.any():
        y, x, base_y, base_x = (side.compress(ratios, axis=1) for side in (found.y, found.x, of_base.y, of_base.x))
        (ratio, moves), (base_ratio, base_moves) = jackknifed(y, x), jackknifed(base_y, base_x)
        mean[ratios], effects[:, ratios] = ratio - base_ratio, moves - base_moves
        values[:, ratios] = per_run(y, x) - per_run(base_y, base_x)
    plain_mean, half, _ = mean_interval(effects)
    wider = mean_interval(effects, comparisons)[1]
    of_a_ratio = np.tile([measure.denominator != "" for measure in of_base.asked], len(of_base.scopes))
    mean = np.where(of_a_ratio, mean, plain_mean)
    known = ~np.isnan(values)
    counted = known.sum(axis=0), (values > 0).sum(axis=0), (values == 0).sum(axis=0)
    there = found.there | of_base.there | every
    rows = zip(*(of_all.tolist() for of_all in (there, *counted, mean, half, wider, *percentiles(values))), strict=True)
    never_ends = zip(never.tolist(), never_baseline.tolist(), endless.tolist(), strict=True)
    places = product([dict(scope) for scope in of_base.scopes], of_base.asked)  # one mapping for all differences of a scope
    return [
        PairedDifference(
            m.name, scope, m.unit, m.better, variant, difference, half_width, half_width_all, p5, p50, p95,
            pairs, _wins(m.better, pairs, higher, even), *unended,
        )
        if shown
        else None
        for (scope, m), row, unended in zip(places, rows, never_ends, strict=True)
        for shown, pairs, higher, even, difference, half_width, half_width_all, p5, p50, p95 in [row]
    ]  # fmt: skip


def _wins(better: str, pairs: int, higher: int, even: int) -> float:
    """The share of so many pairs of worlds in which the variant is better, being ``higher`` in some and even in others.

    Ties count half. NaN where no side is better or nothing is known.
    """
    if better == "none" or pairs == 0:
        return float("nan")
    won = higher if better == "higher" else pairs - higher - even
    return won / pairs + 0.5 * (even / pairs)
