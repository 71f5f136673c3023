"""Summarise: tallies of one variant become numbers with intervals."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics import tolerances
from simulator.statistics.constraint import NAMES, instant_of, triggered_at
from simulator.statistics.continuity import verdict
from simulator.statistics.estimation import per_run, percentiles
from simulator.statistics.evaluation import COLUMNS, RULES
from simulator.statistics.intervals import interval_series
from simulator.statistics.measures import measures
from simulator.statistics.staffing import staffing_plan, staffing_series
from simulator.statistics.summary import ConstraintShares, PhaseSpan, ReplicationTable, RuleOfEvaluation, Spread, StepTimeline, Summary
from simulator.statistics.thresholds import judge
from simulator.statistics.verdicts import LEAST, worlds_needed
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.model.world import Model, Step
    from simulator.statistics.frame import Frame
    from simulator.statistics.measures import Measure
    from simulator.statistics.summary import ContinuityVerdict, Estimate, ThresholdResult, ToleranceResult
    from simulator.statistics.tally import Tally

    Floats = NDArray[np.float64]

FATES = (
    "served", "solved_by_announcement", "solved_by_informed", "solved_by_self_service", "solved_by_reached", "solved_by_located",
    "solved_by_repaired", "solved_by_own_means", "gave_up", "still_trying", "people_in_service_at_end",
)  # fmt: skip
"""Where people ended: measures that add up to ``customers``. Those that a scenario does not contain are left out."""


def summarise(model: Model, tallies: Sequence[Tally]) -> Summary:
    """Summarise the replications of ``model`` in the order of their numbers.

    Raises UsageError without tallies, and where a threshold names a measure or scope that does not exist.
    """
    worlds = Worlds(tallies)
    frame = worlds.frame
    first = worlds.tallies[0]
    estimates = worlds.every_estimate()
    by_need: dict[str, dict[str, Estimate]] = {need: {} for need in ("", *first.needs)}
    for estimate in estimates:
        if not estimate.scope or tuple(estimate.scope) == ("need",):
            by_need[estimate.scope.get("need", "")][estimate.measure] = estimate
    thresholds = tuple(judge(t, worlds) for t in model.thresholds)
    of_services = tuple(tolerances.judge(tolerance, worlds) for tolerance in model.tolerances)
    continuity = verdict(model, worlds)
    ends = [*frame.phase_starts[1:], frame.slots[-1]]
    staffing = staffing_plan(model, worlds.tallies) if model.demand else None
    return Summary(
        name=model.name,
        variant=model.variant,
        replications=len(worlds.tallies),
        needs=first.needs,
        channels=first.channels,
        sites=first.sites,
        links=first.links,
        phases=tuple(
            PhaseSpan(name, float(start), float(end))
            for name, start, end in zip(frame.phases, frame.phase_starts, ends, strict=True)
            if name
        ),
        interval=float(model.clock.interval),
        interval_starts=frame.intervals[:-1],
        impact=float(frame.impact) if frame.after_impact.any() else None,
        ended_at=first.ended_at,
        estimates=tuple(estimates),
        series=(*interval_series(worlds), *(() if staffing is None else staffing_series(staffing))),
        fates={need: {name: found[name] for name in FATES if name in found} for need, found in by_need.items()},
        thresholds=thresholds,
        tolerances=of_services,
        continuity=continuity,
        constraint=_constraint(frame, worlds),
        below={t.replication: tuple(zip(t.below[::2], t.below[1::2], strict=True)) for t in worlds.tallies},
        steps=tuple(
            _timeline(step, kind, worlds) for kind, steps in (("event", model.events), ("action", model.playbook)) for step in steps
        ),
        by_replication=_by_replication(worlds),
        logs={t.replication: t.log for t in worlds.tallies},
        warnings=tuple(_warnings(worlds, by_need[""], thresholds, continuity, of_services)),
        evaluation=tuple(_evaluation(worlds)),
        groups=first.groups,
        inbound=model.inbound,
        staffing=staffing,
    )


def _evaluation(worlds: Worlds) -> Iterator[RuleOfEvaluation]:
    counts = np.mean([t.evaluation for t in worlds.tallies], axis=0)  # (rules, columns)
    for rule, row in zip(RULES, counts.tolist(), strict=False):  # no rows where nobody is in distress
        yield RuleOfEvaluation(rule, dict(zip(COLUMNS, row, strict=True)))


def _constraint(frame: Frame, worlds: Worlds) -> ConstraintShares | None:
    if not frame.after_impact.any():
        return None
    shares = np.mean([t.constraint for t in worlds.tallies], axis=0)  # (intervals after the impact, names)
    start = frame.intervals[:-1][-len(shares) :].copy()
    start[0] = frame.impact
    return ConstraintShares(NAMES, start, shares)


def _timeline(step: Step, kind: str, worlds: Worlds) -> StepTimeline:
    tallies = worlds.tallies
    instants = {what: np.array([instant_of(t.log, step.id, what) for t in tallies]) for what in ("started", "done", "ended")}
    instants["triggered"] = np.array([triggered_at(t.log, step) for t in tallies])
    refusals = [sorted({e.detail for e in t.log if e.id == step.id and e.what == "refused"}) for t in tallies]
    reasons = Counter(reason for world in refusals for reason in world)
    return StepTimeline(
        id=step.id,
        kind=kind,
        act=step.act.name,
        worlds=len(tallies),
        triggered=_happened(instants["triggered"]),
        done=_happened(instants["done"]),
        ended=_happened(instants["ended"]),
        refused=sum(1 for world in refusals if world),
        reasons=tuple(reason for reason, _ in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        triggered_at=_spread(instants["triggered"]),
        started_at=_spread(instants["started"]),
        done_at=_spread(instants["done"]),
        ended_at=_spread(instants["ended"]),
        cost=float(np.mean([t.costs.get(step.id, 0.0) for t in tallies])),
    )


def _happened(instants: Floats) -> int:
    return int((~np.isnan(instants)).sum())


def _spread(instants: Floats) -> Spread | None:
    known = instants[~np.isnan(instants)]
    if not len(known):
        return None
    low, high = percentiles(known[:, None], (0.05, 0.95))[:, 0]
    return Spread(float(known.mean()), float(low), float(high))


def _by_replication(worlds: Worlds) -> ReplicationTable:
    columns: dict[str, Floats] = {}
    there = [measure for measure in measures.values() if worlds.has(measure)]
    columns.update(_values(worlds, there, {}))
    of_people = [measures["customers"], *(m for m in there if m.name in FATES), measures["never_served"]]
    for need in worlds.names["need"]:
        columns.update({f"{name}[{need}]": values for name, values in _values(worlds, of_people, {"need": need}).items()})
    return ReplicationTable(worlds.replications, columns)


def _values(worlds: Worlds, asked: Sequence[Measure], scope: dict[str, str]) -> dict[str, Floats]:
    found = worlds.all_figures(asked, [scope])
    values = np.where(found.divided, per_run(found.y, found.x), found.y)
    return {measure.name: column for measure, column in zip(asked, values.T, strict=True)}


REFUSED = 0.05
"""From which share of refused contacts on the strictest service level stands beside the usual one, which leaves them out."""


def _strictest(worlds: Worlds, thresholds: Sequence[ThresholdResult]) -> Iterator[str]:
    """What a pass mark of those who could queue does not see, where many could not."""
    for t in thresholds:
        if t.measure == "service_level" and t.n and "site" not in t.scope:
            refused, of_all = worlds.estimates(t.scope, [measures["block_rate"], measures["service_level_of_arrived"]])
            if refused.mean > REFUSED:
                yield (
                    f"Threshold {t.id} looks at those who could queue: {100 * refused.mean:.1f} % of all who arrived were refused, and "
                    f"{100 * of_all.mean:.1f} % of them all were answered in time."
                )


def _warnings(
    worlds: Worlds, whole: Mapping[str, Estimate], thresholds: Sequence[ThresholdResult], continuity: ContinuityVerdict | None,
    of_services: Sequence[ToleranceResult],
) -> list[str]:
    found = []
    if len(worlds.tallies) < 2:
        found.append("One replication shows one possible world: there are no intervals. Use at least 10, better 30.")
    elif len(worlds.tallies) < 10:
        found.append(f"{len(worlds.tallies)} replications are few: intervals are wide and percentiles rough. Better use 30.")
    capped, customers = whole["capped_customers"], whole["customers"]
    if capped.mean > 0:
        share = 100 * capped.mean / customers.mean
        said = f"{share:.1f} %" if share >= 0.05 else "fewer than 0.1 %"
        found.append(f"The cap on attempts ended the trying of {said} of customers; raise `max_attempts` if that matters.")
    found.extend(f"Threshold {t.id} has no data: {t.text}" for t in thresholds if t.n == 0)
    found.extend(
        f"The tolerance of {t.tolerance.title or t.tolerance.name} has no data: nobody wanted it after the impact."
        for t in of_services if not t.verdict.worlds
    )
    found.extend(_strictest(worlds, thresholds))
    objectives = () if continuity is None else (continuity.rto, continuity.mtpd, continuity.mbco)
    asked = {o.verdict.asked for o in (*objectives, *of_services)} | {t.worlds.asked for t in thresholds if t.judged_by == "worlds"}
    n = len(worlds.tallies)
    found.extend(
        f"{n} replications cannot show that anything holds in {100 * share:.3g} % of the worlds, even if it does in all: "
        f"it takes {worlds_needed(share)}."
        for share in sorted(asked)
        if LEAST <= n < worlds_needed(share)
    )
    return found
