"""Judged: what worlds say about one roster, target by target and all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.estimation import mean_interval, per_run, ratio_interval
from simulator.statistics.verdicts import CLOSE, MET, MISSED, Verdict, judged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.experiment.staff.targets import Target

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """One roster in R worlds. ``figures`` (R, 2, targets and needs): numerators and denominators; needs have people with nobody."""

    targets: Sequence[Target]
    figures: Floats
    probability: float | None  #: the share of worlds that must hold all; None where the mean must

    @property
    def worlds(self) -> int:
        return len(self.figures)

    @cached_property
    def values(self) -> Floats:
        """Of each world and target: (R, targets)."""
        y, x = self.figures[:, 0, : len(self.targets)], self.figures[:, 1, : len(self.targets)]
        return np.where(np.isnan(x), y, per_run(y, np.where(np.isnan(x), 1.0, x)))

    @cached_property
    def means(self) -> tuple[Floats, Floats]:
        """Of each target, ratios as ratios of sums, with the half-width of its 95 % interval."""
        y, x = self.figures[:, 0, : len(self.targets)], self.figures[:, 1, : len(self.targets)]
        mean, half, _ = mean_interval(self.values)
        ratio, width, _ = ratio_interval(np.nan_to_num(y), np.nan_to_num(x))
        whole = ~np.isnan(x).any(axis=0)
        return np.where(whole, ratio, mean), np.where(whole, width, half)

    @cached_property
    def held(self) -> NDArray[np.bool_]:
        """Whether each world holds each target: (R, targets)."""
        return np.stack([target.holds(self.values[:, k]) for k, target in enumerate(self.targets)], axis=1)

    def holding(self, which: Sequence[int]) -> Verdict:
        """In how many worlds all of some targets hold, and whether that is as many as asked."""
        all_of = np.atleast_1d(self.held[:, list(which)].all(axis=1))
        return judged(all_of, np.ones(len(all_of), dtype=bool), 0.0 if self.probability is None else self.probability)

    def word(self, which: Sequence[int]) -> str:
        """``met`` where it is shown, ``missed`` where the contrary is, else ``too close to call``: by worlds or by means."""
        if self.probability is not None:
            return self.holding(which).word
        mean, half = self.means
        words = []
        for k in which:
            target, low, high = self.targets[k], mean[k] - half[k], mean[k] + half[k]
            sure = target.holds(np.array([low, high]))
            words.append(MET if sure.all() else MISSED if not sure.any() else CLOSE)
        return MISSED if MISSED in words else CLOSE if CLOSE in words else MET

    def passes(self, which: Sequence[int], bar: float) -> bool:
        """Whether all of some targets hold, as far as these can tell: in a share ``bar`` of them, or ``bar`` standard errors clear."""
        if self.probability is not None:
            return bool(self.held[:, list(which)].all(axis=1).mean() >= bar)
        mean, half = self.means
        return all(
            bool(self.targets[k].holds(np.array([mean[k] + (-1 if self.targets[k].least else 1) * bar * half[k] / 2]))[0]) for k in which
        )

    def badness(self, bar: float) -> Floats:
        """Of each target, what matters as a multiple of what is allowed: its mean, or its value in the world that must still hold it."""
        if self.probability is None:
            mean, half = self.means
            signs = np.array([-1 if target.least else 1 for target in self.targets])
            values = mean + signs * bar * np.nan_to_num(half) / 2
            return np.array([float(t.badness(values[k : k + 1])[0]) for k, t in enumerate(self.targets)])
        made = np.stack([t.badness(self.values[:, k]) for k, t in enumerate(self.targets)], axis=1)
        ordered = np.sort(np.nan_to_num(made, nan=0.0), axis=0)
        return np.asarray(ordered[min(int(np.ceil(bar * len(ordered))) - 1, len(ordered) - 1)])

    def nobody(self) -> Floats:
        """People of each need who reached nobody: (R, needs)."""
        return np.asarray(self.figures[:, 0, len(self.targets) :])
