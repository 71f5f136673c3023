"""Continuity objectives of ISO 22301: in how many of the simulated worlds each was met.

- RTO: the level of service (`reachability`) reaches the minimum level MBCO within the objective after the impact, and
  holds it for 30 minutes.
- MTPD: no stretch below the minimum level after the impact is longer than the tolerable period.
- MBCO: of the contacts that arrive later than RTO after the impact, at least the minimum share is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.estimation import wilson
from simulator.statistics.measures import measure_named
from simulator.statistics.summary import ContinuityVerdict, Objective

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.statistics.worlds import Worlds


def verdict(model: Model, worlds: Worlds) -> ContinuityVerdict | None:
    """The verdict over all worlds; None where the scenario has no objectives or nothing strikes during the run."""
    asked = model.continuity
    if asked is None or not worlds.frame.after_impact.any():
        return None
    recover, below, late = (worlds.figures(measure_named(m), {})[0] for m in ("time_to_recover", "longest_below", "level_after_rto"))
    above, longest = worlds.estimates({}, [measure_named("share_above"), measure_named("longest_below")])
    rto, mtpd, mbco = float(asked.rto), float(asked.mtpd), float(asked.mbco)
    met = np.column_stack((recover <= rto, below <= mtpd, late >= mbco))
    known = ~np.isnan(np.column_stack((recover, below, late)))
    return ContinuityVerdict(
        rto=_objective("rto", rto, "back at the minimum level within the recovery time objective, for 30 minutes", met[:, 0], known[:, 0]),
        mtpd=_objective("mtpd", mtpd, "never below the minimum level for longer than the tolerable period", met[:, 1], known[:, 1]),
        mbco=_objective(
            "mbco", mbco, "of all calls later than that after the impact, taken together, this share answered", met[:, 2], known[:, 2]
        ),
        above=above,
        longest_below=longest,
        all_met=int(met.all(axis=1).sum()),
    )


def _objective(name: str, limit: float, says: str, met: NDArray[np.bool_], known: NDArray[np.bool_]) -> Objective:
    worlds, successes = int(known.sum()), int((met & known).sum())
    low, high = wilson(successes, worlds)
    return Objective(name, limit, says, successes, worlds, successes / worlds if worlds else float("nan"), low, high)
