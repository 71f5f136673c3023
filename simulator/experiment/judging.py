"""Judging: from the worlds of several alternatives to the findings about them, a :class:`~simulator.experiment.contest.Contest`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import UsageError
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

    from simulator.experiment.questions.compare import Compare
    from simulator.experiment.result import Result
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


@dataclass(frozen=True)
class Field:
    """The alternatives side by side in the worlds that all of them have, goal by goal."""

    names: tuple[str, ...]
    goals: tuple[Goal, ...]  #: those that are shown, and after them what is always looked at
    shown: tuple[int, ...]  #: of the goals: those in which every alternative has a value; the first decides who wins
    worlds: Mapping[str, Worlds]
    columns: Mapping[str, tuple[Column, ...]]
    known: Mapping[str, Floats]
    rankings: tuple[Ranking, ...]  #: one a goal that is shown

    @classmethod
    def of(cls, asked: Compare, models: Mapping[str, Model], tallies: Mapping[str, Sequence[Tally]], baseline: str) -> Field:
        """Raises UsageError where no world is common to all, or no goal is defined in any."""
        names = tuple(models)
        goals = goals_of(models, asked.measures)
        common = set.intersection(*({t.replication for t in tallies[name]} for name in names))
        if not common:
            raise UsageError("no world was finished by every alternative")
        every = (*goals, *(goal for goal in _beside(models, baseline) if goal not in goals))
        worlds = {name: Worlds([t for t in tallies[name] if t.replication in common]).slim() for name in names}
        columns = {name: tuple(_column(of_one, goal) for goal in every) for name, of_one in worlds.items()}
        known = known_of(models[baseline], asked.seed, sorted(common)) if len(names) <= FEW and asked.paired else {}
        rankings = [rank(goal, {name: columns[name][i] for name in names}, known) for i, goal in enumerate(goals)]
        kept = [i for i, ranking in enumerate(rankings) if ranking is not None]
        if not asked.measures:  # what nobody asked for and what is the same in every world is not shown
            unlike = [i for i in kept if any(np.ptp([columns[name][i].values for name in names], axis=0) > 0)]
            kept = [i for i in kept if i in unlike or i == kept[0]]
        if not kept:
            raise UsageError(f"none of {', '.join(map(str, goals))} is defined in any world: name another --measure")
        return cls(names, every, tuple(kept), worlds, columns, known, tuple(found for i in kept if (found := rankings[i]) is not None))

    def ranking(self, goal: Goal) -> Ranking | None:
        """The alternatives by one of :attr:`goals`."""
        return rank(goal, {name: self.columns[name][self.goals.index(goal)] for name in self.names}, self.known)

    def contrast(self, alternative: str, against: str, i: int, comparisons: int) -> Contrast:
        """One alternative less another, in the ``i``-th goal."""
        pair = self.worlds[alternative], self.worlds[against]
        columns = self.columns[alternative][i], self.columns[against][i]
        return _contrast(self.goals[i], (alternative, against), pair, columns, self.known, comparisons)


def _suffering(models: Mapping[str, Model], baseline: str) -> list[Goal]:
    """Who may pay for what the others gain: people with a need that all have, or of a group."""
    shared = set.intersection(*({need.name for need in model.needs} for model in models.values()))
    needs = [Goal(SUFFERED, {"need": need.name}) for need in models[baseline].needs if need.name in shared]
    return needs + [Goal(SUFFERED, {"group": group}) for group in _groups(models)]


def _beside(models: Mapping[str, Model], baseline: str) -> list[Goal]:
    """What is looked at whatever is asked."""
    return [Goal(SUFFERED, {}), Goal(REFUSED, {}), *_suffering(models, baseline)]


def judge(result: Result) -> Contest:
    """Compare the variants of ``result`` by the goals that were asked for. Raises UsageError where no world is common to all."""
    asked: Compare = result.question
    models, baseline = result.models, result.baseline
    field = Field.of(asked, models, result.tallies, baseline)
    names, kept = field.names, field.shown
    others = [name for name in names if name != baseline]
    zone = zone_of(models, asked.rank) if asked.rank else None
    selection = None if zone is None else ranked(names, result.tallies, zone, asked.replications)
    winner = field.rankings[0].standings[0].alternative
    if selection is not None and selection.decided:
        winner = names[selection.left[0]]
    against = _rival(field.rankings[0], winner) if winner == baseline else baseline
    suffering = _suffering(models, baseline)
    borne = [i for i, goal in enumerate(field.goals) if goal in suffering]
    suffered = [field.contrast(winner, against, i, len(borne) * len(others)) for i in borne]
    return Contest(
        alternatives=names,
        baseline=baseline,
        goals=tuple(field.goals[i] for i in kept),
        rankings=field.rankings,
        contrasts=tuple(field.contrast(name, baseline, i, len(others)) for i in kept for name in others),
        lead=field.contrast(winner, against, kept[0], len(others)),
        dominated_by=dominators([field.goals[i] for i in kept], [{name: field.columns[name][i] for name in names} for i in kept]),
        never_served=field.ranking(Goal(SUFFERED, {})),
        refused=field.ranking(Goal(REFUSED, {})),
        urgent=tuple(found for goal in _urgent(models[baseline], suffering) if (found := field.ranking(goal)) is not None),
        neglected=tuple(c for c in suffered if c.clear and not c.better),
        differing=_differing(result.scenario, names),
        failed=_failed(result.failures),
        paired=asked.paired,
        columns={name: tuple(field.columns[name][i] for i in kept) for name in names},
        selection=selection,
        zone=zone,
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


def check(asked: Compare, models: Mapping[str, Model]) -> None:
    """Raise UsageError where ``models`` cannot be compared as was asked."""
    goals_of(models, asked.measures)
    if asked.baseline and asked.baseline not in models:
        raise UsageError(f"--baseline: there is no alternative `{asked.baseline}`; {did_you_mean(asked.baseline, models)}")
    if asked.rank:
        zone_of(models, asked.rank)
        if asked.replications < FIRST_STAGE:
            raise UsageError(f"--rank needs at least {FIRST_STAGE} replications to begin with, not {asked.replications}")


def left(asked: Compare, models: Mapping[str, Model], tallies: Mapping[str, Sequence[Tally]]) -> tuple[str, ...]:
    """The alternatives of which more worlds are wanted: all of them, unless ranking has left some out."""
    if not asked.rank:
        return tuple(models)
    found = ranked(tuple(models), tallies, zone_of(models, asked.rank), asked.replications)
    return tuple(tuple(models)[i] for i in found.left)
