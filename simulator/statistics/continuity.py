"""Continuity objectives of ISO 22301: in how many of the simulated worlds each was met, for everybody and with each need.

- RTO: the level of service, after its first fall below the minimum level MBCO, is back within the objective after the impact, and is held
  for 30 minutes; or it never falls.
- MTPD: no stretch below the minimum level after the impact is longer than the tolerable period.
- MBCO: of the contacts that arrive later than RTO after the impact, at least the minimum share is answered or called back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.measures import measure_named
from simulator.statistics.summary import ContinuityVerdict, Objective
from simulator.statistics.verdicts import judged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.model.world import Continuity, Model
    from simulator.statistics.worlds import Worlds

SAYS = {
    "rto": "back at the minimum level within the recovery time objective, for 30 minutes, or never below it",
    "mtpd": "never below the minimum level for longer than the tolerable period",
    "mbco": "of all contacts later than the recovery time objective, taken together, this share answered or called back",
}
"""The objectives in words."""


def verdict(model: Model, worlds: Worlds) -> ContinuityVerdict | None:
    """The verdict over all worlds; None where the scenario has no objectives or nothing strikes during the run."""
    asked = model.continuity
    if asked is None or not worlds.frame.after_impact.any():
        return None
    rto, mtpd, mbco, all_met = _objectives(asked, worlds, {})
    above, longest = worlds.estimates({}, [measure_named("share_above"), measure_named("longest_below")])
    needs = worlds.names["need"] if len(worlds.names["need"]) > 1 else ()
    return ContinuityVerdict(
        rto=rto,
        mtpd=mtpd,
        mbco=mbco,
        above=above,
        longest_below=longest,
        all_met=all_met,
        needs={need: _objectives(asked, worlds, {"need": need})[:3] for need in needs},
    )


def _objectives(asked: Continuity, worlds: Worlds, scope: Mapping[str, str]) -> tuple[Objective, Objective, Objective, int]:
    """RTO, MTPD and MBCO in ``scope``, and the worlds that met all three."""
    names = ("time_to_recover", "longest_below", "level_after_rto")
    recover, below, late = (worlds.figures(measure_named(name), scope)[0] for name in names)
    limits = float(asked.rto), float(asked.mtpd), float(asked.mbco)
    met = (recover <= limits[0], below <= limits[1], late >= limits[2])
    known = (~np.isnan(recover), ~np.isnan(below), ~np.isnan(late))
    rto, mtpd, mbco = (
        Objective(name, limit, SAYS[name], judged(held, told, share))
        for name, limit, held, told, share in zip(SAYS, limits, met, known, asked.in_worlds, strict=True)
    )
    return rto, mtpd, mbco, int(np.logical_and.reduce(met).sum())
