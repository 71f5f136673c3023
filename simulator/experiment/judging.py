"""Judging: from the worlds of several alternatives to the findings about them, a :class:`~simulator.experiment.contest.Contest`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import Interrupted, UsageError
from simulator.experiment.contest import Contest, Contrast
from simulator.experiment.goals import measure_in, precision
from simulator.scenario.alternatives import differing
from simulator.scenario.problem import did_you_mean
from simulator.statistics.compare import paired
from simulator.statistics.controls import controlled, known_of
from simulator.statistics.measures import measure_named
from simulator.statistics.ranking import FEW, Column, Goal, Ranking, column, dominators, rank, reduction
from simulator.statistics.selection import FIRST_STAGE, Selection, quantile_ranks, select
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.experiment.pool import Progress, Runner
    from simulator.experiment.request import Request
    from simulator.experiment.result import Result
    from simulator.experiment.stability import Condition
    from simulator.experiment.task import Failure
    from simulator.model.world import Model
    from simulator.scenario import Scenario
    from simulator.statistics.precision import Precision
    from simulator.statistics.tally import Tally

    Floats = NDArray[np.float64]

SUFFERED = "never_served"
"""By which it is seen whether people with one need, or of one group, pay for what the others gain."""
REFUSED = "block_rate"
"""By which it is seen who never got as far as what other measures count."""


def goals_of(models: Mapping[str, Model], texts: Sequence[str]) -> tuple[Goal, ...]:
    """What is compared: the measures named, in the names of every model, or the usual ones. Raises UsageError."""
    first = next(iter(models.values()))
    if not texts:
        return tuple(_usual(first))
    for model in models.values():
        for text in texts:
            measure_in(text, model)
    found = [Goal(measure.name, scope) for measure, scope in (measure_in(text, first) for text in texts)]
    for goal, text in zip(found, texts, strict=True):
        if goal.better == "none":
            raise UsageError(f"measure `{text}`: neither more nor less of it is better, so nothing can be ranked by it")
        if found.count(goal) > 1:
            raise UsageError(f"measure `{text}` is named twice")
    return tuple(found)


def zone_of(models: Mapping[str, Model], text: str) -> Precision:
    """What is to be ranked and by how little it may be missed: ``never_served=0.5pp``. Raises UsageError."""
    for model in models.values():
        wish = precision(text, model, "a measure and a difference", "the difference that would not matter to you")
        if measure_named(wish.measure).better == "none":
            raise UsageError(f"--rank {text}: neither more nor less of `{wish.measure}` is better")
    return precision(text, next(iter(models.values())))


def ranked(names: Sequence[str], tallies: Mapping[str, Sequence[Tally]], zone: Precision, first_stage: int) -> Selection:
    """How far sequential selection among ``names`` has come, by the measure of single worlds."""
    goal = Goal(zone.measure, zone.scope)
    found = {}
    for name in names:
        worlds = Worlds(tallies[name])
        seen = column(worlds, goal)
        values = np.where(np.isinf(seen.worlds), seen.values, seen.worlds) * goal.sign
        if np.isnan(values).any():
            raise UsageError(f"--rank {zone.text}: it is not defined in every world of {name}; rank by a measure that is")
        found[name] = dict(zip(worlds.replications, values.tolist(), strict=True))
    rows = sorted(set().union(*found.values()))
    return select(np.array([[found[name].get(row, np.nan) for name in names] for row in rows]), zone.half_width, first_stage)


def judge(result: Result, stability: Sequence[Condition] = ()) -> Contest:
    """Compare the variants of ``result`` by the goals that were asked for. Raises UsageError where no world is common to all."""
    asked = result.request.comparing
    assert asked is not None
    names = tuple(result.models)
    goals = goals_of(result.models, asked.measures)
    common = set.intersection(*({t.replication for t in result.tallies[name]} for name in names))
    if not common:
        raise UsageError("no world was finished by every alternative")
    shared = set.intersection(*({need.name for need in model.needs} for model in result.models.values()))
    suffering = [Goal(SUFFERED, {"need": need.name}) for need in result.models[result.baseline].needs if need.name in shared]
    suffering += [Goal(SUFFERED, {"group": group}) for group in _groups(result.models)]
    beside = [Goal(SUFFERED, {}), Goal(REFUSED, {}), *suffering]
    every = [*goals, *(goal for goal in beside if goal not in goals)]
    worlds = {name: Worlds([t for t in result.tallies[name] if t.replication in common]).slim() for name in names}
    columns = {name: tuple(_column(of_one, goal) for goal in every) for name, of_one in worlds.items()}
    known = known_of(result.models[result.baseline], result.seed, sorted(common)) if len(names) <= FEW and asked.paired else {}

    def ranking_of(goal: Goal) -> Ranking | None:
        return rank(goal, {name: columns[name][every.index(goal)] for name in names}, known)

    rankings = [ranking_of(goal) for goal in goals]
    kept = [i for i, ranking in enumerate(rankings) if ranking is not None]
    if not asked.measures:  # what nobody asked for and what is the same in every world is not shown
        unlike = [i for i in kept if any(np.ptp([columns[name][i].values for name in names], axis=0) > 0)]
        kept = [i for i in kept if i in unlike or i == kept[0]]
    if not kept:
        raise UsageError(f"none of {', '.join(map(str, goals))} is defined in any world: name another --measure")
    rankings_kept = tuple(ranking for i in kept if (ranking := rankings[i]) is not None)
    others = [name for name in names if name != result.baseline]

    def contrast(alternative: str, against: str, i: int, comparisons: int) -> Contrast:
        pair = worlds[alternative], worlds[against]
        return _contrast(every[i], (alternative, against), pair, (columns[alternative][i], columns[against][i]), known, comparisons)

    zone = zone_of(result.models, asked.rank) if asked.rank else None
    selection = None if zone is None else ranked(names, result.tallies, zone, result.request.replications)
    winner = rankings_kept[0].standings[0].alternative
    if selection is not None and selection.decided:
        winner = names[selection.left[0]]
    against = _rival(rankings_kept[0], winner) if winner == result.baseline else result.baseline
    borne = [i for i, goal in enumerate(every) if goal in suffering]
    suffered = [contrast(winner, against, i, len(borne) * len(others)) for i in borne]
    return Contest(
        alternatives=names,
        baseline=result.baseline,
        goals=tuple(goals[i] for i in kept),
        rankings=rankings_kept,
        contrasts=tuple(contrast(name, result.baseline, i, len(others)) for i in kept for name in others),
        lead=contrast(winner, against, kept[0], len(others)),
        dominated_by=dominators([goals[i] for i in kept], [{name: columns[name][i] for name in names} for i in kept]),
        never_served=ranking_of(beside[0]),
        refused=ranking_of(beside[1]),
        urgent=tuple(found for goal in _urgent(result.models[result.baseline], suffering) if (found := ranking_of(goal)) is not None),
        neglected=tuple(c for c in suffered if c.clear and not c.better),
        differing=_differing(result.scenario, names),
        failed=_failed(result.failures),
        paired=asked.paired,
        columns={name: tuple(columns[name][i] for i in kept) for name in names},
        selection=selection,
        zone=zone,
        stability=tuple(stability),
    )


def _failed(failures: Sequence[Failure]) -> dict[str, tuple[Failure, ...]]:
    """The failures of each alternative that has any, in order of replication."""
    names = dict.fromkeys(failure.variant for failure in failures if failure.variant)
    return {name: tuple(failure for failure in failures if failure.variant == name) for name in names}


def _differing(scenario: Scenario, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """What differs between the alternatives ``names``."""
    found = {path: {name: of_one[name] for name in names} for path, of_one in differing(scenario).items()}
    return {path: values for path, values in found.items() if len(set(values.values())) > 1}


def _groups(models: Mapping[str, Model]) -> list[str]:
    """The groups of people that every model names."""
    first, *others = models.values()
    return [group for group in first.groups if all(group in model.groups for model in others)]


def _urgent(model: Model, goals: Sequence[Goal]) -> list[Goal]:
    """Those of ``goals`` that are about a need more urgent than another, the most urgent first."""
    urgency = {need.name: need.urgency for need in model.needs}
    found = [goal for goal in goals if "need" in goal.scope and urgency[goal.scope["need"]] < max(urgency.values())]
    return sorted(found, key=lambda goal: urgency[goal.scope["need"]])


def _rival(ranking: Ranking, winner: str) -> str:
    """The best of those that can be told apart from the winner, or the second where none can."""
    others = [s for s in ranking.standings if s.alternative != winner]
    return next((s.alternative for s in others if not s.best), others[0].alternative)


def _usual(model: Model) -> list[Goal]:
    found = [Goal("people_never_served", {})]
    if len({need.urgency for need in model.needs}) > 1:
        found.append(Goal("people_never_served", {"need": min(model.needs, key=lambda need: need.urgency).name}))
    if any(need.harm for need in model.needs):
        found.append(Goal("harm", {}))
    if model.clock.impact is not None:
        found.append(Goal("time_to_recover", {}))
    found.append(Goal("service_level", {"channel": model.inbound[0]} if len(model.inbound) > 1 else {}))
    if any(step.cost or step.cost_per_hour for step in model.playbook):
        found.append(Goal("cost", {}))
    return found


def _column(worlds: Worlds, goal: Goal) -> Column:
    """The values of a goal; undefined everywhere where the alternative has no such need, site or phase."""
    try:
        return column(worlds, goal)
    except UsageError:
        nothing = np.full(len(worlds.tallies), np.nan)
        return Column(float("nan"), nothing, nothing)


def _contrast(
    goal: Goal,
    names: tuple[str, str],
    worlds: tuple[Worlds, Worlds],
    columns: tuple[Column, Column],
    known: Mapping[str, Floats],
    comparisons: int,
) -> Contrast:
    ours, base = columns
    differences = ours.values - base.values
    defined = ~np.isnan(differences)
    sharp = controlled(differences[defined], {name: values[defined] for name, values in known.items()}, comparisons)
    if not sharp.controls:  # without controls the interval is that of all other reports
        sharp = controlled(differences[defined], {}, comparisons)
    with np.errstate(invalid="ignore"):  # a world that never ended under either is the same under both
        single = np.sort(np.where(np.isinf(ours.worlds) & np.isinf(base.worlds), 0.0, ours.worlds - base.worlds)[defined])
    low, high, _ = quantile_ranks(len(single), 0.5) if len(single) else (0, 1, 0.0)
    return Contrast(
        goal=goal,
        alternative=names[0],
        against=names[1],
        mean=sharp.mean,
        half_width=sharp.half_width,
        controls=sharp.controls,
        explained=sharp.explained,
        plain=paired(names[0], *worlds, measure_named(goal.measure), dict(goal.scope), comparisons),
        typical=float(np.median(single)) if len(single) else float("nan"),
        low=float(single[low - 1]) if low >= 1 else float("nan"),
        high=float(single[high - 1]) if high <= len(single) else float("nan"),
        ahead=int((single * goal.sign < 0).sum()),
        even=int((single == 0).sum()),
        reduction=reduction(ours, base),
    )


def check(request: Request, models: Mapping[str, Model]) -> None:
    """Raise UsageError where ``models`` cannot be compared as was asked."""
    asked = request.comparing
    assert asked is not None
    goals_of(models, asked.measures)
    if asked.baseline and asked.baseline not in models:
        raise UsageError(f"--baseline: there is no alternative `{asked.baseline}`; {did_you_mean(asked.baseline, models)}")
    if asked.rank:
        zone_of(models, asked.rank)
        if request.replications < FIRST_STAGE:
            raise UsageError(f"--rank needs at least {FIRST_STAGE} replications to begin with, not {request.replications}")


def left(request: Request, models: Mapping[str, Model], tallies: Mapping[str, Sequence[Tally]]) -> tuple[str, ...]:
    """The alternatives of which more worlds are wanted: all of them, unless ranking has left some out."""
    if request.comparing is None or not request.comparing.rank:
        return tuple(models)
    found = ranked(tuple(models), tallies, zone_of(models, request.comparing.rank), request.replications)
    return tuple(tuple(models)[i] for i in found.left)


def undecided(request: Request, models: Mapping[str, Model], tallies: Mapping[str, Sequence[Tally]]) -> bool:
    """Whether alternatives are ranked and more than one is left."""
    return request.comparing is not None and bool(request.comparing.rank) and len(left(request, models, tallies)) > 1


def settle(result: Result, *, jobs: int | None = None, progress: Progress | None = None, runner: Runner | None = None) -> Result:
    """``result`` with what its worlds say, tried under other conditions too.

    Where that is interrupted, what is known stands and the result says so.
    """
    from simulator.experiment.stability import chosen, examine

    asked = result.request.comparing
    assert asked is not None
    found = judge(result)
    if asked.stability == 0 or result.interrupted or any(not failure.variant for failure in result.failures):
        return replace(result, contest=found)
    best = [standing.alternative for standing in found.rankings[0].standings]
    models = {name: result.models[name] for name in chosen(found.alternatives, best, result.baseline)}
    told = None if progress is None else lambda done, of: progress(result.asked + done, result.asked + of)
    try:
        conditions = examine(
            models, found.goals[0], seed=result.seed, replications=asked.stability, jobs=jobs, progress=told, runner=runner
        )
    except Interrupted:
        return replace(result, contest=found, interrupted=True)
    return replace(result, contest=replace(found, stability=conditions))
